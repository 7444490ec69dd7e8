"""Plays systemd's part for one service: holds its port, hears it, watches it, starts it again.

Used by tests, and by bench/restart.py.
"""

import asyncio
import os
import signal
import socket
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).parents[1]
_EXEC = """
import os, sys
given = [int(each) for each in sys.argv[1].split(",") if each]
for place, descriptor in enumerate(given, 3):
    if descriptor == place:
        os.set_inheritable(descriptor, True)
    else:
        os.dup2(descriptor, place)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS=str(len(given)))
os.environ.update(WATCHDOG_PID=str(os.getpid()))
os.execv(sys.executable, [sys.executable, *sys.argv[2:]])
"""
"""Runs a program as systemd does: with its sockets from descriptor 3 on, and its own number."""
HANGING = """
import signal, sys, time
def hang(*_):
    time.sleep(3600)
signal.signal(signal.SIGUSR1, hang)
from relay.__main__ import main
sys.argv[0] = "relay"
main()
"""
"""A relay whose event loop stands still from SIGUSR1 on."""
HUNG_UP_ON = """
import os, signal, sys
from relay.cli import serve
read = serve.load_config
def hung_up_on(*given, **named):
    serve.load_config = read
    os.kill(os.getpid(), signal.SIGHUP)
    return read(*given, **named)
serve.load_config = hung_up_on
from relay.__main__ import main
sys.argv[0] = "relay"
main()
"""
"""A relay that SIGHUP reaches when it has just begun to start."""
RELAY = ("-m", "relay")
HANGING_RELAY = ("-c", HANGING)
HUNG_UP_ON_RELAY = ("-c", HUNG_UP_ON)


class Systemd:
    """One service, between `async with`."""

    def __init__(
        self,
        config: Path,
        folder: Path,
        *,
        watchdog_s: float | None = None,
        ports: int = 1,
        host: str = "127.0.0.1",
        program: Sequence[str] = RELAY,
    ) -> None:
        """`ports` 0: the service listens by itself. `folder`: where the notify socket may be."""
        self.told: list[dict[str, str]] = []
        """What the service has said, in order."""
        self.starts = 0
        self.process: Process | None = None
        self.log = folder / "relay.log"
        self._config = config
        self._watchdog_s = watchdog_s
        self._program = program
        self._sockets = [socket.create_server((host, 0), backlog=4096) for _ in range(ports)]
        self._address = folder / "notify"
        self._notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._heard = asyncio.Event()
        self._alive_s = 0.0

    @property
    def port(self) -> int:
        """The port that clients use."""
        number: int = self._sockets[0].getsockname()[1]
        return number

    @property
    def ports(self) -> list[int]:
        """All of them."""
        return [each.getsockname()[1] for each in self._sockets]

    async def __aenter__(self) -> Self:
        self._notify.bind(str(self._address))
        self._notify.setblocking(False)
        asyncio.get_running_loop().add_reader(self._notify, self._hear)
        try:
            await self.start()
        except BaseException:
            await self.__aexit__(None, None, None)
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if self.process is not None and self.process.returncode is None:
                self.process.kill()
                await self._ended()
        finally:
            asyncio.get_running_loop().remove_reader(self._notify)
            for each in (self._notify, *self._sockets):
                each.close()

    async def start(self) -> None:
        """Start the service, and wait until it says that it is ready."""
        env = {**os.environ, "NOTIFY_SOCKET": str(self._address)}
        if self._watchdog_s is not None:
            env["WATCHDOG_USEC"] = str(round(self._watchdog_s * 1_000_000))
        descriptors = [each.fileno() for each in self._sockets]
        before = len(self.told)
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-c", _EXEC, ",".join(map(str, descriptors)), *self._program),
                *("serve", "--config", str(self._config)),
                stdin=DEVNULL,
                stdout=PIPE,
                stderr=log,
                cwd=ROOT,
                env=env,
                pass_fds=descriptors,
            )
        ready = asyncio.create_task(self.hear("READY", after=before))
        ended = asyncio.create_task(self._ended())
        await asyncio.wait((ready, ended), return_when=asyncio.FIRST_COMPLETED)
        for task in (ready, ended):
            task.cancel()
        await asyncio.wait((ready, ended))
        assert not ready.cancelled(), self.log.read_text()
        self.starts += 1

    def hang(self) -> None:
        """Have the event loop of HANGING_RELAY stand still."""
        assert self.process is not None
        self.process.send_signal(signal.SIGUSR1)

    def hang_up(self) -> None:
        """Send the service SIGHUP."""
        assert self.process is not None
        self.process.send_signal(signal.SIGHUP)

    async def _ended(self) -> int:
        """Wait for the process's end; gives its exit status."""
        assert self.process is not None
        if self.process.stdout is not None:
            await self.process.stdout.read()
        return await self.process.wait()

    async def stop(self) -> int:
        """Stop the service; gives its exit status."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return await self._ended()

    async def restart(self) -> None:
        """Do as `systemctl restart`."""
        await self.stop()
        await self.start()

    async def reload(self) -> str:
        """Do as `systemctl reload`; gives the service's status then."""
        before = len(self.told)
        self.hang_up()
        await self.hear("RELOADING", after=before)
        await self.hear("READY", after=before)
        return (await self.hear("STATUS", after=before))["STATUS"]

    async def keep_alive(self) -> None:
        """Kill the service when its watchdog is not fed, and start it again; until cancelled."""
        assert self._watchdog_s is not None
        loop = asyncio.get_running_loop()
        self._alive_s = loop.time()
        while True:
            await asyncio.sleep(max(self._alive_s + self._watchdog_s - loop.time(), 0))
            if self._alive_s + self._watchdog_s > loop.time():
                continue
            assert self.process is not None
            self.process.send_signal(signal.SIGABRT)
            await self._ended()
            await asyncio.sleep(0.5)  # RestartSec
            await self.start()
            self._alive_s = loop.time()

    async def hear(self, variable: str, *, after: int = 0) -> dict[str, str]:
        """Wait until the service says something; gives all of that message."""
        async with asyncio.timeout(60):
            while True:
                for message in self.told[after:]:
                    if variable in message:
                        return message
                self._heard.clear()
                await self._heard.wait()

    def _hear(self) -> None:
        text = self._notify.recv(65536).decode()
        message = dict(line.split("=", 1) for line in text.split("\n"))
        if "WATCHDOG" in message:
            self._alive_s = asyncio.get_running_loop().time()
        self.told.append(message)
        self._heard.set()
