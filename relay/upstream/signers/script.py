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

_log = structlog.get_logger(__name__)


class ScriptSigner:
    """One script."""

    def __init__(self, name: str, config: SignerConfig) -> None:
        """Raises ConfigError where the script can't be run."""
        self.name = name
        self._path = Path(config.path).expanduser().absolute()
        self._max_bytes = config.max_memory_bytes
        self._command = _command(self._path, config.max_memory_bytes)
        self._process: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()
        self._last_words = b""
        self._listening: asyncio.Task[None] | None = None

    async def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            with suppress(ProcessLookupError):
                # With what it may have started itself.
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
        if self._listening is not None:
            await self._listening
            self._listening = None

    async def sign_socket(self, request: SocketRequest) -> Signed:
        """Have a push URL signed."""
        question = {
            "kind": "ws",
            "url": request.url,
            "method": "GET",
            "user_agent": request.user_agent,
            "room_id": request.room_id,
            "user_unique_id": request.visitor_id,
            "x_ms_stub": request.stub,
        }
        return self._read(request.url, "signature", await self._ask(question))

    async def sign_http(self, request: HttpRequest) -> Signed | Fetched:
        """Have a request signed."""
        question = {
            "kind": "http",
            "url": request.url,
            "method": "GET",
            "user_agent": request.user_agent,
        }
        return self._read(request.url, "a_bogus", await self._ask(question))

    def _read(self, url: str, parameter: str, answer: Any) -> Signed:
        if not isinstance(answer, dict):
            raise failed(self.name, "its answer is no object")
        if error := answer.get("error"):
            raise failed(self.name, f"it says: {str(error)[:_MAX_SHOWN]}")
        if "signed_url" in answer:
            return check(self.name, url, read_signed(self.name, answer))
        return with_parameter(self.name, url, parameter, str(answer.get(parameter) or ""))

    async def _ask(self, question: dict[str, str]) -> Any:
        async with self._turn:
            try:
                line = await self._exchange(json.dumps(question).encode() + b"\n")
            except (OSError, ValueError) as error:
                await self.close()
                raise failed(self.name, f"it can't be asked: {error}") from None
            except BaseException:
                # It is somewhere in the middle, and its answer would be taken for the next one's.
                await self.close()
                raise
            if not line:
                await self.close()
                raise failed(self.name, f"it ended without an answer{self._said()}")
            return decode(self.name, line)

    async def _exchange(self, line: bytes) -> bytes:
        process = self._process or await self._start()
        if process.stdin is None or process.stdout is None:
            raise ValueError("a process without pipes")
        with suppress(ConnectionError):  # then reading tells
            process.stdin.write(line)
            await process.stdin.drain()
        # A line that is longer than the limit raises ValueError.
        return await process.stdout.readline()

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
        self._listening = asyncio.create_task(self._listen(process), name=f"signer:{self.name}")
        return process

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
        return [sys.executable, "-m", module, str(path), str(max_bytes)]
    raise ConfigError("path: to run a .js file, install Node.js, or the package mini-racer")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
