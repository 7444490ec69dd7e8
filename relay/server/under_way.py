"""Ends requests that a changed configuration doesn't allow any more; kept by state, told by guard.

WebSockets and event streams are clients, which state sees to: those that are no requests any more.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager

from aiohttp import web

from relay.server.access import UNIDENTIFIED, Access, access_of, set_access
from relay.server.answers import ApiError

Check = Callable[[web.Request, Access], None]
"""Raises ApiError where a request asks for more than it may."""


class _Answering:
    """One of them."""

    def __init__(self, request: web.Request, check: Check) -> None:
        self.request = request
        self.check = check
        self.refusal: ApiError | None = None
        """Why it is not to be answered any more."""
        self.patience = asyncio.timeout(None)

    def end(self, refusal: ApiError) -> None:
        if self.refusal is None:
            self.refusal = refusal
            self.patience.reschedule(0)


_ANSWERING: web.RequestKey[_Answering] = web.RequestKey("answering", _Answering)


class UnderWay:
    """Requests that are being answered; bound as there are HTTP connections."""

    def __init__(self) -> None:
        self._all: set[_Answering] = set()

    @asynccontextmanager
    async def answering(self, request: web.Request, check: Check) -> AsyncIterator[None]:
        """Answer a request in this block, for as long as it is allowed. Raises ApiError."""
        answering = request[_ANSWERING] = _Answering(request, check)
        self._all.add(answering)
        try:
            async with answering.patience:
                yield
        except TimeoutError:
            if answering.refusal is None:
                raise
            raise answering.refusal from None
        finally:
            self._all.discard(answering)
            del request[_ANSWERING]  # else each would keep the other

    def forget(self, request: web.Request) -> None:
        """Leave a request to whoever has taken its connection over."""
        self._all.discard(request[_ANSWERING])

    def judge(self, accesses: Mapping[str, Access | None]) -> None:
        """Go by what tokens allow now, by their names; None, or none: nothing any more."""
        for answering in list(self._all):
            request = answering.request
            access = accesses.get(access_of(request).name)
            try:
                if access is None:
                    raise ApiError(401, "bad_token", UNIDENTIFIED)
                set_access(request, access)
                answering.check(request, access)
            except ApiError as refusal:
                answering.end(refusal)
