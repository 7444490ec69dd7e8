"""`relay token`: make tokens for `[auth]`."""

import secrets
from hashlib import sha256
from typing import get_args

import click

from relay.config import Scope, toml_table

_BYTES = 32
_PREFIX = "rly_"
"""Begins every token, so that people and scanners know one when they see it."""


def _scopes(_context: click.Context, _option: click.Parameter, text: str) -> list[Scope]:
    allowed: tuple[Scope, ...] = get_args(Scope)
    names = [name.strip() for name in text.split(",")]
    unknown = [name for name in names if name not in allowed]
    if unknown:
        raise click.BadParameter(f"no scope {unknown[0]!r}; allowed: {', '.join(allowed)}")
    return [scope for scope in allowed if scope in names]


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
    if not 1 <= len(name) <= 64 or not name.isprintable():
        raise click.BadParameter("write 1 to 64 printable characters", param_hint="NAME")
    made = _PREFIX + secrets.token_urlsafe(_BYTES)
    digest = sha256(made.encode()).hexdigest()
    entry = {"name": name, "hash": f"sha256:{digest}", "scopes": scopes}
    click.echo(f"{made}\n\n{toml_table('[[auth.tokens]]', entry)}", nl=False)
    click.echo(
        "The first line is the token; it is shown this once. The others belong into config.toml,"
        " which `relay serve` reads when it starts.",
        err=True,
    )
