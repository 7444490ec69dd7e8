"""Payloads of types that have no struct: a dict by the schema's names; called by decode.

As protobuf's own JSON (MessageToDict with the schema's names), in a third of the time: what is to
be done with a field is found out once.
"""

import math
from binascii import b2a_base64
from collections.abc import Callable
from struct import Struct
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

_Convert = Callable[[Any], object]
_FLOAT = Struct("f")


def generic(message: Message) -> dict[str, object]:
    """Give the fields that are set: 64-bit integers as text, bytes as base64."""
    payload = {}
    for field, value in message.ListFields():
        name, convert = _fields[field]
        payload[name] = value if convert is None else convert(value)
    return payload


class _Fields(dict[FieldDescriptor, tuple[str, _Convert | None]]):
    """Field → its name, and what makes JSON of its value; None: it is JSON already."""

    def __missing__(self, field: FieldDescriptor) -> tuple[str, _Convert | None]:
        kind = field.message_type
        if kind is not None and kind.GetOptions().map_entry:
            convert: _Convert | None = _map(_value(kind.fields_by_name["value"]))
        elif field.is_repeated:
            convert = _list(_value(field))
        else:
            convert = _value(field)
        self[field] = found = (field.name, convert)
        return found


_fields = _Fields()


def _value(field: FieldDescriptor) -> _Convert | None:
    """Give what converts one value of a field."""
    match field.type:
        case FieldDescriptor.TYPE_MESSAGE:
            return generic
        case FieldDescriptor.TYPE_INT64 | FieldDescriptor.TYPE_UINT64:
            return str
        case FieldDescriptor.TYPE_BYTES:
            return _base64
        case FieldDescriptor.TYPE_FLOAT:
            return _float
        case FieldDescriptor.TYPE_INT32 | FieldDescriptor.TYPE_BOOL | FieldDescriptor.TYPE_STRING:
            return None
        case _:
            raise TypeError(f"{field.full_name} is of a type that the schema does not have yet")


def _list(convert: _Convert | None) -> _Convert:
    if convert is None:
        return list
    return lambda values: [convert(value) for value in values]


def _map(convert: _Convert | None) -> _Convert:
    if convert is None:
        return lambda values: {str(key): value for key, value in values.items()}
    return lambda values: {str(key): convert(value) for key, value in values.items()}


def _base64(value: bytes) -> str:
    return b2a_base64(value, newline=False).decode("ascii")


def _float(value: float) -> float | str:
    """Give the shortest number that is the same in four bytes; words where JSON has no number."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    for digits in (6, 7, 8):
        short = float(f"{value:.{digits}g}")
        if _FLOAT.unpack(_FLOAT.pack(short))[0] == value:
            return short
    return float(f"{value:.9g}")
