"""The order in which a request's sender is judged: Host, Origin, token; used by guard, handshakes.

Nothing else is done for a request before.
"""

from collections.abc import Sequence

from relay.server.access import Access, find_token
from relay.server.answers import ApiError
from relay.server.checks import FORBIDDEN_ORIGIN, WRONG_HOST, check_request
from relay.server.senders import Sender, site_of
from relay.server.state import ClientState


def check_sender(
    state: ClientState,
    sender: Sender,
    *,
    hosts: Sequence[str],
    origins: Sequence[str],
    sites: Sequence[str],
) -> None:
    """Refuse a request by its Host and Origin headers, then by how many its address sends.

    `hosts`: as checks.hosts_named gives them; `sites`: the values of its Sec-Fetch-Site. Raises
    ApiError.
    """
    verdict = check_request(hosts, origins, state.config.server, scheme=sender.scheme, sites=sites)
    if verdict == "host":
        state.refuse("host", ", ".join(hosts))
        raise ApiError(421, "wrong_host", WRONG_HOST)
    if verdict == "origin":
        state.refuse("origin", ", ".join(origins) or "none, but for a page of another site")
        raise ApiError(403, "forbidden_origin", FORBIDDEN_ORIGIN)
    wait_s = state.limits.request(sender.address)
    if wait_s is not None:
        state.refuse("address_rate", sender.address)
        raise ApiError(
            429, "rate_limited", "too many requests from this address", retry_after_s=wait_s
        )


def check_token(
    state: ClientState, sender: Sender, authorizations: Sequence[str], path: str
) -> Access | None:
    """Give what a request may do by its Authorization headers and its path with the query.

    None: its token is missing or wrong. Raises ApiError where so many wrong ones came from its
    address that none is looked at; of this machine, where right ones are looked at always: what
    else runs on it, or comes through a proxy that is not trusted, must not lock its user out.
    """
    token = find_token(authorizations, path)
    if not token:
        return state.keyring.check(None)
    wait_s = state.limits.guess(sender.address)
    is_looked_at = wait_s is None or not site_of(sender.address)
    access = state.keyring.check(token) if is_looked_at else None
    if access is not None:
        return access
    if wait_s is not None:
        state.refuse("wrong_tokens", sender.address)
        raise ApiError(
            429, "rate_limited", "too many wrong tokens from this address", retry_after_s=wait_s
        )
    state.limits.guessed_wrong(sender.address)
    return None


def use_token(state: ClientState, access: Access) -> None:
    """Count a request of a token. Raises ApiError where there are too many."""
    wait_s = state.keyring.take(access)
    if wait_s is not None:
        state.refuse("rate_limited", access.name)
        raise ApiError(
            429, "rate_limited", "too many requests with this token", retry_after_s=wait_s
        )
