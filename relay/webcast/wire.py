"""Counts the outermost fields of protobuf bytes before they are parsed; called by frames.

Parsing makes an object of each empty submessage of two bytes, hundreds of times its size on the
wire, so a count after parsing would come too late; where there are only few bytes it does not.
"""

from relay.errors import FrameError

HARMLESS_BYTES = 128 * 1024
"""So many can be parsed uncounted: whatever they are, that takes 4 ms and 8 MB at most."""
MAX_OTHER_FIELDS = 1_000
"""Fields beside the counted ones; upstream sends about ten, headers included."""


def check_fields(data: bytes, *, cause: str, max_messages: int) -> None:
    """Walk the outermost fields of `data`, field 1 being the messages of a Response.

    `max_messages=0`: there are none, so field 1 is something else, and no bytes.

    Raises FrameError: `too_many_messages`, `too_many_fields`, or `cause` when `data` isn't
    protobuf.
    """
    messages = others = position = 0
    end = len(data)
    while position < end:
        tag, position = _read_varint(data, position, cause)
        number, wire_type = tag >> 3, tag & 7
        if wire_type == 2:
            size, position = _read_varint(data, position, cause)
            position += size
        elif wire_type == 0:
            _, position = _read_varint(data, position, cause)
        elif wire_type == 1:
            position += 8
        elif wire_type == 5:
            position += 4
        else:
            raise FrameError(cause, f"wire type {wire_type} at byte {position}: not protobuf")
        if number == 1 and wire_type == 2:
            messages += 1
            if not max_messages:
                raise FrameError(cause, "field 1 is not a number")
            if messages > max_messages:
                raise FrameError("too_many_messages", f"more than {max_messages} messages")
        else:
            others += 1
            if others > MAX_OTHER_FIELDS:
                raise FrameError("too_many_fields", f"more than {MAX_OTHER_FIELDS} fields")
    if position != end:
        raise FrameError(cause, f"the last field ends {position - end} bytes after the end")


def _read_varint(data: bytes, position: int, cause: str) -> tuple[int, int]:
    try:
        byte = data[position]
        if byte < 0x80:
            return byte, position + 1
        value, shift = byte & 0x7F, 7
        while shift < 64:
            position += 1
            byte = data[position]
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value, position + 1
            shift += 7
    except IndexError:
        raise FrameError(cause, "ends in the middle of a number") from None
    raise FrameError(cause, f"a number of more than ten bytes at byte {position}")
