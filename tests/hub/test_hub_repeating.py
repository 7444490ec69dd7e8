from relay.hub import entry_of
from relay.hub.repeating import MAX_SHARED_METHODS


def method(word: str = "Chat") -> str:
    """Give a new copy of a method's name, as every message brings one."""
    return "".join(["Webcast", word, "Message"])


def test_events_share_their_methods() -> None:
    first, second = (entry_of(offset, method(), b"{}", 0.0) for offset in (1, 2))
    assert first.method is second.method


def test_methods_that_upstream_makes_up_are_not_kept_for_ever() -> None:
    kept = entry_of(1, method(), b"{}", 0.0)
    for number in range(MAX_SHARED_METHODS):
        entry_of(number + 2, method(str(number)), b"{}", 0.0)
    again = method()
    entry = entry_of(MAX_SHARED_METHODS + 2, again, b"{}", 0.0)
    assert entry.method == kept.method
    assert entry.method is again, "the one before is no longer known"
