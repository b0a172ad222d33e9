"""A row becomes the record that a cataloguer would make of it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marc import marcxml, mrk, repair
from marc.record import Record
from marc.rules import check
from marc.spreadsheet import cataloguing, coding, particulars
from marc.spreadsheet.entry import Cell, Entry
from marc.spreadsheet.headings import TARGETS
from tests.marc.spreadsheet.workbooks import read, row, values, xlsx

# heading=value; … → tag: fields
FIELDS = [
    ("Nhan đề=Truyện Kiều", "245", ["00 $aTruyện Kiều"]),
    ("Nhan đề=Truyện Kiều; Tác giả=Nguyễn Du", "245", ["10 $aTruyện Kiều /$cNguyễn Du"]),
    ("Nhan đề=Bác Hồ: những mẩu chuyện; Tác giả=Nhiều tác giả", "245",
     ["00 $aBác Hồ :$bnhững mẩu chuyện /$cNhiều tác giả"]),
    ("Nhan đề=Nhật ký = Diary : hồi ký / Nguyễn A, Trần B", "245",
     ["10 $aNhật ký =$bDiary : hồi ký /$cNguyễn A, Trần B"]),
    ("Nhan đề=Đại Việt sử ký. Tập 2", "245", ["00 $aĐại Việt sử ký.$nTập 2"]),
    ("Nhan đề=Đại Việt sử ký; Tập=2; Tên tập=Thời Lê", "245", ["00 $aĐại Việt sử ký.$nTập 2,$pThời Lê"]),
    ("Nhan đề=Hoá học; Tập=T.1; Phụ đề=giáo trình", "245", ["00 $aHoá học.$nTập 1 :$bgiáo trình"]),
    ("Nhan đề=The old man; Ngôn ngữ=Anh", "245", ["04 $aThe old man"]),
    ("Nhan đề=A; Tác giả=Nguyễn Du|Đào Duy Anh hiệu đính", "245", ["10 $aA /$cNguyễn Du ; Đào Duy Anh hiệu đính"]),
    ("Nhan đề=A; Tác giả=Nguyễn Du|Đào Duy Anh hiệu đính", "700", ["0_ $aĐào Duy Anh,$ehiệu đính"]),
    ("Nhan đề=A; Tác giả=Nguyệt Tú, Nguyệt Tĩnh", "100", ["0_ $aNguyệt Tú"]),
    ("Nhan đề=A; Tác giả=Nguyệt Tú, Nguyệt Tĩnh", "700", ["0_ $aNguyệt Tĩnh"]),
    ("Nhan đề=A; Tác giả=Nông, Quốc Hưng", "100", ["0_ $aNông Quốc Hưng"]),
    ("Nhan đề=A; Tác giả=Nguyễn Du (1765-1820)", "100", ["0_ $aNguyễn Du,$d1765-1820"]),
    ("Nhan đề=A; Tác giả=Ernest Hemingway; Người dịch=Huỳnh Lý", "100", ["1_ $aHemingway, Ernest"]),
    ("Nhan đề=A; Tác giả=Ernest Hemingway; Người dịch=Huỳnh Lý", "700", ["0_ $aHuỳnh Lý,$edịch"]),
    ("Nhan đề=A; Tác giả=Bộ Giáo dục và Đào tạo", "710", ["2_ $aBộ Giáo dục và Đào tạo"]),
    ("Nhan đề=A; Tác giả=Nhiều tác giả", "700", []),
    ("Nhan đề=A; Tác giả=Nhiều tác giả", "710", []),
    ("Nhan đề=A; Chủ biên=Đỗ Sanh", "700", ["0_ $aĐỗ Sanh,$echủ biên"]),
    ("Nhan đề=A; Nơi XB=H.; NXB=Nxb. Văn học; Năm XB=2015", "264", ["_1 $aHà Nội :$bVăn học,$c2015"]),
    ("Nhan đề=A; Nơi XB=TP.HCM; NXB=NXB Trẻ", "264", ["_1 $aThành phố Hồ Chí Minh :$bTrẻ"]),
    ("Nhan đề=A; NXB=Giáo dục", "264", ["_1 $bGiáo dục"]),
    ("Nhan đề=A; Năm XB=2015", "264", ["_1 $c2015"]),
    ("Nhan đề=A; Thông tin xuất bản=H. : Văn học, 2015", "264", ["_1 $aHà Nội :$bVăn học,$c2015"]),
    ("Nhan đề=A; Thông tin xuất bản=NXB Trẻ, 2010", "264", ["_1 $bTrẻ,$c2010"]),
    ("Nhan đề=A; Số trang=271; Khổ=13x19cm", "300", ["__ $a271 tr. ;$c13 x 19 cm"]),
    ("Nhan đề=A; Số trang=271 trang; Khổ=20.5", "300", ["__ $a271 tr. ;$c21 cm"]),
    ("Nhan đề=A; Mô tả vật lý=271tr. : ảnh | 21cm", "300", ["__ $a271 tr. :$bảnh ;$c21 cm"]),
    ("Nhan đề=A; ISBN=978-604-69-9602-6; Giá=52.000 đ", "020", ["__ $a9786046996026 :$c52000đ"]),
    ("Nhan đề=A; Giá=52000", "020", ["__ $c52000đ"]),
    ("Nhan đề=A; ISBN=306406152", "020", ["__ $a0306406152"]),
    ("Nhan đề=A; ISSN=0866 7528", "022", ["__ $y0866 7528"]),
    ("Nhan đề=A; ISSN=0378-5955", "022", ["__ $a0378-5955"]),
    ("Nhan đề=A; KHXG=895.92212 NG-D", "082", ["04 $a895.92212$bNG-D"]),
    ("Nhan đề=A; KHXG=005.275--LE-T", "082", ["04 $a005.275$bLE-T"]),
    ("Nhan đề=A; KHXG=ĐC 959.7/B101K", "082", ["04 $a959.7$bB101K"]),
    ("Nhan đề=A; Môn loại=V23", "084", ["__ $aV23"]),
    ("Nhan đề=A; Môn loại=895.922 12; Cutter=NG-D", "082", ["04 $a895.92212$bNG-D"]),
    ("Nhan đề=A; Từ khoá=Văn học, Truyện thơ|Văn học", "653", ["__ $aVăn học", "__ $aTruyện thơ"]),
    ("Nhan đề=A; Chủ đề=Văn học -- Việt Nam|Thơ", "650", ["_4 $aVăn học$xViệt Nam", "_4 $aThơ"]),
    ("Nhan đề=A; Lần xuất bản=2", "250", ["__ $aXuất bản lần thứ 2"]),
    ("Nhan đề=A; Tái bản=TB lần 2", "250", ["__ $aTái bản lần thứ 2"]),
    ("Nhan đề=A; Tái bản=1", "250", ["__ $aTái bản lần thứ 1"]),
    ("Nhan đề=A; Tủ sách=Vàng", "490", ["0_ $aVàng"]),
    ("Nhan đề=A; Số ĐKCB=VN.009-011; Kho=Kho mượn; KHXG=959.7 A",
     "852", [f"8_ $bKho mượn$h959.7 A$pVN.{at}" for at in ("009", "010", "011")]),
    ("Nhan đề=A; Số bản=2 cuốn", "852", ["8_ $t1", "8_ $t2"]),
    ("Nhan đề=A; Ngôn ngữ=Tày", "041", ["0_ $atai", "07 $atyz$2iso639-3"]),
    ("Nhan đề=A; Ngôn ngữ=song ngữ Anh - Việt", "041", ["0_ $aeng$avie"]),
    ("Nhan đề=A; Ngôn ngữ=Việt; Ngôn ngữ gốc=Nga", "041", ["1_ $avie$hrus"]),
    ("Nhan đề=A; Ngôn ngữ=Việt", "041", []),
    ("Nhan đề=A; Loại tài liệu=Bản đồ", "336", ["__ $ahình ảnh bản đồ$bcri$2rdacontent"]),
    ("Nhan đề=A; Loại tài liệu=Lạ", "655", ["_4 $aLạ"]),
    ("Nhan đề=A; URL=https://a.vn/1", "856", ["4_ $uhttps://a.vn/1"]),
    ("Nhan đề=A; URL=a.vn", "500", ["__ $aURL: a.vn"]),
    ("Nhan đề=A; Mã sách=k1; Số ĐKCB=VN.1", "001", ["k1"]),
    ("Nhan đề=A; Số ĐKCB=VN.1|VN.2", "001", ["VN.1"]),
    ("Nhan đề=A", "001", ["sach-xlsx-sach-2"]),
]  # fmt: skip


def cells(said: str) -> dict[str, str]:
    return {heading: text.replace("|", ";") for heading, text in (cell.split("=", 1) for cell in said.split("; "))}


@pytest.mark.parametrize(("said", "tag", "fields"), FIELDS, ids=[f"{tag} {said}" for said, tag, _ in FIELDS])
def test_cells_become_fields(said: str, tag: str, fields: list[str]) -> None:
    reading = row(**{heading.replace(" ", "_"): text for heading, text in cells(said).items()})
    assert values(reading, tag) == fields
    assert reading.record is not None
    assert repair.check(reading.record) == []


@pytest.mark.parametrize(
    ("said", "fixed"),
    [
        ("Nhan đề=Truyện Kiều; Nơi XB=Hà Nội; Năm XB=2015", "000000s2015    vm |||||||||||||| ||vie d"),
        ("Nhan đề=Truyện Kiều; Ngày nhập=05/06/2014", "140605nuuuuuuuuvm |||||||||||||| ||vie d"),
        ("Nhan đề=Truyện Kiều; Ngày nhập=41795", "140605nuuuuuuuuvm |||||||||||||| ||vie d"),
        ("Nhan đề=Truyện Kiều; Ngày nhập=41795.5", "140605nuuuuuuuuvm |||||||||||||| ||vie d"),
        ("Nhan đề=Truyện Kiều; Ngày nhập=417", "000000nuuuuuuuuvm |||||||||||||| ||vie d"),
        (
            "Nhan đề=Old man; Năm XB=2001-2003; Nơi XB=New York; Ngôn ngữ=eng",
            "000000m20012003nyu|||||||||||||| ||eng d",
        ),
        ("Nhan đề=Truyện; Loại tài liệu=Sách thiếu nhi; Minh hoạ=ảnh", "000000nuuuuuuuuvm a   j||||||||| ||vie d"),
        ("Nhan đề=Báo; Loại tài liệu=Tạp chí; Năm XB=1999", "000000c19999999vm || |||||||||   ||vie d"),
    ],
)
def test_008_has_forty_characters_that_say_what_the_row_says(said: str, fixed: str) -> None:
    reading = row(**{heading.replace(" ", "_"): text for heading, text in cells(said).items()})
    assert values(reading, "008") == [fixed]
    assert len(fixed) == 40


def test_every_kind_fills_008_and_the_leader() -> None:
    assert [kind.names[0] for kind in coding.KINDS if len(kind.fixed) != 17] == []
    assert [kind.names[0] for kind in coding.KINDS if not repair.LEADER.fullmatch(coding.leader(kind))] == []


@pytest.mark.parametrize(
    ("said", "code", "where"),
    [
        ("Nhan đề=A; Năm XB=20015", "year", "cột B (Năm XB)"),
        ("Nhan đề=A; ISBN=9786046996027", "isbn_suggested", "9786046996026"),
        ("Nhan đề=A; ISBN=2415", "isbn", "cột B (ISBN)"),
        ("Nhan đề=A; Môn loại=959.7.15", "class_number", "'959.7.15'"),
        ("Nhan đề=A; Ngôn ngữ=klingon", "language", "'klingon'"),
        ("Nhan đề=A; Số bản=x", "copies", "'x'"),
        ("Nhan đề=A; Số bản=2; Số ĐKCB=A.1", "copies_differ", "cột B (Số bản)"),
        ("Nhan đề=A; Số ĐKCB=A.1-A.99999999", "accessions", "SPREADSHEET_COPIES"),
        ("Nhan đề=A; URL=a.vn", "url", "'a.vn'"),
        ("Nhan đề=A; Loại tài liệu=Lạ", "kind", "'Lạ'"),
        (f"Nhan đề=A; Mã={'k' * 201}", "cut_id", "LOCAL_ID_CHARACTERS"),
        (f"Nhan đề=A; Ghi chú={'k' * 32_767}", "", ""),
    ],
)
def test_a_doubtful_cell_is_named_with_sheet_row_and_column(said: str, code: str, where: str) -> None:
    reading = row(**{heading.replace(" ", "_"): text for heading, text in cells(said).items()})
    assert reading.record is not None
    assert [problem.code for problem in reading.problems] == ([f"spreadsheet.{code}"] if code else [])
    for problem in reading.problems:
        assert "trang tính “Sách”, dòng 2, cột B (" in problem.text("vi")
        assert where in problem.text("vi")
        assert "sheet “Sách”, row 2, column B (" in problem.text("en")


def test_a_row_without_a_title_is_set_aside() -> None:
    found = read(xlsx(["STT", "Nhan đề", "Tác giả", "Năm XB"], ["1", None, "Nguyễn Du", 2015], ["2", "Tắt đèn"]))
    assert [reading.record is None for reading in found] == [True, False]
    assert (
        found[0].problems[-1].text("vi").endswith("dòng 2, cột B (Nhan đề): thiếu nhan đề. Hãy điền nhan đề vào ô này.")
    )


def test_the_same_row_gives_the_same_bytes_wherever_it_stands() -> None:
    line = ["k1", "Truyện Kiều", "2015"]
    (first,) = read(xlsx(["Mã", "Nhan đề", "Năm"], line))
    (second,) = read(xlsx(["DANH SÁCH"], ["Mã", "Nhan đề", "Năm"], [], line), "khác.xlsx")
    assert (first.original, first.record) == (second.original, second.record)


TEXTS = st.text(max_size=30) | st.sampled_from(
    [
        "0",
        "1-9",
        "A.1-A.5",
        "2015",
        "\u0338",
        "= \u0338",
        " / ",
        "\x1f",
        "\x1e",
        "\ud800",
        "\ufffe",
        "٣",
        "²",
        "Nguyễn Du dịch",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(sorted(TARGETS)), TEXTS), max_size=8), TEXTS)
def test_any_cells_give_a_sound_record(said: list[tuple[str, str]], title: str) -> None:
    entry = Entry(
        "S", 2, [Cell("title", "Nhan đề", "A", title + "x")] + [Cell(name, name, "B", text) for name, text in said]
    )
    record = cataloguing.record(entry, "s-2")
    assert record is not None
    assert repair.check(record) == []
    assert len(record.control("008")) == 40
    assert Record(record.text).control("001")
    assert all(problem.text("vi") and problem.text("en") for problem in entry.problems)
    assert mrk.read(mrk.write(record))[0] == record
    assert marcxml.write(record)


@pytest.mark.parametrize(
    "letter", ["a", " ", "1", ";", ",", "-", "(", "1-", "a,", "Tập ", ": ", " / ", "dịch ", "́", "|"]
)
@pytest.mark.parametrize("target", sorted(TARGETS))
def test_no_long_cell_takes_long(target: str, letter: str) -> None:
    text = (letter * 32_767)[:32_767]
    cell = [Cell("title", "Nhan đề", "A", "A"), Cell(target, target, "B", text)]
    cataloguing.record(Entry("S", 2, cell), "s-2")


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("VN.001", ["VN.001"]), ("VN.009-VN.011", ["VN.009", "VN.010", "VN.011"]),
        ("VN.118-20", ["VN.118", "VN.119", "VN.120"]),
        ("A1, A2; A3", ["A1", "A2", "A3"]), ("A.3-A.1", ["A.3-A.1"]),
        ("A.9-11", ["A.9", "A.10", "A.11"]), ("2010-2012", ["2010-2012"]),
    ],
)  # fmt: skip
def test_ranges_of_accession_numbers(cell: str, expected: list[str]) -> None:
    assert particulars.accessions_of(cell, 1000)[0] == expected


@pytest.mark.parametrize("author", ["Nguyễn Du (1765-1820)", "Nông, Quốc Hưng", "Ernest Hemingway", "Tố Hữu"])
def test_a_row_is_no_fault_by_our_own_rule_for_names(author: str) -> None:
    record = row(Nhan_đề="A", Tác_giả=author).record
    assert record is not None
    assert "name_order" not in {finding.rule.code for finding in check(record)}
