"""Picks push frames and im/fetch answers out of what a page, frame or worker sends and receives.

One for each session of the browser's; made by page and browser. (Sources: OrdinaryRoad's
DouyinBrowserLiveChatClient for the events; binary messages come as base64.)
"""

from base64 import b64decode
from binascii import Error as Base64Error
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from msgspec import Raw, Struct

from relay.errors import UpstreamError
from relay.upstream.browser.cdp import Cdp, CommandError, read_fields
from relay.upstream.browser.inbox import Challenged, Closed, Item, Loaded, Opened, Polled, Pushed
from relay.upstream.http import CAPTCHA_HEADERS
from relay.upstream.params import FETCH_PATH
from relay.webcast.frames import DEFAULT_LIMITS

_PUSH_PREFIX = "/webcast/im/push/"
_MAX_TRACKED = 64
"""Sockets, and requests under way, of one session; the oldest is given up."""
NETWORK_BUFFERS = {
    "maxTotalBufferSize": 2 * DEFAULT_LIMITS.max_inflated_bytes,
    "maxResourceBufferSize": DEFAULT_LIMITS.max_inflated_bytes,
}
"""Of bodies that the browser keeps for us. They are fetched at once, so few need to be kept."""
_BINARY, _TEXT = 2, 1

_Tracked = TypeVar("_Tracked")


class _Request(Struct, frozen=True, rename={"request_id": "requestId"}):
    request_id: str


class _Socket(Struct, frozen=True, rename={"request_id": "requestId"}):
    request_id: str
    url: str


class _Refusal(Struct, frozen=True, rename={"request_id": "requestId", "text": "errorMessage"}):
    request_id: str
    text: str = ""


class _Payload(Struct, frozen=True, rename={"data": "payloadData"}):
    opcode: int
    data: str


class _Message(Struct, frozen=True, rename={"request_id": "requestId"}):
    request_id: str
    response: _Payload


class _Handshake(Struct, frozen=True):
    status: int


class _Shaken(Struct, frozen=True, rename={"request_id": "requestId"}):
    request_id: str
    response: _Handshake


class _Head(Struct, frozen=True):
    url: str
    status: int
    headers: dict[str, str] = {}


class _Answer(Struct, frozen=True, rename="camel"):
    request_id: str
    response: _Head
    type: str = ""
    frame_id: str = ""


class _Body(Struct, frozen=True, rename={"is_base64": "base64Encoded"}):
    body: str
    is_base64: bool


class Traffic:
    """One session's."""

    def __init__(
        self, cdp: Cdp, session: str, tell: Callable[[Item], None], main_frame: str = ""
    ) -> None:
        """`main_frame`: the frame whose answer is the page itself."""
        self.carries = False
        """Whether push frames or im/fetch came through this session."""
        self._cdp = cdp
        self._session = session
        self._tell = tell
        self._main_frame = main_frame
        self._sockets: OrderedDict[str, str] = OrderedDict()
        self._answers: OrderedDict[str, _Head] = OrderedDict()
        self._handlers: dict[str, Callable[[Raw], None]] = {
            "Network.webSocketCreated": self._created,
            "Network.webSocketHandshakeResponseReceived": self._shaken,
            "Network.webSocketFrameReceived": self._received,
            "Network.webSocketFrameError": self._refused,
            "Network.webSocketClosed": self._closed,
            "Network.responseReceived": self._answered,
            "Network.loadingFinished": self._finished,
            "Network.loadingFailed": self._failed,
        }

    def handle(self, method: str, params: Raw) -> bool:
        """Take an event of the session; tells whether it was for this."""
        handler = self._handlers.get(method)
        if handler is None:
            return False
        handler(params)
        return True

    def _created(self, params: Raw) -> None:
        event = read_fields(params, _Socket)
        if event and _path(event.url).startswith(_PUSH_PREFIX):
            _remember(self._sockets, event.request_id, event.url)

    def _shaken(self, params: Raw) -> None:
        event = read_fields(params, _Shaken)
        if event and event.response.status == 101 and (url := self._sockets.get(event.request_id)):
            self.carries = True
            self._tell(Opened(url))

    def _received(self, params: Raw) -> None:
        event = read_fields(params, _Message)
        url = self._sockets.get(event.request_id) if event else None
        if event is None or url is None:
            return
        if event.response.opcode == _BINARY:
            self._tell(Pushed(url, _from_base64(event.response.data)))
        elif event.response.opcode == _TEXT:
            self._tell(Pushed(url, event.response.data.encode()))

    def _refused(self, params: Raw) -> None:
        event = read_fields(params, _Refusal)
        if event and (url := self._sockets.pop(event.request_id, None)):
            self._tell(Closed(url, event.text))

    def _closed(self, params: Raw) -> None:
        event = read_fields(params, _Request)
        if event and (url := self._sockets.pop(event.request_id, None)):
            self._tell(Closed(url, ""))

    def _answered(self, params: Raw) -> None:
        event = read_fields(params, _Answer)
        if event is None:
            return
        if any(name.lower() in CAPTCHA_HEADERS for name in event.response.headers):
            self._tell(Challenged())
        if event.type == "Document" and event.frame_id == self._main_frame:
            self._tell(Loaded(event.response.status))
        elif _path(event.response.url) == FETCH_PATH:
            self.carries = True
            _remember(self._answers, event.request_id, event.response)

    def _failed(self, params: Raw) -> None:
        event = read_fields(params, _Request)
        if event:
            self._answers.pop(event.request_id, None)

    def _finished(self, params: Raw) -> None:
        event = read_fields(params, _Request)
        head = self._answers.pop(event.request_id, None) if event else None
        if event is None or head is None:
            return
        body = self._cdp.call(
            "Network.getResponseBody", {"requestId": event.request_id}, self._session
        )
        body.add_done_callback(
            lambda future: self._tell(Polled(head.url, head.status, _of(future)))
        )


def _of(future: Any) -> bytes | None:
    """Give the body of an answered Network.getResponseBody."""
    if future.cancelled():
        return None
    try:
        body = read_fields(future.result(), _Body)
    except (CommandError, UpstreamError):
        return None
    if body is None:
        return None
    return _from_base64(body.body) if body.is_base64 else body.body.encode()


def _from_base64(text: str) -> bytes:
    try:
        return b64decode(text)
    except (Base64Error, ValueError):
        return b""


def _path(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:
        return ""


def _remember(tracked: OrderedDict[str, _Tracked], key: str, value: _Tracked) -> None:
    tracked[key] = value
    if len(tracked) > _MAX_TRACKED:
        tracked.popitem(last=False)
