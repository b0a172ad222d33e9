"""What commands print: whatever a record or a name says, wherever it is printed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.text import Text
from typer.testing import CliRunner

from cli.main import app
from cli.terminal import plain

NAME = "Thư viện “Pác Nặm” – đặc biệt ✓ 😀"


@given(st.text("[]\\/ab1=# "))
def test_no_text_is_taken_for_markup(text: str) -> None:
    shown = Text.from_markup(plain(text))
    assert not shown.spans
    assert shown.plain.replace("\\", "") == text.replace("\\", "")


@pytest.mark.parametrize("name", ["[/]", "[bold]Đậm", "\\[red]", "[/red] x"])
def test_names_that_look_like_markup_are_listed_as_they_are(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIENTHONG_HOME", str(tmp_path))
    CliRunner().invoke(app, ["library", "add", "bk01", "--name", name], catch_exceptions=False)
    told = CliRunner().invoke(app, ["library", "list"], catch_exceptions=False)
    assert name.removeprefix("\\") in told.output


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp1258", "cp437", "utf-8"])
def test_a_terminal_without_vietnamese_letters_ends_no_command(encoding: str, tmp_path: Path, root: Path) -> None:
    environment = {**os.environ, "LIENTHONG_HOME": str(tmp_path), "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}

    def run(*words: str) -> bytes:
        command = [sys.executable, "-m", "cli.main", *words]
        done = subprocess.run(command, cwd=root, env=environment, capture_output=True, check=True)
        return done.stdout

    run("library", "add", "bk01", "--name", NAME)
    assert b"bk01" in run("library", "list")
    [found] = json.loads(run("library", "list", "--json").decode(encoding))
    assert found["name_vi"] == NAME
    assert run("--help")
    if encoding == "ascii":
        assert b'Thu vien "Pac Nam"' in run("library", "list")
