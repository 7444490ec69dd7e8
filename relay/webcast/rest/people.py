"""People and pictures in REST answers: owners, fans, contributors; part of the room structs.

Keys as in the seeds, in their order (alphabetical); meanings that are not given are not known.
"""

from typing import Annotated, Any

from msgspec import Meta, Struct, field

from relay.webcast.rest.fields import Id, Ids, IdText, IdTexts, Masked, UnixS


class Image(Struct):
    """A picture; upstream often leaves out all but its addresses."""

    avg_color: str
    height: int
    image_type: int
    is_animated: bool
    open_web_url: str
    uri: str
    url_list: Annotated[
        list[str], Meta(description="Addresses of the same picture; many of them run out.")
    ]
    width: int


class FollowInfo(Struct):
    """How many follow, and are followed."""

    follow_status: int
    follower_count: Annotated[int, Meta(description="Followers; 0 unknown.")]
    following_count: Annotated[int, Meta(description="Followed by this person; 0 unknown.")]
    push_status: int


class ClubIcons(Struct):
    """Icons of a club's badge, by upstream's number; more than this one may be there."""

    first: Image = field(name="0")


class ClubBadge(Struct):
    """The badge of a fans club."""

    icons: ClubIcons
    title: str


class ClubData(Struct):
    """Membership of a fans club (粉丝团)."""

    anchor_id: Id
    anchor_id_str: IdText
    available_gift_ids: Ids
    available_gift_ids_str: IdTexts
    badge: ClubBadge
    club_name: str
    level: int
    user_fans_club_status: int


class Club(Struct):
    """Fans clubs of a person."""

    data: ClubData
    prefer_data: dict[str, Any]


class PayGrade(Struct):
    """消费等级, the level that spending brings; zeros for anonymous callers."""

    grade_banner: str
    grade_describe: str
    grade_icon_list: list[Any]
    level: int
    name: str
    new_im_icon_with_level: Image
    new_live_icon: Image
    next_diamond: int
    next_name: str
    next_privileges: str
    now_diamond: int
    pay_diamond_bak: int
    score: int
    screen_chat_type: int
    this_grade_max_diamond: int
    this_grade_min_diamond: int
    total_diamond_count: int
    upgrade_need_consume: int


class Person(Struct):
    """A user, as rankings give them."""

    adversary_authorization_info: int
    adversary_user_status: int
    allow_be_located: bool
    allow_find_by_contacts: bool
    allow_others_download_video: bool
    allow_others_download_when_sharing_video: bool
    allow_share_show_profile: bool
    allow_show_in_gossip: bool
    allow_show_my_action: bool
    allow_strange_comment: bool
    allow_unfollower_comment: bool
    allow_use_linkmic: bool
    authorization_info: int
    avatar_thumb: Image
    badge_image_list: list[Image]
    bg_img_url: str
    birthday: int
    birthday_description: str
    birthday_valid: bool
    block_status: int
    city: str
    comment_restrict: int
    commerce_webcast_config_ids: list[Any]
    constellation: str
    create_time: UnixS
    disable_ichat: int
    display_id: Annotated[
        str, Meta(description="抖音号: the chosen handle, or the short id as text.")
    ]
    enable_ichat_img: int
    exp: int
    experience: int
    fan_ticket_count: int
    fans_club: Club
    fold_stranger_chat: bool
    follow_info: FollowInfo
    follow_status: int
    gender: Annotated[int, Meta(description="0 unknown, 1 male, 2 female.")]
    hotsoon_verified: bool
    hotsoon_verified_reason: str
    ichat_restrict_type: int
    id: Id
    id_str: IdText
    income_share_percent: int
    is_follower: bool
    is_following: bool
    level: int
    link_mic_stats: int
    media_badge_image_list: list[Any]
    modify_time: UnixS
    need_profile_guide: bool
    new_real_time_icons: list[Any]
    nickname: str
    pay_grade: PayGrade
    pay_score: int
    pay_scores: int
    push_comment_status: bool
    push_digg: bool
    push_follow: bool
    push_friend_action: bool
    push_ichat: bool
    push_status: bool
    push_video_post: bool
    push_video_recommend: bool
    real_time_icons: list[Any]
    sec_uid: Annotated[
        str, Meta(description="Stable key `MS4wLjABAAAA…`, as in the addresses of profiles.")
    ]
    secret: int
    share_qrcode_uri: str
    short_id: Id
    short_id_str: IdText
    signature: Annotated[str, Meta(description="What the person wrote about themselves.")]
    special_id: str
    status: int
    telephone: str
    ticket_count: int
    top_fans: list[Any]
    top_vip_no: int
    total_recharge_diamond_count: int
    user_role: int
    verified: bool
    verified_content: str
    verified_mobile: bool
    verified_reason: str
    with_car_management_permission: bool
    with_commerce_permission: bool
    with_fusion_shop_entry: bool


class RankedPerson(Person):
    """A contributor."""

    masked: Masked


class UserAttributes(Struct):
    """What a user is in the room."""

    is_admin: bool
    is_muted: bool
    is_super_admin: bool


class Profile(Person):
    """A user with large pictures, as rooms give them."""

    avatar_large: Image
    avatar_medium: Image
    user_attr: UserAttributes


class AuthenticationInfo(Struct):
    """Verification of an account."""

    authentication_badge: Image
    custom_verify: str
    enterprise_verify_reason: Annotated[str, Meta(description="Name of the verified company.")]


class OwnRoom(Struct):
    """The broadcasts that a person holds now."""

    room_ids: Ids
    room_ids_str: IdTexts


class Owner(Profile):
    """The anchor."""

    authentication_info: AuthenticationInfo
    own_room: OwnRoom
    web_rid: Annotated[
        str, Meta(description="The room's lasting id, as in live.douyin.com/<web_rid>.")
    ]


class TopFan(Struct):
    """One of the anchor's top contributors."""

    fan_ticket: Annotated[int, Meta(description="音浪 given.")]
    user: Profile
