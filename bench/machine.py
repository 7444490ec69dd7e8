"""Cores, clocks and memory of the machine that is measured on; used by all of the bench."""

import asyncio
import contextlib
import ctypes
import os
import platform
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psutil

_CORES = sorted(os.sched_getaffinity(0))
SERVER_CORE = _CORES[0]
"""What is measured runs here, alone."""
CLIENT_CORE = _CORES[-1]
"""Readers and feeders run here."""

_libc = ctypes.CDLL(None)


def pin() -> None:
    """Move this process to the client core, ahead of the readers where that is permitted."""
    os.sched_setaffinity(0, {CLIENT_CORE})
    with contextlib.suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, 0, -10)


@contextlib.contextmanager
def on_server_core(cores: set[int] | None = None) -> Iterator[None]:
    """Let processes that are started inside run on the server core, or on `cores`."""
    before, nice = os.sched_getaffinity(0), os.getpriority(os.PRIO_PROCESS, 0)
    os.sched_setaffinity(0, cores or {SERVER_CORE})
    with normal_priority():
        try:
            yield
        finally:
            os.sched_setaffinity(0, before)
    assert os.getpriority(os.PRIO_PROCESS, 0) == nice


@contextlib.contextmanager
def normal_priority() -> Iterator[None]:
    """Let processes that are started inside have the usual priority."""
    nice = os.getpriority(os.PRIO_PROCESS, 0)
    os.setpriority(os.PRIO_PROCESS, 0, 0)
    try:
        yield
    finally:
        with contextlib.suppress(PermissionError):
            os.setpriority(os.PRIO_PROCESS, 0, nice)


def family(pid: int) -> list[int]:
    """Give a process and those that it has started."""
    return [pid, *(child.pid for child in psutil.Process(pid).children(recursive=True))]


def cpu_s(pid: int) -> float:
    """Give the CPU time of a process and those that it has started, user and system.

    The kernel's own account of them, as in /proc/PID/stat, but in nanoseconds.
    """
    return sum(time.clock_gettime(_clock_of(each)) for each in family(pid))


def kernel_s(pid: int) -> float:
    """Give the part of it that the kernel took, in steps of 10 ms."""
    return sum(psutil.Process(each).cpu_times().system for each in family(pid))


def rss_bytes(pid: int) -> int:
    """Give the resident memory of a process and those that it has started."""
    return sum(psutil.Process(each).memory_info().rss for each in family(pid))


def idle_s(core: int) -> float:
    """Give how long a core has been idle, in steps of 10 ms."""
    for line in Path("/proc/stat").read_text().splitlines():
        name, *ticks = line.split()
        if name == f"cpu{core}":
            return (int(ticks[3]) + int(ticks[4])) / os.sysconf("SC_CLK_TCK")
    raise SystemExit(f"/proc/stat does not know core {core}")


async def wait_until(moment_s: float) -> float:
    """Wait for a moment of the clock to the microsecond; gives how late it is."""
    left_s = moment_s - time.time() - 0.0015
    if left_s > 0:
        await asyncio.sleep(left_s)
    while (now := time.time()) < moment_s:
        pass
    return now - moment_s


def describe() -> str:
    """Say when and where."""
    with contextlib.suppress(OSError, StopIteration):
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next(line for line in lines if line.startswith("model name")).partition(": ")[2]
    today = datetime.now(UTC).date().isoformat()
    return (
        f"{today}, {model}, {os.cpu_count()} cores, Linux {platform.release()},"
        f" Python {platform.python_version()}"
    )


def _clock_of(pid: int) -> int:
    clock = ctypes.c_int()
    if _libc.clock_getcpuclockid(pid, ctypes.byref(clock)):
        raise SystemExit(f"process {pid} has gone")
    return clock.value
