"""The push hosts of one connection; used by the socket transport."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from relay.config import is_loopback
from relay.upstream.params import PUSH_PATH
from relay.webcast.pb.webcast_pb2 import Response

_DOUYIN = ".douyin.com"


class PushUrls:
    """The configured push URLs and the one that upstream names, taken in turn.

    Upstream's is only followed to where the configured ones lead anyway: to .douyin.com, or to
    this machine. Else an answer could send us, with our cookies, to any host.
    """

    def __init__(self, configured: Sequence[str]) -> None:
        self._configured = [_with_path(url) for url in configured]
        self._named = ""

    @property
    def count(self) -> int:
        """How many there are to choose from."""
        return len(self._urls)

    def at(self, turn: int) -> str:
        """Give the URL whose turn it is, without a query."""
        return self._urls[turn % len(self._urls)]

    @property
    def _urls(self) -> Sequence[str]:
        # The one that upstream names may be configured, too.
        return [url for url in dict.fromkeys([self._named, *self._configured]) if url]

    def note(self, response: Response) -> bool:
        """Take over the host that an im/fetch answer names (douyinLive does so too).

        Returns whether it is a new one, whose turn it then is first.
        """
        named = response.push_server_v2 or response.push_server or response.proxy_server
        url = self._allowed(named)
        if not url or url == self._named:
            return False
        self._named = url
        return True

    def _allowed(self, named: str) -> str:
        try:
            parts = urlsplit(named if "://" in named else f"//{named}")
            host, port = parts.hostname or "", parts.port
        except ValueError:
            return ""
        ours = urlsplit(self._configured[0])
        our_host = ours.hostname or ""
        both_douyin = host.endswith(_DOUYIN) and our_host.endswith(_DOUYIN)
        both_here = is_loopback(host) and is_loopback(our_host)
        if not named.isascii() or parts.username is not None or not (both_douyin or both_here):
            return ""
        authority = f"[{host}]" if ":" in host else host
        return f"{ours.scheme}://{authority}{f':{port}' if port else ''}{PUSH_PATH}"


def _with_path(url: str) -> str:
    return url if urlsplit(url).path.strip("/") else url.rstrip("/") + PUSH_PATH
