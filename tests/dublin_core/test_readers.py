"""Files of digital repositories → readings: recognised by content, one broken item costs itself only."""

import io
import json
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dublin_core import dspace, messages
from dublin_core.crosswalk import crosswalk
from dublin_core.items import DigitalFile, DigitalItem, read_item, safe_name
from dublin_core.readers import HEAD_BYTES, read, readings, recognise
from dublin_core.terms import QualifiedDublinCore
from foundation import limits
from foundation.errors import FormatError, LienThongError
from marc import repair
from marc.reading import Reading
from tests.dublin_core.samples import SHARED
from tests.dublin_core.test_to_marc import _ANY

DC = (
    '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
)
THEN = f"{DC}<dc:title>Then Tày</dc:title></oai_dc:dc>"
MODS = '<mods xmlns="http://www.loc.gov/mods/v3"><titleInfo><title>Rừng</title></titleInfo>{}</mods>'


def oai(*records: str) -> str:
    return (
        '<?xml version="1.0"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><request verb="ListRecords">'
        f"https://x.vn/oai</request><ListRecords>{''.join(records)}</ListRecords></OAI-PMH>"
    )


def oai_record(number: int, inner: str, status: str = "") -> str:
    body = f"<metadata>{inner}</metadata>" if inner else ""
    header = f"<identifier>oai:x.vn:{number}</identifier><datestamp>2020-01-31</datestamp>"
    return f"<record><header{status}>{header}</header>{body}</record>"


def read_all(data: str | bytes, name: str = "f.xml") -> list[Reading]:
    return list(readings(io.BytesIO(data.encode() if isinstance(data, str) else data), name))


def titles(found: list[Reading]) -> list[str]:
    return [title for one in found if one.record is not None for title in crosswalk(one.record).values("title")]


def codes(found: list[Reading]) -> list[str]:
    return [problem.code for one in found for problem in one.problems]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (THEN, ["Then Tày"]),
        (f"<?xml version='1.0'?>\n<!-- x -->\n{THEN}", ["Then Tày"]),
        (f"<records>{THEN}{THEN}</records>", ["Then Tày", "Then Tày"]),
        (oai(oai_record(1, THEN), oai_record(2, MODS.format(""))), ["Then Tày", "Rừng"]),
        (MODS.format(""), ["Rừng"]),
        (f'<modsCollection xmlns="http://www.loc.gov/mods/v3">{MODS.format("")}</modsCollection>', ["Rừng"]),
        ('<dublin_core><dcvalue element="title" qualifier="none">Núi</dcvalue></dublin_core>', ["Núi"]),
        (THEN.encode("utf-16"), ["Then Tày"]),
    ],
)
def test_every_form_is_recognised_and_read(data: str | bytes, expected: list[str]) -> None:
    raw = data.encode() if isinstance(data, str) else data
    assert recognise(raw[:HEAD_BYTES])
    assert titles(read_all(raw)) == expected


OTHERS = [
    b"",
    b"%PDF",
    b"PK",
    b"<html><body/></html>",
    b'<record xmlns="http://www.loc.gov/MARC21/slim"/>',
    b'{"leader":""}',
]


@pytest.mark.parametrize("data", OTHERS)
def test_what_is_something_else_is_not_recognised(data: bytes) -> None:
    assert not recognise(data)


@pytest.mark.parametrize("data", [b"%PDF", b"<html/>", b"00714cam"])
def test_a_file_that_is_something_else_is_refused(data: bytes) -> None:
    with pytest.raises(FormatError) as refused:
        read_all(data)
    assert refused.value.problem.message is messages.OTHER_FORMAT


def test_an_empty_file_gives_nothing() -> None:
    assert read_all(b" \n") == []


def test_the_name_at_home_and_the_repository_are_kept() -> None:
    [found] = read_all(oai(oai_record(7, THEN)))
    assert found.record is not None
    assert found.record.control("001") == "oai:x.vn:7"
    assert [field.get("u") for field in found.record.select("883")] == ["https://x.vn/oai"]
    assert b"<identifier>oai:x.vn:7</identifier>" in found.original


def test_a_deleted_record_is_a_deletion() -> None:
    [found] = read_all(oai(oai_record(7, "", ' status="deleted"')) + f"<!-- {DC} -->")
    assert found.record is not None
    assert (found.record.leader[5], found.record.control("001")) == ("d", "oai:x.vn:7")


def test_a_record_identifier_of_mods_is_its_name() -> None:
    [found] = read_all(MODS.format("<recordInfo><recordIdentifier>vn-1</recordIdentifier></recordInfo>"))
    assert found.record is not None
    assert found.record.control("001") == "vn-1"


def test_a_broken_item_costs_itself_only() -> None:
    found = read_all(oai(oai_record(1, "<x/>"), oai_record(2, THEN)) + f"<!-- {DC} -->")
    assert [one.record is None for one in found] == [True, False]
    assert codes(found) == ["dc.nothing_said"]


def test_xml_that_breaks_off_keeps_what_came_before() -> None:
    found = read_all(oai(oai_record(1, THEN), oai_record(2, THEN))[:-60])
    assert titles(found)[:1] == ["Then Tày"]
    assert found[-1].record is None
    assert codes(found)[-1] == "xml.malformed"


def test_what_is_no_dublin_core_is_told_by_name() -> None:
    [found] = read_all(f"{DC}<dc:title>A</dc:title><degree>Thạc sĩ</degree></oai_dc:dc>")
    assert [(one.code, one.values["names"]) for one in found.problems] == [("dc.left_out", "degree")]


def test_an_item_without_a_title_says_so() -> None:
    assert codes(read_all(f"{DC}<dc:creator>A</dc:creator></oai_dc:dc>")) == ["dc.no_title"]


def test_originals_are_read_again_to_the_same_record() -> None:
    for one in read_all(oai(oai_record(1, THEN), oai_record(2, MODS.format("")))):
        again, _ = read(one.original)
        assert again is not None
        assert one.record is not None
        assert crosswalk(again) == crosswalk(one.record)
        assert again.control("001") == one.record.control("001")


def test_a_real_harvest() -> None:
    file = SHARED / "data" / "formats" / "idzebra__oai-caltech.xml"
    if not file.exists():
        pytest.skip("the Caltech harvest is not beside the repository")
    with file.open("rb") as stream:
        assert recognise(stream.read(HEAD_BYTES))
        stream.seek(0)
        found = list(readings(stream, file.name))
    assert len(found) == 100
    assert codes(found) == []
    assert all(one.record is not None and repair.check(one.record) == [] for one in found)


# --- DSpace archives -------------------------------------------------------------------------------------------

DUBLIN_CORE = (
    '<dublin_core schema="dc"><dcvalue element="title" qualifier="none">Lượn cọi</dcvalue>'
    '<dcvalue element="rights" qualifier="uri">https://creativecommons.org/licenses/by/4.0/</dcvalue></dublin_core>'
)
_VALUES = '<dcvalue element="title">A</dcvalue>' * (limits.DC_STATEMENTS // 2)
MANY = f"<dublin_core>{_VALUES}</dublin_core>"
ITEM = {
    "dublin_core.xml": DUBLIN_CORE,
    "metadata_dcterms.xml": '<dublin_core schema="dcterms"><dcvalue element="spatial">Ba Bể</dcvalue></dublin_core>',
    "contents": "luon.pdf\tbundle:ORIGINAL\tdescription:Toàn văn\tprimary:true\nlicense.txt\tbundle:LICENSE\n",
    "collections": "123456789/42\n123456789/43\n",
    "handle": "123456789/7\n",
    "luon.pdf": "%PDF",
    "license.txt": "",
}


def packed(*folders: dict[str, str], root: str = "archive/") -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for number, files in enumerate(folders):
            for name, content in files.items():
                archive.writestr(f"{root}item_{number:03}/{name}", content)
    return data.getvalue()


def test_an_archive_gives_its_items() -> None:
    data = packed(ITEM, {"dublin_core.xml": DUBLIN_CORE})
    assert recognise(data[:HEAD_BYTES])
    found = read_all(data, "saf.zip")
    assert titles(found) == ["Lượn cọi", "Lượn cọi"]
    assert [(one.number, one.file) for one in found] == [
        (1, "saf.zip/archive/item_000"),
        (2, "saf.zip/archive/item_001"),
    ]
    assert codes(found) == []


def test_an_item_of_an_archive_keeps_handle_collection_rights_and_files() -> None:
    [found] = read_all(packed(ITEM), "saf.zip")
    item = read_item(found.original)
    assert (item.identifier, item.collection) == ("123456789/7", "123456789/42")
    assert item.rights == "https://creativecommons.org/licenses/by/4.0/"
    assert item.files == (
        DigitalFile("luon.pdf", "ORIGINAL", "Toàn văn", True, True),
        DigitalFile("license.txt", "LICENSE", "", False, True),
    )
    assert item.statements.values("spatial") == ["Ba Bể"]
    assert found.record is not None
    assert found.record.control("001") == "123456789/7"
    assert [field.all("3f") for field in found.record.select("856")] == [["Toàn văn", "luon.pdf"]]
    assert [field.get("o") for field in found.record.select("773")] == ["123456789/42"]


def test_a_folder_on_disk_is_an_archive_too(tmp_path: Path) -> None:
    for number in range(2):
        folder = tmp_path / "archive" / f"item_{number}"
        folder.mkdir(parents=True)
        for name, content in ITEM.items():
            (folder / name).write_text(content, encoding="utf-8")
    (tmp_path / "archive" / "item_1" / "dublin_core.xml").unlink()
    first, second = dspace.items(dspace.folder(tmp_path / "archive"))
    assert first.item is not None
    assert first.item.files[0].present
    assert second.item is None
    assert [problem.code for problem in second.problems] == ["dc.dspace_metadata"]


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({"dublin_core.xml": "<dublin_core>"}, "xml.malformed"),
        ({"dublin_core.xml": '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><dublin_core/>'}, "xml.doctype"),
        ({"contents": "a.pdf"}, "dc.dspace_metadata"),
        ({"dublin_core.xml": DUBLIN_CORE, "contents": "../../etc/passwd"}, "dc.dspace_file_name"),
        ({"dublin_core.xml": DUBLIN_CORE, "contents": "mất.pdf"}, "dc.dspace_file_missing"),
        ({"dublin_core.xml": '<dublin_core><dcvalue element="language">vi</dcvalue></dublin_core>'}, "dc.no_title"),
        ({"dublin_core.xml": DUBLIN_CORE.replace('"rights"', '"shelf"')}, "dc.left_out"),
        ({"dublin_core.xml": DUBLIN_CORE, "contents": "x" * (limits.DSPACE_FILE_BYTES + 1)}, "dc.dspace_limit"),
        ({f"metadata_{n}.xml": MANY for n in range(3)}, "dc.statements_limit"),
        ({"readme.txt": "Xin chào"}, "dc.other_format"),
    ],
)
def test_a_flaw_in_one_item_is_told_and_the_next_goes_on(files: dict[str, str], code: str) -> None:
    found = read_all(packed(files, ITEM), "saf.zip")
    assert code in codes(found)
    assert titles(found)[-1] == "Lượn cọi"
    assert found[-1].problems == ()


def test_a_zip_of_xml_files_is_read_as_them() -> None:
    found = read_all(packed({"a.xml": THEN, "b.xml": MODS.format("")}), "xml.zip")
    assert titles(found) == ["Then Tày", "Rừng"]
    assert [one.number for one in found] == [1, 1]


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("a.pdf", "a.pdf"),
        ("ảnh/trang 1.jpg", "ảnh/trang 1.jpg"),
        ("./a.pdf", "a.pdf"),
        ("a\\b.pdf", "a/b.pdf"),
        ("../a.pdf", ""),
        ("a/../../b", ""),
        ("/etc/passwd", ""),
        ("C:\\windows", ""),
        ("a//b", ""),
        ("..", ""),
        ("a\x00b", ""),
        ("a\nb", ""),
        ("con. ", ""),
        ("x" * 256, ""),
        ("", ""),
    ],
)
def test_a_file_name_leads_nowhere_else(name: str, safe: str) -> None:
    assert safe_name(name) == safe


# --- items -----------------------------------------------------------------------------------------------------

_WORDS = st.text(max_size=20)
_FILES = st.builds(DigitalFile, st.from_regex(r"[a-z]{1,8}(/[a-zđ]{1,8})?\.pdf", fullmatch=True), _WORDS, _WORDS)
_ITEMS = st.builds(
    DigitalItem,
    st.lists(_ANY, max_size=5).map(QualifiedDublinCore.of),
    _WORDS,
    _WORDS,
    st.lists(_FILES, max_size=3).map(tuple),
    _WORDS,
)


@given(_ITEMS)
def test_an_item_is_one_line_and_comes_back_equal(item: DigitalItem) -> None:
    line = item.canonical()
    assert line.count(b"\n") == 1
    assert read_item(line) == item
    assert recognise(line) or not item.statements


def test_lines_of_items_are_a_file_of_them() -> None:
    line = read_all(packed(ITEM), "saf.zip")[0].original
    found = read_all(line + b"\n" + b'{"collection":"","files":[]}\n' + line, "items.jsonl")
    assert titles(found) == ["Lượn cọi", "Lượn cọi"]
    assert [one.offset for one in found] == [0, len(line) + 1, len(line) + 30]
    assert codes(found) == ["dc.item_damaged"]


@pytest.mark.parametrize(
    "change", [{"files": [{"name": "../x"}]}, {"statements": [["title"]]}, {"rights": None}, {"format": "x"}]
)
def test_a_damaged_line_is_refused(change: dict[str, object]) -> None:
    said = json.loads(read_all(packed(ITEM), "saf.zip")[0].original) | change
    with pytest.raises(FormatError) as refused:
        read_item(json.dumps(said).encode())
    assert refused.value.problem.message is messages.ITEM_DAMAGED


# --- any bytes -------------------------------------------------------------------------------------------------

_SEEDS = [
    THEN,
    oai(oai_record(1, THEN), oai_record(2, MODS.format(""), ' status="deleted"')),
    MODS.format(""),
    DUBLIN_CORE,
]


@st.composite
def _damaged(draw: st.DrawFn) -> bytes:
    data = bytearray(draw(st.sampled_from([*(seed.encode() for seed in _SEEDS), packed(ITEM)])))
    for _ in range(draw(st.integers(0, 4))):
        place = draw(st.integers(0, len(data)))
        data[place : place + draw(st.integers(0, 9))] = draw(st.binary(max_size=9))
    return bytes(data)


@settings(max_examples=300)
@given(_damaged() | st.binary(max_size=200))
def test_any_bytes_give_readings_or_our_error(data: bytes) -> None:
    recognise(data)
    read(data)
    try:
        found = read_all(data)
    except LienThongError:
        return
    assert all(one.record is not None or one.problems for one in found)
    assert all(one.record is None or repair.check(one.record) == [] for one in found)
