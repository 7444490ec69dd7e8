"""Home, room page, web/enter, reflow/info: what they say, and how they refuse."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from sim_client import browser

from relay.sim import Behaviours, RoomPlan, Scenario, Simulator, Step

RID = "80000000001"


def quiet(**behaviours: Any) -> Simulator:
    """One slow room that misbehaves as said."""
    return Simulator(Scenario(rooms=1, rate=1, behaviours=Behaviours(**behaviours)))


async def get(sim: Simulator, path: str, **cookies: str) -> tuple[int, str, dict[str, str]]:
    """Give status, text and cookies set."""
    async with browser(**cookies) as session, session.get(sim.url + path) as answer:
        set_now = {name: morsel.value for name, morsel in answer.cookies.items()}
        return answer.status, await answer.text(), set_now


def page_state(html: str) -> dict[str, Any]:
    """Read the state as the page's own scripts would."""
    for text in re.findall(r"<script[^>]*>self\.__pace_f\.push\((.*?)\)</script>", html):
        _, chunk = json.loads(text)
        if '"state"' in chunk:
            found = json.loads(chunk.partition(":")[2])
            return next(part["state"] for part in found if isinstance(part, dict))
    pytest.fail("no state in the page")


async def test_home_gives_the_cookie_that_everything_wants() -> None:
    async with quiet() as sim:
        status, _, cookies = await get(sim, "/")
        assert status == 200
        assert len(cookies["ttwid"]) > 20


async def test_the_page_carries_the_state_as_escaped_json() -> None:
    scenario = Scenario(rooms=[RoomPlan(title='引号"、<反斜杠>\\ & 表情🌱')], rate=1)
    async with Simulator(scenario) as sim:
        room = sim.rooms[RID]
        for name in (RID, room.handle):
            status, html, cookies = await get(sim, f"/{name}")
            assert status == 200
            assert "ttwid" in cookies
            state = page_state(html)
            info = state["roomStore"]["roomInfo"]
            assert info["roomId"] == info["room"]["id_str"] == room.room_id
            assert info["room"]["status"] == 2
            assert info["room"]["title"] == '引号"、<反斜杠>\\ & 表情🌱'
            assert info["anchor"]["nickname"] == room.anchor.nickname
            assert info["anchor"]["sec_uid"] == room.anchor.sec_uid
            assert re.fullmatch(r"7\d{18}", state["userStore"]["odin"]["user_unique_id"])


async def test_recorders_that_cut_the_page_with_regular_expressions_find_it_too() -> None:
    async with quiet() as sim:
        _, html, _ = await get(sim, f"/{RID}")
        found = re.search(r'(\{\\"state\\":.*?)\]\\n"\]\)', html)
        assert found is not None
        plain = found[1].replace("\\", "")
        assert re.search(r'"roomStore":(.*?),"linkmicStore"', plain) is not None


async def test_no_such_page_is_404() -> None:
    async with quiet() as sim:
        assert (await get(sim, "/81234567890"))[0] == 404


async def test_the_nonce_wants_a_second_visit() -> None:
    async with quiet(ac_nonce=True) as sim, browser() as session:
        async with session.get(f"{sim.url}/{RID}") as first:
            assert "__pace_f" not in await first.text()
            assert len(first.cookies["__ac_nonce"].value) == 21
        async with session.get(f"{sim.url}/{RID}") as second:
            assert page_state(await second.text())


@pytest.mark.parametrize(
    ("answer", "status", "mark"),
    [("captcha", 200, "验证码"), ("empty", 200, "root"), ("404", 404, ""), ("444", 444, "")],
)
async def test_the_page_can_refuse(answer: str, status: int, mark: str) -> None:
    async with quiet(page=answer) as sim:
        got, html, _ = await get(sim, f"/{RID}")
        assert got == status
        assert mark in html
        assert "__pace_f" not in html


async def enter(sim: Simulator, rid: str = RID, ttwid: str = "x") -> Any:
    cookies = {"ttwid": ttwid} if ttwid else {}
    status, text, _ = await get(sim, f"/webcast/room/web/enter/?web_rid={rid}", **cookies)
    assert status == 200
    return json.loads(text) if text else None


async def test_enter_wants_the_cookie() -> None:
    async with quiet() as sim:
        assert await enter(sim, ttwid="") is None
        assert (await enter(sim))["status_code"] == 0


async def test_enter_tells_live_from_radio_from_over() -> None:
    plans = [RoomPlan(), RoomPlan(state="radio"), RoomPlan(state="offline")]
    async with Simulator(Scenario(rooms=plans, rate=1)) as sim:
        answers = [await enter(sim, rid) for rid in sim.rooms]
        assert [a["data"]["room_status"] for a in answers] == [0, 1, 2]
        assert [a["data"]["enter_mode"] for a in answers] == [0, 1, 0]
        assert [a["data"]["data"][0]["status"] for a in answers] == [2, 2, 4]
        for answer, room in zip(answers, sim.rooms.values(), strict=True):
            assert answer["data"]["enter_room_id"] == room.room_id
            assert answer["data"]["user"]["nickname"] == room.anchor.nickname
        # Offline answers have no owner, cover or streams.
        assert "owner" in answers[0]["data"]["data"][0]
        assert "owner" not in answers[2]["data"]["data"][0]


@pytest.mark.parametrize(
    ("answer", "code"),
    [("over", 30003), ("unavailable", 4001038), ("bad_params", 10011), ("login", 20003)],
)
async def test_enter_refuses_in_json(answer: str, code: int) -> None:
    async with quiet(enter=answer) as sim:
        refused = await enter(sim)
        assert refused["status_code"] == code
        assert refused["data"]["prompts"]


async def test_enter_of_no_room_is_unavailable() -> None:
    async with quiet() as sim:
        assert (await enter(sim, "89999999999"))["status_code"] == 4001038
        assert (await enter(sim, ""))["status_code"] == 10011


@pytest.mark.parametrize("path", ["web/enter/?web_rid=80000000001", "reflow/info/?room_id={id}"])
@pytest.mark.parametrize(
    ("answer", "status"), [("empty", 200), ("captcha", 200), ("403", 403), ("500", 500)]
)
async def test_the_json_endpoints_can_be_blocked(path: str, answer: str, status: int) -> None:
    async with quiet(enter=answer, reflow=answer) as sim:
        where = path.format(id=sim.rooms[RID].room_id)
        got, body, _ = await get(sim, f"/webcast/room/{where}", ttwid="x")
        assert got == status
        if status == 200:
            assert body == ""


async def reflow(sim: Simulator, query: str) -> Any:
    status, text, _ = await get(sim, f"/webcast/room/reflow/info/?{query}")
    assert status == 200
    return json.loads(text)


async def test_reflow_answers_for_ended_broadcasts_and_by_anchor() -> None:
    async with quiet() as sim:
        room = sim.rooms[RID]
        old = room.room_id
        room.obey(Step(do="next_broadcast"))
        assert room.room_id != old
        assert len(room.room_id) == 19
        ended = (await reflow(sim, f"room_id={old}"))["data"]["room"]
        assert (ended["id_str"], ended["status"]) == (old, 4)
        assert ended["owner"]["web_rid"] == RID
        query = f"room_id=2&sec_user_id={room.anchor.sec_uid}"
        current = (await reflow(sim, query))["data"]["room"]
        assert (current["id"], current["status"]) == (int(room.room_id), 2)
        for nobody in ("room_id=7000000000000000000", "room_id=2&sec_user_id=x", "room_id="):
            assert (await reflow(sim, nobody))["status_code"] == 10011


def shape(value: Any, where: str = "") -> set[tuple[str, str]]:
    """Give (key path, type) of everything in an answer: no values, since some are of people."""
    found = {(where, type(value).__name__)}
    if isinstance(value, dict):
        for key, item in value.items():
            found |= shape(item, f"{where}.{key}")
    elif isinstance(value, list) and value:
        found |= shape(value[0], f"{where}[]")
    return found


@pytest.mark.recorded
async def test_answers_have_the_shape_of_recorded_ones(recorded: Path) -> None:
    def recorded_shape(name: str) -> set[tuple[str, str]]:
        return shape(json.loads((recorded / name).read_text(encoding="utf-8")))

    plans = [RoomPlan(), RoomPlan(state="offline"), RoomPlan(behaviours={"enter": "unavailable"})]
    async with Simulator(Scenario(rooms=plans, rate=1)) as sim:
        live, offline, unavailable = [shape(await enter(sim, rid)) for rid in sim.rooms]
    # Told by others, not in this recording, whose similar rooms have no qualities either.
    unrecorded = r"\.data\.data\[\]\.owner\.web_rid|\.data\.similar_rooms\[\].*\.qualities\[\].*"
    theirs = recorded_shape("rest/web_enter_live_2026-04.json")
    assert [path for path, _ in live - theirs if not re.fullmatch(unrecorded, path)] == []
    # And a live room has all that the recorded one has, if with fewer things in its lists.
    missing = {path for path, _ in theirs - live if path.startswith(".data.data[].")}
    assert [path for path in missing if not path.endswith("[]")] == []
    # Whatever is in a recorded offline answer is in ours, and nothing else.
    theirs = recorded_shape("rest/enter-offline.json")
    assert offline <= theirs
    mobile_only = {path for path, _ in theirs - offline}
    assert all(re.fullmatch(r"\.data\.data\[\]\.\w+", path) for path in mobile_only)
    assert unavailable == recorded_shape("rest/enter-notfound.json")
