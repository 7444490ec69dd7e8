"""`relay sim`: run the simulator on its own."""

import asyncio
from pathlib import Path

import click
import msgspec

from relay import app
from relay.logs import configure_logs
from relay.sim import Scenario, Simulator, config_lines, load_scenario


@click.command()
@click.option(
    "--scenario",
    "path",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help='What it plays, as TOML (README, "The simulator"). [default: two rooms, well-behaved]',
)
@click.option("--rooms", type=click.IntRange(1, 200), help="How many rooms. [default: 2]")
@click.option(
    "--rate", type=click.FloatRange(0.1, 20_000), help="Events a second and room. [default: 5]"
)
@click.option("--seed", type=int, help="Same seed, same people. [default: 1]")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8788,
    show_default=True,
    help="Port to listen on; 0: any.",
)
def sim(
    path: Path | None, rooms: int | None, rate: float | None, seed: int | None, port: int
) -> None:
    """Simulate Douyin on loopback until Ctrl-C or SIGTERM.

    Prints the lines of config.toml that point a relay at it. Flags win over the scenario file.
    """
    scenario = load_scenario(path) if path else Scenario()
    given = {"rooms": rooms, "rate": rate, "seed": seed}
    scenario = msgspec.structs.replace(
        scenario, **{key: value for key, value in given.items() if value is not None}
    )
    configure_logs("info", "console")

    def ready(simulator: Simulator) -> None:
        click.echo(config_lines(simulator))

    asyncio.run(app.simulate(scenario, port=port, ready=ready))
