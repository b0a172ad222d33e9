"""Particulars of a book as people type them into cells, put as a cataloguer writes them.

Every function takes the text of a cell and gives text, or an empty value where it is not what it should be; the caller
decides what to say about that.
"""

from __future__ import annotations

import math
import re
from typing import Final

from vietnamese.text import fold

_LISTED: Final = re.compile(r"[;\n|]")
_LISTED_OR_COMMA: Final = re.compile(r"[;\n|,]")
_SHORT: Final = 100
"""Letters of a value that a pattern with more than one open end looks at; longer ones are no such value."""


def listed(cell: str, commas: bool = False) -> list[str]:
    """The values of a cell that holds several: each line or part between semicolons, each once; or commas too."""
    parts = (_LISTED_OR_COMMA if commas else _LISTED).split(cell.replace("\r", "\n"))
    return list(dict.fromkeys(tidied for part in parts if (tidied := tidy(part))))


def tidy(cell: str) -> str:
    """One line, one blank between words, no sign of separation at either end."""
    return " ".join(cell.split()).strip(" ;,|")


# --- standard numbers ---------------------------------------------------------------------------------------
_ISBN: Final = re.compile(r"(?<![0-9])[0-9](?:[-–.\s]?[0-9]){8,11}[-–.\s]?[0-9Xx](?![0-9])")
_ISSN: Final = re.compile(r"(?<![0-9])([0-9]{4})\s?[-–]?\s?([0-9]{3}[0-9Xx])(?![0-9])")


def digits(cell: str) -> str:
    """A number without its hyphens and blanks; a final x large."""
    return re.sub(r"[^0-9X]", "", cell.upper())


def isbn_of(cell: str) -> str:
    """The valid ISBN in a cell, without hyphens; empty when there is none. A number that Excel took its leading 0 from
    gets it back (ISO 2108; the check digit proves it)."""
    found = _ISBN.search(cell)
    number = digits(found[0]) if found else cell.rjust(10, "0") if re.fullmatch(r"[0-9]{8,9}[0-9Xx]?", cell) else ""
    return number.upper() if is_isbn(number.upper()) else ""


def is_isbn(number: str) -> bool:
    """Whether ten or thirteen characters without hyphens are an ISBN."""
    if re.fullmatch(r"[0-9]{9}[0-9X]", number):
        return sum((10 - at) * (10 if sign == "X" else int(sign)) for at, sign in enumerate(number)) % 11 == 0
    return bool(re.fullmatch(r"97[89][0-9]{10}", number)) and _ean(number) == 0


def isbn_suggested(cell: str) -> str:
    """What an ISBN of thirteen digits would be with its check digit right; empty when that is not the only fault."""
    number = digits(cell)
    if not re.fullmatch(r"97[89][0-9]{10}", number):
        return ""
    return number[:-1] + str((int(number[-1]) - _ean(number)) % 10)


def _ean(number: str) -> int:
    return sum(int(sign) * (3 if at % 2 else 1) for at, sign in enumerate(number)) % 10


def issn_of(cell: str) -> str:
    """The valid ISSN in a cell, with its hyphen (ISO 3297); empty when there is none."""
    found = _ISSN.search(cell)
    number = (found[1] + found[2]).upper() if found else ""
    total = sum((8 - at) * (10 if sign == "X" else int(sign)) for at, sign in enumerate(number))
    return f"{number[:4]}-{number[4:]}" if number and total % 11 == 0 else ""


# --- imprint ------------------------------------------------------------------------------------------------
_YEAR: Final = re.compile(r"(?<![0-9])(1[0-9]{3}|20[0-9]{2})(?![0-9])")
_PUBLISHER: Final = re.compile(r"^(?:nhà\s*xuất\s*bản|nha\s*xuat\s*ban|nhà\s*xb|n\.?x\.?b\.?)[\s.:]+", re.IGNORECASE)
_PLACES: Final = {
    "h": "Hà Nội", "hn": "Hà Nội", "hanoi": "Hà Nội", "ha noi": "Hà Nội",
    "tp hcm": "Thành phố Hồ Chí Minh", "tphcm": "Thành phố Hồ Chí Minh", "hcm": "Thành phố Hồ Chí Minh",
    "tp ho chi minh": "Thành phố Hồ Chí Minh", "tp hochiminh": "Thành phố Hồ Chí Minh", "s": "Sài Gòn",
    "ho chi minh": "Thành phố Hồ Chí Minh", "thanh pho ho chi minh": "Thành phố Hồ Chí Minh",
    "dn": "Đà Nẵng", "tn": "Thái Nguyên", "hp": "Hải Phòng",
}  # fmt: skip
"""Places as title pages and lists abbreviate them; 264 $a has them in full."""


def years_of(cell: str) -> list[str]:
    """The years that a cell names, first to last: "2014", "[2014?]", "2001-2003", "01/05/2014"."""
    return _YEAR.findall(cell)


def place_of(cell: str) -> str:
    """A place of publication in full."""
    place = tidy(cell).rstrip(":.").strip()
    return _PLACES.get(" ".join(fold(place).replace(".", " ").split()), place)


def publisher_of(cell: str) -> str:
    """A publisher without the words for one: "Nxb. Văn học" is Văn học (AACR2 1.4D2)."""
    name = tidy(cell)
    short = _PUBLISHER.sub("", name)
    return (short if short else name).strip(" :.")


def imprint_of(cell: str) -> tuple[str, str, str]:
    """(place, publisher, year) of a cell that holds all: "H. : Văn học, 2015", "NXB Trẻ, 2010", "Hà Nội, 1998"."""
    text = tidy(cell)
    years = years_of(text)
    rest = text
    if years:
        at = text.rfind(years[-1])
        rest = (text[:at] + text[at + 4 :]).strip(" ,.;:()[]")
    place, mark, publisher = rest.partition(":")
    if not mark:
        parts = [part.strip() for part in re.split(r"[,;]|\s-\s", rest) if part.strip()]
        named = [part for part in parts if _PUBLISHER.match(part)]
        places = [part for part in parts if part not in named]
        if not parts:
            place = ""
        elif len(parts) == 1:
            place, publisher = ("", rest) if named or place_of(rest) == rest else (rest, "")
        else:
            publisher = ", ".join(named) or ", ".join(places[1:])
            place = ", ".join(places) if named else places[0]
    return place_of(place), publisher_of(publisher), years[-1] if years else ""


# --- physical description -----------------------------------------------------------------------------------
_PAGES: Final = re.compile(r"([0-9ivxlcIVXLC][0-9ivxlcIVXLC, ]{0,20}?) ?(?:tr(?:ang)?|p|pp|pages?)\b\.?")
_SIZE: Final = re.compile(
    r"([0-9]{1,3}(?:[.,][0-9]+)?)\s*(?:cm)?\s*(?:[x×*]\s*([0-9]{1,3}(?:[.,][0-9]+)?))?\s*(?:cm\.?)?", re.IGNORECASE
)


def extent_of(cell: str) -> tuple[str, str, str]:
    """(extent, illustrations, size) of a cell: "271" is "271 tr."; "271tr. : ảnh ; 21cm" has all three (ISBD, 5)."""
    head, _, size = tidy(cell).partition(";")
    head, _, pictures = head.partition(":")
    extent = tidy(head)
    if re.fullmatch(r"[0-9]+", extent):
        extent += " tr."
    else:
        extent = _PAGES.sub(lambda found: f"{found[1].strip()} tr.", extent)
    return extent, tidy(pictures), size_of(size) if size.strip() else ""


def is_size(cell: str) -> bool:
    """Whether a cell is a measure of a book."""
    return bool(_SIZE.fullmatch(cell.strip()))


def size_of(cell: str) -> str:
    """A size in centimetres: "13x19cm" is "13 x 19 cm", "20.5" is "21 cm" (a height is rounded up, AACR2 2.5D1)."""
    text = tidy(cell)
    found = _SIZE.fullmatch(text)
    if not found:
        return text
    if found[2]:
        return f"{found[1]} x {found[2]} cm"
    return f"{math.ceil(float(found[1].replace(',', '.')))} cm"


# --- price, edition, part -----------------------------------------------------------------------------------
_MONEY: Final = re.compile(
    r"([0-9]{1,3}(?:[.,\s][0-9]{3})+|[0-9]+)(?:[.,]0+)?\s*(?:đồng|đ|d|vnđ|vnd|₫)?\.?", re.IGNORECASE
)
_PART: Final = re.compile(r"(?:t|tập|tap|v|vol)\s*[.:]?\s*([0-9]{1,4}|[IVXLC]{1,7})", re.IGNORECASE)
_EDITION: Final = re.compile(
    r"(tái bản|tb|t\.b\.?|in|xuất bản|xb)?\s*(?:lần)?\s*(?:thứ)?\s*([0-9]{1,3})", re.IGNORECASE
)
_EDITIONS: Final = {"t": "Tái bản lần thứ", "i": "In lần thứ", "x": "Xuất bản lần thứ"}


def price_of(cell: str) -> str:
    """A price in đồng without signs of thousands: "35.000 đ" is "35000đ"; another currency stays as it is."""
    text = tidy(cell)
    found = _MONEY.fullmatch(text)
    return re.sub(r"[.,\s]", "", found[1]) + "đ" if found else text


def part_of(cell: str) -> str:
    """A part as 245 $n has it: "2" and "T.2" are "Tập 2"; "Quyển thượng" stays."""
    text = tidy(cell)
    if re.fullmatch(r"[0-9]{1,4}|[IVXLC]{1,7}", text):
        return f"Tập {text}"
    found = _PART.fullmatch(text)
    return f"Tập {found[1]}" if found else text


def edition_of(cell: str, heading: str) -> str:
    """An edition: a bare number is counted as the heading counts ("Lần tái bản" or "Lần xuất bản")."""
    text = tidy(cell)
    found = _EDITION.fullmatch(text)
    if not found:
        return text
    again = "t" if "tai ban" in fold(heading) else "x"
    return f"{_EDITIONS[(found[1] or again)[0].lower()]} {found[2]}"


# --- classification and accession numbers -------------------------------------------------------------------
_SHELF_MARK: Final = re.compile(
    r"(?P<store>[^\W\d_]{1,6}\.?\s+)?(?P<class>[0-9]{3}(?:\.[0-9]+(?:\s[0-9]+)*)?)(?:\s*(?:--|/|-|\s)\s*(?P<book>\S.*))?"
)
_RANGE: Final = re.compile(
    r"(?P<start>\S*?)(?P<from>[0-9]{1,12})\s*(?:-|–|—|->|đến|den|~)\s*(?P<again>\S*?)(?P<to>[0-9]{1,12})"
)


def shelf_mark_of(cell: str) -> tuple[str, str, str]:
    """(storeroom letters, class number, book number) of a shelf mark: "ĐC 959.7 NG-T", "005.275--LE-T", "895.922/T310".

    The class number is empty where there is none of DDC's shape; then the last is the whole mark.
    """
    text = tidy(cell)
    found = _SHELF_MARK.fullmatch(text)
    if not found:
        return "", "", text
    return (found["store"] or "").strip(), found["class"].replace(" ", ""), tidy(found["book"] or "").strip("/- ")


def accessions_of(cell: str, allowed: int) -> tuple[list[str], int]:
    """The accession numbers of a cell, with ranges written out: "VN.001-003" are three. And how many there were: when
    that is more than `allowed`, a range is given as it stands."""
    numbers: list[str] = []
    count = 0
    for part in listed(cell, commas=True):
        found = _RANGE.fullmatch(part) if len(part) <= _SHORT else None
        first, last = (found["from"], found["to"]) if found else ("", "")
        if not found or found["again"] not in ("", found["start"]) or not found["start"]:
            numbers.append(part)
            count += 1
            continue
        end = int(first[: max(len(first) - len(last), 0)] + last)
        size = end - int(first) + 1
        count += max(size, 1)
        if size < 2 or count > allowed:
            numbers.append(part)
        else:
            numbers += [f"{found['start']}{number:0{len(first)}d}" for number in range(int(first), end + 1)]
    return list(dict.fromkeys(numbers)), count
