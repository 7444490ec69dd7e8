"""The addresses that the simulator listens on, and which are out of order; run by server."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Sequence

from aiohttp import web
from aiohttp.typedefs import Handler

from relay.errors import ConfigError
from relay.sim.behaviours import Stall
from relay.sim.scenario import EVERY_HOST, HostState, Outage

_PUSH = "/webcast/im/push/"
_WEBCAST = ("/webcast/room/reflow/", "/webcast/web/partition/", "/douyin/")
_OWN = ("/_sim/", "/_sign/")
"""What answers always: control, and other people's sign servers."""
_STALLS: dict[HostState, Stall] = {
    "silent": "silent",
    "heartbeats": "heartbeats",
    "low_value": "low_value",
}


class Host:
    """One of Douyin's hosts."""

    def __init__(self, name: str) -> None:
        self.name = name
        """live, webcast, push1, push2 …"""
        self.port = 0
        """Its own, but for those that share the main port."""
        self.state: HostState = "up"
        self.until_s = 0.0
        """Monotonic time at which it is up again; 0: it stays as it is."""
        self.site: web.TCPSite | None = None
        """What listens for it alone."""

    @property
    def stall(self) -> Stall:
        """How push connections to it stall."""
        return _STALLS.get(self.state, "none")


class Hosts:
    """live, webcast and push1 share the main port; push2 and so on have ports of their own."""

    def __init__(self, address: str, push_hosts: int, cut: Callable[[str], None]) -> None:
        """`cut(name)` drops the push connections to a host."""
        self._address = address
        self._cut = cut
        names = ["live", "webcast", *(f"push{number + 1}" for number in range(push_hosts))]
        self.by_name = {name: Host(name) for name in names}
        self._runner: web.AppRunner | None = None
        self._wake = asyncio.Event()
        self._stopping = asyncio.Event()

    @property
    def push_ports(self) -> list[int]:
        """The ports of push1, push2 …"""
        return [host.port for host in self.by_name.values() if host.name.startswith("push")]

    def push_urls(self, request: web.Request) -> list[str]:
        """Give the push hosts by the name that a request knows the simulator by."""
        base = request.url.origin().with_scheme("ws")
        return [str(base.with_port(port)) for port in self.push_ports]

    async def start(self, runner: web.AppRunner, port: int) -> None:
        """Listen on the further ports; `port` is the main one. Raises OSError."""
        self._runner = runner
        for host in self.by_name.values():
            host.port = port
            if host.name.startswith("push") and host.name != "push1":
                host.port = 0
                await self._listen(host)

    async def put(self, name: str, state: HostState, for_s: float = 0.0) -> None:
        """Put a host into a state, for `for_s` seconds where that isn't 0. Raises ConfigError."""
        host = self.by_name.get(name)
        if host is None:
            raise ConfigError(f"no such host; hosts are {', '.join(self.by_name)}")
        if state not in EVERY_HOST and not name.startswith("push"):
            raise ConfigError(f"{name} can be up, down or hang; {state} is for push hosts")
        host.state = state
        host.until_s = time.monotonic() + for_s if for_s else 0.0
        if host.site is not None and state == "down":
            await host.site.stop()
            host.site = None
        elif host.port not in (0, self.by_name["live"].port) and host.site is None:
            await self._listen(host)
        if state == "down":
            self._cut(name)
        self._wake.set()

    async def run(self, outages: Sequence[Outage]) -> None:
        """Play the outages and end those that have an end, until cancelled."""
        begun = time.monotonic()
        left = sorted(outages, key=lambda outage: outage.at_s)
        while True:
            now = time.monotonic()
            while left and begun + left[0].at_s <= now:
                outage = left.pop(0)
                await self.put(outage.host, outage.state, outage.for_s)
            for host in self.by_name.values():
                if host.until_s and host.until_s <= now:
                    await self.put(host.name, "up")
            due = [host.until_s for host in self.by_name.values() if host.until_s]
            due += [begun + outage.at_s for outage in left]
            self._wake.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout_at(min(due)) if due else contextlib.nullcontext():
                    await self._wake.wait()

    def stop(self) -> None:
        """Let go of those who wait for an answer."""
        self._stopping.set()

    def of(self, request: web.Request) -> Host:
        """Say which host a request came to."""
        name = request.transport.get_extra_info("sockname") if request.transport else None
        port = name[1] if name else 0
        for host in self.by_name.values():
            if host.port == port != self.by_name["live"].port:
                return host
        if request.path.startswith(_PUSH):
            return self.by_name["push1"]
        return self.by_name["webcast" if request.path.startswith(_WEBCAST) else "live"]

    @web.middleware
    async def guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Let requests to hosts that are up through."""
        if request.path.startswith(_OWN):
            return await handler(request)
        state = self.of(request).state
        if state == "hang":
            await self._stopping.wait()
        if state in ("down", "hang"):
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        return await handler(request)

    async def _listen(self, host: Host) -> None:
        if self._runner is None:
            return
        site = web.TCPSite(self._runner, self._address, host.port, reuse_address=True)
        known = set(self._runner.addresses)
        await site.start()
        host.site = site
        host.port = next(a[1] for a in self._runner.addresses if a not in known)
