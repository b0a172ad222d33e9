"""`lienthong check`: what people and programs see of it."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from cli.check_tables import tame
from cli.main import app
from foundation.errors import FormatError, InputError, Message
from marc import iso2709, marcxml, mrk
from marc.spreadsheet import messages
from tests.marc.rules.samples import record
from tests.marc.samples import iso

WRONG = "=020  \\\\$a9786049632450\n=500  \\\\$aA\n=500  \\\\$aA"


@pytest.fixture
def clean(tmp_path: Path) -> Path:
    path = tmp_path / "sach.mrc"
    path.write_bytes(iso2709.write(record()) * 2)
    return path


@pytest.fixture
def flawed(tmp_path: Path) -> Path:
    path = tmp_path / "loi.mrc"
    path.write_bytes(iso2709.write(record()) + iso2709.write(record(WRONG)))
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["check", *map(str, arguments)])


def test_clean_records_end_with_zero(clean: Path) -> None:
    result = run(clean)
    assert result.exit_code == 0
    assert "Đã kiểm tra 2 biểu ghi" in result.output
    assert "2 records checked" in result.output


def test_errors_end_with_three_and_are_told_first(flawed: Path) -> None:
    result = run(flawed)
    assert result.exit_code == 3
    assert result.output.index("ISBN sai số kiểm tra") < result.output.index("Trường lặp lại y nguyên")
    assert "loi.mrc, biểu ghi thứ 2 (001 BK000001), 020 $a Số ISBN: 9786049632450 → 9786049632457" in result.output


def test_remarks_alone_end_with_zero(tmp_path: Path) -> None:
    path = tmp_path / "a.mrc"
    path.write_bytes(iso2709.write(record("", "003")))
    assert run(path).exit_code == 0


@pytest.mark.parametrize("suffix", [".mrc", ".xml", ".mrk"])
def test_fix_writes_a_mended_copy_and_leaves_the_original(flawed: Path, suffix: str) -> None:
    before = flawed.read_bytes()
    copy = flawed.with_name("da-sua" + suffix)
    result = run(flawed, "--fix", copy)
    assert "sửa 1 chỗ trong 1 biểu ghi" in result.output
    assert flawed.read_bytes() == before
    readings = {".mrc": iso2709.readings, ".xml": marcxml.readings, ".mrk": mrk.readings}[suffix]
    written = [reading.record for reading in readings(io.BytesIO(copy.read_bytes()))]
    assert written == [record(), record(WRONG.replace("\n=500  \\\\$aA", "", 1))]
    assert not copy.with_name(copy.name + ".part").exists()


def test_fix_never_writes_onto_what_it_reads(flawed: Path) -> None:
    result = run(flawed, "--fix", flawed)
    assert isinstance(result.exception, InputError)
    assert flawed.exists()


def test_a_record_that_cannot_be_read_is_counted_and_left_out(tmp_path: Path) -> None:
    path, copy = tmp_path / "a.mrc", tmp_path / "b.mrc"
    good = iso2709.write(record())
    path.write_bytes(good + good[:150])
    result = run(path, "--fix", copy)
    assert result.exit_code == 3
    assert "1 biểu ghi không ghi được" in result.output
    assert copy.read_bytes() == good


def test_json_holds_findings_and_summary(flawed: Path) -> None:
    told = json.loads(run(flawed, "--format", "json").stdout)
    assert told["summary"]["records"] == 2
    assert told["summary"]["with_errors"] == 1
    assert [(one["code"], one["tag"], one["occurrence"], one["subfield"]) for one in told["findings"]] == [
        ("isbn", "020", 1, "a"),
        ("duplicate", "500", 2, ""),
    ]


def test_csv_has_a_row_for_each_finding(flawed: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(run(flawed, "--format", "csv").stdout)))
    assert [row["code"] for row in rows] == ["isbn", "duplicate"]
    assert rows[0]["wanted"] == "9786049632457"


def test_workbook_holds_no_formula(tmp_path: Path) -> None:
    path, report = tmp_path / "a.mrc", tmp_path / "r.xlsx"
    path.write_bytes(iso2709.write(record("=020  \\\\$a=1+1\n=856  40$u=HYPERLINK(1)")))
    assert run(path, "--format", "xlsx", "-o", report).exit_code == 3
    with zipfile.ZipFile(report) as book:
        sheets = [book.read(name).decode() for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
    assert len(sheets) == 2
    assert not any("<f>" in sheet or "<f " in sheet for sheet in sheets)
    assert any("=HYPERLINK(1)" in sheet for sheet in sheets)


@given(st.text(max_size=10))
def test_no_cell_of_csv_begins_like_a_formula(text: str) -> None:
    cell = tame(text)
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert cell in (text, f"'{text}")


def test_an_old_encoding_can_be_chosen(tmp_path: Path) -> None:
    path, copy = tmp_path / "isis.mrc", tmp_path / "utf8.mrc"
    path.write_bytes(iso(("001", b"1"), ("245", b"00\x1faB\xbec K\xb9n ng\xb5y nay")))
    assert run(path).exit_code == 3
    run(path, "--encoding", "tcvn3", "--fix", copy)
    assert "Bắc Kạn ngày nay" in copy.read_bytes().decode()
    assert isinstance(run(path, "--encoding", "nobody").exception, InputError)


LIST = """Mã sách,Nhan đề,Năm XB,ISBN,Loại tài liệu,Ngôn ngữ,Số bản
S1,Truyện Kiều,2010,9786049632457,Sách,Tiếng Việt,1
S2,,2011,,Sách,Tiếng Việt,1
S3,Tắt đèn,20x2,9786049632450,Đĩa bay,Tiếng Klingon,nhiều
S1,Lục Vân Tiên,2012,,Sách,Tiếng Việt,1
"""


def test_a_list_is_checked_in_the_words_of_the_list(tmp_path: Path) -> None:
    path = tmp_path / "sach.csv"
    path.write_text(LIST, encoding="utf-8")
    result = run(path)
    assert result.exit_code == 3
    assert "Đã kiểm tra 4 biểu ghi" in result.output
    assert "sach.csv, dòng 3: " in result.output
    assert "dòng 3, cột B (Nhan đề): thiếu nhan đề" in result.output
    assert "dòng 4, cột C (Năm XB): năm xuất bản '20x2' không hợp lệ" in result.output
    assert "dòng 5, cột A (Mã sách): mã 'S1' đã có ở một dòng khác" in result.output
    assert "001" not in result.output
    assert "phần mềm nguồn" not in result.output


def test_no_message_of_a_list_speaks_marc() -> None:
    said = [one for one in vars(messages).values() if isinstance(one, Message)]
    assert len(said) > 20
    spoken = [
        one.code for one in said if re.search(r"\b\d{3}\b(?! char)|\$[a-z]\b", re.sub(r"\{.*?\}", "", one.vi + one.en))
    ]
    assert spoken == []


def test_what_is_not_marc_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"%PDF-1.7")
    assert isinstance(run(path).exception, FormatError)
    assert isinstance(run(tmp_path / "nothing.mrc").exception, InputError)


def test_unknown_choices_are_refused(clean: Path) -> None:
    assert isinstance(run(clean, "--profile", "nobody").exception, InputError)
    assert run(clean, "--format", "pdf").exit_code == 2


def test_a_report_that_cannot_be_written_is_refused(clean: Path, tmp_path: Path) -> None:
    for format_ in ("csv", "xlsx"):
        result = run(clean, "--format", format_, "-o", tmp_path / "nowhere" / "r")
        assert isinstance(result.exception, InputError)
