"""Scenario files: what they say, and how a wrong one is refused."""

import inspect
import textwrap
from pathlib import Path

import pytest

from relay.errors import ConfigError
from relay.sim import Behaviours, RoomPlan, Scenario, Simulator, load_scenario


def write(folder: Path, text: str) -> Path:
    path = folder / "scenario.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_documented_example_is_a_scenario(tmp_path: Path) -> None:
    example = inspect.getdoc(Scenario)
    assert example is not None
    text = textwrap.dedent(example.partition("As a file:\n")[2])
    scenario = load_scenario(write(tmp_path, text))
    assert scenario.seed == 7
    first, second = scenario.plans()
    assert first.web_rid == "80000000001"
    assert second.state == "offline"
    assert [step.do for step in second.script] == ["next_broadcast", "behave", "end"]


def test_hosts_signers_and_identities_are_told_in_the_file_too(tmp_path: Path) -> None:
    text = """
        push_hosts = 2
        require_signature = true
        [behaviours]
        logins = ["me"]
        blocked_identities = ["1%7Cx"]
        [[outages]]
        at_s = 5
        host = "push2"
        for_s = 10
        [signers.tikhub]
        answer = "429"
        key = "k"
    """
    scenario = load_scenario(write(tmp_path, textwrap.dedent(text)))
    (outage,) = scenario.outages
    assert (outage.host, outage.state, outage.for_s) == ("push2", "down", 10)
    assert scenario.signers["tikhub"].answer == "429"
    room = next(iter(Simulator(scenario).rooms.values()))
    assert room.behaviours.logins == ["me"]
    assert room.behaviours.blocked_identities == ["1%7Cx"]


def test_rooms_may_be_just_a_number() -> None:
    names = [plan.web_rid for plan in Scenario(rooms=3).plans()]
    assert names == ["80000000001", "80000000002", "80000000003"]


def test_a_room_differs_from_the_scenario_only_where_it_says_so() -> None:
    scenario = Scenario(
        behaviours=Behaviours(corrupt_every=10, fetch_gzip=False),
        rooms=[RoomPlan(behaviours={"corrupt_every": 0}), RoomPlan(rate=9)],
    )
    first, second = Simulator(scenario).rooms.values()
    assert (first.behaviours.corrupt_every, first.behaviours.fetch_gzip) == (0, False)
    assert (second.behaviours.corrupt_every, second.behaviours.fetch_gzip) == (10, False)
    assert (first.rate, second.rate) == (scenario.rate, 9)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("rooms = 0", ["rooms", ">= 1"]),
        ("rooms = []", ["rooms", "at least one"]),
        ("rat = 5", ["rat: no such key", "did you mean rate?"]),
        ("rate = 90000", ["rate", "20000"]),
        ("seed = 'x'", ["seed", "int"]),
        ("[timing]\nping = 1", ["timing.ping", "ping_interval_s"]),
        ("[behaviours]\npush = 'maybe'", ["behaviours.push", "'maybe'"]),
        ("[behaviours]\ncorupt_every = 3", ["behaviours.corupt_every", "corrupt_every?"]),
        ("[[rooms]]\n[rooms.behaviours]\nstal = 'silent'", ["rooms[0].behaviours", "stall?"]),
        ("[[rooms]]\nweb_rid = 'a b'", ["rooms", "web_rid", "matching"]),
        ("[[rooms]]\nweb_rid='7'\n[[rooms]]\nweb_rid='7'", ["rooms[1].web_rid", "taken"]),
        ("[[rooms]]\n[[rooms.script]]\ndo = 'explode'", ["script", "do", "'explode'"]),
        (
            "[[rooms]]\n[[rooms.script]]\nbehaviours = { stall = 'loud' }",
            ["rooms[0].script[0].behaviours", "'loud'"],
        ),
        ("[[outages]]\nhost = 'push2'", ["outages[0].host", "'push2'", "push1"]),
        ("[[outages]]\nfor = 3", ["for: no such key", "for_s?"]),
        ("[signers.tikhub]\nanswr = '429'", ["answr: no such key", "answer?"]),
        ("[signers.tickhub]\nanswer = '429'", ["signers", "'tickhub'"]),
        ("[behaviours]\nsample = 30", ["behaviours.sample", "<= 1"]),
        ("rate = \nseed = 1", ["not valid TOML", "line 1"]),
    ],
)
def test_a_wrong_file_is_refused_with_the_place_and_the_reason(
    tmp_path: Path, text: str, words: list[str]
) -> None:
    path = write(tmp_path, text)
    with pytest.raises(ConfigError) as refused:
        load_scenario(path)
    for word in [str(path), *words]:
        assert word in str(refused.value)


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file"):
        load_scenario(tmp_path / "none.toml")
