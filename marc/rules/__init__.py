"""Checking records against MARC 21 and the practice of cataloguing, and mending what can be mended safely.

    findings = check(record)                    # what is wrong, with severity, place and what to do
    mended, applied = fix(record, findings)     # the safe fixes of these findings
    mended, applied = mend(record)              # check and fix until nothing is left that can be fixed

`checked` does the same for what a reader gave, so that repairs made on reading count too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from typing import Final

from marc.reading import Reading
from marc.record import Record
from marc.rules import codes, control, fields, names, numbers, readers, structure, titles
from marc.rules.profiles import DEFAULT, Profile
from marc.rules.rule import Finding, Rule, View

__all__ = ["RULES", "Finding", "Rule", "check", "checked", "fix", "mend"]

_MODULES = (structure, control, fields, titles, numbers, codes, names)

RULES: tuple[Rule, ...] = tuple(
    sorted(
        (found for module in _MODULES for found in vars(module).values() if isinstance(found, Rule)),
        key=lambda found: (found.number, found.code),
    )
)
"""Every rule, by number. docs/checks.md lists them."""

_ROUNDS = 10
"""One fix may lay open another (two subjects equal once their marks are in order); no honest record needs three."""


def check(record: Record, profile: Profile = DEFAULT, today: date | None = None) -> list[Finding]:
    """Everything the rules of `profile` find, by number of the rule. `today` bounds years; the clock's unless given."""
    view = View(record, profile, today or datetime.now(UTC).date())
    return list(_found(view))


def _found(view: View) -> Iterator[Finding]:
    profile = view.profile
    for rule in RULES:
        if rule.check is None or rule.code in profile.off:
            continue
        for spot in rule.check(view):
            yield Finding(rule, profile.severity.get(rule.code, rule.severity), spot)


NOT_IN_LISTS: Final = frozenset(("control_agency", "ddc_edition"))
"""Rules about what no list of books says, and who fills one in cannot mend: fields 003 and 082 $2."""


def checked(reading: Reading, profile: Profile = DEFAULT, today: date | None = None) -> list[Finding]:
    """The same for a reading, with what its reader repaired or could not read."""
    findings = [
        Finding(rule, profile.severity.get(rule.code, rule.severity), spot, problem)
        for rule, spot, problem in readers.of_reading(reading.problems, reading.record is not None)
        if rule.code not in profile.off
    ]
    if reading.record is None:
        return findings
    found = check(reading.record, profile, today)
    if reading.cell is not None:
        found = [finding for finding in found if finding.rule.code not in NOT_IN_LISTS]
    return findings + found


def fix(record: Record, findings: Iterable[Finding]) -> tuple[Record, list[Finding]]:
    """The record with the safe fixes of these findings, and the findings that are gone with them.

    A fix mends its rule wherever the record breaks it. Doing it again changes nothing.
    """
    listed = list(findings)
    applied = [finding for finding in listed if finding.rule.mend]
    for rule in dict.fromkeys(finding.rule for finding in applied):
        if rule.mend:
            record = rule.mend(record)
    return record, applied


def mend(record: Record, profile: Profile = DEFAULT, today: date | None = None) -> tuple[Record, list[Finding]]:
    """The record with every safe fix, done until none is left to do, and the findings that are gone."""
    applied: list[Finding] = []
    for _ in range(_ROUNDS):
        record, done = fix(record, check(record, profile, today))
        if not done:
            break
        applied += done
    return record, applied
