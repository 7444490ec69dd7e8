"""Payloads of battles (PK) between anchors. Their inner structure is not public: base64."""

from relay.events.payload import Payload
from relay.events.people import User


class LinkMicBattlePayload(Payload, frozen=True):
    """WebcastLinkMicBattleMethod: a battle begins or is set up anew."""

    anchor_uids: tuple[str, ...]
    """Ids of the anchors in it, at most 200."""
    battle_type: int
    """Upstream's kind, meaning unknown."""
    skin_type: int
    """Upstream's look, meaning unknown."""
    relative_score: bool
    """Scores are shown relative to each other."""
    settings_base64: str
    """BattleSettings (ids, times), protobuf in base64; may be empty."""
    mode_base64: str
    """BattleMode, protobuf in base64; may be empty."""
    task_base64: str
    """BattleTask, protobuf in base64; may be empty."""


class LinkMicBattleFinishPayload(Payload, frozen=True):
    """WebcastLinkMicBattleFinishMethod: a battle is over."""

    anchor_uids: tuple[str, ...]
    """Ids of the anchors in it, at most 200."""
    anchors: tuple[User, ...]
    """The anchors, where upstream tells more than ids; at most 200."""
    end_reason: int
    """Upstream's reason, meaning unknown."""
    cut_short: str
    """Upstream's sentence when it was ended early; else ""."""
    cut_short_win: bool
    """It was ended early and counts as won."""
    settings_base64: str
    """BattleSettings (ids, times), protobuf in base64; may be empty."""
    scores_base64: tuple[str, ...]
    """BattleScore of each side, protobuf in base64; at most 200."""
    armies_base64: tuple[str, ...]
    """BattleArmy (contributors) of each side, protobuf in base64; at most 200."""


class LinkMicArmiesPayload(Payload, frozen=True):
    """WebcastLinkMicArmiesMethod: who contributes to which side of a battle."""

    anchor_uids: tuple[str, ...]
    """Ids of the anchors in it, at most 200."""
    armies_base64: dict[str, str]
    """Anchor's id → UserArmies (contributors), protobuf in base64; at most 200."""
    top_text: str
    """Sentence shown above; may be empty."""
    rank_base64: str
    """BattleContributorsRankListV2, protobuf in base64; may be empty."""
