"""Kinds of fields that the REST structs share, with what the OpenAPI document says of them."""

from typing import Annotated

from msgspec import Meta

Id = Annotated[
    int,
    Meta(description="64-bit id. Above 2^53 a parser that uses floats rounds it: see its `_str`."),
]
IdText = Annotated[
    str, Meta(description='The id beside it in decimal digits, exact everywhere; "" unknown.')
]
Ids = Annotated[
    list[int],
    Meta(description="64-bit ids. Parsers that use floats round them: see their `_str`."),
]
IdTexts = Annotated[
    list[str], Meta(description="The ids beside it in decimal digits, exact everywhere.")
]
UnixS = Annotated[int, Meta(description="Unix seconds; 0 unknown.")]
UnixMs = Annotated[int, Meta(description="Unix milliseconds; 0 unknown.")]
Fen = Annotated[int, Meta(description="In fen (1/100 CNY); 0 unknown.")]
JsonText = Annotated[str, Meta(description="JSON inside a string; may be empty.")]
Masked = Annotated[
    bool,
    Meta(
        description="Upstream hides who this is from anonymous callers: ids and names are made "
        "up and the same for many people, so don't count or key by them."
    ),
]
Partial = Annotated[
    bool,
    Meta(
        description="Built from the room's events because upstream's own list can't be had: what "
        "the events don't tell has neutral values, as `meta.missing` says."
    ),
]
