"""Rich text: the pieces of a chat with emoji, mentions and pictures."""

from typing import Literal

from msgspec import Struct

from relay.events.people import User

PieceType = Literal["text", "user", "image", "gift", "heart", "pattern"]


class Piece(Struct, frozen=True, gc=False):
    """One piece; a whole text is its pieces one after the other."""

    type: PieceType
    """What it is. `gift`, `heart` and `pattern` are rare."""
    text: str
    """What to show where only text can be: the text itself, the user's nickname, or ""."""
    image: str
    """URL of the emoji or picture; "" for other types."""
    user: User | None
    """The mentioned user; null for other types."""
    gift_id: str
    """The mentioned gift; "" for other types."""
