"""GET /douyin/liveroom/info: a room's details, ended ones' too."""

from aiohttp import web

from relay.server.rest.envelope import meta_of, success_response
from relay.server.rest.params import ONE_ROOM, one_room, read_query
from relay.server.state import STATE


async def info(request: web.Request) -> web.Response:
    """Describe a room."""
    name = one_room(read_query(request, ONE_ROOM))
    state = request.app[STATE]
    async with state.until_stop():
        answer = await state.live.info(name)
    return success_response(answer.data, meta_of(request, answer))
