"""One row of a list of books as a MARC 21 record, made as a cataloguer would make it.

What a cell says is never thrown away: a value that is not what its column promises goes to the place that MARC 21 has
for wrong values (020 $z, 022 $y) or to a note, and a problem says so.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta
from typing import Final

from foundation.limits import LOCAL_ID_CHARACTERS, SPREADSHEET_CELL_CHARACTERS, SPREADSHEET_COPIES
from marc.record import Field, Record
from marc.spreadsheet import coding, description, messages, particulars
from marc.spreadsheet.entry import Cell, Entry
from marc.spreadsheet.particulars import listed, tidy
from vietnamese.text import fold

_DAY_0: Final = date(1899, 12, 30)
"""From which Excel counts days, where a column is not formatted as one of dates (ECMA-376-1, 18.17.4.1)."""


def record(entry: Entry, position: str) -> Record | None:
    """The record of a row; None when it has no title or a cell is too long. `entry.problems` says what was noticed.

    Field 001 is the row's identifier, else its first accession number, else `position`.
    """
    for cell in entry:
        if len(cell.text) > SPREADSHEET_CELL_CHARACTERS:
            limit = {"limit": "SPREADSHEET_CELL_CHARACTERS", "allowed": SPREADSHEET_CELL_CHARACTERS}
            entry.notice(messages.CELL_LIMIT, cell, seen=len(cell.text), **limit)
            return None
    title = description.title_of(entry)
    people = description.names_of(entry, title)
    imprint = description.imprint_of(entry)
    physical, pictures = description.physical_field(entry)
    kind, kind_fields = _kind(entry)
    languages, originals, notes = _languages(entry, title.title)
    mark, marks = _classification(entry)
    accessions = _accessions(entry)
    children = "thieu nhi" in fold(f"{entry.text('kind')} {entry.text('location')}")
    country = coding.country_of(imprint.place, languages[0])
    fixed = coding.fixed_field(kind, _entered(entry), imprint.years, country, languages[0], children)
    if pictures and fixed.value[18:22] == "||||" and kind.leader[0] in "at":  # 008/18, illustrations
        fixed = fixed._replace(value=f"{fixed.value[:18]}a   {fixed.value[22:]}")
    main, added = description.name_fields(people)
    fields = [
        Field("001", value=_identifier(entry, accessions, position)),
        fixed,
        *_standard_numbers(entry),
        Field("040", "  ", (("b", "vie"),)),
        *coding.language_fields(languages, originals),
        *marks,
        *main,
        description.title_field(title, people, languages[0].code),
        *_editions(entry),
        *description.imprint_field(imprint),
        *physical,
        *coding.carrier_fields(kind),
        *_series(entry),
        *_notes(entry, notes),
        *_subjects(entry),
        *kind_fields,
        *added,
        *_holdings(entry, accessions, mark),
        *_links(entry),
    ]
    made = Record.build(coding.leader(kind), sorted(fields, key=_order))
    if unicodedata.is_normalized("NFC", made.text):
        return made
    return Record.build(made.leader, map(_composed, made.fields))


def _order(field: Field) -> str:
    """Fields stand in the order of their first digit at least; 6XX, 7XX and 8XX each in the order they were made."""
    return field.tag if field.tag < "600" else field.tag[0]


def _composed(field: Field) -> Field:
    """The field in NFC: a mark that a separator kept apart from its letter may have come to stand behind one."""
    subfields = tuple((code, unicodedata.normalize("NFC", value)) for code, value in field.subfields)
    return field._replace(subfields=subfields, value=unicodedata.normalize("NFC", field.value))


# --- numbers ------------------------------------------------------------------------------------------------
def identifier(entry: Entry, position: str) -> str:
    """What field 001 of the row is, or would be if the row could be read."""
    quiet = Entry(entry.sheet, entry.row, list(entry))
    return _identifier(quiet, _accessions(quiet), position)


def _identifier(entry: Entry, accessions: list[str], position: str) -> str:
    for cell in entry.cells("id"):
        name = tidy(cell.text)
        if len(name) > LOCAL_ID_CHARACTERS:
            limit = {"limit": "LOCAL_ID_CHARACTERS", "allowed": LOCAL_ID_CHARACTERS}
            entry.notice(messages.CUT_ID, cell, seen=name[:40], **limit)
            return position
        if name:
            return name
    first = accessions[0] if accessions else ""
    return first if 0 < len(first) <= LOCAL_ID_CHARACTERS else position


def identified(entry: Entry) -> Cell | None:
    """The cell that `identifier` comes from; None where the row is known by its position."""
    named = next((cell for cell in entry.cells("id") if tidy(cell.text)), None)
    return named or next((cell for cell in entry.cells("accession") if tidy(cell.text)), None)


def _entered(entry: Entry) -> str:
    """The day a book was entered as yymmdd, where the list says it: ISO 8601, day/month/year, or a day's number."""
    cell = entry.text("received")
    if numbered := re.fullmatch(r"([2-6]\d{4})(?:\.\d+)?", cell):
        return f"{_DAY_0 + timedelta(days=int(numbered[1])):%y%m%d}"
    found = re.match(r"(\d{4})-(\d{2})-(\d{2})", cell)
    if found:
        year, month, day = found[1], found[2], found[3]
    else:
        found = re.match(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", cell)
        if not found:
            return ""
        day, month, year = found[1].zfill(2), found[2].zfill(2), found[3]
    sound = year.isascii() and "01" <= month <= "12" and "01" <= day <= "31"
    return f"{year[2:]}{month}{day}" if sound and f"{year}{month}{day}".isascii() else ""


def _standard_numbers(entry: Entry) -> list[Field]:
    """020 and 022: $a a valid number, $z or $y a wrong one; the price stands with the first ISBN ($c)."""
    fields = []
    for cell in entry.cells("isbn"):
        for part in listed(cell.text, commas=True):
            number = particulars.isbn_of(part)
            if not number:
                suggested = particulars.isbn_suggested(part)
                if suggested:
                    entry.notice(messages.ISBN_SUGGESTED, cell, seen=part[:40], suggested=suggested)
                else:
                    entry.notice(messages.ISBN, cell, seen=part[:40])
            fields.append(Field("020", "  ", (("a", number) if number else ("z", part),)))
    price = particulars.price_of(entry.text("price")) if tidy(entry.text("price")) else ""
    if price:
        first = fields[0].subfields if fields else ()
        fields[:1] = [Field("020", "  ", (*((code, f"{value} :") for code, value in first), ("c", price)))]
    for cell in entry.cells("issn"):
        for part in listed(cell.text, commas=True):
            number = particulars.issn_of(part)
            if not number:
                entry.notice(messages.ISSN, cell, seen=part[:40])
            fields.append(Field("022", "  ", (("a", number) if number else ("y", part),)))
    return fields


def _classification(entry: Entry) -> tuple[str, list[Field]]:
    """The shelf mark as it stands on the book, and 082 (or 084 for a number that is not of DDC's shape)."""
    cells = entry.cells("class") + entry.cells("shelf_mark")
    book = entry.text("book_number")
    number = ""
    others = []
    for cell in cells:
        for part in listed(cell.text):
            _, found, item = particulars.shelf_mark_of(part)
            if not found:
                if cell.target == "class":
                    entry.notice(messages.CLASS_NUMBER, cell, seen=part[:40])
                    others.append(Field("084", "  ", (("a", part),)))
                continue
            number = number or found
            book = book or (item if found == number else "")
    marks = [("a", number), *([("b", book)] if book else [])]
    shelf = tidy(entry.text("shelf_mark")) or tidy(f"{number} {book}")
    return shelf, [*([Field("082", "04", tuple(marks))] if number else []), *others]


# --- kind and language --------------------------------------------------------------------------------------
def _kind(entry: Entry) -> tuple[coding.Kind, list[Field]]:
    cells = entry.cells("kind")
    kind = coding.kind_of(cells[0].text) if cells else coding.KINDS[0]
    if kind is not None:
        return kind, []
    form = tidy(cells[0].text)
    entry.notice(messages.KIND, cells[0], seen=form[:40])
    return coding.KINDS[0], [Field("655", " 4", (("a", form),))] if form else []


def _languages(entry: Entry, title: str) -> tuple[list[coding.Language], list[coding.Language], list[Field]]:
    """The languages of the text (at least one), those it was translated from, and notes on names nobody knows."""
    found: dict[str, list[coding.Language]] = {"language": [], "original_language": []}
    notes = []
    for target in found:
        for cell in entry.cells(target):
            known, unknown = coding.languages_of(cell.text)
            found[target] += known
            for name in unknown:
                entry.notice(messages.LANGUAGE, cell, seen=name[:40])
                notes.append(Field("546", "  ", (("a", f"{cell.heading}: {name}"),)))
    return found["language"] or [coding.guessed(title)], found["original_language"], notes


# --- edition, series, notes, subjects, links ----------------------------------------------------------------
def _editions(entry: Entry) -> list[Field]:
    cells = [(cell, particulars.edition_of(cell.text, cell.heading)) for cell in entry.cells("edition")]
    return [Field("250", "  ", (("a", edition),)) for _, edition in cells if edition]


def _series(entry: Entry) -> list[Field]:
    return [Field("490", "0 ", (("a", part),)) for cell in entry.cells("series") for part in listed(cell.text)]


def _notes(entry: Entry, languages: list[Field]) -> list[Field]:
    fields = [Field("500", "  ", (("a", tidy(cell.text)),)) for cell in entry.cells("note") if tidy(cell.text)]
    fields += [Field("505", "0 ", (("a", tidy(cell.text)),)) for cell in entry.cells("contents") if tidy(cell.text)]
    fields += [Field("520", "  ", (("a", tidy(cell.text)),)) for cell in entry.cells("summary") if tidy(cell.text)]
    return [*fields, *languages]


def _subjects(entry: Entry) -> list[Field]:
    """650 with its subdivisions ("Văn học -- Việt Nam"), 651, and 653 for keywords that follow no list."""
    fields = []
    for target, tag in (("subject", "650"), ("place_subject", "651")):
        for cell in entry.cells(target):
            for part in listed(cell.text):
                first, *rest = [tidy(piece) for piece in part.split("--") if tidy(piece)] or [part]
                fields.append(Field(tag, " 4", (("a", first), *(("x", piece) for piece in rest))))
    for cell in entry.cells("keyword"):
        fields += [Field("653", "  ", (("a", part),)) for part in listed(cell.text, commas=True)]
    return fields


def _links(entry: Entry) -> list[Field]:
    fields = []
    for cell in entry.cells("url"):
        for part in listed(cell.text):
            if re.match(r"https?://\S+$", part, re.IGNORECASE):
                fields.append(Field("856", "4 ", (("u", part),)))
            else:
                entry.notice(messages.URL, cell, seen=part[:40])
                fields.append(Field("500", "  ", (("a", f"{cell.heading}: {part}"),)))
    return fields


# --- holdings -----------------------------------------------------------------------------------------------
def _accessions(entry: Entry) -> list[str]:
    found: list[str] = []
    for cell in entry.cells("accession"):
        numbers, count = particulars.accessions_of(cell.text, SPREADSHEET_COPIES)
        if count > SPREADSHEET_COPIES:
            limit = {"limit": "SPREADSHEET_COPIES", "allowed": SPREADSHEET_COPIES}
            entry.notice(messages.ACCESSIONS, cell, seen=cell.text[:40], count=count, **limit)
            numbers = [tidy(cell.text)]
        found += numbers
    return found


def _holdings(entry: Entry, accessions: list[str], mark: str) -> list[Field]:
    """852, one for each copy: $b storeroom, $h shelf mark, $p accession number, or $t where copies are only counted."""
    count = _copies(entry, accessions)
    store = tidy(entry.text("location"))
    where = [*([("b", store)] if store else []), *([("h", mark)] if mark else [])]
    if accessions:
        pieces = [("p", number) for number in accessions]
    elif count:
        pieces = [("t", str(number)) for number in range(1, count + 1)]
    else:
        return [Field("852", "8 ", tuple(where))] if where else []
    return [Field("852", "8 ", (*where, piece)) for piece in pieces]


def _copies(entry: Entry, accessions: list[str]) -> int:
    cells = entry.cells("copies")
    if not cells:
        return 0
    cell = cells[0]
    found = re.fullmatch(r"([0-9]{1,6})\s*(?:bản|cuốn|quyển|b|c|q)?\.?", tidy(cell.text), re.IGNORECASE)
    count = int(found[1]) if found else 0
    if not 0 < count <= SPREADSHEET_COPIES:
        entry.notice(messages.COPIES, cell, seen=cell.text[:40], allowed=SPREADSHEET_COPIES)
        return 0
    if accessions and len(accessions) != count:
        entry.notice(messages.COPIES_DIFFER, cell, seen=count, found=len(accessions))
    return count
