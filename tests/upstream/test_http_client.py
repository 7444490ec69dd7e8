"""How refusals of the HTTP side look, and what a hostile answer may cost."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import pytest
from aiohttp import web

from relay.errors import UpstreamError
from relay.upstream.http import USER_AGENT, HttpClient, proxy_for


@asynccontextmanager
async def served(
    handler: Callable[[web.Request], Awaitable[web.StreamResponse]],
) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handler)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    finally:
        await runner.cleanup()


async def cause_of(url: str, **kwargs: int) -> str:
    async with HttpClient() as http:
        with pytest.raises(UpstreamError) as refusal:
            await http.get(url, **kwargs)  # type: ignore[arg-type]
    return refusal.value.cause


@pytest.mark.parametrize(
    ("status", "headers", "body", "cause"),
    [
        (200, {}, b"", "empty_body"),
        (200, {"bdturing-verify": '{"code":"10000"}'}, b"{}", "captcha"),
        (200, {"x-vc-bdturing-parameters": "abc"}, b"", "captcha"),
        (401, {}, b"", "forbidden"),
        (403, {}, b"", "forbidden"),
        (444, {}, b"", "forbidden"),
        (429, {}, b"", "rate_limited"),
        (404, {}, b"", "not_found"),
        (410, {}, b"", "not_found"),
        (500, {}, b"", "server_error"),
        (503, {}, b"x", "server_error"),
        (418, {}, b"x", "http_error"),
        (302, {"Location": "https://verify.example/"}, b"", "redirected"),
        (302, {}, b"", "redirected"),
    ],
)
async def test_refusals_are_told_apart(
    status: int, headers: dict[str, str], body: bytes, cause: str
) -> None:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(status=status, headers=headers, body=body)

    async with served(answer) as url:
        assert await cause_of(url) == cause


async def test_a_dead_host_is_unreachable() -> None:
    async with served(_never) as url:
        pass
    assert await cause_of(url) == "unreachable"


async def test_why_a_host_is_unreachable_is_said_in_plain_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def message(url: str) -> str:
        async with HttpClient() as http:
            with pytest.raises(UpstreamError) as refusal:
                await http.get(url)
        return str(refusal.value)

    async with served(_never) as url:
        closed = url
        tls = url.replace("http:", "https:")
        assert (await message(tls)).startswith("127.0.0.1 can't be reached: TLS fails: ")
    assert await message(closed) == "127.0.0.1 can't be reached: Connection refused"
    port = urlsplit(closed).port
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{port}")
    assert await message("http://live.example/") == (
        f"live.example can't be reached: the proxy 127.0.0.1:{port}: Connection refused"
    )


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 twohundred\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nBad\x01 header\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnot hex\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nfour",
        b"",
    ],
)
async def test_what_is_said_of_broken_answers_is_one_line(answer: bytes) -> None:
    async def write(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        writer.close()

    server = await asyncio.start_server(write, "127.0.0.1", 0)
    async with server, HttpClient() as http:
        with pytest.raises(UpstreamError) as refusal:
            await http.get(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
    assert refusal.value.cause in ("unreachable", "bad_body")
    assert str(refusal.value).isprintable()
    assert len(str(refusal.value)) < 300


async def _never(_request: web.Request) -> web.StreamResponse:
    raise AssertionError("nobody asks")


async def test_requests_are_those_of_one_browser_without_a_jar() -> None:
    seen: list[web.Request] = []

    async def answer(request: web.Request) -> web.Response:
        seen.append(request)
        response = web.Response(text="x")
        response.set_cookie("ttwid", "abc%7C1")
        return response

    async with served(answer) as url, HttpClient() as http:
        first = await http.get(url, params=[("a", "1 2"), ("b", "")], cookies={"x": "1", "y": "2"})
        await http.get(url)

    assert first.cookies == {"ttwid": "abc%7C1"}
    assert seen[0].headers["User-Agent"] == USER_AGENT
    assert seen[0].headers["Cookie"] == "x=1; y=2"
    assert seen[0].query_string == "a=1 2&b="
    # What was set is not sent on by itself.
    assert "Cookie" not in seen[1].headers


async def test_redirects_on_the_same_host_are_followed_a_few_times() -> None:
    async def answer(request: web.Request) -> web.Response:
        if request.path == "/round":
            raise web.HTTPFound("/round")
        if request.path != "/there":
            raise web.HTTPFound("/there")
        return web.Response(text="arrived")

    async with served(answer) as url, HttpClient() as http:
        assert (await http.get(url)).body == b"arrived"
        with pytest.raises(UpstreamError, match="redirects more than"):
            await http.get(url + "round")


async def test_cookies_do_not_follow_a_redirect_to_another_host() -> None:
    seen: list[str] = []

    async def elsewhere(request: web.Request) -> web.Response:
        seen.append(request.headers.get("Cookie", ""))
        return web.Response(text="x")

    async with served(elsewhere) as other:

        async def answer(_request: web.Request) -> web.Response:
            raise web.HTTPFound(other)

        async with served(answer) as url:
            assert await cause_of(url) == "redirected"
    assert seen == []


async def test_an_answer_that_is_too_large_is_given_up() -> None:
    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b"x" * 65536)

    async with served(endless) as url:
        assert await cause_of(url, max_bytes=300_000) == "too_large"


async def test_an_answer_that_inflates_too_far_is_given_up() -> None:
    bomb = gzip.compress(b"\0" * (64 * 1024 * 1024))

    async def answer(_request: web.Request) -> web.Response:
        return web.Response(body=bomb, headers={"Content-Encoding": "gzip"})

    async with served(answer) as url:
        assert await cause_of(url, max_bytes=300_000) == "too_large"


async def test_an_answer_that_breaks_off_or_lies_is_an_error_of_ours() -> None:
    async def cut(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
        writer.close()

    async def lie(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nhalf")
        writer.close()

    async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"what?\r\n\r\n")
        writer.close()

    for handler, cause in ((cut, "bad_body"), (lie, "bad_body"), (babble, "unreachable")):
        server = await asyncio.start_server(handler, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            assert await cause_of(f"http://127.0.0.1:{port}/") == cause


async def test_errors_do_not_show_the_query(monkeypatch: pytest.MonkeyPatch) -> None:
    async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 2000 what?\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(babble, "127.0.0.1", 0)
    async with server, HttpClient() as http:
        port = server.sockets[0].getsockname()[1]
        for url in (
            f"http://127.0.0.1:{port}/sign?key=secret",
            "http://127.0.0.1:1/sign?key=secret",
            "http:///sign?key=secret",
            "http://127.0.0.1:99999999/sign?key=secret",
        ):
            with pytest.raises(UpstreamError) as failure:
                await http.post_json(url, {}, max_bytes=1000)
            assert failure.value.cause == "unreachable"
            assert "secret" not in str(failure.value)


def test_loopback_is_never_proxied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
    monkeypatch.setenv("http_proxy", "http://proxy.example:3128")
    monkeypatch.setenv("no_proxy", "webcast.amemv.com")
    assert proxy_for("https://live.douyin.com/x") == "http://proxy.example:3128"
    assert proxy_for("wss://webcast100-ws-web-lf.douyin.com/x") == "http://proxy.example:3128"
    assert proxy_for("https://webcast.amemv.com/x") is None
    assert proxy_for("http://127.0.0.1:1234/x") is None
    assert proxy_for("ws://[::1]:1234/x") is None
    assert proxy_for("http://localhost/x") is None
