"""The `relay` command itself: its subcommands, and which error gives which exit code.

Called by `__main__`.
"""

import os
import sys
from types import TracebackType

import click
import structlog

from relay import __version__
from relay.cli.check import check
from relay.cli.doctor import doctor
from relay.cli.export import export
from relay.cli.record import record
from relay.cli.replay import replay
from relay.cli.resolve import resolve
from relay.cli.serve import demo, serve
from relay.cli.sim import sim
from relay.cli.tail import tail
from relay.cli.token import token
from relay.errors import (
    ConfigError,
    ExitCode,
    ListenError,
    RecordingError,
    RefusedError,
    RelayError,
    RoomNameError,
    StoreError,
    UnreachableError,
    UpstreamError,
)

_EXIT_CODES: tuple[tuple[type[RelayError], ExitCode], ...] = (
    (ConfigError, ExitCode.CONFIG),
    (RoomNameError, ExitCode.CONFIG),
    (StoreError, ExitCode.CONFIG),
    (ListenError, ExitCode.LISTEN),
    (RecordingError, ExitCode.RECORDING),
    (UnreachableError, ExitCode.UNREACHABLE),
    (RefusedError, ExitCode.UNREACHABLE),
    (UpstreamError, ExitCode.UPSTREAM),
)

_EPILOG = """\b
Examples:
  relay demo                               look at it without a live room
  relay serve --room https://live.douyin.com/80000000001
  relay resolve https://v.douyin.com/iabc123/
  relay tail 80000000001 --method chat,gift
  relay record 80000000001 -o show.webcast
  relay replay show.webcast --speed 2

\b
Exit codes:
  0    stopped as asked
  1    something unexpected; the last log line says what
  2    wrong command line
  3    the configuration was refused
  4    the port can't be had
  5    no relay at the address, or it refused (relay tail)
  6    a recording can't be read or written
  7    no such room, or Douyin can't be asked (relay resolve, relay doctor)
  130  Ctrl-C: before the start was complete, twice, or in a tool
"""


@click.group(epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="relay", message="%(prog)s %(version)s")
def relay() -> None:
    """Watch Douyin live rooms and serve what happens in them to local programs."""


for _command in (serve, demo, sim, tail, export, record, replay, resolve, doctor, check, token):
    relay.add_command(_command)


def run(arguments: list[str]) -> int:
    """Run one command line; gives its exit code. What is unexpected is logged, with traceback."""
    sys.excepthook = _log_crash
    for stream in (sys.stdout, sys.stderr):
        # Nicknames hold characters that not every terminal's encoding has.
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        with relay.make_context("relay", arguments) as context:
            relay.invoke(context)
            sys.stdout.flush()
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except BrokenPipeError:
        # Whoever read our output has enough of it. Python would complain at its own last flush.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except RelayError as error:
        click.echo(f"relay: {error}", err=True)
        return next(
            (code for kind, code in _EXIT_CODES if isinstance(error, kind)), ExitCode.FAILURE
        )
    return ExitCode.OK


def _log_crash(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    structlog.get_logger("relay").critical("crashed", exc_info=(kind, error, trace))
