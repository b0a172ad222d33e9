"""Rules 21 to 28, 35 and 54: control fields, the leader and the coded positions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from marc import marc21
from marc.record import Record
from marc.rules import messages
from marc.rules.rule import LEADER, Entry, Spot, View, rebuilt, rule

FILL = "|"


@rule(21, "E", messages.CONTROL_NUMBER)
def control_number(view: View) -> Iterator[Spot]:
    found = view.by_tag.get("001", [])
    if not found or not found[0].field.value.strip():
        yield Spot("001")
    for entry in found[1:]:
        yield entry.at(seen=entry.field.value)


@rule(22, "W", messages.CONTROL_AGENCY)
def control_agency(view: View) -> Iterator[Spot]:
    if "001" in view.by_tag and "003" not in view.by_tag:
        yield Spot("003")


_STAMP = re.compile(r"\d{14}\.\d")
_MENDABLE_STAMP = re.compile(r"(\d{14})(?:\.\d*)?\s*")


def _moment(value: str) -> bool:
    """Whether the digits of a 005 are a date and a time of day. A leap second is one."""
    try:
        date(int(value[:4]), int(value[4:6]), int(value[6:8]))
    except ValueError:
        return False
    return int(value[8:10]) < 24 and int(value[10:12]) < 60 and int(value[12:14]) <= 60


def _stamp(value: str) -> str:
    """A 005 in its right form, where only its end is amiss."""
    found = _MENDABLE_STAMP.fullmatch(value)
    return f"{found[1]}.0" if found and not _STAMP.fullmatch(value) and _moment(value) else value


def _mend_stamp(record: Record) -> Record:
    fields = [field._replace(value=_stamp(field.value)) if field.tag == "005" else field for field in record.fields]
    return rebuilt(record, fields)


@rule(23, "W", messages.LAST_CHANGED, _mend_stamp)
def last_changed(view: View) -> Iterator[Spot]:
    for entry in view.each("005"):
        value = entry.field.value
        mended = _stamp(value)
        if mended != value:
            yield entry.at(seen=value, wanted=mended)


@rule(23, "W", messages.LAST_CHANGED_WRONG)
def last_changed_wrong(view: View) -> Iterator[Spot]:
    for entry in view.each("005"):
        value = _stamp(entry.field.value)
        if not (value.isascii() and _STAMP.fullmatch(value) and _moment(value)):
            yield entry.at(seen=value)


@rule(24, "E", messages.FIXED_LENGTH)
def fixed_length(view: View) -> Iterator[Spot]:
    if "008" not in view.by_tag:
        yield Spot("008")
    for entry in view.each("008"):
        if len(entry.field.value) != 40:
            yield entry.at(seen=entry.field.value)


@rule(25, "E", messages.LEADER_CODES)
def leader_codes(view: View) -> Iterator[Spot]:
    for place in marc21.positions(LEADER, "--"):
        code = view.leader[place.first]
        known = place.allows(code) or code in place.obsolete or code == FILL
        if not known and code not in view.profile.leader_codes.get(place.first, ""):
            yield Spot(LEADER, position=place.first, seen=code)


def _filled(value: str) -> str:
    """A 006 with the blanks at its end that some software cuts off or adds, if all codes then hold; else as it is."""
    fitted = value.rstrip().ljust(18)
    if len(value) == 18 or len(fitted) != 18 or not value.strip():
        return value
    for kind in ("--", marc21.additional_material(fitted)):
        for place in marc21.positions("006", kind) if kind else ():
            for start in range(place.first, place.last + 1, place.unit):
                code = fitted[start : start + place.unit]
                if not place.allows(code) and code not in place.obsolete:
                    return value
    return fitted


def _fill_all(record: Record) -> Record:
    fields = [field._replace(value=_filled(field.value)) if field.tag == "006" else field for field in record.fields]
    return rebuilt(record, fields)


@rule(26, "W", messages.ADDITIONAL_BLANKS, _fill_all)
def additional_blanks(view: View) -> Iterator[Spot]:
    for entry in view.each("006"):
        if _filled(entry.field.value) != entry.field.value:
            yield entry.at(seen=entry.field.value)


@rule(26, "E", messages.ADDITIONAL_LENGTH)
def additional_length(view: View) -> Iterator[Spot]:
    for entry in view.each("006"):
        if len(_filled(entry.field.value)) != 18:
            yield entry.at(seen=entry.field.value)
    for entry in view.each("007"):
        wanted = marc21.LENGTHS_007.get(entry.field.value[:1])
        if wanted and len(entry.field.value) not in wanted:
            yield entry.at(seen=entry.field.value)


def coded(view: View) -> Iterator[tuple[Entry, marc21.PositionRule, int, str]]:
    """Every coded position of 006, 007 and 008 fields: field, what holds, where, the code that stands there."""
    for entry in view.each("006", "007", "008"):
        tag, value = entry.field.tag, entry.field.value
        if tag == "008":
            kinds = ("--", view.material) if view.fixed else ()
        elif tag == "006":
            kinds = ("--", marc21.additional_material(value)) if len(value) == 18 else ()
        else:
            kinds = ("--", value[:1])
        for kind in kinds:
            for place in marc21.positions(tag, kind) if kind else ():
                for start in range(place.first, place.last + 1, place.unit):
                    code = value[start : start + place.unit]
                    if len(code) == place.unit:
                        yield entry, place, start, code


@rule(27, "E", messages.CODED_POSITION)
def coded_position(view: View) -> Iterator[Spot]:
    for entry, place, start, code in coded(view):
        if not place.allows(code) and code not in place.obsolete and FILL not in code:
            yield entry.at(seen=code, position=start)


@rule(35, "E", messages.FILL)
def fill(view: View) -> Iterator[Spot]:
    for position, sign in enumerate(view.leader):
        if sign == FILL:
            yield Spot(LEADER, position=position, seen=FILL)
    for entry, place, start, code in coded(view):
        if FILL in code and not place.allows(code):
            yield entry.at(seen=code, position=start)
    if FILL in view.fixed[:6]:
        yield Spot("008", 1, position=0, seen=view.fixed[:6])


def obsolete_codes(view: View) -> Iterator[Spot]:
    """Codes in the leader and the fixed fields that the format has given up."""
    for place in marc21.positions(LEADER, "--"):
        if (code := view.leader[place.first]) in place.obsolete:
            yield Spot(LEADER, position=place.first, seen=code)
    for entry, place, start, code in coded(view):
        if code in place.obsolete:
            yield entry.at(seen=code, position=start)


_KINDS = frozenset("bcdeikmnpqrstu")
_YEAR = re.compile(r"[\du|]{4}")
_SECOND = {
    "b": r" {4}|\|{4}",
    "s": r" {4}|\|{4}",
    "n": r"u{4}| {4}|\|{4}",
    "c": r"9999|\|{4}",
    "u": r"uuuu|\|{4}",
    "d": r"[\du]{4}|\|{4}",
    "e": r"\d{4}|\d\d  | {4}|\|{4}",
    "r": r"[\du|]{4}| {4}",
    "p": r"[\du|]{4}| {4}",
    "t": r"[\du|]{4}| {4}",
}
"""Type of date (008/06) to what Date 2 (008/11-14) may be; the others hold two years."""


@rule(28, "W", messages.DATE_TYPE)
def date_type(view: View) -> Iterator[Spot]:
    kind, first, second = view.fixed[6:7], view.fixed[7:11], view.fixed[11:15]
    if kind in _KINDS and not _dates_agree(kind, first, second):
        yield Spot("008", 1, position=6, seen=view.fixed[6:15])


def _dates_agree(kind: str, first: str, second: str) -> bool:
    if kind == "b" and first not in ("    ", "||||", "uuuu"):
        return False
    if kind not in "bn" and not _YEAR.fullmatch(first):
        return False
    if not re.fullmatch(_SECOND.get(kind, r"[\du|]{4}"), second):
        return False
    return not (first.isdecimal() and second.isdecimal() and _backwards(kind, int(first), int(second)))


def _backwards(kind: str, first: int, second: int) -> bool:
    """Whether two years stand the wrong way round: a reprint is younger than its original, a span runs forward."""
    if kind in "cdikmqu":
        return second < first
    return kind in "rt" and second > first + (1 if kind == "t" else 0)


_IMPRINT_YEAR = re.compile(r"(?<![\d/.-])(\d{4,5})(?![\d/-])")
_EARLIEST = 1000


@rule(54, "W", messages.FUTURE_DATE)
def future_date(view: View) -> Iterator[Spot]:
    latest = view.today.year + 1  # the next year's imprint is usual in autumn
    year = view.fixed[7:11]
    kind = view.fixed[6:7]
    if year.isdecimal() and kind not in ("b", "n") and not _EARLIEST <= int(year) <= latest:
        yield Spot("008", 1, position=7, seen=year)
    year = view.fixed[11:15]
    if year.isdecimal() and year != "9999" and kind not in ("b", "e", "n", "c", "d", "s") and int(year) > latest + 1:
        yield Spot("008", 1, position=11, seen=year)
    for entry, code, value in view.values(("260", "264"), "c"):
        for found in _IMPRINT_YEAR.finditer(value):
            if int(found[1]) > latest:
                yield entry.at(code, value, position=found.start())
    for entry in view.each("005"):
        if entry.field.value[:8].isdecimal() and entry.field.value[:8] > f"{view.today:%Y%m%d}9":
            yield entry.at(seen=entry.field.value)
