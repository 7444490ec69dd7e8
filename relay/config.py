"""The configuration: its sections, where it comes from, and how refusals read; used by cli and app.

Sources, later ones win: defaults, a TOML file, `RELAY_SECTION__KEY` environment variables, and
what the command line names.
"""

import difflib
import os
import re
import tomllib
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal, get_type_hints
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta, Struct, field

from relay.errors import ConfigError

ENV_PREFIX = "RELAY_"

Port = Annotated[int, Meta(ge=0, le=65535)]
Seconds = Annotated[float, Meta(gt=0, le=86_400)]
Count = Annotated[int, Meta(ge=1, le=1_000_000)]
Bytes = Annotated[int, Meta(ge=1024, le=1 << 40)]


class _Section(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A table of the file; unknown keys are refused."""


class ServerConfig(_Section, frozen=True, kw_only=True):
    """`[server]`: the one port that serves everything."""

    host: str = "127.0.0.1"
    """Address to listen on. Only loopback addresses are taken: there are no tokens yet."""
    port: Port = 8787
    """0 lets the system choose; the log line says which."""
    allowed_origins: list[str] = []
    """Origins of pages, besides our own, that may use the relay, e.g. `http://localhost:5173`.
    `null` is what a page opened from a file sends."""
    max_clients: Count = 10_000
    """WebSocket connections at once."""


class RoomConfig(_Section, frozen=True, kw_only=True):
    """One `[[rooms]]` entry: a room that is always watched."""

    room: Annotated[str, Meta(min_length=1, max_length=500)]
    """web_rid, handle, live page URL, or room_id."""


class WatchConfig(_Section, frozen=True, kw_only=True):
    """`[watch]`: which rooms may be watched, and for how long."""

    on_demand: bool = True
    """Whether a client that subscribes to an unwatched room starts it."""
    max_rooms: Count = 50
    """Rooms watched at once, configured ones included."""
    linger_s: Annotated[float, Meta(ge=0, le=86_400)] = 60.0
    """How long an on-demand room is watched after its last client left."""
    status_poll_s: Annotated[float, Meta(ge=1, le=3600)] = 30.0
    """How often an offline room is asked whether it is live, jittered by a fifth."""


class UpstreamConfig(_Section, frozen=True, kw_only=True):
    """`[upstream]`: Douyin's hosts, or a simulator's."""

    live_url: str = "https://live.douyin.com"
    """Room pages, web/enter, im/fetch."""
    webcast_url: str = "https://webcast.amemv.com"
    """reflow/info."""
    push_urls: Annotated[list[str], Meta(min_length=1)] = field(
        default_factory=lambda: [
            "wss://webcast100-ws-web-lf.douyin.com",
            "wss://webcast100-ws-web-lq.douyin.com",
            "wss://webcast100-ws-web-hl.douyin.com",
        ]
    )
    """Push WebSocket hosts, tried in turn. A URL without a path gets /webcast/im/push/v2/."""
    transport: Literal["auto", "socket", "poll"] = "auto"
    """`auto` uses the socket, polls while its handshake is refused, and climbs back later."""
    signer_url: str = ""
    """A sign server of yours that signs push URLs (README, "Signatures"); empty: unsigned."""


class HubConfig(_Section, frozen=True, kw_only=True):
    """`[hub]`: how much history a room keeps in memory, and when a client is too slow."""

    history_events: Count = 1000
    history_bytes: Bytes = 8 * 1024 * 1024
    history_s: Seconds = 300.0
    slow_bytes: Bytes = 1024 * 1024
    """Unsent bytes of one client past which it is slow."""
    slow_s: Seconds = 5.0
    """Seconds behind past which a client is slow."""


class LogConfig(_Section, frozen=True, kw_only=True):
    """`[log]`: what is written to standard error."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["console", "json"] = "console"


class Config(_Section, frozen=True, kw_only=True):
    """The whole configuration, every value checked."""

    server: ServerConfig = ServerConfig()
    rooms: list[RoomConfig] = []
    watch: WatchConfig = WatchConfig()
    upstream: UpstreamConfig = UpstreamConfig()
    hub: HubConfig = HubConfig()
    log: LogConfig = LogConfig()


def load_config(
    path: Path | None = None,
    *,
    env: Mapping[str, str] | None = None,
    overrides: Mapping[str, Mapping[str, Any]] | None = None,
    rooms: tuple[str, ...] = (),
) -> Config:
    """Read the file at `path` (None: defaults only) and apply environment and command line.

    `overrides` is section → key → value; `rooms` are added to the file's.
    Raises ConfigError with the file, the key and what is allowed.
    """
    data: dict[str, Any] = {}
    origin = "defaults"
    if path is not None:
        origin = str(path)
        data = _read_toml(path)
    origins: dict[str, str] = {}
    for section, key, value, source in _env_values(os.environ if env is None else env):
        _put(data, section, key, value, origin)
        origins[f"{section}.{key}"] = source
    for section, keys in (overrides or {}).items():
        for key, value in keys.items():
            _put(data, section, key, value, origin)
            origins[f"{section}.{key}"] = "command line"
    if rooms:
        listed = data.setdefault("rooms", [])
        if isinstance(listed, list):
            listed.extend({"room": room} for room in rooms)
    try:
        config = msgspec.convert(data, Config)
    except msgspec.ValidationError as error:
        raise ConfigError(_explain(str(error), origin, origins)) from None
    _check_values(config, origin, origins)
    return config


def _put(data: dict[str, Any], section: str, key: str, value: Any, origin: str) -> None:
    table = data.setdefault(section, {})
    if not isinstance(table, dict):
        raise ConfigError(f"{origin}: {section}: must be a table, [{section}]")
    table[key] = value


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: can't be read: {error}") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: not valid TOML: {error}") from None


def _sections() -> dict[str, dict[str, Any]]:
    """Section → key → type, for the sections that are plain tables."""
    return {
        name: get_type_hints(section, include_extras=True)
        for name, section in get_type_hints(Config).items()
        if isinstance(section, type) and issubclass(section, _Section)
    }


def _env_values(env: Mapping[str, str]) -> list[tuple[str, str, Any, str]]:
    """Read RELAY_SECTION__KEY variables as (section, key, value, source)."""
    sections = _sections()
    found = []
    for name in sorted(env):
        section, separator, key = name.removeprefix(ENV_PREFIX).lower().partition("__")
        if not name.startswith(ENV_PREFIX) or not separator:
            continue
        source = f"environment variable {name}"
        if section not in sections or key not in sections[section]:
            allowed = [f"{ENV_PREFIX}{s}__{k}".upper() for s in sections for k in sections[s]]
            raise ConfigError(f"{source}: no such setting{_suggest(name, allowed)}")
        found.append((section, key, _env_value(env[name], sections[section][key], source), source))
    return found


def _env_value(text: str, kind: Any, source: str) -> Any:
    """Read one variable's text as `kind`; lists are comma-separated or JSON."""
    try:
        if str(kind).find("list[") >= 0:
            if text.lstrip().startswith("["):
                return msgspec.json.decode(text, type=list[str])
            return [part.strip() for part in text.split(",") if part.strip()]
        return msgspec.convert(text, kind, strict=False)
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise ConfigError(f"{source}: {str(error).lower()}, got {text!r}") from None


def _suggest(word: str, allowed: list[str]) -> str:
    close = difflib.get_close_matches(word, allowed, n=1)
    if close:
        return f"; did you mean {close[0]}?"
    return f"; allowed: {', '.join(allowed)}"


def _explain(message: str, origin: str, origins: Mapping[str, str]) -> str:
    """Turn msgspec's message into `where: key: what is wrong; what is allowed`."""
    text, _, path = message.partition(" - at `$")
    key = path.rstrip("`").lstrip(".")
    unknown = re.search(r"unknown field `(.*)`", text)
    if unknown:
        section = re.sub(r"\[.*", "", key)
        hints = get_type_hints(Config)
        kind = {"": Config, "rooms": RoomConfig, **hints}.get(section, Config)
        if section == "rooms":
            kind = RoomConfig
        shown = f"{key}.{unknown[1]}" if key else unknown[1]
        return f"{origin}: {shown}: unknown key{_suggest(unknown[1], list(get_type_hints(kind)))}"
    where = origins.get(key, origin)
    return f"{where}: {key or 'file'}: {text[:1].lower()}{text[1:]}"


def _check_values(config: Config, origin: str, origins: Mapping[str, str]) -> None:
    """Refuse values that have the right type and still can't work."""

    def refuse(key: str, why: str) -> ConfigError:
        return ConfigError(f"{origins.get(key, origin)}: {key}: {why}")

    if not is_loopback(config.server.host):
        raise refuse(
            "server.host",
            f"{config.server.host!r} is not a loopback address; this version has no tokens, so it"
            " listens on 127.0.0.1, ::1 or localhost only (put a reverse proxy with access"
            " control in front of it)",
        )
    urls = {
        "upstream.live_url": ([config.upstream.live_url], ("http", "https")),
        "upstream.webcast_url": ([config.upstream.webcast_url], ("http", "https")),
        "upstream.push_urls": (config.upstream.push_urls, ("ws", "wss")),
        "upstream.signer_url": ([config.upstream.signer_url], ("http", "https", "")),
    }
    for key, (values, schemes) in urls.items():
        for value in values:
            parts = _split_url(value)
            if parts is None or parts[0] not in schemes or (parts[0] and not parts[1]):
                names = " or ".join(f"{scheme}://" for scheme in schemes if scheme)
                raise refuse(key, f"{value!r} is not a URL that begins with {names}")
    for value in config.server.allowed_origins:
        parts = _split_url(value)
        whole = parts is not None and parts[0] in ("http", "https") and parts[2] == ""
        if value != "null" and not whole:
            raise refuse(
                "server.allowed_origins",
                f"{value!r} is not an origin; write scheme://host[:port] without a path, or null",
            )


def _split_url(value: str) -> tuple[str, str, str] | None:
    """Give (scheme, host, rest after the authority), or None where it can't be split."""
    try:
        parts = urlsplit(value)
        _ = parts.port  # raises where the port is no number
    except ValueError:
        return None
    return parts.scheme, parts.hostname or "", parts.path + parts.query + parts.fragment


def is_loopback(host: str) -> bool:
    """Tell whether `host` is reachable from this machine only."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
