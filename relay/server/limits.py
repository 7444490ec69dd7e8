"""Counts what each address and token has in use, and says where it is too much; kept by state.

The limits are `[limits]` of the configuration as it is at the time. Each process counts its own.
"""

from collections.abc import Callable

from relay.config import LimitsConfig
from relay.server.bucket import Bucket
from relay.server.senders import site_of

MAX_ADDRESSES = 10_000
"""Addresses that are remembered; beyond, those that have nothing in use are forgotten first."""


class Account:
    """What one address, or one token, has in use."""

    __slots__ = ("connections", "requests", "subscriptions", "wrong_tokens")

    def __init__(self, config: LimitsConfig) -> None:
        self.connections = 0
        """Open ones; of a token: WebSockets and event streams only."""
        self.subscriptions = 0
        self.requests = Bucket(config.address_burst)
        self.wrong_tokens = Bucket(config.address_wrong_tokens_per_min)

    @property
    def is_idle(self) -> bool:
        """Whether nothing is open."""
        return not self.connections and not self.subscriptions


class Limits:
    """The accounts. Addresses of this machine have one, too, that only counts wrong tokens."""

    def __init__(self, config: Callable[[], LimitsConfig]) -> None:
        """`config` gives the limits as they are now."""
        self._config = config
        self._addresses: dict[str, Account] = {}
        self._tokens: dict[str, Account] = {}

    @property
    def config(self) -> LimitsConfig:
        """The limits as they are now."""
        return self._config()

    def may_connect(self, address: str) -> bool:
        """Tell whether an address may have one more connection."""
        account = self._addresses.get(site_of(address))
        return account is None or account.connections < self.config.address_connections

    def connected(self, address: str) -> None:
        """Count a connection of an address."""
        if site := site_of(address):
            self._of(site).connections += 1

    def disconnected(self, address: str) -> None:
        """Count a connection no more that was counted."""
        site = site_of(address)
        if site and site in self._addresses:
            self._addresses[site].connections -= 1

    def request(self, address: str) -> float | None:
        """Count a request or handshake; None, or the seconds until it may come again."""
        site = site_of(address)
        if not site:
            return None
        config = self.config
        return self._of(site).requests.take(config.address_requests_per_s, config.address_burst)

    def guess(self, address: str) -> float | None:
        """Say how many seconds to wait before a token from an address is looked at; None: now."""
        most = self.config.address_wrong_tokens_per_min
        return self._of(site_of(address)).wrong_tokens.lacks(most / 60, most)

    def guessed_wrong(self, address: str) -> None:
        """Count a wrong token."""
        most = self.config.address_wrong_tokens_per_min
        self._of(site_of(address)).wrong_tokens.take(most / 60, most)

    def may_enter(self, token: str) -> bool:
        """Tell whether one more client may come with a token; "": there are none."""
        account = self._tokens.get(token)
        return account is None or account.connections < self.config.token_clients

    def entered(self, token: str) -> None:
        """Count a client of a token."""
        if token:
            self._token(token).connections += 1

    def left(self, token: str) -> None:
        """Count a client of a token no more."""
        if token:
            self._token(token).connections -= 1
            self._forget_idle(token)

    def may_subscribe(self, address: str, token: str) -> bool:
        """Tell whether a client of an address, with a token, may have one more room."""
        config = self.config
        site = site_of(address)
        if site and self._of(site).subscriptions >= config.address_subscriptions:
            return False
        account = self._tokens.get(token)
        return account is None or account.subscriptions < config.token_subscriptions

    def subscribed(self, address: str, token: str, change: int) -> None:
        """Count rooms that a client of an address, with a token, has taken or given up."""
        if site := site_of(address):
            self._of(site).subscriptions += change
        if token:
            self._token(token).subscriptions += change
            self._forget_idle(token)

    def _of(self, site: str) -> Account:
        account = self._addresses.get(site)
        if account is None:
            if len(self._addresses) >= MAX_ADDRESSES:
                self._forget()
            account = self._addresses[site] = Account(self.config)
        return account

    def _token(self, token: str) -> Account:
        # As many as have something open.
        account = self._tokens.get(token)
        if account is None:
            account = self._tokens[token] = Account(self.config)
        return account

    def _forget_idle(self, token: str) -> None:
        if self._tokens[token].is_idle:
            del self._tokens[token]

    def _forget(self) -> None:
        """Make room, by a tenth: those first that nothing is known against, then the oldest."""
        config = self.config
        idle = [site for site, account in self._addresses.items() if account.is_idle]
        guesses = config.address_wrong_tokens_per_min
        idle.sort(
            key=lambda site: not self._addresses[site].wrong_tokens.is_full(guesses / 60, guesses)
        )
        for site in idle[: MAX_ADDRESSES // 10]:
            del self._addresses[site]
