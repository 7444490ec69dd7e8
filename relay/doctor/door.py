"""Checks of who may use the relay: certificate, tokens, Origins, and a running one's door.

Used by rounds. A running relay is asked without any token: what it refuses is what is looked at.
"""

import stat
import time

import aiohttp

from relay.config import Config, is_loopback
from relay.doctor.findings import Finding, bad, good, skipped
from relay.doctor.machine import WAIT_S, is_relay, own_url
from relay.errors import ConfigError
from relay.server.tls import load_certificate
from relay.upstream.secrets import user_path

FOREIGN = "relay-doctor.invalid"
"""A name that is nobody's, as a foreign page's Origin and as a rebound Host."""


def check_certificate(config: Config) -> Finding:
    """See whether the certificate and its key can be used."""
    if not config.server.tls_cert:
        return skipped("tls", "none is configured: the port speaks plain HTTP")
    try:
        certificate = load_certificate(config.server)
    except ConfigError as error:
        return bad("tls", str(error), "change [server] tls_cert and tls_key")
    wrong = certificate.fault(time.time())
    if wrong:
        return bad("tls", f"{config.server.tls_cert}: {wrong}", "renew it, then reload the relay")
    key = user_path(config.server.tls_key)
    if key.stat().st_mode & stat.S_IROTH:
        return bad("tls", f"everybody on this machine may read {key}", f"run: chmod o= {key}")
    until = f", until {certificate.until}" if certificate.until else ""
    return good("tls", f"{config.server.tls_cert} and its key fit{until}")


def check_tokens(config: Config) -> Finding:
    """Say who may use the relay."""
    tokens = config.auth.tokens
    if not tokens:
        return good("tokens", "none: everybody on this machine may use the relay, and nobody else")
    listed = ", ".join(f"{token.name} ({', '.join(token.scopes)})" for token in tokens)
    finding = f"{len(tokens)}: {listed}"
    if not is_loopback(config.server.host) and not config.server.tls_cert:
        return good("tokens", f"{finding}; they cross the network in plain text, unless a proxy")
    return good("tokens", finding)


def check_origins(config: Config) -> Finding:
    """Say whose pages may use the relay."""
    listed = config.server.allowed_origins
    if "null" in listed and not config.auth.tokens:
        return bad(
            "origins",
            "null is allowed, and no token is wanted: any web page can send that, from a frame",
            "make a token (relay token new), or take null out of [server] allowed_origins",
        )
    return good("origins", f"its own pages{''.join(f', {origin}' for origin in listed)}")


async def check_door(config: Config) -> Finding:
    """See whether a running relay refuses what it is to refuse."""
    if config.server.port == 0 or not await is_relay(config):
        return skipped("door", "no relay serves there now")
    url = f"{own_url(config)}/api/rooms"
    try:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(WAIT_S)) as session:
            for header, value, status in (
                ("Host", FOREIGN, 421),
                ("Origin", f"https://{FOREIGN}", 403),
            ):
                async with session.get(url, headers={header: value}, ssl=False) as answer:
                    if answer.status != status:
                        return bad(
                            "door",
                            f"a foreign {header} is answered with HTTP {answer.status},"
                            f" not {status}",
                            "see what stands in front of the relay, and rewrites that header",
                        )
            async with session.get(url, ssl=False) as answer:
                wants_token = answer.status == 401
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        return bad("door", f"the relay does not answer: {error}", "look into its log")
    if wants_token == bool(config.auth.tokens):
        said = ", and who has no token" if wants_token else ""
        return good("door", f"foreign Hosts and Origins are refused{said}")
    return bad(
        "door",
        f"the relay that runs wants {'a' if wants_token else 'no'} token; this configuration says"
        " otherwise",
        "have it read its configuration: systemctl reload relay; or name the file that it has:"
        " relay doctor --config FILE",
    )
