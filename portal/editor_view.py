"""What the editor's pages show of a draft: its boxes, its lines, and what the rules have to say beside each of them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from flask import Response

from catalogue.drafts import Draft
from catalogue.store import Store, iso
from dublin_core.spoken import names as language_names
from foundation.errors import Language
from marc import entry, marc21_labels, worksheet
from marc.entry import Shown
from marc.entry_table import ENTRIES, KINDS, LANGUAGES, ROLES, Cell
from marc.record import Record
from marc.rules import check
from marc.rules.profiles import DEFAULT
from marc.rules.rule import Finding
from portal import result_forms
from search import browse
from search.query import Field

FORM, MARC, TABLE = "form", "marc", "table"
VIEWS: Final = (FORM, TABLE, MARC)
GIVEN_HERE: Final = frozenset(("control_number", "control_agency"))
"""Rules on what a new record gets when it is published."""
_HERE: Final = ZoneInfo("Asia/Ho_Chi_Minh")
_SUGGESTED: Final = 12
_NEAR: Final = 3
_LOOKED_UP: Final = 12


class Said(NamedTuple):
    """One thing the rules say."""

    severity: str
    text: str
    evidence: str
    place: str
    """In words: the box's label, or tag and subfield."""
    anchor: str
    """Id of the element it stands beside; empty: nowhere."""
    fixable: bool


class Box(NamedTuple):
    """One input of the form."""

    name: str
    label: str
    kind: str
    value: str
    heading: str
    choices: tuple[tuple[str, str], ...] = ()


class Group(NamedTuple):
    """One field of the form."""

    anchor: str
    label: str
    help: str
    required: bool
    boxes: tuple[Box, ...]
    tag: str
    said: tuple[Said, ...] = ()
    repeated: bool = False
    """Whether another field of the same entry stands before it."""


@dataclass
class Findings:
    """What the rules say of a whole draft."""

    said: list[Said] = field(default_factory=list)
    faults: int = 0
    """Lines that are no fields."""

    @property
    def errors(self) -> int:
        return sum(one.severity == "E" for one in self.said) + self.faults

    @property
    def fixable(self) -> bool:
        return not self.faults and any(one.fixable for one in self.said)

    def at(self, anchor: str) -> tuple[Said, ...]:
        return tuple(one for one in self.said if one.anchor == anchor)


def findings(text: str, kind: str, view: str, language: Language, unasked: frozenset[str]) -> Findings:
    """What is wrong with what was typed, but for these rules, each thing with its place in `view`."""
    sheet = worksheet.read(text)
    made = Findings(faults=len(sheet.faults))
    for line in sheet.faults:
        assert line.fault is not None
        place = ("Dòng {}" if language == "vi" else "Line {}").format(line.number)
        anchor = f"line-{line.number}" if view == TABLE else ""
        made.said.append(Said("E", line.fault.text(language), "", place, anchor, fixable=False))
    boxes = places(entry.shown(text, kind)) if view == FORM else {}
    for found in check(sheet.record, replace(DEFAULT, off=DEFAULT.off | unasked)):
        made.said.append(_said(found, sheet, boxes, view, language))
    made.said.sort(key=lambda one: one.severity != "E")
    made.faults = 0  # they are among what is said
    return made


def _said(
    found: Finding, sheet: worksheet.Sheet, boxes: Mapping[tuple[str, int], tuple[str, str, str]], view: str,
    language: Language,
) -> Said:  # fmt: skip
    spot = found.spot
    message = found.rule.message
    anchor, place = "", ""
    if view == FORM and (box := boxes.get((spot.tag, max(spot.occurrence, 1)))):
        anchor, place = box[0], box[1 if language == "vi" else 2]
    elif view == TABLE and (line := sheet.place(spot.tag, spot.occurrence)):
        anchor = f"line-{line.number}"
    if not place:
        name = marc21_labels.label(spot.tag, spot.subfield, language) or marc21_labels.label(spot.tag, "", language)
        code = spot.tag + (f" ${spot.subfield}" if spot.subfield else "")
        place = f"{code} {name}".strip()
    text = message.vi if language == "vi" else message.en
    return Said(found.severity, text, found.evidence(language), place, anchor, found.rule.fixable)


def places(shown: list[Shown]) -> dict[tuple[str, int], tuple[str, str, str]]:
    """Tag and occurrence → the anchor of its box and the box's labels; of a missing field that of its empty box."""
    found: dict[tuple[str, int], tuple[str, str, str]] = {}
    for one in shown:
        said = (anchor(one), one.entry.vi, one.entry.en)
        if one.line:
            found[one.place] = said
        elif one.number == 1:
            found.setdefault((one.entry.tags[0], 1), said)
    return found


def anchor(one: Shown) -> str:
    """The id of a field of the form."""
    return f"{one.entry.name}-{one.number}"


def groups(text: str, kind: str, found: Findings, language: Language) -> list[Group]:
    """The form."""
    made = []
    for one in entry.shown(text, kind):
        item = one.entry
        boxes = tuple(
            _box(one, cell, value, language) for cell, value in zip(item.cells, one.values, strict=True)
        )  # fmt: skip
        label, said = (item.vi, item.vi_help) if language == "vi" else (item.en, item.en_help)
        tag = one.place[0] or item.tags[0]
        name = anchor(one)
        made.append(Group(name, label, said, item.required, boxes, tag, found.at(name), one.number > 1))
    return made


def _box(one: Shown, cell: Cell, value: str, language: Language) -> Box:
    label = cell.vi if language == "vi" else cell.en
    choices: tuple[tuple[str, str], ...] = ()
    if cell.kind == "language":
        codes = dict.fromkeys((*LANGUAGES, *([value] if value else [])))
        choices = tuple((code, f"{_spoken(code, language)} ({code})") for code in codes)
        choices = choices if value else (("", "–"), *choices)
    elif cell.kind == "role":
        known = {value: (value, value)} | ROLES if value not in ROLES else ROLES
        choices = tuple((code, words[0 if language == "vi" else 1] or "–") for code, words in known.items())
    return Box(one.name(cell), label or (one.entry.vi if language == "vi" else one.entry.en), cell.kind, value,
               cell.heading, choices)  # fmt: skip


def _spoken(code: str, language: Language) -> str:
    special = {"mul": ("nhiều ngôn ngữ", "several languages"), "und": ("chưa xác định", "undetermined")}
    if code in special:
        return special[code][0 if language == "vi" else 1]
    names = language_names(code)
    return names.vi if language == "vi" else names.en


def kinds(language: Language) -> list[tuple[str, str]]:
    """Codes and names of the kinds of material."""
    return [(one.code, one.vi if language == "vi" else one.en) for one in KINDS.values()]


def suggestions(store: Store, name: str, start: str) -> list[tuple[str, int]]:
    """Headings of a list from what was typed on, with the number of records under each."""
    known = {cell.heading for one in ENTRIES for cell in one.cells if cell.heading}
    if name not in known or not start.strip():
        return []
    found = browse.scan(store, Field(name), start, after=_SUGGESTED).entries
    return [(one.text, one.count) for one in found]


def near(store: Store, text: str, kind: str) -> dict[str, list[tuple[str, int]]]:
    """For boxes whose value is no heading of the catalogue: their names, and the headings that stand next to it."""
    found: dict[str, list[tuple[str, int]]] = {}
    asked = 0
    for one in entry.shown(text, kind):
        for cell, value in zip(one.entry.cells, one.values, strict=True):
            if not cell.heading or not value or asked >= _LOOKED_UP:
                continue
            asked += 1
            page = browse.scan(store, Field(cell.heading), value, before=1, after=_NEAR)
            at = page.entries[page.position] if page.position < len(page.entries) else None
            if at is None or browse.heading_key(at.text) != browse.heading_key(value):
                found[one.name(cell)] = [(entry_.text, entry_.count) for entry_ in page.entries]
    return found


def typed(form: Mapping[str, str], rows: Mapping[str, list[str]], view: str, before: str, kind: str) -> str:
    """The lines that were sent from one of the three views. `before`: those that the view was made of."""
    if view == TABLE:
        columns = [rows.get(name, []) for name in ("tag", "first", "second", "content")]
        return worksheet.of_rows(worksheet.Row(*row) for row in zip(*columns, strict=False))
    if view == MARC:
        return "\n".join(form.get("text", "").splitlines()) + "\n"
    return entry.filled(form.get("sheet", before), kind, form)


def title(record: Record) -> str:
    """What a draft is listed under."""
    return next((" ".join(one.all("anp")) for one in record.select("245")), "").rstrip(" /:;=")[:300]


def listed(found: Sequence[Draft], form: str) -> Response:
    """A list of drafts for programs and spreadsheets."""
    rows = [
        {
            "number": one.number, "title": one.title, "library": one.library, "state": one.state, "kind": one.kind,
            "record": one.identifier, "changed": iso(one.changed),
        }
        for one in found
    ]  # fmt: skip
    if form == "json":
        return Response(json.dumps({"drafts": rows}, ensure_ascii=False), content_type="application/json")
    names = ("number", "title", "library", "state", "kind", "record", "changed")
    body = result_forms.table(names, ([str(row[name]) for name in names] for row in rows))
    return Response(body, content_type="text/csv; charset=utf-8")


def today() -> datetime:
    """Now, where the cataloguers are."""
    return datetime.now(_HERE)


def clock_time(seconds: int) -> str:
    """Seconds since 1970 as clocks in Vietnam show them: `22/11/2026 17:40`."""
    return f"{datetime.fromtimestamp(seconds, UTC).astimezone(_HERE):%d/%m/%Y %H:%M}"
