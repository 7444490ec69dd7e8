"""The gift catalogue over HTTP."""

import aiohttp
from serving import Relay

from relay.events.listed import GiftList, ListedGift

HEART = ListedGift("463", "小心心", 1, 0.1, "https://p3-webcast.douyinpic.com/a.png", True, 1)


async def test_the_catalogue_is_given_as_upstream_last_gave_it(relay: Relay) -> None:
    relay.live.catalogue = GiftList((HEART,), 1_777_600_000_000)
    async with aiohttp.ClientSession() as http:
        answer = await http.get(f"{relay.server.url}/api/gifts")
        assert answer.status == 200
        assert await answer.json() == {
            "gifts": [
                {
                    "id": "463",
                    "name": "小心心",
                    "diamonds": 1,
                    "cny": 0.1,
                    "image": "https://p3-webcast.douyinpic.com/a.png",
                    "combo": True,
                    "type": 1,
                }
            ],
            "fetched_at_ms": 1_777_600_000_000,
        }


async def test_a_catalogue_that_can_not_be_had_is_an_error_that_says_why(relay: Relay) -> None:
    async with aiohttp.ClientSession() as http:
        answer = await http.get(f"{relay.server.url}/api/gifts")
        assert answer.status == 503
        assert (await answer.json())["error"]["code"] == "upstream_unavailable"
        assert int(answer.headers["Retry-After"]) > 0
