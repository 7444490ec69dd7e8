"""Gift messages for tests of what counts them."""

from typing import Any

from relay.events import MASKED_UID, Event, GiftComboPayload, GiftPayload, User

ROOM_ID = "7000000000000000001"


def giver(uid: str = "1", **fields: Any) -> User:
    values: dict[str, Any] = dict.fromkeys(
        ("nickname", "avatar", "unique_id", "sec_uid", "short_id", "web_rid"), ""
    )
    values |= dict.fromkeys(("is_admin", "is_super_admin", "is_anonymous"), False)
    values |= dict.fromkeys(("gender", "level", "follower_count", "following_count"), 0)
    return User(
        uid=uid, masked=uid == MASKED_UID, **{**values, "fans_club": None, "badges": (), **fields}
    )


ANN = giver("11", nickname="安")


def gift(
    count: int = 1,
    *,
    group: str = "1777600000",
    user: User | None = ANN,
    gift_id: str = "463",
    each: int = 2,
    name: str = "小心心",
    room_id: str = ROOM_ID,
    end: bool = False,
    combo: bool = True,
    time: int = 1_000,
    msg_id: str = "0",
    image: str = "https://p3-webcast.douyinpic.com/a.png",
    event_type: type[Event] = Event,
) -> Event:
    """Make a message of a combo."""
    payload = GiftPayload(
        room_id=room_id,
        content=f"送出了 {name or '礼物'} x{count}",
        user=user,
        gift_id=gift_id,
        name=name,
        count=count,
        diamond_each=each,
        diamond_total=each * count,
        repeat_count=count,
        combo_count=count,
        group_count=1,
        total_count=count,
        group_id=group,
        combo=combo,
        repeat_end=end,
        send_type=4 if combo else 1,
        gift_type=1,
        fan_ticket_count=0,
        to_user=None,
        to_uids=(),
        image=image,
        send_time_ms=time,
        description="",
    )
    return event_type("WebcastGiftMessage", msg_id, room_id, "80000000001", time, payload)


def combos(events: list[Event]) -> list[GiftComboPayload]:
    """Give the finished combos among events."""
    return [event.payload for event in events if event.method == "RelayGiftCombo"]


def gifts(events: list[Event]) -> list[GiftPayload]:
    """Give the gifts among events."""
    return [event.payload for event in events if event.method != "RelayGiftCombo"]
