"""How a simulated room and the endpoints about it behave; a part of the scenario."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

Every = Annotated[int, Meta(ge=0, le=1_000_000)]

HttpAnswer = Literal[
    "ok",
    "empty",
    "captcha",
    "captcha_page",
    "over",
    "unavailable",
    "login",
    "bad_params",
    "search_login",
    "shop_busy",
    "odd_code",
    "no_data",
    "not_json",
    "truncated",
    "nested",
    "huge",
    "bomb",
    "hang",
    "hang_body",
    "reset",
    "401",
    "403",
    "404",
    "410",
    "429",
    "444",
    "500",
    "502",
    "503",
]
"""How an endpoint answers. A number: that HTTP status, without a body. With HTTP 200: `empty` no
body; `captcha` no body, and the header that asks for a slider captcha; `captcha_page` the captcha's
HTML; as JSON with a status_code: `over` 30003, `unavailable` 4001038, `login` 20003, `bad_params`
10011, `search_login` 2483, `shop_busy` 100111, `odd_code` one that nobody knows; `no_data` JSON
without what was asked for; `not_json` a line of text; `truncated` the first half of the good
answer; `nested` JSON 100,000 levels deep; `huge` 16 MiB of JSON; `bomb` the same in 16 KB of gzip.
`hang` never answers, `hang_body` stops in the middle of the good answer, `reset` drops the
connection."""
PushAnswer = Literal[
    "ok", "blocked", "sign_check", "hang", "reset", "401", "403", "429", "444", "500", "502", "503"
]
Stall = Literal["none", "silent", "heartbeats", "low_value"]
"""`silent`: no bytes at all; `heartbeats`: only pings and `hb` answers; `low_value`: also messages
that closed rooms send too."""
Blocked = Literal["refused", "captcha", "silent", "heartbeats", "low_value"]
"""What becomes of a blocked identity. `refused`: DEVICE_BLOCKED, and empty bodies; `captcha`: the
same, with a captcha for body; a Stall: all is well, but no messages come."""
Share = Annotated[float, Meta(ge=0, le=1)]
Lasting = Annotated[float, Meta(ge=0, le=86_400)]


class Behaviours(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How a room behaves; by default, well. "1 in N" fields: 0 = never.

    The endpoints that are not about one room answer as the first room says.
    """

    home: HttpAnswer = "ok"
    """What `/` answers, which sets the ttwid cookie. Not about one room."""
    register: HttpAnswer = "ok"
    """What ttwid/union/register/ answers, which sets the cookie, too. Not about one room."""
    short_link: HttpAnswer = "ok"
    """What the room's short links answer."""
    user_page: HttpAnswer = "ok"
    """What the anchor's page answers."""
    live_status: HttpAnswer = "ok"
    """What check_user_live_status answers. Not about one room."""
    page: HttpAnswer = "ok"
    """What the room page answers; `captcha` is the slider page, `login` one that wants a login,
    `empty` the shell without state."""
    page_mode: Literal["socket", "poll", "both", "worker", "iframe"] = "socket"
    """How the room page gets messages in a browser: by the push socket, with im/fetch once that is
    refused; by im/fetch; by both at once; or by a socket held in a worker or a frame."""
    page_popup: bool = False
    """Who isn't logged in gets the page with a pop-up over it, which wants a login."""
    page_popup_holds: bool = False
    """While that pop-up isn't closed, the page doesn't connect."""
    page_reload_after_s: Lasting = 0.0
    """The page loads itself anew so long after each load; 0: never. The next two likewise."""
    page_crash_after_s: Lasting = 0.0
    """The page crashes."""
    page_idle_s: Lasting = 0.0
    """The page lets go of its connection once nobody has touched it for so long, until somebody
    does."""
    page_sdk: Literal["ok", "wrong", "missing"] = "ok"
    """Whether the page's own signatures are good, or there is nothing that makes any."""
    sdk_good_for: Every = 0
    """How many signatures of each load of the page are good; 0: all."""
    ac_nonce: bool = False
    """The room page's first hit gives the cookie `__ac_nonce` and no page."""
    enter: HttpAnswer = "ok"
    """What web/enter answers."""
    reflow: HttpAnswer = "ok"
    """What reflow/info answers."""
    fussy_reflow: bool = False
    """reflow/info refuses with 10011 any parameter but type_id, live_id, room_id and app_id."""
    reflow_unknown: HttpAnswer = "bad_params"
    """What reflow/info answers for a room_id that isn't here; `ok` and `no_data` are the same.
    Not about one room."""
    feed: HttpAnswer = "ok"
    """What webcast/feed/ answers. Not about one room."""
    feed_form: Literal["objects", "strings", "nested"] = "objects"
    """How webcast/feed/ wraps its rooms: `objects` and `strings`, each in an item of its own, as
    JSON or as JSON in a string; `nested`, as before August 2026, bare in data.data. Not about one
    room."""
    partition: HttpAnswer = "ok"
    """What partition/detail/room/v2/ answers. Not about one room."""
    ranklist: HttpAnswer = "ok"
    """What ranklist/audience/ answers."""
    promotions: HttpAnswer = "ok"
    """What promotions/pop/v3/ and promotions/page/ answer."""
    goods: Annotated[int, Meta(ge=0, le=200)] = 8
    """How many products the room sells; 0: it has no shop."""
    gift_list: HttpAnswer = "ok"
    """What gift/list/ answers. Not about one room."""
    user_me: HttpAnswer = "ok"
    """What user/me/ answers; who isn't logged in gets 20003 anyway. Not about one room."""
    fetch: HttpAnswer = "ok"
    """What im/fetch answers; `resp_content_type=json` asks for JSON instead of protobuf."""
    push: PushAnswer = "ok"
    """What the push handshake answers; `blocked` is HTTP 200 with DEVICE_BLOCKED, `sign_check` the
    same with `sign check failed`; `reset` drops the connection."""
    signature_refusal: Literal["blocked", "sign_check", "silent"] = "blocked"
    """What a push handshake gets whose signature is wrong or missing, where one is wanted: one of
    the refusals, or a connection on which nothing comes."""
    signature_uses: Every = 0
    """How many handshakes a signature is good for; 0: any number."""
    latency_ms: Annotated[int, Meta(ge=0, le=60_000)] = 0
    """How long every HTTP answer and handshake of the room takes."""
    fetch_gzip: bool = True
    """Whether im/fetch bodies are gzipped."""
    uncompressed_every: Every = 0
    """1 in N push frames is not compressed."""
    corrupt_every: Every = 0
    """1 in N push frames can't be read: its messages are lost to every socket. Of im/fetch, 1 in
    N answers; asking again with the same cursor gives them."""
    ack_every: Every = 1
    """1 in N push frames asks for an ack."""
    stall: Stall = "none"
    """Of every push connection; im/fetch goes on."""
    dead_connects: Every = 0
    """The first N push connections of each broadcast stall as `low_value`; later ones don't."""
    sample: Share = 1.0
    """Which share of the chat, likes and entries each push connection gets: each another one, by
    its number. Whatever else there is comes to all; im/fetch gives everything."""
    cut_every_s: Lasting = 0.0
    """Each push connection is cut after this many seconds; 0 = never."""
    replay: Annotated[int, Meta(ge=0, le=15)] = 15
    """How many persisted messages a new connection gets first, at most."""
    duplicate_every: Every = 0
    """1 in N messages is sent a second time, with the same msg_id."""
    reorder_every: Every = 0
    """1 in N messages is sent after its successor."""
    masked_users: bool = False
    """The room hides its viewers: nickname 某***, id 111111."""
    gifts_need_login: bool = False
    """Who isn't logged in gets no gift messages."""
    logins: list[str] = []
    """The `sessionid` cookies that are logged in; empty: every one is."""
    login_lasts_s: Lasting = 0.0
    """How long a login counts after it was first seen; 0 = for ever."""
    login_kicked: Literal["no", "older", "session"] = "no"
    """When a login opens a second push connection to the room: `older` ends the first one with a
    `close` frame and a cut; `session` does, too, and the login counts no more."""
    ttwid_lasts_s: Lasting = 0.0
    """How long a ttwid counts after it was given or first seen; 0 = for ever."""
    identity_max_connects: Every = 0
    """A ttwid is blocked, wherever it is used, once it has made N push connections."""
    blocked_identities: list[str] = []
    """The ttwid and sessionid cookies that are blocked."""
    blocked_identity: Blocked = "refused"
    """What becomes of those that are blocked."""
    unknown_method_every: Every = 0
    """1 in N messages is of a method that nobody knows."""
    unknown_fields: bool = False
    """Every message carries fields that no schema has."""
    endless_combo_every: Every = 10
    """1 in N gift combos never gets its closing `repeat_end` message."""
