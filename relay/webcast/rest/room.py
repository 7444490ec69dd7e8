"""The room as `/info` and `/feed` serve it.

Keys as in the seeds, in their order (alphabetical); meanings that are not given are not known.
"""

from typing import Annotated, Any

from msgspec import Meta, Struct, field

from relay.webcast.rest.fields import Id, Ids, IdText, IdTexts, UnixS
from relay.webcast.rest.people import Image, Owner, TopFan
from relay.webcast.rest.streams import StreamUrl

Setting = Annotated[int, Meta(description="Upstream's number, meaning not known.")]


class CommentBox(Struct):
    """The box that viewers write into."""

    placeholder: str


class LivingRoomAttributes(Struct):
    """What the caller is in the room; zeros for anonymous ones."""

    admin_flag: int
    rank: int
    room_id: Id
    room_id_str: IdText
    silence_flag: int


class RoomAuth(Struct, rename="pascal"):
    """What is allowed in the room."""

    audio_chat: Setting
    banner: Setting
    chat: bool
    commerce_card: Setting
    danmaku: bool
    danmaku_default: Setting
    digg: bool
    donation_sticker: Setting
    gift: bool
    gift_anchor_mt: Setting
    hour_rank: Setting
    landscape: Setting
    landscape_chat: Setting
    luck_money: bool
    more_anchor: Setting
    poi: bool = field(name="POI")
    props: bool
    public_screen: Setting
    record_screen: Setting
    room_contributor: bool
    share: Setting
    user_card: bool
    user_corner: Setting


class TouchElement(Struct):
    """One button."""

    priority: int
    type: int


class TouchElements(Struct, rename=lambda name: name.removeprefix("element_")):
    """Buttons by upstream's number; more than these may be there."""

    element_1: TouchElement
    element_2: TouchElement
    element_3: TouchElement
    element_4: TouchElement
    element_5: TouchElement
    element_6: TouchElement
    element_7: TouchElement
    element_8: TouchElement
    element_9: TouchElement
    element_10: TouchElement
    element_12: TouchElement


class TouchArea(Struct):
    """Buttons under the video."""

    elements: TouchElements


class AudienceOrigins(Struct):
    """Where viewers came from, as shares of 1."""

    city: float
    my_follow: float
    other: float
    video_detail: float


class RoomStats(Struct):
    """What the broadcast counted."""

    digg_count: int
    dou_plus_promotion: str
    enter_count: int
    fan_ticket: Annotated[int, Meta(description="音浪 earned.")]
    follow_count: Annotated[int, Meta(description="New followers.")]
    gift_uv_count: Annotated[int, Meta(description="People who gave gifts.")]
    id: Id
    id_str: IdText
    like_count: Annotated[int, Meta(description="Mostly 0: see the room's `like_count`.")]
    money: int
    total_user: Annotated[int, Meta(description="Viewers so far, leavers included; 0 unknown.")]
    total_user_desp: str
    user_count_composition: AudienceOrigins
    watermelon: int


class Room(Struct):
    """One broadcast of a room. Upstream's further keys are passed on as they are."""

    anchor_ab_map: dict[str, Any] = field(name="AnchorABMap")
    admin_user_ids: Ids
    admin_user_ids_str: IdTexts
    anchor_scheduled_time_text: str
    anchor_share_text: str
    anchor_tab_type: int
    app_id: int
    auto_cover: int
    base_category: int
    book_end_time: int
    book_time: int
    business_live: int
    category: int
    cell_style: int
    challenge_info: str
    client_version: int
    comment_box: CommentBox
    comment_name_mode: int
    common_label_list: str
    content_tag: str
    cover: Image
    create_time: UnixS
    deco_list: list[Any]
    distance: str
    distance_city: str
    distance_km: str
    dynamic_cover_dict: dict[str, Any]
    dynamic_cover_uri: str
    enable_room_perspective: bool
    fansclub_msg_style: int
    fcdn_appid: int
    feed_room_label: Image
    finish_reason: int
    finish_time: Annotated[
        int, Meta(description="Unix seconds; means nothing while the room is live.")
    ]
    finish_url: str
    follow_msg_style: int
    forum_extra_data: str
    gift_msg_style: int
    group_id: Id
    group_id_str: IdText
    group_source: int
    guide_button: Image
    has_commerce_goods: Annotated[bool, Meta(description="Goods are for sale in the room.")]
    hot_sentence_info: str
    id: Annotated[
        int,
        Meta(
            description="room_id, new for every broadcast. Above 2^53: parsers that use floats "
            "round it, see `id_str`."
        ),
    ]
    id_str: IdText
    introduction: str
    is_replay: bool
    is_show_inquiry_ball: bool
    is_show_user_card_switch: bool
    last_ping_time: int
    layout: int
    like_count: Annotated[int, Meta(description="Likes so far; 0 unknown.")]
    linker_map: dict[str, Any]
    linkmic_layout: int
    live_distribution: list[Any]
    live_id: int
    live_type_audio: bool
    live_type_linkmic: bool
    live_type_normal: bool
    live_type_official: bool
    live_type_sandbox: bool
    live_type_screenshot: bool
    live_type_third_party: bool
    living_room_attrs: LivingRoomAttributes
    location: str
    lottery_finish_time: int
    luckymoney_num: int
    mosaic_status: int
    mosaic_tip: str
    orientation: int
    os_type: int
    owner: Owner
    owner_device_id: Id
    owner_device_id_str: IdText
    owner_user_id: Id
    owner_user_id_str: IdText
    popularity: int
    popularity_str: str
    pre_enter_time: int
    preview_copy: str
    preview_flow_tag: int
    private_info: str
    ranklist_audience_type: int
    real_distance: str
    relation_tag: str
    replay: bool
    replay_location: int
    room_audit_status: int
    room_auth: RoomAuth
    room_create_ab_param: str
    room_layout: int
    room_tabs: list[Any]
    room_tag: int
    scroll_config: str
    search_id: Id
    search_id_str: IdText
    sell_goods: bool
    share_msg_style: int
    share_url: str
    short_title: str
    short_touch_area_config: TouchArea
    stamps: str
    start_time: UnixS
    stats: RoomStats
    status: Annotated[
        int, Meta(description="1 preparing, 2 live, 3 paused, 4 ended; 0 where upstream hides it.")
    ]
    stream_close_time: UnixS
    stream_id: Id
    stream_id_str: IdText
    stream_provider: int
    stream_url: StreamUrl
    sun_daily_icon_content: str
    tags: list[Any]
    title: str
    top_fans: list[TopFan]
    use_filter: bool
    user_count: Annotated[int, Meta(description="Viewers now; 0 unknown.")]
    user_share_text: str
    vertical_cover_uri: str
    vid: str
    video_feed_tag: str
    wait_copy: str
    web_count: int
    webcast_comment_tcs: int
    webcast_sdk_version: int
    with_draw_something: bool
    with_ktv: bool
    with_linkmic: bool
