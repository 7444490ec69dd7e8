"""What upstream/api gives for one call and server/rest serves."""

from typing import Literal

import msgspec
from msgspec import Struct

from relay.errors import UpstreamError

Source = Literal["reflow", "web_enter", "html", "ranklist", "pop", "feed", "events"]
"""Where an answer comes from: reflow/info, web/enter, the room page, ranklist/audience,
promotions/pop, webcast/feed, or the room's own event stream."""


class Answer(Struct, frozen=True):
    """A document that can be served as it is."""

    data: msgspec.Raw
    """What stands under `data` in the envelope, encoded once."""
    source: Source
    fetched_at_ms: int
    """When upstream gave it, Unix ms."""
    missing: tuple[str, ...] = ()
    """Paths that upstream left out, or filled with what doesn't fit, and where neutral values
    stand, e.g. `data.owner.pay_grade`. What is below a missing path isn't named on its own.
    `data.ranks[].score` is one that at least one item lacks; `data.ranks[]` itself says that items
    were left out, because they couldn't be read or are too many."""


class RoomAlive(Struct, frozen=True):
    """What is known of whether one room is live."""

    state: Literal["live", "ended", "unknown", "not_found"]
    room_id: str = ""
    """The broadcast that this is about; "" where it isn't known."""
    web_rid: str = ""
    cause: str = ""
    """Why it is unknown: one of upstream/failures.CAUSES."""
    source: Source | None = None
    """Where that comes from; None: it is unknown."""
    fetched_at_ms: int = 0
    """When upstream said it, Unix ms; 0: it is unknown."""
    refusal: UpstreamError | None = None
    """The same as `cause` in more words, and upstream's own where it gave any."""


class Cart(Struct, frozen=True):
    """What a room's description tells of its shop."""

    source: Source
    fetched_at_ms: int
    """When upstream gave it, Unix ms."""
    has_goods: bool | None
    """Whether goods are for sale; None: not told."""
    total: int | None
    """How many; None: not told."""
