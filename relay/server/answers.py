"""How HTTP answers are written; used by all handlers."""

from collections.abc import Mapping
from types import MappingProxyType

import msgspec
from aiohttp import web
from msgspec import Struct

from relay.logs import mask_tokens

NO_HEADERS: Mapping[str, str] = MappingProxyType({})


class ErrorDetail(Struct):
    """What is wrong."""

    code: str
    """For programs: one word that doesn't change."""
    message: str
    """For people: what is wrong, where, what to do."""


class ErrorBody(Struct):
    """An error, as every HTTP answer has it but those under /douyin/liveroom."""

    error: ErrorDetail


class ApiError(Exception):
    """A request that is answered with an error."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        retry_after_s: float | None = None,
        headers: Mapping[str, str] = NO_HEADERS,
    ) -> None:
        """`headers`: those that such an answer has to have."""
        # It may quote the request, tokens in places where they don't belong included.
        super().__init__(mask_tokens(message))
        self.status = status
        self.code = code
        self.retry_after_s = retry_after_s
        self.headers = headers


def json_response(value: object, status: int = 200) -> web.Response:
    """Answer with `value` as JSON."""
    return web.Response(
        body=msgspec.json.encode(value), status=status, content_type="application/json"
    )


def error_body(code: str, message: str) -> bytes:
    """Write an error as every HTTP answer has it, but those under /douyin/liveroom."""
    return msgspec.json.encode(ErrorBody(ErrorDetail(code, message)))


def error_response(status: int, code: str, message: str) -> web.Response:
    """Answer with an error."""
    return web.Response(
        body=error_body(code, message), status=status, content_type="application/json"
    )
