"""What is true of a published record, as codes: the rules it breaks, and what it is.

A code of a rule is that of `marc.rules` (`isbn`); the others are those of `FEATURES`, of which `ALL` is true of every
record.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from dublin_core.kinds import Names
from dublin_core.online import online
from foundation.settings import Settings
from marc import rules
from marc.record import Record
from marc.rules import RULES, Rule
from marc.rules.profiles import Profile, profile
from marc.rules.readers import rule_of
from reports import heritage

ALL: Final = "all-records"
CLEAN: Final = "no-findings"
ERRORS: Final = "with-errors"
REMARKS: Final = "with-remarks"
MINORITY: Final = "minority"
OLD: Final = "old"
HERITAGE: Final = "heritage"
DIGITISED: Final = "digitised"
HERITAGE_DIGITISED: Final = "heritage-digitised"
HERITAGE_WAITING: Final = "heritage-waiting"

FEATURES: Final[dict[str, Names]] = {
    ALL: Names("Tất cả biểu ghi", "All records"),
    CLEAN: Names("Biểu ghi đầy đủ, không vi phạm quy tắc nào", "Complete records: they break no rule"),
    ERRORS: Names("Biểu ghi có lỗi", "Records with errors"),
    REMARKS: Names("Biểu ghi chỉ có điểm nên xem", "Records with remarks alone"),
    MINORITY: Names("Tài liệu của các dân tộc thiểu số", "Documents of ethnic minorities"),
    OLD: Names("Thư tịch cổ", "Old documents"),
    HERITAGE: Names("Tài liệu dân tộc thiểu số và thư tịch cổ", "Documents of ethnic minorities and old documents"),
    DIGITISED: Names("Tài liệu đã số hóa", "Digitised documents"),
    HERITAGE_DIGITISED: Names(
        "Tài liệu dân tộc thiểu số và thư tịch cổ đã số hóa", "Documents of minorities and old ones that are digitised"
    ),
    HERITAGE_WAITING: Names(
        "Tài liệu dân tộc thiểu số và thư tịch cổ còn chờ số hóa",
        "Documents of minorities and old ones that are still to be digitised",
    ),
}
BY_CODE: Final[dict[str, Rule]] = {one.code: one for one in RULES}

_UNLISTED: Final = frozenset((ALL,))
"""Codes whose records are not listed one by one: the search page lists them."""
_MEANING: Final = 2
"""Raised whenever the same record would be given other codes by this module, `heritage` or `online`."""


class Judge:
    """Gives records their codes, by the settings of the server. `today` bounds years, as `marc.rules.check` says.

    Raises InputError for a profile that does not exist.
    """

    def __init__(self, settings: Settings) -> None:
        self._profile: Profile = profile(settings.quality_profile)
        self._before = settings.heritage_before

    @property
    def signature(self) -> int:
        """31 bits that change whenever the same record may be given other codes: everything is counted anew then."""
        said = json.dumps(
            [
                _MEANING,
                self._before,
                self._profile.name,
                sorted(self._profile.off),
                sorted(self._profile.severity.items()),
                sorted((one.code, one.severity) for one in RULES),
            ]
        )
        return int.from_bytes(hashlib.blake2b(said.encode(), digest_size=4).digest(), "big") >> 1

    def codes(self, record: Record, problems: str | None, today: date | None = None) -> frozenset[str]:
        """The codes of a record. `problems`: what was noted when it came in, as `catalogue.ingest` keeps it."""
        broken = {finding.rule.code: finding.severity for finding in rules.check(record, self._profile, today)}
        for noted in _noted(problems):
            rule = rule_of(str(noted.get("code", "")))
            if rule is not None and rule.code not in self._profile.off:
                broken.setdefault(rule.code, self._profile.severity.get(rule.code, rule.severity))
        found = {ALL, *broken, ERRORS if "E" in broken.values() else REMARKS if broken else CLEAN}
        found |= self._features(record)
        return frozenset(found)

    def _features(self, record: Record) -> set[str]:
        found = set()
        if heritage.minority(record):
            found.add(MINORITY)
        if heritage.old(record, self._before):
            found.add(OLD)
        digitised = online(record)
        if digitised:
            found.add(DIGITISED)
        if found & {MINORITY, OLD}:
            found |= {HERITAGE, HERITAGE_DIGITISED if digitised else HERITAGE_WAITING}
        return found


def is_listed(code: str) -> bool:
    """Whether the records with this code are kept as a list."""
    return code not in _UNLISTED


def name(code: str) -> Names:
    """What a code says, for people. Raises KeyError for one that nobody knows."""
    rule = BY_CODE.get(code)
    return Names(rule.message.vi, rule.message.en) if rule else FEATURES[code]


def _noted(problems: str | None) -> list[Mapping[str, Any]]:
    return json.loads(problems) if problems else []
