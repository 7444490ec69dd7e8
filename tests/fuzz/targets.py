"""What is fuzzed: functions that take any bytes, and raise nothing but what is documented.

Used by the tests here, which try them briefly, and by run.py, which has atheris try them for as
long as asked.
"""

import json
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import msgspec

from relay.config import Config
from relay.config.load import load_config
from relay.errors import (
    ConfigError,
    FrameError,
    RecordingError,
    RoomNameError,
    UpstreamError,
)
from relay.recording import Recording
from relay.server.messages import Ping, RequestError, read_message
from relay.server.query import read_query, read_request
from relay.sim.scenario import load_scenario
from relay.upstream.names import parse_room_name
from relay.webcast.budget import Budget
from relay.webcast.decode import decode_message, decode_response
from relay.webcast.frames import FRAME_CAUSES, read_frame, read_response
from relay.webcast.methods import METHODS
from relay.webcast.pb import webcast_pb2 as pb
from relay.webcast.rest.audience import audience_from_ranklist
from relay.webcast.rest.feed import feed_rooms
from relay.webcast.rest.info import info_from_enter, info_from_reflow
from relay.webcast.rest.promotions import promotions_from_pop

CORPUS = Path(__file__).parent / "corpus"
_METHODS = sorted(METHODS)
_ROOM = {"room_id": "7000000000000000001", "web_rid": "80000000001", "now_ms": 1_630_827_777_298}
_OUTCOMES = {"typed", "generic", "raw", "undecodable", "omitted"}


def _check_events(response: pb.Response) -> None:
    for event, outcome in decode_response(response, **_ROOM):
        assert outcome in _OUTCOMES
        json.loads(msgspec.json.encode(event))


def frame(data: bytes) -> None:
    """A message of the push socket: a frame, or one of FRAME_CAUSES."""
    try:
        read = read_frame(data)
    except FrameError as error:
        if error.cause not in FRAME_CAUSES:
            raise
        return
    assert read.cursor is not None
    assert read.internal_ext is not None
    if read.response is not None:
        _check_events(read.response)


def outcome_of_frame(data: bytes) -> str:
    """Do only what the relay does with a frame; gives in a word what came of it."""
    try:
        read = read_frame(data)
    except FrameError as error:
        if error.cause not in FRAME_CAUSES:
            raise
        return error.cause
    if read.response is not None:
        for _, outcome in decode_response(read.response, **_ROOM):
            assert outcome in _OUTCOMES
    return "ok"


def body(data: bytes) -> None:
    """An answer of im/fetch, likewise."""
    try:
        response = read_response(data)
    except FrameError as error:
        if error.cause not in FRAME_CAUSES:
            raise
        return
    _check_events(response)


def message(data: bytes) -> None:
    """A message of any method: always an event that can be sent."""
    method = _METHODS[(data[0] if data else 0) % len(_METHODS)]
    envelope = pb.Message(method=method, payload=data[1:])
    event, outcome = decode_message(envelope, budget=Budget(), **_ROOM)
    assert outcome in _OUTCOMES
    json.loads(msgspec.json.encode(event))


def client_message(data: bytes) -> None:
    """What a client sends over the WebSocket."""
    with suppress(RequestError):
        asked = read_message(data.decode(errors="replace"))
        if not isinstance(asked, Ping):
            read_request(asked)


def query(data: bytes) -> None:
    """What a client asks for in the URL."""
    with suppress(RequestError):
        read_query("/ws?" + data.decode("latin-1"))


def room_name(data: bytes) -> None:
    """What a user calls a room."""
    with suppress(RoomNameError):
        parse_room_name(data.decode(errors="replace"))


def config(data: bytes) -> None:
    """A configuration file."""
    with _File(data) as path, suppress(ConfigError):
        assert isinstance(load_config(path, env={}), Config)


def scenario(data: bytes) -> None:
    """A file for the simulator."""
    with _File(data) as path, suppress(ConfigError):
        load_scenario(path)


def recording(data: bytes) -> None:
    """A recording, read as `relay replay` does."""
    with _File(data) as path, suppress(RecordingError):
        Recording(path).look_over()


def rest_answer(data: bytes) -> None:
    """An answer of upstream's HTTP interfaces."""
    for read in (
        info_from_enter,
        info_from_reflow,
        audience_from_ranklist,
        promotions_from_pop,
        feed_rooms,
    ):
        with suppress(UpstreamError):
            read(data)


TARGETS: dict[str, Callable[[bytes], None]] = {
    target.__name__: target
    for target in (
        frame,
        body,
        message,
        client_message,
        query,
        room_name,
        config,
        scenario,
        recording,
        rest_answer,
    )
}


class _File:
    """A file in memory with these bytes in it, for as long as the block lasts."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def __enter__(self) -> Path:
        self._fd = os.memfd_create("fuzzed")
        os.write(self._fd, self._data)
        return Path(f"/proc/self/fd/{self._fd}")

    def __exit__(self, *_error: object) -> None:
        os.close(self._fd)


def seeds(target: str) -> list[bytes]:
    """Give what is kept for a target, in a stable order."""
    return [path.read_bytes() for path in sorted((CORPUS / target).iterdir())]
