"""Somebody who is logged in at Douyin, by the cookies that the user keeps in a file; used by
identities.

The file is read again whenever it has changed: logins expire, and the user puts new cookies there.
"""

import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime

import structlog

from relay.clock import now_ms
from relay.config import LoginConfig
from relay.errors import ConfigError, UpstreamError
from relay.upstream.cookies import days_left, read_cookies, version_of
from relay.upstream.identity import AnonymousIdentity, Identity
from relay.upstream.secrets import user_path

_LOOK_S = 60.0
"""How often the file is looked at."""
_REST_S = 600.0
_MAX_REST_S = 6 * 3600.0
"""How long a login rests that was refused: at first, and at most after further refusals."""
_ASK_EVERY_S = 1800.0
"""How often upstream is asked whether a login is good, at most: when somebody connects with it."""
_WARN_DAYS = 3.0
"""So long before a login expires, that is said, each day."""
_WARN_EVERY_S = 86_400.0

_log = structlog.get_logger(__name__)


class LoginIdentity(Identity):
    """One login."""

    def __init__(
        self,
        config: LoginConfig,
        browser: AnonymousIdentity,
        ask: Callable[[Mapping[str, str]], Awaitable[bool | None]] | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`browser` is whom it is logged in with: its ttwid counts where the file has none.

        `ask` tells whether upstream takes cookies, None where it doesn't know, and never raises.
        Raises ConfigError where the file can't be used.
        """
        super().__init__(config.name)
        self.is_login = True
        self.is_shared = config.shared
        self._path = user_path(config.cookie_file)
        self._browser = browser
        self._ask = ask
        self._clock = clock
        self._ask_at = float("-inf")
        self._values: dict[str, str] = {}
        self._is_over = False
        """Whether upstream says so."""
        self._version: tuple[int, ...] = ()
        self._spoilt: tuple[int, ...] | None = None  # the version that was warned of
        self._look_at = 0.0
        self._warn_at = 0.0
        self._rests_until = 0.0
        self._refusals = 0  # in a row
        self._load()

    async def cookies(self) -> dict[str, str]:
        """Give the cookies for a request or handshake.

        Raises UpstreamError `login_expired` where upstream is known to take them no more.
        """
        self._look()
        if self._clock() >= self._ask_at:
            await self.check()
        if self._is_over:
            raise UpstreamError("login_expired", f"upstream takes the login {self.name} no more")
        return await self._cookies()

    async def check(self) -> bool | None:
        """Ask upstream whether the login is good; None: it doesn't say."""
        if self._ask is None:
            return None
        self._ask_at = self._clock() + _ASK_EVERY_S
        version = self._version
        is_good = await self._ask(await self._cookies())
        # What is said of old cookies says nothing of those that were read meanwhile.
        if is_good is False and version == self._version:
            self._end()
        return is_good

    async def _cookies(self) -> dict[str, str]:
        if "ttwid" in self._values:
            return dict(self._values)
        return await self._browser.cookies() | self._values

    def _end(self) -> None:
        if self._is_over:
            return
        self._is_over = True
        known_ms = self.login_valid_until_ms
        self.login_valid_until_ms = now_ms() if known_ms is None else min(known_ms, now_ms())
        self._warn_at = self._clock() + _WARN_EVERY_S
        _log.warning(
            "upstream takes a login no more; put new cookies into its file",
            login=self.name,
            file=str(self._path),
        )

    async def page_cookies(self) -> dict[str, str]:
        """Give the cookies for a page, which also wants the nonce it gave us before."""
        return await self._browser.page_cookies() | await self.cookies()

    def absorb(self, cookies: Mapping[str, str]) -> bool:
        """Take over what an answer sets, but for the login itself: the file says who that is."""
        return self._browser.absorb(cookies)

    def blocked(self, cause: str) -> None:
        """Note that upstream refused it, and let it rest."""
        rest_s = min(_REST_S * 2.0 ** min(self._refusals, 10), _MAX_REST_S)
        if self._clock() < self._rests_until:
            return  # several connections were refused for the same reason
        self._refusals += 1
        self._rests_until = self._clock() + rest_s
        _log.warning("a login was refused; it rests", login=self.name, cause=cause, for_s=rest_s)

    def gifts_seen(self, count: int) -> None:
        """Note that `count` gifts came to it: it works."""
        self._refusals = 0

    def well(self) -> None:
        """Note that a room works with it."""
        self._refusals = 0

    async def close(self) -> None:
        """End what it has running."""
        await self._browser.close()

    @property
    def has_expired(self) -> bool:
        """Whether the login is over, as far as its file or upstream says."""
        return self.login_valid_until_ms is not None and days_left(self.login_valid_until_ms) <= 0

    @property
    def is_usable(self) -> bool:
        """Whether it may be used now: it has not expired, and does not rest."""
        self._look()
        return not self.has_expired and self._clock() >= self._rests_until

    def _look(self) -> None:
        """Read the file again if it has changed, and say when the login is about to expire."""
        now = self._clock()
        if now < self._look_at:
            return
        self._look_at = now + _LOOK_S
        if (version := version_of(self._path)) != self._version:
            try:
                self._load()
                _log.info("cookies read again", login=self.name)
            except ConfigError as error:
                if version != self._spoilt:
                    self._spoilt = version
                    _log.warning("cookies can't be read again", login=self.name, error=str(error))
        self._warn()

    def _load(self) -> None:
        # Before it is read: what is written meanwhile is read the next time.
        version = version_of(self._path)
        self._values, self.login_valid_until_ms = read_cookies(self._path)
        self._version, self._spoilt = version, None
        self._is_over, self._ask_at = False, float("-inf")
        self._look_at = self._clock() + _LOOK_S
        self._refusals, self._rests_until, self._warn_at = 0, 0.0, 0.0
        self._warn()

    def _warn(self) -> None:
        if self.login_valid_until_ms is None or self._clock() < self._warn_at:
            return
        if (left := days_left(self.login_valid_until_ms)) > _WARN_DAYS:
            return
        self._warn_at = self._clock() + _WARN_EVERY_S
        until = datetime.fromtimestamp(self.login_valid_until_ms / 1000, UTC)
        _log.warning(
            "a login has expired; put new cookies into its file"
            if left <= 0
            else "a login is about to expire; put new cookies into its file",
            login=self.name,
            valid_until=until.isoformat(timespec="minutes"),
            file=str(self._path),
        )
