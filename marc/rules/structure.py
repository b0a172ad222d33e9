"""Rules 0 to 20: the structure of the record. Most of it the readers see, mend or refuse; here it gets its number."""

from __future__ import annotations

import re
from collections.abc import Iterator

from foundation.errors import Message
from foundation.limits import ISO2709_FIELD_BYTES, ISO2709_RECORD_BYTES
from marc.record import Field, Record, pack
from marc.rules import messages
from marc.rules.rule import Rule, Severity, Spot, View, rebuilt, rule
from vietnamese.detection import unmojibake
from vietnamese.syllables import is_vietnamese_syllable
from vietnamese.text import normalise


def _read(number: int, severity: Severity, message: Message, mended: bool = False) -> Rule:
    """A rule that the readers check."""
    return Rule(number, severity, message, on_reading=mended)


unreadable = _read(0, "E", messages.UNREADABLE)
repaired = _read(0, "W", messages.REPAIRED, True)
list_row = _read(0, "E", messages.LIST_ROW)
list_cell = _read(0, "W", messages.LIST_CELL)
leader_length = _read(1, "E", messages.LEADER_LENGTH)
leader_counts = _read(2, "W", messages.LEADER_COUNTS, True)
entry_map = _read(3, "W", messages.ENTRY_MAP, True)
record_length = _read(4, "W", messages.RECORD_LENGTH, True)
record_cut = _read(4, "E", messages.RECORD_CUT)
base_address = _read(5, "W", messages.BASE_ADDRESS, True)
directory = _read(6, "E", messages.DIRECTORY)
directory_repaired = _read(6, "W", messages.DIRECTORY_REPAIRED, True)
field_outside = _read(7, "E", messages.FIELD_OUTSIDE)
unclaimed = _read(7, "W", messages.UNCLAIMED)
terminator = _read(8, "W", messages.TERMINATOR, True)
encoding_label = _read(11, "W", messages.ENCODING_LABEL, True)
not_utf8 = _read(12, "E", messages.NOT_UTF8)
control_characters = _read(13, "W", messages.CONTROL_CHARACTERS, True)
tag = _read(17, "E", messages.TAG)
loose_text = _read(19, "W", messages.LOOSE_TEXT)


@rule(9, "E", messages.RECORD_SIZE)
def record_size(view: View) -> Iterator[Spot]:
    if len(view.record.text) * 4 + 12 * len(view.entries) > ISO2709_RECORD_BYTES:
        size = len(view.record.text.encode()) + len(view.entries) * 10 + 2  # an entry is 12 bytes, the tag is in it
        if size > ISO2709_RECORD_BYTES:
            yield Spot(seen=f"{size:,}")


@rule(10, "E", messages.FIELD_SIZE)
def field_size(view: View) -> Iterator[Spot]:
    if len(view.record.text) * 4 > ISO2709_FIELD_BYTES:
        for entry in view.entries:
            size = len(pack(entry.field).encode()) - 2  # without the tag, with the terminator
            if size > ISO2709_FIELD_BYTES:
                yield entry.at(seen=f"{size:,}")


@rule(14, "W", messages.REPLACEMENT)
def replacement(view: View) -> Iterator[Spot]:
    if "\ufffd" in view.record.text:
        for entry in view.entries:
            for code, value in entry.field.subfields or (("", entry.field.value),):
                if "\ufffd" in value:
                    yield entry.at(code, value, position=value.index("\ufffd"))


def _ordered(record: Record) -> Record:
    """Every value in the mark order of Vietnamese."""
    return rebuilt(record, [_ordered_field(field) for field in record.fields])


def _ordered_field(field: Field) -> Field:
    subfields = tuple((code, normalise(value)) for code, value in field.subfields)
    return field._replace(subfields=subfields, value=normalise(field.value))


@rule(15, "W", messages.MARK_ORDER, _ordered)
def mark_order(view: View) -> Iterator[Spot]:
    if view.record.text.isascii():
        return
    for entry in view.entries:
        for code, value in entry.field.subfields or (("", entry.field.value),):
            if not value.isascii() and (wanted := normalise(value)) != value:
                yield entry.at(code, value, wanted)


_SUSPECT = re.compile(
    "[A-Za-z\xc0-\xff][\xa1-\xbf\u2013-\u203a\u20ac]|[aeiouyAEIOUY][\xc0-\xff]|[\xc2-\xf4][\x80-\xbf]"
)
"""What Vietnamese in a foreign encoding looks like: a sign within a word, a plain vowel before a marked one, a letter
that begins a sequence of UTF-8. It only chooses what is looked at closely."""
_WORD = re.compile(r"[^\W\d_]+")
_TEXT = ("100", "110", "245", "246", "260", "264", "490", "500", "520", "600", "650", "651", "653", "700", "710")


@rule(16, "W", messages.MOJIBAKE)
def mojibake(view: View) -> Iterator[Spot]:
    if view.record.text.isascii():
        return
    for entry, code, value in view.values(_TEXT, "abcpt"):
        if (
            not value.isascii()
            and _SUSPECT.search(value)
            and not all(map(is_vietnamese_syllable, _WORD.findall(value)))
        ):
            guess = unmojibake(value)
            if guess.samples and guess.samples[0][1] != value:
                yield entry.at(code, value, guess.samples[0][1])


@rule(17, "W", messages.TAG_LETTERS)
def tag_letters(view: View) -> Iterator[Spot]:
    for name, entries in view.by_tag.items():
        if not name.isdigit():
            yield entries[0].at(seen=name)


@rule(18, "E", messages.SUBFIELD_CODE)
def subfield_code(view: View) -> Iterator[Spot]:
    for entry in view.entries:
        for code, value in entry.field.subfields:
            if not ("a" <= code <= "z" or "0" <= code <= "9"):
                yield entry.at(code, f"${code}{value}")


_EMPTY = re.compile("\x1f.[^\\S\x1c-\x1f]*(?=[\x1e\x1f]|\\Z)|\x1e00.[^\\S\x1c-\x1f]*(?=\x1e|\\Z)")
"""A subfield or control field with white space alone. The delimiters count as white space too, hence the class."""


def _without_empty(record: Record) -> Record:
    """The record without them; as it is, where nothing would be left."""
    fields = [
        field._replace(subfields=tuple((code, value) for code, value in field.subfields if value.strip()))
        for field in record.fields
        if not field.tag.startswith("00") or field.value.strip()
    ]
    return rebuilt(record, fields) if any(field.value or field.subfields for field in fields) else record


@rule(20, "W", messages.EMPTY, _without_empty)
def empty(view: View) -> Iterator[Spot]:
    if not _EMPTY.search(view.record.text) or _without_empty(view.record) is view.record:
        return
    for entry in view.entries:
        for code, value in entry.field.subfields or (("", entry.field.value),):
            if not value.strip():
                yield entry.at(code)
