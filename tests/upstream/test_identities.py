"""Anonymous identities: who shares which, and what a refusal in one room changes for others."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from fake_douyin import WEB_RID, FakeDouyin, empty, enter, fake_douyin, home, status_answer

from relay.upstream.client import Timings, Upstream
from relay.upstream.identities import IdentityPool
from relay.upstream.identity import Identity
from relay.upstream.names import parse_room_name


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def fake() -> AsyncIterator[FakeDouyin]:
    async with fake_douyin() as running:
        running.home = numbered()
        yield running


def numbered() -> "web.Handler":
    """Give another ttwid each time."""
    given = iter(range(1, 100))

    async def answer(request: web.Request) -> web.StreamResponse:
        return home(f"ttwid{next(given)}")(request)  # type: ignore[return-value]

    return answer


async def test_one_rooms_cure_changes_nothing_for_another(fake: FakeDouyin) -> None:
    async with Upstream(fake.config(), Timings()) as upstream:
        choose = upstream.identities.choose
        ill, other = choose(["1"]), choose(["2"])
        assert await ill.cookies() == await other.cookies() == {"ttwid": "ttwid1"}
        cured = choose(["1"], avoid=[ill])
        # While the new one can't be had, and after.
        gate = asyncio.Event()
        fake.home = lambda request: held(gate, request)
        waiting = asyncio.create_task(cured.cookies())
        assert await other.cookies() == {"ttwid": "ttwid1"}
        gate.set()
        assert await waiting == {"ttwid": "late"}
        assert await choose(["2"]).cookies() == {"ttwid": "ttwid1"}
        # The room keeps it from now on.
        assert choose(["1"]) is cured
        # Whoever is refused, too, shares it; nothing more is fetched.
        assert choose(["2"], avoid=[other]) is cured
        assert fake.paths.count("/") == 2


async def held(gate: asyncio.Event, request: web.Request) -> web.StreamResponse:
    await gate.wait()
    return home("late")(request)  # type: ignore[return-value]


def test_fresh_ones_are_made_seldom_and_it_is_said_when_there_is_none() -> None:
    clock = Clock()
    made: list[Identity] = []

    def make() -> Identity:
        made.append(Identity("anonymous"))
        return made[-1]

    pool = IdentityPool(Identity("anonymous"), make=make, clock=clock)
    left = [pool.choose(["1"])]
    assert pool.has_other(["1"], left)
    left.append(pool.choose(["1"], avoid=left))
    assert left[1] is not left[0]
    # Another one only after a while.
    assert not pool.has_other(["1"], left)
    assert pool.choose(["1"], avoid=left) is left[1]
    # Others take what there is.
    assert pool.choose(["2"], avoid=left[1:]) is left[0]
    for _ in range(20):
        clock.now += 60
        assert pool.has_other(["1"], left)
        left.append(pool.choose(["1"], avoid=left))
        pool.choose(["2"], avoid=left)
    assert len({id(identity) for identity in left}) == 22
    assert len(made) == 21


async def test_refused_lookups_come_as_another(fake: FakeDouyin) -> None:
    fake.enter = empty
    async with Upstream(fake.config(), Timings()) as upstream:
        room = upstream.identities.choose(["1"])
        assert await room.cookies() == {"ttwid": "ttwid1"}
        for _ in range(3):
            await upstream.resolver.look(parse_room_name(WEB_RID))
        fake.enter = enter()
        await upstream.resolver.look(parse_room_name(WEB_RID))
        assert fake.requests[-1].cookies["ttwid"] == "ttwid2"
        # The room's stays as it is.
        assert await room.cookies() == {"ttwid": "ttwid1"}
        assert upstream.identities.choose(["1"]) is room


async def test_what_is_asked_without_cookies_changes_nobody(fake: FakeDouyin) -> None:
    fake.reflow = status_answer(403)
    async with Upstream(fake.config(), Timings()) as upstream:
        for _ in range(4):
            await upstream.resolver.look_broadcast("7600000000000000001")
        assert fake.paths == ["/webcast/room/reflow/info/"] * 4
        fake.enter = enter()
        await upstream.resolver.look(parse_room_name(WEB_RID))
        assert fake.requests[-1].cookies["ttwid"] == "ttwid1"
