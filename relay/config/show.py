"""Writes a configuration as TOML, secrets masked; called by cli."""

import json
import re
from collections.abc import Mapping

import msgspec

from relay.config.sections import Config


def to_toml(config: Config) -> str:
    """Give `config` as a TOML document with every key, URLs masked as mask_url does."""
    tables: list[str] = []
    arrays: list[str] = []
    for section, content in msgspec.to_builtins(config).items():
        if isinstance(content, list):
            arrays += [toml_table(f"[[{section}]]", entry) for entry in content]
            continue
        inner = {key: value for key, value in content.items() if _is_tables(value)}
        tables.append(
            toml_table(f"[{section}]", {k: v for k, v in content.items() if k not in inner})
        )
        for key, entries in inner.items():
            arrays += [toml_table(f"[[{section}.{key}]]", entry) for entry in entries]
    return "\n".join([*tables, *arrays])


def mask_url(text: str) -> str:
    """Hide what a URL may carry of passwords and keys: user information and query values."""
    text = re.sub(r"//[^/@\s]*@", "//***@", text)
    return re.sub(r"([?&][^=&#]*=)[^&#]*", r"\1***", text)


def toml_table(header: str, content: Mapping[str, object]) -> str:
    """Give a table with its header, e.g. `[[rooms]]`, as lines of TOML."""
    # What is not set stands nowhere: TOML has no null.
    lines = [f"{key} = {_value(value)}" for key, value in content.items() if value is not None]
    return "\n".join([header, *lines, ""])


def _is_tables(value: object) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _value(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_value(item) for item in value)}]"
    if isinstance(value, str) and "://" in value:
        value = mask_url(value)
    # A JSON scalar is a TOML scalar, but for one character that TOML wants escaped.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
