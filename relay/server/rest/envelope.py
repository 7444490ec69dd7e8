"""The envelope around every answer under /douyin/liveroom; used by its handlers and by http."""

import math
import secrets
from collections.abc import Sequence
from typing import Generic, TypeVar

import msgspec
from aiohttp import hdrs, web
from msgspec import Struct

from relay.clock import now_ms
from relay.config import RestConfig
from relay.server.answers import ApiError
from relay.server.rest.errors import RestError
from relay.server.rest.params import ignored_in
from relay.webcast.rest.answer import Answer, Source

PREFIX = "/douyin/liveroom"
"""What is under it is answered in the envelope, errors included."""

Data = TypeVar("Data")
Origin = TypeVar("Origin", bound="Meta")
_json = msgspec.json.Encoder()


class Meta(Struct, frozen=True):
    """Where an answer comes from."""

    source: Source
    fetched_at_ms: int
    """When upstream gave it, Unix ms."""
    cache_age_ms: int
    """How long ago that was."""
    missing: Sequence[str]
    """Paths in `data` that upstream left out: neutral values stand there."""
    ignored: Sequence[str]
    """Parameters of the query that the endpoint doesn't have."""


class Envelope(Struct, Generic[Data, Origin], frozen=True):
    """An answer that succeeded."""

    code: int
    """200."""
    msg: str
    """`success`."""
    data: Data
    meta: Origin
    request_id: str
    """New for every answer; failures upstream are logged with it."""


class RestErrorDetail(Struct, frozen=True):
    """What went wrong, for programs."""

    type: str
    """What kind of error it is, e.g. `room_not_found`."""
    upstream_status_code: int | None
    """Douyin's own `status_code`, where it gave one."""
    upstream_message: str
    """Douyin's own words, where it gave any."""
    retry_after: int | None
    """Seconds until asking again may help; the header Retry-After says the same."""


class ErrorEnvelope(Struct, frozen=True):
    """An answer that failed."""

    code: int
    """The HTTP status (also where `[rest] always_http_200` sends 200)."""
    msg: str
    """What is wrong and what to do, for people."""
    data: None
    error: RestErrorDetail
    request_id: str


def is_rest_path(path: str) -> bool:
    """Tell whether a request's path is answered in the envelope."""
    return path == PREFIX or path.startswith(f"{PREFIX}/")


def meta_of(request: web.Request, answer: Answer) -> Meta:
    """Describe an answer that upstream gave, perhaps a while ago."""
    return meta_since(request, answer.source, answer.fetched_at_ms, answer.missing)


def meta_since(
    request: web.Request, source: Source, fetched_at_ms: int, missing: Sequence[str] = ()
) -> Meta:
    """Describe what was told at a time, Unix ms."""
    # The clock may have been set back meanwhile.
    age_ms = max(now_ms() - fetched_at_ms, 0)
    return Meta(source, fetched_at_ms, age_ms, missing, ignored_in(request))


def success_response(data: object, meta: Meta) -> web.Response:
    """Answer with `data`, a struct or what is encoded already (msgspec.Raw)."""
    body = _json.encode(Envelope(200, "success", data, meta, new_request_id()))
    return web.Response(body=body, content_type="application/json", charset="utf-8")


def error_response(
    error: ApiError, config: RestConfig, *, request_id: str | None = None
) -> web.Response:
    """Answer with an error, whoever raised it; Retry-After is set where it is known."""
    retry_after = None if error.retry_after_s is None else max(math.ceil(error.retry_after_s), 1)
    rest = error if isinstance(error, RestError) else None
    detail = RestErrorDetail(
        type=error.code,
        upstream_status_code=None if rest is None else rest.upstream_code,
        upstream_message="" if rest is None else rest.upstream_text,
        retry_after=retry_after,
    )
    body = ErrorEnvelope(error.status, str(error), None, detail, request_id or new_request_id())
    return web.Response(
        body=_json.encode(body),
        status=200 if config.always_http_200 else error.status,
        headers={} if retry_after is None else {hdrs.RETRY_AFTER: str(retry_after)},
        content_type="application/json",
        charset="utf-8",
    )


def new_request_id() -> str:
    """Make a name for one answer."""
    return secrets.token_hex(8)
