"""A record with something of everything the graph can say, and the context it stands in."""

from __future__ import annotations

from linked_data.graph import ItemContext
from marc.record import Field, Record

CONTEXT = ItemContext(
    identifier="4rp7x2k9b3mzqd",
    base_url="https://lib.example",
    domain="lib.example",
    library_code="bk06",
    library_vi="Thư viện Chợ Đồn",
    library_en="Cho Don Library",
    local_id="CD0001",
    datestamp=1_800_000_000,
)


def data(tag: str, indicators: str, *subfields: str) -> Field:
    """A data field of subfields written `aValue`."""
    return Field(tag, indicators, tuple((one[0], one[1:]) for one in subfields))


LEADER = "00000nam a2200000 a 4500"
FIELDS = [
    Field("001", value="CD0001"),
    Field("008", value="150304s2014    vm            000 0 vie d"),
    data("020", "  ", "a9786047003471"),
    data("041", "0 ", "avie", "atai"),
    data("082", "04", "a398.2", "214"),
    data("100", "1 ", "aHoàng, Văn Páo"),
    data("245", "10", "aThen Tày /", "cHoàng Văn Páo"),
    data("246", "3 ", "aLời then"),
    data("250", "  ", "aTái bản lần thứ 2"),
    data("264", " 1", "aHà Nội :", "bVăn hoá dân tộc,", "c2014"),
    data("300", "  ", "a312 tr. :", "bminh hoạ ;", "c21 cm"),
    data("490", "0 ", "aVốn cổ Việt Bắc ;", "v7"),
    data("520", "  ", "aLời then của người Tày."),
    data("650", " 7", "aDân tộc Tày", "2btkkhcn"),
    data("650", " 4", "aHát then", "vDân tộc Nùng"),
    data("651", " 7", "aBa Bể", "2btkkhcn"),
    data("651", " 7", "aHồ Ba Bể", "2btkkhcn"),
    data("653", "  ", "aâm nhạc"),
    data("700", "1 ", "aNông, Thị Lan", "edịch"),
    data("700", "1 ", "aLương, Bèn", "echủ biên"),
    data("710", "2 ", "aSở Văn hoá"),
    data("852", "  ", "aBK06", "bKho đọc", "h398.2 TH-T", "pCD00017"),
    data("856", "40", "uhttps://so.example/then bản 1.pdf", "qapplication/pdf", "zToàn văn"),
    data("856", "42", "uhttps://so.example/anh"),
    data("856", "40", "ujavascript:alert(1)"),
    data("880", "10", "6245-01/$1", "a歌書"),
    data("952", "  ", "bBK06", "cKho mượn", "o398.2 TH-T", "pCD00018", "g95000"),
]
RECORD = Record.build(LEADER, FIELDS)


def with_title(title: str) -> Record:
    """The sample under another title."""
    other = [data("245", "10", f"a{title}") if field.tag == "245" else field for field in FIELDS]
    return Record.build(LEADER, other)
