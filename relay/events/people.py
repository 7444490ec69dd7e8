"""Who did it: the user of an event, as payload structs and consumers use it."""

from msgspec import Struct

MASKED_UID = "111111"
"""The id that upstream gives to every user of a room that hides its viewers' names."""


class Badge(Struct, frozen=True, gc=False):
    """A picture beside a name: pay level, fans club, admin and so on."""

    kind: int
    """Upstream's image_type: 1 pay level, 7 fans club (seen in recordings); others unknown."""
    level: int
    """Level that the badge shows; 0 where it shows none."""
    text: str
    """Upstream's alternative text in Chinese, e.g. "荣誉等级20级勋章"; may be empty."""
    image: str
    """URL of the picture; may be empty."""


class FansClub(Struct, frozen=True, gc=False):
    """Membership of a fans club (粉丝团)."""

    name: str
    """The club's name; may be empty while the level is known."""
    level: int
    """The user's level in it; 0 where not known."""
    status: int
    """1 lit, 2 gone grey for lack of activity (recordings pair 2 with grey badges), 0 unknown."""
    anchor_uid: str
    """The anchor whose club it is, not always this room's; "" where upstream leaves it out."""


class User(Struct, frozen=True, gc=False):
    """A user, as the message showed them. Upstream leaves out what it likes: expect "" and 0."""

    uid: str
    """Decimal 64-bit id; "111111" for every masked user, see `masked`."""
    nickname: str
    """Shown name; shortened like "某***" for masked users."""
    avatar: str
    """URL of the small picture."""
    unique_id: str
    """抖音号: the chosen handle, else the numeric short id."""
    sec_uid: str
    """Stable key `MS4wLjABAAAA…`, as in profile URLs."""
    short_id: str
    """Numeric short id; "" where there is none."""
    web_rid: str
    """The user's own live room, mostly given for anchors; else ""."""
    gender: int
    """0 unknown, 1 male, 2 female."""
    level: int
    """消费等级 (pay level), from the badge where upstream hides the number; 0 unknown."""
    fans_club: FansClub | None
    """The fans club the user shows; null for none."""
    is_admin: bool
    """Is an admin of this room."""
    is_super_admin: bool
    """Is a super admin of this room."""
    is_anonymous: bool
    """Watches anonymously, by the user's own choice."""
    masked: bool
    """The room hides its viewers: uid and nickname are no identity, so do not count by them."""
    follower_count: int
    """Users who follow them; 0 where not told."""
    following_count: int
    """Users they follow; 0 where not told."""
    badges: tuple[Badge, ...]
    """At most 20."""
