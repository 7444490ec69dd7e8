"""docs/overlays.md against the overlays: options, sizes, class names, variables, themes."""

import re
from functools import cache
from pathlib import Path

import pytest

from relay.server.pages import OVERLAYS

ROOT = Path(__file__).parents[1]
WEB = ROOT / "relay" / "web"
DOCUMENTS = {
    name: (ROOT / "docs" / name).read_text(encoding="utf-8")
    for name in ("overlays.md", "overlays.zh-CN.md")
}
ENGLISH, CHINESE = DOCUMENTS.values()
KINDS = ("common", *OVERLAYS)
STYLES = [WEB / "themes" / "base.css", WEB / "overlay" / "counter.css"]
STYLES += [WEB / "overlay" / f"{kind}.css" for kind in OVERLAYS]
SCRIPTS = [
    path
    for path in sorted((WEB / "overlay").glob("*.js"))
    if not path.name.startswith("composer") and not path.name.endswith(".options.js")
]
SCRIPTS += [path for path in sorted((WEB / "lib").glob("*.js")) if path.name != "api.js"]
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


@cache
def source(kind: str) -> str:
    path = "lib/options.js" if kind == "common" else f"overlay/{kind}.options.js"
    return (WEB / path).read_text(encoding="utf-8")


def strings(text: str) -> list[str]:
    return re.findall(r'"([^"]*)"', text)


def choices(kind: str, written: str) -> list[str]:
    """Give an option's choices, of which some are named elsewhere in the file."""
    if written.startswith("["):
        return strings(written)
    name = re.sub(r"Object\.keys\((\w+)\)", r"\1", written)
    (body,) = re.findall(rf"^export const {name} = ([\[{{].*?[\]}}]);$", source(kind), re.M | re.S)
    return strings(body) if body.startswith("[") else re.findall(r"^  (\w+): ", body, re.M)


def options(kind: str) -> dict[str, tuple[str, list[str], str]]:
    """Give (type, choices or numbers that bound it, default) of each option in the source."""
    name = "commonOptions" if kind == "common" else "options"
    (body,) = re.findall(rf"^export const {name} = {{\n(.*?)^}};$", source(kind), re.M | re.S)
    found = {}
    for option, text in re.findall(r"^  (\w+): {\n(.*?)^  },$", body, re.M | re.S):
        (made_of,) = re.findall(r'\btype: "(\w+)"', text)
        (default,) = re.findall(r"\bdefault: (\[\]|[^,\n]+)", text)
        listed = re.findall(r"\bchoices: (\[.*?\]|[\w.()]+)", text, re.S)
        bounds = [
            bound.replace("_", "")
            for edge in ("min", "max")
            for bound in re.findall(rf"\b{edge}: ([\d._]+)", text)
        ]
        if made_of == "text" and not bounds:
            bounds = re.findall(r"MAX_TEXT = (\d+)", source("common"))
        default = {"true": "1", "false": "0", '""': "", "[]": ""}.get(default, default)
        if made_of in ("int", "float"):
            default = default.replace("_", "")
        limits = choices(kind, listed[0]) if listed else bounds
        found[option] = (made_of, limits, default.strip('"'))
    return found


def tables(text: str) -> list[list[list[str]]]:
    """Give the cells of each table, without its head."""
    blocks = re.findall(r"(?:^\|.*\n)+", text, re.M)
    return [
        [
            [cell.strip() for cell in line.strip("| ").split(" | ")]
            for line in block.splitlines()[2:]
        ]
        for block in blocks
    ]


def option_tables(text: str) -> dict[str, list[list[str]]]:
    found = [table for table in tables(text) if len(table[0]) == 4]
    return dict(zip(KINDS, found, strict=True))


def classes(text: str) -> list[str]:
    """Give the class names in code spans of tables, in order; ranges in full."""
    cells = "".join(re.findall(r"^\| .*$", text, re.M))
    names = re.findall(r"`\.([\w-]+)`", cells)
    for family, first, last in re.findall(r"`\.([a-z]+-)(\d+)`\D{1,4}`\.\1(\d+)`", cells):
        names += [f"{family}{number}" for number in range(int(first) + 1, int(last))]
    return names


def variables(text: str) -> list[str]:
    cells = "".join(re.findall(r"^\| .*$", text, re.M))
    return re.findall(r"`(--[\w-]+)`", cells)


def css(paths: list[Path]) -> str:
    return "".join(_COMMENT.sub("", path.read_text(encoding="utf-8")) for path in paths)


@pytest.mark.parametrize("document", DOCUMENTS)
@pytest.mark.parametrize("kind", KINDS)
def test_every_option_is_documented_as_it_is(kind: str, document: str) -> None:
    rows = option_tables(DOCUMENTS[document])[kind]
    known = options(kind)
    assert [row[0].strip("`") for row in rows] == list(known)
    for name, written, default, meaning in rows:
        made_of, limits, expected = known[name.strip("`")]
        assert default.strip("`").replace("空", "empty") == (expected or "empty"), name
        is_choice = made_of == "choice"
        said = re.findall(r"`(\w+)`", written) if is_choice else re.findall(r"[\d.]+", written)
        assert said == (["1", "0"] if made_of == "bool" else limits), name
        assert meaning


def test_the_source_of_options_is_read_whole() -> None:
    for kind in KINDS:
        assert len(options(kind)) == len(re.findall(r"\btype: \"", source(kind))), kind


@pytest.mark.parametrize("document", DOCUMENTS)
def test_sizes_are_those_of_the_composer(document: str) -> None:
    said = re.findall(r"^\| `(\w+)` \| (\d+) × (\d+) \|$", DOCUMENTS[document], re.M)
    found = {
        kind: tuple(re.findall(r"^export const (?:width|height) = (\d+);", source(kind), re.M))
        for kind in OVERLAYS
    }
    assert {kind: (width, height) for kind, width, height in said} == found


def test_every_class_is_documented() -> None:
    scripts = "".join(path.read_text(encoding="utf-8") for path in SCRIPTS)
    selectors = re.findall(r"\.([a-z][\w-]*)", re.sub(r"{[^{}]*}", "{}", css(STYLES)))
    made = re.findall(r'(?:make\("\w+", |className = |classList\.\w+\()"([\w -]+)"', scripts)
    names = {name for written in made for name in written.split()}
    assert sorted((set(selectors) | names) - set(classes(ENGLISH))) == []


def test_every_documented_class_exists() -> None:
    scripts = "".join(path.read_text(encoding="utf-8") for path in SCRIPTS)
    words = set(re.findall(r"[\w-]+", scripts))
    begun = tuple(re.findall(r"([\w-]+-)\$\{", scripts))
    absent = [name for name in classes(ENGLISH) if name not in words and not name.startswith(begun)]
    assert absent == []


def test_every_variable_is_documented_and_used() -> None:
    themes = sorted((WEB / "themes").glob("*.css"))
    styles = css(STYLES + themes)
    used = set(re.findall(r"var\((--[\w-]+)", styles)) | set(
        re.findall(r"(--[\w-]+):", css(themes))
    )
    assert sorted(used) == sorted(variables(ENGLISH))


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_theme_is_documented(document: str) -> None:
    *_, rows = tables(DOCUMENTS[document])
    themes = choices("common", "THEMES")
    files = {path.stem for path in (WEB / "themes").glob("*.css")}
    assert [row[0].strip("`") for row in rows] == themes
    assert files == {"base", *themes}


def test_recipes_use_what_there_is() -> None:
    (recipes,) = re.findall(r"```css\n(.*?)```", ENGLISH, re.S)
    plain = _COMMENT.sub("", recipes)
    assert set(re.findall(r"\.([a-z][\w-]*)", re.sub(r"{.*?}", "", plain))) <= set(classes(ENGLISH))
    assert set(re.findall(r"(--[\w-]+)", plain)) <= set(variables(ENGLISH))


def test_both_languages_say_the_same() -> None:
    assert classes(CHINESE) == classes(ENGLISH)
    assert variables(CHINESE) == variables(ENGLISH)
    assert CHINESE.count("\n#") == ENGLISH.count("\n#")
    (english,), (chinese,) = (
        re.findall(r"```css\n(.*?)```", text, re.S) for text in (ENGLISH, CHINESE)
    )
    assert _COMMENT.sub("", english) == _COMMENT.sub("", chinese)
