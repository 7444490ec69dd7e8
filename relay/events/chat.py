"""Payloads of what people write."""

from relay.events.payload import Payload
from relay.events.text import Piece


class ChatPayload(Payload, frozen=True):
    """WebcastChatMessage: a line of chat. `content` is its text."""

    pieces: tuple[Piece, ...]
    """Rich text, at most 200 pieces; empty for plain chats."""
    event_time_s: int
    """When it was written, Unix seconds (not milliseconds as elsewhere); 0 unknown."""
    chat_by: int
    """How it came to be; 9 = lucky-bag password, 0 = typed. Others unknown."""
    is_lucky_bag: bool
    """Sent by joining a lucky bag (福袋口令), so the text is the anchor's, not the user's."""
    chat_tags: tuple[int, ...]
    """Upstream's tags, meaning unknown, at most 200."""
    mention_uids: tuple[str, ...]
    """Ids of mentioned users, at most 200."""
    reply_to_msg_id: str
    """msg_id of the chat that this answers; "" for none."""


class EmojiChatPayload(Payload, frozen=True):
    """WebcastEmojiChatMessage: one large emoji. `content` is its text, often "[表情]"."""

    emoji_id: str
    """Decimal 64-bit id."""
    image: str
    """URL of the picture."""
    pieces: tuple[Piece, ...]
    """Upstream's rich text, at most 200 pieces; its first picture is `image`."""


class ScreenChatPayload(Payload, frozen=True):
    """WebcastScreenChatMessage: a chat that floats over the screen. `content` is its text."""

    pieces: tuple[Piece, ...]
    """Rich text, at most 200 pieces; empty for plain chats."""
    event_time_s: int
    """When it was written, Unix seconds; 0 unknown."""
    screen_chat_type: int
    """Upstream's kind: 1 was seen from admins; others unknown."""
    priority: int
    """Upstream's display priority; higher goes first."""


class PrivilegeScreenChatPayload(Payload, frozen=True):
    """WebcastPrivilegeScreenChatMessage: a floating chat as a privilege. `content`: its text."""

    pieces: tuple[Piece, ...]
    """Rich text, at most 200 pieces; empty for plain chats."""
    style: int
    """Upstream's display style, meaning unknown."""
