"""What the JSON endpoints tell of one broadcast, and rooms that only pass by; used by webapi."""

import random
import time

from msgspec import Struct

from relay.sim.broadcast import Broadcast
from relay.sim.people import Person, make_person
from relay.sim.phrases import TITLES
from relay.sim.room import SimRoom

PASSERSBY = 60
"""Rooms that the feed shows besides the simulator's own."""
_FANS = 3


class RoomCard(Struct, frozen=True):
    """One broadcast as of now."""

    room_id: int
    web_rid: str
    handle: str
    """The anchor's 抖音号."""
    anchor: Person
    title: str
    live: bool
    radio: bool
    started_s: int
    ended_s: int
    """0 while it is live."""
    online: int
    total_users: int
    likes: int
    goods: int
    """Products in its shop."""
    fans: tuple[tuple[Person, int], ...]
    """Who gave most, and how much."""

    @property
    def room_id_str(self) -> str:
        """The room_id as text."""
        return str(self.room_id)


def card_of(room: SimRoom, broadcast: Broadcast) -> RoomCard:
    """Describe one of a room's broadcasts."""
    show = broadcast.show
    return RoomCard(
        room_id=int(broadcast.room_id),
        web_rid=room.web_rid,
        handle=room.handle,
        anchor=room.anchor,
        title=broadcast.title,
        live=broadcast.live,
        radio=broadcast.radio,
        started_s=broadcast.started_ms // 1000,
        ended_s=broadcast.ended_ms // 1000,
        online=show.online if broadcast.live else 0,
        total_users=show.total_users,
        likes=show.likes,
        goods=room.behaviours.goods,
        fans=tuple(show.audience(_FANS, masked=room.behaviours.masked_users)),
    )


def make_passersby(seed: str) -> dict[str, RoomCard]:
    """Invent live rooms that nobody can enter, by room_id: feed and reflow/info know them only."""
    rng = random.Random(seed)
    begun_s = int(time.time())
    cards = [
        RoomCard(
            # No broadcast of a simulated room has zeros in these 16 bits.
            room_id=(begun_s - rng.randint(60, 20_000)) << 32 | index,
            web_rid=str(90_000_000_001 + index),
            handle=f"passerby{index + 1}",
            anchor=make_person(rng),
            title=rng.choice(TITLES),
            live=True,
            radio=rng.random() < 0.1,
            started_s=begun_s - rng.randint(60, 20_000),
            ended_s=0,
            online=rng.randint(20, 30_000),
            total_users=rng.randint(30_000, 900_000),
            likes=rng.randint(100, 900_000),
            goods=rng.choice((0, 0, 5, 40)),
            fans=tuple((make_person(rng), rng.randint(10, 9_000)) for _ in range(_FANS)),
        )
        for index in range(PASSERSBY)
    ]
    return {card.room_id_str: card for card in cards}
