"""`relay resolve`: say which room a name is, and which of Douyin's answers tells so."""

import asyncio
from pathlib import Path

import click

from relay.cli.check import config_option, find_config
from relay.config import Config, load_config
from relay.errors import RoomNameError, UpstreamError
from relay.logs import configure_logs
from relay.room import Policy
from relay.upstream.client import Upstream
from relay.upstream.names import NameKind, RoomName, parse_room_name
from relay.upstream.status import RoomInfo, Status
from relay.upstream.survey import survey

_KINDS = {
    NameKind.WEB_RID: "a web_rid",
    NameKind.HANDLE: "an anchor's id",
    NameKind.SEC_UID: "an anchor's sec_uid",
    NameKind.ROOM_ID: "a broadcast's room_id",
    NameKind.SHORT_LINK: "a short link",
}
_KNOWN = (Status.ONLINE, Status.OFFLINE, Status.NO_ROOM)
_STATES = {
    Status.ONLINE: "is live",
    Status.OFFLINE: "is not live",
    Status.NO_ROOM: "belongs to an account that has never been live",
    Status.NOT_FOUND: "does not exist",
    Status.UNKNOWN: "may be live or not",
}


@click.command()
@click.argument("name")
@config_option
def resolve(name: str, path: Path | None) -> None:
    """Say which room NAME is, and by which way that was found.

    NAME is a web_rid, an anchor's id or sec_uid, a page URL, a link or text that the app shares, or
    a room_id. Every way is asked once, whatever the others say. Exits with 7 where none knows it.
    """
    try:
        parsed = parse_room_name(name)
    except RoomNameError as error:
        raise click.BadParameter(str(error), param_hint="NAME") from None
    config = load_config(find_config(path))
    configure_logs(config.log.level, config.log.format)
    asyncio.run(_resolve(parsed, config))


async def _resolve(name: RoomName, config: Config) -> None:
    click.echo(f"{name.value} is {_KINDS[name.kind]}")
    async with Upstream.of(config, Policy().timings) as upstream:
        async for way, info in survey(upstream.ways, name):
            click.echo(f"  {way:12}{_said(info)}")
        # What the relay makes of all that.
        info = await upstream.resolver.look(name)
    if info.status not in _KNOWN and not info.room_id:
        missing = info.status is Status.NOT_FOUND
        why = "no such room" if missing else "it can't be found out which room that is"
        raise UpstreamError(info.cause or info.status, f"{why}: {info.text}")
    room = f"https://live.douyin.com/{info.web_rid}" if info.web_rid else "the room"
    click.echo(f"{room} {_STATES[info.status]}")
    for key in ("web_rid", "room_id", "title", "anchor", "sec_uid"):
        if value := getattr(info, key):
            click.echo(f"  {key:12}{value}")


def _said(info: RoomInfo) -> str:
    if info.status in (Status.UNKNOWN, Status.NOT_FOUND) and info.text:
        return f"{info.status}: {info.text}"
    said = (info.status, info.web_rid, info.room_id, info.sec_uid, info.anchor, info.title)
    return "  ".join(filter(None, said))
