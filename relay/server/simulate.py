"""`POST /api/rooms/{id}/simulate`: puts a made-up event into a room's stream; a handler of http."""

import msgspec
from aiohttp import web
from msgspec import Struct

from relay.clock import now_ms
from relay.errors import RoomNameError
from relay.events.simulated import KINDS, Simulation, simulate
from relay.server.answers import ApiError, json_response
from relay.server.bodies import read_body
from relay.server.state import STATE


class SimulatedView(Struct):
    """Where a simulated event stands in the room's stream."""

    method: str
    epoch: str
    offset: int


class SimulatedList(Struct):
    """What was given out."""

    events: list[SimulatedView]


async def serve_simulate(request: web.Request) -> web.Response:
    """Give out an event that nobody caused, marked as such."""
    state = request.app[STATE]
    name = request.match_info["id"]
    body = await read_body(request)
    try:
        wanted = msgspec.json.decode(body, type=Simulation)
    except (msgspec.DecodeError, RecursionError) as error:
        text = f'send {{"kind": "chat", "nickname": "…"}}; kinds: {", ".join(KINDS)}: {error}'
        raise ApiError(400, "bad_request", text) from None
    try:
        stream = state.rooms.find(name)
    except RoomNameError as error:
        raise ApiError(404, "unknown_room", str(error)) from None
    if stream is not None:
        # What the store knows of the room has to be told before its first event.
        await state.hub.take_up(stream)
        stream = state.hub.present(stream)
    if stream is None:
        raise ApiError(404, "unknown_room", f"room {name!r} is not watched")
    status = stream.status
    event = simulate(wanted, room_id=status.room_id, web_rid=status.web_rid, now_ms=now_ms())
    state.hub.publish(stream, [event])
    # What the books put beside a gift comes before it.
    given = SimulatedView(event.method, stream.epoch, stream.head)
    return json_response(SimulatedList([given]), status=201)
