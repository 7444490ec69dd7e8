"""Makes each round of a recording that plays in a loop a broadcast of its own; used by replay."""

import re
from random import Random

from google.protobuf.message import DecodeError

from relay.webcast.budget import MAX_PAYLOAD_BYTES
from relay.webcast.methods import METHODS
from relay.webcast.pb.webcast_pb2 import BindingGiftMessage, Common, Response

_DIGITS = re.compile("[0-9]{1,20}")
_TOO_LARGE = 1 << 63
"""For upstream's numbers."""


class Round:
    """The ids of one round. The first has those that were recorded."""

    def __init__(self, number: int) -> None:
        self._number = number
        # The same for the whole round, so that what was one message stays one.
        self._mask = Random(number).getrandbits(62) if number > 1 else 0

    def room_id(self, recorded: str) -> str:
        """Give the round's room_id for a recorded one."""
        return str(int(recorded) + self._number - 1) if recorded else ""

    def renew(self, response: Response) -> None:
        """Give a Response's messages ids that no other round has, and the round's room_id."""
        if self._number == 1:
            return
        for message in response.messages:
            if message.msg_id:
                message.msg_id ^= self._mask
            message.payload = self._in_round(message.method, message.payload)

    def _in_round(self, method: str, payload: bytes) -> bytes:
        kind = METHODS.get(method)
        if kind is None or len(payload) > MAX_PAYLOAD_BYTES:
            return payload
        try:
            parsed = kind.FromString(payload)
        except DecodeError:
            return payload
        self._move(parsed.common)  # type: ignore[attr-defined]
        if isinstance(parsed, BindingGiftMessage):
            self._move(parsed.msg.common)
        return parsed.SerializeToString()

    def _move(self, common: Common) -> None:
        if common.room_id > 0:
            common.room_id = (common.room_id + self._number - 1) % _TOO_LARGE
        if _DIGITS.fullmatch(common.room_id_str):
            common.room_id_str = self.room_id(common.room_id_str)
