"""Made-up people: a seeded crowd of viewers, and anchors; used by show and room."""

import random
from collections.abc import Sequence

from msgspec import Struct

from relay.sim.phrases import CITIES, NICKNAME_ENDS, NICKNAME_HEADS, NICKNAME_TAILS

_HANDLE = "abcdefghijkmnpqrstuvwxyz23456789"
_SEC = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"


class Person(Struct, frozen=True, eq=False):
    """One Douyin account that does not exist; each is equal to itself only."""

    uid: int
    nickname: str
    display_id: str
    """The 抖音号: letters or digits, what clients know as unique_id."""
    sec_uid: str
    gender: int
    """0 unknown, 1 male, 2 female."""
    wealth_level: int
    """消费等级, 0 = none."""
    fans_level: int
    """Level in the anchor's fans club, 0 = not in it."""
    is_admin: bool
    city: str
    follower_count: int
    masked: bool = False
    """Seen through a room's mask."""

    @property
    def avatar(self) -> str:
        """Address of the picture; nothing answers there."""
        return f"https://example.invalid/avatar/{self.uid}.jpeg"

    def mask(self) -> "Person":
        """Give the person as a room that hides its viewers shows them."""
        return Person(
            uid=111111,
            nickname=f"{self.nickname[0]}***",
            display_id="111111",
            sec_uid="111111",
            gender=0,
            wealth_level=self.wealth_level,
            fans_level=self.fans_level,
            is_admin=self.is_admin,
            city="",
            follower_count=0,
            masked=True,
        )


class Crowd:
    """The viewers of one room; a few of them do most of the talking."""

    def __init__(self, rng: random.Random, size: int = 400) -> None:
        self.people = [make_person(rng) for _ in range(size)]
        self._masked = [person.mask() for person in self.people]

    def all(self, *, masked: bool) -> Sequence[Person]:
        """Give everybody, the most active ones first."""
        return self._masked if masked else self.people

    def someone(self, rng: random.Random, *, masked: bool) -> Person:
        """Pick a viewer; the square makes the first ones far more active than the last."""
        index = int(rng.random() ** 2 * len(self.people))
        return self.all(masked=masked)[index]


def make_person(rng: random.Random) -> Person:
    """Invent an account."""
    nickname = rng.choice(NICKNAME_HEADS) + rng.choice(NICKNAME_TAILS) + rng.choice(NICKNAME_ENDS)
    handle = "".join(rng.choices(_HANDLE, k=rng.randint(6, 12)))
    return Person(
        uid=rng.randint(10**10, 10 ** rng.choice((11, 12, 15, 16))),
        nickname=nickname,
        display_id=handle if rng.random() < 0.6 else str(rng.randint(10**8, 10**11)),
        sec_uid="MS4wLjAB" + "".join(rng.choices(_SEC, k=47)),
        gender=rng.choice((0, 1, 2)),
        wealth_level=int(rng.random() ** 2 * 50),
        fans_level=max(0, rng.randint(-8, 20)),
        is_admin=rng.random() < 0.01,
        city=rng.choice(CITIES),
        follower_count=int(rng.random() ** 6 * 100_000),
    )
