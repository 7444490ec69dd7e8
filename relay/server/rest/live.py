"""What the REST endpoints want of whoever asks Douyin; implemented by upstream/api."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from relay.events.listed import GiftList
from relay.webcast.rest.answer import Answer, Cart, RoomAlive


class Live(Protocol):
    """Douyin's answers, cached and paced.

    Rooms are named by what parse_room_name takes. All raise RoomNameError for what can't be a
    room, and UpstreamError with its cause where there is no answer.
    """

    @property
    def calls(self) -> Mapping[tuple[str, str], int]:
        """Calls made, by endpoint and outcome: `ok`, or the cause of the failure."""
        ...

    @property
    def hits(self) -> Mapping[str, int]:
        """Answers that were there already, by kind."""
        ...

    @property
    def signatures(self) -> Mapping[tuple[str, str], int]:
        """Signatures asked for, those of push URLs too, by signer and outcome: `ok`, `failed`."""
        ...

    @property
    def left_alone(self) -> Mapping[str, bool]:
        """Whether an endpoint kept failing, and has not answered since; all endpoints."""
        ...

    async def info(self, name: str) -> Answer:
        """Describe a room; ended ones too."""
        ...

    async def alive(self, names: Sequence[str]) -> list[RoomAlive]:
        """Tell of each room, in this order, whether it is live. Raises only RoomNameError."""
        ...

    async def audience(self, name: str) -> Answer:
        """Rank the contributors of a broadcast."""
        ...

    async def promotions(self, name: str) -> Answer:
        """List the goods of a broadcast."""
        ...

    async def cart(self, name: str) -> Cart:
        """Tell of a room's shop what its description does, which takes no signature."""
        ...

    async def feed(self, limit: int, *, enrich: bool) -> Answer:
        """Recommend at most `limit` live rooms; `enrich` asks for each one's details, too."""
        ...

    async def gifts(self) -> GiftList:
        """Give upstream's gift catalogue."""
        ...
