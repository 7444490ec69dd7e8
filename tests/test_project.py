"""What the documents say, held against the code."""

import ast
import json
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from click.testing import CliRunner
from serving import relay_running

from relay.cli.main import relay
from relay.client.messages import Message
from relay.config import Config, StoreConfig
from relay.errors import CloseCode, ExitCode
from relay.events.methods import SHORT_NAMES
from relay.events.payloads import PAYLOAD_TYPES
from relay.hub import Hub, RoomState
from relay.hub.notices import Gap, Room
from relay.server.http import make_application
from relay.server.messages import ClientMessage, ErrorCode, ServerMessage
from relay.server.metrics import RelayCollector
from relay.server.state import ServerState
from relay.sim import load_scenario
from relay.store import Store
from relay.upstream.signer import SignedUrl

ROOT = Path(__file__).parents[1]
ENGLISH = (ROOT / "README.md").read_text(encoding="utf-8")
CHINESE = (ROOT / "README.zh-CN.md").read_text(encoding="utf-8")
READMES = pytest.mark.parametrize("text", [ENGLISH, CHINESE], ids=["en", "zh"])

_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(text: str, language: str = "") -> list[str]:
    """Give the code blocks, of one language or all."""
    return [code for kind, code in _BLOCK.findall(text) if language in ("", kind)]


def tables(text: str) -> list[list[list[str]]]:
    """Give the tables as rows of cells, without their heads."""
    found = re.findall(r"^\|.*\n\|[ |-]+\|\n((?:\|.*\n)+)", text, re.MULTILINE)
    return [
        [re.split(r"\s*\|\s*", row.strip("| ")) for row in table.splitlines()] for table in found
    ]


def first_cells(text: str, holding: str) -> list[str]:
    """Give the first column, without marks, of the table that has `holding` in it."""
    columns = [[row[0].replace("`", "") for row in table] for table in tables(text)]
    return next(column for column in columns if holding in column)


def frames() -> list[dict[str, Any]]:
    """Give the frames of the contract's examples."""
    return [json.loads(line) for code in blocks(ENGLISH, "json") for line in code.splitlines()]


def test_both_languages_say_the_same() -> None:
    def shape(text: str) -> tuple[list[int], list[int], list[str]]:
        prose = _BLOCK.sub("", text)
        headings = [len(marks) for marks in re.findall(r"^(#+) ", prose, re.MULTILINE)]
        sizes = [len(table) for table in tables(text)]
        return headings, sizes, re.findall(r"\]\(([^)#]+)\)", prose)[1:]

    assert shape(ENGLISH) == shape(CHINESE)
    assert blocks(ENGLISH) == blocks(CHINESE)
    for ours, theirs in zip(tables(ENGLISH), tables(CHINESE), strict=True):
        codes = [[re.findall(r"`[^`]+`", cell) for cell in row[:1]] for row in ours]
        assert codes == [[re.findall(r"`[^`]+`", cell) for cell in row[:1]] for row in theirs]


@READMES
def test_links_and_paths_lead_somewhere(text: str) -> None:
    prose = _BLOCK.sub("", text)
    for link in re.findall(r"\]\(([^)]+)\)", prose):
        path, _, anchor = link.partition("#")
        assert (ROOT / path).exists(), link
        if anchor:
            headings = re.findall(r"^#+ (.+)$", prose, re.MULTILINE)
            assert anchor in [heading.lower().replace(" ", "-") for heading in headings], link


@READMES
def test_the_map_of_the_code_reaches_every_package(text: str) -> None:
    packages = {path.parent.name for path in (ROOT / "relay").glob("*/__init__.py")}
    links = re.findall(r"\]\(relay/(\w+)/", text)
    assert packages <= set(links)


@READMES
def test_the_configuration_table_has_every_key_with_its_default(text: str) -> None:
    keys = {
        f"{section}.{key}": value
        for section, table in msgspec.to_builtins(Config()).items()
        if isinstance(table, dict)
        for key, value in table.items()
    }
    shown = {}
    for row in next(t for t in tables(text) if t[0][0] == "`server.host`"):
        shown[row[0].strip("`")] = row[1]
    assert set(shown) == set(keys)
    for key, cell in shown.items():
        if key != "upstream.push_urls":
            value = tomllib.loads(f"value = {cell.strip('`')}")["value"]
            assert value == keys[key], key


@READMES
def test_close_codes_states_and_error_codes(text: str) -> None:
    assert [int(code) for code in first_cells(text, "3001")] == sorted(CloseCode)
    assert set(first_cells(text, "resolving")) == set(RoomState)
    assert set(first_cells(text, "bad_method")) == set(get_args(ErrorCode))


@READMES
def test_short_names_and_payloads(text: str) -> None:
    table = next(t for t in tables(text) if t[0][0] == "`chat`")
    assert [row[0].strip("`") for row in table] == list(SHORT_NAMES)
    for short, methods, payload in ((row[0].strip("`"), row[1], row[2]) for row in table):
        assert tuple(re.split(", |、", methods)) == SHORT_NAMES[short]
        for method in SHORT_NAMES[short]:
            kind = PAYLOAD_TYPES[method]
            assert payload.startswith(kind.__name__)
            assert f"{kind.__module__.replace('.', '/')}.py" in payload


def test_help_is_what_relay_says() -> None:
    said = CliRunner().invoke(relay, ["--help"], prog_name="relay", terminal_width=80).output
    assert blocks(ENGLISH, "text") == [said]


def test_exit_codes_are_all_in_the_help() -> None:
    (said,) = blocks(ENGLISH, "text")
    assert [int(code) for code in re.findall(r"^    (\d+) ", said, re.MULTILINE)] == sorted(
        ExitCode
    )


def test_the_event_of_the_contract_has_the_fields_in_their_order() -> None:
    (event,) = [frame for frame in frames() if "payload" in frame]
    order = ["method", "msg_id", "room_id", "web_rid", "epoch", "offset", "time", "payload"]
    assert list(event) == order
    assert msgspec.convert({**event, "text": ""}, Message).position == "1ng57k750ym1:42"


def test_frames_of_the_contract_have_the_fields_that_the_server_sends() -> None:
    kinds = {kind.__struct_config__.tag: kind for kind in (*get_args(ServerMessage), Gap, Room)}
    seen = set()
    for frame in frames():
        kind = kinds.get(frame.get("op"))
        if kind is not None:
            seen.add(frame["op"])
            required = [
                field.encode_name
                for field in msgspec.structs.fields(kind)
                if field.encode_name not in ("except", "offset") or kind.__name__ == "Subscribed"
            ]
            given = [key for key in frame if key != "op"]
            assert [key for key in required if key != "except"] == [
                key for key in given if key in required
            ]
            msgspec.convert(frame, kind)
    assert seen == set(kinds)


def test_messages_of_the_contract_are_understood() -> None:
    kinds = {kind.__struct_config__.tag for kind in get_args(ClientMessage)}
    sent = [frame for frame in frames() if frame.get("op") in kinds]
    assert {frame["op"] for frame in sent} == kinds
    for frame in sent:
        msgspec.convert(frame, ClientMessage)


def test_the_answer_of_a_signer_is_understood() -> None:
    (answer,) = [frame for frame in frames() if "signed_url" in frame]
    assert list(answer) == [field.name for field in msgspec.structs.fields(SignedUrl)]


@READMES
async def test_metrics_and_endpoints(text: str) -> None:
    async with relay_running() as running:
        running.rooms.add("80000000001")
        state = ServerState(Config(), running.hub, running.rooms, Store(StoreConfig(path="x")))
        metrics = set()
        for metric in RelayCollector(state).collect():
            metrics.add(metric.name + "_total" * (metric.type == "counter"))
    assert set(first_cells(text, "relay_clients")) == metrics
    app = make_application(ServerState(Config(), Hub(Config().hub), running.rooms))
    routes = {f"{r.method} {r.resource.canonical}" for r in app.router.routes() if r.resource}
    own = {r for r in routes if not r.startswith("HEAD") and "/web/" not in r and r != "GET /ws"}
    assert set(first_cells(text, "GET /metrics")) == own


def test_python_examples_are_valid() -> None:
    for code in blocks(ENGLISH, "python"):
        ast.parse(code)


def test_the_scenario_can_be_played(tmp_path: Path) -> None:
    (code,) = blocks(ENGLISH, "toml")
    (tmp_path / "scenario.toml").write_text(code, encoding="utf-8")
    scenario = load_scenario(tmp_path / "scenario.toml")
    assert [plan.web_rid for plan in scenario.plans()] == ["80000000001", "80000000002"]


def test_every_package_says_what_lives_there_and_who_may_import_it() -> None:
    for path in (ROOT / "relay").glob("*/__init__.py"):
        said = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        assert re.search("import", said, re.IGNORECASE), path
        assert len(said.splitlines()) >= 2, path


@pytest.mark.skipif(shutil.which("make") is None, reason="no make on this machine")
def test_make_says_what_can_be_made() -> None:
    said = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    wanted = set(re.findall(r"`make ([a-z-]+)", ENGLISH))
    assert wanted <= set(re.findall(r"^  make ([a-z-]+) ", said.stdout, re.MULTILINE))


def test_the_service_is_not_restarted_where_that_is_no_use() -> None:
    unit = (ROOT / "systemd" / "relay.service").read_text(encoding="utf-8")
    assert f"RestartPreventExitStatus={ExitCode.USAGE:d} {ExitCode.CONFIG:d}\n" in unit
