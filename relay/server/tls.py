"""The certificate that clients are shown, where [server] has one; used by listening, and doctor."""

import ssl

from relay.config import ServerConfig
from relay.errors import ConfigError


def load_certificate(config: ServerConfig) -> ssl.SSLContext:
    """Make a context from the configured files. Raises ConfigError."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # Nothing else is spoken behind the handshake; HTTP/2 in particular is not.
    context.set_alpn_protocols(["http/1.1"])
    try:
        # Where a key wants a pass phrase, OpenSSL would ask for it on the terminal.
        context.load_cert_chain(config.tls_cert, config.tls_key, password=_no_pass_phrase)
    except ssl.SSLError as error:
        why = error.reason or "it is not in PEM format"
        raise ConfigError(
            f"server.tls_cert, server.tls_key: {config.tls_cert} and {config.tls_key} are not a"
            f" certificate and its key: {why}"
        ) from None
    except OSError as error:
        files = f"{config.tls_cert} or {config.tls_key}"
        raise ConfigError(
            f"server.tls_cert, server.tls_key: {files} can't be read: {error.strerror}"
        ) from None
    return context


def _no_pass_phrase() -> str:
    return ""
