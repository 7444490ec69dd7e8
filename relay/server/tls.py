"""The certificate that clients are shown, where [server] has one; used by listening, and doctor."""

import ssl
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import structlog

from relay.config import ServerConfig
from relay.errors import ConfigError
from relay.upstream.secrets import user_path

SOON_S = 14 * 86_400.0
"""So long before its end a certificate should have been renewed; of one that is for less than
SOON_PARTS times as long, in the last of so many parts."""
SOON_PARTS = 5
_NO_CHECK_TIME = 0x20_0000
"""X509_V_FLAG_NO_CHECK_TIME of OpenSSL, which Python has no name for."""


_log = structlog.get_logger(__name__)


class Certificate(NamedTuple):
    """A certificate with its key, and when it counts; Unix seconds, None where that isn't known."""

    path: Path
    context: ssl.SSLContext
    begins_s: float | None
    ends_s: float | None

    @property
    def until(self) -> str:
        """The day on which it expires; "" where that isn't known."""
        return "" if self.ends_s is None else _date(self.ends_s)

    def fault(self, now_s: float) -> str:
        """Say what is wrong with its dates, or will be soon; or ""."""
        if self.begins_s is None or self.ends_s is None:
            return ""
        if now_s > self.ends_s:
            return f"it has expired on {self.until}"
        if now_s < self.begins_s:
            return f"it counts from {_date(self.begins_s)} on only"
        if self.ends_s - now_s < min(SOON_S, (self.ends_s - self.begins_s) / SOON_PARTS):
            return f"it expires on {self.until}, and should have been renewed"
        return ""

    def warn(self) -> None:
        """Say in the log what is wrong with its dates, if anything is."""
        wrong = self.fault(time.time())
        if wrong:
            _log.warning("the certificate has to be renewed", tls_cert=str(self.path), reason=wrong)


def load_certificate(config: ServerConfig) -> Certificate:
    """Load the configured files. Raises ConfigError.

    One that clients refuse for its dates is used all the same, and said so in the log: to stop
    for it would help nobody.
    """
    cert_path, key_path = paths = user_path(config.tls_cert), user_path(config.tls_key)
    for name, path in zip(("tls_cert", "tls_key"), paths, strict=True):
        try:
            path.open("rb").close()
        except OSError as error:
            raise ConfigError(f"server.{name}: {path} can't be read: {error.strerror}") from None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # Nothing else is spoken behind the handshake; HTTP/2 in particular is not.
    context.set_alpn_protocols(["http/1.1"])
    try:
        # Where a key wants a pass phrase, OpenSSL would ask for it on the terminal.
        context.load_cert_chain(cert_path, key_path, password=_no_pass_phrase)
    except ssl.SSLError as error:
        why = error.reason or "it is not in PEM format, or wants a pass phrase, which none is given"
        raise ConfigError(
            f"server.tls_cert, server.tls_key: {cert_path} and {key_path} are not a certificate and"
            f" its key: {why}"
        ) from None
    certificate = Certificate(cert_path, context, *_dates(context, cert_path))
    certificate.warn()
    return certificate


def _dates(context: ssl.SSLContext, path: Path) -> tuple[float, float] | tuple[None, None]:
    """Give when a context's certificate, read from that file, begins and ceases to count.

    The library tells no dates of one's own certificate, so a client of our own has a look at it.
    """
    trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trusting.check_hostname = False
    # Whoever has signed it, and whenever.
    trusting.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN | _NO_CHECK_TIME
    to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
    try:
        trusting.load_verify_locations(path)
        client = trusting.wrap_bio(to_client, to_server)
        server = context.wrap_bio(to_server, to_client, server_side=True)
        for end in (client, server, client):  # its hello, the certificate, the judgement
            with suppress(ssl.SSLWantReadError):
                end.do_handshake()
        shown = client.getpeercert() or {}
    except (ssl.SSLError, ValueError):  # nothing that dates have to do with
        return None, None
    begins, ends = shown.get("notBefore"), shown.get("notAfter")
    if not isinstance(begins, str) or not isinstance(ends, str):
        return None, None
    return ssl.cert_time_to_seconds(begins), ssl.cert_time_to_seconds(ends)


def _date(at_s: float) -> str:
    return datetime.fromtimestamp(at_s, UTC).date().isoformat()


def _no_pass_phrase() -> str:
    return ""
