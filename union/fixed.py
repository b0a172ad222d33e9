"""008 of a union record: the leader's, with what it leaves open filled from the others, position by position."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from union.leader import Member
from union.publication import coded_years

FIXED_LENGTH: Final = 40
_OPEN: Final = {(15, 18): frozenset(("xx ", "|||", "   ")), (35, 38): frozenset(("und", "|||", "   "))}
"""008/15-17 place, 008/35-37 language: what says nothing there (MARC 21, 008 All Materials)."""
_CODES: Final = range(18, 35)
"""008/18-34, whose meaning depends on leader/06; only a fill character is open, a blank says something."""


def united_fixed(line: Sequence[Member]) -> tuple[str, list[Member]]:
    """(008, members it is from); empty when no member has a whole one. `line` has the leader first.

    Only members of the leader's material (leader/06-07) can fill the positions that depend on it.
    """
    coded = [(member, member.record.control("008")) for member in line]
    whole = [(member, text) for member, text in coded if len(text) == FIXED_LENGTH]
    kind = line[0].record.leader[6:8]
    alike = [(member, text) for member, text in whole if member.record.leader[6:8] == kind]
    if not alike:
        return "", []
    first, before = alike[0]
    said = list(before)
    used = [first]
    for member, other in whole:
        if other == before:
            continue
        if not coded_years(before) and coded_years(other):
            said[6:15] = other[6:15]
        for (start, end), empty in _OPEN.items():
            if before[start:end] in empty and other[start:end] not in empty:
                said[start:end] = other[start:end]
        if (member, other) in alike:
            for place in _CODES:
                if before[place] == "|":
                    said[place] = other[place]
        after = "".join(said)
        if after != before:
            used.append(member)
        before = after
    return before, used
