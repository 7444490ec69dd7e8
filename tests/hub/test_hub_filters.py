import itertools

from hypothesis import given
from hypothesis import strategies as st

from relay.hub import Filter

METHODS = ["WebcastA", "WebcastB", "WebcastC", "WebcastD"]
sets = st.frozensets(st.sampled_from(METHODS))
filters = st.builds(Filter, sets, st.booleans())


def admitted(filter_: Filter) -> set[str]:
    return {method for method in [*METHODS, "WebcastUnheardOf"] if filter_.admits(method)}


@given(filters, filters)
def test_adding_admits_what_either_admits(one: Filter, other: Filter) -> None:
    assert admitted(one.adding(other)) == admitted(one) | admitted(other)


@given(filters, sets)
def test_without_admits_the_rest(one: Filter, methods: frozenset[str]) -> None:
    assert admitted(one.without(methods)) == admitted(one) - methods


@given(filters)
def test_admits_none_only_when_nothing_passes(one: Filter) -> None:
    assert one.admits_none == (not admitted(one))


def test_all_but_a_method_stays_open_for_methods_nobody_has_heard_of() -> None:
    everything_but = Filter.of(None).without(frozenset(["WebcastA"]))
    assert everything_but.admits("WebcastBrandNew")
    assert not everything_but.admits("WebcastA")
    assert everything_but.adding(Filter.of(frozenset(["WebcastA"]))) == Filter.of(None)


def test_equal_filters_are_equal_however_they_came_about() -> None:
    ways = [
        Filter.of(frozenset(METHODS[:2])),
        Filter.of(frozenset(METHODS[:1])).adding(Filter.of(frozenset(METHODS[1:2]))),
        Filter.of(frozenset(METHODS[:3])).without(frozenset(METHODS[2:3])),
    ]
    assert all(a == b and hash(a) == hash(b) for a, b in itertools.pairwise(ways))
