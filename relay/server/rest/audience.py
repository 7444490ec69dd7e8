"""GET /douyin/liveroom/audience: who contributes most to a broadcast."""

from aiohttp import web

from relay.clock import now_ms
from relay.errors import UpstreamError
from relay.hub import Snapshot
from relay.server.rest.envelope import meta_of, success_response
from relay.server.rest.params import ONE_ROOM, one_room, read_query
from relay.server.rest.partial import events_instead
from relay.server.state import STATE
from relay.webcast.rest.answer import Answer
from relay.webcast.rest.audience import audience_from_events
from relay.webcast.rest.documents import encoded


async def audience(request: web.Request) -> web.Response:
    """Rank the contributors; by the room's events where Douyin's own ranking can't be had."""
    name = one_room(read_query(request, ONE_ROOM))
    state = request.app[STATE]
    async with state.until_stop():
        try:
            answer = await state.live.audience(name)
        except UpstreamError as error:
            answer = _answer_of(await events_instead(request, name, error, _has_any))
    return success_response(answer.data, meta_of(request, answer))


def _has_any(snapshot: Snapshot) -> bool:
    return snapshot.audience_at_ms > 0


def _answer_of(snapshot: Snapshot) -> Answer:
    shaped = audience_from_events(snapshot.seq, snapshot.rank, now_ms())
    return Answer(encoded(shaped.document), "events", snapshot.audience_at_ms, shaped.missing)
