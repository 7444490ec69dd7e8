"""The signers that can be configured: sign servers of every shape, scripts, and several in turn."""

import asyncio
import os
import shutil
import stat
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import pytest
import structlog
from aiohttp import web
from fake_douyin import ROOM_ID, Answer, FakeDouyin, fake_douyin, json_answer, status_answer

from relay.config import BrowserConfig, SignerConfig
from relay.errors import ConfigError, UpstreamError
from relay.upstream.browser.pages import BrowserPages
from relay.upstream.http import USER_AGENT, HttpClient
from relay.upstream.params import push_stub
from relay.upstream.signers.chain import Chain, make_chain
from relay.upstream.signers.signing import Signed

VISITOR = "7300000000000000001"
URL = "wss://webcast100-ws-web-lf.douyin.com/webcast/im/push/v2/?a=1"
REQUEST = "https://live.douyin.com/webcast/ranklist/audience/?aid=6383&a=%20"
KEY = "made0up0key"
NO_BROWSER = BrowserPages(BrowserConfig(), "http://127.0.0.1:9")

Make = Callable[..., Chain]


@pytest.fixture
async def fake() -> AsyncIterator[FakeDouyin]:
    async with fake_douyin() as running:
        yield running


@pytest.fixture
async def make() -> AsyncIterator[Make]:
    made: list[Chain] = []
    async with HttpClient() as http:

        def make(*configs: SignerConfig) -> Chain:
            made.append(make_chain(configs, http, NO_BROWSER))
            return made[-1]

        yield make
        for chain in made:
            await chain.close()


@pytest.fixture
def key_file(tmp_path: Path) -> str:
    path = tmp_path / "key"
    path.touch(mode=0o600)
    path.write_text(f"{KEY}\n")
    return str(path)


def server(fake: FakeDouyin, shape: str, **changes: Any) -> SignerConfig:
    config = SignerConfig(kind="http", shape=shape, url=f"{fake.url}/base/")  # type: ignore[arg-type]
    return msgspec.structs.replace(config, **changes)


async def socket(chain: Chain, **refused: Any) -> tuple[Signed, str]:
    signed, name = await chain.sign_socket(URL, room_id=ROOM_ID, visitor_id=VISITOR, **refused)
    return signed, name


async def http(chain: Chain) -> Signed:
    signed = await chain.sign_http(REQUEST)
    assert isinstance(signed, Signed)
    return signed


async def failure(signing: Any) -> str:
    with pytest.raises(UpstreamError) as refusal:
        await signing
    assert refusal.value.cause == "signer"
    return str(refusal.value)


# Sign servers


async def test_one_that_makes_the_whole_url(fake: FakeDouyin, make: Make, key_file: str) -> None:
    whole = "wss://webcast3-ws-web-hl.douyin.com/webcast/im/push/v2/?b=2&signature=x"
    headers = {"User-Agent": "Another/1", "Cookie": "ttwid=theirs; a=b"}
    fake.page = json_answer({"roomId": ROOM_ID, "wssUrl": whole, "headers": headers})
    chain = make(server(fake, "lulajax", key_file=key_file))
    signed, name = await socket(chain)
    assert (signed.signed_url, signed.user_agent, name) == (whole, "Another/1", "lulajax")
    assert signed.cookies == {"ttwid": "theirs", "a": "b"}
    (request,) = fake.requests
    assert (request.path, request.headers["x-rapidapi-key"]) == ("/base/sign", KEY)
    assert fake.bodies == [{"roomId": ROOM_ID}]
    assert "signs push URLs only" in await failure(http(chain))
    # With a host of its choice, but not any.
    for url in ("wss://evil.example/webcast/im/push/v2/?a", "wss://live.douyin.com/other/?a"):
        fake.page = json_answer({"wssUrl": url, "headers": {}})
        assert "another host or path" in await failure(socket(chain))
    # Nor for another room.
    fake.page = json_answer({"wssUrl": f"{whole}&room_id=999", "headers": {}})
    asked = chain.sign_socket(f"{URL}&room_id=111", room_id="111", visitor_id=VISITOR)
    assert "another room_id" in await failure(asked)


@pytest.mark.parametrize(
    "data", [{"X-Bogus": "s/g+="}, {"signature": "s/g+="}, {"data": {"xbogus": "s/g+="}}]
)
async def test_one_that_gives_signatures(
    fake: FakeDouyin, make: Make, key_file: str, data: dict[str, Any]
) -> None:
    fake.page = json_answer({"code": 200, "message": "ok", "data": data})
    chain = make(server(fake, "tikhub", key_file=key_file))
    signed, _ = await socket(chain)
    assert signed.signed_url == f"{URL}&signature=s%2Fg%2B%3D"
    request = fake.requests[0]
    assert request.path == "/base/api/v1/douyin/web/generate_wss_xb_signature"
    assert request.headers["Authorization"] == f"Bearer {KEY}"
    assert dict(request.query) == {
        "user_agent": USER_AGENT,
        "room_id": ROOM_ID,
        "user_unique_id": VISITOR,
    }
    fake.page = json_answer({"code": 200, "data": {"a_bogus": "b/c"}})
    assert (await http(chain)).signed_url == f"{REQUEST}&a_bogus=b%2Fc"
    assert fake.bodies == [{"url": REQUEST, "data": "", "user_agent": USER_AGENT}]


async def test_one_that_signs_push_urls_only(fake: FakeDouyin, make: Make) -> None:
    fake.page = json_answer({"data": {"signature": "abc"}})
    chain = make(server(fake, "nsapps"))
    signed, _ = await socket(chain)
    assert signed.signed_url == f"{URL}&signature=abc"
    assert fake.paths == ["/base/signature"]
    assert fake.bodies == [{"roomId": ROOM_ID, "uniqueId": VISITOR}]
    await failure(http(chain))
    # What it gives when it has none is no signature.
    fake.page = json_answer({"data": {"signature": "00000000"}})
    assert "holds no signature" in await failure(socket(chain))


async def test_one_that_signs_requests_only(fake: FakeDouyin, make: Make) -> None:
    fake.page = json_answer({"code": 200, "router": "/x", "data": {"a_bogus": "abc"}})
    chain = make(server(fake, "evil0ctal"))
    assert (await http(chain)).signed_url == f"{REQUEST}&a_bogus=abc"
    assert fake.paths == ["/base/api/douyin/web/generate_a_bogus"]
    assert "signs no push URLs" in await failure(socket(chain))


async def test_one_that_signs_whole_urls(fake: FakeDouyin, make: Make, key_file: str) -> None:
    response = {
        "signedUrl": f"{URL}&signature=abc",
        "userAgent": "Another/1",
        "requestHeaders": {"X-A": "1"},
        "cookies": "msToken=t; b=c",
    }
    fake.page = json_answer({"code": 200, "response": response})
    signed, _ = await socket(make(server(fake, "euler", key_file=key_file)))
    assert signed == Signed(
        f"{URL}&signature=abc", {"X-A": "1"}, {"msToken": "t", "b": "c"}, "Another/1"
    )
    assert fake.paths == ["/base/webcast/sign_url"]
    assert fake.requests[0].headers["X-Api-Key"] == KEY
    assert (fake.bodies[0]["url"], fake.bodies[0]["userAgent"]) == (URL, USER_AGENT)


@pytest.mark.parametrize("shape", ["relay", "lulajax", "tikhub", "nsapps", "euler"])
@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (status_answer(401), "wants a key"),
        (status_answer(429), "asked too often"),
        (status_answer(503), "HTTP 503"),
        (status_answer(302), "HTTP 302"),
        (lambda _request: web.Response(), "can't be read"),
        (lambda _request: web.Response(text="<html>"), "can't be read"),
        (lambda _request: web.Response(text="[" * 100_000), "the signer"),
        (lambda _request: web.Response(body=b"x" * 100_000), "more than"),
        (json_answer([]), "the signer"),
        (json_answer({"data": None, "response": 1, "headers": 2, "wssUrl": 3}), "the signer"),
    ],
)
async def test_what_goes_wrong_with_a_sign_server_is_said_to_be_its_fault(
    fake: FakeDouyin, make: Make, shape: str, answer: Answer, why: str
) -> None:
    fake.page = answer
    text = await failure(socket(make(server(fake, shape))))
    assert text.startswith(f"the signer {shape}: ")
    assert why in text


async def test_no_sign_server_gets_a_cookie(fake: FakeDouyin, make: Make) -> None:
    for shape in ("relay", "lulajax", "tikhub", "nsapps", "evil0ctal", "euler"):
        chain = make(server(fake, shape))
        for signing in (socket(chain), http(chain)):
            await failure(signing)
    assert len(fake.requests) == 9
    assert all("Cookie" not in request.headers for request in fake.requests)


def test_a_key_that_others_may_read_is_refused(make: Make, key_file: str, tmp_path: Path) -> None:
    config = SignerConfig(kind="http", url="https://signer.example/", key_file=key_file)
    Path(key_file).chmod(0o644)
    with pytest.raises(ConfigError, match=r"signers\[0\]: .*others may read it") as refusal:
        make(config)
    assert KEY not in str(refusal.value)
    empty = tmp_path / "empty"
    empty.touch(mode=0o600)
    for path in (empty, tmp_path / "none"):
        with pytest.raises(ConfigError, match=str(path)):
            make(msgspec.structs.replace(config, key_file=str(path)))


# Several in turn


async def test_they_are_asked_in_turn(fake: FakeDouyin, make: Make) -> None:
    answers: dict[str, Answer] = {
        "/base/signature": status_answer(500),
        "/base/sign": json_answer({"signed_url": f"{URL}&signature=own"}),
    }
    fake.page = lambda request: answers[request.path](request)
    chain = make(
        server(fake, "nsapps"),
        server(fake, "relay", url=f"{fake.url}/base/sign"),
    )
    assert (await socket(chain))[1] == "relay"
    # The one that failed is asked last for a while.
    assert (await socket(chain))[1] == "relay"
    assert fake.paths == ["/base/signature", "/base/sign", "/base/sign"]
    # So is one whose signatures upstream refuses, who is asked all the same if nobody else can.
    answers["/base/signature"] = json_answer({"data": {"signature": "abc"}})
    assert (await socket(chain, refused={"relay"}))[1] == "nsapps"
    answers["/base/signature"] = status_answer(500)
    assert (await socket(chain, refused={"relay"}))[1] == "relay"
    answers["/base/sign"] = status_answer(500)
    text = await failure(socket(chain))
    assert "the signer nsapps: " in text
    assert "the signer relay: " in text
    assert chain.calls["relay", "ok"] == 3


async def test_one_that_hangs_is_not_waited_for(fake: FakeDouyin, make: Make) -> None:
    released = asyncio.Event()

    async def hang(_request: web.Request) -> web.StreamResponse:
        await released.wait()
        return web.Response()

    fake.page = hang
    chain = make(server(fake, "nsapps", timeout_s=0.05))
    assert "did not answer within 0.05 s" in await failure(socket(chain))
    released.set()


@pytest.mark.parametrize(
    ("config", "why"),
    [
        (SignerConfig(kind="http"), "begins with https://"),
        (SignerConfig(kind="http", url="ftp://signer.example/"), "begins with https://"),
        (SignerConfig(kind="browser"), r"set executable in \[browser\]"),
        (SignerConfig(kind="script"), "is no file"),
        (SignerConfig(kind="script", path="/none/such.js"), "/none/such.js is no file"),
    ],
)
def test_signers_that_cannot_be_are_refused(make: Make, config: SignerConfig, why: str) -> None:
    with pytest.raises(ConfigError, match=rf"signers\[0\]: .*{why}"):
        make(config)


# Scripts


@pytest.fixture
def script(tmp_path: Path) -> Callable[..., SignerConfig]:
    def script(text: str, name: str = "sign.js", **changes: Any) -> SignerConfig:
        path = tmp_path / name
        path.write_text(text)
        path.chmod(stat.S_IRWXU)
        return SignerConfig(kind="script", path=str(path), timeout_s=20, **changes)

    return script


@pytest.fixture(params=["node", "mini-racer"])
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """What runs .js files."""
    if request.param == "node":
        if shutil.which("node") is None:
            pytest.skip("Node.js is not installed")
    else:
        pytest.importorskip("py_mini_racer", reason="mini-racer is not installed")
        which = shutil.which
        monkeypatch.setattr(shutil, "which", lambda name: None if name == "node" else which(name))
    return str(request.param)


async def test_a_script_with_the_function_that_most_have(
    engine: str, make: Make, script: Callable[..., SignerConfig]
) -> None:
    chain = make(script("function get_sign(md5) { return 'of/' + md5 }"))
    for _ in range(2):
        signed, name = await socket(chain)
        assert signed.signed_url == f"{URL}&signature=of%2F{push_stub(ROOM_ID, VISITOR)}"
        assert name == "script"
    assert "no function sign_http" in await failure(http(chain))


async def test_a_script_that_signs_both(
    engine: str, make: Make, script: Callable[..., SignerConfig]
) -> None:
    text = """
        function sign_socket(r) { return {signed_url: r.url + '&signature=s', user_agent: 'A/1'} }
        function sign_http(r) { return {a_bogus: 'b' + r.kind} }
    """
    with structlog.testing.capture_logs() as logs:
        chain = make(script(text))
        signed, _ = await socket(chain)
    assert signed == Signed(f"{URL}&signature=s", user_agent="A/1")
    assert (await http(chain)).signed_url == f"{REQUEST}&a_bogus=bhttp"
    (started,) = [log for log in logs if log["event"] == "signer script starts"]
    assert len(started["sha256"]) == 64


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("function get_sign(md5) { throw new Error('no ' + 'idea') }", "no idea"),
        ("function get_sign(md5) {", "SyntaxError"),
        ("var nothing", "no function sign_socket or get_sign"),
        ("function sign_socket() { return {} }", "holds no signature"),
        ("function sign_socket() { return 'text' }", "no object"),
        ("function sign_socket() { return {signed_url: 'wss://evil.example/'} }", "another host"),
    ],
)
async def test_what_goes_wrong_in_a_script_is_said(
    engine: str, make: Make, script: Callable[..., SignerConfig], text: str, why: str
) -> None:
    message = await failure(socket(make(script(text))))
    assert message.startswith("the signer script: ")
    assert why in message


async def test_a_script_that_takes_too_long_is_killed_and_started_anew(
    engine: str, make: Make, script: Callable[..., SignerConfig]
) -> None:
    text = "var n = 0; function get_sign(md5) { n += 1; if (n > 1) { for (;;) {} } return 'n' + n }"
    chain = make(msgspec.structs.replace(script(text), timeout_s=2))
    assert (await socket(chain))[0].signed_url.endswith("=n1")
    assert "within 2 s" in await failure(socket(chain))
    assert (await socket(chain))[0].signed_url.endswith("=n1")


async def test_a_script_that_takes_too_much_memory_is_ended(
    engine: str, make: Make, script: Callable[..., SignerConfig]
) -> None:
    text = (
        "function get_sign(md5) { var a = []; for (;;) { a.push(new Array(1e6).fill(md5 + 1)) } }"
    )
    chain = make(script(text, max_memory_bytes=256 << 20))
    await failure(socket(chain))


async def test_a_script_that_is_a_line_late_signs_for_no_other_room(
    make: Make, script: Callable[..., SignerConfig]
) -> None:
    text = """#!/usr/bin/env python3
import json, sys
for line in sys.stdin:
    asked = json.loads(line)
    print(json.dumps({"signed_url": asked["url"] + "&signature=s"}), flush=True)
    print(json.dumps({"signed_url": asked["url"] + "&signature=s"}), flush=True)
"""
    chain = make(script(text, "sign"))
    for room_id in ("7000000000000000111", "7000000000000000222", "7000000000000000333"):
        url = f"{URL}&room_id={room_id}"
        with suppress(UpstreamError):
            signed, _ = await chain.sign_socket(url, room_id=room_id, visitor_id=VISITOR)
            assert signed.signed_url == f"{url}&signature=s"


async def test_a_script_that_ends_after_each_answer_signs_all_the_same(
    make: Make, script: Callable[..., SignerConfig]
) -> None:
    chain = make(script('#!/bin/sh\nread -r line && echo \'{"signature": "s"}\'\n', "sign"))
    for _ in range(3):
        assert (await socket(chain))[0].signed_url == f"{URL}&signature=s"


async def test_who_waits_for_a_script_is_not_charged_for_it(
    make: Make, script: Callable[..., SignerConfig]
) -> None:
    text = '#!/bin/sh\nwhile read -r line; do sleep 0.3; echo \'{"signature": "s"}\'; done\n'
    chain = make(msgspec.structs.replace(script(text, "sign"), timeout_s=2))
    signed = await asyncio.gather(*(socket(chain) for _ in range(10)))
    assert [name for _, name in signed] == ["script"] * 10


async def test_what_a_script_leaves_behind_does_not_hold_anybody_up(
    make: Make, script: Callable[..., SignerConfig], tmp_path: Path
) -> None:
    left = tmp_path / "left"
    text = f"""#!/usr/bin/env python3
import os, sys, time
if os.fork() == 0:
    os.setsid()
    open({str(left)!r}, "w").write(str(os.getpid()))
    time.sleep(60)
sys.stdin.readline()
"""
    chain = make(msgspec.structs.replace(script(text, "sign"), timeout_s=1))
    await failure(socket(chain))
    async with asyncio.timeout(20):
        await chain.close()
    os.kill(int(left.read_text()), 9)


async def test_a_program_answers_a_line_each_and_gets_nothing_of_ours(
    make: Make, script: Callable[..., SignerConfig], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RELAY_SECRET", "made-up")
    text = """#!/bin/sh
        echo chatter >&2
        while read -r line; do
          case "$line" in
            *'"kind": "ws"'*) echo "{\\"signature\\": \\"w${RELAY_SECRET}\\"}" ;;
            *) exit 3 ;;
          esac
        done
    """
    chain = make(script(text.replace("\n        ", "\n"), "sign"))
    assert (await socket(chain))[0].signed_url == f"{URL}&signature=w"
    assert "ended without an answer; it said: chatter" in await failure(http(chain))
    assert (await socket(chain))[0].signed_url == f"{URL}&signature=w"


def test_a_program_that_cannot_run_is_refused(
    make: Make, script: Callable[..., SignerConfig]
) -> None:
    config = script("x", "sign")
    os.chmod(config.path, stat.S_IRUSR)
    with pytest.raises(ConfigError, match="chmod \\+x"):
        make(config)
