"""`relay replay`: serve a recording as if it were live."""

import time
from pathlib import Path

import click

from relay import app, loops
from relay.cli.check import config_option, find_config
from relay.cli.durations import clock, read_duration
from relay.config import load_config
from relay.logs import configure_logs
from relay.recording import Overview

_MIN_SPEED, _MAX_SPEED = 0.01, 1000.0


def _read_speed(_context: click.Context, _option: click.Parameter, value: str) -> float | None:
    """Read a factor; None for `max`."""
    if value == "max":
        return None
    try:
        speed = float(value)
    except ValueError:
        speed = 0.0
    if not _MIN_SPEED <= speed <= _MAX_SPEED:
        raise click.BadParameter(
            f"{value!r} is neither a number from {_MIN_SPEED:g} to {_MAX_SPEED:g} nor max"
        )
    return speed


@click.command()
@click.argument(
    "file", metavar="FILE", type=click.Path(path_type=Path, exists=True, dir_okay=False)
)
@click.option(
    "--speed",
    default="1",
    show_default=True,
    metavar="FACTOR",
    callback=_read_speed,
    help="How many times as fast; max: as fast as clients take it, from when the first is there.",
)
@click.option(
    "--from",
    "from_s",
    default="0",
    metavar="TIME",
    callback=read_duration,
    help="Where to begin: 600 or 00:10:00.",
)
@click.option("--loop", is_flag=True, help="At the end begin again, as a new broadcast.")
@config_option
@click.option("--host", help="Address to listen on; loopback only.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on; 0: any.")
def replay(  # noqa: PLR0917  click gives them by name
    file: Path,
    speed: float | None,
    from_s: float,
    loop: bool,
    path: Path | None,
    host: str | None,
    port: int | None,
) -> None:
    """Serve what `relay record` recorded, until Ctrl-C or SIGTERM.

    Clients see what they would have seen live: the same room, the same events at the same pace,
    with the times of the recording. Nothing of it is stored, and Douyin is not asked for anything.
    """
    given = {"host": host, "port": port}
    config = load_config(
        find_config(path),
        overrides={"server": {key: value for key, value in given.items() if value is not None}},
    )
    configure_logs(config.log.level, config.log.format)

    def ready(url: str, overview: Overview) -> None:
        click.echo(url)
        for line in _described(file, overview):
            click.echo(line, err=True)

    loops.run(app.replay(config, file, speed=speed, from_s=from_s, loop=loop, ready=ready))


def _described(path: Path, overview: Overview) -> list[str]:
    """Say what is played."""
    room = overview.first
    names = " ".join(filter(None, (room.anchor, room.title)))
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(overview.begin_ms / 1000))
    scrubbed = ", scrubbed" if overview.header.scrubbed else ""
    lines = [
        f"{path}: room {room.web_rid or room.room_id} {names}",
        f"recorded {when}{scrubbed}, {clock(overview.length_s)} long, {overview.frames} frames",
    ]
    if overview.header.unfinished:
        lines.append(
            "its recorder was stopped before all names were searched for: people may be"
            " recognised in it; don't share it"
        )
    if overview.damage:
        lines.append(f"the file is damaged ({overview.damage}); it plays up to there")
    return lines
