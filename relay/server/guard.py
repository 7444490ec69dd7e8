"""What every HTTP request passes before its handler: Host, Origin, token; http's middleware.

And what every answer gets behind it: errors as JSON, and the headers that all have.
"""

import math
from collections.abc import Awaitable, Callable
from functools import partial

from aiohttp import hdrs, web

from relay.config import RestConfig, Scope
from relay.errors import RoomNameError
from relay.server.access import NOBODY, NOT_FOR_ROOM, UNIDENTIFIED, Access, names_of, set_access
from relay.server.answers import NO_HEADERS, ApiError, error_response
from relay.server.checks import hosts_named
from relay.server.entry import check_sender, check_token, use_token
from relay.server.rest import envelope
from relay.server.senders import Sender, sender_of_transport
from relay.server.state import STATE, ServerState
from relay.upstream.names import parse_room_name

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_PAGES = ("/", "/overlay", "/overlay/", "/overlay/{kind}")
"""What a link on a page of another site may lead to."""
_OPEN = (*_PAGES, "/web/{path}", "/healthz")
"""What needs no token, and looks at none: pages and their files show nothing by themselves."""
_SHOWS_MORE = "/readyz"
"""What needs none either, but says more to who has one."""
_FOR_OVERLAYS = (
    "/events",
    "/ws",
    "/api/gifts",
    "/api/rooms/{id}",
    "/api/rooms/{id}/stats",
    "/api/rooms/{id}/stats/series",
)
"""What overlays need, all of it to be got only."""
_PREFLIGHT = {
    hdrs.ACCESS_CONTROL_ALLOW_METHODS: "GET, POST, DELETE",
    hdrs.ACCESS_CONTROL_ALLOW_HEADERS: "Authorization, Content-Type, Last-Event-ID",
}
"""What browsers ask before a page of an allowed Origin may send JSON, or a token."""
_ALLOWED_ORIGIN: web.RequestKey[str] = web.RequestKey("allowed origin", str)
"""The Origin that a request came from, where it may read the answer."""
SENDER: web.RequestKey[Sender] = web.RequestKey("sender", Sender)
"""Who sent a request."""
_CODES = {404: "not_found", 405: "method_not_allowed", 413: "too_large"}


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Check Host, Origin and token before anything else, and see to errors and headers after."""
    state = request.app[STATE]
    origins = request.headers.getall(hdrs.ORIGIN, [])
    sender = request[SENDER] = _sender_of(state, request)
    response: web.StreamResponse
    try:
        sites = [] if _opens_page(request) else request.headers.getall("Sec-Fetch-Site", [])
        hosts = hosts_named(request.headers.getall(hdrs.HOST, []), request.raw_path)
        check_sender(state, sender, hosts=hosts, origins=origins, sites=sites)
        if origins:
            request[_ALLOWED_ORIGIN] = origins[0]
        if request.method == hdrs.METH_OPTIONS and origins:
            response = web.Response(status=204, headers=_PREFLIGHT)
        else:
            access = _admit(state, request)
            set_access(request, access)
            if access is NOBODY:
                response = await handler(request)
            else:
                async with state.under_way.answering(request, partial(_check_access, state)):
                    response = await handler(request)
    except ApiError as error:
        response = answer_error(request.path, state.config.rest, error)
    except web.HTTPException as error:
        code = _CODES.get(error.status, "bad_request")
        headers = NO_HEADERS
        if isinstance(error, web.HTTPMethodNotAllowed):
            headers = {"Allow": ", ".join(sorted(error.allowed_methods))}
        told = ApiError(error.status, code, f"{error.reason}: {request.path}", headers=headers)
        response = answer_error(request.path, state.config.rest, told)
    return response


def _admit(state: ServerState, request: web.Request) -> Access:
    """Give what the sender may do. Raises ApiError where that isn't what it asks for."""
    sender = request[SENDER]
    path = _path_of(request)
    if path in _OPEN:
        return NOBODY
    try:
        authorizations = request.headers.getall(hdrs.AUTHORIZATION, [])
        access = check_token(state, sender, authorizations, request.raw_path)
    except ApiError:
        if path != _SHOWS_MORE:
            raise
        access = None
    if path == _SHOWS_MORE:
        return access or NOBODY
    if access is None:
        state.refuse("bad_token", f"{sender.address} {request.method} {request.path}")
        raise ApiError(401, "bad_token", UNIDENTIFIED)
    use_token(state, access)
    _check_access(state, request, access)
    return access


def _check_access(state: ServerState, request: web.Request, access: Access) -> None:
    """See that a request asks for no more than it may. Raises ApiError."""
    wanted = _scope_wanted(_path_of(request), request.method)
    if not access.may(wanted):
        state.refuse("forbidden_scope", f"{access.name}: {request.method} {request.path}")
        raise ApiError(403, "forbidden_scope", f"this needs a token with the scope {wanted}")
    room = request.match_info.get("id")
    if access.rooms is not None and room is not None and not _is_for(state, access, room):
        state.refuse("forbidden_scope", f"{access.name}: {request.method} {request.path}")
        raise ApiError(403, "forbidden_scope", NOT_FOR_ROOM)


def _sender_of(state: ServerState, request: web.Request) -> Sender:
    headers = request.headers
    return sender_of_transport(
        request.transport,
        headers.getall("X-Forwarded-For", []),
        headers.getall("X-Forwarded-Proto", []),
        state.config.server,
    )


def _path_of(request: web.Request) -> str:
    """Give the route's own path: however a client writes it, it is the one that is served."""
    resource = request.match_info.route.resource
    return "" if resource is None else resource.canonical


def _opens_page(request: web.Request) -> bool:
    """Tell whether a browser goes to one of our pages, wherever the link to it is."""
    modes = request.headers.getall("Sec-Fetch-Mode", [])
    is_got = request.method in (hdrs.METH_GET, hdrs.METH_HEAD)
    return is_got and modes == ["navigate"] and _path_of(request) in _PAGES


def _scope_wanted(path: str, method: str) -> Scope:
    """Say what a request needs. What there is not needs `read`, too."""
    if path.startswith("/api/") and method not in (hdrs.METH_GET, hdrs.METH_HEAD):
        return "admin"
    return "overlay" if path in _FOR_OVERLAYS else "read"


def _is_for(state: ServerState, access: Access, room: str) -> bool:
    """Tell whether a token is for a room that a request names."""
    try:
        stream = state.rooms.find(room)
        return access.is_for(parse_room_name(room).value, *(names_of(stream) if stream else ()))
    except RoomNameError:
        return False


async def prepare_answer(request: web.Request, response: web.StreamResponse) -> None:
    """Add the headers that an answer has; called by aiohttp before it sends them."""
    add_headers(response)
    if origin := request.get(_ALLOWED_ORIGIN):
        response.headers[hdrs.ACCESS_CONTROL_ALLOW_ORIGIN] = origin
        response.headers[hdrs.ACCESS_CONTROL_EXPOSE_HEADERS] = hdrs.RETRY_AFTER


def add_headers(response: web.StreamResponse) -> None:
    """Add the headers that every answer has, whatever it is an answer to."""
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Vary"] = "Origin"


def answer_error(path: str, config: RestConfig, error: ApiError) -> web.Response:
    """Answer a request with an error, in the form that its path has."""
    if envelope.is_rest_path(path):
        response = envelope.error_response(error, config)
    else:
        response = error_response(error.status, error.code, str(error))
        if error.retry_after_s is not None:
            response.headers["Retry-After"] = str(math.ceil(error.retry_after_s))
    if error.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    response.headers.update(error.headers)
    return response
