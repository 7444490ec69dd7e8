"""The last ids of a stream, by which repeats are known; used by stream."""

from array import array

_BUCKETS = 256


class RecentIds:
    """So many ids, exactly those that were new last.

    Kept are their hashes: 64 bits that differ from process to process, so that nobody can make two
    ids of one hash, and by chance it happens once in 10^15 messages. They lie in small arrays,
    which take a tenth of what sets of text do and are lengthened in place: what is rebuilt
    elsewhere in memory leaves holes there, by which a relay would grow for hours.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._buckets = [array("q") for _ in range(_BUCKETS)]
        self._in_order = bytearray()
        """The bucket of each id; the one that came first is at `_oldest`."""
        self._oldest = 0

    def __contains__(self, id_: str) -> bool:
        """Tell whether it is among them."""
        hashed = hash(id_)
        return hashed in self._buckets[hashed % _BUCKETS]

    def add(self, id_: str) -> bool:
        """Take one, for which the one that came first is forgotten; False: it is there already."""
        hashed = hash(id_)
        number = hashed % _BUCKETS
        bucket = self._buckets[number]
        if hashed in bucket:
            return False
        bucket.append(hashed)
        order = self._in_order
        if len(order) < self._most:
            order.append(number)
        else:
            oldest = self._oldest
            del self._buckets[order[oldest]][0]
            order[oldest] = number
            self._oldest = (oldest + 1) % self._most
        return True
