"""What several APDUs are made of: EXTERNAL, OtherInformation, diagnostics, names (Z39.50-2003, "Global auxiliary
definitions" and the definitions of records).

Here and in the other `apdu_…` modules a NamedTuple and the `sequence` below it belong together, member by member. Names
are those of the standard.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from z3950_bridge.asn1 import (
    CONTENTS,
    DESCRIPTOR,
    INTEGER,
    OCTETS,
    OID,
    STRING,
    VISIBLE,
    choice,
    explicit,
    sequence,
    sequence_of,
)

Choice = tuple[str, Any]
"""Name of the alternative and its value."""


class External(NamedTuple):
    """EXTERNAL (X.690 8.18): something defined elsewhere, with the name of its definition."""

    direct_reference: str | None = None
    indirect_reference: int | None = None
    descriptor: str | None = None
    encoding: Choice | None = None
    """`single` (the whole element that is inside), `octets` or `bits`, each as bytes."""


EXTERNAL: Final = sequence(
    External, OID, INTEGER, DESCRIPTOR, choice(single=CONTENTS[0], octets=OCTETS[1], bits=OCTETS[2])
).universal(8)


class Info(NamedTuple):
    """One unit of `OtherInformation`."""

    category: bytes | None = None
    information: Choice | None = None
    """`text`, `octets`, `external` or `oid`."""


OTHER_INFO: Final = sequence_of(
    sequence(Info, CONTENTS[1], choice(text=STRING[2], octets=OCTETS[3], external=EXTERNAL[4], oid=OID[5]))
)[201]

REFERENCE: Final = OCTETS[2]
DATABASE: Final = STRING[105]
RESULT_SET: Final = STRING[31]


class NamedElements(NamedTuple):
    """An element set name for one database."""

    database: str
    name: str


ELEMENT_SETS: Final = choice(generic=STRING[0], specific=sequence_of(sequence(NamedElements, DATABASE, STRING[103]))[1])
"""`ElementSetNames`."""


class Specification(NamedTuple):
    """What of a record is wanted."""

    schema: Choice | None = None
    """`oid` or `uri`."""
    elements: Choice | None = None
    """`name` or `external`."""


SPECIFICATION: Final = sequence(
    Specification, choice(oid=OID[1], uri=STRING[300]), explicit(2, choice(name=STRING[1], external=EXTERNAL[2]))
)


class Diagnostic(NamedTuple):
    """`DefaultDiagFormat`."""

    diagnostic_set: str
    condition: int
    addinfo: Choice
    """`v2` or `v3`, by the version in force."""


DIAGNOSTIC: Final = sequence(Diagnostic, OID, INTEGER, choice(v2=VISIBLE, v3=STRING))
DIAGNOSTIC_RECORD: Final = choice(default=DIAGNOSTIC, external=EXTERNAL)


class NamedRecord(NamedTuple):
    """`NamePlusRecord`: a record, or what stands for one, and the database it is of."""

    database: str | None = None
    record: Choice | None = None
    """`record` (External), `diagnostic` (a `DiagRec`), `starting`, `intermediate` or `final` (fragments)."""


_FRAGMENT: Final = choice(external=EXTERNAL, octets=OCTETS)
NAME_PLUS_RECORD: Final = sequence(
    NamedRecord,
    STRING[0],
    explicit(
        1,
        choice(
            record=explicit(1, EXTERNAL),
            diagnostic=explicit(2, DIAGNOSTIC_RECORD),
            starting=explicit(3, _FRAGMENT),
            intermediate=explicit(4, _FRAGMENT),
            final=explicit(5, _FRAGMENT),
        ),
    ),
)
RECORDS: Final = choice(
    records=sequence_of(NAME_PLUS_RECORD)[28],
    diagnostic=DIAGNOSTIC[130],
    diagnostics=sequence_of(DIAGNOSTIC_RECORD)[205],
)
