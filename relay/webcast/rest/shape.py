"""Makes upstream's objects fit the REST structs; called by the mappings beside it.

A struct is compiled once, to flat tables: fitting a room takes a fraction of a millisecond.
"""

import re
from collections.abc import Callable
from functools import cache
from typing import Any, Final, NamedTuple

from msgspec import Struct, inspect, structs

MAX_ITEMS = 200
"""Of a list of objects; more are cut. Upstream's longest list, the contributors, has 200."""
MAX_FILLED = 100_000
"""Keys of one document that get neutral values, about 2 MB: a few bytes of a hostile body would
become many. Once they are used up, lists of objects end. A person has 150 keys, a room 500."""

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,19})")
_MIN, _MAX = -(2**63), 2**64 - 1
"""Of an integer: what 64 bits hold, signed or not."""
_MAX_EXACT_FLOAT = 2.0**53
_ID_KEY = re.compile(r"(?:.*_)?ids?")

_Convert = Callable[[object], Any]
_Neutral = Callable[[], Any]
_Fit = Callable[[object, str, "_Gaps"], object]


class Filling:
    """What is left to fill up one document with; shared by the parts that it is made of."""

    def __init__(self) -> None:
        self.keys = MAX_FILLED


class _Gaps:
    """What is found missing."""

    def __init__(self, filling: Filling) -> None:
        self.paths: set[str] = set()
        self._filling = filling

    @property
    def may_grow(self) -> bool:
        return self._filling.keys > 0

    def add(self, path: str, keys: int = 1) -> None:
        """Note that `path` is missing, where that many neutral values stand instead."""
        self.paths.add(path)
        self._filling.keys -= keys


def shape(
    value: object, kind: type[Struct], path: str, filling: Filling | None = None
) -> tuple[dict[str, Any], set[str]]:
    """Make `value`, which stands at `path`, an object with every key of `kind`.

    Each key has the JSON type that the struct says, converted where nothing is lost by it (digits
    and integers, 0/1 and booleans); else, and for null, it has a neutral value and its path is
    in the set that is returned. What is below such a path isn't named. Keys that the struct
    doesn't have are passed on. An id and its `_str` twin are made from each other; where they
    differ the text is right, because integers may have been through a float. `filling` is what
    is left for a document of several parts.
    """
    gaps = _Gaps(filling or Filling())
    return _table(kind).fit(value, path, gaps), gaps.paths


class _Scalar(NamedTuple):
    """A key whose value is right as soon as it has the right Python type."""

    key: str
    type: type
    convert: _Convert
    neutral: _Neutral


class _Part(NamedTuple):
    """A key whose value has to be looked into."""

    key: str
    fit: _Fit
    neutral: _Neutral


class _Twin(NamedTuple):
    """An id and the same as text."""

    key: str
    text_key: str
    join: Callable[[object, object], tuple[object, object]]


class _Table:
    """A struct, compiled."""

    def __init__(self, kind: type[Struct]) -> None:
        scalars, parts, twins = [], [], []
        size: int = 0
        fields = structs.fields(kind)
        keys = {field.encode_name for field in fields}
        for field in fields:
            key, wanted = field.encode_name, _plain(inspect.type_info(field.type))
            if f"{key}_str" in keys and _ID_KEY.fullmatch(key):
                join = _join_ids if isinstance(wanted, inspect.ListType) else _join_id
                twins.append(_Twin(key, f"{key}_str", join))
            match wanted:
                case inspect.StructType(cls=cls):
                    table = _table(cls)
                    parts.append(_Part(key, table.fit, table.neutral))
                    size += table.size
                case inspect.ListType(item_type=item) if not isinstance(item, inspect.AnyType):
                    parts.append(_Part(key, _fit_list(_plain(item)), list))
                case inspect.DictType(value_type=inspect.StrType()):
                    parts.append(_Part(key, _fit_texts, dict))
                case _:
                    scalars.append(_Scalar(key, *_SCALARS[type(wanted)]))
        self._scalars: Final = tuple(scalars)
        self._parts: Final = tuple(parts)
        self._twins: Final = tuple(twins)
        self.size: Final[int] = size + len(scalars) + len(parts)
        """Keys of the neutral object and of all in it."""

    def fit(self, value: object, path: str, gaps: _Gaps) -> dict[str, Any]:
        """Return a copy of `value` that fits."""
        if not isinstance(value, dict) or not value:
            gaps.add(path, self.size)
            return self.neutral()
        fitted: dict[str, Any] = value.copy()
        for key, text_key, join in self._twins:
            fitted[key], fitted[text_key] = join(fitted.get(key), fitted.get(text_key))
        for key, kind, convert, neutral in self._scalars:
            found: Any = fitted.get(key)
            right = found.__class__ is kind
            if not right or (kind is int and not _MIN <= found <= _MAX):
                found = convert(found)
                if found is None:
                    gaps.add(f"{path}.{key}" if path else key)
                    found = neutral()
                fitted[key] = found
        for key, fit, _ in self._parts:
            fitted[key] = fit(fitted.get(key), f"{path}.{key}" if path else key, gaps)
        return fitted

    def neutral(self) -> dict[str, Any]:
        """Return what says nothing."""
        entries = {key: neutral() for key, _, _, neutral in self._scalars}
        entries.update((key, neutral()) for key, _, neutral in self._parts)
        return entries


@cache
def _table(kind: type[Struct]) -> _Table:
    return _Table(kind)


def _plain(kind: inspect.Type) -> inspect.Type:
    return kind.type if isinstance(kind, inspect.Metadata) else kind


def _fit_list(item: inspect.Type) -> _Fit:
    if isinstance(item, inspect.StructType):
        fit_item = _table(item.cls).fit

        def fit_objects(value: object, path: str, gaps: _Gaps) -> list[object]:
            if not isinstance(value, list):
                gaps.add(path)
                return []
            item_path = f"{path}[]"
            fitted: list[object] = [
                fit_item(entry, item_path, gaps)
                for entry in value[:MAX_ITEMS]
                if isinstance(entry, dict) and entry and gaps.may_grow
            ]
            if len(fitted) < len(value):
                gaps.add(item_path)
            return fitted

        return fit_objects

    kind, convert, _ = _SCALARS[type(item)]

    def fit_scalars(value: object, path: str, gaps: _Gaps) -> list[object]:
        if not isinstance(value, list):
            gaps.add(path)
            return []
        fitted = [entry if entry.__class__ is kind else convert(entry) for entry in value]
        if None in fitted:
            gaps.add(f"{path}[]")
            return [entry for entry in fitted if entry is not None]
        return fitted

    return fit_scalars


def _fit_texts(value: object, path: str, gaps: _Gaps) -> dict[str, str]:
    if not isinstance(value, dict):
        gaps.add(path)
        return {}
    texts = {key: text for key, text in value.items() if isinstance(text, str)}
    if len(texts) < len(value):
        gaps.add(f"{path}{{}}")
    return texts


def integer_of(value: object) -> int | None:
    """Return an integer of at most 64 bits without loss, from digits too; else None."""
    number: int | None = None
    if isinstance(value, int):
        number = int(value)
    elif isinstance(value, str):
        number = int(value) if _INTEGER.fullmatch(value) else None
    elif isinstance(value, float) and value.is_integer() and abs(value) <= _MAX_EXACT_FLOAT:
        number = int(value)
    return number if number is not None and _MIN <= number <= _MAX else None


def _text_of(value: object) -> str | None:
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else None


def _flag_of(value: object) -> bool | None:
    return bool(value) if isinstance(value, int) and value in (0, 1) else None


def _number_of(value: object) -> float | int | None:
    # JSON knows one type of number: 0 need not become 0.0.
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _none_of(_value: object) -> None:
    return None


_SCALARS: Final[dict[type[inspect.Type], tuple[type, _Convert, _Neutral]]] = {
    inspect.IntType: (int, integer_of, int),
    inspect.StrType: (str, _text_of, str),
    inspect.BoolType: (bool, _flag_of, bool),
    inspect.FloatType: (float, _number_of, int),
    inspect.ListType: (list, _none_of, list),
    inspect.DictType: (dict, _none_of, dict),
}
"""Kinds of scalars, with their Python type, what converts to it, and the neutral value."""


def _join_id(number: object, text: object) -> tuple[object, object]:
    if number.__class__ is int and str(number) == text:
        return number, text
    by_text = integer_of(text) if isinstance(text, str) else None
    exact = by_text or integer_of(number)
    if exact:
        return exact, str(exact)
    known = by_text if exact is None else exact
    return number if known is None else known, text if isinstance(text, str) else ""


def _join_ids(numbers: object, texts: object) -> tuple[object, object]:
    if isinstance(texts, list) and texts:
        exact = [integer_of(text) for text in texts if isinstance(text, str)]
        if len(exact) == len(texts) and None not in exact:
            return exact, texts
    if isinstance(numbers, list):
        return numbers, [str(n) for n in map(integer_of, numbers) if n is not None]
    return numbers, []
