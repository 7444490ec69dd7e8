"""Answers for the REST endpoints where there is no Douyin to ask: a recording is played.

Satisfies server.rest.live.Live, as upstream/api does.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NoReturn

from relay.errors import UpstreamError
from relay.upstream.names import parse_room_name
from relay.webcast.rest.answer import RoomAlive


class UnsupportedApi:
    """Says that it can't be had: `unsupported`. There is nothing to count."""

    calls: Mapping[tuple[str, str], int] = MappingProxyType({})
    hits: Mapping[str, int] = MappingProxyType({})
    signatures: Mapping[tuple[str, str], int] = MappingProxyType({})
    left_alone: Mapping[str, bool] = MappingProxyType({})

    async def info(self, name: str) -> NoReturn:
        """Raise UpstreamError."""
        self._refuse()

    async def alive(self, names: Sequence[str]) -> list[RoomAlive]:
        """Know of no room whether it is live. Raises RoomNameError."""
        for name in names:
            parse_room_name(name)
        return [RoomAlive("unknown", cause="unsupported") for _ in names]

    async def audience(self, name: str) -> NoReturn:
        """Raise UpstreamError."""
        self._refuse()

    async def promotions(self, name: str) -> NoReturn:
        """Raise UpstreamError."""
        self._refuse()

    async def cart(self, name: str) -> NoReturn:
        """Raise UpstreamError."""
        self._refuse()

    async def feed(self, limit: int, *, enrich: bool) -> NoReturn:
        """Raise UpstreamError."""
        self._refuse()

    async def gifts(self) -> NoReturn:
        """Raise UpstreamError."""
        self._refuse()

    def _refuse(self) -> NoReturn:
        raise UpstreamError("unsupported", "a recording tells of its events only")
