"""Who sends a request: its address, through trusted proxies; used by guard and handshakes."""

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any, Literal, NamedTuple

from relay.config import ServerConfig

MAX_FORWARDED = 20
"""Proxies of one request that are looked at; what is before them is not believed."""
_IPV6_SITE_BITS = 64


class Sender(NamedTuple):
    """Where a request comes from."""

    address: str
    """Of the client, as far as it is known; "": of this machine, or gone already."""
    is_forwarded: bool = False
    """Whether a trusted proxy has said so."""
    scheme: Literal["http", "https"] = "http"
    """What the client speaks: to us, or to the proxy where a trusted one has said so."""


def sender_of(
    peer: str, forwarded: Sequence[str], protos: Sequence[str], config: ServerConfig
) -> Sender:
    """Give the sender by the connection's other end and the values of X-Forwarded-For and -Proto.

    The last address that is no trusted proxy's is taken: what comes before it anybody may have
    written.
    """
    proxies = _networks(tuple(config.trusted_proxies))
    if not proxies or not _is_within(peer, proxies):
        return Sender(peer)
    proto = protos[-1].rpartition(",")[2].strip().lower() if protos else ""
    # Of a WebSocket's handshake some proxies say wss.
    scheme: Literal["http", "https"] = "https" if proto in ("https", "wss") else "http"
    named = ",".join(forwarded).rsplit(",", MAX_FORWARDED)[-MAX_FORWARDED:]
    for text in reversed(named):
        address = _read(text)
        if address is None:
            break
        if not _is_within(str(address), proxies):
            return Sender(str(address), is_forwarded=True, scheme=scheme)
    return Sender(peer, scheme=scheme)


def sender_of_transport(
    transport: Any, forwarded: Sequence[str], protos: Sequence[str], config: ServerConfig
) -> Sender:
    """Give the sender of a request on a connection; over TLS of our own it speaks https."""
    sender = sender_of(peer_of(transport), forwarded, protos, config)
    if transport is not None and transport.get_extra_info("sslcontext") is not None:
        return sender._replace(scheme="https")
    return sender


def peer_of(transport: Any) -> str:
    """Give the address of a connection's other end; "" where it has none, or is gone."""
    # uvloop asks the system, which has forgotten who hung up at once.
    return _address_of(transport.get_extra_info("peername") if transport is not None else None)


def _address_of(name: Any) -> str:
    return str(name[0]) if isinstance(name, tuple) else ""


def counted_address(transport: Any, config: ServerConfig) -> str:
    """Give the address that a connection counts for; "": it is a trusted proxy's, or local."""
    return counted_peer(transport.get_extra_info("peername"), config)


def counted_peer(name: Any, config: ServerConfig) -> str:
    """Do the same by what a socket gives as the name of its other end."""
    peer = _address_of(name)
    proxies = _networks(tuple(config.trusted_proxies))
    return "" if proxies and _is_within(peer, proxies) else peer


@lru_cache(maxsize=1024)
def site_of(address: str) -> str:
    """Give what an address is counted as; "" for those of this machine.

    An IPv6 site has 2**64 addresses to choose from, so it counts as one.
    """
    read = _read(address)
    if read is None or read.is_loopback:
        return ""
    if isinstance(read, IPv6Address):
        return str(IPv6Network((read, _IPV6_SITE_BITS), strict=False))
    return str(read)


def _read(text: str) -> IPv4Address | IPv6Address | None:
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:  # some proxies add the port
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


@lru_cache(maxsize=8)
def _networks(texts: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(ip_network(text) for text in texts)


def _is_within(text: str, networks: tuple[Any, ...]) -> bool:
    address = _read(text)
    return address is not None and any(address in network for network in networks)
