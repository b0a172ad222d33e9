"""Rules 29 to 34: fields, indicators and subfields against the tables of the format."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from marc import marc21
from marc.rules import control, messages
from marc.rules.rule import Entry, Spot, View, rule

LOCAL = "9"
"""Marks what is local, in subfield codes and indicators as in tags."""


@rule(29, "W", messages.UNDEFINED_FIELD)
def undefined_field(view: View) -> Iterator[Spot]:
    defined = marc21.fields()
    known = marc21.code_list("HOLDINGS_FIELDS").codes | marc21.code_list("OBSOLETE_FIELDS").codes
    for tag, entries in view.by_tag.items():
        if tag in defined or tag in marc21.CONTROL_REPEATABLE or tag in known or view.profile.is_local(tag):
            continue
        yield from (entry.at(seen=tag) for entry in entries)


@rule(30, "E", messages.REPEATED_FIELD)
def repeated_field(view: View) -> Iterator[Spot]:
    defined = marc21.fields()
    for tag, entries in view.by_tag.items():
        if len(entries) == 1 or view.profile.is_local(tag) or tag == "001" or _is_main(tag):
            continue  # 001 and 1XX have rules of their own
        once = (
            not marc21.CONTROL_REPEATABLE[tag]
            if tag in marc21.CONTROL_REPEATABLE
            else (tag in defined and not defined[tag].repeatable)
        )
        if once:
            yield from (entry.at(seen=tag) for entry in entries[1:])


def _is_main(tag: str) -> bool:
    return tag in ("100", "110", "111", "130")


def _indicators(entry: Entry, view: View) -> Iterator[tuple[int, str, str, str]]:
    """Position, value, values that are defined, values that are obsolete, of both indicators."""
    rule = marc21.fields()[entry.kind]
    local = view.profile.local_indicators.get(entry.field.tag, ("", ""))
    for place in (0, 1):
        yield (
            place,
            entry.field.indicators[place],
            rule.indicators[place] + local[place],
            rule.obsolete_indicators[place],
        )


@rule(31, "E", messages.INDICATOR)
def indicator(view: View) -> Iterator[Spot]:
    for entry in view.standard:
        if entry.field.tag == "880" and entry.kind == "880":
            continue
        for place, value, allowed, gone in _indicators(entry, view):
            if value not in allowed and value not in gone and value != LOCAL:
                yield entry.at(
                    seen=value, wanted="/".join(allowed).replace(" ", "#") if len(allowed) < 6 else "", position=place
                )


@rule(32, "W", messages.OBSOLETE)
def obsolete(view: View) -> Iterator[Spot]:
    yield from control.obsolete_codes(view)
    fields = marc21.code_list("OBSOLETE_FIELDS").codes
    for tag, entries in view.by_tag.items():
        if tag in fields and not view.profile.is_local(tag):
            yield from (entry.at(seen=tag) for entry in entries)
    for entry in view.standard:
        for place, value, allowed, gone in _indicators(entry, view):
            if value in gone and value not in allowed:
                yield entry.at(seen=value, position=place)
        rule = marc21.fields()[entry.kind]
        for code, value in entry.field.subfields:
            if code in rule.obsolete_subfields and code not in rule.subfields:
                yield entry.at(code, value)


def _defines(view: View, entry: Entry, code: str) -> bool:
    """Whether a subfield is defined, or local, or one that every field has."""
    rule = marc21.fields()[entry.kind]
    if code in rule.subfields or code in rule.obsolete_subfields or code in (LOCAL, marc21.PROVENANCE):
        return True
    return code in view.profile.local_subfields.get(entry.field.tag, "")


@rule(33, "E", messages.UNDEFINED_SUBFIELD)
def undefined_subfield(view: View) -> Iterator[Spot]:
    for entry in view.standard:
        for code, value in entry.field.subfields:
            if not _defines(view, entry, code) and code.isascii() and (code.islower() or code.isdigit()):
                yield entry.at(code, value)


@rule(34, "E", messages.REPEATED_SUBFIELD)
def repeated_subfield(view: View) -> Iterator[Spot]:
    for entry in view.standard:
        subfields = entry.field.subfields
        if len(subfields) < 2:
            continue
        once = marc21.fields()[entry.kind].subfields
        counts = Counter(code for code, _ in subfields)
        for code, count in counts.items():
            if count > 1 and once.get(code) is False:
                yield entry.at(code, entry.field.all(code)[1])
