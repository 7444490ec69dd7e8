"""What can be configured: the sections, their keys, defaults and limits; read by everything.

`config.toml` at the top of the repository shows every key with its default.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

Port = Annotated[int, Meta(ge=0, le=65535)]
Seconds = Annotated[float, Meta(gt=0, le=86_400)]
Count = Annotated[int, Meta(ge=1, le=1_000_000)]
Bytes = Annotated[int, Meta(ge=1024, le=1 << 40)]


class Section(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A table of the file; unknown keys are refused."""


class ServerConfig(Section, frozen=True, kw_only=True):
    """`[server]`: the one port that serves everything."""

    host: Annotated[str, Meta(min_length=1, max_length=255)] = "127.0.0.1"
    """Address to listen on. Others than loopback ones are taken only where there are tokens."""
    port: Port = 8787
    """0 lets the system choose; the log line says which."""
    allowed_origins: list[str] = []
    """Origins of pages, besides our own, that may use the relay, e.g. `http://localhost:5173`.
    `null` is what a page opened from a file sends."""
    allowed_hosts: list[str] = []
    """Names and addresses, besides its own, that clients reach the relay by, without port, e.g.
    `relay.example.org` behind a reverse proxy."""
    trusted_proxies: list[str] = []
    """Addresses and networks of reverse proxies, e.g. `127.0.0.1` or `10.0.0.0/8`, whose
    `X-Forwarded-For` and `X-Forwarded-Proto` say whom they speak for."""
    tls_cert: str = ""
    """A file with the certificate, and those between it and the root's; empty: no TLS."""
    tls_key: str = ""
    """The file with its key."""
    max_clients: Count = 10_000
    """WebSocket connections, event streams and waiting long polls at once."""
    workers: Annotated[int, Meta(ge=1, le=64)] = 1
    """Processes that serve WebSocket clients. 1: the relay itself; more: so many besides it, which
    share the port."""


Scope = Literal["overlay", "read", "watch", "admin"]
"""What a token may do: `overlay`: get events, state and statistics of the rooms that it names, and
the gift list; `read` what there is; `watch`: also start rooms that aren't watched; `admin`: also
add and remove rooms. Each includes those before."""


class TokenConfig(Section, frozen=True, kw_only=True):
    """One `[[auth.tokens]]` entry, as `relay token new` writes it."""

    name: Annotated[str, Meta(min_length=1, max_length=64)]
    """Whose it is; it stands in logs and metrics."""
    hash: Annotated[
        str,
        Meta(
            pattern=r"^sha256:[0-9a-f]{64}\Z",
            description="sha256: and 64 hex digits, as `relay token new` prints it",
        ),
    ]
    """Of the token, which itself is kept nowhere."""
    scopes: Annotated[list[Scope], Meta(min_length=1)]
    rooms: list[str] = []
    """Of a token with the scope `overlay`: the only rooms that it is for, by any name. It may start
    them."""


class AuthConfig(Section, frozen=True, kw_only=True):
    """`[auth]`: who may use the relay. Without tokens: everybody on this machine."""

    tokens: list[TokenConfig] = []
    requests_per_s: Annotated[float, Meta(gt=0, le=1_000_000)] = 20.0
    """Requests that one token may make, on average; WebSocket messages don't count."""
    burst: Count = 100
    """How many of them at once."""


Rate = Annotated[float, Meta(gt=0, le=1_000_000)]


class LimitsConfig(Section, frozen=True, kw_only=True):
    """`[limits]`: what one address, token or client may take of the relay.

    Those of addresses don't hold for this machine's own, but for wrong tokens.
    """

    address_connections: Count = 500
    """Open connections, whatever they are for."""
    address_requests_per_s: Rate = 50.0
    """HTTP requests and WebSocket handshakes, on average."""
    address_burst: Count = 500
    """How many of them at once."""
    address_subscriptions: Count = 5_000
    """Rooms subscribed to, by all its clients together."""
    address_wrong_tokens_per_min: Count = 30
    """Past these, every token that comes from there is refused for a while, right or wrong."""
    token_clients: Count = 5_000
    """WebSockets and event streams at once with one token."""
    token_subscriptions: Count = 20_000
    """Rooms subscribed to, by all clients with one token together."""
    client_messages_per_s: Rate = 100.0
    """WebSocket messages that are obeyed, on average; what comes faster waits."""
    client_messages_burst: Count = 5_000
    """How many of them at once."""
    client_bytes_per_s: Bytes = 256 * 1024
    """What is read of a WebSocket client, on average; what comes faster waits."""
    client_bytes_burst: Bytes = 4 * 1024 * 1024
    """How much of it at once."""
    http_connections: Count = 1_000
    """Connections at once that are neither WebSockets nor event streams."""
    opening_connections: Count = 1_000
    """Connections at once whose first request has not come whole; the oldest makes way."""


class RestConfig(Section, frozen=True, kw_only=True):
    """`[rest]`: the endpoints under /douyin/liveroom."""

    always_http_200: bool = False
    """Answer errors, too, with HTTP 200, for clients that look at `code` only."""


class RoomConfig(Section, frozen=True, kw_only=True):
    """One `[[rooms]]` entry: a room that is always watched."""

    room: Annotated[str, Meta(min_length=1, max_length=500)]
    """web_rid, handle, sec_uid, live page URL, share text or link, or room_id."""
    connections: Annotated[int, Meta(ge=1, le=4)] | None = None
    """Connections to upstream held at once; None: as `[upstream] connections` says."""
    login: Annotated[str, Meta(max_length=64)] = ""
    """The `[[logins]]` entry that this room uses; empty: one of those that any room may use."""


class WatchConfig(Section, frozen=True, kw_only=True):
    """`[watch]`: which rooms may be watched, and for how long."""

    on_demand: bool = True
    """Whether a client that subscribes to an unwatched room starts it."""
    max_rooms: Count = 50
    """Rooms watched at once, configured ones included."""
    linger_s: Annotated[float, Meta(ge=0, le=86_400)] = 60.0
    """How long an on-demand room is watched after its last client left."""
    status_poll_s: Annotated[float, Meta(ge=1, le=3600)] = 30.0
    """How often an offline room is asked whether it is live, jittered by a fifth."""


class UpstreamConfig(Section, frozen=True, kw_only=True):
    """`[upstream]`: Douyin's hosts, or a simulator's."""

    live_url: str = "https://live.douyin.com"
    """Room pages, web/enter, im/fetch."""
    webcast_url: str = "https://webcast.amemv.com"
    """reflow/info."""
    short_url: str = "https://v.douyin.com"
    """Where the app's short links lead on from."""
    register_url: str = "https://ttwid.bytedance.com/ttwid/union/register/"
    """Gives the cookie `ttwid` where `live_url` does not."""
    push_urls: Annotated[list[str], Meta(min_length=1)] = field(
        default_factory=lambda: [
            "wss://webcast100-ws-web-lf.douyin.com",
            "wss://webcast100-ws-web-lq.douyin.com",
            "wss://webcast100-ws-web-hl.douyin.com",
        ]
    )
    """Push WebSocket hosts, tried in turn. A URL without a path gets /webcast/im/push/v2/."""
    transport: Literal["auto", "socket", "poll", "browser"] = "auto"
    """`auto` uses the socket; while that is refused, a browser where `[browser]` has one, else
    it polls; and climbs back later."""
    connections: Annotated[int, Meta(ge=1, le=4)] = 1
    """Connections held at once for each room, merged: upstream gives each of them only a sample
    of a large room's messages."""
    calls_per_s: Annotated[float, Meta(gt=0, le=10_000)] = 1.0
    """Questions about rooms to all of upstream, on average, after a burst of ten; im/fetch doesn't
    count."""


class SignerConfig(Section, frozen=True, kw_only=True):
    """One `[[signers]]` entry; they are asked in turn until one signs. None: unsigned."""

    kind: Literal["http", "script", "browser"]
    """A sign server, a program or JavaScript file of yours, or the page of `[browser]`."""
    url: str = ""
    """Of a sign server, at an https address or on loopback."""
    shape: Literal["relay", "lulajax", "tikhub", "nsapps", "evil0ctal", "euler"] = "relay"
    """What the sign server speaks: our own contract (README, "Signatures"), or that of a known
    service."""
    key_file: str = ""
    """A file with the key that the sign server wants, readable by its owner only."""
    path: str = ""
    """Of a script: a `.js` file, or a program that reads a request and writes an answer."""
    timeout_s: Annotated[float, Meta(gt=0, le=60)] = 5.0
    """How long one signature may take."""
    max_memory_bytes: Bytes = 512 * 1024 * 1024
    """Of a script."""


class LoginConfig(Section, frozen=True, kw_only=True):
    """One `[[logins]]` entry: the cookies of somebody who is logged in at Douyin."""

    name: Annotated[str, Meta(min_length=1, max_length=64)]
    """What it is called in logs and in `/api/rooms`."""
    cookie_file: Annotated[str, Meta(min_length=1)]
    """A file with the browser's cookies, readable by its owner only: a `Cookie` header's value, or
    Netscape's format."""
    shared: bool = True
    """Whether any room may use it; else only those that name it."""


class BrowserConfig(Section, frozen=True, kw_only=True):
    """`[browser]`: a Chromium that holds rooms' pages and signs."""

    executable: str = ""
    """The Chromium to start, headless; empty, and no `debug_url`: none is used. `auto`: the
    system's."""
    debug_url: str = ""
    """A running one instead, started with `--remote-debugging-port`, e.g.
    `http://127.0.0.1:9222`; on loopback only."""
    profile_dir: str = ""
    """Where it keeps its cookies; empty: a folder that is deleted at the end."""
    max_pages: Annotated[int, Meta(ge=1, le=50)] = 8
    """Rooms' pages open at once; the one that signs is not counted."""


class HubConfig(Section, frozen=True, kw_only=True):
    """`[hub]`: how much history a room keeps in memory, and when a client is too slow."""

    history_events: Count = 1000
    history_bytes: Bytes = 8 * 1024 * 1024
    history_s: Seconds = 300.0
    slow_bytes: Bytes = 1024 * 1024
    """Unsent bytes of one client past which it is slow."""
    slow_s: Seconds = 5.0
    """Seconds behind past which a client is slow."""


class StoreConfig(Section, frozen=True, kw_only=True):
    """`[store]`: the file that keeps events for longer than memory does, and over restarts."""

    path: str = ""
    """The file; empty: none. It holds what viewers wrote and their names."""
    keep_days: Annotated[float, Meta(gt=0, le=3650)] = 7.0
    """Older events are deleted."""
    max_bytes: Annotated[int, Meta(ge=1 << 20, le=1 << 50)] = 2 * 1024**3
    """The oldest events are deleted where the file would grow larger."""


class LogConfig(Section, frozen=True, kw_only=True):
    """`[log]`: what is written to standard error."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["console", "json"] = "console"


class Config(Section, frozen=True, kw_only=True):
    """The whole configuration, every value checked."""

    server: ServerConfig = ServerConfig()
    auth: AuthConfig = AuthConfig()
    limits: LimitsConfig = LimitsConfig()
    rest: RestConfig = RestConfig()
    rooms: list[RoomConfig] = []
    watch: WatchConfig = WatchConfig()
    upstream: UpstreamConfig = UpstreamConfig()
    signers: list[SignerConfig] = []
    logins: list[LoginConfig] = []
    browser: BrowserConfig = BrowserConfig()
    hub: HubConfig = HubConfig()
    store: StoreConfig = StoreConfig()
    log: LogConfig = LogConfig()
