"""Takes over a changed configuration while the relay runs, at SIGHUP; used by app."""

from collections.abc import Callable

import structlog

from relay.config import Config, reconcile
from relay.errors import RelayError
from relay.logs import configure_logs
from relay.room import RoomManager
from relay.server import RelayServer

_log = structlog.get_logger(__name__)


class Reloader:
    """The configuration in use, and how to read the next one."""

    def __init__(
        self,
        config: Config,
        read: Callable[[], Config],
        rooms: RoomManager,
        server: RelayServer,
    ) -> None:
        """`read` gives the configuration as it is now, or raises ConfigError."""
        self._config = config
        self._read = read
        self._rooms = rooms
        self._server = server

    def reload(self) -> str:
        """Take over what can be, and say in a line how that went. No client is dropped by it.

        But for those whose token is none any more: they are closed with 3500, and what they asked
        is answered no further. A configuration that is refused leaves everything as it was.
        """
        try:
            config, kept = reconcile(self._config, self._read())
            self._rooms.check(config)
            self._server.reconfigure(config)
        except RelayError as error:
            _log.error("the new configuration is refused; the old one stays", error=str(error))
            return f"the new configuration is refused: {error}"
        self._rooms.reconfigure(config)
        self._config = config
        configure_logs(config.log.level, config.log.format)
        if kept:
            _log.warning("these take effect after a restart only", keys=kept)
        _log.info("configuration read again", rooms=len(config.rooms), after_restart=kept)
        return f"configuration read again; after a restart: {', '.join(kept)}" if kept else ""
