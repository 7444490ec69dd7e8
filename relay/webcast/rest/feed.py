"""Upstream's feed as the document of /feed; called by upstream/api, room by room.

A feed is about 1 MB: the caller may let others run between `feed_room` calls.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from relay.webcast.rest.documents import Shaped


class Feed(NamedTuple):
    """A feed as upstream gave it."""

    rooms: list[dict[str, Any]]
    """Room objects as they came, at most MAX_ROOMS."""
    extra: dict[str, Any]
    skipped: int
    """Items that hold no room that can be read, or are past the limit."""


def feed_rooms(body: bytes) -> Feed:
    """Find the rooms of a feed in any of its three forms. Raises UpstreamError.

    Since August 2026 `data` is a list whose items hold a room object, or a JSON string of one,
    under `data`; before, rooms were the items of `data.data`. (Recordings of pure_live.)
    """
    raise NotImplementedError


def feed_room(raw: dict[str, Any], details: Shaped | None = None) -> Shaped:
    """Give one room of a feed as a Room of the FeedDocument; about 0.2 ms.

    `details`, what info_from_reflow gave for the same room, fills in what the feed leaves out
    or has zeros for, and its status wins.
    """
    raise NotImplementedError


def feed_document(feed: Feed, rooms: Sequence[Shaped]) -> Shaped:
    """Put a FeedDocument together of what feed_room gave."""
    raise NotImplementedError
