"""im/fetch: a bare Response, continued exactly by the pair it gives."""

import gzip
from typing import Any

import aiohttp
import pytest
from google.protobuf.message import DecodeError
from sim_client import browser, fetch, until

from relay.sim import Behaviours, Scenario, Simulator, Step, Timing
from relay.sim.room import SimRoom
from relay.webcast.pb import webcast_pb2 as pb


def simulator(rate: float = 200, timing: Timing | None = None, **behaviours: Any) -> Simulator:
    return Simulator(
        Scenario(rooms=1, rate=rate, timing=timing or Timing(), behaviours=Behaviours(**behaviours))
    )


def only(sim: Simulator) -> SimRoom:
    return next(iter(sim.rooms.values()))


def pair(response: pb.Response) -> dict[str, str]:
    return {"cursor": response.cursor, "internal_ext": response.internal_ext}


async def sent_at_least(room: SimRoom, count: int) -> None:
    await until(lambda: len(room.ledger.sent) >= count)


async def test_the_first_answer_has_a_short_history_and_what_polling_needs() -> None:
    async with simulator(timing=Timing(fetch_interval_ms=1234)) as sim, browser(ttwid="x") as http:
        await sent_at_least(only(sim), 60)
        first = await fetch(http, sim, only(sim).room_id)
        assert 0 < len(first.messages) <= 15
        assert (first.fetch_interval, first.heartbeat_duration) == (1234, 15)
        assert first.now > 1_700_000_000_000
        assert first.push_server == sim.push_url
        assert {m.method for m in first.messages} <= {
            f"Webcast{kind}Message"
            for kind in ("Chat", "Gift", "Social", "Fansclub", "EmojiChat", "ScreenChat")
        }
        fewer = await fetch(http, sim, only(sim).room_id, need_persist_msg_count="3")
        assert len(fewer.messages) == 3


async def test_the_pair_continues_the_stream_exactly() -> None:
    async with simulator() as sim, browser(ttwid="x") as http:
        room = only(sim)
        await sent_at_least(room, 20)
        answer = await fetch(http, sim, room.room_id)
        begin = len(room.ledger.sent)
        history = {message.msg_id for message in answer.messages}
        got: list[str] = []
        while len(got) < 150:
            answer = await fetch(http, sim, room.room_id, **pair(answer))
            got += [str(message.msg_id) for message in answer.messages]
        sent = [message.msg_id for message in room.ledger.sent]
        assert not history & {int(msg_id) for msg_id in got}
        # The first answer was made just before `begin` was read: find where we came in.
        start = sent.index(got[0])
        assert abs(start - begin) <= 5
        assert got == sent[start : start + len(got)]


async def test_asking_again_with_the_same_pair_gives_the_same_messages() -> None:
    async with simulator() as sim, browser(ttwid="x") as http:
        room = only(sim)
        first = await fetch(http, sim, room.room_id)
        await sent_at_least(room, 50)
        once = await fetch(http, sim, room.room_id, **pair(first))
        again = await fetch(http, sim, room.room_id, **pair(first))
        ids = [message.msg_id for message in once.messages]
        assert ids
        assert [message.msg_id for message in again.messages][: len(ids)] == ids


async def test_a_made_up_or_mixed_pair_is_no_pair() -> None:
    async with simulator() as sim, browser(ttwid="x") as http:
        room = only(sim)
        await sent_at_least(room, 40)
        first = await fetch(http, sim, room.room_id)
        await sent_at_least(room, 80)
        second = await fetch(http, sim, room.room_id, **pair(first))
        mixed = {"cursor": first.cursor, "internal_ext": second.internal_ext}
        for wrong in (mixed, {"cursor": "t-1_r-1_d-1_u-1", "internal_ext": "wrds_v:1"}):
            answer = await fetch(http, sim, room.room_id, **wrong)
            assert len(answer.messages) <= 15


async def test_a_long_absence_is_answered_in_several_parts() -> None:
    async with simulator(rate=20_000) as sim, browser(ttwid="x") as http:
        room = only(sim)
        first = await fetch(http, sim, room.room_id)
        await sent_at_least(room, 3000)
        room.obey(Step(do="end_silently"))
        got, answer = [], first
        while part := (answer := await fetch(http, sim, room.room_id, **pair(answer))).messages:
            assert len(part) <= 600
            got += [str(message.msg_id) for message in part]
        assert len(got) > 2000
        assert got == [message.msg_id for message in room.ledger.sent][-len(got) :]


@pytest.mark.parametrize("zipped", [True, False])
async def test_bodies_are_gzipped_or_not(zipped: bool) -> None:
    async with simulator(fetch_gzip=zipped) as sim:
        jar = aiohttp.DummyCookieJar()
        async with (
            aiohttp.ClientSession(cookie_jar=jar, auto_decompress=False) as http,
            http.get(
                f"{sim.url}/webcast/im/fetch/",
                params={"room_id": only(sim).room_id},
                headers={"Cookie": "ttwid=x"},
            ) as answer,
        ):
            body = await answer.read()
            assert body.startswith(b"\x1f\x8b") is zipped
            assert pb.Response.FromString(gzip.decompress(body) if zipped else body).cursor


async def test_no_cookie_no_room_or_blocked_is_an_empty_body() -> None:
    async with simulator() as sim:
        where = f"{sim.url}/webcast/im/fetch/?room_id="
        room = only(sim)
        async with browser() as anonymous, anonymous.get(where + room.room_id) as answer:
            assert (answer.status, await answer.read()) == (200, b"")
        async with browser(ttwid="x") as http:
            async with http.get(f"{where}7000000000000000000") as answer:
                assert await answer.read() == b""
            room.change({"fetch": "empty"})
            async with http.get(where + room.room_id) as answer:
                assert (answer.status, await answer.read()) == (200, b"")
            room.change({"fetch": "444"})
            async with http.get(where + room.room_id) as answer:
                assert answer.status == 444
        assert room.ledger.requests["fetch no ttwid"] == 1
        assert len(room.ledger.fetch_ms) == 2


async def test_a_corrupt_answer_loses_nothing_to_who_asks_again() -> None:
    async with simulator(corrupt_every=2) as sim, browser(ttwid="x") as http:
        room = only(sim)
        answer = await fetch(http, sim, room.room_id)
        got: list[str] = []
        spoilt = 0
        while len(got) < 100 or spoilt < 2:
            try:
                following = await fetch(http, sim, room.room_id, **pair(answer))
            except DecodeError:
                spoilt += 1
                continue
            answer = following
            got += [str(message.msg_id) for message in answer.messages]
        sent = [message.msg_id for message in room.ledger.sent]
        start = sent.index(got[0])
        assert got == sent[start : start + len(got)]


async def test_gifts_need_login_where_the_room_says_so() -> None:
    async with simulator(gifts_need_login=True) as sim:
        room = only(sim)
        await sent_at_least(room, 100)
        methods: list[set[str]] = []
        for cookies in ({"ttwid": "x"}, {"ttwid": "x", "sessionid": "y"}):
            async with browser(**cookies) as http:
                answer = await fetch(http, sim, room.room_id)
                methods.append({message.method for message in answer.messages})
        assert "WebcastGiftMessage" not in methods[0]
        assert "WebcastGiftMessage" in methods[1]
