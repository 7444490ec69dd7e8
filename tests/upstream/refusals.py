"""Every way in which upstream refuses an HTTP call, with the body that it has then."""

from aiohttp import web
from fake_douyin import Answer, empty, json_answer, status_answer

SLIDER = "<!DOCTYPE html><html><head><title>验证码中间页</title></head><body></body></html>"
HUGE = 5 * 1024 * 1024


def coded(code: int, message: str, prompts: str = "") -> Answer:
    """Refuse as all webcast calls do."""
    data = {"message": message, "prompts": prompts}
    return json_answer({"data": data, "extra": {"now": 1793000000000}, "status_code": code})


def headed(**headers: str) -> Answer:
    return lambda _request: web.Response(
        headers={name.replace("_", "-"): value for name, value in headers.items()}
    )


def text(body: str, content_type: str = "application/json") -> Answer:
    return lambda _request: web.Response(text=body, content_type=content_type)


REFUSALS: dict[str, tuple[Answer, str]] = {
    "nothing": (empty, "empty_body"),
    "slider wanted": (headed(bdturing_verify='{"code":"10000","subtype":"whirl"}'), "captcha"),
    "slider page": (text(SLIDER, "text/html"), "captcha"),
    "401": (status_answer(401), "forbidden"),
    "403": (status_answer(403), "forbidden"),
    "444": (status_answer(444), "forbidden"),
    "429": (status_answer(429), "rate_limited"),
    "endpoint gone": (status_answer(404), "http_error"),
    "500": (status_answer(500), "server_error"),
    "503": (status_answer(503), "server_error"),
    "sent elsewhere": (
        lambda _request: web.Response(status=302, headers={"Location": "https://verify.example/"}),
        "redirected",
    ),
    "login": (coded(20003, "User doesn't login", "请登录后进入直播间"), "login_wanted"),
    "over": (coded(30003, "room has finished", "直播已结束"), "room_over"),
    "unknown": (coded(4001038, "", "该内容暂时无法查看"), "unknown_room"),
    "new code": (coded(7654321, "something new"), "other_code"),
    "asleep": (coded(100111, "系统开小差了"), "server_error"),
    "search": (coded(2483, "need login"), "login_wanted"),
    "no JSON": (text("ok"), "bad_body"),
    "half": (text('{"status_code": 0, "data": {"room": {"id_str": "76'), "bad_body"),
    "other JSON": (json_answer([1, 2]), "bad_body"),
    "no code": (json_answer({"data": {}}), "bad_body"),
    "too much": (text(" " * HUGE), "too_large"),
}
"""By what it looks like: the answer, and the cause that it is."""

NOT_OF_A_ROOM = {
    name: refusal
    for name, refusal in REFUSALS.items()
    if refusal[1] not in ("room_over", "unknown_room")
}
"""Those that don't say anything of the room."""
