"""A Chromium that we start: where it is found, how it is told to behave, and that it ends with us.

Used by browser.
"""

import asyncio
import os
import re
import shutil
import signal
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from typing import Self

import structlog

from relay.errors import ConfigError, UpstreamError
from relay.upstream.outage import on_one_line

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_VERSION_S = 10.0
_STOP_S = 5.0
_MAX_SAID_BYTES = 4096
"""Of what it writes to standard error, kept for the case that it does not start."""
_VERSION = re.compile(rb"\b(\d{2,4})\.\d+\.\d+")

_ARGUMENTS = (
    "--headless=new",
    "--remote-debugging-pipe",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-gpu",
    # Nothing of its own over the network: no updates, no reports, no sync.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-breakpad",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-quic",
    "--disable-features=Translate,MediaRouter,OptimizationHints",
    # Nobody looks at these pages, and still their timers are to run on time.
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--disable-hang-monitor",
    "--mute-audio",
    # No keyring of the desktop's.
    "--password-store=basic",
    # Containers have 64 MiB of /dev/shm.
    "--disable-dev-shm-usage",
    "--window-size=1920,1080",
    "--lang=zh-CN",
    # A page that grows without end crashes alone, and is opened again.
    "--js-flags=--max-old-space-size=512",
)

# The pipe is standard input and output here, since only these can be handed on by number; Chromium
# wants it as 3 and 4. The shell outlives it only to delete its profile, whoever is still there.
_SHELL = """
exec 3<&0 4>&1 </dev/null >/dev/null
profile=$0
"$@" &
exec 3<&- 4>&-
wait $!
code=$?
[ -z "$profile" ] || rm -rf -- "$profile"
exit $code
"""

_log = structlog.get_logger(__name__)


def find_executable(named: str) -> str:
    """Give the path of the Chromium that `[browser] executable` names.

    Raises ConfigError where there is none, with what to install.
    """
    if named != "auto":
        found = shutil.which(os.path.expanduser(named))
        if found is None:
            raise ConfigError(f"browser.executable: {named!r} is no program that can be run")
        return found
    for name in _NAMES:
        if found := shutil.which(name):
            return found
    raise ConfigError(
        f"browser.executable: none of {', '.join(_NAMES)} is installed (Debian, Ubuntu: "
        "apt install chromium); or name one by its path"
    )


class ChromiumProcess:
    """A headless Chromium, from its start to its end."""

    def __init__(
        self,
        process: asyncio.subprocess.Process,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        profile_to_delete: str,
    ) -> None:
        self.reader = reader
        """What it says, see carriers."""
        self.writer = writer
        """What it is told."""
        self._process = process
        self._profile_to_delete = profile_to_delete
        self._said = b""
        self._listening = asyncio.create_task(self._listen(), name="browser:stderr")

    @classmethod
    async def start(cls, executable: str, profile_dir: str) -> Self:
        """Start it; `profile_dir` "": with a profile that is deleted at its end.

        Whether it works shows in what it answers. Raises UpstreamError `browser_down`.
        """
        arguments = [*_ARGUMENTS, *await _user_agent_argument(executable)]
        if os.geteuid() == 0:
            _log.warning(
                "the browser runs without its sandbox, since the relay runs as root; better is a "
                "user of its own"
            )
            arguments.append("--no-sandbox")
        temporary = ""
        profile = os.path.expanduser(profile_dir)  # noqa: ASYNC240  does not look
        try:
            if not profile:
                temporary = profile = tempfile.mkdtemp(prefix="douyin-relay-browser-")
            process = await asyncio.create_subprocess_exec(
                "/bin/sh", "-c", _SHELL, temporary, executable, *arguments,
                f"--user-data-dir={profile}",
                "about:blank",
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                # One group, so that nothing of it is left; and Ctrl-C is for us alone.
                start_new_session=True,
            )  # fmt: skip
        except BaseException as error:
            shutil.rmtree(temporary, ignore_errors=True)
            if isinstance(error, OSError):
                raise _not_started(executable, error) from None
            raise
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("a process without the pipes that were asked for")
        return cls(process, process.stdout, process.stdin, temporary)

    @property
    def said(self) -> str:
        """The last it wrote to standard error, on one line; "" where it wrote nothing."""
        lines = [line for line in self._said.decode(errors="replace").splitlines() if line.strip()]
        return on_one_line(lines[-1]) if lines else ""

    async def stop(self, within_s: float = _STOP_S) -> None:
        """Wait for its end, which the close of the pipe brings; end it by force where it doesn't.

        Leaves no process and no profile that was made for it.
        """
        try:
            self.writer.close()
            try:
                async with asyncio.timeout(within_s):
                    await self._process.wait()
            except TimeoutError:
                _log.info("the browser does not end by itself and is killed")
        finally:
            if self._process.returncode is None:
                with suppress(ProcessLookupError):
                    os.killpg(self._process.pid, signal.SIGKILL)
                await self._process.wait()
            self._listening.cancel()
            await asyncio.wait((self._listening,))
            if self._profile_to_delete:
                await asyncio.to_thread(shutil.rmtree, self._profile_to_delete, ignore_errors=True)

    async def _listen(self) -> None:
        """Read its standard error: a pipe that nobody empties would stop it."""
        stderr = self._process.stderr
        while stderr is not None and (chunk := await stderr.read(_MAX_SAID_BYTES)):
            self._said = (self._said + chunk)[-_MAX_SAID_BYTES:]


def _not_started(executable: str, error: OSError) -> UpstreamError:
    reason = error.strerror or error
    return UpstreamError("browser_down", f"{executable} can't be started: {reason}")


async def _user_agent_argument(executable: str) -> Sequence[str]:
    """Give the argument that makes it name itself as with a window, in pages, workers and headers.

    Upstream starves browsers of unusual names; one with a window is named by its version only.
    """
    try:
        process = await asyncio.create_subprocess_exec(
            executable, "--version",
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
    except OSError as error:
        raise _not_started(executable, error) from None
    said = b""
    try:
        async with asyncio.timeout(_VERSION_S):
            if process.stdout is not None:
                said = await process.stdout.readline()
            await process.wait()
    except (TimeoutError, ValueError):  # ValueError: a line without end
        pass
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    found = _VERSION.search(said)
    if found is None:
        raise UpstreamError("browser_down", f"{executable} --version names no version of Chromium")
    return (
        "--user-agent=Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
        f"Chrome/{int(found[1])}.0.0.0 Safari/537.36",
    )
