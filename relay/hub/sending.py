"""Sends the same bytes to many sockets, past their transports; used by the fan-out.

The loop over the sockets is most of what delivering costs, besides the kernel's own work, so
there is an optional part in C for it (`_sending.c`). Nothing else depends on whether it was built.
"""

import os
from array import array


def send_each(descriptors: "array[int]", data: bytes) -> list[tuple[int, int]]:
    """Send `data` to sockets that don't block; tell which could not take all of it.

    `descriptors` is an array of C ints. Gives (index in `descriptors`, bytes taken) for each that
    took less, be it that its buffer is full or that the connection is broken.
    """
    short = []
    size = len(data)
    write = os.write
    for index, descriptor in enumerate(descriptors):
        try:
            sent = write(descriptor, data)
        except OSError:
            sent = 0
        if sent != size:
            short.append((index, sent))
    return short


try:
    from relay.hub import _sending
except ImportError:
    send_all = send_each
else:
    send_all = _sending.send_all

ACCELERATED = send_all is not send_each
"""Whether the loop is the one in C."""
