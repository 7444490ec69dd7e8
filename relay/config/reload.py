"""What of a changed configuration takes effect while the relay runs; used by service/reload."""

from collections.abc import Mapping
from typing import Any

import msgspec

from relay.config.load import check_values
from relay.config.sections import Config, RoomConfig

RELOADED: Mapping[str, frozenset[str] | None] = {
    "server": frozenset(
        {"allowed_origins", "allowed_hosts", "trusted_proxies", "max_clients"}
        | {"tls_cert", "tls_key"}
    ),
    "auth": None,
    "limits": None,
    "rest": None,
    "rooms": None,
    "watch": frozenset({"on_demand", "max_rooms", "linger_s"}),
    "log": None,
}
"""By section: the keys that do; None: all of them. Of the rest, which rooms, signers, transports
and files are made of, each wants a restart."""


def reconcile(old: Config, new: Config) -> tuple[Config, list[str]]:
    """Give `new` as far as it can take effect in place of `old`, and the keys that can't.

    Raises ConfigError where what comes out of that is not allowed.
    """
    kept: list[str] = []
    sections: dict[str, Any] = {}
    for section in new.__struct_fields__:
        before, after = getattr(old, section), getattr(new, section)
        keys = RELOADED.get(section, frozenset())
        if section == "rooms":
            after = _rooms(before, after, kept)
        elif isinstance(after, list):
            if before != after:
                kept.append(section)
            after = before
        elif keys is not None:
            fixed = set(after.__struct_fields__) - keys
            if section == "server" and bool(before.tls_cert) != bool(after.tls_cert):
                # A port speaks TLS or it doesn't.
                fixed |= {"tls_cert", "tls_key"}
            present = {key: getattr(before, key) for key in after.__struct_fields__ if key in fixed}
            kept += [f"{section}.{key}" for key in present if present[key] != getattr(after, key)]
            after = msgspec.structs.replace(after, **present)
        sections[section] = after
    config = Config(**sections)
    check_values(config, "with what takes effect without a restart")
    return config, kept


def _rooms(before: list[RoomConfig], after: list[RoomConfig], kept: list[str]) -> list[RoomConfig]:
    """Give the rooms of now; those that were there before stay as they were."""
    known = {room.room: room for room in before}
    rooms = []
    for index, room in enumerate(after):
        present = known.get(room.room, room)
        kept += [
            f"rooms[{index}].{key}"
            for key in room.__struct_fields__
            if getattr(present, key) != getattr(room, key)
        ]
        rooms.append(present)
    return rooms
