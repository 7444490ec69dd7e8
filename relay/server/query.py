"""Reads what a client asks for, from queries and messages alike; used by all that take any."""

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any
from urllib.parse import parse_qs, urlsplit

from msgspec import Struct

from relay.errors import FilterError, PositionError
from relay.events import resolve_methods
from relay.hub import Position, SlowRule
from relay.logs import mask_tokens
from relay.server.answers import ApiError
from relay.server.messages import (
    MAX_ROOMS_PER_CLIENT,
    RequestError,
    RequestId,
    Subscribe,
    Unsubscribe,
)

MAX_METHODS = 200
"""Names of methods in one request."""

_STATUSES = {"unknown_room": 404, "room_refused": 409, "forbidden_scope": 403}
_PARAMETERS = ("room_id", "method", "since", "slow", "token")


class Request(Struct, frozen=True):
    """A subscription, or the end of one, that is well-formed."""

    id: RequestId
    rooms: list[str]
    methods: frozenset[str] | None
    """None: all."""
    since: list[Position] = []
    """One for each room, in their order; or none."""
    slow: SlowRule | None = None


def read_query(path: str, since: str | None = None) -> tuple[Request, list[str]]:
    """Read the query of a request path; `since` wins over the query's.

    Gives the request, and complaints about parameters that don't exist. Raises RequestError.
    """
    found = read_parameters(path)
    request = Subscribe(
        room_id=words(found.get("room_id", [])),
        method=words(found["method"]) or None if "method" in found else None,
        since=since or single(found, "since"),
    )
    slow = single(found, "slow")
    if slow not in (None, "close", "skip"):
        raise RequestError("bad_request", f"slow={slow[:64]!r}: write slow=close or slow=skip")
    checked = read_request(request, slow=slow)
    return checked, [complaint(name, _PARAMETERS) for name in found if name not in _PARAMETERS]


def read_parameters(path: str) -> dict[str, list[str]]:
    """Give the values of each parameter of a request path. Raises RequestError."""
    try:
        return parse_qs(urlsplit(path).query, keep_blank_values=True, max_num_fields=500)
    except ValueError as error:
        raise RequestError("bad_request", f"the query can't be read: {error}") from None


def read_methods(names: list[str], request_id: RequestId = None) -> frozenset[str]:
    """Turn names of methods, at least one, into methods. Raises RequestError, FilterError."""
    if not names:
        raise RequestError(
            "bad_method", "method is empty; leave it out to mean all methods", request_id
        )
    if len(names) > MAX_METHODS:
        raise RequestError("bad_method", f"{len(names)} methods; at most {MAX_METHODS}", request_id)
    return resolve_methods(names)


def read_request(message: Subscribe | Unsubscribe, **changes: Any) -> Request:
    """Check a message's rooms, methods and position. Raises RequestError."""
    try:
        return _read(message, **changes)
    except FilterError as error:
        raise RequestError("bad_method", str(error), message.id) from None
    except PositionError as error:
        raise RequestError("bad_position", str(error), message.id) from None


def as_api_error(error: RequestError) -> ApiError:
    """Give the answer to a request over HTTP that can't be done."""
    wait_s = error.retry_after_s
    status = _STATUSES.get(error.code, 400) if wait_s is None else 429
    return ApiError(status, error.code, str(error), retry_after_s=wait_s)


def _read(message: Subscribe | Unsubscribe, **changes: Any) -> Request:
    rooms = list(dict.fromkeys(_listed(message.room_id)))
    if len(rooms) > MAX_ROOMS_PER_CLIENT:
        raise RequestError(
            "too_many_rooms",
            f"{len(rooms)} rooms; a connection may have {MAX_ROOMS_PER_CLIENT}",
            message.id,
        )
    methods = None
    if message.method is not None:
        methods = read_methods(_listed(message.method), message.id)
    if isinstance(message, Unsubscribe):
        return Request(message.id, rooms, methods)
    since = []
    if message.since:
        since = [Position.parse(text) for text in message.since.split(",")]
        if len(since) != len(rooms):
            raise RequestError(
                "bad_position",
                f"since has a position for {len(since)} rooms, but {len(rooms)} are named;"
                " it takes one for each, in their order, with commas between",
                message.id,
            )
    return Request(message.id, rooms, methods, since, changes.get("slow", message.slow))


def _listed(names: str | list[str]) -> list[str]:
    return words([names] if isinstance(names, str) else names)


def words(texts: list[str]) -> list[str]:
    """Split comma lists; blanks don't count."""
    return [word for text in texts for part in text.split(",") if (word := part.strip())]


def single(found: dict[str, list[str]], name: str) -> Any:
    """Give the value of a parameter, None where it is missing or blank. Raises RequestError."""
    values = [value for value in found.get(name, []) if value]
    if len(values) > 1:
        raise RequestError("bad_request", f"{name} is given {len(values)} times")
    return values[0] if values else None


def complaint(name: str, parameters: Sequence[str]) -> str:
    """Say that there is no such parameter, and which may be meant."""
    near = get_close_matches(name, parameters, n=1)
    meant = f"did you mean {near[0]}?" if near else f"there are {', '.join(parameters)}"
    return f"no parameter {mask_tokens(name)[:64]!r}; {meant}"
