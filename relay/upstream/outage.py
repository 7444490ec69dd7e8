"""Says in plain words why upstream can't be reached; used by http and the push socket.

Libraries put addresses, URLs (whose query may hold a key of the signer's) and line breaks into
their texts, which people read in answers, logs and the state of rooms.
"""

import os
import socket
import ssl

import aiohttp

MAX_REASON_CHARS = 200


def plain_reason(error: Exception) -> str:
    """Tell in a line what failed, e.g. `Connection refused`."""
    match error:
        case aiohttp.ClientProxyConnectionError():
            reason = f"the proxy {error.host}:{error.port}: {_reason_of(error.os_error)}"
        case aiohttp.ClientConnectorCertificateError():
            reason = _reason_of(error.certificate_error)
        case aiohttp.ClientConnectorError():
            reason = _reason_of(error.os_error)
        case aiohttp.ClientResponseError():
            reason = error.message
        case _:
            reason = _reason_of(error)
    return on_one_line(reason) or type(error).__name__


def on_one_line(text: str) -> str:
    """Give a library's text without line breaks, and not much of it."""
    return " ".join(text.split())[:MAX_REASON_CHARS]


def _reason_of(error: Exception) -> str:
    match error:
        case ssl.SSLCertVerificationError():
            return f"its certificate is refused: {error.verify_message or error}"
        case ssl.SSLError():
            return f"TLS fails: {(error.reason or str(error)).replace('_', ' ').lower()}"
        case socket.gaierror():
            return error.strerror or str(error)
        case OSError(errno=int(number)) if number > 0:
            # The error's own text has the address, too.
            return os.strerror(number)
        case ValueError():
            return ""
        case _:
            return str(error)
