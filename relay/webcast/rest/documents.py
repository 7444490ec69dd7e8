"""What stands under `data` of /info and /feed, and what all documents share."""

from typing import Annotated, Any, NamedTuple

import msgspec
from msgspec import Meta, Struct

from relay.errors import UpstreamError
from relay.webcast.rest.fields import UnixMs
from relay.webcast.rest.room import Room


class Shaped(NamedTuple):
    """A document, or a part of one, that has every key it should have."""

    document: dict[str, Any]
    """Of JSON types only; encode it with `encoded`."""
    missing: tuple[str, ...]
    """Paths that upstream left out or cut, sorted; as Answer.missing has them."""


class Extra(Struct):
    """What goes with upstream's data."""

    now: UnixMs


class FeedExtra(Extra):
    """What goes with a feed."""

    has_more: Annotated[
        bool, Meta(description="Asking again gives others, a new random choice each time.")
    ]


class InfoDocument(Struct):
    """A room."""

    data: Room
    extra: Extra
    status_code: Annotated[int, Meta(description="Always 0.")]


class FeedDocument(Struct):
    """Rooms that upstream recommends."""

    data: list[Room]
    extra: FeedExtra
    status_code: Annotated[int, Meta(description="Always 0.")]


def encoded(document: dict[str, Any] | list[Any]) -> msgspec.Raw:
    """Encode a document once. Raises UpstreamError (`bad_body`) where it is nested too deeply."""
    try:
        return msgspec.Raw(msgspec.json.encode(document))
    except RecursionError:
        raise UpstreamError("bad_body", "upstream's JSON is nested too deeply") from None
