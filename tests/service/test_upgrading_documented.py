"""What docs/operations.md says of upgrading, against what `make install` does."""

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UPGRADING = (
    (ROOT / "docs" / "operations.md")
    .read_text(encoding="utf-8")
    .split("\n## Upgrading\n")[1]
    .split("\n## ")[0]
)


@pytest.mark.parametrize(("service", "home"), [("system", ""), ("user", "/home/somebody")])
def test_it_is_about_what_is_installed_where(tmp_path: Path, service: str, home: str) -> None:
    installed = subprocess.run(
        ["sh", ROOT / "systemd" / "install.sh", "units"],
        env={
            "PATH": os.environ["PATH"],
            "HOME": "/home/somebody",
            "DESTDIR": str(tmp_path),
            "SERVICE": service,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert installed.returncode == 0, installed.stderr
    told = set(re.findall(r"(?:/etc|~|/opt|/usr)/[\w./-]+", UPGRADING))
    there = {
        f"/{path.relative_to(tmp_path)}".replace(home, "~", 1)
        if home
        else f"/{path.relative_to(tmp_path)}"
        for path in tmp_path.rglob("*")
        if path.is_file()
    }
    root = "~" if home else "/"
    mine = {path for path in told if path.startswith(root)}
    assert mine
    assert mine <= there
    names = {Path(path).name for path in there}
    assert set(re.findall(r"`(relay\.\w+)`", UPGRADING)) <= names
    command = "make install SERVICE=user" if home else "sudo make install"
    assert f"`{command}`" in UPGRADING
