"""The certificate that clients are shown, where [server] has one; used by listening, and doctor."""

import ssl
from contextlib import suppress
from pathlib import Path

import structlog

from relay.config import ServerConfig
from relay.errors import ConfigError

_OF_DATES = (9, 10)
"""Verify codes of OpenSSL: X509_V_ERR_CERT_NOT_YET_VALID, X509_V_ERR_CERT_HAS_EXPIRED."""


def load_certificate(config: ServerConfig) -> ssl.SSLContext:
    """Make a context from the configured files. Raises ConfigError.

    One that clients will refuse for its dates is used all the same, and said so in the log: to stop
    for it would help nobody.
    """
    for key, name in (("tls_cert", config.tls_cert), ("tls_key", config.tls_key)):
        try:
            Path(name).open("rb").close()
        except OSError as error:
            raise ConfigError(f"server.{key}: {name} can't be read: {error.strerror}") from None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # Nothing else is spoken behind the handshake; HTTP/2 in particular is not.
    context.set_alpn_protocols(["http/1.1"])
    try:
        # Where a key wants a pass phrase, OpenSSL would ask for it on the terminal.
        context.load_cert_chain(config.tls_cert, config.tls_key, password=_no_pass_phrase)
    except ssl.SSLError as error:
        why = error.reason or "it is not in PEM format, or wants a pass phrase, which none is given"
        raise ConfigError(
            f"server.tls_cert, server.tls_key: {config.tls_cert} and {config.tls_key} are not a"
            f" certificate and its key: {why}"
        ) from None
    wrong = fault_of(context, config.tls_cert)
    if wrong:
        structlog.get_logger(__name__).warning(
            "clients will refuse the certificate", tls_cert=config.tls_cert, reason=wrong
        )
    return context


def fault_of(context: ssl.SSLContext, certificate: str) -> str:
    """Say what is wrong with the dates of a context's certificate, read from that file; or "".

    The library tells no dates of one's own certificate, so a client of our own has a look at it.
    """
    trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trusting.check_hostname = False
    trusting.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # whoever has signed it
    to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
    try:
        trusting.load_verify_locations(certificate)
        client = trusting.wrap_bio(to_client, to_server)
        server = context.wrap_bio(to_server, to_client, server_side=True)
        for end in (client, server, client):  # its hello, the certificate, the judgement
            with suppress(ssl.SSLWantReadError):
                end.do_handshake()
    except ssl.SSLCertVerificationError as error:
        return error.verify_message if error.verify_code in _OF_DATES else ""
    except ssl.SSLError:  # nothing that dates have to do with
        return ""
    return ""


def _no_pass_phrase() -> str:
    return ""
