"""A command and a process read what they need, since whoever asked waits for it and pays for its memory."""

from __future__ import annotations

import subprocess
import sys
from itertools import chain
from pathlib import Path

import pytest

import server
from catalogue import background
from cli.main import COMMANDS

ROOT = Path(__file__).resolve().parents[2]
PAGES = frozenset({"flask", "jinja2", "wtforms", "babel", "portal", "serving.web"})
SERVER = PAGES | {"granian", "server", "serving.http"}
LARGE = SERVER | {"numpy", "rdflib", "xlsxwriter", "tantivy", "asyncssh", "psycopg", "alembic"}
MAY: dict[str, frozenset[str]] = {
    "serve": frozenset({"server"}),
    "demo": frozenset({"server"}),
    "quality": frozenset({"rdflib"}),  # the names of peoples are a vocabulary (`linked_data.concepts`)
    "statistics": frozenset({"rdflib"}),
}
"""What one command may read of what is large."""
PROGRAM = """
import sys
from importlib import import_module
for name in sys.stdin.read().split():
    import_module(name)
print(*sys.modules)
"""


def read(*modules: str) -> set[str]:
    """Every module that a program has read after it has read these."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, input=" ".join(modules), capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_commands_read_nothing_large_that_they_do_not_need() -> None:
    modules = {name: place.partition(":")[0] for name, place in COMMANDS.items()}
    most = [name for name in modules if name not in MAY]
    assert read("cli.main", *(f"cli.{modules[name]}" for name in most)) & LARGE == set()


def test_nor_do_the_others_more_than_that() -> None:
    found = read("cli.main", *(f"cli.{COMMANDS[name].partition(':')[0]}" for name in MAY))
    assert found & LARGE == set().union(*MAY.values())


def test_only_the_process_that_serves_pages_reads_them() -> None:
    behind = server.behind(server.PARTS)
    copied = chain.from_iterable(server.COPIED.values())
    found = read(*server.PROGRAM, *copied, *background.modules(chain.from_iterable(behind.values())))
    assert found & PAGES == set()
    assert {"search.follower", "union.running", "harvesting.worker", "serving.z3950", "numpy"} <= found


@pytest.mark.parametrize("only", [(part,) for part in server.PARTS] + [server.PARTS], ids=" ".join)
def test_every_work_is_there(only: tuple[str, ...]) -> None:
    works = server.behind(only)
    assert works["followers"]  # whoever answers searches keeps the index of that machine
    for work in chain.from_iterable(works.values()):
        assert callable(background.named(work))


def test_what_makes_the_feed_ready_is_done_once_and_by_a_process_of_its_own() -> None:
    for only in ((server.WORKER,), server.PARTS):
        works = server.behind(only)
        assert works["feed"] == ["serving.work:work"]
        assert list(chain.from_iterable(works.values())).count("serving.work:work") == 1
    assert "feed" not in server.behind((server.WEB,))
