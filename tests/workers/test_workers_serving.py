"""What clients get from a relay with several workers: what they would from one without."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from event_source import listening
from keys import READ, WATCH, auth, bearer
from processes import closed_with, kill, worker_of, workers
from raw import lazy_client, parse_frames, raw_connection
from serving import Relay, make_event, make_status, receive, receive_until, relay_running
from stored import storing
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import InvalidStatus
from websockets.frames import Opcode

from relay.config import HubConfig, LimitsConfig, ServerConfig, WatchConfig
from relay.errors import CloseCode
from relay.hub import RoomState

TWO = ServerConfig(port=0, workers=2)


@asynccontextmanager
async def one_of_each(relay: Relay, query: str) -> AsyncIterator[list[ClientConnection]]:
    """Connect clients until each worker has one; gives those two, greeted."""
    async with AsyncExitStack() as stack:
        found: dict[int, ClientConnection] = {}
        while len(found) < 2:
            # One that stops reading where much comes would not hear of its own hanging up.
            client = await relay.connect(query, max_queue=None)
            await receive_until(client, "room")
            if found.setdefault(worker_of(client).pid, client) is client:
                stack.push_async_callback(client.close)
            else:
                await client.close()
        yield list(found.values())


async def metrics(relay: Relay) -> dict[str, float]:
    async with aiohttp.ClientSession(relay.url) as http, http.get("/metrics") as answer:
        lines = (await answer.text()).splitlines()
    return {
        name: float(value)
        for name, _, value in (line.rpartition(" ") for line in lines if not line.startswith("#"))
    }


async def test_one_worker_is_no_process_of_its_own() -> None:
    async with relay_running(server=ServerConfig(port=0, workers=1)):
        assert workers() == []


async def test_clients_of_all_workers_get_the_same(relay: Relay) -> None:
    async with one_of_each(relay, "?room_id=1&method=chat,gift") as clients:
        for number in range(50):
            method = ("WebcastChatMessage", "WebcastLikeMessage", "WebcastGiftMessage")[number % 3]
            relay.publish("1", make_event(method))
        relay.hub.announce_gap(relay.rooms["1"], "corrupt_frame")
        relay.hub.set_status(relay.rooms["1"], make_status("1", state=RoomState.ENDED))
        one, other = [await relay.sent(client) for client in clients]
    assert one == other
    assert [f["offset"] for f in one if "op" not in f] == [n for n in range(1, 51) if n % 3 != 2]
    assert [f["op"] for f in one if "op" in f] == ["gap", "room"]


async def test_a_client_goes_on_where_it_was_when_its_worker_is_killed(relay: Relay) -> None:
    async with relay.connect("?room_id=1") as client:
        await receive(client, 3)
        relay.publish("1", *(make_event() for _ in range(5)))
        had = await receive(client, 3)
        await kill(worker_of(client))
        relay.publish("1", *(make_event() for _ in range(5)))
        await closed_with(client)
    since = f"{had[-1]['epoch']}:{had[-1]['offset']}"
    # As often as it takes to have been at both workers, the one that was started again, too.
    async with one_of_each(relay, f"?room_id=1&since={since}") as clients:
        relay.publish("1", make_event())
        for client in clients:
            got = await relay.sent(client)
            assert [frame["offset"] for frame in got] == list(range(4, 12))
        assert (await metrics(relay))["relay_worker_restarts_total"] == 1
    await relay.rooms.let_go()


async def test_what_a_killed_worker_held_is_given_up(relay: Relay) -> None:
    async with relay.connect("?room_id=1,2") as client:
        await receive(client, 5)
        await relay.rooms.held(2)
        await kill(worker_of(client))
        await relay.rooms.let_go()
        await closed_with(client)
    assert (await metrics(relay))["relay_clients"] == 0


async def test_metrics_are_those_of_all_workers_and_never_fall(relay: Relay) -> None:
    async with one_of_each(relay, "?room_id=1") as clients:
        relay.publish("1", make_event(), make_event())
        for client in clients:
            await relay.sent(client)
        before = await metrics(relay)
        assert before["relay_clients"] == before["relay_subscriptions"] == 2
        assert before["relay_clients_accepted_total"] >= 2
        assert before["relay_deliveries_total"] == 4
        await kill(worker_of(clients[0]))
        await closed_with(clients[0])
        after = await metrics(relay)
    assert after["relay_clients"] == 1
    for name in ("relay_clients_accepted_total", "relay_deliveries_total"):
        assert after[name] == before[name]


async def test_http_is_answered_by_whatever_worker_takes_the_connection(relay: Relay) -> None:
    relay.publish("1", make_event())
    for _ in range(6):
        async with aiohttp.ClientSession(relay.url) as http:
            for _ in range(2):
                async with http.get("/api/rooms/1/events") as answer:
                    assert [e["offset"] for e in (await answer.json())["events"]] == [1]
            async with http.post("/api/rooms", json={"room": "3", "x": "x" * 60_000}) as answer:
                assert answer.status == 400
            async with asyncio.timeout(10), http.ws_connect("/ws?room_id=1") as websocket:
                ops = [(await websocket.receive_json())["op"] for _ in range(3)]
                assert ops == ["hello", "subscribed", "room"]


async def test_event_streams_are_served_beside_websockets(relay: Relay) -> None:
    async with listening(relay, "room_id=1") as source:
        await source.until("room")
        relay.publish("1", make_event())
        relay.hub.flush()
        assert (await source.next()).frame["offset"] == 1
        assert (await metrics(relay))["relay_clients"] == 1
    await relay.rooms.let_go()


async def test_a_request_in_pieces_is_answered(relay: Relay) -> None:
    async with raw_connection(relay) as (reader, writer), asyncio.timeout(10):
        for piece in (b"GET /healthz HT", b"TP/1.1\r\nHost: localhost\r\nConn", b"ection: close"):
            writer.write(piece)
            await writer.drain()
        writer.write(b"\r\n\r\n")
        assert b'"status":"ok"' in await reader.read()


async def test_a_client_that_does_not_read_is_closed_and_others_lose_nothing() -> None:
    async with relay_running(server=TWO, hub=HubConfig(slow_bytes=100_000)) as relay:
        relay.rooms.add("1")
        async with (
            one_of_each(relay, "?room_id=1") as clients,
            lazy_client(relay, "/ws?room_id=1") as lazy,
        ):
            published = 0
            while not (await metrics(relay))["relay_slow_closes_total"]:
                relay.publish("1", *(make_event(content="好" * 10_000) for _ in range(20)))
                published += 20
                for client in clients:
                    frames = await relay.sent(client)
                    offsets = [frame["offset"] for frame in frames]
                    assert offsets == list(range(published - 19, published + 1))
            await lazy.read_until(b"bytes unsent")
            opcode, body = parse_frames(bytes(lazy.received))[-1]
            assert opcode is Opcode.CLOSE
            assert int.from_bytes(body[:2], "big") == CloseCode.SLOW


async def test_as_many_clients_as_may_come_in_to_all_workers_together() -> None:
    server = ServerConfig(port=0, workers=2, max_clients=5)
    async with relay_running(server=server) as relay:
        relay.rooms.add("1")
        async with AsyncExitStack() as stack:
            clients = [
                await stack.enter_async_context(relay.connect("?room_id=1")) for _ in range(5)
            ]
            for _ in range(4):
                with pytest.raises(InvalidStatus) as caught:
                    await relay.connect("?room_id=1")
                assert caught.value.response.status_code == 503
            async with (
                aiohttp.ClientSession(relay.url) as http,
                http.get("/events?room_id=1") as answer,
            ):
                assert (await answer.json())["error"]["code"] == "too_many_clients"
            assert (await metrics(relay))['relay_refused_total{cause="too_many_clients"}'] == 5
            for client in clients:
                await receive(client, 3)
            await relay.rooms.held(5)
            await clients[0].close()
            await relay.rooms.held(4)
            async with relay.connect("?room_id=1") as client:
                await receive(client, 3)
            # The seats of a worker that is killed are free again.
            await kill(worker_of(clients[1]))
            await closed_with(clients[1])
            async with relay.connect("?room_id=1") as client:
                await receive(client, 3)


async def test_as_many_http_connections_as_may_be_come_by_all_workers_together() -> None:
    limits = LimitsConfig(http_connections=3)
    async with relay_running(server=TWO, limits=limits) as relay, AsyncExitStack() as stack:
        statuses = []
        for number in range(12):
            reader, writer = await stack.enter_async_context(raw_connection(relay))
            writer.write(
                b"POST /api/rooms HTTP/1.1\r\nHost: localhost\r\n"
                b"Content-Length: 12\r\nExpect: 100-continue\r\n\r\n"
            )
            async with asyncio.timeout(10):
                statuses.append((await reader.readline())[9:12])
            if number == 2:
                late = reader, writer
        assert statuses == [b"100"] * 3 + [b"503"] * 9
        # Once it is answered and idle it makes way.
        late[1].write(b'{"room":"1"}')
        await late[0].readuntil(b"}")
        async with aiohttp.ClientSession(relay.url) as http, http.get("/healthz") as answer:
            assert answer.status == 200


async def test_tokens_scopes_and_rates_hold_for_all_workers_together() -> None:
    async with relay_running(server=TWO, auth=auth(requests_per_s=0.001, burst=6)) as relay:
        relay.rooms.add("1")
        async with relay.connect("?room_id=1") as client:
            assert await closed_with(client) == CloseCode.BAD_TOKEN
        for _ in range(6):
            async with relay.connect(f"?room_id=1&token={READ}") as client:
                await receive(client, 3)
        async with relay.connect("?room_id=1", additional_headers=bearer(READ)) as client:
            assert await closed_with(client) == CloseCode.RATE_LIMITED
        async with relay.connect("?room_id=7", additional_headers=bearer(WATCH)) as client:
            await receive(client, 3)
        scope = 'relay_requests_total{token="reader"}'
        async with (
            aiohttp.ClientSession(relay.url, headers=bearer(WATCH)) as http,
            http.get("/metrics") as answer,
        ):
            assert f"{scope} 6.0" in await answer.text()


async def test_a_room_that_is_not_watched_takes_a_scope_to_be_started() -> None:
    async with relay_running(server=TWO, auth=auth()) as relay:
        async with relay.connect(f"?room_id=7&token={READ}") as client:
            assert await closed_with(client) == CloseCode.FORBIDDEN_SCOPE
        async with relay.connect(f"?room_id=7&token={WATCH}") as client:
            await receive(client, 3)
            async with relay.connect(f"?room_id=7&token={READ}") as other:
                assert (await receive(other, 2))[1]["room"] == "7"


@pytest.mark.parametrize(
    ("room", "close"), [("no-such", CloseCode.UNKNOWN_ROOM), ("refused", CloseCode.ROOM_REFUSED)]
)
async def test_rooms_that_cannot_be_are_refused(relay: Relay, room: str, close: CloseCode) -> None:
    async with relay.connect(f"?room_id={room}") as client:
        assert await closed_with(client) == close


async def test_a_room_that_turns_out_to_be_another_goes_on_there(relay: Relay) -> None:
    relay.publish("1", *(make_event(msg_id=str(n)) for n in range(1, 6)))
    async with one_of_each(relay, "?room_id=3") as clients:
        relay.publish("3", *(make_event(msg_id=str(n)) for n in range(3, 8)))
        before = [await relay.sent(client) for client in clients]
        relay.rooms.merge("3", "1")
        relay.publish("1", make_event(msg_id="8"))
        for client, had in zip(clients, before, strict=True):
            got = await relay.sent(client)
            events = [f for f in (*had, *got) if "op" not in f]
            assert [int(f["msg_id"]) for f in events] == list(range(3, 9))
            assert [f["op"] for f in got if "op" in f] == ["subscribed", "room"]
    await relay.rooms.let_go()


async def test_a_room_that_is_removed_is_told_and_can_be_had_again(relay: Relay) -> None:
    async with one_of_each(relay, "?room_id=1") as clients:
        relay.rooms.remove("1")
        for client in clients:
            frames = await relay.sent(client)
            assert [(f["op"], f["reason"]) for f in frames] == [("unsubscribed", "removed")]
            await client.send(json.dumps({"op": "subscribe", "room_id": "1"}))
            again = await receive_until(client, "subscribed")
            assert again[-1]["epoch"] == relay.rooms["1"].epoch
            await client.send(json.dumps({"op": "unsubscribe", "room_id": "1"}))
            await receive_until(client, "unsubscribed")
    await relay.rooms.let_go()


async def test_what_memory_lets_go_of_is_told_as_it_would_be_without_workers() -> None:
    hub = HubConfig(history_events=10)
    async with relay_running(server=TWO, hub=hub, watch=WatchConfig()) as relay:
        stream = relay.rooms.add("1")
        for number in range(30):
            relay.publish("1", make_event("WebcastGiftMessage" if number < 10 else "X"))
        gap = {"op": "gap", "reason": "history", "from": 1, "to": 20}
        await kill(workers()[0])
        for query, expected in (
            (f"?room_id=1&since={stream.epoch}:0", [gap, *range(21, 31)]),
            (f"?room_id=1&since={stream.epoch}:10&method=gift", []),
            (f"?room_id=1&since={stream.epoch}:5&method=gift", [{**gap, "from": 6, "to": 10}]),
        ):
            async with one_of_each(relay, query) as clients:
                for client in clients:
                    assert [_brief(frame) for frame in await relay.sent(client)] == expected


async def test_what_is_stored_is_read_on_over_restarts(tmp_path: Path) -> None:
    positions = []
    for life in range(2):
        async with storing(tmp_path / "store.db", events=10, workers=2) as relay:
            stream = relay.rooms["1"]
            positions.append(f"{stream.epoch}:{stream.head}")
            relay.publish("1", *(make_event(number=str(30 * life + n)) for n in range(30)))
            for since in positions:
                async with one_of_each(relay, f"?room_id=1&since={since}") as clients:
                    for client in clients:
                        got = [f for f in await relay.sent(client) if "op" not in f]
                        first = 30 * (life - len(positions) + 1 + positions.index(since))
                        numbers = [int(frame["payload"]["number"]) for frame in got]
                        assert numbers == list(range(first, 30 * life + 30))


async def test_a_client_that_waits_for_the_store_is_told_where_its_room_goes_on(
    tmp_path: Path,
) -> None:
    async with storing(tmp_path / "store.db", workers=2) as relay:
        relay.publish("1", make_event(), make_event())
        epoch = relay.rooms["1"].epoch
    async with storing(tmp_path / "store.db", "2", workers=2) as relay:
        # Started, but not settled: nothing has asked the store yet.
        stream = relay.rooms.add("1")
        async with one_of_each(relay, f"?room_id=1&since={epoch}:1") as clients:
            await relay.hub.take_up(stream)
            relay.publish("1", make_event())
            for client in clients:
                got = [f for f in await relay.sent(client) if f.get("op") in (None, "gap")]
                assert [f["offset"] for f in got if "op" not in f] == [2, 3]
                assert {f["epoch"] for f in got} == {epoch}


def _brief(frame: dict[str, Any]) -> int | dict[str, Any]:
    if "op" not in frame:
        offset: int = frame["offset"]
        return offset
    return {key: frame[key] for key in ("op", "reason", "from", "to")}
