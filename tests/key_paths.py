"""Key paths of JSON documents, to compare ours with the seeds'."""

from typing import Any

_TYPES = {
    type(None): "null",
    bool: "boolean",
    int: "number",
    float: "number",
    str: "string",
    list: "array",
    dict: "object",
}


def key_paths(value: Any, path: str = "") -> dict[str, set[str]]:
    """Path of every key → the JSON types that stand there; `[]` is any item of a list."""
    found: dict[str, set[str]] = {}
    _collect(value, path, found)
    return found


def _collect(value: Any, path: str, found: dict[str, set[str]]) -> None:
    found.setdefault(path, set()).add(_TYPES[type(value)])
    if isinstance(value, dict):
        for key, inner in value.items():
            _collect(inner, f"{path}.{key}", found)
    elif isinstance(value, list):
        for inner in value:
            _collect(inner, f"{path}[]", found)


def differences(seed: Any, ours: Any) -> list[str]:
    """What the seed promises and ours doesn't keep: keys that are absent, or of another type.

    What is inside a list of the seed is promised only where our list has items.
    """
    served = key_paths(ours)
    wrong = []
    for path, kinds in key_paths(seed).items():
        at_list = path.rfind("[]")
        while at_list >= 0 and path[:at_list] + "[]" in served:
            at_list = path.rfind("[]", 0, at_list)
        if at_list >= 0:
            continue
        if path not in served:
            wrong.append(f"{path} is absent")
        elif not served[path] <= kinds:
            wrong.append(f"{path} is {served[path]}, not {kinds}")
    return wrong
