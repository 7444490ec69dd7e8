"""A program or JavaScript file of the user's that signs, in a process of its own; made by chain.

It is started at the first request and answers one after the other: a JSON object a line, with the
keys of our own contract (http.py), is answered with {signed_url, …} as there, or with {signature}
or {a_bogus} alone, or with {error}. A `.js` file runs under Node, or in the embedded V8 of the
package mini-racer; it has `sign_socket(request)` and `sign_http(request)`, or a `get_sign(md5)`.
What doesn't answer in time, or takes more memory than it may, is killed and started anew.
"""

import asyncio
import hashlib
import importlib.util
import json
import os
import resource
import shutil
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import structlog

from relay.config import SignerConfig
from relay.errors import ConfigError
from relay.upstream.secrets import user_path
from relay.upstream.signers.http import with_parameter
from relay.upstream.signers.signing import (
    Fetched,
    HttpRequest,
    Signed,
    SocketRequest,
    check,
    decode,
    failed,
    read_signed,
)

_RUNNER = Path(__file__).with_name("runner.js")
_MAX_LINE_BYTES = 64 * 1024
_MAX_SHOWN = 200
_CLOSE_S = 2.0
"""How long a process that was killed is waited for."""

_log = structlog.get_logger(__name__)


class ScriptSigner:
    """One script."""

    def __init__(self, name: str, config: SignerConfig) -> None:
        """Raises ConfigError where the script can't be run."""
        self.name = name
        self._path = user_path(config.path).absolute()
        self._max_bytes = config.max_memory_bytes
        self._timeout_s = config.timeout_s
        self._command = _command(self._path, config.max_memory_bytes)
        self._process: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()
        self._answer: asyncio.Future[bytes] | None = None
        """What is waited for; b"": the process has ended."""
        self._answered = 0
        self._last_words = b""
        self._reading: list[asyncio.Task[None]] = []

    async def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is None:
            return
        with suppress(ProcessLookupError):
            # With what it may have started itself.
            os.killpg(process.pid, signal.SIGKILL)
        # What has left its group may hold its pipes open for ever.
        for task in self._reading:
            task.cancel()
        await asyncio.wait(self._reading)
        self._reading.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(_CLOSE_S):
                await process.wait()
        # Only the transport can let go of them; asyncio has no public way to it.
        process._transport.close()  # type: ignore[attr-defined]

    async def sign_socket(self, request: SocketRequest) -> Signed:
        """Have a push URL signed."""
        return self._read(request.url, "signature", await self._ask(request.question()))

    async def sign_http(self, request: HttpRequest) -> Signed | Fetched:
        """Have a request signed."""
        return self._read(request.url, "a_bogus", await self._ask(request.question()))

    def _read(self, url: str, parameter: str, answer: Any) -> Signed:
        if not isinstance(answer, dict):
            raise failed(self.name, "its answer is no object")
        if error := answer.get("error"):
            raise failed(self.name, f"it says: {str(error)[:_MAX_SHOWN]}")
        if "signed_url" in answer:
            return check(self.name, url, read_signed(self.name, answer))
        return with_parameter(self.name, url, parameter, str(answer.get(parameter) or ""))

    async def _ask(self, question: dict[str, str]) -> Any:
        line = json.dumps(question).encode() + b"\n"
        async with self._turn:
            try:
                # Those who wait for their turn are not charged for it.
                async with asyncio.timeout(self._timeout_s):
                    # One that ends after an answer may be meant so: it is asked once more.
                    again = self._answered > 0
                    answer = await self._exchange(line)
                    if not answer and again:
                        await self.close()
                        answer = await self._exchange(line)
            except TimeoutError:
                await self.close()
                why = f"it did not answer within {self._timeout_s:g} s"
                raise failed(self.name, why) from None
            except (OSError, ValueError) as error:
                await self.close()
                raise failed(self.name, f"it can't be asked: {error}") from None
            except BaseException:
                # It is somewhere in the middle, and its answer would be taken for the next one's.
                await self.close()
                raise
            if not answer:
                await self.close()
                raise failed(self.name, f"it ended without an answer{self._said()}")
            self._answered += 1
            return decode(self.name, answer)

    async def _exchange(self, line: bytes) -> bytes:
        if any(task.done() for task in self._reading[:1]):
            await self.close()  # it has ended since, or wrote what it was not asked for
        process = self._process or await self._start()
        if process.stdin is None:
            raise ValueError("a process without pipes")
        self._answer = asyncio.get_running_loop().create_future()
        with suppress(ConnectionError):  # then reading tells
            process.stdin.write(line)
            await process.stdin.drain()
        return await self._answer

    async def _start(self) -> asyncio.subprocess.Process:
        digest = await asyncio.to_thread(_digest, self._path)
        _log.info("signer script starts", signer=self.name, file=str(self._path), sha256=digest)
        self._last_words = b""
        self._process = process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd=self._path.parent,
            # Nothing of ours: tokens may stand there.
            env={"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8"},
            limit=_MAX_LINE_BYTES,
            start_new_session=True,
        )
        # Linux has it. An embedded V8 sets more aside than it uses, and bounds its heap itself.
        if hasattr(resource, "prlimit") and self._command[0] != sys.executable:
            with suppress(ProcessLookupError):
                limits = (self._max_bytes, self._max_bytes)
                resource.prlimit(process.pid, resource.RLIMIT_DATA, limits)
        self._answered, self._answer = 0, None
        self._reading = [
            asyncio.create_task(self._read_answers(process), name=f"signer:{self.name}"),
            asyncio.create_task(self._listen(process), name=f"signer:{self.name}:stderr"),
        ]
        return process

    async def _read_answers(self, process: asyncio.subprocess.Process) -> None:
        """Take each line for the answer to what was asked last."""
        line = b"-"
        while line and process.stdout is not None:
            try:
                line = await process.stdout.readline()
            except ValueError:  # longer than the limit
                line = b""
            if self._answer is None or self._answer.done():
                if line:
                    # From now on it would be a line late: the next one asks a new process.
                    await self._end_unasked(process)
                return
            self._answer.set_result(line)

    async def _end_unasked(self, process: asyncio.subprocess.Process) -> None:
        _log.warning("a signer's script writes more than it is asked for", signer=self.name)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        """Take what it prints on standard error, and keep the end of it."""
        if process.stderr is None:
            return
        while data := await process.stderr.read(4096):
            self._last_words = (self._last_words + data)[-_MAX_SHOWN:]

    def _said(self) -> str:
        words = " ".join(self._last_words.decode(errors="replace").split())
        return f"; it said: {words}" if words else ""


def _command(path: Path, max_bytes: int) -> Sequence[str]:
    if not path.is_file():
        raise ConfigError(f"path: {path} is no file")
    if path.suffix != ".js":
        if not os.access(path, os.X_OK):
            raise ConfigError(f"path: {path} is no program; run: chmod +x {path}")
        return [str(path)]
    if node := shutil.which("node"):
        return [node, f"--max-old-space-size={max(max_bytes >> 20, 16)}", str(_RUNNER), str(path)]
    if importlib.util.find_spec("py_mini_racer") is not None:
        module = "relay.upstream.signers.racer"
        return [sys.executable, "-P", "-m", module, str(path), str(max_bytes)]
    raise ConfigError("path: to run a .js file, install Node.js, or the package mini-racer")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
