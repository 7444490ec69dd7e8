"""Cookies as the browser takes and gives them; used by page."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from msgspec import Struct

_SITE = ".douyin.com"
_SESSION = frozenset(
    {
        "odin_tt",
        "passport_auth_status",
        "passport_auth_status_ss",
        "sessionid",
        "sessionid_ss",
        "sid_guard",
        "sid_tt",
        "sid_ucp_sso_v1",
        "sid_ucp_v1",
        "ssid_ucp_sso_v1",
        "ssid_ucp_v1",
        "sso_uid_tt",
        "sso_uid_tt_ss",
        "toutiao_sso_user",
        "toutiao_sso_user_ss",
        "ttwid",
        "uid_tt",
        "uid_tt_ss",
    }
)
"""Those that upstream itself hides from scripts; others are read by its page."""


class _Cookie(Struct, frozen=True):
    name: str
    value: str


class Found(Struct, frozen=True):
    """The result of Network.getCookies."""

    cookies: Sequence[_Cookie]


def to_set(url: str, name: str, value: str) -> Mapping[str, Any]:
    """Give what Network.setCookies takes for a cookie of the whole site of `url`.

    Over https it is never sent in the clear.
    """
    parts = urlsplit(url)
    cookie = {
        "name": name,
        "value": value,
        "url": url,
        "path": "/",
        "secure": parts.scheme == "https",
        "httpOnly": name in _SESSION,
    }
    # The push hosts get them, too; but for those whose name forbids it.
    if (parts.hostname or "").endswith(_SITE) and not name.startswith("__Host-"):
        cookie["domain"] = _SITE
    return cookie
