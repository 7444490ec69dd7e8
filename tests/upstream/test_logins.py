"""Logins: their files of cookies, what is sent of them, and which room gets which."""

import logging
import os
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from pathlib import Path

import pytest
from fake_douyin import (
    ROOM_ID,
    Answer,
    FakeDouyin,
    empty,
    enter,
    fake_douyin,
    home,
    json_answer,
    status_answer,
)

from relay.config import LoginConfig, RoomConfig
from relay.errors import ConfigError, UpstreamError
from relay.upstream.client import Timings, Upstream
from relay.upstream.cookies import read_cookies
from relay.upstream.http import HttpClient
from relay.upstream.identity import AnonymousIdentity
from relay.upstream.logins import LoginIdentity
from relay.upstream.names import parse_room_name
from relay.upstream.secrets import read_secret

SECRET = "made0up0session0of0nobody"
DAY_S = 86_400
NOWHERE = "http://127.0.0.1:9/"


def guard(seconds: int, begun: int | None = None) -> str:
    begun = int(time.time()) if begun is None else begun
    return f"sid_guard={SECRET}%7C{begun}%7C{seconds}%7CThu%2C+01-Jan-2099+00%3A00%3A00+GMT"


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., str]:
    def write(text: str = f"sessionid={SECRET}", name: str = "a.txt", mode: int = 0o600) -> str:
        path = tmp_path / name
        path.touch(mode=0o600)
        path.write_text(text, encoding="utf-8")
        path.chmod(mode)
        return str(path)

    return write


@pytest.fixture
async def fake() -> AsyncIterator[FakeDouyin]:
    async with fake_douyin() as running:
        yield running


def login(path: str, name: str = "one", **changes: bool) -> LoginIdentity:
    config = LoginConfig(name=name, cookie_file=path, **changes)
    return LoginIdentity(config, AnonymousIdentity(HttpClient(), NOWHERE, NOWHERE))


# The file


@pytest.mark.parametrize(
    "text",
    [
        f"a=1; sessionid={SECRET}; ttwid=1%7Cx",
        f"Cookie: a=1; sessionid={SECRET};ttwid=1%7Cx\n",
        f"\ncookie:a=1;  sessionid={SECRET}; ttwid=1%7Cx ; bad name=2; b={'ü'}\n",
        "# Netscape HTTP Cookie File\n"
        f"#HttpOnly_.douyin.com\tTRUE\t/\tTRUE\t0\tsessionid\t{SECRET}\n"
        "live.douyin.com\tFALSE\t/\tTRUE\t4102444800\tttwid\t1%7Cx\n"
        ".douyin.com\tTRUE\t/\tTRUE\t4102444800\ta\t1\n"
        ".example.org\tTRUE\t/\tTRUE\t4102444800\tsessionid\tanother\n"
        "evildouyin.com\tTRUE\t/\tTRUE\t4102444800\ttheirs\t1\n",
    ],
)
def test_both_formats_give_the_cookies_of_douyin(write: Callable[..., str], text: str) -> None:
    read = read_cookies(Path(write(text)))
    assert read.values == {"a": "1", "sessionid": SECRET, "ttwid": "1%7Cx"}
    assert read.valid_until_ms is None


@pytest.mark.parametrize(
    ("text", "valid_until_s"),
    [
        (f"sessionid={SECRET}; {guard(60 * DAY_S, 1_800_000_000)}", 1_800_000_000 + 60 * DAY_S),
        (f".douyin.com\tTRUE\t/\tTRUE\t1900000000\tsessionid\t{SECRET}\n", 1_900_000_000),
        (f"sessionid={SECRET}; sid_guard=nonsense%7Cx", None),
    ],
)
def test_the_file_says_when_the_login_expires(
    write: Callable[..., str], text: str, valid_until_s: int | None
) -> None:
    wanted = None if valid_until_s is None else valid_until_s * 1000
    assert read_cookies(Path(write(text))).valid_until_ms == wanted


@pytest.mark.parametrize(
    ("text", "mode", "why"),
    [
        (f"sessionid={SECRET}", 0o640, "others may read it (mode 640)"),
        (f"sessionid={SECRET}", 0o604, "chmod 600"),
        (f"session={SECRET}", 0o600, "holds no sessionid"),
        ("", 0o600, "holds no sessionid"),
        (f"sessionid={SECRET};" + "x" * 70_000, 0o600, "more than 65536 bytes"),
    ],
)
def test_a_file_that_will_not_do_is_refused_without_showing_it(
    write: Callable[..., str], text: str, mode: int, why: str
) -> None:
    path = write(text, mode=mode)
    with pytest.raises(ConfigError) as refusal:
        login(path)
    assert why in str(refusal.value)
    assert path in str(refusal.value)
    assert SECRET not in str(refusal.value)


def test_a_credential_of_systemds_may_look_readable_to_a_group(
    write: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(mode=0o440)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(Path(path).parent))
    login(path)
    with pytest.raises(ConfigError, match="others may read it"):
        login(write(name="b.txt", mode=0o444))


def test_of_two_domains_the_live_pages_own_cookies_count(write: Callable[..., str]) -> None:
    lines = [
        f"live.douyin.com\tFALSE\t/\tTRUE\t1900000000\tsessionid\t{SECRET}",
        ".douyin.com\tTRUE\t/\tTRUE\t1800000000\tsessionid\twhole",
        ".creator.douyin.com\tTRUE\t/\tTRUE\t1700000000\tsessionid\tcreator",
    ]
    for order in (lines, lines[::-1]):
        read = read_cookies(Path(write("\n".join(order))))
        assert read == ({"sessionid": SECRET}, 1_900_000_000_000)


def test_a_date_that_is_none_is_not_believed(write: Callable[..., str]) -> None:
    text = f".douyin.com\tTRUE\t/\tTRUE\t999999999999\tsessionid\t{SECRET}\n"
    assert read_cookies(Path(write(text))).valid_until_ms is None


def test_a_named_pipe_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path, 0o600)
    with pytest.raises(ConfigError, match="is no file"):
        login(str(path))


def test_a_file_may_be_named_from_home(
    write: Callable[..., str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    write(name="mine")
    assert login("~/mine").is_usable
    write("made-up-key\n", name="key")
    assert read_secret("~/key") == "made-up-key"


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none", tmp_path):
        with pytest.raises(ConfigError, match=str(path)):
            login(str(path))


# What is sent


async def test_a_login_is_sent_with_its_own_ttwid(
    fake: FakeDouyin, write: Callable[..., str]
) -> None:
    files = [
        LoginConfig(name="whole", cookie_file=write(f"sessionid={SECRET}; ttwid=own", "whole")),
        LoginConfig(name="bare", cookie_file=write(f"sessionid={SECRET}", "bare")),
    ]
    async with Upstream(fake.config(), Timings(), logins=files) as upstream:
        logins = upstream.identities.logins
        assert await logins["whole"].cookies() == {"sessionid": SECRET, "ttwid": "own"}
        assert "/" not in fake.paths
        cookies = await logins["bare"].cookies()
        assert cookies == {"sessionid": SECRET, "ttwid": "1%7Cfirst"}
        # An answer may replace its ttwid, never the login.
        logins["bare"].absorb({"ttwid": "2", "sessionid": "theirs"})
        assert await logins["bare"].cookies() == {"sessionid": SECRET, "ttwid": "2"}


async def test_status_is_asked_for_without_a_login(
    fake: FakeDouyin, write: Callable[..., str]
) -> None:
    fake.enter = enter()
    files = [LoginConfig(name="one", cookie_file=write())]
    async with Upstream(fake.config(), Timings(), logins=files) as upstream:
        await upstream.resolver.look(parse_room_name("650000000001"))
    assert all("sessionid" not in request.cookies for request in fake.requests)


async def test_a_ttwid_that_the_page_does_not_give_is_registered_for(fake: FakeDouyin) -> None:
    fake.home, fake.register = empty, home("registered")
    async with Upstream(fake.config(), Timings()) as upstream:
        identity = upstream.identities.choose([ROOM_ID])
        assert await identity.cookies() == {"ttwid": "registered"}
    assert fake.paths == ["/", "/register"]
    assert fake.bodies[0]["aid"] == 6383
    # Where neither gives one, upstream decides whether it does without.
    fake.register = json_answer({"status_code": 1})
    async with Upstream(fake.config(), Timings()) as upstream:
        assert await upstream.identities.choose([ROOM_ID]).cookies() == {}


# Which room gets which


async def test_rooms_get_their_own_login_and_others_take_turns(
    fake: FakeDouyin, write: Callable[..., str]
) -> None:
    files = [
        LoginConfig(name="a", cookie_file=write(name="a")),
        LoginConfig(name="b", cookie_file=write(name="b")),
        LoginConfig(name="mine", cookie_file=write(name="c"), shared=False),
    ]
    rooms = [RoomConfig(room="https://live.douyin.com/650000000001", login="mine")]
    async with Upstream(fake.config(), Timings(), logins=files, rooms=rooms) as upstream:
        choose = upstream.identities.choose
        assert choose(["650000000001"]).name == "mine"
        assert choose([ROOM_ID, "650000000001"]).name == "mine"
        assert sorted(choose([str(room)]).name for room in range(4)) == ["a", "a", "b", "b"]
        # Nobody is in one room twice; at last as nobody in particular.
        taken = [choose(["1"])]
        taken.append(choose(["1"], avoid=taken))
        assert sorted(identity.name for identity in taken) == ["a", "b"]
        assert choose(["1"], avoid=taken).name == "anonymous"
        assert choose(["650000000001"], avoid=[choose(["650000000001"])]).name == "anonymous"


async def test_a_login_that_is_refused_rests_and_says_so(write: Callable[..., str]) -> None:
    now = 1000.0
    config = LoginConfig(name="one", cookie_file=write())
    browser = AnonymousIdentity(HttpClient(), NOWHERE, NOWHERE)
    identity = LoginIdentity(config, browser, clock=lambda: now)
    assert identity.is_usable
    identity.blocked("device_blocked")
    identity.blocked("device_blocked")
    assert not identity.is_usable
    now += 601
    assert identity.is_usable
    identity.blocked("device_blocked")
    now += 601
    assert not identity.is_usable
    now += 600
    assert identity.is_usable
    identity.gifts_seen(3)
    identity.blocked("device_blocked")
    now += 601
    assert identity.is_usable


async def test_new_cookies_are_taken_without_a_restart(
    write: Callable[..., str], caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.INFO)
    now = 1000.0
    path = write(f"sessionid={SECRET}; ttwid=1; {guard(10, 1_600_000_000)}")
    config = LoginConfig(name="one", cookie_file=path)
    browser = AnonymousIdentity(HttpClient(), NOWHERE, NOWHERE)
    identity = LoginIdentity(config, browser, clock=lambda: now)
    assert (identity.has_expired, identity.is_usable) == (True, False)
    write(f"sessionid=new{SECRET}; ttwid=1; {guard(30 * DAY_S)}")
    os.utime(path, (1, 1))
    now += 61
    assert identity.is_usable
    assert (await identity.cookies())["sessionid"] == f"new{SECRET}"
    # A file that has been spoilt meanwhile costs nothing but a warning.
    write("")
    os.utime(path, (2, 2))
    now += 61
    assert (await identity.cookies())["sessionid"] == f"new{SECRET}"
    said = caplog.text + "".join(capsys.readouterr())
    assert "a login has expired" in said
    assert "cookies can't be read again" in said
    assert SECRET not in said


async def test_new_cookies_are_taken_once_the_files_mode_is_mended(
    write: Callable[..., str], caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    now = 1000.0
    config = LoginConfig(name="one", cookie_file=write(f"sessionid={SECRET}; ttwid=1"))
    browser = AnonymousIdentity(HttpClient(), NOWHERE, NOWHERE)
    identity = LoginIdentity(config, browser, clock=lambda: now)
    path = write(f"sessionid=new{SECRET}; ttwid=1", mode=0o644)
    for _ in range(3):
        now += 61
        assert (await identity.cookies())["sessionid"] == SECRET
    os.chmod(path, 0o600)
    now += 61
    assert (await identity.cookies())["sessionid"] == f"new{SECRET}"
    said = caplog.text + "".join(capsys.readouterr())
    assert said.count("others may read it") == 1


# Whether upstream takes them


def me(code: int) -> Answer:
    return json_answer({"status_code": code, "data": {}})


@pytest.mark.parametrize(
    ("answer", "is_over"),
    [
        (me(20003), True),
        (me(0), False),
        # What is odd says nothing.
        (me(10011), False),
        (empty, False),
        (status_answer(403), False),
        (json_answer([20003]), False),
        (home(), False),
    ],
)
async def test_a_login_that_upstream_has_ended_is_not_used(
    fake: FakeDouyin, write: Callable[..., str], answer: Answer, is_over: bool
) -> None:
    fake.me = answer
    files = [LoginConfig(name="one", cookie_file=write(f"sessionid={SECRET}; ttwid=1"))]
    async with Upstream(fake.config(), Timings(), logins=files) as upstream:
        identity = upstream.identities.choose([ROOM_ID])
        if is_over:
            with pytest.raises(UpstreamError) as refusal:
                await identity.cookies()
            assert refusal.value.cause == "login_expired"
            assert SECRET not in str(refusal.value)
        else:
            assert (await identity.cookies())["sessionid"] == SECRET
        assert fake.requests[0].cookies["sessionid"] == SECRET
        assert upstream.identities.choose([ROOM_ID]).is_login is not is_over
        assert (upstream.identities.lacking([ROOM_ID]) is not None) is is_over
        # It is asked for now and then only.
        with suppress(UpstreamError):
            await identity.cookies()
        assert fake.paths.count("/webcast/user/me/") == 1


async def test_a_login_that_upstream_has_ended_counts_again_with_new_cookies(
    write: Callable[..., str],
) -> None:
    now = 1000.0
    good = {f"new{SECRET}"}

    async def ask(cookies: Mapping[str, str]) -> bool:
        return cookies["sessionid"] in good

    config = LoginConfig(name="one", cookie_file=write(f"sessionid={SECRET}; ttwid=1"))
    browser = AnonymousIdentity(HttpClient(), NOWHERE, NOWHERE)
    identity = LoginIdentity(config, browser, ask, clock=lambda: now)
    with pytest.raises(UpstreamError):
        await identity.cookies()
    assert identity.has_expired
    write(f"sessionid=new{SECRET}; ttwid=1")
    now += 61
    assert identity.is_usable
    assert (await identity.cookies())["sessionid"] == f"new{SECRET}"
    # Kicked while it is in use.
    good.clear()
    now += 1801
    with pytest.raises(UpstreamError):
        await identity.cookies()
