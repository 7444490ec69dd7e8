"""Describes all HTTP routes as OpenAPI 3.1, by the types that serve the answers; served by http."""

import re
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

import msgspec
from msgspec import Struct

from relay import __version__
from relay.config import Scope
from relay.events.listed import GiftList
from relay.events.simulated import Simulation
from relay.server.answers import ErrorBody
from relay.server.rest.endpoints import ENDPOINTS, Endpoint
from relay.server.rest.envelope import ErrorEnvelope
from relay.server.rest.errors import KINDS
from relay.server.rest.params import Parameter
from relay.server.simulate import SimulatedList
from relay.server.stats import SeriesView, StatsView
from relay.server.views import AddRoom, EventList, Health, Readiness, RoomList, RoomView


class Route(Struct, frozen=True):
    """A route besides the REST endpoints."""

    method: str
    path: str
    about: str
    scope: Scope | None
    """What its token needs; None: no token."""
    answers: Mapping[int, tuple[str, Any]]
    """By HTTP status: what it says, and the type of the body (a content type where it isn't
    JSON; None: there is none)."""
    body: Any = None
    parameters: Mapping[str, str] = {}
    """Of the query, all of them optional texts: what they are."""


_NOT_WATCHED = ("The room is not watched.", ErrorBody)
ROUTES = (
    Route("get", "/healthz", "Whether the process works at all.", None, {200: ("Yes.", Health)}),
    Route(
        "get",
        "/readyz",
        "Whether clients are accepted.",
        None,
        {200: ("Yes.", Readiness), 503: ("The relay is stopping.", Readiness)},
    ),
    Route("get", "/metrics", "Prometheus metrics.", "read", {200: ("Samples.", "text/plain")}),
    Route(
        "get", "/openapi.json", "This description.", "read", {200: ("OpenAPI 3.1.", dict[str, Any])}
    ),
    Route(
        "get",
        "/ws",
        "The WebSocket; it takes the handshake only.",
        "overlay",
        {101: ("Frames follow.", None), 426: ("That was no handshake.", ErrorBody)},
    ),
    Route(
        "get",
        "/events",
        "The events of rooms as server-sent events.",
        "overlay",
        {
            200: ("Events follow.", "text/event-stream"),
            400: ("The query can't be understood.", ErrorBody),
            403: ("To start a room takes the scope `watch`.", ErrorBody),
            404: ("Not a room.", ErrorBody),
            409: ("The room may not be watched.", ErrorBody),
            503: ("Too many clients, or the relay is stopping.", ErrorBody),
        },
        parameters={
            "room_id": "Rooms by any of their names, with commas between; at least one.",
            "method": "Methods or short names, with commas between; left out: all.",
            "since": "A position for each room, with commas between, as in the last `id`.",
            "slow": "`close` or `skip`: what happens when the client reads too slowly.",
        },
    ),
    Route(
        "get",
        "/api/gifts",
        "What gifts are called and cost: upstream's catalogue.",
        "overlay",
        {
            200: ("The gifts.", GiftList),
            429: ("Too much is asked of upstream.", ErrorBody),
            501: ("There is no upstream to ask.", ErrorBody),
            502: ("Upstream's answer is not understood.", ErrorBody),
            503: ("Upstream can't be asked, or the relay is stopping.", ErrorBody),
            504: ("Upstream did not answer in time.", ErrorBody),
        },
    ),
    Route("get", "/api/rooms", "All watched rooms.", "read", {200: ("The rooms.", RoomList)}),
    Route(
        "post",
        "/api/rooms",
        "Watch a room until it is removed.",
        "admin",
        {
            201: ("It is watched.", RoomView),
            400: ("Not a room.", ErrorBody),
            409: ("It may not be watched.", ErrorBody),
            413: ("The body is too large.", ErrorBody),
        },
        AddRoom,
    ),
    Route(
        "get",
        "/api/rooms/{id}",
        "One watched room, by any of its names.",
        "overlay",
        {200: ("The room.", RoomView), 404: _NOT_WATCHED},
    ),
    Route(
        "delete",
        "/api/rooms/{id}",
        "Stop watching a room.",
        "admin",
        {204: ("It isn't watched any more.", None), 404: _NOT_WATCHED},
    ),
    Route(
        "get",
        "/api/rooms/{id}/events",
        "A room's past, from memory and the store; with `Accept: application/x-ndjson` as lines.",
        "read",
        {
            200: ("Events; with a beginning the oldest first, else the newest.", EventList),
            400: ("The query can't be understood.", ErrorBody),
            404: ("The room is not watched, and nothing of it is stored.", ErrorBody),
            503: ("The store can't be read.", ErrorBody),
        },
        parameters={
            "since": "Position behind which to begin.",
            "before": "Position before which to end.",
            "from": "Time from which on, Unix milliseconds or ISO 8601.",
            "to": "Time before which.",
            "method": "Methods or short names, with commas between; left out: all.",
            "user": "Only what this uid did.",
            "limit": "Events at most; beyond 1000 they come as lines.",
        },
    ),
    Route(
        "get",
        "/api/rooms/{id}/stats",
        "What a room's broadcast adds up to, and the position up to which that is.",
        "overlay",
        {200: ("The numbers.", StatsView), 404: _NOT_WATCHED},
    ),
    Route(
        "get",
        "/api/rooms/{id}/stats/series",
        "A room's viewers, likes, gifts and messages over time.",
        "overlay",
        {
            200: ("The steps, oldest first.", SeriesView),
            400: ("The query can't be understood.", ErrorBody),
            404: _NOT_WATCHED,
        },
        parameters={"step": "`10`: the last hour in steps of 10 s; `60`: the last day in minutes."},
    ),
    Route(
        "post",
        "/api/rooms/{id}/simulate",
        "Put an event that nobody caused into a room's stream, marked `simulated`.",
        "admin",
        {
            201: ("Where it stands in the stream.", SimulatedList),
            400: ("The body can't be understood.", ErrorBody),
            404: _NOT_WATCHED,
            408: ("The body took too long to come.", ErrorBody),
        },
        Simulation,
    ),
    Route("get", "/", "The dashboard.", None, {200: ("The page.", "text/html")}),
    Route("get", "/overlay", "Leads to /overlay/.", None, {308: ("/overlay/", None)}),
    Route("get", "/overlay/", "The composer of overlays.", None, {200: ("The page.", "text/html")}),
    Route(
        "get",
        "/overlay/{kind}",
        "An overlay, for a browser source of OBS.",
        None,
        {200: ("The page.", "text/html"), 404: ("There is no such overlay.", ErrorBody)},
    ),
    Route(
        "get",
        "/web/{path}",
        "A file that the pages are made of.",
        None,
        {200: ("The file.", "text/javascript"), 404: ("There is no such file.", ErrorBody)},
    ),
)

_TOKEN: list[dict[str, list[str]]] = [{"bearer": []}, {"query": []}, {}]
"""The last one: relays on loopback do without, unless they have tokens."""
_RETRY_AFTER = {
    "Retry-After": {
        "description": "Seconds until asking again may help, where that is known.",
        "schema": {"type": "integer", "minimum": 1},
    }
}


def make_document() -> bytes:
    """Write the document."""
    kinds: list[Any] = [ErrorBody, ErrorEnvelope]
    kinds += [answer for endpoint in ENDPOINTS for answer in endpoint.answers]
    for route in ROUTES:
        kinds += [route.body, *(kind for _, kind in route.answers.values())]
    types = [kind for kind in dict.fromkeys(kinds) if kind and not isinstance(kind, str)]
    schemas, components = msgspec.json.schema_components(
        types, ref_template="#/components/schemas/{name}"
    )
    known = dict(zip(types, schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for route in ROUTES:
        paths.setdefault(route.path, {})[route.method] = _describe_route(route, known)
    for endpoint in ENDPOINTS:
        paths[endpoint.path] = {"get": _describe_endpoint(endpoint, known)}
    return msgspec.json.encode(
        {
            "openapi": "3.1.0",
            "info": {
                "title": "Douyin live relay",
                "version": __version__,
                "description": "What happens in Douyin live rooms, for local programs.",
                "license": {"name": "MIT", "identifier": "MIT"},
            },
            "paths": paths,
            "components": {
                "schemas": components,
                "securitySchemes": {
                    "bearer": {"type": "http", "scheme": "bearer"},
                    "query": {"type": "apiKey", "in": "query", "name": "token"},
                },
            },
        }
    )


def _describe_route(route: Route, schemas: Mapping[Any, Any]) -> dict[str, Any]:
    responses = {
        str(status): {"description": about, **_content(kind, schemas)}
        for status, (about, kind) in route.answers.items()
    }
    described: dict[str, Any] = {
        "summary": route.about,
        "responses": {**responses, "default": _error("Any other error.", schemas[ErrorBody])},
        "security": [] if route.scope is None else _TOKEN,
    }
    if route.scope is not None:
        described["description"] = f"With tokens: needs the scope `{route.scope}`."
    described["parameters"] = [
        {"name": name, "in": "query", "description": about, "schema": {"type": "string"}}
        for name, about in route.parameters.items()
    ]
    described["parameters"] += [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"{(\w+)}", route.path)
    ]
    if route.body is not None:
        described["requestBody"] = {"required": True, **_content(route.body, schemas)}
    return described


def _describe_endpoint(endpoint: Endpoint, schemas: Mapping[Any, Any]) -> dict[str, Any]:
    answers = [schemas[answer] for answer in endpoint.answers]
    schema = answers[0] if len(answers) == 1 else {"anyOf": answers}
    responses = {
        "200": {"description": "The answer.", "content": {"application/json": {"schema": schema}}}
    }
    for status, kinds in groupby(KINDS, key=lambda kind: kind.status):
        about = "; ".join(dict.fromkeys(f"`{kind.type}`: {kind.text}" for kind in kinds))
        responses[str(status)] = _error(about, schemas[ErrorEnvelope])
    responses["default"] = _error("Any other error.", schemas[ErrorEnvelope])
    scopes = "With tokens: needs the scope `read`."
    if endpoint.may_start:
        scopes += " To start a room that isn't watched: needs the scope `watch`."
    others = "Parameters that it doesn't have are ignored, and named in `meta.ignored`."
    return {
        "summary": endpoint.about,
        "description": f"{scopes} {others}",
        "operationId": endpoint.name,
        "parameters": _describe_parameters(endpoint.parameters),
        "responses": responses,
        "security": _TOKEN,
    }


def _describe_parameters(parameters: Mapping[str, Parameter]) -> Sequence[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "query",
            "required": False,
            "description": parameter.about,
            "schema": parameter.schema(),
        }
        for name, parameter in parameters.items()
    ]


def _content(kind: Any, schemas: Mapping[Any, Any]) -> dict[str, Any]:
    if kind is None:
        return {}
    if isinstance(kind, str):
        return {"content": {kind: {"schema": {"type": "string"}}}}
    return {"content": {"application/json": {"schema": schemas[kind]}}}


def _error(about: str, schema: Any) -> dict[str, Any]:
    return {
        "description": about,
        "headers": _RETRY_AFTER,
        "content": {"application/json": {"schema": schema}},
    }
