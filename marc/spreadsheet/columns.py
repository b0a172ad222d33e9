"""What a column holds, told by its heading as Vietnamese libraries write it, and the row that has the headings.

Headings are compared without marks, case and signs, so "NHÀ XUẤT BẢN", "Nhà xuất bản (*)" and "nha xuat ban" are one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches
from functools import lru_cache
from typing import Final, NamedTuple

from marc.spreadsheet.particulars import is_size, isbn_of
from marc.spreadsheet.table import Row, Sheet
from vietnamese.text import fold, normalise


class Target(NamedTuple):
    """Something a column may hold: its name in mappings, what people see, and where it goes in MARC 21."""

    name: str
    vi: str
    en: str
    field: str


IGNORE: Final = "ignore"

_TABLE: Final = """
id | Mã biểu ghi | Record number | 001 | ma; ma so; ma sach; ma tai lieu; ma an pham; ma bieu ghi; 001; id; mfn; record id; control number; so bieu ghi; so kiem soat
accession | Số đăng ký cá biệt | Accession number | 852 $p | so dkcb; dkcb; so dang ky ca biet; dang ky ca biet; so dk; so dang ky; so ca biet; ma vach; ma dkcb; ma xep gia; barcode; accession number; accession no; accession
title | Nhan đề | Title | 245 $a | nhan de; nhan de chinh; ten sach; ten tai lieu; ten an pham; tua sach; tua de; tieu de; ten; nhan de tai lieu; ten bao tap chi; ten bao; ten tap chi; ten luan van; ten luan an; ten de tai; 245; 245 a; title; book title; main title; ten sach bao; ten cuon sach; ten dau sach; nhan de va thong tin trach nhiem; dau sach
subtitle | Phụ đề | Subtitle | 245 $b | phu de; nhan de phu; thong tin bo sung nhan de; thong tin khac ve nhan de; thong tin lien quan den nhan de; ten phu; 245 b; subtitle; other title information
parallel | Nhan đề song song | Parallel title | 245 $b | nhan de song song; parallel title
responsibility | Thông tin trách nhiệm | Statement of responsibility | 245 $c | thong tin trach nhiem; minh xac trach nhiem; trach nhiem; 245 c; statement of responsibility; responsibility
author | Tác giả | Author | 100, 700 | tac gia; ten tac gia; tac gia chinh; ho ten tac gia; ho va ten tac gia; nguoi viet; tg; tac gia ca nhan; tac gia dich gia; 100; 100 a; author; authors; creator; main author
contributor | Tác giả khác | Other author | 700 | tac gia phu; dong tac gia; tac gia khac; nguoi tham gia; tac gia bo sung; 700; 700 a; other authors; contributor; contributors; co author
body | Tác giả tập thể | Corporate author | 110, 710 | tac gia tap the; co quan ban hanh; co quan bien soan; 110; 710; corporate author; corporate body
editor | Chủ biên | Editor | 700 $e | chu bien; nguoi chu bien; editor; editors
compiler | Người biên soạn | Compiler | 700 $e | bien soan; nguoi bien soan; soan gia; nguoi soan; compiler
collector | Người sưu tầm | Collector | 700 $e | suu tam; nguoi suu tam; collector
translator | Người dịch | Translator | 700 $e | nguoi dich; dich gia; dich; ten nguoi dich; translator; translators
part | Tập | Part | 245 $n | tap; tap so; tap quyen; so tap; quyen; quyen so; phan; volume; vol; part; 245 n
part_title | Tên tập | Title of part | 245 $p | ten tap; ten phan; nhan de tap; 245 p; part title; volume title
edition | Lần xuất bản | Edition | 250 | lan xuat ban; lan xb; lan tai ban; tai ban; lan in; ban in; 250; 250 a; edition
imprint | Thông tin xuất bản | Imprint | 264 | thong tin xuat ban; xuat ban; noi xuat ban nha xuat ban nam xuat ban; xuat ban phat hanh; dia chi xuat ban; 260; 264; imprint; publication
place | Nơi xuất bản | Place of publication | 264 $a | noi xuat ban; noi xb; noi in; dia diem xuat ban; nxb noi; 260 a; 264 a; place of publication; place; place published; xuat ban noi; xuat ban noi xb; xuat ban noi xuat ban
publisher | Nhà xuất bản | Publisher | 264 $b | nha xuat ban; nxb; nha xb; ten nha xuat ban; ten nxb; don vi xuat ban; 260 b; 264 b; publisher; xuat ban nxb; xuat ban nha xuat ban; xuat ban nha xb
year | Năm xuất bản | Year | 264 $c | nam xuat ban; nam xb; namxb; nam; nam in; nxb nam; nam phat hanh; ngay xuat ban; 260 c; 264 c; year; publication year; date; year of publication; date of publication; publication date; xuat ban nam; xuat ban nam xb; xuat ban nam xuat ban
extent | Số trang | Extent | 300 $a | so trang; trang; st; so tr; tong so trang; so to; khoi luong; mo ta vat ly; so luong trang; 300; 300 a; pages; extent; number of pages; pagination; physical description
illustration | Minh hoạ | Illustrations | 300 $b | minh hoa; 300 b; illustrations
size | Khổ | Size | 300 $c | kho sach; kho co; kich thuoc; co; kho cm; 300 c; size; dimensions; format; height
series | Tùng thư | Series | 490 | tung thu; bo sach; tu sach; thuoc bo; thuoc tu sach; 490; 490 a; series; series title
isbn | ISBN | ISBN | 020 $a | isbn; ma isbn; so isbn; chi so isbn; ma so isbn; 020; 020 a; isbn13; isbn 13; isbn 10
issn | ISSN | ISSN | 022 $a | issn; ma issn; so issn; 022; 022 a
price | Giá tiền | Price | 020 $c | gia tien; gia; gia bia; don gia; gia sach; gia mua; tien; thanh tien; 020 c; price; cost; unit price
language | Ngôn ngữ | Language | 041, 008/35-37 | ngon ngu; ma ngon ngu; ngon ngu van ban; ngon ngu tai lieu; nn; tieng; 041; 041 a; language; lang
original_language | Ngôn ngữ gốc | Original language | 041 $h | ngon ngu goc; nguyen ban; dich tu; dich tu tieng; 041 h; original language; translated from
class | Ký hiệu phân loại | Class number | 082 $a | ky hieu phan loai; mon loai; ddc; phan loai; chi so phan loai; chi so ddc; ky hieu ddc; khpl; kh phan loai; ma phan loai; so phan loai; phan loai ddc; 082; 082 a; dewey; class number; classification; class
shelf_mark | Ký hiệu xếp giá | Shelf mark | 082, 852 | ky hieu xep gia; khxg; ky hieu kho; xep gia; kh xep gia; ky hieu; so goi; call number; shelf mark; call no; callnumber
book_number | Ký hiệu tên sách | Book number | 082 $b | ky hieu ten sach; cutter; ky hieu tac gia; ma cutter; chi so cutter; 082 b; book number
subject | Chủ đề | Subject | 650 | chu de; de muc chu de; tieu de de muc; dm chu de; de muc; 650; 650 a; subject; subjects; topic
place_subject | Địa danh | Place as subject | 651 | dia danh; dia ly; 651; 651 a; geographic subject; dia phuong
keyword | Từ khoá | Keywords | 653 | tu khoa; tu khoa tu do; tk; 653; 653 a; keyword; keywords; tags
summary | Tóm tắt | Summary | 520 | tom tat; noi dung; tom tat noi dung; noi dung tom tat; gioi thieu; chu giai; mo ta; mo ta noi dung; 520; 520 a; summary; abstract; description
contents | Mục lục | Contents | 505 | muc luc; muc luc sach; 505; 505 a; contents; table of contents
note | Ghi chú | Note | 500 | ghi chu; phu chu; chu thich; gc; 500; 500 a; note; notes; remark; remarks
kind | Loại tài liệu | Kind of material | Leader 06-07, 336-338 | loai tai lieu; loai hinh; loai hinh tai lieu; dang tai lieu; loai an pham; loai; loai sach; kieu tai lieu; type; material type; kind; document type; loai hinh an pham
url | Địa chỉ tài liệu số | Link | 856 $u | url; duong dan; lien ket; link; dia chi tai lieu so; ban so; dia chi truy cap; 856; 856 u; website; link tai lieu
copies | Số bản | Copies | 852 | so ban; so luong; so cuon; sl; so luong ban; tong so ban; ban; cuon; so luong sach; 852 t; copies; number of copies; quantity; qty
location | Kho | Storeroom | 852 $b | ten kho; kho luu; kho luu tru; vi tri; noi luu giu; noi de; diem luu thong; gia ke; ke; 852 b; location; shelf location; storeroom; collection
received | Ngày nhập | Date received | 008/00-05 | ngay nhap; ngay nhap kho; ngay vao so; ngay dang ky; ngay nhan; ngay bo sung; thoi gian nhap; date received; acquisition date; date acquired
ignore | (bỏ qua) | (ignored) |  | stt; so thu tu; tt; so tt; no; loi; loi can sua; can sua; dong goc; dong cu; chu ky; nguoi nhap; index; error; errors; source row
"""

_ROWS: Final = [[cell.strip() for cell in line.split("|")] for line in _TABLE.strip().splitlines()]
TARGETS: Final = {name: Target(name, vi, en, field) for name, vi, en, field, _ in _ROWS}
"""Everything a column may be mapped to."""

_PHRASES: Final = {phrase.strip(): name for name, *_, phrases in _ROWS for phrase in phrases.split(";")}
_LENGTHS: Final = sorted(_PHRASES, key=len, reverse=True)

_IMPRINT: Final = (("noi",), ("nxb", "nha xuat ban", "nha xb"), ("nam",))
"""Two of these in one heading: the column holds the whole imprint ("Nơi, NXB, năm XB")."""

_NUMBERED: Final = re.compile(r" \d$")
_BRACKETS: Final = re.compile(r"[(\[{][^)\]}]*[)\]}]?")
_SIGNS: Final = re.compile(r"[^\w]+|_")
_HEADING_ROWS: Final = 40
"""The headings stand in the first rows; above them are the names of the district, the library and the list."""
_HEADING_LETTERS: Final = 300
_SURE, _CONTAINED, _SIMILAR = 1.0, 0.7, 0.6


def key(heading: str) -> str:
    """What two spellings of one heading share; empty when it has no letter or digit."""
    plain = fold(normalise(heading[:_HEADING_LETTERS]))
    return " ".join(_SIGNS.sub(" ", _BRACKETS.sub(" ", plain)).split()) or " ".join(_SIGNS.sub(" ", plain).split())


def marked_key(heading: str) -> str:
    """The same with its marks, for what people have decided themselves: khổ is not kho."""
    return " ".join(_SIGNS.sub(" ", normalise(heading[:_HEADING_LETTERS]).lower()).split())


@lru_cache(maxsize=4096)
def recognise(heading: str) -> tuple[str, float]:
    """The target of a heading and how sure that is, 0 to 1; IGNORE and 0.0 when nothing is known of it.

    1.0 for a known heading, 0.7 for one with words around it ("Tên sách giáo khoa"), 0.6 for one mistyped.
    """
    target, sure = _known(heading)
    plain = key(heading)
    if sure or not 5 <= len(plain) <= 40:
        return target, sure
    near = [phrase for phrase in _PHRASES if len(phrase) >= 5 and abs(len(phrase) - len(plain)) <= 2]
    close = get_close_matches(plain, near, 1, 0.88)
    return (_PHRASES[close[0]], _SIMILAR) if close else (IGNORE, 0.0)


def _known(heading: str) -> tuple[str, float]:
    plain = key(heading)
    if plain == "kho":  # the one pair that only its marks tell apart: khổ, the size, and kho, the storeroom
        return ("location" if heading.isascii() else "size"), _SURE
    found = _PHRASES.get(plain) or _PHRASES.get(_NUMBERED.sub("", plain))
    if found:
        return found, _SURE
    if not plain or len(plain) > 60:
        return IGNORE, 0.0
    around = f" {plain} "
    if sum(any(f" {word} " in around for word in words) for words in _IMPRINT) >= 2:
        return "imprint", _CONTAINED
    for phrase in _LENGTHS:
        if len(phrase) >= 4 and not phrase.isdigit() and f" {phrase} " in around:
            return _PHRASES[phrase], _CONTAINED
    return IGNORE, 0.0


def by_content(heading: str, samples: Sequence[str]) -> str:
    """The target that the cells of a column speak of by themselves where its heading does not; else empty."""
    enough = len(samples) >= 3
    if enough and recognise(heading)[1] == 0 and sum(bool(isbn_of(cell)) for cell in samples) * 2 > len(samples):
        return "isbn"
    if samples and key(heading) == "kho" and all(map(is_size, samples)):
        return "size"
    return ""


def headings(sheet: Sheet, head: Sequence[Row]) -> tuple[int, tuple[str, ...]]:
    """The headings of a sheet and the number of their last row; `head` are its first rows.

    They may stand in two rows ("Xuất bản" over "Nơi", "NXB", "Năm"). Without a row of which two cells are recognised,
    the first row of at least two cells is taken, else the first; 0 and () when there is no row at all.
    """
    whole = [row for row in head[:_HEADING_ROWS] if row.problem is None]
    candidates: list[tuple[float, int, tuple[str, ...]]] = []
    for at, row in enumerate(whole):
        single = _spread(sheet, row)
        candidates.append((_score(single), row.number, single))
        if at + 1 < len(whole) and whole[at + 1].number == row.number + 1 and _score(single) > 0:
            double = _joined(single, _spread(sheet, whole[at + 1]))
            candidates.append((_score(double) - 0.5, row.number + 1, double))
    best = max(candidates, key=lambda candidate: (candidate[0], -candidate[1]), default=None)
    if best is None:
        return 0, ()
    if best[0] < 2:
        wide = next((row for row in whole if sum(map(bool, row.cells)) > 1), whole[0])
        return wide.number, _named(_spread(sheet, wide))
    return best[1], _named(best[2])


def _score(cells: Sequence[str]) -> float:
    """How many different things the cells of a row name; a cell of data that happens to be a heading counts once."""
    found: dict[str, float] = {}
    for cell in cells:
        target, sure = _known(cell) if 0 < len(cell) <= _HEADING_LETTERS else (IGNORE, 0.0)
        weight = sure * (0.5 if target == IGNORE else 1.5 if target == "title" else 1.0)
        weight *= 0.0 if key(cell).isdigit() and len(key(cell)) != 3 else 1.0
        found[target] = max(found.get(target, 0.0), weight)
    return sum(found.values())


def _spread(sheet: Sheet, row: Row) -> tuple[str, ...]:
    """The cells of a row of headings, with the text of merged cells in each of them."""
    cells = list(row.cells)
    for top, left, bottom, right in sheet.merged[:10_000]:
        if top <= row.number <= bottom and left < len(cells) and row.number == top:
            right = min(right, 1000)
            cells += [""] * (right + 1 - len(cells))
            for column in range(left, right + 1):
                cells[column] = cells[column] or cells[left]
    return tuple(cells)


def _joined(upper: tuple[str, ...], lower: tuple[str, ...]) -> tuple[str, ...]:
    """Headings of two rows as one; where only one row has text, that."""
    width = max(len(upper), len(lower))
    pairs = zip((*upper, *[""] * (width - len(upper))), (*lower, *[""] * (width - len(lower))), strict=True)
    return tuple(_both(first, second) for first, second in pairs)


def _both(first: str, second: str) -> str:
    """The lower heading where it is known by itself; with the upper one where only both together are."""
    if not second or not first:
        return first or second
    both = f"{first} {second}"
    if recognise(second)[1] == _SURE and recognise(both)[1] < _SURE:
        return second
    return both


def _named(cells: tuple[str, ...]) -> tuple[str, ...]:
    """Headings that differ from each other: the second "Tác giả" becomes "Tác giả 2"; an empty one stays empty."""
    seen: dict[str, int] = {}
    names = []
    for cell in cells:
        name = " ".join(cell.split())[:_HEADING_LETTERS]
        seen[name] = seen.get(name, 0) + 1
        names.append(f"{name} {seen[name]}" if name and seen[name] > 1 else name)
    return tuple(names)
