"""Which rooms are watched: configured, added or held by clients. Run by app.

A room may be called by several names: its web_rid, the anchor's handle, the room_id of any of its
broadcasts. All lead to one stream and one fetcher.
"""

import asyncio

from relay.clock import now_ms
from relay.config import Config
from relay.errors import RoomRefusedError
from relay.hub import Hub, RoomState, RoomStatus, Stream
from relay.room.keeping import Keeper
from relay.room.output import RoomOutput
from relay.room.retry import Policy
from relay.room.source import Source
from relay.room.tape import Tape
from relay.room.watched import Watched, configured_names
from relay.upstream.names import NameKind, RoomName, parse_room_name
from relay.upstream.status import RoomInfo

_MAX_NAMES = 32
"""Names remembered of one room; past it the oldest room_ids are forgotten."""


class RoomManager:
    """The rooms of this relay; satisfies server.Rooms."""

    def __init__(
        self,
        hub: Hub,
        config: Config,
        upstream: Source,
        policy: Policy,
        *,
        tape: Tape | None = None,
    ) -> None:
        """`upstream` has to be open while this runs. Raises ConfigError for a configured room.

        `tape`: what comes of the rooms, of one if it is to make sense, is recorded there.
        """
        self._hub = hub
        self._config = config
        self._upstream = upstream
        self._tape = tape
        self._rooms: dict[Stream, Watched] = {}
        self._by_name: dict[str, Watched] = {}
        self._stopped = False
        self._configured = configured_names(config)
        self._keeper = Keeper(
            config,
            upstream,
            policy,
            self._rooms.values(),
            identified=self._identified,
            missing=self._missing,
        )

    async def run(self) -> None:
        """Watch rooms until cancelled. One room's crash is logged and retried there."""
        try:
            async with asyncio.TaskGroup() as tasks:
                for name, room in self._configured.items():
                    watched = self._by_name.get(name.value) or self._open(room.room, name)
                    watched.configured = True
                try:
                    await self._keeper.run(tasks)
                finally:
                    self._stopped = True
                    for watched in self._rooms.values():
                        watched.cancel_linger()
        finally:
            # What fetchers brought on their way out counts, too.
            for watched in self._rooms.values():
                watched.output.finish()

    def acquire(self, name: str) -> Stream:
        """Hold a room for one client, and start it if it isn't watched.

        Raises RoomNameError, or RoomRefusedError where it may not be started.
        """
        watched = self._find(name)
        if watched is None:
            if not self._config.watch.on_demand:
                raise RoomRefusedError(
                    f"room {name} is not watched, and [watch] on_demand is off: add it to the "
                    "configuration"
                )
            watched = self._watch(name)
        watched.holders += 1
        watched.cancel_linger()
        return watched.stream

    def release(self, stream: Stream) -> None:
        """Give up one hold; after the last one a room lingers, then stops, unless it is pinned."""
        watched = self._rooms.get(stream)
        if watched is not None:
            watched.holders -= 1
            self._linger(watched)

    def find(self, name: str) -> Stream | None:
        """Give a watched room's stream by any of its names. Raises RoomNameError."""
        watched = self._find(name)
        return None if watched is None else watched.stream

    def add(self, name: str) -> Stream:
        """Watch a room until it is removed. Raises RoomNameError or RoomRefusedError."""
        watched = self._find(name) or self._watch(name)
        watched.added = True
        watched.cancel_linger()
        return watched.stream

    def remove(self, name: str) -> bool:
        """Stop watching a room, whoever holds it; False: it was not watched."""
        watched = self._find(name)
        if watched is None:
            return False
        self._close(watched, "removed")
        return True

    def streams(self) -> list[Stream]:
        """Give the streams of all watched rooms, oldest first."""
        return list(self._rooms)

    def hung(self) -> list[str]:
        """Name the rooms whose fetchers stand still and can't even be ended; see `restarts`."""
        return self._keeper.hung()

    @property
    def restarts(self) -> int:
        """Fetchers that hung, and were started again."""
        return self._keeper.restarts

    def check(self, config: Config) -> None:
        """See whether these rooms could be watched. Raises ConfigError."""
        configured_names(config)

    def reconfigure(self, config: Config) -> None:
        """Watch the rooms that are configured now, and hold by the limits of now.

        What was configured and is no more goes as soon as nobody listens. See `check`.
        """
        before, configured = self._configured, configured_names(config)
        self._config, self._configured = config, configured
        for name, room in configured.items():
            if name not in before and name.value not in self._by_name:
                self._make_room()
                watched = self._open(room.room, name)
                self._keeper.start(watched)
        kept = {self._by_name.get(name.value) for name in configured}
        for watched in list(self._rooms.values()):
            was, watched.configured = watched.configured, watched in kept
            if watched.pinned:
                watched.cancel_linger()
            elif was and not watched.holders:
                self._close(watched, "removed")

    # Inside

    def _find(self, text: str) -> Watched | None:
        return self._by_name.get(parse_room_name(text).value)

    def _watch(self, text: str) -> Watched:
        name = parse_room_name(text)
        if self._stopped:
            raise RoomRefusedError("the relay is stopping")
        if not self._make_room():
            raise RoomRefusedError(
                f"{self._config.watch.max_rooms} rooms are watched already, the most that [watch]"
                " max_rooms allows"
            )
        watched = self._open(text, name)
        self._keeper.start(watched)
        return watched

    def _make_room(self) -> bool:
        """Have one more room fit in; False: none makes way."""
        if len(self._rooms) < self._config.watch.max_rooms:
            return True
        idle = self._idle()
        if idle is not None:
            self._close(idle, "idle")
        return idle is not None

    def _idle(self) -> Watched | None:
        """Give the room that may make way: let go of longest ago, and not live.

        Live ones stay for as long as they linger: clients that poll hold them only now and then.
        """
        idle = [
            (watched.let_go_at, watched)
            for watched in self._rooms.values()
            if watched.linger is not None and watched.stream.status.state is not RoomState.LIVE
        ]
        return min(idle, key=lambda each: each[0])[1] if idle else None

    def _open(self, text: str, name: RoomName) -> Watched:
        stream = self._hub.open(
            RoomStatus(
                name=text,
                web_rid=name.value if name.kind is NameKind.WEB_RID else "",
                room_id=name.value if name.kind is NameKind.ROOM_ID else "",
                state=RoomState.RESOLVING,
                reason="",
                title="",
                anchor="",
                transport="",
                since_ms=now_ms(),
            ),
            alias=name.value,
        )
        output = RoomOutput(self._hub, stream, self._tape, listed=self._upstream.listed)
        watched = Watched(name, stream, output, self._connections_of(name))
        self._rooms[stream] = watched
        self._call(watched, name.value)
        return watched

    def _connections_of(self, name: RoomName) -> int:
        """Tell how many connections a room is to have."""
        # What several bring is put together by the hub, and is not yet where it is recorded.
        if self._tape is not None or self._upstream.transport in ("browser", "replay"):
            return 1
        room = self._configured.get(name)
        wanted = room.connections if room is not None else None
        return wanted or self._config.upstream.connections

    def _identified(self, watched: Watched, info: RoomInfo) -> None:
        """Remember a room's further names; a room that has one of them already is the same one."""
        if watched.stream not in self._rooms:
            return
        watched.web_rid = watched.web_rid or info.web_rid
        for name in filter(None, (info.web_rid, info.room_id)):
            other = self._by_name.get(name)
            if other is None:
                self._call(watched, name)
            elif other is not watched and watched.may_be(other):
                # The fetcher is in the middle of something.
                asyncio.get_running_loop().call_soon(self._merge, watched, other)
                return

    def _missing(self, watched: Watched) -> None:
        """Stop a room that upstream doesn't know, unless it is watched for good."""
        if not watched.pinned:
            asyncio.get_running_loop().call_soon(self._close, watched, "not_found")

    def _merge(self, watched: Watched, into: Watched) -> None:
        if watched.stream not in self._rooms or into.stream not in self._rooms:
            return
        watched.output.log.info("this room is watched already", as_room=into.stream.status.name)
        self._forget(watched)
        for name in watched.names:
            self._call(into, name)
        into.web_rid = into.web_rid or watched.web_rid
        into.configured = into.configured or watched.configured
        into.added = into.added or watched.added
        into.holders += watched.holders
        into.cancel_linger()
        self._linger(into)
        self._hub.merge(watched.stream, into.stream)

    def _close(self, watched: Watched, reason: str) -> None:
        if watched.stream not in self._rooms:
            return
        watched.output.log.info("room no longer watched", reason=reason)
        watched.output.finish()
        self._forget(watched)
        self._hub.close(watched.stream, reason)

    def _forget(self, watched: Watched) -> None:
        """Take a room out; its task ends by itself, and says nothing any more."""
        watched.output.close()
        watched.cancel_linger()
        del self._rooms[watched.stream]
        for name in watched.names:
            del self._by_name[name]
        if watched.task is not None:
            watched.task.cancel()

    def _linger(self, watched: Watched) -> None:
        if watched.holders == 0 and not watched.pinned and not self._stopped:
            loop = asyncio.get_running_loop()
            # Not the handle's own time: uvloop's has none where it is due at once.
            watched.let_go_at = loop.time()
            watched.linger = loop.call_later(
                self._config.watch.linger_s, self._close, watched, "idle"
            )

    def _call(self, watched: Watched, name: str) -> None:
        """Let a room be found by `name`."""
        fixed = (watched.name.value, watched.web_rid)
        while len(watched.names) >= _MAX_NAMES:
            oldest = next(known for known in watched.names if known not in fixed)
            watched.names.remove(oldest)
            del self._by_name[oldest]
        watched.names.append(name)
        self._by_name[name] = watched
