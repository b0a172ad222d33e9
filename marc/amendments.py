"""One change for many records alike: trim, set, replace, mend an indicator, remove, what a rule can mend by itself,
or what a rule proposes.

    amendment = Amendment(REPLACE, "041", "a", old="tay", new="tyz")
    mended = amendment.apply(record)        # the same record when there is nothing to change

A place is a tag with a subfield code, or positions of a control field ("008/35-37", "LDR/06"; positions from 0, as in
the MARC 21 Format for Bibliographic Data).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any, Final

from foundation.errors import FormatError, InputError
from marc import amendment_messages, mrk, repair
from marc.proposals import PROPOSING, propose
from marc.record import Field, Record
from marc.rules import RULES

TRIM: Final = "trim"
SET: Final = "set"
REPLACE: Final = "replace"
INDICATOR: Final = "indicator"
REMOVE: Final = "remove"
RULE: Final = "rule"
PROPOSAL: Final = "proposal"
"""What a rule expects, written into every record: a person has looked at it before."""
KINDS: Final = (TRIM, SET, REPLACE, INDICATOR, REMOVE, RULE, PROPOSAL)

_TAG: Final = re.compile(r"[0-9A-Z]{3}|[0-9a-z]{3}")
_CODE: Final = re.compile(r"[!-~]")
_POSITIONS: Final = re.compile(r"(LDR|00[1-9])/([0-9]{1,2})(?:-([0-9]{1,2}))?")
_LEADER_OPEN: Final = frozenset((5, 6, 7, 8, 17, 18, 19))
"""Positions of the leader that a person decides; the others speak of one rendering (ISO 2709)."""
_LOOSE_END: Final = re.compile(r"(?:\s*[,;:/=]+\s*)+$")
_MENDS: Final[dict[str, Callable[[Record], Record]]] = {rule.code: rule.mend for rule in RULES if rule.mend}


@dataclass(frozen=True, slots=True)
class Amendment:
    """What is to be done to every record. `check` says whether it makes sense."""

    kind: str
    tag: str = ""
    """A tag, positions of a control field, or the code of a rule (RULE, PROPOSAL)."""
    code: str = ""
    """A subfield; empty where the whole field is meant. Of an indicator: "1" or "2"."""
    old: str = ""
    """REPLACE: what stands there; INDICATOR: the one to mend, empty for any."""
    new: str = ""
    inside: bool = False
    """REPLACE: wherever `old` occurs in a value, not only as the whole of it."""

    def check(self) -> Amendment:
        """The same amendment. Raises InputError that says what does not fit."""
        if self.kind not in KINDS:
            raise _wrong("kind", self.kind)
        if self.kind == RULE:
            if self.tag not in _MENDS:
                raise _wrong("rule", self.tag)
            return self
        if self.kind == PROPOSAL:
            if self.tag not in PROPOSING:
                raise _wrong("proposal", self.tag)
            return self
        if self.kind == SET and (found := _POSITIONS.fullmatch(self.tag)):
            first, last = int(found[2]), int(found[3] or found[2])
            if found[1] == "001" or len(self.new) != last - first + 1 or not re.fullmatch(r"[ -{}~|]*", self.new):
                raise _wrong("positions", f"{self.tag} = {self.new!r}")
            if found[1] == "LDR" and not set(range(first, last + 1)) <= _LEADER_OPEN:
                raise _wrong("positions", self.tag)
            return self
        if not _TAG.fullmatch(self.tag) or self.tag in ("000", "001"):
            raise _wrong("tag", self.tag)
        is_control = self.tag.startswith("00")
        if self.kind == INDICATOR:
            if is_control or self.code not in ("1", "2") or not re.fullmatch(r"[0-9a-z ]", self.new):
                raise _wrong("indicator", f"{self.code} = {self.new!r}")
            if self.old and not re.fullmatch(r"[0-9a-z ]", self.old):
                raise _wrong("indicator", self.old)
            return self
        whole_field = self.kind in (REMOVE, TRIM) or is_control
        if (self.code and (is_control or not _CODE.fullmatch(self.code) or self.code in "@|")) or (
            not self.code and not whole_field
        ):
            raise _wrong("code", self.code)
        if self.kind == REPLACE and not self.old:
            raise _wrong("old", self.old)
        if self.kind == SET and not self.new.strip():
            raise _wrong("new", self.new)
        return self

    def apply(self, record: Record) -> Record:
        """The record with the change; `record` itself, equal in every character, where there is nothing to change.

        Field 001 is never touched. Raises InputError as `check` does.
        """
        self.check()
        if self.kind == RULE:
            mended = _MENDS[self.tag](record)
        elif self.kind == PROPOSAL:
            mended = propose(record, self.tag)
        elif "/" in self.tag:
            mended = self._at_positions(record)
        elif self.kind == SET:
            mended = self._set(record)
        else:
            mended = _rebuilt(record, self._fields(record.fields))
        if mended.control("001") != record.control("001") or repair.check(mended):
            return record
        return mended

    def as_values(self) -> dict[str, Any]:
        """What is kept of it; `of_values` gives it back."""
        return asdict(self)

    @classmethod
    def of_values(cls, values: dict[str, Any]) -> Amendment:
        """The inverse of `as_values`. Raises InputError."""
        try:
            texts = {name: str(value) for name, value in values.items() if name != "inside"}
            return cls(**texts, inside=bool(values.get("inside"))).check()
        except TypeError as error:
            raise _wrong("kind", str(error)) from error

    # --- the kinds ------------------------------------------------------------------------------------------
    def _fields(self, fields: Iterable[Field]) -> Iterator[Field]:
        for field in fields:
            if field.tag != self.tag:
                yield field
            elif self.kind == REMOVE:
                yield from _without(field, self.code)
            elif self.kind == INDICATOR:
                yield self._indicated(field)
            else:
                yield self._valued(field, _trimmed if self.kind == TRIM else self._replaced)

    def _valued(self, field: Field, change: Callable[[str], str]) -> Field:
        if field.value:
            return field._replace(value=repair.value(change(field.value))[0] or field.value)
        pairs = [
            (code, repair.value(change(value))[0] if self.code in ("", code) else value)
            for code, value in field.subfields
        ]
        kept = tuple([(code, value) for code, value in pairs if value.strip()])
        return field._replace(subfields=kept or field.subfields)

    def _replaced(self, value: str) -> str:
        if self.inside:
            return value.replace(self.old, self.new)
        return self.new if value == self.old else value

    def _indicated(self, field: Field) -> Field:
        place = int(self.code) - 1
        if self.old and field.indicators[place] != self.old:
            return field
        signs = list(field.indicators)
        signs[place] = self.new
        return field._replace(indicators="".join(signs))

    def _set(self, record: Record) -> Record:
        new = repair.value(self.new)[0]
        fields, found = [], False
        for field in record.fields:
            if field.tag != self.tag:
                fields.append(field)
                continue
            found = True
            if self.tag.startswith("00"):
                fields.append(field._replace(value=new))
            elif any(code == self.code for code, _ in field.subfields):
                pairs = tuple([(code, new if code == self.code else value) for code, value in field.subfields])
                fields.append(field._replace(subfields=pairs))
            else:
                fields.append(field._replace(subfields=(*field.subfields, (self.code, new))))
        if not found:
            control = self.tag.startswith("00")
            made = Field(self.tag, value=new) if control else Field(self.tag, "  ", ((self.code, new),))
            place = next((at for at, field in enumerate(fields) if field.tag > self.tag), len(fields))
            fields.insert(place, made)
        return Record.build(record.leader, fields)

    def _at_positions(self, record: Record) -> Record:
        found = _POSITIONS.fullmatch(self.tag)
        assert found is not None
        first, last = int(found[2]), int(found[3] or found[2])
        if found[1] == "LDR":
            leader = record.leader[:first] + self.new + record.leader[last + 1 :]
            return Record.build(repair.leader(leader)[0], record.fields)
        fields = [
            field._replace(value=field.value[:first] + self.new + field.value[last + 1 :])
            if field.tag == found[1] and len(field.value) > last
            else field
            for field in record.fields
        ]
        return _rebuilt(record, fields)


def _rebuilt(record: Record, fields: Iterable[Field]) -> Record:
    return Record.build(record.leader, fields)


def _without(field: Field, code: str) -> Iterator[Field]:
    kept = tuple([pair for pair in field.subfields if pair[0] != code]) if code else ()
    if kept:
        yield field._replace(subfields=kept)


def _trimmed(value: str) -> str:
    """Without blanks at its ends and doubled ones inside, and without punctuation that leads nowhere."""
    return _LOOSE_END.sub("", " ".join(value.split()))


def _wrong(what: str, seen: str) -> InputError:
    return InputError(amendment_messages.WRONG[what], seen=seen[:80])


def written(text: str, local_id: str) -> Record:
    """The record that a person wrote as mrk, with the 001 it must keep. Raises FormatError that says what is wrong."""
    record, problems = mrk.read(text.replace("\r\n", "\n").encode("utf-8", "replace"))
    if record is None:
        raise FormatError(amendment_messages.UNREADABLE, reason=problems[-1].text("vi") if problems else "–")
    if local_id and record.control("001") != local_id:
        raise FormatError(amendment_messages.NUMBER, wanted=local_id)
    return record
