"""The control endpoint: what is going on, and orders at run time; used by server.

GET /_sim/state, POST /_sim/behaviours, POST /_sim/rooms/{web_rid}, POST /_sim/sign.
"""

import re
from typing import Any

import msgspec
from aiohttp import web

from relay.errors import ConfigError
from relay.sim.ledger import Ledger
from relay.sim.room import SimRoom
from relay.sim.scenario import Step, read_as
from relay.sim.sign import Signer, SignRequest

SHOWN_SENT = 200
"""Sent messages shown per room unless `?sent=N` asks for another number."""


class Control:
    """Handlers of /_sim/."""

    def __init__(self, rooms: dict[str, SimRoom], ledger: Ledger, signer: Signer) -> None:
        self._rooms = rooms
        self._ledger = ledger
        self._signer = signer

    def routes(self) -> list[web.RouteDef]:
        """Give the routes."""
        return [
            web.get("/_sim/state", self.state),
            web.post("/_sim/behaviours", self.change_all),
            web.post("/_sim/rooms/{web_rid}", self.order),
            web.post("/_sim/sign", self.sign),
        ]

    async def state(self, request: web.Request) -> web.Response:
        """Rooms, connections and the ledger as JSON; `?sent=N` shows the last N of each room."""
        text = request.query.get("sent", "")
        shown = int(text) if re.fullmatch(r"[0-9]{1,6}", text) else SHOWN_SENT
        return _json(
            {
                "rooms": [_room_state(room, shown) for room in self._rooms.values()],
                "connections": list(self._ledger.connections.values()),
                "closed": list(self._ledger.closed),
                "opened": self._ledger.opened,
                "refused": self._ledger.refused,
                "refusals": list(self._ledger.refusals),
                "calls": self._ledger.calls,
            }
        )

    async def change_all(self, request: web.Request) -> web.Response:
        """Change behaviours of every room: the body is an object of fields of Behaviours."""
        try:
            patch = _object(await request.read())
            for room in self._rooms.values():
                room.change(patch)
        except ConfigError as error:
            return _fault(400, str(error))
        return _json({web_rid: room.behaviours for web_rid, room in self._rooms.items()})

    async def order(self, request: web.Request) -> web.Response:
        """Give one room an order: the body is a Step, as in a script, without `at_s`."""
        room = self._rooms.get(request.match_info["web_rid"])
        if room is None:
            return _fault(404, f"no such room; rooms are {', '.join(self._rooms)}")
        try:
            room.obey(read_as(Step, _object(await request.read()), "body"))
        except ConfigError as error:
            return _fault(400, str(error))
        return _json(_room_state(room, 0))

    async def sign(self, request: web.Request) -> web.Response:
        """Sign a URL (the sign server contract that the relay's `signer_url` speaks)."""
        try:
            wanted = read_as(SignRequest, _object(await request.read()), "body")
            return _json(self._signer.sign(wanted))
        except (ConfigError, ValueError) as error:
            return _fault(400, str(error))


def _room_state(room: SimRoom, shown: int) -> dict[str, Any]:
    ledger = room.ledger
    return {
        "web_rid": room.web_rid,
        "handle": room.handle,
        "room_id": room.room_id,
        "live": room.live,
        "title": room.current.title,
        "anchor": room.anchor.nickname,
        "sec_uid": room.anchor.sec_uid,
        "rate": room.rate,
        "behaviours": room.behaviours,
        "broadcasts": [
            {
                "room_id": broadcast.room_id,
                "started_ms": broadcast.started_ms,
                "ended_ms": broadcast.ended_ms,
                "frames": broadcast.head,
            }
            for broadcast in room.broadcasts
        ],
        "sent_total": ledger.sent_by_method.total(),
        "sent_by_method": ledger.sent_by_method,
        "frames": ledger.frames,
        "shed": ledger.shed,
        "requests": ledger.requests,
        "sent": list(ledger.sent)[-shown:] if shown else [],
    }


def _object(body: bytes) -> dict[str, Any]:
    try:
        return msgspec.json.decode(body, type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise ConfigError(f"body: {error}; a JSON object is wanted") from None


def _json(value: Any) -> web.Response:
    return web.Response(
        body=msgspec.json.encode(value, enc_hook=list), content_type="application/json"
    )


def _fault(status: int, message: str) -> web.Response:
    return web.Response(
        status=status, body=msgspec.json.encode({"error": message}), content_type="application/json"
    )
