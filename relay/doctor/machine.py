"""Checks of this machine: port, store, clock, names, TLS; used by rounds."""

import asyncio
import errno
import socket
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import closing
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp

from relay.config import Config, is_loopback
from relay.doctor.findings import Finding, bad, good, skipped
from relay.errors import StoreError
from relay.store import examine
from relay.upstream.http import host_of, proxy_for
from relay.upstream.outage import plain_reason

WAIT_S = 5.0
"""How long a host may take."""
MAX_SKEW_S = 60.0
"""Upstream's times and ours may differ by so much."""


async def check_port(config: Config) -> Finding:
    """See whether a relay could listen, or does so already."""
    host, port = config.server.host, config.server.port
    shown = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    if port == 0:
        return good("port", f"any free one on {host}")
    try:
        with closing(socket.create_server((host, port), family=_family(host))):
            return good("port", f"{shown} is free")
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            why = plain_reason(error)
            return bad("port", f"{shown}: {why}", "change [server] host or port")
    if await is_relay(config):
        return good("port", f"a relay serves on {shown} already")
    return bad(
        "port",
        f"{shown} is used by another program",
        "stop that program, or choose another [server] port",
    )


def check_store(config: Config) -> Finding:
    """See whether the store's file could be used."""
    if not config.store.path:
        return skipped("store", "none is configured")
    try:
        examine(Path(config.store.path))
    except StoreError as error:
        return bad("store", str(error), "change [store] path")
    return good("store", f"{config.store.path} can be used")


async def check_clock(live_url: str) -> Finding:
    """Compare our clock with upstream's."""
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(WAIT_S)) as session,
            session.get(live_url, allow_redirects=False, proxy=proxy_for(live_url)) as response,
        ):
            date = response.headers.get("Date", "")
            skew_s = time.time() - parsedate_to_datetime(date).timestamp()
    except (aiohttp.ClientError, TimeoutError, OSError):
        return skipped("clock", f"{host_of(live_url)} does not answer")
    except ValueError:
        return skipped("clock", f"{host_of(live_url)} does not say what time it is")
    if abs(skew_s) <= MAX_SKEW_S:
        return good("clock", f"within {max(abs(skew_s), 1):.0f} s of upstream's")
    way = "ahead of" if skew_s > 0 else "behind"
    return bad(
        "clock",
        f"{abs(skew_s):.0f} s {way} upstream's",
        "set this machine's clock, e.g. with timedatectl set-ntp true; signatures and positions"
        " carry the time",
    )


async def check_hosts(config: Config) -> AsyncIterator[Finding]:
    """Reach every host of upstream's that is configured: name, connection, TLS."""
    upstream = config.upstream
    urls = (
        upstream.live_url,
        upstream.webcast_url,
        *upstream.push_urls,
        upstream.short_url,
        upstream.register_url,
    )
    authorities = dict.fromkeys((urlsplit(url).scheme, urlsplit(url).netloc) for url in urls)
    for scheme, authority in authorities:
        yield await _check_host(f"{scheme}://{authority}")


async def _check_host(url: str) -> Finding:
    parts = urlsplit(url)
    host, secure = parts.hostname or "", parts.scheme in ("https", "wss")
    if proxy := proxy_for(url):
        return skipped("host", f"{host} is reached through the proxy {host_of(proxy)}")
    port = parts.port or (443 if secure else 80)
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(WAIT_S):
            addresses = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        return bad(
            "host",
            f"{host} has no address: {plain_reason(error)}",
            "check this machine's name servers (/etc/resolv.conf) and network",
        )
    begin_s = loop.time()
    try:
        async with asyncio.timeout(WAIT_S):
            _, writer = await asyncio.open_connection(
                host, port, ssl=ssl.create_default_context() if secure else None
            )
    except ssl.SSLError as error:
        return bad(
            "host",
            f"{host}: {plain_reason(error)}",
            "somebody stands between this machine and Douyin, or its certificates are out of date"
            " (Debian: apt install ca-certificates)",
        )
    except (OSError, TimeoutError) as error:
        return bad(
            "host",
            f"{host}:{port} can't be reached: {plain_reason(error)}",
            "check this machine's network, firewall and proxy settings",
        )
    took_ms = (loop.time() - begin_s) * 1000
    writer.transport.abort()
    over = "TLS" if secure else "plain TCP"
    return good("host", f"{host}: {len(addresses)} addresses, {over}, {took_ms:.0f} ms")


async def is_relay(config: Config) -> bool:
    """Tell whether a relay serves where the configuration says."""
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(WAIT_S)) as session,
            # Whose certificate it is doesn't matter: it is asked nothing, and told nothing.
            session.get(f"{own_url(config)}/healthz", ssl=False) as response,
        ):
            return response.status == 200 and "version" in await response.json()
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
        return False


def own_url(config: Config) -> str:
    """Give the address at which this machine reaches the relay."""
    host, port = config.server.host, config.server.port
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  not listened on
    scheme = "https" if config.server.tls_cert else "http"
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host and is_loopback(host) else socket.AF_INET
