"""Health, rooms, metrics and the page over HTTP."""

import re
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import msgspec
import pytest
from prometheus_client.parser import text_string_to_metric_families
from serving import Relay, make_event, make_status, receive

from relay import __version__
from relay.hub import ConnectionState, NextCure, RoomHealth, RoomState, TriedCure
from relay.hub.stream import MAX_COUNTED_METHODS


@pytest.fixture
async def http(relay: Relay) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(relay.url) as session:
        yield session


async def test_health_and_readiness(relay: Relay, http: aiohttp.ClientSession) -> None:
    async with http.get("/healthz") as answer:
        assert (answer.status, await answer.json()) == (
            200, {"status": "ok", "version": __version__},
        )  # fmt: skip
    relay.hub.set_status(relay.rooms["2"], make_status("2", state=RoomState.RESOLVING))
    async with http.get("/readyz") as answer:
        assert answer.status == 200, "a room that can't be had does not make the relay unready"
        assert await answer.json() == {
            "status": "ready",
            "rooms": {"1": "live", "2": "resolving"},
        }


async def test_rooms_are_listed_added_shown_and_removed(
    relay: Relay, http: aiohttp.ClientSession
) -> None:
    relay.publish("1", make_event(), make_event())
    async with http.get("/api/rooms") as answer:
        rooms = (await answer.json())["rooms"]
        assert [room["web_rid"] for room in rooms] == ["1", "2"]
        assert rooms[0].pop("last_event") > 1_600_000_000_000
        assert rooms[0] == {
            "name": "1",
            "web_rid": "1",
            "room_id": relay.rooms["1"].status.room_id,
            "state": "live",
            "reason": "",
            "title": "点歌",
            "anchor": "主播",
            "transport": "socket",
            "since": 1_630_827_777_298,
            "epoch": relay.rooms["1"].epoch,
            "offset": 2,
            "events": 2,
            "health": {
                "ok": True,
                "cause": "",
                "text": "",
                "stall": "",
                "since_ms": 0,
                "tried": [],
                "next": None,
                "hint": "",
                "identity": "",
                "login_valid_until_ms": None,
                "gifts_seen": 0,
                "blocked_count": 0,
                "connections": [],
            },
        }
    async with http.post("/api/rooms", json={"room": "5"}) as answer:
        assert (answer.status, (await answer.json())["web_rid"]) == (201, "5")
    for name in ("5", relay.rooms["5"].status.room_id):
        async with http.get(f"/api/rooms/{name}") as answer:
            assert (answer.status, (await answer.json())["name"]) == (200, "5")
    async with http.delete("/api/rooms/5") as answer:
        assert (answer.status, await answer.read()) == (204, b"")
    assert "5" not in relay.rooms.rooms


@pytest.mark.parametrize(
    ("request_line", "body", "status", "code"),
    [
        ("GET /api/rooms/99", b"", 404, "unknown_room"),
        ("GET /api/rooms/no-such", b"", 404, "unknown_room"),
        ("DELETE /api/rooms/99", b"", 404, "unknown_room"),
        ("DELETE /api/rooms/no-such", b"", 404, "unknown_room"),
        ("POST /api/rooms", b"", 400, "bad_request"),
        ("POST /api/rooms", b"[", 400, "bad_request"),
        ("POST /api/rooms", b"[" * 5000, 400, "bad_request"),
        ("POST /api/rooms", b"\xff\xfe", 400, "bad_request"),
        ("POST /api/rooms", b'{"room":5}', 400, "bad_request"),
        ("POST /api/rooms", b'{"rooms":"5"}', 400, "bad_request"),
        ("POST /api/rooms", b'{"room":"no-such"}', 400, "unknown_room"),
        ("POST /api/rooms", b'{"room":"refused"}', 409, "room_refused"),
        ("POST /api/rooms", b'{"room":"' + b"5" * 70_000, 413, "too_large"),
        ("PUT /api/rooms", b"", 405, "method_not_allowed"),
        ("POST /api/rooms/1", b"", 405, "method_not_allowed"),
        ("POST /healthz", b"", 405, "method_not_allowed"),
        ("GET /nowhere", b"", 404, "not_found"),
        ("GET /web/../config.toml", b"", 404, "not_found"),
        ("GET /web/%2e%2e/hub/hub.py", b"", 404, "not_found"),
    ],
)
async def test_errors_are_json_and_say_what_is_wrong(
    http: aiohttp.ClientSession, request_line: str, body: bytes, status: int, code: str
) -> None:
    method, path = request_line.split()
    headers = {"Accept": "text/html"}
    async with http.request(method, path, data=body, headers=headers) as answer:
        assert (answer.status, answer.content_type) == (status, "application/json")
        error: dict[str, Any] = (await answer.json())["error"]
        assert error["code"] == code
        assert error["message"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        if status == 405:
            assert "GET" in answer.headers["Allow"]


async def test_what_is_wrong_with_a_room_is_shown(
    relay: Relay, http: aiohttp.ClientSession
) -> None:
    relay.publish("1", make_event("WebcastGiftMessage"))
    stream = relay.rooms["1"]
    ill = RoomHealth(
        ok=False,
        cause="heartbeats_only",
        text="no message comes",
        stall="heartbeats_only",
        since_ms=1_630_827_777_000,
        tried=(TriedCure("reconnect", 1_630_827_778_000, "heartbeats_only"),),
        next=NextCure("identity", 1_630_827_779_000),
        hint="wait",
        identity="tv",
        login_valid_until_ms=1_730_827_777_000,
    )
    now = ConnectionState("socket", "waiting", "heartbeats_only", "tv", 1_630_827_777_000, 1, 2, 3)
    status = msgspec.structs.replace(stream.status, health=ill, connections=(now,))
    relay.hub.set_status(stream, status)
    stream.counters.blocked = 4
    stream.counters.cures.update({"reconnect": 3})
    stream.counters.helped.update({"reconnect": 2})
    async with http.get("/api/rooms/1") as answer:
        assert (await answer.json())["health"] == {
            "ok": False,
            "cause": "heartbeats_only",
            "text": "no message comes",
            "stall": "heartbeats_only",
            "since_ms": 1_630_827_777_000,
            "tried": [
                {"cure": "reconnect", "at_ms": 1_630_827_778_000, "outcome": "heartbeats_only"}
            ],
            "next": {"cure": "identity", "at_ms": 1_630_827_779_000},
            "hint": "wait",
            "identity": "tv",
            "login_valid_until_ms": 1_730_827_777_000,
            "gifts_seen": 1,
            "blocked_count": 4,
            "connections": [
                {
                    "transport": "socket",
                    "state": "waiting",
                    "cause": "heartbeats_only",
                    "identity": "tv",
                    "since_ms": 1_630_827_777_000,
                    "last_frame_ms": 1,
                    "last_message_ms": 2,
                    "last_valued_ms": 3,
                }
            ],
        }
    found = await scrape(http)
    label = "cause=heartbeats_only,room=1,stall=heartbeats_only"
    assert found["relay_room_ill", label] == 1
    assert found["relay_connections", "room=1,state=waiting"] == 1
    assert found["relay_cures_total", "cure=reconnect,room=1"] == 3
    assert found["relay_cures_helped_total", "cure=reconnect,room=1"] == 2
    assert not any(name == "relay_room_ill" and "room=2" in labels for name, labels in found)


async def test_metrics_tell_what_happens(relay: Relay, http: aiohttp.ClientSession) -> None:
    async with relay.connect("?room_id=1") as connection:
        await receive(connection, 3)
        relay.publish("1", make_event(msg_id="5"), make_event(msg_id="5"), make_event())
        relay.publish("1", make_event("WebcastGiftMessage"))
        relay.hub.announce_gap(relay.rooms["1"], "corrupt_frame")
        counters = relay.rooms["1"].counters
        counters.frames.update({"ok": 4, "inflate": 1})
        counters.messages.update({"typed": 4})
        counters.reconnects.update({"closed": 2})
        await relay.sent(connection)
        found = await scrape(http)
    assert found["relay_build_info", f"version={__version__}"] == 1
    assert found["relay_events_total", "method=WebcastChatMessage,room=1"] == 2
    assert found["relay_events_total", "method=WebcastGiftMessage,room=1"] == 1
    assert found["relay_duplicates_total", "room=1"] == 1
    assert found["relay_upstream_gaps_total", "room=1"] == 1
    assert found["relay_frames_total", "outcome=ok,room=1"] == 4
    assert found["relay_frames_total", "outcome=inflate,room=1"] == 1
    assert found["relay_messages_total", "outcome=typed,room=1"] == 4
    assert found["relay_reconnects_total", "cause=closed,room=1"] == 2
    assert found["relay_room_state", "room=1,state=live"] == 1
    assert found["relay_room_state", "room=1,state=ended"] == 0
    assert 0 <= found["relay_last_event_age_seconds", "room=1"] < 3600
    assert ("relay_last_event_age_seconds", "room=2") not in found
    assert found["relay_history_events", "room=1"] == 3
    assert found["relay_history_bytes", "room=1"] > 500
    assert found["relay_clients", ""] == 1
    assert found["relay_subscriptions", ""] == 1
    assert found["relay_clients_accepted_total", ""] == 1
    assert found["relay_deliveries_total", ""] == 3
    assert found["process_resident_memory_bytes", ""] > 0


async def test_metrics_stay_bounded_and_readable_whatever_upstream_sends(
    relay: Relay, http: aiohttp.ClientSession
) -> None:
    for number in range(MAX_COUNTED_METHODS + 100):
        relay.publish("1", make_event(f'Webcast"{number}\n\\'))
    # A room that is still being resolved may carry the name of another one.
    relay.hub.set_status(relay.rooms["2"], make_status("1"))
    found = await scrape(http)
    methods = [labels for name, labels in found if name == "relay_events_total"]
    assert len(methods) == MAX_COUNTED_METHODS + 1
    assert found["relay_events_total", "method=other,room=1"] == 100


async def scrape(http: aiohttp.ClientSession) -> dict[tuple[str, str], float]:
    async with http.get("/metrics") as answer:
        assert answer.content_type == "text/plain"
        text = await answer.text()
    found = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = ",".join(f"{key}={value}" for key, value in sorted(sample.labels.items()))
            assert (sample.name, labels) not in found
            found[sample.name, labels] = sample.value
    return found


async def test_the_page_and_its_files_come_from_here_only(http: aiohttp.ClientSession) -> None:
    async with http.get("/") as answer:
        assert (answer.status, answer.content_type) == (200, "text/html")
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        page = await answer.text()
    # Where pictures may come from is told to the page's scripts.
    page = re.sub(r'<meta name="image-hosts" content="[^"]*">', "", page)
    assert not re.search(r"https?://|style=|onclick", page)
    for path in re.findall(r'(?:src|href)="(/web/[^"]+)"', page):
        async with http.get(path) as answer:
            assert answer.status == 200
            loads = r"""(?:\bfrom|\bimport\(?|@import|\burl\()\s*["']?(?:https?:)?//"""
            assert not re.search(loads, await answer.text())
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
