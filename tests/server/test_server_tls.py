"""TLS on the relay's own port."""

import asyncio
import json
import os
import re
import shutil
import ssl
import time
from contextlib import suppress
from pathlib import Path

import aiohttp
import msgspec
import pytest
import structlog
from certificates import make_certificate, make_expired, trusting, with_tls
from serving import make_event, receive, relay_running
from websockets.exceptions import ConnectionClosed

from relay.config import Config, HubConfig, ServerConfig
from relay.errors import ConfigError
from relay.server.tls import Certificate, load_certificate


async def test_http_websockets_and_event_streams(tmp_path: Path) -> None:
    server = with_tls(tmp_path)
    trust = trusting(server.tls_cert)
    async with relay_running(server=server) as relay:
        assert relay.url.startswith("https://127.0.0.1:")
        relay.rooms.add("1")
        async with (
            relay.connect("?room_id=1", ssl=trust) as client,
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=trust)) as http,
        ):
            await receive(client, 3)
            async with http.get(f"{relay.url}/events?room_id=1") as stream:
                relay.publish("1", *(make_event() for _ in range(3)))
                offsets = [json.loads(frame)["offset"] for frame in await _texts(client, 3)]
                assert offsets == [1, 2, 3]
                while b'"offset":3' not in await stream.content.readline():
                    pass
            async with http.get(f"{relay.url}/healthz") as answer:
                assert answer.status == 200


async def test_a_plain_request_is_told_that_this_is_tls(tmp_path: Path) -> None:
    async with relay_running(server=with_tls(tmp_path)) as relay:
        plain = relay.url.replace("https", "http")
        async with aiohttp.ClientSession() as http:
            for path in ("/healthz", "/douyin/liveroom/info?room_id=1"):
                async with http.get(f"{plain}{path}") as answer:
                    assert answer.status == 400
                    assert "write https:// or wss://" in await answer.text()
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await http.ws_connect(f"{plain}/ws")
        assert refused.value.status == 400


async def test_rubbish_and_silence_in_place_of_a_handshake(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("relay.server.accepting.TLS_HANDSHAKE_S", 0.2)
    server = with_tls(tmp_path)
    async with relay_running(server=server) as relay:
        for sent in (b"", b"\x16", b"\x16\x03\x01\x00\x02xx", b"\x00" * 100):
            reader, writer = await asyncio.open_connection("127.0.0.1", relay.server.port)
            writer.write(sent)
            async with asyncio.timeout(10):
                with suppress(ConnectionError):
                    assert b" 200 " not in await reader.read()
            writer.transport.abort()
        reader, writer = await asyncio.open_connection("127.0.0.1", relay.server.port)
        writer.transport.abort()
        async with relay.connect(ssl=trusting(server.tls_cert)) as client:
            await receive(client, 1)


async def test_much_for_a_client_that_reads_late(tmp_path: Path) -> None:
    server = with_tls(tmp_path)
    hub = HubConfig(slow_bytes=1 << 30, history_events=100)
    async with relay_running(server=server, hub=hub) as relay:
        relay.rooms.add("1")
        trust = trusting(server.tls_cert)
        async with relay.connect(
            "?room_id=1", ssl=trust, max_size=None, compression=None
        ) as client:
            await receive(client, 3)
            events = [make_event(content="好" * 50_000) for _ in range(60)]
            relay.publish("1", *events)
            texts = await _texts(client, 60)
            assert [json.loads(text)["msg_id"] for text in texts] == [e.msg_id for e in events]


async def test_a_client_that_does_not_read_is_let_go(tmp_path: Path) -> None:
    server = with_tls(tmp_path)
    async with relay_running(server=server, hub=HubConfig(slow_s=0.2)) as relay:
        relay.rooms.add("1")
        trust = trusting(server.tls_cert)
        async with relay.connect(
            "?room_id=1", ssl=trust, max_size=None, compression=None
        ) as client:
            await receive(client, 3)
            client.transport.pause_reading()
            while relay.hub.counters.slow_closes == 0:
                relay.publish("1", *(make_event(content="好" * 50_000) for _ in range(20)))
                await asyncio.sleep(0.01)
            async with asyncio.timeout(10):
                await relay.rooms.let_go()
                client.transport.resume_reading()
                with pytest.raises(ConnectionClosed):
                    await _texts(client, 1000)


async def test_a_new_certificate_is_shown_to_who_comes_next_and_nobody_is_dropped(
    tmp_path: Path,
) -> None:
    server = with_tls(tmp_path)
    old = trusting(server.tls_cert)
    async with relay_running(server=server) as relay, relay.connect(ssl=old) as before:
        await receive(before, 1)
        make_certificate(tmp_path)
        new = trusting(server.tls_cert)
        relay.server.reconfigure(Config(server=server))
        async with relay.connect(ssl=new) as after:
            await receive(after, 1)
        with pytest.raises(ssl.SSLCertVerificationError):
            await relay.connect(ssl=old)
        assert await relay.sent(before) == []


async def test_a_certificate_without_its_key_is_refused_and_the_old_one_stays(
    tmp_path: Path,
) -> None:
    server = with_tls(tmp_path)
    trust = trusting(server.tls_cert)
    _, other_key = make_certificate(tmp_path, "other")
    async with relay_running(server=server) as relay:
        for changes in ({"tls_key": other_key}, {"tls_cert": str(tmp_path / "none.crt")}):
            changed = msgspec.structs.replace(server, **changes)
            with pytest.raises(ConfigError, match=r"^server\.tls_cert"):
                relay.server.reconfigure(Config(server=changed))
        async with relay.connect(ssl=trust) as client:
            await receive(client, 1)


async def test_a_key_that_is_late_is_refused_and_the_old_one_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = with_tls(tmp_path)
    trust = trusting(server.tls_cert)
    renewed, _ = make_certificate(tmp_path, "renewed")

    def renew_behind(given: ServerConfig) -> Certificate:
        """Whatever was looked at is something else a moment later."""
        loaded = load_certificate(given)
        os.replace(renewed, server.tls_cert)
        return loaded

    async with relay_running(server=server) as relay:
        monkeypatch.setattr("relay.server.listening.load_certificate", renew_behind)
        relay.server.reconfigure(Config(server=server))
        monkeypatch.undo()
        async with relay.connect(ssl=trust) as client:
            assert (await receive(client))[0]["op"] == "hello"
        with pytest.raises(ConfigError, match="are not a certificate and its key"):
            relay.server.reconfigure(Config(server=server))
        async with relay.connect(ssl=trust) as client:
            assert (await receive(client))[0]["op"] == "hello"


async def test_files_that_are_no_certificate_are_refused_in_words(tmp_path: Path) -> None:
    server = with_tls(tmp_path)
    shutil.copy(server.tls_cert, server.tls_key)
    with pytest.raises(ConfigError, match="are not a certificate and its key"):
        async with relay_running(server=server):
            pass


async def test_an_expired_certificate_is_used_and_told(tmp_path: Path) -> None:
    certificate, key = make_expired(tmp_path)
    server = ServerConfig(port=0, tls_cert=certificate, tls_key=key)
    with structlog.testing.capture_logs() as logs:
        async with relay_running(server=server):
            pass
    (told,) = [line for line in logs if line["log_level"] == "warning"]
    assert told["tls_cert"] == certificate
    assert re.fullmatch(r"it has expired on \d{4}-\d\d-\d\d", told["reason"])
    with structlog.testing.capture_logs() as logs:
        async with relay_running(server=with_tls(tmp_path)):
            pass
    assert [line for line in logs if line["log_level"] == "warning"] == []


async def test_an_expired_certificate_is_told_again_and_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate, key = make_expired(tmp_path)
    server = ServerConfig(port=0, tls_cert=certificate, tls_key=key)
    monkeypatch.setattr("relay.server.listening.CERTIFICATE_LOOK_S", 0.01)
    with structlog.testing.capture_logs() as logs:
        async with relay_running(server=server), asyncio.timeout(10):
            while len([line for line in logs if line["log_level"] == "warning"]) < 3:  # noqa: ASYNC110
                await asyncio.sleep(0.01)


async def test_a_certificate_says_when_it_counts(tmp_path: Path) -> None:
    server = with_tls(tmp_path)
    loaded = load_certificate(server)
    now_s, day_s = time.time(), 86_400
    begins_s, ends_s = loaded.begins_s, loaded.ends_s
    assert begins_s is not None
    assert ends_s is not None
    assert ends_s - begins_s == 2 * day_s
    assert begins_s <= now_s < ends_s
    assert "counts from" in loaded.fault(begins_s - 1)
    assert loaded.fault(ends_s - 0.41 * day_s) == ""
    assert "should have been renewed" in loaded.fault(ends_s - 0.39 * day_s)
    assert "has expired" in loaded.fault(ends_s + 1)
    long = loaded._replace(begins_s=ends_s - 365 * day_s)
    assert long.fault(ends_s - 14.1 * day_s) == ""
    assert "should have been renewed" in long.fault(ends_s - 13.9 * day_s)
    async with relay_running(server=server) as relay, aiohttp.ClientSession() as http:
        async with http.get(f"{relay.url}/metrics", ssl=trusting(server.tls_cert)) as answer:
            (line,) = re.findall(
                r"^relay_certificate_expiry_timestamp_seconds (.*)$",
                await answer.text(),
                re.MULTILINE,
            )
        assert float(line) == ends_s


@pytest.mark.parametrize("key", ["tls_cert", "tls_key"])
async def test_a_file_that_is_not_there_is_named(tmp_path: Path, key: str) -> None:
    server = with_tls(tmp_path)
    Path(getattr(server, key)).unlink()  # noqa: ASYNC240
    with pytest.raises(ConfigError, match=rf"^server\.{key}: .*No such file"):
        async with relay_running(server=server):
            pass


def test_home_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_certificate(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert load_certificate(ServerConfig(tls_cert="~/relay.crt", tls_key="~/relay.key")).ends_s


async def test_stop_tells_clients_to_come_back(tmp_path: Path) -> None:
    server = with_tls(tmp_path)
    trust = trusting(server.tls_cert)
    async with relay_running(server=server) as relay, relay.connect(ssl=trust) as client:
        await receive(client, 1)
        stopping = asyncio.ensure_future(relay.server.stop(5))
        with pytest.raises(ConnectionClosed):
            await client.recv()
        assert client.close_code == 3001
        await stopping


async def _texts(client, count: int) -> list[str]:  # type: ignore[no-untyped-def]
    async with asyncio.timeout(30):
        return [await client.recv() for _ in range(count)]
