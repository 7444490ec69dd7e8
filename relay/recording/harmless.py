"""Tells which values say nothing of who somebody is: counts, times, words; used by messages."""

import re

_MAX_NUMBER = 10**11
"""Of counts and sums. Most ids are longer; of the others those that were met are known."""
_MAX_SMALL = 10**4
"""Kinds, levels and flags are below."""
_MAX_DURATION = 10**8
"""More than a day, in ms."""
_MIN_TIME_S, _MAX_TIME_S = 1_400_000_000, 4_200_000_000
"""2014, before there was a room, to 2103."""
_MAX_DIGITS = 9
"""Of a number for showing. Telephone numbers have more, and large counts are shown as 1.2万."""
_COUNT = re.compile(r"[0-9.,+%-]*[万亿wWkK]?\+?(?:在线观众|人|音浪|热度)?")
_TIMES = re.compile(r"x[0-9]{1,6}")
_COLOR = re.compile(r"#?[0-9A-Fa-f]{3,8}")
_WORD = re.compile(r"[A-Za-z_.][A-Za-z0-9_.:-]{0,79}")
_LONG_NUMBER = re.compile(r"[0-9]{5}")
_MAX_GIFT_NAME_CHARS = 20
_BADGE = re.compile(r"(?:[荣誉粉丝团等级]{1,6}(?:[0-9]{1,3}级)?|管理员)?勋章")


def is_count(text: str) -> bool:
    """Tell whether a text is a number for showing: 1.2万, 100+, 216在线观众."""
    return _COUNT.fullmatch(text) is not None and sum(map(str.isdecimal, text)) <= _MAX_DIGITS


def is_how_often(text: str) -> bool:
    """Tell whether a text is how often a gift was given: x12."""
    return _TIMES.fullmatch(text) is not None


def is_number(value: int) -> bool:
    """Tell whether a number can be a count or a sum, or what upstream calls a gift or asset."""
    return abs(value) < _MAX_NUMBER


def is_small(value: int) -> bool:
    """Tell whether a number is too small to be an id."""
    return abs(value) < _MAX_SMALL


def is_time(value: int) -> bool:
    """Tell whether a number can be a time: Unix s, ms or µs, or how long."""
    return 0 <= value < _MAX_DURATION or any(
        _MIN_TIME_S <= value // unit < _MAX_TIME_S for unit in (1, 1_000, 1_000_000)
    )


def is_color(text: str) -> bool:
    """Tell whether a text is a color: #B3FFFFFF."""
    return _COLOR.fullmatch(text) is not None


def is_word(text: str) -> bool:
    """Tell whether a text is a word of upstream's machinery: webcast_aweme_gift_send_message."""
    return _WORD.fullmatch(text) is not None and not _LONG_NUMBER.search(text)


def is_gift_name(text: str) -> bool:
    """Tell whether a gift can be called so."""
    return len(text) <= _MAX_GIFT_NAME_CHARS and not _LONG_NUMBER.search(text)


def is_badge(text: str) -> bool:
    """Tell whether upstream describes one of its own badges so: 荣誉等级10级勋章."""
    return _BADGE.fullmatch(text) is not None
