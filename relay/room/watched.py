"""The rooms that manager keeps, and which of them the configuration names."""

import asyncio

from relay.config import Config, RoomConfig
from relay.errors import ConfigError, RoomNameError
from relay.hub import Stream
from relay.room.memory import Memory
from relay.room.output import RoomOutput
from relay.upstream.names import NameKind, RoomName, parse_room_name


class Watched:
    """A room that is watched."""

    def __init__(
        self, name: RoomName, stream: Stream, output: RoomOutput, connections: int
    ) -> None:
        self.name = name
        self.connections = connections
        self.stream = stream
        self.output = output
        self.memory = Memory()
        self.configured = False
        self.added = False
        """By a client, to stay."""
        self.holders = 0
        self.names: list[str] = []
        self.web_rid = name.value if name.kind is NameKind.WEB_RID else ""
        self.task: asyncio.Task[None] | None = None
        """What watches it; None: nothing yet."""
        self.patience: asyncio.Timeout | None = None
        """What ends the fetcher that the task runs, once it is rescheduled; None: there is none
        just now."""
        self.linger: asyncio.TimerHandle | None = None
        self.let_go_at = 0.0
        """When its last client left, in the loop's time."""

    @property
    def pinned(self) -> bool:
        """Whether it is watched though nobody listens."""
        return self.configured or self.added

    def may_be(self, other: "Watched") -> bool:
        """Tell whether two rooms that share a name can be one; two web_rids are two rooms."""
        return not self.web_rid or not other.web_rid or self.web_rid == other.web_rid

    def cancel_linger(self) -> None:
        """Have it stay, where it was about to go."""
        if self.linger is not None:
            self.linger.cancel()
            self.linger = None


def configured_names(config: Config) -> dict[RoomName, RoomConfig]:
    """Read the configured rooms, each once."""
    names: dict[RoomName, RoomConfig] = {}
    for number, room in enumerate(config.rooms):
        try:
            names.setdefault(parse_room_name(room.room), room)
        except RoomNameError as error:
            raise ConfigError(f"rooms[{number}].room: {error}") from None
    if len(names) > config.watch.max_rooms:
        raise ConfigError(
            f"watch.max_rooms: {config.watch.max_rooms} is less than the {len(names)} rooms that "
            "are configured"
        )
    return names
