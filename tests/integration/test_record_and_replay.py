"""What was live is recorded, and played it is what was live, byte for byte."""

import asyncio
import gzip
import json
import re
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest
from playing import playing, recording
from recorded_upstream import Batch
from serving import WORKERS
from watching import Listener
from websockets.asyncio.client import ClientConnection, connect

from relay.app import running
from relay.config import Config, RoomConfig, ServerConfig, WatchConfig
from relay.errors import CloseCode, RecordingError
from relay.events import OWN_METHODS
from relay.hub import RoomState
from relay.recording import Recording, RecordingWriter
from relay.server import RelayServer
from relay.sim import Behaviours, Scenario, Simulator, Step
from relay.sim.room import SimRoom
from relay.upstream.transports.replay import Replay
from relay.webcast.decode import decode_response
from relay.webcast.frames import read_frame
from relay.webcast.recording import Record, RecordKind, Room, text_record

UNRULY = Behaviours(
    duplicate_every=15,
    corrupt_every=20,
    reorder_every=12,
    unknown_method_every=10,
    uncompressed_every=7,
    unknown_fields=True,
)
_PLACE = re.compile(rb'"epoch":"[^"]*","offset":\d+,')
_NOT_UPSTREAMS = (b'{"op":', b'{"method":"Relay')
_ADDED = re.compile(rb'"increment":\d+,"increment_diamonds":\d+,"total":\d+,.*"total_cny":[^}]+')


def event_lines(lines: Sequence[bytes]) -> list[bytes]:
    """Upstream's events as they were written, but for their place in the stream."""
    return [_PLACE.sub(b"", line) for line in lines if not line.startswith(_NOT_UPSTREAMS)]


def what_came(listener: Listener) -> list[str]:
    """Upstream's events and gaps, in order."""
    told = []
    for frame in listener.frames:
        if frame.get("method") in OWN_METHODS:
            continue
        if "op" not in frame:
            told.append(f"{frame['method']} {frame['msg_id']}")
        elif frame["op"] == "gap":
            told.append(frame["reason"])
    return told


async def ended(listener: Listener, times: int = 1) -> None:
    await listener.until(lambda: listener.states.count(RoomState.ENDED) >= times)


async def read_events(client: ClientConnection, count: int) -> list[bytes]:
    lines: list[bytes] = []
    async with asyncio.timeout(60):
        while len(lines) < count:
            lines += event_lines([(await client.recv(decode=False)).strip()])
    return lines


def ids(lines: Sequence[bytes]) -> dict[str, bytes]:
    return {json.loads(line)["msg_id"]: line for line in lines}


async def test_played_events_are_those_that_a_live_relay_gave_byte_for_byte(
    tmp_path: Path,
) -> None:
    path = tmp_path / "show.webcast"
    scenario = Scenario(rooms=1, rate=400, behaviours=UNRULY)
    async with Simulator(scenario) as simulator:
        (web_rid,) = simulator.rooms
        config = Config(
            server=ServerConfig(port=0, workers=WORKERS),
            rooms=[RoomConfig(room=web_rid)],
            upstream=simulator.upstream_config(),
        )
        async with (
            recording(config.upstream, web_rid, path) as (_, recorded),
            running(config) as server,
            connect(f"ws://127.0.0.1:{server.port}/ws?room_id={web_rid}") as client,
        ):
            live = await read_events(client, 800)
            await recorded.until(lambda: len(recorded.events) > 800)
            last = json.loads(live[-1])["msg_id"]
            await recorded.until(lambda: last in {msg_id for _, msg_id in recorded.events})
    async with playing(path) as (overview, played):
        await ended(played)
    again = event_lines(played.lines)
    served, replayed = ids(live), ids(again)
    both = served.keys() & replayed.keys()
    assert len(both) > 700
    # What a gift adds depends on what was seen before it.
    assert all(
        _ADDED.sub(b"", served[msg_id]) == _ADDED.sub(b"", replayed[msg_id]) for msg_id in both
    )
    # And as the recorder saw it: the same order, the same gaps at the same places.
    assert again == event_lines(recorded.lines)
    assert what_came(played) == what_came(recorded)
    assert "corrupt_frame" in played.gaps
    assert played.states == ["resolving", "connecting", "live", "ended"]
    (live_room,) = [f for f in played.frames if f.get("state") == "live"]
    assert live_room["title"] == overview.first.title != ""
    assert overview.last.transport == "socket"


async def test_polled_answers_are_recorded_and_played_as_well(tmp_path: Path) -> None:
    path = tmp_path / "show.webcast"
    async with Simulator(Scenario(rooms=1, rate=200)) as simulator:
        (web_rid,) = simulator.rooms
        upstream = simulator.upstream_config()
        polled = type(upstream)(**{**_fields(upstream), "transport": "poll"})
        async with recording(polled, web_rid, path) as (_, recorded):
            await recorded.until(lambda: len(recorded.events) > 200)
    kinds = {record.kind for _, record in Recording(path).records()}
    assert RecordKind.BODY in kinds
    assert RecordKind.FRAME not in kinds
    async with playing(path) as (_, played):
        await ended(played)
    assert event_lines(played.lines) == event_lines(recorded.lines)


def _fields(struct: Any) -> dict[str, Any]:
    return {name: getattr(struct, name) for name in struct.__struct_fields__}


async def test_a_room_with_several_connections_is_recorded_over_one(tmp_path: Path) -> None:
    path = tmp_path / "show.webcast"
    async with Simulator(Scenario(rooms=1, rate=400)) as simulator:
        (web_rid,) = simulator.rooms
        upstream = msgspec.structs.replace(simulator.upstream_config(), connections=3)
        async with recording(upstream, web_rid, path) as (_, recorded):
            await recorded.until(lambda: len(recorded.events) > 200)
            assert len(simulator.ledger.of_room(web_rid)) == 1
    async with playing(path) as (_, played):
        await ended(played)
    assert event_lines(played.lines) == event_lines(recorded.lines)


async def test_the_next_broadcast_is_played_after_the_end_of_the_first(tmp_path: Path) -> None:
    path = tmp_path / "show.webcast"
    async with Simulator(Scenario(rooms=1, rate=100)) as simulator:
        (room,) = simulator.rooms.values()
        first = room.room_id
        async with recording(simulator.upstream_config(), room.web_rid, path) as (_, recorded):
            await recorded.until(lambda: len(recorded.events) > 50)
            room.obey(Step(do="end"))
            await recorded.until_state(RoomState.ENDED)
            await _next_broadcast(room, recorded)
        second = room.room_id
    async with playing(path) as (overview, played):
        await ended(played, 2)
    assert (overview.first.room_id, overview.last.room_id) == (first, second)
    rooms = [frame["room_id"] for frame in played.frames if "op" not in frame]
    assert list(dict.fromkeys(rooms)) == [first, second]
    assert event_lines(played.lines) == event_lines(recorded.lines)
    assert played.states == ["resolving", *["connecting", "live", "ended"] * 2]


async def _next_broadcast(room: SimRoom, listener: Listener) -> None:
    room.obey(Step(do="next_broadcast"))
    await listener.until(lambda: listener.frames[-1].get("room_id") == room.room_id)
    had = len(listener.events)
    await listener.until(lambda: len(listener.events) > had + 50)


async def _record(path: Path, events: int = 100, **behaviours: Any) -> tuple[str, list[bytes]]:
    scenario = Scenario(rooms=1, rate=300, behaviours=Behaviours(**behaviours))
    async with Simulator(scenario) as simulator:
        (web_rid,) = simulator.rooms
        upstream = simulator.upstream_config()
        async with recording(upstream, web_rid, path) as (_, recorded):
            await recorded.until(lambda: len(recorded.events) > events)
    return web_rid, event_lines(recorded.lines)


async def test_each_round_of_a_loop_is_a_broadcast_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "show.webcast"
    _, recorded = await _record(path, unknown_method_every=10)
    async with playing(path, loop=True) as (overview, played):
        await ended(played, 3)
    rounds: dict[str, list[dict[str, Any]]] = {}
    for frame in played.upstreams:
        rounds.setdefault(frame["room_id"], []).append(frame)
    first, second, third, *_ = rounds.items()
    assert first[0] == overview.first.room_id
    assert len(first[1]) == len(second[1]) == len(third[1]) == len(recorded)
    everything = [*first[1], *second[1], *third[1]]
    assert len({frame["msg_id"] for frame in everything}) == len(everything)
    for room_id, frames in (first, second, third):
        named = {f["payload"]["room_id"] for f in frames if "room_id" in f["payload"]}
        assert named == {room_id}
        for frame, again in zip(first[1], frames, strict=True):
            assert (frame["method"], frame["time"]) == (again["method"], again["time"])
    assert not played.gaps


async def test_it_can_begin_in_the_middle(tmp_path: Path) -> None:
    path = tmp_path / "show.webcast"
    room = Room("80000000001", "7600000000000000001", "点歌")
    writer = RecordingWriter(path, time_ms=1_000)
    writer.write([text_record(RecordKind.ROOM, 1_000, room)])
    for number in range(10):
        time_ms = 1_000 + number * 10_000
        writer.write([Record(RecordKind.BODY, time_ms, body_of(number + 1))])
    writer.close()
    for from_s, expected in ((0.0, 1), (45.0, 6), (89.9, 10)):
        async with playing(path, from_s=from_s) as (overview, played):
            await ended(played)
        assert [msg_id for _, msg_id in played.events] == [str(n) for n in range(expected, 11)]
        assert overview.length_s == 90.0
    with pytest.raises(RecordingError, match=r"lasts only 90\.0 s"):
        async with playing(path, from_s=90.0):
            pass


def body_of(msg_id: int) -> bytes:
    """An im/fetch body with one message, by hand."""
    message = b"\x0a\x12WebcastChatMessage\x12\x00\x18" + bytes([msg_id])
    return b"\x0a" + bytes([len(message)]) + message


async def test_it_never_plays_faster_than_it_is_told(tmp_path: Path) -> None:
    path = tmp_path / "show.webcast"
    room = Room("80000000001", "7600000000000000001")
    writer = RecordingWriter(path, time_ms=1_000)
    bodies = [Record(RecordKind.BODY, 1_000 + n * 1_000, body_of(n + 1)) for n in range(6)]
    writer.write([text_record(RecordKind.ROOM, 1_000, room), *bodies])
    writer.close()
    begin_s = time.monotonic()
    async with playing(path, speed=20.0) as (_, played):
        await ended(played)
    assert time.monotonic() - begin_s >= 5.0 / 20.0
    assert len(played.events) == 6


async def test_what_was_not_recorded_between_two_runs_is_a_gap(tmp_path: Path) -> None:
    path = tmp_path / "show.webcast"
    async with Simulator(Scenario(rooms=1, rate=200)) as simulator:
        (web_rid,) = simulator.rooms
        upstream = simulator.upstream_config()
        for _ in range(2):
            async with recording(upstream, web_rid, path) as (_, recorded):
                await recorded.until(lambda: len(recorded.events) > 50)
    async with playing(path) as (_, played):
        await ended(played)
    assert played.gaps == ["not_recorded"]
    assert played.states == ["resolving", "connecting", "live", "ended"]
    offsets = [frame["offset"] for frame in played.frames if "offset" in frame]
    assert offsets == sorted(offsets)
    assert len(played.events) > len(recorded.events)


async def test_a_recording_that_is_cut_anywhere_plays_up_to_there(tmp_path: Path) -> None:
    path = tmp_path / "show.webcast"
    _, recorded = await _record(path)
    data = path.read_bytes()
    for part in range(1, 10):
        cut = tmp_path / f"{part}.webcast"
        cut.write_bytes(data[: len(data) * part // 10])
        try:
            async with playing(cut) as (_, played):
                await ended(played)
        except RecordingError:
            assert part == 1  # nothing has come by then
            continue
        again = event_lines(played.lines)
        assert again == recorded[: len(again)]


async def test_the_slowest_client_sets_the_pace_of_a_recording_that_plays_at_once(
    tmp_path: Path,
) -> None:
    path = tmp_path / "show.webcast"
    web_rid, recorded = await _record(path, 500)
    recording_ = Recording(path)
    replay = Replay(recording_, recording_.look_over(), speed=None, from_s=0.0, loop=True)
    config = Config(
        server=ServerConfig(port=0, workers=WORKERS),
        rooms=[RoomConfig(room=web_rid)],
        watch=WatchConfig(status_poll_s=0.01),
    )

    def url(server: RelayServer) -> str:
        return f"ws://127.0.0.1:{server.port}/ws?room_id={web_rid}"

    wanted = 20 * len(recorded)  # far more than a client may be behind
    async with (
        running(config, played=replay) as server,
        # Nobody reads on while these close.
        connect(url(server), max_queue=1, close_timeout=0.1) as slow,
        connect(url(server), close_timeout=0.1) as fast,
    ):

        async def read(client: ClientConnection, *, dawdle: bool) -> list[int]:
            offsets: list[int] = []
            async with asyncio.timeout(100):
                while len(offsets) < wanted:
                    frame = json.loads(await client.recv())
                    if "op" not in frame:
                        offsets.append(frame["offset"])
                        if dawdle and len(offsets) % 50 == 0:
                            await asyncio.sleep(0.001)
            return offsets

        both = await asyncio.gather(read(slow, dawdle=True), read(fast, dawdle=False))
    for offsets in both:
        assert offsets == list(range(offsets[0], offsets[0] + wanted))


async def test_scrubbed_recordings_play_and_hold_nobody_of_the_show(tmp_path: Path) -> None:
    path = tmp_path / "show.webcast"
    async with Simulator(Scenario(rooms=1, rate=300)) as simulator:
        (room,) = simulator.rooms.values()
        upstream = simulator.upstream_config()
        async with recording(upstream, room.web_rid, path, scrub=True) as (tape, recorded):
            await recorded.until(lambda: len(recorded.events) > 500)
        people = list(room.current.show._crowd.people)
        room_id = room.room_id
    plain = gzip.decompress(path.read_bytes())
    for person in people:
        for text in (person.nickname, person.sec_uid, person.display_id, str(person.uid)):
            assert text.encode() not in plain, text
    assert room_id.encode() not in plain
    assert room.web_rid.encode() not in plain
    async with playing(path) as (overview, played):
        await ended(played)
    assert (overview.header.scrubbed, overview.header.unfinished) == (True, False)
    live, again = recorded.upstreams, played.upstreams
    assert [(f["method"], f["time"]) for f in again] == [(f["method"], f["time"]) for f in live]
    assert not {f["msg_id"] for f in again} & {f["msg_id"] for f in live}
    stands_for: dict[str, str] = {}
    for before, after in zip(live, again, strict=True):
        was, now = before["payload"].get("user"), after["payload"].get("user")
        if was is not None:
            assert stands_for.setdefault(was["uid"], now["uid"]) == now["uid"]
            assert was["level"] == now["level"]
    assert len(set(stands_for.values())) == len(stands_for) > 50
    assert tape.tally.dropped_fields


async def test_a_file_of_one_room_is_not_gone_on_with_by_another(tmp_path: Path) -> None:
    path = tmp_path / "show.webcast"
    await _record(path)
    before = path.read_bytes()
    async with Simulator(Scenario(rooms=2, rate=100)) as simulator:
        other = list(simulator.rooms)[1]
        with pytest.raises(RecordingError, match=f"this is room {other}"):
            async with recording(simulator.upstream_config(), other, path) as (_, recorded):
                await recorded.until(lambda: len(recorded.events) > 10)
    names = [Recording(path).room(r).web_rid for _, r in Recording(path).records() if r.kind == 2]
    assert other not in names
    assert path.read_bytes().startswith(before)


async def test_what_the_disk_is_too_slow_for_is_said_to_be_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "show.webcast"
    monkeypatch.setattr("relay.room.recorder.MAX_PENDING_BYTES", 20_000)
    async with Simulator(Scenario(rooms=1, rate=400)) as simulator:
        (web_rid,) = simulator.rooms
        async with recording(simulator.upstream_config(), web_rid, path) as (tape, recorded):
            await recorded.until(lambda: tape.tally.not_recorded > 5)
            had = tape.tally.frames
            await recorded.until(lambda: tape.tally.frames > had + 5)
    async with playing(path) as (_, played):
        await ended(played)
    assert "not_recorded" in played.gaps


async def test_a_disk_that_fails_ends_the_recording_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "show.webcast"

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    async def record() -> None:
        async with recording(upstream, web_rid, path) as (_, recorded):
            monkeypatch.setattr("relay.recording.writing.os.write", full)
            await recorded.until(lambda: len(recorded.events) > 100)

    async with Simulator(Scenario(rooms=1, rate=100)) as simulator:
        (web_rid,) = simulator.rooms
        upstream = simulator.upstream_config()
        with pytest.raises(RecordingError, match="No space left on device"):
            await record()
    monkeypatch.undo()
    assert Recording(path).examine() is not None


async def test_a_recording_changes_no_more_after_its_end(tmp_path: Path) -> None:
    path = tmp_path / "show.webcast"
    web_rid, _ = await _record(path)
    recording_ = Recording(path)
    replay = Replay(recording_, recording_.look_over(), speed=1000.0, from_s=0.0, loop=False)
    config = Config(server=ServerConfig(port=0, workers=WORKERS), rooms=[RoomConfig(room=web_rid)])
    async with (
        running(config, played=replay) as server,
        connect(f"ws://127.0.0.1:{server.port}/ws?room_id={web_rid}&since=none:0") as client,
    ):
        async with asyncio.timeout(60):
            while json.loads(await client.recv()).get("state") != "ended":
                pass
        # A room that the recording does not hold.
        async with (
            asyncio.timeout(60),
            connect(f"ws://127.0.0.1:{server.port}/ws?room_id=99999") as other,
        ):
            await other.wait_closed()
    assert other.close_code == CloseCode.UNKNOWN_ROOM


@pytest.mark.recorded
async def test_recorded_sessions_become_a_recording_that_plays(
    batches: list[Batch], tmp_path: Path
) -> None:
    path = tmp_path / "show.webcast"
    room = Room("650000000001", "7600000000000000001", "回放")
    frames = [batch.frame for batch in batches if batch.frame is not None]
    records = [
        Record(RecordKind.FRAME, 1_770_000_000_000 + number * 100, frame)
        for number, frame in enumerate(frames)
    ]
    writer = RecordingWriter(path, time_ms=1_770_000_000_000)
    writer.write([text_record(RecordKind.ROOM, 1_770_000_000_000, room), *records])
    writer.close()
    expected = []
    for record in records:
        response = read_frame(record.body).response
        if response is not None:
            decoded = decode_response(
                response, room_id=room.room_id, web_rid=room.web_rid, now_ms=record.time_ms
            )
            expected += [(event.method, event.msg_id, event.time) for event, _ in decoded]
    async with playing(path) as (_, played):
        await ended(played)
    told = [(f["method"], f["msg_id"], f["time"]) for f in played.upstreams]
    assert told == expected
    assert len(told) > 5
