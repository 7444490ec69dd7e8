"""GET /douyin/liveroom/promotions: the goods of a broadcast."""

from contextlib import suppress

import msgspec
from aiohttp import web

from relay.errors import UpstreamError
from relay.hub import Snapshot
from relay.server.access import access_of
from relay.server.rest.envelope import meta_of, success_response
from relay.server.rest.errors import RestError
from relay.server.rest.params import ONE_ROOM, one_room, read_query
from relay.server.rest.partial import can_be_made_up_for, events_instead, tells
from relay.server.rest.watched import held
from relay.server.state import STATE, ServerState
from relay.webcast.rest.answer import Answer, Cart
from relay.webcast.rest.documents import encoded
from relay.webcast.rest.promotions import promotions_from_events

_CURRENT = "current_promotion_id"
_documents = msgspec.json.Decoder(dict[str, msgspec.Raw])


async def promotions(request: web.Request) -> web.Response:
    """List the goods; what can be told of them without Douyin's list where that can't be had."""
    name = one_room(read_query(request, ONE_ROOM))
    state = request.app[STATE]
    async with state.until_stop():
        try:
            answer = _with_current(state, name, await state.live.promotions(name))
        except UpstreamError as error:
            if not can_be_made_up_for(error):
                raise
            answer = await _make_up(request, name, error)
    return success_response(answer.data, meta_of(request, answer))


def _with_current(state: ServerState, name: str, answer: Answer) -> Answer:
    """Add what is explained now, which the room's events tell and Douyin's list doesn't."""
    stream = state.rooms.find(name)
    if _CURRENT not in answer.missing or stream is None or not tells(stream, name, _has_any):
        return answer
    shopping = stream.snapshot.shopping
    if shopping is None:
        return answer
    document = _documents.decode(answer.data)
    document[_CURRENT] = msgspec.Raw(msgspec.json.encode(shopping.promotion_id))
    missing = tuple(path for path in answer.missing if path != _CURRENT)
    return msgspec.structs.replace(answer, data=encoded(document), missing=missing)


async def _make_up(request: web.Request, name: str, error: UpstreamError) -> Answer:
    """Tell the goods that the room's events named, else how many there are. Raises RestError."""
    state = request.app[STATE]
    stream = state.rooms.find(name)
    if stream is None or not tells(stream, name, _has_any):
        with suppress(UpstreamError):
            cart = await state.live.cart(name)
            if cart.total is not None:
                # Whoever asks again gets what the events tell, where the room may be watched.
                with suppress(RestError):
                    async with held(state, access_of(request), name):
                        pass
                return _answer_of_cart(cart, cart.total)
    return _answer_of_events(await events_instead(request, name, error, _has_any))


def _has_any(snapshot: Snapshot) -> bool:
    return snapshot.shop_at_ms > 0


def _answer_of_events(snapshot: Snapshot) -> Answer:
    shaped = promotions_from_events(
        snapshot.shopping, snapshot.products, list(snapshot.promotion_ids)
    )
    return Answer(encoded(shaped.document), "events", snapshot.shop_at_ms, shaped.missing)


def _answer_of_cart(cart: Cart, total: int) -> Answer:
    shaped = promotions_from_events(None, None, [], total)
    return Answer(encoded(shaped.document), cart.source, cart.fetched_at_ms, shaped.missing)
