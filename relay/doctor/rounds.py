"""The order of the checks: each after what it needs; called by cli."""

from collections.abc import AsyncIterator

from relay.config import Config
from relay.doctor import douyin, machine
from relay.doctor.findings import Finding, skipped
from relay.upstream.client import Timings, Upstream
from relay.upstream.status import NOTHING_KNOWN


async def examine_all(config: Config, room: str) -> AsyncIterator[Finding]:
    """Make every check; `room` "": those that need one are left out.

    Raises RoomNameError for what can't name a room, ConfigError where upstream can't be set up.
    """
    yield await machine.check_port(config)
    yield machine.check_store(config)
    yield await machine.check_clock(config.upstream.live_url)
    async for finding in machine.check_hosts(config):
        yield finding
    async with Upstream.of(config, Timings()) as upstream:
        yield await douyin.check_identity(upstream)
        for finding in douyin.check_logins(upstream):
            yield finding
        yield await douyin.check_browser(upstream)
        info = NOTHING_KNOWN
        if room:
            finding, info = await douyin.check_room(upstream, room)
            yield finding
        else:
            yield skipped("room", "none is named: relay doctor ROOM also connects to one")
        yield await douyin.check_signers(upstream, config, info)
        async for finding in douyin.check_messages(upstream, info):
            yield finding
