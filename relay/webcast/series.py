"""What happens in a broadcast step by step, for hours; used by statistics."""

import zlib
from collections import deque

import msgspec
from msgspec import Struct

from relay.webcast.windows import Bucket, BucketState, bucket_state, restored_bucket

STEPS = {10: 360, 60: 1_440}
"""Seconds of a step of the series, and how many steps are kept: an hour, and a day."""
BLOCK_STEPS = 20
"""So many of them are compressed together."""

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(list[msgspec.Raw]).decode


class Point(Struct):
    """What happened in one step of the series."""

    time_ms: int
    """When it began, Unix milliseconds."""
    viewers: int | None
    """The last known in it."""
    likes: int
    gift_diamonds: int
    messages: dict[str, int]
    """By method."""


class StepsState(Struct, frozen=True, array_like=True):
    """Steps that are over as they are kept over restarts."""

    blocks: list[bytes]
    """Compressed."""
    last: list[bytes]


class SeriesState(Struct, frozen=True, array_like=True):
    """A series as it is kept over restarts, by seconds of a step."""

    steps: dict[int, StepsState]
    sums: dict[int, tuple[int, BucketState]]
    """When the step that is not over began, and what happened in it."""
    viewers: int | None


class Series:
    """What happened, step by step."""

    def __init__(self) -> None:
        self._steps = {step_s: _Steps(most) for step_s, most in STEPS.items()}
        self._sums = {step_s: (0, Bucket()) for step_s in STEPS}
        self._viewers: int | None = None

    def add(self, begin_ms: int, bucket: Bucket, viewers: int | None) -> None:
        """Count a bucket that is over, though nothing may have happened in it."""
        for step_s, (at_ms, together) in self._sums.items():
            step_ms = begin_ms - begin_ms % (step_s * 1000)
            if at_ms != step_ms:
                if at_ms:
                    self._steps[step_s].append(self._point(at_ms, together))
                self._sums[step_s] = (step_ms, Bucket())
            self._sums[step_s][1].add(bucket)
        self._viewers = viewers

    def state(self) -> SeriesState:
        """Give what it goes on from after a restart."""
        return SeriesState(
            {step_s: steps.state() for step_s, steps in self._steps.items()},
            {
                step_s: (at_ms, bucket_state(0, together))
                for step_s, (at_ms, together) in self._sums.items()
            },
            self._viewers,
        )

    @classmethod
    def restored(cls, state: SeriesState) -> "Series":
        """Go on with what was kept."""
        self = cls()
        for step_s in STEPS.keys() & state.steps.keys() & state.sums.keys():
            self._steps[step_s].restore(state.steps[step_s])
            at_ms, together = state.sums[step_s]
            self._sums[step_s] = (at_ms, restored_bucket(together, {}))
        self._viewers = state.viewers
        return self

    def points(self, step_s: int) -> list[msgspec.Raw]:
        """Give the steps, each a Point as JSON, oldest first; the last one may not be over."""
        at_ms, together = self._sums[step_s]
        points = self._steps[step_s].all()
        if at_ms:
            points.append(msgspec.Raw(self._point(at_ms, together)))
        return points

    def _point(self, at_ms: int, together: Bucket) -> bytes:
        return _encode(
            Point(
                at_ms,
                self._viewers,
                together.likes,
                together.gift_diamonds,
                dict(together.messages),
            )
        )


class _Steps:
    """Steps that are over, as JSON; all but the last of them compressed, to a tenth."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._blocks: deque[bytes] = deque()
        """BLOCK_STEPS each."""
        self._last: list[bytes] = []

    def append(self, point: bytes) -> None:
        self._last.append(point)
        if len(self._last) == BLOCK_STEPS:
            self._blocks.append(zlib.compress(b"[%b]" % b",".join(self._last)))
            self._last.clear()
        while (len(self._blocks) - 1) * BLOCK_STEPS + len(self._last) >= self._most:
            self._blocks.popleft()

    def all(self) -> list[msgspec.Raw]:
        points = [point for block in self._blocks for point in _decode(zlib.decompress(block))]
        points.extend(map(msgspec.Raw, self._last))
        return points[-self._most :]

    def state(self) -> StepsState:
        return StepsState(list(self._blocks), list(self._last))

    def restore(self, state: StepsState) -> None:
        self._blocks.extend(state.blocks)
        self._last.extend(state.last)
