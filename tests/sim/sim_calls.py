"""HTTP calls to every endpoint of the simulator, for its tests."""

import json
from typing import Any, NamedTuple

import aiohttp

from relay.sim import Behaviours, Scenario, Simulator
from relay.sim.room import SimRoom

PATHS = {
    "home": "/",
    "page": "/{rid}",
    "enter": "/webcast/room/web/enter/?web_rid={rid}",
    "reflow": "/webcast/room/reflow/info/?room_id={id}",
    "fetch": "/webcast/im/fetch/?room_id={id}",
    "feed": "/webcast/feed/?aid=6383",
    "partition": "/webcast/web/partition/detail/room/v2/?count=15&offset=0",
    "ranklist": "/webcast/ranklist/audience/?room_id={id}&anchor_id={uid}&sec_anchor_id={sec}",
    "promotions": "/live/promotions/pop/v3/?room_id={id}&author_id={uid}",
    "gift_list": "/webcast/gift/list/",
    "user_me": "/webcast/user/me/",
    "short_link": "/iSim0001/",
    "user_page": "/user/{sec}",
    "live_status": "/webcast/distribution/check_user_live_status/?user_ids={uid}",
}
"""Every endpoint but push and register, by the behaviour that says how it answers."""


class Got(NamedTuple):
    """An answer."""

    status: int
    headers: Any
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


def only(sim: Simulator) -> SimRoom:
    """Give the first room."""
    return next(iter(sim.rooms.values()))


def path_of(sim: Simulator, endpoint: str, **more: str) -> str:
    """Give an endpoint's path and query for the first room."""
    room = only(sim)
    ids = {
        "rid": room.web_rid,
        "id": room.room_id,
        "uid": str(room.anchor.uid),
        "sec": room.anchor.sec_uid,
    }
    return PATHS[endpoint].format(**{**ids, **more})


async def get(http: aiohttp.ClientSession, sim: Simulator, path: str) -> Got:
    async with http.get(sim.url + path) as answer:
        return Got(answer.status, answer.headers, await answer.read())


async def ask(http: aiohttp.ClientSession, sim: Simulator, endpoint: str, **more: str) -> Got:
    return await get(http, sim, path_of(sim, endpoint, **more))


def simulator(rooms: int = 1, **behaviours: Any) -> Simulator:
    return Simulator(Scenario(rooms=rooms, rate=1, behaviours=Behaviours(**behaviours)))
