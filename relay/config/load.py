"""Puts the configuration together from its sources and checks it; called by cli.

Sources, later ones win: defaults, a TOML file, `RELAY_SECTION__KEY` environment variables, and
what the command line names.
"""

import os
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any, get_type_hints
from urllib.parse import urlsplit

import msgspec

from relay.config.refusals import Sources, explain, invalid, shown, suggest
from relay.config.sections import Config, Section, TokenConfig
from relay.config.show import mask_url
from relay.errors import ConfigError

ENV_PREFIX = "RELAY_"

_ACCOUNT_DOMAIN = ".douyin.com"
_HOST_NAME = re.compile(r"[0-9A-Za-z._:-]+")


def load_config(
    path: Path | None = None,
    *,
    env: Mapping[str, str] | None = None,
    overrides: Mapping[str, Mapping[str, Any]] | None = None,
    rooms: tuple[str, ...] = (),
) -> Config:
    """Read the file at `path` (None: defaults only) and apply environment and command line.

    `env` is os.environ unless given; `overrides` is section → key → value; `rooms` are added to
    the file's. Raises ConfigError with the file and line, the key and what is allowed.
    """
    data, sources = _gather(path, env, overrides, rooms)
    try:
        config = msgspec.convert(data, Config)
    except msgspec.ValidationError as error:
        raise explain(error, Config, data, sources) from None
    _check_values(config, sources)
    return config


@contextmanager
def placing(
    path: Path | None,
    *,
    overrides: Mapping[str, Mapping[str, Any]] | None = None,
    rooms: tuple[str, ...] = (),
) -> Iterator[None]:
    """Have a ConfigError of whoever uses what `load_config` gave say where its key stands, too."""
    try:
        yield
    except ConfigError as error:
        raise _gather(path, None, overrides, rooms)[1].place(error) from None


def _gather(
    path: Path | None,
    env: Mapping[str, str] | None,
    overrides: Mapping[str, Mapping[str, Any]] | None,
    rooms: tuple[str, ...],
) -> tuple[dict[str, Any], Sources]:
    """Put together what is configured, and where it comes from. Raises ConfigError."""
    data: dict[str, Any] = {}
    sources = Sources("defaults")
    if path is not None:
        text, data = read_toml(path)
        sources = Sources(str(path), text)
    for section, key, value, source in _env_values(os.environ if env is None else env):
        _put(data, section, key, value, sources)
        sources.name(f"{section}.{key}", source)
    for section, keys in (overrides or {}).items():
        for key, value in keys.items():
            _put(data, section, key, value, sources)
            sources.name(f"{section}.{key}", "command line")
    listed = data.setdefault("rooms", [])
    if isinstance(listed, list):
        for room in rooms:
            sources.name(f"rooms[{len(listed)}].room", "command line")
            listed.append({"room": room})
    return data, sources


def read_toml(path: Path) -> tuple[str, dict[str, Any]]:
    """Read a TOML file: its text and what it says. Raises ConfigError with the file and why."""
    try:
        text = path.read_text(encoding="utf-8-sig")  # Notepad writes a byte order mark
        return text, tomllib.loads(text)
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such file") from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8 text (byte {error.start})") from None
    except OSError as error:
        raise ConfigError(f"{path}: can't be read: {error.strerror}") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: not valid TOML: {error}") from None
    except RecursionError:
        raise ConfigError(f"{path}: not valid TOML: nested too deeply") from None


def _put(data: dict[str, Any], section: str, key: str, value: Any, sources: Sources) -> None:
    table = data.setdefault(section, {})
    if not isinstance(table, dict):
        raise sources.refuse(section, f"invalid {shown(table)}; allowed: a table, [{section}]")
    table[key] = value


def _env_values(env: Mapping[str, str]) -> Iterator[tuple[str, str, Any, str]]:
    """Read RELAY_SECTION__KEY variables as (section, key, value, source)."""
    settings = {
        f"{ENV_PREFIX}{section}__{key}".upper(): (section, key, kind)
        for section, table in get_type_hints(Config).items()
        if isinstance(table, type) and issubclass(table, Section)
        for key, kind in get_type_hints(table, include_extras=True).items()
    }
    one_underscore = {name.replace("__", "_"): name for name in settings}
    for name in sorted(env):
        source = f"environment variable {name}"
        if name in one_underscore:
            raise ConfigError(f"{source}: no such setting; did you mean {one_underscore[name]}?")
        if not name.startswith(ENV_PREFIX) or "__" not in name:
            continue
        if name.upper() not in settings:
            raise ConfigError(f"{source}: no such setting{suggest(name.upper(), list(settings))}")
        section, key, kind = settings[name.upper()]
        yield section, key, _env_value(env[name], kind, source, f"{section}.{key}"), source


def _env_value(text: str, kind: Any, source: str, key: str) -> Any:
    """Read one variable's text as `kind`; lists are comma-separated or JSON, tables are JSON."""
    as_json = ""
    try:
        match msgspec.inspect.type_info(kind):
            case msgspec.inspect.ListType(item_type=msgspec.inspect.StructType()):
                as_json = ", as JSON"
                return msgspec.json.decode(text or "[]", type=list[dict[str, str | list[str]]])
            case msgspec.inspect.ListType() if text.lstrip().startswith("["):
                return msgspec.json.decode(text, type=list[str])
            case msgspec.inspect.ListType():
                return [part.strip() for part in text.split(",") if part.strip()]
        return msgspec.convert(text, kind, strict=False)
    except (msgspec.MsgspecError, UnicodeEncodeError):
        raise ConfigError(f"{source}: {invalid(text, kind, key)}{as_json}") from None


def check_values(config: Config, source: str) -> None:
    """Refuse a configuration that was put together, by `source`, of others. Raises ConfigError."""
    _check_values(config, Sources(source))


def _check_values(config: Config, sources: Sources) -> None:
    """Refuse values that have the right type and still can't work."""
    if not is_loopback(config.server.host) and not config.auth.tokens:
        raise sources.refuse(
            "server.host",
            f"{config.server.host!r} is not a loopback address, and there are no tokens, so"
            " everybody who reaches it could use the relay; make a token with `relay token new`"
            " and put what it prints into the configuration, or listen on 127.0.0.1",
        )
    _check_tokens(config.auth.tokens, sources)
    upstream = config.upstream
    _check_url(upstream.live_url, "upstream.live_url", ("http", "https"), sources)
    _check_url(upstream.webcast_url, "upstream.webcast_url", ("http", "https"), sources)
    _check_url(upstream.short_url, "upstream.short_url", ("http", "https"), sources)
    _check_url(upstream.register_url, "upstream.register_url", ("http", "https"), sources)
    for url in upstream.push_urls:
        _check_url(url, "upstream.push_urls", ("ws", "wss"), sources)
    _check_logins(config, sources)
    if config.browser.debug_url:
        _check_url(config.browser.debug_url, "browser.debug_url", ("http", "ws"), sources)
        if not is_loopback(urlsplit(config.browser.debug_url).hostname or ""):
            raise sources.refuse(
                "browser.debug_url",
                "is not on loopback; whoever reaches that port has the whole browser",
            )
    for origin in config.server.allowed_origins:
        parts = _split_url(origin)
        whole = parts is not None and parts[0] in ("http", "https") and parts[1] and not parts[2]
        if origin != "null" and not whole:
            raise sources.refuse(
                "server.allowed_origins",
                f"{origin!r} is not an origin; write scheme://host[:port] without a path, or null",
            )
    for host in config.server.allowed_hosts:
        parts = _split_url(f"//[{host}]" if ":" in host else f"//{host}")
        if parts is None or parts != ("", host.lower(), "") or not _HOST_NAME.fullmatch(host):
            raise sources.refuse(
                "server.allowed_hosts",
                f"{host!r} is not a host; write its name or address only, without scheme and port",
            )
    _check_tls(config, sources)
    for proxy in config.server.trusted_proxies:
        try:
            ip_network(proxy)
        except ValueError:
            raise sources.refuse(
                "server.trusted_proxies",
                f"{proxy!r} is neither an address nor a network; write 127.0.0.1 or 10.0.0.0/8",
            ) from None


def _check_tls(config: Config, sources: Sources) -> None:
    server = config.server
    for key, other in (("tls_cert", "tls_key"), ("tls_key", "tls_cert")):
        if getattr(server, other) and not getattr(server, key):
            raise sources.refuse(f"server.{key}", f"is missing; server.{other} is there")
    if server.tls_cert and server.workers > 1:
        raise sources.refuse(
            "server.tls_cert",
            "workers pass connections on to each other, which can't be done with TLS; set [server]"
            " workers = 1, or put a reverse proxy in front of the relay",
        )


def _check_tokens(tokens: Sequence[TokenConfig], sources: Sources) -> None:
    for key in ("name", "hash"):
        seen = set()
        for index, token in enumerate(tokens):
            value = getattr(token, key)
            if value in seen:
                raise sources.refuse(
                    f"auth.tokens[{index}].{key}", f"another token has the same {key}"
                )
            seen.add(value)
    for index, token in enumerate(tokens):
        if (token.scopes == ["overlay"]) != bool(token.rooms):
            raise sources.refuse(
                f"auth.tokens[{index}].{'rooms' if token.rooms else 'scopes'}",
                'a token names rooms where its scopes are ["overlay"], and only there; `relay token'
                " overlay --room ROOM` makes one",
            )


def _check_logins(config: Config, sources: Sources) -> None:
    if config.logins:
        _check_account_host(config.upstream.live_url, "upstream.live_url", sources)
        for url in config.upstream.push_urls:
            _check_account_host(url, "upstream.push_urls", sources)
    names = [login.name for login in config.logins]
    for index, name in enumerate(names):
        if name in names[:index]:
            raise sources.refuse(f"logins[{index}].name", "another login has the same name")
    for index, room in enumerate(config.rooms):
        if room.login and room.login not in names:
            raise sources.refuse(
                f"rooms[{index}].login",
                f"there is no [[logins]] entry {room.login!r}{suggest(room.login, names)}",
            )


def _check_account_host(url: str, key: str, sources: Sources) -> None:
    """Refuse a URL that a login's cookies would go to, and that isn't Douyin's or a simulator's."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    secure = parts.scheme in ("https", "wss") and f".{host}".endswith(_ACCOUNT_DOMAIN)
    if not secure and not is_loopback(host):
        raise sources.refuse(
            key,
            f"{mask_url(url)!r} would be sent the cookies in [[logins]], the key to an account;"
            f" allowed with them are https:// and wss:// below {_ACCOUNT_DOMAIN[1:]}, and loopback"
            " addresses",
        )


def _check_url(url: str, key: str, schemes: tuple[str, str], sources: Sources) -> None:
    if not is_url(url, schemes):
        names = " or ".join(f"{scheme}://" for scheme in schemes)
        raise sources.refuse(key, f"{mask_url(url)!r} is not a URL that begins with {names}")


def is_url(text: str, schemes: Sequence[str]) -> bool:
    """Tell whether `text` is a URL with one of `schemes`, a host, and no impossible port."""
    parts = _split_url(text)
    return parts is not None and parts[0] in schemes and parts[1] != ""


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
