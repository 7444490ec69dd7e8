"""The sign servers: what each is asked and answers, and how they fail."""

import asyncio
import json
from typing import Any
from urllib.parse import parse_qs, urlencode

import aiohttp
import pytest
import websockets
from sim_calls import get, only, path_of
from sim_client import browser, push_query, push_url, until

from relay.sim import Behaviours, Scenario, Simulator
from relay.sim.scenario import SignerPlan
from relay.sim.sign import USER_AGENT

USER_ID = "7400000000000000001"
ANOTHER = "Mozilla/5.0 (X11; Linux x86_64) Sim/1"
SHAPES = ("relay", "lulajax", "tikhub", "nsapps", "evil0ctal", "euler")


def simulator(**behaviours: Any) -> Simulator:
    return Simulator(
        Scenario(rooms=1, rate=20, require_signature=True, behaviours=Behaviours(**behaviours))
    )


async def call(
    http: aiohttp.ClientSession,
    sim: Simulator,
    path: str,
    asked: dict[str, Any] | None = None,
    **headers: str,
) -> tuple[int, Any]:
    """POST `asked` as JSON, or GET; give status and JSON, None where there is none."""
    method = "GET" if asked is None else "POST"
    url = sim.url + path
    async with http.request(method, url, json=asked, headers=headers) as answer:
        body = await answer.read()
        json_there = answer.content_type == "application/json"
        return answer.status, json.loads(body) if json_there else None


async def push_signature(
    http: aiohttp.ClientSession, sim: Simulator, shape: str, agent: str = USER_AGENT
) -> tuple[int, Any, str]:
    """Have a push URL signed by a server; give status, answer, and the URL."""
    room_id = only(sim).room_id
    url = push_url(sim, room_id, user_unique_id=USER_ID)
    ids = {"room_id": room_id, "user_unique_id": USER_ID}

    def with_signature(signature: str) -> str:
        return f"{url}&{urlencode({'signature': signature})}"

    match shape:
        case "relay":
            asked = {"kind": "ws", "url": url, "user_agent": agent, **ids}
            status, answer = await call(http, sim, "/_sim/sign", asked)
            return status, answer, answer["signed_url"] if status == 200 and answer else ""
        case "lulajax":
            status, answer = await call(
                http, sim, "/_sign/lulajax/sign", {"liveId": only(sim).web_rid}
            )
            return status, answer, answer["wssUrl"] if status == 200 and answer else ""
        case "tikhub":
            query = urlencode({**ids, "user_agent": agent})
            path = f"/_sign/tikhub/api/v1/douyin/web/generate_wss_xb_signature?{query}"
            status, answer = await call(http, sim, path)
            good = status == 200 and answer
            return status, answer, with_signature(answer["data"]["X-Bogus"]) if good else ""
        case "nsapps":
            asked = {"roomId": room_id, "uniqueId": USER_ID}
            status, answer = await call(http, sim, "/_sign/nsapps/signature", asked)
            good = status == 200 and answer
            return status, answer, with_signature(answer["data"]["signature"]) if good else ""
        case _:
            asked = {"url": url, "userAgent": agent, "method": "GET", "type": "fetch"}
            status, answer = await call(http, sim, "/_sign/euler/webcast/sign_url", asked)
            good = status == 200 and answer
            return status, answer, answer["response"]["signedUrl"] if good else ""


async def connects(url: str, agent: str = USER_AGENT) -> bool:
    try:
        async with websockets.connect(
            url,
            additional_headers={"Cookie": "ttwid=x"},
            user_agent_header=agent,
            close_timeout=1,
            proxy=None,
        ):
            return True
    except websockets.InvalidStatus:
        return False


@pytest.mark.parametrize("shape", ["relay", "lulajax", "tikhub", "nsapps", "euler"])
async def test_push_signatures_hold_for_their_room_user_and_browser(shape: str) -> None:
    async with simulator() as sim, browser() as http:
        status, _, url = await push_signature(http, sim, shape)
        assert status == 200
        assert len(parse_qs(url.partition("?")[2])["signature"][0]) == 16
        assert await connects(url)
        assert not await connects(url, "Mozilla/5.0 another")
        assert not await connects(url.replace("user_unique_id=74", "user_unique_id=75"))
        (asked,) = sim.ledger.sign_calls
        assert (asked.shape, asked.kind, asked.answer, asked.cookie) == (shape, "ws", "ok", False)


@pytest.mark.parametrize("shape", ["relay", "tikhub", "euler"])
async def test_who_may_choose_the_user_agent(shape: str) -> None:
    async with simulator() as sim, browser() as http:
        _, _, url = await push_signature(http, sim, shape, ANOTHER)
        assert await connects(url, ANOTHER)
        assert not await connects(url)


async def test_lulajax_says_all_that_a_client_needs() -> None:
    async with simulator() as sim, browser() as http:
        room = only(sim)
        _, answer, _ = await push_signature(http, sim, "lulajax")
        assert answer["roomId"] == room.room_id
        assert answer["headers"]["User-Agent"] == USER_AGENT
        assert answer["headers"]["Cookie"].startswith("ttwid=")
        assert answer["heartbeat"] == {"intervalMs": 10000, "payloadHex": "3a026862"}
        asked = {"roomId": room.room_id, "cookie": "sessionid=secret"}
        _, answer = await call(http, sim, "/_sign/lulajax/sign", asked)
        assert answer["headers"]["Cookie"] == "sessionid=secret"
        assert sim.ledger.sign_calls[-1].cookie
        path = f"/_sign/lulajax/status?secUid={room.anchor.sec_uid}"
        _, answer = await call(http, sim, path)
        assert (answer["live"], answer["roomId"]) == (True, room.room_id)
        assert (await call(http, sim, "/_sign/lulajax/status?uid=1"))[0] == 400


async def signed_call(http: aiohttp.ClientSession, sim: Simulator, shape: str) -> str:
    """Have a guarded call signed; give its path and query."""
    url = sim.url + path_of(sim, "ranklist")
    tikhub, evil0ctal = "/_sign/tikhub/api/v1/douyin/web", "/_sign/evil0ctal/api/douyin/web"
    asked = {"url": url, "user_agent": USER_AGENT}
    match shape:
        case "tikhub":
            _, answer = await call(http, sim, f"{tikhub}/generate_a_bogus", {**asked, "data": ""})
            signed = f"{url}&{urlencode({'a_bogus': answer['data']['a_bogus']})}"
        case "evil0ctal":
            path = f"{evil0ctal}/generate_a_bogus?{urlencode(asked)}"
            _, answer = await call(http, sim, path)
            signed = f"{url}&{urlencode({'a_bogus': answer['data']['a_bogus']})}"
        case _:
            asked = {"url": url, "userAgent": USER_AGENT}
            _, answer = await call(http, sim, "/_sign/euler/webcast/sign_url", asked)
            signed = answer["response"]["signedUrl"]
    return signed.removeprefix(sim.url)


@pytest.mark.parametrize("shape", ["tikhub", "evil0ctal", "euler"])
async def test_calls_are_signed_too(shape: str) -> None:
    async with simulator() as sim, browser(ttwid="x") as http:
        http.headers["User-Agent"] = USER_AGENT
        path = await signed_call(http, sim, shape)
        assert (await get(http, sim, path)).json()["status_code"] == 0
        assert sim.ledger.sign_calls[-1].kind == "http"
        # The session shows its cookies to whomever it asks.
        assert sim.ledger.sign_calls[-1].cookie


@pytest.mark.parametrize("shape", ["relay", "lulajax", "tikhub", "nsapps", "euler"])
@pytest.mark.parametrize("answer", ["wrong", "wrong_agent"])
async def test_a_signature_may_be_no_good(shape: str, answer: str) -> None:
    async with simulator() as sim, browser() as http:
        path = f"/_sim/signers/{shape}"
        assert (await call(http, sim, path, {"answer": answer}))[1][shape]["answer"] == answer
        status, _, url = await push_signature(http, sim, shape)
        assert status == 200
        assert not await connects(url)
        assert sim.ledger.signed[f"{shape} {answer}"] == 1


@pytest.mark.parametrize("answer", ["401", "403", "429", "500", "503", "empty", "garbage"])
async def test_a_server_may_refuse_or_babble(answer: str) -> None:
    async with simulator() as sim, browser() as http:
        for shape in ("relay", "lulajax", "tikhub", "nsapps", "euler"):
            await call(http, sim, f"/_sim/signers/{shape}", {"answer": answer})
            status, told, _ = await push_signature(http, sim, shape)
            assert status == (int(answer) if answer.isdigit() else 200)
            assert (told is None) is not answer.isdigit()


async def test_a_server_may_be_down_or_never_answer() -> None:
    async with simulator() as sim, browser() as http:
        await call(http, sim, "/_sim/signers/nsapps", {"answer": "down"})
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await push_signature(http, sim, "nsapps")
        await call(http, sim, "/_sim/signers/nsapps", {"answer": "hang"})
        with pytest.raises(TimeoutError):
            async with http.post(
                f"{sim.url}/_sign/nsapps/signature",
                json={},
                timeout=aiohttp.ClientTimeout(total=0.1),
            ):
                pass
        assert sim.ledger.signed == {"nsapps down": 1, "nsapps hang": 1}


async def test_a_key_is_wanted_in_its_own_header() -> None:
    plans: Any = {shape: SignerPlan(key="k", answer="empty") for shape in SHAPES}
    async with Simulator(Scenario(rooms=1, signers=plans)) as sim, browser() as http:
        for shape, header, value in [
            ("lulajax/sign", "x-rapidapi-key", "k"),
            ("euler/webcast/sign_url", "X-Api-Key", "k"),
            ("nsapps/signature", "Authorization", "Bearer k"),
        ]:
            path = f"/_sign/{shape}"
            assert (await call(http, sim, path, {}))[0] == 401
            assert (await call(http, sim, path, {}, **{header: f"{value}x"}))[0] == 401
            assert (await call(http, sim, path, {}, **{header: value}))[0] == 200


async def test_a_slow_server_answers_in_the_end() -> None:
    plans: Any = {"relay": SignerPlan(delay_s=0.05)}
    scenario = Scenario(rooms=1, require_signature=True, signers=plans)
    async with Simulator(scenario) as sim, browser() as http:
        assert await connects((await push_signature(http, sim, "relay"))[2])


@pytest.mark.parametrize(
    ("path", "body", "status", "words"),
    [
        ("/_sim/signers/nobody", {}, 404, "tikhub"),
        ("/_sim/signers/relay", {"answer": "maybe"}, 400, "maybe"),
        ("/_sign/nsapps/signature", {"roomId": "1"}, 400, "user_unique_id"),
        ("/_sign/lulajax/sign", {"liveId": "1"}, 400, "no such room"),
        ("/_sign/euler/webcast/sign_url", {"url": "x"}, 400, "URL"),
    ],
)
async def test_a_wrong_question_says_what_is_wrong(
    path: str, body: Any, status: int, words: str
) -> None:
    async with simulator() as sim, browser() as http:
        got, answer = await call(http, sim, path, body)
        assert (got, words in answer["error"]) == (status, True)


# --- what the socket makes of signatures


async def test_a_signature_may_be_good_for_one_handshake_only() -> None:
    async with simulator(signature_uses=1) as sim, browser() as http:
        _, _, url = await push_signature(http, sim, "relay")
        assert await connects(url)
        assert not await connects(url)
        _, _, url = await push_signature(http, sim, "relay")
        assert await connects(url)


@pytest.mark.parametrize(
    ("behaviours", "words"),
    [
        ({"signature_refusal": "blocked"}, "DEVICE_BLOCKED"),
        ({"signature_refusal": "sign_check"}, "sign check failed"),
        ({"push": "sign_check"}, "sign check failed"),
    ],
)
async def test_a_refused_handshake_says_why(behaviours: Any, words: str) -> None:
    async with simulator(**behaviours) as sim:
        query = urlencode(push_query(only(sim).room_id))
        async with browser(ttwid="x") as http:
            got = await get(http, sim, f"/webcast/im/push/v2/?{query}")
        assert (got.status, got.body) == (200, b"")
        assert got.headers["Handshake-Msg"] == words
        assert got.headers["Handshake-Status"] == "415"


async def test_an_unsigned_socket_may_open_and_stay_silent() -> None:
    async with simulator(signature_refusal="silent") as sim:
        async with websockets.connect(
            push_url(sim, only(sim).room_id),
            additional_headers={"Cookie": "ttwid=x"},
            close_timeout=1,
            proxy=None,
        ) as ws:
            await until(lambda: only(sim).ledger.frames > 5)
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.05):
                    await ws.recv()
        assert only(sim).ledger.requests["push unsigned"] == 1
