"""The HTTP side: health, metrics, rooms, and the page; an aiohttp application."""

import asyncio
from collections.abc import Awaitable, Callable
from importlib import resources

import msgspec
from aiohttp import hdrs, web
from msgspec import Struct
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from relay import __version__
from relay.errors import RoomNameError, RoomRefusedError
from relay.hub import RoomStatus, Stream
from relay.server.answers import ApiError, error_response, json_response
from relay.server.checks import check_request
from relay.server.history import serve_history
from relay.server.metrics import make_registry
from relay.server.sse import serve_events
from relay.server.state import STATE, ServerState

MAX_BODY_BYTES = 64 * 1024
"""The largest request body."""
BODY_S = 10.0
"""How long a client may take to send a request body."""

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_PAGES = {
    "/": ("index.html", "text/html"),
    "/web/page.css": ("page.css", "text/css"),
    "/web/page.js": ("page.js", "text/javascript"),
}
_PREFLIGHT = {
    hdrs.ACCESS_CONTROL_ALLOW_METHODS: "GET, POST, DELETE",
    hdrs.ACCESS_CONTROL_ALLOW_HEADERS: "Content-Type, Last-Event-ID",
}
"""What browsers ask before a page of an allowed Origin may post JSON."""
_CODES = {404: "not_found", 405: "method_not_allowed", 413: "too_large"}
_ALLOWED_ORIGIN: web.RequestKey[str] = web.RequestKey("allowed origin", str)
"""The Origin that a request came from, where it may read the answer."""
_METRICS: web.AppKey[CollectorRegistry] = web.AppKey("metrics", CollectorRegistry)
_FILES: web.AppKey[dict[str, bytes]] = web.AppKey("files", dict)


class _AddRoom(Struct, forbid_unknown_fields=True):
    room: str


class _RoomView(Struct):
    """A room in answers."""

    name: str
    web_rid: str
    room_id: str
    state: str
    reason: str
    title: str
    anchor: str
    transport: str
    since: int
    """When the state began, Unix ms."""
    epoch: str
    offset: int
    """Of the last event."""
    events: int
    """New events since the room is watched."""
    last_event: int
    """When the last event came, Unix ms; 0: never."""


def make_application(state: ServerState) -> web.Application:
    """Build the application."""
    app = web.Application(middlewares=[_guard, _explain], client_max_size=MAX_BODY_BYTES)
    app.on_response_prepare.append(_add_headers)
    app[STATE] = state
    app[_METRICS] = make_registry(state)
    folder = resources.files("relay") / "web"
    app[_FILES] = {name: (folder / name).read_bytes() for name, _ in _PAGES.values()}
    app.router.add_routes(
        [
            web.get("/healthz", _healthz),
            web.get("/readyz", _readyz),
            web.get("/metrics", _metrics),
            web.get("/ws", _not_websocket),
            web.get("/events", serve_events, allow_head=False),
            web.get("/api/rooms", _list_rooms),
            web.post("/api/rooms", _add_room),
            web.get("/api/rooms/{id}", _show_room),
            web.delete("/api/rooms/{id}", _remove_room),
            web.get("/api/rooms/{id}/events", serve_history, allow_head=False),
            *(web.get(path, _page) for path in _PAGES),
        ]
    )
    return app


@web.middleware
async def _guard(request: web.Request, handler: _Handler) -> web.StreamResponse:
    """Check Host and Origin before anything else."""
    state = request.app[STATE]
    origins = request.headers.getall(hdrs.ORIGIN, [])
    verdict = check_request(request.headers.getall(hdrs.HOST, []), origins, state.config.server)
    if verdict == "host":
        state.refuse("host", request.headers.get(hdrs.HOST, ""))
        return error_response(421, "wrong_host", "this relay does not serve that Host")
    if verdict == "origin":
        state.refuse("origin", origins[0])
        return error_response(
            403, "forbidden_origin", "that Origin may not use this relay; see allowed_origins"
        )
    if origins:
        request[_ALLOWED_ORIGIN] = origins[0]
    if request.method == hdrs.METH_OPTIONS and origins:
        return web.Response(status=204, headers=_PREFLIGHT)
    return await handler(request)


async def _add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Add the headers that every answer has; called by aiohttp before it sends them."""
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Vary"] = "Origin"
    if origin := request.get(_ALLOWED_ORIGIN):
        response.headers["Access-Control-Allow-Origin"] = origin


@web.middleware
async def _explain(request: web.Request, handler: _Handler) -> web.StreamResponse:
    """Answer errors as JSON."""
    try:
        return await handler(request)
    except ApiError as error:
        return error_response(error.status, error.code, str(error))
    except web.HTTPException as error:
        code = _CODES.get(error.status, "bad_request")
        response = error_response(error.status, code, f"{error.reason}: {request.path}")
        if isinstance(error, web.HTTPMethodNotAllowed):
            response.headers["Allow"] = ", ".join(sorted(error.allowed_methods))
        return response


async def _healthz(_request: web.Request) -> web.Response:
    """Answer as long as the process works at all."""
    return json_response({"status": "ok", "version": __version__})


async def _readyz(request: web.Request) -> web.Response:
    """200 while clients are accepted; 503 while stopping. The rest is for people.

    Degraded: live events are served as ever, but not stored.
    """
    state = request.app[STATE]
    rooms = {
        stream.status.web_rid or stream.status.name: stream.status.state
        for stream in state.rooms.streams()
    }
    if state.stopping:
        return json_response({"status": "stopping", "rooms": rooms}, status=503)
    if state.store is None:
        return json_response({"status": "ready", "rooms": rooms})
    trouble = state.store.trouble
    status = "degraded" if trouble else "ready"
    return json_response({"status": status, "rooms": rooms, "store": trouble or "ok"})


async def _metrics(request: web.Request) -> web.Response:
    return web.Response(
        body=generate_latest(request.app[_METRICS]),
        headers={hdrs.CONTENT_TYPE: CONTENT_TYPE_LATEST},
    )


async def _not_websocket(_request: web.Request) -> web.Response:
    raise ApiError(426, "upgrade_required", "open /ws as a WebSocket, on a connection of its own")


async def _list_rooms(request: web.Request) -> web.Response:
    streams = request.app[STATE].rooms.streams()
    return json_response({"rooms": [_view(stream) for stream in streams]})


async def _add_room(request: web.Request) -> web.Response:
    try:
        async with asyncio.timeout(BODY_S):
            body = await request.read()
        wanted = msgspec.json.decode(body, type=_AddRoom)
    except TimeoutError:
        raise ApiError(408, "too_slow", f"no whole body within {BODY_S:g} s") from None
    except (msgspec.DecodeError, RecursionError) as error:
        raise ApiError(400, "bad_request", f'send {{"room": "…"}}: {error}') from None
    try:
        return json_response(_view(request.app[STATE].rooms.add(wanted.room)), status=201)
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
    return json_response(_view(stream))


async def _remove_room(request: web.Request) -> web.Response:
    name = request.match_info["id"]
    try:
        removed = request.app[STATE].rooms.remove(name)
    except RoomNameError as error:
        raise ApiError(404, "unknown_room", str(error)) from None
    if not removed:
        raise ApiError(404, "unknown_room", f"room {name!r} is not watched")
    return web.Response(status=204)


async def _page(request: web.Request) -> web.Response:
    name, content_type = _PAGES[request.path]
    return web.Response(
        body=request.app[_FILES][name],
        content_type=content_type,
        charset="utf-8",
        headers={
            # The Host has been checked: it is one of ours. Not every browser counts
            # WebSockets of the same host as 'self'.
            "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self';"
            f" connect-src 'self' ws://{request.host}; img-src 'self' data:; base-uri 'none';"
            " form-action 'none'; frame-ancestors 'none'",
        },
    )


def _view(stream: Stream) -> _RoomView:
    status: RoomStatus = stream.status
    return _RoomView(
        name=status.name,
        web_rid=status.web_rid,
        room_id=status.room_id,
        state=status.state,
        reason=status.reason,
        title=status.title,
        anchor=status.anchor,
        transport=status.transport,
        since=status.since_ms,
        epoch=stream.epoch,
        offset=stream.head,
        events=stream.counters.events.total(),
        last_event=stream.counters.last_event_ms,
    )
