"""`lienthong export` as a person runs it: files, pipes, exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from marc import marcxml
from marc.record import Field, Record
from tests.end_to_end.template import template

ROOT = Path(__file__).resolve().parents[2]


class Shell:
    """Runs commands against a home of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def __call__(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        environment = {key: value for key, value in os.environ.items() if not key.startswith("LIENTHONG_")}
        environment |= {"LIENTHONG_HOME": str(self.home), "PYTHONPATH": str(ROOT)}
        if not hasattr(os, "fork"):
            command = [sys.executable, "-m", "cli.main", *arguments]
            return subprocess.run(command, capture_output=True, check=False, env=environment, cwd=self.home.parent)
        done = template(ROOT).run(arguments, self.home.parent, environment, None)
        return subprocess.CompletedProcess(arguments, *done)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """A store with the records of one library, one of them too long for ISO 2709."""
    shell = Shell(tmp_path_factory.mktemp("lienthong") / "home")
    fields = [Field("001", value="dai"), Field("245", "00", (("a", "Dài"),))]
    long = Record.build("00000nam a2200000 a 4500", [*fields, *[Field("500", "  ", (("a", "x" * 9000),))] * 12])
    (shell.home.parent / "dai.xml").write_bytes(marcxml.write(long))
    assert shell("library", "add", "bk03", "--name", "Thư viện Ba Bể").returncode == 0
    assert shell("library", "add", "bk09", "--name", "Thư viện khác").returncode == 0
    province = str(ROOT / "fixtures" / "province" / "bk03.mrk")
    assert shell("import", province, "--library", "bk03").returncode == 0
    assert shell("import", "dai.xml", "--library", "bk09").returncode == 0
    return shell


def test_a_file_and_its_counts(run: Shell, tmp_path: Path) -> None:
    done = run("export", "--format", "marc21", "--library", "bk03", "--output", str(tmp_path / "x.mrc"), "--json")
    said = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (0, b"")
    assert said["records"] == json.loads((tmp_path / "x.mrc.manifest.json").read_bytes())["records"] > 50


def test_standard_output_is_the_dump_alone(run: Shell, tmp_path: Path) -> None:
    piped = run("export", "--format", "marcxml", "--library", "bk03")
    run("export", "--format", "marcxml", "--library", "bk03", "--output", str(tmp_path / "x.xml"))
    assert piped.returncode == 0
    assert piped.stdout == (tmp_path / "x.xml").read_bytes()
    assert b"--since" in piped.stderr


def test_an_export_that_leaves_a_record_out_says_so_and_ends_with_3(run: Shell, tmp_path: Path) -> None:
    done = run("export", "--format", "marc21", "--output", str(tmp_path / "x.mrc"))
    assert done.returncode == 3
    piped = run("export", "--format", "marc21")
    assert piped.returncode == 3
    assert b"ISO2709_RECORD_BYTES" in piped.stderr
    assert piped.stdout == (tmp_path / "x.mrc").read_bytes()


def test_triples_are_those_of_the_pages(run: Shell) -> None:
    piped = run("export", "--format", "nt", "--library", "bk03")
    assert piped.returncode == 0
    assert b"<http://127.0.0.1:8080/record/" in piped.stdout
    assert piped.stdout.count(b"http://www.w3.org/ns/prov#wasDerivedFrom") > 50


REFUSED = [
    (("--format", "docx"), 1, b"docx"),
    (("--format", "mrk", "--library", "nobody"), 1, b"nobody"),
    (("--format", "mrk", "--set", "nothing"), 1, b"nothing"),
    (("--format", "mrk", "--since", "2026-02-01", "--until", "2026-01-01"), 1, b"--since"),
    (("--format", "mrk", "--since", "yesterday"), 2, b"2026-11-01"),
    (("--format", "mrk", "--since", "2026-13-01"), 2, b"2026-11-01"),
    (("--format", "mrk", "--resume"), 2, b"--output"),
    (("--format", "mrk", "--library", "bk03", "--set", "x"), 2, b"--set"),
    ((), 2, b"--format"),
]


@pytest.mark.parametrize(("arguments", "code", "said"), REFUSED)
def test_what_is_asked_wrongly_is_said(run: Shell, arguments: tuple[str, ...], code: int, said: bytes) -> None:
    done = run("export", *arguments)
    assert done.returncode == code
    assert said in done.stderr
    assert done.stdout == b""


def test_a_delta_of_nothing_is_empty(run: Shell, tmp_path: Path) -> None:
    done = run("export", "--format", "mrk", "--since", "2020-01-01", "--until", "2020-12-31")
    assert (done.returncode, done.stdout) == (0, b"")
