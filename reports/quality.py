"""The quality of what is published: which rules are broken how often, by library and over the months.

There is no score but one share that everybody can count again: records that break no rule, of all records.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import Final, Literal, NamedTuple

from catalogue.libraries import Library, all_libraries
from catalogue.store import Store
from catalogue.uses import month_of
from dublin_core.kinds import Names
from foundation.errors import RefusedError
from foundation.settings import Settings
from harvesting.schedule import zone
from marc.rules.profiles import profile
from reports import follower, messages, shelf
from reports.shelf import Listed, Place
from reports.traits import ALL, BY_CODE, CLEAN, ERRORS, FEATURES, REMARKS, name

KINDS: Final = {
    "structure": Names("Cấu trúc biểu ghi", "Structure"),
    "format": Names("Khổ mẫu: trường, chỉ thị, trường con", "The format: fields, indicators, subfields"),
    "content": Names("Nội dung biên mục", "Content"),
}
"""Kinds of rules, as docs/checks.md groups them."""
_FORMAT, _CONTENT = 21, 36


class Broken(NamedTuple):
    """One rule, and the records that break it."""

    code: str
    number: int
    severity: Literal["E", "W"]
    fixable: bool
    kind: str
    names: Names
    records: int
    libraries: Mapping[str, int]
    """Code of a library → records, those that have any."""


class Standing(NamedTuple):
    """How a library's records stand, or those of all together."""

    library: Library | None
    """None: all together."""
    records: int
    clean: int
    errors: int
    remarks: int

    @property
    def share(self) -> float:
        """Records that break no rule, of a hundred."""
        return 100 * self.clean / self.records if self.records else 0.0


@dataclass(frozen=True, slots=True)
class Quality:
    """Everything the screen, the command line and the workbook show."""

    whole: Standing
    libraries: tuple[Standing, ...]
    rules: tuple[Broken, ...]
    """Those that are broken, the most frequent first."""
    trend: tuple[tuple[int, Standing], ...]
    """Month (202611) and how it ended, oldest first; months before counting began are left out."""
    behind: int
    """Records that are still to be looked at."""
    profile: str


def quality(store: Store, settings: Settings, owners: Collection[str] | None = None) -> Quality:
    """How what is published stands now. `owners`: codes of the libraries that are looked at; None: all."""
    known = [one for one in all_libraries(store) if owners is None or one.code in owners]
    counts = shelf.counts(store)
    mine = {one.code: counts.get(one.code, {}) for one in known}
    standings = tuple(_standing(one, mine[one.code]) for one in known)
    severities = profile(settings.quality_profile).severity
    rules = []
    for rule in BY_CODE.values():
        by_library = {code: some[rule.code] for code, some in mine.items() if some.get(rule.code)}
        if by_library:
            severity = severities.get(rule.code, rule.severity)
            names = Names(rule.message.vi, rule.message.en)
            said = rule.code, rule.number, severity, rule.fixable, kind(rule.number), names
            rules.append(Broken(*said, sum(by_library.values()), by_library))
    return Quality(
        _summed(standings),
        standings,
        tuple(sorted(rules, key=lambda one: (-one.records, one.number, one.code))),
        _trend(store, zone(settings.timezone), owners),
        follower.behind(store),
        settings.quality_profile,
    )


def records(
    store: Store, code: str, owners: Collection[str] | None = None, after: Place | None = None, limit: int = 100
) -> tuple[Names, list[Listed]]:
    """What a code says, and the next `limit` records it is true of. Raises RefusedError for a code nobody knows."""
    if code not in BY_CODE and code not in FEATURES:
        raise RefusedError(messages.RULE_UNKNOWN, seen=code[:60])
    return name(code), shelf.listed(store, code, owners, after, limit)


def kind(number: int) -> str:
    """The kind of the rule with this number, one of `KINDS`."""
    return "structure" if number < _FORMAT else "format" if number < _CONTENT else "content"


def _standing(library: Library | None, counts: Mapping[str, int]) -> Standing:
    return Standing(library, *(counts.get(code, 0) for code in (ALL, CLEAN, ERRORS, REMARKS)))


def _summed(standings: Collection[Standing]) -> Standing:
    def of_all(name: str) -> int:
        return sum(getattr(one, name) for one in standings)

    return Standing(None, of_all("records"), of_all("clean"), of_all("errors"), of_all("remarks"))


def _trend(store: Store, here: tzinfo, owners: Collection[str] | None) -> tuple[tuple[int, Standing], ...]:
    with store.read() as connection:
        last = month_of(store.now(connection), here)
    first = last - 100  # the same month a year ago
    found = shelf.months(store, (ALL, CLEAN, ERRORS, REMARKS), first, last, owners)
    return tuple((month, _standing(None, {code: found[code][month] for code in found})) for month in sorted(found[ALL]))
