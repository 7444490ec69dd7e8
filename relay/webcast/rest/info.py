"""Upstream's answers about one room as the document of /info; called by upstream/api.

reflow/info has nearly every key; web/enter and the room page make up for it with fewer.
"""

from relay.webcast.rest.documents import Shaped


def info_from_reflow(body: bytes) -> Shaped:
    """Give what reflow/info answers as an InfoDocument; ended rooms too. Raises UpstreamError."""
    raise NotImplementedError


def info_from_enter(body: bytes) -> Shaped:
    """Give what web/enter answers as an InfoDocument. Raises UpstreamError.

    An account that has never been live is an `unknown_room`.
    """
    raise NotImplementedError


def info_from_page(state: object, now_ms: int) -> Shaped:
    """Give the `state` object of a room page as an InfoDocument; `now_ms` is Unix ms.

    Raises UpstreamError where it isn't about a room, as info_from_enter does.
    """
    raise NotImplementedError
