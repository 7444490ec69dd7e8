"""The streams that a worker repeats, by the numbers that the relay gave them."""

from relay.hub import Stream


class Streams:
    """Numbers and streams, both ways."""

    def __init__(self) -> None:
        self._by_number: dict[int, Stream] = {}
        self._numbers: dict[Stream, int] = {}

    def __getitem__(self, number: int) -> Stream:
        return self._by_number[number]

    def number(self, stream: Stream) -> int | None:
        """Give a stream's number; None: it is over."""
        return self._numbers.get(stream)

    def add(self, number: int, stream: Stream) -> None:
        """Take one up."""
        self._by_number[number] = stream
        self._numbers[stream] = number

    def remove(self, number: int) -> None:
        """Let one go."""
        del self._numbers[self._by_number.pop(number)]
