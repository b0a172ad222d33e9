"""The description of a book from its cells: title and responsibility, names, imprint, extent, with ISBD punctuation.

ISBD marks stand at the end of the subfield before the part they introduce, as MARC 21 has them (ISBD, A.3).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

from marc.record import Field
from marc.spreadsheet import messages, particulars
from marc.spreadsheet.entry import Entry
from marc.spreadsheet.particulars import tidy
from vietnamese import names
from vietnamese.names import PersonName
from vietnamese.text import fold

Subfields = list[tuple[str, str]]

_PART: Final = re.compile(
    r"(?:[.,;:]\s?|\s?\()((?:Tập|Quyển|Phần|T\.|Q\.)\s?(?:[0-9]{1,4}|[IVXLC]{1,7}))\)?(?:\s?[:.,-]\s?(\S.*))?$",
    re.IGNORECASE,
)
_TITLE_LETTERS: Final = 2_000
"""So much of a title is searched for its parts."""
_ROLES: Final = {"editor": "chủ biên", "compiler": "biên soạn", "collector": "sưu tầm", "translator": "dịch"}
_NOBODY: Final = (
    "nhieu tac gia",
    "nhieu nguoi",
    "khong ro",
    "khong co",
    "dang cap nhat",
    "khuyet danh",
    "nhieu dich gia",
)
_ARTICLES: Final = {"eng": ("the ", "an ", "a "), "fre": ("les ", "le ", "la ", "l'", "un ", "une ", "des ")}


class Name(NamedTuple):
    """Somebody responsible: as read, with the role that the text or the column gives; a body has no role of its own."""

    person: PersonName
    role: str
    body: bool

    def field(self, tag: str) -> Field:
        """The heading, in 100, 700 or 710."""
        if self.body:
            return Field(tag, "2 ", (("a", self.person.display),))
        person = self.person
        # MARC 21, X00, first indicator: 1 for a surname in front of a comma, 0 for a name in direct order.
        western = bool(person.family) and not person.display.startswith(person.family)
        rest = " ".join(part for part in (person.given, person.middle) if part)
        inverted = western and bool(rest)
        subfields = [("a", f"{person.family}, {rest}" if inverted else person.display)]
        # Vietnamese names stay in their spoken order, in which the family name comes first anyway
        if person.dates:
            subfields = [("a", subfields[0][1] + ","), ("d", person.dates)]
        if self.role and tag == "700":
            code, value = subfields[-1]
            subfields = [*subfields[:-1], (code, value.rstrip(",") + ","), ("e", self.role)]
        return Field(tag, "1 " if inverted else "0 ", tuple(subfields))


class Title(NamedTuple):
    """The parts of a title, each without the mark before it."""

    title: str
    part: str
    part_title: str
    subtitle: str
    parallel: str
    responsibility: str


def title_of(entry: Entry) -> Title:
    """The title of a row: from its own columns, else from the ISBD marks inside the title ("A = B : c. Tập 2 / D")."""
    whole = tidy(entry.text("title"))
    head, mark, responsibility = whole.partition(" / ")
    head, _, parallel = head.partition(" = ")
    subtitle = ""
    if not entry.text("subtitle"):
        found = re.search(r" ?: ", head)
        if found:
            head, subtitle = head[: found.start()], head[found.end() :]
    part, part_title = particulars.part_of(entry.text("part")), entry.text("part_title")
    found = _PART.search(head[-_TITLE_LETTERS:]) if not part else None
    if found and found.start() > 0:
        head, part = head[: len(head) - len(found[0])], particulars.part_of(found[1])
        part_title = part_title or (found[2] or "")
    return Title(
        tidy(head) or whole,
        part,
        part_title,
        entry.text("subtitle") or tidy(subtitle),
        entry.text("parallel") or tidy(parallel),
        entry.text("responsibility") or (tidy(responsibility) if mark else ""),
    )


def names_of(entry: Entry, title: Title) -> list[Name]:
    """Everybody responsible, in the order of the columns; without a column for them, those behind the title's slash."""
    found: list[Name] = []
    for target in ("author", "body", "compiler", "collector", "editor", "contributor", "translator"):
        for cell in entry.cells(target):
            for line in particulars.listed(cell.text):
                found += _read(line, _ROLES.get(target, ""), target == "body")
    if not found and title.responsibility:
        found = list(_read(title.responsibility, "", False))
    return list({(name.person.display, name.role): name for name in found}.values())


@lru_cache(maxsize=4096)  # a library has the same authors on many rows
def _read(text: str, role: str, body: bool) -> tuple[Name, ...]:
    if body:
        return (Name(PersonName(tidy(text)), role, True),)
    return tuple(
        # a body, or a phrase, has no parts
        Name(person, ", ".join(person.roles) or role, not (person.family or person.given))
        for person in names.parse_all(text)
        if person.display
    )


def title_field(title: Title, people: list[Name], language: str) -> Field:
    """245. The first indicator says whether somebody is the main entry, the second how long a leading article is."""
    said = title.responsibility or _said(people)
    parts = [("a", "", title.title), ("n", ".", title.part), ("p", "," if title.part else ".", title.part_title)]
    parts += [("b", " =", title.parallel), ("b", " :", title.subtitle), ("c", " /", said)]
    start = title.title.casefold()
    article = next((len(word) for word in _ARTICLES.get(language, ()) if start.startswith(word)), 0)
    return Field("245", f"{int(main_entry(people) is not None)}{article}", tuple(punctuated(parts)))


def punctuated(parts: list[tuple[str, str, str]]) -> Subfields:
    """(code, mark before it, text) as subfields, empty ones left out, each mark at the end of the one before."""
    made: Subfields = []
    for code, mark, text in parts:
        if not text:
            continue
        if made and mark:
            before = made[-1][1]
            made[-1] = (made[-1][0], before if before.endswith(mark) else before + mark)
        if made and made[-1][0] == code == "b":  # a parallel title and a subtitle share $b
            made[-1] = (code, f"{made[-1][1]} {text}")
        else:
            made.append((code, text))
    return made


def _said(people: list[Name]) -> str:
    """A statement of responsibility made of names: those of one role together, the roles behind them."""
    groups: list[tuple[str, list[str]]] = []
    for name in people:
        if groups and groups[-1][0] == name.role:
            groups[-1][1].append(name.person.display)
        else:
            groups.append((name.role, [name.person.display]))
    return " ; ".join(", ".join(persons) + (f" {role}" if role else "") for role, persons in groups)


def main_entry(people: list[Name]) -> Name | None:
    """Who goes into 100: the first person without a role, who made the work and did not edit or translate it."""
    return next((name for name in people if not name.body and not name.role), None)


def name_fields(people: list[Name]) -> tuple[list[Field], list[Field]]:
    """(100, then 700 and 710): "Nhiều tác giả" is in 245 $c only, for it is the name of nobody."""
    main = main_entry(people)
    added = []
    for name in people:
        nobody = fold(name.person.display).startswith(_NOBODY)
        if name is not main and not nobody:
            added.append(name.field("710" if name.body else "700"))
    return [main.field("100")] if main else [], added


class Imprint(NamedTuple):
    """Place and publisher, the year as it is to be shown, and the years to be coded."""

    place: str
    publisher: str
    shown: str
    years: list[str]


def imprint_of(entry: Entry) -> Imprint:
    """The imprint of a row, from its own columns or from one that holds all of it."""
    place = "; ".join(map(particulars.place_of, particulars.listed(entry.text("place"))))
    publisher = " ; ".join(map(particulars.publisher_of, particulars.listed(entry.text("publisher"))))
    cells = entry.cells("year")
    shown = tidy(cells[0].text) if cells else ""
    years = particulars.years_of(shown)
    if cells and shown:
        if not years:
            entry.notice(messages.YEAR, cells[0], seen=shown[:40])
        elif re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{4}", shown):
            shown = years[0]  # a day, because the column is formatted as a date
    if entry.text("imprint"):
        place_, publisher_, year_ = particulars.imprint_of(entry.text("imprint"))
        place, publisher = place or place_, publisher or publisher_
        if not shown:
            shown, years = year_, [year_] if year_ else []
    return Imprint(place, publisher, shown, years)


def imprint_field(imprint: Imprint) -> list[Field]:
    """264 _1."""
    parts = [("a", "", imprint.place), ("b", " :", imprint.publisher), ("c", ",", imprint.shown)]
    made = punctuated(parts)
    return [Field("264", " 1", tuple(made))] if made else []


def physical_field(entry: Entry) -> tuple[list[Field], str]:
    """300, and what it says of illustrations."""
    extent, pictures, size = particulars.extent_of(entry.text("extent"))
    pictures = entry.text("illustration") or pictures
    size = particulars.size_of(entry.text("size")) if entry.text("size") else size
    made = punctuated([("a", "", extent), ("b", " :", pictures), ("c", " ;", size)])
    return [Field("300", "  ", tuple(made))] if made else [], pictures
