"""`lienthong convert`: what comes out, what is told, and that nothing is lost or overwritten."""

from __future__ import annotations

import gzip
import io
import json
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from catalogue.export_forms import FORMS
from cli import conversion, convert
from cli.conversion import Order
from cli.main import app
from foundation.errors import InputError, RefusedError
from marc import iso2709, marcxml, mrk, readers
from marc.reading import Reading
from marc.record import Field, Record
from tests.marc.rules.samples import record
from tests.marc.samples import iso
from tests.marc.test_iso2709 import damaged

LONG = Record.build(record().leader, [Field("001", value="dai"), Field("500", "  ", (("a", "x" * 10_000),))])
BROKEN = iso(("001", b"x2"), ("245", b"10\x1fa\xe1 Nhan"))
"""In an encoding that nobody can name."""


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["convert", *map(str, arguments)])


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "sach.mrc"
    path.write_bytes(iso2709.write(record()) * 20)
    return path


def read(path: Path) -> list[Reading]:
    with path.open("rb") as stream:
        return list(readers.read(stream, path.name))


@pytest.mark.parametrize("name", ["a.xml", "a.mrk", "a.mrc", "a.jsonl"])
def test_the_name_of_the_output_says_its_form_and_the_records_are_the_same(source: Path, name: str) -> None:
    out = source.with_name(name)
    result = run(source, out)
    assert result.exit_code == 0, result.output
    assert "Đã chuyển 20 biểu ghi" in result.output
    assert [one.record for one in read(out)] == [record()] * 20
    assert not list(source.parent.glob("*.part"))


@pytest.mark.parametrize("form", sorted(FORMS))
def test_every_form_is_what_an_export_has(source: Path, form: str) -> None:
    out = source.with_name("ra")
    assert run(source, out, "--to", form).exit_code == 0
    name = "BK000001"
    one = conversion.Exported(name, "", "", "", name, 0, record())
    wanted = FORMS[form].head + FORMS[form].write(one, record()).data * 20 + FORMS[form].foot
    assert out.read_bytes() == wanted


@pytest.mark.parametrize(
    "data",
    [
        b"".join(marcxml.write(record()) for _ in range(1)),
        mrk.write(record()),
        gzip.compress(iso2709.write(record())),
        "Nhan đề,Tác giả\nTruyện Kiều,Nguyễn Du\n".encode(),
    ],
)
def test_whatever_is_read_is_converted(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "vao"
    path.write_bytes(data)
    assert run(path, tmp_path / "ra.mrc").exit_code == 0
    assert len(read(tmp_path / "ra.mrc")) == 1


def test_standard_input_and_output_are_files_too(source: Path) -> None:
    result = CliRunner().invoke(app, ["convert", "-", "--to", "mrk"], input=source.read_bytes())
    assert result.exit_code == 0
    assert result.stdout_bytes == (mrk.write(record()) + b"\n") * 20
    assert "Đã chuyển 20 biểu ghi sang mrk" in result.stderr


def test_repairs_are_counted_and_told_as_check_tells_them(source: Path) -> None:
    source.write_bytes(iso2709.write(record()) + iso(("001", b"x2"), ("245", b"1\x1faNhan")) + iso2709.write(record()))
    result = run(source, source.with_name("a.xml"))
    assert result.exit_code == 0
    assert "Sửa 1 chỗ trong 1 biểu ghi" in result.output
    assert "biểu ghi thứ 2 (001 x2), 245 Nhan đề" in result.output


def test_what_cannot_be_converted_is_named_and_kept_as_it_came(source: Path) -> None:
    source.write_bytes(iso2709.write(record()) + BROKEN + iso2709.write(record()))
    out, rejects = source.with_name("a.xml"), source.with_name("hong.mrc")
    result = run(source, out, "--rejects", rejects)
    assert result.exit_code == 3
    assert "1 biểu ghi không chuyển được" in result.output
    assert "biểu ghi thứ 2" in result.output
    assert rejects.read_bytes() == BROKEN
    assert [one.record for one in read(out)] == [record()] * 2
    assert "--rejects TỆP" in run(source, out, "--force").output


def test_what_the_form_cannot_hold_is_named_and_kept(source: Path) -> None:
    source.write_bytes(mrk.write(record()) + b"\n" + mrk.write(LONG))
    rejects = source.with_name("hong.mrk")
    result = run(source, source.with_name("a.mrc"), "--rejects", rejects)
    assert result.exit_code == 3
    assert "001 dai" in result.output
    assert "ISO2709_FIELD_BYTES" in result.output
    assert [one.record for one in read(rejects)] == [LONG]


def test_the_outcome_for_programs(source: Path) -> None:
    source.write_bytes(iso2709.write(record()) + BROKEN)
    said = json.loads(run(source, source.with_name("a.xml"), "--json").stdout)
    assert (said["records"], said["left_out"], said["form"]) == (1, 1, "marcxml")
    assert said["named"][0]["code"] == "marc.not_utf8"


def test_nothing_is_overwritten_unless_that_is_asked_for(source: Path) -> None:
    out = source.with_name("a.xml")
    out.write_text("cũ", encoding="utf-8")
    refused = run(source, out)
    assert isinstance(refused.exception, RefusedError)
    assert "--force" in refused.exception.text("vi")
    assert out.read_text(encoding="utf-8") == "cũ"
    assert run(source, out, "--force").exit_code == 0
    assert len(read(out)) == 20
    assert isinstance(run(source, source, "--force").exception, InputError)
    twice = source.with_name("b.xml")
    assert isinstance(run(source, twice, "--rejects", twice).exception, InputError)


def test_a_file_that_is_nothing_leaves_nothing(tmp_path: Path) -> None:
    path, out = tmp_path / "a.pdf", tmp_path / "ra.xml"
    path.write_bytes(b"%PDF-1.4")
    assert isinstance(run(path, out).exception, InputError)
    assert isinstance(run(tmp_path / "khong-co", out).exception, InputError)
    assert [one.name for one in tmp_path.iterdir()] == ["a.pdf"]


def test_a_failure_in_the_middle_leaves_the_older_file(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = source.with_name("a.xml")
    out.write_text("cũ", encoding="utf-8")

    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(convert, "_advance", fail)
    run(source, out, "--force")
    assert out.read_text(encoding="utf-8") == "cũ"
    assert not list(source.parent.glob("*.part"))


def mixed() -> bytes:
    """A file in which pieces are of every kind, some megabytes of it."""
    good = iso2709.write(record())
    odd = iso(("001", b"x2"), ("245", b"1\x1faNhan"))
    return (good * 900 + odd + BROKEN + b"junk" + good * 40) * 6


@pytest.mark.parametrize("form", ["marcxml", "jsonl"])
def test_several_processes_write_the_same_bytes_and_tell_the_same(
    source: Path, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(convert, "_CHUNK", 200_000)
    source.write_bytes(mixed())
    told = []
    for jobs in (1, 3):
        out, rejects = source.with_name(f"ra{jobs}"), source.with_name(f"hong{jobs}")
        result = run(source, out, "--to", form, "--jobs", jobs, "--rejects", rejects, "--json")
        assert result.exit_code == 3
        said = json.loads(result.stdout)
        told.append({key: value for key, value in said.items() if key not in ("file", "rejects")})
    assert source.with_name("ra1").read_bytes() == source.with_name("ra3").read_bytes()
    assert source.with_name("hong1").read_bytes() == source.with_name("hong3").read_bytes()
    assert told[0] == told[1]
    assert (told[0]["records"], told[0]["left_out"]) == (6 * 941, 12)


def test_a_process_that_is_gone_is_told_and_leaves_nothing(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cli.conversion_processes.converted", lambda *_: os._exit(9))
    result = run(source, source.with_name("a.xml"), "--jobs", "2")
    assert isinstance(result.exception, InputError)
    assert "--jobs 1" in result.exception.text("vi")
    assert [one.name for one in source.parent.iterdir()] == ["sach.mrc"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(st.lists(damaged() | st.just(iso2709.write(record())), max_size=30))
def test_every_record_is_in_the_output_or_told(pieces: list[bytes]) -> None:
    data = iso2709.write(record()) + b"".join(pieces)
    found = list(_read(data))
    done = conversion.converted(_pieces(data), Order("marcxml", "auto", True))
    wanted = [marcxml.write(one.record) + b"\n" for one in found if one.record]
    assert b"".join(done.data) == b"".join(wanted)
    assert [one.number for one in done.told] == [one.number for one in found if one.problems]
    assert done.rejects == [one.original for one in found if one.record is None]


def _read(data: bytes) -> list[Reading]:
    return list(readers.read(io.BytesIO(data), "a.mrc")) if data else []


def _pieces(data: bytes) -> list[readers.Piece | Reading]:
    return list(readers.pieces(io.BytesIO(data), "a.mrc"))
