"""What people write; called by decode."""

from relay.events.chat import (
    ChatPayload,
    EmojiChatPayload,
    PrivilegeScreenChatPayload,
    ScreenChatPayload,
)
from relay.events.text import Piece
from relay.webcast.mapping.people import id_text, user_of
from relay.webcast.mapping.text import MAX_PIECES, PICTURE, chat_text, pieces_of
from relay.webcast.pb import webcast_pb2 as pb

_BY_LUCKY_BAG = 9


def chat(message: pb.ChatMessage, _common: pb.Common, room_id: str) -> ChatPayload:
    """Map a chat."""
    pieces = _rich(message)
    mentions: tuple[str, ...] = ()
    reply_to = ""
    if message.HasField("public_area_common"):
        area = message.public_area_common
        if area.HasField("mention_info"):
            mentions = tuple(area.mention_info.mention_user_ids[:MAX_PIECES])
        if area.HasField("reply_resp"):
            reply_to = id_text(area.reply_resp.reply_msg_id)
    chat_by, tags = message.chat_by, message.chat_tags
    return ChatPayload(
        room_id,
        # A chat that is nothing but a mention comes with empty content (dycast 0ef91aa).
        message.content or chat_text(pieces),
        user_of(message.user) if message.HasField("user") else None,
        pieces,
        # Seconds, while every other time of upstream's is in milliseconds.
        message.event_time,
        chat_by,
        chat_by == _BY_LUCKY_BAG,
        tuple(tags[:MAX_PIECES]) if tags else (),
        mentions,
        reply_to,
    )


def emoji_chat(message: pb.EmojiChatMessage, _common: pb.Common, room_id: str) -> EmojiChatPayload:
    """Map a large emoji."""
    pieces = pieces_of(message.emoji_content)
    return EmojiChatPayload(
        room_id,
        message.default_content or chat_text(pieces) or PICTURE,
        user_of(message.user) if message.HasField("user") else None,
        id_text(message.emoji_id),
        next((piece.image for piece in pieces if piece.image), ""),
        pieces,
    )


def screen_chat(
    message: pb.ScreenChatMessage, _common: pb.Common, room_id: str
) -> ScreenChatPayload:
    """Map a floating chat."""
    pieces = _rich(message)
    return ScreenChatPayload(
        room_id,
        message.content or chat_text(pieces),
        user_of(message.user) if message.HasField("user") else None,
        pieces,
        message.event_time,
        message.screen_chat_type,
        message.priority,
    )


def privilege_screen_chat(
    message: pb.PrivilegeScreenChatMessage, _common: pb.Common, room_id: str
) -> PrivilegeScreenChatPayload:
    """Map a floating chat that is a privilege."""
    pieces = _rich(message)
    return PrivilegeScreenChatPayload(
        room_id,
        message.content or chat_text(pieces),
        user_of(message.user) if message.HasField("user") else None,
        pieces,
        message.style,
    )


def _rich(
    message: pb.ChatMessage | pb.ScreenChatMessage | pb.PrivilegeScreenChatMessage,
) -> tuple[Piece, ...]:
    # The second version has the pictures; the first is for old apps.
    if message.HasField("rtf_content_v2"):
        return pieces_of(message.rtf_content_v2)
    if message.HasField("rtf_content"):
        return pieces_of(message.rtf_content)
    return ()
