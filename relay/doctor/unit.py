"""Checks of the relay as a service of systemd's: unit, socket, state; used by rounds."""

import asyncio
import grp
import os
import shlex
import shutil
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path

from relay.config import Config
from relay.doctor.findings import Finding, bad, good, skipped

NAME = "relay.service"
FOLDERS = (
    Path("/etc/systemd/system"),
    Path("/usr/local/lib/systemd/system"),
    Path("/usr/lib/systemd/system"),
    Path("~/.config/systemd/user").expanduser(),
    Path("~/.local/share/systemd/user").expanduser(),
)
"""Where units are looked for, those of users behind the system's."""
_RUNS = Path("/run/systemd/system")
"""It is there where systemd runs."""
_WAIT_S = 5.0
_REINSTALL = "install it anew: make install; then systemctl daemon-reload"


async def check_unit(config: Config, folders: Sequence[Path] = FOLDERS) -> AsyncIterator[Finding]:
    """Look at the unit that is installed, if one is, and at how its service is."""
    found = next((folder / NAME for folder in folders if (folder / NAME).is_file()), None)
    if found is None:
        yield skipped("unit", "none is installed; see README, As a service")
        return
    try:
        unit = _read(found)
        listening = _read(found.with_name("relay.socket"))
    except OSError as error:
        yield bad("unit", f"{error.filename} can't be read: {error.strerror}", _REINSTALL)
        return
    yield _check_file(found, unit)
    yield _check_socket(config, listening)
    if not _is_running():
        yield skipped("service", "systemd does not run on this machine")
    else:
        yield await _check_state(is_user="user" in found.parts)


def _is_running() -> bool:
    """Tell whether systemd runs this machine."""
    return shutil.which("systemctl") is not None and _RUNS.is_dir()


def _read(path: Path) -> dict[str, list[str]]:
    """Read the settings of a unit, those of its drop-ins behind its own; none: no such file."""
    settings: dict[str, list[str]] = {}
    drop_ins = sorted(path.with_name(f"{path.name}.d").glob("*.conf"))
    for each in (path, *drop_ins):
        if not each.is_file():
            continue
        for line in each.read_text(encoding="utf-8", errors="replace").splitlines():
            key, separator, value = line.partition("=")
            if separator and not key.lstrip().startswith(("#", ";")):
                if value.strip():
                    settings.setdefault(key.strip(), []).append(value.strip())
                else:
                    settings.pop(key.strip(), None)
    return settings


def _check_file(path: Path, unit: Mapping[str, list[str]]) -> Finding:
    command = shlex.split(unit.get("ExecStart", [""])[-1], comments=False)
    program = command[0].lstrip("-@:+!") if command else ""
    if not os.access(program, os.X_OK):
        return bad("unit", f"{path}: there is no program {program or 'to run'}", _REINSTALL)
    if unit.get("Type", [""])[-1] != "notify":
        return bad("unit", f"{path} is an older one's: its Type is not notify", _REINSTALL)
    for group in " ".join(unit.get("SupplementaryGroups", [])).split():
        try:
            grp.getgrnam(group)
        except KeyError:
            return bad("unit", f"{path}: there is no group {group}", "run: systemd-sysusers")
    if "--config" in command[:-1]:
        file = Path(command[command.index("--config") + 1])
        if not str(file).startswith("%") and not file.is_file():
            return bad("unit", f"{path}: there is no {file}", f"put a configuration there: {file}")
    for credential in unit.get("LoadCredential", []):
        source = credential.partition(":")[2]
        if source.startswith("/") and not Path(source).exists():
            return bad("unit", f"{path}: there is no {source}", f"put the secret there: {source}")
    return good("unit", f"{path} starts {program}")


def _check_socket(config: Config, listening: Mapping[str, list[str]]) -> Finding:
    addresses = listening.get("ListenStream", [])
    if not addresses:
        return skipped("listener", "none is installed: a restart refuses who connects meanwhile")
    host, port = config.server.host, config.server.port
    wanted = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    if wanted in addresses:
        return good("listener", f"relay.socket holds {', '.join(addresses)} open")
    return bad(
        "listener",
        f"relay.socket holds {', '.join(addresses)} open, which counts; [server] says {wanted}",
        "make them the same: systemctl edit relay.socket, or [server] host and port",
    )


async def _check_state(*, is_user: bool) -> Finding:
    asked = ["--user"] * is_user + ["show", NAME, "-p", "ActiveState,Result,NRestarts,StatusText"]
    process = await asyncio.create_subprocess_exec(
        "systemctl", *asked, stdin=DEVNULL, stdout=PIPE, stderr=DEVNULL
    )
    try:
        async with asyncio.timeout(_WAIT_S):
            out, _ = await process.communicate()
    except TimeoutError:
        process.kill()
        await process.wait()
        return skipped("service", "systemctl does not answer")
    said = dict(line.partition("=")[::2] for line in out.decode(errors="replace").splitlines())
    state, result = said.get("ActiveState", ""), said.get("Result", "")
    if state in ("active", "reloading"):
        restarts = said.get("NRestarts", "0")
        return good("service", f"{state}, started again {restarts} times; {said['StatusText']}")
    return bad(
        "service",
        f"{state or 'unknown'}, its result {result or 'unknown'}",
        "see why: journalctl -u relay -n 50; start it: systemctl start relay",
    )
