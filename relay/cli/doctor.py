"""`relay doctor`: look at everything that has to work, and say what to do where it doesn't."""

import asyncio
from pathlib import Path

import click

from relay.cli.check import config_option, describe_source, find_config
from relay.config import Config, load_config
from relay.doctor import Verdict, examine_all
from relay.errors import RoomNameError, UpstreamError
from relay.logs import configure_logs
from relay.upstream.names import parse_room_name

_COLOURS = {Verdict.GOOD: "green", Verdict.BAD: "red", Verdict.SKIPPED: None}


@click.command()
@click.argument("room", required=False, default="")
@config_option
def doctor(room: str, path: Path | None) -> None:
    """Look at everything that has to work: this machine, its way to Douyin, and a live ROOM.

    Every check is a line with ✓ or ✗; below a ✗ stands what to do. With ROOM it is found, and
    connected to until a first message comes. Exits with 7 where something is wrong.
    """
    if room:
        try:
            parse_room_name(room)
        except RoomNameError as error:
            raise click.BadParameter(str(error), param_hint="ROOM") from None
    found = find_config(path)
    config = load_config(found)
    # What is logged is said by the lines, too.
    configure_logs("error", config.log.format)
    click.echo(f"✓ config     {describe_source(found)}")
    wrong = asyncio.run(_examine(config, room))
    if wrong:
        raise UpstreamError("other_code", f"{wrong} of these checks failed")


async def _examine(config: Config, room: str) -> int:
    wrong = 0
    async for verdict, what, said, fix in examine_all(config, room):
        click.secho(f"{verdict.value} {what:10} {said}", fg=_COLOURS[verdict])
        if fix:
            click.echo(f"  {'':10} → {fix}")
        wrong += verdict is Verdict.BAD
    return wrong
