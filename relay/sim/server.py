"""The simulator itself: one port, its rooms' tasks, start and stop; used by cli, app and tests."""

import asyncio
import json
from types import TracebackType

import structlog
from aiohttp import web

from relay.config import SignerConfig, UpstreamConfig
from relay.errors import ListenError
from relay.sim.assets import Assets
from relay.sim.card import make_passersby
from relay.sim.control import Control
from relay.sim.fetch import Fetch
from relay.sim.gate import Gate, call_counter
from relay.sim.hosts import Hosts
from relay.sim.http import Douyin
from relay.sim.ledger import Ledger
from relay.sim.links import Links
from relay.sim.room import SimRoom
from relay.sim.scenario import Scenario, SignerShape, check
from relay.sim.sign import Signer
from relay.sim.sign_servers import SignServers
from relay.sim.sign_shapes import PREFIXES
from relay.sim.upgrade import Upgrade
from relay.sim.webapi import WebApi

STOP_S = 2.0
"""How long requests under way may take when the simulator stops."""

_log = structlog.get_logger(__name__)


class Simulator:
    """A Douyin on one loopback port. Use as an async context manager, or start and stop it."""

    def __init__(self, scenario: Scenario, *, host: str = "127.0.0.1", port: int = 0) -> None:
        """Prepare the rooms; `port` 0 lets the system choose. Raises ConfigError."""
        check(scenario)
        self.scenario = scenario
        self.ledger = Ledger()
        self.rooms: dict[str, SimRoom] = {
            plan.web_rid: SimRoom(plan, index, scenario)
            for index, plan in enumerate(scenario.plans())
        }
        self.gate = Gate(self.rooms, self.ledger)
        self.hosts = Hosts(host, scenario.push_hosts, self._cut)
        self._host = host
        self._port = port
        self._runner: web.AppRunner | None = None
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def url(self) -> str:
        """Where it serves, e.g. `http://127.0.0.1:8788`."""
        return f"http://{self._address(self._port)}"

    @property
    def push_url(self) -> str:
        """The first push host, e.g. `ws://127.0.0.1:8788`."""
        return f"ws://{self._address(self._port)}"

    @property
    def push_urls(self) -> list[str]:
        """All push hosts, push1 first."""
        return [f"ws://{self._address(port)}" for port in self.hosts.push_ports]

    def _address(self, port: int) -> str:
        return f"[{self._host}]:{port}" if ":" in self._host else f"{self._host}:{port}"

    def upstream_config(self) -> UpstreamConfig:
        """Give the `[upstream]` section that points a relay here."""
        return UpstreamConfig(
            live_url=self.url,
            webcast_url=self.url,
            push_urls=self.push_urls,
            # There is nobody here to be gentle with.
            calls_per_s=1000.0,
            short_url=self.url,
            register_url=f"{self.url}/ttwid/union/register/",
        )

    def signers(self) -> list[SignerConfig]:
        """Give the `[[signers]]` that a relay needs here."""
        if not self.scenario.require_signature:
            return []
        return [self.signer("relay")]

    def signer(self, shape: SignerShape, key_file: str = "") -> SignerConfig:
        """Give the `[[signers]]` entry for one of the sign servers."""
        url = f"{self.url}{PREFIXES[shape]}"
        return SignerConfig(kind="http", shape=shape, url=url, key_file=key_file)

    async def start(self) -> None:
        """Bind the port and let the shows begin. Raises ListenError."""
        signer = Signer()
        gate, hosts = self.gate, self.hosts
        passersby = make_passersby(f"{self.scenario.seed}/passersby")
        app = web.Application(middlewares=[call_counter(self.ledger), hosts.guard])
        signers = SignServers(gate, signer, hosts, self.scenario.signers)
        app.add_routes(Control(gate, hosts, signers).routes())
        app.add_routes(signers.routes())
        app.add_routes(Fetch(gate, self.scenario).routes())
        app.add_routes(WebApi(gate, self.scenario, signer, passersby).routes())
        app.add_routes(Upgrade(gate, self.scenario, signer, hosts).routes())
        app.add_routes(Links(gate).routes())
        assets = Assets(gate, signer, hosts)
        app.add_routes(assets.routes())
        app.add_routes(Douyin(gate, assets, passersby).routes())
        runner = web.AppRunner(
            app, access_log=None, handler_cancellation=True, shutdown_timeout=STOP_S
        )
        await runner.setup()
        site = web.TCPSite(runner, self._host, self._port)
        try:
            await site.start()
            self._port = runner.addresses[0][1]
            await hosts.start(runner, self._port)
        except OSError as error:
            await runner.cleanup()
            address = self._address(self._port)
            raise ListenError(f"can't listen on {address}: {error.strerror or error}") from None
        self._runner = runner
        self._tasks = [
            asyncio.create_task(room.run(), name=f"sim-room:{room.web_rid}")
            for room in self.rooms.values()
        ]
        play = hosts.run(self.scenario.outages)
        self._tasks.append(asyncio.create_task(play, name="sim-hosts"))
        _log.info("simulator serves", url=self.url, rooms=list(self.rooms))

    async def stop(self) -> None:
        """Cut every connection, stop the shows, free the port. A show's crash is raised here."""
        for task in self._tasks:
            task.cancel()
        results = await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        for room in self.rooms.values():
            for line in list(room.lines):
                line.cut("stopped")
        self.gate.stop()
        self.hosts.stop()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
        for result in results:
            if isinstance(result, BaseException) and not isinstance(result, asyncio.CancelledError):
                raise result

    def _cut(self, host: str) -> None:
        for room in self.rooms.values():
            for line in list(room.lines):
                if line.host == host:
                    line.cut("host_down")

    async def __aenter__(self) -> "Simulator":
        await self.start()
        return self

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        await self.stop()


def config_lines(simulator: Simulator) -> str:
    """Give the lines of config.toml that point a relay at a simulator and watch its rooms."""
    upstream = simulator.upstream_config()
    lines = [
        "[upstream]",
        f'live_url = "{upstream.live_url}"',
        f'webcast_url = "{upstream.webcast_url}"',
        f"push_urls = [{', '.join(json.dumps(url) for url in upstream.push_urls)}]",
        f"calls_per_s = {upstream.calls_per_s}",
        f'short_url = "{upstream.short_url}"',
        f'register_url = "{upstream.register_url}"',
    ]
    for signer in simulator.signers():
        lines += ["", "[[signers]]", f'kind = "{signer.kind}"', f'url = "{signer.url}"']
    for web_rid in simulator.rooms:
        lines += ["", "[[rooms]]", f'room = "{web_rid}"']
    return "\n".join(lines) + "\n"
