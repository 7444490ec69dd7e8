"""Reads the queries of the REST endpoints, strictly, and describes them; used by all of them.

What is not understood is refused, never guessed: a client whose room_id went through a float is
better off knowing. Only parameters that an endpoint doesn't have are let be, and named: clients
add what keeps caches off, or send all endpoints the same ones.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal
from urllib.parse import unquote_to_bytes

from aiohttp import web
from msgspec import Struct

from relay.errors import PositionError
from relay.hub import Position
from relay.logs import mask_tokens
from relay.server.rest.errors import INVALID_PARAM, RestError

MAX_ID = 2**63 - 1
MAX_FIELDS = 50
"""Parameters in one query, repeated ones included."""
_SHOWN_CHARS = 64
"""Of what a client sent, in an answer."""

_IGNORED: web.RequestKey[Sequence[str]] = web.RequestKey("ignored parameters", tuple)

# Written out: \d and str.isdigit() take full-width and other digits too.
_ID = re.compile(r"[1-9][0-9]{0,19}")
_NUMBER = re.compile(r"0|[1-9][0-9]{0,8}")
_HANDLE = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_HANDLE_PATTERN = "(?![0-9]{17})[A-Za-z0-9_-][A-Za-z0-9_.-]{0,63}"
_ROOM_ID_DIGITS = 17
"""From here on digits are a room_id; below, a web_rid. Douyin's have 19 and 11 or 12."""


def _pattern_upto(maximum: int) -> str:
    """Write a pattern for the numbers from 1 to `maximum`, without zeros in front."""
    digits = str(maximum)
    shorter = f"[1-9][0-9]{{0,{len(digits) - 2}}}"
    below = [
        f"{digits[:at]}[{0 if at else 1}-{int(digit) - 1}][0-9]{{{len(digits) - at - 1}}}"
        for at, digit in enumerate(digits)
        if int(digit) > (0 if at else 1)
    ]
    return f"({'|'.join([shorter, *below, digits])})"


_ID_PATTERN = _pattern_upto(MAX_ID)


class Number(Struct, frozen=True):
    """A whole number within bounds."""

    about: str
    minimum: int
    maximum: int
    default: int

    def read(self, name: str, text: str) -> int:
        """Give its value. Raises RestError."""
        number = int(text) if _NUMBER.fullmatch(text) else -1
        if not self.minimum <= number <= self.maximum:
            raise invalid(name, text, f"write a whole number from {self.minimum} to {self.maximum}")
        return number

    def schema(self) -> dict[str, Any]:
        """Describe it as JSON Schema."""
        return {
            "type": "integer",
            "minimum": self.minimum,
            "maximum": self.maximum,
            "default": self.default,
        }


class Choice(Struct, frozen=True):
    """One of a few words, the first of which is the default."""

    about: str
    words: tuple[str, ...]

    @property
    def default(self) -> str:
        """What leaving it out means."""
        return self.words[0]

    def read(self, name: str, text: str) -> str:
        """Give its value. Raises RestError."""
        if text not in self.words:
            raise invalid(name, text, f"write {' or '.join(self.words)}")
        return text

    def schema(self) -> dict[str, Any]:
        """Describe it as JSON Schema."""
        return {"type": "string", "enum": list(self.words), "default": self.default}


class Cursor(Struct, frozen=True):
    """A position that an answer gave."""

    about: str
    default: None = None

    def read(self, name: str, text: str) -> Position:
        """Give its value. Raises RestError."""
        try:
            return Position.parse(text)
        except PositionError:
            raise invalid(name, text, "write the `cursor` of the answer before") from None

    def schema(self) -> dict[str, Any]:
        """Describe it as JSON Schema."""
        return {"type": "string", "pattern": "^[0-9a-z]{1,32}:(0|[1-9][0-9]{0,14})$"}


class Rooms(Struct, frozen=True):
    """Rooms by number, or by what stands in their pages' addresses."""

    about: str
    by: Literal["room_id", "web_rid"]
    """`room_id`: digits, of a web_rid too; `web_rid`: those of a web_rid, or a handle."""
    maximum: int = 1

    @property
    def default(self) -> Sequence[str]:
        """What leaving it out means."""
        return ()

    def read(self, name: str, text: str) -> Sequence[str]:
        """Give the names, each once, in order. Raises RestError."""
        read = _read_id if self.by == "room_id" else _read_handle
        words = text.split(",")
        if self.maximum == 1 and len(words) > 1:
            raise invalid(name, text, "write one room only")
        names = list(dict.fromkeys(read(name, word) for word in words))
        if len(names) > self.maximum:
            raise RestError(
                INVALID_PARAM, f"{name}: {len(names)} rooms; write at most {self.maximum}"
            )
        return names

    def schema(self) -> dict[str, Any]:
        """Describe it as JSON Schema."""
        one = _ID_PATTERN if self.by == "room_id" else _HANDLE_PATTERN
        more = f"(,{one}){{0,{self.maximum - 1}}}" if self.maximum > 1 else ""
        return {"type": "string", "pattern": f"^{one}{more}$"}


Parameter = Number | Choice | Cursor | Rooms

ONE_ROOM: Mapping[str, Parameter] = {
    "room_id": Rooms("The room, by room_id or the digits of its web_rid.", "room_id"),
    "web_rid": Rooms("The room, by web_rid or the anchor's handle; instead of room_id.", "web_rid"),
}
"""What most endpoints take."""


def read_query(request: web.Request, known: Mapping[str, Parameter]) -> dict[str, Any]:
    """Give the value of every known parameter, its default where it is left out.

    Other ones are what `ignored_in` gives, but for `token`. Raises RestError, also where a known
    one is given twice.
    """
    values: dict[str, Any] = {name: parameter.default for name, parameter in known.items()}
    given: set[str] = set()
    ignored: dict[str, None] = {}
    for name, text in _split(request.raw_path.partition("?")[2]):
        if name in given:
            raise RestError(INVALID_PARAM, f"{name} is given twice")
        if name in known:
            given.add(name)
            values[name] = known[name].read(name, text)
        elif name == "token":
            given.add(name)
        else:
            ignored[_shown(name)] = None
    request[_IGNORED] = tuple(ignored)
    return values


def ignored_in(request: web.Request) -> Sequence[str]:
    """Name the parameters that a query had besides those that were read."""
    return request[_IGNORED]


def one_room(values: Mapping[str, Any]) -> str:
    """Give the one room that a query names, by room_id or web_rid. Raises RestError."""
    return room_names(values)[0]


def room_names(values: Mapping[str, Any]) -> Sequence[str]:
    """Give the rooms that a query names, by room_id or web_rid. Raises RestError."""
    by_id: Sequence[str] = values["room_id"]
    by_handle: Sequence[str] = values["web_rid"]
    if by_id and by_handle:
        raise RestError(INVALID_PARAM, "room_id and web_rid are both given; write one of them")
    if not (by_id or by_handle):
        raise RestError(INVALID_PARAM, "room_id is missing; name the room by room_id or web_rid")
    return by_id or by_handle


def is_room_id(name: str) -> bool:
    """Tell whether a room's name, as read here, is that of one broadcast."""
    return len(name) >= _ROOM_ID_DIGITS and name.isdigit()


def invalid(name: str, text: str, advice: str) -> RestError:
    """Make the error for a value that is refused."""
    # It goes back to whoever sent it: keep it short and printable.
    return RestError(INVALID_PARAM, f"{name}={_shown(text)!a}: {advice}")


def _shown(text: str) -> str:
    # Whole tokens are masked, so that no half of one is left.
    masked = mask_tokens(text)
    return masked if len(masked) <= _SHOWN_CHARS else f"{masked[:_SHOWN_CHARS]}…"


def _split(query: str) -> list[tuple[str, str]]:
    if not query.isascii() or _BAD_ESCAPE.search(query):
        raise RestError(INVALID_PARAM, "the query can't be read; write it percent-encoded")
    fields = query.split("&") if query else []
    if len(fields) > MAX_FIELDS:
        raise RestError(INVALID_PARAM, f"{len(fields)} parameters; write at most {MAX_FIELDS}")
    given: list[tuple[str, str]] = []
    for field in fields:
        name, _, text = (_decode(part) for part in field.partition("="))
        if name:
            given.append((name, text))
        elif field:
            raise RestError(INVALID_PARAM, "a parameter has no name; write name=value")
    return given


def _decode(text: str) -> str:
    try:
        return unquote_to_bytes(text.replace("+", " ")).decode()
    except UnicodeDecodeError:
        raise RestError(INVALID_PARAM, "the query is not UTF-8") from None


def _read_id(name: str, text: str) -> str:
    if not _ID.fullmatch(text) or int(text) > MAX_ID:
        raise invalid(
            name,
            text,
            "write the digits of a room_id, or those in live.douyin.com/<web_rid>: no zeros in"
            f" front, no signs, spaces or points, nothing above {MAX_ID}",
        )
    return text


def _read_handle(name: str, text: str) -> str:
    if not _HANDLE.fullmatch(text) or not text.strip("."):
        raise invalid(name, text, "write what comes after live.douyin.com/ in the room's address")
    if is_room_id(text):
        raise invalid(name, text, "these are the digits of a room_id; write room_id=")
    return text
