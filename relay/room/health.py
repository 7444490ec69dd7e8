"""What is told of how a room is: its state, what is wrong, what is done about it.

Written by fetcher and by each of the room's connections, told through output. A room is live while
any of its connections is.
"""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from relay.clock import now_ms
from relay.hub import ConnectionState, NextCure, RoomHealth, RoomState, TriedCure
from relay.hub.status import Stall
from relay.room.cures import Plan
from relay.room.hints import hint_for
from relay.room.output import RoomOutput
from relay.upstream.failures import Failure, SessionEnd
from relay.upstream.identity import Identity

_MAX_TRIED = 12
"""Cures told of one trouble, the last ones."""
_STALLS: Mapping[str, Stall] = {
    "silent": "no_bytes",
    "heartbeats_only": "heartbeats_only",
    "low_value_only": "low_value_only",
}
_ASK = "ask"


class _Trouble(Struct):
    """What a connection has, until messages of value come."""

    since_ms: int
    end: SessionEnd
    tried: tuple[TriedCure, ...]
    next: NextCure


class ConnectionHealth:
    """How one of a room's connections is."""

    def __init__(self, health: "Health", transport: str, identity: Identity) -> None:
        self.now = ConnectionState(transport, "waiting", "", identity.name, now_ms())
        """Told as it is; the times of what comes are set by session."""
        self.identity = identity
        self.lacking: Identity | None = None
        """The login that it should be, and that has expired."""
        self.best_failed_of = ""
        """The cause for which another transport stands in for the best one; "": none does."""
        self.state = RoomState.CONNECTING
        """What the room's state would be were this its only connection."""
        self.reason = ""
        self.trouble: _Trouble | None = None
        self._last: _Trouble | None = None
        """The one before, which goes on where what helped did not last."""
        self._health = health

    def connecting(self, transport: str, identity: Identity) -> None:
        """Note that it is being opened."""
        self.identity = identity
        self.now.transport, self.now.identity = transport, identity.name
        self._enter("connecting")

    def opened(self) -> None:
        """Note that upstream took it."""
        self._enter("open")

    def live(self) -> None:
        """Note that messages came, of a room that is live."""
        self._enter("live")
        self.state, self.reason = RoomState.LIVE, ""
        self._health.tell()

    def well(self, *, goes_on: bool) -> None:
        """Note that messages of value came: whatever it had is over.

        `goes_on`: more than upstream repeats at first. A stall needs that much to be over.
        """
        trouble = self.trouble
        if trouble is not None and (goes_on or trouble.end.failure is not Failure.STALLED):
            self.trouble, self._last = None, trouble
            self.now.cause = ""
            self._health.helped(trouble.next.cure, trouble.end, trouble.since_ms)

    def lost(self, end: SessionEnd, plan: Plan, *, first: bool, silently: bool) -> None:
        """Note that it ended, and what is done about it.

        `first`: it worked until now, and had stood for a while. `silently`: the broadcast is said
        to be over, which is told when it is known.
        """
        at_ms = now_ms()
        coming = NextCure(plan.cure.value, at_ms + round(plan.wait_s * 1000))
        before = self.trouble or (None if first else self._last)
        if before is None:
            self.trouble = _Trouble(at_ms, end, (), coming)
        else:
            tried = TriedCure(before.next.cure, before.next.at_ms, end.cause)
            tried_all = (*before.tried, tried)[-_MAX_TRIED:]
            self.trouble = _Trouble(before.since_ms, end, tried_all, coming)
        self.now.cause = end.cause
        self._enter("waiting")
        self._health.count(end, plan)
        if silently:
            return
        self.state = RoomState.CONNECTING
        if plan.rests and end.failure is Failure.BLOCKED:
            self.state = RoomState.BLOCKED
        elif plan.rests and end.failure is Failure.SIGNER:
            self.state = RoomState.ERROR
        # The short break of a connection that worked is told by the log of losses, and not again.
        hidden = first and self.state is RoomState.CONNECTING and end.failure is Failure.CUT
        self.reason = "" if hidden or not plan.rests else end.cause
        if end.failure is Failure.STALLED:
            self.reason = end.cause
        self._health.tell()

    @property
    def shown(self) -> RoomHealth:
        """What is wrong, as the room's."""
        identity = self.identity
        login = self.lacking or identity
        health = RoomHealth(
            identity=identity.name,
            login_valid_until_ms=login.login_valid_until_ms,
            hint=hint_for("", login) or hint_for(self.best_failed_of),
        )
        trouble = self.trouble
        stall: Stall = "" if trouble is None else _STALLS.get(trouble.end.cause, "")
        # What is live after a break works; after a stall that is yet to be seen.
        if trouble is None or (self.state is RoomState.LIVE and not stall):
            return health
        return RoomHealth(
            ok=False,
            cause=trouble.end.cause,
            text=trouble.end.text,
            stall=stall,
            since_ms=trouble.since_ms,
            tried=trouble.tried,
            next=trouble.next,
            hint=hint_for(trouble.end.cause, identity) or health.hint,
            identity=health.identity,
            login_valid_until_ms=health.login_valid_until_ms,
        )

    def _enter(self, state: str) -> None:
        if self.now.state != state:
            self.now.state, self.now.since_ms = state, now_ms()


_HOPE = (RoomState.LIVE, RoomState.CONNECTING, RoomState.BLOCKED, RoomState.ERROR)
"""Of several connections, the first of these is the room's state."""


class Health:
    """How a room is."""

    def __init__(self, output: RoomOutput) -> None:
        self._output = output
        self._connections: Sequence[ConnectionHealth] = ()
        self._asked_since_ms = 0
        """When upstream's answers about the room began to be of no use; 0: they are."""

    # While there is no broadcast to follow

    def waits(self, state: RoomState, reason: str = "", text: str = "") -> None:
        """Say that all is well, and nothing is to be followed."""
        self._asked_since_ms = 0
        self._output.enter(state, reason, text=text)

    def cannot_tell(self, state: RoomState, cause: str, text: str, wait_s: float) -> None:
        """Say that upstream does not tell how the room is, and is asked again after `wait_s`."""
        at_ms = now_ms()
        self._asked_since_ms = self._asked_since_ms or at_ms
        health = RoomHealth(
            ok=False,
            cause=cause,
            text=text,
            since_ms=self._asked_since_ms,
            next=NextCure(_ASK, at_ms + round(wait_s * 1000)),
            hint=hint_for(cause),
        )
        self._output.enter(state, cause, text=text, health=health)

    # While a broadcast is followed

    def follow(self, connections: Sequence[ConnectionHealth]) -> None:
        """Begin with a broadcast's connections."""
        self._asked_since_ms = 0
        self._connections = connections
        self.tell()

    def leave(self) -> None:
        """Forget the connections: the broadcast is over."""
        self._connections = ()

    def tell(self) -> None:
        """Say how the room is, where that has changed."""
        lead = min(self._connections, key=lambda each: _HOPE.index(each.state))
        self._output.enter(
            lead.state,
            lead.reason,
            transport=lead.now.transport if lead.state is RoomState.LIVE else "",
            text=lead.trouble.end.text if lead.trouble is not None and lead.reason else "",
            health=lead.shown,
            connections=tuple(each.now for each in self._connections),
        )

    def helped(self, cure: str, end: SessionEnd, since_ms: int) -> None:
        """Note that a connection works again."""
        self._output.well(cure, end.cause, (now_ms() - since_ms) / 1000)
        self.tell()

    def count(self, end: SessionEnd, plan: Plan) -> None:
        """Note that a connection failed, and what is done about it."""
        if end.failure is Failure.BLOCKED:
            self._output.counters.blocked += 1
        self._output.lost(end.cause, end.text, plan.cure.value, plan.wait_s)
