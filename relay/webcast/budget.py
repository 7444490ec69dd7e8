"""Bounds what the messages of one Response may cost; used by decode.

Bytes on the wire say too little: two of them can become an object of a dozen fields. So each
message is charged by what came out of it, and those that come once the budget is spent are not
decoded. A large Response of upstream's (1,000 messages, 2 MB) takes about half of the budget; all
of it is spent in a fifth of a second.
"""

import msgspec

from relay.events import Payload

MAX_PAYLOAD_BYTES = 64 * 1024
"""Of a message. The largest recorded one has 15 KB."""
MAX_GENERIC_BYTES = 32 * 1024
"""Of a message that gets a generic payload. The largest recorded one has 10 KB."""
MAX_EVENT_BYTES = 256 * 1024
"""Of a payload as JSON, as it goes to every client. The largest recorded one has 7 KB."""
MAX_RESPONSE_COST = 8 * 1024 * 1024
"""Bytes read and written for the messages of one Response, objects of generic payloads apart."""
_GENERIC_VALUE_COST = 100
"""A value of a generic payload takes as long as so many bytes of a typed one."""

encode_payload = msgspec.json.Encoder().encode
"""Gives a payload as the JSON that clients get."""


class Budget:
    """What is left for the messages of one Response."""

    def __init__(self, cost: int = MAX_RESPONSE_COST) -> None:
        self._left = cost

    def admits(self, payload_bytes: int) -> bool:
        """Tell whether a message of that size may be looked at."""
        return self._left > 0 and payload_bytes <= MAX_PAYLOAD_BYTES

    def charge(self, payload_bytes: int, payload: Payload | dict[str, object]) -> bytes | None:
        """Pay for a decoded message; give its payload as JSON, None if it may not be given out."""
        encoded = encode_payload(payload)
        self._left -= payload_bytes + len(encoded)
        if isinstance(payload, dict):
            # Each value, empty or not, stands behind one of these. In texts they count too.
            values = encoded.count(b"{") + encoded.count(b",")
            self._left -= values * _GENERIC_VALUE_COST
        return encoded if len(encoded) <= MAX_EVENT_BYTES else None
