"""Remembers which room a broadcast is of, whoever found it out; fed by resolve and lookups."""

from relay.upstream.cache import Cache

_KEPT_S = 86_400.0
"""It never changes; but few ask for a broadcast a day later."""
_MAX_BROADCASTS = 5000
"""Past it the oldest are forgotten."""
_ENTRY_BYTES = 100


class WebRids:
    """The web_rids of broadcasts."""

    def __init__(self) -> None:
        self._by_room_id: Cache[str] = Cache(
            _KEPT_S, max_entries=_MAX_BROADCASTS, max_bytes=_MAX_BROADCASTS * _ENTRY_BYTES
        )

    def note(self, room_id: str, web_rid: str) -> None:
        """Remember that the broadcast is of this room; either may be "": not known."""
        if room_id and web_rid:
            self._by_room_id.put(room_id, web_rid, _ENTRY_BYTES)

    def of(self, room_id: str) -> str:
        """Give the web_rid of a broadcast; "" where it isn't known."""
        return self._by_room_id.get(room_id) or ""
