"""The order of the checks: each after what it needs; called by cli."""

from collections.abc import AsyncIterator

from relay.config import Config
from relay.doctor import door, douyin, machine, unit
from relay.doctor.findings import Finding, bad, skipped
from relay.errors import ConfigError
from relay.upstream.client import Timings, Upstream
from relay.upstream.status import NOTHING_KNOWN


async def examine_all(config: Config, room: str) -> AsyncIterator[Finding]:
    """Make every check; `room` "": those that need one are left out.

    Raises RoomNameError for what can't name a room.
    """
    yield await machine.check_port(config)
    yield door.check_certificate(config)
    yield door.check_tokens(config)
    yield door.check_origins(config)
    yield await door.check_door(config)
    async for finding in unit.check_unit(config):
        yield finding
    yield machine.check_store(config)
    yield await machine.check_clock(config.upstream.live_url)
    async for finding in machine.check_hosts(config):
        yield finding
    try:
        unopened = Upstream.of(config, Timings())
    except ConfigError as error:
        yield bad("config", str(error), "mend that; what comes after it was not looked at")
        return
    async with unopened as upstream:
        yield await douyin.check_identity(upstream)
        async for finding in douyin.check_logins(upstream):
            yield finding
        yield await douyin.check_browser(upstream)
        info = NOTHING_KNOWN
        if room:
            finding, info = await douyin.check_room(upstream, room)
            yield finding
        else:
            yield skipped("room", "none is named: relay doctor ROOM also connects to one")
        async for finding in douyin.check_signers(upstream, config, info):
            yield finding
        async for finding in douyin.check_messages(upstream, info):
            yield finding
