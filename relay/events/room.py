"""Payloads about the room itself: its numbers, its state, its notices."""

from msgspec import Struct

from relay.events.payload import Payload
from relay.events.people import User


class Contributor(Struct, frozen=True, gc=False):
    """One place in a ranking of the audience."""

    rank: int
    """Place, 1 is the first; 0 where upstream leaves it out."""
    user: User | None
    """Who; null where upstream hides them."""
    score: int
    """Contribution, in diamonds as far as known; 0 where not told."""
    score_text: str
    """The same as shown, e.g. "1.2万"."""
    is_hidden: bool
    """Asked not to be shown."""


class RoomUserSeqPayload(Payload, frozen=True):
    """WebcastRoomUserSeqMessage: viewer numbers, about every 4 s.

    Comes twice at times and out of order: `total_user` never falls, so a lower one is older.
    """

    total: int
    """Viewers now."""
    total_text: str
    """The same as shown, e.g. "1.2万"."""
    total_user: int
    """Viewers of this broadcast so far, leavers included."""
    total_user_text: str
    """The same as shown."""
    total_pv_text: str
    """Visits of this broadcast so far, as shown, e.g. "52.1万"."""
    online_text: str
    """Viewers now, as shown to the anchor."""
    popularity: int
    """Upstream's popularity figure; mostly 0."""
    popularity_text: str
    """The same as shown."""
    ranks: tuple[Contributor, ...]
    """Top contributors, at most 200."""
    seats: tuple[Contributor, ...]
    """Contributors in the front seats, at most 200."""


class RoomStatsPayload(Payload, frozen=True):
    """WebcastRoomStatsMessage: the number shown in the room's corner. `content`: its long form."""

    display_short: str
    """As shown, e.g. "1万"."""
    display_middle: str
    """As shown, a little longer."""
    display_long: str
    """As shown, e.g. "1万在线观众"."""
    display_value: int
    """The number behind it."""
    display_version: str
    """Upstream's timestamp of the number, decimal 64-bit: a lower one is older."""
    display_type: int
    """What is counted: 1 viewers now; others unknown."""
    total: int
    """Upstream's total; mostly equal to display_value."""
    incremental: bool
    """The number is to be added rather than shown."""
    is_hidden: bool
    """The room hides its number."""


class RoomRankPayload(Payload, frozen=True):
    """WebcastRoomRankMessage: the top contributors, best first."""

    ranks: tuple[Contributor, ...]
    """The room's ranking, at most 200; upstream gives the score as text only."""
    audience_ranks: tuple[Contributor, ...]
    """The ranking that the audience sees, at most 200."""


class ControlPayload(Payload, frozen=True):
    """WebcastControlMessage: the broadcast changes state. `content` says how."""

    action: int
    """3 ended, 4 ended by the platform; 1 and 2 are pause and resume, disputed which is which."""
    ended: bool
    """The broadcast is over (action 3 or 4). May be missed: confirm by the room's state."""
    tips: str
    """Upstream's sentence; may be empty."""
    reason_no: int
    """Upstream's number for the reason of a ban; 0 for none."""
    reason: str
    """Reason of a ban, in Chinese; "" for none."""


class RoomPayload(Payload, frozen=True):
    """WebcastRoomMessage: a notice of the system. `content` is its text."""

    message_type: int
    """Upstream's kind, meaning unknown."""
    biz_scene: str
    """What it is about, upstream's word, e.g. "subscribe"; may be empty."""
    is_top: bool
    """Shown at the top."""
    description: str
    """Upstream's own sentence. Subscriptions (会员, 星守护) are told nowhere else."""


class RoomNotifyPayload(Payload, frozen=True):
    """WebcastRoomNotifyMessage: a banner that runs across many rooms, e.g. for a large gift."""

    notify_type: int
    """Upstream's kind, meaning unknown."""
    notify_class: int
    """Upstream's class, meaning unknown."""
    biz_scene: str
    """What it is about, upstream's word; may be empty."""
    schema: str
    """App link that a tap follows; may be empty."""
    duration: int
    """How long it is shown, as upstream gives it (unit not confirmed)."""


class InRoomBannerPayload(Payload, frozen=True):
    """WebcastInRoomBannerMessage: a small web page beside the video. Flows in closed rooms too."""

    extra: str
    """JSON text for the page."""
    position: int
    """Upstream's place on the screen."""
    action_type: int
    """Upstream's kind of action, meaning unknown."""
    container_type: int
    """Upstream's kind of container, meaning unknown."""
    container_url: str
    """URL of the page; may be empty."""
    op_type: int
    """Upstream's operation, meaning unknown."""
