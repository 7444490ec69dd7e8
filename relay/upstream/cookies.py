"""Reads a file with the cookies of somebody who is logged in; called by logins.

What is in it is the key to an account: it goes to Douyin's own hosts, and nowhere else.
"""

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

from relay.errors import ConfigError
from relay.upstream.secrets import read_private

_DOMAINS = ("douyin.com", "live.douyin.com")
"""Whose cookies a browser sends to live.douyin.com; of two with one name the later domain's."""
_END_S = 253_402_300_800
"""Of the year 9999; what a file names beyond is no date."""
_SESSION = ("sessionid", "sessionid_ss")
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_VALUE = re.compile(r"[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]{0,4096}")


class LoginCookies(NamedTuple):
    """The cookies of a login."""

    values: dict[str, str]
    valid_until_ms: int | None
    """When the login expires, Unix ms; None: the file doesn't say."""


class _Cookie(NamedTuple):
    name: str
    value: str
    expires_s: int | None
    domain: str = _DOMAINS[0]


def read_cookies(path: Path) -> LoginCookies:
    """Read a file that only its owner may read. Raises ConfigError, which shows none of it.

    It holds the value of a `Cookie` header, as a browser's developer tools show it, or lines in
    Netscape's format, as browser extensions write them.
    """
    text = read_private(path, why="whoever has these cookies has the account")
    by_name = {c.name: c for c in sorted(_read(text), key=lambda c: _DOMAINS.index(c.domain))}
    cookies = list(by_name.values())
    values = {cookie.name: cookie.value for cookie in cookies}
    if not any(values.get(name) for name in _SESSION):
        raise ConfigError(
            f"{path}: holds no sessionid, so nobody is logged in with it; copy the Cookie header of"
            " a request to live.douyin.com while you are logged in there"
        )
    return LoginCookies(values, _valid_until_ms(cookies, values))


def _read(text: str) -> Iterator[_Cookie]:
    for line in text.splitlines():
        fields = line.removeprefix("#HttpOnly_").split("\t")
        if len(fields) == 7:
            domain, expires = fields[0].lstrip(".").lower(), fields[4]
            if domain in _DOMAINS:
                expires_s = int(expires) if re.fullmatch(r"[0-9]{1,12}", expires) else 0
                yield from _checked(fields[5], fields[6], expires_s or None, domain)
        elif not line.startswith("#"):
            header = re.sub(r"^\s*cookie\s*:", "", line, flags=re.IGNORECASE)
            for pair in header.split(";"):
                name, _, value = pair.partition("=")
                yield from _checked(name.strip(), value.strip(), None)


def _checked(
    name: str, value: str, expires_s: int | None, domain: str = _DOMAINS[0]
) -> Iterator[_Cookie]:
    if _NAME.fullmatch(name) and _VALUE.fullmatch(value):
        yield _Cookie(name, value, expires_s, domain)


def _valid_until_ms(cookies: list[_Cookie], values: dict[str, str]) -> int | None:
    """Find out when the session ends: its cookie does, or what `sid_guard` says comes first.

    `sid_guard` is `sessionid|begun, Unix s|seconds|date`, percent-encoded.
    """
    ends_s = [c.expires_s for c in cookies if c.name in _SESSION and c.expires_s is not None]
    guard = unquote(values.get("sid_guard", "")).split("|")
    if len(guard) >= 3 and all(re.fullmatch(r"[0-9]{1,12}", part) for part in guard[1:3]):
        ends_s.append(int(guard[1]) + int(guard[2]))
    return min(ends_s) * 1000 if ends_s and min(ends_s) < _END_S else None


def version_of(path: Path) -> tuple[int, ...]:
    """Give what differs once the file or its mode is changed; () where it can't be told."""
    try:
        status = path.stat()
    except OSError:
        return ()
    return status.st_mtime_ns, status.st_ctime_ns, status.st_ino, status.st_size


def days_left(valid_until_ms: int) -> float:
    """Tell for how many days a login is still good; negative once it has expired."""
    return (valid_until_ms / 1000 - time.time()) / 86_400
