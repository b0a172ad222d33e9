"""What a column holds, told by its heading as Vietnamese libraries write it, and the row that has the headings.

Headings are compared without marks, case and signs, so "NHÀ XUẤT BẢN", "Nhà xuất bản (*)" and "nha xuat ban" are one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches
from functools import lru_cache
from typing import Final

from foundation.limits import SPREADSHEET_COLUMNS
from marc.spreadsheet.headings import PHRASES
from marc.spreadsheet.particulars import is_size, isbn_of
from marc.spreadsheet.table import Row, Sheet
from vietnamese.text import fold, normalise

IGNORE: Final = "ignore"

_LONGEST: Final = sorted((name for name in PHRASES if len(name) >= 4 and not name.isdigit()), key=len, reverse=True)
_INSIDE: Final = re.compile(f"(?<= )(?:{'|'.join(_LONGEST)})(?= )")

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
    near = [phrase for phrase in PHRASES if len(phrase) >= 5 and abs(len(phrase) - len(plain)) <= 2]
    close = get_close_matches(plain, near, 1, 0.88)
    return (PHRASES[close[0]], _SIMILAR) if close else (IGNORE, 0.0)


def _known(heading: str) -> tuple[str, float]:
    plain = key(heading)
    if plain == "kho":  # the one pair that only its marks tell apart: khổ, the size, and kho, the storeroom
        return ("location" if heading.isascii() else "size"), _SURE
    found = PHRASES.get(plain) or PHRASES.get(_NUMBERED.sub("", plain))
    if found:
        return found, _SURE
    if not plain or len(plain) > 60:
        return IGNORE, 0.0
    around = f" {plain} "
    if sum(any(f" {word} " in around for word in words) for words in _IMPRINT) >= 2:
        return "imprint", _CONTAINED
    phrase = max(_INSIDE.findall(around), key=len, default="")
    return (PHRASES[phrase], _CONTAINED) if phrase else (IGNORE, 0.0)


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
            end = min(right + 1, SPREADSHEET_COLUMNS)
            cells += [""] * (end - len(cells))
            for column in range(left, end):
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
