"""What systemd and a service tell each other: sockets, readiness, signs of life; used by app.

Where something else started the process there is nothing to take, and nobody to tell.
"""

import os
import socket
from collections.abc import Mapping, MutableMapping
from contextlib import suppress

from relay.errors import ListenError

FIRST_DESCRIPTOR = 3
"""Where the sockets that are handed on begin, see sd_listen_fds(3)."""
_OF_SOCKETS = ("LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES", "LISTEN_PIDFDID")


class Notifier:
    """Tells whoever started the service, by sd_notify(3), how it is."""

    def __init__(self, address: str) -> None:
        """`address`: of a Unix datagram socket, `@` in front where it is abstract; "": nobody's."""
        self.is_heard = address[:1] in ("/", "@")
        self._address = f"\0{address[1:]}" if address.startswith("@") else address

    @classmethod
    def of(cls, env: MutableMapping[str, str]) -> "Notifier":
        """Take the address out of the environment: what we start is to tell nothing."""
        return cls(env.pop("NOTIFY_SOCKET", ""))

    def send(self, **variables: str | int) -> None:
        """Tell something, e.g. `READY=1`; lost where nobody reads, as it mustn't be waited for."""
        if not self.is_heard:
            return
        text = "\n".join(f"{name}={value}" for name, value in variables.items())
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as telling:
            telling.setblocking(False)
            telling.sendto(text.encode(errors="replace"), self._address)


def watchdog_s(env: Mapping[str, str]) -> float | None:
    """Give how long systemd lets pass between two signs of life; None: it wants none."""
    if env.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return None
    given = env.get("WATCHDOG_USEC", "")
    if not given.isascii() or not given.isdigit() or not int(given):
        return None
    return int(given) / 1_000_000


def take_sockets(env: MutableMapping[str, str]) -> list[socket.socket]:
    """Take over the listening sockets that are handed on with the process; none: [].

    Raises ListenError for what can't be listened on.
    """
    is_for_us = env.get("LISTEN_PID") == str(os.getpid())
    count = env.get("LISTEN_FDS", "")
    for name in _OF_SOCKETS:
        env.pop(name, None)
    if not is_for_us or not count.isascii() or not count.isdigit():
        return []
    sockets: list[socket.socket] = []
    try:
        for descriptor in range(FIRST_DESCRIPTOR, FIRST_DESCRIPTOR + int(count)):
            os.set_inheritable(descriptor, False)
            sockets.append(socket.socket(fileno=descriptor))
            _check(sockets[-1])
    except OSError as error:
        close_all(sockets)
        raise ListenError(f"a socket of systemd's can't be used: {error.strerror}") from None
    except ListenError:
        close_all(sockets)
        raise
    return sockets


def close_all(sockets: list[socket.socket]) -> None:
    """Give sockets up; whoever handed them on has them still."""
    for each in sockets:
        each.close()


def _check(given: socket.socket) -> None:
    is_stream = given.type == socket.SOCK_STREAM
    if (
        given.family not in (socket.AF_INET, socket.AF_INET6)
        or not is_stream
        or not given.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
    ):
        raise ListenError(
            "a socket of systemd's is not for us: only ListenStream= with an internet address, and"
            " without Accept=yes, can be served; change relay.socket"
        )
