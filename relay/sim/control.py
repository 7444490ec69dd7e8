"""The control endpoint: what is going on, and orders at run time; used by server.

GET /_sim/state and /_sim/union; POST /_sim/behaviours, /_sim/rooms/{web_rid}, /_sim/identities,
/_sim/hosts/{name}, /_sim/signers/{shape}.
"""

import re
from typing import Any

import msgspec
from aiohttp import web

from relay.errors import ConfigError
from relay.sim.gate import Gate
from relay.sim.hosts import Hosts
from relay.sim.identities import IdentityOrder
from relay.sim.room import SimRoom
from relay.sim.scenario import Outage, SignerPlan, Step, read_as
from relay.sim.sign_servers import SignServers

SHOWN_SENT = 200
"""Sent messages shown per room unless `?sent=N` asks for another number."""


class Control:
    """Handlers of /_sim/."""

    def __init__(self, gate: Gate, hosts: Hosts, signers: SignServers) -> None:
        self._rooms = gate.rooms
        self._ledger = gate.ledger
        self._identities = gate.identities
        self._hosts = hosts
        self._signers = signers

    def routes(self) -> list[web.RouteDef]:
        """Give the routes."""
        return [
            web.get("/_sim/state", self.state),
            web.get("/_sim/union", self.union),
            web.post("/_sim/behaviours", self.change_all),
            web.post("/_sim/identities", self.order_identities),
            web.post("/_sim/hosts/{name}", self.put_host),
            web.post("/_sim/rooms/{web_rid}", self.order),
            web.post("/_sim/signers/{shape}", self.change_signer),
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
                "identities": list(self._identities.ttwids.values()),
                "logins": list(self._identities.logins.values()),
                "signers": self._signers.plans,
                "signed": self._ledger.signed,
                "sign_calls": list(self._ledger.sign_calls),
                "hosts": {name: host.state for name, host in self._hosts.by_name.items()},
            }
        )

    async def union(self, request: web.Request) -> web.Response:
        """What `?connections=1,2` of `?room=<web_rid>` were sent, each message once, in order."""
        room = self._rooms.get(request.query.get("room", ""))
        text = request.query.get("connections", "")
        if room is None or not re.fullmatch(r"([0-9]{1,9}(,[0-9]{1,9})*)?", text):
            return _fault(400, "wanted are room=<web_rid> and connections=<number>,<number>…")
        numbers = {int(number) for number in text.split(",")} if text else None
        return _json(self._ledger.union(room.web_rid, room.ledger, numbers))

    async def order_identities(self, request: web.Request) -> web.Response:
        """Block, unblock or expire ttwids and logins: the body is an IdentityOrder."""
        try:
            order = read_as(IdentityOrder, _object(await request.read()), "body")
        except ConfigError as error:
            return _fault(400, str(error))
        return _json({"identities": self._identities.order(order)})

    async def put_host(self, request: web.Request) -> web.Response:
        """Put a host into a state: the body is an Outage, without `at_s` and `host`."""
        try:
            outage = read_as(Outage, _object(await request.read()), "body")
            await self._hosts.put(request.match_info["name"], outage.state, outage.for_s)
        except ConfigError as error:
            return _fault(400, str(error))
        return _json({name: host.state for name, host in self._hosts.by_name.items()})

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

    async def change_signer(self, request: web.Request) -> web.Response:
        """Change how a sign server behaves: the body is a SignerPlan."""
        shape = next((s for s in self._signers.plans if s == request.match_info["shape"]), None)
        if shape is None:
            return _fault(404, f"no such sign server; they are {', '.join(self._signers.plans)}")
        try:
            plan = read_as(SignerPlan, _object(await request.read()), "body")
        except ConfigError as error:
            return _fault(400, str(error))
        self._signers.plans[shape] = plan
        return _json(self._signers.plans)


def _room_state(room: SimRoom, shown: int) -> dict[str, Any]:
    ledger = room.ledger
    return {
        "web_rid": room.web_rid,
        "handle": room.handle,
        "short_links": [f"/{room.short_code}/", f"/{room.user_code}/"],
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
                "gifts": ledger.gifts.totals(broadcast.room_id),
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
