"""`relay check`, and where `relay serve` and it find the configuration."""

from pathlib import Path

import click

from relay.config import load_config, placing, to_toml
from relay.hub import Hub
from relay.room import Policy, RoomManager
from relay.server.access import Keyring
from relay.server.tls import load_certificate
from relay.store import examine
from relay.upstream.client import Upstream

DEFAULT_FILE = Path("config.toml")

config_option = click.option(
    "--config",
    "path",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Configuration file. [default: ./config.toml if there is one]",
)


def find_config(path: Path | None) -> Path | None:
    """Give the file to read: the one named, else ./config.toml, else None."""
    if path is None and DEFAULT_FILE.is_file():
        return DEFAULT_FILE
    return path


def describe_source(path: Path | None) -> str:
    """Say where the configuration came from, for people."""
    return "defaults, as there is no ./config.toml" if path is None else str(path.absolute())


@click.command()
@config_option
def check(path: Path | None) -> None:
    """Check the configuration and print what comes out of it.

    That is the file, RELAY_… environment variables and defaults put together, as TOML; passwords
    and keys in URLs are masked. Exits with 3 where `relay serve` would refuse it.
    """
    found = find_config(path)
    config = load_config(found)
    # Whether names can be rooms is for others to judge, and the signer's URL is upstream's; they
    # raise what they would in `serve`.
    policy = Policy()
    with placing(found):
        Keyring(config.auth)
        RoomManager(Hub(config.hub), config, Upstream.of(config, policy.timings), policy)
        if config.server.tls_cert:
            load_certificate(config.server)
    if config.store.path:
        examine(Path(config.store.path))
    click.echo(f"# {describe_source(found)}\n{to_toml(config)}", nl=False)
