"""`relay export`: write stored events of a room into a file."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

import click
import msgspec

from relay.cli.check import config_option, find_config
from relay.config import load_config
from relay.errors import FilterError, NotStoredError, RoomNameError
from relay.events.methods import resolve_methods
from relay.events.times import read_time
from relay.export import FORMATS, Export, Progress, Request
from relay.store import Hole, Loss, Reader
from relay.upstream.names import parse_room_name

MAX_GAPS_TOLD = 20
"""Of more gaps, only their number is told."""


class _Time(click.ParamType[int]):
    name = "time"

    def convert(
        self, value: str | int, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        """Read a bound in time."""
        if isinstance(value, int):
            return value
        try:
            return read_time(value)
        except FilterError as error:
            self.fail(str(error), param, ctx)


@click.command()
@click.option("--room", required=True, help="Whose: web_rid, handle, URL or room_id.")
@click.option("--format", "format_", type=click.Choice(FORMATS), default="jsonl", show_default=True)
@click.option(
    "--method",
    "methods",
    multiple=True,
    metavar="NAMES",
    help="Only these, comma-separated: chat,gift or WebcastChatMessage. [default: all]",
)
@click.option(
    "--from",
    "from_ms",
    type=_Time(),
    metavar="TIME",
    help="Only events of this time or later: 2026-11-22T20:00 (local unless it says otherwise), or"
    " Unix milliseconds.",
)
@click.option("--to", "to_ms", type=_Time(), metavar="TIME", help="Only events before this time.")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    default="-",
    metavar="FILE",
    help="Where to. A file that was begun is gone on with. [default: standard output]",
)
@config_option
@click.option(
    "--store",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The store's file. [default: store.path of the configuration]",
)
def export(
    *,
    room: str,
    format_: str,
    methods: tuple[str, ...],
    from_ms: int | None,
    to_ms: int | None,
    output: Path,
    path: Path | None,
    store: Path | None,
) -> None:
    """Write stored events of a room into a file, the oldest first.

    Reads the store; a relay may write it meanwhile. Stopped half-way, by Ctrl-C or worse, the same
    command goes on where it was. What can't be had is told on standard error.
    """
    to_terminal = str(output) == "-"
    if to_terminal and format_ == "parquet":
        raise click.UsageError("Parquet goes into a file: name one with -o")
    try:
        name = parse_room_name(room).value
        wanted = _resolve(methods)
    except RoomNameError as error:
        raise click.BadParameter(str(error), param_hint="--room") from None
    except FilterError as error:
        raise click.BadParameter(str(error), param_hint="--method") from None
    file = store or _configured(path)
    request = Request(
        store=str(file.absolute()),
        room=name,
        format=format_,
        methods=wanted,
        from_ms=from_ms,
        to_ms=to_ms,
    )
    with Reader(file) as reader:
        try:
            job = Export(request, reader, _standard_output() if to_terminal else output)
        except NotStoredError as error:
            raise click.BadParameter(_not_stored(str(error), reader), param_hint="--room") from None
        try:
            _run(job)
        finally:
            job.close()
    click.echo(_summary(job, output), err=True)


def _resolve(methods: tuple[str, ...]) -> list[str] | None:
    names = [name for text in methods for name in text.split(",") if name.strip()]
    return sorted(resolve_methods(names)) if names else None


def _configured(path: Path | None) -> Path:
    configured = load_config(find_config(path)).store.path
    if not configured:
        raise click.UsageError("no store is configured: set store.path, or name a file by --store")
    return Path(configured)


def _standard_output() -> BinaryIO:
    return sys.stdout.buffer


def _run(job: Export) -> None:
    gaps = _Gaps()
    if job.goes_on:
        click.echo(f"goes on behind {job.state.rows} events", err=True)
    if not sys.stderr.isatty():
        job.run(lambda _progress: None, gaps.tell)
    else:
        nothing: Iterable[int] | None = None
        with click.progressbar(
            nothing, length=1000, file=sys.stderr, item_show_func=lambda rows: f"{rows or 0} events"
        ) as bar:

            def show(progress: Progress) -> None:
                bar.update(round(progress.share * 1000) - bar.pos, progress.rows)

            job.run(show, gaps.tell)
    gaps.tell_rest()


class _Gaps:
    """Tells of what can't be had, without end only by number."""

    def __init__(self) -> None:
        self._count = 0

    def tell(self, gap: Hole | Loss) -> None:
        """Tell of one."""
        self._count += 1
        if self._count <= MAX_GAPS_TOLD:
            click.echo(_describe(gap), err=True)

    def tell_rest(self) -> None:
        """Tell of those that were not told."""
        if self._count > MAX_GAPS_TOLD:
            click.echo(f"… and {self._count - MAX_GAPS_TOLD} more gaps", err=True)


def _describe(gap: Hole | Loss) -> str:
    if isinstance(gap, Loss):
        reason = msgspec.json.decode(gap.body)["reason"]
        return f"upstream's messages are lost behind {gap.epoch}:{gap.offset} ({reason})"
    if gap.first is None or gap.last is None:
        return f"some events of {gap.epoch} can't be had ({gap.reason})"
    return f"events {gap.epoch}:{gap.first} to {gap.last} can't be had ({gap.reason})"


def _summary(job: Export, output: Path) -> str:
    where = "" if str(output) == "-" else f" in {output}"
    gaps = f", {job.state.missing} gaps" if job.state.missing else ""
    lost = f", {job.lost_integers} integers too large for a column" if job.lost_integers else ""
    return f"{job.state.rows} events{where}{gaps}{lost}"


def _not_stored(said: str, reader: Reader) -> str:
    rooms = [room.web_rid or " ".join(room.names) for room in reader.rooms()]
    return f"{said}; it has {', '.join(rooms[-20:]) or 'none yet'}"
