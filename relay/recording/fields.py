"""What becomes of each field when people are made unrecognisable; used by messages.

Told by the field's name, since upstream calls the same thing the same in most messages. Texts, and
bytes whose inside nobody knows, are kept only where they are named here.
"""

import re
from enum import Enum, auto
from functools import cache

from google.protobuf.descriptor import Descriptor, FieldDescriptor


class Fate(Enum):
    """What becomes of a field."""

    DROP = auto()
    KEEP = auto()
    """A number or flag that says nothing of who somebody is, or a word of upstream's machinery."""
    INSIDE = auto()
    """A message: what is in it is looked at."""
    TEXT = auto()
    """Somebody's text, or upstream's: names in it are replaced."""
    PATTERN = auto()
    """The same of upstream's with slots, {0:user}, which stay."""
    PIECE = auto()
    """A piece of rich text: somebody's own words, or a name where the text is upstream's."""
    COUNT = auto()
    """A number as text; dropped where it is anything else."""
    NUMBER = auto()
    """A number that may be an id."""
    UID = auto()
    ROOM_ID = auto()
    NICKNAME = auto()
    SHARE_TARGET = auto()
    """The channel that somebody shared to, or whom they followed."""


_UIDS = frozenset(
    {
        "anchor_id",
        "from_user_id",
        "from_user_id_str",
        "invite_uid",
        "linkmic_guest_uid",
        "mention_user_ids",
        "operator_id",
        "reply_uid",
        "rewarded_user_id",
        "rival_anchor_id",
        "sec_apply_uid",
        "sec_invite_uid",
        "target_uid",
        "to_user_id",
        "to_user_ids",
        "user_id",
        "user_ids",
    }
)
_ROOM_IDS = frozenset(
    {
        "from_room_id",
        "roomID",
        "room_id",
        "room_id_str",
        "room_ids",
        "room_ids_str",
        "target_room_id",
        "video_linkmic_room_id",
    }
)
_NICKNAMES = frozenset({"nick_name", "operator_nickname"})
_TEXTS = frozenset(
    {
        "action_description",
        "button_label",
        "content",
        "cut_short_prompt",
        "cut_short_toast",
        "default_content",
        "describe",
        "description",
        "ecom_notice",
        "hot_list",
        "intro",
        "label",
        "tips",
        "title",
        "top_show_text",
        "update_toast",
    }
)
_COUNTS = frozenset(
    {
        "display_long",
        "display_middle",
        "display_short",
        "exactly_score",
        "gap_description",
        "online_user_for_anchor",
        "pop_str",
        "room_fan_ticket_count_text",
        "score_description",
        "score_str",
        "total_pv_for_anchor",
        "total_score_real_str",
        "total_score_str",
        "total_str",
        "total_user_str",
        "up_right_stats_str",
        "up_right_stats_str_complete",
    }
)
_WORDS = frozenset(
    {
        "background_color_end",
        "background_color_start",
        "biz_scene",
        "box_id_str",
        "color",
        "color_value",
        "effect_scene",
        "full_screen_text_color",
        "gradient_colors",
        "key",
        "method",
        "name",
        "region",
        "scene",
        "shadow_color",
        "stroke_color",
        "text_color",
    }
)
"""Of upstream's own, the same in every room."""
_TELLING_NUMBERS = frozenset(
    {
        "anchor_linkmic_id",
        "channel_id",
        "game_barrage_linker_id",
        "linker_id",
        "live_id",
        "reply_id",
        "rival_linkmic_id",
        "room_ids_display",
    }
)
"""Numbers that stand for a person or a room, in a way that is not known."""
_STRANGERS = frozenset(
    {
        # Banners that run across rooms: their people need not be in the message.
        "relay.webcast.NotifyMessage.content",
        "relay.webcast.SunDailyRankMessage.content",
        # Pictures that people made themselves.
        "relay.webcast.AnchorGiftData.anchor_diy_origin_img",
        "relay.webcast.GiftTrayInfo.tray_head_img",
    }
)
_SINGULAR = {
    "default_pattern": Fate.PATTERN,
    "share_target": Fate.SHARE_TARGET,
    "string_value": Fate.PIECE,
}
_WHOLE_NUMBERS = frozenset(
    {
        FieldDescriptor.CPPTYPE_INT32,
        FieldDescriptor.CPPTYPE_INT64,
        FieldDescriptor.CPPTYPE_UINT32,
        FieldDescriptor.CPPTYPE_UINT64,
    }
)
_COUNT = re.compile(r"[0-9.,+%-]*[万亿wWkK]?\+?(?:在线观众|人|音浪|热度)?")


@cache
def fate_of(field: FieldDescriptor) -> Fate:
    """Tell what becomes of a field."""
    name = field.name
    if field.full_name in _STRANGERS:
        return Fate.DROP
    if field.message_type is not None:
        return Fate.INSIDE if _is_looked_into(field.message_type) else Fate.DROP
    if field.cpp_type == FieldDescriptor.CPPTYPE_STRING:
        return Fate.DROP if field.type == FieldDescriptor.TYPE_BYTES else _fate_of_text(name)
    if field.cpp_type not in _WHOLE_NUMBERS:
        return Fate.KEEP
    if name in _UIDS:
        return Fate.UID
    if name in _ROOM_IDS:
        return Fate.ROOM_ID
    return Fate.DROP if name in _TELLING_NUMBERS else Fate.NUMBER


def is_count(text: str) -> bool:
    """Tell whether a text is a number for showing: 1.2万, 100+, 216在线观众."""
    return _COUNT.fullmatch(text) is not None


def _fate_of_text(name: str) -> Fate:
    for names, fate in (
        (_TEXTS, Fate.TEXT),
        (_COUNTS, Fate.COUNT),
        (_WORDS, Fate.KEEP),
        (_UIDS, Fate.UID),
        (_ROOM_IDS, Fate.ROOM_ID),
        (_NICKNAMES, Fate.NICKNAME),
    ):
        if name in names:
            return fate
    return _SINGULAR.get(name, Fate.DROP)


def _is_looked_into(entry: Descriptor) -> bool:
    """Tell a message, or a few by number, from maps whose keys or values can be anything."""
    if not entry.GetOptions().map_entry:
        return True
    small = entry.fields_by_name["key"].cpp_type == FieldDescriptor.CPPTYPE_INT32
    return small and entry.fields_by_name["value"].message_type is not None
