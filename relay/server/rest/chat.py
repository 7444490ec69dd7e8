"""GET /douyin/liveroom/chat: what people write and do, behind a cursor; long polls, too."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, cast

import msgspec
from aiohttp import web

from relay.clock import now_ms
from relay.hub import Position, Stream
from relay.server.access import access_of
from relay.server.rest.envelope import Meta, success_response
from relay.server.rest.errors import (
    STOPPING,
    TOO_MANY_CLIENTS,
    UPSTREAM_TIMEOUT,
    RestError,
)
from relay.server.rest.messages import IGNORES, Format, Messages, Page
from relay.server.rest.params import (
    ONE_ROOM,
    Choice,
    Cursor,
    Number,
    Parameter,
    ignored_in,
    one_room,
    read_query,
)
from relay.server.rest.past_messages import behind_in_store, newest_in_store
from relay.server.rest.polled import POLLED
from relay.server.rest.watched import Held, held
from relay.server.state import STATE, ServerState
from relay.webcast.rest.chat import ChatDocument, ChatMessage

START_S = 5.0
"""How long a poll waits for a room that has just been started to be found, at most."""
FETCH_INTERVAL_MS = 1000
"""How long clients that don't use `wait` should wait between two requests."""

PARAMETERS: Mapping[str, Parameter] = {
    **ONE_ROOM,
    "cursor": Cursor(
        "The `cursor` of the answer before: what follows it is given. Without it the newest"
        " `limit` messages are."
    ),
    "limit": Number("Messages in one answer, at most.", 1, 500, 100),
    "wait": Number("Seconds to wait for a message where there is none yet.", 0, 25, 0),
    "format": Choice("The messages as in 2021, or the flat ones of 2020.", ("v2021", "v2020")),
}


class ChatMeta(Meta, frozen=True):
    """Where an answer comes from, and where to go on: the flat format has no other place."""

    cursor: str
    """Give it with the next request."""
    gap: bool
    """Events between the cursor that was asked with and the last message are lost."""
    gap_reason: str
    """Why; "" where there is no gap."""


async def chat(request: web.Request) -> web.Response:
    """Give what follows the cursor; wait for it where that is asked."""
    state = request.app[STATE]
    query = read_query(request, PARAMETERS)
    form: Format = query["format"]
    with _place(state, query["wait"]):
        async with held(state, access_of(request), one_room(query)) as room:
            page = await _poll(request, state, room, query)
            internal_ext = room.stream.internal_ext
    cursor = f"{page.cursor.epoch}:{page.cursor.offset}"
    meta = ChatMeta(
        "events", now_ms(), 0, (), ignored_in(request), cursor, page.gap != "", page.gap
    )
    messages = msgspec.Raw(b"[" + b",".join(page.messages) + b"]")
    if form == "v2020":
        return success_response(messages, meta)
    document = ChatDocument(
        # Encoded already, and spliced as it is.
        messages=cast("list[ChatMessage]", messages),
        cursor=meta.cursor,
        fetch_interval=FETCH_INTERVAL_MS,
        now=now_ms(),
        internal_ext=internal_ext,
        ignores=IGNORES,
        gap=meta.gap,
        gap_reason=meta.gap_reason,
    )
    return success_response(document, meta)


@contextmanager
def _place(state: ServerState, wait_s: int) -> Iterator[None]:
    """Count a poll among the clients while it may wait. Raises RestError where that is too many."""
    if not wait_s:
        yield
        return
    if state.is_full:
        state.refuse("too_many_clients", f"{len(state.clients)} connected, {state.polls} polling")
        raise RestError(
            TOO_MANY_CLIENTS,
            f"{state.config.server.max_clients} are here; see [server] max_clients, or ask"
            " without wait",
        )
    state.polls += 1
    try:
        yield
    finally:
        state.polls -= 1


async def _poll(
    request: web.Request, state: ServerState, room: Held, query: dict[str, Any]
) -> Page:
    """Read until there is something, or it is clear that there won't be. Raises RestError.

    Polls that wait are answered in turns, all of a stream together: else each of them would come
    back for every single event while the room talks.
    """
    loop = asyncio.get_running_loop()
    known_by_s = loop.time() + START_S
    until_s = loop.time() + query["wait"]
    # Its turn has come: it doesn't wait, begins, or has waited for one.
    is_due = not query["wait"] or query["cursor"] is None
    stream: Stream | None = None
    while True:
        if room.stream is not stream:  # at first, and when it was merged into another one
            stream = room.stream
            polled = request.app[POLLED].of(stream)
            cursor: Position | None = query["cursor"]
        page = await _read(state, polled.messages, stream, cursor, query)
        if room.stream is not stream:
            continue
        found = page is not None and bool(page.messages or page.gap)
        if page is not None and found and (is_due or page.is_full or polled.turns.take()):
            return page
        if page is not None and not found:
            room.check_live()
            cursor = page.cursor
            if cursor != (stream.epoch, stream.head):  # more has come while the store was read
                continue
        is_sure = page is not None and room.is_known
        end_s = until_s if is_sure else max(until_s, known_by_s)
        if room.is_closed or state.stopping or loop.time() >= end_s:
            if not found:
                room.check_live()
                room.check_reached()
            return page or _nothing(state, stream, cursor)
        await polled.turns.next(end_s, pending=found)
        is_due = True


async def _read(
    state: ServerState,
    messages: Messages,
    stream: Stream,
    cursor: Position | None,
    query: dict[str, Any],
) -> Page | None:
    """Read on behind a cursor; None: it is not settled yet where the stream goes on."""
    limit, form = query["limit"], query["format"]
    if not stream.settled:
        return None
    if cursor is not None:
        if messages.has_all_behind(cursor):
            return messages.behind(cursor, limit, form)
        async with state.until_stop():
            return await behind_in_store(stream, cursor, limit, form)
    page = messages.newest(limit, form)
    if len(page.messages) == limit or state.store is None:
        return page
    async with state.until_stop():
        return page._replace(messages=await newest_in_store(stream, state.store, limit, form))


def _nothing(state: ServerState, stream: Stream, cursor: Position | None) -> Page:
    """Answer before it is settled where the stream goes on. Raises RestError.

    A position in it might be of an epoch that never comes to be.
    """
    if cursor is not None:
        return Page([], cursor, "", False)
    name = stream.status.name
    if state.stopping:
        raise RestError(STOPPING, f"room {name} has only just been asked for")
    raise RestError(UPSTREAM_TIMEOUT, f"it is not known yet where room {name} goes on; ask again")
