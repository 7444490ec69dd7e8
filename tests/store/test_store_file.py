"""Which files the store takes, makes, brings up to date and refuses."""

import asyncio
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from lives import life, rows_of

from relay.config import StoreConfig
from relay.errors import StoreError
from relay.store import Reader, Store, examine, schema


def modes(folder: Path) -> dict[str, int]:
    return {file.name: stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()}


def python(script: str, path: Path) -> str:
    """Run a script in another process; give what it prints."""
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=False
    )
    return done.stdout


async def refusal(path: Path) -> str:
    """Give why a relay would not start; `relay check` says the same."""
    with pytest.raises(StoreError) as refused:
        async with life(path):
            pass
    with pytest.raises(StoreError) as told:
        examine(path)
    assert str(told.value) == str(refused.value)
    return str(refused.value)


async def test_a_new_file_is_for_its_owner_only_and_sound(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    examine(path)
    async with life(path) as alive:
        await alive.publish(await alive.watch(), 3)
        assert set(modes(tmp_path).values()) == {0o600}
    assert rows_of(path, "PRAGMA integrity_check") == [("ok",)]
    assert rows_of(path, "PRAGMA journal_mode") == [("wal",)]
    assert sorted(modes(tmp_path)) == ["store.db", "store.db-lock"], "one file and its lock"
    examine(path)


async def test_an_empty_file_is_taken(tmp_path: Path) -> None:
    (tmp_path / "store.db").touch()
    async with life(tmp_path / "store.db") as alive:
        await alive.publish(await alive.watch(), 3)
        assert alive.store.stored == 3


@pytest.mark.parametrize("content", [b"these are my notes\n" * 1000, b"x", b"SQLite format 3\0"])
async def test_what_is_no_database_is_refused_and_left_alone(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(content)
    assert str(path) in await refusal(path)
    assert path.read_bytes() == content


async def test_another_programs_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE bookmarks (url)")
    connection.close()
    before = path.read_bytes()
    assert "another program's database" in await refusal(path)
    assert path.read_bytes() == before


async def test_a_file_of_a_newer_relay_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    async with life(path):
        pass
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {len(schema.STEPS) + 1}")
    connection.close()
    assert "written by a newer relay" in await refusal(path)
    with pytest.raises(StoreError, match="newer relay"):
        Reader(path)


async def test_a_file_of_an_older_relay_is_brought_up_to_date(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "store.db"
    async with life(path) as alive:
        await alive.publish(await alive.watch(), 3)
    with monkeypatch.context() as later:
        later.setattr(schema, "STEPS", (*schema.STEPS, "CREATE TABLE added (value);"))
        with pytest.raises(StoreError, match="run `relay serve` with it once"):
            Reader(path)
        async with life(path) as alive:
            stream = await alive.watch()
            assert stream.head == 3
        assert rows_of(path, "SELECT count(*) FROM added") == [(0,)]
        async with life(path):
            pass
    assert "newer" in await refusal(path)


async def test_two_relays_do_not_share_a_file(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    async with life(path):
        with pytest.raises(StoreError, match="in use by another relay"):
            async with Store(StoreConfig(path=str(path))):
                pass
    async with life(path):
        pass


async def test_two_relays_do_not_share_a_file_by_two_names(tmp_path: Path) -> None:
    path, link = tmp_path / "store.db", tmp_path / "elsewhere" / "link.db"
    link.parent.mkdir()
    link.symlink_to(path)
    async with life(path):
        with pytest.raises(StoreError, match="in use by another relay"):
            async with life(link):
                pass
    async with life(link) as alive:
        await alive.publish(await alive.watch(), 1)
        with pytest.raises(StoreError, match="in use by another relay"):
            async with life(path):
                pass


async def test_a_killed_relay_leaves_no_lock(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    script = (
        "import os, signal, sys; from pathlib import Path; from relay.store.schema import *;"
        " path = Path(sys.argv[1]); lock = Lock(path); c = open_to_write(path);"
        " c.execute('BEGIN IMMEDIATE'); os.kill(os.getpid(), signal.SIGKILL)"
    )
    await asyncio.to_thread(python, script, path)
    async with life(path) as alive:
        await alive.publish(await alive.watch(), 1)
        assert alive.store.stored == 1


@pytest.mark.parametrize(
    ("place", "why"), [("nowhere/store.db", "is no folder; make it"), ("folder", "is no file")]
)
async def test_places_where_no_file_can_be(tmp_path: Path, place: str, why: str) -> None:
    (tmp_path / "folder").mkdir()
    assert why in await refusal(tmp_path / place)


async def test_another_process_can_read_while_the_relay_writes(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    script = (
        "import sys; from pathlib import Path; from relay.store import Reader\n"
        "with Reader(Path(sys.argv[1])) as reader:\n"
        "    print([room.web_rid for room in reader.rooms()],"
        " len(reader.query('80000000001').rows))"
    )
    async with life(path) as alive:
        stream = await alive.watch()
        await alive.publish(stream, 20)
        assert await asyncio.to_thread(python, script, path) == "['80000000001'] 20\n"
        await alive.publish(stream, 5)
        assert alive.store.stored == 25
