"""How values of the wrong type, ids and absent keys are made to fit."""

from typing import Any

import pytest
from msgspec import Struct

from relay.webcast.rest.shape import MAX_ITEMS, shape


class Leaf(Struct):
    text: str
    number: int


class Tree(Struct):
    flag: bool
    share: float
    anything: list[Any]
    texts: list[str]
    addresses: dict[str, str]
    leaf: Leaf
    leaves: list[Leaf]


class Thing(Struct):
    id: int
    id_str: str
    admin_ids: list[int]
    admin_ids_str: list[str]
    popularity: int
    popularity_str: str


LEAF = {"text": "文", "number": 1}
TREE = {
    "flag": True,
    "share": 0.5,
    "anything": [1, "x"],
    "texts": ["a"],
    "addresses": {"HD1": "https://x.invalid"},
    "leaf": LEAF,
    "leaves": [LEAF],
}


def fit(value: object, kind: type[Struct] = Tree) -> tuple[Any, set[str]]:
    return shape(value, kind, "data")


def test_what_fits_is_passed_on_with_what_is_unknown() -> None:
    value = {**TREE, "new": {"deep": [None, 1.5]}, "leaf": {**LEAF, "newer": 1}}
    assert fit(value) == (value, set())


@pytest.mark.parametrize(
    ("key", "given", "served"),
    [
        ("number", "6872347400942570254", 6872347400942570254),
        ("number", "-5", -5),
        ("number", True, 1),
        ("number", 7.0, 7),
        ("text", 6872347400942570254, "6872347400942570254"),
    ],
)
def test_types_are_converted_where_nothing_is_lost(key: str, given: object, served: object) -> None:
    fitted, missing = fit({**LEAF, key: given}, Leaf)
    assert (fitted[key], missing) == (served, set())
    assert type(fitted[key]) is type(served)


@pytest.mark.parametrize(
    ("key", "given"),
    [
        ("number", "2000+"),
        ("number", "007"),
        ("number", "１２"),
        ("number", " 1"),
        ("number", ""),
        ("number", "9" * 30),
        ("number", 2**64),
        ("number", 0.5),
        ("number", 6.872347400942570e18),
        ("number", [1]),
        ("number", None),
        ("text", None),
        ("text", True),
        ("text", {}),
        ("text", 1.5),
    ],
)
def test_what_does_not_fit_is_neutral_and_named(key: str, given: object) -> None:
    fitted, missing = fit({**LEAF, key: given}, Leaf)
    assert fitted[key] == {"number": 0, "text": ""}[key]
    assert missing == {f"data.{key}"}


def test_flags_and_numbers() -> None:
    assert fit({**TREE, "flag": 1, "share": 0}) == ({**TREE, "flag": True, "share": 0}, set())
    assert fit({**TREE, "flag": 2, "share": True})[1] == {"data.flag", "data.share"}


def test_only_the_topmost_missing_path_is_named() -> None:
    neutral = {
        "flag": False,
        "share": 0,
        "anything": [],
        "texts": [],
        "addresses": {},
        "leaf": {"text": "", "number": 0},
        "leaves": [],
    }
    assert fit({"flag": False, "leaves": [LEAF, {"text": "x"}]}) == (
        {**neutral, "leaves": [LEAF, {"text": "x", "number": 0}]},
        {"data.anything", "data.addresses", "data.leaf", "data.share", "data.texts"}
        | {"data.leaves[].number"},
    )
    assert fit(None) == fit({}) == (neutral, {"data"})


def test_what_does_not_fit_into_lists_is_left_out_and_named() -> None:
    value = {**TREE, "texts": ["a", 1, None, {}], "leaves": [LEAF, None, {}, "x"]}
    fitted, missing = fit({**value, "addresses": {"HD1": "https://x.invalid", "SD1": None}})
    assert fitted == {**TREE, "texts": ["a", "1"]}
    assert missing == {"data.texts[]", "data.leaves[]", "data.addresses{}"}


def test_long_lists_of_objects_are_cut() -> None:
    fitted, missing = fit({**TREE, "leaves": [LEAF] * (MAX_ITEMS + 1), "anything": [1] * 999})
    assert len(fitted["leaves"]) == MAX_ITEMS
    assert len(fitted["anything"]) == 999
    assert missing == {"data.leaves[]"}


def test_parts_that_are_missing_are_not_shared() -> None:
    first, second = fit({})[0], fit({})[0]
    first["leaf"]["text"] = "changed"
    first["anything"].append(1)
    assert second["leaf"]["text"] == ""
    assert second["anything"] == []


@pytest.mark.parametrize(
    ("number", "text", "served"),
    [
        (6872347400942570254, "6872347400942570254", (6872347400942570254, "6872347400942570254")),
        (6872347400942570000, "6872347400942570254", (6872347400942570254, "6872347400942570254")),
        (6.87234740094257e18, "6872347400942570254", (6872347400942570254, "6872347400942570254")),
        (None, "6872347400942570254", (6872347400942570254, "6872347400942570254")),
        (6872347400942570254, None, (6872347400942570254, "6872347400942570254")),
        (6872347400942570254, "", (6872347400942570254, "6872347400942570254")),
        ("6872347400942570254", "0", (6872347400942570254, "6872347400942570254")),
        (0, "0", (0, "0")),
        (0, None, (0, "")),
    ],
)
def test_ids_and_their_texts_are_made_from_each_other(
    number: object, text: object, served: tuple[int, str]
) -> None:
    fitted, missing = fit({"id": number, "id_str": text}, Thing)
    assert (fitted["id"], fitted["id_str"]) == served
    assert not missing & {"data.id", "data.id_str"}


def test_an_id_that_is_not_known() -> None:
    fitted, missing = fit({"id": 6.87234740094257e18, "popularity": 5}, Thing)
    assert (fitted["id"], fitted["id_str"]) == (0, "")
    assert missing == {"data.id", "data.admin_ids", "data.popularity_str"}
    # A number beside its text is no id: the text is as shown to people.
    assert (fitted["popularity"], fitted["popularity_str"]) == (5, "")


@pytest.mark.parametrize(
    ("numbers", "texts"),
    [
        ([6872347400942570000, 1], ["6872347400942570254", "1"]),
        ([6872347400942570254, 1], None),
        ([6872347400942570254, "1"], []),
        ("x", ["6872347400942570254", "1"]),
    ],
)
def test_lists_of_ids_and_their_texts(numbers: object, texts: object) -> None:
    fitted, missing = fit({"admin_ids": numbers, "admin_ids_str": texts}, Thing)
    assert fitted["admin_ids"] == [6872347400942570254, 1]
    assert fitted["admin_ids_str"] == ["6872347400942570254", "1"]
    assert not {path for path in missing if "admin" in path}
