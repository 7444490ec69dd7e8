"""`relay serve` and `relay demo`: run a relay until it is told to stop."""

import os
import resource
import shutil
import socket
import sys
import threading
import webbrowser
from pathlib import Path
from typing import Any

import click
import structlog

from relay import app, loops
from relay.cli.check import config_option, describe_source, find_config
from relay.config import Config, load_config, placing
from relay.errors import ListenError
from relay.logs import configure_logs
from relay.service import Hangups

_PORTS_TRIED = 100
_MAX_DESCRIPTORS = 65_536

_log = structlog.get_logger(__name__)


@click.command()
@config_option
@click.option(
    "--room",
    "rooms",
    multiple=True,
    help="A room to watch, besides those of the file: web_rid, handle, URL or room_id. Repeatable.",
)
@click.option("--host", help="Address to listen on; others than loopback ones want tokens.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on; 0: any.")
def serve(path: Path | None, rooms: tuple[str, ...], host: str | None, port: int | None) -> None:
    """Watch rooms and serve their events until Ctrl-C or SIGTERM.

    Rooms come from the configuration, from --room, and from clients: who subscribes to a room
    that is not watched starts it. Prints its address once it serves. SIGHUP has it read its
    configuration again.
    """
    given = {"host": host, "port": port}
    overrides = {"server": {key: value for key, value in given.items() if value is not None}}
    found = find_config(path)

    def read() -> Config:
        return load_config(found, overrides=overrides, rooms=rooms)

    hangups = Hangups(read)
    config = read()
    configure_logs(config.log.level, config.log.format)
    _log.info("configuration read", source=describe_source(found))
    _allow_descriptors()
    with placing(found, overrides=overrides, rooms=rooms):
        loops.run(app.serve(config, ready=click.echo, hangups=hangups))


@click.command()
@click.option("--rooms", type=click.IntRange(1, 50), default=2, show_default=True)
@click.option(
    "--rate",
    type=click.FloatRange(0.1, 20_000),
    default=5.0,
    show_default=True,
    help="Events a second and room.",
)
@click.option("--seed", type=int, default=1, show_default=True, help="Same seed, same people.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help="Port to listen on; 0: any. [default: 8787, or the next free one]",
)
@click.option("--no-browser", is_flag=True, help="Don't open the page.")
def demo(rooms: int, rate: float, seed: int, port: int | None, no_browser: bool) -> None:
    """Run a relay against a Douyin that this machine simulates.

    Prints the addresses, and opens the page where there is a screen. Nothing leaves the machine.
    """
    server: dict[str, Any] = {} if port is None else {"port": port}
    config = load_config(overrides={"server": server})
    configure_logs(config.log.level, config.log.format)
    if port is None:
        wanted = config.server.port
        server["port"] = _free_port(config.server.host, wanted)
        if server["port"] != wanted:
            click.echo(
                f"Port {wanted} is taken (by another relay?); this one takes {server['port']}."
            )
            config = load_config(overrides={"server": server})

    def ready(url: str, names: list[str]) -> None:
        socket_url = f"{url.replace('http', 'ws', 1)}/ws?room_id={names[0]}"
        click.echo(
            f"\nSimulated rooms: {', '.join(names)}\n"
            f"  page       {url}/\n"
            f"  WebSocket  {socket_url}\n"
            f"  terminal   {_program()} tail {names[0]} --relay {url}\n"
            "Ctrl-C stops it.\n"
        )
        if not no_browser and _has_screen():
            # In a thread, since some launchers return only when their browser does.
            threading.Thread(target=webbrowser.open, args=(f"{url}/",), daemon=True).start()

    loops.run(app.demo(config, rooms=rooms, rate=rate, seed=seed, ready=ready))


def _free_port(host: str, first: int) -> int:
    """Find the first port from `first` on that nobody listens on. Raises ListenError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for port in range(first, min(first + _PORTS_TRIED, 65536)):
        try:
            socket.create_server((host, port), family=family).close()
        except OSError:
            continue
        return port
    raise ListenError(f"no free port from {first} to {first + _PORTS_TRIED - 1}; name one: --port")


def _allow_descriptors() -> None:
    """Take as many file descriptors as the system allows us: each client has one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MAX_DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, _MAX_DESCRIPTORS)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _program() -> str:
    """Say how to call this program again, from here."""
    called = Path(sys.argv[0])
    if called.stem != "relay":
        return f"{sys.executable} -m relay"
    return "relay" if shutil.which("relay") == str(called) else str(called)


def _has_screen() -> bool:
    if sys.platform in ("darwin", "win32"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
