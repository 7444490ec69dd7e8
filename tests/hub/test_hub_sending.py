import os
import socket
from array import array
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from relay.hub import sending

SendAll = Callable[["array[int]", bytes], list[tuple[int, int]]]
DATA = os.urandom(100_000)


@pytest.fixture
def pairs() -> Iterator[list[tuple[socket.socket, socket.socket]]]:
    """Three pairs of sockets: what is sent on the first of a pair comes out of the second."""
    with ExitStack() as stack:
        pairs = [socket.socketpair() for _ in range(3)]
        for pair in pairs:
            for end in pair:
                stack.enter_context(end)
                end.setblocking(False)
        yield pairs


def received(sock: socket.socket) -> bytes:
    data = b""
    try:
        while piece := sock.recv(1 << 20):
            data += piece
    except BlockingIOError:
        pass
    return data


def test_every_socket_gets_all(
    send_all: SendAll, pairs: list[tuple[socket.socket, socket.socket]]
) -> None:
    descriptors = array("i", [sender.fileno() for sender, _ in pairs])
    assert send_all(descriptors, DATA) == []
    assert [received(receiver) for _, receiver in pairs] == [DATA] * 3


def test_nobody_to_send_to(send_all: SendAll) -> None:
    assert send_all(array("i"), DATA) == []


@pytest.mark.skipif(not sending.ACCELERATED, reason="no relay/hub/_sending")
@pytest.mark.parametrize(
    "descriptors",
    [
        array("q", [1_000_000]),
        array("I", [1_000_000]),
        bytes(4),
        memoryview(bytes(9))[1:].cast("i"),
    ],
    ids=["longs", "unsigned", "bytes", "unaligned"],
)
def test_numbers_that_are_no_array_of_ints_are_refused(descriptors: Any) -> None:
    with pytest.raises(TypeError, match="array of C ints"):
        sending.send_all(descriptors, DATA)


def test_it_says_who_took_how_much_and_waits_for_none(
    send_all: SendAll, pairs: list[tuple[socket.socket, socket.socket]]
) -> None:
    full, full_end = pairs[1]
    full.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    descriptors = array("i", [sender.fileno() for sender, _ in pairs])
    sent = 0
    for _ in range(100):
        short = send_all(descriptors, DATA[:10_000])
        assert [received(receiver) for _, receiver in pairs[::2]] == [DATA[:10_000]] * 2
        if short == [(1, 0)]:
            break
        sent += short[0][1] if short else 10_000
    else:
        pytest.fail("it never got full")
    # A pair of Unix sockets takes all of a write or nothing, or its first part; in any case that.
    assert len(received(full_end)) == sent


def test_a_broken_connection_takes_nothing_and_disturbs_none(
    send_all: SendAll, pairs: list[tuple[socket.socket, socket.socket]]
) -> None:
    descriptors = array("i", [sender.fileno() for sender, _ in pairs])
    pairs[0][1].close()
    pairs[1][0].close()
    assert send_all(descriptors, DATA) == [(0, 0), (1, 0)]
    assert received(pairs[2][1]) == DATA
