"""The gift catalogue: asked for when it is wanted, kept, and made do with where it is refused."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from relay.errors import UpstreamError
from relay.sim import Scenario, Simulator
from relay.upstream.api import LiveApi
from relay.upstream.client import Timings, Upstream
from relay.upstream.gifts import FRESH_S, RETRY_S

LAMP = "9001"


class Clock:
    now_s = 1_000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
async def simulator() -> AsyncIterator[Simulator]:
    async with Simulator(Scenario(rooms=1, rate=1)) as running:
        yield running


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def api(simulator: Simulator, clock: Clock) -> AsyncIterator[LiveApi]:
    async with Upstream(simulator.upstream_config(), Timings()) as upstream:
        upstream.api.catalogue._clock = clock
        yield upstream.api


def refuse(simulator: Simulator, answer: str) -> None:
    for room in simulator.rooms.values():
        room.change({"gift_list": answer})


async def test_the_catalogue_names_and_prices_gifts(api: LiveApi) -> None:
    catalogue = await api.gifts()
    lamp = next(gift for gift in catalogue.gifts if gift.id == LAMP)
    assert (lamp.name, lamp.diamonds, lamp.cny, lamp.combo) == ("粉团小灯", 1, 0.1, False)
    assert catalogue.fetched_at_ms > 0
    assert api.catalogue.find(LAMP) == lamp
    assert api.catalogue.find("1") is None


async def test_a_missing_gift_has_it_asked_for_once(api: LiveApi) -> None:
    assert api.catalogue.find(LAMP) is None
    assert api.catalogue.find("1") is None
    await api.gifts()
    assert api.catalogue.find(LAMP) is not None
    assert api.calls == {("gifts", "ok"): 1}


async def test_it_is_kept_and_asked_for_again_when_it_is_old(api: LiveApi, clock: Clock) -> None:
    first = await api.gifts()
    clock.now_s += FRESH_S - 1
    assert await api.gifts() is first
    clock.now_s += 2
    again = await api.gifts()
    assert again is not first
    assert again.gifts == first.gifts
    assert api.calls == {("gifts", "ok"): 2}


async def test_where_it_is_refused_the_last_one_is_given(
    simulator: Simulator, api: LiveApi, clock: Clock
) -> None:
    first = await api.gifts()
    refuse(simulator, "empty")
    clock.now_s += FRESH_S + 1
    assert await api.gifts() is first
    assert api.catalogue.find(LAMP) is not None
    assert api.calls == {("gifts", "ok"): 1, ("gifts", "empty_body"): 1}


async def test_where_it_was_never_had_the_refusal_is_told(
    simulator: Simulator, api: LiveApi, clock: Clock
) -> None:
    refuse(simulator, "empty")
    with pytest.raises(UpstreamError) as raised:
        await api.gifts()
    assert raised.value.cause == "empty_body"
    # Rooms do without, and don't ask at every gift.
    assert api.catalogue.find(LAMP) is None
    with pytest.raises(UpstreamError):
        await api.gifts()
    for _ in range(10):
        assert api.catalogue.find(LAMP) is None
        await asyncio.sleep(0)
    assert api.calls == {("gifts", "empty_body"): 2}
    refuse(simulator, "ok")
    clock.now_s += RETRY_S + 1
    api.catalogue.find(LAMP)
    await api.gifts()
    assert api.calls == {("gifts", "empty_body"): 2, ("gifts", "ok"): 1}
