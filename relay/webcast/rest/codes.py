"""Reads upstream's JSON answers and the `status_code` in them; used by the mappings beside it.

upstream/status reads by the same table. Sources: recorded answers (4001038, 20003), and what
biliup, aio-dynamic-push, Evil0ctal and others report (30003, 10011, 2483, 100111).
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import msgspec

from relay.errors import UpstreamError

_CAUSES: Mapping[int, str] = MappingProxyType(
    {
        4001038: "unknown_room",
        30003: "room_over",
        20003: "login_wanted",
        2483: "login_wanted",
        10011: "bad_params",
        100111: "server_error",  # "the system is taking a nap"
    }
)
_MAX_TEXT_CHARS = 200


def read_answer(body: bytes, what: str) -> dict[str, Any]:
    """Decode an answer and make sure that it isn't a refusal; `what` names it in errors.

    Integers stay exact. Raises UpstreamError: `bad_body` where it is no JSON object or has no
    `status_code`, else what the code says, with upstream's own code and words.
    """
    try:
        answer = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise UpstreamError("bad_body", f"{what} can't be read as JSON: {error}") from None
    if not isinstance(answer, dict):
        raise UpstreamError("bad_body", f"{what} is JSON, but no object")
    code = answer.get("status_code")
    if isinstance(code, bool) or not isinstance(code, int):
        raise UpstreamError("bad_body", f"{what} has no status_code")
    if code:
        raise refusal(what, code, _words(answer))
    return answer


def refusal(what: str, code: int, words: str) -> UpstreamError:
    """Make the error for a `status_code` other than 0; `words` are upstream's own."""
    words = words[:_MAX_TEXT_CHARS]
    text = f"{what} answers code {code}" + (f": {words}" if words else "")
    return UpstreamError(
        _CAUSES.get(code, "other_code"), text, upstream_code=code, upstream_text=words
    )


def _words(answer: dict[str, Any]) -> str:
    data = answer.get("data")
    places = (data, answer) if isinstance(data, dict) else (answer,)
    for place in places:
        for key in ("prompts", "message", "status_msg"):
            words = place.get(key)
            if isinstance(words, str) and words:
                return words
    return ""
