"""How fast one WebSocket client may send; kept by its connection once it has sent something."""

from typing import Protocol

from relay.server.bucket import Bucket
from relay.server.state import ClientState


class Sending(Protocol):
    """Who sends."""

    @property
    def name(self) -> str:
        """Its address, for logs."""
        ...


class Rates:
    """What one client has sent, in bytes and messages, against `[limits]` as it is at the time."""

    __slots__ = ("_bytes", "_messages", "_state")

    def __init__(self, state: ClientState) -> None:
        limits = state.config.limits
        self._state = state
        self._bytes = Bucket(limits.client_bytes_burst)
        self._messages = Bucket(limits.client_messages_burst)

    def owe_bytes(self, size: int, client: Sending) -> float:
        """Count bytes; the seconds until more may come."""
        limits = self._state.config.limits
        wait_s = self._bytes.owe(limits.client_bytes_per_s, limits.client_bytes_burst, size)
        if wait_s:
            self._state.hold_up("client_bytes", client.name)
        return wait_s

    def owe_message(self, client: Sending) -> float:
        """Count a message; the seconds until it may be obeyed."""
        limits = self._state.config.limits
        wait_s = self._messages.owe(limits.client_messages_per_s, limits.client_messages_burst, 1)
        if wait_s:
            self._state.hold_up("client_messages", client.name)
        return wait_s
