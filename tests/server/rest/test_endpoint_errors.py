"""Every row of the table of errors, methods other than GET, tokens, the switch for old clients."""

from typing import Any

import pytest
from asking import BASE, Reply, Rest, said
from keys import READ, WATCH, auth, bearer
from serving import Relay, relay_running

from relay.config import AuthConfig, RestConfig, ServerConfig
from relay.server.rest.errors import KIND_BY_CAUSE, KINDS
from relay.upstream.failures import CAUSES

ENDPOINTS = ("info", "chat", "promotions", "status", "audience", "feed")
TABLE = [
    ("unknown_room", 404, "room_not_found", None),
    ("not_found", 404, "room_not_found", None),
    ("room_over", 409, "room_not_live", None),
    ("rate_limited", 429, "rate_limited", "5"),
    ("busy", 429, "rate_limited", "5"),
    ("bad_params", 502, "upstream_schema", None),
    ("bad_body", 502, "upstream_schema", None),
    ("other_code", 502, "upstream_schema", None),
    ("too_large", 502, "upstream_schema", None),
    ("empty_body", 503, "upstream_blocked", "30"),
    ("captcha", 503, "upstream_blocked", "30"),
    ("forbidden", 503, "upstream_blocked", "30"),
    ("login_wanted", 503, "upstream_blocked", "30"),
    ("signer_missing", 503, "signer_unavailable", None),
    ("signer", 503, "signer_unavailable", "10"),
    ("unreachable", 503, "upstream_unavailable", "5"),
    ("server_error", 503, "upstream_unavailable", "5"),
    ("timeout", 504, "upstream_timeout", "5"),
]


@pytest.mark.parametrize("row", TABLE, ids=[row[0] for row in TABLE])
async def test_the_table(relay: Relay, rest: Rest, row: tuple[str, int, str, str | None]) -> None:
    cause, status, kind, retry_after = row
    relay.live.fail("info", "5", cause)
    reply = await rest.get("info", room_id=5)
    assert reply.error == (status, kind)
    assert reply.headers.get("Retry-After") == retry_after
    assert f"it is {cause}" in reply.body["msg"], "what upstream's side says of it is passed on"


def test_every_cause_there_is_has_an_answer() -> None:
    assert set(KIND_BY_CAUSE) == set(CAUSES)
    assert set(KIND_BY_CAUSE.values()) <= set(KINDS)


async def test_upstreams_own_code_and_words_and_when_to_come_back_are_told(
    relay: Relay, rest: Rest
) -> None:
    relay.live.fail(
        "info", "5", "other_code", upstream_code=4_001_999, upstream_text="系统开小差了" * 100
    )
    relay.live.fail("feed", "20", "empty_body", retry_after_s=61.2)
    error = (await rest.get("info", room_id=5)).body["error"]
    assert (error["upstream_status_code"], error["upstream_message"][:6]) == (
        4_001_999, "系统开小差了",
    )  # fmt: skip
    assert len(error["upstream_message"]) == 200
    reply = await rest.get("feed")
    assert (reply.headers["Retry-After"], reply.body["error"]["retry_after"]) == ("62", 62)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
@pytest.mark.parametrize("endpoint", ENDPOINTS)
async def test_get_only(rest: Rest, method: str, endpoint: str) -> None:
    reply = await rest.ask(method, f"{BASE}/{endpoint}?room_id=5")
    assert reply.error == (405, "method_not_allowed")
    assert reply.headers["Allow"] == "GET"


async def test_head_is_not_get(rest: Rest) -> None:
    async with rest.http.head(f"{rest.relay.url}{BASE}/info?room_id=5") as answer:
        assert (answer.status, answer.headers["Allow"]) == (405, "GET")


@pytest.mark.parametrize("path", [BASE, f"{BASE}/", f"{BASE}/gifts", f"{BASE}/info/5"])
async def test_what_there_is_not_is_answered_in_the_envelope(rest: Rest, path: str) -> None:
    assert (await rest.ask("GET", path)).error == (404, "not_found")


async def test_hosts_and_origins_are_answered_in_the_envelope(rest: Rest) -> None:
    async def ask(**headers: str) -> Reply:
        return await rest.ask("GET", f"{BASE}/feed", headers=headers)

    assert (await ask(Host="evil.example")).error == (421, "wrong_host")
    assert (await ask(Origin="http://evil.example")).error == (403, "forbidden_origin")


async def test_pages_of_allowed_origins_may_read_answers_and_errors(rest: Rest) -> None:
    server = ServerConfig(port=0, allowed_origins=["http://localhost:5173"])
    async with relay_running(server=server) as relay:
        reply = await Rest(relay, rest.http).ask(
            "GET", f"{BASE}/info", headers={"Origin": "http://localhost:5173"}
        )
    assert reply.error == (400, "invalid_param")
    assert reply.headers["Access-Control-Allow-Origin"] == "http://localhost:5173"
    assert reply.headers["Access-Control-Expose-Headers"] == "Retry-After"


async def test_tokens(rest: Rest) -> None:
    async with relay_running(auth=auth()) as relay:
        rest = Rest(relay, rest.http)
        relay.live.give("feed", "20", {})
        for query in ("", "token=wrong", "token="):
            reply = await rest.get("feed", query)
            assert reply.error == (401, "bad_token")
            assert reply.headers["WWW-Authenticate"] == "Bearer"
            assert "wrong" not in reply.text
        assert (await rest.get("feed", token=READ)).status == 200
        reply = await rest.ask("GET", f"{BASE}/feed", headers=bearer(READ))
        assert reply.status == 200


async def test_only_who_may_watch_starts_rooms(rest: Rest) -> None:
    async with relay_running(auth=auth()) as relay:
        rest = Rest(relay, rest.http)
        for endpoint, error in (
            ("chat", (403, "forbidden_scope")),
            ("audience", (503, "signer_unavailable")),
        ):
            relay.live.fail(endpoint, "5", "signer_missing")
            reply = await rest.get(endpoint, room_id=5, token=READ)
            assert (reply.error, list(relay.rooms.rooms)) == (error, [])
        assert (await rest.get("chat", room_id=5, token=WATCH)).status == 200
        relay.publish("5", said("你好"))
        reply = await rest.get("chat", room_id=5, token=READ)
        assert len(reply.data["messages"]) == 1, "it is watched already"


async def test_a_token_used_too_fast(rest: Rest) -> None:
    async with relay_running(auth=auth(requests_per_s=0.001, burst=1)) as relay:
        rest = Rest(relay, rest.http)
        await rest.get("info", token=READ)
        reply = await rest.get("info", token=READ)
    assert reply.error == (429, "rate_limited")
    assert int(reply.headers["Retry-After"]) >= 1


@pytest.mark.parametrize(
    ("path", "code"),
    [("/info", 400), ("/info?room_id=5", 404), ("/nothing", 404), ("/feed?token=wrong", 401)],
)
async def test_old_clients_get_errors_with_http_200(rest: Rest, path: str, code: int) -> None:
    tokens = auth() if code == 401 else AuthConfig()
    async with relay_running(rest=RestConfig(always_http_200=True), auth=tokens) as relay:
        relay.live.fail("info", "5", "unknown_room")
        reply = await Rest(relay, rest.http).ask("GET", BASE + path)
    assert (reply.status, reply.body["code"]) == (200, code)
    assert reply.body["error"]["type"]


async def test_what_could_not_be_made_up_for_is_logged_with_its_cause(
    relay: Relay, rest: Rest, capsys: pytest.CaptureFixture[str]
) -> None:
    relay.live.fail("audience", "1", "captcha")
    reply = await rest.get("audience", room_id=1)
    assert reply.error == (503, "upstream_blocked")
    (line,) = [text for text in capsys.readouterr().out.splitlines() if "REST request" in text]
    assert "captcha" in line
    assert reply.body["request_id"] in line


async def test_a_crash_is_answered_in_the_envelope(
    relay: Relay, rest: Rest, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def crash(_name: str) -> Any:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(relay.live, "info", crash)
    reply = await rest.ask("GET", f"{BASE}/info?room_id=5", headers={"Accept": "text/html"})
    assert reply.error == (500, "internal")
    assert "secret" not in reply.text
    assert "ZeroDivisionError" in caplog.text
