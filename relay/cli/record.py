"""`relay record`: keep what a room's upstream sends, to be played again."""

import asyncio
import sys
import time
from pathlib import Path

import click

from relay import app
from relay.cli.check import config_option, find_config
from relay.cli.durations import clock, read_duration
from relay.config import load_config
from relay.errors import RoomNameError
from relay.hub import RoomStatus
from relay.logs import configure_logs
from relay.room import Tally
from relay.upstream.names import parse_room_name

_LINE_S = 10.0
"""How often progress is told where there is no terminal to show it in place."""
_SHOWN = 5


@click.command()
@click.argument("room")
@click.option(
    "-o",
    "--output",
    "file",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Where to, such as show.webcast. A recording that is there is gone on with.",
)
@click.option(
    "--scrub",
    is_flag=True,
    help="Rename people, and leave out what may tell who they are.",
)
@click.option(
    "--duration",
    "duration_s",
    default="0",
    metavar="TIME",
    callback=read_duration,
    help="End after so long: 3600 or 01:00:00. [default: at Ctrl-C]",
)
@config_option
def record(room: str, file: Path, scrub: bool, duration_s: float, path: Path | None) -> None:
    """Record a room until Ctrl-C or SIGTERM.

    ROOM is a web_rid, handle, page URL or room_id. It is watched as `relay serve` watches it, over
    all its broadcasts, but nothing is served. What comes in is told on standard error.
    """
    try:
        parse_room_name(room)
    except RoomNameError as error:
        raise click.BadParameter(str(error), param_hint="ROOM") from None
    config = load_config(find_config(path))
    configure_logs(config.log.level, config.log.format)
    meter = _Meter()
    tally = asyncio.run(
        app.record(
            config, file, room=room, scrub=scrub, duration_s=duration_s or None, tell=meter.tell
        )
    )
    meter.end()
    click.echo(
        f"{file}: {tally.events} events in {tally.frames} frames, {_size(tally.written_bytes)}"
        " written",
        err=True,
    )
    for line in _left_out(tally):
        click.echo(line, err=True)


class _Meter:
    """Tells what comes in: in place on a terminal, else a line now and then."""

    def __init__(self) -> None:
        self._begin_s = time.monotonic()
        self._in_place = sys.stderr.isatty()
        self._next_s = 0.0

    def tell(self, status: RoomStatus, tally: Tally) -> None:
        """Show how it stands."""
        elapsed_s = time.monotonic() - self._begin_s
        state = f"{status.state} ({status.reason})" if status.reason else str(status.state)
        line = f"{clock(elapsed_s)}  {state}  {tally.events} events  {_size(tally.bytes)} received"
        if self._in_place:
            # Back to the line's beginning, so that a log line takes its place.
            click.echo(f"\x1b[2K{line}\r", nl=False, err=True)
        elif elapsed_s >= self._next_s:
            self._next_s = elapsed_s + _LINE_S
            click.echo(line, err=True)

    def end(self) -> None:
        """Leave the line."""
        if self._in_place:
            click.echo("\x1b[2K", nl=False, err=True)


def _left_out(tally: Tally) -> list[str]:
    """Say what is not in the file."""
    lines = []
    if tally.not_recorded:
        lines.append(f"too large, or too much for the disk: {tally.not_recorded} not recorded")
    for what, dropped in (("messages", tally.dropped_messages), ("fields", tally.dropped_fields)):
        if dropped:
            most = ", ".join(f"{name} {count}" for name, count in dropped.most_common(_SHOWN))
            more = ", …" if len(dropped) > _SHOWN else ""
            lines.append(f"scrubbed away: {dropped.total()} {what} ({most}{more})")
    if tally.forgotten_names:
        lines.append(
            f"names were too many to be searched for in texts: {tally.forgotten_names} may stand"
            " in chats"
        )
    return lines


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 100_000 else f"{count / 1e3:.1f} kB"
