"""The documents say what the program does: settings, limits, dependencies, commands, links."""

from __future__ import annotations

import dataclasses
import importlib
import importlib.util
import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import typer

from foundation import limits, settings_told
from foundation.settings import Settings
from tools import reference

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("page", reference.PAGES)
def test_reference_page_is_what_the_code_says(page: str) -> None:
    assert read(page) == reference.PAGES[page](), "run `make reference`"


def test_every_setting_is_explained() -> None:
    names = {field.name for field in dataclasses.fields(Settings)}
    assert names == set(re.findall(r"^\| `(\w+)`", read("docs/settings.md"), re.MULTILINE))


def test_every_setting_stands_in_one_group_and_in_both_languages() -> None:
    listed = [name for group in settings_told.GROUPS for name in group.meanings]
    assert sorted(listed) == sorted(field.name for field in dataclasses.fields(Settings))
    assert all(one.vi and one.en and one.vi != one.en for one in settings_told.told().values())


def test_every_limit_is_explained() -> None:
    names = {name for name in vars(limits) if name.isupper()} - {"KIB", "MIB", "GIB"}
    assert names == set(re.findall(r"^\| `(\w+)`", read("docs/limits.md"), re.MULTILINE))


def test_every_dependency_is_explained() -> None:
    project = tomllib.loads(read("pyproject.toml"))["project"]
    wanted = [
        *project["dependencies"],
        *(name for extra in project["optional-dependencies"].values() for name in extra),
    ]
    names = {re.match(r"[\w.-]+", requirement)[0].lower() for requirement in wanted}  # type: ignore[index]
    names |= set(json.loads(read("portal/package.json"))["dependencies"])
    assert names == set(re.findall(r"^\| ([@\w/.-]+) \|", read("docs/dependencies.md"), re.MULTILINE)) - {"package"}


def test_lock_file_names_no_address() -> None:
    lock = json.loads(read("portal/package-lock.json"))
    wanted = json.loads(read("portal/package.json"))["dependencies"]
    assert lock["packages"][""]["dependencies"] == wanted
    assert [name for name, package in lock["packages"].items() if "resolved" in package] == []
    assert all("integrity" in package for name, package in lock["packages"].items() if name)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text(encoding="utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []


def commands() -> set[str]:
    """`library add`, `serve` … as the documents write them."""
    found = set()
    for document in DOCUMENTS:
        for words in re.findall(r"lienthong ([a-z]+(?: (?:add|list|export))?)\b", document.read_text(encoding="utf-8")):
            found.add(words)
    return found


@pytest.mark.parametrize("command", sorted(commands()))
def test_command_exists(command: str) -> None:
    if importlib.util.find_spec("cli.main") is None:
        pytest.skip("the command line is not in this tree")
    group: Any = typer.main.get_command(importlib.import_module("cli.main").app)
    for word in command.split():
        inner = group.get_command(None, word) if hasattr(group, "get_command") else None
        assert inner is not None, f"lienthong {command}"
        group = inner


def test_documents_send_clients_to_the_port_that_is_served() -> None:
    named = {
        port
        for document in DOCUMENTS
        if document.name != "CHANGELOG.md"
        for pattern in (r"Z39\.50[^\n|]{0,20}port (\d+)", r"\| (?:Port|Cổng[^|]*) \| `(\d+)`", r"open localhost:(\d+)/")
        for port in re.findall(pattern, document.read_text(encoding="utf-8"))
    }
    assert named == {str(Settings().z3950_port)}


def lines() -> list[str]:
    """The command lines that the documents print."""
    shown = (re.findall(r"^ {4,}(lienthong .*(?:\\\n.*)*)", one.read_text(encoding="utf-8"), re.M) for one in DOCUMENTS)
    return sorted({line.replace("\\\n", " ") for found in shown for line in found})


@pytest.mark.parametrize("line", lines())
def test_a_command_takes_the_options_it_is_shown_with(line: str) -> None:
    group: Any = typer.main.get_command(importlib.import_module("cli.main").app)
    words = re.sub(r"[\[\]|]", " ", re.split(r"\s+#|\s{3,}", line)[0]).split()[1:]
    while words and hasattr(group, "get_command"):
        group = group.get_command(None, words.pop(0))
        assert group is not None
    known = {name for one in group.params for name in (*one.opts, *one.secondary_opts)}
    assert {word.partition("=")[0] for word in words if re.match("--[a-z]|-[a-z]$", word)} - known == set()
