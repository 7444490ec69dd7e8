"""Whose requests are for us: Host first, then Origin; called by the guard and by handshakes.

Both keep web pages out that a user happens to have open: a foreign page's requests carry its
Origin, and one that rebinds its own name to 127.0.0.1 (DNS rebinding) carries its own Host. What
pages only load, pictures, scripts and the like, has no Origin; but browsers say in Sec-Fetch-Site
that it is for another site's page, to loopback and over TLS.
"""

import re
from collections.abc import Sequence
from ipaddress import ip_address
from typing import Literal
from urllib.parse import urlsplit

from relay.config import ServerConfig, is_loopback

Verdict = Literal["ok", "host", "origin"]

WRONG_HOST = "this relay does not serve that Host; see [server] allowed_hosts"
_FOREIGN_SITES = frozenset({"cross-site", "same-site"})
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}
_WHOLE = re.compile(r"[a-z][a-z0-9+.-]*://([^/?#]*)", re.IGNORECASE)
"""The beginning of a target that is a whole address."""
FORBIDDEN_ORIGIN = "pages of this Origin may not use this relay; see [server] allowed_origins"


def check_request(
    hosts: Sequence[str],
    origins: Sequence[str],
    config: ServerConfig,
    *,
    scheme: str = "http",
    sites: Sequence[str] = (),
) -> Verdict:
    """Judge a request by the values of its Host and Origin headers: `ok`, or what is wrong.

    Allowed hosts, with any port: loopback names and addresses, the configured host, and `[server]
    allowed_hosts`; bound to other than loopback, all addresses: rebinding takes a name.
    Allowed origins: our own, `[server] allowed_origins`, and none at all, where `sites`, the values
    of Sec-Fetch-Site, don't say that it is another's page. `scheme` is that of our own pages.
    """
    if len(hosts) != 1 or not _is_own_host(hosts[0], config):
        return "host"
    if not origins:
        return "ok" if _FOREIGN_SITES.isdisjoint(sites) else "origin"
    if len(origins) == 1 and is_allowed_origin(origins[0], hosts[0], config, scheme):
        return "ok"
    return "origin"


def hosts_named(hosts: Sequence[str], target: str) -> Sequence[str]:
    """Give the hosts that a request is for, by its Host headers and what its first line asks for.

    That may be a whole address: then its host counts.
    """
    whole = _WHOLE.match(target)
    return [whole[1]] if whole is not None and len(hosts) == 1 else hosts


def path_of(target: str) -> str:
    """Give the path and query of what a request line asks for."""
    whole = _WHOLE.match(target)
    return target if whole is None else target[whole.end() :] or "/"


def is_allowed_origin(origin: str, host: str, config: ServerConfig, scheme: str = "http") -> bool:
    """Tell whether a page of `origin` may use the relay that it reached as `host` by `scheme`."""
    own = [f"{scheme}://{host.lower()}", *config.allowed_origins]
    return _without_usual_port(origin) in map(_without_usual_port, own)


def _without_usual_port(origin: str) -> str:
    # Browsers leave it out of an Origin; some proxies add it to the Host.
    return origin.removesuffix(_DEFAULT_PORTS.get(origin.partition("://")[0], " "))


def _is_own_host(host: str, config: ServerConfig) -> bool:
    try:
        parts = urlsplit(f"//{host}")
        name = parts.hostname
        _ = parts.port  # raises where it is no number
    except ValueError:
        return False
    if name is None or parts.netloc != host or "@" in host:
        return False
    if is_loopback(name) or name == config.host.lower():
        return True
    if name in [allowed.lower() for allowed in config.allowed_hosts]:
        return True
    return not is_loopback(config.host) and _is_address(name)


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
