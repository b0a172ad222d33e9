"""What a district library really has: a list in Excel, a CDS/ISIS export, MARC in letters from before Unicode."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from fixtures import province_files
from marc import mrk
from marc.cdsisis import IsisRecord
from marc.record import Record
from tests.end_to_end.product import Product
from tests.marc.isis_files import export, wrapped
from vietnamese import encodings

HEADINGS = ["STT", "Tên sách", "Tác giả", "NXB", "Năm XB", "Số trang", "Giá tiền", "Số ĐKCB", "Môn loại"]


def workbook(path: Path, *rows: list[object]) -> Path:
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("Sách")
    sheet.write(0, 0, "DANH MỤC SÁCH THƯ VIỆN BA BỂ")
    for number, row in enumerate([HEADINGS, *rows], 2):
        for column, cell in enumerate(row):
            sheet.write(number, column, cell)
    book.close()
    return path


def titles(product: Product) -> list[str]:
    out = product.run("export", "--format", "mrk", "--quiet").stdout
    return sorted(
        line.split("$a")[1].split("$")[0].rstrip(" /:") for line in out.splitlines() if line.startswith("=245")
    )


def test_a_list_in_excel_goes_in_and_its_faulty_rows_come_back_red(product: Product, tmp_path: Path) -> None:
    good = [1, "Truyện Kiều", "Nguyễn Du", "Văn học", 2015, "319", 45000, "KM.0001", "895.9221"]
    bad = [2, "", "Vi Hồng", "Văn hoá dân tộc", 1997, "200", 20000, "KM.0002", "895.922"]
    path = workbook(tmp_path / "sach.xlsx", good, bad)
    done = product.json("import", str(path), "--library", "bk01", check=3)
    assert (done["counts"]["new"], done["counts"]["quarantined"]) == (1, 1)
    back = tmp_path / "can-sua.xlsx"
    product.run("sheet", "errors", str(done["number"]), "--output", str(back))
    book = openpyxl.load_workbook(back)
    sheet = book["Cần sửa"]
    (heading,) = [cell for cell in sheet[1] if cell.value == "Tên sách"]
    faulty = sheet.cell(2, heading.column)
    assert faulty.fill.fgColor.rgb == "FFFFC7CE"
    assert faulty.comment is not None
    assert "nhan đề" in faulty.comment.text
    faulty.value = "Đất bằng"
    book.save(back)
    product.run("import", str(back), "--library", "bk01")
    assert titles(product) == ["Truyện Kiều", "Đất bằng"]


def test_a_column_that_was_taken_for_another_is_corrected_once_and_for_all(product: Product, tmp_path: Path) -> None:
    path = workbook(tmp_path / "sach.xlsx", [1, "Truyện Kiều", "Nguyễn Du", "Văn học", 2015, "319", 1, "KM.0001", "8"])
    product.run("sheet", "columns", str(path), "--library", "bk01", "--set", "Môn loại=keyword")
    product.run("import", str(path), "--library", "bk01")
    assert "=653  \\\\$a8" in product.run("export", "--format", "mrk", "--quiet").stdout
    assert (
        "Môn loại"
        in product.run("sheet", "columns", str(path), "--library", "bk01", "--set", "Khổ=size", check=1).stderr
    )


def test_the_template_is_understood_as_it_is(product: Product, tmp_path: Path) -> None:
    path = tmp_path / "mau.xlsx"
    product.run("sheet", "template", str(path))
    assert product.json("import", str(path), "--library", "bk01")["counts"]["read"] == 0


def test_cds_isis_asks_for_a_mapping_and_keeps_the_one_it_suggested(product: Product, tmp_path: Path) -> None:
    path = tmp_path / "isis.iso"
    base = [IsisRecord(n, ((24, f"Hồ Ba Bể {n}"), (70, "Nguyễn, Du"), (26, "^aH.^bVăn học^c2015"))) for n in range(30)]
    path.write_bytes(b"".join(map(wrapped, export(base))))
    refused = product.run("import", str(path), "--library", "bk01", check=1)
    assert "CDS/ISIS" in refused.stderr
    product.run("mapping", "suggest", str(path), "--library", "bk01")
    assert '"245"' in product.run("mapping", "show", "--library", "bk01").stdout
    assert product.json("import", str(path), "--library", "bk01")["counts"]["new"] == 30
    assert "Hồ Ba Bể 0" in titles(product)


def in_encoding(record: Record, encoding: str) -> bytes:
    """ISO 2709 as a system from before Unicode wrote it: lengths in bytes, leader/09 blank."""
    directory, body = b"", b""
    for part in record.parts():
        content = encodings.encode(part[3:], encoding) + b"\x1e"
        directory += part[:3].encode() + b"%04d%05d" % (len(content), len(body))
        body += content
    base = 24 + len(directory) + 1
    leader = b"%05d%b 22%05d%b" % (base + len(body) + 1, record.leader[5:9].encode(), base, record.leader[17:].encode())
    return leader + directory + b"\x1e" + body + b"\x1d"


@pytest.mark.parametrize("encoding", ["tcvn3", "vni", "viscii", "vps", "cp1258"])
def test_letters_from_before_unicode_are_recognised_and_shown(encoding: str, product: Product, tmp_path: Path) -> None:
    with dict(province_files())["bk03"].open("rb") as stream:
        records = [reading.record for reading in mrk.readings(stream) if reading.record is not None]
    path = tmp_path / "cu.mrc"
    path.write_bytes(b"".join(in_encoding(record, encoding) for record in records))
    done = product.run("import", str(path), "--library", "bk01")
    assert f"bảng mã {encoding}" in done.stdout
    assert "→ " in done.stdout
    wanted = sorted(
        record.text.split("\x1e245")[1].split("\x1fa")[1].split("\x1f")[0].split("\x1e")[0].rstrip(" /:")
        for record in records
    )
    found = titles(product)
    same = [title.lower() for title in wanted] if encoding == "tcvn3" else wanted
    assert sorted(title.lower() if encoding == "tcvn3" else title for title in found) == sorted(same)


def test_the_wrong_encoding_is_put_right_by_importing_again(product: Product, tmp_path: Path) -> None:
    with dict(province_files())["bk03"].open("rb") as stream:
        records = [reading.record for reading in mrk.readings(stream) if reading.record is not None]
    path = tmp_path / "cu.mrc"
    path.write_bytes(b"".join(in_encoding(record, "vni") for record in records))
    product.run("import", str(path), "--library", "bk01", "--encoding", "cp1252")
    garbled = titles(product)
    done = product.json("import", str(path), "--library", "bk01")
    assert done["counts"]["changed"] > 60
    assert titles(product) != garbled
