"""The acks that one push connection owes; used by outgoing and push."""

from collections import OrderedDict

from relay.sim.ledger import ConnectionRecord
from relay.webcast.pb import webcast_pb2 as pb

MAX_UNACKED = 10_000
"""Acks waited for per connection; older ones count as missing for good."""


class Acks:
    """What was asked for and what came."""

    def __init__(self, record: ConnectionRecord) -> None:
        self._record = record
        self._wanted: OrderedDict[int, str] = OrderedDict()

    def expect(self, logid: int, internal_ext: str) -> None:
        """Note that a frame asked for an ack."""
        self._record.acks_wanted += 1
        self._record.acks_missing += 1
        self._wanted[logid] = internal_ext
        if len(self._wanted) > MAX_UNACKED:
            self._wanted.popitem(last=False)

    def take(self, ack: pb.PushFrame) -> None:
        """Check an ack that came."""
        wanted = self._wanted.pop(ack.logid, None)
        if wanted is not None:
            self._record.acks_missing -= 1
        if wanted is not None and ack.payload == wanted.encode():
            self._record.acks_good += 1
        else:
            self._record.acks_bad += 1
