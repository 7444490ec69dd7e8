"""Builds the frames of one push connection, spoiled ones too; used by push. No I/O."""

import hashlib
from collections.abc import Mapping

from relay.sim.broadcast import compress
from relay.webcast.pb import webcast_pb2 as pb

SERVICE = 8888
METHOD = 8
"""PushFrame.service and .method of all recorded frames."""
HEARTBEAT = b":\x02hb"
"""PushFrame{payload_type: "hb"}, as the page sends it."""


class FrameWriter:
    """Numbers the frames of one connection."""

    def __init__(self, connection: int) -> None:
        self._logids = connection << 40
        self._seqid = 0

    def msg(
        self, payload: bytes, pair: tuple[str, str], now_ms: int, *, compressed: bool
    ) -> pb.PushFrame:
        """Build a frame that carries a Response; `pair` is the connection's own cursor pair."""
        headers = {
            "compress_type": "gzip" if compressed else "none",
            "im-internal_ext": pair[1],
            "im-cursor": pair[0],
            "im-now": str(now_ms),
            "im-live_cursor": "d-1_u-1",
        }
        return self._frame("msg", payload, headers)

    def bare(self, kind: str) -> pb.PushFrame:
        """Build a frame without payload: `hb` answers a heartbeat, `close` says good-bye."""
        return self._frame(kind, b"", {})

    def _frame(self, kind: str, payload: bytes, headers: Mapping[str, str]) -> pb.PushFrame:
        self._seqid += 1
        return pb.PushFrame(
            seqid=self._seqid,
            logid=self._logids + self._seqid,
            service=SERVICE,
            method=METHOD,
            headers=[pb.PushFrame.Header(key=key, value=headers[key]) for key in headers],
            payload_encoding="pb",
            payload_type=kind,
            payload=payload,
        )


def corrupted(frame: pb.PushFrame, number: int) -> bytes:
    """Spoil a frame, each time in another way."""
    noise = hashlib.blake2b(str(number).encode()).digest() * 4
    match number % 4:
        case 0 if frame.payload.startswith(b"\x1f\x8b"):
            frame.payload = frame.payload[: len(frame.payload) // 2]
        case 1:
            frame.payload = b"\x1f\x8b\x08" + noise
        case 2:
            frame.payload = compress(b"\xff" + noise)
        case _:
            return b"\xff" + noise
    return frame.SerializeToString()
