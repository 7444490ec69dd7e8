"""Rich text; called by the other mappers."""

import re

from relay.events.text import Piece
from relay.webcast.mapping.people import id_text, image_url, user_of
from relay.webcast.pb import webcast_pb2 as pb

MAX_PIECES = 200
PICTURE = "[表情]"
# A sentence names a few pieces. A pattern may name one many times over, and nothing may come of
# looking at each: here nobody sees the cost.
_MAX_SHOWN = 20
_MAX_SHOWN_CHARS = 500
_SLOT = re.compile(r"\{([0-9]{1,3})(?::[A-Za-z]*)?\}")


def pieces_of(text: pb.Text) -> tuple[Piece, ...]:
    """Map the first MAX_PIECES pieces."""
    return tuple([_piece(piece) for piece in text.pieces[:MAX_PIECES]])


def chat_text(pieces: tuple[Piece, ...]) -> str:
    """Write pieces as a line of chat, with upstream's own stand-in for pictures."""
    return "".join([_chat_piece(piece) for piece in pieces]).strip()


def sentence(text: pb.Text) -> str:
    """Fill the pieces into the text's pattern, e.g. "{0:user} 来了"."""
    pieces = text.pieces
    pattern = text.default_pattern
    if not pattern:
        return "".join([_shown(piece) for piece in pieces[:_MAX_SHOWN]])

    def fill(slot: re.Match[str]) -> str:
        index = int(slot[1])
        return _shown(pieces[index]) if index < len(pieces) else ""

    return _SLOT.sub(fill, pattern, count=_MAX_SHOWN).strip()


def described(common: pb.Common) -> str:
    """Return upstream's own sentence about a message; "" when it made none."""
    if common.describe:
        return common.describe
    return sentence(common.display_text) if common.HasField("display_text") else ""


def _chat_piece(piece: Piece) -> str:
    if piece.type == "user":
        return f"@{piece.text}"
    return piece.text or (PICTURE if piece.type == "image" else "")


def _shown(piece: pb.TextPiece) -> str:
    if value := piece.string_value:
        shown = value
    elif piece.HasField("user_value"):
        shown = piece.user_value.user.nickname
    else:
        shown = piece.pattern_ref_value.default_pattern
    return shown[:_MAX_SHOWN_CHARS]


def _piece(piece: pb.TextPiece) -> Piece:
    # What is set decides, not `type`: recorded users and pictures come with type 1 (string) as
    # well as with their own 11 and 15. The value's field numbers (11, 21-25) are Douyin's own;
    # the older public schemas that have them at 3-8 are wrong.
    if value := piece.string_value:
        return Piece("text", value, "", None, "")
    if piece.HasField("user_value"):
        user = user_of(piece.user_value.user)
        return Piece("user", user.nickname, "", user, "")
    if piece.HasField("image_value"):
        image = piece.image_value.image
        return Piece("image", image.content.name, image_url(image), None, "")
    if piece.HasField("gift_value"):
        return Piece("gift", "", "", None, id_text(piece.gift_value.gift_id))
    if piece.HasField("heart_value"):
        return Piece("heart", "❤", "", None, "")
    if piece.HasField("pattern_ref_value"):
        return Piece("pattern", piece.pattern_ref_value.default_pattern, "", None, "")
    return Piece("text", "", "", None, "")
