"""The six endpoints: their routes, and what becomes of errors; used by http and openapi."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog
from aiohttp import web
from msgspec import Struct

from relay.errors import RoomNameError, UpstreamError
from relay.logs import Throttle
from relay.server.rest import chat, feed, status
from relay.server.rest.audience import audience
from relay.server.rest.chat import ChatMeta
from relay.server.rest.envelope import (
    PREFIX,
    Envelope,
    Meta,
    error_response,
    new_request_id,
)
from relay.server.rest.errors import INVALID_PARAM, RestError
from relay.server.rest.info import info
from relay.server.rest.params import ONE_ROOM, Parameter
from relay.server.rest.polled import POLLED, PolledStreams
from relay.server.rest.promotions import promotions
from relay.server.state import STATE, ServerState
from relay.webcast.rest.audience import AudienceDocument
from relay.webcast.rest.chat import ChatDocument, ChatItem
from relay.webcast.rest.documents import FeedDocument, InfoDocument
from relay.webcast.rest.promotions import PromotionsDocument
from relay.webcast.rest.status import StatusDocument

_log = structlog.get_logger(__name__)
_Handler = Callable[[web.Request], Awaitable[web.Response]]


class Endpoint(Struct, frozen=True):
    """One of the six."""

    name: str
    handler: _Handler
    parameters: Mapping[str, Parameter]
    answers: tuple[Any, ...]
    """Types of what it answers with."""
    about: str
    may_start: bool = False
    """Whether it starts rooms that aren't watched."""

    @property
    def path(self) -> str:
        """Where it is."""
        return f"{PREFIX}/{self.name}"


ENDPOINTS = (
    Endpoint(
        "info",
        info,
        ONE_ROOM,
        (Envelope[InfoDocument, Meta],),
        "A room's details, ended ones' too.",
    ),
    Endpoint(
        "chat",
        chat.chat,
        chat.PARAMETERS,
        (Envelope[ChatDocument, ChatMeta], Envelope[list[ChatItem], ChatMeta]),
        "What people write and do in a room, behind a cursor. A room that isn't watched is, from"
        " the first request on.",
        may_start=True,
    ),
    Endpoint(
        "promotions",
        promotions,
        ONE_ROOM,
        (Envelope[PromotionsDocument, Meta],),
        "The goods of a broadcast; those that its events named where Douyin's list can't be had.",
        may_start=True,
    ),
    Endpoint(
        "status",
        status.status,
        status.PARAMETERS,
        (Envelope[StatusDocument, Meta],),
        "Which of up to 50 rooms are live, each once, in the order asked.",
    ),
    Endpoint(
        "audience",
        audience,
        ONE_ROOM,
        (Envelope[AudienceDocument, Meta],),
        "Who contributes most to a broadcast; by its events where Douyin's ranking can't be had.",
        may_start=True,
    ),
    Endpoint(
        "feed",
        feed.feed,
        feed.PARAMETERS,
        (Envelope[FeedDocument, Meta],),
        "Live rooms that Douyin recommends, others with each new request.",
    ),
)


def add_endpoints(app: web.Application, state: ServerState) -> None:
    """Add the routes to an application."""
    polled = PolledStreams(state.hub)
    app[POLLED] = polled

    async def end_polls(_app: web.Application) -> None:
        polled.end()

    app.on_shutdown.append(end_polls)
    app.router.add_routes(
        web.get(endpoint.path, _answering(endpoint), allow_head=False) for endpoint in ENDPOINTS
    )


def _answering(endpoint: Endpoint) -> _Handler:
    failures = Throttle()

    async def answer(request: web.Request) -> web.Response:
        """Call the handler; answer in the envelope whatever goes wrong."""
        request_id = new_request_id()
        try:
            return await endpoint.handler(request)
        except RestError as failure:
            error = failure
        except RoomNameError as failure:
            error = RestError(INVALID_PARAM, str(failure))
        except UpstreamError as failure:
            error = RestError.of(failure)
        if error.status >= 500:
            held_back = failures.admit()
            if held_back is not None:
                _log.warning(
                    "REST request failed",
                    endpoint=endpoint.name,
                    type=error.code,
                    cause=error.cause,
                    text=str(error),
                    request_id=request_id,
                    held_back=held_back,
                )
        return error_response(error, request.app[STATE].config.rest, request_id=request_id)

    return answer
