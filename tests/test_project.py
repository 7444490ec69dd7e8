"""What the documents say, held against the code."""

import ast
import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any, get_args

import aiohttp
import msgspec
import pytest
from click.testing import CliRunner
from key_paths import differences
from serving import make_payload, relay_running

from relay.app import running
from relay.cli.main import relay
from relay.client import connect
from relay.client.messages import Message
from relay.config import Config, ServerConfig, StoreConfig
from relay.errors import CloseCode, ExitCode
from relay.events import ChatPayload, Event, User
from relay.events.methods import SHORT_NAMES
from relay.events.payloads import PAYLOAD_TYPES
from relay.hub import Hub, RoomState
from relay.hub.notices import Gap, Room
from relay.server.http import make_application
from relay.server.messages import ClientMessage, ErrorCode, ServerMessage
from relay.server.metrics import RelayCollector
from relay.server.rest.endpoints import ENDPOINTS
from relay.server.rest.errors import KINDS
from relay.server.rest.params import Choice, Number, Rooms
from relay.server.state import ServerState
from relay.sim import Scenario, Simulator, load_scenario
from relay.store import Store
from relay.upstream.api import INFO_S, LISTS_S
from relay.upstream.feeds import FEED_S
from relay.upstream.lookups import DESCRIBED_S, STATUS_S
from relay.upstream.signers.signing import Signed
from relay.webcast.rest.answer import Source

ROOT = Path(__file__).parents[1]
ENGLISH = (ROOT / "README.md").read_text(encoding="utf-8")
CHINESE = (ROOT / "README.zh-CN.md").read_text(encoding="utf-8")
READMES = pytest.mark.parametrize("text", [ENGLISH, CHINESE], ids=["en", "zh"])

_EXAMPLE = re.compile(
    r"^```sh\ncurl 'http://127\.0\.0\.1:8787(/douyin/[^']+)'\n```\n\n```json\n(.*)\n```$",
    re.MULTILINE,
)
"""What a REST client asks, and is answered."""
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
    assert list(answer) == [field.name for field in msgspec.structs.fields(Signed)]


@READMES
async def test_metrics_and_endpoints(text: str) -> None:
    async with relay_running() as running:
        running.rooms.add("80000000001")
        store = Store(StoreConfig(path="x"))
        state = ServerState(Config(), running.hub, running.rooms, running.live, store)
        metrics = set()
        for metric in RelayCollector(state).collect():
            metrics.add(metric.name + "_total" * (metric.type == "counter"))
    assert set(first_cells(text, "relay_clients")) == metrics
    app = make_application(ServerState(Config(), Hub(Config().hub), running.rooms, running.live))
    routes = {f"{r.method} {r.resource.canonical}" for r in app.router.routes() if r.resource}
    own = {r for r in routes if not r.startswith("HEAD") and "/web/" not in r and r != "GET /ws"}
    assert set(first_cells(text, "GET /metrics")) == own


@READMES
def test_rest_endpoints_sources_and_lifetimes(text: str) -> None:
    rows = next(table for table in tables(text) if table[0][0] == "`/info`")
    assert [row[0].strip("`/") for row in rows] == [endpoint.name for endpoint in ENDPOINTS]
    assert {word for row in rows for word in re.findall(r"`(\w+)`", row[1])} == set(
        get_args(Source)
    )
    kept = {row[0].strip("`/"): [float(s) for s in re.findall(r"\d+", row[3])] for row in rows}
    assert kept == {
        "info": [INFO_S, DESCRIBED_S],
        "chat": [],
        "promotions": [LISTS_S, DESCRIBED_S],
        "status": [STATUS_S],
        "audience": [LISTS_S],
        "feed": [FEED_S],
    }


@READMES
def test_rest_parameters(text: str) -> None:
    shown = {
        (endpoint, name.strip("`")): (value, "".join(default).strip("`"))
        for name, of, value, *default in next(t for t in tables(text) if "`/info`" in t[0][1])
        for endpoint in re.findall(r"`/(\w+)`", of)
    }
    known = {(e.name, name): kind for e in ENDPOINTS for name, kind in e.parameters.items()}
    assert set(shown) == set(known)
    for key, parameter in known.items():
        value, default = shown[key]
        numbers = [int(number) for number in re.findall(r"(?<!_)\b\d+\b", value)]
        match parameter:
            case Number():
                assert numbers == [parameter.minimum, parameter.maximum], key
                assert default == str(parameter.default), key
            case Choice():
                assert tuple(re.findall(r"`(\w+)`", value)) == parameter.words, key
                assert default == parameter.default, key
            case Rooms():
                assert (numbers or [1]) == [parameter.maximum], key


@READMES
def test_rest_errors(text: str) -> None:
    rows = next(table for table in tables(text) if table[0][1] == "`invalid_param`")
    shown = [
        (int(row[0]), row[1].strip("`"), [float(s) for s in re.findall(r"\d+", "".join(row[3:]))])
        for row in rows
    ]
    waits: dict[tuple[int, str], list[float]] = {}
    for kind in KINDS:
        known = waits.setdefault((kind.status, kind.type), [])
        known += [] if kind.retry_after_s is None else [kind.retry_after_s]
    assert shown == [(*kind, known) for kind, known in waits.items()]


async def test_rest_examples_are_answered_so() -> None:
    examples = [(path, json.loads(answer)) for path, answer in _EXAMPLE.findall(ENGLISH)]
    assert {path.partition("?")[0] for path, _ in examples} == {e.path for e in ENDPOINTS}
    async with Simulator(Scenario(rooms=2, rate=200.0)) as simulator:
        config = Config(server=ServerConfig(port=0), upstream=simulator.upstream_config())
        async with running(config) as server, aiohttp.ClientSession() as http:
            rooms = ["80000000001"]
            unseen = {SHORT_NAMES[name][0] for name in ("chat", "seq", "shopping")}
            async with connect(server.url, rooms=rooms) as stream, asyncio.timeout(30):
                async for event in stream:
                    unseen.discard(event.method)
                    if not unseen:
                        break
                for path, shown in examples:
                    # The newest message may be of another kind than the one shown.
                    asked = path.replace("limit=1&", "limit=100&")
                    async with http.get(server.url + asked) as response:
                        answer = await response.json()
                    assert differences(shown, answer) == [], path
                    if "source" in shown.get("meta", {}):
                        assert shown["meta"]["source"] == answer["meta"]["source"], path


async def test_the_polling_example_prints_what_is_said_and_what_is_lost() -> None:
    def said(content: str) -> Event:
        user = make_payload(User, nickname="小明")
        payload = make_payload(ChatPayload, content=content, user=user)
        return Event("WebcastChatMessage", content, "7", "80000000001", 0, payload)

    (code,) = [code for code in blocks(ENGLISH, "python") if "urlopen" in code]
    async with relay_running() as relay:
        stream = relay.rooms.add("80000000001")
        relay.publish("80000000001", said("1"), said("2"))
        poller = await asyncio.create_subprocess_exec(
            sys.executable,
            "-u",
            "-c",
            code.replace("http://127.0.0.1:8787", relay.url),
            env={**os.environ, "PYTHONUTF8": "1", "no_proxy": "*"},
            stdout=subprocess.PIPE,
        )
        assert poller.stdout is not None
        try:
            async with asyncio.timeout(30):
                for content in ("1", "2", "3", "4"):
                    if content == "3":
                        relay.publish("80000000001", said("3"), said("4"))
                    assert (await poller.stdout.readline()).decode() == f"小明 {content}\n"
                relay.hub.announce_gap(stream, "corrupt_frame")
                relay.publish("80000000001", said("5"))
                lines = [(await poller.stdout.readline()).decode() for _ in range(2)]
            assert lines == ["messages are lost: corrupt_frame\n", "小明 5\n"]
        finally:
            poller.kill()
            await poller.communicate()


def test_python_examples_are_valid() -> None:
    for code in blocks(ENGLISH, "python"):
        ast.parse(code)


def test_the_scenario_can_be_played(tmp_path: Path) -> None:
    (code,) = (code for code in blocks(ENGLISH, "toml") if "seed = " in code)
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
