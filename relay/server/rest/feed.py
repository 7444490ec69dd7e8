"""GET /douyin/liveroom/feed: live rooms that Douyin recommends."""

from collections.abc import Mapping

from aiohttp import web

from relay.server.rest.envelope import meta_of, success_response
from relay.server.rest.params import Choice, Number, Parameter, read_query
from relay.server.state import STATE

PARAMETERS: Mapping[str, Parameter] = {
    "limit": Number("Rooms in the answer, at most.", 1, 20, 20),
    "enrich": Choice("1 asks for every room's details, too; that takes a while.", ("0", "1")),
}


async def feed(request: web.Request) -> web.Response:
    """Recommend rooms."""
    query = read_query(request, PARAMETERS)
    state = request.app[STATE]
    async with state.until_stop():
        answer = await state.live.feed(query["limit"], enrich=query["enrich"] == "1")
    return success_response(answer.data, meta_of(request, answer))
