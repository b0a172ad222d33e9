"""ISO 2709 in MARC-8, for systems that know nothing newer: leader/09 blank."""

from __future__ import annotations

from foundation.errors import Problem
from marc import charset, iso2709
from marc.record import Record


def write(record: Record) -> tuple[bytes, tuple[Problem, ...]]:
    """The record in MARC-8, and a problem for each character that became a reference (`&#x1EA1;`), with its count.

    Raises LimitError for a field over `ISO2709_FIELD_BYTES` or a record over `ISO2709_RECORD_BYTES`.
    """
    # MARC-8 never uses the bytes of the terminators for anything else, so the whole record is encoded in one go.
    encoded = charset.encode(record.text)
    return iso2709.framed(record, encoded.data, b" "), encoded.problems
