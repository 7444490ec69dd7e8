"""Damages bytes as lines, disks and enemies do; the same seed, the same damage."""

import gzip
import random

from relay.webcast.pb import webcast_pb2 as pb

_GZIP = b"\x1f\x8b"
_INTERESTING = (0, 1, 0x7F, 0x80, 0xFF, 0x1F, 0x8B, 0x0A, 0x12, 0x42)
_ODD_TEXTS = (
    *("0", "1", "-1", "9" * 25, "1e999", "nan", "true", '""', '"', "'", "\\", "\n", "=", "[", "]"),
    *(
        "{",
        "}",
        ",",
        ".",
        ":",
        "/",
        "%",
        "%00",
        "&",
        "#",
        "好",
        "\ud7ff",
        "\x00",
        " " * 9,
        "[[",
        "[x]",
    ),
)


def mutated(data: bytes, rng: random.Random, others: list[bytes]) -> bytes:
    """Give `data` damaged in one to four places; `others` are what it may be crossed with."""
    out = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(out) + 1)
        match rng.randrange(8):
            case 0 if out:
                out[at % len(out)] ^= 1 << rng.randrange(8)
            case 1 if out:
                out[at % len(out)] = rng.choice(_INTERESTING)
            case 2:
                out[at : at + rng.randint(1, 16)] = b""
            case 3:
                out[at:at] = rng.randbytes(rng.randint(1, 16))
            case 4:
                out[at:at] = out[at : at + rng.randint(1, 64)] * rng.randint(1, 8)
            case 5:
                del out[at:]
            case 6:
                other = rng.choice(others)
                out[at:] = other[rng.randrange(len(other) + 1) :]
            case _:
                out[at : at + 10] = b"\xff" * rng.randint(1, 9) + b"\x01"
    return bytes(out)


def mutated_text(data: bytes, rng: random.Random, others: list[bytes]) -> bytes:
    """Give text damaged in such a way that it stays text."""
    out = data.decode(errors="replace")
    for _ in range(rng.randint(1, 4)):
        at, end = (rng.randrange(len(out) + 1) for _ in range(2))
        match rng.randrange(4):
            case 0:
                out = out[:at] + rng.choice(_ODD_TEXTS) + out[at:]
            case 1:
                out = out[:at] + rng.choice(_ODD_TEXTS) + out[at + rng.randint(1, 9) :]
            case 2:
                out = out[:at] + out[end : end + 40] + out[at:]
            case _:
                other = rng.choice(others).decode(errors="replace")
                out = out[:at] + other[rng.randrange(len(other) + 1) :]
    return out.encode()


def mutated_inside(frame: bytes, rng: random.Random, others: list[bytes]) -> bytes:
    """Damage a frame at any depth: its bytes, what its gzip holds, or one message in that."""
    push = pb.PushFrame.FromString(frame)
    depth = rng.randrange(4)
    if depth == 0 or not push.payload.startswith(_GZIP):
        return mutated(frame, rng, others)
    inner = gzip.decompress(push.payload)
    if depth == 1 or inner.startswith(_GZIP):
        inner = mutated(inner, rng, others)
    else:
        response = pb.Response.FromString(inner)
        message = rng.choice(response.messages)
        message.payload = mutated(message.payload, rng, [m.payload for m in response.messages])
        if depth == 3:
            message.method = rng.choice(response.messages).method
        inner = response.SerializeToString()
    push.payload = gzip.compress(inner, 1, mtime=0)
    return push.SerializeToString()
