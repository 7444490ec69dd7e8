"""How refusals of the configuration read: where, which key, what is allowed; used by load.

The texts go to people who never saw a Python type name.
"""

import difflib
import re
from collections.abc import Mapping
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import msgspec
from msgspec import inspect

from relay.config.sections import Config
from relay.errors import ConfigError

_MAX_SHOWN = 60
_KEY = re.compile(r"([a-z]+)(\[\d+\])?(\.[a-z_]+(\[\d+\])?)*(?=[:,] )")


class Sources:
    """Where each value came from, so that a refusal can say it."""

    def __init__(self, file: str, text: str = "") -> None:
        self._file = file
        self._text = text
        self._named: dict[str, str] = {}

    def name(self, key: str, source: str) -> None:
        """Note that `key` came from `source` rather than from the file."""
        self._named[key] = source

    def refuse(self, key: str, why: str) -> ConfigError:
        """Make the error for `key`, e.g. `rooms[0].room`."""
        return ConfigError(f"{self._where(key)}: {key}: {why}")

    def place(self, error: ConfigError) -> ConfigError:
        """Say where the key stands that an error begins with; as it is, where it names none."""
        key = _KEY.match(str(error))
        if key is None or key[1] not in get_type_hints(Config):
            return error
        return ConfigError(f"{self._where(key[0])}: {error}")

    def _where(self, key: str) -> str:
        line = _line_of(self._text, key)
        return self._named.get(key, f"{self._file}:{line}" if line else self._file)


def explain(
    error: msgspec.ValidationError, root: type[msgspec.Struct], data: Any, sources: Sources
) -> ConfigError:
    """Turn msgspec's error about reading `data` as `root` into ours."""
    message, _, rest = str(error).partition(" - at `$")
    key = re.sub(r"^\.", "", rest.rstrip("`"))
    kind, value = _at(key, root, data)
    unknown = re.search(r"unknown field `(.*)`", message)
    missing = re.search(r"missing required field `(.*)`", message)
    if unknown:
        inner = f"{key}.{unknown[1]}" if key else unknown[1]
        return sources.refuse(
            inner, f"no such key{suggest(unknown[1], list(get_type_hints(kind)))}"
        )
    if missing:
        return sources.refuse(
            key, f"has no {missing[1]}; allowed: {', '.join(get_type_hints(kind))}"
        )
    return sources.refuse(key, invalid(value, kind, key))


def invalid(value: Any, kind: Any, key: str) -> str:
    """Say that `key` can't have `value`, and what it can have: what the type `kind` takes."""
    # Where the hash of a token belongs, people write the token.
    hidden = isinstance(value, str) and key.startswith("auth.tokens")
    return f"invalid {'text' if hidden else shown(value)}; allowed: {describe(kind, key)}"


def describe(kind: Any, key: str = "") -> str:
    """Say in words which values the type `kind` takes; `key` names it where it is a table."""
    match inspect.type_info(kind):
        case inspect.Metadata(extra_json_schema={"description": str(text)}):
            return text
        case inspect.BoolType():
            return "true or false"
        case inspect.IntType() as number:
            return f"a whole number{_range(number)}"
        case inspect.FloatType() as number:
            return f"a number{_range(number)}"
        case inspect.LiteralType():
            return ", ".join(get_args(kind))
        case inspect.StrType(min_length=least, max_length=most) if most:
            return f"text of {least} to {most} characters"
        case inspect.StructType():
            return f"a table, [[{key.partition('[')[0]}]]" if "[" in key else f"a table, [{key}]"
        case inspect.ListType(item_type=inspect.StructType()):
            return f"tables, [[{key}]]"
        case inspect.ListType(item_type=inspect.LiteralType()):
            return f"a list of {describe(_items(kind))}, not empty"
        case inspect.ListType(min_length=least):
            return "a list of texts" + (", not empty" if least else "")
        case _:
            return "text"


def suggest(word: str, allowed: list[str]) -> str:
    """Continue a sentence about an unknown word with the nearest one, or with all."""
    close = difflib.get_close_matches(word, allowed, n=1)
    if close:
        return f"; did you mean {close[0]}?"
    return f"; allowed: {', '.join(allowed)}"


def shown(value: Any) -> str:
    """Show a refused value, briefly."""
    match value:
        case Mapping():
            return "table"
        case list():
            return "list"
        case _:
            text = repr(value) if isinstance(value, str) else str(value)
            return text if len(text) <= _MAX_SHOWN else f"{text[:_MAX_SHOWN]}…"


def _at(key: str, kind: Any, data: Any) -> tuple[Any, Any]:
    """Find the type that belongs at `key` under `kind`, and the value that stands there."""
    for name, index in re.findall(r"([^.\[\]]+)|\[(\d+)\]", key):
        if name:
            kind = get_type_hints(kind, include_extras=True)[name]
            data = data[name]
        else:
            kind = _items(kind)
            data = data[int(index)]
    return kind, data


def _items(kind: Any) -> Any:
    """Give the type of the items of a list type."""
    listed = get_args(kind)[0] if get_origin(kind) is Annotated else kind
    return get_args(listed)[0]


def _range(kind: inspect.IntType | inspect.FloatType) -> str:
    bounds = [
        *([f"over {kind.gt:g}"] if kind.gt is not None else []),
        *([f"at least {kind.ge}"] if kind.ge is not None else []),
        *([f"at most {kind.le}"] if kind.le is not None else []),
    ]
    return f", {' and '.join(bounds)}" if bounds else ""


def _line_of(text: str, key: str) -> int | None:
    """Find the line that sets `key`, or heads its table; None where it is written another way.

    tomllib keeps no positions; a scan for headers and keys finds the way almost everyone writes.
    """
    table, _, name = re.sub(r"\[\d+\]$", "", key).rpartition(".")
    current = ""
    seen: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        header = re.match(r"\s*(\[\[?)\s*([\w.-]+)\s*\]", line)
        if header:
            current = header[2]
            if header[1] == "[[":
                seen[current] = seen.get(current, -1) + 1
                current = f"{current}[{seen[current]}]"
            if current == key or header[2] == key:
                return number
        assigned = re.match(r"\s*[\"']?([\w-]+)[\"']?\s*=", line)
        if assigned and current == table and assigned[1] == name:
            return number
    return None
