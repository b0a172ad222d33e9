"""The type-1 query as values (Z39.50-2003, 3.7 and ASN.1 `RPNQuery`): what PQF is read into and a PDU carries."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

BIB1 = "1.2.840.10003.3.1"
"""OID of the attribute set Bib-1."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """`AttributeElement`: a type, a value, and the set if it is not the query's own."""

    type: int
    value: int | str
    """A number, or the string form of a complex value."""
    set: str | None = None


@dataclass(frozen=True, slots=True)
class Operand:
    """`AttributesPlusTerm`. The term as bytes: what encoding they are in, the session has negotiated."""

    attributes: tuple[Attribute, ...]
    term: bytes | int


@dataclass(frozen=True, slots=True)
class ResultSet:
    """`ResultSetId` as an operand."""

    name: str


class Operator(Enum):
    """Values are the tags of `Operator`."""

    AND = 0
    OR = 1
    AND_NOT = 2
    PROXIMITY = 3


@dataclass(frozen=True, slots=True)
class Proximity:
    """`ProximityOperator`, its numbers as the standard gives them (relation 1–6, unit 1–10)."""

    exclusion: bool | None
    distance: int
    ordered: bool
    relation: int
    unit: int
    private_unit: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    """`rpnRpnOp`."""

    operator: Operator
    left: Structure
    right: Structure
    proximity: Proximity | None = None


Structure = Operand | ResultSet | Operation


@dataclass(frozen=True, slots=True)
class Query:
    """`RPNQuery`: the attribute set named in front, and the tree."""

    attribute_set: str
    structure: Structure
