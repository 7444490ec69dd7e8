"""How long to wait before upstream is bothered again, and when silence counts as a fault.

Policy only: numbers and arithmetic, no I/O and no clock. Used by all of room.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf
from random import Random
from types import MappingProxyType

from relay.upstream.client import Timings
from relay.upstream.failures import Failure

_MAX_DOUBLINGS = 30


@dataclass(frozen=True, slots=True)
class BackOff:
    """Waits that double from `base_s` up to `cap_s`."""

    base_s: float
    cap_s: float

    def longest_s(self, attempt: int) -> float:
        """Give the longest wait after `attempt` failures before this one."""
        # A bounded exponent: 2**1100 is no float any more.
        return min(self.cap_s, self.base_s * 2.0 ** min(attempt, _MAX_DOUBLINGS))

    def wait_s(self, attempt: int, random: Random) -> float:
        """Give a wait with full jitter, so that many rooms don't come back together."""
        return random.uniform(0.0, self.longest_s(attempt))


BACK_OFF: Mapping[Failure, BackOff] = MappingProxyType(
    {
        # A healthy socket that is cut is back within a second, again and again.
        Failure.CUT: BackOff(1.0, 30.0),
        Failure.STALLED: BackOff(1.0, 60.0),
        Failure.NETWORK: BackOff(1.0, 60.0),
        Failure.SERVER: BackOff(2.0, 120.0),
        Failure.SIGNER: BackOff(5.0, 300.0),
        Failure.BROWSER: BackOff(2.0, 120.0),
        # Pressing on makes risk control last longer.
        Failure.BLOCKED: BackOff(10.0, 600.0),
    }
)


@dataclass(frozen=True, slots=True)
class Policy:
    """Every wait and limit of a room. Tests shrink them."""

    back_off: Mapping[Failure, BackOff] = field(default_factory=lambda: BACK_OFF)
    """After failures, by kind."""
    missing_answers: int = 2
    """Upstream has to say this often in a row that it knows no such room."""
    not_found: BackOff = BackOff(15.0, 1800.0)
    """Between questions after a room that upstream does not know."""
    crash: BackOff = BackOff(1.0, 300.0)
    """Before a fetcher that crashed is started again."""
    next_cure_s: float = 1.0
    """The longest wait before the next cure is tried for the first time; with full jitter."""
    connects_per_s: int = 4
    """Rooms that may connect in one second; of many rooms an eighth. A common outage ends for all
    of them at once."""
    stagger_s: float = 1.5
    """Between the first connects of a room's connections."""
    merge_s: float = 0.15
    """How long messages wait for those of the room's other connections, which are put in order
    with them; there is no wait where there is one connection."""
    climb: BackOff = BackOff(60.0, 1800.0)
    """How long `auto` uses another transport before it tries the best one again; jittered by a
    fifth only."""
    confirm: BackOff = BackOff(2.0, 60.0)
    """Between questions while an ending is being confirmed; jittered by a fifth only."""
    offline_answers: int = 2
    """Offline this often in a row means ended. Control's word counts as one of them."""
    online_answers: int = 3
    """Online this often, Control's word for an ending is taken for a mistake."""
    stands_s: float = 30.0
    """A connection that brought something and held so long worked; what it had before is forgotten.
    One that is closed sooner, again and again, is made again more and more rarely."""
    healthy_s: float = 60.0
    """A connection that held so long worked, even where nobody said anything."""
    login_rest: BackOff = BackOff(600.0, 6 * 3600.0)
    """How long a room does without a login that was thrown out of it."""
    doubt_s: float = 10.0
    """So long after a connect with nothing of value but at its start, the room is asked for its
    state: the ending may have been missed. A closed room takes connections as if it were open."""
    repeated_within_s: float = 3.0
    """What comes so soon after a connect may be what upstream repeats, in closed rooms too."""
    heartbeats_only_s: float = 90.0
    """No message at all for so long: a dead subscription (xhynice); even quiet rooms send their
    numbers every few seconds."""
    cure_shows_s: float = 20.0
    """The same after a cure: with the next one tried, it is known sooner whether that helps."""
    low_value: BackOff = BackOff(180.0, 1800.0)
    """Only messages that closed rooms send too for so long, while the room is said to be live; it
    doubles while no cure helps, since the room may just be quiet."""
    replay_covers_s: float = 30.0
    """A break up to here is covered by upstream's own position. After a longer one, with nothing
    repeated that we had, messages may be lost, and that is said."""
    timings: Timings = field(default_factory=Timings)
    """Of the transports; what Upstream is made with."""
    random: Random = field(default_factory=Random)
    """Source of all jitter."""

    def retry_s(self, failure: Failure, attempt: int) -> float:
        """Give the wait after a failure; `attempt` failures came before it without success."""
        return self.back_off[failure].wait_s(attempt, self.random)

    def soon_s(self) -> float:
        """Give the wait before the next cure."""
        return self.random.uniform(0.0, self.next_cure_s)

    def spread_s(self, wait_s: float) -> float:
        """Jitter a regular wait by a fifth."""
        return wait_s * self.random.uniform(0.8, 1.2)


REPLAYING = Policy(
    missing_answers=1,
    confirm=BackOff(0.05, 1.0),
    # A recording is never ill, however quiet the room was.
    doubt_s=inf,
    heartbeats_only_s=inf,
    cure_shows_s=inf,
    low_value=BackOff(inf, inf),
)
"""For a recording that is played: it knows what it says."""
