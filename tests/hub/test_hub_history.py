from hypothesis import given
from hypothesis import strategies as st

from relay.config import HubConfig
from relay.hub import Entry, Kind
from relay.hub.history import MAX_METHODS, History

sizes = st.lists(st.integers(1, 3000), max_size=300)


def event(offset: int, size: int = 1, at_s: float = 0.0) -> Entry:
    return Entry(Kind.EVENT, offset, "WebcastA", b"x" * size, at_s)


def gap(offset: int, reason: bytes = b"lost", at_s: float = 0.0) -> Entry:
    return Entry(Kind.GAP, offset, "", reason + b" %d" % offset, at_s)


def kept(history: History) -> list[Entry]:
    found: list[Entry] = []
    at = history.first
    while at < history.end:
        part = history.read(at, 7, 5000)
        assert part, "there is something to read"
        found += part
        at += len(part)
    return found


@given(sizes, st.integers(1, 40), st.integers(1024, 20_000))
def test_keeps_the_newest_within_every_bound(
    sizes: list[int], max_events: int, max_bytes: int
) -> None:
    history = History(HubConfig(history_events=max_events, history_bytes=max_bytes))
    for offset, size in enumerate(sizes, 1):
        history.append(event(offset, size))
    entries = kept(history)
    total = sum(len(entry.body) for entry in entries)
    assert len(entries) == history.events <= max_events
    assert total == history.bytes <= max_bytes
    # The newest without holes, and the next older one would have been too much.
    assert [entry.offset for entry in entries] == list(range(history.gone + 1, len(sizes) + 1))
    if history.gone:
        assert len(entries) == max_events or total + sizes[history.gone - 1] > max_bytes


@given(st.lists(st.booleans(), max_size=200), st.integers(1, 30))
def test_after_finds_what_follows_an_event(kinds: list[bool], max_events: int) -> None:
    history = History(HubConfig(history_events=max_events))
    offset = 0
    for is_event in kinds:
        offset += is_event
        history.append(event(offset) if is_event else gap(offset))
    entries = kept(history)
    for position in range(history.gone, offset + 1):
        expected = [
            entry
            for entry in entries
            if entry.offset > position or (entry.kind is Kind.GAP and entry.offset == position)
        ]
        begin = history.after(position)
        assert list(history.read(begin, 10_000, 1 << 30)) == expected


def test_old_entries_go_with_time_even_when_nothing_comes() -> None:
    history = History(HubConfig(history_s=60))
    for second in range(100):
        history.append(event(second + 1, at_s=float(second)))
    assert [entry.offset for entry in kept(history)] == list(range(40, 101))
    history.expire(120.5)
    assert [entry.offset for entry in kept(history)] == list(range(62, 101))
    history.expire(1000.0)
    assert kept(history) == []
    assert (history.gone, history.bytes, history.events) == (100, 0, 0)


def test_losses_at_one_place_are_kept_once_and_cannot_push_out_events() -> None:
    history = History(HubConfig(history_events=3))
    for offset in (1, 2, 3):
        history.append(event(offset))
        for _ in range(50):
            history.append(gap(offset))
    history.append(gap(3, b"another reason"))
    assert [(e.kind, e.offset) for e in kept(history)] == [
        (Kind.EVENT, 1),
        (Kind.GAP, 1),
        (Kind.EVENT, 2),
        (Kind.GAP, 2),
        (Kind.EVENT, 3),
        (Kind.GAP, 3),
        (Kind.GAP, 3),
    ]


def test_an_event_larger_than_the_bound_is_not_kept() -> None:
    history = History(HubConfig(history_bytes=1024))
    history.append(event(1))
    history.append(event(2, 2000))
    assert kept(history) == []
    assert history.gone == 2


def test_read_gives_one_entry_however_large() -> None:
    history = History(HubConfig())
    history.append(event(1, 5000))
    history.append(event(2, 10))
    assert len(history.read(history.first, 100, 1000)) == 1


@given(st.lists(st.integers(0, 4), max_size=120), st.integers(1, 10), st.sets(st.integers(0, 4)))
def test_last_lost_is_exact_for_every_filter(
    kinds: list[int], max_events: int, wanted: set[int]
) -> None:
    history = History(HubConfig(history_events=max_events))
    for offset, kind in enumerate(kinds, 1):
        history.append(Entry(Kind.EVENT, offset, f"Webcast{kind}", b"x", 0.0))
    lost = [n for n, kind in enumerate(kinds[: history.gone], 1) if kind in wanted]
    for position in range(len(kinds) + 1):
        expected = max((n for n in lost if n > position), default=0)
        assert history.last_lost(position, lambda m: int(m[-1]) in wanted) == expected


def test_methods_beyond_the_limit_count_as_lost_for_everybody() -> None:
    history = History(HubConfig(history_events=1))
    for offset in range(1, MAX_METHODS + 10):
        history.append(Entry(Kind.EVENT, offset, f"WebcastMadeUp{offset}", b"x", 0.0))
    assert history.last_lost(0, lambda method: method == "WebcastMadeUp7") == history.gone
