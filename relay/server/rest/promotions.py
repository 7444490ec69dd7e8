"""GET /douyin/liveroom/promotions: the goods of a broadcast."""

from aiohttp import web

from relay.errors import UpstreamError
from relay.hub import Snapshot
from relay.server.rest.envelope import meta_of, success_response
from relay.server.rest.params import ONE_ROOM, one_room, read_query
from relay.server.rest.partial import events_instead
from relay.server.state import STATE
from relay.webcast.rest.answer import Answer
from relay.webcast.rest.documents import encoded
from relay.webcast.rest.promotions import promotions_from_events


async def promotions(request: web.Request) -> web.Response:
    """List the goods; those that the room's events named where Douyin's list can't be had."""
    name = one_room(read_query(request, ONE_ROOM))
    try:
        answer = await request.app[STATE].live.promotions(name)
    except UpstreamError as error:
        answer = _answer_of(await events_instead(request, name, error, _has_any))
    return success_response(answer.data, meta_of(answer))


def _has_any(snapshot: Snapshot) -> bool:
    return snapshot.shop_at_ms > 0


def _answer_of(snapshot: Snapshot) -> Answer:
    shaped = promotions_from_events(
        snapshot.shopping, snapshot.products, list(snapshot.promotion_ids)
    )
    return Answer(encoded(shaped.document), "events", snapshot.shop_at_ms, shaped.missing)
