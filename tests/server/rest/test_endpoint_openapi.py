"""/openapi.json: complete, valid by its own rules, and true of what is served."""

from typing import Any

import jsonschema_rs
import pytest
from asking import Rest, event_of, said
from serving import Relay, told

from relay.config import Config
from relay.events import RoomUserSeqPayload
from relay.server.http import make_application
from relay.server.state import ServerState


@pytest.fixture
async def document(rest: Rest) -> dict[str, Any]:
    async with rest.http.get(f"{rest.relay.url}/openapi.json") as answer:
        assert (answer.status, answer.content_type) == (200, "application/json")
        found: dict[str, Any] = await answer.json()
    return found


async def test_every_route_is_described_and_no_other(
    relay: Relay, document: dict[str, Any]
) -> None:
    described = {
        (method.upper(), path) for path, item in document["paths"].items() for method in item
    }
    state = ServerState(Config(), relay.hub, relay.rooms, relay.live)
    routes = {
        (route.method, route.resource.canonical)
        for route in make_application(state).router.routes()
        if route.resource and route.method != "HEAD"
    }
    assert described == routes
    assert document["openapi"].startswith("3.1.")


async def test_it_says_which_endpoints_may_start_rooms(document: dict[str, Any]) -> None:
    starting = {
        path.rpartition("/")[2]
        for path, item in document["paths"].items()
        if "`watch`" in item.get("get", {}).get("description", "")
    }
    assert starting == {"chat", "promotions", "audience"}


async def test_references_lead_somewhere(document: dict[str, Any]) -> None:
    def references(value: Any) -> set[str]:
        if isinstance(value, dict):
            own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
            return own.union(*map(references, value.values()))
        return set().union(*map(references, value)) if isinstance(value, list) else set()

    names = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert references(document) <= names


@pytest.mark.parametrize(
    "path",
    [
        "/douyin/liveroom/chat?room_id=1",
        "/douyin/liveroom/chat?room_id=1&format=v2020",
        "/douyin/liveroom/status?room_id=1,5",
        "/douyin/liveroom/audience?room_id=1",
        "/douyin/liveroom/info?room_id=0",
        "/douyin/liveroom/feed",
        "/healthz",
        "/readyz",
        "/api/rooms",
        "/api/rooms/1",
        "/api/rooms/9",
        "/ws",
    ],
)
async def test_answers_are_as_described(
    relay: Relay, rest: Rest, document: dict[str, Any], path: str
) -> None:
    room_id = relay.rooms["1"].status.room_id
    numbers = event_of("WebcastRoomUserSeqMessage", RoomUserSeqPayload, total=12)
    numbers = type(numbers)(numbers.method, "5", room_id, "1", 1, numbers.payload)
    relay.publish("1", said("你好"), numbers)
    relay.live.fail("audience", "1", "signer_missing")
    relay.live.rooms["5"] = told("not_found")
    async with rest.http.get(relay.url + path) as answer:
        status, body = answer.status, await answer.json()
    template = path.partition("?")[0].replace("/rooms/1", "/rooms/{id}").replace("/9", "/{id}")
    responses = document["paths"][template]["get"]["responses"]
    schema = responses[str(status)]["content"]["application/json"]["schema"]
    jsonschema_rs.validate({**schema, "components": document["components"]}, body)


@pytest.mark.parametrize("endpoint", ["info", "status"])
@pytest.mark.parametrize(
    "number",
    [0, 1, 16, 10**16, 10**18 - 1, 10**18, 9223 * 10**15, 2**63 - 808, 2**63 - 8, 2**63 - 1, 2**63,
     2**63 + 2, 2**63 + 192, 10**19 - 1, 10**19],
)  # fmt: skip
async def test_a_room_id_is_described_as_it_is_read(
    relay: Relay, rest: Rest, document: dict[str, Any], endpoint: str, number: int
) -> None:
    relay.live.give("info", str(number), {})
    relay.live.rooms[str(number)] = told("not_found")
    (schema,) = [
        parameter["schema"]
        for parameter in document["paths"][f"/douyin/liveroom/{endpoint}"]["get"]["parameters"]
        if parameter["name"] == "room_id"
    ]
    reply = await rest.get(endpoint, room_id=number)
    assert jsonschema_rs.is_valid(schema, str(number)) == (reply.status == 200)


async def test_it_says_that_other_parameters_are_ignored(document: dict[str, Any]) -> None:
    for path, item in document["paths"].items():
        if path.startswith("/douyin/liveroom/"):
            assert "`meta.ignored`" in item["get"]["description"]
