"""`GET /api/rooms/{id}/events`: a room's past, as JSON or JSON Lines; a handler of the application.

With a beginning, `since` or `from`, the oldest events come first; without, the newest.
"""

import re
from collections.abc import Iterable

from aiohttp import hdrs, web
from msgspec import Struct

from relay.errors import FilterError, NotStoredError, PositionError, RoomNameError, StoreError
from relay.events.times import read_time
from relay.hub import Position, Stream
from relay.server.answers import ApiError
from relay.server.messages import RequestError
from relay.server.past import Past
from relay.server.query import (
    as_api_error,
    complaint,
    read_methods,
    read_parameters,
    single,
    words,
)
from relay.server.state import STATE, ServerState
from relay.server.wanted import Item, Page, Wanted, count_events

DEFAULT_LIMIT = 100
MAX_LIMIT = 1000
"""Events in one JSON answer; more come as JSON Lines."""
PAGE_EVENTS = 500
"""Events of JSON Lines that are in memory at once."""

_PARAMETERS = ("since", "before", "from", "to", "method", "user", "limit", "token")
_LIMIT = re.compile(r"[1-9][0-9]{0,8}")
_LINES = "application/x-ndjson"


class _Question(Struct, frozen=True):
    wanted: Wanted
    limit: int | None
    """None: not given."""
    forward: bool


async def serve_history(request: web.Request) -> web.StreamResponse:
    """Answer with what there is of a room's past, from memory and the store."""
    state = request.app[STATE]
    question = _read(request.raw_path)
    room, stream = _find(state, request.match_info["id"])
    past = Past(room, stream, state.store, question.wanted)
    limit = question.limit
    try:
        if stream is None and state.store is not None and not state.store.trouble:
            await state.store.written()  # where it was watched until just now
        if (limit or 0) > MAX_LIMIT or _LINES in request.headers.get(hdrs.ACCEPT, ""):
            return await _serve_lines(request, past, question)
        items, page = await _collect(past, question, limit or DEFAULT_LIMIT)
    except NotStoredError as error:
        raise ApiError(404, "unknown_room", f"not watched, and {error}") from None
    except StoreError as error:
        raise ApiError(503, "store_unavailable", str(error)) from None
    return web.Response(
        body=b'{"events":[%b],"gaps":[%b],"next":%b}'
        % (
            b",".join(item.body for item in items if item.at is not None),
            b",".join(item.body for item in items if item.at is None),
            _next(page, question),
        ),
        content_type="application/json",
    )


async def _collect(past: Past, question: _Question, limit: int) -> tuple[list[Item], Page]:
    """Read pages until there is enough, or no more."""
    items: list[Item] = []
    page = Page([], None, more=True)
    while page.more and limit > 0:
        page = await _read_page(past, question, page.at, limit)
        items += page.items
        limit -= count_events(page.items)
    return items, page


async def _read_page(past: Past, question: _Question, at: Position | None, limit: int) -> Page:
    return await (past.forward(at, limit) if question.forward else past.backward(at, limit))


async def _serve_lines(request: web.Request, past: Past, question: _Question) -> web.StreamResponse:
    """Write events, and gaps in their places, a line each, as fast as the client takes them."""
    page = await _read_page(past, question, None, _least(question.limit, PAGE_EVENTS))
    response = web.StreamResponse()
    response.content_type = _LINES
    left = question.limit
    transport = request.transport
    complete = False
    try:
        await response.prepare(request)
        while True:
            lines = _lines(page.items)
            if lines:
                await response.write(lines)
            if left is not None:
                left -= count_events(page.items)
            if not page.more or (left is not None and left <= 0):
                break
            page = await _read_page(past, question, page.at, _least(left, PAGE_EVENTS))
        await response.write_eof()
        complete = True
    finally:
        # Cut, so that it can't be taken for the whole.
        if not complete and transport is not None:
            transport.abort()
    return response


def _least(left: int | None, most: int) -> int:
    return most if left is None else min(left, most)


def _lines(items: Iterable[Item]) -> bytes:
    return b"".join(item.body + b"\n" for item in items)


def _next(page: Page, question: _Question) -> bytes:
    """Give what to send as `since`, or `before`, to go on; null: there will be no more."""
    wanted = question.wanted
    is_open = question.forward and wanted.before is None and wanted.to_ms is None
    if page.at is None or not (page.more or is_open):
        return b"null"
    return b'"%b:%d"' % (page.at.epoch.encode(), page.at.offset)


def _find(state: ServerState, name: str) -> tuple[str, Stream | None]:
    """Give a room's name for the store, and its stream if it is watched. Raises ApiError."""
    try:
        stream = state.rooms.find(name)
    except RoomNameError as error:
        raise ApiError(404, "unknown_room", str(error)) from None
    if stream is None and state.store is None:
        raise ApiError(404, "unknown_room", f"room {name!r} is not watched")
    return (stream.status.web_rid if stream is not None else "") or name, stream


def _read(path: str) -> _Question:
    """Read the query. Raises ApiError."""
    try:
        found = read_parameters(path)
        for name in found:
            if name not in _PARAMETERS:
                raise RequestError("bad_request", complaint(name, _PARAMETERS))
        given = {name: single(found, name) for name in _PARAMETERS if name != "method"}
        wanted = Wanted(
            since=_position(given["since"]),
            before=_position(given["before"]),
            from_ms=_time(given["from"]),
            to_ms=_time(given["to"]),
            methods=read_methods(words(found["method"])) if "method" in found else None,
            user=given["user"],
        )
        limit = given["limit"]
        if limit is not None and not _LIMIT.fullmatch(limit):
            raise RequestError("bad_request", f"limit={limit[:64]!r}: write a number from 1 on")
    except FilterError as error:
        raise ApiError(400, "bad_method", str(error)) from None
    except PositionError as error:
        raise ApiError(400, "bad_position", str(error)) from None
    except RequestError as error:
        raise as_api_error(error) from None
    forward = wanted.since is not None or wanted.from_ms is not None
    return _Question(wanted, None if limit is None else int(limit), forward)


def _position(text: str | None) -> Position | None:
    return None if text is None else Position.parse(text)


def _time(text: str | None) -> int | None:
    try:
        return None if text is None else read_time(text)
    except FilterError as error:
        raise RequestError("bad_request", str(error)) from None
