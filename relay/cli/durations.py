"""Lengths of time on the command line; used by record and replay."""

import re

import click

_CLOCK = re.compile(r"(?:(?:([0-9]{1,4}):)?([0-9]{1,4}):)?([0-9]{1,9}(?:\.[0-9]{1,3})?)")


def read_duration(_context: click.Context, _option: click.Parameter, value: str) -> float:
    """Read seconds, MM:SS or HH:MM:SS as seconds; a callback of click's."""
    found = _CLOCK.fullmatch(value)
    if found is None:
        raise click.BadParameter(f"{value!r} is no time such as 90, 01:30 or 00:01:30")
    hours, minutes, seconds = found.groups(default="0")
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


def clock(seconds: float) -> str:
    """Write seconds as HH:MM:SS."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest:02}"
