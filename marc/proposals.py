"""What a rule proposes and a person has to agree to: the value that it expects, written where it found another one.

A safe fix (`Rule.mend`) never guesses. These rules do: they know from the rest of the record what most likely stands
there (the indicator that agrees with the heading, the language that 041 names), and may be wrong. So nothing applies
them but somebody who has seen what they would do.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from marc.record import Field, Record
from marc.rules import RULES
from marc.rules.profiles import DEFAULT
from marc.rules.rule import Spot, View

PROPOSING: Final = frozenset((
    "indicator", "nonfiling", "title_entry", "name_order", "language_differs", "text_language", "place_code",
    "address",
))  # fmt: skip
"""Rules whose expectation is a value that can be written as it stands. A check digit is none (the wrong digit may be
any other of the number), nor is a language that MARC has no code for (041 then takes $2)."""
_CHECKS: Final = {rule.code: rule.check for rule in RULES if rule.code in PROPOSING and rule.check is not None}


def propose(record: Record, code: str) -> Record:
    """The record with what the rule `code` (one of PROPOSING) expects of it; the same where it expects nothing."""
    spots = [spot for spot in _CHECKS[code](View(record, DEFAULT, datetime.now(UTC).date())) if spot.wanted]
    if not spots:
        return record
    seen: dict[str, int] = {}
    fields = []
    for field in record.fields:
        at = seen[field.tag] = seen.get(field.tag, 0) + 1
        fields.append(_written(field, [one for one in spots if (one.tag, one.occurrence) == (field.tag, at)]))
    return Record.build(record.leader, fields)


def _written(field: Field, spots: Iterable[Spot]) -> Field:
    for spot in spots:
        if field.value:
            end = spot.position + len(spot.wanted)
            if spot.position >= 0 and end <= len(field.value):
                field = field._replace(value=field.value[: spot.position] + spot.wanted + field.value[end:])
        elif spot.subfield:
            pairs = [
                (code, spot.wanted if (code, value) == (spot.subfield, spot.seen) else value)
                for code, value in field.subfields
            ]  # fmt: skip
            field = field._replace(subfields=tuple(pairs))
        elif spot.position in (0, 1) and len(spot.wanted) == 1:  # several that are allowed are for a person to choose
            signs = list(field.indicators)
            signs[spot.position] = spot.wanted.replace("#", " ")
            field = field._replace(indicators="".join(signs))
    return field
