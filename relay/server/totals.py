"""What one process has counted of its clients; added up over processes for the metrics."""

from collections import Counter

from msgspec import Struct, field


class Totals(Struct):
    """Counts of one process, or of several; without those that say "now" they only ever grow."""

    clients: int = 0
    """Connected now."""
    subscriptions: int = 0
    """Theirs, now."""
    opening: int = 0
    """Connections whose first request has not come whole, now."""
    http: int = 0
    """Connections that are neither those nor clients, now."""
    accept_rests: int = 0
    accepted: int = 0
    deliveries: int = 0
    drops: int = 0
    slow_closes: int = 0
    restarts: int = 0
    """Of workers."""
    refused: dict[str, int] = field(default_factory=dict)
    """By cause."""

    def __add__(self, other: "Totals") -> "Totals":
        """Give the sums."""
        return Totals(
            clients=self.clients + other.clients,
            subscriptions=self.subscriptions + other.subscriptions,
            opening=self.opening + other.opening,
            http=self.http + other.http,
            accept_rests=self.accept_rests + other.accept_rests,
            accepted=self.accepted + other.accepted,
            deliveries=self.deliveries + other.deliveries,
            drops=self.drops + other.drops,
            slow_closes=self.slow_closes + other.slow_closes,
            restarts=self.restarts + other.restarts,
            refused=dict(Counter(self.refused) + Counter(other.refused)),
        )
