"""`relay token`: make tokens for `[auth]`."""

import secrets
from hashlib import sha256
from typing import Any
from urllib.parse import quote

import click

from relay.config import Scope, toml_table
from relay.errors import RoomNameError
from relay.upstream.names import parse_room_name

_BYTES = 32
_PREFIX = "rly_"
"""Begins every token, so that people and scanners know one when they see it."""
_SCOPES: tuple[Scope, ...] = ("read", "watch", "admin")
"""What `relay token new` gives; overlays' tokens are made by a command of their own."""
_WHERE = (
    "The first line is the token; it is shown this once. The others belong into config.toml, which"
    " `relay serve` reads when it starts, and on SIGHUP."
)


def _scopes(_context: click.Context, _option: click.Parameter, text: str) -> list[Scope]:
    names = [name.strip() for name in text.split(",")]
    if "overlay" in names:
        raise click.BadParameter("tokens of overlays are made by `relay token overlay`")
    unknown = [name for name in names if name not in _SCOPES]
    if unknown:
        raise click.BadParameter(f"no scope {unknown[0]!r}; allowed: {', '.join(_SCOPES)}")
    return [scope for scope in _SCOPES if scope in names]


def _rooms(_context: click.Context, _option: click.Parameter, rooms: tuple[str, ...]) -> list[str]:
    for room in rooms:
        try:
            parse_room_name(room)
        except RoomNameError as error:
            raise click.BadParameter(str(error)) from None
    return list(rooms)


@click.group()
def token() -> None:
    """Make tokens for those who may use the relay."""


@token.command()
@click.argument("name")
@click.option(
    "--scopes",
    default="read",
    show_default=True,
    callback=_scopes,
    help="What it may do, comma-separated: read; watch: also start rooms that are not watched;"
    " admin: also add and remove rooms.",
)
def new(name: str, scopes: list[Scope]) -> None:
    """Make a token, and print it once.

    NAME says whose it is, in logs and metrics. The lines for config.toml that come with the token
    hold its hash only, and nothing is stored.
    """
    _make(name, {"scopes": scopes})
    click.echo(_WHERE, err=True)


@token.command()
@click.argument("name", default="overlay")
@click.option(
    "--room",
    "rooms",
    required=True,
    multiple=True,
    metavar="ROOM",
    callback=_rooms,
    help="A room that it is for; may be given several times.",
)
@click.option(
    "--url",
    default="http://127.0.0.1:8787",
    show_default=True,
    help="Where the relay is, for the links.",
)
def overlay(name: str, rooms: list[str], url: str) -> None:
    """Make a token for the links of overlays, and print it once.

    It gets these rooms' events, state and statistics, and the gift list, starts watching the rooms
    where need be, and allows nothing else; so who sees such a link in a scene has little. NAME says
    whose it is.
    """
    made = _make(name, {"scopes": ["overlay"], "rooms": rooms})
    click.echo(_WHERE, err=True)
    for room in rooms:
        query = f"room_id={quote(room, safe='')}&token={made}"
        click.echo(f"Link: {url.rstrip('/')}/overlay/chat?{query}", err=True)
    click.echo(f"Other overlays are made at {url.rstrip('/')}/overlay/", err=True)


def _make(name: str, allows: dict[str, Any]) -> str:
    """Make a token and print it, with its lines for the configuration; gives it."""
    if not 1 <= len(name) <= 64 or not name.isprintable():
        raise click.BadParameter("write 1 to 64 printable characters", param_hint="NAME")
    made = _PREFIX + secrets.token_urlsafe(_BYTES)
    digest = sha256(made.encode()).hexdigest()
    entry = {"name": name, "hash": f"sha256:{digest}", **allows}
    click.echo(f"{made}\n\n{toml_table('[[auth.tokens]]', entry)}", nl=False)
    return made
