"""The columns of tables of events: which there are, and an event's values; used by the formats.

First come those of every event, then those of the kinds that the table is for. A column has the
name of the payload's field; fields of a struct within are joined by `_`; lists and maps are JSON.
"""

import types
from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

import msgspec

from relay.events import PAYLOAD_TYPES, Payload

Kind = Literal["text", "integer", "true or false", "JSON"]
Value = str | int | bool | None


class Column(NamedTuple):
    """One column."""

    name: str
    kind: Kind
    path: tuple[str, ...]
    """Where its value is in an event."""


_ENVELOPE = (
    Column("method", "text", ("method",)),
    Column("msg_id", "text", ("msg_id",)),
    Column("room_id", "text", ("room_id",)),
    Column("web_rid", "text", ("web_rid",)),
    Column("epoch", "text", ("epoch",)),
    Column("offset", "integer", ("offset",)),
    Column("time", "integer", ("time",)),
)
_REST = Column("payload", "JSON", ("payload",))
"""The whole payload, where it has no columns of its own: of untyped methods, and what couldn't be
read."""
_SCALARS: dict[Any, Kind] = {str: "text", int: "integer", bool: "true or false"}
_json = msgspec.json.Encoder()
_INTEGERS = range(-(2**63), 2**63)


class Table:
    """The columns of some methods, None: of all, and rows of them."""

    def __init__(self, methods: frozenset[str] | None) -> None:
        kinds = [
            kind for method, kind in PAYLOAD_TYPES.items() if methods is None or method in methods
        ]
        common = list(_columns(Payload))
        own = [column for kind in kinds for column in _columns(kind) if column not in common]
        shared = [column for column in common if column.name != "room_id"]
        self.columns = (*_ENVELOPE, *shared, *dict.fromkeys(own), _REST)
        """In their order."""
        self.lost = 0
        """Integers that were too large for 64 bits, and are left out."""
        self._places: dict[str, list[tuple[int, Column]]] = {}

    def row(self, body: bytes) -> list[Value]:
        """Give the values of an event's frame, one for each column."""
        event = msgspec.json.decode(body)
        payload = event["payload"]
        row: list[Value] = [None] * len(self.columns)
        for place, column in enumerate(_ENVELOPE):
            row[place] = event[column.name]
        method = event["method"]
        # An event of a typed method that could not be read has an untyped payload.
        if method not in PAYLOAD_TYPES or "content" not in payload:
            row[-1] = _json.encode(payload).decode()
            return row
        places = self._places.get(method)
        if places is None:
            places = self._places[method] = self._find(PAYLOAD_TYPES[method])
        for place, column in places:
            value: Any = payload
            for name in column.path[1:]:
                value = value.get(name) if value is not None else None
            if column.kind == "JSON" and value is not None:
                value = _json.encode(value).decode()
            elif column.kind == "integer" and value is not None and value not in _INTEGERS:
                self.lost += 1
                value = None
            row[place] = value
        return row

    def _find(self, kind: type[Payload]) -> list[tuple[int, Column]]:
        own = set(_columns(kind))
        return [(place, column) for place, column in enumerate(self.columns) if column in own]


def _columns(
    kind: type, path: tuple[str, ...] = ("payload",), prefix: str = ""
) -> Iterator[Column]:
    """Give the columns of a struct's fields, those of structs within included."""
    hints: Mapping[str, Any] = get_type_hints(kind)
    for field in msgspec.structs.fields(kind):
        hint = hints[field.name]
        inner = next((part for part in _alternatives(hint) if _is_struct(part)), None)
        at, name = (*path, field.name), f"{prefix}{field.name}"
        if inner is not None:
            yield from _columns(inner, at, f"{name}_")
        else:
            scalar = str if get_origin(hint) is Literal else hint
            yield Column(name, _SCALARS.get(scalar, "JSON"), at)


def _alternatives(hint: Any) -> tuple[Any, ...]:
    return get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)


def _is_struct(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, msgspec.Struct)
