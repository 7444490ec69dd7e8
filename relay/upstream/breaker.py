"""Stops asking endpoints that keep failing, and tries again later; used by asking and ways."""

import time
from collections.abc import Callable, Hashable, Iterator, Mapping, Set
from contextlib import contextmanager
from random import Random
from types import MappingProxyType
from typing import Literal

import structlog

from relay.errors import UpstreamError
from relay.upstream.failures import CAUSES, Failure

Endpoint = Literal[
    "reflow", "enter", "page", "short_link", "feed", "gifts", "audience", "promotions"
]
"""reflow/info, web/enter, the room page, v.douyin.com, webcast/feed, webcast/gift/list,
ranklist/audience, promotions/pop."""

FAILURES = 5
"""Failures in a row, all for one cause, that open it."""
MIXED_FAILURES = 20
"""The same for whatever causes: who fails each time in another way may be about to recover."""
OPEN_S = 30.0
MAX_OPEN_S = 300.0
"""How long it stays open: at first, and at most after failed probes, each doubling it."""
_JITTER = 0.2
_PROBE_S = 1.0
"""When to ask again while a probe is under way."""
ROOM_ANSWERS = frozenset({"unknown_room", "room_over", "bad_params"})
"""Upstream's proper answers about one room: the endpoint works."""
BODY_CAUSES = frozenset({"bad_body", "too_large"})
"""An answer came, and it is odd: perhaps the room is, and asking about it again proves no more."""
_NO_ANSWERS = frozenset({"other_code", "not_found", "busy", "stopping"})
"""May be about the room or about the endpoint, or was our own doing: proves nothing."""

_log = structlog.get_logger(__name__)


class Breaker:
    """The breaker of one endpoint."""

    def __init__(
        self,
        endpoint: str,
        random: Random,
        *,
        ambiguous: Set[str] = frozenset(),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`ambiguous`: further causes that prove nothing here."""
        self._no_answers = _NO_ANSWERS | ambiguous
        self._endpoint = endpoint
        self._random = random
        self._clock = clock
        self._failures = 0
        self._alike = 0  # the last of them, as far as they have one cause
        self._odd: set[Hashable] = set()  # in this row; MIXED_FAILURES bounds it
        self._openings = 0  # in a row, without an answer in between
        self._open_until: float | None = None
        self._last = UpstreamError("unreachable", "")
        self._probing = False

    @property
    def state(self) -> Literal["closed", "open", "half_open"]:
        """`half_open`: the next call is a probe, or one is under way."""
        if self._open_until is None:
            return "closed"
        return "open" if self._clock() < self._open_until else "half_open"

    def check(self) -> None:
        """Raise the last failure again, with `retry_after_s`, where no call may be made now."""
        if self._open_until is None:
            return
        wait_s = self._open_until - self._clock()
        if wait_s <= 0:
            if not self._probing:
                return
            wait_s = _PROBE_S
        last = self._last
        raise UpstreamError(
            last.cause,
            f"{last} ({self._endpoint} kept failing; it is asked again in {wait_s:.0f} s)",
            upstream_code=last.upstream_code,
            upstream_text=last.upstream_text,
            retry_after_s=max(1.0, wait_s),
        )

    @contextmanager
    def call(self, question: Hashable = None) -> Iterator[None]:
        """Make a call and read its answer inside; what it raises is judged. Raises as `check`.

        `question`: the room that it is about; None: no room.
        """
        self.check()
        with self.judged(question):
            yield

    @contextmanager
    def judged(self, question: Hashable = None) -> Iterator[None]:
        """Make a call as in `call`, even where it is left alone: it is asked seldom enough.

        Such a call closes it by succeeding; failing, it changes nothing, however many there are.
        """
        probe = self.state == "half_open" and not self._probing
        self._probing = self._probing or probe
        try:
            yield
        except UpstreamError as error:
            self._judge(error, question, probe=probe)
            raise
        else:
            self._works()
        finally:
            if probe:
                self._probing = False

    def _judge(self, error: UpstreamError, question: Hashable, *, probe: bool) -> None:
        if error.cause in ROOM_ANSWERS:
            self._works()
        elif self._proves_nothing(error.cause, question):
            return
        elif probe or self._open_until is None:
            # Calls that began before it opened, and fail after, have had their say.
            self._failures += 1
            self._alike = self._alike + 1 if error.cause == self._last.cause else 1
            self._last = error
            if probe or self._alike >= FAILURES or self._failures >= MIXED_FAILURES:
                self._open()

    def _proves_nothing(self, cause: str, question: Hashable) -> bool:
        if cause in self._no_answers or CAUSES[cause] is Failure.SIGNER:
            return True
        if cause not in BODY_CAUSES or question is None:
            return False
        if self._open_until is not None:
            # Upstream answers again where it did not, if only about an odd room.
            return self._last.cause not in BODY_CAUSES
        known = question in self._odd
        self._odd.add(question)
        return known

    def _open(self) -> None:
        open_s = min(OPEN_S * 2.0**self._openings, MAX_OPEN_S)
        open_s *= self._random.uniform(1 - _JITTER, 1 + _JITTER)
        # Past the cap counting on would only lead to huge powers.
        self._openings = min(self._openings + 1, 10)
        self._open_until = self._clock() + open_s
        _log.warning(
            "an endpoint keeps failing; it is left alone",
            endpoint=self._endpoint,
            cause=self._last.cause,
            error=str(self._last),
            for_s=round(open_s),
        )

    def _works(self) -> None:
        if self._open_until is not None:
            _log.info("an endpoint answers again", endpoint=self._endpoint)
        self._failures = self._alike = self._openings = 0
        self._odd.clear()
        self._open_until = None


class Breakers:
    """One breaker for each endpoint, whoever asks it."""

    def __init__(self, random: Random) -> None:
        self.by_endpoint: Mapping[Endpoint, Breaker] = MappingProxyType(
            {
                "reflow": Breaker("reflow", random),
                "enter": Breaker("enter", random),
                "page": Breaker("page", random),
                "short_link": Breaker("short_link", random),
                "feed": Breaker("feed", random),
                "gifts": Breaker("gifts", random),
                "audience": Breaker("audience", random),
                # Rooms without goods have one, too.
                "promotions": Breaker("promotions", random, ambiguous={"empty_body"}),
            }
        )

    def of(self, endpoint: Endpoint) -> Breaker:
        """Give an endpoint's breaker."""
        return self.by_endpoint[endpoint]
