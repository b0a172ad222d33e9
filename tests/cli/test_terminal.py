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


def asked(root: Path, home: Path, *words: str, output: int = subprocess.PIPE) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "cli.main", *words]
    environment = {**os.environ, "LIENTHONG_HOME": str(home)}
    return subprocess.run(command, cwd=root, env=environment, stdout=output, stderr=subprocess.PIPE, check=False)


@pytest.mark.parametrize(
    ("place", "vi", "en"),
    [("tep/kho", "không phải thư mục", "is no folder"), ("x" * 300, "tên quá dài", "too long")],
    ids=["a file where a folder is expected", "a name too long"],
)
def test_what_the_system_has_against_a_command_is_said_in_words(
    place: str, vi: str, en: str, tmp_path: Path, root: Path
) -> None:
    (tmp_path / "tep").write_text("")
    done = asked(root, tmp_path / place, "library", "list")
    said = done.stderr.decode()
    assert done.returncode == 1
    assert "Traceback" not in said
    assert vi in said
    assert en in said


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
@pytest.mark.parametrize("words", [("library", "list", "--json"), ("--help",)])
def test_a_full_disk_behind_the_output_is_said_in_words(words: tuple[str, ...], tmp_path: Path, root: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = asked(root, tmp_path, *words, output=full.fileno())
    assert done.returncode == 1
    assert "Traceback" not in done.stderr.decode()
    assert "Exception ignored" not in done.stderr.decode()
    assert "đĩa đã đầy" in done.stderr.decode()


@pytest.mark.skipif(os.name == "nt", reason="Windows has other pipes")
@pytest.mark.parametrize("words", [("library", "list", "--json"), ("--help",), ("--version",)])
def test_who_reads_no_further_is_told_nothing(words: tuple[str, ...], tmp_path: Path, root: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = asked(root, tmp_path, *words, output=writer)
    os.close(writer)
    assert (done.returncode, done.stderr) == (1, b"")
