"""What `relay doctor` says of the door of a running relay, and of the unit that is installed."""

import os
import re
from pathlib import Path

import msgspec
import pytest
from certificates import make_expired, with_tls
from keys import auth
from serving import Relay, relay_running

from relay.config import AuthConfig, Config, ServerConfig
from relay.doctor import Finding, Verdict
from relay.doctor.door import check_certificate, check_door, check_origins, check_tokens
from relay.doctor.machine import check_port
from relay.doctor.unit import check_unit

ROOT = Path(__file__).parents[1]


def seen_by(relay: Relay, **sections: object) -> Config:
    """Give a configuration that leads to a relay."""
    server = sections.pop("server", ServerConfig())
    return Config(
        server=msgspec.structs.replace(server, port=relay.server.port),
        **sections,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize("tokens", [AuthConfig(), auth()], ids=["open", "tokens"])
async def test_a_door_that_is_as_configured(tokens: AuthConfig) -> None:
    async with relay_running(auth=tokens) as relay:
        found = await check_door(seen_by(relay, auth=tokens))
    assert found.verdict is Verdict.GOOD
    assert ("no token" in found.found) is bool(tokens.tokens)


@pytest.mark.parametrize("tokens", [AuthConfig(), auth()], ids=["open", "tokens"])
async def test_a_relay_that_has_not_read_the_configuration(tokens: AuthConfig) -> None:
    other = auth() if not tokens.tokens else AuthConfig()
    async with relay_running(auth=tokens) as relay:
        found = await check_door(seen_by(relay, auth=other))
    assert found.verdict is Verdict.BAD
    assert "systemctl reload relay" in found.fix


async def test_a_relay_with_tls(tmp_path: Path) -> None:
    server = with_tls(tmp_path)
    async with relay_running(server=server) as relay:
        config = seen_by(relay, server=server)
        assert (await check_door(config)).verdict is Verdict.GOOD
        assert "a relay serves" in (await check_port(config)).found
        fits = check_certificate(config)
        assert fits.verdict is Verdict.GOOD
        assert re.search(r" fit, until \d{4}-\d\d-\d\d$", fits.found)
    os.chmod(server.tls_key, 0o644)
    assert "may read" in check_certificate(config).found
    Path(server.tls_key).unlink()  # noqa: ASYNC240
    assert check_certificate(config).verdict is Verdict.BAD
    assert check_certificate(Config()).verdict is Verdict.SKIPPED
    certificate, key = make_expired(tmp_path)
    expired = check_certificate(Config(server=ServerConfig(tls_cert=certificate, tls_key=key)))
    assert (expired.verdict, "expired" in expired.found) == (Verdict.BAD, True)


async def test_nobody_serves() -> None:
    assert (await check_door(Config(server=ServerConfig(port=0)))).verdict is Verdict.SKIPPED


def test_tokens_are_named_and_not_shown() -> None:
    found = check_tokens(Config(auth=auth()))
    assert "reader (read)" in found.found
    assert "sha256" not in found.found
    assert "nobody else" in check_tokens(Config()).found


def test_null_without_tokens_is_every_page() -> None:
    server = ServerConfig(allowed_origins=["null"])
    assert check_origins(Config(server=server)).verdict is Verdict.BAD
    assert check_origins(Config(server=server, auth=auth())).verdict is Verdict.GOOD


async def findings(folder: Path, config: Config | None = None) -> list[Finding]:
    return [found async for found in check_unit(config or Config(), [folder])]


def install(folder: Path, **changes: str) -> None:
    """Put the shipped units there, as they are installed, with some settings changed."""
    config = folder / "config.toml"
    config.touch()
    program = folder / "relay"
    program.touch(mode=0o755)
    text = (ROOT / "systemd" / "relay.service").read_text(encoding="utf-8")
    lines = [
        line for line in text.splitlines() if not line.startswith(("SupplementaryG", *changes))
    ]
    settings = {"ExecStart": f"{program} serve --config {config}", **changes}
    lines += [f"{key}={value}" for key, value in settings.items()]
    (folder / "relay.service").write_text("\n".join(lines), encoding="utf-8")
    socket = (ROOT / "systemd" / "relay.socket").read_text(encoding="utf-8")
    (folder / "relay.socket").write_text(socket, encoding="utf-8")


async def test_units_that_are_well(tmp_path: Path) -> None:
    install(tmp_path)
    unit, listener, service = await findings(tmp_path)
    assert unit.verdict is listener.verdict is Verdict.GOOD
    assert service.verdict is not Verdict.GOOD, "it is not this machine's service"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"ExecStart": "/none/such/relay serve"}, "there is no program /none/such/relay"),
        ({"Type": "exec"}, "its Type is not notify"),
        ({"SupplementaryGroups": "no-such-group"}, "there is no group no-such-group"),
        ({"LoadCredential": "a:/none/such/file"}, "there is no /none/such/file"),
    ],
)
async def test_a_unit_that_cannot_start(tmp_path: Path, changes: dict[str, str], said: str) -> None:
    install(tmp_path, **changes)
    unit = (await findings(tmp_path))[0]
    assert unit.verdict is Verdict.BAD
    assert said in unit.found


async def test_a_socket_that_is_not_where_the_configuration_says(tmp_path: Path) -> None:
    install(tmp_path)
    _, listener, _ = await findings(tmp_path, Config(server=ServerConfig(port=9000)))
    assert listener.verdict is Verdict.BAD
    assert "[server] says 127.0.0.1:9000" in listener.found
    drop_in = tmp_path / "relay.socket.d" / "override.conf"
    drop_in.parent.mkdir()
    drop_in.write_text("[Socket]\nListenStream=\nListenStream=127.0.0.1:9000\n")
    _, listener, _ = await findings(tmp_path, Config(server=ServerConfig(port=9000)))
    assert listener.verdict is Verdict.GOOD


async def test_no_unit(tmp_path: Path) -> None:
    (found,) = await findings(tmp_path)
    assert found.verdict is Verdict.SKIPPED
