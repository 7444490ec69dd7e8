"""Sign servers of every shape that the relay speaks, and how they fail; used by server."""

import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec
from aiohttp import web

from relay.errors import ConfigError
from relay.sim.gate import Gate
from relay.sim.hosts import Hosts
from relay.sim.ledger import SignCall
from relay.sim.refusals import drop
from relay.sim.scenario import SignerPlan, SignerShape
from relay.sim.sign import Signer
from relay.sim.sign_shapes import PREFIXES, SHAPES, Pen, Question, Shape

_KEY_HEADERS = {"lulajax": "X-RapidAPI-Key", "euler": "X-Api-Key"}
"""Where their keys stand; the others': Authorization, after `Bearer`."""
_REFUSALS = ("401", "403", "429", "500", "503")


class SignServers:
    """The handlers, and how each server answers now."""

    def __init__(
        self, gate: Gate, signer: Signer, hosts: Hosts, plans: Mapping[SignerShape, SignerPlan]
    ) -> None:
        self.plans = {shape: plans.get(shape, SignerPlan()) for shape in PREFIXES}
        self._gate = gate
        self._signer = signer
        self._hosts = hosts

    def routes(self) -> list[web.RouteDef]:
        """Give the routes."""
        return [
            web.route(shape.method, PREFIXES[shape.name] + shape.path, self._handler(shape))
            for shape in SHAPES
        ]

    def _handler(self, shape: Shape) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handle(request: web.Request) -> web.StreamResponse:
            return await self._serve(request, shape)

        return handle

    async def _serve(self, request: web.Request, shape: Shape) -> web.StreamResponse:
        """Answer as the server does now, and note what it was asked."""
        plan = self.plans[shape.name]
        answer = plan.answer if not plan.key or _key(request, shape.name) == plan.key else "401"
        body = await request.read()
        asked = _asked(body) if shape.method == "POST" else dict(request.query)
        self._note(request, shape, asked or {}, answer)
        if answer == "down" or await self._gate.stopped(plan.delay_s):
            return drop(request, web.Response())
        if answer == "hang":
            await self._gate.stopping()
            return drop(request, web.Response())
        if answer in _REFUSALS:
            headers = {"Retry-After": "5", "RateLimit-Remaining": "0"} if answer == "429" else {}
            return _json({"code": int(answer), "message": "sim: no"}, int(answer), headers)
        if answer == "empty":
            return web.Response()
        if answer == "garbage":
            return web.Response(text="<html>It works!</html>", content_type="text/html")
        if asked is None:
            return _json({"error": "body: a JSON object is wanted"}, 400)
        question = Question(
            asked,
            Pen(self._signer, answer),
            self._gate.rooms,
            self._gate.identities,
            self._hosts.push_urls(request)[0],
        )
        try:
            return _json(shape.answer(question))
        except (ConfigError, ValueError) as error:
            return _json({"error": str(error)}, 400)

    def _note(
        self, request: web.Request, shape: Shape, asked: Mapping[str, Any], answer: str
    ) -> None:
        kind = shape.kind or ("ws" if str(asked.get("url", "")).startswith("ws") else "http")
        cookie = bool(asked.get("cookie") or asked.get("sessionId")) or "Cookie" in request.headers
        ledger = self._gate.ledger
        now_ms = time.time_ns() // 1_000_000
        ledger.sign_calls.append(SignCall(now_ms, shape.name, kind, answer, cookie))
        ledger.signed[f"{shape.name} {answer}"] += 1


def _key(request: web.Request, shape: SignerShape) -> str:
    header = _KEY_HEADERS.get(shape, "Authorization")
    return request.headers.get(header, "").removeprefix("Bearer ")


def _asked(body: bytes) -> dict[str, Any] | None:
    try:
        return msgspec.json.decode(body, type=dict[str, Any])
    except msgspec.DecodeError:
        return None


def _json(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    return web.Response(
        status=status,
        body=msgspec.json.encode(value),
        content_type="application/json",
        headers=headers,
    )
