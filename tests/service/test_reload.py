"""What of a changed configuration takes effect, key by key."""

from typing import Any

import msgspec
import pytest

from relay.config import (
    AuthConfig,
    Config,
    LoginConfig,
    RoomConfig,
    ServerConfig,
    TokenConfig,
    WatchConfig,
    reconcile,
)
from relay.config.reload import RELOADED
from relay.errors import ConfigError

TOKEN = TokenConfig(name="a", hash=f"sha256:{'0' * 64}", scopes=["read"])
OTHER: dict[type, Any] = {int: 4321, float: 4.5, str: "other", bool: None}
"""Another value than any default; of a bool: the other one."""
EVERY_KEY = [
    (section, key)
    for section, table in msgspec.to_builtins(Config()).items()
    if isinstance(table, dict)
    for key in table
]


def changed(section: str, key: str) -> Config:
    """Give a configuration in which one key is not what it is by default."""
    table = getattr(Config(), section)
    value = getattr(table, key)
    if key == "tokens":
        other: Any = [TOKEN]
    elif isinstance(value, list):
        other = ["10.0.0.1"] if key != "push_urls" else ["wss://other.example"]
    elif key in ("transport", "level", "format"):
        other = {"transport": "poll", "level": "error", "format": "json"}[key]
    elif key.endswith("_url"):
        other = "http://127.0.0.1:1"
    else:
        other = not value if isinstance(value, bool) else OTHER[type(value)]
    if key == "allowed_origins":
        other = ["null"]
    return msgspec.structs.replace(
        Config(), **{section: msgspec.structs.replace(table, **{key: other})}
    )


@pytest.mark.parametrize(("section", "key"), EVERY_KEY)
def test_a_key_takes_effect_or_is_named(section: str, key: str) -> None:
    new = changed(section, key)
    if key in ("tls_cert", "tls_key"):  # neither stands alone
        new = Config(server=ServerConfig(tls_cert="other", tls_key="other"))
    came_out, kept = reconcile(Config(), new)
    keys = RELOADED.get(section, frozenset())
    takes_effect = keys is None or key in keys
    if key in ("tls_cert", "tls_key"):
        assert kept == ["server.tls_cert", "server.tls_key"], "a port speaks TLS or it doesn't"
        assert came_out == Config()
    elif takes_effect:
        assert (came_out, kept) == (new, [])
    else:
        assert (came_out, kept) == (Config(), [f"{section}.{key}"])


def test_another_certificate_takes_effect_where_there_was_one() -> None:
    old = Config(server=ServerConfig(tls_cert="a.crt", tls_key="a.key"))
    new = Config(server=ServerConfig(tls_cert="b.crt", tls_key="b.key"))
    assert reconcile(old, new) == (new, [])


def test_rooms_come_and_go_but_those_that_stay_stay_as_they_are() -> None:
    old = Config(rooms=[RoomConfig(room="1"), RoomConfig(room="2", connections=2)])
    new = Config(rooms=[RoomConfig(room="2", connections=3), RoomConfig(room="3")])
    came_out, kept = reconcile(old, new)
    assert came_out.rooms == [RoomConfig(room="2", connections=2), RoomConfig(room="3")]
    assert kept == ["rooms[0].connections"]


def test_tokens_may_not_go_while_the_relay_listens_to_others() -> None:
    # The address stays what it was, whatever the file says.
    old = Config(server=ServerConfig(host="192.0.2.1"), auth=AuthConfig(tokens=[TOKEN]))
    with pytest.raises(ConfigError, match="there are no tokens"):
        reconcile(old, Config())


def test_a_room_may_not_name_a_login_that_takes_a_restart() -> None:
    login = LoginConfig(name="mine", cookie_file="mine.cookies")
    new = Config(logins=[login], rooms=[RoomConfig(room="1", login="mine")])
    with pytest.raises(ConfigError, match=r"no \[\[logins\]\] entry 'mine'"):
        reconcile(Config(), new)


def test_several_are_all_named() -> None:
    new = Config(
        server=ServerConfig(port=1, max_clients=5),
        watch=WatchConfig(status_poll_s=5, linger_s=5),
    )
    came_out, kept = reconcile(Config(), new)
    assert kept == ["server.port", "watch.status_poll_s"]
    assert came_out == Config(server=ServerConfig(max_clients=5), watch=WatchConfig(linger_s=5))
