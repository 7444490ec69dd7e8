"""The alerts and the dashboard: every metric, label and cause that they name exists."""

import json
import re
import shutil
import ssl
import subprocess
from pathlib import Path
from typing import Any

import pytest
from serving import relay_running

from relay.config import Config, StoreConfig
from relay.hub import RoomState
from relay.server.metrics import RelayCollector
from relay.server.state import REFUSALS, ServerState
from relay.server.tls import Certificate
from relay.store import Store

DOCS = Path(__file__).parents[1] / "docs"
RULES = (DOCS / "alerts.rules.yml").read_text(encoding="utf-8")
DASHBOARD = json.loads((DOCS / "grafana.json").read_text(encoding="utf-8"))
OPERATIONS = (DOCS / "operations.md").read_text(encoding="utf-8")
_OF_THE_PROCESS = {
    "up",
    "process_start_time_seconds",
    "process_open_fds",
    "process_max_fds",
    "process_resident_memory_bytes",
    "process_cpu_seconds_total",
}


def rule_expressions() -> list[str]:
    """Give what the rules ask, each on one line."""
    found = re.findall(r"^ +expr: (?:>-\n((?: {10}.*\n)+)|(.*)\n)", RULES, re.MULTILINE)
    return [" ".join((folded or plain).split()) for folded, plain in found]


def panel_expressions() -> list[str]:
    """Give what the panels and the choices above them ask."""
    asked = [t["expr"] for panel in DASHBOARD["panels"] for t in panel.get("targets", [])]
    return asked + [str(v["query"]) for v in DASHBOARD["templating"]["list"]]


def names(expression: str) -> set[str]:
    """Give the metrics in an expression."""
    bare = re.sub(r'"[^"]*"', "", expression)
    return set(re.findall(r"\b(relay_\w+|process_\w+|up)\b", bare))


def labels(expression: str) -> list[tuple[str, str, str]]:
    """Give (metric, label, values) for every selector."""
    return [
        (metric, label, values)
        for metric, inside in re.findall(r"(\w+)\{([^}]*)\}", expression)
        for label, values in re.findall(r'(\w+)[!=~]+"([^"]*)"', inside)
    ]


async def known() -> dict[str, set[str]]:
    """Give every metric of the relay with its labels."""
    metrics: dict[str, set[str]] = {}
    async with relay_running() as running:
        running.rooms.add("80000000001")
        store = Store(StoreConfig(path="x"))
        state = ServerState(Config(), running.hub, running.rooms, running.live, store)
        state.certificate = Certificate(Path("x"), ssl.create_default_context(), 0.0, 1.0)
        for metric in RelayCollector(state).collect():
            name = metric.name + "_total" * (metric.type == "counter")
            names: Any = getattr(metric, "_labelnames", ())
            metrics[name] = set(names)
    return metrics


async def test_every_metric_and_label_exists() -> None:
    metrics = await known()
    expressions = rule_expressions() + panel_expressions()
    assert len(rule_expressions()) == RULES.count("- alert: ")
    for expression in expressions:
        assert names(expression) <= set(metrics) | _OF_THE_PROCESS | {"relay_"}, expression
        for metric, label, _ in labels(expression):
            if metric in metrics:
                assert label in metrics[metric] | {"instance", "job"}, expression


async def test_the_dashboard_shows_every_metric() -> None:
    shown = set().union(*map(names, panel_expressions()))
    assert set(await known()) <= shown


def test_states_and_causes_exist() -> None:
    for expression in rule_expressions() + panel_expressions():
        for metric, label, values in labels(expression):
            if metric == "relay_room_state" and label == "state":
                assert set(values.split("|")) <= set(RoomState), expression
            if metric == "relay_refused_total" and label == "cause":
                assert set(values.split("|")) <= set(REFUSALS), expression


def test_every_alert_is_explained() -> None:
    alerts = re.findall(r"- alert: (\w+)", RULES)
    assert len(alerts) == len(set(alerts))
    rows = re.findall(r"^\| `(\w+)` \|", OPERATIONS, re.MULTILINE)
    assert rows == alerts


@pytest.mark.skipif(shutil.which("promtool") is None, reason="no promtool (Debian: prometheus)")
def test_prometheus_takes_the_rules() -> None:
    checked = subprocess.run(
        ["promtool", "check", "rules", str(DOCS / "alerts.rules.yml")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
