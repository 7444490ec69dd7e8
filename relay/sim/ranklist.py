"""Who watches, ranked by what they gave, as ranklist/audience/ tells it; used by webapi."""

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from relay.sim.people import Person
from relay.sim.users import mobile_user

MAX_RANKS = 100
"""People listed, at most."""
_MASKED_EVERY = 3
"""One in so many is shown masked to who isn't logged in."""


def ranklist(
    ranks: Sequence[tuple[Person, int]], online: int, now_ms: int, *, logged_in: bool
) -> dict[str, Any]:
    """Give the answer for people in order, each with what they gave."""
    shown = [
        (person if logged_in or place % _MASKED_EVERY else _masked(person), score)
        for place, (person, score) in enumerate(ranks)
    ]
    return {
        "data": {
            "ranks": [
                {
                    "rank": place,
                    "score": score,
                    "delta": 0,
                    "first_gift": False,
                    "gap_description": f"{_ahead(ranks, place) - score + 1}",
                    "is_hidden": False,
                    "user": mobile_user(person),
                }
                for place, (person, score) in enumerate(shown, 1)
            ],
            "total": online,
            "user_count_desc": f"{online}人在看",
            "invisible_total": 0,
            "has_more": online > len(shown),
            "self_info": {
                "rank": 0,
                "score": 0,
                "delta": 0,
                "first_gift": False,
                "gap_description": "本场还没有贡献",
            },
        },
        "extra": {"now": now_ms},
        "status_code": 0,
    }


def _ahead(ranks: Sequence[tuple[Person, int]], place: int) -> int:
    """Give the score of who is before `place`, which counts from 1."""
    return ranks[max(0, place - 2)][1]


def _masked(person: Person) -> Person:
    return replace(person.mask(), nickname=f"dou{person.uid % 100_000:05}")
