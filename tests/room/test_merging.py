"""What several connections bring is put in order."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from serving import make_event

from relay.events import Event
from relay.room import merging
from relay.room.merging import Merger


class Out:
    """What comes out: ids, and reasons of gaps."""

    def __init__(self) -> None:
        self.given: list[str] = []

    def publish(self, events: Sequence[Event]) -> None:
        self.given += [event.msg_id for event in events]


def events(*ids: int) -> list[Event]:
    return [make_event(msg_id=str(number)) for number in ids]


@pytest.fixture
async def out() -> AsyncIterator[tuple[Out, Merger]]:
    into = Out()
    merger = Merger(into.publish, into.given.append, 0.02)
    running = asyncio.create_task(merger.run())
    yield into, merger
    running.cancel()
    await asyncio.wait([running])


async def until(out: Out, count: int) -> None:
    async with asyncio.timeout(10):
        while len(out.given) < count:  # noqa: ASYNC110  nobody tells
            await asyncio.sleep(0.001)


async def test_connections_are_interleaved_by_id(out: tuple[Out, Merger]) -> None:
    into, merger = out
    one, two = merger.inlet(), merger.inlet()
    two.publish(events(2, 5))
    one.publish(events(1, 4))
    one.publish(events(6))
    two.publish(events(7))
    assert into.given == []
    await until(into, 6)
    assert into.given == ["1", "2", "4", "5", "6", "7"]


async def test_the_order_of_a_connection_is_kept_whatever_its_ids(
    out: tuple[Out, Merger],
) -> None:
    into, merger = out
    one, two = merger.inlet(), merger.inlet()
    # A gift has the id of the combo's beginning; what has no id stays where it is.
    one.publish(events(10, 3, 0, 11))
    two.publish(events(10, 12))
    await until(into, 6)
    assert [number for number in into.given if number in {"3", "0", "11"}] == ["3", "0", "11"]
    assert into.given.index("3") > into.given.index("10")
    assert into.given[-1] == "12"


async def test_what_comes_too_late_is_given_out_late(out: tuple[Out, Merger]) -> None:
    into, merger = out
    one, two = merger.inlet(), merger.inlet()
    one.publish(events(5))
    await until(into, 1)
    two.publish(events(4))
    await until(into, 2)
    assert into.given == ["5", "4"]


async def test_a_gap_stands_behind_what_is_held(out: tuple[Out, Merger]) -> None:
    into, merger = out
    one = merger.inlet()
    one.publish(events(1, 2))
    one.gap("corrupt_frame")
    assert into.given == ["1", "2", "corrupt_frame"]


async def test_no_more_is_held_than_there_is_room_for(
    out: tuple[Out, Merger], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merging, "MAX_HELD", 3)
    into, merger = out
    merger.inlet().publish(events(1, 2))
    merger.inlet().publish(events(3))
    assert into.given == []
    merger.inlet().publish(events(4))
    assert into.given == ["1", "2", "3", "4"]


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(1, 50)), max_size=60))
def test_nothing_is_lost_and_sorted_connections_come_out_sorted(
    parts: list[tuple[int, int]],
) -> None:
    async def merge() -> list[str]:
        into = Out()
        merger = Merger(into.publish, into.given.append, 60.0)
        inlets = [merger.inlet() for _ in range(3)]
        for which, number in sorted(parts, key=lambda part: part[1]):
            inlets[which].publish(events(number))
        merger.flush()
        return into.given

    given_out = [int(msg_id) for msg_id in asyncio.run(merge())]
    assert sorted(given_out) == sorted(number for _, number in parts)
    assert all(before <= after for before, after in pairwise(given_out))
