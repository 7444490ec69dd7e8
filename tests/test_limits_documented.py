"""docs/limits.md against the code: every bound stands there, with the value that it has."""

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import msgspec
import pytest
from serving import relay_running

from relay.config import Config, StoreConfig
from relay.server.metrics import RelayCollector
from relay.server.state import REFUSALS, ServerState
from relay.store import Store

ROOT = Path(__file__).parents[1]
RELAY = ROOT / "relay"
DOCUMENT = (ROOT / "docs" / "limits.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("| ").split(" | ")]
    for line in DOCUMENT.replace("|  |", "| - |").splitlines()
    if line.startswith("| ") and not line.startswith(("| what |", "| ---"))
]

_BOUND = re.compile(
    r"_?MAX_\w+|_?[A-Z]\w*_S|\w+_TICKS|\w+_AT_ONCE|_?SPARE_\w+|BURST|BACKLOG|READ_AHEAD\w*|_?READS"
    r"|\w*UNSENT\w*|WAL_BYTES|(PAGE|REPLAY|STEP|CHECKPOINT|KEEP|BATCH|SLICE|PIECE|SEND_BUFFER)_\w+"
    r"|\w*RECENT_IDS|\w*ENDED_IDS|DEDUP_IDS|MERGED_METHODS|READERS"
)
_NOT_THE_DAEMON = ("sim/", "cli/", "client/", "doctor/", "export/", "recording/")
"""Of these only what is public: programs that somebody runs, and sees the end of."""
_NO_BOUNDS = {
    "config/refusals.py:_MAX_SHOWN",  # of our own user's words, in an error
    "events/simulated.py:_MAX_CHARS",  # of what an admin's token may make up, as its own error says
    "store/schema.py:PAGE_BYTES",  # how SQLite lays out its file
    "upstream/cookies.py:_END_S",  # a date
    "webcast/rest/shape.py:_MAX_EXACT_FLOAT",  # arithmetic
}
_NO_LIMITS = {"server.port", "server.workers"}


def constants() -> Iterator[str]:
    """Give the bounds that are constants; the simulator's are nobody's business."""
    for path in sorted(RELAY.rglob("*.py")):
        place = path.relative_to(RELAY).as_posix()
        if place.startswith("sim/") or "/pb/" in place:
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            targets = node.targets if isinstance(node, ast.Assign) else []
            targets += [node.target] if isinstance(node, ast.AnnAssign) else []
            for target in targets:
                name = target.id if isinstance(target, ast.Name) else ""
                is_private = name.startswith("_") and place.startswith(_NOT_THE_DAEMON)
                if _BOUND.fullmatch(name) and not is_private:
                    yield f"{place}:{name}"


def settings() -> dict[str, Any]:
    """Give the numbers in the configuration, with their defaults."""
    found = {}
    for section, kind in get_type_hints(Config).items():
        table = get_args(kind)[0] if get_origin(kind) is list else kind
        for field in msgspec.structs.fields(table):
            if isinstance(field.default, int | float) and not isinstance(field.default, bool):
                found[f"{section}.{field.name}"] = field.default
    return found


def documented() -> dict[str, str]:
    """Give every key and constant of the document with the value that it says."""
    found = {}
    for _what, values, keys, *_ in ROWS:
        names = [
            re.sub(r"`(\S+\.py)` `(\w+)`", r"\1:\2", key).strip("`") for key in keys.split("; ")
        ]
        for name, value in zip(names, values.split("; "), strict=True):
            assert name not in found, f"{name} stands there twice"
            found[name] = value
    return found


def value_of(name: str) -> Any:
    if ":" not in name:
        return settings()[name]
    place, constant = name.split(":")
    module = importlib.import_module("relay." + place.removesuffix(".py").replace("/", "."))
    return getattr(module, constant)


def read(value: str) -> float | tuple[float, ...]:
    """Read a value as it is written: `8 s`, `16 KiB`, `0.1 s to 5 s`."""
    if " to " in value:
        return tuple(float(read(part)) for part in value.split(" to "))  # type: ignore[arg-type]
    number, _, unit = value.partition(" ")
    scales = {"": 1, "s": 1, "ms": 1, "bytes": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}
    return float(number) * scales[unit]


def test_every_bound_is_documented() -> None:
    bounds = (set(constants()) - _NO_BOUNDS) | (set(settings()) - _NO_LIMITS)
    assert sorted(bounds - set(documented())) == []


@pytest.mark.parametrize("name", sorted(documented()))
def test_what_is_documented_is_so(name: str) -> None:
    found = value_of(name)
    said = read(documented()[name])
    assert said == pytest.approx(found), f"{name} is {found}"


def test_every_row_says_what_happens() -> None:
    for row in ROWS:
        assert len(row) == 5, row
        assert all(row), row


async def test_the_metrics_exist() -> None:
    async with relay_running() as relay:
        state = ServerState(
            Config(), relay.hub, relay.rooms, relay.live, Store(StoreConfig(path="x"))
        )
        known = {
            metric.name + "_total" * (metric.type == "counter")
            for metric in RelayCollector(state).collect()
        }
    for *_, cell in ROWS:
        metric, *causes = re.findall(r"`(\w+)`", cell) or [""]
        assert not metric or metric in known, cell
        assert set(causes) <= set(REFUSALS), cell
