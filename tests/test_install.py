"""What `make install` puts where, and that systemd takes it."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SCRIPT = ROOT / "systemd" / "install.sh"
MAX_EXPOSURE = 1.5
"""Of what systemd-analyze says of the unit, 0 to 10."""


def install(action: str, root: Path, **env: str) -> subprocess.CompletedProcess[str]:
    given = {"PATH": os.environ["PATH"], "HOME": "/home/somebody", "DESTDIR": str(root), **env}
    return subprocess.run(
        ["sh", str(SCRIPT), action], env=given, capture_output=True, text=True, check=False
    )


def files(root: Path) -> set[str]:
    return {f"/{path.relative_to(root)}" for path in root.rglob("*") if not path.is_dir()}


UNITS = {
    "system": {
        "/etc/systemd/system/relay.service",
        "/etc/systemd/system/relay.socket",
        "/etc/sysusers.d/douyin-live-relay.conf",
    },
    "user": {
        "/home/somebody/.config/systemd/user/relay.service",
        "/home/somebody/.config/systemd/user/relay.socket",
    },
}
CONFIGS = {
    "system": "/etc/douyin-live-relay/config.toml",
    "user": "/home/somebody/.config/douyin-live-relay/config.toml",
}


@pytest.mark.parametrize("service", ["system", "user"])
def test_units_come_and_go_and_the_configuration_stays(tmp_path: Path, service: str) -> None:
    done = install("units", tmp_path, SERVICE=service, PREFIX="/srv/here")
    assert done.returncode == 0, done.stderr
    assert files(tmp_path) == UNITS[service] | {CONFIGS[service]}
    unit = next(tmp_path.rglob("relay.service")).read_text(encoding="utf-8")
    (start,) = re.findall(r"^ExecStart=(\S+) ", unit, re.MULTILINE)
    assert start == "/srv/here/lib/douyin-live-relay/bin/relay"
    config = tmp_path / CONFIGS[service][1:]
    config.write_text("# mine\n", encoding="utf-8")
    install("units", tmp_path, SERVICE=service, PREFIX="/srv/here")
    assert config.read_text(encoding="utf-8") == "# mine\n", "what is configured is left alone"
    done = install("uninstall", tmp_path, SERVICE=service, PREFIX="/srv/here")
    assert done.returncode == 0, done.stderr
    assert files(tmp_path) == {CONFIGS[service]}


def test_what_it_has_not_made_is_not_removed(tmp_path: Path) -> None:
    other = tmp_path / "srv/lib/douyin-live-relay/precious"
    other.parent.mkdir(parents=True)
    other.touch()
    done = install("uninstall", tmp_path, PREFIX="/srv")
    assert done.returncode == 1
    assert other.exists()


@pytest.mark.parametrize("env", [{"SERVICE": "both"}, {"PREFIX": "here"}, {"DESTDIR": "here"}])
def test_what_makes_no_sense_is_refused(tmp_path: Path, env: dict[str, str]) -> None:
    assert install("units", tmp_path, **env).returncode == 2
    assert files(tmp_path) == set()


def analyze(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd-analyze on this machine (Debian: apt-get install systemd)")
    return subprocess.run(
        ["systemd-analyze", *arguments],
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("service", ["system", "user"])
def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path, service: str) -> None:
    install("units", tmp_path, SERVICE=service)
    unit = next(tmp_path.rglob("relay.service"))
    # That there is such a program is looked at, too.
    text = re.sub(r"^ExecStart=\S+", f"ExecStart={sys.executable}", unit.read_text(), flags=re.M)
    unit.write_text(text, encoding="utf-8")
    where = ["--user"] if service == "user" else []
    units = str(unit), str(unit.with_name("relay.socket"))
    said = analyze(*where, "verify", *units, XDG_RUNTIME_DIR=str(tmp_path))
    assert (said.returncode, said.stdout) == (0, "")
    # The machine's own units may have something wrong with them.
    assert "relay" not in said.stderr


@pytest.mark.parametrize("service", ["system", "user"])
def test_a_reload_fails_for_a_configuration_that_is_refused(tmp_path: Path, service: str) -> None:
    install("units", tmp_path, SERVICE=service)
    unit = next(tmp_path.rglob("relay.service")).read_text(encoding="utf-8")
    look, hang_up = re.findall(r"^ExecReload=(.*)", unit, re.MULTILINE)
    assert hang_up == "/bin/kill -HUP $MAINPID"
    config = tmp_path / ("my own" if service == "user" else "theirs") / "config.toml"
    config.parent.mkdir()
    # What systemd does with it, and with the folder that it knows.
    command = [
        re.sub(r"[^\s\"]+/config\.toml", str(config), word).replace(
            "/usr/local/lib/douyin-live-relay/bin/relay"
            if service == "system"
            else "/home/somebody/.local/lib/douyin-live-relay/bin/relay",
            f"{sys.executable} -m relay",
        )
        for word in shlex.split(look)
    ]
    for text, is_taken in (("[server]\nport = 1\n", True), ("[server]\nport = 0.5\n", False)):
        config.write_text(text, encoding="utf-8")
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert (done.returncode == 0) is is_taken, done.stderr
        assert done.stdout == "", "the journal need not have it"
        assert is_taken or "server.port" in done.stderr


def test_the_service_is_shut_in() -> None:
    unit = ROOT / "systemd" / "relay.service"
    said = analyze("security", "--offline=yes", "--no-pager", str(unit))
    (exposure,) = re.findall(r"Overall exposure level for relay\.service: ([\d.]+)", said.stdout)
    assert float(exposure) <= MAX_EXPOSURE


@pytest.mark.parametrize("prefix", ["/srv/my relay", "/srv/50%", "srv"])
def test_a_prefix_that_units_can_not_name_is_refused(tmp_path: Path, prefix: str) -> None:
    done = install("units", tmp_path, PREFIX=prefix)
    assert done.returncode == 2
    assert f"PREFIX={prefix}: " in done.stderr
    assert files(tmp_path) == set()
