"""What a library installs is what the tree holds: every room, its data, and no test."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

from tests.test_house import FLOOR, ROOT, house

MADE = (".*", "build", "dist", "site", "var", "node_modules", "__pycache__", "*.egg-info")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names in a wheel that was built from a copy, so that no earlier build can lend it files."""
    copy = tmp_path_factory.mktemp("wheel") / "tree"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*MADE))
    try:
        isolated = int(version("setuptools").split(".")[0]) < 77
    except PackageNotFoundError:
        isolated = True
    command = [sys.executable, "-m", "build", "--wheel", "--outdir", str(copy / "dist")]
    command += [] if isolated else ["--no-isolation"]
    done = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    [built] = (copy / "dist").glob("*.whl")
    with zipfile.ZipFile(built) as archive:
        return set(archive.namelist())


def in_tree(pattern: str) -> set[str]:
    return {path.relative_to(ROOT).as_posix() for path in ROOT.glob(pattern) if path.is_file()}


def test_every_module_is_in_the_wheel(wheel: set[str]) -> None:
    assert {path.relative_to(ROOT).as_posix() for path in house()} - wheel == set()


def test_nothing_else_is_a_module(wheel: set[str]) -> None:
    tops = {name.split("/")[0].removesuffix(".py") for name in wheel if name.endswith(".py")}
    assert tops <= FLOOR.keys()


@pytest.mark.parametrize(
    "pattern",
    [
        "portal/templates/**/*",
        "portal/static/**/*",
        "portal/translations/**/*.mo",
        "fixtures/province/**/*",
        "catalogue/**/*.mako",
    ],
)
def test_data_is_in_the_wheel(pattern: str, wheel: set[str]) -> None:
    assert in_tree(pattern) - wheel == set()


def test_every_catalogue_of_words_is_compiled(wheel: set[str]) -> None:
    words = {name.removesuffix(".po") + ".mo" for name in in_tree("portal/translations/**/*.po")}
    assert words - wheel == set()


def test_licence_and_entry_point_are_in_the_wheel(wheel: set[str]) -> None:
    assert any(name.endswith("licenses/LICENSE") for name in wheel)
    assert any(name.endswith("entry_points.txt") for name in wheel)


def test_browser_packages_stay_out(wheel: set[str]) -> None:
    assert [name for name in wheel if "node_modules" in name or Path(name).parts[0] == "tests"] == []
