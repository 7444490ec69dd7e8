"""im/fetch: what came after the pair given, as protobuf or as JSON; used by server."""

from collections.abc import Sequence
from typing import Any

from aiohttp import web
from google.protobuf.json_format import MessageToDict

from relay.sim.broadcast import Broadcast, Resume, compress, one_in, without_gifts
from relay.sim.gate import Gate, now_ms
from relay.sim.handshake import replay_count
from relay.sim.refusals import json_answer
from relay.sim.room import SimRoom
from relay.sim.scenario import Scenario
from relay.sim.show import Sent
from relay.webcast.pb import webcast_pb2 as pb

MAX_FETCH_MESSAGES = 500
"""Messages in one answer, about: it ends where a batch ends."""


class Fetch:
    """The handler of im/fetch."""

    def __init__(self, gate: Gate, scenario: Scenario) -> None:
        self._gate = gate
        self._interval_ms = scenario.timing.fetch_interval_ms

    def routes(self) -> list[web.RouteDef]:
        """Give the route."""
        return [web.get("/webcast/im/fetch/", self.fetch, name="fetch")]

    async def fetch(self, request: web.Request) -> web.StreamResponse:
        """Answer; with an empty body where the room is unknown or the ttwid cookie is missing."""
        room_id = request.query.get("room_id", "")
        room = self._gate.by_room_id(room_id)
        broadcast = room.find(room_id) if room is not None else None
        if room is None or broadcast is None:
            return web.Response()
        refused = self._gate.distrust(request, room, "fetch")
        if refused is not None:
            return refused
        room.ledger.fetch_ms.append(now_ms())
        return await self._gate.serve(
            request,
            room,
            "fetch",
            room.behaviours.fetch,
            lambda: self._answer(request, room, broadcast),
        )

    def _answer(self, request: web.Request, room: SimRoom, broadcast: Broadcast) -> web.Response:
        query = request.query
        number, resume = broadcast.locate(query.get("cursor", ""), query.get("internal_ext", ""))
        room.ledger.requests[f"fetch {resume.value}"] += 1
        if resume in (Resume.CONTINUED, Resume.EXPIRED):
            messages, number = _after(broadcast, number)
        else:
            count = min(replay_count(query), room.behaviours.replay)
            messages = broadcast.persisted(number, count) if broadcast.live else []
        if room.behaviours.gifts_need_login and not self._gate.logged_in(request, room):
            messages = without_gifts(messages)
        if self._gate.identities.stall(request.cookies, room.behaviours) != "none":
            messages = []
        at_ms = now_ms()
        cursor, internal_ext = broadcast.pair(number, at_ms, broadcast.started_ms)
        response = broadcast.response(messages, cursor, internal_ext, at_ms, need_ack=False)
        response.fetch_interval = self._interval_ms
        response.push_server = response.push_server_v2 = f"ws://{request.host}"
        response.live_cursor = cursor
        response.history_no_more = True
        room.ledger.fetched += 1
        if query.get("resp_content_type") == "json":
            return json_answer(_as_json(response, messages))
        body = response.SerializeToString()
        if one_in(room.behaviours.corrupt_every, room.ledger.fetched):
            body = b"\xff" + body[::-1]
        headers = {"Content-Type": "application/x-protobuf"}
        if room.behaviours.fetch_gzip:
            body = compress(body)
            headers["Content-Encoding"] = "gzip"
        return web.Response(body=body, headers=headers)


def _after(broadcast: Broadcast, number: int) -> tuple[list[Sent], int]:
    """Give the messages after batch `number`, and up to which batch they reach."""
    messages: list[Sent] = []
    while len(messages) < MAX_FETCH_MESSAGES:
        batch = broadcast.after(number)
        if batch is None:
            break
        messages += batch.messages
        number = batch.number
    return messages, number


def _as_json(response: pb.Response, messages: Sequence[Sent]) -> dict[str, Any]:
    """Give the form that f2 and TikHub read."""
    return {
        "data": [_message(message) for message in messages],
        "extra": {
            "cursor": response.cursor,
            "live_cursor": response.live_cursor,
            "fetch_interval": response.fetch_interval,
            "now": response.now,
        },
        "internal_ext": response.internal_ext,
        "status_code": 0,
    }


def _message(message: Sent) -> dict[str, Any]:
    """Give a message's own fields; of a method that nobody knows, what it is called."""
    common = {"method": message.method, "msg_id": str(message.msg_id)}
    kind = getattr(pb, message.method.removeprefix("Webcast"), None)
    if kind is None:
        return {"common": common}
    fields = MessageToDict(kind.FromString(message.payload), preserving_proto_field_name=True)
    return {**fields, "common": {**fields.get("common", {}), **common}}
