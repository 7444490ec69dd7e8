"""How Douyin refuses, and how it answers when something is broken; used by gate."""

import asyncio
import gzip
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from types import MappingProxyType
from typing import Any

import msgspec
from aiohttp import web

from relay.sim.behaviours import HttpAnswer
from relay.sim.pages import CAPTCHA_PAGE

HUGE_BYTES = 16 * 1024 * 1024
"""Of `huge`, and of `bomb` inflated: more than any client should take."""
_NESTED = 100_000
_CHUNK = b" " * 65_536

CODES = MappingProxyType(
    {
        "over": (30003, {"message": "room has finished", "prompts": "直播已结束"}),
        "unavailable": (4001038, {"prompts": "该内容暂时无法查看"}),
        "login": (20003, {"message": "User doesn't login", "prompts": "请登录后进入直播间"}),
        "bad_params": (10011, {"message": "Request params error", "prompts": "参数错误"}),
        "search_login": (2483, {"message": "need login", "prompts": "请先登录"}),
        "shop_busy": (100111, {"message": "", "prompts": "系统开小差了"}),
        "odd_code": (7654321, {"message": "sim: nobody knows this code", "prompts": ""}),
    }
)
"""Answers whose status_code says no (recorded, and told by biliup, Evil0ctal and others)."""


def json_answer(value: Any) -> web.Response:
    """Answer with JSON."""
    return web.Response(body=msgspec.json.encode(value), content_type="application/json")


def coded(name: str, now_ms: int) -> web.Response:
    """Answer with one of CODES, in the JSON that all webcast calls refuse with."""
    status_code, data = CODES[name]
    return json_answer({"data": data, "extra": {"now": now_ms}, "status_code": status_code})


def no_data(now_ms: int) -> web.Response:
    """Answer that all is well, and nothing else."""
    return json_answer({"data": {}, "extra": {"now": now_ms}, "status_code": 0})


def captcha_header() -> web.Response:
    """Answer with nothing but the demand for a slider captcha."""
    return web.Response(headers={"bdturing-verify": '{"code":"10000","type":"verify"}'})


async def refuse(
    request: web.Request,
    answer: HttpAnswer,
    good: Callable[[], web.Response],
    now_ms: int,
    stopping: asyncio.Event,
) -> web.StreamResponse:
    """Answer as `answer` says, but for "ok"; `good` makes the answer that is spoilt for some."""
    if answer in CODES:
        return coded(answer, now_ms)
    match answer:
        case "empty":
            return web.Response()
        case "captcha":
            return captcha_header()
        case "captcha_page":
            return web.Response(text=CAPTCHA_PAGE, content_type="text/html")
        case "no_data":
            return no_data(now_ms)
        case "not_json":
            return web.Response(text="upstream connect error or disconnect/reset before headers")
        case "nested":
            return web.Response(body=b"[" * _NESTED, content_type="application/json")
        case "truncated":
            whole = good()
            half = _bytes(whole)[: len(_bytes(whole)) // 2]
            return web.Response(body=half, headers=_kept_headers(whole))
        case "huge":
            return await _send_huge(request)
        case "bomb":
            headers = {"Content-Encoding": "gzip"}
            return web.Response(body=_bomb(), content_type="application/json", headers=headers)
        case "hang" | "hang_body":
            return await _hang(request, stopping, good() if answer == "hang_body" else None)
        case "reset":
            return drop(request, web.Response())
        case _:
            return web.Response(
                status=int(answer), reason=None if answer != "444" else "No Response"
            )


async def _send_huge(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    response.content_type = "application/json"
    await response.prepare(request)
    # Who has had enough of it hangs up, as they should.
    with suppress(ConnectionResetError):
        await response.write(b"{")
        for _ in range(HUGE_BYTES // len(_CHUNK)):
            await response.write(_CHUNK)
        await response.write(b"}")
    return response


@cache
def _bomb() -> bytes:
    return gzip.compress(b"{" + b" " * HUGE_BYTES + b"}", mtime=0)


async def _hang(
    request: web.Request, stopping: asyncio.Event, good: web.Response | None
) -> web.StreamResponse:
    """Say nothing more until the client goes, which cancels this, or the simulator stops."""
    response: web.StreamResponse = web.Response()
    if good is not None:
        body = _bytes(good)
        response = web.StreamResponse(headers=_kept_headers(good))
        response.content_length = len(body)
        await response.prepare(request)
        await response.write(body[: len(body) // 2])
    await stopping.wait()
    return drop(request, response)


def drop(request: web.Request, response: web.StreamResponse) -> web.StreamResponse:
    """Drop the connection; `response` is what the handler returns."""
    if request.transport is not None:
        request.transport.abort()
    return response


def _bytes(response: web.Response) -> bytes:
    body = response.body
    return body if isinstance(body, bytes) else b""


def _kept_headers(response: web.Response) -> dict[str, str]:
    """Give the headers that say what a body is."""
    kept = ("Content-Type", "Content-Encoding")
    return {name: response.headers[name] for name in kept if name in response.headers}
