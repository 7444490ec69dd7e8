"""Which messages push connections were sent: what a relay that has them all must have got."""

from msgspec import Struct

from relay.sim.sampling import SAMPLED, in_sample
from relay.sim.show import GIFT, LOW_VALUE

MAX_SPANS = 1000
"""Remembered per connection; the oldest go first."""


class Span(Struct):
    """Batches in a row that a connection was sent in the same way."""

    first: int
    last: int
    gifts: bool
    share: float
    low_value_only: bool

    def covers(self, batch: int, method: str, connection: int, msg_id: int) -> bool:
        """Say whether a message of `batch` was among it."""
        if not self.first <= batch <= self.last:
            return False
        if self.low_value_only:
            return method in LOW_VALUE
        if method == GIFT:
            return self.gifts
        return method not in SAMPLED or in_sample(connection, msg_id, self.share)


class Delivered(Struct):
    """What one connection was sent."""

    spans: list[Span] = []

    def add(
        self, batch: int, *, gifts: bool = True, share: float = 1.0, low_value_only: bool = False
    ) -> None:
        """Note a batch."""
        if self.spans:
            last = self.spans[-1]
            same = last.gifts is gifts and last.share == share
            if same and last.low_value_only is low_value_only and last.last == batch - 1:
                last.last = batch
                return
        self.spans.append(Span(batch, batch, gifts, share, low_value_only))
        if len(self.spans) > MAX_SPANS:
            del self.spans[0]
