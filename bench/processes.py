"""Runs the relay, the simulator and peers as processes of their own, to be measured."""

import contextlib
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOM = "80000000001"
"""The simulator's first room."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def process(*argv: str, ready: str) -> Iterator[subprocess.Popen]:
    """Run a program until the block ends; enter once it has printed `ready`."""
    with tempfile.TemporaryFile() as log:
        child = subprocess.Popen(
            [sys.executable, *argv], stdout=subprocess.PIPE, stderr=log, text=True
        )
        try:
            assert child.stdout is not None
            for line in child.stdout:
                if ready in line:
                    break
            else:
                log.seek(0)
                raise SystemExit(f"{argv[0]} did not start:\n{log.read().decode()[-2000:]}")
            yield child
        finally:
            child.send_signal(signal.SIGINT)
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                # A peer that can't keep up never gets round to its signal.
                child.kill()
                child.wait()


@contextlib.contextmanager
def relay(rate: float) -> Iterator[tuple[int, int]]:
    """Run a relay that watches one simulated room; gives its process id and port."""
    sim_port, port = free_port(), free_port()
    sim = ("-m", "relay", "sim", "--rooms", "1", "--rate", str(rate), "--port", str(sim_port))
    with process(*sim, ready=str(sim_port)), tempfile.TemporaryDirectory() as folder:
        base = f"127.0.0.1:{sim_port}"
        config = Path(folder) / "config.toml"
        config.write_text(
            f'[server]\nport = {port}\n[[rooms]]\nroom = "{ROOM}"\n[log]\nlevel = "warning"\n'
            f'[upstream]\nlive_url = "http://{base}"\nwebcast_url = "http://{base}"\n'
            f'push_urls = ["ws://{base}"]\ncalls_per_s = 1000\n'
        )
        with process("-m", "relay", "serve", "--config", str(config), ready=str(port)) as child:
            yield child.pid, port
