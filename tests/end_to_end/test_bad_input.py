"""A bad day: every wrong file gets a sentence that says what, where and what to do, and costs nothing else."""

from __future__ import annotations

import gzip
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from marc import iso2709
from tests.end_to_end.conftest import made
from tests.end_to_end.product import ROOT, Product

GOOD = [iso2709.write(made(number)) for number in (1, 2)]


def zipped(data: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("sach.mrc", data)
    return held.getvalue()


BOMB = b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><collection>&b;</collection>'
REFUSED = {
    "a PDF": (b"%PDF-1.7 ...", "PDF"),
    "an HTML page": (b"<!DOCTYPE html><html><body>404</body></html>", "HTML"),
    "an Excel file": (b"PK\x03\x04" + b"\0" * 60, ""),
    "plain text": ("Danh mục sách mới\n".encode(), ""),
    "an XML bomb": (BOMB, ""),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_of_another_kind_is_refused_by_name(name: str, product: Product, tmp_path: Path) -> None:
    data, named = REFUSED[name]
    (tmp_path / "la.mrc").write_bytes(data)
    done = product.run("import", str(tmp_path / "la.mrc"), "--library", "bk01", check=None)
    assert done.returncode in (1, 3)
    said = done.stderr if done.returncode == 1 else product.run("quarantine", "list", "1").stdout
    assert "la.mrc" in said
    assert named in said
    assert product.json("library", "list")[0]["records"] == 0


def test_an_empty_file_is_no_records_and_no_harm(product: Product, tmp_path: Path) -> None:
    (tmp_path / "trong.mrc").write_bytes(b"")
    done = product.json("import", str(tmp_path / "trong.mrc"), "--library", "bk01")
    assert done["counts"]["read"] == 0


DAMAGED: dict[str, Callable[[bytes], bytes]] = {
    "record cut short": lambda record: record[: len(record) // 2],
    "length too large": lambda record: b"00999" + record[5:],
    "length too small": lambda record: b"00030" + record[5:],
    "length 00000": lambda record: b"00000" + record[5:],
    "length of letters": lambda record: b"abcde" + record[5:],
    "garbage between records": lambda record: b"\x00\xff\xfe rubbish \r\n",
    "bad UTF-8": lambda record: record.replace("ồ".encode(), b"\xe1\xbb"),
}


@pytest.mark.parametrize("flaw", DAMAGED)
def test_neighbours_of_a_broken_record_are_kept_and_nothing_is_lost(
    flaw: str, product: Product, tmp_path: Path
) -> None:
    broken = DAMAGED[flaw](iso2709.write(made(7)))
    (tmp_path / "hong.mrc").write_bytes(GOOD[0] + broken + GOOD[1])
    done = product.json("import", str(tmp_path / "hong.mrc"), "--library", "bk01", check=None)
    assert done["counts"]["new"] >= 2
    kept = done["counts"]["new"] == 3
    assert kept or done["counts"]["quarantined"] >= 1
    if not kept:
        found = product.json("quarantine", "list", str(done["number"]))
        assert all(entry["record"] and entry["offset"] >= 0 and entry["vi"] and entry["en"] for entry in found)
        product.run("quarantine", "export", str(done["number"]), "--output", str(tmp_path / "cach-ly.bin"))
        exported = (tmp_path / "cach-ly.bin").read_bytes()
        assert exported in GOOD[0] + broken + GOOD[1]
        assert exported


@pytest.mark.parametrize("pack", [gzip.compress, zipped])
def test_packed_files_are_read_whatever_their_names(
    pack: Callable[[bytes], bytes], product: Product, tmp_path: Path
) -> None:
    (tmp_path / "sach.dat").write_bytes(pack(b"".join(GOOD)))
    assert product.json("import", str(tmp_path / "sach.dat"), "--library", "bk01")["counts"]["new"] == 2


def test_standard_input_is_a_file_like_any_other(product: Product) -> None:
    done = product.run("import", "-", "--library", "bk01", "--json", stdin=b"".join(GOOD))
    assert json.loads(done.stdout)["counts"]["new"] == 2


def test_an_unknown_library_is_refused_with_the_codes_there_are(product: Product, records: Path) -> None:
    done = product.run("import", str(records), "--library", "bk99", check=1)
    assert "bk99" in done.stderr
    assert "bk01" in done.stderr
    assert product.json("import", "--list") == []


def test_a_file_that_is_not_there_is_named(product: Product) -> None:
    assert "khong-co.mrc" in product.run("import", "khong-co.mrc", "--library", "bk01", check=1).stderr


def test_a_command_without_its_arguments_is_usage(product: Product) -> None:
    assert "--library" in product.run("import", check=2).stderr


def test_an_unknown_setting_is_named(product: Product) -> None:
    (product.home / "lienthong.toml").write_text("prot = 8080\n", encoding="utf-8")
    assert "'prot'" in product.run("library", "list", check=1).stderr


def test_a_gzip_bomb_ends_at_its_limit(product: Product, tmp_path: Path) -> None:
    path = tmp_path / "bom.mrc.gz"
    with gzip.open(path, "wb", compresslevel=9) as stream:
        for _ in range(256):
            stream.write(b" " * 1024 * 1024)
    done = product.run("import", str(path), "--library", "bk01", check=None)
    said = done.stderr + product.run("quarantine", "list", "1", check=None).stdout
    assert "ARCHIVE_RATIO" in said


def test_a_file_of_blanks_larger_than_memory_is_read_in_flat_memory(product: Product, tmp_path: Path) -> None:
    """Two gigabytes on disk that take no room there: a file with a hole between two records."""
    path = tmp_path / "lon.mrc"
    with path.open("wb") as stream:
        stream.write(GOOD[0])
        stream.seek(2 * 1024**3)
        stream.write(GOOD[1])
    script = (
        "import resource, runpy, sys; resource.setrlimit(resource.RLIMIT_AS, (900 * 2**20, 900 * 2**20)); "
        f"sys.argv = ['lienthong', 'import', {str(path)!r}, '--library', 'bk01', '--quiet', '--json']; "
        "runpy.run_module('cli.main', run_name='__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=product.environment, capture_output=True, check=False
    )
    assert json.loads(done.stdout)["counts"]["new"] == 2, done.stderr.decode()[-500:]


def test_a_record_behind_many_blanks_is_found(product: Product, tmp_path: Path) -> None:
    (tmp_path / "trang.mrc").write_bytes(b"\0" * 100_000 + GOOD[0])
    assert product.json("import", str(tmp_path / "trang.mrc"), "--library", "bk01")["counts"]["new"] == 1
