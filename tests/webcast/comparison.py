"""Compares a message with what another decoder made of it, and with a recorded listing."""

import base64
import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

from google.protobuf.descriptor import FieldDescriptor

# (name of a message of the schema, bytes) → what betterproto2 makes of them.
SecondDecoder = Callable[[str, bytes], Any]


def differences(ours: Any, theirs: Any, path: str = "") -> Iterator[str]:
    """Paths of the fields in which a message of ours and of betterproto2's differ.

    Names are not compared (betterproto2 writes them its own way), numbers are.
    """
    their_names = {
        field.metadata["betterproto"].number: field.name for field in dataclasses.fields(theirs)
    }
    for field in ours.DESCRIPTOR.fields:
        here = f"{path}.{field.name}"
        mine = getattr(ours, field.name)
        other = getattr(theirs, their_names.pop(field.number))
        if is_map(field):
            if set(mine) != set(other):
                yield here
            elif field.message_type.fields_by_name["value"].message_type:
                for key in mine:
                    yield from differences(mine[key], other[key], here)
            elif dict(mine) != other:
                yield here
        elif field.is_repeated:
            if len(mine) != len(other):
                yield here
            elif field.message_type:
                for one, another in zip(mine, other, strict=True):
                    yield from differences(one, another, here)
            elif list(mine) != other:
                yield here
        elif field.message_type:
            if ours.HasField(field.name) != (other is not None):
                yield here
            elif other is not None:
                yield from differences(mine, other, here)
        elif mine != other:
            yield here
    if their_names:
        yield f"{path}: only they have numbers {sorted(their_names)}"


def is_map(field: FieldDescriptor) -> bool:
    return bool(field.message_type and field.message_type.GetOptions().map_entry)


def unlike_listing(ours: Any, listing: dict[str, Any], path: str = "") -> Iterator[str]:
    """Paths in which a message differs from its listing, where our schema has the structure.

    A field that is `bytes` with us and a structure with them is skipped: facts don't give it.
    """
    names = {field.name: field for field in ours.DESCRIPTOR.fields}
    for name in listing.keys() - names.keys():
        yield f"{path}.{name}: not in our schema"
    for name, field in names.items():
        here = f"{path}.{name}"
        mine = getattr(ours, name)
        if name not in listing:
            # Listings leave defaults out.
            if field.has_presence:
                if ours.HasField(name):
                    yield f"{here}: not in the listing"
            elif mine:
                yield f"{here}: not in the listing"
        elif is_map(field):
            yield from _unlike_map(field, mine, listing[name], here)
        elif field.is_repeated:
            if len(mine) != len(listing[name]):
                yield here
            for one, listed in zip(mine, listing[name], strict=False):
                yield from _unlike_value(field, one, listed, here)
        else:
            yield from _unlike_value(field, mine, listing[name], here)


def _unlike_map(
    field: FieldDescriptor, mine: Any, listed: dict[str, Any], path: str
) -> Iterator[str]:
    value = field.message_type.fields_by_name["value"]
    by_text = {str(key): mine[key] for key in mine}
    if by_text.keys() != listed.keys():
        yield path
        return
    for key, item in listed.items():
        yield from _unlike_value(value, by_text[key], item, path)


def _unlike_value(field: FieldDescriptor, mine: Any, listed: Any, path: str) -> Iterator[str]:
    if field.message_type:
        yield from unlike_listing(mine, listed, path)
    elif field.type == FieldDescriptor.TYPE_BYTES:
        if isinstance(listed, str) and listed not in REMOVED and base64.b64decode(listed) != mine:
            yield path
    elif field.type == FieldDescriptor.TYPE_STRING and listed in REMOVED:
        pass
    elif field.cpp_type in (FieldDescriptor.CPPTYPE_INT64, FieldDescriptor.CPPTYPE_UINT64):
        if listed != str(mine):
            yield path
    elif field.type == FieldDescriptor.TYPE_FLOAT:
        if abs(mine - listed) > 1e-6 * abs(listed):
            yield path
    elif listed != mine:
        yield path


# What the recordings' author put in place of texts.
REMOVED = frozenset({"<REDACTED>", "…"})
