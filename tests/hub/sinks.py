"""Clients without sockets: what the hub writes, and how much of it is unsent."""

import json
from typing import Any

from relay.errors import CloseCode
from relay.hub import Entry, Stream, Subscription


class Lines:
    """An encoding that counts how often it is used."""

    def __init__(self) -> None:
        self.framed = 0

    def frame(self, entry: Entry) -> bytes:
        self.framed += 1
        return entry.body + b"\n"


class FakeSink:
    """Records every write; `unsent` is what the transport would say."""

    descriptor = -1

    def __init__(self) -> None:
        self.writes: list[bytes] = []
        self.unsent = 0
        self.keeps_unsent = False
        """Whether what is written from now on stays unsent."""
        self.closed_for: str | None = None
        self.moves: list[tuple[Stream, Subscription]] = []
        self.ends: list[tuple[Subscription, str]] = []

    def write(self, data: bytes | memoryview) -> None:
        assert self.closed_for is None, "nothing is written to a closed client"
        self.writes.append(bytes(data))
        if self.keeps_unsent:
            self.unsent += len(data)

    def buffered(self) -> int:
        return self.unsent

    def close_slow(self, reason: str) -> None:
        self.closed_for = reason

    def begin_close(self, code: CloseCode, reason: str) -> None:
        self.closed_for = f"{code.value} {reason}"

    def moved(self, old: Stream, subscription: Subscription) -> None:
        self.moves.append((old, subscription))

    def ended(self, subscription: Subscription, reason: str) -> None:
        self.ends.append((subscription, reason))

    @property
    def frames(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in b"".join(self.writes).splitlines()]

    @property
    def offsets(self) -> list[int]:
        return [frame["offset"] for frame in self.frames if "op" not in frame]
