"""Exports: whole files, exact bounds, stopped and gone on with."""

import asyncio
import csv
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from storing import BROADCAST, EPOCH, ROOM, START_MS, frame, storing

from relay.cli.main import relay
from relay.errors import ExportError
from relay.export import job

COUNT = 25


@pytest.fixture
async def store(tmp_path: Path) -> Path:
    """A store's file, written and closed: chats, and every fifth event a like."""
    path = tmp_path / "events.db"
    likes = {"content": "点赞", "user": None, "count": 2, "total": 9}
    events = [
        frame(n, "WebcastLikeMessage", payload=likes) if n % 5 == 0 else frame(n)
        for n in range(1, COUNT + 1)
    ]
    async with storing(path, events):
        pass
    return path


def export(store: Path, *arguments: str, room: str = ROOM) -> Result:
    runner = CliRunner(catch_exceptions=False)
    return runner.invoke(
        relay, ["export", "--store", str(store), "--room", room, *arguments], prog_name="relay"
    )


def refusal(store: Path, *arguments: str) -> str:
    with pytest.raises(ExportError) as refused:
        export(store, *arguments)
    return str(refused.value)


def offsets(text: str) -> list[int]:
    return [json.loads(line)["offset"] for line in text.splitlines()]


def test_json_lines_are_the_frames_that_clients_get(store: Path, tmp_path: Path) -> None:
    out = tmp_path / "show.jsonl"
    result = export(store, "-o", str(out))
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == f"25 events in {out}\n"
    lines = out.read_text().splitlines()
    assert offsets(out.read_text()) == list(range(1, COUNT + 1))
    assert json.loads(lines[0]) == frame(1)
    assert sorted(path.name for path in tmp_path.glob("show*")) == ["show.jsonl"]


def test_standard_output_and_other_names(store: Path) -> None:
    for room in (ROOM, BROADCAST, f"https://live.douyin.com/{ROOM}"):
        result = export(store, room=room)
        assert (result.exit_code, len(result.stdout.splitlines())) == (0, COUNT)
        assert result.stderr == "25 events\n"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--method", "like"], [5, 10, 15, 20, 25]),
        (["--method", "like,gift", "--from", str(START_MS + 11_000)], [15, 20, 25]),
        (["--from", str(START_MS + 23_000)], [23, 24, 25]),
        (["--from", str(START_MS + 22_001), "--to", str(START_MS + 25_000)], [23, 24]),
        (["--to", str(START_MS + 3_000)], [1, 2]),
        (["--to", "2023-11-14T22:13:23Z"], [1, 2]),
        (["--from", "2030-01-01"], []),
        (["--from", str(START_MS + 9_000), "--to", str(START_MS + 9_000)], []),
    ],
)
def test_methods_and_times(store: Path, arguments: list[str], expected: list[int]) -> None:
    assert offsets(export(store, *arguments).stdout) == expected


def test_csv(store: Path, tmp_path: Path) -> None:
    out = tmp_path / "show.csv"
    export(store, "--format", "csv", "--method", "chat,like", "-o", str(out))
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["offset"]) for row in rows] == list(range(1, COUNT + 1))
    assert (rows[0]["content"], rows[0]["user_nickname"], rows[0]["count"]) == ("第1条", "小明", "")
    assert (rows[4]["count"], rows[4]["user_uid"], rows[4]["payload"]) == ("2", "", "")


async def test_csv_holds_whatever_people_write(tmp_path: Path) -> None:
    formulas = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"]
    said = ['a,"b"\r\nc', *formulas, "'; --", "", "emoji 👩‍👩‍👧", "\u2028", "\ufeff", "a=1"]
    events = [
        frame(n, payload={"content": text, "user": {"nickname": text, "masked": True}})
        for n, text in enumerate(said, 1)
    ]
    async with storing(tmp_path / "events.db", events):
        pass
    out = tmp_path / "show.csv"
    await asyncio.to_thread(
        export, tmp_path / "events.db", "--format", "csv", "--method", "chat", "-o", str(out)
    )
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["content"] for row in rows] == [
        f"'{text}" if text in formulas else text for text in said
    ], "nothing that a spreadsheet would run"
    assert {row["user_masked"] for row in rows} == {"true"}


def test_parquet_has_the_same_columns_with_types(store: Path, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    out = tmp_path / "show.parquet"
    assert export(store, "--format", "parquet", "-o", str(out)).exit_code == 0
    table = parquet.read_table(out)
    export(store, "--format", "csv", "-o", str(tmp_path / "show.csv"))
    head = (tmp_path / "show.csv").read_text().splitlines()[0]
    assert table.column_names == head.split(",")
    assert {name: str(table.schema.field(name).type) for name in ("offset", "msg_id", "combo")} == {
        "offset": "int64", "msg_id": "string", "combo": "bool",
    }  # fmt: skip
    rows = table.to_pylist()
    assert [row["offset"] for row in rows] == list(range(1, COUNT + 1))
    assert (rows[4]["count"], rows[4]["user_uid"]) == (2, None)
    assert rows[0]["msg_id"] == "7100000000000000001"


def test_parquet_without_its_extra_or_a_file(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    out = tmp_path / "show.parquet"
    assert "pip install 'douyin-live-relay[parquet]'" in refusal(
        store, "--format", "parquet", "-o", str(out)
    )
    assert "Parquet goes into a file" in export(store, "--format", "parquet").stderr
    assert not out.exists()


def test_what_can_not_be_is_said(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for arguments, code, said in (
        (["--room", "9"], 2, f"the store has no room '9'; it has {ROOM}"),
        (["--room", "a b"], 2, "names no room"),
        (["--method", "chatt"], 2, "did you mean 'chat'?"),
        (["--from", "yesterday"], 2, "'yesterday' is no time"),
        (["--format", "xml"], 2, "is not one of"),
    ):
        result = export(store, *arguments)
        assert (result.exit_code, result.stdout) == (code, "")
        assert said in result.stderr
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(relay, ["export", "--room", ROOM])
    assert result.exit_code == 2
    assert "no store is configured" in result.stderr
    Path("config.toml").write_text(f"[store]\npath = '{store}'\n", encoding="utf-8")
    assert len(CliRunner().invoke(relay, ["export", "--room", ROOM]).stdout.splitlines()) == COUNT


class StoppedError(Exception):
    """Stands for whatever ends a process."""


def stop_after(pages: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let exports end with an exception behind so many pages."""
    wanted = job.Export._pages

    def some(self: job.Export) -> Any:
        for number, page in enumerate(wanted(self)):
            if number == pages:
                raise StoppedError
            yield page

    monkeypatch.setattr(job.Export, "_pages", some)


@pytest.mark.parametrize("format_", ["jsonl", "csv", "parquet"])
def test_files_are_for_their_owner_only(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, format_: str
) -> None:
    if format_ == "parquet":
        pytest.importorskip("pyarrow.parquet")
    folder = tmp_path / "out"
    folder.mkdir()
    before = os.umask(0)
    try:
        arguments = ("--format", format_, "-o", str(folder / "show"))
        with monkeypatch.context() as patch:
            stop_after(0, patch)
            with pytest.raises(StoppedError):
                export(store, *arguments)
        assert {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()} == {
            "show.part": 0o600, "show.part.json": 0o600,
        }  # fmt: skip
        export(store, *arguments)
    finally:
        os.umask(before)
    assert {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()} == {"show": 0o600}


@pytest.mark.parametrize("format_", ["jsonl", "csv", "parquet"])
@pytest.mark.parametrize("bounds", [[], ["--from", str(START_MS + 3000), "--method", "chat"]])
def test_a_stopped_export_goes_on_and_gives_the_same_file(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, format_: str, bounds: list[str]
) -> None:
    monkeypatch.setattr(job, "PAGE_ROWS", 3)
    arguments = ["--format", format_, *bounds, "-o"]
    assert export(store, *arguments, str(tmp_path / "whole")).exit_code == 0
    whole = (tmp_path / "whole").read_bytes()
    cut = tmp_path / "cut"
    for pages in (0, 1, 3):
        with monkeypatch.context() as patch:
            stop_after(pages, patch)
            with pytest.raises(StoppedError):
                export(store, *arguments, str(cut))
        assert not cut.exists()
    result = export(store, *arguments, str(cut))
    assert result.exit_code == 0
    assert "goes on behind" in result.stderr
    assert cut.read_bytes() == whole
    assert sorted(path.name for path in tmp_path.glob("cut*")) == ["cut"]


def test_what_comes_after_the_begin_is_not_in_it(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job, "PAGE_ROWS", 3)
    out = tmp_path / "show.jsonl"
    with monkeypatch.context() as patch:
        stop_after(2, patch)
        with pytest.raises(StoppedError):
            export(store, "-o", str(out))

    async def go_on() -> None:
        async with storing(store) as running:
            past = await running.take_up(EPOCH, ROOM, [])
            assert past is not None
            from storing import record

            running.append(past.epoch, [record(frame(COUNT + 1, epoch=past.epoch))])

    asyncio.run(go_on())
    assert export(store, "-o", str(out)).exit_code == 0
    assert offsets(out.read_text()) == list(range(1, COUNT + 1))


def test_a_part_that_is_not_what_it_was_is_refused(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job, "PAGE_ROWS", 3)
    out, part = tmp_path / "show.jsonl", tmp_path / "show.jsonl.part"
    with monkeypatch.context() as patch:
        stop_after(2, patch)
        with pytest.raises(StoppedError):
            export(store, "-o", str(out))
    kept, state = part.read_bytes(), tmp_path / "show.jsonl.part.json"
    for data, arguments, said in (
        (kept, ["--method", "chat"], r"its methods is None, not ['WebcastChatMessage']"),
        (kept, ["--format", "csv"], "its format is 'jsonl', not 'csv'"),
        (kept[:-1], [], "changed or cut"),
        (kept.replace("第".encode(), "弟".encode(), 1), [], "changed or cut"),
    ):
        part.write_bytes(data)
        assert said in refusal(store, "-o", str(out), *arguments)
        assert part.read_bytes() == data, "nothing is thrown away unasked"
    part.write_bytes(kept + b"what was not counted yet")
    state_text = state.read_text()
    for text in ("", "{", "[" * 100_000):
        state.write_text(text)
        assert "can't be read" in refusal(store, "-o", str(out))
    state.unlink()
    assert "nothing that says what it is" in refusal(store, "-o", str(out))
    state.write_text(state_text)
    assert export(store, "-o", str(out)).exit_code == 0
    assert offsets(out.read_text()) == list(range(1, COUNT + 1))
    assert "exists already" in refusal(store, "-o", str(out))


def test_an_export_that_is_killed_at_once_goes_on(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job, "PAGE_ROWS", 3)
    out = tmp_path / "show.jsonl"
    with monkeypatch.context() as patch:
        # As after SIGKILL: what was written is there, and nothing says how far it goes.
        patch.setattr(job.Export, "close", lambda export: export._output.close())
        stop_after(2, patch)
        with pytest.raises(StoppedError):
            export(store, "-o", str(out))
    assert export(store, "-o", str(out)).exit_code == 0
    assert offsets(out.read_text()) == list(range(1, COUNT + 1))


def test_gaps_are_told_up_to_a_number(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sqlite3

    with sqlite3.connect(store) as connection:
        (epoch,) = connection.execute("SELECT no FROM epochs").fetchone()
        connection.execute("DELETE FROM events WHERE offset BETWEEN 4 AND 6 OR offset = 9")
        connection.execute("INSERT INTO holes VALUES (?, 4, 6), (?, 9, 9)", (epoch, epoch))
        body = b'{"op":"gap","reason":"corrupt_frame","offset":12}'
        connection.execute(
            "INSERT INTO losses (epoch, offset, body) VALUES (?, 12, ?)", (epoch, body)
        )
    connection.close()
    result = export(store)
    assert len(offsets(result.stdout)) == COUNT - 4
    assert result.stderr == (
        f"events {EPOCH}:4 to 6 can't be had (store)\n"
        f"events {EPOCH}:9 to 9 can't be had (store)\n"
        f"upstream's messages are lost behind {EPOCH}:12 (corrupt_frame)\n"
        "21 events, 3 gaps\n"
    )
    monkeypatch.setattr(sys.modules["relay.cli.export"], "MAX_GAPS_TOLD", 1)
    assert "… and 2 more gaps\n" in export(store).stderr


def test_a_full_disk_keeps_what_was_written(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job, "PAGE_ROWS", 3)
    monkeypatch.setattr(job, "SAVE_S", 0.0)
    out = tmp_path / "show.jsonl"
    calls = []

    def fsync(_: int) -> None:
        calls.append(1)
        if len(calls) > 2:
            raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fsync)
        assert "can't write: No space left" in refusal(store, "-o", str(out))
    assert "goes on behind" in export(store, "-o", str(out)).stderr
    assert offsets(out.read_text()) == list(range(1, COUNT + 1))
    assert "No such file" in refusal(store, "-o", str(tmp_path / "no" / "folder"))


async def test_a_killed_export_goes_on_while_a_relay_writes(tmp_path: Path) -> None:
    """kill -9 at any moment, with the store in use: the file is whole in the end."""
    events = [frame(n) for n in range(1, 4001)]
    out = tmp_path / "show.jsonl"
    arguments = [sys.executable, "-m", "relay", "export", "--store", str(tmp_path / "events.db"),
                 "--room", ROOM, "-o", str(out)]  # fmt: skip
    slowed = "import relay.export.job as j; j.PAGE_ROWS = 50; j.SAVE_S = 0.0\n"
    script = slowed + "import sys; from relay.__main__ import main; main()"
    async with storing(tmp_path / "events.db", events) as store:
        kills = 0
        for wait_s in (0.0, 0.05, 0.1):
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-c", script, *arguments[3:], stderr=subprocess.DEVNULL
            )
            async with asyncio.timeout(60):
                part = tmp_path / "show.jsonl.part.json"
                while not part.exists() and process.returncode is None:  # noqa: ASYNC110
                    await asyncio.sleep(0.005)
                await asyncio.sleep(wait_s)
                if process.returncode is None:
                    process.send_signal(signal.SIGKILL)
                kills += await process.wait() == -signal.SIGKILL
            if out.exists():
                break
        if not out.exists():
            process = await asyncio.create_subprocess_exec(*arguments, stderr=subprocess.DEVNULL)
            assert await process.wait() == 0
        assert kills
        assert store.lost == 0
    assert offsets(out.read_text()) == list(range(1, 4001))


def readme_lines(library: str) -> list[str]:
    """Give the lines that the README opens exports with."""
    text = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\nimport duckdb, pandas\n\n(.*?)```", text, re.DOTALL)
    return [line for line in code.splitlines() if line.startswith(library)]


async def write_chats_and_gifts(path: Path) -> None:
    gift = {
        "room_id": BROADCAST, "content": "送出了 小心心 x5", "gift_id": "463", "group_id": "1",
        "user": {"uid": "9007199254740993", "nickname": "小明"}, "count": 5, "diamond_total": 5,
    }  # fmt: skip
    async with storing(path, [frame(1), frame(2, "WebcastGiftMessage", payload=gift)]):
        pass


@pytest.mark.parametrize("library", ["duckdb", "pandas"])
def test_exports_open_as_the_readme_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, library: str
) -> None:
    module = pytest.importorskip(library)
    monkeypatch.chdir(tmp_path)
    store = tmp_path / "events.db"
    asyncio.run(write_chats_and_gifts(store))
    for name, arguments in (
        ("show.jsonl", []),
        ("show.parquet", ["--format", "parquet"]),
        ("gifts.csv", ["--format", "csv", "--method", "gift"]),
    ):
        assert export(store, *arguments, "-o", name).exit_code == 0
    for line in readme_lines(library):
        opened = eval(line, {library: module})  # noqa: S307  # our own README
        assert len(opened) > 0
