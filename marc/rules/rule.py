"""A rule, what it finds, and the record as rules look at it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal, NamedTuple

from foundation.errors import Language, Message, Place, Problem
from marc import marc21
from marc.record import Field, Record, pack
from marc.rules.profiles import Profile

Severity = Literal["E", "W"]
"""E: wrong by the standard. W: worth a look."""

LEADER = "LDR"
_SHOWN = 100
"""Characters of a value that a finding quotes."""


class Spot(NamedTuple):
    """Where in a record, what stands there, and what should: what a check gives."""

    tag: str = ""
    occurrence: int = 0
    """Which of the fields with this tag, from 1; 0 for the record as a whole."""
    subfield: str = ""
    position: int = -1
    """Character within the value, from 0; in a data field 0 and 1 without a subfield are its indicators."""
    seen: str = ""
    wanted: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that may be wrong with a record. Called with a `View` it gives every spot where it is."""

    number: int
    severity: Severity
    message: Message
    check: Callable[[View], Iterable[Spot]] | None = None
    """None: found by the readers, see `structure`."""
    mend: Callable[[Record], Record] | None = None
    """The safe fix: the record without this finding anywhere, else unchanged. It never asks and never guesses."""
    on_reading: bool = False
    """Whether the readers have mended it already, so that writing the record is the fix."""

    @property
    def code(self) -> str:
        """The stable name that profiles and programs use: `isbn`."""
        return self.message.code.removeprefix("rules.")

    @property
    def fixable(self) -> bool:
        return self.mend is not None or self.on_reading


def rule(
    number: int, severity: Severity, message: Message, mend: Callable[[Record], Record] | None = None
) -> Callable[[Callable[[View], Iterable[Spot]]], Rule]:
    """Makes a rule of the check it stands above."""
    return lambda check: Rule(number, severity, message, check, mend)


class Finding(NamedTuple):
    """One rule broken at one spot, with the severity its profile gives it."""

    rule: Rule
    severity: Severity
    spot: Spot
    note: Problem | None = None
    """What the reader said, for findings of the readers."""

    def place(self, place: Place) -> Place:
        """The spot as a place within `place`, which knows file, record and control number."""
        return Place(place.file, place.record, place.offset, place.control_number, self.spot.tag, self.spot.subfield)

    def evidence(self, language: Language = "vi") -> str:
        """What stands there and what should, in a few words; for a finding of a reader its own sentence."""
        if self.note:
            return self.note.at(file="", record=0, offset=-1, control_number="").text(language)
        seen = self.spot.seen if self.spot.seen.strip() else "#" * len(self.spot.seen)  # as MARC 21 prints a blank
        return f"{seen} → {self.spot.wanted}" if self.spot.wanted else seen


class Entry(NamedTuple):
    """A field with what rules need to know beside it."""

    field: Field
    occurrence: int
    kind: str
    """The tag whose definition holds: its own, or for 880 that of the field in $6."""

    def at(self, subfield: str = "", seen: str = "", wanted: str = "", position: int = -1) -> Spot:
        """A spot in this field."""
        return Spot(self.field.tag, self.occurrence, subfield, position, shown(seen), shown(wanted))


def shown(text: str) -> str:
    """As much of a value as a finding quotes."""
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


class View:
    """A record as rules look at it: every field cut once, whatever many ask for worked out when first asked."""

    def __init__(self, record: Record, profile: Profile, today: date) -> None:
        self.record = record
        self.profile = profile
        self.today = today
        self.leader = record.leader
        self.entries: list[Entry] = []
        self.by_tag: dict[str, list[Entry]] = {}
        for field in record.fields:
            same = self.by_tag.setdefault(field.tag, [])
            kind = field.get("6")[:3] if field.tag == "880" else field.tag
            entry = Entry(field, len(same) + 1, kind)
            same.append(entry)
            self.entries.append(entry)

    def each(self, *tags: str) -> Iterator[Entry]:
        """The fields with these tags, tag by tag."""
        for tag in tags:
            yield from self.by_tag.get(tag, ())

    def values(self, tags: Iterable[str], codes: str) -> Iterator[tuple[Entry, str, str]]:
        """Each subfield with one of these codes in fields with these tags: field, code, value."""
        for entry in self.each(*tags):
            for code, value in entry.field.subfields:
                if code in codes:
                    yield entry, code, value

    @cached_property
    def standard(self) -> list[Entry]:
        """The data fields that the format defines, those of other scripts as what they stand for."""
        defined = marc21.fields()
        local = self.profile.is_local
        return [entry for entry in self.entries if entry.kind in defined and not local(entry.field.tag)]

    @cached_property
    def fixed(self) -> str:
        """Field 008 when it is whole, else an empty string."""
        value = self.record.control("008")
        return value if len(value) == 40 else ""

    @cached_property
    def material(self) -> str:
        """Which kind of 008 the record has, see `marc21.material`."""
        return marc21.material(self.leader)

    @cached_property
    def language(self) -> str:
        """The language code of 008/35-37, or an empty string when it says nothing."""
        code = self.fixed[35:38]
        return code if code.isalpha() and code not in ("und", "mul", "zxx", "mis") else ""


def mended(record: Record, tags: Iterable[str], mend: Callable[[Field], Field]) -> Record:
    """The record with `mend` done to each data field with one of these tags."""
    wanted = frozenset(tags)
    fields = [mend(field) if field.tag in wanted else field for field in record.fields]
    return rebuilt(record, fields)


def rebuilt(record: Record, fields: Iterable[Field]) -> Record:
    """The record with these fields, without those that have lost all their subfields; the same one if none changed."""
    parts = [pack(field) for field in fields if field.subfields or field.tag.startswith("00")]
    return Record("\x1e".join([record.text.split("\x1e", 1)[0], *parts]))
