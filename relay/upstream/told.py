"""What upstream told of a room or a broadcast, as the API keeps it; made by lookups and search."""

from typing import NamedTuple

from relay.clock import now_ms
from relay.errors import UpstreamError
from relay.upstream.status import RoomInfo, read_room
from relay.webcast.rest.answer import Answer, Cart, Source
from relay.webcast.rest.completion import object_of
from relay.webcast.rest.documents import Shaped, encoded
from relay.webcast.rest.shape import integer_of

_TOLD_BYTES = 2048


class Described(NamedTuple):
    """A broadcast as an answer describes it."""

    answer: Answer
    """The document of /info."""
    info: RoomInfo
    anchor_id: str
    """The anchor's uid; "" where the answer didn't say."""
    cart: Cart


class Told(NamedTuple):
    """What is known of a room, or of one broadcast."""

    info: RoomInfo
    described: Described | None
    """None where upstream didn't describe a broadcast."""
    refusal: UpstreamError | None
    """Why not, where it gave a reason."""
    source: Source
    fetched_at_ms: int
    """When upstream said it, Unix ms."""

    @property
    def size_bytes(self) -> int:
        """About what it takes to keep it."""
        if self.described is None:
            return _TOLD_BYTES
        return _TOLD_BYTES + memoryview(self.described.answer.data).nbytes


def describe(shaped: Shaped, source: Source) -> Described:
    """Take an InfoDocument for what has just come. Raises UpstreamError (`bad_body`)."""
    room = shaped.document["data"]
    answer = Answer(encoded(shaped.document), source, now_ms(), shaped.missing)
    anchor_id = room["owner"]["id_str"]
    return Described(
        answer, read_room(room), "" if anchor_id == "0" else anchor_id, _cart_of(shaped, answer)
    )


def _cart_of(shaped: Shaped, answer: Answer) -> Cart:
    room = shaped.document["data"]
    is_told = "data.has_commerce_goods" not in shaped.missing
    has_goods = room["has_commerce_goods"] if is_told else None
    # Not of the seeds' room: passed through as upstream has it, where it does. A recorded room
    # that has goods counts 0 of them, which can't be.
    total = integer_of(object_of(room.get("room_cart")).get("total")) or None
    if has_goods is False:
        total = 0
    return Cart(answer.source, answer.fetched_at_ms, has_goods, total)
