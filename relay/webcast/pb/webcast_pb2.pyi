from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class PushFrame(_message.Message):
    __slots__ = ("seqid", "logid", "service", "method", "headers", "payload_encoding", "payload_type", "payload", "LodIDNew")
    class Header(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    SEQID_FIELD_NUMBER: _ClassVar[int]
    LOGID_FIELD_NUMBER: _ClassVar[int]
    SERVICE_FIELD_NUMBER: _ClassVar[int]
    METHOD_FIELD_NUMBER: _ClassVar[int]
    HEADERS_FIELD_NUMBER: _ClassVar[int]
    PAYLOAD_ENCODING_FIELD_NUMBER: _ClassVar[int]
    PAYLOAD_TYPE_FIELD_NUMBER: _ClassVar[int]
    PAYLOAD_FIELD_NUMBER: _ClassVar[int]
    LODIDNEW_FIELD_NUMBER: _ClassVar[int]
    seqid: int
    logid: int
    service: int
    method: int
    headers: _containers.RepeatedCompositeFieldContainer[PushFrame.Header]
    payload_encoding: str
    payload_type: str
    payload: bytes
    LodIDNew: str
    def __init__(self, seqid: _Optional[int] = ..., logid: _Optional[int] = ..., service: _Optional[int] = ..., method: _Optional[int] = ..., headers: _Optional[_Iterable[_Union[PushFrame.Header, _Mapping]]] = ..., payload_encoding: _Optional[str] = ..., payload_type: _Optional[str] = ..., payload: _Optional[bytes] = ..., LodIDNew: _Optional[str] = ...) -> None: ...

class Response(_message.Message):
    __slots__ = ("messages", "cursor", "fetch_interval", "now", "internal_ext", "fetch_type", "route_params", "heartbeat_duration", "need_ack", "push_server", "live_cursor", "history_no_more", "proxy_server", "push_server_v2")
    class RouteParamsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    MESSAGES_FIELD_NUMBER: _ClassVar[int]
    CURSOR_FIELD_NUMBER: _ClassVar[int]
    FETCH_INTERVAL_FIELD_NUMBER: _ClassVar[int]
    NOW_FIELD_NUMBER: _ClassVar[int]
    INTERNAL_EXT_FIELD_NUMBER: _ClassVar[int]
    FETCH_TYPE_FIELD_NUMBER: _ClassVar[int]
    ROUTE_PARAMS_FIELD_NUMBER: _ClassVar[int]
    HEARTBEAT_DURATION_FIELD_NUMBER: _ClassVar[int]
    NEED_ACK_FIELD_NUMBER: _ClassVar[int]
    PUSH_SERVER_FIELD_NUMBER: _ClassVar[int]
    LIVE_CURSOR_FIELD_NUMBER: _ClassVar[int]
    HISTORY_NO_MORE_FIELD_NUMBER: _ClassVar[int]
    PROXY_SERVER_FIELD_NUMBER: _ClassVar[int]
    PUSH_SERVER_V2_FIELD_NUMBER: _ClassVar[int]
    messages: _containers.RepeatedCompositeFieldContainer[Message]
    cursor: str
    fetch_interval: int
    now: int
    internal_ext: str
    fetch_type: int
    route_params: _containers.ScalarMap[str, str]
    heartbeat_duration: int
    need_ack: bool
    push_server: str
    live_cursor: str
    history_no_more: bool
    proxy_server: str
    push_server_v2: str
    def __init__(self, messages: _Optional[_Iterable[_Union[Message, _Mapping]]] = ..., cursor: _Optional[str] = ..., fetch_interval: _Optional[int] = ..., now: _Optional[int] = ..., internal_ext: _Optional[str] = ..., fetch_type: _Optional[int] = ..., route_params: _Optional[_Mapping[str, str]] = ..., heartbeat_duration: _Optional[int] = ..., need_ack: _Optional[bool] = ..., push_server: _Optional[str] = ..., live_cursor: _Optional[str] = ..., history_no_more: _Optional[bool] = ..., proxy_server: _Optional[str] = ..., push_server_v2: _Optional[str] = ...) -> None: ...

class Message(_message.Message):
    __slots__ = ("method", "payload", "msg_id", "msg_type", "offset", "need_wrds_store", "wrds_version", "wrds_sub_key", "message_extra", "tenant_id")
    class MessageExtraEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    METHOD_FIELD_NUMBER: _ClassVar[int]
    PAYLOAD_FIELD_NUMBER: _ClassVar[int]
    MSG_ID_FIELD_NUMBER: _ClassVar[int]
    MSG_TYPE_FIELD_NUMBER: _ClassVar[int]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    NEED_WRDS_STORE_FIELD_NUMBER: _ClassVar[int]
    WRDS_VERSION_FIELD_NUMBER: _ClassVar[int]
    WRDS_SUB_KEY_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_EXTRA_FIELD_NUMBER: _ClassVar[int]
    TENANT_ID_FIELD_NUMBER: _ClassVar[int]
    method: str
    payload: bytes
    msg_id: int
    msg_type: int
    offset: int
    need_wrds_store: bool
    wrds_version: int
    wrds_sub_key: str
    message_extra: _containers.ScalarMap[str, str]
    tenant_id: int
    def __init__(self, method: _Optional[str] = ..., payload: _Optional[bytes] = ..., msg_id: _Optional[int] = ..., msg_type: _Optional[int] = ..., offset: _Optional[int] = ..., need_wrds_store: _Optional[bool] = ..., wrds_version: _Optional[int] = ..., wrds_sub_key: _Optional[str] = ..., message_extra: _Optional[_Mapping[str, str]] = ..., tenant_id: _Optional[int] = ...) -> None: ...

class Common(_message.Message):
    __slots__ = ("method", "msg_id", "room_id", "create_time", "monitor", "is_show_msg", "describe", "display_text", "fold_type", "anchor_fold_type", "priority_score", "log_id", "msg_process_filter_k", "msg_process_filter_v", "user", "room", "anchor_fold_type_v2", "process_at_sei_time_ms", "random_dispatch_ms", "is_dispatch", "channel_id", "diff_sei2abs_second", "anchor_fold_duration", "app_id", "custom", "room_id_str")
    class CustomEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    METHOD_FIELD_NUMBER: _ClassVar[int]
    MSG_ID_FIELD_NUMBER: _ClassVar[int]
    ROOM_ID_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    MONITOR_FIELD_NUMBER: _ClassVar[int]
    IS_SHOW_MSG_FIELD_NUMBER: _ClassVar[int]
    DESCRIBE_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_TEXT_FIELD_NUMBER: _ClassVar[int]
    FOLD_TYPE_FIELD_NUMBER: _ClassVar[int]
    ANCHOR_FOLD_TYPE_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_SCORE_FIELD_NUMBER: _ClassVar[int]
    LOG_ID_FIELD_NUMBER: _ClassVar[int]
    MSG_PROCESS_FILTER_K_FIELD_NUMBER: _ClassVar[int]
    MSG_PROCESS_FILTER_V_FIELD_NUMBER: _ClassVar[int]
    USER_FIELD_NUMBER: _ClassVar[int]
    ROOM_FIELD_NUMBER: _ClassVar[int]
    ANCHOR_FOLD_TYPE_V2_FIELD_NUMBER: _ClassVar[int]
    PROCESS_AT_SEI_TIME_MS_FIELD_NUMBER: _ClassVar[int]
    RANDOM_DISPATCH_MS_FIELD_NUMBER: _ClassVar[int]
    IS_DISPATCH_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_ID_FIELD_NUMBER: _ClassVar[int]
    DIFF_SEI2ABS_SECOND_FIELD_NUMBER: _ClassVar[int]
    ANCHOR_FOLD_DURATION_FIELD_NUMBER: _ClassVar[int]
    APP_ID_FIELD_NUMBER: _ClassVar[int]
    CUSTOM_FIELD_NUMBER: _ClassVar[int]
    ROOM_ID_STR_FIELD_NUMBER: _ClassVar[int]
    method: str
    msg_id: int
    room_id: int
    create_time: int
    monitor: int
    is_show_msg: bool
    describe: str
    display_text: Text
    fold_type: int
    anchor_fold_type: int
    priority_score: int
    log_id: str
    msg_process_filter_k: str
    msg_process_filter_v: str
    user: User
    room: bytes
    anchor_fold_type_v2: int
    process_at_sei_time_ms: int
    random_dispatch_ms: int
    is_dispatch: bool
    channel_id: int
    diff_sei2abs_second: int
    anchor_fold_duration: int
    app_id: int
    custom: _containers.ScalarMap[str, str]
    room_id_str: str
    def __init__(self, method: _Optional[str] = ..., msg_id: _Optional[int] = ..., room_id: _Optional[int] = ..., create_time: _Optional[int] = ..., monitor: _Optional[int] = ..., is_show_msg: _Optional[bool] = ..., describe: _Optional[str] = ..., display_text: _Optional[_Union[Text, _Mapping]] = ..., fold_type: _Optional[int] = ..., anchor_fold_type: _Optional[int] = ..., priority_score: _Optional[int] = ..., log_id: _Optional[str] = ..., msg_process_filter_k: _Optional[str] = ..., msg_process_filter_v: _Optional[str] = ..., user: _Optional[_Union[User, _Mapping]] = ..., room: _Optional[bytes] = ..., anchor_fold_type_v2: _Optional[int] = ..., process_at_sei_time_ms: _Optional[int] = ..., random_dispatch_ms: _Optional[int] = ..., is_dispatch: _Optional[bool] = ..., channel_id: _Optional[int] = ..., diff_sei2abs_second: _Optional[int] = ..., anchor_fold_duration: _Optional[int] = ..., app_id: _Optional[int] = ..., custom: _Optional[_Mapping[str, str]] = ..., room_id_str: _Optional[str] = ...) -> None: ...

class PublicAreaCommon(_message.Message):
    __slots__ = ("user_label", "user_consume_in_room", "user_send_gift_cnt_in_room", "individual_priority", "individual_strategy_result", "support_pin", "suffix_text", "im_action", "forbidden_profile", "reply_resp", "tracking_params", "is_featured", "need_filter_display", "personalized_display_info", "force_insertion_priority", "mention_info", "hover_info", "show_in_danmaku", "is_like_comment", "batch_refresh", "is_ai_msg", "should_log_light_interact_mob", "light_interact_mob_params", "tail_interact_type", "default_click_schema_url", "bottom_pin_config", "forced_insert", "with_user_feature_label", "scroll_info")
    class IndividualStrategyResultEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    class TrackingParamsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    class LightInteractMobParamsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    USER_LABEL_FIELD_NUMBER: _ClassVar[int]
    USER_CONSUME_IN_ROOM_FIELD_NUMBER: _ClassVar[int]
    USER_SEND_GIFT_CNT_IN_ROOM_FIELD_NUMBER: _ClassVar[int]
    INDIVIDUAL_PRIORITY_FIELD_NUMBER: _ClassVar[int]
    INDIVIDUAL_STRATEGY_RESULT_FIELD_NUMBER: _ClassVar[int]
    SUPPORT_PIN_FIELD_NUMBER: _ClassVar[int]
    SUFFIX_TEXT_FIELD_NUMBER: _ClassVar[int]
    IM_ACTION_FIELD_NUMBER: _ClassVar[int]
    FORBIDDEN_PROFILE_FIELD_NUMBER: _ClassVar[int]
    REPLY_RESP_FIELD_NUMBER: _ClassVar[int]
    TRACKING_PARAMS_FIELD_NUMBER: _ClassVar[int]
    IS_FEATURED_FIELD_NUMBER: _ClassVar[int]
    NEED_FILTER_DISPLAY_FIELD_NUMBER: _ClassVar[int]
    PERSONALIZED_DISPLAY_INFO_FIELD_NUMBER: _ClassVar[int]
    FORCE_INSERTION_PRIORITY_FIELD_NUMBER: _ClassVar[int]
    MENTION_INFO_FIELD_NUMBER: _ClassVar[int]
    HOVER_INFO_FIELD_NUMBER: _ClassVar[int]
    SHOW_IN_DANMAKU_FIELD_NUMBER: _ClassVar[int]
    IS_LIKE_COMMENT_FIELD_NUMBER: _ClassVar[int]
    BATCH_REFRESH_FIELD_NUMBER: _ClassVar[int]
    IS_AI_MSG_FIELD_NUMBER: _ClassVar[int]
    SHOULD_LOG_LIGHT_INTERACT_MOB_FIELD_NUMBER: _ClassVar[int]
    LIGHT_INTERACT_MOB_PARAMS_FIELD_NUMBER: _ClassVar[int]
    TAIL_INTERACT_TYPE_FIELD_NUMBER: _ClassVar[int]
    DEFAULT_CLICK_SCHEMA_URL_FIELD_NUMBER: _ClassVar[int]
    BOTTOM_PIN_CONFIG_FIELD_NUMBER: _ClassVar[int]
    FORCED_INSERT_FIELD_NUMBER: _ClassVar[int]
    WITH_USER_FEATURE_LABEL_FIELD_NUMBER: _ClassVar[int]
    SCROLL_INFO_FIELD_NUMBER: _ClassVar[int]
    user_label: Image
    user_consume_in_room: int
    user_send_gift_cnt_in_room: int
    individual_priority: int
    individual_strategy_result: _containers.ScalarMap[str, str]
    support_pin: int
    suffix_text: bytes
    im_action: int
    forbidden_profile: bool
    reply_resp: ChatReplyRespInfo
    tracking_params: _containers.ScalarMap[str, str]
    is_featured: int
    need_filter_display: bool
    personalized_display_info: bytes
    force_insertion_priority: int
    mention_info: ChatMentionInfo
    hover_info: bytes
    show_in_danmaku: bool
    is_like_comment: bool
    batch_refresh: bool
    is_ai_msg: bool
    should_log_light_interact_mob: bool
    light_interact_mob_params: _containers.ScalarMap[str, str]
    tail_interact_type: int
    default_click_schema_url: str
    bottom_pin_config: bytes
    forced_insert: bool
    with_user_feature_label: bool
    scroll_info: bytes
    def __init__(self, user_label: _Optional[_Union[Image, _Mapping]] = ..., user_consume_in_room: _Optional[int] = ..., user_send_gift_cnt_in_room: _Optional[int] = ..., individual_priority: _Optional[int] = ..., individual_strategy_result: _Optional[_Mapping[str, str]] = ..., support_pin: _Optional[int] = ..., suffix_text: _Optional[bytes] = ..., im_action: _Optional[int] = ..., forbidden_profile: _Optional[bool] = ..., reply_resp: _Optional[_Union[ChatReplyRespInfo, _Mapping]] = ..., tracking_params: _Optional[_Mapping[str, str]] = ..., is_featured: _Optional[int] = ..., need_filter_display: _Optional[bool] = ..., personalized_display_info: _Optional[bytes] = ..., force_insertion_priority: _Optional[int] = ..., mention_info: _Optional[_Union[ChatMentionInfo, _Mapping]] = ..., hover_info: _Optional[bytes] = ..., show_in_danmaku: _Optional[bool] = ..., is_like_comment: _Optional[bool] = ..., batch_refresh: _Optional[bool] = ..., is_ai_msg: _Optional[bool] = ..., should_log_light_interact_mob: _Optional[bool] = ..., light_interact_mob_params: _Optional[_Mapping[str, str]] = ..., tail_interact_type: _Optional[int] = ..., default_click_schema_url: _Optional[str] = ..., bottom_pin_config: _Optional[bytes] = ..., forced_insert: _Optional[bool] = ..., with_user_feature_label: _Optional[bool] = ..., scroll_info: _Optional[bytes] = ...) -> None: ...

class LandscapeAreaCommon(_message.Message):
    __slots__ = ("show_head", "show_nickname", "show_font_color", "color_value", "comment_type_tags")
    SHOW_HEAD_FIELD_NUMBER: _ClassVar[int]
    SHOW_NICKNAME_FIELD_NUMBER: _ClassVar[int]
    SHOW_FONT_COLOR_FIELD_NUMBER: _ClassVar[int]
    COLOR_VALUE_FIELD_NUMBER: _ClassVar[int]
    COMMENT_TYPE_TAGS_FIELD_NUMBER: _ClassVar[int]
    show_head: bool
    show_nickname: bool
    show_font_color: bool
    color_value: _containers.RepeatedScalarFieldContainer[str]
    comment_type_tags: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, show_head: _Optional[bool] = ..., show_nickname: _Optional[bool] = ..., show_font_color: _Optional[bool] = ..., color_value: _Optional[_Iterable[str]] = ..., comment_type_tags: _Optional[_Iterable[int]] = ...) -> None: ...

class User(_message.Message):
    __slots__ = ("id", "short_id", "nickname", "gender", "signature", "level", "birthday", "telephone", "avatar_thumb", "avatar_medium", "avatar_large", "verified", "experience", "city", "status", "create_time", "modify_time", "secret", "share_qrcode_uri", "income_share_percent", "badge_image_list", "follow_info", "pay_grade", "fans_club", "border", "special_id", "avatar_border", "medal", "real_time_icons", "new_real_time_icons", "top_vip_no", "user_attr", "own_room", "pay_score", "ticket_count", "anchor_info", "link_mic_stats", "display_id", "with_commerce_permission", "with_fusion_shop_entry", "total_recharge_diamond_count", "webcast_anchor_level", "verified_content", "author_stats", "top_fans", "sec_uid", "user_role", "xigua_info", "activity_reward", "noble_info", "brotherhood_info", "personal_card", "authentication_info", "authorization_info", "adversary_authorization_info", "poi_info", "media_badge_image_list", "adversary_user_status", "user_vip_info", "commerce_webcast_config_ids", "badge_image_list_v2", "industry_certification", "location_city", "fans_group_info", "remark_name", "mystery_man", "web_rid", "desensitized_nickname", "j_accredit_info", "subscribe", "is_anonymous", "consume_diamond_level", "webcast_uid", "profile_style_params", "user_dress_info", "biz_relation", "member_entrance_info", "public_area_badge_info", "extra_info", "user_setting_info", "public_area_oper_freq", "user_permission_grant_info", "user_canceled", "webcast_private", "can_view_webcast_private", "webcast_nick", "webcast_avatar", "hide_by_room", "link_mask", "allow_be_located", "allow_find_by_contacts", "allow_others_download_video", "allow_others_download_when_sharing_video", "allow_share_show_profile", "allow_show_in_gossip", "allow_show_my_action", "allow_strange_comment", "allow_unfollower_comment", "allow_use_linkmic", "anchor_level", "avatar_jpg", "bg_img_url", "birthday_description", "birthday_valid", "block_status", "comment_restrict", "constellation", "disable_ichat", "enable_ichat_img", "exp", "fan_ticket_count", "fold_stranger_chat", "follow_status", "hotsoon_verified", "hotsoon_verified_reason", "ichat_restrict_type", "id_str", "is_follower", "is_following", "need_profile_guide", "pay_scores", "push_comment_status", "push_digg", "push_follow", "push_friend_action", "push_ichat", "push_status", "push_video_post", "push_video_recommend", "stats", "verified_mobile", "verified_reason", "with_car_management_permission", "age_range", "watch_duration_month", "foreign_user", "bottom_entry", "user_open_id", "host_info")
    class FollowInfo(_message.Message):
        __slots__ = ("following_count", "follower_count", "follow_status", "push_status", "remark_name", "follower_count_str", "following_count_str", "invalid_follow_status", "follwer_count_display", "follower_count_str_desc")
        FOLLOWING_COUNT_FIELD_NUMBER: _ClassVar[int]
        FOLLOWER_COUNT_FIELD_NUMBER: _ClassVar[int]
        FOLLOW_STATUS_FIELD_NUMBER: _ClassVar[int]
        PUSH_STATUS_FIELD_NUMBER: _ClassVar[int]
        REMARK_NAME_FIELD_NUMBER: _ClassVar[int]
        FOLLOWER_COUNT_STR_FIELD_NUMBER: _ClassVar[int]
        FOLLOWING_COUNT_STR_FIELD_NUMBER: _ClassVar[int]
        INVALID_FOLLOW_STATUS_FIELD_NUMBER: _ClassVar[int]
        FOLLWER_COUNT_DISPLAY_FIELD_NUMBER: _ClassVar[int]
        FOLLOWER_COUNT_STR_DESC_FIELD_NUMBER: _ClassVar[int]
        following_count: int
        follower_count: int
        follow_status: int
        push_status: int
        remark_name: str
        follower_count_str: str
        following_count_str: str
        invalid_follow_status: bool
        follwer_count_display: str
        follower_count_str_desc: str
        def __init__(self, following_count: _Optional[int] = ..., follower_count: _Optional[int] = ..., follow_status: _Optional[int] = ..., push_status: _Optional[int] = ..., remark_name: _Optional[str] = ..., follower_count_str: _Optional[str] = ..., following_count_str: _Optional[str] = ..., invalid_follow_status: _Optional[bool] = ..., follwer_count_display: _Optional[str] = ..., follower_count_str_desc: _Optional[str] = ...) -> None: ...
    class PayGrade(_message.Message):
        __slots__ = ("total_diamond_count", "diamond_icon", "name", "icon", "next_name", "level", "next_icon", "next_diamond", "now_diamond", "this_grade_min_diamond", "this_grade_max_diamond", "pay_diamond_bak", "grade_describe", "grade_icon_list", "screen_chat_type", "im_icon", "im_icon_with_level", "live_icon", "new_im_icon_with_level", "new_live_icon", "upgrade_need_consume", "next_privileges", "background", "background_back", "score", "buff_info", "grade_describe_shining", "in_rebirth", "recent_consume_badge", "grade_banner", "profile_dialog_bg", "profile_dialog_bg_back")
        class GradeIcon(_message.Message):
            __slots__ = ("icon", "icon_diamond", "level", "level_str")
            ICON_FIELD_NUMBER: _ClassVar[int]
            ICON_DIAMOND_FIELD_NUMBER: _ClassVar[int]
            LEVEL_FIELD_NUMBER: _ClassVar[int]
            LEVEL_STR_FIELD_NUMBER: _ClassVar[int]
            icon: Image
            icon_diamond: int
            level: int
            level_str: str
            def __init__(self, icon: _Optional[_Union[Image, _Mapping]] = ..., icon_diamond: _Optional[int] = ..., level: _Optional[int] = ..., level_str: _Optional[str] = ...) -> None: ...
        TOTAL_DIAMOND_COUNT_FIELD_NUMBER: _ClassVar[int]
        DIAMOND_ICON_FIELD_NUMBER: _ClassVar[int]
        NAME_FIELD_NUMBER: _ClassVar[int]
        ICON_FIELD_NUMBER: _ClassVar[int]
        NEXT_NAME_FIELD_NUMBER: _ClassVar[int]
        LEVEL_FIELD_NUMBER: _ClassVar[int]
        NEXT_ICON_FIELD_NUMBER: _ClassVar[int]
        NEXT_DIAMOND_FIELD_NUMBER: _ClassVar[int]
        NOW_DIAMOND_FIELD_NUMBER: _ClassVar[int]
        THIS_GRADE_MIN_DIAMOND_FIELD_NUMBER: _ClassVar[int]
        THIS_GRADE_MAX_DIAMOND_FIELD_NUMBER: _ClassVar[int]
        PAY_DIAMOND_BAK_FIELD_NUMBER: _ClassVar[int]
        GRADE_DESCRIBE_FIELD_NUMBER: _ClassVar[int]
        GRADE_ICON_LIST_FIELD_NUMBER: _ClassVar[int]
        SCREEN_CHAT_TYPE_FIELD_NUMBER: _ClassVar[int]
        IM_ICON_FIELD_NUMBER: _ClassVar[int]
        IM_ICON_WITH_LEVEL_FIELD_NUMBER: _ClassVar[int]
        LIVE_ICON_FIELD_NUMBER: _ClassVar[int]
        NEW_IM_ICON_WITH_LEVEL_FIELD_NUMBER: _ClassVar[int]
        NEW_LIVE_ICON_FIELD_NUMBER: _ClassVar[int]
        UPGRADE_NEED_CONSUME_FIELD_NUMBER: _ClassVar[int]
        NEXT_PRIVILEGES_FIELD_NUMBER: _ClassVar[int]
        BACKGROUND_FIELD_NUMBER: _ClassVar[int]
        BACKGROUND_BACK_FIELD_NUMBER: _ClassVar[int]
        SCORE_FIELD_NUMBER: _ClassVar[int]
        BUFF_INFO_FIELD_NUMBER: _ClassVar[int]
        GRADE_DESCRIBE_SHINING_FIELD_NUMBER: _ClassVar[int]
        IN_REBIRTH_FIELD_NUMBER: _ClassVar[int]
        RECENT_CONSUME_BADGE_FIELD_NUMBER: _ClassVar[int]
        GRADE_BANNER_FIELD_NUMBER: _ClassVar[int]
        PROFILE_DIALOG_BG_FIELD_NUMBER: _ClassVar[int]
        PROFILE_DIALOG_BG_BACK_FIELD_NUMBER: _ClassVar[int]
        total_diamond_count: int
        diamond_icon: Image
        name: str
        icon: Image
        next_name: str
        level: int
        next_icon: Image
        next_diamond: int
        now_diamond: int
        this_grade_min_diamond: int
        this_grade_max_diamond: int
        pay_diamond_bak: int
        grade_describe: str
        grade_icon_list: _containers.RepeatedCompositeFieldContainer[User.PayGrade.GradeIcon]
        screen_chat_type: int
        im_icon: Image
        im_icon_with_level: Image
        live_icon: Image
        new_im_icon_with_level: Image
        new_live_icon: Image
        upgrade_need_consume: int
        next_privileges: str
        background: Image
        background_back: Image
        score: int
        buff_info: bytes
        grade_describe_shining: bool
        in_rebirth: bool
        recent_consume_badge: Image
        grade_banner: str
        profile_dialog_bg: Image
        profile_dialog_bg_back: Image
        def __init__(self, total_diamond_count: _Optional[int] = ..., diamond_icon: _Optional[_Union[Image, _Mapping]] = ..., name: _Optional[str] = ..., icon: _Optional[_Union[Image, _Mapping]] = ..., next_name: _Optional[str] = ..., level: _Optional[int] = ..., next_icon: _Optional[_Union[Image, _Mapping]] = ..., next_diamond: _Optional[int] = ..., now_diamond: _Optional[int] = ..., this_grade_min_diamond: _Optional[int] = ..., this_grade_max_diamond: _Optional[int] = ..., pay_diamond_bak: _Optional[int] = ..., grade_describe: _Optional[str] = ..., grade_icon_list: _Optional[_Iterable[_Union[User.PayGrade.GradeIcon, _Mapping]]] = ..., screen_chat_type: _Optional[int] = ..., im_icon: _Optional[_Union[Image, _Mapping]] = ..., im_icon_with_level: _Optional[_Union[Image, _Mapping]] = ..., live_icon: _Optional[_Union[Image, _Mapping]] = ..., new_im_icon_with_level: _Optional[_Union[Image, _Mapping]] = ..., new_live_icon: _Optional[_Union[Image, _Mapping]] = ..., upgrade_need_consume: _Optional[int] = ..., next_privileges: _Optional[str] = ..., background: _Optional[_Union[Image, _Mapping]] = ..., background_back: _Optional[_Union[Image, _Mapping]] = ..., score: _Optional[int] = ..., buff_info: _Optional[bytes] = ..., grade_describe_shining: _Optional[bool] = ..., in_rebirth: _Optional[bool] = ..., recent_consume_badge: _Optional[_Union[Image, _Mapping]] = ..., grade_banner: _Optional[str] = ..., profile_dialog_bg: _Optional[_Union[Image, _Mapping]] = ..., profile_dialog_bg_back: _Optional[_Union[Image, _Mapping]] = ...) -> None: ...
    class FansClub(_message.Message):
        __slots__ = ("data", "prefer_data")
        class FansClubData(_message.Message):
            __slots__ = ("club_name", "level", "user_fans_club_status", "badge", "available_gift_ids", "anchor_id", "badge_type", "user_guard_status", "guard_expired_time", "anchor_open_id")
            class UserBadge(_message.Message):
                __slots__ = ("icons", "title")
                class IconsEntry(_message.Message):
                    __slots__ = ("key", "value")
                    KEY_FIELD_NUMBER: _ClassVar[int]
                    VALUE_FIELD_NUMBER: _ClassVar[int]
                    key: int
                    value: Image
                    def __init__(self, key: _Optional[int] = ..., value: _Optional[_Union[Image, _Mapping]] = ...) -> None: ...
                ICONS_FIELD_NUMBER: _ClassVar[int]
                TITLE_FIELD_NUMBER: _ClassVar[int]
                icons: _containers.MessageMap[int, Image]
                title: str
                def __init__(self, icons: _Optional[_Mapping[int, Image]] = ..., title: _Optional[str] = ...) -> None: ...
            CLUB_NAME_FIELD_NUMBER: _ClassVar[int]
            LEVEL_FIELD_NUMBER: _ClassVar[int]
            USER_FANS_CLUB_STATUS_FIELD_NUMBER: _ClassVar[int]
            BADGE_FIELD_NUMBER: _ClassVar[int]
            AVAILABLE_GIFT_IDS_FIELD_NUMBER: _ClassVar[int]
            ANCHOR_ID_FIELD_NUMBER: _ClassVar[int]
            BADGE_TYPE_FIELD_NUMBER: _ClassVar[int]
            USER_GUARD_STATUS_FIELD_NUMBER: _ClassVar[int]
            GUARD_EXPIRED_TIME_FIELD_NUMBER: _ClassVar[int]
            ANCHOR_OPEN_ID_FIELD_NUMBER: _ClassVar[int]
            club_name: str
            level: int
            user_fans_club_status: int
            badge: User.FansClub.FansClubData.UserBadge
            available_gift_ids: _containers.RepeatedScalarFieldContainer[int]
            anchor_id: int
            badge_type: int
            user_guard_status: int
            guard_expired_time: int
            anchor_open_id: str
            def __init__(self, club_name: _Optional[str] = ..., level: _Optional[int] = ..., user_fans_club_status: _Optional[int] = ..., badge: _Optional[_Union[User.FansClub.FansClubData.UserBadge, _Mapping]] = ..., available_gift_ids: _Optional[_Iterable[int]] = ..., anchor_id: _Optional[int] = ..., badge_type: _Optional[int] = ..., user_guard_status: _Optional[int] = ..., guard_expired_time: _Optional[int] = ..., anchor_open_id: _Optional[str] = ...) -> None: ...
        class PreferDataEntry(_message.Message):
            __slots__ = ("key", "value")
            KEY_FIELD_NUMBER: _ClassVar[int]
            VALUE_FIELD_NUMBER: _ClassVar[int]
            key: int
            value: User.FansClub.FansClubData
            def __init__(self, key: _Optional[int] = ..., value: _Optional[_Union[User.FansClub.FansClubData, _Mapping]] = ...) -> None: ...
        DATA_FIELD_NUMBER: _ClassVar[int]
        PREFER_DATA_FIELD_NUMBER: _ClassVar[int]
        data: User.FansClub.FansClubData
        prefer_data: _containers.MessageMap[int, User.FansClub.FansClubData]
        def __init__(self, data: _Optional[_Union[User.FansClub.FansClubData, _Mapping]] = ..., prefer_data: _Optional[_Mapping[int, User.FansClub.FansClubData]] = ...) -> None: ...
    class AnchorLevel(_message.Message):
        __slots__ = ("level", "experience", "lowest_experience_this_level", "highest_experience_this_level", "task_start_experience", "task_start_time", "task_decrease_experience", "task_target_experience", "task_end_time", "profile_dialog_bg", "profile_dialog_bg_back", "stage_level", "small_icon")
        LEVEL_FIELD_NUMBER: _ClassVar[int]
        EXPERIENCE_FIELD_NUMBER: _ClassVar[int]
        LOWEST_EXPERIENCE_THIS_LEVEL_FIELD_NUMBER: _ClassVar[int]
        HIGHEST_EXPERIENCE_THIS_LEVEL_FIELD_NUMBER: _ClassVar[int]
        TASK_START_EXPERIENCE_FIELD_NUMBER: _ClassVar[int]
        TASK_START_TIME_FIELD_NUMBER: _ClassVar[int]
        TASK_DECREASE_EXPERIENCE_FIELD_NUMBER: _ClassVar[int]
        TASK_TARGET_EXPERIENCE_FIELD_NUMBER: _ClassVar[int]
        TASK_END_TIME_FIELD_NUMBER: _ClassVar[int]
        PROFILE_DIALOG_BG_FIELD_NUMBER: _ClassVar[int]
        PROFILE_DIALOG_BG_BACK_FIELD_NUMBER: _ClassVar[int]
        STAGE_LEVEL_FIELD_NUMBER: _ClassVar[int]
        SMALL_ICON_FIELD_NUMBER: _ClassVar[int]
        level: int
        experience: int
        lowest_experience_this_level: int
        highest_experience_this_level: int
        task_start_experience: int
        task_start_time: int
        task_decrease_experience: int
        task_target_experience: int
        task_end_time: int
        profile_dialog_bg: Image
        profile_dialog_bg_back: Image
        stage_level: Image
        small_icon: Image
        def __init__(self, level: _Optional[int] = ..., experience: _Optional[int] = ..., lowest_experience_this_level: _Optional[int] = ..., highest_experience_this_level: _Optional[int] = ..., task_start_experience: _Optional[int] = ..., task_start_time: _Optional[int] = ..., task_decrease_experience: _Optional[int] = ..., task_target_experience: _Optional[int] = ..., task_end_time: _Optional[int] = ..., profile_dialog_bg: _Optional[_Union[Image, _Mapping]] = ..., profile_dialog_bg_back: _Optional[_Union[Image, _Mapping]] = ..., stage_level: _Optional[_Union[Image, _Mapping]] = ..., small_icon: _Optional[_Union[Image, _Mapping]] = ...) -> None: ...
    class NobleLevelInfo(_message.Message):
        __slots__ = ("noble_background", "noble_level", "noble_icon", "noble_name", "expire_time", "noble_big_icon", "noble_icon_with_back", "noble_boarder", "noble_background_color")
        NOBLE_BACKGROUND_FIELD_NUMBER: _ClassVar[int]
        NOBLE_LEVEL_FIELD_NUMBER: _ClassVar[int]
        NOBLE_ICON_FIELD_NUMBER: _ClassVar[int]
        NOBLE_NAME_FIELD_NUMBER: _ClassVar[int]
        EXPIRE_TIME_FIELD_NUMBER: _ClassVar[int]
        NOBLE_BIG_ICON_FIELD_NUMBER: _ClassVar[int]
        NOBLE_ICON_WITH_BACK_FIELD_NUMBER: _ClassVar[int]
        NOBLE_BOARDER_FIELD_NUMBER: _ClassVar[int]
        NOBLE_BACKGROUND_COLOR_FIELD_NUMBER: _ClassVar[int]
        noble_background: Image
        noble_level: int
        noble_icon: Image
        noble_name: str
        expire_time: int
        noble_big_icon: Image
        noble_icon_with_back: Image
        noble_boarder: Image
        noble_background_color: _containers.RepeatedScalarFieldContainer[str]
        def __init__(self, noble_background: _Optional[_Union[Image, _Mapping]] = ..., noble_level: _Optional[int] = ..., noble_icon: _Optional[_Union[Image, _Mapping]] = ..., noble_name: _Optional[str] = ..., expire_time: _Optional[int] = ..., noble_big_icon: _Optional[_Union[Image, _Mapping]] = ..., noble_icon_with_back: _Optional[_Union[Image, _Mapping]] = ..., noble_boarder: _Optional[_Union[Image, _Mapping]] = ..., noble_background_color: _Optional[_Iterable[str]] = ...) -> None: ...
    class UserAttr(_message.Message):
        __slots__ = ("is_muted", "is_admin", "is_super_admin", "admin_privileges", "is_chat_self_see")
        IS_MUTED_FIELD_NUMBER: _ClassVar[int]
        IS_ADMIN_FIELD_NUMBER: _ClassVar[int]
        IS_SUPER_ADMIN_FIELD_NUMBER: _ClassVar[int]
        ADMIN_PRIVILEGES_FIELD_NUMBER: _ClassVar[int]
        IS_CHAT_SELF_SEE_FIELD_NUMBER: _ClassVar[int]
        is_muted: bool
        is_admin: bool
        is_super_admin: bool
        admin_privileges: _containers.RepeatedScalarFieldContainer[int]
        is_chat_self_see: bool
        def __init__(self, is_muted: _Optional[bool] = ..., is_admin: _Optional[bool] = ..., is_super_admin: _Optional[bool] = ..., admin_privileges: _Optional[_Iterable[int]] = ..., is_chat_self_see: _Optional[bool] = ...) -> None: ...
    class OwnRoom(_message.Message):
        __slots__ = ("room_ids", "room_ids_str", "room_ids_display")
        ROOM_IDS_FIELD_NUMBER: _ClassVar[int]
        ROOM_IDS_STR_FIELD_NUMBER: _ClassVar[int]
        ROOM_IDS_DISPLAY_FIELD_NUMBER: _ClassVar[int]
        room_ids: _containers.RepeatedScalarFieldContainer[int]
        room_ids_str: _containers.RepeatedScalarFieldContainer[str]
        room_ids_display: _containers.RepeatedScalarFieldContainer[int]
        def __init__(self, room_ids: _Optional[_Iterable[int]] = ..., room_ids_str: _Optional[_Iterable[str]] = ..., room_ids_display: _Optional[_Iterable[int]] = ...) -> None: ...
    class AnchorInfo(_message.Message):
        __slots__ = ("level",)
        LEVEL_FIELD_NUMBER: _ClassVar[int]
        level: int
        def __init__(self, level: _Optional[int] = ...) -> None: ...
    class AuthenticationInfo(_message.Message):
        __slots__ = ("custom_verify", "enterprise_verify_reason", "authentication_badge", "level_list", "account_type_info", "authentication_badge_v2", "account_cert_info")
        CUSTOM_VERIFY_FIELD_NUMBER: _ClassVar[int]
        ENTERPRISE_VERIFY_REASON_FIELD_NUMBER: _ClassVar[int]
        AUTHENTICATION_BADGE_FIELD_NUMBER: _ClassVar[int]
        LEVEL_LIST_FIELD_NUMBER: _ClassVar[int]
        ACCOUNT_TYPE_INFO_FIELD_NUMBER: _ClassVar[int]
        AUTHENTICATION_BADGE_V2_FIELD_NUMBER: _ClassVar[int]
        ACCOUNT_CERT_INFO_FIELD_NUMBER: _ClassVar[int]
        custom_verify: str
        enterprise_verify_reason: str
        authentication_badge: Image
        level_list: _containers.RepeatedScalarFieldContainer[int]
        account_type_info: bytes
        authentication_badge_v2: Image
        account_cert_info: str
        def __init__(self, custom_verify: _Optional[str] = ..., enterprise_verify_reason: _Optional[str] = ..., authentication_badge: _Optional[_Union[Image, _Mapping]] = ..., level_list: _Optional[_Iterable[int]] = ..., account_type_info: _Optional[bytes] = ..., authentication_badge_v2: _Optional[_Union[Image, _Mapping]] = ..., account_cert_info: _Optional[str] = ...) -> None: ...
    class Subscribe(_message.Message):
        __slots__ = ("is_member", "level", "identity_type", "buy_type", "open")
        IS_MEMBER_FIELD_NUMBER: _ClassVar[int]
        LEVEL_FIELD_NUMBER: _ClassVar[int]
        IDENTITY_TYPE_FIELD_NUMBER: _ClassVar[int]
        BUY_TYPE_FIELD_NUMBER: _ClassVar[int]
        OPEN_FIELD_NUMBER: _ClassVar[int]
        is_member: bool
        level: int
        identity_type: int
        buy_type: int
        open: int
        def __init__(self, is_member: _Optional[bool] = ..., level: _Optional[int] = ..., identity_type: _Optional[int] = ..., buy_type: _Optional[int] = ..., open: _Optional[int] = ...) -> None: ...
    ID_FIELD_NUMBER: _ClassVar[int]
    SHORT_ID_FIELD_NUMBER: _ClassVar[int]
    NICKNAME_FIELD_NUMBER: _ClassVar[int]
    GENDER_FIELD_NUMBER: _ClassVar[int]
    SIGNATURE_FIELD_NUMBER: _ClassVar[int]
    LEVEL_FIELD_NUMBER: _ClassVar[int]
    BIRTHDAY_FIELD_NUMBER: _ClassVar[int]
    TELEPHONE_FIELD_NUMBER: _ClassVar[int]
    AVATAR_THUMB_FIELD_NUMBER: _ClassVar[int]
    AVATAR_MEDIUM_FIELD_NUMBER: _ClassVar[int]
    AVATAR_LARGE_FIELD_NUMBER: _ClassVar[int]
    VERIFIED_FIELD_NUMBER: _ClassVar[int]
    EXPERIENCE_FIELD_NUMBER: _ClassVar[int]
    CITY_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    MODIFY_TIME_FIELD_NUMBER: _ClassVar[int]
    SECRET_FIELD_NUMBER: _ClassVar[int]
    SHARE_QRCODE_URI_FIELD_NUMBER: _ClassVar[int]
    INCOME_SHARE_PERCENT_FIELD_NUMBER: _ClassVar[int]
    BADGE_IMAGE_LIST_FIELD_NUMBER: _ClassVar[int]
    FOLLOW_INFO_FIELD_NUMBER: _ClassVar[int]
    PAY_GRADE_FIELD_NUMBER: _ClassVar[int]
    FANS_CLUB_FIELD_NUMBER: _ClassVar[int]
    BORDER_FIELD_NUMBER: _ClassVar[int]
    SPECIAL_ID_FIELD_NUMBER: _ClassVar[int]
    AVATAR_BORDER_FIELD_NUMBER: _ClassVar[int]
    MEDAL_FIELD_NUMBER: _ClassVar[int]
    REAL_TIME_ICONS_FIELD_NUMBER: _ClassVar[int]
    NEW_REAL_TIME_ICONS_FIELD_NUMBER: _ClassVar[int]
    TOP_VIP_NO_FIELD_NUMBER: _ClassVar[int]
    USER_ATTR_FIELD_NUMBER: _ClassVar[int]
    OWN_ROOM_FIELD_NUMBER: _ClassVar[int]
    PAY_SCORE_FIELD_NUMBER: _ClassVar[int]
    TICKET_COUNT_FIELD_NUMBER: _ClassVar[int]
    ANCHOR_INFO_FIELD_NUMBER: _ClassVar[int]
    LINK_MIC_STATS_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_ID_FIELD_NUMBER: _ClassVar[int]
    WITH_COMMERCE_PERMISSION_FIELD_NUMBER: _ClassVar[int]
    WITH_FUSION_SHOP_ENTRY_FIELD_NUMBER: _ClassVar[int]
    TOTAL_RECHARGE_DIAMOND_COUNT_FIELD_NUMBER: _ClassVar[int]
    WEBCAST_ANCHOR_LEVEL_FIELD_NUMBER: _ClassVar[int]
    VERIFIED_CONTENT_FIELD_NUMBER: _ClassVar[int]
    AUTHOR_STATS_FIELD_NUMBER: _ClassVar[int]
    TOP_FANS_FIELD_NUMBER: _ClassVar[int]
    SEC_UID_FIELD_NUMBER: _ClassVar[int]
    USER_ROLE_FIELD_NUMBER: _ClassVar[int]
    XIGUA_INFO_FIELD_NUMBER: _ClassVar[int]
    ACTIVITY_REWARD_FIELD_NUMBER: _ClassVar[int]
    NOBLE_INFO_FIELD_NUMBER: _ClassVar[int]
    BROTHERHOOD_INFO_FIELD_NUMBER: _ClassVar[int]
    PERSONAL_CARD_FIELD_NUMBER: _ClassVar[int]
    AUTHENTICATION_INFO_FIELD_NUMBER: _ClassVar[int]
    AUTHORIZATION_INFO_FIELD_NUMBER: _ClassVar[int]
    ADVERSARY_AUTHORIZATION_INFO_FIELD_NUMBER: _ClassVar[int]
    POI_INFO_FIELD_NUMBER: _ClassVar[int]
    MEDIA_BADGE_IMAGE_LIST_FIELD_NUMBER: _ClassVar[int]
    ADVERSARY_USER_STATUS_FIELD_NUMBER: _ClassVar[int]
    USER_VIP_INFO_FIELD_NUMBER: _ClassVar[int]
    COMMERCE_WEBCAST_CONFIG_IDS_FIELD_NUMBER: _ClassVar[int]
    BADGE_IMAGE_LIST_V2_FIELD_NUMBER: _ClassVar[int]
    INDUSTRY_CERTIFICATION_FIELD_NUMBER: _ClassVar[int]
    LOCATION_CITY_FIELD_NUMBER: _ClassVar[int]
    FANS_GROUP_INFO_FIELD_NUMBER: _ClassVar[int]
    REMARK_NAME_FIELD_NUMBER: _ClassVar[int]
    MYSTERY_MAN_FIELD_NUMBER: _ClassVar[int]
    WEB_RID_FIELD_NUMBER: _ClassVar[int]
    DESENSITIZED_NICKNAME_FIELD_NUMBER: _ClassVar[int]
    J_ACCREDIT_INFO_FIELD_NUMBER: _ClassVar[int]
    SUBSCRIBE_FIELD_NUMBER: _ClassVar[int]
    IS_ANONYMOUS_FIELD_NUMBER: _ClassVar[int]
    CONSUME_DIAMOND_LEVEL_FIELD_NUMBER: _ClassVar[int]
    WEBCAST_UID_FIELD_NUMBER: _ClassVar[int]
    PROFILE_STYLE_PARAMS_FIELD_NUMBER: _ClassVar[int]
    USER_DRESS_INFO_FIELD_NUMBER: _ClassVar[int]
    BIZ_RELATION_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ENTRANCE_INFO_FIELD_NUMBER: _ClassVar[int]
    PUBLIC_AREA_BADGE_INFO_FIELD_NUMBER: _ClassVar[int]
    EXTRA_INFO_FIELD_NUMBER: _ClassVar[int]
    USER_SETTING_INFO_FIELD_NUMBER: _ClassVar[int]
    PUBLIC_AREA_OPER_FREQ_FIELD_NUMBER: _ClassVar[int]
    USER_PERMISSION_GRANT_INFO_FIELD_NUMBER: _ClassVar[int]
    USER_CANCELED_FIELD_NUMBER: _ClassVar[int]
    WEBCAST_PRIVATE_FIELD_NUMBER: _ClassVar[int]
    CAN_VIEW_WEBCAST_PRIVATE_FIELD_NUMBER: _ClassVar[int]
    WEBCAST_NICK_FIELD_NUMBER: _ClassVar[int]
    WEBCAST_AVATAR_FIELD_NUMBER: _ClassVar[int]
    HIDE_BY_ROOM_FIELD_NUMBER: _ClassVar[int]
    LINK_MASK_FIELD_NUMBER: _ClassVar[int]
    ALLOW_BE_LOCATED_FIELD_NUMBER: _ClassVar[int]
    ALLOW_FIND_BY_CONTACTS_FIELD_NUMBER: _ClassVar[int]
    ALLOW_OTHERS_DOWNLOAD_VIDEO_FIELD_NUMBER: _ClassVar[int]
    ALLOW_OTHERS_DOWNLOAD_WHEN_SHARING_VIDEO_FIELD_NUMBER: _ClassVar[int]
    ALLOW_SHARE_SHOW_PROFILE_FIELD_NUMBER: _ClassVar[int]
    ALLOW_SHOW_IN_GOSSIP_FIELD_NUMBER: _ClassVar[int]
    ALLOW_SHOW_MY_ACTION_FIELD_NUMBER: _ClassVar[int]
    ALLOW_STRANGE_COMMENT_FIELD_NUMBER: _ClassVar[int]
    ALLOW_UNFOLLOWER_COMMENT_FIELD_NUMBER: _ClassVar[int]
    ALLOW_USE_LINKMIC_FIELD_NUMBER: _ClassVar[int]
    ANCHOR_LEVEL_FIELD_NUMBER: _ClassVar[int]
    AVATAR_JPG_FIELD_NUMBER: _ClassVar[int]
    BG_IMG_URL_FIELD_NUMBER: _ClassVar[int]
    BIRTHDAY_DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    BIRTHDAY_VALID_FIELD_NUMBER: _ClassVar[int]
    BLOCK_STATUS_FIELD_NUMBER: _ClassVar[int]
    COMMENT_RESTRICT_FIELD_NUMBER: _ClassVar[int]
    CONSTELLATION_FIELD_NUMBER: _ClassVar[int]
    DISABLE_ICHAT_FIELD_NUMBER: _ClassVar[int]
    ENABLE_ICHAT_IMG_FIELD_NUMBER: _ClassVar[int]
    EXP_FIELD_NUMBER: _ClassVar[int]
    FAN_TICKET_COUNT_FIELD_NUMBER: _ClassVar[int]
    FOLD_STRANGER_CHAT_FIELD_NUMBER: _ClassVar[int]
    FOLLOW_STATUS_FIELD_NUMBER: _ClassVar[int]
    HOTSOON_VERIFIED_FIELD_NUMBER: _ClassVar[int]
    HOTSOON_VERIFIED_REASON_FIELD_NUMBER: _ClassVar[int]
    ICHAT_RESTRICT_TYPE_FIELD_NUMBER: _ClassVar[int]
    ID_STR_FIELD_NUMBER: _ClassVar[int]
    IS_FOLLOWER_FIELD_NUMBER: _ClassVar[int]
    IS_FOLLOWING_FIELD_NUMBER: _ClassVar[int]
    NEED_PROFILE_GUIDE_FIELD_NUMBER: _ClassVar[int]
    PAY_SCORES_FIELD_NUMBER: _ClassVar[int]
    PUSH_COMMENT_STATUS_FIELD_NUMBER: _ClassVar[int]
    PUSH_DIGG_FIELD_NUMBER: _ClassVar[int]
    PUSH_FOLLOW_FIELD_NUMBER: _ClassVar[int]
    PUSH_FRIEND_ACTION_FIELD_NUMBER: _ClassVar[int]
    PUSH_ICHAT_FIELD_NUMBER: _ClassVar[int]
    PUSH_STATUS_FIELD_NUMBER: _ClassVar[int]
    PUSH_VIDEO_POST_FIELD_NUMBER: _ClassVar[int]
    PUSH_VIDEO_RECOMMEND_FIELD_NUMBER: _ClassVar[int]
    STATS_FIELD_NUMBER: _ClassVar[int]
    VERIFIED_MOBILE_FIELD_NUMBER: _ClassVar[int]
    VERIFIED_REASON_FIELD_NUMBER: _ClassVar[int]
    WITH_CAR_MANAGEMENT_PERMISSION_FIELD_NUMBER: _ClassVar[int]
    AGE_RANGE_FIELD_NUMBER: _ClassVar[int]
    WATCH_DURATION_MONTH_FIELD_NUMBER: _ClassVar[int]
    FOREIGN_USER_FIELD_NUMBER: _ClassVar[int]
    BOTTOM_ENTRY_FIELD_NUMBER: _ClassVar[int]
    USER_OPEN_ID_FIELD_NUMBER: _ClassVar[int]
    HOST_INFO_FIELD_NUMBER: _ClassVar[int]
    id: int
    short_id: int
    nickname: str
    gender: int
    signature: str
    level: int
    birthday: int
    telephone: str
    avatar_thumb: Image
    avatar_medium: Image
    avatar_large: Image
    verified: bool
    experience: int
    city: str
    status: int
    create_time: int
    modify_time: int
    secret: int
    share_qrcode_uri: str
    income_share_percent: int
    badge_image_list: _containers.RepeatedCompositeFieldContainer[Image]
    follow_info: User.FollowInfo
    pay_grade: User.PayGrade
    fans_club: User.FansClub
    border: bytes
    special_id: str
    avatar_border: Image
    medal: Image
    real_time_icons: _containers.RepeatedCompositeFieldContainer[Image]
    new_real_time_icons: _containers.RepeatedCompositeFieldContainer[Image]
    top_vip_no: int
    user_attr: User.UserAttr
    own_room: User.OwnRoom
    pay_score: int
    ticket_count: int
    anchor_info: User.AnchorInfo
    link_mic_stats: int
    display_id: str
    with_commerce_permission: bool
    with_fusion_shop_entry: bool
    total_recharge_diamond_count: int
    webcast_anchor_level: User.AnchorLevel
    verified_content: str
    author_stats: bytes
    top_fans: _containers.RepeatedCompositeFieldContainer[User]
    sec_uid: str
    user_role: int
    xigua_info: bytes
    activity_reward: bytes
    noble_info: User.NobleLevelInfo
    brotherhood_info: bytes
    personal_card: Image
    authentication_info: User.AuthenticationInfo
    authorization_info: int
    adversary_authorization_info: int
    poi_info: bytes
    media_badge_image_list: _containers.RepeatedCompositeFieldContainer[Image]
    adversary_user_status: int
    user_vip_info: bytes
    commerce_webcast_config_ids: _containers.RepeatedScalarFieldContainer[int]
    badge_image_list_v2: _containers.RepeatedCompositeFieldContainer[Image]
    industry_certification: bytes
    location_city: str
    fans_group_info: bytes
    remark_name: str
    mystery_man: int
    web_rid: str
    desensitized_nickname: str
    j_accredit_info: bytes
    subscribe: User.Subscribe
    is_anonymous: bool
    consume_diamond_level: int
    webcast_uid: str
    profile_style_params: bytes
    user_dress_info: bytes
    biz_relation: bytes
    member_entrance_info: bytes
    public_area_badge_info: bytes
    extra_info: bytes
    user_setting_info: bytes
    public_area_oper_freq: int
    user_permission_grant_info: bytes
    user_canceled: bool
    webcast_private: int
    can_view_webcast_private: int
    webcast_nick: str
    webcast_avatar: Image
    hide_by_room: int
    link_mask: int
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
    anchor_level: User.AnchorLevel
    avatar_jpg: Image
    bg_img_url: str
    birthday_description: str
    birthday_valid: bool
    block_status: int
    comment_restrict: int
    constellation: str
    disable_ichat: int
    enable_ichat_img: int
    exp: int
    fan_ticket_count: int
    fold_stranger_chat: bool
    follow_status: int
    hotsoon_verified: bool
    hotsoon_verified_reason: str
    ichat_restrict_type: int
    id_str: str
    is_follower: bool
    is_following: bool
    need_profile_guide: bool
    pay_scores: int
    push_comment_status: bool
    push_digg: bool
    push_follow: bool
    push_friend_action: bool
    push_ichat: bool
    push_status: bool
    push_video_post: bool
    push_video_recommend: bool
    stats: bytes
    verified_mobile: bool
    verified_reason: str
    with_car_management_permission: bool
    age_range: int
    watch_duration_month: int
    foreign_user: int
    bottom_entry: bytes
    user_open_id: str
    host_info: bytes
    def __init__(self, id: _Optional[int] = ..., short_id: _Optional[int] = ..., nickname: _Optional[str] = ..., gender: _Optional[int] = ..., signature: _Optional[str] = ..., level: _Optional[int] = ..., birthday: _Optional[int] = ..., telephone: _Optional[str] = ..., avatar_thumb: _Optional[_Union[Image, _Mapping]] = ..., avatar_medium: _Optional[_Union[Image, _Mapping]] = ..., avatar_large: _Optional[_Union[Image, _Mapping]] = ..., verified: _Optional[bool] = ..., experience: _Optional[int] = ..., city: _Optional[str] = ..., status: _Optional[int] = ..., create_time: _Optional[int] = ..., modify_time: _Optional[int] = ..., secret: _Optional[int] = ..., share_qrcode_uri: _Optional[str] = ..., income_share_percent: _Optional[int] = ..., badge_image_list: _Optional[_Iterable[_Union[Image, _Mapping]]] = ..., follow_info: _Optional[_Union[User.FollowInfo, _Mapping]] = ..., pay_grade: _Optional[_Union[User.PayGrade, _Mapping]] = ..., fans_club: _Optional[_Union[User.FansClub, _Mapping]] = ..., border: _Optional[bytes] = ..., special_id: _Optional[str] = ..., avatar_border: _Optional[_Union[Image, _Mapping]] = ..., medal: _Optional[_Union[Image, _Mapping]] = ..., real_time_icons: _Optional[_Iterable[_Union[Image, _Mapping]]] = ..., new_real_time_icons: _Optional[_Iterable[_Union[Image, _Mapping]]] = ..., top_vip_no: _Optional[int] = ..., user_attr: _Optional[_Union[User.UserAttr, _Mapping]] = ..., own_room: _Optional[_Union[User.OwnRoom, _Mapping]] = ..., pay_score: _Optional[int] = ..., ticket_count: _Optional[int] = ..., anchor_info: _Optional[_Union[User.AnchorInfo, _Mapping]] = ..., link_mic_stats: _Optional[int] = ..., display_id: _Optional[str] = ..., with_commerce_permission: _Optional[bool] = ..., with_fusion_shop_entry: _Optional[bool] = ..., total_recharge_diamond_count: _Optional[int] = ..., webcast_anchor_level: _Optional[_Union[User.AnchorLevel, _Mapping]] = ..., verified_content: _Optional[str] = ..., author_stats: _Optional[bytes] = ..., top_fans: _Optional[_Iterable[_Union[User, _Mapping]]] = ..., sec_uid: _Optional[str] = ..., user_role: _Optional[int] = ..., xigua_info: _Optional[bytes] = ..., activity_reward: _Optional[bytes] = ..., noble_info: _Optional[_Union[User.NobleLevelInfo, _Mapping]] = ..., brotherhood_info: _Optional[bytes] = ..., personal_card: _Optional[_Union[Image, _Mapping]] = ..., authentication_info: _Optional[_Union[User.AuthenticationInfo, _Mapping]] = ..., authorization_info: _Optional[int] = ..., adversary_authorization_info: _Optional[int] = ..., poi_info: _Optional[bytes] = ..., media_badge_image_list: _Optional[_Iterable[_Union[Image, _Mapping]]] = ..., adversary_user_status: _Optional[int] = ..., user_vip_info: _Optional[bytes] = ..., commerce_webcast_config_ids: _Optional[_Iterable[int]] = ..., badge_image_list_v2: _Optional[_Iterable[_Union[Image, _Mapping]]] = ..., industry_certification: _Optional[bytes] = ..., location_city: _Optional[str] = ..., fans_group_info: _Optional[bytes] = ..., remark_name: _Optional[str] = ..., mystery_man: _Optional[int] = ..., web_rid: _Optional[str] = ..., desensitized_nickname: _Optional[str] = ..., j_accredit_info: _Optional[bytes] = ..., subscribe: _Optional[_Union[User.Subscribe, _Mapping]] = ..., is_anonymous: _Optional[bool] = ..., consume_diamond_level: _Optional[int] = ..., webcast_uid: _Optional[str] = ..., profile_style_params: _Optional[bytes] = ..., user_dress_info: _Optional[bytes] = ..., biz_relation: _Optional[bytes] = ..., member_entrance_info: _Optional[bytes] = ..., public_area_badge_info: _Optional[bytes] = ..., extra_info: _Optional[bytes] = ..., user_setting_info: _Optional[bytes] = ..., public_area_oper_freq: _Optional[int] = ..., user_permission_grant_info: _Optional[bytes] = ..., user_canceled: _Optional[bool] = ..., webcast_private: _Optional[int] = ..., can_view_webcast_private: _Optional[int] = ..., webcast_nick: _Optional[str] = ..., webcast_avatar: _Optional[_Union[Image, _Mapping]] = ..., hide_by_room: _Optional[int] = ..., link_mask: _Optional[int] = ..., allow_be_located: _Optional[bool] = ..., allow_find_by_contacts: _Optional[bool] = ..., allow_others_download_video: _Optional[bool] = ..., allow_others_download_when_sharing_video: _Optional[bool] = ..., allow_share_show_profile: _Optional[bool] = ..., allow_show_in_gossip: _Optional[bool] = ..., allow_show_my_action: _Optional[bool] = ..., allow_strange_comment: _Optional[bool] = ..., allow_unfollower_comment: _Optional[bool] = ..., allow_use_linkmic: _Optional[bool] = ..., anchor_level: _Optional[_Union[User.AnchorLevel, _Mapping]] = ..., avatar_jpg: _Optional[_Union[Image, _Mapping]] = ..., bg_img_url: _Optional[str] = ..., birthday_description: _Optional[str] = ..., birthday_valid: _Optional[bool] = ..., block_status: _Optional[int] = ..., comment_restrict: _Optional[int] = ..., constellation: _Optional[str] = ..., disable_ichat: _Optional[int] = ..., enable_ichat_img: _Optional[int] = ..., exp: _Optional[int] = ..., fan_ticket_count: _Optional[int] = ..., fold_stranger_chat: _Optional[bool] = ..., follow_status: _Optional[int] = ..., hotsoon_verified: _Optional[bool] = ..., hotsoon_verified_reason: _Optional[str] = ..., ichat_restrict_type: _Optional[int] = ..., id_str: _Optional[str] = ..., is_follower: _Optional[bool] = ..., is_following: _Optional[bool] = ..., need_profile_guide: _Optional[bool] = ..., pay_scores: _Optional[int] = ..., push_comment_status: _Optional[bool] = ..., push_digg: _Optional[bool] = ..., push_follow: _Optional[bool] = ..., push_friend_action: _Optional[bool] = ..., push_ichat: _Optional[bool] = ..., push_status: _Optional[bool] = ..., push_video_post: _Optional[bool] = ..., push_video_recommend: _Optional[bool] = ..., stats: _Optional[bytes] = ..., verified_mobile: _Optional[bool] = ..., verified_reason: _Optional[str] = ..., with_car_management_permission: _Optional[bool] = ..., age_range: _Optional[int] = ..., watch_duration_month: _Optional[int] = ..., foreign_user: _Optional[int] = ..., bottom_entry: _Optional[bytes] = ..., user_open_id: _Optional[str] = ..., host_info: _Optional[bytes] = ...) -> None: ...

class Image(_message.Message):
    __slots__ = ("url_list", "uri", "height", "width", "avg_color", "image_type", "open_web_url", "content", "is_animated", "flex_setting_list", "text_setting_list")
    class Content(_message.Message):
        __slots__ = ("name", "font_color", "level", "alternative_text")
        NAME_FIELD_NUMBER: _ClassVar[int]
        FONT_COLOR_FIELD_NUMBER: _ClassVar[int]
        LEVEL_FIELD_NUMBER: _ClassVar[int]
        ALTERNATIVE_TEXT_FIELD_NUMBER: _ClassVar[int]
        name: str
        font_color: str
        level: int
        alternative_text: str
        def __init__(self, name: _Optional[str] = ..., font_color: _Optional[str] = ..., level: _Optional[int] = ..., alternative_text: _Optional[str] = ...) -> None: ...
    class NinePatchSetting(_message.Message):
        __slots__ = ("setting_list",)
        SETTING_LIST_FIELD_NUMBER: _ClassVar[int]
        setting_list: _containers.RepeatedScalarFieldContainer[int]
        def __init__(self, setting_list: _Optional[_Iterable[int]] = ...) -> None: ...
    URL_LIST_FIELD_NUMBER: _ClassVar[int]
    URI_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_FIELD_NUMBER: _ClassVar[int]
    WIDTH_FIELD_NUMBER: _ClassVar[int]
    AVG_COLOR_FIELD_NUMBER: _ClassVar[int]
    IMAGE_TYPE_FIELD_NUMBER: _ClassVar[int]
    OPEN_WEB_URL_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    IS_ANIMATED_FIELD_NUMBER: _ClassVar[int]
    FLEX_SETTING_LIST_FIELD_NUMBER: _ClassVar[int]
    TEXT_SETTING_LIST_FIELD_NUMBER: _ClassVar[int]
    url_list: _containers.RepeatedScalarFieldContainer[str]
    uri: str
    height: int
    width: int
    avg_color: str
    image_type: int
    open_web_url: str
    content: Image.Content
    is_animated: bool
    flex_setting_list: _containers.RepeatedCompositeFieldContainer[Image.NinePatchSetting]
    text_setting_list: _containers.RepeatedCompositeFieldContainer[Image.NinePatchSetting]
    def __init__(self, url_list: _Optional[_Iterable[str]] = ..., uri: _Optional[str] = ..., height: _Optional[int] = ..., width: _Optional[int] = ..., avg_color: _Optional[str] = ..., image_type: _Optional[int] = ..., open_web_url: _Optional[str] = ..., content: _Optional[_Union[Image.Content, _Mapping]] = ..., is_animated: _Optional[bool] = ..., flex_setting_list: _Optional[_Iterable[_Union[Image.NinePatchSetting, _Mapping]]] = ..., text_setting_list: _Optional[_Iterable[_Union[Image.NinePatchSetting, _Mapping]]] = ...) -> None: ...

class Text(_message.Message):
    __slots__ = ("key", "default_pattern", "default_format", "pieces", "schema_infos", "light_interact_infos")
    class SchemaInfosEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: bytes
        def __init__(self, key: _Optional[str] = ..., value: _Optional[bytes] = ...) -> None: ...
    class LightInteractInfosEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: bytes
        def __init__(self, key: _Optional[str] = ..., value: _Optional[bytes] = ...) -> None: ...
    KEY_FIELD_NUMBER: _ClassVar[int]
    DEFAULT_PATTERN_FIELD_NUMBER: _ClassVar[int]
    DEFAULT_FORMAT_FIELD_NUMBER: _ClassVar[int]
    PIECES_FIELD_NUMBER: _ClassVar[int]
    SCHEMA_INFOS_FIELD_NUMBER: _ClassVar[int]
    LIGHT_INTERACT_INFOS_FIELD_NUMBER: _ClassVar[int]
    key: str
    default_pattern: str
    default_format: TextFormat
    pieces: _containers.RepeatedCompositeFieldContainer[TextPiece]
    schema_infos: _containers.ScalarMap[str, bytes]
    light_interact_infos: _containers.ScalarMap[str, bytes]
    def __init__(self, key: _Optional[str] = ..., default_pattern: _Optional[str] = ..., default_format: _Optional[_Union[TextFormat, _Mapping]] = ..., pieces: _Optional[_Iterable[_Union[TextPiece, _Mapping]]] = ..., schema_infos: _Optional[_Mapping[str, bytes]] = ..., light_interact_infos: _Optional[_Mapping[str, bytes]] = ...) -> None: ...

class TextFormat(_message.Message):
    __slots__ = ("color", "bold", "italic", "weight", "italic_angle", "font_size", "use_heigh_light_color", "use_remote_clor", "ignore_color_mapping", "gradient_orientation", "gradient_colors")
    COLOR_FIELD_NUMBER: _ClassVar[int]
    BOLD_FIELD_NUMBER: _ClassVar[int]
    ITALIC_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FIELD_NUMBER: _ClassVar[int]
    ITALIC_ANGLE_FIELD_NUMBER: _ClassVar[int]
    FONT_SIZE_FIELD_NUMBER: _ClassVar[int]
    USE_HEIGH_LIGHT_COLOR_FIELD_NUMBER: _ClassVar[int]
    USE_REMOTE_CLOR_FIELD_NUMBER: _ClassVar[int]
    IGNORE_COLOR_MAPPING_FIELD_NUMBER: _ClassVar[int]
    GRADIENT_ORIENTATION_FIELD_NUMBER: _ClassVar[int]
    GRADIENT_COLORS_FIELD_NUMBER: _ClassVar[int]
    color: str
    bold: bool
    italic: bool
    weight: int
    italic_angle: int
    font_size: int
    use_heigh_light_color: bool
    use_remote_clor: bool
    ignore_color_mapping: bool
    gradient_orientation: int
    gradient_colors: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, color: _Optional[str] = ..., bold: _Optional[bool] = ..., italic: _Optional[bool] = ..., weight: _Optional[int] = ..., italic_angle: _Optional[int] = ..., font_size: _Optional[int] = ..., use_heigh_light_color: _Optional[bool] = ..., use_remote_clor: _Optional[bool] = ..., ignore_color_mapping: _Optional[bool] = ..., gradient_orientation: _Optional[int] = ..., gradient_colors: _Optional[_Iterable[str]] = ...) -> None: ...

class TextPiece(_message.Message):
    __slots__ = ("type", "format", "value_ref", "string_value", "user_value", "gift_value", "heart_value", "pattern_ref_value", "image_value", "schema_key", "light_interact_key")
    TYPE_FIELD_NUMBER: _ClassVar[int]
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    VALUE_REF_FIELD_NUMBER: _ClassVar[int]
    STRING_VALUE_FIELD_NUMBER: _ClassVar[int]
    USER_VALUE_FIELD_NUMBER: _ClassVar[int]
    GIFT_VALUE_FIELD_NUMBER: _ClassVar[int]
    HEART_VALUE_FIELD_NUMBER: _ClassVar[int]
    PATTERN_REF_VALUE_FIELD_NUMBER: _ClassVar[int]
    IMAGE_VALUE_FIELD_NUMBER: _ClassVar[int]
    SCHEMA_KEY_FIELD_NUMBER: _ClassVar[int]
    LIGHT_INTERACT_KEY_FIELD_NUMBER: _ClassVar[int]
    type: int
    format: TextFormat
    value_ref: str
    string_value: str
    user_value: TextPieceUser
    gift_value: TextPieceGift
    heart_value: TextPieceHeart
    pattern_ref_value: TextPiecePatternRef
    image_value: TextPieceImage
    schema_key: str
    light_interact_key: str
    def __init__(self, type: _Optional[int] = ..., format: _Optional[_Union[TextFormat, _Mapping]] = ..., value_ref: _Optional[str] = ..., string_value: _Optional[str] = ..., user_value: _Optional[_Union[TextPieceUser, _Mapping]] = ..., gift_value: _Optional[_Union[TextPieceGift, _Mapping]] = ..., heart_value: _Optional[_Union[TextPieceHeart, _Mapping]] = ..., pattern_ref_value: _Optional[_Union[TextPiecePatternRef, _Mapping]] = ..., image_value: _Optional[_Union[TextPieceImage, _Mapping]] = ..., schema_key: _Optional[str] = ..., light_interact_key: _Optional[str] = ...) -> None: ...

class TextPieceUser(_message.Message):
    __slots__ = ("user", "with_colon", "self_show_real_name", "left_show_extension", "left_additional_content", "right_additional_content")
    USER_FIELD_NUMBER: _ClassVar[int]
    WITH_COLON_FIELD_NUMBER: _ClassVar[int]
    SELF_SHOW_REAL_NAME_FIELD_NUMBER: _ClassVar[int]
    LEFT_SHOW_EXTENSION_FIELD_NUMBER: _ClassVar[int]
    LEFT_ADDITIONAL_CONTENT_FIELD_NUMBER: _ClassVar[int]
    RIGHT_ADDITIONAL_CONTENT_FIELD_NUMBER: _ClassVar[int]
    user: User
    with_colon: bool
    self_show_real_name: bool
    left_show_extension: int
    left_additional_content: str
    right_additional_content: str
    def __init__(self, user: _Optional[_Union[User, _Mapping]] = ..., with_colon: _Optional[bool] = ..., self_show_real_name: _Optional[bool] = ..., left_show_extension: _Optional[int] = ..., left_additional_content: _Optional[str] = ..., right_additional_content: _Optional[str] = ...) -> None: ...

class TextPieceGift(_message.Message):
    __slots__ = ("gift_id", "name_ref")
    GIFT_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_REF_FIELD_NUMBER: _ClassVar[int]
    gift_id: int
    name_ref: bytes
    def __init__(self, gift_id: _Optional[int] = ..., name_ref: _Optional[bytes] = ...) -> None: ...

class TextPieceHeart(_message.Message):
    __slots__ = ("color",)
    COLOR_FIELD_NUMBER: _ClassVar[int]
    color: str
    def __init__(self, color: _Optional[str] = ...) -> None: ...

class TextPiecePatternRef(_message.Message):
    __slots__ = ("key", "default_pattern")
    KEY_FIELD_NUMBER: _ClassVar[int]
    DEFAULT_PATTERN_FIELD_NUMBER: _ClassVar[int]
    key: str
    default_pattern: str
    def __init__(self, key: _Optional[str] = ..., default_pattern: _Optional[str] = ...) -> None: ...

class TextPieceImage(_message.Message):
    __slots__ = ("image", "scaling_rate")
    IMAGE_FIELD_NUMBER: _ClassVar[int]
    SCALING_RATE_FIELD_NUMBER: _ClassVar[int]
    image: Image
    scaling_rate: float
    def __init__(self, image: _Optional[_Union[Image, _Mapping]] = ..., scaling_rate: _Optional[float] = ...) -> None: ...

class GiftStruct(_message.Message):
    __slots__ = ("image", "describe", "notify", "duration", "id", "fansclub_info", "for_linkmic", "doodle", "for_fansclub", "combo", "type", "diamond_count", "is_displayed_on_panel", "primary_effect_id", "gift_label_icon", "name", "region", "manual", "for_custom", "special_effects", "icon", "action_type", "watermelon_seeds", "gold_effect", "subs", "golden_beans", "honor_level", "item_type", "scheme_url", "gift_operation", "event_name", "noble_level", "guide_url", "punish_medicine", "for_portal", "business_text", "cny_gift", "app_id", "vip_level", "is_gray", "gray_scheme_url", "gift_scene", "gift_banner", "trigger_words", "gift_buff_infos", "for_first_recharge", "dynamic_img_for_selected", "after_send_action", "gift_offline_time", "top_bar_text", "top_right_avatar", "banner_scheme_url", "is_locked", "req_extra_type", "asset_ids", "gift_preview_info", "gift_tip", "need_sweep_light_count", "group_info", "bottom_text", "mystery_shop_status", "optional_asset_ids", "disable_wish_list", "gift_msg_board", "emoji_interact_resource", "tray_dynamic_img_flippable", "pico_show_action", "selected_dynamic_effect", "gift_touch_label", "unselected_bottom_info", "gift_confirm_info", "biz_type", "biz_item", "webp_image", "gift_source", "required_assets", "selected_label", "sort_score", "topic_id", "sort_extra", "send_extra_params", "gift_obtain_time")
    class GiftStructFansClubInfo(_message.Message):
        __slots__ = ("min_level", "insert_pos")
        MIN_LEVEL_FIELD_NUMBER: _ClassVar[int]
        INSERT_POS_FIELD_NUMBER: _ClassVar[int]
        min_level: int
        insert_pos: int
        def __init__(self, min_level: _Optional[int] = ..., insert_pos: _Optional[int] = ...) -> None: ...
    class SpecialEffectsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    IMAGE_FIELD_NUMBER: _ClassVar[int]
    DESCRIBE_FIELD_NUMBER: _ClassVar[int]
    NOTIFY_FIELD_NUMBER: _ClassVar[int]
    DURATION_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    FANSCLUB_INFO_FIELD_NUMBER: _ClassVar[int]
    FOR_LINKMIC_FIELD_NUMBER: _ClassVar[int]
    DOODLE_FIELD_NUMBER: _ClassVar[int]
    FOR_FANSCLUB_FIELD_NUMBER: _ClassVar[int]
    COMBO_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    DIAMOND_COUNT_FIELD_NUMBER: _ClassVar[int]
    IS_DISPLAYED_ON_PANEL_FIELD_NUMBER: _ClassVar[int]
    PRIMARY_EFFECT_ID_FIELD_NUMBER: _ClassVar[int]
    GIFT_LABEL_ICON_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    REGION_FIELD_NUMBER: _ClassVar[int]
    MANUAL_FIELD_NUMBER: _ClassVar[int]
    FOR_CUSTOM_FIELD_NUMBER: _ClassVar[int]
    SPECIAL_EFFECTS_FIELD_NUMBER: _ClassVar[int]
    ICON_FIELD_NUMBER: _ClassVar[int]
    ACTION_TYPE_FIELD_NUMBER: _ClassVar[int]
    WATERMELON_SEEDS_FIELD_NUMBER: _ClassVar[int]
    GOLD_EFFECT_FIELD_NUMBER: _ClassVar[int]
    SUBS_FIELD_NUMBER: _ClassVar[int]
    GOLDEN_BEANS_FIELD_NUMBER: _ClassVar[int]
    HONOR_LEVEL_FIELD_NUMBER: _ClassVar[int]
    ITEM_TYPE_FIELD_NUMBER: _ClassVar[int]
    SCHEME_URL_FIELD_NUMBER: _ClassVar[int]
    GIFT_OPERATION_FIELD_NUMBER: _ClassVar[int]
    EVENT_NAME_FIELD_NUMBER: _ClassVar[int]
    NOBLE_LEVEL_FIELD_NUMBER: _ClassVar[int]
    GUIDE_URL_FIELD_NUMBER: _ClassVar[int]
    PUNISH_MEDICINE_FIELD_NUMBER: _ClassVar[int]
    FOR_PORTAL_FIELD_NUMBER: _ClassVar[int]
    BUSINESS_TEXT_FIELD_NUMBER: _ClassVar[int]
    CNY_GIFT_FIELD_NUMBER: _ClassVar[int]
    APP_ID_FIELD_NUMBER: _ClassVar[int]
    VIP_LEVEL_FIELD_NUMBER: _ClassVar[int]
    IS_GRAY_FIELD_NUMBER: _ClassVar[int]
    GRAY_SCHEME_URL_FIELD_NUMBER: _ClassVar[int]
    GIFT_SCENE_FIELD_NUMBER: _ClassVar[int]
    GIFT_BANNER_FIELD_NUMBER: _ClassVar[int]
    TRIGGER_WORDS_FIELD_NUMBER: _ClassVar[int]
    GIFT_BUFF_INFOS_FIELD_NUMBER: _ClassVar[int]
    FOR_FIRST_RECHARGE_FIELD_NUMBER: _ClassVar[int]
    DYNAMIC_IMG_FOR_SELECTED_FIELD_NUMBER: _ClassVar[int]
    AFTER_SEND_ACTION_FIELD_NUMBER: _ClassVar[int]
    GIFT_OFFLINE_TIME_FIELD_NUMBER: _ClassVar[int]
    TOP_BAR_TEXT_FIELD_NUMBER: _ClassVar[int]
    TOP_RIGHT_AVATAR_FIELD_NUMBER: _ClassVar[int]
    BANNER_SCHEME_URL_FIELD_NUMBER: _ClassVar[int]
    IS_LOCKED_FIELD_NUMBER: _ClassVar[int]
    REQ_EXTRA_TYPE_FIELD_NUMBER: _ClassVar[int]
    ASSET_IDS_FIELD_NUMBER: _ClassVar[int]
    GIFT_PREVIEW_INFO_FIELD_NUMBER: _ClassVar[int]
    GIFT_TIP_FIELD_NUMBER: _ClassVar[int]
    NEED_SWEEP_LIGHT_COUNT_FIELD_NUMBER: _ClassVar[int]
    GROUP_INFO_FIELD_NUMBER: _ClassVar[int]
    BOTTOM_TEXT_FIELD_NUMBER: _ClassVar[int]
    MYSTERY_SHOP_STATUS_FIELD_NUMBER: _ClassVar[int]
    OPTIONAL_ASSET_IDS_FIELD_NUMBER: _ClassVar[int]
    DISABLE_WISH_LIST_FIELD_NUMBER: _ClassVar[int]
    GIFT_MSG_BOARD_FIELD_NUMBER: _ClassVar[int]
    EMOJI_INTERACT_RESOURCE_FIELD_NUMBER: _ClassVar[int]
    TRAY_DYNAMIC_IMG_FLIPPABLE_FIELD_NUMBER: _ClassVar[int]
    PICO_SHOW_ACTION_FIELD_NUMBER: _ClassVar[int]
    SELECTED_DYNAMIC_EFFECT_FIELD_NUMBER: _ClassVar[int]
    GIFT_TOUCH_LABEL_FIELD_NUMBER: _ClassVar[int]
    UNSELECTED_BOTTOM_INFO_FIELD_NUMBER: _ClassVar[int]
    GIFT_CONFIRM_INFO_FIELD_NUMBER: _ClassVar[int]
    BIZ_TYPE_FIELD_NUMBER: _ClassVar[int]
    BIZ_ITEM_FIELD_NUMBER: _ClassVar[int]
    WEBP_IMAGE_FIELD_NUMBER: _ClassVar[int]
    GIFT_SOURCE_FIELD_NUMBER: _ClassVar[int]
    REQUIRED_ASSETS_FIELD_NUMBER: _ClassVar[int]
    SELECTED_LABEL_FIELD_NUMBER: _ClassVar[int]
    SORT_SCORE_FIELD_NUMBER: _ClassVar[int]
    TOPIC_ID_FIELD_NUMBER: _ClassVar[int]
    SORT_EXTRA_FIELD_NUMBER: _ClassVar[int]
    SEND_EXTRA_PARAMS_FIELD_NUMBER: _ClassVar[int]
    GIFT_OBTAIN_TIME_FIELD_NUMBER: _ClassVar[int]
    image: Image
    describe: str
    notify: bool
    duration: int
    id: int
    fansclub_info: GiftStruct.GiftStructFansClubInfo
    for_linkmic: bool
    doodle: bool
    for_fansclub: bool
    combo: bool
    type: int
    diamond_count: int
    is_displayed_on_panel: bool
    primary_effect_id: int
    gift_label_icon: Image
    name: str
    region: str
    manual: str
    for_custom: bool
    special_effects: _containers.ScalarMap[str, int]
    icon: Image
    action_type: int
    watermelon_seeds: int
    gold_effect: str
    subs: _containers.RepeatedScalarFieldContainer[bytes]
    golden_beans: int
    honor_level: int
    item_type: int
    scheme_url: str
    gift_operation: bytes
    event_name: str
    noble_level: int
    guide_url: str
    punish_medicine: bool
    for_portal: bool
    business_text: str
    cny_gift: bool
    app_id: int
    vip_level: int
    is_gray: bool
    gray_scheme_url: str
    gift_scene: int
    gift_banner: bytes
    trigger_words: _containers.RepeatedScalarFieldContainer[str]
    gift_buff_infos: _containers.RepeatedScalarFieldContainer[bytes]
    for_first_recharge: bool
    dynamic_img_for_selected: Image
    after_send_action: int
    gift_offline_time: int
    top_bar_text: str
    top_right_avatar: Image
    banner_scheme_url: str
    is_locked: bool
    req_extra_type: int
    asset_ids: _containers.RepeatedScalarFieldContainer[int]
    gift_preview_info: GiftPreviewInfo
    gift_tip: bytes
    need_sweep_light_count: int
    group_info: _containers.RepeatedScalarFieldContainer[bytes]
    bottom_text: Text
    mystery_shop_status: int
    optional_asset_ids: _containers.RepeatedScalarFieldContainer[int]
    disable_wish_list: bool
    gift_msg_board: bytes
    emoji_interact_resource: bytes
    tray_dynamic_img_flippable: bool
    pico_show_action: int
    selected_dynamic_effect: int
    gift_touch_label: bytes
    unselected_bottom_info: bytes
    gift_confirm_info: bytes
    biz_type: int
    biz_item: bytes
    webp_image: Image
    gift_source: int
    required_assets: _containers.RepeatedScalarFieldContainer[int]
    selected_label: Image
    sort_score: int
    topic_id: int
    sort_extra: str
    send_extra_params: str
    gift_obtain_time: int
    def __init__(self, image: _Optional[_Union[Image, _Mapping]] = ..., describe: _Optional[str] = ..., notify: _Optional[bool] = ..., duration: _Optional[int] = ..., id: _Optional[int] = ..., fansclub_info: _Optional[_Union[GiftStruct.GiftStructFansClubInfo, _Mapping]] = ..., for_linkmic: _Optional[bool] = ..., doodle: _Optional[bool] = ..., for_fansclub: _Optional[bool] = ..., combo: _Optional[bool] = ..., type: _Optional[int] = ..., diamond_count: _Optional[int] = ..., is_displayed_on_panel: _Optional[bool] = ..., primary_effect_id: _Optional[int] = ..., gift_label_icon: _Optional[_Union[Image, _Mapping]] = ..., name: _Optional[str] = ..., region: _Optional[str] = ..., manual: _Optional[str] = ..., for_custom: _Optional[bool] = ..., special_effects: _Optional[_Mapping[str, int]] = ..., icon: _Optional[_Union[Image, _Mapping]] = ..., action_type: _Optional[int] = ..., watermelon_seeds: _Optional[int] = ..., gold_effect: _Optional[str] = ..., subs: _Optional[_Iterable[bytes]] = ..., golden_beans: _Optional[int] = ..., honor_level: _Optional[int] = ..., item_type: _Optional[int] = ..., scheme_url: _Optional[str] = ..., gift_operation: _Optional[bytes] = ..., event_name: _Optional[str] = ..., noble_level: _Optional[int] = ..., guide_url: _Optional[str] = ..., punish_medicine: _Optional[bool] = ..., for_portal: _Optional[bool] = ..., business_text: _Optional[str] = ..., cny_gift: _Optional[bool] = ..., app_id: _Optional[int] = ..., vip_level: _Optional[int] = ..., is_gray: _Optional[bool] = ..., gray_scheme_url: _Optional[str] = ..., gift_scene: _Optional[int] = ..., gift_banner: _Optional[bytes] = ..., trigger_words: _Optional[_Iterable[str]] = ..., gift_buff_infos: _Optional[_Iterable[bytes]] = ..., for_first_recharge: _Optional[bool] = ..., dynamic_img_for_selected: _Optional[_Union[Image, _Mapping]] = ..., after_send_action: _Optional[int] = ..., gift_offline_time: _Optional[int] = ..., top_bar_text: _Optional[str] = ..., top_right_avatar: _Optional[_Union[Image, _Mapping]] = ..., banner_scheme_url: _Optional[str] = ..., is_locked: _Optional[bool] = ..., req_extra_type: _Optional[int] = ..., asset_ids: _Optional[_Iterable[int]] = ..., gift_preview_info: _Optional[_Union[GiftPreviewInfo, _Mapping]] = ..., gift_tip: _Optional[bytes] = ..., need_sweep_light_count: _Optional[int] = ..., group_info: _Optional[_Iterable[bytes]] = ..., bottom_text: _Optional[_Union[Text, _Mapping]] = ..., mystery_shop_status: _Optional[int] = ..., optional_asset_ids: _Optional[_Iterable[int]] = ..., disable_wish_list: _Optional[bool] = ..., gift_msg_board: _Optional[bytes] = ..., emoji_interact_resource: _Optional[bytes] = ..., tray_dynamic_img_flippable: _Optional[bool] = ..., pico_show_action: _Optional[int] = ..., selected_dynamic_effect: _Optional[int] = ..., gift_touch_label: _Optional[bytes] = ..., unselected_bottom_info: _Optional[bytes] = ..., gift_confirm_info: _Optional[bytes] = ..., biz_type: _Optional[int] = ..., biz_item: _Optional[bytes] = ..., webp_image: _Optional[_Union[Image, _Mapping]] = ..., gift_source: _Optional[int] = ..., required_assets: _Optional[_Iterable[int]] = ..., selected_label: _Optional[_Union[Image, _Mapping]] = ..., sort_score: _Optional[int] = ..., topic_id: _Optional[int] = ..., sort_extra: _Optional[str] = ..., send_extra_params: _Optional[str] = ..., gift_obtain_time: _Optional[int] = ...) -> None: ...

class GiftIMPriority(_message.Message):
    __slots__ = ("queue_sizes", "self_queue_priority", "priority")
    QUEUE_SIZES_FIELD_NUMBER: _ClassVar[int]
    SELF_QUEUE_PRIORITY_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    queue_sizes: _containers.RepeatedScalarFieldContainer[int]
    self_queue_priority: int
    priority: int
    def __init__(self, queue_sizes: _Optional[_Iterable[int]] = ..., self_queue_priority: _Optional[int] = ..., priority: _Optional[int] = ...) -> None: ...

class GiftTrayInfo(_message.Message):
    __slots__ = ("tray_display_text", "tray_base_img", "tray_head_img", "tray_right_img", "tray_level", "tray_dynamic_img", "tray_schema_url", "tray_type", "tray_base_img_v2", "tray_right_img_v2", "use_high_layer", "duration", "toast", "tray_slide_rate", "tray_pre_effect", "tray_post_effect", "origin_gift_id", "buff_level", "toolbar_card_name", "tray_base_webp_img", "tray_group_mode", "expensive_tray_group_num", "regular_tray_group_num")
    TRAY_DISPLAY_TEXT_FIELD_NUMBER: _ClassVar[int]
    TRAY_BASE_IMG_FIELD_NUMBER: _ClassVar[int]
    TRAY_HEAD_IMG_FIELD_NUMBER: _ClassVar[int]
    TRAY_RIGHT_IMG_FIELD_NUMBER: _ClassVar[int]
    TRAY_LEVEL_FIELD_NUMBER: _ClassVar[int]
    TRAY_DYNAMIC_IMG_FIELD_NUMBER: _ClassVar[int]
    TRAY_SCHEMA_URL_FIELD_NUMBER: _ClassVar[int]
    TRAY_TYPE_FIELD_NUMBER: _ClassVar[int]
    TRAY_BASE_IMG_V2_FIELD_NUMBER: _ClassVar[int]
    TRAY_RIGHT_IMG_V2_FIELD_NUMBER: _ClassVar[int]
    USE_HIGH_LAYER_FIELD_NUMBER: _ClassVar[int]
    DURATION_FIELD_NUMBER: _ClassVar[int]
    TOAST_FIELD_NUMBER: _ClassVar[int]
    TRAY_SLIDE_RATE_FIELD_NUMBER: _ClassVar[int]
    TRAY_PRE_EFFECT_FIELD_NUMBER: _ClassVar[int]
    TRAY_POST_EFFECT_FIELD_NUMBER: _ClassVar[int]
    ORIGIN_GIFT_ID_FIELD_NUMBER: _ClassVar[int]
    BUFF_LEVEL_FIELD_NUMBER: _ClassVar[int]
    TOOLBAR_CARD_NAME_FIELD_NUMBER: _ClassVar[int]
    TRAY_BASE_WEBP_IMG_FIELD_NUMBER: _ClassVar[int]
    TRAY_GROUP_MODE_FIELD_NUMBER: _ClassVar[int]
    EXPENSIVE_TRAY_GROUP_NUM_FIELD_NUMBER: _ClassVar[int]
    REGULAR_TRAY_GROUP_NUM_FIELD_NUMBER: _ClassVar[int]
    tray_display_text: Text
    tray_base_img: Image
    tray_head_img: Image
    tray_right_img: Image
    tray_level: int
    tray_dynamic_img: Image
    tray_schema_url: str
    tray_type: int
    tray_base_img_v2: Image
    tray_right_img_v2: Image
    use_high_layer: bool
    duration: int
    toast: str
    tray_slide_rate: int
    tray_pre_effect: bytes
    tray_post_effect: bytes
    origin_gift_id: int
    buff_level: int
    toolbar_card_name: str
    tray_base_webp_img: Image
    tray_group_mode: int
    expensive_tray_group_num: int
    regular_tray_group_num: int
    def __init__(self, tray_display_text: _Optional[_Union[Text, _Mapping]] = ..., tray_base_img: _Optional[_Union[Image, _Mapping]] = ..., tray_head_img: _Optional[_Union[Image, _Mapping]] = ..., tray_right_img: _Optional[_Union[Image, _Mapping]] = ..., tray_level: _Optional[int] = ..., tray_dynamic_img: _Optional[_Union[Image, _Mapping]] = ..., tray_schema_url: _Optional[str] = ..., tray_type: _Optional[int] = ..., tray_base_img_v2: _Optional[_Union[Image, _Mapping]] = ..., tray_right_img_v2: _Optional[_Union[Image, _Mapping]] = ..., use_high_layer: _Optional[bool] = ..., duration: _Optional[int] = ..., toast: _Optional[str] = ..., tray_slide_rate: _Optional[int] = ..., tray_pre_effect: _Optional[bytes] = ..., tray_post_effect: _Optional[bytes] = ..., origin_gift_id: _Optional[int] = ..., buff_level: _Optional[int] = ..., toolbar_card_name: _Optional[str] = ..., tray_base_webp_img: _Optional[_Union[Image, _Mapping]] = ..., tray_group_mode: _Optional[int] = ..., expensive_tray_group_num: _Optional[int] = ..., regular_tray_group_num: _Optional[int] = ...) -> None: ...

class GiftPreviewInfo(_message.Message):
    __slots__ = ("lock_status", "client_block_use_scheme_url", "block_scheme_url", "client_check_left_diamond", "block_toast")
    LOCK_STATUS_FIELD_NUMBER: _ClassVar[int]
    CLIENT_BLOCK_USE_SCHEME_URL_FIELD_NUMBER: _ClassVar[int]
    BLOCK_SCHEME_URL_FIELD_NUMBER: _ClassVar[int]
    CLIENT_CHECK_LEFT_DIAMOND_FIELD_NUMBER: _ClassVar[int]
    BLOCK_TOAST_FIELD_NUMBER: _ClassVar[int]
    lock_status: int
    client_block_use_scheme_url: bool
    block_scheme_url: str
    client_check_left_diamond: bool
    block_toast: str
    def __init__(self, lock_status: _Optional[int] = ..., client_block_use_scheme_url: _Optional[bool] = ..., block_scheme_url: _Optional[str] = ..., client_check_left_diamond: _Optional[bool] = ..., block_toast: _Optional[str] = ...) -> None: ...

class SendTogether(_message.Message):
    __slots__ = ("id", "start_time", "end_time")
    ID_FIELD_NUMBER: _ClassVar[int]
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    END_TIME_FIELD_NUMBER: _ClassVar[int]
    id: str
    start_time: int
    end_time: int
    def __init__(self, id: _Optional[str] = ..., start_time: _Optional[int] = ..., end_time: _Optional[int] = ...) -> None: ...

class AnchorGiftData(_message.Message):
    __slots__ = ("anchor_diy_origin_img",)
    ANCHOR_DIY_ORIGIN_IMG_FIELD_NUMBER: _ClassVar[int]
    anchor_diy_origin_img: Image
    def __init__(self, anchor_diy_origin_img: _Optional[_Union[Image, _Mapping]] = ...) -> None: ...

class SeriesPlayGift(_message.Message):
    __slots__ = ("gift_struct", "series_tray_info", "send_together", "diy_item_info", "anchor_gift", "asset_effect_mix_info")
    GIFT_STRUCT_FIELD_NUMBER: _ClassVar[int]
    SERIES_TRAY_INFO_FIELD_NUMBER: _ClassVar[int]
    SEND_TOGETHER_FIELD_NUMBER: _ClassVar[int]
    DIY_ITEM_INFO_FIELD_NUMBER: _ClassVar[int]
    ANCHOR_GIFT_FIELD_NUMBER: _ClassVar[int]
    ASSET_EFFECT_MIX_INFO_FIELD_NUMBER: _ClassVar[int]
    gift_struct: GiftStruct
    series_tray_info: bytes
    send_together: SendTogether
    diy_item_info: str
    anchor_gift: AnchorGiftData
    asset_effect_mix_info: bytes
    def __init__(self, gift_struct: _Optional[_Union[GiftStruct, _Mapping]] = ..., series_tray_info: _Optional[bytes] = ..., send_together: _Optional[_Union[SendTogether, _Mapping]] = ..., diy_item_info: _Optional[str] = ..., anchor_gift: _Optional[_Union[AnchorGiftData, _Mapping]] = ..., asset_effect_mix_info: _Optional[bytes] = ...) -> None: ...

class ChatMentionInfo(_message.Message):
    __slots__ = ("mention_user_ids", "mention_webcast_user_ids", "show_time")
    MENTION_USER_IDS_FIELD_NUMBER: _ClassVar[int]
    MENTION_WEBCAST_USER_IDS_FIELD_NUMBER: _ClassVar[int]
    SHOW_TIME_FIELD_NUMBER: _ClassVar[int]
    mention_user_ids: _containers.RepeatedScalarFieldContainer[str]
    mention_webcast_user_ids: _containers.RepeatedScalarFieldContainer[str]
    show_time: int
    def __init__(self, mention_user_ids: _Optional[_Iterable[str]] = ..., mention_webcast_user_ids: _Optional[_Iterable[str]] = ..., show_time: _Optional[int] = ...) -> None: ...

class ChatReplyRespInfo(_message.Message):
    __slots__ = ("reply_msg_id", "reply_id", "reply_text", "reply_uid", "reply_webcast_uid", "reply_open_id")
    REPLY_MSG_ID_FIELD_NUMBER: _ClassVar[int]
    REPLY_ID_FIELD_NUMBER: _ClassVar[int]
    REPLY_TEXT_FIELD_NUMBER: _ClassVar[int]
    REPLY_UID_FIELD_NUMBER: _ClassVar[int]
    REPLY_WEBCAST_UID_FIELD_NUMBER: _ClassVar[int]
    REPLY_OPEN_ID_FIELD_NUMBER: _ClassVar[int]
    reply_msg_id: int
    reply_id: int
    reply_text: Text
    reply_uid: int
    reply_webcast_uid: str
    reply_open_id: str
    def __init__(self, reply_msg_id: _Optional[int] = ..., reply_id: _Optional[int] = ..., reply_text: _Optional[_Union[Text, _Mapping]] = ..., reply_uid: _Optional[int] = ..., reply_webcast_uid: _Optional[str] = ..., reply_open_id: _Optional[str] = ...) -> None: ...

class Rank(_message.Message):
    __slots__ = ("user", "score", "rank", "gap_description", "delta", "first_gift", "is_hidden", "score_description", "exactly_score", "app_name", "bg_image")
    USER_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    RANK_FIELD_NUMBER: _ClassVar[int]
    GAP_DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    DELTA_FIELD_NUMBER: _ClassVar[int]
    FIRST_GIFT_FIELD_NUMBER: _ClassVar[int]
    IS_HIDDEN_FIELD_NUMBER: _ClassVar[int]
    SCORE_DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    EXACTLY_SCORE_FIELD_NUMBER: _ClassVar[int]
    APP_NAME_FIELD_NUMBER: _ClassVar[int]
    BG_IMAGE_FIELD_NUMBER: _ClassVar[int]
    user: User
    score: int
    rank: int
    gap_description: str
    delta: int
    first_gift: bool
    is_hidden: bool
    score_description: str
    exactly_score: str
    app_name: str
    bg_image: Image
    def __init__(self, user: _Optional[_Union[User, _Mapping]] = ..., score: _Optional[int] = ..., rank: _Optional[int] = ..., gap_description: _Optional[str] = ..., delta: _Optional[int] = ..., first_gift: _Optional[bool] = ..., is_hidden: _Optional[bool] = ..., score_description: _Optional[str] = ..., exactly_score: _Optional[str] = ..., app_name: _Optional[str] = ..., bg_image: _Optional[_Union[Image, _Mapping]] = ...) -> None: ...

class ChatMessage(_message.Message):
    __slots__ = ("common", "user", "content", "visible_to_sender", "background_image", "full_screen_text_color", "background_image_v2", "public_area_common", "gift_image", "agree_msg_id", "priority_level", "landscape_area_common", "event_time", "send_review", "from_intercom", "intercom_hide_user_card", "chat_tags", "chat_by", "individual_chat_priority", "rtf_content", "rtf_content_v2", "model_info")
    class ModelInfoEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    COMMON_FIELD_NUMBER: _ClassVar[int]
    USER_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    VISIBLE_TO_SENDER_FIELD_NUMBER: _ClassVar[int]
    BACKGROUND_IMAGE_FIELD_NUMBER: _ClassVar[int]
    FULL_SCREEN_TEXT_COLOR_FIELD_NUMBER: _ClassVar[int]
    BACKGROUND_IMAGE_V2_FIELD_NUMBER: _ClassVar[int]
    PUBLIC_AREA_COMMON_FIELD_NUMBER: _ClassVar[int]
    GIFT_IMAGE_FIELD_NUMBER: _ClassVar[int]
    AGREE_MSG_ID_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_LEVEL_FIELD_NUMBER: _ClassVar[int]
    LANDSCAPE_AREA_COMMON_FIELD_NUMBER: _ClassVar[int]
    EVENT_TIME_FIELD_NUMBER: _ClassVar[int]
    SEND_REVIEW_FIELD_NUMBER: _ClassVar[int]
    FROM_INTERCOM_FIELD_NUMBER: _ClassVar[int]
    INTERCOM_HIDE_USER_CARD_FIELD_NUMBER: _ClassVar[int]
    CHAT_TAGS_FIELD_NUMBER: _ClassVar[int]
    CHAT_BY_FIELD_NUMBER: _ClassVar[int]
    INDIVIDUAL_CHAT_PRIORITY_FIELD_NUMBER: _ClassVar[int]
    RTF_CONTENT_FIELD_NUMBER: _ClassVar[int]
    RTF_CONTENT_V2_FIELD_NUMBER: _ClassVar[int]
    MODEL_INFO_FIELD_NUMBER: _ClassVar[int]
    common: Common
    user: User
    content: str
    visible_to_sender: bool
    background_image: Image
    full_screen_text_color: str
    background_image_v2: Image
    public_area_common: PublicAreaCommon
    gift_image: Image
    agree_msg_id: int
    priority_level: int
    landscape_area_common: LandscapeAreaCommon
    event_time: int
    send_review: bool
    from_intercom: bool
    intercom_hide_user_card: bool
    chat_tags: _containers.RepeatedScalarFieldContainer[int]
    chat_by: int
    individual_chat_priority: int
    rtf_content: Text
    rtf_content_v2: Text
    model_info: _containers.ScalarMap[str, str]
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., user: _Optional[_Union[User, _Mapping]] = ..., content: _Optional[str] = ..., visible_to_sender: _Optional[bool] = ..., background_image: _Optional[_Union[Image, _Mapping]] = ..., full_screen_text_color: _Optional[str] = ..., background_image_v2: _Optional[_Union[Image, _Mapping]] = ..., public_area_common: _Optional[_Union[PublicAreaCommon, _Mapping]] = ..., gift_image: _Optional[_Union[Image, _Mapping]] = ..., agree_msg_id: _Optional[int] = ..., priority_level: _Optional[int] = ..., landscape_area_common: _Optional[_Union[LandscapeAreaCommon, _Mapping]] = ..., event_time: _Optional[int] = ..., send_review: _Optional[bool] = ..., from_intercom: _Optional[bool] = ..., intercom_hide_user_card: _Optional[bool] = ..., chat_tags: _Optional[_Iterable[int]] = ..., chat_by: _Optional[int] = ..., individual_chat_priority: _Optional[int] = ..., rtf_content: _Optional[_Union[Text, _Mapping]] = ..., rtf_content_v2: _Optional[_Union[Text, _Mapping]] = ..., model_info: _Optional[_Mapping[str, str]] = ...) -> None: ...

class GiftMessage(_message.Message):
    __slots__ = ("common", "gift_id", "fan_ticket_count", "group_count", "repeat_count", "combo_count", "user", "to_user", "repeat_end", "text_effect", "group_id", "income_taskgifts", "room_fan_ticket_count", "priority", "gift", "log_id", "send_type", "public_area_common", "tray_display_text", "banned_display_effects", "tray_info", "asset_effect_mix_info", "display_for_self", "interact_gift_info", "diy_item_info", "min_asset_set", "total_count", "client_gift_source", "anchor_gift", "to_user_ids", "send_time", "force_display_effects", "trace_id", "effect_display_ts", "send_together", "extra_effect", "room_hot_info", "GiftPlayParam", "multi_send_effect_level", "series_gift_data", "use_room_message", "count", "video_linkmic_room_id", "to_openids")
    class TextEffect(_message.Message):
        __slots__ = ("portrait", "landscape")
        class Detail(_message.Message):
            __slots__ = ("text", "text_font_size", "background", "start", "duration", "x", "y", "width", "height", "shadow_dx", "shadow_dy", "shadow_radius", "shadow_color", "stroke_color", "stroke_width")
            TEXT_FIELD_NUMBER: _ClassVar[int]
            TEXT_FONT_SIZE_FIELD_NUMBER: _ClassVar[int]
            BACKGROUND_FIELD_NUMBER: _ClassVar[int]
            START_FIELD_NUMBER: _ClassVar[int]
            DURATION_FIELD_NUMBER: _ClassVar[int]
            X_FIELD_NUMBER: _ClassVar[int]
            Y_FIELD_NUMBER: _ClassVar[int]
            WIDTH_FIELD_NUMBER: _ClassVar[int]
            HEIGHT_FIELD_NUMBER: _ClassVar[int]
            SHADOW_DX_FIELD_NUMBER: _ClassVar[int]
            SHADOW_DY_FIELD_NUMBER: _ClassVar[int]
            SHADOW_RADIUS_FIELD_NUMBER: _ClassVar[int]
            SHADOW_COLOR_FIELD_NUMBER: _ClassVar[int]
            STROKE_COLOR_FIELD_NUMBER: _ClassVar[int]
            STROKE_WIDTH_FIELD_NUMBER: _ClassVar[int]
            text: Text
            text_font_size: int
            background: Image
            start: int
            duration: int
            x: int
            y: int
            width: int
            height: int
            shadow_dx: int
            shadow_dy: int
            shadow_radius: int
            shadow_color: str
            stroke_color: str
            stroke_width: int
            def __init__(self, text: _Optional[_Union[Text, _Mapping]] = ..., text_font_size: _Optional[int] = ..., background: _Optional[_Union[Image, _Mapping]] = ..., start: _Optional[int] = ..., duration: _Optional[int] = ..., x: _Optional[int] = ..., y: _Optional[int] = ..., width: _Optional[int] = ..., height: _Optional[int] = ..., shadow_dx: _Optional[int] = ..., shadow_dy: _Optional[int] = ..., shadow_radius: _Optional[int] = ..., shadow_color: _Optional[str] = ..., stroke_color: _Optional[str] = ..., stroke_width: _Optional[int] = ...) -> None: ...
        PORTRAIT_FIELD_NUMBER: _ClassVar[int]
        LANDSCAPE_FIELD_NUMBER: _ClassVar[int]
        portrait: GiftMessage.TextEffect.Detail
        landscape: GiftMessage.TextEffect.Detail
        def __init__(self, portrait: _Optional[_Union[GiftMessage.TextEffect.Detail, _Mapping]] = ..., landscape: _Optional[_Union[GiftMessage.TextEffect.Detail, _Mapping]] = ...) -> None: ...
    COMMON_FIELD_NUMBER: _ClassVar[int]
    GIFT_ID_FIELD_NUMBER: _ClassVar[int]
    FAN_TICKET_COUNT_FIELD_NUMBER: _ClassVar[int]
    GROUP_COUNT_FIELD_NUMBER: _ClassVar[int]
    REPEAT_COUNT_FIELD_NUMBER: _ClassVar[int]
    COMBO_COUNT_FIELD_NUMBER: _ClassVar[int]
    USER_FIELD_NUMBER: _ClassVar[int]
    TO_USER_FIELD_NUMBER: _ClassVar[int]
    REPEAT_END_FIELD_NUMBER: _ClassVar[int]
    TEXT_EFFECT_FIELD_NUMBER: _ClassVar[int]
    GROUP_ID_FIELD_NUMBER: _ClassVar[int]
    INCOME_TASKGIFTS_FIELD_NUMBER: _ClassVar[int]
    ROOM_FAN_TICKET_COUNT_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    GIFT_FIELD_NUMBER: _ClassVar[int]
    LOG_ID_FIELD_NUMBER: _ClassVar[int]
    SEND_TYPE_FIELD_NUMBER: _ClassVar[int]
    PUBLIC_AREA_COMMON_FIELD_NUMBER: _ClassVar[int]
    TRAY_DISPLAY_TEXT_FIELD_NUMBER: _ClassVar[int]
    BANNED_DISPLAY_EFFECTS_FIELD_NUMBER: _ClassVar[int]
    TRAY_INFO_FIELD_NUMBER: _ClassVar[int]
    ASSET_EFFECT_MIX_INFO_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_FOR_SELF_FIELD_NUMBER: _ClassVar[int]
    INTERACT_GIFT_INFO_FIELD_NUMBER: _ClassVar[int]
    DIY_ITEM_INFO_FIELD_NUMBER: _ClassVar[int]
    MIN_ASSET_SET_FIELD_NUMBER: _ClassVar[int]
    TOTAL_COUNT_FIELD_NUMBER: _ClassVar[int]
    CLIENT_GIFT_SOURCE_FIELD_NUMBER: _ClassVar[int]
    ANCHOR_GIFT_FIELD_NUMBER: _ClassVar[int]
    TO_USER_IDS_FIELD_NUMBER: _ClassVar[int]
    SEND_TIME_FIELD_NUMBER: _ClassVar[int]
    FORCE_DISPLAY_EFFECTS_FIELD_NUMBER: _ClassVar[int]
    TRACE_ID_FIELD_NUMBER: _ClassVar[int]
    EFFECT_DISPLAY_TS_FIELD_NUMBER: _ClassVar[int]
    SEND_TOGETHER_FIELD_NUMBER: _ClassVar[int]
    EXTRA_EFFECT_FIELD_NUMBER: _ClassVar[int]
    ROOM_HOT_INFO_FIELD_NUMBER: _ClassVar[int]
    GIFTPLAYPARAM_FIELD_NUMBER: _ClassVar[int]
    MULTI_SEND_EFFECT_LEVEL_FIELD_NUMBER: _ClassVar[int]
    SERIES_GIFT_DATA_FIELD_NUMBER: _ClassVar[int]
    USE_ROOM_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    VIDEO_LINKMIC_ROOM_ID_FIELD_NUMBER: _ClassVar[int]
    TO_OPENIDS_FIELD_NUMBER: _ClassVar[int]
    common: Common
    gift_id: int
    fan_ticket_count: int
    group_count: int
    repeat_count: int
    combo_count: int
    user: User
    to_user: User
    repeat_end: int
    text_effect: GiftMessage.TextEffect
    group_id: int
    income_taskgifts: int
    room_fan_ticket_count: int
    priority: GiftIMPriority
    gift: GiftStruct
    log_id: str
    send_type: int
    public_area_common: PublicAreaCommon
    tray_display_text: Text
    banned_display_effects: int
    tray_info: GiftTrayInfo
    asset_effect_mix_info: bytes
    display_for_self: bool
    interact_gift_info: str
    diy_item_info: str
    min_asset_set: _containers.RepeatedScalarFieldContainer[int]
    total_count: int
    client_gift_source: int
    anchor_gift: AnchorGiftData
    to_user_ids: _containers.RepeatedScalarFieldContainer[int]
    send_time: int
    force_display_effects: int
    trace_id: str
    effect_display_ts: int
    send_together: SendTogether
    extra_effect: bytes
    room_hot_info: bytes
    GiftPlayParam: str
    multi_send_effect_level: int
    series_gift_data: _containers.RepeatedCompositeFieldContainer[SeriesPlayGift]
    use_room_message: bool
    count: int
    video_linkmic_room_id: str
    to_openids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., gift_id: _Optional[int] = ..., fan_ticket_count: _Optional[int] = ..., group_count: _Optional[int] = ..., repeat_count: _Optional[int] = ..., combo_count: _Optional[int] = ..., user: _Optional[_Union[User, _Mapping]] = ..., to_user: _Optional[_Union[User, _Mapping]] = ..., repeat_end: _Optional[int] = ..., text_effect: _Optional[_Union[GiftMessage.TextEffect, _Mapping]] = ..., group_id: _Optional[int] = ..., income_taskgifts: _Optional[int] = ..., room_fan_ticket_count: _Optional[int] = ..., priority: _Optional[_Union[GiftIMPriority, _Mapping]] = ..., gift: _Optional[_Union[GiftStruct, _Mapping]] = ..., log_id: _Optional[str] = ..., send_type: _Optional[int] = ..., public_area_common: _Optional[_Union[PublicAreaCommon, _Mapping]] = ..., tray_display_text: _Optional[_Union[Text, _Mapping]] = ..., banned_display_effects: _Optional[int] = ..., tray_info: _Optional[_Union[GiftTrayInfo, _Mapping]] = ..., asset_effect_mix_info: _Optional[bytes] = ..., display_for_self: _Optional[bool] = ..., interact_gift_info: _Optional[str] = ..., diy_item_info: _Optional[str] = ..., min_asset_set: _Optional[_Iterable[int]] = ..., total_count: _Optional[int] = ..., client_gift_source: _Optional[int] = ..., anchor_gift: _Optional[_Union[AnchorGiftData, _Mapping]] = ..., to_user_ids: _Optional[_Iterable[int]] = ..., send_time: _Optional[int] = ..., force_display_effects: _Optional[int] = ..., trace_id: _Optional[str] = ..., effect_display_ts: _Optional[int] = ..., send_together: _Optional[_Union[SendTogether, _Mapping]] = ..., extra_effect: _Optional[bytes] = ..., room_hot_info: _Optional[bytes] = ..., GiftPlayParam: _Optional[str] = ..., multi_send_effect_level: _Optional[int] = ..., series_gift_data: _Optional[_Iterable[_Union[SeriesPlayGift, _Mapping]]] = ..., use_room_message: _Optional[bool] = ..., count: _Optional[int] = ..., video_linkmic_room_id: _Optional[str] = ..., to_openids: _Optional[_Iterable[str]] = ...) -> None: ...

class LikeMessage(_message.Message):
    __slots__ = ("common", "count", "total", "color", "user", "icon", "double_like_detail", "display_control_info", "linkmic_guest_uid", "scene", "pico_display_info", "public_area_common")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    COLOR_FIELD_NUMBER: _ClassVar[int]
    USER_FIELD_NUMBER: _ClassVar[int]
    ICON_FIELD_NUMBER: _ClassVar[int]
    DOUBLE_LIKE_DETAIL_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_CONTROL_INFO_FIELD_NUMBER: _ClassVar[int]
    LINKMIC_GUEST_UID_FIELD_NUMBER: _ClassVar[int]
    SCENE_FIELD_NUMBER: _ClassVar[int]
    PICO_DISPLAY_INFO_FIELD_NUMBER: _ClassVar[int]
    PUBLIC_AREA_COMMON_FIELD_NUMBER: _ClassVar[int]
    common: Common
    count: int
    total: int
    color: int
    user: User
    icon: str
    double_like_detail: DoubleLikeDetail
    display_control_info: DisplayControlInfo
    linkmic_guest_uid: int
    scene: str
    pico_display_info: bytes
    public_area_common: PublicAreaCommon
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., count: _Optional[int] = ..., total: _Optional[int] = ..., color: _Optional[int] = ..., user: _Optional[_Union[User, _Mapping]] = ..., icon: _Optional[str] = ..., double_like_detail: _Optional[_Union[DoubleLikeDetail, _Mapping]] = ..., display_control_info: _Optional[_Union[DisplayControlInfo, _Mapping]] = ..., linkmic_guest_uid: _Optional[int] = ..., scene: _Optional[str] = ..., pico_display_info: _Optional[bytes] = ..., public_area_common: _Optional[_Union[PublicAreaCommon, _Mapping]] = ...) -> None: ...

class DoubleLikeDetail(_message.Message):
    __slots__ = ("double_flag", "seq_id", "renewals_num", "triggers_num")
    DOUBLE_FLAG_FIELD_NUMBER: _ClassVar[int]
    SEQ_ID_FIELD_NUMBER: _ClassVar[int]
    RENEWALS_NUM_FIELD_NUMBER: _ClassVar[int]
    TRIGGERS_NUM_FIELD_NUMBER: _ClassVar[int]
    double_flag: bool
    seq_id: int
    renewals_num: int
    triggers_num: int
    def __init__(self, double_flag: _Optional[bool] = ..., seq_id: _Optional[int] = ..., renewals_num: _Optional[int] = ..., triggers_num: _Optional[int] = ...) -> None: ...

class DisplayControlInfo(_message.Message):
    __slots__ = ("show_text", "show_icons")
    SHOW_TEXT_FIELD_NUMBER: _ClassVar[int]
    SHOW_ICONS_FIELD_NUMBER: _ClassVar[int]
    show_text: bool
    show_icons: bool
    def __init__(self, show_text: _Optional[bool] = ..., show_icons: _Optional[bool] = ...) -> None: ...

class MemberMessage(_message.Message):
    __slots__ = ("common", "user", "member_count", "operator", "is_set_to_admin", "is_top_user", "rank_score", "top_user_no", "enter_type", "action", "action_description", "user_id", "effect_config", "pop_str", "enter_effect_config", "background_image", "background_image_v2", "anchor_display_text", "public_area_common", "user_enter_tip_type", "anchor_enter_tip_type", "buried_point", "alternative_effect_config", "pico_enter_effect_config", "unset_admin_type", "enter_redirect_from", "user_open_id")
    class EffectConfig(_message.Message):
        __slots__ = ("type", "icon", "avatar_pos", "text", "text_icon", "stay_time", "anim_asset_id", "badge", "flex_setting_array", "text_icon_overlay", "animated_badge", "has_sweep_light", "text_flex_setting_array", "center_anim_asset_id", "dynamic_image", "extra", "mp4_anim_asset_id", "priority", "max_wait_time", "dress_id", "alignment", "alignment_offset", "effect_scene", "piece_values", "badge_list")
        class ExtraEntry(_message.Message):
            __slots__ = ("key", "value")
            KEY_FIELD_NUMBER: _ClassVar[int]
            VALUE_FIELD_NUMBER: _ClassVar[int]
            key: str
            value: str
            def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
        class PieceValuesEntry(_message.Message):
            __slots__ = ("key", "value")
            KEY_FIELD_NUMBER: _ClassVar[int]
            VALUE_FIELD_NUMBER: _ClassVar[int]
            key: str
            value: TextPiece
            def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[TextPiece, _Mapping]] = ...) -> None: ...
        TYPE_FIELD_NUMBER: _ClassVar[int]
        ICON_FIELD_NUMBER: _ClassVar[int]
        AVATAR_POS_FIELD_NUMBER: _ClassVar[int]
        TEXT_FIELD_NUMBER: _ClassVar[int]
        TEXT_ICON_FIELD_NUMBER: _ClassVar[int]
        STAY_TIME_FIELD_NUMBER: _ClassVar[int]
        ANIM_ASSET_ID_FIELD_NUMBER: _ClassVar[int]
        BADGE_FIELD_NUMBER: _ClassVar[int]
        FLEX_SETTING_ARRAY_FIELD_NUMBER: _ClassVar[int]
        TEXT_ICON_OVERLAY_FIELD_NUMBER: _ClassVar[int]
        ANIMATED_BADGE_FIELD_NUMBER: _ClassVar[int]
        HAS_SWEEP_LIGHT_FIELD_NUMBER: _ClassVar[int]
        TEXT_FLEX_SETTING_ARRAY_FIELD_NUMBER: _ClassVar[int]
        CENTER_ANIM_ASSET_ID_FIELD_NUMBER: _ClassVar[int]
        DYNAMIC_IMAGE_FIELD_NUMBER: _ClassVar[int]
        EXTRA_FIELD_NUMBER: _ClassVar[int]
        MP4_ANIM_ASSET_ID_FIELD_NUMBER: _ClassVar[int]
        PRIORITY_FIELD_NUMBER: _ClassVar[int]
        MAX_WAIT_TIME_FIELD_NUMBER: _ClassVar[int]
        DRESS_ID_FIELD_NUMBER: _ClassVar[int]
        ALIGNMENT_FIELD_NUMBER: _ClassVar[int]
        ALIGNMENT_OFFSET_FIELD_NUMBER: _ClassVar[int]
        EFFECT_SCENE_FIELD_NUMBER: _ClassVar[int]
        PIECE_VALUES_FIELD_NUMBER: _ClassVar[int]
        BADGE_LIST_FIELD_NUMBER: _ClassVar[int]
        type: int
        icon: Image
        avatar_pos: int
        text: Text
        text_icon: Image
        stay_time: int
        anim_asset_id: int
        badge: Image
        flex_setting_array: _containers.RepeatedScalarFieldContainer[int]
        text_icon_overlay: Image
        animated_badge: Image
        has_sweep_light: bool
        text_flex_setting_array: _containers.RepeatedScalarFieldContainer[int]
        center_anim_asset_id: int
        dynamic_image: Image
        extra: _containers.ScalarMap[str, str]
        mp4_anim_asset_id: int
        priority: int
        max_wait_time: int
        dress_id: str
        alignment: int
        alignment_offset: int
        effect_scene: str
        piece_values: _containers.MessageMap[str, TextPiece]
        badge_list: _containers.RepeatedCompositeFieldContainer[Image]
        def __init__(self, type: _Optional[int] = ..., icon: _Optional[_Union[Image, _Mapping]] = ..., avatar_pos: _Optional[int] = ..., text: _Optional[_Union[Text, _Mapping]] = ..., text_icon: _Optional[_Union[Image, _Mapping]] = ..., stay_time: _Optional[int] = ..., anim_asset_id: _Optional[int] = ..., badge: _Optional[_Union[Image, _Mapping]] = ..., flex_setting_array: _Optional[_Iterable[int]] = ..., text_icon_overlay: _Optional[_Union[Image, _Mapping]] = ..., animated_badge: _Optional[_Union[Image, _Mapping]] = ..., has_sweep_light: _Optional[bool] = ..., text_flex_setting_array: _Optional[_Iterable[int]] = ..., center_anim_asset_id: _Optional[int] = ..., dynamic_image: _Optional[_Union[Image, _Mapping]] = ..., extra: _Optional[_Mapping[str, str]] = ..., mp4_anim_asset_id: _Optional[int] = ..., priority: _Optional[int] = ..., max_wait_time: _Optional[int] = ..., dress_id: _Optional[str] = ..., alignment: _Optional[int] = ..., alignment_offset: _Optional[int] = ..., effect_scene: _Optional[str] = ..., piece_values: _Optional[_Mapping[str, TextPiece]] = ..., badge_list: _Optional[_Iterable[_Union[Image, _Mapping]]] = ...) -> None: ...
    class BuriedPointEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    class AlternativeEffectConfigEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: MemberMessage.EffectConfig
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[MemberMessage.EffectConfig, _Mapping]] = ...) -> None: ...
    COMMON_FIELD_NUMBER: _ClassVar[int]
    USER_FIELD_NUMBER: _ClassVar[int]
    MEMBER_COUNT_FIELD_NUMBER: _ClassVar[int]
    OPERATOR_FIELD_NUMBER: _ClassVar[int]
    IS_SET_TO_ADMIN_FIELD_NUMBER: _ClassVar[int]
    IS_TOP_USER_FIELD_NUMBER: _ClassVar[int]
    RANK_SCORE_FIELD_NUMBER: _ClassVar[int]
    TOP_USER_NO_FIELD_NUMBER: _ClassVar[int]
    ENTER_TYPE_FIELD_NUMBER: _ClassVar[int]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    ACTION_DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    EFFECT_CONFIG_FIELD_NUMBER: _ClassVar[int]
    POP_STR_FIELD_NUMBER: _ClassVar[int]
    ENTER_EFFECT_CONFIG_FIELD_NUMBER: _ClassVar[int]
    BACKGROUND_IMAGE_FIELD_NUMBER: _ClassVar[int]
    BACKGROUND_IMAGE_V2_FIELD_NUMBER: _ClassVar[int]
    ANCHOR_DISPLAY_TEXT_FIELD_NUMBER: _ClassVar[int]
    PUBLIC_AREA_COMMON_FIELD_NUMBER: _ClassVar[int]
    USER_ENTER_TIP_TYPE_FIELD_NUMBER: _ClassVar[int]
    ANCHOR_ENTER_TIP_TYPE_FIELD_NUMBER: _ClassVar[int]
    BURIED_POINT_FIELD_NUMBER: _ClassVar[int]
    ALTERNATIVE_EFFECT_CONFIG_FIELD_NUMBER: _ClassVar[int]
    PICO_ENTER_EFFECT_CONFIG_FIELD_NUMBER: _ClassVar[int]
    UNSET_ADMIN_TYPE_FIELD_NUMBER: _ClassVar[int]
    ENTER_REDIRECT_FROM_FIELD_NUMBER: _ClassVar[int]
    USER_OPEN_ID_FIELD_NUMBER: _ClassVar[int]
    common: Common
    user: User
    member_count: int
    operator: User
    is_set_to_admin: bool
    is_top_user: bool
    rank_score: int
    top_user_no: int
    enter_type: int
    action: int
    action_description: str
    user_id: int
    effect_config: MemberMessage.EffectConfig
    pop_str: str
    enter_effect_config: MemberMessage.EffectConfig
    background_image: Image
    background_image_v2: Image
    anchor_display_text: Text
    public_area_common: PublicAreaCommon
    user_enter_tip_type: int
    anchor_enter_tip_type: int
    buried_point: _containers.ScalarMap[str, str]
    alternative_effect_config: _containers.MessageMap[str, MemberMessage.EffectConfig]
    pico_enter_effect_config: bytes
    unset_admin_type: int
    enter_redirect_from: int
    user_open_id: str
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., user: _Optional[_Union[User, _Mapping]] = ..., member_count: _Optional[int] = ..., operator: _Optional[_Union[User, _Mapping]] = ..., is_set_to_admin: _Optional[bool] = ..., is_top_user: _Optional[bool] = ..., rank_score: _Optional[int] = ..., top_user_no: _Optional[int] = ..., enter_type: _Optional[int] = ..., action: _Optional[int] = ..., action_description: _Optional[str] = ..., user_id: _Optional[int] = ..., effect_config: _Optional[_Union[MemberMessage.EffectConfig, _Mapping]] = ..., pop_str: _Optional[str] = ..., enter_effect_config: _Optional[_Union[MemberMessage.EffectConfig, _Mapping]] = ..., background_image: _Optional[_Union[Image, _Mapping]] = ..., background_image_v2: _Optional[_Union[Image, _Mapping]] = ..., anchor_display_text: _Optional[_Union[Text, _Mapping]] = ..., public_area_common: _Optional[_Union[PublicAreaCommon, _Mapping]] = ..., user_enter_tip_type: _Optional[int] = ..., anchor_enter_tip_type: _Optional[int] = ..., buried_point: _Optional[_Mapping[str, str]] = ..., alternative_effect_config: _Optional[_Mapping[str, MemberMessage.EffectConfig]] = ..., pico_enter_effect_config: _Optional[bytes] = ..., unset_admin_type: _Optional[int] = ..., enter_redirect_from: _Optional[int] = ..., user_open_id: _Optional[str] = ...) -> None: ...

class SocialMessage(_message.Message):
    __slots__ = ("common", "user", "share_type", "action", "share_target", "follow_count", "public_area_common", "share_total_count")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    USER_FIELD_NUMBER: _ClassVar[int]
    SHARE_TYPE_FIELD_NUMBER: _ClassVar[int]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    SHARE_TARGET_FIELD_NUMBER: _ClassVar[int]
    FOLLOW_COUNT_FIELD_NUMBER: _ClassVar[int]
    PUBLIC_AREA_COMMON_FIELD_NUMBER: _ClassVar[int]
    SHARE_TOTAL_COUNT_FIELD_NUMBER: _ClassVar[int]
    common: Common
    user: User
    share_type: int
    action: int
    share_target: str
    follow_count: int
    public_area_common: PublicAreaCommon
    share_total_count: int
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., user: _Optional[_Union[User, _Mapping]] = ..., share_type: _Optional[int] = ..., action: _Optional[int] = ..., share_target: _Optional[str] = ..., follow_count: _Optional[int] = ..., public_area_common: _Optional[_Union[PublicAreaCommon, _Mapping]] = ..., share_total_count: _Optional[int] = ...) -> None: ...

class RoomUserSeqMessage(_message.Message):
    __slots__ = ("common", "ranks", "total", "pop_str", "seats", "popularity", "total_user", "total_user_str", "total_str", "online_user_for_anchor", "total_pv_for_anchor", "up_right_stats_str", "up_right_stats_str_complete")
    class Contributor(_message.Message):
        __slots__ = ("score", "user", "rank", "delta", "is_hidden", "score_description", "exactly_score")
        SCORE_FIELD_NUMBER: _ClassVar[int]
        USER_FIELD_NUMBER: _ClassVar[int]
        RANK_FIELD_NUMBER: _ClassVar[int]
        DELTA_FIELD_NUMBER: _ClassVar[int]
        IS_HIDDEN_FIELD_NUMBER: _ClassVar[int]
        SCORE_DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
        EXACTLY_SCORE_FIELD_NUMBER: _ClassVar[int]
        score: int
        user: User
        rank: int
        delta: int
        is_hidden: bool
        score_description: str
        exactly_score: str
        def __init__(self, score: _Optional[int] = ..., user: _Optional[_Union[User, _Mapping]] = ..., rank: _Optional[int] = ..., delta: _Optional[int] = ..., is_hidden: _Optional[bool] = ..., score_description: _Optional[str] = ..., exactly_score: _Optional[str] = ...) -> None: ...
    COMMON_FIELD_NUMBER: _ClassVar[int]
    RANKS_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    POP_STR_FIELD_NUMBER: _ClassVar[int]
    SEATS_FIELD_NUMBER: _ClassVar[int]
    POPULARITY_FIELD_NUMBER: _ClassVar[int]
    TOTAL_USER_FIELD_NUMBER: _ClassVar[int]
    TOTAL_USER_STR_FIELD_NUMBER: _ClassVar[int]
    TOTAL_STR_FIELD_NUMBER: _ClassVar[int]
    ONLINE_USER_FOR_ANCHOR_FIELD_NUMBER: _ClassVar[int]
    TOTAL_PV_FOR_ANCHOR_FIELD_NUMBER: _ClassVar[int]
    UP_RIGHT_STATS_STR_FIELD_NUMBER: _ClassVar[int]
    UP_RIGHT_STATS_STR_COMPLETE_FIELD_NUMBER: _ClassVar[int]
    common: Common
    ranks: _containers.RepeatedCompositeFieldContainer[RoomUserSeqMessage.Contributor]
    total: int
    pop_str: str
    seats: _containers.RepeatedCompositeFieldContainer[RoomUserSeqMessage.Contributor]
    popularity: int
    total_user: int
    total_user_str: str
    total_str: str
    online_user_for_anchor: str
    total_pv_for_anchor: str
    up_right_stats_str: str
    up_right_stats_str_complete: str
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., ranks: _Optional[_Iterable[_Union[RoomUserSeqMessage.Contributor, _Mapping]]] = ..., total: _Optional[int] = ..., pop_str: _Optional[str] = ..., seats: _Optional[_Iterable[_Union[RoomUserSeqMessage.Contributor, _Mapping]]] = ..., popularity: _Optional[int] = ..., total_user: _Optional[int] = ..., total_user_str: _Optional[str] = ..., total_str: _Optional[str] = ..., online_user_for_anchor: _Optional[str] = ..., total_pv_for_anchor: _Optional[str] = ..., up_right_stats_str: _Optional[str] = ..., up_right_stats_str_complete: _Optional[str] = ...) -> None: ...

class ControlMessage(_message.Message):
    __slots__ = ("common", "action", "tips", "extra", "public_area_common")
    class Extra(_message.Message):
        __slots__ = ("ban_info_url", "reason_no", "title", "violation_reason", "content", "got_it_button", "ban_detail_button", "source")
        BAN_INFO_URL_FIELD_NUMBER: _ClassVar[int]
        REASON_NO_FIELD_NUMBER: _ClassVar[int]
        TITLE_FIELD_NUMBER: _ClassVar[int]
        VIOLATION_REASON_FIELD_NUMBER: _ClassVar[int]
        CONTENT_FIELD_NUMBER: _ClassVar[int]
        GOT_IT_BUTTON_FIELD_NUMBER: _ClassVar[int]
        BAN_DETAIL_BUTTON_FIELD_NUMBER: _ClassVar[int]
        SOURCE_FIELD_NUMBER: _ClassVar[int]
        ban_info_url: str
        reason_no: int
        title: Text
        violation_reason: Text
        content: Text
        got_it_button: Text
        ban_detail_button: Text
        source: str
        def __init__(self, ban_info_url: _Optional[str] = ..., reason_no: _Optional[int] = ..., title: _Optional[_Union[Text, _Mapping]] = ..., violation_reason: _Optional[_Union[Text, _Mapping]] = ..., content: _Optional[_Union[Text, _Mapping]] = ..., got_it_button: _Optional[_Union[Text, _Mapping]] = ..., ban_detail_button: _Optional[_Union[Text, _Mapping]] = ..., source: _Optional[str] = ...) -> None: ...
    COMMON_FIELD_NUMBER: _ClassVar[int]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    TIPS_FIELD_NUMBER: _ClassVar[int]
    EXTRA_FIELD_NUMBER: _ClassVar[int]
    PUBLIC_AREA_COMMON_FIELD_NUMBER: _ClassVar[int]
    common: Common
    action: int
    tips: str
    extra: ControlMessage.Extra
    public_area_common: PublicAreaCommon
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., action: _Optional[int] = ..., tips: _Optional[str] = ..., extra: _Optional[_Union[ControlMessage.Extra, _Mapping]] = ..., public_area_common: _Optional[_Union[PublicAreaCommon, _Mapping]] = ...) -> None: ...

class FansclubMessage(_message.Message):
    __slots__ = ("common", "action", "content", "user", "upgrade_privilege", "public_area_common", "left_diamond")
    class UpgradePrivilege(_message.Message):
        __slots__ = ("content", "description", "button_type")
        CONTENT_FIELD_NUMBER: _ClassVar[int]
        DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
        BUTTON_TYPE_FIELD_NUMBER: _ClassVar[int]
        content: str
        description: str
        button_type: int
        def __init__(self, content: _Optional[str] = ..., description: _Optional[str] = ..., button_type: _Optional[int] = ...) -> None: ...
    COMMON_FIELD_NUMBER: _ClassVar[int]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    USER_FIELD_NUMBER: _ClassVar[int]
    UPGRADE_PRIVILEGE_FIELD_NUMBER: _ClassVar[int]
    PUBLIC_AREA_COMMON_FIELD_NUMBER: _ClassVar[int]
    LEFT_DIAMOND_FIELD_NUMBER: _ClassVar[int]
    common: Common
    action: int
    content: str
    user: User
    upgrade_privilege: FansclubMessage.UpgradePrivilege
    public_area_common: PublicAreaCommon
    left_diamond: int
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., action: _Optional[int] = ..., content: _Optional[str] = ..., user: _Optional[_Union[User, _Mapping]] = ..., upgrade_privilege: _Optional[_Union[FansclubMessage.UpgradePrivilege, _Mapping]] = ..., public_area_common: _Optional[_Union[PublicAreaCommon, _Mapping]] = ..., left_diamond: _Optional[int] = ...) -> None: ...

class EmojiChatMessage(_message.Message):
    __slots__ = ("common", "user", "emoji_id", "emoji_content", "default_content", "background_image", "from_intercom", "intercom_hide_user_card", "public_area_common")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    USER_FIELD_NUMBER: _ClassVar[int]
    EMOJI_ID_FIELD_NUMBER: _ClassVar[int]
    EMOJI_CONTENT_FIELD_NUMBER: _ClassVar[int]
    DEFAULT_CONTENT_FIELD_NUMBER: _ClassVar[int]
    BACKGROUND_IMAGE_FIELD_NUMBER: _ClassVar[int]
    FROM_INTERCOM_FIELD_NUMBER: _ClassVar[int]
    INTERCOM_HIDE_USER_CARD_FIELD_NUMBER: _ClassVar[int]
    PUBLIC_AREA_COMMON_FIELD_NUMBER: _ClassVar[int]
    common: Common
    user: User
    emoji_id: int
    emoji_content: Text
    default_content: str
    background_image: Image
    from_intercom: bool
    intercom_hide_user_card: bool
    public_area_common: PublicAreaCommon
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., user: _Optional[_Union[User, _Mapping]] = ..., emoji_id: _Optional[int] = ..., emoji_content: _Optional[_Union[Text, _Mapping]] = ..., default_content: _Optional[str] = ..., background_image: _Optional[_Union[Image, _Mapping]] = ..., from_intercom: _Optional[bool] = ..., intercom_hide_user_card: _Optional[bool] = ..., public_area_common: _Optional[_Union[PublicAreaCommon, _Mapping]] = ...) -> None: ...

class RoomStatsMessage(_message.Message):
    __slots__ = ("common", "display_short", "display_middle", "display_long", "display_value", "display_version", "incremental", "is_hidden", "total", "display_type")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_SHORT_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_MIDDLE_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_LONG_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_VALUE_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_VERSION_FIELD_NUMBER: _ClassVar[int]
    INCREMENTAL_FIELD_NUMBER: _ClassVar[int]
    IS_HIDDEN_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_TYPE_FIELD_NUMBER: _ClassVar[int]
    common: Common
    display_short: str
    display_middle: str
    display_long: str
    display_value: int
    display_version: int
    incremental: bool
    is_hidden: bool
    total: int
    display_type: int
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., display_short: _Optional[str] = ..., display_middle: _Optional[str] = ..., display_long: _Optional[str] = ..., display_value: _Optional[int] = ..., display_version: _Optional[int] = ..., incremental: _Optional[bool] = ..., is_hidden: _Optional[bool] = ..., total: _Optional[int] = ..., display_type: _Optional[int] = ...) -> None: ...

class RoomRankMessage(_message.Message):
    __slots__ = ("common", "ranks", "audience_ranks")
    class RoomRank(_message.Message):
        __slots__ = ("user", "score_str", "profile_hidden")
        USER_FIELD_NUMBER: _ClassVar[int]
        SCORE_STR_FIELD_NUMBER: _ClassVar[int]
        PROFILE_HIDDEN_FIELD_NUMBER: _ClassVar[int]
        user: User
        score_str: str
        profile_hidden: bool
        def __init__(self, user: _Optional[_Union[User, _Mapping]] = ..., score_str: _Optional[str] = ..., profile_hidden: _Optional[bool] = ...) -> None: ...
    COMMON_FIELD_NUMBER: _ClassVar[int]
    RANKS_FIELD_NUMBER: _ClassVar[int]
    AUDIENCE_RANKS_FIELD_NUMBER: _ClassVar[int]
    common: Common
    ranks: _containers.RepeatedCompositeFieldContainer[RoomRankMessage.RoomRank]
    audience_ranks: _containers.RepeatedCompositeFieldContainer[Rank]
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., ranks: _Optional[_Iterable[_Union[RoomRankMessage.RoomRank, _Mapping]]] = ..., audience_ranks: _Optional[_Iterable[_Union[Rank, _Mapping]]] = ...) -> None: ...

class RoomMessage(_message.Message):
    __slots__ = ("common", "content", "supprot_landscape", "roomMessageType", "system_top_msg", "forced_guarantee", "public_area_common", "biz_scene", "buried_point", "extra")
    class BuriedPointEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    COMMON_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    SUPPROT_LANDSCAPE_FIELD_NUMBER: _ClassVar[int]
    ROOMMESSAGETYPE_FIELD_NUMBER: _ClassVar[int]
    SYSTEM_TOP_MSG_FIELD_NUMBER: _ClassVar[int]
    FORCED_GUARANTEE_FIELD_NUMBER: _ClassVar[int]
    PUBLIC_AREA_COMMON_FIELD_NUMBER: _ClassVar[int]
    BIZ_SCENE_FIELD_NUMBER: _ClassVar[int]
    BURIED_POINT_FIELD_NUMBER: _ClassVar[int]
    EXTRA_FIELD_NUMBER: _ClassVar[int]
    common: Common
    content: str
    supprot_landscape: bool
    roomMessageType: int
    system_top_msg: bool
    forced_guarantee: bool
    public_area_common: PublicAreaCommon
    biz_scene: str
    buried_point: _containers.ScalarMap[str, str]
    extra: bytes
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., content: _Optional[str] = ..., supprot_landscape: _Optional[bool] = ..., roomMessageType: _Optional[int] = ..., system_top_msg: _Optional[bool] = ..., forced_guarantee: _Optional[bool] = ..., public_area_common: _Optional[_Union[PublicAreaCommon, _Mapping]] = ..., biz_scene: _Optional[str] = ..., buried_point: _Optional[_Mapping[str, str]] = ..., extra: _Optional[bytes] = ...) -> None: ...

class RoomStreamAdaptationMessage(_message.Message):
    __slots__ = ("common", "adaptation_type", "adaptation_height_ratio", "adaptation_body_center_ratio", "adaptation_content_top_ratio", "adaptation_content_bottom_ratio")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    ADAPTATION_TYPE_FIELD_NUMBER: _ClassVar[int]
    ADAPTATION_HEIGHT_RATIO_FIELD_NUMBER: _ClassVar[int]
    ADAPTATION_BODY_CENTER_RATIO_FIELD_NUMBER: _ClassVar[int]
    ADAPTATION_CONTENT_TOP_RATIO_FIELD_NUMBER: _ClassVar[int]
    ADAPTATION_CONTENT_BOTTOM_RATIO_FIELD_NUMBER: _ClassVar[int]
    common: Common
    adaptation_type: int
    adaptation_height_ratio: float
    adaptation_body_center_ratio: float
    adaptation_content_top_ratio: float
    adaptation_content_bottom_ratio: float
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., adaptation_type: _Optional[int] = ..., adaptation_height_ratio: _Optional[float] = ..., adaptation_body_center_ratio: _Optional[float] = ..., adaptation_content_top_ratio: _Optional[float] = ..., adaptation_content_bottom_ratio: _Optional[float] = ...) -> None: ...

class RanklistHourEntranceMessage(_message.Message):
    __slots__ = ("common", "info")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    INFO_FIELD_NUMBER: _ClassVar[int]
    common: Common
    info: bytes
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., info: _Optional[bytes] = ...) -> None: ...

class InRoomBannerMessage(_message.Message):
    __slots__ = ("common", "extra", "position", "action_type", "container_url", "lynx_container_url", "container_type", "op_type")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    EXTRA_FIELD_NUMBER: _ClassVar[int]
    POSITION_FIELD_NUMBER: _ClassVar[int]
    ACTION_TYPE_FIELD_NUMBER: _ClassVar[int]
    CONTAINER_URL_FIELD_NUMBER: _ClassVar[int]
    LYNX_CONTAINER_URL_FIELD_NUMBER: _ClassVar[int]
    CONTAINER_TYPE_FIELD_NUMBER: _ClassVar[int]
    OP_TYPE_FIELD_NUMBER: _ClassVar[int]
    common: Common
    extra: str
    position: int
    action_type: int
    container_url: str
    lynx_container_url: str
    container_type: int
    op_type: int
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., extra: _Optional[str] = ..., position: _Optional[int] = ..., action_type: _Optional[int] = ..., container_url: _Optional[str] = ..., lynx_container_url: _Optional[str] = ..., container_type: _Optional[int] = ..., op_type: _Optional[int] = ...) -> None: ...

class ScreenChatMessage(_message.Message):
    __slots__ = ("common", "user", "screen_chat_type", "content", "priority", "effect", "background_image", "effect_v2", "background_image_v2", "public_area_common", "official_comment_config", "event_time", "send_review", "chat_identity_info", "rtf_content", "public_area_does_not_display", "rtf_content_v2", "content_ext")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    USER_FIELD_NUMBER: _ClassVar[int]
    SCREEN_CHAT_TYPE_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    EFFECT_FIELD_NUMBER: _ClassVar[int]
    BACKGROUND_IMAGE_FIELD_NUMBER: _ClassVar[int]
    EFFECT_V2_FIELD_NUMBER: _ClassVar[int]
    BACKGROUND_IMAGE_V2_FIELD_NUMBER: _ClassVar[int]
    PUBLIC_AREA_COMMON_FIELD_NUMBER: _ClassVar[int]
    OFFICIAL_COMMENT_CONFIG_FIELD_NUMBER: _ClassVar[int]
    EVENT_TIME_FIELD_NUMBER: _ClassVar[int]
    SEND_REVIEW_FIELD_NUMBER: _ClassVar[int]
    CHAT_IDENTITY_INFO_FIELD_NUMBER: _ClassVar[int]
    RTF_CONTENT_FIELD_NUMBER: _ClassVar[int]
    PUBLIC_AREA_DOES_NOT_DISPLAY_FIELD_NUMBER: _ClassVar[int]
    RTF_CONTENT_V2_FIELD_NUMBER: _ClassVar[int]
    CONTENT_EXT_FIELD_NUMBER: _ClassVar[int]
    common: Common
    user: User
    screen_chat_type: int
    content: str
    priority: int
    effect: bytes
    background_image: Image
    effect_v2: bytes
    background_image_v2: Image
    public_area_common: PublicAreaCommon
    official_comment_config: bytes
    event_time: int
    send_review: bool
    chat_identity_info: bytes
    rtf_content: Text
    public_area_does_not_display: bool
    rtf_content_v2: Text
    content_ext: bytes
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., user: _Optional[_Union[User, _Mapping]] = ..., screen_chat_type: _Optional[int] = ..., content: _Optional[str] = ..., priority: _Optional[int] = ..., effect: _Optional[bytes] = ..., background_image: _Optional[_Union[Image, _Mapping]] = ..., effect_v2: _Optional[bytes] = ..., background_image_v2: _Optional[_Union[Image, _Mapping]] = ..., public_area_common: _Optional[_Union[PublicAreaCommon, _Mapping]] = ..., official_comment_config: _Optional[bytes] = ..., event_time: _Optional[int] = ..., send_review: _Optional[bool] = ..., chat_identity_info: _Optional[bytes] = ..., rtf_content: _Optional[_Union[Text, _Mapping]] = ..., public_area_does_not_display: _Optional[bool] = ..., rtf_content_v2: _Optional[_Union[Text, _Mapping]] = ..., content_ext: _Optional[bytes] = ...) -> None: ...

class PrivilegeScreenChatMessage(_message.Message):
    __slots__ = ("common", "user", "content", "public_area_common", "style", "activity_danmu_background", "rtf_content", "rtf_content_v2")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    USER_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    PUBLIC_AREA_COMMON_FIELD_NUMBER: _ClassVar[int]
    STYLE_FIELD_NUMBER: _ClassVar[int]
    ACTIVITY_DANMU_BACKGROUND_FIELD_NUMBER: _ClassVar[int]
    RTF_CONTENT_FIELD_NUMBER: _ClassVar[int]
    RTF_CONTENT_V2_FIELD_NUMBER: _ClassVar[int]
    common: Common
    user: User
    content: str
    public_area_common: PublicAreaCommon
    style: int
    activity_danmu_background: int
    rtf_content: Text
    rtf_content_v2: Text
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., user: _Optional[_Union[User, _Mapping]] = ..., content: _Optional[str] = ..., public_area_common: _Optional[_Union[PublicAreaCommon, _Mapping]] = ..., style: _Optional[int] = ..., activity_danmu_background: _Optional[int] = ..., rtf_content: _Optional[_Union[Text, _Mapping]] = ..., rtf_content_v2: _Optional[_Union[Text, _Mapping]] = ...) -> None: ...

class HighlightComment(_message.Message):
    __slots__ = ("common", "id", "event_time", "comment_msg_id", "review_result", "review_comment", "content", "user", "action_type", "msg_time", "end_time", "countdown_style", "trigger", "operator_id", "operator_nickname", "operator_open_id")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    EVENT_TIME_FIELD_NUMBER: _ClassVar[int]
    COMMENT_MSG_ID_FIELD_NUMBER: _ClassVar[int]
    REVIEW_RESULT_FIELD_NUMBER: _ClassVar[int]
    REVIEW_COMMENT_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    USER_FIELD_NUMBER: _ClassVar[int]
    ACTION_TYPE_FIELD_NUMBER: _ClassVar[int]
    MSG_TIME_FIELD_NUMBER: _ClassVar[int]
    END_TIME_FIELD_NUMBER: _ClassVar[int]
    COUNTDOWN_STYLE_FIELD_NUMBER: _ClassVar[int]
    TRIGGER_FIELD_NUMBER: _ClassVar[int]
    OPERATOR_ID_FIELD_NUMBER: _ClassVar[int]
    OPERATOR_NICKNAME_FIELD_NUMBER: _ClassVar[int]
    OPERATOR_OPEN_ID_FIELD_NUMBER: _ClassVar[int]
    common: Common
    id: int
    event_time: int
    comment_msg_id: int
    review_result: int
    review_comment: str
    content: str
    user: User
    action_type: int
    msg_time: int
    end_time: int
    countdown_style: int
    trigger: int
    operator_id: int
    operator_nickname: str
    operator_open_id: str
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., id: _Optional[int] = ..., event_time: _Optional[int] = ..., comment_msg_id: _Optional[int] = ..., review_result: _Optional[int] = ..., review_comment: _Optional[str] = ..., content: _Optional[str] = ..., user: _Optional[_Union[User, _Mapping]] = ..., action_type: _Optional[int] = ..., msg_time: _Optional[int] = ..., end_time: _Optional[int] = ..., countdown_style: _Optional[int] = ..., trigger: _Optional[int] = ..., operator_id: _Optional[int] = ..., operator_nickname: _Optional[str] = ..., operator_open_id: _Optional[str] = ...) -> None: ...

class AudioChatMessage(_message.Message):
    __slots__ = ("common", "user", "content", "audio_url", "audio_duration", "public_area_common", "rtf_content")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    USER_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    AUDIO_URL_FIELD_NUMBER: _ClassVar[int]
    AUDIO_DURATION_FIELD_NUMBER: _ClassVar[int]
    PUBLIC_AREA_COMMON_FIELD_NUMBER: _ClassVar[int]
    RTF_CONTENT_FIELD_NUMBER: _ClassVar[int]
    common: Common
    user: User
    content: str
    audio_url: str
    audio_duration: int
    public_area_common: PublicAreaCommon
    rtf_content: Text
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., user: _Optional[_Union[User, _Mapping]] = ..., content: _Optional[str] = ..., audio_url: _Optional[str] = ..., audio_duration: _Optional[int] = ..., public_area_common: _Optional[_Union[PublicAreaCommon, _Mapping]] = ..., rtf_content: _Optional[_Union[Text, _Mapping]] = ...) -> None: ...

class HotChatMessage(_message.Message):
    __slots__ = ("common", "title", "content", "num", "duration", "show_duration", "sequence_id", "hot_list", "rtf_content", "chat_content_type", "highlight_area_priority_config", "extra")
    class ExtraEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    COMMON_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    NUM_FIELD_NUMBER: _ClassVar[int]
    DURATION_FIELD_NUMBER: _ClassVar[int]
    SHOW_DURATION_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_ID_FIELD_NUMBER: _ClassVar[int]
    HOT_LIST_FIELD_NUMBER: _ClassVar[int]
    RTF_CONTENT_FIELD_NUMBER: _ClassVar[int]
    CHAT_CONTENT_TYPE_FIELD_NUMBER: _ClassVar[int]
    HIGHLIGHT_AREA_PRIORITY_CONFIG_FIELD_NUMBER: _ClassVar[int]
    EXTRA_FIELD_NUMBER: _ClassVar[int]
    common: Common
    title: str
    content: str
    num: _containers.RepeatedScalarFieldContainer[int]
    duration: int
    show_duration: _containers.RepeatedScalarFieldContainer[int]
    sequence_id: int
    hot_list: _containers.RepeatedScalarFieldContainer[str]
    rtf_content: Text
    chat_content_type: int
    highlight_area_priority_config: bytes
    extra: _containers.ScalarMap[str, str]
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., title: _Optional[str] = ..., content: _Optional[str] = ..., num: _Optional[_Iterable[int]] = ..., duration: _Optional[int] = ..., show_duration: _Optional[_Iterable[int]] = ..., sequence_id: _Optional[int] = ..., hot_list: _Optional[_Iterable[str]] = ..., rtf_content: _Optional[_Union[Text, _Mapping]] = ..., chat_content_type: _Optional[int] = ..., highlight_area_priority_config: _Optional[bytes] = ..., extra: _Optional[_Mapping[str, str]] = ...) -> None: ...

class HotRoomMessage(_message.Message):
    __slots__ = ("common", "info")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    INFO_FIELD_NUMBER: _ClassVar[int]
    common: Common
    info: bytes
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., info: _Optional[bytes] = ...) -> None: ...

class ExhibitionChatMessage(_message.Message):
    __slots__ = ("common", "display_text", "unlighted_item", "lighted_item", "biz_type", "app_id", "public_area_common")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_TEXT_FIELD_NUMBER: _ClassVar[int]
    UNLIGHTED_ITEM_FIELD_NUMBER: _ClassVar[int]
    LIGHTED_ITEM_FIELD_NUMBER: _ClassVar[int]
    BIZ_TYPE_FIELD_NUMBER: _ClassVar[int]
    APP_ID_FIELD_NUMBER: _ClassVar[int]
    PUBLIC_AREA_COMMON_FIELD_NUMBER: _ClassVar[int]
    common: Common
    display_text: Text
    unlighted_item: int
    lighted_item: int
    biz_type: int
    app_id: int
    public_area_common: PublicAreaCommon
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., display_text: _Optional[_Union[Text, _Mapping]] = ..., unlighted_item: _Optional[int] = ..., lighted_item: _Optional[int] = ..., biz_type: _Optional[int] = ..., app_id: _Optional[int] = ..., public_area_common: _Optional[_Union[PublicAreaCommon, _Mapping]] = ...) -> None: ...

class ChatLikeMessage(_message.Message):
    __slots__ = ("common", "total_msg_data")
    class TotalMsgDataEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: int
        value: bytes
        def __init__(self, key: _Optional[int] = ..., value: _Optional[bytes] = ...) -> None: ...
    COMMON_FIELD_NUMBER: _ClassVar[int]
    TOTAL_MSG_DATA_FIELD_NUMBER: _ClassVar[int]
    common: Common
    total_msg_data: _containers.ScalarMap[int, bytes]
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., total_msg_data: _Optional[_Mapping[int, bytes]] = ...) -> None: ...

class NotifyMessage(_message.Message):
    __slots__ = ("common", "schema", "notify_type", "content", "user", "extra", "notify_class", "flex_setting", "biz_scene")
    class Extra(_message.Message):
        __slots__ = ("duration", "background", "content_list", "params", "need_gift_frequency")
        class ParamsEntry(_message.Message):
            __slots__ = ("key", "value")
            KEY_FIELD_NUMBER: _ClassVar[int]
            VALUE_FIELD_NUMBER: _ClassVar[int]
            key: str
            value: str
            def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
        DURATION_FIELD_NUMBER: _ClassVar[int]
        BACKGROUND_FIELD_NUMBER: _ClassVar[int]
        CONTENT_LIST_FIELD_NUMBER: _ClassVar[int]
        PARAMS_FIELD_NUMBER: _ClassVar[int]
        NEED_GIFT_FREQUENCY_FIELD_NUMBER: _ClassVar[int]
        duration: int
        background: bytes
        content_list: bytes
        params: _containers.ScalarMap[str, str]
        need_gift_frequency: bool
        def __init__(self, duration: _Optional[int] = ..., background: _Optional[bytes] = ..., content_list: _Optional[bytes] = ..., params: _Optional[_Mapping[str, str]] = ..., need_gift_frequency: _Optional[bool] = ...) -> None: ...
    COMMON_FIELD_NUMBER: _ClassVar[int]
    SCHEMA_FIELD_NUMBER: _ClassVar[int]
    NOTIFY_TYPE_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    USER_FIELD_NUMBER: _ClassVar[int]
    EXTRA_FIELD_NUMBER: _ClassVar[int]
    NOTIFY_CLASS_FIELD_NUMBER: _ClassVar[int]
    FLEX_SETTING_FIELD_NUMBER: _ClassVar[int]
    BIZ_SCENE_FIELD_NUMBER: _ClassVar[int]
    common: Common
    schema: str
    notify_type: int
    content: str
    user: User
    extra: NotifyMessage.Extra
    notify_class: int
    flex_setting: _containers.RepeatedScalarFieldContainer[int]
    biz_scene: str
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., schema: _Optional[str] = ..., notify_type: _Optional[int] = ..., content: _Optional[str] = ..., user: _Optional[_Union[User, _Mapping]] = ..., extra: _Optional[_Union[NotifyMessage.Extra, _Mapping]] = ..., notify_class: _Optional[int] = ..., flex_setting: _Optional[_Iterable[int]] = ..., biz_scene: _Optional[str] = ...) -> None: ...

class NotifyEffectMessage(_message.Message):
    __slots__ = ("common", "icons", "text", "background", "dynamic_config", "text_v2", "support_landscape", "highlight_area_config", "scene_config", "buried_point")
    class BuriedPointEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    COMMON_FIELD_NUMBER: _ClassVar[int]
    ICONS_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    BACKGROUND_FIELD_NUMBER: _ClassVar[int]
    DYNAMIC_CONFIG_FIELD_NUMBER: _ClassVar[int]
    TEXT_V2_FIELD_NUMBER: _ClassVar[int]
    SUPPORT_LANDSCAPE_FIELD_NUMBER: _ClassVar[int]
    HIGHLIGHT_AREA_CONFIG_FIELD_NUMBER: _ClassVar[int]
    SCENE_CONFIG_FIELD_NUMBER: _ClassVar[int]
    BURIED_POINT_FIELD_NUMBER: _ClassVar[int]
    common: Common
    icons: _containers.RepeatedCompositeFieldContainer[Image]
    text: Text
    background: bytes
    dynamic_config: bytes
    text_v2: bytes
    support_landscape: bool
    highlight_area_config: bytes
    scene_config: bytes
    buried_point: _containers.ScalarMap[str, str]
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., icons: _Optional[_Iterable[_Union[Image, _Mapping]]] = ..., text: _Optional[_Union[Text, _Mapping]] = ..., background: _Optional[bytes] = ..., dynamic_config: _Optional[bytes] = ..., text_v2: _Optional[bytes] = ..., support_landscape: _Optional[bool] = ..., highlight_area_config: _Optional[bytes] = ..., scene_config: _Optional[bytes] = ..., buried_point: _Optional[_Mapping[str, str]] = ...) -> None: ...

class CommonToastMessage(_message.Message):
    __slots__ = ("common", "discardable", "immediate", "duration", "text_color", "background_color_start", "background_color_end", "position", "top_img", "top_img_width", "top_img_height", "show_mongolia_layer")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    DISCARDABLE_FIELD_NUMBER: _ClassVar[int]
    IMMEDIATE_FIELD_NUMBER: _ClassVar[int]
    DURATION_FIELD_NUMBER: _ClassVar[int]
    TEXT_COLOR_FIELD_NUMBER: _ClassVar[int]
    BACKGROUND_COLOR_START_FIELD_NUMBER: _ClassVar[int]
    BACKGROUND_COLOR_END_FIELD_NUMBER: _ClassVar[int]
    POSITION_FIELD_NUMBER: _ClassVar[int]
    TOP_IMG_FIELD_NUMBER: _ClassVar[int]
    TOP_IMG_WIDTH_FIELD_NUMBER: _ClassVar[int]
    TOP_IMG_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    SHOW_MONGOLIA_LAYER_FIELD_NUMBER: _ClassVar[int]
    common: Common
    discardable: bool
    immediate: bool
    duration: int
    text_color: str
    background_color_start: str
    background_color_end: str
    position: int
    top_img: Image
    top_img_width: int
    top_img_height: int
    show_mongolia_layer: bool
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., discardable: _Optional[bool] = ..., immediate: _Optional[bool] = ..., duration: _Optional[int] = ..., text_color: _Optional[str] = ..., background_color_start: _Optional[str] = ..., background_color_end: _Optional[str] = ..., position: _Optional[int] = ..., top_img: _Optional[_Union[Image, _Mapping]] = ..., top_img_width: _Optional[int] = ..., top_img_height: _Optional[int] = ..., show_mongolia_layer: _Optional[bool] = ...) -> None: ...

class ToastMessage(_message.Message):
    __slots__ = ("common", "content")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    common: Common
    content: str
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., content: _Optional[str] = ...) -> None: ...

class NoticeMessage(_message.Message):
    __slots__ = ("common", "content", "notice_type", "style", "title", "violation_reason", "display_text", "tips_title", "tips_url", "notice_title", "notice_content", "notice_time", "limit_notice_key", "button_confirm", "button_cancel", "event_name", "top_icon_url", "decoration_audited_content", "punish_time", "countdown_time", "education_url", "education_task_record_id", "log_extra", "version", "popup_window_url", "popup_window_extra")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    NOTICE_TYPE_FIELD_NUMBER: _ClassVar[int]
    STYLE_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    VIOLATION_REASON_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_TEXT_FIELD_NUMBER: _ClassVar[int]
    TIPS_TITLE_FIELD_NUMBER: _ClassVar[int]
    TIPS_URL_FIELD_NUMBER: _ClassVar[int]
    NOTICE_TITLE_FIELD_NUMBER: _ClassVar[int]
    NOTICE_CONTENT_FIELD_NUMBER: _ClassVar[int]
    NOTICE_TIME_FIELD_NUMBER: _ClassVar[int]
    LIMIT_NOTICE_KEY_FIELD_NUMBER: _ClassVar[int]
    BUTTON_CONFIRM_FIELD_NUMBER: _ClassVar[int]
    BUTTON_CANCEL_FIELD_NUMBER: _ClassVar[int]
    EVENT_NAME_FIELD_NUMBER: _ClassVar[int]
    TOP_ICON_URL_FIELD_NUMBER: _ClassVar[int]
    DECORATION_AUDITED_CONTENT_FIELD_NUMBER: _ClassVar[int]
    PUNISH_TIME_FIELD_NUMBER: _ClassVar[int]
    COUNTDOWN_TIME_FIELD_NUMBER: _ClassVar[int]
    EDUCATION_URL_FIELD_NUMBER: _ClassVar[int]
    EDUCATION_TASK_RECORD_ID_FIELD_NUMBER: _ClassVar[int]
    LOG_EXTRA_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    POPUP_WINDOW_URL_FIELD_NUMBER: _ClassVar[int]
    POPUP_WINDOW_EXTRA_FIELD_NUMBER: _ClassVar[int]
    common: Common
    content: str
    notice_type: int
    style: str
    title: Text
    violation_reason: Text
    display_text: Text
    tips_title: Text
    tips_url: str
    notice_title: Text
    notice_content: Text
    notice_time: int
    limit_notice_key: str
    button_confirm: Text
    button_cancel: Text
    event_name: str
    top_icon_url: str
    decoration_audited_content: str
    punish_time: int
    countdown_time: int
    education_url: str
    education_task_record_id: int
    log_extra: str
    version: int
    popup_window_url: str
    popup_window_extra: str
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., content: _Optional[str] = ..., notice_type: _Optional[int] = ..., style: _Optional[str] = ..., title: _Optional[_Union[Text, _Mapping]] = ..., violation_reason: _Optional[_Union[Text, _Mapping]] = ..., display_text: _Optional[_Union[Text, _Mapping]] = ..., tips_title: _Optional[_Union[Text, _Mapping]] = ..., tips_url: _Optional[str] = ..., notice_title: _Optional[_Union[Text, _Mapping]] = ..., notice_content: _Optional[_Union[Text, _Mapping]] = ..., notice_time: _Optional[int] = ..., limit_notice_key: _Optional[str] = ..., button_confirm: _Optional[_Union[Text, _Mapping]] = ..., button_cancel: _Optional[_Union[Text, _Mapping]] = ..., event_name: _Optional[str] = ..., top_icon_url: _Optional[str] = ..., decoration_audited_content: _Optional[str] = ..., punish_time: _Optional[int] = ..., countdown_time: _Optional[int] = ..., education_url: _Optional[str] = ..., education_task_record_id: _Optional[int] = ..., log_extra: _Optional[str] = ..., version: _Optional[int] = ..., popup_window_url: _Optional[str] = ..., popup_window_extra: _Optional[str] = ...) -> None: ...

class ImDeleteMessage(_message.Message):
    __slots__ = ("common", "delete_msg_ids")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    DELETE_MSG_IDS_FIELD_NUMBER: _ClassVar[int]
    common: Common
    delete_msg_ids: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., delete_msg_ids: _Optional[_Iterable[int]] = ...) -> None: ...

class RoomIntroMessage(_message.Message):
    __slots__ = ("common", "user", "style", "intro", "label", "intro_video_item_id", "intro_video_title", "selected_labels", "intro_labels", "public_area_common", "poi_enabled", "appointment_info", "anchor_location_poi_info")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    USER_FIELD_NUMBER: _ClassVar[int]
    STYLE_FIELD_NUMBER: _ClassVar[int]
    INTRO_FIELD_NUMBER: _ClassVar[int]
    LABEL_FIELD_NUMBER: _ClassVar[int]
    INTRO_VIDEO_ITEM_ID_FIELD_NUMBER: _ClassVar[int]
    INTRO_VIDEO_TITLE_FIELD_NUMBER: _ClassVar[int]
    SELECTED_LABELS_FIELD_NUMBER: _ClassVar[int]
    INTRO_LABELS_FIELD_NUMBER: _ClassVar[int]
    PUBLIC_AREA_COMMON_FIELD_NUMBER: _ClassVar[int]
    POI_ENABLED_FIELD_NUMBER: _ClassVar[int]
    APPOINTMENT_INFO_FIELD_NUMBER: _ClassVar[int]
    ANCHOR_LOCATION_POI_INFO_FIELD_NUMBER: _ClassVar[int]
    common: Common
    user: User
    style: int
    intro: str
    label: _containers.RepeatedScalarFieldContainer[str]
    intro_video_item_id: int
    intro_video_title: str
    selected_labels: _containers.RepeatedScalarFieldContainer[bytes]
    intro_labels: _containers.RepeatedScalarFieldContainer[bytes]
    public_area_common: PublicAreaCommon
    poi_enabled: bool
    appointment_info: bytes
    anchor_location_poi_info: bytes
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., user: _Optional[_Union[User, _Mapping]] = ..., style: _Optional[int] = ..., intro: _Optional[str] = ..., label: _Optional[_Iterable[str]] = ..., intro_video_item_id: _Optional[int] = ..., intro_video_title: _Optional[str] = ..., selected_labels: _Optional[_Iterable[bytes]] = ..., intro_labels: _Optional[_Iterable[bytes]] = ..., public_area_common: _Optional[_Union[PublicAreaCommon, _Mapping]] = ..., poi_enabled: _Optional[bool] = ..., appointment_info: _Optional[bytes] = ..., anchor_location_poi_info: _Optional[bytes] = ...) -> None: ...

class RoomAuthMessage(_message.Message):
    __slots__ = ("common", "show_user_card")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    SHOW_USER_CARD_FIELD_NUMBER: _ClassVar[int]
    common: Common
    show_user_card: bool
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., show_user_card: _Optional[bool] = ...) -> None: ...

class RoomVerifyMessage(_message.Message):
    __slots__ = ("common", "action", "content", "notice_type", "close_room", "unable_style", "tip_content", "anchor_switch", "switch_status_tip_msg", "switch_status_anchor_tip_msg")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    NOTICE_TYPE_FIELD_NUMBER: _ClassVar[int]
    CLOSE_ROOM_FIELD_NUMBER: _ClassVar[int]
    UNABLE_STYLE_FIELD_NUMBER: _ClassVar[int]
    TIP_CONTENT_FIELD_NUMBER: _ClassVar[int]
    ANCHOR_SWITCH_FIELD_NUMBER: _ClassVar[int]
    SWITCH_STATUS_TIP_MSG_FIELD_NUMBER: _ClassVar[int]
    SWITCH_STATUS_ANCHOR_TIP_MSG_FIELD_NUMBER: _ClassVar[int]
    common: Common
    action: int
    content: str
    notice_type: int
    close_room: bool
    unable_style: int
    tip_content: str
    anchor_switch: int
    switch_status_tip_msg: str
    switch_status_anchor_tip_msg: str
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., action: _Optional[int] = ..., content: _Optional[str] = ..., notice_type: _Optional[int] = ..., close_room: _Optional[bool] = ..., unable_style: _Optional[int] = ..., tip_content: _Optional[str] = ..., anchor_switch: _Optional[int] = ..., switch_status_tip_msg: _Optional[str] = ..., switch_status_anchor_tip_msg: _Optional[str] = ...) -> None: ...

class UserPrivilegeChangeMessage(_message.Message):
    __slots__ = ("common", "user_privilege_type", "user_id", "avatar_border", "thumb_avatar_border")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    USER_PRIVILEGE_TYPE_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    AVATAR_BORDER_FIELD_NUMBER: _ClassVar[int]
    THUMB_AVATAR_BORDER_FIELD_NUMBER: _ClassVar[int]
    common: Common
    user_privilege_type: int
    user_id: int
    avatar_border: Image
    thumb_avatar_border: Image
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., user_privilege_type: _Optional[int] = ..., user_id: _Optional[int] = ..., avatar_border: _Optional[_Union[Image, _Mapping]] = ..., thumb_avatar_border: _Optional[_Union[Image, _Mapping]] = ...) -> None: ...

class RoomDataSyncMessage(_message.Message):
    __slots__ = ("common", "roomID", "syncKey", "version", "payload", "bizLogID")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    ROOMID_FIELD_NUMBER: _ClassVar[int]
    SYNCKEY_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    PAYLOAD_FIELD_NUMBER: _ClassVar[int]
    BIZLOGID_FIELD_NUMBER: _ClassVar[int]
    common: Common
    roomID: int
    syncKey: str
    version: int
    payload: bytes
    bizLogID: str
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., roomID: _Optional[int] = ..., syncKey: _Optional[str] = ..., version: _Optional[int] = ..., payload: _Optional[bytes] = ..., bizLogID: _Optional[str] = ...) -> None: ...

class UpdateFanTicketMessage(_message.Message):
    __slots__ = ("common", "room_fan_ticket_count_text", "room_fan_ticket_count", "force_update")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    ROOM_FAN_TICKET_COUNT_TEXT_FIELD_NUMBER: _ClassVar[int]
    ROOM_FAN_TICKET_COUNT_FIELD_NUMBER: _ClassVar[int]
    FORCE_UPDATE_FIELD_NUMBER: _ClassVar[int]
    common: Common
    room_fan_ticket_count_text: str
    room_fan_ticket_count: int
    force_update: bool
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., room_fan_ticket_count_text: _Optional[str] = ..., room_fan_ticket_count: _Optional[int] = ..., force_update: _Optional[bool] = ...) -> None: ...

class CommonTextMessage(_message.Message):
    __slots__ = ("common", "user", "scene", "public_area_common")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    USER_FIELD_NUMBER: _ClassVar[int]
    SCENE_FIELD_NUMBER: _ClassVar[int]
    PUBLIC_AREA_COMMON_FIELD_NUMBER: _ClassVar[int]
    common: Common
    user: User
    scene: str
    public_area_common: PublicAreaCommon
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., user: _Optional[_Union[User, _Mapping]] = ..., scene: _Optional[str] = ..., public_area_common: _Optional[_Union[PublicAreaCommon, _Mapping]] = ...) -> None: ...

class EcomFansClubMessage(_message.Message):
    __slots__ = ("common", "action", "user")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    USER_FIELD_NUMBER: _ClassVar[int]
    common: Common
    action: int
    user: bytes
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., action: _Optional[int] = ..., user: _Optional[bytes] = ...) -> None: ...

class BindingGiftMessage(_message.Message):
    __slots__ = ("msg", "common")
    MSG_FIELD_NUMBER: _ClassVar[int]
    COMMON_FIELD_NUMBER: _ClassVar[int]
    msg: GiftMessage
    common: Common
    def __init__(self, msg: _Optional[_Union[GiftMessage, _Mapping]] = ..., common: _Optional[_Union[Common, _Mapping]] = ...) -> None: ...

class LightGiftMessage(_message.Message):
    __slots__ = ("common", "group_count", "repeat_count", "combo_count", "to_user_id", "priority", "gift_info", "tray_info", "send_type", "count", "diy_item_info", "banned_display_effects", "gift_struct", "to_openid")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    GROUP_COUNT_FIELD_NUMBER: _ClassVar[int]
    REPEAT_COUNT_FIELD_NUMBER: _ClassVar[int]
    COMBO_COUNT_FIELD_NUMBER: _ClassVar[int]
    TO_USER_ID_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    GIFT_INFO_FIELD_NUMBER: _ClassVar[int]
    TRAY_INFO_FIELD_NUMBER: _ClassVar[int]
    SEND_TYPE_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    DIY_ITEM_INFO_FIELD_NUMBER: _ClassVar[int]
    BANNED_DISPLAY_EFFECTS_FIELD_NUMBER: _ClassVar[int]
    GIFT_STRUCT_FIELD_NUMBER: _ClassVar[int]
    TO_OPENID_FIELD_NUMBER: _ClassVar[int]
    common: Common
    group_count: int
    repeat_count: int
    combo_count: int
    to_user_id: int
    priority: GiftIMPriority
    gift_info: bytes
    tray_info: bytes
    send_type: int
    count: int
    diy_item_info: str
    banned_display_effects: int
    gift_struct: GiftStruct
    to_openid: str
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., group_count: _Optional[int] = ..., repeat_count: _Optional[int] = ..., combo_count: _Optional[int] = ..., to_user_id: _Optional[int] = ..., priority: _Optional[_Union[GiftIMPriority, _Mapping]] = ..., gift_info: _Optional[bytes] = ..., tray_info: _Optional[bytes] = ..., send_type: _Optional[int] = ..., count: _Optional[int] = ..., diy_item_info: _Optional[str] = ..., banned_display_effects: _Optional[int] = ..., gift_struct: _Optional[_Union[GiftStruct, _Mapping]] = ..., to_openid: _Optional[str] = ...) -> None: ...

class GiftSortMessage(_message.Message):
    __slots__ = ("common", "message_type", "min_consume_level", "scene_insert_strategy", "gift_details")
    class GiftDetailsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: int
        value: GiftStruct
        def __init__(self, key: _Optional[int] = ..., value: _Optional[_Union[GiftStruct, _Mapping]] = ...) -> None: ...
    COMMON_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_TYPE_FIELD_NUMBER: _ClassVar[int]
    MIN_CONSUME_LEVEL_FIELD_NUMBER: _ClassVar[int]
    SCENE_INSERT_STRATEGY_FIELD_NUMBER: _ClassVar[int]
    GIFT_DETAILS_FIELD_NUMBER: _ClassVar[int]
    common: Common
    message_type: int
    min_consume_level: int
    scene_insert_strategy: bytes
    gift_details: _containers.MessageMap[int, GiftStruct]
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., message_type: _Optional[int] = ..., min_consume_level: _Optional[int] = ..., scene_insert_strategy: _Optional[bytes] = ..., gift_details: _Optional[_Mapping[int, GiftStruct]] = ...) -> None: ...

class GiftUpdateMessage(_message.Message):
    __slots__ = ("common", "update_type", "update_gift_ids", "update_asset_ids", "gift_sort_strategy")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    UPDATE_TYPE_FIELD_NUMBER: _ClassVar[int]
    UPDATE_GIFT_IDS_FIELD_NUMBER: _ClassVar[int]
    UPDATE_ASSET_IDS_FIELD_NUMBER: _ClassVar[int]
    GIFT_SORT_STRATEGY_FIELD_NUMBER: _ClassVar[int]
    common: Common
    update_type: int
    update_gift_ids: _containers.RepeatedScalarFieldContainer[int]
    update_asset_ids: _containers.RepeatedScalarFieldContainer[int]
    gift_sort_strategy: bytes
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., update_type: _Optional[int] = ..., update_gift_ids: _Optional[_Iterable[int]] = ..., update_asset_ids: _Optional[_Iterable[int]] = ..., gift_sort_strategy: _Optional[bytes] = ...) -> None: ...

class GiftIconFlashMessage(_message.Message):
    __slots__ = ("common", "user_ids", "recommend_time", "not_flash_after", "open_ids")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    USER_IDS_FIELD_NUMBER: _ClassVar[int]
    RECOMMEND_TIME_FIELD_NUMBER: _ClassVar[int]
    NOT_FLASH_AFTER_FIELD_NUMBER: _ClassVar[int]
    OPEN_IDS_FIELD_NUMBER: _ClassVar[int]
    common: Common
    user_ids: _containers.RepeatedScalarFieldContainer[int]
    recommend_time: int
    not_flash_after: int
    open_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., user_ids: _Optional[_Iterable[int]] = ..., recommend_time: _Optional[int] = ..., not_flash_after: _Optional[int] = ..., open_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class GiftVoteMessage(_message.Message):
    __slots__ = ("common", "msg_type", "vote_id", "results", "finish_time", "current_time", "vote_type", "extra")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    MSG_TYPE_FIELD_NUMBER: _ClassVar[int]
    VOTE_ID_FIELD_NUMBER: _ClassVar[int]
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    FINISH_TIME_FIELD_NUMBER: _ClassVar[int]
    CURRENT_TIME_FIELD_NUMBER: _ClassVar[int]
    VOTE_TYPE_FIELD_NUMBER: _ClassVar[int]
    EXTRA_FIELD_NUMBER: _ClassVar[int]
    common: Common
    msg_type: int
    vote_id: int
    results: _containers.RepeatedScalarFieldContainer[bytes]
    finish_time: int
    current_time: int
    vote_type: int
    extra: str
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., msg_type: _Optional[int] = ..., vote_id: _Optional[int] = ..., results: _Optional[_Iterable[bytes]] = ..., finish_time: _Optional[int] = ..., current_time: _Optional[int] = ..., vote_type: _Optional[int] = ..., extra: _Optional[str] = ...) -> None: ...

class AssetMessage(_message.Message):
    __slots__ = ("common", "asset_id", "panel_display_text", "show_message", "show_panel", "user", "to_user", "priority", "log_id", "play_priority", "required_assets", "diy_item_info", "scene")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    ASSET_ID_FIELD_NUMBER: _ClassVar[int]
    PANEL_DISPLAY_TEXT_FIELD_NUMBER: _ClassVar[int]
    SHOW_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    SHOW_PANEL_FIELD_NUMBER: _ClassVar[int]
    USER_FIELD_NUMBER: _ClassVar[int]
    TO_USER_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    LOG_ID_FIELD_NUMBER: _ClassVar[int]
    PLAY_PRIORITY_FIELD_NUMBER: _ClassVar[int]
    REQUIRED_ASSETS_FIELD_NUMBER: _ClassVar[int]
    DIY_ITEM_INFO_FIELD_NUMBER: _ClassVar[int]
    SCENE_FIELD_NUMBER: _ClassVar[int]
    common: Common
    asset_id: int
    panel_display_text: Text
    show_message: bool
    show_panel: bool
    user: User
    to_user: User
    priority: GiftIMPriority
    log_id: str
    play_priority: int
    required_assets: _containers.RepeatedScalarFieldContainer[int]
    diy_item_info: str
    scene: str
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., asset_id: _Optional[int] = ..., panel_display_text: _Optional[_Union[Text, _Mapping]] = ..., show_message: _Optional[bool] = ..., show_panel: _Optional[bool] = ..., user: _Optional[_Union[User, _Mapping]] = ..., to_user: _Optional[_Union[User, _Mapping]] = ..., priority: _Optional[_Union[GiftIMPriority, _Mapping]] = ..., log_id: _Optional[str] = ..., play_priority: _Optional[int] = ..., required_assets: _Optional[_Iterable[int]] = ..., diy_item_info: _Optional[str] = ..., scene: _Optional[str] = ...) -> None: ...

class AssetEffectUtilMessage(_message.Message):
    __slots__ = ("common", "asset_id", "priority", "price", "text", "text_width", "text_heitht", "tracking", "dress_id", "images", "texts", "finish_self_schema", "piece_values")
    class PieceValuesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: TextPiece
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[TextPiece, _Mapping]] = ...) -> None: ...
    COMMON_FIELD_NUMBER: _ClassVar[int]
    ASSET_ID_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    PRICE_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    TEXT_WIDTH_FIELD_NUMBER: _ClassVar[int]
    TEXT_HEITHT_FIELD_NUMBER: _ClassVar[int]
    TRACKING_FIELD_NUMBER: _ClassVar[int]
    DRESS_ID_FIELD_NUMBER: _ClassVar[int]
    IMAGES_FIELD_NUMBER: _ClassVar[int]
    TEXTS_FIELD_NUMBER: _ClassVar[int]
    FINISH_SELF_SCHEMA_FIELD_NUMBER: _ClassVar[int]
    PIECE_VALUES_FIELD_NUMBER: _ClassVar[int]
    common: Common
    asset_id: int
    priority: int
    price: int
    text: Text
    text_width: int
    text_heitht: int
    tracking: str
    dress_id: str
    images: _containers.RepeatedScalarFieldContainer[bytes]
    texts: _containers.RepeatedScalarFieldContainer[bytes]
    finish_self_schema: str
    piece_values: _containers.MessageMap[str, TextPiece]
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., asset_id: _Optional[int] = ..., priority: _Optional[int] = ..., price: _Optional[int] = ..., text: _Optional[_Union[Text, _Mapping]] = ..., text_width: _Optional[int] = ..., text_heitht: _Optional[int] = ..., tracking: _Optional[str] = ..., dress_id: _Optional[str] = ..., images: _Optional[_Iterable[bytes]] = ..., texts: _Optional[_Iterable[bytes]] = ..., finish_self_schema: _Optional[str] = ..., piece_values: _Optional[_Mapping[str, TextPiece]] = ...) -> None: ...

class TopEffectMessage(_message.Message):
    __slots__ = ("common", "asset_id", "priority", "action", "scene", "end_time", "fade_in_duration", "fade_out_duration", "images", "texts", "extra")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    ASSET_ID_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    SCENE_FIELD_NUMBER: _ClassVar[int]
    END_TIME_FIELD_NUMBER: _ClassVar[int]
    FADE_IN_DURATION_FIELD_NUMBER: _ClassVar[int]
    FADE_OUT_DURATION_FIELD_NUMBER: _ClassVar[int]
    IMAGES_FIELD_NUMBER: _ClassVar[int]
    TEXTS_FIELD_NUMBER: _ClassVar[int]
    EXTRA_FIELD_NUMBER: _ClassVar[int]
    common: Common
    asset_id: int
    priority: int
    action: int
    scene: str
    end_time: int
    fade_in_duration: int
    fade_out_duration: int
    images: _containers.RepeatedScalarFieldContainer[bytes]
    texts: _containers.RepeatedScalarFieldContainer[bytes]
    extra: bytes
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., asset_id: _Optional[int] = ..., priority: _Optional[int] = ..., action: _Optional[int] = ..., scene: _Optional[str] = ..., end_time: _Optional[int] = ..., fade_in_duration: _Optional[int] = ..., fade_out_duration: _Optional[int] = ..., images: _Optional[_Iterable[bytes]] = ..., texts: _Optional[_Iterable[bytes]] = ..., extra: _Optional[bytes] = ...) -> None: ...

class InteractEffectMessage(_message.Message):
    __slots__ = ("common", "effect_id", "extra", "tea_log", "message_type", "arg1", "arg2", "arg3")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    EFFECT_ID_FIELD_NUMBER: _ClassVar[int]
    EXTRA_FIELD_NUMBER: _ClassVar[int]
    TEA_LOG_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_TYPE_FIELD_NUMBER: _ClassVar[int]
    ARG1_FIELD_NUMBER: _ClassVar[int]
    ARG2_FIELD_NUMBER: _ClassVar[int]
    ARG3_FIELD_NUMBER: _ClassVar[int]
    common: Common
    effect_id: int
    extra: str
    tea_log: str
    message_type: int
    arg1: int
    arg2: int
    arg3: str
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., effect_id: _Optional[int] = ..., extra: _Optional[str] = ..., tea_log: _Optional[str] = ..., message_type: _Optional[int] = ..., arg1: _Optional[int] = ..., arg2: _Optional[int] = ..., arg3: _Optional[str] = ...) -> None: ...

class DecorationModifyMessage(_message.Message):
    __slots__ = ("common", "extra")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    EXTRA_FIELD_NUMBER: _ClassVar[int]
    common: Common
    extra: str
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., extra: _Optional[str] = ...) -> None: ...

class DecorationUpdateMessage(_message.Message):
    __slots__ = ("common", "detai")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    DETAI_FIELD_NUMBER: _ClassVar[int]
    common: Common
    detai: bytes
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., detai: _Optional[bytes] = ...) -> None: ...

class ActivityEmojiGroupsMessage(_message.Message):
    __slots__ = ("common", "activity_emoji_groups")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    ACTIVITY_EMOJI_GROUPS_FIELD_NUMBER: _ClassVar[int]
    common: Common
    activity_emoji_groups: _containers.RepeatedScalarFieldContainer[bytes]
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., activity_emoji_groups: _Optional[_Iterable[bytes]] = ...) -> None: ...

class SandwichBorderMessage(_message.Message):
    __slots__ = ("common", "sandwich_border_info")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    SANDWICH_BORDER_INFO_FIELD_NUMBER: _ClassVar[int]
    common: Common
    sandwich_border_info: bytes
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., sandwich_border_info: _Optional[bytes] = ...) -> None: ...

class InRoomBannerRefreshMessage(_message.Message):
    __slots__ = ("common", "max_delay_seconds", "position")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    MAX_DELAY_SECONDS_FIELD_NUMBER: _ClassVar[int]
    POSITION_FIELD_NUMBER: _ClassVar[int]
    common: Common
    max_delay_seconds: int
    position: int
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., max_delay_seconds: _Optional[int] = ..., position: _Optional[int] = ...) -> None: ...

class TempStateAreaReachMessage(_message.Message):
    __slots__ = ("common", "elem_type", "elem_id", "item_id", "status", "resource")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    ELEM_TYPE_FIELD_NUMBER: _ClassVar[int]
    ELEM_ID_FIELD_NUMBER: _ClassVar[int]
    ITEM_ID_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    RESOURCE_FIELD_NUMBER: _ClassVar[int]
    common: Common
    elem_type: int
    elem_id: int
    item_id: int
    status: int
    resource: bytes
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., elem_type: _Optional[int] = ..., elem_id: _Optional[int] = ..., item_id: _Optional[int] = ..., status: _Optional[int] = ..., resource: _Optional[bytes] = ...) -> None: ...

class LuckyBoxMessage(_message.Message):
    __slots__ = ("common", "diamond_count", "box_id", "send_time", "delay_time", "box_type", "title", "large", "background", "is_official", "priority", "user", "description_list", "lucky_icon", "display_duration", "box_status", "flat_duration", "unpack_type", "meta", "extra", "business_type", "top_cover_image", "bottom_cover_image", "box_id_str", "bottom_comment_msg", "is_risky_owner", "activity_id", "dress", "public_area_common", "join_frozen_duration", "biz_extra", "is_mystery_man")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    DIAMOND_COUNT_FIELD_NUMBER: _ClassVar[int]
    BOX_ID_FIELD_NUMBER: _ClassVar[int]
    SEND_TIME_FIELD_NUMBER: _ClassVar[int]
    DELAY_TIME_FIELD_NUMBER: _ClassVar[int]
    BOX_TYPE_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    LARGE_FIELD_NUMBER: _ClassVar[int]
    BACKGROUND_FIELD_NUMBER: _ClassVar[int]
    IS_OFFICIAL_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    USER_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_LIST_FIELD_NUMBER: _ClassVar[int]
    LUCKY_ICON_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_DURATION_FIELD_NUMBER: _ClassVar[int]
    BOX_STATUS_FIELD_NUMBER: _ClassVar[int]
    FLAT_DURATION_FIELD_NUMBER: _ClassVar[int]
    UNPACK_TYPE_FIELD_NUMBER: _ClassVar[int]
    META_FIELD_NUMBER: _ClassVar[int]
    EXTRA_FIELD_NUMBER: _ClassVar[int]
    BUSINESS_TYPE_FIELD_NUMBER: _ClassVar[int]
    TOP_COVER_IMAGE_FIELD_NUMBER: _ClassVar[int]
    BOTTOM_COVER_IMAGE_FIELD_NUMBER: _ClassVar[int]
    BOX_ID_STR_FIELD_NUMBER: _ClassVar[int]
    BOTTOM_COMMENT_MSG_FIELD_NUMBER: _ClassVar[int]
    IS_RISKY_OWNER_FIELD_NUMBER: _ClassVar[int]
    ACTIVITY_ID_FIELD_NUMBER: _ClassVar[int]
    DRESS_FIELD_NUMBER: _ClassVar[int]
    PUBLIC_AREA_COMMON_FIELD_NUMBER: _ClassVar[int]
    JOIN_FROZEN_DURATION_FIELD_NUMBER: _ClassVar[int]
    BIZ_EXTRA_FIELD_NUMBER: _ClassVar[int]
    IS_MYSTERY_MAN_FIELD_NUMBER: _ClassVar[int]
    common: Common
    diamond_count: int
    box_id: int
    send_time: int
    delay_time: int
    box_type: int
    title: str
    large: bool
    background: Image
    is_official: bool
    priority: int
    user: User
    description_list: _containers.RepeatedScalarFieldContainer[bytes]
    lucky_icon: Image
    display_duration: int
    box_status: int
    flat_duration: int
    unpack_type: int
    meta: bytes
    extra: bytes
    business_type: int
    top_cover_image: Image
    bottom_cover_image: Image
    box_id_str: str
    bottom_comment_msg: bytes
    is_risky_owner: bool
    activity_id: str
    dress: bytes
    public_area_common: PublicAreaCommon
    join_frozen_duration: int
    biz_extra: str
    is_mystery_man: bool
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., diamond_count: _Optional[int] = ..., box_id: _Optional[int] = ..., send_time: _Optional[int] = ..., delay_time: _Optional[int] = ..., box_type: _Optional[int] = ..., title: _Optional[str] = ..., large: _Optional[bool] = ..., background: _Optional[_Union[Image, _Mapping]] = ..., is_official: _Optional[bool] = ..., priority: _Optional[int] = ..., user: _Optional[_Union[User, _Mapping]] = ..., description_list: _Optional[_Iterable[bytes]] = ..., lucky_icon: _Optional[_Union[Image, _Mapping]] = ..., display_duration: _Optional[int] = ..., box_status: _Optional[int] = ..., flat_duration: _Optional[int] = ..., unpack_type: _Optional[int] = ..., meta: _Optional[bytes] = ..., extra: _Optional[bytes] = ..., business_type: _Optional[int] = ..., top_cover_image: _Optional[_Union[Image, _Mapping]] = ..., bottom_cover_image: _Optional[_Union[Image, _Mapping]] = ..., box_id_str: _Optional[str] = ..., bottom_comment_msg: _Optional[bytes] = ..., is_risky_owner: _Optional[bool] = ..., activity_id: _Optional[str] = ..., dress: _Optional[bytes] = ..., public_area_common: _Optional[_Union[PublicAreaCommon, _Mapping]] = ..., join_frozen_duration: _Optional[int] = ..., biz_extra: _Optional[str] = ..., is_mystery_man: _Optional[bool] = ...) -> None: ...

class LuckyBoxTempStatusMessage(_message.Message):
    __slots__ = ("common",)
    COMMON_FIELD_NUMBER: _ClassVar[int]
    common: Common
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ...) -> None: ...

class LuckyBoxRewardMessage(_message.Message):
    __slots__ = ("common", "box_id", "box_id_str", "rewarded_user_id", "rewarded_detail", "reward_message_type", "related_item_id", "rewarded_user_openid")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    BOX_ID_FIELD_NUMBER: _ClassVar[int]
    BOX_ID_STR_FIELD_NUMBER: _ClassVar[int]
    REWARDED_USER_ID_FIELD_NUMBER: _ClassVar[int]
    REWARDED_DETAIL_FIELD_NUMBER: _ClassVar[int]
    REWARD_MESSAGE_TYPE_FIELD_NUMBER: _ClassVar[int]
    RELATED_ITEM_ID_FIELD_NUMBER: _ClassVar[int]
    REWARDED_USER_OPENID_FIELD_NUMBER: _ClassVar[int]
    common: Common
    box_id: int
    box_id_str: str
    rewarded_user_id: _containers.RepeatedScalarFieldContainer[str]
    rewarded_detail: _containers.RepeatedScalarFieldContainer[str]
    reward_message_type: int
    related_item_id: str
    rewarded_user_openid: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., box_id: _Optional[int] = ..., box_id_str: _Optional[str] = ..., rewarded_user_id: _Optional[_Iterable[str]] = ..., rewarded_detail: _Optional[_Iterable[str]] = ..., reward_message_type: _Optional[int] = ..., related_item_id: _Optional[str] = ..., rewarded_user_openid: _Optional[_Iterable[str]] = ...) -> None: ...

class LuckyBoxEndMessage(_message.Message):
    __slots__ = ("common", "box_id", "box_id_str")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    BOX_ID_FIELD_NUMBER: _ClassVar[int]
    BOX_ID_STR_FIELD_NUMBER: _ClassVar[int]
    common: Common
    box_id: int
    box_id_str: str
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., box_id: _Optional[int] = ..., box_id_str: _Optional[str] = ...) -> None: ...

class LotteryEventMessage(_message.Message):
    __slots__ = ("common", "lottery_id", "lottery_status", "lottery_start_time", "lottery_draw_time", "lottery_current_time", "rule_page_scheme")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    LOTTERY_ID_FIELD_NUMBER: _ClassVar[int]
    LOTTERY_STATUS_FIELD_NUMBER: _ClassVar[int]
    LOTTERY_START_TIME_FIELD_NUMBER: _ClassVar[int]
    LOTTERY_DRAW_TIME_FIELD_NUMBER: _ClassVar[int]
    LOTTERY_CURRENT_TIME_FIELD_NUMBER: _ClassVar[int]
    RULE_PAGE_SCHEME_FIELD_NUMBER: _ClassVar[int]
    common: Common
    lottery_id: int
    lottery_status: int
    lottery_start_time: int
    lottery_draw_time: int
    lottery_current_time: int
    rule_page_scheme: str
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., lottery_id: _Optional[int] = ..., lottery_status: _Optional[int] = ..., lottery_start_time: _Optional[int] = ..., lottery_draw_time: _Optional[int] = ..., lottery_current_time: _Optional[int] = ..., rule_page_scheme: _Optional[str] = ...) -> None: ...

class LotteryEventNewMessage(_message.Message):
    __slots__ = ("common", "lottery_id", "lottery_status", "lottery_start_time", "lottery_draw_time", "lottery_current_time", "rule_page_scheme", "prize_type", "lottery_audit_failure_reason", "conditions", "extra", "use_new_draw_interaction", "prize_count", "lucky_count", "client_biz_data", "server_biz_data", "ui_config", "award_name", "award_description", "max_random_delay_duration_by_ms", "conditions_detail", "extra_award_client_biz_data", "extra_award_server_biz_data", "extra_award_ui_config")
    class ExtraEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    COMMON_FIELD_NUMBER: _ClassVar[int]
    LOTTERY_ID_FIELD_NUMBER: _ClassVar[int]
    LOTTERY_STATUS_FIELD_NUMBER: _ClassVar[int]
    LOTTERY_START_TIME_FIELD_NUMBER: _ClassVar[int]
    LOTTERY_DRAW_TIME_FIELD_NUMBER: _ClassVar[int]
    LOTTERY_CURRENT_TIME_FIELD_NUMBER: _ClassVar[int]
    RULE_PAGE_SCHEME_FIELD_NUMBER: _ClassVar[int]
    PRIZE_TYPE_FIELD_NUMBER: _ClassVar[int]
    LOTTERY_AUDIT_FAILURE_REASON_FIELD_NUMBER: _ClassVar[int]
    CONDITIONS_FIELD_NUMBER: _ClassVar[int]
    EXTRA_FIELD_NUMBER: _ClassVar[int]
    USE_NEW_DRAW_INTERACTION_FIELD_NUMBER: _ClassVar[int]
    PRIZE_COUNT_FIELD_NUMBER: _ClassVar[int]
    LUCKY_COUNT_FIELD_NUMBER: _ClassVar[int]
    CLIENT_BIZ_DATA_FIELD_NUMBER: _ClassVar[int]
    SERVER_BIZ_DATA_FIELD_NUMBER: _ClassVar[int]
    UI_CONFIG_FIELD_NUMBER: _ClassVar[int]
    AWARD_NAME_FIELD_NUMBER: _ClassVar[int]
    AWARD_DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    MAX_RANDOM_DELAY_DURATION_BY_MS_FIELD_NUMBER: _ClassVar[int]
    CONDITIONS_DETAIL_FIELD_NUMBER: _ClassVar[int]
    EXTRA_AWARD_CLIENT_BIZ_DATA_FIELD_NUMBER: _ClassVar[int]
    EXTRA_AWARD_SERVER_BIZ_DATA_FIELD_NUMBER: _ClassVar[int]
    EXTRA_AWARD_UI_CONFIG_FIELD_NUMBER: _ClassVar[int]
    common: Common
    lottery_id: int
    lottery_status: int
    lottery_start_time: int
    lottery_draw_time: int
    lottery_current_time: int
    rule_page_scheme: str
    prize_type: int
    lottery_audit_failure_reason: str
    conditions: _containers.RepeatedScalarFieldContainer[int]
    extra: _containers.ScalarMap[str, str]
    use_new_draw_interaction: bool
    prize_count: int
    lucky_count: int
    client_biz_data: str
    server_biz_data: str
    ui_config: str
    award_name: str
    award_description: str
    max_random_delay_duration_by_ms: int
    conditions_detail: _containers.RepeatedScalarFieldContainer[bytes]
    extra_award_client_biz_data: str
    extra_award_server_biz_data: str
    extra_award_ui_config: str
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., lottery_id: _Optional[int] = ..., lottery_status: _Optional[int] = ..., lottery_start_time: _Optional[int] = ..., lottery_draw_time: _Optional[int] = ..., lottery_current_time: _Optional[int] = ..., rule_page_scheme: _Optional[str] = ..., prize_type: _Optional[int] = ..., lottery_audit_failure_reason: _Optional[str] = ..., conditions: _Optional[_Iterable[int]] = ..., extra: _Optional[_Mapping[str, str]] = ..., use_new_draw_interaction: _Optional[bool] = ..., prize_count: _Optional[int] = ..., lucky_count: _Optional[int] = ..., client_biz_data: _Optional[str] = ..., server_biz_data: _Optional[str] = ..., ui_config: _Optional[str] = ..., award_name: _Optional[str] = ..., award_description: _Optional[str] = ..., max_random_delay_duration_by_ms: _Optional[int] = ..., conditions_detail: _Optional[_Iterable[bytes]] = ..., extra_award_client_biz_data: _Optional[str] = ..., extra_award_server_biz_data: _Optional[str] = ..., extra_award_ui_config: _Optional[str] = ...) -> None: ...

class LotteryDrawResultEventMessage(_message.Message):
    __slots__ = ("common", "lottery_id", "user_ids", "extra", "user_openids")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    LOTTERY_ID_FIELD_NUMBER: _ClassVar[int]
    USER_IDS_FIELD_NUMBER: _ClassVar[int]
    EXTRA_FIELD_NUMBER: _ClassVar[int]
    USER_OPENIDS_FIELD_NUMBER: _ClassVar[int]
    common: Common
    lottery_id: int
    user_ids: _containers.RepeatedScalarFieldContainer[int]
    extra: str
    user_openids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., lottery_id: _Optional[int] = ..., user_ids: _Optional[_Iterable[int]] = ..., extra: _Optional[str] = ..., user_openids: _Optional[_Iterable[str]] = ...) -> None: ...

class PrizeNoticeMessage(_message.Message):
    __slots__ = ("common", "asset_id", "image_info", "landscape_bg_img", "landscape_content", "scene_context_id", "landscape_height", "play_priority", "extra", "use_separate_player")
    class ExtraEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    COMMON_FIELD_NUMBER: _ClassVar[int]
    ASSET_ID_FIELD_NUMBER: _ClassVar[int]
    IMAGE_INFO_FIELD_NUMBER: _ClassVar[int]
    LANDSCAPE_BG_IMG_FIELD_NUMBER: _ClassVar[int]
    LANDSCAPE_CONTENT_FIELD_NUMBER: _ClassVar[int]
    SCENE_CONTEXT_ID_FIELD_NUMBER: _ClassVar[int]
    LANDSCAPE_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    PLAY_PRIORITY_FIELD_NUMBER: _ClassVar[int]
    EXTRA_FIELD_NUMBER: _ClassVar[int]
    USE_SEPARATE_PLAYER_FIELD_NUMBER: _ClassVar[int]
    common: Common
    asset_id: int
    image_info: bytes
    landscape_bg_img: Image
    landscape_content: str
    scene_context_id: int
    landscape_height: int
    play_priority: int
    extra: _containers.ScalarMap[str, str]
    use_separate_player: bool
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., asset_id: _Optional[int] = ..., image_info: _Optional[bytes] = ..., landscape_bg_img: _Optional[_Union[Image, _Mapping]] = ..., landscape_content: _Optional[str] = ..., scene_context_id: _Optional[int] = ..., landscape_height: _Optional[int] = ..., play_priority: _Optional[int] = ..., extra: _Optional[_Mapping[str, str]] = ..., use_separate_player: _Optional[bool] = ...) -> None: ...

class GrowthTaskMessage(_message.Message):
    __slots__ = ("common", "task", "action", "current_contribution", "contributors", "queue_task_len", "contributor_total_num")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    TASK_FIELD_NUMBER: _ClassVar[int]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    CURRENT_CONTRIBUTION_FIELD_NUMBER: _ClassVar[int]
    CONTRIBUTORS_FIELD_NUMBER: _ClassVar[int]
    QUEUE_TASK_LEN_FIELD_NUMBER: _ClassVar[int]
    CONTRIBUTOR_TOTAL_NUM_FIELD_NUMBER: _ClassVar[int]
    common: Common
    task: bytes
    action: int
    current_contribution: bytes
    contributors: _containers.RepeatedScalarFieldContainer[bytes]
    queue_task_len: int
    contributor_total_num: int
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., task: _Optional[bytes] = ..., action: _Optional[int] = ..., current_contribution: _Optional[bytes] = ..., contributors: _Optional[_Iterable[bytes]] = ..., queue_task_len: _Optional[int] = ..., contributor_total_num: _Optional[int] = ...) -> None: ...

class QuizAudienceStatusMessage(_message.Message):
    __slots__ = ("common", "quiz_list")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    QUIZ_LIST_FIELD_NUMBER: _ClassVar[int]
    common: Common
    quiz_list: _containers.RepeatedScalarFieldContainer[bytes]
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., quiz_list: _Optional[_Iterable[bytes]] = ...) -> None: ...

class RankListAwardMessage(_message.Message):
    __slots__ = ("common", "asset_id", "effect_open", "rank_type", "rank", "star_activity_grade_medal", "scheme_url", "asset_image", "play_priority", "text")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    ASSET_ID_FIELD_NUMBER: _ClassVar[int]
    EFFECT_OPEN_FIELD_NUMBER: _ClassVar[int]
    RANK_TYPE_FIELD_NUMBER: _ClassVar[int]
    RANK_FIELD_NUMBER: _ClassVar[int]
    STAR_ACTIVITY_GRADE_MEDAL_FIELD_NUMBER: _ClassVar[int]
    SCHEME_URL_FIELD_NUMBER: _ClassVar[int]
    ASSET_IMAGE_FIELD_NUMBER: _ClassVar[int]
    PLAY_PRIORITY_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    common: Common
    asset_id: int
    effect_open: bool
    rank_type: int
    rank: int
    star_activity_grade_medal: bytes
    scheme_url: str
    asset_image: Image
    play_priority: int
    text: Text
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., asset_id: _Optional[int] = ..., effect_open: _Optional[bool] = ..., rank_type: _Optional[int] = ..., rank: _Optional[int] = ..., star_activity_grade_medal: _Optional[bytes] = ..., scheme_url: _Optional[str] = ..., asset_image: _Optional[_Union[Image, _Mapping]] = ..., play_priority: _Optional[int] = ..., text: _Optional[_Union[Text, _Mapping]] = ...) -> None: ...

class SunDailyRankMessage(_message.Message):
    __slots__ = ("common", "content", "duration", "after_content", "message_type", "schema", "extra", "style", "after_display_text", "rank", "rich_content", "user_side_content", "content_type", "city_code", "rank_stage", "ranks", "begin_time", "delta_time", "entrance_appearing_text", "display_text_v2", "after_display_text_v2", "duration_v2")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    DURATION_FIELD_NUMBER: _ClassVar[int]
    AFTER_CONTENT_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_TYPE_FIELD_NUMBER: _ClassVar[int]
    SCHEMA_FIELD_NUMBER: _ClassVar[int]
    EXTRA_FIELD_NUMBER: _ClassVar[int]
    STYLE_FIELD_NUMBER: _ClassVar[int]
    AFTER_DISPLAY_TEXT_FIELD_NUMBER: _ClassVar[int]
    RANK_FIELD_NUMBER: _ClassVar[int]
    RICH_CONTENT_FIELD_NUMBER: _ClassVar[int]
    USER_SIDE_CONTENT_FIELD_NUMBER: _ClassVar[int]
    CONTENT_TYPE_FIELD_NUMBER: _ClassVar[int]
    CITY_CODE_FIELD_NUMBER: _ClassVar[int]
    RANK_STAGE_FIELD_NUMBER: _ClassVar[int]
    RANKS_FIELD_NUMBER: _ClassVar[int]
    BEGIN_TIME_FIELD_NUMBER: _ClassVar[int]
    DELTA_TIME_FIELD_NUMBER: _ClassVar[int]
    ENTRANCE_APPEARING_TEXT_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_TEXT_V2_FIELD_NUMBER: _ClassVar[int]
    AFTER_DISPLAY_TEXT_V2_FIELD_NUMBER: _ClassVar[int]
    DURATION_V2_FIELD_NUMBER: _ClassVar[int]
    common: Common
    content: str
    duration: int
    after_content: str
    message_type: int
    schema: str
    extra: str
    style: str
    after_display_text: Text
    rank: int
    rich_content: str
    user_side_content: str
    content_type: int
    city_code: str
    rank_stage: int
    ranks: _containers.RepeatedScalarFieldContainer[bytes]
    begin_time: int
    delta_time: int
    entrance_appearing_text: Text
    display_text_v2: Text
    after_display_text_v2: Text
    duration_v2: int
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., content: _Optional[str] = ..., duration: _Optional[int] = ..., after_content: _Optional[str] = ..., message_type: _Optional[int] = ..., schema: _Optional[str] = ..., extra: _Optional[str] = ..., style: _Optional[str] = ..., after_display_text: _Optional[_Union[Text, _Mapping]] = ..., rank: _Optional[int] = ..., rich_content: _Optional[str] = ..., user_side_content: _Optional[str] = ..., content_type: _Optional[int] = ..., city_code: _Optional[str] = ..., rank_stage: _Optional[int] = ..., ranks: _Optional[_Iterable[bytes]] = ..., begin_time: _Optional[int] = ..., delta_time: _Optional[int] = ..., entrance_appearing_text: _Optional[_Union[Text, _Mapping]] = ..., display_text_v2: _Optional[_Union[Text, _Mapping]] = ..., after_display_text_v2: _Optional[_Union[Text, _Mapping]] = ..., duration_v2: _Optional[int] = ...) -> None: ...

class ProfitInteractionScoreMessage(_message.Message):
    __slots__ = ("common", "anchor_infos", "interaction_score_status", "channel_id", "start_time", "interaction_score_action", "extra", "game_extra", "open_anchor_infos")
    class AnchorInfosEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: int
        value: bytes
        def __init__(self, key: _Optional[int] = ..., value: _Optional[bytes] = ...) -> None: ...
    class OpenAnchorInfosEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: int
        value: bytes
        def __init__(self, key: _Optional[int] = ..., value: _Optional[bytes] = ...) -> None: ...
    COMMON_FIELD_NUMBER: _ClassVar[int]
    ANCHOR_INFOS_FIELD_NUMBER: _ClassVar[int]
    INTERACTION_SCORE_STATUS_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_ID_FIELD_NUMBER: _ClassVar[int]
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    INTERACTION_SCORE_ACTION_FIELD_NUMBER: _ClassVar[int]
    EXTRA_FIELD_NUMBER: _ClassVar[int]
    GAME_EXTRA_FIELD_NUMBER: _ClassVar[int]
    OPEN_ANCHOR_INFOS_FIELD_NUMBER: _ClassVar[int]
    common: Common
    anchor_infos: _containers.ScalarMap[int, bytes]
    interaction_score_status: int
    channel_id: int
    start_time: int
    interaction_score_action: int
    extra: str
    game_extra: str
    open_anchor_infos: _containers.ScalarMap[int, bytes]
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., anchor_infos: _Optional[_Mapping[int, bytes]] = ..., interaction_score_status: _Optional[int] = ..., channel_id: _Optional[int] = ..., start_time: _Optional[int] = ..., interaction_score_action: _Optional[int] = ..., extra: _Optional[str] = ..., game_extra: _Optional[str] = ..., open_anchor_infos: _Optional[_Mapping[int, bytes]] = ...) -> None: ...

class ProfitGameStatusMessage(_message.Message):
    __slots__ = ("common", "status", "room_id", "stream_url", "game_id", "app_id", "link_game_id", "ios_stream_url", "android_stream_url", "game_extra", "push_stream_type", "linker_extra", "game_type", "init_param", "anchor_open_id", "reason", "server_rtc_stream", "track_info", "channel_id", "biz_type")
    class TrackInfoEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    COMMON_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    ROOM_ID_FIELD_NUMBER: _ClassVar[int]
    STREAM_URL_FIELD_NUMBER: _ClassVar[int]
    GAME_ID_FIELD_NUMBER: _ClassVar[int]
    APP_ID_FIELD_NUMBER: _ClassVar[int]
    LINK_GAME_ID_FIELD_NUMBER: _ClassVar[int]
    IOS_STREAM_URL_FIELD_NUMBER: _ClassVar[int]
    ANDROID_STREAM_URL_FIELD_NUMBER: _ClassVar[int]
    GAME_EXTRA_FIELD_NUMBER: _ClassVar[int]
    PUSH_STREAM_TYPE_FIELD_NUMBER: _ClassVar[int]
    LINKER_EXTRA_FIELD_NUMBER: _ClassVar[int]
    GAME_TYPE_FIELD_NUMBER: _ClassVar[int]
    INIT_PARAM_FIELD_NUMBER: _ClassVar[int]
    ANCHOR_OPEN_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    SERVER_RTC_STREAM_FIELD_NUMBER: _ClassVar[int]
    TRACK_INFO_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_ID_FIELD_NUMBER: _ClassVar[int]
    BIZ_TYPE_FIELD_NUMBER: _ClassVar[int]
    common: Common
    status: int
    room_id: str
    stream_url: bytes
    game_id: int
    app_id: str
    link_game_id: int
    ios_stream_url: bytes
    android_stream_url: bytes
    game_extra: str
    push_stream_type: int
    linker_extra: str
    game_type: int
    init_param: str
    anchor_open_id: str
    reason: int
    server_rtc_stream: bool
    track_info: _containers.ScalarMap[str, str]
    channel_id: int
    biz_type: int
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., status: _Optional[int] = ..., room_id: _Optional[str] = ..., stream_url: _Optional[bytes] = ..., game_id: _Optional[int] = ..., app_id: _Optional[str] = ..., link_game_id: _Optional[int] = ..., ios_stream_url: _Optional[bytes] = ..., android_stream_url: _Optional[bytes] = ..., game_extra: _Optional[str] = ..., push_stream_type: _Optional[int] = ..., linker_extra: _Optional[str] = ..., game_type: _Optional[int] = ..., init_param: _Optional[str] = ..., anchor_open_id: _Optional[str] = ..., reason: _Optional[int] = ..., server_rtc_stream: _Optional[bool] = ..., track_info: _Optional[_Mapping[str, str]] = ..., channel_id: _Optional[int] = ..., biz_type: _Optional[int] = ...) -> None: ...

class LiveShoppingMessage(_message.Message):
    __slots__ = ("common", "msg_type", "promotion_id", "target_uid", "bubble_type", "screenshot_timestamp", "sec_target_uid", "ecom_notice", "updated_product_ids", "update_type", "updated_product_info", "sold_out", "updated_coupon_info", "updated_campaign_info", "update_timestamp", "button_label", "promotions_num", "update_sku_info", "updated_commentary_video_info", "updated_group_info", "commerce_authority_change_toast", "trace_time_metric", "auction_success", "auction_info", "redpack_activity_info", "updated_cart_info", "lottery_info", "win_lotteryinfo", "lottery_info_list", "hot_atmosphere", "update_toast", "can_sold", "logical_clock", "room_tag_offline_info", "filter_switch_change_data", "interaction_data", "target_open_id")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    MSG_TYPE_FIELD_NUMBER: _ClassVar[int]
    PROMOTION_ID_FIELD_NUMBER: _ClassVar[int]
    TARGET_UID_FIELD_NUMBER: _ClassVar[int]
    BUBBLE_TYPE_FIELD_NUMBER: _ClassVar[int]
    SCREENSHOT_TIMESTAMP_FIELD_NUMBER: _ClassVar[int]
    SEC_TARGET_UID_FIELD_NUMBER: _ClassVar[int]
    ECOM_NOTICE_FIELD_NUMBER: _ClassVar[int]
    UPDATED_PRODUCT_IDS_FIELD_NUMBER: _ClassVar[int]
    UPDATE_TYPE_FIELD_NUMBER: _ClassVar[int]
    UPDATED_PRODUCT_INFO_FIELD_NUMBER: _ClassVar[int]
    SOLD_OUT_FIELD_NUMBER: _ClassVar[int]
    UPDATED_COUPON_INFO_FIELD_NUMBER: _ClassVar[int]
    UPDATED_CAMPAIGN_INFO_FIELD_NUMBER: _ClassVar[int]
    UPDATE_TIMESTAMP_FIELD_NUMBER: _ClassVar[int]
    BUTTON_LABEL_FIELD_NUMBER: _ClassVar[int]
    PROMOTIONS_NUM_FIELD_NUMBER: _ClassVar[int]
    UPDATE_SKU_INFO_FIELD_NUMBER: _ClassVar[int]
    UPDATED_COMMENTARY_VIDEO_INFO_FIELD_NUMBER: _ClassVar[int]
    UPDATED_GROUP_INFO_FIELD_NUMBER: _ClassVar[int]
    COMMERCE_AUTHORITY_CHANGE_TOAST_FIELD_NUMBER: _ClassVar[int]
    TRACE_TIME_METRIC_FIELD_NUMBER: _ClassVar[int]
    AUCTION_SUCCESS_FIELD_NUMBER: _ClassVar[int]
    AUCTION_INFO_FIELD_NUMBER: _ClassVar[int]
    REDPACK_ACTIVITY_INFO_FIELD_NUMBER: _ClassVar[int]
    UPDATED_CART_INFO_FIELD_NUMBER: _ClassVar[int]
    LOTTERY_INFO_FIELD_NUMBER: _ClassVar[int]
    WIN_LOTTERYINFO_FIELD_NUMBER: _ClassVar[int]
    LOTTERY_INFO_LIST_FIELD_NUMBER: _ClassVar[int]
    HOT_ATMOSPHERE_FIELD_NUMBER: _ClassVar[int]
    UPDATE_TOAST_FIELD_NUMBER: _ClassVar[int]
    CAN_SOLD_FIELD_NUMBER: _ClassVar[int]
    LOGICAL_CLOCK_FIELD_NUMBER: _ClassVar[int]
    ROOM_TAG_OFFLINE_INFO_FIELD_NUMBER: _ClassVar[int]
    FILTER_SWITCH_CHANGE_DATA_FIELD_NUMBER: _ClassVar[int]
    INTERACTION_DATA_FIELD_NUMBER: _ClassVar[int]
    TARGET_OPEN_ID_FIELD_NUMBER: _ClassVar[int]
    common: Common
    msg_type: int
    promotion_id: int
    target_uid: _containers.RepeatedScalarFieldContainer[int]
    bubble_type: int
    screenshot_timestamp: int
    sec_target_uid: _containers.RepeatedScalarFieldContainer[str]
    ecom_notice: str
    updated_product_ids: _containers.RepeatedScalarFieldContainer[int]
    update_type: int
    updated_product_info: bytes
    sold_out: bool
    updated_coupon_info: bytes
    updated_campaign_info: bytes
    update_timestamp: int
    button_label: str
    promotions_num: int
    update_sku_info: bytes
    updated_commentary_video_info: bytes
    updated_group_info: bytes
    commerce_authority_change_toast: str
    trace_time_metric: bytes
    auction_success: bytes
    auction_info: bytes
    redpack_activity_info: bytes
    updated_cart_info: bytes
    lottery_info: bytes
    win_lotteryinfo: bytes
    lottery_info_list: bytes
    hot_atmosphere: bytes
    update_toast: str
    can_sold: bool
    logical_clock: int
    room_tag_offline_info: bytes
    filter_switch_change_data: bytes
    interaction_data: bytes
    target_open_id: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., msg_type: _Optional[int] = ..., promotion_id: _Optional[int] = ..., target_uid: _Optional[_Iterable[int]] = ..., bubble_type: _Optional[int] = ..., screenshot_timestamp: _Optional[int] = ..., sec_target_uid: _Optional[_Iterable[str]] = ..., ecom_notice: _Optional[str] = ..., updated_product_ids: _Optional[_Iterable[int]] = ..., update_type: _Optional[int] = ..., updated_product_info: _Optional[bytes] = ..., sold_out: _Optional[bool] = ..., updated_coupon_info: _Optional[bytes] = ..., updated_campaign_info: _Optional[bytes] = ..., update_timestamp: _Optional[int] = ..., button_label: _Optional[str] = ..., promotions_num: _Optional[int] = ..., update_sku_info: _Optional[bytes] = ..., updated_commentary_video_info: _Optional[bytes] = ..., updated_group_info: _Optional[bytes] = ..., commerce_authority_change_toast: _Optional[str] = ..., trace_time_metric: _Optional[bytes] = ..., auction_success: _Optional[bytes] = ..., auction_info: _Optional[bytes] = ..., redpack_activity_info: _Optional[bytes] = ..., updated_cart_info: _Optional[bytes] = ..., lottery_info: _Optional[bytes] = ..., win_lotteryinfo: _Optional[bytes] = ..., lottery_info_list: _Optional[bytes] = ..., hot_atmosphere: _Optional[bytes] = ..., update_toast: _Optional[str] = ..., can_sold: _Optional[bool] = ..., logical_clock: _Optional[int] = ..., room_tag_offline_info: _Optional[bytes] = ..., filter_switch_change_data: _Optional[bytes] = ..., interaction_data: _Optional[bytes] = ..., target_open_id: _Optional[_Iterable[str]] = ...) -> None: ...

class ProductChangeMessage(_message.Message):
    __slots__ = ("common", "update_timestamp", "update_toast", "update_product_info", "total", "target_uid", "sec_target_uid", "update_category_info", "target_open_ids")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    UPDATE_TIMESTAMP_FIELD_NUMBER: _ClassVar[int]
    UPDATE_TOAST_FIELD_NUMBER: _ClassVar[int]
    UPDATE_PRODUCT_INFO_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    TARGET_UID_FIELD_NUMBER: _ClassVar[int]
    SEC_TARGET_UID_FIELD_NUMBER: _ClassVar[int]
    UPDATE_CATEGORY_INFO_FIELD_NUMBER: _ClassVar[int]
    TARGET_OPEN_IDS_FIELD_NUMBER: _ClassVar[int]
    common: Common
    update_timestamp: int
    update_toast: str
    update_product_info: _containers.RepeatedScalarFieldContainer[bytes]
    total: int
    target_uid: _containers.RepeatedScalarFieldContainer[int]
    sec_target_uid: _containers.RepeatedScalarFieldContainer[str]
    update_category_info: _containers.RepeatedScalarFieldContainer[bytes]
    target_open_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., update_timestamp: _Optional[int] = ..., update_toast: _Optional[str] = ..., update_product_info: _Optional[_Iterable[bytes]] = ..., total: _Optional[int] = ..., target_uid: _Optional[_Iterable[int]] = ..., sec_target_uid: _Optional[_Iterable[str]] = ..., update_category_info: _Optional[_Iterable[bytes]] = ..., target_open_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class LiveEcomGeneralMessage(_message.Message):
    __slots__ = ("common", "content_type", "content_format", "logic_clock", "trace_time_metric", "data", "target_room_id")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    CONTENT_TYPE_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FORMAT_FIELD_NUMBER: _ClassVar[int]
    LOGIC_CLOCK_FIELD_NUMBER: _ClassVar[int]
    TRACE_TIME_METRIC_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    TARGET_ROOM_ID_FIELD_NUMBER: _ClassVar[int]
    common: Common
    content_type: str
    content_format: str
    logic_clock: int
    trace_time_metric: bytes
    data: bytes
    target_room_id: int
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., content_type: _Optional[str] = ..., content_format: _Optional[str] = ..., logic_clock: _Optional[int] = ..., trace_time_metric: _Optional[bytes] = ..., data: _Optional[bytes] = ..., target_room_id: _Optional[int] = ...) -> None: ...

class LiveEcomMessage(_message.Message):
    __slots__ = ("common", "msg_type", "nick_name", "purchase_cnt", "text", "icon", "meta_id", "server_time", "countdown", "activity_json_str", "coupon_type", "activity_info", "coupon_meta", "meta_id_str")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    MSG_TYPE_FIELD_NUMBER: _ClassVar[int]
    NICK_NAME_FIELD_NUMBER: _ClassVar[int]
    PURCHASE_CNT_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    ICON_FIELD_NUMBER: _ClassVar[int]
    META_ID_FIELD_NUMBER: _ClassVar[int]
    SERVER_TIME_FIELD_NUMBER: _ClassVar[int]
    COUNTDOWN_FIELD_NUMBER: _ClassVar[int]
    ACTIVITY_JSON_STR_FIELD_NUMBER: _ClassVar[int]
    COUPON_TYPE_FIELD_NUMBER: _ClassVar[int]
    ACTIVITY_INFO_FIELD_NUMBER: _ClassVar[int]
    COUPON_META_FIELD_NUMBER: _ClassVar[int]
    META_ID_STR_FIELD_NUMBER: _ClassVar[int]
    common: Common
    msg_type: int
    nick_name: str
    purchase_cnt: int
    text: str
    icon: str
    meta_id: int
    server_time: int
    countdown: int
    activity_json_str: str
    coupon_type: int
    activity_info: bytes
    coupon_meta: bytes
    meta_id_str: str
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., msg_type: _Optional[int] = ..., nick_name: _Optional[str] = ..., purchase_cnt: _Optional[int] = ..., text: _Optional[str] = ..., icon: _Optional[str] = ..., meta_id: _Optional[int] = ..., server_time: _Optional[int] = ..., countdown: _Optional[int] = ..., activity_json_str: _Optional[str] = ..., coupon_type: _Optional[int] = ..., activity_info: _Optional[bytes] = ..., coupon_meta: _Optional[bytes] = ..., meta_id_str: _Optional[str] = ...) -> None: ...

class ShelfTradeDataMessage(_message.Message):
    __slots__ = ("common", "data")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    common: Common
    data: bytes
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., data: _Optional[bytes] = ...) -> None: ...

class CommerceMessage(_message.Message):
    __slots__ = ("common", "message_type", "content")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_TYPE_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    common: Common
    message_type: int
    content: str
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., message_type: _Optional[int] = ..., content: _Optional[str] = ...) -> None: ...

class DataLifeLiveMessage(_message.Message):
    __slots__ = ("common", "type", "body")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    BODY_FIELD_NUMBER: _ClassVar[int]
    common: Common
    type: int
    body: str
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., type: _Optional[int] = ..., body: _Optional[str] = ...) -> None: ...

class CustomizedCardMessage(_message.Message):
    __slots__ = ("common", "card", "app_id", "start_id", "scene_source")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    CARD_FIELD_NUMBER: _ClassVar[int]
    APP_ID_FIELD_NUMBER: _ClassVar[int]
    START_ID_FIELD_NUMBER: _ClassVar[int]
    SCENE_SOURCE_FIELD_NUMBER: _ClassVar[int]
    common: Common
    card: bytes
    app_id: str
    start_id: str
    scene_source: int
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., card: _Optional[bytes] = ..., app_id: _Optional[str] = ..., start_id: _Optional[str] = ..., scene_source: _Optional[int] = ...) -> None: ...

class LinkMicMethod(_message.Message):
    __slots__ = ("common", "message_type", "access_key", "anchor_linkmic_id", "user_id", "fan_ticket", "total_linkmic_fan_ticket", "channel_id", "layout", "vendor", "dimension", "theme", "invite_uid", "answer", "start_time", "duration", "user_scores", "match_type", "win", "prompts", "to_user_id", "contributors", "linkmic_layout", "from_user_id", "tips", "start_time_ms", "confluence_type", "from_room_id", "invite_type", "sub_type", "inviter_rival_extra", "rtc_ext_info", "rtc_app_id", "app_id", "app_sign", "rtc_app_sign", "anchor_linkmic_id_str", "rival_anchor_id", "rival_linkmic_id", "rival_linkmic_id_str", "show_popup", "sec_invite_uid", "scene", "sec_apply_uid", "linked_users", "sec_from_user_id", "reply_type", "reply_prompts", "sec_to_user_id", "invitor_info", "rtc_join_channel", "sub_scene", "support_update_link_type", "link_type", "source", "backup_anchor_linkmic_info", "play_modes", "linked_list_users", "locked_positions", "end_reason", "multi_rtc_info", "multi_live_core_info", "layout_config_version", "control_type", "ban_anchor_info", "version", "join_teamfight_info", "paid_count", "link_duration", "live_core_ext_info", "game_invite_info", "ui_layout", "invite_message", "multi_channel_info", "kick_out_source", "linker_content_map", "function_type", "msg_board_item", "from_user_linkmic_id_str", "ack_message", "init_source", "score_update_log_id", "switch_play_mode", "update_message_from", "guest_linkmic_info", "mcu_content", "breakthrough_info", "linker_base_info", "action_source", "battle_bar_config", "from_user", "auxiliary_score_infos", "linker_session_id", "remote_linker_session_id", "link_game_info", "invite_image", "invite_prompt", "join_channel_data", "switch_to_silence", "is_auto_join", "game_barrage_linker_id", "game_barrage_linker_finish_reason", "chorus_cdn_info", "battle_id", "invite_subtitle", "push_rtc_type", "lynx_data", "client_ui_info", "tracking_data", "throne_fight_info", "from_user_id_str", "biz_tag", "open_id", "invite_open_id", "to_open_id", "from_open_id", "rival_anchor_open_id")
    class ContributorsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: int
        value: bytes
        def __init__(self, key: _Optional[int] = ..., value: _Optional[bytes] = ...) -> None: ...
    class LinkerContentMapEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: int
        value: bytes
        def __init__(self, key: _Optional[int] = ..., value: _Optional[bytes] = ...) -> None: ...
    class AuxiliaryScoreInfosEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: int
        value: bytes
        def __init__(self, key: _Optional[int] = ..., value: _Optional[bytes] = ...) -> None: ...
    COMMON_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_TYPE_FIELD_NUMBER: _ClassVar[int]
    ACCESS_KEY_FIELD_NUMBER: _ClassVar[int]
    ANCHOR_LINKMIC_ID_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    FAN_TICKET_FIELD_NUMBER: _ClassVar[int]
    TOTAL_LINKMIC_FAN_TICKET_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_ID_FIELD_NUMBER: _ClassVar[int]
    LAYOUT_FIELD_NUMBER: _ClassVar[int]
    VENDOR_FIELD_NUMBER: _ClassVar[int]
    DIMENSION_FIELD_NUMBER: _ClassVar[int]
    THEME_FIELD_NUMBER: _ClassVar[int]
    INVITE_UID_FIELD_NUMBER: _ClassVar[int]
    ANSWER_FIELD_NUMBER: _ClassVar[int]
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    DURATION_FIELD_NUMBER: _ClassVar[int]
    USER_SCORES_FIELD_NUMBER: _ClassVar[int]
    MATCH_TYPE_FIELD_NUMBER: _ClassVar[int]
    WIN_FIELD_NUMBER: _ClassVar[int]
    PROMPTS_FIELD_NUMBER: _ClassVar[int]
    TO_USER_ID_FIELD_NUMBER: _ClassVar[int]
    CONTRIBUTORS_FIELD_NUMBER: _ClassVar[int]
    LINKMIC_LAYOUT_FIELD_NUMBER: _ClassVar[int]
    FROM_USER_ID_FIELD_NUMBER: _ClassVar[int]
    TIPS_FIELD_NUMBER: _ClassVar[int]
    START_TIME_MS_FIELD_NUMBER: _ClassVar[int]
    CONFLUENCE_TYPE_FIELD_NUMBER: _ClassVar[int]
    FROM_ROOM_ID_FIELD_NUMBER: _ClassVar[int]
    INVITE_TYPE_FIELD_NUMBER: _ClassVar[int]
    SUB_TYPE_FIELD_NUMBER: _ClassVar[int]
    INVITER_RIVAL_EXTRA_FIELD_NUMBER: _ClassVar[int]
    RTC_EXT_INFO_FIELD_NUMBER: _ClassVar[int]
    RTC_APP_ID_FIELD_NUMBER: _ClassVar[int]
    APP_ID_FIELD_NUMBER: _ClassVar[int]
    APP_SIGN_FIELD_NUMBER: _ClassVar[int]
    RTC_APP_SIGN_FIELD_NUMBER: _ClassVar[int]
    ANCHOR_LINKMIC_ID_STR_FIELD_NUMBER: _ClassVar[int]
    RIVAL_ANCHOR_ID_FIELD_NUMBER: _ClassVar[int]
    RIVAL_LINKMIC_ID_FIELD_NUMBER: _ClassVar[int]
    RIVAL_LINKMIC_ID_STR_FIELD_NUMBER: _ClassVar[int]
    SHOW_POPUP_FIELD_NUMBER: _ClassVar[int]
    SEC_INVITE_UID_FIELD_NUMBER: _ClassVar[int]
    SCENE_FIELD_NUMBER: _ClassVar[int]
    SEC_APPLY_UID_FIELD_NUMBER: _ClassVar[int]
    LINKED_USERS_FIELD_NUMBER: _ClassVar[int]
    SEC_FROM_USER_ID_FIELD_NUMBER: _ClassVar[int]
    REPLY_TYPE_FIELD_NUMBER: _ClassVar[int]
    REPLY_PROMPTS_FIELD_NUMBER: _ClassVar[int]
    SEC_TO_USER_ID_FIELD_NUMBER: _ClassVar[int]
    INVITOR_INFO_FIELD_NUMBER: _ClassVar[int]
    RTC_JOIN_CHANNEL_FIELD_NUMBER: _ClassVar[int]
    SUB_SCENE_FIELD_NUMBER: _ClassVar[int]
    SUPPORT_UPDATE_LINK_TYPE_FIELD_NUMBER: _ClassVar[int]
    LINK_TYPE_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    BACKUP_ANCHOR_LINKMIC_INFO_FIELD_NUMBER: _ClassVar[int]
    PLAY_MODES_FIELD_NUMBER: _ClassVar[int]
    LINKED_LIST_USERS_FIELD_NUMBER: _ClassVar[int]
    LOCKED_POSITIONS_FIELD_NUMBER: _ClassVar[int]
    END_REASON_FIELD_NUMBER: _ClassVar[int]
    MULTI_RTC_INFO_FIELD_NUMBER: _ClassVar[int]
    MULTI_LIVE_CORE_INFO_FIELD_NUMBER: _ClassVar[int]
    LAYOUT_CONFIG_VERSION_FIELD_NUMBER: _ClassVar[int]
    CONTROL_TYPE_FIELD_NUMBER: _ClassVar[int]
    BAN_ANCHOR_INFO_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    JOIN_TEAMFIGHT_INFO_FIELD_NUMBER: _ClassVar[int]
    PAID_COUNT_FIELD_NUMBER: _ClassVar[int]
    LINK_DURATION_FIELD_NUMBER: _ClassVar[int]
    LIVE_CORE_EXT_INFO_FIELD_NUMBER: _ClassVar[int]
    GAME_INVITE_INFO_FIELD_NUMBER: _ClassVar[int]
    UI_LAYOUT_FIELD_NUMBER: _ClassVar[int]
    INVITE_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    MULTI_CHANNEL_INFO_FIELD_NUMBER: _ClassVar[int]
    KICK_OUT_SOURCE_FIELD_NUMBER: _ClassVar[int]
    LINKER_CONTENT_MAP_FIELD_NUMBER: _ClassVar[int]
    FUNCTION_TYPE_FIELD_NUMBER: _ClassVar[int]
    MSG_BOARD_ITEM_FIELD_NUMBER: _ClassVar[int]
    FROM_USER_LINKMIC_ID_STR_FIELD_NUMBER: _ClassVar[int]
    ACK_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    INIT_SOURCE_FIELD_NUMBER: _ClassVar[int]
    SCORE_UPDATE_LOG_ID_FIELD_NUMBER: _ClassVar[int]
    SWITCH_PLAY_MODE_FIELD_NUMBER: _ClassVar[int]
    UPDATE_MESSAGE_FROM_FIELD_NUMBER: _ClassVar[int]
    GUEST_LINKMIC_INFO_FIELD_NUMBER: _ClassVar[int]
    MCU_CONTENT_FIELD_NUMBER: _ClassVar[int]
    BREAKTHROUGH_INFO_FIELD_NUMBER: _ClassVar[int]
    LINKER_BASE_INFO_FIELD_NUMBER: _ClassVar[int]
    ACTION_SOURCE_FIELD_NUMBER: _ClassVar[int]
    BATTLE_BAR_CONFIG_FIELD_NUMBER: _ClassVar[int]
    FROM_USER_FIELD_NUMBER: _ClassVar[int]
    AUXILIARY_SCORE_INFOS_FIELD_NUMBER: _ClassVar[int]
    LINKER_SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    REMOTE_LINKER_SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    LINK_GAME_INFO_FIELD_NUMBER: _ClassVar[int]
    INVITE_IMAGE_FIELD_NUMBER: _ClassVar[int]
    INVITE_PROMPT_FIELD_NUMBER: _ClassVar[int]
    JOIN_CHANNEL_DATA_FIELD_NUMBER: _ClassVar[int]
    SWITCH_TO_SILENCE_FIELD_NUMBER: _ClassVar[int]
    IS_AUTO_JOIN_FIELD_NUMBER: _ClassVar[int]
    GAME_BARRAGE_LINKER_ID_FIELD_NUMBER: _ClassVar[int]
    GAME_BARRAGE_LINKER_FINISH_REASON_FIELD_NUMBER: _ClassVar[int]
    CHORUS_CDN_INFO_FIELD_NUMBER: _ClassVar[int]
    BATTLE_ID_FIELD_NUMBER: _ClassVar[int]
    INVITE_SUBTITLE_FIELD_NUMBER: _ClassVar[int]
    PUSH_RTC_TYPE_FIELD_NUMBER: _ClassVar[int]
    LYNX_DATA_FIELD_NUMBER: _ClassVar[int]
    CLIENT_UI_INFO_FIELD_NUMBER: _ClassVar[int]
    TRACKING_DATA_FIELD_NUMBER: _ClassVar[int]
    THRONE_FIGHT_INFO_FIELD_NUMBER: _ClassVar[int]
    FROM_USER_ID_STR_FIELD_NUMBER: _ClassVar[int]
    BIZ_TAG_FIELD_NUMBER: _ClassVar[int]
    OPEN_ID_FIELD_NUMBER: _ClassVar[int]
    INVITE_OPEN_ID_FIELD_NUMBER: _ClassVar[int]
    TO_OPEN_ID_FIELD_NUMBER: _ClassVar[int]
    FROM_OPEN_ID_FIELD_NUMBER: _ClassVar[int]
    RIVAL_ANCHOR_OPEN_ID_FIELD_NUMBER: _ClassVar[int]
    common: Common
    message_type: int
    access_key: str
    anchor_linkmic_id: int
    user_id: int
    fan_ticket: int
    total_linkmic_fan_ticket: int
    channel_id: int
    layout: int
    vendor: int
    dimension: int
    theme: str
    invite_uid: int
    answer: int
    start_time: int
    duration: int
    user_scores: _containers.RepeatedScalarFieldContainer[bytes]
    match_type: int
    win: bool
    prompts: str
    to_user_id: int
    contributors: _containers.ScalarMap[int, bytes]
    linkmic_layout: int
    from_user_id: int
    tips: str
    start_time_ms: int
    confluence_type: int
    from_room_id: int
    invite_type: int
    sub_type: int
    inviter_rival_extra: bytes
    rtc_ext_info: str
    rtc_app_id: str
    app_id: str
    app_sign: str
    rtc_app_sign: str
    anchor_linkmic_id_str: str
    rival_anchor_id: int
    rival_linkmic_id: int
    rival_linkmic_id_str: str
    show_popup: bool
    sec_invite_uid: int
    scene: int
    sec_apply_uid: int
    linked_users: _containers.RepeatedCompositeFieldContainer[User]
    sec_from_user_id: str
    reply_type: int
    reply_prompts: str
    sec_to_user_id: str
    invitor_info: bytes
    rtc_join_channel: bool
    sub_scene: int
    support_update_link_type: bool
    link_type: int
    source: int
    backup_anchor_linkmic_info: bytes
    play_modes: _containers.RepeatedScalarFieldContainer[int]
    linked_list_users: _containers.RepeatedScalarFieldContainer[bytes]
    locked_positions: _containers.RepeatedScalarFieldContainer[bytes]
    end_reason: int
    multi_rtc_info: bytes
    multi_live_core_info: bytes
    layout_config_version: int
    control_type: int
    ban_anchor_info: bytes
    version: int
    join_teamfight_info: bytes
    paid_count: int
    link_duration: int
    live_core_ext_info: str
    game_invite_info: bytes
    ui_layout: int
    invite_message: Text
    multi_channel_info: bytes
    kick_out_source: int
    linker_content_map: _containers.ScalarMap[int, bytes]
    function_type: str
    msg_board_item: bytes
    from_user_linkmic_id_str: str
    ack_message: str
    init_source: str
    score_update_log_id: str
    switch_play_mode: int
    update_message_from: int
    guest_linkmic_info: bytes
    mcu_content: bytes
    breakthrough_info: bytes
    linker_base_info: bytes
    action_source: bytes
    battle_bar_config: bytes
    from_user: User
    auxiliary_score_infos: _containers.ScalarMap[int, bytes]
    linker_session_id: str
    remote_linker_session_id: str
    link_game_info: bytes
    invite_image: Image
    invite_prompt: str
    join_channel_data: bytes
    switch_to_silence: bool
    is_auto_join: bool
    game_barrage_linker_id: int
    game_barrage_linker_finish_reason: str
    chorus_cdn_info: bytes
    battle_id: int
    invite_subtitle: str
    push_rtc_type: int
    lynx_data: str
    client_ui_info: bytes
    tracking_data: str
    throne_fight_info: bytes
    from_user_id_str: str
    biz_tag: str
    open_id: str
    invite_open_id: str
    to_open_id: str
    from_open_id: str
    rival_anchor_open_id: str
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., message_type: _Optional[int] = ..., access_key: _Optional[str] = ..., anchor_linkmic_id: _Optional[int] = ..., user_id: _Optional[int] = ..., fan_ticket: _Optional[int] = ..., total_linkmic_fan_ticket: _Optional[int] = ..., channel_id: _Optional[int] = ..., layout: _Optional[int] = ..., vendor: _Optional[int] = ..., dimension: _Optional[int] = ..., theme: _Optional[str] = ..., invite_uid: _Optional[int] = ..., answer: _Optional[int] = ..., start_time: _Optional[int] = ..., duration: _Optional[int] = ..., user_scores: _Optional[_Iterable[bytes]] = ..., match_type: _Optional[int] = ..., win: _Optional[bool] = ..., prompts: _Optional[str] = ..., to_user_id: _Optional[int] = ..., contributors: _Optional[_Mapping[int, bytes]] = ..., linkmic_layout: _Optional[int] = ..., from_user_id: _Optional[int] = ..., tips: _Optional[str] = ..., start_time_ms: _Optional[int] = ..., confluence_type: _Optional[int] = ..., from_room_id: _Optional[int] = ..., invite_type: _Optional[int] = ..., sub_type: _Optional[int] = ..., inviter_rival_extra: _Optional[bytes] = ..., rtc_ext_info: _Optional[str] = ..., rtc_app_id: _Optional[str] = ..., app_id: _Optional[str] = ..., app_sign: _Optional[str] = ..., rtc_app_sign: _Optional[str] = ..., anchor_linkmic_id_str: _Optional[str] = ..., rival_anchor_id: _Optional[int] = ..., rival_linkmic_id: _Optional[int] = ..., rival_linkmic_id_str: _Optional[str] = ..., show_popup: _Optional[bool] = ..., sec_invite_uid: _Optional[int] = ..., scene: _Optional[int] = ..., sec_apply_uid: _Optional[int] = ..., linked_users: _Optional[_Iterable[_Union[User, _Mapping]]] = ..., sec_from_user_id: _Optional[str] = ..., reply_type: _Optional[int] = ..., reply_prompts: _Optional[str] = ..., sec_to_user_id: _Optional[str] = ..., invitor_info: _Optional[bytes] = ..., rtc_join_channel: _Optional[bool] = ..., sub_scene: _Optional[int] = ..., support_update_link_type: _Optional[bool] = ..., link_type: _Optional[int] = ..., source: _Optional[int] = ..., backup_anchor_linkmic_info: _Optional[bytes] = ..., play_modes: _Optional[_Iterable[int]] = ..., linked_list_users: _Optional[_Iterable[bytes]] = ..., locked_positions: _Optional[_Iterable[bytes]] = ..., end_reason: _Optional[int] = ..., multi_rtc_info: _Optional[bytes] = ..., multi_live_core_info: _Optional[bytes] = ..., layout_config_version: _Optional[int] = ..., control_type: _Optional[int] = ..., ban_anchor_info: _Optional[bytes] = ..., version: _Optional[int] = ..., join_teamfight_info: _Optional[bytes] = ..., paid_count: _Optional[int] = ..., link_duration: _Optional[int] = ..., live_core_ext_info: _Optional[str] = ..., game_invite_info: _Optional[bytes] = ..., ui_layout: _Optional[int] = ..., invite_message: _Optional[_Union[Text, _Mapping]] = ..., multi_channel_info: _Optional[bytes] = ..., kick_out_source: _Optional[int] = ..., linker_content_map: _Optional[_Mapping[int, bytes]] = ..., function_type: _Optional[str] = ..., msg_board_item: _Optional[bytes] = ..., from_user_linkmic_id_str: _Optional[str] = ..., ack_message: _Optional[str] = ..., init_source: _Optional[str] = ..., score_update_log_id: _Optional[str] = ..., switch_play_mode: _Optional[int] = ..., update_message_from: _Optional[int] = ..., guest_linkmic_info: _Optional[bytes] = ..., mcu_content: _Optional[bytes] = ..., breakthrough_info: _Optional[bytes] = ..., linker_base_info: _Optional[bytes] = ..., action_source: _Optional[bytes] = ..., battle_bar_config: _Optional[bytes] = ..., from_user: _Optional[_Union[User, _Mapping]] = ..., auxiliary_score_infos: _Optional[_Mapping[int, bytes]] = ..., linker_session_id: _Optional[str] = ..., remote_linker_session_id: _Optional[str] = ..., link_game_info: _Optional[bytes] = ..., invite_image: _Optional[_Union[Image, _Mapping]] = ..., invite_prompt: _Optional[str] = ..., join_channel_data: _Optional[bytes] = ..., switch_to_silence: _Optional[bool] = ..., is_auto_join: _Optional[bool] = ..., game_barrage_linker_id: _Optional[int] = ..., game_barrage_linker_finish_reason: _Optional[str] = ..., chorus_cdn_info: _Optional[bytes] = ..., battle_id: _Optional[int] = ..., invite_subtitle: _Optional[str] = ..., push_rtc_type: _Optional[int] = ..., lynx_data: _Optional[str] = ..., client_ui_info: _Optional[bytes] = ..., tracking_data: _Optional[str] = ..., throne_fight_info: _Optional[bytes] = ..., from_user_id_str: _Optional[str] = ..., biz_tag: _Optional[str] = ..., open_id: _Optional[str] = ..., invite_open_id: _Optional[str] = ..., to_open_id: _Optional[str] = ..., from_open_id: _Optional[str] = ..., rival_anchor_open_id: _Optional[str] = ...) -> None: ...

class LinkMessage(_message.Message):
    __slots__ = ("common", "message_type", "linker_id", "scene", "invite_content", "reply_content", "create_content", "close_content", "enter_content", "leave_content", "cancel_content", "kick_out_content", "linked_list_change_content", "update_user_content", "waiting_list_change_content", "ban_content", "item_content", "violation_reminder_content", "update_link_type_apply_content", "update_link_type_reply_content", "avatar_audit_content", "apply_expired_content", "apply_strong_reminder_content", "anchor_stream_switch_content", "click_screen_content", "lock_position_content", "follow_strong_guide_content", "share_video_im_content", "guest_invite_content", "exit_cast_screen_content", "switch_scene_content", "link_phase_enter_next_content", "change_play_mode_content", "low_balance_for_paid_linkmic_content", "degrade_alert_content", "enlarge_guest_invite_content", "enlarge_guest_reply_content", "enlarge_guest_apply_content", "prepare_apply_content", "cross_room_update_content", "change_multi_pk_team_info_content", "cross_room_link_invite_content", "cross_room_link_reply_content", "cross_room_link_cancel_invite_content", "linker_resume_audience_content", "linker_battle_connect_content", "linker_resume_apply_content", "cross_room_rtc_info_content", "anchor_update_linkmic_config_content", "anchor_update_layout_content", "apply_rank_change_content", "change_media_content", "linker_ui_layout_change_content", "linker_update_waiting_user_offset_content", "linker_remove_waiting_user_content", "linker_prepare_invite_content", "linker_prepare_reply_content", "linker_confirm_unsilence_content", "switch_channel_invite_content", "switch_channel_reply_content", "switch_channel_cancel_content", "audio_avatar_notice_content", "rtc_action_content", "cross_link_info_update", "cross_link_finish", "init_chat_room_content", "audience_waiting_list_change", "update_link_type_force_open_camera_content", "linker_enlarge_update_content", "linker_client_ui_info_change_content", "linker_live_core_biz_tag_change_content", "anchor_linkmic_join_content", "anchor_linkmic_quit_content", "reserved_room_battle_ring_content", "sys_kick_out_content", "fallback_scene", "extra", "linker_base_info", "public_area_common", "version", "linkmic_lynx_data")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_TYPE_FIELD_NUMBER: _ClassVar[int]
    LINKER_ID_FIELD_NUMBER: _ClassVar[int]
    SCENE_FIELD_NUMBER: _ClassVar[int]
    INVITE_CONTENT_FIELD_NUMBER: _ClassVar[int]
    REPLY_CONTENT_FIELD_NUMBER: _ClassVar[int]
    CREATE_CONTENT_FIELD_NUMBER: _ClassVar[int]
    CLOSE_CONTENT_FIELD_NUMBER: _ClassVar[int]
    ENTER_CONTENT_FIELD_NUMBER: _ClassVar[int]
    LEAVE_CONTENT_FIELD_NUMBER: _ClassVar[int]
    CANCEL_CONTENT_FIELD_NUMBER: _ClassVar[int]
    KICK_OUT_CONTENT_FIELD_NUMBER: _ClassVar[int]
    LINKED_LIST_CHANGE_CONTENT_FIELD_NUMBER: _ClassVar[int]
    UPDATE_USER_CONTENT_FIELD_NUMBER: _ClassVar[int]
    WAITING_LIST_CHANGE_CONTENT_FIELD_NUMBER: _ClassVar[int]
    BAN_CONTENT_FIELD_NUMBER: _ClassVar[int]
    ITEM_CONTENT_FIELD_NUMBER: _ClassVar[int]
    VIOLATION_REMINDER_CONTENT_FIELD_NUMBER: _ClassVar[int]
    UPDATE_LINK_TYPE_APPLY_CONTENT_FIELD_NUMBER: _ClassVar[int]
    UPDATE_LINK_TYPE_REPLY_CONTENT_FIELD_NUMBER: _ClassVar[int]
    AVATAR_AUDIT_CONTENT_FIELD_NUMBER: _ClassVar[int]
    APPLY_EXPIRED_CONTENT_FIELD_NUMBER: _ClassVar[int]
    APPLY_STRONG_REMINDER_CONTENT_FIELD_NUMBER: _ClassVar[int]
    ANCHOR_STREAM_SWITCH_CONTENT_FIELD_NUMBER: _ClassVar[int]
    CLICK_SCREEN_CONTENT_FIELD_NUMBER: _ClassVar[int]
    LOCK_POSITION_CONTENT_FIELD_NUMBER: _ClassVar[int]
    FOLLOW_STRONG_GUIDE_CONTENT_FIELD_NUMBER: _ClassVar[int]
    SHARE_VIDEO_IM_CONTENT_FIELD_NUMBER: _ClassVar[int]
    GUEST_INVITE_CONTENT_FIELD_NUMBER: _ClassVar[int]
    EXIT_CAST_SCREEN_CONTENT_FIELD_NUMBER: _ClassVar[int]
    SWITCH_SCENE_CONTENT_FIELD_NUMBER: _ClassVar[int]
    LINK_PHASE_ENTER_NEXT_CONTENT_FIELD_NUMBER: _ClassVar[int]
    CHANGE_PLAY_MODE_CONTENT_FIELD_NUMBER: _ClassVar[int]
    LOW_BALANCE_FOR_PAID_LINKMIC_CONTENT_FIELD_NUMBER: _ClassVar[int]
    DEGRADE_ALERT_CONTENT_FIELD_NUMBER: _ClassVar[int]
    ENLARGE_GUEST_INVITE_CONTENT_FIELD_NUMBER: _ClassVar[int]
    ENLARGE_GUEST_REPLY_CONTENT_FIELD_NUMBER: _ClassVar[int]
    ENLARGE_GUEST_APPLY_CONTENT_FIELD_NUMBER: _ClassVar[int]
    PREPARE_APPLY_CONTENT_FIELD_NUMBER: _ClassVar[int]
    CROSS_ROOM_UPDATE_CONTENT_FIELD_NUMBER: _ClassVar[int]
    CHANGE_MULTI_PK_TEAM_INFO_CONTENT_FIELD_NUMBER: _ClassVar[int]
    CROSS_ROOM_LINK_INVITE_CONTENT_FIELD_NUMBER: _ClassVar[int]
    CROSS_ROOM_LINK_REPLY_CONTENT_FIELD_NUMBER: _ClassVar[int]
    CROSS_ROOM_LINK_CANCEL_INVITE_CONTENT_FIELD_NUMBER: _ClassVar[int]
    LINKER_RESUME_AUDIENCE_CONTENT_FIELD_NUMBER: _ClassVar[int]
    LINKER_BATTLE_CONNECT_CONTENT_FIELD_NUMBER: _ClassVar[int]
    LINKER_RESUME_APPLY_CONTENT_FIELD_NUMBER: _ClassVar[int]
    CROSS_ROOM_RTC_INFO_CONTENT_FIELD_NUMBER: _ClassVar[int]
    ANCHOR_UPDATE_LINKMIC_CONFIG_CONTENT_FIELD_NUMBER: _ClassVar[int]
    ANCHOR_UPDATE_LAYOUT_CONTENT_FIELD_NUMBER: _ClassVar[int]
    APPLY_RANK_CHANGE_CONTENT_FIELD_NUMBER: _ClassVar[int]
    CHANGE_MEDIA_CONTENT_FIELD_NUMBER: _ClassVar[int]
    LINKER_UI_LAYOUT_CHANGE_CONTENT_FIELD_NUMBER: _ClassVar[int]
    LINKER_UPDATE_WAITING_USER_OFFSET_CONTENT_FIELD_NUMBER: _ClassVar[int]
    LINKER_REMOVE_WAITING_USER_CONTENT_FIELD_NUMBER: _ClassVar[int]
    LINKER_PREPARE_INVITE_CONTENT_FIELD_NUMBER: _ClassVar[int]
    LINKER_PREPARE_REPLY_CONTENT_FIELD_NUMBER: _ClassVar[int]
    LINKER_CONFIRM_UNSILENCE_CONTENT_FIELD_NUMBER: _ClassVar[int]
    SWITCH_CHANNEL_INVITE_CONTENT_FIELD_NUMBER: _ClassVar[int]
    SWITCH_CHANNEL_REPLY_CONTENT_FIELD_NUMBER: _ClassVar[int]
    SWITCH_CHANNEL_CANCEL_CONTENT_FIELD_NUMBER: _ClassVar[int]
    AUDIO_AVATAR_NOTICE_CONTENT_FIELD_NUMBER: _ClassVar[int]
    RTC_ACTION_CONTENT_FIELD_NUMBER: _ClassVar[int]
    CROSS_LINK_INFO_UPDATE_FIELD_NUMBER: _ClassVar[int]
    CROSS_LINK_FINISH_FIELD_NUMBER: _ClassVar[int]
    INIT_CHAT_ROOM_CONTENT_FIELD_NUMBER: _ClassVar[int]
    AUDIENCE_WAITING_LIST_CHANGE_FIELD_NUMBER: _ClassVar[int]
    UPDATE_LINK_TYPE_FORCE_OPEN_CAMERA_CONTENT_FIELD_NUMBER: _ClassVar[int]
    LINKER_ENLARGE_UPDATE_CONTENT_FIELD_NUMBER: _ClassVar[int]
    LINKER_CLIENT_UI_INFO_CHANGE_CONTENT_FIELD_NUMBER: _ClassVar[int]
    LINKER_LIVE_CORE_BIZ_TAG_CHANGE_CONTENT_FIELD_NUMBER: _ClassVar[int]
    ANCHOR_LINKMIC_JOIN_CONTENT_FIELD_NUMBER: _ClassVar[int]
    ANCHOR_LINKMIC_QUIT_CONTENT_FIELD_NUMBER: _ClassVar[int]
    RESERVED_ROOM_BATTLE_RING_CONTENT_FIELD_NUMBER: _ClassVar[int]
    SYS_KICK_OUT_CONTENT_FIELD_NUMBER: _ClassVar[int]
    FALLBACK_SCENE_FIELD_NUMBER: _ClassVar[int]
    EXTRA_FIELD_NUMBER: _ClassVar[int]
    LINKER_BASE_INFO_FIELD_NUMBER: _ClassVar[int]
    PUBLIC_AREA_COMMON_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    LINKMIC_LYNX_DATA_FIELD_NUMBER: _ClassVar[int]
    common: Common
    message_type: int
    linker_id: int
    scene: int
    invite_content: bytes
    reply_content: bytes
    create_content: bytes
    close_content: bytes
    enter_content: bytes
    leave_content: bytes
    cancel_content: bytes
    kick_out_content: bytes
    linked_list_change_content: bytes
    update_user_content: bytes
    waiting_list_change_content: bytes
    ban_content: bytes
    item_content: bytes
    violation_reminder_content: bytes
    update_link_type_apply_content: bytes
    update_link_type_reply_content: bytes
    avatar_audit_content: bytes
    apply_expired_content: bytes
    apply_strong_reminder_content: bytes
    anchor_stream_switch_content: bytes
    click_screen_content: bytes
    lock_position_content: bytes
    follow_strong_guide_content: bytes
    share_video_im_content: bytes
    guest_invite_content: bytes
    exit_cast_screen_content: bytes
    switch_scene_content: bytes
    link_phase_enter_next_content: bytes
    change_play_mode_content: bytes
    low_balance_for_paid_linkmic_content: bytes
    degrade_alert_content: bytes
    enlarge_guest_invite_content: bytes
    enlarge_guest_reply_content: bytes
    enlarge_guest_apply_content: bytes
    prepare_apply_content: bytes
    cross_room_update_content: bytes
    change_multi_pk_team_info_content: bytes
    cross_room_link_invite_content: bytes
    cross_room_link_reply_content: bytes
    cross_room_link_cancel_invite_content: bytes
    linker_resume_audience_content: bytes
    linker_battle_connect_content: bytes
    linker_resume_apply_content: bytes
    cross_room_rtc_info_content: bytes
    anchor_update_linkmic_config_content: bytes
    anchor_update_layout_content: bytes
    apply_rank_change_content: bytes
    change_media_content: bytes
    linker_ui_layout_change_content: bytes
    linker_update_waiting_user_offset_content: bytes
    linker_remove_waiting_user_content: bytes
    linker_prepare_invite_content: bytes
    linker_prepare_reply_content: bytes
    linker_confirm_unsilence_content: bytes
    switch_channel_invite_content: bytes
    switch_channel_reply_content: bytes
    switch_channel_cancel_content: bytes
    audio_avatar_notice_content: bytes
    rtc_action_content: bytes
    cross_link_info_update: bytes
    cross_link_finish: bytes
    init_chat_room_content: bytes
    audience_waiting_list_change: bytes
    update_link_type_force_open_camera_content: bytes
    linker_enlarge_update_content: bytes
    linker_client_ui_info_change_content: bytes
    linker_live_core_biz_tag_change_content: bytes
    anchor_linkmic_join_content: bytes
    anchor_linkmic_quit_content: bytes
    reserved_room_battle_ring_content: bytes
    sys_kick_out_content: bytes
    fallback_scene: int
    extra: str
    linker_base_info: bytes
    public_area_common: PublicAreaCommon
    version: int
    linkmic_lynx_data: str
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., message_type: _Optional[int] = ..., linker_id: _Optional[int] = ..., scene: _Optional[int] = ..., invite_content: _Optional[bytes] = ..., reply_content: _Optional[bytes] = ..., create_content: _Optional[bytes] = ..., close_content: _Optional[bytes] = ..., enter_content: _Optional[bytes] = ..., leave_content: _Optional[bytes] = ..., cancel_content: _Optional[bytes] = ..., kick_out_content: _Optional[bytes] = ..., linked_list_change_content: _Optional[bytes] = ..., update_user_content: _Optional[bytes] = ..., waiting_list_change_content: _Optional[bytes] = ..., ban_content: _Optional[bytes] = ..., item_content: _Optional[bytes] = ..., violation_reminder_content: _Optional[bytes] = ..., update_link_type_apply_content: _Optional[bytes] = ..., update_link_type_reply_content: _Optional[bytes] = ..., avatar_audit_content: _Optional[bytes] = ..., apply_expired_content: _Optional[bytes] = ..., apply_strong_reminder_content: _Optional[bytes] = ..., anchor_stream_switch_content: _Optional[bytes] = ..., click_screen_content: _Optional[bytes] = ..., lock_position_content: _Optional[bytes] = ..., follow_strong_guide_content: _Optional[bytes] = ..., share_video_im_content: _Optional[bytes] = ..., guest_invite_content: _Optional[bytes] = ..., exit_cast_screen_content: _Optional[bytes] = ..., switch_scene_content: _Optional[bytes] = ..., link_phase_enter_next_content: _Optional[bytes] = ..., change_play_mode_content: _Optional[bytes] = ..., low_balance_for_paid_linkmic_content: _Optional[bytes] = ..., degrade_alert_content: _Optional[bytes] = ..., enlarge_guest_invite_content: _Optional[bytes] = ..., enlarge_guest_reply_content: _Optional[bytes] = ..., enlarge_guest_apply_content: _Optional[bytes] = ..., prepare_apply_content: _Optional[bytes] = ..., cross_room_update_content: _Optional[bytes] = ..., change_multi_pk_team_info_content: _Optional[bytes] = ..., cross_room_link_invite_content: _Optional[bytes] = ..., cross_room_link_reply_content: _Optional[bytes] = ..., cross_room_link_cancel_invite_content: _Optional[bytes] = ..., linker_resume_audience_content: _Optional[bytes] = ..., linker_battle_connect_content: _Optional[bytes] = ..., linker_resume_apply_content: _Optional[bytes] = ..., cross_room_rtc_info_content: _Optional[bytes] = ..., anchor_update_linkmic_config_content: _Optional[bytes] = ..., anchor_update_layout_content: _Optional[bytes] = ..., apply_rank_change_content: _Optional[bytes] = ..., change_media_content: _Optional[bytes] = ..., linker_ui_layout_change_content: _Optional[bytes] = ..., linker_update_waiting_user_offset_content: _Optional[bytes] = ..., linker_remove_waiting_user_content: _Optional[bytes] = ..., linker_prepare_invite_content: _Optional[bytes] = ..., linker_prepare_reply_content: _Optional[bytes] = ..., linker_confirm_unsilence_content: _Optional[bytes] = ..., switch_channel_invite_content: _Optional[bytes] = ..., switch_channel_reply_content: _Optional[bytes] = ..., switch_channel_cancel_content: _Optional[bytes] = ..., audio_avatar_notice_content: _Optional[bytes] = ..., rtc_action_content: _Optional[bytes] = ..., cross_link_info_update: _Optional[bytes] = ..., cross_link_finish: _Optional[bytes] = ..., init_chat_room_content: _Optional[bytes] = ..., audience_waiting_list_change: _Optional[bytes] = ..., update_link_type_force_open_camera_content: _Optional[bytes] = ..., linker_enlarge_update_content: _Optional[bytes] = ..., linker_client_ui_info_change_content: _Optional[bytes] = ..., linker_live_core_biz_tag_change_content: _Optional[bytes] = ..., anchor_linkmic_join_content: _Optional[bytes] = ..., anchor_linkmic_quit_content: _Optional[bytes] = ..., reserved_room_battle_ring_content: _Optional[bytes] = ..., sys_kick_out_content: _Optional[bytes] = ..., fallback_scene: _Optional[int] = ..., extra: _Optional[str] = ..., linker_base_info: _Optional[bytes] = ..., public_area_common: _Optional[_Union[PublicAreaCommon, _Mapping]] = ..., version: _Optional[int] = ..., linkmic_lynx_data: _Optional[str] = ...) -> None: ...

class LinkMicArmies(_message.Message):
    __slots__ = ("common", "user_armies_map", "user_armies_list", "rank_list_v2", "top_show_text")
    class UserArmiesMapEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: int
        value: bytes
        def __init__(self, key: _Optional[int] = ..., value: _Optional[bytes] = ...) -> None: ...
    COMMON_FIELD_NUMBER: _ClassVar[int]
    USER_ARMIES_MAP_FIELD_NUMBER: _ClassVar[int]
    USER_ARMIES_LIST_FIELD_NUMBER: _ClassVar[int]
    RANK_LIST_V2_FIELD_NUMBER: _ClassVar[int]
    TOP_SHOW_TEXT_FIELD_NUMBER: _ClassVar[int]
    common: Common
    user_armies_map: _containers.ScalarMap[int, bytes]
    user_armies_list: _containers.RepeatedScalarFieldContainer[bytes]
    rank_list_v2: bytes
    top_show_text: str
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., user_armies_map: _Optional[_Mapping[int, bytes]] = ..., user_armies_list: _Optional[_Iterable[bytes]] = ..., rank_list_v2: _Optional[bytes] = ..., top_show_text: _Optional[str] = ...) -> None: ...

class LinkMicBattle(_message.Message):
    __slots__ = ("common", "battle_settings", "battle_mode", "battle_task", "skin_type", "user_infos", "operational_play", "battle_type", "relative_score", "normal_to_multiple", "skin_config", "link_icon_config", "request_source", "event_tracking_info", "battle_attached_info", "open_user_infos")
    class UserInfosEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: int
        value: bytes
        def __init__(self, key: _Optional[int] = ..., value: _Optional[bytes] = ...) -> None: ...
    class OpenUserInfosEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: int
        value: bytes
        def __init__(self, key: _Optional[int] = ..., value: _Optional[bytes] = ...) -> None: ...
    COMMON_FIELD_NUMBER: _ClassVar[int]
    BATTLE_SETTINGS_FIELD_NUMBER: _ClassVar[int]
    BATTLE_MODE_FIELD_NUMBER: _ClassVar[int]
    BATTLE_TASK_FIELD_NUMBER: _ClassVar[int]
    SKIN_TYPE_FIELD_NUMBER: _ClassVar[int]
    USER_INFOS_FIELD_NUMBER: _ClassVar[int]
    OPERATIONAL_PLAY_FIELD_NUMBER: _ClassVar[int]
    BATTLE_TYPE_FIELD_NUMBER: _ClassVar[int]
    RELATIVE_SCORE_FIELD_NUMBER: _ClassVar[int]
    NORMAL_TO_MULTIPLE_FIELD_NUMBER: _ClassVar[int]
    SKIN_CONFIG_FIELD_NUMBER: _ClassVar[int]
    LINK_ICON_CONFIG_FIELD_NUMBER: _ClassVar[int]
    REQUEST_SOURCE_FIELD_NUMBER: _ClassVar[int]
    EVENT_TRACKING_INFO_FIELD_NUMBER: _ClassVar[int]
    BATTLE_ATTACHED_INFO_FIELD_NUMBER: _ClassVar[int]
    OPEN_USER_INFOS_FIELD_NUMBER: _ClassVar[int]
    common: Common
    battle_settings: bytes
    battle_mode: bytes
    battle_task: bytes
    skin_type: int
    user_infos: _containers.ScalarMap[int, bytes]
    operational_play: bytes
    battle_type: int
    relative_score: bool
    normal_to_multiple: bool
    skin_config: bytes
    link_icon_config: bytes
    request_source: str
    event_tracking_info: str
    battle_attached_info: str
    open_user_infos: _containers.ScalarMap[int, bytes]
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., battle_settings: _Optional[bytes] = ..., battle_mode: _Optional[bytes] = ..., battle_task: _Optional[bytes] = ..., skin_type: _Optional[int] = ..., user_infos: _Optional[_Mapping[int, bytes]] = ..., operational_play: _Optional[bytes] = ..., battle_type: _Optional[int] = ..., relative_score: _Optional[bool] = ..., normal_to_multiple: _Optional[bool] = ..., skin_config: _Optional[bytes] = ..., link_icon_config: _Optional[bytes] = ..., request_source: _Optional[str] = ..., event_tracking_info: _Optional[str] = ..., battle_attached_info: _Optional[str] = ..., open_user_infos: _Optional[_Mapping[int, bytes]] = ...) -> None: ...

class LinkMicBattleFinish(_message.Message):
    __slots__ = ("common", "battle_settings", "battle_armies", "battle_scores", "anchors", "grade_changes", "operational_play", "end_reason", "cut_short_prompt", "cut_short_toast", "cut_short_win", "user_infos", "kill_finish_type", "breakthrough_info", "skin_config", "skin_type", "survival_info", "event_tracking_info", "auxiliary_score_infos", "extra", "open_user_infos", "open_grade_changes")
    class GradeChangesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: int
        value: bytes
        def __init__(self, key: _Optional[int] = ..., value: _Optional[bytes] = ...) -> None: ...
    class UserInfosEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: int
        value: bytes
        def __init__(self, key: _Optional[int] = ..., value: _Optional[bytes] = ...) -> None: ...
    class AuxiliaryScoreInfosEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: int
        value: bytes
        def __init__(self, key: _Optional[int] = ..., value: _Optional[bytes] = ...) -> None: ...
    class OpenUserInfosEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: bytes
        def __init__(self, key: _Optional[str] = ..., value: _Optional[bytes] = ...) -> None: ...
    class OpenGradeChangesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: bytes
        def __init__(self, key: _Optional[str] = ..., value: _Optional[bytes] = ...) -> None: ...
    COMMON_FIELD_NUMBER: _ClassVar[int]
    BATTLE_SETTINGS_FIELD_NUMBER: _ClassVar[int]
    BATTLE_ARMIES_FIELD_NUMBER: _ClassVar[int]
    BATTLE_SCORES_FIELD_NUMBER: _ClassVar[int]
    ANCHORS_FIELD_NUMBER: _ClassVar[int]
    GRADE_CHANGES_FIELD_NUMBER: _ClassVar[int]
    OPERATIONAL_PLAY_FIELD_NUMBER: _ClassVar[int]
    END_REASON_FIELD_NUMBER: _ClassVar[int]
    CUT_SHORT_PROMPT_FIELD_NUMBER: _ClassVar[int]
    CUT_SHORT_TOAST_FIELD_NUMBER: _ClassVar[int]
    CUT_SHORT_WIN_FIELD_NUMBER: _ClassVar[int]
    USER_INFOS_FIELD_NUMBER: _ClassVar[int]
    KILL_FINISH_TYPE_FIELD_NUMBER: _ClassVar[int]
    BREAKTHROUGH_INFO_FIELD_NUMBER: _ClassVar[int]
    SKIN_CONFIG_FIELD_NUMBER: _ClassVar[int]
    SKIN_TYPE_FIELD_NUMBER: _ClassVar[int]
    SURVIVAL_INFO_FIELD_NUMBER: _ClassVar[int]
    EVENT_TRACKING_INFO_FIELD_NUMBER: _ClassVar[int]
    AUXILIARY_SCORE_INFOS_FIELD_NUMBER: _ClassVar[int]
    EXTRA_FIELD_NUMBER: _ClassVar[int]
    OPEN_USER_INFOS_FIELD_NUMBER: _ClassVar[int]
    OPEN_GRADE_CHANGES_FIELD_NUMBER: _ClassVar[int]
    common: Common
    battle_settings: bytes
    battle_armies: _containers.RepeatedScalarFieldContainer[bytes]
    battle_scores: _containers.RepeatedScalarFieldContainer[bytes]
    anchors: _containers.RepeatedCompositeFieldContainer[User]
    grade_changes: _containers.ScalarMap[int, bytes]
    operational_play: bytes
    end_reason: int
    cut_short_prompt: str
    cut_short_toast: str
    cut_short_win: bool
    user_infos: _containers.ScalarMap[int, bytes]
    kill_finish_type: int
    breakthrough_info: bytes
    skin_config: bytes
    skin_type: int
    survival_info: bytes
    event_tracking_info: str
    auxiliary_score_infos: _containers.ScalarMap[int, bytes]
    extra: bytes
    open_user_infos: _containers.ScalarMap[str, bytes]
    open_grade_changes: _containers.ScalarMap[str, bytes]
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., battle_settings: _Optional[bytes] = ..., battle_armies: _Optional[_Iterable[bytes]] = ..., battle_scores: _Optional[_Iterable[bytes]] = ..., anchors: _Optional[_Iterable[_Union[User, _Mapping]]] = ..., grade_changes: _Optional[_Mapping[int, bytes]] = ..., operational_play: _Optional[bytes] = ..., end_reason: _Optional[int] = ..., cut_short_prompt: _Optional[str] = ..., cut_short_toast: _Optional[str] = ..., cut_short_win: _Optional[bool] = ..., user_infos: _Optional[_Mapping[int, bytes]] = ..., kill_finish_type: _Optional[int] = ..., breakthrough_info: _Optional[bytes] = ..., skin_config: _Optional[bytes] = ..., skin_type: _Optional[int] = ..., survival_info: _Optional[bytes] = ..., event_tracking_info: _Optional[str] = ..., auxiliary_score_infos: _Optional[_Mapping[int, bytes]] = ..., extra: _Optional[bytes] = ..., open_user_infos: _Optional[_Mapping[str, bytes]] = ..., open_grade_changes: _Optional[_Mapping[str, bytes]] = ...) -> None: ...

class LinkmicTeamfightMessage(_message.Message):
    __slots__ = ("common", "msg_type", "teamfight_info", "finish_content", "create_content", "settle_content")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    MSG_TYPE_FIELD_NUMBER: _ClassVar[int]
    TEAMFIGHT_INFO_FIELD_NUMBER: _ClassVar[int]
    FINISH_CONTENT_FIELD_NUMBER: _ClassVar[int]
    CREATE_CONTENT_FIELD_NUMBER: _ClassVar[int]
    SETTLE_CONTENT_FIELD_NUMBER: _ClassVar[int]
    common: Common
    msg_type: int
    teamfight_info: bytes
    finish_content: bytes
    create_content: bytes
    settle_content: bytes
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., msg_type: _Optional[int] = ..., teamfight_info: _Optional[bytes] = ..., finish_content: _Optional[bytes] = ..., create_content: _Optional[bytes] = ..., settle_content: _Optional[bytes] = ...) -> None: ...

class LinkerContributeMessage(_message.Message):
    __slots__ = ("common", "user_id", "total_score", "user_contribute_list", "micro_time_stamp", "scene", "total_score_real_str", "total_score_str", "quick_interact", "reset_version", "fund_check_extra_info")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    TOTAL_SCORE_FIELD_NUMBER: _ClassVar[int]
    USER_CONTRIBUTE_LIST_FIELD_NUMBER: _ClassVar[int]
    MICRO_TIME_STAMP_FIELD_NUMBER: _ClassVar[int]
    SCENE_FIELD_NUMBER: _ClassVar[int]
    TOTAL_SCORE_REAL_STR_FIELD_NUMBER: _ClassVar[int]
    TOTAL_SCORE_STR_FIELD_NUMBER: _ClassVar[int]
    QUICK_INTERACT_FIELD_NUMBER: _ClassVar[int]
    RESET_VERSION_FIELD_NUMBER: _ClassVar[int]
    FUND_CHECK_EXTRA_INFO_FIELD_NUMBER: _ClassVar[int]
    common: Common
    user_id: int
    total_score: int
    user_contribute_list: _containers.RepeatedScalarFieldContainer[bytes]
    micro_time_stamp: int
    scene: int
    total_score_real_str: str
    total_score_str: str
    quick_interact: bytes
    reset_version: int
    fund_check_extra_info: bytes
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., user_id: _Optional[int] = ..., total_score: _Optional[int] = ..., user_contribute_list: _Optional[_Iterable[bytes]] = ..., micro_time_stamp: _Optional[int] = ..., scene: _Optional[int] = ..., total_score_real_str: _Optional[str] = ..., total_score_str: _Optional[str] = ..., quick_interact: _Optional[bytes] = ..., reset_version: _Optional[int] = ..., fund_check_extra_info: _Optional[bytes] = ...) -> None: ...

class LinkmicPlayModeUpdateScoreMessage(_message.Message):
    __slots__ = ("common", "live_id", "app_id", "room_id", "anchor_id", "from_user_id", "to_user_id", "score_source", "hot_score", "idempotent_id", "msg_t_ms", "extra", "gift_content", "user_linkmic_unique_id", "from_user", "to_user", "anchor_open_id", "from_user_open_id", "to_user_open_id")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    LIVE_ID_FIELD_NUMBER: _ClassVar[int]
    APP_ID_FIELD_NUMBER: _ClassVar[int]
    ROOM_ID_FIELD_NUMBER: _ClassVar[int]
    ANCHOR_ID_FIELD_NUMBER: _ClassVar[int]
    FROM_USER_ID_FIELD_NUMBER: _ClassVar[int]
    TO_USER_ID_FIELD_NUMBER: _ClassVar[int]
    SCORE_SOURCE_FIELD_NUMBER: _ClassVar[int]
    HOT_SCORE_FIELD_NUMBER: _ClassVar[int]
    IDEMPOTENT_ID_FIELD_NUMBER: _ClassVar[int]
    MSG_T_MS_FIELD_NUMBER: _ClassVar[int]
    EXTRA_FIELD_NUMBER: _ClassVar[int]
    GIFT_CONTENT_FIELD_NUMBER: _ClassVar[int]
    USER_LINKMIC_UNIQUE_ID_FIELD_NUMBER: _ClassVar[int]
    FROM_USER_FIELD_NUMBER: _ClassVar[int]
    TO_USER_FIELD_NUMBER: _ClassVar[int]
    ANCHOR_OPEN_ID_FIELD_NUMBER: _ClassVar[int]
    FROM_USER_OPEN_ID_FIELD_NUMBER: _ClassVar[int]
    TO_USER_OPEN_ID_FIELD_NUMBER: _ClassVar[int]
    common: Common
    live_id: int
    app_id: int
    room_id: int
    anchor_id: int
    from_user_id: int
    to_user_id: int
    score_source: int
    hot_score: int
    idempotent_id: str
    msg_t_ms: int
    extra: str
    gift_content: bytes
    user_linkmic_unique_id: str
    from_user: User
    to_user: User
    anchor_open_id: str
    from_user_open_id: str
    to_user_open_id: str
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., live_id: _Optional[int] = ..., app_id: _Optional[int] = ..., room_id: _Optional[int] = ..., anchor_id: _Optional[int] = ..., from_user_id: _Optional[int] = ..., to_user_id: _Optional[int] = ..., score_source: _Optional[int] = ..., hot_score: _Optional[int] = ..., idempotent_id: _Optional[str] = ..., msg_t_ms: _Optional[int] = ..., extra: _Optional[str] = ..., gift_content: _Optional[bytes] = ..., user_linkmic_unique_id: _Optional[str] = ..., from_user: _Optional[_Union[User, _Mapping]] = ..., to_user: _Optional[_Union[User, _Mapping]] = ..., anchor_open_id: _Optional[str] = ..., from_user_open_id: _Optional[str] = ..., to_user_open_id: _Optional[str] = ...) -> None: ...

class LinkSettingNotifyMessage(_message.Message):
    __slots__ = ("common", "settings", "paied_or_time_limit_change_content")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    SETTINGS_FIELD_NUMBER: _ClassVar[int]
    PAIED_OR_TIME_LIMIT_CHANGE_CONTENT_FIELD_NUMBER: _ClassVar[int]
    common: Common
    settings: _containers.RepeatedScalarFieldContainer[bytes]
    paied_or_time_limit_change_content: bytes
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., settings: _Optional[_Iterable[bytes]] = ..., paied_or_time_limit_change_content: _Optional[bytes] = ...) -> None: ...

class LinkMicGuideMessage(_message.Message):
    __slots__ = ("common", "anchor_info", "cue_threshold", "guideline_type", "fast_match_guideline", "call_to_linkmic_content", "ktv_add_song_guide_content", "create_group_chat_guide_content", "join_group_chat_guide_content", "guest_battle_bubble_guide_content", "create_teamfight_guide_content", "normal_paid_linkmic_explain_card_content", "normal_paid_linkmic_migrate_to_play_content", "linkmic_follow_effect_content", "pk_link_bubble_content", "play_mode_guide_bubble_content", "cross_link_guide_bubble_content", "cross_link_guide_audio_bubble_animation_content")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    ANCHOR_INFO_FIELD_NUMBER: _ClassVar[int]
    CUE_THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    GUIDELINE_TYPE_FIELD_NUMBER: _ClassVar[int]
    FAST_MATCH_GUIDELINE_FIELD_NUMBER: _ClassVar[int]
    CALL_TO_LINKMIC_CONTENT_FIELD_NUMBER: _ClassVar[int]
    KTV_ADD_SONG_GUIDE_CONTENT_FIELD_NUMBER: _ClassVar[int]
    CREATE_GROUP_CHAT_GUIDE_CONTENT_FIELD_NUMBER: _ClassVar[int]
    JOIN_GROUP_CHAT_GUIDE_CONTENT_FIELD_NUMBER: _ClassVar[int]
    GUEST_BATTLE_BUBBLE_GUIDE_CONTENT_FIELD_NUMBER: _ClassVar[int]
    CREATE_TEAMFIGHT_GUIDE_CONTENT_FIELD_NUMBER: _ClassVar[int]
    NORMAL_PAID_LINKMIC_EXPLAIN_CARD_CONTENT_FIELD_NUMBER: _ClassVar[int]
    NORMAL_PAID_LINKMIC_MIGRATE_TO_PLAY_CONTENT_FIELD_NUMBER: _ClassVar[int]
    LINKMIC_FOLLOW_EFFECT_CONTENT_FIELD_NUMBER: _ClassVar[int]
    PK_LINK_BUBBLE_CONTENT_FIELD_NUMBER: _ClassVar[int]
    PLAY_MODE_GUIDE_BUBBLE_CONTENT_FIELD_NUMBER: _ClassVar[int]
    CROSS_LINK_GUIDE_BUBBLE_CONTENT_FIELD_NUMBER: _ClassVar[int]
    CROSS_LINK_GUIDE_AUDIO_BUBBLE_ANIMATION_CONTENT_FIELD_NUMBER: _ClassVar[int]
    common: Common
    anchor_info: bytes
    cue_threshold: int
    guideline_type: int
    fast_match_guideline: bytes
    call_to_linkmic_content: bytes
    ktv_add_song_guide_content: bytes
    create_group_chat_guide_content: bytes
    join_group_chat_guide_content: bytes
    guest_battle_bubble_guide_content: bytes
    create_teamfight_guide_content: bytes
    normal_paid_linkmic_explain_card_content: bytes
    normal_paid_linkmic_migrate_to_play_content: bytes
    linkmic_follow_effect_content: bytes
    pk_link_bubble_content: bytes
    play_mode_guide_bubble_content: bytes
    cross_link_guide_bubble_content: bytes
    cross_link_guide_audio_bubble_animation_content: bytes
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., anchor_info: _Optional[bytes] = ..., cue_threshold: _Optional[int] = ..., guideline_type: _Optional[int] = ..., fast_match_guideline: _Optional[bytes] = ..., call_to_linkmic_content: _Optional[bytes] = ..., ktv_add_song_guide_content: _Optional[bytes] = ..., create_group_chat_guide_content: _Optional[bytes] = ..., join_group_chat_guide_content: _Optional[bytes] = ..., guest_battle_bubble_guide_content: _Optional[bytes] = ..., create_teamfight_guide_content: _Optional[bytes] = ..., normal_paid_linkmic_explain_card_content: _Optional[bytes] = ..., normal_paid_linkmic_migrate_to_play_content: _Optional[bytes] = ..., linkmic_follow_effect_content: _Optional[bytes] = ..., pk_link_bubble_content: _Optional[bytes] = ..., play_mode_guide_bubble_content: _Optional[bytes] = ..., cross_link_guide_bubble_content: _Optional[bytes] = ..., cross_link_guide_audio_bubble_animation_content: _Optional[bytes] = ...) -> None: ...

class LinkMicPositionMessage(_message.Message):
    __slots__ = ("common", "message_type", "list_change_content", "verify_content")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_TYPE_FIELD_NUMBER: _ClassVar[int]
    LIST_CHANGE_CONTENT_FIELD_NUMBER: _ClassVar[int]
    VERIFY_CONTENT_FIELD_NUMBER: _ClassVar[int]
    common: Common
    message_type: int
    list_change_content: bytes
    verify_content: bytes
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., message_type: _Optional[int] = ..., list_change_content: _Optional[bytes] = ..., verify_content: _Optional[bytes] = ...) -> None: ...

class LinkMicSendEmojiMessage(_message.Message):
    __slots__ = ("common", "from_user", "emoji", "emoji_image_result", "to_user", "source", "public_area_common")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    FROM_USER_FIELD_NUMBER: _ClassVar[int]
    EMOJI_FIELD_NUMBER: _ClassVar[int]
    EMOJI_IMAGE_RESULT_FIELD_NUMBER: _ClassVar[int]
    TO_USER_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    PUBLIC_AREA_COMMON_FIELD_NUMBER: _ClassVar[int]
    common: Common
    from_user: User
    emoji: bytes
    emoji_image_result: Image
    to_user: User
    source: str
    public_area_common: PublicAreaCommon
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., from_user: _Optional[_Union[User, _Mapping]] = ..., emoji: _Optional[bytes] = ..., emoji_image_result: _Optional[_Union[Image, _Mapping]] = ..., to_user: _Optional[_Union[User, _Mapping]] = ..., source: _Optional[str] = ..., public_area_common: _Optional[_Union[PublicAreaCommon, _Mapping]] = ...) -> None: ...

class MatchAgainstScoreMessage(_message.Message):
    __slots__ = ("common", "against", "match_status", "display_status", "match_id", "match_id_str")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    AGAINST_FIELD_NUMBER: _ClassVar[int]
    MATCH_STATUS_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_STATUS_FIELD_NUMBER: _ClassVar[int]
    MATCH_ID_FIELD_NUMBER: _ClassVar[int]
    MATCH_ID_STR_FIELD_NUMBER: _ClassVar[int]
    common: Common
    against: bytes
    match_status: int
    display_status: int
    match_id: int
    match_id_str: str
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., against: _Optional[bytes] = ..., match_status: _Optional[int] = ..., display_status: _Optional[int] = ..., match_id: _Optional[int] = ..., match_id_str: _Optional[str] = ...) -> None: ...

class BattleTeamTaskMessage(_message.Message):
    __slots__ = ("common", "team_task", "team_task_json")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    TEAM_TASK_FIELD_NUMBER: _ClassVar[int]
    TEAM_TASK_JSON_FIELD_NUMBER: _ClassVar[int]
    common: Common
    team_task: bytes
    team_task_json: str
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., team_task: _Optional[bytes] = ..., team_task_json: _Optional[str] = ...) -> None: ...

class BattleEndPunishMessage(_message.Message):
    __slots__ = ("common", "battle_settings", "end_battle_punish_reason")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    BATTLE_SETTINGS_FIELD_NUMBER: _ClassVar[int]
    END_BATTLE_PUNISH_REASON_FIELD_NUMBER: _ClassVar[int]
    common: Common
    battle_settings: bytes
    end_battle_punish_reason: int
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., battle_settings: _Optional[bytes] = ..., end_battle_punish_reason: _Optional[int] = ...) -> None: ...

class BattleSeasonPKResultMessage(_message.Message):
    __slots__ = ("common", "pk_result", "upgrade_result", "get_grade_info")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    PK_RESULT_FIELD_NUMBER: _ClassVar[int]
    UPGRADE_RESULT_FIELD_NUMBER: _ClassVar[int]
    GET_GRADE_INFO_FIELD_NUMBER: _ClassVar[int]
    common: Common
    pk_result: bytes
    upgrade_result: bytes
    get_grade_info: bytes
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., pk_result: _Optional[bytes] = ..., upgrade_result: _Optional[bytes] = ..., get_grade_info: _Optional[bytes] = ...) -> None: ...

class BattlePowerContainerMessage(_message.Message):
    __slots__ = ("common", "channel_id", "battle_id", "reverse_info", "container")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_ID_FIELD_NUMBER: _ClassVar[int]
    BATTLE_ID_FIELD_NUMBER: _ClassVar[int]
    REVERSE_INFO_FIELD_NUMBER: _ClassVar[int]
    CONTAINER_FIELD_NUMBER: _ClassVar[int]
    common: Common
    channel_id: int
    battle_id: int
    reverse_info: str
    container: str
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., channel_id: _Optional[int] = ..., battle_id: _Optional[int] = ..., reverse_info: _Optional[str] = ..., container: _Optional[str] = ...) -> None: ...

class BattleEffectContainerMessage(_message.Message):
    __slots__ = ("common", "channel_id", "battle_id", "battle_effect_info")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_ID_FIELD_NUMBER: _ClassVar[int]
    BATTLE_ID_FIELD_NUMBER: _ClassVar[int]
    BATTLE_EFFECT_INFO_FIELD_NUMBER: _ClassVar[int]
    common: Common
    channel_id: int
    battle_id: int
    battle_effect_info: str
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., channel_id: _Optional[int] = ..., battle_id: _Optional[int] = ..., battle_effect_info: _Optional[str] = ...) -> None: ...

class BattleMultiMatchMessage(_message.Message):
    __slots__ = ("common", "match_status", "expect_time", "preview_user_list", "default_wait_limit", "invite_limit_sec", "match_type")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    MATCH_STATUS_FIELD_NUMBER: _ClassVar[int]
    EXPECT_TIME_FIELD_NUMBER: _ClassVar[int]
    PREVIEW_USER_LIST_FIELD_NUMBER: _ClassVar[int]
    DEFAULT_WAIT_LIMIT_FIELD_NUMBER: _ClassVar[int]
    INVITE_LIMIT_SEC_FIELD_NUMBER: _ClassVar[int]
    MATCH_TYPE_FIELD_NUMBER: _ClassVar[int]
    common: Common
    match_status: int
    expect_time: int
    preview_user_list: _containers.RepeatedScalarFieldContainer[bytes]
    default_wait_limit: int
    invite_limit_sec: int
    match_type: int
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., match_status: _Optional[int] = ..., expect_time: _Optional[int] = ..., preview_user_list: _Optional[_Iterable[bytes]] = ..., default_wait_limit: _Optional[int] = ..., invite_limit_sec: _Optional[int] = ..., match_type: _Optional[int] = ...) -> None: ...

class GroupLiveContainerChangeMessage(_message.Message):
    __slots__ = ("data", "common", "extra")
    DATA_FIELD_NUMBER: _ClassVar[int]
    COMMON_FIELD_NUMBER: _ClassVar[int]
    EXTRA_FIELD_NUMBER: _ClassVar[int]
    data: _containers.RepeatedScalarFieldContainer[bytes]
    common: Common
    extra: str
    def __init__(self, data: _Optional[_Iterable[bytes]] = ..., common: _Optional[_Union[Common, _Mapping]] = ..., extra: _Optional[str] = ...) -> None: ...

class GameStatusMessage(_message.Message):
    __slots__ = ("common", "gameID", "status", "config_extra")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    GAMEID_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    CONFIG_EXTRA_FIELD_NUMBER: _ClassVar[int]
    common: Common
    gameID: int
    status: int
    config_extra: str
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., gameID: _Optional[int] = ..., status: _Optional[int] = ..., config_extra: _Optional[str] = ...) -> None: ...

class BackupSEIMessage(_message.Message):
    __slots__ = ("common", "source", "sei_data", "stream_id")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    SEI_DATA_FIELD_NUMBER: _ClassVar[int]
    STREAM_ID_FIELD_NUMBER: _ClassVar[int]
    common: Common
    source: str
    sei_data: str
    stream_id: str
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., source: _Optional[str] = ..., sei_data: _Optional[str] = ..., stream_id: _Optional[str] = ...) -> None: ...

class PullStreamUpdateMessage(_message.Message):
    __slots__ = ("common", "push_stream_level", "random_seconds")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    PUSH_STREAM_LEVEL_FIELD_NUMBER: _ClassVar[int]
    RANDOM_SECONDS_FIELD_NUMBER: _ClassVar[int]
    common: Common
    push_stream_level: int
    random_seconds: int
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., push_stream_level: _Optional[int] = ..., random_seconds: _Optional[int] = ...) -> None: ...

class SyncStreamMessage(_message.Message):
    __slots__ = ("common", "info_list")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    INFO_LIST_FIELD_NUMBER: _ClassVar[int]
    common: Common
    info_list: _containers.RepeatedScalarFieldContainer[bytes]
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., info_list: _Optional[_Iterable[bytes]] = ...) -> None: ...

class KtvMessage(_message.Message):
    __slots__ = ("common", "message_type", "set_setting_order_song_content", "audience_order_song_content", "audience_order_song_chat_content", "pause_play_song_content", "open_ktv_component_content", "close_ktv_component_content", "audience_add_song_setting_changed", "song_waiting_list_changed", "want_to_listen_song_list_changed", "permit_want_to_listen_song", "want_to_listen_song_removed", "audience_multi_chorus_setting_changed", "multi_chorus_waiting_list_changed", "ktv_stage_hide_lyrics_switch_changed", "audience_order_song_component_display_changed")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_TYPE_FIELD_NUMBER: _ClassVar[int]
    SET_SETTING_ORDER_SONG_CONTENT_FIELD_NUMBER: _ClassVar[int]
    AUDIENCE_ORDER_SONG_CONTENT_FIELD_NUMBER: _ClassVar[int]
    AUDIENCE_ORDER_SONG_CHAT_CONTENT_FIELD_NUMBER: _ClassVar[int]
    PAUSE_PLAY_SONG_CONTENT_FIELD_NUMBER: _ClassVar[int]
    OPEN_KTV_COMPONENT_CONTENT_FIELD_NUMBER: _ClassVar[int]
    CLOSE_KTV_COMPONENT_CONTENT_FIELD_NUMBER: _ClassVar[int]
    AUDIENCE_ADD_SONG_SETTING_CHANGED_FIELD_NUMBER: _ClassVar[int]
    SONG_WAITING_LIST_CHANGED_FIELD_NUMBER: _ClassVar[int]
    WANT_TO_LISTEN_SONG_LIST_CHANGED_FIELD_NUMBER: _ClassVar[int]
    PERMIT_WANT_TO_LISTEN_SONG_FIELD_NUMBER: _ClassVar[int]
    WANT_TO_LISTEN_SONG_REMOVED_FIELD_NUMBER: _ClassVar[int]
    AUDIENCE_MULTI_CHORUS_SETTING_CHANGED_FIELD_NUMBER: _ClassVar[int]
    MULTI_CHORUS_WAITING_LIST_CHANGED_FIELD_NUMBER: _ClassVar[int]
    KTV_STAGE_HIDE_LYRICS_SWITCH_CHANGED_FIELD_NUMBER: _ClassVar[int]
    AUDIENCE_ORDER_SONG_COMPONENT_DISPLAY_CHANGED_FIELD_NUMBER: _ClassVar[int]
    common: Common
    message_type: int
    set_setting_order_song_content: bytes
    audience_order_song_content: bytes
    audience_order_song_chat_content: bytes
    pause_play_song_content: bytes
    open_ktv_component_content: bytes
    close_ktv_component_content: bytes
    audience_add_song_setting_changed: bytes
    song_waiting_list_changed: bytes
    want_to_listen_song_list_changed: bytes
    permit_want_to_listen_song: bytes
    want_to_listen_song_removed: bytes
    audience_multi_chorus_setting_changed: bytes
    multi_chorus_waiting_list_changed: bytes
    ktv_stage_hide_lyrics_switch_changed: bytes
    audience_order_song_component_display_changed: bytes
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., message_type: _Optional[int] = ..., set_setting_order_song_content: _Optional[bytes] = ..., audience_order_song_content: _Optional[bytes] = ..., audience_order_song_chat_content: _Optional[bytes] = ..., pause_play_song_content: _Optional[bytes] = ..., open_ktv_component_content: _Optional[bytes] = ..., close_ktv_component_content: _Optional[bytes] = ..., audience_add_song_setting_changed: _Optional[bytes] = ..., song_waiting_list_changed: _Optional[bytes] = ..., want_to_listen_song_list_changed: _Optional[bytes] = ..., permit_want_to_listen_song: _Optional[bytes] = ..., want_to_listen_song_removed: _Optional[bytes] = ..., audience_multi_chorus_setting_changed: _Optional[bytes] = ..., multi_chorus_waiting_list_changed: _Optional[bytes] = ..., ktv_stage_hide_lyrics_switch_changed: _Optional[bytes] = ..., audience_order_song_component_display_changed: _Optional[bytes] = ...) -> None: ...

class ResidentGuestMessage(_message.Message):
    __slots__ = ("common", "msg_type", "guest_allow_content", "linkmic_room_allow_content")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    MSG_TYPE_FIELD_NUMBER: _ClassVar[int]
    GUEST_ALLOW_CONTENT_FIELD_NUMBER: _ClassVar[int]
    LINKMIC_ROOM_ALLOW_CONTENT_FIELD_NUMBER: _ClassVar[int]
    common: Common
    msg_type: int
    guest_allow_content: bytes
    linkmic_room_allow_content: bytes
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., msg_type: _Optional[int] = ..., guest_allow_content: _Optional[bytes] = ..., linkmic_room_allow_content: _Optional[bytes] = ...) -> None: ...

class LowPcuGuideMessage(_message.Message):
    __slots__ = ("common", "low_pcu_guide_info")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    LOW_PCU_GUIDE_INFO_FIELD_NUMBER: _ClassVar[int]
    common: Common
    low_pcu_guide_info: bytes
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., low_pcu_guide_info: _Optional[bytes] = ...) -> None: ...

class CommonDotMessage(_message.Message):
    __slots__ = ("common", "panel_dots")
    class PanelDotsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: bytes
        def __init__(self, key: _Optional[str] = ..., value: _Optional[bytes] = ...) -> None: ...
    COMMON_FIELD_NUMBER: _ClassVar[int]
    PANEL_DOTS_FIELD_NUMBER: _ClassVar[int]
    common: Common
    panel_dots: _containers.ScalarMap[str, bytes]
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., panel_dots: _Optional[_Mapping[str, bytes]] = ...) -> None: ...

class FeedbackCardMessage(_message.Message):
    __slots__ = ("common", "questionnaire_id", "scatterMills")
    COMMON_FIELD_NUMBER: _ClassVar[int]
    QUESTIONNAIRE_ID_FIELD_NUMBER: _ClassVar[int]
    SCATTERMILLS_FIELD_NUMBER: _ClassVar[int]
    common: Common
    questionnaire_id: int
    scatterMills: int
    def __init__(self, common: _Optional[_Union[Common, _Mapping]] = ..., questionnaire_id: _Optional[int] = ..., scatterMills: _Optional[int] = ...) -> None: ...
