"""The HTTP side: health, metrics, rooms, and the page; an aiohttp application."""

import msgspec
from aiohttp import hdrs, web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from relay import __version__
from relay.errors import RoomNameError, RoomRefusedError
from relay.server.access import access_of
from relay.server.answers import ApiError, json_response
from relay.server.bodies import MAX_BODY_BYTES, read_body
from relay.server.gifts import serve_gifts
from relay.server.guard import guard, prepare_answer
from relay.server.history import serve_history
from relay.server.http_protocol import websockets_aside
from relay.server.metrics import make_registry
from relay.server.pages import add_pages
from relay.server.rest.endpoints import add_endpoints
from relay.server.rest.openapi import make_document
from relay.server.simulate import serve_simulate
from relay.server.sse import serve_events
from relay.server.state import STATE, ServerState
from relay.server.stats import serve_series, serve_stats
from relay.server.views import AddRoom, Health, Readiness, RoomList, RoomView

_METRICS: web.AppKey[CollectorRegistry] = web.AppKey("metrics", CollectorRegistry)
_OPENAPI: web.AppKey[bytes] = web.AppKey("openapi", bytes)


def make_application(state: ServerState) -> web.Application:
    """Build the application."""
    app = web.Application(middlewares=[websockets_aside, guard], client_max_size=MAX_BODY_BYTES)
    app.on_response_prepare.append(prepare_answer)
    app[STATE] = state
    app[_METRICS] = make_registry(state)
    app[_OPENAPI] = make_document()
    app.router.add_routes(
        [
            web.get("/healthz", _healthz),
            web.get("/readyz", _readyz),
            web.get("/metrics", _metrics),
            web.get("/openapi.json", _openapi),
            web.get("/ws", _not_websocket),
            web.get("/events", serve_events, allow_head=False),
            web.get("/api/gifts", serve_gifts),
            web.get("/api/rooms", _list_rooms),
            web.post("/api/rooms", _add_room),
            web.get("/api/rooms/{id}", _show_room),
            web.delete("/api/rooms/{id}", _remove_room),
            web.get("/api/rooms/{id}/events", serve_history, allow_head=False),
            web.get("/api/rooms/{id}/stats", serve_stats),
            web.get("/api/rooms/{id}/stats/series", serve_series),
            web.post("/api/rooms/{id}/simulate", serve_simulate),
        ]
    )
    add_pages(app, state.config)
    add_endpoints(app, state)
    return app


async def _healthz(_request: web.Request) -> web.Response:
    """Answer as long as the process works at all."""
    return json_response(Health("ok", __version__))


async def _readyz(request: web.Request) -> web.Response:
    """200 while clients are accepted; 503 while stopping. The rest is for people.

    Degraded: live events are served as ever, but not stored.
    """
    state = request.app[STATE]
    trouble = state.store.trouble if state.store is not None else ""
    answer = Readiness("stopping" if state.stopping else "degraded" if trouble else "ready")
    if access_of(request).may("read"):
        answer.rooms = {
            stream.status.web_rid or stream.status.name: stream.status.state
            for stream in state.rooms.streams()
        }
        if state.store is not None:
            answer.store = trouble or "ok"
    return json_response(answer, status=503 if state.stopping else 200)


async def _metrics(request: web.Request) -> web.Response:
    state = request.app[STATE]
    if state.count_elsewhere is not None:
        await state.count_elsewhere()
    return web.Response(
        body=generate_latest(request.app[_METRICS]),
        headers={hdrs.CONTENT_TYPE: CONTENT_TYPE_LATEST},
    )


async def _openapi(request: web.Request) -> web.Response:
    return web.Response(body=request.app[_OPENAPI], content_type="application/json")


async def _not_websocket(_request: web.Request) -> web.Response:
    raise ApiError(
        426, "upgrade_required", "open /ws as a WebSocket", headers={"Upgrade": "websocket"}
    )


async def _list_rooms(request: web.Request) -> web.Response:
    streams = request.app[STATE].rooms.streams()
    return json_response(RoomList([RoomView.of(stream) for stream in streams]))


async def _add_room(request: web.Request) -> web.Response:
    body = await read_body(request)
    try:
        wanted = msgspec.json.decode(body, type=AddRoom)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ApiError(400, "bad_request", f'send {{"room": "…"}}: {error}') from None
    try:
        return json_response(RoomView.of(request.app[STATE].rooms.add(wanted.room)), status=201)
    except RoomNameError as error:
        raise ApiError(400, "unknown_room", str(error)) from None
    except RoomRefusedError as error:
        raise ApiError(409, "room_refused", str(error)) from None


async def _show_room(request: web.Request) -> web.Response:
    name = request.match_info["id"]
    try:
        stream = request.app[STATE].rooms.find(name)
    except RoomNameError as error:
        raise ApiError(404, "unknown_room", str(error)) from None
    if stream is None:
        raise ApiError(404, "unknown_room", f"room {name!r} is not watched")
    return json_response(RoomView.of(stream))


async def _remove_room(request: web.Request) -> web.Response:
    name = request.match_info["id"]
    try:
        removed = request.app[STATE].rooms.remove(name)
    except RoomNameError as error:
        raise ApiError(404, "unknown_room", str(error)) from None
    if not removed:
        raise ApiError(404, "unknown_room", f"room {name!r} is not watched")
    return web.Response(status=204)
