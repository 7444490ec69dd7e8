"""Playing recordings that somebody made to keep the relay busy."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from relay.recording import Recording
from relay.upstream.names import parse_room_name
from relay.upstream.status import RoomInfo, Status
from relay.upstream.transports.replay import Replay
from relay.webcast.recording import (
    FORMAT,
    VERSION,
    Gap,
    Header,
    Record,
    RecordKind,
    Room,
    pack,
    text_record,
)

WEB_RID = parse_room_name("80000000001")
HEADER = text_record(RecordKind.HEADER, 1_000, Header(FORMAT, VERSION))
ROOM = text_record(RecordKind.ROOM, 1_000, Room(WEB_RID.value, "7600000000000000001"))
MANY = 50_000
"""Records, or members, in which there is nothing to be played."""


def body(time_ms: int) -> Record:
    return Record(RecordKind.BODY, time_ms, b"")


def recording(path: Path, *members: bytes) -> Recording:
    path.write_bytes(b"".join(members))
    return Recording(path)


def replay(found: Recording, *, from_s: float = 0.0, loop: bool = False) -> Replay:
    return Replay(found, found.look_over(), speed=1000.0, from_s=from_s, loop=loop)


HOSTILE = {
    "kinds of a later version": Record(200, 1_000, b""),
    "rooms": ROOM,
    "ends": text_record(RecordKind.END, 1_000),
    "runs": HEADER,
    "gaps of no broadcast": text_record(RecordKind.GAP, 1_000, Gap("corrupt_frame")),
    "frames of no broadcast": body(1_000),
}


@pytest.mark.parametrize("record", HOSTILE.values(), ids=HOSTILE.keys())
async def test_what_is_not_played_leaves_others_their_turn(record: Record, tmp_path: Path) -> None:
    nothing = pack([record] * MANY)
    found = recording(tmp_path / "show.webcast", pack([HEADER]), nothing, pack([ROOM, body(1_000)]))
    await turns_are_left(replay(found))


async def test_what_is_before_the_beginning_leaves_others_their_turn(tmp_path: Path) -> None:
    early = pack([HEADER, ROOM, *[body(1_000)] * MANY])
    found = recording(tmp_path / "show.webcast", early, pack([body(2_000), body(4_000)]))
    await turns_are_left(replay(found, from_s=1.0))


async def test_members_with_nothing_in_them_leave_others_their_turn(tmp_path: Path) -> None:
    found = recording(
        tmp_path / "show.webcast", pack([HEADER]), pack([]) * MANY, pack([ROOM, body(1_000)])
    )
    await turns_are_left(replay(found))


async def turns_are_left(played: Replay) -> None:
    """Look for the room, and see that others are not kept waiting until it is found."""
    async with played:
        looking = asyncio.create_task(played.look(WEB_RID, RoomInfo(Status.OFFLINE)))
        turns = 0
        while not looking.done():
            turns += 1
            await asyncio.sleep(0)
        assert looking.result().status is Status.ONLINE
    assert turns > 10


async def test_a_loop_in_which_nothing_is_played_is_not_begun_again(tmp_path: Path) -> None:
    class Counted(Recording):
        rounds = 0

        def steps(self) -> Iterator[tuple[float, Record] | None]:
            self.rounds += 1
            return super().steps()

    path = tmp_path / "show.webcast"
    path.write_bytes(pack([HEADER, body(1_000), ROOM]))
    found = Counted(path)
    async with replay(found, loop=True) as played:
        looking = asyncio.create_task(played.look(WEB_RID, RoomInfo(Status.OFFLINE)))
        for _ in range(100):
            await asyncio.sleep(0)
        assert not looking.done()
        looking.cancel()
        await asyncio.wait([looking])
    assert found.rounds == 1
