"""What is tried next while a connection is ill: policy only, no I/O and no clock; used by line."""

from collections import Counter
from collections.abc import Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from relay.room.retry import Policy
from relay.upstream.failures import CAUSES, Failure

_SERVED_WAITS = 2
"""What the waits in a row fall back to where messages came, but for those that messages came
before."""


class Cure(StrEnum):
    """What can be done about a connection that does not work."""

    RECONNECT = "reconnect"
    """Connect again as before."""
    IDENTITY = "identity"
    """Come as somebody else: fresh cookies and user_unique_id, another login where there is one."""
    SIGNER = "signer"
    """Have another signer sign."""
    HOST = "host"
    """Go to the next push host."""
    TRANSPORT = "transport"
    """Receive in another way, see ladder."""


class Means(NamedTuple):
    """How many of each there are to choose from."""

    identities: int = 1
    signers: int = 1
    hosts: int = 1
    transports: int = 1


class Plan(NamedTuple):
    """What is done next about a trouble."""

    cure: Cure
    wait_s: float
    """How long to wait before."""
    rests: bool
    """Whether that is a rest, longer each time; else the cure is tried as soon as may be."""


_R, _I, _S, _H, _T = Cure.RECONNECT, Cure.IDENTITY, Cure.SIGNER, Cure.HOST, Cure.TRANSPORT

_BY_KIND: Mapping[Failure, Sequence[Cure]] = MappingProxyType(
    {
        Failure.NETWORK: (_H, _T, _R),
        Failure.SERVER: (_R, _H, _T),
        Failure.BLOCKED: (_I, _H, _T),
        Failure.SIGNER: (_S, _T, _R),
        Failure.CUT: (_R, _H, _I, _T),
        Failure.STALLED: (_R, _I, _H, _T),
        Failure.BROWSER: (_R, _T),
    }
)
"""In which order, for a kind of failure."""

_BY_CAUSE: Mapping[str, Sequence[Cure]] = MappingProxyType(
    {
        "device_blocked": (_S, _I, _H, _T),
        # A signature that doesn't fit the cookies that came with it.
        "sign_check": (_I, _S, _H, _T),
        "login_expired": (_I, _R),
        # Another transport uses another host, which may take us while this one is left to rest.
        "forbidden": (_T, _I, _H),
        "rate_limited": (_T, _I, _H),
        # Nothing comes over the wire at all: rather the line than who we are.
        "silent": (_R, _H, _T, _I),
    }
)
"""The causes for which it is another than for their kind."""

_SERVED_AND_CUT: Sequence[Cure] = (_R, _H)
"""For a connection that brought something new until it was cut: who we are is liked."""

_UNSIGNED: Sequence[Cure] = (_T, _I, _H)
"""For `device_blocked` where nobody signed: it is known what is missing."""

_RESTED = frozenset(
    {
        "forbidden",
        "rate_limited",
        "empty_body",
        "captcha",
        "challenge",
        "login_wanted",
        "login_popup",
        "restarting",
    }
)
"""Causes where no cure is tried at once: who presses on is kept out for longer. While the socket is
so refused another transport may stand in for it."""


class Cures:
    """The choice for one connection. Every cure is tried once before any is tried again."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._tried: Counter[Cure] = Counter()
        """In this round."""
        self.failures = 0
        """In this trouble."""
        self._waits: Counter[Failure] = Counter()
        """Back-offs in this trouble, by kind: who was cut often is refused for the first time."""
        self._served = 0
        """Connections in this trouble that brought messages and did not last."""
        self.rounds = 0
        """Rounds in this trouble in which nothing helped."""

    def well(self) -> None:
        """Forget all that: a connection worked, and stood."""
        self._tried.clear()
        self._waits.clear()
        self.failures = self._served = self.rounds = 0

    def served(self) -> None:
        """Don't wait for long any more: upstream serves us, though perhaps a closed room's.

        But longer each time, while what it gives us does not last.
        """
        at_most = max(_SERVED_WAITS, self._served)
        self._waits = Counter({kind: min(waits, at_most) for kind, waits in self._waits.items()})
        self._served += 1

    def plan(
        self,
        cause: str,
        means: Means,
        *,
        opened: bool,
        served: bool,
        stands_in_for: Failure | None,
        signed: bool,
    ) -> Plan:
        """Choose after a connection has failed.

        `stands_in_for`: its transport is used only because another one failed, like this. `opened`:
        upstream had taken it. `served`: it had brought something new. `signed`: somebody had signed
        for it.
        """
        self.failures += 1
        if stands_in_for is not None and not opened:
            # It was only a try to make up for the other one's failure.
            if self._take(_T, means):
                return Plan(_T, 0.0, rests=False)
            return Plan(_T, self._back_off_s(stands_in_for), rests=True)
        kind = CAUSES[cause]
        if served and kind is Failure.CUT:
            cure = self._next_of(_SERVED_AND_CUT, means)
        else:
            cure = self._choose(cause, means, signed=signed)
        if cure is _T and stands_in_for is None:
            return Plan(cure, 0.0, rests=False)
        if cause not in _RESTED:
            if cure is _T or (cure is _H and kind is Failure.NETWORK and not self.rounds):
                return Plan(cure, 0.0, rests=False)
            if cure is not _R and not self.rounds:
                return Plan(cure, self._policy.soon_s(), rests=False)
        return Plan(cure, self._back_off_s(kind), rests=True)

    def _choose(self, cause: str, means: Means, *, signed: bool) -> Cure:
        order = _BY_CAUSE.get(cause, _BY_KIND[CAUSES[cause]])
        if cause == "device_blocked" and not signed:
            order = _UNSIGNED
        return self._next_of(order, means)

    def _next_of(self, order: Sequence[Cure], means: Means) -> Cure:
        for _ in range(2):
            for cure in order:
                if self._take(cure, means):
                    return cure
            self._begin_round()
        return _R

    def _take(self, cure: Cure, means: Means) -> bool:
        if self._tried[cure] >= _uses(cure, means):
            return False
        self._tried[cure] += 1
        return True

    def _begin_round(self) -> None:
        self._tried.clear()
        self.rounds += 1

    def _back_off_s(self, kind: Failure) -> float:
        self._waits[kind] += 1
        return self._policy.retry_s(kind, self._waits[kind] - 1)


def _uses(cure: Cure, means: Means) -> int:
    """Tell how often a cure makes a difference."""
    match cure:
        case Cure.IDENTITY:
            return means.identities
        case Cure.SIGNER:
            return means.signers - 1
        case Cure.HOST:
            return means.hosts - 1
        case Cure.TRANSPORT:
            return means.transports - 1
    return 1
