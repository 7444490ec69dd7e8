"""The push handshake: who gets in, and how the others are refused; used by server."""

from aiohttp import web

from relay.sim.behaviours import Stall
from relay.sim.gate import Gate
from relay.sim.handshake import handshake_fault, refuse
from relay.sim.hosts import Hosts
from relay.sim.push import PushConnection
from relay.sim.room import SimRoom
from relay.sim.scenario import Scenario
from relay.sim.sign import Signer


class Upgrade:
    """The handler."""

    def __init__(self, gate: Gate, scenario: Scenario, signer: Signer, hosts: Hosts) -> None:
        self._gate = gate
        self._scenario = scenario
        self._signer = signer
        self._hosts = hosts

    def routes(self) -> list[web.RouteDef]:
        """Give the route."""
        return [web.get("/webcast/im/push/v2/", self.push, name="push")]

    async def push(self, request: web.Request) -> web.StreamResponse:
        """Upgrade to the push WebSocket, or refuse as Douyin does."""
        ledger = self._gate.ledger
        room_id = request.query.get("room_id", "")
        fault = handshake_fault(request.query, request.headers, request.cookies)
        room = self._gate.by_room_id(room_id)
        broadcast = room.find(room_id) if room is not None else None
        if fault or room is None or broadcast is None:
            return refuse(ledger, room_id, fault or "no such room_id")
        host = self._hosts.of(request)
        fault = self._gate.fault(request, room)
        if host.state == "blocked":
            fault = f"{host.name} is blocked"
        answer = room.behaviours.push
        if fault or answer == "blocked" or answer == "sign_check":  # noqa: PLR1714 - mypy narrows
            await self._gate.pause(room, "push", "blocked")
            fault = fault or "blocked by the scenario"
            return refuse(ledger, room_id, fault, sign_check=answer == "sign_check")
        own_stall: Stall = "none"
        if not self._signed(request, room):
            manner = room.behaviours.signature_refusal
            await self._gate.pause(room, "push", "unsigned")
            if manner != "silent":
                reason = "signature wrong or missing"
                return refuse(ledger, room_id, reason, sign_check=manner == "sign_check")
            own_stall = "silent"
        elif answer != "ok":
            return await self._gate.serve(request, room, "push", answer, web.Response)
        else:
            await self._gate.pause(room, "push", answer)
        broadcast.connects += 1
        if own_stall == "none" and broadcast.connects <= room.behaviours.dead_connects:
            own_stall = "low_value"
        connection = PushConnection(
            request,
            room,
            broadcast,
            host,
            ledger=ledger,
            identities=self._gate.identities,
            timing=self._scenario.timing,
            stall=own_stall,
        )
        self._gate.identities.connected(request.cookies)
        self._kick(connection, room)
        return await connection.serve()

    def _signed(self, request: web.Request, room: SimRoom) -> bool:
        if not self._scenario.require_signature:
            return True
        agent = request.headers["User-Agent"]
        return self._signer.valid_push(request.query, agent, room.behaviours.signature_uses)

    def _kick(self, newcomer: PushConnection, room: SimRoom) -> None:
        """End the connections that the newcomer's login has to the room."""
        manner = room.behaviours.login_kicked
        if manner == "no" or not newcomer.record.logged_in:
            return
        older = [line for line in room.lines if line.login == newcomer.login]
        for line in older:
            line.kick()
        if older and manner == "session":
            self._gate.identities.void(newcomer.login)
