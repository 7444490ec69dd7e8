"""What becomes of each field when people are made unrecognisable; used by messages.

Told by the field's name, since upstream calls the same thing the same in most messages. Texts,
numbers that are wide enough for an id, and bytes whose inside nobody knows, are kept only where
field_names has them.
"""

from enum import Enum, auto
from functools import cache

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from relay.recording import field_names


class Fate(Enum):
    """What becomes of a field."""

    DROP = auto()
    KEEP = auto()
    """A flag, or a number with a fraction."""
    INSIDE = auto()
    """A message: what is in it is looked at."""
    TEXT = auto()
    """Somebody's text, or upstream's: names in it are replaced."""
    PATTERN = auto()
    """The same of upstream's with slots, {0:user}, which stay."""
    PIECE = auto()
    """A piece of rich text: somebody's own words, or a name where the text is upstream's."""
    COUNT = auto()
    """A number as text."""
    COLOR = auto()
    WORD = auto()
    """A word of upstream's machinery."""
    GIFT_NAME = auto()
    NUMBER = auto()
    """A count, an asset of upstream's and the like."""
    TIME = auto()
    SMALL = auto()
    """A number that is not known: kept where it is too small to be an id."""
    ID = auto()
    """What stands for a thing in the room; renamed."""
    UID = auto()
    ROOM_ID = auto()
    NICKNAME = auto()
    SHARE_TARGET = auto()
    """The channel that somebody shared to, or whom they followed."""


_BY_FULL_NAME = {
    # Banners that run across rooms: their people need not be in the message.
    "relay.webcast.NotifyMessage.content": Fate.DROP,
    "relay.webcast.SunDailyRankMessage.content": Fate.DROP,
    # Pictures that people made themselves.
    "relay.webcast.AnchorGiftData.anchor_diy_origin_img": Fate.DROP,
    "relay.webcast.GiftTrayInfo.tray_head_img": Fate.DROP,
    "relay.webcast.GiftStruct.name": Fate.GIFT_NAME,
    # Elsewhere an id is a gift's.
    "relay.webcast.HighlightComment.id": Fate.ID,
}
_TEXT_FATES = (
    (field_names.TEXTS, Fate.TEXT),
    (field_names.COUNTS, Fate.COUNT),
    (field_names.COLORS, Fate.COLOR),
    (field_names.WORDS, Fate.WORD),
    (field_names.UIDS, Fate.UID),
    (field_names.ROOM_IDS, Fate.ROOM_ID),
    (field_names.IDS, Fate.ID),
    (field_names.NICKNAMES, Fate.NICKNAME),
    (frozenset({"default_pattern"}), Fate.PATTERN),
    (frozenset({"share_target"}), Fate.SHARE_TARGET),
    (frozenset({"string_value"}), Fate.PIECE),
)
_WIDE_FATES = (
    (field_names.UIDS, Fate.UID),
    (field_names.ROOM_IDS, Fate.ROOM_ID),
    (field_names.IDS, Fate.ID),
    (field_names.NUMBERS, Fate.NUMBER),
    (field_names.TIMES, Fate.TIME),
)
_WIDE = frozenset({FieldDescriptor.CPPTYPE_INT64, FieldDescriptor.CPPTYPE_UINT64})
_NARROW = frozenset({FieldDescriptor.CPPTYPE_INT32, FieldDescriptor.CPPTYPE_UINT32})


@cache
def fate_of(field: FieldDescriptor) -> Fate:
    """Tell what becomes of a field."""
    named = _BY_FULL_NAME.get(field.full_name)
    if named is not None:
        return named
    if field.message_type is not None:
        return Fate.INSIDE if _is_looked_into(field.message_type) else Fate.DROP
    if field.type == FieldDescriptor.TYPE_BYTES:
        return Fate.DROP
    if field.cpp_type == FieldDescriptor.CPPTYPE_STRING:
        return _first(_TEXT_FATES, field.name, Fate.DROP)
    if field.cpp_type in _WIDE:
        return _first(_WIDE_FATES, field.name, Fate.SMALL)
    return Fate.NUMBER if field.cpp_type in _NARROW else Fate.KEEP


def _first(fates: tuple[tuple[frozenset[str], Fate], ...], name: str, default: Fate) -> Fate:
    return next((fate for names, fate in fates if name in names), default)


def _is_looked_into(entry: Descriptor) -> bool:
    """Tell a message, or a few by number, from maps whose keys or values can be anything."""
    if not entry.GetOptions().map_entry:
        return True
    small = entry.fields_by_name["key"].cpp_type == FieldDescriptor.CPPTYPE_INT32
    return small and entry.fields_by_name["value"].message_type is not None
