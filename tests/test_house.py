"""The walls of the house: which room may import which, and what only one room may do."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# From the ground up. An import may only point down; two rooms on one floor do not import each other.
FLOORS = (
    {"foundation"},
    {"vietnamese"},
    {"marc"},
    {"dublin_core"},
    {"catalogue"},
    {"accounts"},
    {"search"},
    {"union"},
    {"oaipmh", "z3950_bridge", "linked_data"},
    {"harvesting"},
    {"reports"},
    {"fixtures"},
    {"portal", "cli"},
    {"serving"},
    {"server"},
)
FLOOR = {room: number for number, floor in enumerate(FLOORS) for room in floor}
OUTSIDE = {"tests", "benchmarks", "tools"}  # they may import anything, nothing in the house imports them

# `lienthong serve` and `demo` start the server that the wiring made: the one arrow that points up.
DOOR_BELL = {("cli", "server")}

PARSERS = {
    "parse", "fromstring", "fromstringlist", "XML", "XMLID", "HTML", "iterparse", "parseid",
    "XMLParser", "XMLPullParser", "HTMLParser", "HTMLPullParser", "ETCompatXMLParser", "get_default_parser",
}  # fmt: skip
LIMIT_LINES = 500


def sources() -> list[Path]:
    """Every Python file of the repository, without what set-up made."""
    files = [path for top in ROOT.iterdir() if own(top) for path in top.rglob("*.py")]
    return sorted(path for path in files if path.exists() and "node_modules" not in path.parts)


def own(folder: Path) -> bool:
    made = {"build", "dist", "site", "var", "node_modules"}
    return folder.is_dir() and not folder.name.startswith(".") and folder.name not in made


def room(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def imports(module: ast.Module) -> Iterator[tuple[str, int]]:
    """Every dotted name that is imported anywhere in the module, with its line."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def house() -> list[Path]:
    return [path for path in sources() if room(path) not in OUTSIDE]


def places(found: list[tuple[Path, int, str]]) -> list[str]:
    return [f"{path.relative_to(ROOT)}:{line}: {what}" for path, line, what in found]


def test_every_top_level_package_has_its_floor() -> None:
    assert {room(path) for path in sources()} - FLOOR.keys() - OUTSIDE == set()


def test_arrows_point_down() -> None:
    wrong = []
    for path in house():
        here = room(path)
        for name, line in imports(tree(path)):
            there = name.split(".")[0]
            if there in OUTSIDE:
                wrong.append((path, line, f"{here} imports {there}"))
            if there in FLOOR and there != here and FLOOR[there] >= FLOOR[here] and (here, there) not in DOOR_BELL:
                wrong.append((path, line, f"{here} may not import {there}"))
    assert places(wrong) == []


def test_only_one_module_parses_xml() -> None:
    wrong = []
    for path in house():
        if path == ROOT / "foundation" / "xml.py":
            continue
        module = tree(path)
        names = list(imports(module))
        wrong += [(path, line, name) for name, line in names if re.match(r"xml\.|lxml\.(html|objectify|sax)", name)]
        wrong += [
            (path, line, name)
            for name, line in names
            if name.startswith("lxml.etree.") and name.split(".")[-1] in PARSERS
        ]
        for node in ast.walk(module):
            if isinstance(node, ast.Attribute) and node.attr in PARSERS and getattr(node.value, "id", "") == "etree":
                wrong.append((path, node.lineno, f"etree.{node.attr}"))
    assert places(wrong) == []


def test_only_one_module_opens_archives() -> None:
    archives = re.compile(r"(zipfile|gzip|tarfile|bz2|lzma)(\.|$)|isal\.igzip\.(IGzipFile|open|decompress)")
    wrong = [
        (path, line, name)
        for path in house()
        if path != ROOT / "foundation" / "archives.py"
        for name, line in imports(tree(path))
        if archives.match(name)
    ]
    assert places(wrong) == []


def test_only_one_module_calls_other_servers() -> None:
    ways_out = re.compile(r"(http\.client|urllib\.request|urllib3|requests|httpx\w*|ftplib|telnetlib)(\.|$)")
    wrong = [
        (path, line, name)
        for path in house()
        if path
        not in (ROOT / "foundation" / "network.py", ROOT / "serving" / "http.py")  # which asks itself whether it is up
        for name, line in imports(tree(path))
        if ways_out.match(name)
    ]
    assert places(wrong) == []


@pytest.mark.parametrize("protocol", ["oaipmh", "z3950_bridge", "linked_data"])
def test_protocols_never_touch_sql(protocol: str) -> None:
    wrong = [
        (path, line, name)
        for path in house()
        if room(path) == protocol
        for name, line in imports(tree(path))
        if name.split(".")[0] in {"sqlalchemy", "sqlite3", "psycopg", "alembic"}
    ]
    assert places(wrong) == []


def test_formats_know_nothing_of_storage_and_network() -> None:
    wrong = [
        (path, line, name)
        for path in house()
        if room(path) in {"vietnamese", "marc", "dublin_core"}
        for name, line in imports(tree(path))
        if name.split(".")[0] in {"sqlalchemy", "sqlite3", "flask", "socket", "urllib", "http", "asyncio"}
        and name != "urllib.parse.quote"
    ]
    assert places(wrong) == []


def test_no_file_is_longer_than_five_hundred_lines() -> None:
    long = {}
    for path in sources():
        text = path.read_text(encoding="utf-8")
        lines = text.count("\n")
        if lines > LIMIT_LINES and "Generated" not in text[:1000]:
            long[str(path.relative_to(ROOT))] = lines
    assert long == {}


def test_no_file_names_a_place_of_somebody_s_machine() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("this is not a git checkout")
    machine = re.compile(
        "|".join(rf"(?<![\w.]){place}" for place in ("/wor" + "k/", "/hom" + "e/", "/Use" + "rs/", "/roo" + "t/"))
    )
    found = []
    for name in listed.stdout.decode().split("\0"):
        path = ROOT / name
        if name and path.is_file():
            text = path.read_bytes().decode("utf-8", "replace")
            found += [f"{name}: {match[0]}" for match in machine.finditer(text)]
    assert found == []


def test_the_map_shows_the_house_as_it_stands() -> None:
    page = (ROOT / "docs/house.md").read_text(encoding="utf-8")
    shown = re.findall(r"^\| (\d+) \| `(\w+)(?:\.py)?` \|", page, re.MULTILINE)
    assert {(int(floor), name) for floor, name in shown} == {(number + 1, name) for name, number in FLOOR.items()}
    named = re.findall(r"`([\w/]+/[\w]+(?:\.py)?)`", page)
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_the_map_of_the_store_has_every_file_once() -> None:
    page = (ROOT / "docs/house.md").read_text(encoding="utf-8")
    table = page.partition("| group | files |")[2].partition("\n\n")[0]
    files = {
        path.stem for path in (ROOT / "catalogue").glob("*.py") if not path.stem.endswith(("__init__", "messages"))
    }
    assert sorted(re.findall(r"`(\w+)`", table)) == sorted(files)
