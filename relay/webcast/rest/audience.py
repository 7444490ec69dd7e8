"""What /audience serves: the contributors of a broadcast, by upstream's list or by its events."""

from typing import Annotated, Any

from msgspec import Meta, Struct

from relay.events import RoomRankPayload, RoomUserSeqPayload
from relay.webcast.rest.documents import Extra, Shaped
from relay.webcast.rest.fields import Partial
from relay.webcast.rest.people import RankedPerson


class Place(Struct):
    """A place in the ranking."""

    delta: int
    first_gift: bool
    gap_description: Annotated[str, Meta(description="Distance to the next place, as shown.")]
    rank: Annotated[int, Meta(description="1 is the first; 0 for none.")]
    score: Annotated[int, Meta(description="Contribution; 0 where not told.")]


class Contribution(Place):
    """A contributor in their place."""

    user: RankedPerson


class Audience(Struct):
    """The ranking by contribution: those at its top, not everybody who watches."""

    currency: str
    has_more: bool
    has_once_live: bool
    music_wave: str
    ranks: list[Contribution]
    rules_url: str
    seats: list[Any]
    self_info: Annotated[Place, Meta(description="The caller's own place; none for the relay.")]
    total: int
    partial: Partial


class AudienceDocument(Struct):
    """The contributors of a broadcast."""

    data: Audience
    extra: Extra
    status_code: Annotated[int, Meta(description="Always 0.")]


def audience_from_ranklist(body: bytes) -> Shaped:
    """Give what ranklist/audience answers as an AudienceDocument. Raises UpstreamError."""
    raise NotImplementedError


def audience_from_events(
    viewers: RoomUserSeqPayload | None, ranking: RoomRankPayload | None, now_ms: int
) -> Shaped:
    """Give what a room's last events tell as an AudienceDocument, marked `partial`.

    The ranking with scores (`viewers.ranks`) is taken before the one without. `now_ms`: Unix ms.
    """
    raise NotImplementedError
