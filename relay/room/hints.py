"""What an operator can do about a trouble, in a sentence; used by health."""

from relay.clock import now_ms
from relay.upstream.identity import Identity

_ADDRESS = "Douyin refuses this address: slow down, or use another network"
_SIGNATURE = "Douyin wants a signature that it takes: see [[signers]], or transport = 'poll'"
_SDK = "the browser's page does not sign: another kind of signer in [[signers]] may"
_SIGNER = "look at the signers in [[signers]]"
_NETWORK = "check this machine's network and proxy settings"
_LOGIN = "export the cookies of the login {name} again: they are not valid any more"
_BROWSER = "look at the browser in [browser]"

_HINTS = {
    "captcha": "Douyin wants a captcha solved from this address: slow down, or use another network",
    "challenge": "Douyin doubts this address: slow down, or use another network",
    "empty_body": _ADDRESS,
    "forbidden": _ADDRESS,
    "rate_limited": "too many requests from this address: watch fewer rooms, or poll less often",
    "login_wanted": "Douyin shows this room only to people who are logged in: set up [[logins]]",
    "device_blocked": _SIGNATURE,
    "sign_check": _SIGNER,
    "handshake_refused": _SIGNATURE,
    "signer": _SIGNER,
    "signer_missing": "Douyin wants a signature for this: set up [[signers]]",
    "sdk_missing": _SDK,
    "sdk_refused": _SDK,
    "busy": "more is asked for than may be at once: raise [browser] max_pages or calls_per_s, or"
    " watch fewer rooms",
    "not_found": "check the room's name; upstream does not know it",
    "unreachable": _NETWORK,
    "timeout": _NETWORK,
    "browser_down": _BROWSER,
    "page_crashed": _BROWSER,
    "page_closed": _BROWSER,
    "login_popup": "the room's page wants a login: log in in that browser, or set up [[logins]]",
    "login_expired": _LOGIN,
}


def hint_for(cause: str, identity: Identity | None = None) -> str:
    """Give the hint for a cause, "" for none; where all else is well, that of the login."""
    name = identity.name if identity is not None else ""
    if cause:
        return _HINTS.get(cause, "").format(name=name)
    valid_until_ms = identity.login_valid_until_ms if identity is not None else None
    if valid_until_ms is not None and valid_until_ms <= now_ms():
        return _LOGIN.format(name=name)
    return ""
