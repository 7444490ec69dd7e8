"""The JSON bodies against the seeds: every key path that upstream still sends, with its type."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from sim_calls import ask, only
from sim_client import browser

from relay.sim import Scenario, Simulator

# What upstream no longer sends, or sends as other keys (the map of the field names says which).
GONE_FROM_OWNER = r"\.owner\.pay_grade\.(new_im_icon_with_level|new_live_icon)\b.*"
GONE_FROM_RANKLIST = r"\.(currency|music_wave|has_once_live|seats|rules_url)\b.*"
GONE_FROM_POP = (
    r"\.promotions\[\]\.(price|elastic_title|short_title|index)"
    r"|\.(current_promotion_id|entries|expire_time|flash_total|has_more|min_refresh_gap"
    r"|next_page_id|room_type|show_begin_time|show_duration|top_limit|total)\b.*"
)


def paths(value: Any, where: str = "") -> set[tuple[str, str]]:
    """Give (key path, JSON type) of everything; of lists, what any of their items has."""
    found = {(where, "number" if isinstance(value, float) else type(value).__name__)}
    if isinstance(value, dict):
        for key, item in value.items():
            found |= paths(item, f"{where}.{key}")
    elif isinstance(value, list):
        for item in value:
            found |= paths(item, f"{where}[]")
    return found


def lacking(seed: Any, body: Any, gone: str) -> list[tuple[str, str]]:
    """Give what the seed has and the body hasn't, but for what matches `gone`."""
    missing = paths(seed) - paths(body)
    return sorted(item for item in missing if not re.fullmatch(gone, item[0]))


def seed(recorded: Path, name: str) -> Any:
    found = recorded.parent / "seeds" / "repaired" / f"{name}.json"
    return json.loads(found.read_text(encoding="utf-8"))["data"]


@pytest.mark.recorded
async def test_a_live_room_has_what_the_seeds_have(recorded: Path) -> None:
    async with (
        Simulator(Scenario(rooms=1, rate=50)) as sim,
        browser(ttwid="x", sessionid="y") as http,
    ):
        bodies = {
            name: (await ask(http, sim, name)).json()
            for name in ("reflow", "feed", "ranklist", "promotions")
        }
    info = bodies["reflow"]["data"]["room"]
    assert lacking(seed(recorded, "info")["data"], info, GONE_FROM_OWNER) == []
    for item in bodies["feed"]["data"]:
        assert lacking(seed(recorded, "feed")["data"][0], item["data"], GONE_FROM_OWNER) == []
    ranks = bodies["ranklist"]["data"]
    assert lacking(seed(recorded, "audience")["data"], ranks, GONE_FROM_RANKLIST) == []
    pop = bodies["promotions"]
    assert lacking(seed(recorded, "promotions"), pop, GONE_FROM_POP) == []


@pytest.mark.recorded
async def test_nothing_of_the_seeds_but_their_names_is_in_the_bodies(recorded: Path) -> None:
    def texts(value: Any) -> set[str]:
        if isinstance(value, dict):
            return set().union(*(texts(item) for item in value.values()))
        if isinstance(value, list):
            return set().union(*(texts(item) for item in value))
        return {str(value)} if isinstance(value, str | int) else set()

    # Shorter ones are words and round numbers, not anybody's.
    theirs = {
        text
        for name in ("info", "feed", "audience", "promotions")
        for text in texts(seed(recorded, name))
        if len(text) > 8
    }
    async with Simulator(Scenario(rooms=1, rate=50)) as sim, browser(ttwid="x") as http:
        for name in ("reflow", "feed", "ranklist", "promotions"):
            assert texts((await ask(http, sim, name)).json()) & theirs == set()


@pytest.mark.recorded
async def test_the_gift_list_has_the_shape_of_the_recorded_one(recorded: Path) -> None:
    theirs = json.loads((recorded / "rest/gift_list_first80.json").read_text(encoding="utf-8"))
    async with Simulator(Scenario(rooms=1, rate=1)) as sim, browser() as http:
        ours = (await ask(http, sim, "gift_list")).json()
        me = (await ask(http, sim, "user_me")).json()
    assert paths(ours) <= paths(theirs)
    gift = {path for path, _ in paths(theirs["data"]["gifts"][0]) if not path.endswith("[]")}
    assert gift <= {path for path, _ in paths(ours["data"]["gifts"][0])}
    unknown = json.loads((recorded / "rest/user-me-no-cookie.json").read_text(encoding="utf-8"))
    assert paths(me) == paths(unknown)
    assert me["status_code"] == unknown["status_code"]


async def test_bodies_are_as_big_as_upstreams() -> None:
    async with Simulator(Scenario(rooms=1, rate=1)) as sim, browser(ttwid="x") as http:
        assert 800_000 < len((await ask(http, sim, "feed")).body) < 1_600_000
        assert 30_000 < len((await ask(http, sim, "reflow")).body) < 100_000
        assert len((await ask(http, sim, "enter")).body) > 200_000
        room = only(sim)
        stream = (await ask(http, sim, "reflow")).json()["data"]["room"]["stream_url"]
        lines = json.loads(stream["live_core_sdk_data"]["pull_data"]["stream_data"])["data"]
        assert set(lines) == {"ld", "sd", "hd", "uhd", "origin", "ao"}
        assert json.loads(lines["origin"]["main"]["sdk_params"])["VCodec"]
        room.change({"goods": 200})
        assert len((await ask(http, sim, "promotions")).json()["promotions"]) == 200
