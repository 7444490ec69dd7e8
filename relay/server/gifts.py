"""`GET /api/gifts`: what gifts are called and cost; a handler of http."""

from aiohttp import web

from relay.errors import UpstreamError
from relay.server.answers import ApiError, json_response
from relay.server.rest.errors import RestError
from relay.server.state import STATE


async def serve_gifts(request: web.Request) -> web.Response:
    """Answer with upstream's gift catalogue, as it was last had."""
    state = request.app[STATE]
    try:
        async with state.until_stop():
            gifts = await state.live.gifts()
    except UpstreamError as error:
        refusal = RestError.of(error)
        raise ApiError(
            refusal.status, refusal.code, str(refusal), retry_after_s=refusal.retry_after_s
        ) from None
    return json_response(gifts)
