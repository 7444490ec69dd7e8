"""Hardly any file descriptors left: whoever is there stays, and whoever comes waits."""

import asyncio
import errno
import os
import resource
import socket
from collections.abc import Iterator
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Any, ClassVar

import pytest
import structlog
from certificates import trusting, with_tls
from raw import raw_connection
from serving import make_event, receive, relay_running

from relay.config import LimitsConfig, ServerConfig
from relay.server import accepting, listening
from relay.server import limits as limits_module


@pytest.fixture
def few_descriptors() -> Iterator[int]:
    """Few more file descriptors than are in use; gives how many connections are accepted."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    used = os.dup(0)
    os.close(used)
    resource.setrlimit(resource.RLIMIT_NOFILE, (used + 120, before[1]))
    try:
        yield 120 - min(accepting.SPARE_DESCRIPTORS, (used + 120) // 4)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


async def test_accepting_rests_while_hardly_any_descriptors_are_left(few_descriptors: int) -> None:
    with structlog.testing.capture_logs() as logs:
        async with relay_running() as relay, AsyncExitStack() as stack:
            relay.rooms.add("1")
            client = await stack.enter_async_context(relay.connect("?room_id=1"))
            await receive(client, 3)
            # Both ends are ours, so two descriptors each.
            many = await stack.enter_async_context(AsyncExitStack())
            for _ in range(few_descriptors // 2 + 4):
                await many.enter_async_context(raw_connection(relay))
            async with asyncio.timeout(10):
                while not relay.server._state.accept_rests:  # noqa: ASYNC110  nobody tells
                    await asyncio.sleep(0)
            late = asyncio.ensure_future(relay.connect("?room_id=1"))
            for _ in range(3):
                relay.publish("1", make_event())
                assert (await receive(client))[0]["method"] == "WebcastChatMessage"
            assert not late.done()
            await many.aclose()
            async with asyncio.timeout(10):
                connection = await late
            assert (await receive(connection))[0]["op"] == "hello"
            await connection.close()
    said = [line for line in logs if "no new clients" in line["event"]]
    assert len(said) == 1


class Failing(socket.socket):
    """A listening socket that fails with these errors first."""

    errors: ClassVar[list[int]] = []

    def accept(self) -> tuple[socket.socket, Any]:
        if self.errors:
            number = self.errors.pop(0)
            raise OSError(number, os.strerror(number))
        return super().accept()


async def test_accepting_goes_on_after_errors_of_any_kind_and_says_so_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bind = listening._bind

    async def failing(*arguments: Any, **named: Any) -> list[socket.socket]:
        return [Failing(fileno=bound.detach()) for bound in await bind(*arguments, **named)]

    monkeypatch.setattr(listening, "_bind", failing)
    monkeypatch.setattr(accepting, "REST_S", 0.001)
    monkeypatch.setattr(
        Failing, "errors", [errno.EPROTO, errno.EHOSTUNREACH, *[errno.EINVAL] * 3, errno.EMFILE]
    )
    failures: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, about: failures.append(about))
    with structlog.testing.capture_logs() as logs:
        async with relay_running(server=ServerConfig(port=0)) as relay, relay.connect() as client:
            assert (await receive(client))[0]["op"] == "hello"
            assert relay.server._state.accept_rests == 4, "not for what befell one connection"
    assert Failing.errors == []
    assert failures == []
    assert [line["error"] for line in logs if "no new clients" in line["event"]] == [
        "[Errno 22] Invalid argument"
    ]


async def test_the_oldest_handshake_of_tls_makes_way(tmp_path: Path) -> None:
    server = with_tls(tmp_path)
    trust = trusting(server.tls_cert)
    limits = LimitsConfig(opening_connections=2)
    async with relay_running(server=server, limits=limits) as relay, AsyncExitStack() as stack:
        silent = [await stack.enter_async_context(raw_connection(relay)) for _ in range(5)]
        async with relay.connect(ssl=trust) as client:
            assert (await receive(client))[0]["op"] == "hello"
        async with asyncio.timeout(10):
            for reader, _ in silent[:3]:
                with suppress(ConnectionResetError):
                    assert await reader.read() == b""
        assert relay.server._state.refused["opening_connections"] >= 3


async def test_handshakes_of_tls_count_for_their_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Those of this machine are not counted otherwise.
    monkeypatch.setattr(limits_module, "site_of", lambda address: address)
    server = with_tls(tmp_path)
    trust = trusting(server.tls_cert)
    limits = LimitsConfig(address_connections=2)
    async with relay_running(server=server, limits=limits) as relay, AsyncExitStack() as stack:
        _, writer = await stack.enter_async_context(raw_connection(relay))
        client = await stack.enter_async_context(relay.connect(ssl=trust))
        await receive(client)
        with pytest.raises(OSError):  # noqa: PT011  whichever way a handshake is broken off
            await relay.connect(ssl=trust)
        assert relay.server._state.refused["address_connections"] == 1
        writer.transport.abort()
        async with asyncio.timeout(10):
            while not relay.server._state.limits.may_connect("127.0.0.1"):  # noqa: ASYNC110
                await asyncio.sleep(0)
        other = await stack.enter_async_context(relay.connect(ssl=trust))
        assert (await receive(other))[0]["op"] == "hello"
