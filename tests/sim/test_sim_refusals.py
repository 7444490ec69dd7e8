"""Every refusal, on every endpoint."""

import asyncio
import gzip
import json
from typing import get_args

import aiohttp
import pytest
from sim_calls import PATHS, ask, get, only, path_of, simulator
from sim_client import PATIENCE_S, browser, until

from relay.sim.behaviours import HttpAnswer
from relay.sim.refusals import HUGE_BYTES

CODES = {
    "over": 30003,
    "unavailable": 4001038,
    "login": 20003,
    "bad_params": 10011,
    "search_login": 2483,
    "shop_busy": 100111,
}
EMPTY = ("empty", "captcha")
WITHOUT_ANSWER = ("hang", "hang_body", "reset")
HUGE = ("huge", "bomb")
ENDPOINTS = pytest.mark.parametrize("endpoint", PATHS)


def test_every_answer_is_tested_here() -> None:
    plain = ("ok", "odd_code", "captcha_page", "no_data", "not_json", "truncated", "nested")
    tested = {*CODES, *EMPTY, *WITHOUT_ANSWER, *HUGE, *plain}
    assert {answer for answer in get_args(HttpAnswer) if not answer.isdigit()} == tested


@ENDPOINTS
async def test_status_codes_have_no_body(endpoint: str) -> None:
    async with simulator() as sim, browser(ttwid="x") as http:
        for answer in filter(str.isdigit, get_args(HttpAnswer)):
            only(sim).change({endpoint: answer})
            got = await ask(http, sim, endpoint)
            assert (got.status, got.body) == (int(answer), b"")
            assert only(sim).ledger.requests[f"{endpoint} {answer}"] == 1


@ENDPOINTS
async def test_json_refusals_have_their_code_and_words(endpoint: str) -> None:
    async with simulator() as sim, browser(ttwid="x") as http:
        for answer, code in CODES.items():
            if (endpoint, answer) == ("page", "login"):
                continue  # it is a page of its own
            only(sim).change({endpoint: answer})
            got = await ask(http, sim, endpoint)
            assert got.status == 200
            assert got.json()["status_code"] == code
            assert got.json()["data"]["prompts"]
            assert got.json()["extra"]["now"] > 1_700_000_000_000
        only(sim).change({endpoint: "odd_code"})
        assert (await ask(http, sim, endpoint)).json()["status_code"] not in {0, *CODES.values()}


@ENDPOINTS
async def test_blocks_are_empty_or_ask_for_a_captcha(endpoint: str) -> None:
    async with simulator() as sim, browser(ttwid="x") as http:
        if endpoint != "page":
            for answer in EMPTY:
                only(sim).change({endpoint: answer})
                got = await ask(http, sim, endpoint)
                assert (got.status, got.body) == (200, b"")
                assert ("bdturing-verify" in got.headers) is (answer == "captcha")
        only(sim).change({endpoint: "captcha_page"})
        got = await ask(http, sim, endpoint)
        assert got.status == 200
        assert got.headers["Content-Type"].startswith("text/html")
        assert "验证码" in got.body.decode()


@ENDPOINTS
async def test_broken_answers_are_broken(endpoint: str) -> None:
    async with simulator() as sim, browser(ttwid="x") as http:
        only(sim).change({endpoint: "no_data"})
        assert (await ask(http, sim, endpoint)).json()["data"] == {}
        for answer in ("not_json", "nested"):
            only(sim).change({endpoint: answer})
            got = await ask(http, sim, endpoint)
            assert got.status == 200
            with pytest.raises((ValueError, RecursionError)):
                got.json()


@ENDPOINTS
async def test_truncated_answers_are_the_first_half_of_good_ones(endpoint: str) -> None:
    async with simulator() as sim:
        # im/fetch is gzipped: half of that is nothing that an HTTP client would inflate.
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(
            cookie_jar=jar, cookies={"ttwid": "x", "sessionid": "y"}, auto_decompress=False
        ) as http:
            whole = await ask(http, sim, endpoint)
            only(sim).change({endpoint: "truncated"})
            half = await ask(http, sim, endpoint)
        assert half.status == 200
        assert half.headers["Content-Type"] == whole.headers["Content-Type"]
        assert 0 < len(half.body) < len(whole.body)
        if endpoint not in ("fetch", "home", "page", "short_link", "user_page"):
            with pytest.raises(ValueError, match=r"."):
                json.loads(half.body)


async def test_huge_answers_are_json_and_larger_than_anyone_takes() -> None:
    async with simulator(reflow="huge", feed="bomb") as sim, browser(ttwid="x") as http:
        plain = await ask(http, sim, "reflow")
        assert len(plain.body) > HUGE_BYTES
        assert "Content-Length" not in plain.headers
        assert plain.json() == {}
    async with (
        simulator(feed="bomb") as sim,
        aiohttp.ClientSession(auto_decompress=False, headers={"Cookie": "ttwid=x"}) as http,
    ):
        zipped = await ask(http, sim, "feed")
        assert len(zipped.body) < HUGE_BYTES // 500
        assert zipped.headers["Content-Encoding"] == "gzip"
        assert len(gzip.decompress(zipped.body)) > HUGE_BYTES


async def test_a_client_that_has_enough_may_leave_a_huge_answer() -> None:
    async with simulator(reflow="huge") as sim, browser() as http:
        async with http.get(sim.url + path_of(sim, "reflow")) as answer:
            await answer.content.readany()
            answer.close()
        only(sim).change({"reflow": "ok"})
        assert (await ask(http, sim, "reflow")).status == 200


@ENDPOINTS
async def test_a_reset_drops_the_connection(endpoint: str) -> None:
    async with simulator() as sim, browser(ttwid="x") as http:
        only(sim).change({endpoint: "reset"})
        with pytest.raises(aiohttp.ClientConnectionError):
            await ask(http, sim, endpoint)


async def test_who_waits_for_a_hanging_answer_is_let_go_when_the_simulator_stops() -> None:
    async with simulator(rooms=3) as sim, browser(ttwid="x") as http:
        first, *_ = sim.rooms.values()
        first.change({"reflow": "hang", "enter": "hang_body"})
        waiting = [
            asyncio.create_task(ask(http, sim, endpoint)) for endpoint in ("reflow", "enter")
        ]
        await until(lambda: first.ledger.requests.total() == 2)
        # Others are not held up.
        assert (await ask(http, sim, "gift_list")).status == 200
        assert not any(task.done() for task in waiting)
        async with asyncio.timeout(PATIENCE_S):
            await sim.stop()
            gone = await asyncio.gather(*waiting, return_exceptions=True)
        assert all(isinstance(error, aiohttp.ClientError) for error in gone)


async def test_half_an_answer_comes_before_the_silence() -> None:
    async with simulator() as sim, browser(ttwid="x") as http:
        whole = (await ask(http, sim, "promotions")).body
        only(sim).change({"promotions": "hang_body"})
        async with http.get(sim.url + path_of(sim, "promotions")) as answer:
            assert answer.status == 200
            assert await answer.content.readexactly(len(whole) // 2) == whole[: len(whole) // 2]
            assert not answer.content.at_eof()
            answer.close()


async def test_what_is_said_of_an_unknown_room_id_can_be_chosen() -> None:
    nobody = "7000000000000000000"
    async with simulator(rooms=2) as sim, browser() as http:
        assert (await ask(http, sim, "reflow", id=nobody)).json()["status_code"] == 10011
        only(sim).change({"reflow_unknown": "unavailable"})
        assert (await ask(http, sim, "reflow", id=nobody)).json()["status_code"] == 4001038
        only(sim).change({"reflow_unknown": "ok"})
        answer = (await ask(http, sim, "reflow", id=nobody)).json()
        assert (answer["status_code"], answer["data"]) == (0, {})
        assert (await ask(http, sim, "reflow")).json()["data"]["room"]


async def test_one_endpoint_refuses_for_one_room_only() -> None:
    async with simulator(rooms=2) as sim, browser(ttwid="x") as http:
        first, second = sim.rooms.values()
        first.change({"reflow": "403"})
        assert (await ask(http, sim, "reflow")).status == 403
        assert (await ask(http, sim, "reflow", id=second.room_id)).status == 200
        assert (await ask(http, sim, "ranklist")).json()["status_code"] == 0


async def test_reflow_may_refuse_parameters_that_are_not_needed() -> None:
    async with simulator(fussy_reflow=True) as sim, browser() as http:
        bare = path_of(sim, "reflow") + "&type_id=0&live_id=1&app_id=6383"
        assert (await get(http, sim, bare)).json()["status_code"] == 0
        more = (await get(http, sim, bare + "&version_code=99.99.99")).json()
        assert more["status_code"] == 10011
