"""`GET /api/rooms/{id}/stats` and `…/series`: what a room adds up to; handlers of http."""

from typing import Annotated, Literal

import msgspec
from aiohttp import web
from msgspec import Meta, Struct

from relay.errors import RoomNameError
from relay.events import StatsPayload
from relay.hub import Books, Stream
from relay.server.answers import ApiError, json_response
from relay.server.messages import RequestError
from relay.server.query import as_api_error, read_parameters, single
from relay.server.state import STATE, ServerState


class StatsView(Struct):
    """What a room's broadcast adds up to."""

    room_id: Annotated[str, Meta(description="The broadcast.")]
    web_rid: str
    epoch: str
    offset: Annotated[
        int,
        Meta(description="Every RelayStats up to here is in it; put later ones over it."),
    ]
    stats: StatsPayload


class PointView(Struct):
    """What happened in one step."""

    time_ms: Annotated[int, Meta(description="When it began, Unix milliseconds.")]
    viewers: Annotated[int | None, Meta(description="The last known in it; null: unknown.")]
    likes: int
    gift_diamonds: int
    messages: Annotated[dict[str, int], Meta(description="By method.")]


class SeriesView(Struct):
    """A room's last hour or day, step by step."""

    step_s: Literal[10, 60]
    points: Annotated[
        list[PointView],
        Meta(description="Oldest first; steps in which nothing came may be missing."),
    ]


class _Series(Struct):
    step_s: int
    points: list[msgspec.Raw]


async def serve_stats(request: web.Request) -> web.Response:
    """Answer with what was told of a room's numbers, and where in its stream."""
    stream, books = await _find(request)
    stats = books.stats()
    room_id = stats.room_id or stream.status.room_id
    return json_response(
        StatsView(room_id, stream.status.web_rid, stream.epoch, stream.head, stats)
    )


async def serve_series(request: web.Request) -> web.Response:
    """Answer with a room's numbers over time."""
    try:
        step = single(read_parameters(request.raw_path), "step") or "10"
    except RequestError as error:
        raise as_api_error(error) from None
    if step not in ("10", "60"):
        raise ApiError(400, "bad_request", f"step={step[:64]!r}: write step=10 or step=60")
    _, books = await _find(request)
    return json_response(_Series(int(step), books.series(int(step))))


async def _find(request: web.Request) -> tuple[Stream, Books]:
    """Find a room, where it goes on, and its books."""
    state: ServerState = request.app[STATE]
    name = request.match_info["id"]
    try:
        stream = state.rooms.find(name)
    except RoomNameError as error:
        raise ApiError(404, "unknown_room", str(error)) from None
    if stream is not None:
        # Else the position would soon be that of another epoch.
        async with state.until_stop():
            await state.hub.take_up(stream)
        stream = state.hub.present(stream)
    if stream is None or stream.books is None:
        raise ApiError(404, "unknown_room", f"room {name!r} is not watched")
    return stream, stream.books
