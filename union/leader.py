"""Which member of a cluster leads its record: the same for the same members, whatever their order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Final, NamedTuple

from marc.record import FIELD_TERMINATOR, SUBFIELD_DELIMITER, Record, unpack


class Member(NamedTuple):
    """One record of a cluster as its library contributed it. `library` is its code, `local_id` its id there; `agency`
    is what stands in 003 and $5 (a MARC organisation code where there is one)."""

    library: str
    local_id: str
    record: Record
    agency: str = ""

    @property
    def source(self) -> str:
        return self.agency or self.library


@dataclass(frozen=True)
class Policy:
    """How records are merged. The same members under the same version always give the same record."""

    version: int = 2
    agency: str = "LIENTHONG"
    """003 of union records."""
    ranks: Mapping[str, int] = field(default_factory=dict)
    """Library code → rank, 0 the first (a national library); libraries without one come last."""
    pinned: frozenset[tuple[str, str]] = frozenset()
    """(library, local id) that a cataloguer made the leader."""


_LEVELS: Final = {
    " ": 0,
    "1": 1,
    "I": 1,
    "4": 2,
    "7": 3,
    "K": 3,
    "2": 4,
    "5": 5,
    "M": 5,
    "3": 6,
    "8": 7,
    "u": 8,
    "z": 8,
}
"""Leader/17, encoding level, the fullest first (MARC 21, Leader); unknown codes after all."""
_UNRANKED: Final = 1_000
_ACCESS: Final = frozenset("167")
_TURNED: Final = str.maketrans("0123456789", "9876543210")
"""The later a date, the sooner it stands among others."""


def ordered(members: Sequence[Member], policy: Policy) -> list[Member]:
    """The members, the leader first."""
    titles = [_title(member.record) for member in members]
    marks = not all(map(str.isascii, titles))
    line = zip([_key(*pair, policy, marks) for pair in zip(members, titles, strict=True)], members, strict=True)
    return [member for _, member in sorted(line, key=itemgetter(0))]


def _key(member: Member, title: str, policy: Policy, marks: bool) -> tuple[object, ...]:
    record = member.record
    letters = [letter for letter in title if letter.isalpha()] if title.isupper() else []
    shouted = len(letters) > 3 and all(letter.isupper() for letter in letters)
    controlled = 0
    if f"{SUBFIELD_DELIMITER}0" in record.text:
        controlled = sum([part[0] in _ACCESS and "\x1f0" in part for part in record.parts()])
    access = sum([record.text.count(FIELD_TERMINATOR + sign) for sign in _ACCESS])
    newest = record.control("005")
    described = unpack("040" + record.control("040")).get("e").casefold()
    return (
        (member.library, member.local_id) not in policy.pinned,
        marks and title.isascii(),  # a copy typed without diacritics never leads one with them
        not title,
        policy.ranks.get(member.library, _UNRANKED),
        _LEVELS.get(record.leader[17:18], 9),
        0 if described.startswith("rda") else 1 if described.startswith("aacr") else 2,
        shouted,
        -(2 * controlled + access),
        -record.text.count(FIELD_TERMINATOR),
        "".join(filter(str.isdigit, newest)).translate(_TURNED),
        member.library,
        member.local_id,
        record.text,
    )


def _title(record: Record) -> str:
    part = record.control("245")
    return next((piece[1:] for piece in part.split(SUBFIELD_DELIMITER)[1:] if piece[:1] == "a"), "")
