"""What a cataloguer fills in, under plain words: the entries of the form, and the kinds of material they are for.

An entry is one field; its cells are subfields of it. What a record says beyond them, the form leaves alone. Which
fields and subfields these are is MARC 21's; labels are the words of cataloguing in Vietnam.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple


class Cell(NamedTuple):
    """One box of the form: a subfield."""

    code: str
    vi: str = ""
    """What it is called; empty: as the entry."""
    en: str = ""
    kind: str = "text"
    """`text`, `area`, `year`, `isbn`, `issn`, `class`, `role`, `language` or `address`: how it is shown and helped."""
    heading: str = ""
    """The list of headings that suggests values (`search.browse`), by the name of its field."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One field of the form."""

    name: str
    vi: str
    en: str
    tags: tuple[str, ...]
    """Those it is read from; a new one has the first."""
    cells: tuple[Cell, ...]
    indicators: str = "  "
    """Of a new one."""
    repeatable: bool = False
    required: bool = False
    kinds: frozenset[str] = frozenset()
    """Kinds of material it is for; empty: for all."""
    vi_help: str = ""
    en_help: str = ""
    fixed: tuple[tuple[str, str], ...] = ()
    """Subfields that a new one has besides."""
    second: str = ""
    """Values of the second indicator that make a field with this tag one of these; empty: any."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of material: what a new record of it begins with."""

    code: str
    vi: str
    en: str
    type_level: str
    """Leader/06-07."""
    specific: str
    """008/18-34."""
    language: str = "vie"
    continuing: bool = False
    """Whether it goes on appearing: 008/06 `c`, else a single date."""
    fields: tuple[str, ...] = ()
    """Packed, `$` for the delimiter."""


_TEXT: Final = (
    "336  $avăn bản$btxt$2rdacontent",
    "337  $akhông dùng thiết bị$bn$2rdamedia",
    "338  $atập$bnc$2rdacarrier",
)

KINDS: Final[dict[str, Kind]] = {
    one.code: one
    for one in (
        Kind("book", "Sách", "Book", "am", "           000 0 ", fields=_TEXT),
        Kind("serial", "Báo, tạp chí", "Serial", "as", "uu p       0   b0", continuing=True, fields=_TEXT),
        Kind("thesis", "Luận văn, luận án", "Thesis", "am", "      m    000 0 ", fields=_TEXT),
        Kind(
            "map",
            "Bản đồ",
            "Map",
            "em",
            "       a     0   ",
            fields=(
                "336  $ahình ảnh bản đồ$bcri$2rdacontent",
                "337  $akhông dùng thiết bị$bn$2rdamedia",
                "338  $atờ$bnb$2rdacarrier",
            ),
        ),
        Kind(
            "heritage",
            "Tài liệu cổ, tài liệu dân tộc thiểu số",
            "Old books, documents of the peoples",
            "tm",
            "           000 0 ",
            "und",
            fields=_TEXT,
        ),
        Kind(
            "digital",
            "Tài liệu số",
            "Digital resource",
            "am",
            "     o     000 0 ",
            fields=(
                "336  $avăn bản$btxt$2rdacontent",
                "337  $amáy tính$bc$2rdamedia",
                "338  $atài nguyên trực tuyến$bcr$2rdacarrier",
            ),
        ),
    )
}
"""By code, in the order in which they are offered. 336-338 name content, media and carrier by the codes of RDA."""

_SERIAL: Final = frozenset(["serial"])
_NO_SERIAL: Final = frozenset(KINDS) - _SERIAL
_HERITAGE: Final = frozenset(["heritage"])

ROLES: Final = {
    "": ("", ""),
    "đồng tác giả": ("đồng tác giả", "joint author"),
    "chủ biên": ("chủ biên", "editor in chief"),
    "biên soạn": ("biên soạn", "compiler"),
    "dịch": ("dịch", "translator"),
    "sưu tầm": ("sưu tầm", "collector"),
    "giới thiệu": ("giới thiệu", "writer of introduction"),
    "hiệu đính": ("hiệu đính", "reviser"),
    "minh hoạ": ("minh hoạ", "illustrator"),
    "hướng dẫn": ("hướng dẫn", "thesis advisor"),
    "chép": ("chép", "copyist"),
}
"""What people do for a book (700 $e), as catalogues in Vietnam write it."""

LANGUAGES: Final = (
    "vie", "tyz", "nut", "ium", "mji", "hmn", "mww", "hnj", "mlc", "lzh", "chi", "eng", "fre", "rus", "ger", "jpn",
    "kor", "lao", "khm", "tha", "mul", "und",
)  # fmt: skip
"""Languages that are offered first, MARC codes and those of ISO 639-3."""

GROUPS: Final = {
    "tyz": "tai", "nut": "tai", "mlc": "tai", "ium": "mis", "mji": "mis", "mww": "hmn", "hnj": "hmn", "lzh": "chi",
}  # fmt: skip
"""A language of ISO 639-3 → the code of its group in MARC's list, for 008/35-37. `mis` is the list's own word for one
that belongs to no group of it."""

ENTRIES: Final = (
    Entry(
        "title", "Nhan đề", "Title", ("245",),
        (Cell("a", "Nhan đề chính", "Title proper"), Cell("n", "Số của phần, tập", "Number of part"),
         Cell("p", "Tên của phần, tập", "Name of part"), Cell("b", "Phần còn lại của nhan đề", "Other title"),
         Cell("c", "Thông tin trách nhiệm (như in trên sách)", "Statement of responsibility")),
        "00", required=True,
        vi_help="Chép đúng như trên trang tên sách, chữ đầu viết hoa; không viết toàn chữ hoa.",
        en_help="As on the title page; capitals at the beginning only.",
    ),
    Entry(
        "author", "Tác giả chính", "Main author", ("100",), (Cell("a", heading="author"),), "0 ",
        vi_help="Họ và tên đầy đủ, một người. Người khác điền ở dưới.",
        en_help="Full name, one person. Others go below.",
    ),
    Entry(
        "body", "Tác giả tập thể", "Corporate author", ("110",), (Cell("a", heading="author"),), "2 ",
        vi_help="Cơ quan chịu trách nhiệm chính; chỉ điền khi không có tác giả cá nhân.",
        en_help="The body mainly responsible, where no person is.",
    ),
    Entry(
        "people", "Người tham gia khác", "Other people", ("700",),
        (Cell("a", "Họ và tên", "Name", heading="author"), Cell("e", "Vai trò", "Role", "role")), "0 ",
        repeatable=True,
    ),
    Entry("edition", "Lần xuất bản", "Edition", ("250",), (Cell("a"),), vi_help="Thí dụ: Tái bản lần thứ 2",
          en_help="For example: Tái bản lần thứ 2"),
    Entry(
        "imprint", "Xuất bản", "Publication", ("264", "260"),
        (Cell("a", "Nơi xuất bản", "Place", heading="place"),
         Cell("b", "Nhà xuất bản", "Publisher", heading="publisher"),
         Cell("c", "Năm xuất bản", "Year", "year")), " 1", second=" 1",
        vi_help="Không rõ năm thì điền [20--?] hoặc [không rõ năm].", en_help="Where the year is not known: [20--?].",
    ),
    Entry(
        "thesis", "Luận văn, luận án", "Thesis", ("502",),
        (Cell("b", "Trình độ", "Degree"), Cell("c", "Cơ sở đào tạo", "Institution"), Cell("d", "Năm bảo vệ", "Year")),
        kinds=frozenset(["thesis"]),
    ),
    Entry(
        "frequency", "Định kỳ", "Frequency", ("310",), (Cell("a"),), kinds=_SERIAL,
        vi_help="Thí dụ: Hằng tháng, 2 số một tháng", en_help="For example: Hằng tháng",
    ),
    Entry("numbers", "Các số đã ra", "Numbering", ("362",), (Cell("a"),), "0 ", kinds=_SERIAL,
          vi_help="Thí dụ: Số 1 (2010)-", en_help="For example: Số 1 (2010)-"),
    Entry(
        "scale", "Tỷ lệ, toạ độ", "Scale and coordinates", ("255",),
        (Cell("a", "Tỷ lệ", "Scale"), Cell("b", "Phép chiếu", "Projection"), Cell("c", "Toạ độ", "Coordinates")),
        kinds=frozenset(["map"]),
    ),
    Entry(
        "extent", "Mô tả vật lý", "Physical description", ("300",),
        (Cell("a", "Số trang, số tập, số tờ", "Extent"), Cell("b", "Minh hoạ", "Illustrations"),
         Cell("c", "Khổ", "Size"), Cell("e", "Tài liệu kèm theo", "Accompanying")),
        vi_help="Thí dụ: 215 tr. – minh hoạ – 21 cm", en_help="For example: 215 tr. – minh hoạ – 21 cm",
    ),
    Entry("series", "Tùng thư", "Series", ("490",),
          (Cell("a", "Tên tùng thư", "Series", heading="series"), Cell("v", "Số", "Number")), "0 ", repeatable=True),
    Entry("isbn", "ISBN", "ISBN", ("020",), (Cell("a", "Số ISBN", "ISBN", "isbn"), Cell("c", "Giá", "Price")),
          repeatable=True, kinds=_NO_SERIAL, vi_help="10 hoặc 13 chữ số, có hay không có gạch nối đều được.",
          en_help="10 or 13 figures, with or without hyphens."),
    Entry("issn", "ISSN", "ISSN", ("022",), (Cell("a", "", "", "issn"),), kinds=_SERIAL),
    Entry("language", "Ngôn ngữ", "Language", ("041",), (Cell("a", "", "", "language"),)),
    Entry("script", "Chữ viết", "Script", ("546",), (Cell("b"),), kinds=_HERITAGE,
          vi_help="Thí dụ: Chữ Hán, Chữ Nôm Tày, Chữ Nôm Dao", en_help="For example: Chữ Nôm Tày"),
    Entry("class", "Ký hiệu phân loại DDC", "Dewey number", ("082",),
          (Cell("a", "Chỉ số DDC", "Class number", "class"), Cell("b", "Ký hiệu tác giả", "Item number")), "04",
          fixed=(("2", "23"),)),
    Entry("subject", "Chủ đề", "Subject", ("650",),
          (Cell("a", "Đề mục chủ đề", "Heading", heading="subject"), Cell("x", "Phụ đề mục", "Subdivision"),
           Cell("z", "Địa danh", "Place")), " 4", repeatable=True),
    Entry("place", "Địa danh nói đến", "Place as a subject", ("651",), (Cell("a", heading="subject"),), " 4",
          repeatable=True),
    Entry("keyword", "Từ khoá", "Keyword", ("653",), (Cell("a", heading="subject"),), repeatable=True),
    Entry("abstract", "Tóm tắt", "Abstract", ("520",), (Cell("a", "", "", "area"),)),
    Entry("note", "Phụ chú", "Note", ("500",), (Cell("a", "", "", "area"),), repeatable=True),
    Entry("custody", "Người, nơi lưu giữ trước", "Earlier owner", ("561",), (Cell("a"),), "0 ", kinds=_HERITAGE,
          vi_help="Gia đình, thầy Tào, dòng họ. Chỉ thị 0: không công bố tên người giữ.",
          en_help="Family or ritual master. Indicator 0: the owner is private."),
    Entry("condition", "Tình trạng vật lý", "Condition", ("583",), (Cell("l"),), "0 ", kinds=_HERITAGE,
          fixed=(("a", "đánh giá tình trạng"),)),
    Entry("access", "Điều kiện sử dụng", "Access", ("506",), (Cell("a"),), kinds=frozenset(["heritage", "digital"]),
          vi_help="Thí dụ: Đọc tại chỗ; Tài liệu nghi lễ, chỉ dùng khi được phép",
          en_help="For example: Đọc tại chỗ"),
    Entry("link", "Địa chỉ trên mạng", "Web address", ("856",),
          (Cell("u", "Địa chỉ", "Address", "address"), Cell("y", "Chữ hiện ra", "Text of the link")), "40",
          repeatable=True),
    Entry("shelf", "Kho và ký hiệu xếp giá", "Shelf mark", ("852",),
          (Cell("b", "Kho", "Collection"), Cell("j", "Ký hiệu xếp giá", "Shelf mark")), "8 ", repeatable=True),
)  # fmt: skip
"""In the order of the form."""

PUNCTUATION: Final = {
    "245": {"b": " :", "c": " /", "n": ".", "p": ","},
    "264": {"b": " :", "c": ","},
    "260": {"b": " :", "c": ","},
    "300": {"b": " :", "c": " ;", "e": " +"},
    "490": {"v": " ;"},
    "020": {"c": " :"},
    "255": {"b": " ;", "c": " "},
}
"""Tag → subfield → the mark that stands before it (ISBD, A.3), at the end of the one before."""
