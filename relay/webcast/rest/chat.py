"""What /chat serves: events as the messages of 2021 and as the flat items of 2020."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from relay.events import Event
from relay.webcast.rest.fields import UnixMs


class ChatUser(Struct):
    """Who did it."""

    uid: Annotated[str, Meta(description='Decimal 64-bit id; "111111" for masked users.')]
    nickname: str
    avatar: Annotated[str, Meta(description="Address of the small picture; may be empty.")]
    unique_id: Annotated[str, Meta(description="抖音号: the chosen handle, else the short id.")]
    sec_uid: str


class LikeDetail(Struct):
    """How much was liked."""

    count: Annotated[int, Meta(description="Likes in this message.")]
    total: Annotated[int, Meta(description="Likes of the broadcast so far.")]


class GiftDetail(Struct):
    """What was given. `count` is a running total within a combo: take the highest, don't add."""

    gift_id: str
    name: str
    count: int
    combo: Annotated[bool, Meta(description="More messages of the same combo may follow.")]
    repeat_end: Annotated[
        bool, Meta(description="Closes a combo and repeats its last total: adds nothing.")
    ]
    diamond_each: Annotated[int, Meta(description="Price of one in diamonds; 0 unknown or free.")]
    to_user: ChatUser | UnsetType = UNSET
    """Who got it, where it wasn't the anchor."""


class SocialDetail(Struct):
    """A follow or a share."""

    action: Annotated[int, Meta(description="1 followed the anchor, 3 shared the room.")]
    follow_count: Annotated[int, Meta(description="Followers after it; 0 where not told.")]


class MemberDetail(Struct):
    """Somebody entered."""

    member_count: Annotated[int, Meta(description="Size of the room then.")]
    action: Annotated[int, Meta(description="1 entered.")]


class ChatPayload(Struct):
    """What happened."""

    room_id: str
    content: Annotated[str, Meta(description="A sentence to show: what was written, or done.")]
    user: ChatUser
    like: LikeDetail | UnsetType = UNSET
    gift: GiftDetail | UnsetType = UNSET
    social: SocialDetail | UnsetType = UNSET
    member: MemberDetail | UnsetType = UNSET


class ChatMessage(Struct):
    """One event."""

    method: Annotated[str, Meta(description="Upstream's name, as WebcastChatMessage.")]
    msg_id: str
    payload: ChatPayload
    create_time_ms: UnixMs
    seq: Annotated[int, Meta(description="The event's offset in the room's stream.")]


class ChatDocument(Struct):
    """Events since the cursor (`format=v2021`)."""

    messages: list[ChatMessage]
    cursor: Annotated[str, Meta(description="Give it with the next request. Opaque.")]
    fetch_interval: Annotated[int, Meta(description="Milliseconds to wait between requests.")]
    now: UnixMs
    internal_ext: Annotated[str, Meta(description="Always empty; kept for older clients.")]
    ignores: Annotated[list[str], Meta(description="Methods that /chat leaves out.")]
    gap: Annotated[bool, Meta(description="Events between the cursor and these are lost.")]
    gap_reason: Annotated[str, Meta(description='Why there is a gap; "" where there is none.')]


class ChatItem(Struct):
    """One event (`format=v2020`). What was written is `text`, all else is `msg`."""

    type: Annotated[str, Meta(description="Upstream's name, as WebcastChatMessage.")]
    nickname: str
    uid: str
    short_id: str
    msg_id: str
    sec_uid: str
    avatar: str
    msg: str | UnsetType = UNSET
    text: str | UnsetType = UNSET
    tid: str | UnsetType = UNSET


def message_of(event: Event, offset: int) -> ChatMessage | None:
    """Give an event as a message of 2021; None where nobody in particular did it.

    `offset` is the event's place in its stream.
    """
    raise NotImplementedError


def item_of(event: Event) -> ChatItem | None:
    """Give an event as an item of 2020; None where nobody in particular did it."""
    raise NotImplementedError
