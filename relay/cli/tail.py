"""`relay tail`: print the events of a room as they come."""

import asyncio
import re
import signal
from collections.abc import Iterable
from urllib.parse import parse_qs, urlsplit

import click

from relay.cli.lines import event_line, notice_line
from relay.client import Message, Refusal, Unsubscribed, connect
from relay.config import is_loopback, is_url, mask_url
from relay.errors import FilterError, RefusedError, RoomNameError
from relay.events.methods import resolve_methods
from relay.logs import configure_logs
from relay.upstream.names import parse_room_name

_GONE = {
    "not_found": "Douyin knows no such room",
    "removed": "somebody took it off the relay",
    "forbidden": "the token is for other rooms now",
}
"""Why a room's events have come to an end, by the relay's word for it."""


@click.command()
@click.argument("target", metavar="URL_OR_ROOM")
@click.option(
    "--method",
    "methods",
    multiple=True,
    metavar="NAMES",
    help="Only these, comma-separated: chat,gift or WebcastChatMessage. [default: all]",
)
@click.option("--json", "as_json", is_flag=True, help="Print each event as the relay sent it.")
@click.option(
    "--relay",
    "relay_url",
    default="http://127.0.0.1:8787",
    show_default=True,
    metavar="URL",
    callback=lambda _context, _option, url: _relay_address(url),
    help="Where the relay is.",
)
@click.option(
    "--token",
    envvar="RELAY_TOKEN",
    show_envvar=True,
    callback=lambda _context, _option, token: _token(token),
    help="Token for the relay. Other people on this machine can see it in the list of processes,"
    " but not in the environment variable.",
)
@click.option(
    "--resume",
    metavar="NAME",
    help="Go on where the last `--resume NAME` stopped, and remember how far this one gets.",
)
def tail(
    target: str,
    methods: tuple[str, ...],
    as_json: bool,
    *,
    relay_url: str,
    token: str | None,
    resume: str | None,
) -> None:
    """Print the events of a room until Ctrl-C.

    URL_OR_ROOM is a room's web_rid, handle, room_id or page URL, or a whole address of a relay's
    WebSocket, e.g. ws://127.0.0.1:8787/ws?room_id=80000000001. Events go to standard output, all
    else to standard error. A lost connection is made again, and goes on where it was.
    """
    relay_url, rooms, named, its_token = _where(target, relay_url)
    try:
        for room in rooms:
            parse_room_name(room)
    except RoomNameError as error:
        raise click.BadParameter(str(error), param_hint="URL_OR_ROOM") from None
    named += _names(methods)
    try:
        wanted = sorted(resolve_methods(named)) if named else None
    except FilterError as error:
        raise click.BadParameter(str(error), param_hint="--method") from None
    configure_logs("warning", "console")
    # asyncio.run only ties Ctrl-C to cancelling where it finds Python's own handler.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        asyncio.run(
            _tail(relay_url, rooms, wanted, as_json, token=its_token or token, resume=resume)
        )
    except asyncio.CancelledError:  # SIGTERM, see _stop_softly
        return


def _relay_address(url: str) -> str:
    """Check where the relay is said to be."""
    if not is_url(url, ("http", "https", "ws", "wss")):
        raise click.BadParameter(f"{mask_url(url)!r} is no address such as http://127.0.0.1:8787")
    return url


def _token(token: str | None) -> str | None:
    """Check that a token can stand in a header."""
    if token is not None and not re.fullmatch(r"[!-~]*", token):
        raise click.BadParameter("a token has no blanks, and no characters but those of ASCII")
    return token


def _where(target: str, relay_url: str) -> tuple[str, list[str], list[str], str | None]:
    """Tell a room from a relay's address; gives that address, rooms, methods and token."""
    try:
        parts = urlsplit(target)
        local = is_loopback(parts.hostname or "")
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="URL_OR_ROOM") from None
    if parts.scheme not in ("ws", "wss") and not (parts.scheme in ("http", "https") and local):
        return relay_url, [target], [], None
    query = parse_qs(parts.query)
    rooms = _names(query.get("room_id", []))
    if not rooms:
        raise click.BadParameter("the relay's address names no room_id", param_hint="URL_OR_ROOM")
    address = _relay_address(parts._replace(query="", fragment="").geturl())
    token = _token(query["token"][0]) if "token" in query else None
    return address, rooms, _names(query.get("method", [])), token


def _names(texts: Iterable[str]) -> list[str]:
    """Split comma lists; blanks don't count."""
    return [name.strip() for text in texts for name in text.split(",") if name.strip()]


async def _tail(
    relay_url: str,
    rooms: list[str],
    methods: list[str] | None,
    as_json: bool,
    *,
    token: str | None,
    resume: str | None,
) -> None:
    async with connect(
        relay_url, rooms=rooms, methods=methods, token=token, resume=resume
    ) as stream:
        if resume is not None:
            _stop_softly()
            for room in rooms:
                click.echo(_beginning(room, stream.position(room)), err=True)
        async for item in stream.items():
            match item:
                case Message():
                    click.echo(item.text if as_json else event_line(item))
                case Refusal():
                    raise RefusedError(item.code, item.message)
                case Unsubscribed(reason=reason) as gone:
                    name = gone.web_rid or gone.room_id or ", ".join(rooms)
                    why = _GONE.get(reason, reason)
                    raise RefusedError(reason, f"room {name} is not watched any more: {why}")
                case _:
                    line = notice_line(item)
                    if line:
                        click.echo(line, err=True)


def _stop_softly() -> None:
    """Let SIGTERM, too, leave the cursor behind the last line that is out."""
    task = asyncio.current_task()
    if task is not None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)


def _beginning(room: str, position: str | None) -> str:
    if position is None:
        return f"room {room}: the cursor is new here; it begins with what comes now"
    return f"room {room}: goes on behind {position}"
