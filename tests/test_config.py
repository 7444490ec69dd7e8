"""Where configuration comes from, and how refusals read."""

import re
import tomllib
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from relay.config import Config, is_loopback, load_config, mask_url, to_toml
from relay.config.sections import Section
from relay.errors import ConfigError

SHIPPED = Path(__file__).parents[1] / "config.toml"
KEYS = {
    f"{name}.{key}"
    for name, section in get_type_hints(Config).items()
    if isinstance(section, type) and issubclass(section, Section)
    for key in get_type_hints(section)
}


def _load(tmp_path: Path, text: str, **env: str) -> Config:
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    return load_config(path, env=env)


def _refusal(tmp_path: Path, text: str, **env: str) -> str:
    with pytest.raises(ConfigError) as refused:
        _load(tmp_path, text, **env)
    return str(refused.value).replace(f"{tmp_path}/", "")


def test_the_shipped_file_shows_every_key_with_its_default_and_a_comment() -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    data = tomllib.loads(text)
    shown = {f"{section}.{key}" for section, table in data.items() for key in table}
    # Empty lists of tables can only be shown as comments: a table after them would be refused.
    assert shown == KEYS - {"auth.tokens"}
    assert load_config(SHIPPED, env={}) == Config()
    lines = text.splitlines()
    for number, line in enumerate(lines):
        if re.match(r"\w+ =", line):
            assert lines[number - 1].startswith("# "), f"no comment above: {line}"
    assert '# [[rooms]]\n# room = "' in text


def test_what_the_shipped_file_shows_in_comments_is_valid(tmp_path: Path) -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    config = _load(tmp_path, re.sub(r"^# (\[\[|\w+ = )", r"\1", text, flags=re.MULTILINE))
    assert [room.room for room in config.rooms] == ["https://live.douyin.com/80000000001"]
    assert [(token.name, token.scopes) for token in config.auth.tokens] == [
        ("overlay", ["read", "watch"])
    ]


def test_keys_that_others_script_against_have_their_names() -> None:
    wanted = {
        *("server.host", "server.port"),
        *("upstream.live_url", "upstream.webcast_url", "upstream.push_urls", "upstream.transport"),
        *("hub.history_events", "hub.history_bytes", "hub.history_s"),
        *("hub.slow_bytes", "hub.slow_s", "log.level", "log.format"),
    }
    assert wanted <= KEYS


def test_later_sources_win(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("[server]\nport = 1\nmax_clients = 7\n[[rooms]]\nroom = 'a'\n")
    config = load_config(
        path,
        env={"RELAY_SERVER__PORT": "2", "RELAY_LOG__LEVEL": "debug"},
        overrides={"server": {"port": 3}},
        rooms=("b",),
    )
    assert config.server.port == 3
    assert config.server.max_clients == 7
    assert config.log.level == "debug"
    assert [room.room for room in config.rooms] == ["a", "b"]


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("RELAY_SERVER__PORT", "9000", 9000),
        ("RELAY_WATCH__ON_DEMAND", "false", False),
        ("RELAY_WATCH__ON_DEMAND", "1", True),
        ("RELAY_HUB__SLOW_S", "2.5", 2.5),
        ("RELAY_HUB__SLOW_S", "2", 2.0),
        ("RELAY_LOG__FORMAT", "json", "json"),
        ("RELAY_UPSTREAM__PUSH_URLS", "ws://a, ws://b", ["ws://a", "ws://b"]),
        ("RELAY_UPSTREAM__PUSH_URLS", '["ws://a"]', ["ws://a"]),
        ("RELAY_SERVER__ALLOWED_ORIGINS", "", []),
    ],
)
def test_environment_variables_override(name: str, text: str, value: object) -> None:
    config = load_config(env={name: text, "RELAYED": "x", "RELAY_HOME": "/srv", "PATH": ""})
    section, key = name.removeprefix("RELAY_").lower().split("__")
    assert getattr(getattr(config, section), key) == value


def test_every_key_has_an_environment_variable(tmp_path: Path) -> None:
    for section, table in tomllib.loads(to_toml(Config())).items():
        for key, default in table.items():
            text = ",".join(default) if isinstance(default, list) else str(default).lower()
            assert load_config(env={f"RELAY_{section}__{key}".upper(): text}) == Config()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "[log]\nlevel = 'loud'\n",
            "config.toml:2: log.level: invalid 'loud'; allowed: debug, info, warning, error",
        ),
        (
            "\n[server]\nhost = 'localhost'\nport = '8787'\n",
            "config.toml:4: server.port: invalid '8787'; allowed: a whole number, at least 0 and"
            " at most 65535",
        ),
        (
            "[server]\nport = 99999\n",
            "config.toml:2: server.port: invalid 99999; allowed: a whole number, at least 0 and"
            " at most 65535",
        ),
        (
            "server.port = true\n",
            "config.toml: server.port: invalid True; allowed: a whole number, at least 0 and"
            " at most 65535",
        ),
        (
            "[hub]\nslow_s = nan\n",
            "config.toml:2: hub.slow_s: invalid nan; allowed: a number, over 0 and at most 86400",
        ),
        (
            "[watch]\non_demand = 1\n",
            "config.toml:2: watch.on_demand: invalid 1; allowed: true or false",
        ),
        ("[server]\nprot = 1\n", "config.toml:2: server.prot: no such key; did you mean port?"),
        (
            "[servers]\nport = 1\n",
            "config.toml:1: servers: no such key; did you mean server?",
        ),
        (
            "colour = 1\n",
            "config.toml:1: colour: no such key; allowed: server, auth, limits, rest, rooms, watch,"
            " upstream, signers, logins, browser, hub, store, log",
        ),
        ("server = 3\n", "config.toml:1: server: invalid 3; allowed: a table, [server]"),
        ("rooms = ['a']\n", "config.toml:1: rooms[0]: invalid 'a'; allowed: a table, [[rooms]]"),
        (
            "[rooms]\nroom = 'a'\n",
            "config.toml:1: rooms: invalid table; allowed: tables, [[rooms]]",
        ),
        (
            "[[rooms]]\nroom = 'a'\n[[rooms]]\n\nname = 'b'\n",
            "config.toml:5: rooms[1].name: no such key; allowed: room, connections, login",
        ),
        ("[[rooms]]\n", "config.toml:1: rooms[0]: has no room; allowed: room, connections, login"),
        (
            "[[rooms]]\nroom = ''\n",
            "config.toml:2: rooms[0].room: invalid ''; allowed: text of 1 to 500 characters",
        ),
        (
            "[upstream]\npush_urls = []\n",
            "config.toml:2: upstream.push_urls: invalid list; allowed: a list of texts, not empty",
        ),
        (
            "[upstream]\npush_urls = [7]\n",
            "config.toml:2: upstream.push_urls[0]: invalid 7; allowed: text",
        ),
        (
            "[upstream]\npush_urls = ['https://a']\n",
            "config.toml:2: upstream.push_urls: 'https://a' is not a URL that begins with"
            " ws:// or wss://",
        ),
        (
            "[upstream]\nlive_url = 'https://'\n",
            "config.toml:2: upstream.live_url: 'https://' is not a URL that begins with"
            " http:// or https://",
        ),
        (
            "[server]\nallowed_origins = ['http://a/b']\n",
            "config.toml:2: server.allowed_origins: 'http://a/b' is not an origin; write"
            " scheme://host[:port] without a path, or null",
        ),
    ],
)
def test_refusals_say_where_what_and_what_is_allowed(
    tmp_path: Path, text: str, message: str
) -> None:
    assert _refusal(tmp_path, text) == message


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        (
            "RELAY_SERVER__PORT",
            "many",
            "environment variable RELAY_SERVER__PORT: invalid 'many'; allowed: a whole number,"
            " at least 0 and at most 65535",
        ),
        (
            "RELAY_SERVER__PROT",
            "1",
            "environment variable RELAY_SERVER__PROT: no such setting; did you mean"
            " RELAY_SERVER__PORT?",
        ),
        (
            "RELAY_SERVER_PORT",
            "1",
            "environment variable RELAY_SERVER_PORT: no such setting; did you mean"
            " RELAY_SERVER__PORT?",
        ),
        (
            "RELAY_UPSTREAM__PUSH_URLS",
            "[1]",
            "environment variable RELAY_UPSTREAM__PUSH_URLS: invalid '[1]'; allowed: a list of"
            " texts, not empty",
        ),
        (
            "RELAY_UPSTREAM__LIVE_URL",
            "ftp://a",
            "environment variable RELAY_UPSTREAM__LIVE_URL: upstream.live_url: 'ftp://a' is not a"
            " URL that begins with http:// or https://",
        ),
    ],
)
def test_refused_environment_variables_are_named(
    tmp_path: Path, name: str, text: str, message: str
) -> None:
    assert _refusal(tmp_path, "", **{name: text}) == message


def test_refused_values_of_the_command_line_say_so() -> None:
    with pytest.raises(ConfigError, match=r"^command line: server\.port: invalid 70000; "):
        load_config(env={}, overrides={"server": {"port": 70000}})
    with pytest.raises(ConfigError, match=r"^command line: rooms\[0\]\.room: invalid ''; "):
        load_config(env={}, rooms=("",))


HASH = "sha256:" + 64 * "0"
TOKEN = f"[[auth.tokens]]\nname = 'bot'\nhash = '{HASH}'\nscopes = ['read']\n"


@pytest.mark.parametrize("host", ["::", "192.168.1.5", "relay.example.org"])
def test_it_listens_where_others_can_reach_it_only_with_tokens(tmp_path: Path, host: str) -> None:
    text = f"[server]\nhost = '{host}'\n"
    refusal = _refusal(tmp_path, text)
    assert refusal.startswith(f"config.toml:2: server.host: '{host}' is not a loopback address, ")
    assert "`relay token new`" in refusal
    assert _load(tmp_path, text + TOKEN).server.host == host


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (TOKEN.replace("'read'", "'reed'"),
         "config.toml:4: auth.tokens[0].scopes[0]: invalid text; allowed: overlay, read, watch,"
         " admin"),
        (TOKEN.replace("'read'", ""),
         "config.toml:4: auth.tokens[0].scopes: invalid list; allowed: a list of overlay, read,"
         " watch, admin, not empty"),
        (TOKEN.replace("name", "nome"),
         "config.toml:2: auth.tokens[0].nome: no such key; did you mean name?"),
        *((text,
           f"config.toml:{key}: a token names rooms where its scopes are"
           ' ["overlay"], and only there; `relay token overlay --room ROOM` makes one')
          for text, key in (
              (TOKEN.replace("'read'", "'overlay'"), "4: auth.tokens[0].scopes"),
              (TOKEN.replace("'read'", "'overlay', 'read'") + "rooms = ['1']\n",
               "5: auth.tokens[0].rooms"),
              (TOKEN + "rooms = ['1']\n", "5: auth.tokens[0].rooms"))),
        (TOKEN + TOKEN.replace("0", "1"),
         "config.toml:6: auth.tokens[1].name: another token has the same name"),
        (TOKEN + TOKEN.replace("bot", "cat"),
         "config.toml:7: auth.tokens[1].hash: another token has the same hash"),
        ("[auth]\nburst = 0\n",
         "config.toml:2: auth.burst: invalid 0; allowed: a whole number, at least 1 and at most"
         " 1000000"),
        *((f"[server]\nallowed_hosts = ['{host}']\n",
           f"config.toml:2: server.allowed_hosts: '{host}' is not a host; write its name or address"
           " only, without scheme and port")
          for host in ("", "a:80", "http://a", "a/b", "[::1]", "a b", "@a", "*.a", "::x")),
    ],
)  # fmt: skip
def test_refused_tokens_and_hosts(tmp_path: Path, text: str, message: str) -> None:
    assert _refusal(tmp_path, text) == message


@pytest.mark.parametrize("host", ["relay.example.org", "Relay", "10.0.0.5", "::1", "my_box"])
def test_allowed_hosts(tmp_path: Path, host: str) -> None:
    config = _load(tmp_path, f"[server]\nallowed_hosts = ['{host}']\n")
    assert config.server.allowed_hosts == [host]


@pytest.mark.parametrize(
    "text",
    [
        TOKEN.replace(HASH, "rly_secret"),
        TOKEN.replace("'read'", "'rly_secret'"),
        "[auth]\ntokens = 'rly_secret'\n",
        "[auth]\ntokens = ['rly_secret']\n",
        "[auth]\ntoken = 'rly_secret'\n",
        "[auth.tokens]\nbot = 'rly_secret'\n",
    ],
)
def test_a_token_where_its_hash_belongs_is_not_repeated(tmp_path: Path, text: str) -> None:
    refusal = _refusal(tmp_path, text)
    assert "auth.token" in refusal
    assert "secret" not in refusal


def test_tokens_by_environment_variable(tmp_path: Path) -> None:
    entry = f'{{"name": "bot", "hash": "{HASH}", "scopes": ["watch"]}}'
    (token,) = load_config(env={"RELAY_AUTH__TOKENS": f"[{entry}]"}).auth.tokens
    assert (token.name, token.scopes) == ("bot", ["watch"])
    for wrong in ("rly_secret", '["rly_secret"]', "[" * 100_000):
        refusal = _refusal(tmp_path, "", RELAY_AUTH__TOKENS=wrong)
        assert refusal == (
            "environment variable RELAY_AUTH__TOKENS: invalid text; allowed: tables,"
            " [[auth.tokens]], as JSON"
        )


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.3.2.1", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),  # noqa: S104  # what is asked here
        ("::", False),
        ("192.168.1.2", False),
        ("example.com", False),
        ("", False),
    ],
)
def test_loopback(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


LOGIN = '[[logins]]\nname = "mine"\ncookie_file = "/tmp/none"\n'


@pytest.mark.parametrize(
    ("upstream", "key"),
    [
        ('live_url = "http://mirror.example.org"', "upstream.live_url"),
        ('live_url = "https://mirror.example.org"', "upstream.live_url"),
        ('live_url = "https://evildouyin.com"', "upstream.live_url"),
        ('live_url = "http://live.douyin.com"', "upstream.live_url"),
        (
            'push_urls = ["wss://webcast3-ws-web-lf.douyin.com", "ws://douyin.com"]',
            "upstream.push_urls",
        ),
    ],
)
def test_a_login_goes_nowhere_but_to_douyin(tmp_path: Path, upstream: str, key: str) -> None:
    text = f"{LOGIN}[upstream]\n{upstream}\n"
    refusal = _refusal(tmp_path, text)
    assert f": {key}" in refusal
    assert "below douyin.com, and loopback" in refusal
    _load(tmp_path, text.removeprefix(LOGIN))


def test_a_login_may_go_to_douyin_and_to_a_simulator(tmp_path: Path) -> None:
    _load(tmp_path, LOGIN)
    _load(
        tmp_path,
        LOGIN + '[upstream]\nlive_url = "http://127.0.0.1:1"\npush_urls = ["ws://[::1]:1"]\n',
    )


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file"):
        load_config(tmp_path / "none.toml", env={})
    with pytest.raises(ConfigError, match="can't be read: Is a directory"):
        load_config(tmp_path, env={})
    (tmp_path / "latin.toml").write_bytes(b"# \xe9\n")
    with pytest.raises(ConfigError, match=r"not UTF-8 text \(byte 2\)"):
        load_config(tmp_path / "latin.toml", env={})
    assert "not valid TOML: " in _refusal(tmp_path, "[server\n")
    assert "(at line 2, column " in _refusal(tmp_path, "[server]\nport = \n")


def test_a_byte_order_mark_and_crlf_are_read(tmp_path: Path) -> None:
    assert _load(tmp_path, "\ufeff[server]\r\nport = 1\r\n").server.port == 1


_scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
_keys = st.sampled_from([key for name in KEYS for key in name.split(".")]) | st.text(max_size=5)
_tables = st.dictionaries(
    _keys,
    st.recursive(
        _scalars,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_keys, inner, max_size=3),
        max_leaves=6,
    ),
    max_size=4,
)


def _toml(value: Any) -> str:
    match value:
        case None:
            return "1979-05-27T07:32:00Z"
        case bool():
            return str(value).lower()
        case int() | float():
            return str(value)
        case str():
            inner = "".join(f"\\U{ord(c):08x}" for c in value)
            return f'"{inner}"'
        case list():
            return f"[{', '.join(map(_toml, value))}]"
        case _:
            return f"{{{', '.join(f'{_toml(k)} = {_toml(v)}' for k, v in value.items())}}}"


@pytest.fixture(scope="module")
def garbage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One file for all the texts that hypothesis makes up."""
    return tmp_path_factory.mktemp("config") / "garbage.toml"


def _refusal_or_none(path: Path | None, env: dict[str, str]) -> str | None:
    try:
        load_config(path, env=env)
    except ConfigError as error:
        return str(error)
    return None


@given(_tables)
@example({"server": {"port": 1 << 80}})
@example({"hub": {"slow_s": float("inf")}})
def test_any_toml_is_taken_or_refused_by_one_line(garbage: Path, tables: dict[str, Any]) -> None:
    text = "\n".join(f"{_toml(key)} = {_toml(value)}" for key, value in tables.items())
    garbage.write_text(text, encoding="utf-8")
    refusal = _refusal_or_none(garbage, {})
    assert refusal is None or (refusal.startswith(str(garbage)) and "\n" not in refusal)


@given(st.text())
@example("a=" + "[" * 100_000)
@example("[" * 100_000)
@example("a.b" * 10_000)
@example("\x00")
def test_any_text_is_taken_or_refused_by_one_line(garbage: Path, text: str) -> None:
    garbage.write_text(text, encoding="utf-8", errors="replace")
    refusal = _refusal_or_none(garbage, {})
    assert refusal is None or (refusal.startswith(str(garbage)) and "\n" not in refusal)


@given(st.dictionaries(st.text(max_size=30).map(lambda name: f"RELAY_{name}"), st.text()))
@example({"RELAY_SERVER__PORT": "\udcff"})
@example({"RELAY_UPSTREAM__PUSH_URLS": "[" * 100_000})
@example({"RELAY_UPSTREAM__LIVE_URL": "http://[::1"})
@example({"RELAY_UPSTREAM__LIVE_URL": "http://a:b"})
def test_any_environment_is_taken_or_refused(env: dict[str, str]) -> None:
    refusal = _refusal_or_none(None, env)
    assert refusal is None or refusal.startswith("environment variable RELAY_")


def test_the_toml_of_a_configuration_reads_back_as_it(tmp_path: Path) -> None:
    config = load_config(
        env={
            "RELAY_SERVER__ALLOWED_ORIGINS": "null,http://localhost:5173",
            "RELAY_HUB__HISTORY_S": "12.5",
            "RELAY_WATCH__ON_DEMAND": "false",
        },
        rooms=("80000000001", '抖音 "quoted" \\ \x7f \t'),
        overrides={
            "auth": {"tokens": [{"name": "机器人", "hash": HASH, "scopes": ["read", "admin"]}]}
        },
    )
    assert _load(tmp_path, to_toml(config)) == config


def test_secrets_in_urls_are_masked() -> None:
    config = load_config(env={"RELAY_UPSTREAM__LIVE_URL": "http://u:secret1@h/s?key=secret2&a=b"})
    assert 'live_url = "http://***@h/s?key=***&a=***"' in to_toml(config)
    assert "secret" not in to_toml(config)
    with pytest.raises(ConfigError) as refused:
        load_config(env={"RELAY_UPSTREAM__LIVE_URL": "ftp://u:secret@h"})
    assert "secret" not in str(refused.value)


def test_urls_without_secrets_stay_as_they_are() -> None:
    assert mask_url("https://live.douyin.com/80000000001") == "https://live.douyin.com/80000000001"
