"""The form and the record: what a record says in the boxes of `marc.entry_table`, and a record with boxes filled in.

What the form does not show it does not touch: a field is written only where one of its boxes was changed, and then its
other subfields and its indicators stay. So a form that is sent back as it was shown changes no character.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Final, NamedTuple

from marc import repair, worksheet
from marc.entry_table import ENTRIES, GROUPS, KINDS, PUNCTUATION, Cell, Entry, Kind
from marc.record import SUBFIELD_DELIMITER, Field, Record, unpack

_MARKS: Final = re.compile(r"(?:\s*[:;/=+,]|\s+)$")
_YEAR: Final = re.compile(r"(?<![0-9])(?:1[0-9]|20)[0-9]{2}(?![0-9])")
_FIXED: Final = 40


class Shown(NamedTuple):
    """One field of the form as it is filled in; `number` 0 is one that is not there yet."""

    entry: Entry
    number: int
    """Which of the entry's fields, from 1; the new one behind them has the next."""
    line: int
    """Of the worksheet; 0: a new one."""
    values: tuple[str, ...]
    """One for each cell."""
    place: tuple[str, int] = ("", 0)
    """Tag and occurrence in the record, as findings name it."""

    def name(self, cell: Cell) -> str:
        """What the box is called in a form that is sent."""
        return f"{self.entry.name}-{self.number}-{cell.code}"


def kind_of(record: Record) -> str:
    """The code of the kind of material whose form suits a record best."""
    leader, fixed = record.leader, record.control("008")
    if leader[7] in "bis":
        return "serial"
    if leader[6] in "ef":
        return "map"
    if leader[6] == "t":
        return "thesis" if any(record.select("502")) else "heritage"
    if any(record.select("502")) or fixed[24:28].find("m") >= 0:
        return "thesis"
    if any(field.get("2") == "iso639-3" for field in record.select("041")):
        return "heritage"
    return "digital" if fixed[23:24] in ("o", "q", "s") and leader[6] == "a" else "book"


def new(kind: str, library: str, today: date) -> str:
    """The lines of a new record of a kind of material, catalogued by `library`. An unknown kind is a book."""
    chosen = KINDS.get(kind, KINDS["book"])
    leader = f"00000n{chosen.type_level} a2200000 i 4500"
    fields = [
        Field("008", value=_fixed(chosen, today)),
        Field("040", "  ", (("a", library), ("b", "vie"), ("e", "rda"), ("c", library))),
        *(unpack(part.replace("$", SUBFIELD_DELIMITER)) for part in chosen.fields),
    ]
    return worksheet.text(Record.build(leader, fields))


def _fixed(kind: Kind, today: date) -> str:
    dates = "cuuuu9999" if kind.continuing else "nuuuuuuuu"
    return f"{today:%y%m%d}{dates}vm {kind.specific}{kind.language} d"


def copied(record: Record, today: date) -> str:
    """The lines of a new record like this one, without what is the other's alone: its numbers, ISBN and copies."""
    own = ("001", "003", "005", "020", "035", "852", "876", "952")
    fields = [field for field in record.fields if field.tag not in own]
    fields = [
        field._replace(value=f"{today:%y%m%d}{field.value[6:]}") if field.tag == "008" else field for field in fields
    ]
    return worksheet.text(Record.build("00000n" + record.leader[6:], fields))


def shown(typed: str, kind: str) -> list[Shown]:
    """The fields of the form for these lines, each repeatable one with an empty one behind it.

    Entries that are for other kinds of material are there where the record has such a field.
    """
    sheet = worksheet.read(typed)
    found: list[Shown] = []
    for entry in ENTRIES:
        mine = [line for line in sheet.lines if line.tag in entry.tags and _is(entry, unpack(line.part))]
        if entry.name == "language":
            found.append(_language(entry, sheet, mine))
            continue
        for number, line in enumerate(mine, 1):
            values = tuple(_plain(unpack(line.part), cell.code) for cell in entry.cells)
            found.append(Shown(entry, number, line.number, values, (line.tag, line.occurrence)))
        if (entry.repeatable or not mine) and (mine or not entry.kinds or kind in entry.kinds):
            found.append(Shown(entry, len(mine) + 1, 0, ("",) * len(entry.cells)))
    return found


def _is(entry: Entry, field: Field) -> bool:
    return not entry.second or field.tag != entry.tags[0] or field.indicators[1] in entry.second


def _plain(field: Field, code: str) -> str:
    """A value without the mark that leads on to the next subfield."""
    return _MARKS.sub("", field.get(code)) if field.tag in PUNCTUATION else field.get(code)


def _language(entry: Entry, sheet: worksheet.Sheet, mine: list[worksheet.Line]) -> Shown:
    """The precise code where 041 has one, else the first of 041, else that of 008/35-37."""
    exact = [line for line in mine if unpack(line.part).get("2") == "iso639-3"]
    line = next(iter(exact or mine), None)
    if line is None:
        return Shown(entry, 1, 0, (sheet.record.control("008")[35:38].strip(" |#"),), ("008", 1))
    return Shown(entry, 1, line.number, (unpack(line.part).get("a")[:3],), (line.tag, line.occurrence))


def filled(typed: str, kind: str, given: Mapping[str, str]) -> str:
    """The lines with what was filled in; `given`: values by the names of their boxes, those not there are unchanged."""
    changed: dict[int, Field | None] = {}
    added: list[Field] = []
    sheet = worksheet.read(typed)
    parts = {line.number: line.part for line in sheet.lines}
    punctuated = sheet.record.leader[18] in "ai"
    mains = False
    for one in shown(typed, kind):
        wanted = {
            cell.code: value
            for cell, before in zip(one.entry.cells, one.values, strict=True)
            if (value := _clean(given.get(one.name(cell), before))) != _clean(before)
        }
        if not wanted:
            continue
        if one.entry.name == "language":
            _spoken(sheet, one, wanted["a"], changed, added)
            continue
        before_field = unpack(parts[one.line]) if one.line else Field(one.entry.tags[0], one.entry.indicators)
        made = _written(one.entry, before_field, wanted, punctuated)
        if one.line:
            changed[one.line] = made
        elif made is not None:
            added.append(_ordered(made._replace(subfields=(*made.subfields, *one.entry.fixed))))
        if "c" in wanted and one.entry.name == "imprint":
            _dated(sheet, wanted["c"], changed)
        mains = mains or one.entry.name in ("author", "body")
    typed = worksheet.with_fields(typed, changed, added)
    return _title_entry(typed) if mains or any(field.tag == "245" for field in added) else typed


def _clean(value: str) -> str:
    """A value as a record may hold it."""
    return repair.value(" ".join(value.split())).text


def _written(entry: Entry, field: Field, wanted: Mapping[str, str], punctuated: bool) -> Field | None:
    """The field with these subfields changed; None when it says nothing any more."""
    order = [cell.code for cell in entry.cells]
    pairs = list(field.subfields)
    for code, value in wanted.items():
        at = next((place for place, (found, _) in enumerate(pairs) if found == code), -1)
        if at >= 0 and value:
            pairs[at] = (code, value)
        elif at >= 0:
            del pairs[at]
        elif value:
            pairs.insert(_place(pairs, order, code), (code, value))
    if not any(code.isalpha() for code, _ in pairs if (code, _) not in entry.fixed):
        return None
    made = field._replace(subfields=tuple(pairs))
    return _punctuated(made, field) if punctuated else made


def _ordered(made: Field) -> Field:
    """A person's first indicator: 1 where a comma says that the surname stands in front (MARC 21, X00)."""
    inverted = made.tag in ("100", "700") and "," in made.get("a")
    return made._replace(indicators="1" + made.indicators[1]) if inverted else made


def _place(pairs: list[tuple[str, str]], order: list[str], code: str) -> int:
    """Behind the subfields that stand before it in the form, and before the numbers and links at the end."""
    earlier = order[: order.index(code)]
    place = max((at for at, (found, _) in enumerate(pairs, 1) if found in earlier), default=0)
    if place or not pairs:
        return place
    return next((at for at, (found, _) in enumerate(pairs) if found in order or not found.isalpha()), len(pairs))


def _punctuated(made: Field, before: Field) -> Field:
    """The field with the marks of ISBD between its subfields; where two meet that met before, the mark that stood."""
    marks = PUNCTUATION.get(made.tag)
    if marks is None:
        return made
    stood = {
        (one, other): value[len(_MARKS.sub("", value)) :]
        for (one, value), (other, _) in zip(before.subfields, before.subfields[1:], strict=False)
    }
    pairs = []
    following = [*(code for code, _ in made.subfields[1:]), ""]
    for (code, value), after in zip(made.subfields, following, strict=True):
        bare = _MARKS.sub("", value)
        mark = stood.get((code, after), marks.get(after, ""))
        pairs.append((code, bare if mark == "." and bare.endswith(".") else bare + mark))
    return made._replace(subfields=tuple(pairs))


def _dated(sheet: worksheet.Sheet, year: str, changed: dict[int, Field | None]) -> None:
    """008/06-14 after a year was filled in: a single date, of a serial that of its first number."""
    line = sheet.place("008", 1)
    value = line.part[3:] if line else ""
    found = _YEAR.search(year)
    if line is None or len(value) != _FIXED:
        return
    number = found[0] if found else "uuuu"
    if value[6] in "cdu":
        value = value[:7] + number + value[11:]
    elif value[6] in "s nb|" and (found or value[6] in "sn"):
        value = value[:6] + (f"s{number}    " if found else "nuuuuuuuu") + value[15:]
    changed[line.number] = Field("008", value=value)


def _spoken(
    sheet: worksheet.Sheet, one: Shown, code: str, changed: dict[int, Field | None], added: list[Field]
) -> None:
    """008/35-37 and 041 after a language was chosen: the code of MARC's list, and the precise one."""
    if not re.fullmatch("[a-z]{3}", code):
        return
    line = sheet.place("008", 1)
    if line is not None and len(line.part) == 3 + _FIXED:
        before = changed.get(line.number) or Field("008", value=line.part[3:])
        value = before.value
        changed[line.number] = Field("008", value=value[:35] + GROUPS.get(code, code) + value[38:])
    exact = code in GROUPS
    if one.line:
        field = unpack(next(each.part for each in sheet.lines if each.number == one.line))
        place = next((at for at, (found, _) in enumerate(field.subfields) if found == "a"), -1)
        pairs = [pair for pair in field.subfields if pair[0] != "2"]
        if place < 0:
            pairs.insert(0, ("a", code))
        else:
            pairs[pairs.index(field.subfields[place])] = ("a", code)
        pairs += [("2", "iso639-3")] if exact else []
        changed[one.line] = Field("041", field.indicators[0] + ("7" if exact else " "), tuple(pairs))
    elif exact:
        added.append(Field("041", " 7", (("a", code), ("2", "iso639-3"))))


def _title_entry(typed: str) -> str:
    """First indicator of 245: whether the title is an added entry beside a main entry (MARC 21, 245)."""
    sheet = worksheet.read(typed)
    line = sheet.place("245", 1)
    if line is None:
        return typed
    field = unpack(line.part)
    wanted = "1" if any(one.tag in ("100", "110", "111", "130") for one in sheet.lines) else "0"
    if field.indicators[0] == wanted or field.indicators[0] not in "01 ":
        return typed
    return worksheet.with_fields(typed, {line.number: field._replace(indicators=wanted + field.indicators[1])}, [])
