"""What /chat serves: events as the messages of 2021 and as the flat items of 2020."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from relay.events import (
    ChatPayload,
    EmojiChatPayload,
    Event,
    GiftPayload,
    LikePayload,
    MemberPayload,
    Payload,
    PrivilegeScreenChatPayload,
    ScreenChatPayload,
    SimulatedEvent,
    SocialPayload,
    User,
)
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
    """What was given. `count` is a running total within a combo: add up `increment` instead."""

    gift_id: str
    name: str
    count: int
    combo: Annotated[bool, Meta(description="More messages of the same combo may follow.")]
    repeat_end: Annotated[
        bool, Meta(description="Closes a combo and repeats its last total: adds nothing.")
    ]
    diamond_each: Annotated[int, Meta(description="Price of one in diamonds; 0 unknown or free.")]
    increment: Annotated[
        int, Meta(description="Gifts that this adds to what was known of the combo; to be summed.")
    ]
    total: Annotated[int, Meta(description="Gifts of the combo so far; never falls.")]
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


class MessagePayload(Struct):
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
    payload: MessagePayload
    create_time_ms: UnixMs
    seq: Annotated[int, Meta(description="The event's offset in the room's stream.")]
    simulated: Annotated[
        Literal[True] | UnsetType, Meta(description="Nobody did it; left out of all others.")
    ] = UNSET


class ChatDocument(Struct):
    """Events since the cursor (`format=v2021`)."""

    messages: list[ChatMessage]
    cursor: Annotated[str, Meta(description="Give it with the next request. Opaque.")]
    fetch_interval: Annotated[int, Meta(description="Milliseconds to wait between requests.")]
    now: UnixMs
    internal_ext: Annotated[
        str,
        Meta(description="Douyin's own, where im/fetch is polled, else empty; no cursor of ours."),
    ]
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
    simulated: Annotated[
        Literal[True] | UnsetType, Meta(description="Nobody did it; left out of all others.")
    ] = UNSET


_WRITTEN = (ChatPayload, EmojiChatPayload, ScreenChatPayload, PrivilegeScreenChatPayload)


def message_of(event: Event, offset: int) -> ChatMessage | None:
    """Give an event as a message of 2021; None for one whose payload has no type.

    `offset` is the event's place in its stream. Where upstream hides who did it, the user's
    fields are "".
    """
    payload = event.payload
    if not isinstance(payload, Payload):
        return None
    return ChatMessage(
        method=event.method,
        msg_id=event.msg_id,
        payload=_payload_of(payload),
        create_time_ms=event.time,
        seq=offset,
        simulated=_simulated(event),
    )


def item_of(event: Event) -> ChatItem | None:
    """Give an event as an item of 2020; None for one whose payload has no type."""
    payload = event.payload
    if not isinstance(payload, Payload):
        return None
    user = payload.user
    item = ChatItem(
        type=event.method,
        nickname=user.nickname if user else "",
        uid=user.uid if user else "",
        short_id=user.short_id if user else "",
        msg_id=event.msg_id,
        sec_uid=user.sec_uid if user else "",
        avatar=user.avatar if user else "",
        simulated=_simulated(event),
    )
    if isinstance(payload, _WRITTEN):
        item.text = payload.content
        item.tid = event.msg_id
    else:
        item.msg = payload.content
    return item


def _simulated(event: Event) -> Literal[True] | UnsetType:
    return True if isinstance(event, SimulatedEvent) else UNSET


def _payload_of(payload: Payload) -> MessagePayload:
    message = MessagePayload(payload.room_id, payload.content, _user_of(payload.user))
    match payload:
        case LikePayload():
            message.like = LikeDetail(payload.count, payload.total)
        case GiftPayload():
            message.gift = GiftDetail(
                gift_id=payload.gift_id,
                name=payload.name,
                count=payload.count,
                combo=payload.combo,
                repeat_end=payload.repeat_end,
                diamond_each=payload.diamond_each,
                increment=payload.increment,
                total=payload.total,
                to_user=_user_of(payload.to_user) if payload.to_user else UNSET,
            )
        case SocialPayload():
            message.social = SocialDetail(payload.action, payload.follow_count)
        case MemberPayload():
            message.member = MemberDetail(payload.member_count, payload.action)
    return message


def _user_of(user: User | None) -> ChatUser:
    if user is None:
        return ChatUser("", "", "", "", "")
    return ChatUser(user.uid, user.nickname, user.avatar, user.unique_id, user.sec_uid)
