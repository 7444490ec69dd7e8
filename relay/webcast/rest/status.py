"""What /status serves."""

from collections.abc import Iterable
from typing import Annotated, Literal

from msgspec import Meta, Struct

from relay.webcast.rest.answer import RoomAlive
from relay.webcast.rest.documents import Extra
from relay.webcast.rest.fields import Id, IdText


class RoomStatus(Struct):
    """Whether one room is live."""

    alive: Annotated[
        bool, Meta(description="The room is live. False says nothing where `state` is unknown.")
    ]
    room_id: Id
    room_id_str: IdText
    state: Literal["live", "ended", "unknown", "not_found"]
    web_rid: Annotated[str, Meta(description='The room\'s lasting id; "" where not known.')]
    cause: Annotated[str, Meta(description='Why the state is unknown, one word; else "".')]


class StatusDocument(Struct):
    """Whether rooms are live, in the order that they were asked for."""

    data: list[RoomStatus]
    extra: Extra
    status_code: Annotated[int, Meta(description="Always 0.")]


def status_document(rooms: Iterable[RoomAlive], now_ms: int) -> StatusDocument:
    """Put together what is known of rooms, in their order; `now_ms` is Unix ms."""
    return StatusDocument(
        data=[
            RoomStatus(
                alive=room.state == "live",
                room_id=int(room.room_id or 0),
                room_id_str=room.room_id,
                state=room.state,
                web_rid=room.web_rid,
                cause=room.cause,
            )
            for room in rooms
        ],
        extra=Extra(now=now_ms),
        status_code=0,
    )
