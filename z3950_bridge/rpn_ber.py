"""The type-1 query between its BER and `z3950_bridge.rpn` (Z39.50-2003, 3.7 and ASN.1 `RPNQuery`)."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from foundation.errors import FormatError, LimitError
from foundation.limits import RPN_ATTRIBUTES, RPN_DEPTH, RPN_OPERANDS, Z3950_TERM_BYTES
from z3950_bridge import ber, rpn
from z3950_bridge import ber_messages as messages
from z3950_bridge.apdu_parts import EXTERNAL, RESULT_SET, Choice
from z3950_bridge.asn1 import (
    BOOLEAN,
    CONTENTS,
    INTEGER,
    NULL,
    OCTETS,
    OID,
    STRING,
    choice,
    element_at,
    explicit,
    remembered,
    sequence,
    sequence_of,
)
from z3950_bridge.ber import header
from z3950_bridge.diagnostics import Bib1, Refused


class Complex(NamedTuple):
    """The form of an attribute's value that is no number."""

    list: tuple[Choice, ...]
    semantic_action: tuple[int, ...] | None = None


class Attribute(NamedTuple):
    """`AttributeElement`."""

    set: str | None
    type: int
    value: Choice


class AttributesPlusTerm(NamedTuple):
    attributes: tuple[Attribute, ...]
    term: Choice


class Proximity(NamedTuple):
    """`ProximityOperator`."""

    exclusion: bool | None
    distance: int
    ordered: bool
    relation: int
    unit: Choice


ATTRIBUTES: Final = remembered(
    sequence_of(
        sequence(
            Attribute,
            OID[1],
            INTEGER[120],
            choice(
                numeric=INTEGER[121],
                complex=sequence(
                    Complex, sequence_of(choice(string=STRING[1], numeric=INTEGER[2]))[1], sequence_of(INTEGER)[2]
                )[224],
            ),
        )
    )[44]
)
TERM: Final = choice(
    general=OCTETS[45],
    numeric=INTEGER[215],
    string=OCTETS[216],
    oid=OID[217],
    time=STRING[218],
    external=EXTERNAL[219],
    unit=CONTENTS[220],
    null=NULL[221],
)
ATTRIBUTES_PLUS_TERM: Final = sequence(AttributesPlusTerm, ATTRIBUTES, TERM)[102]
_OPERAND: Final = choice(term=ATTRIBUTES_PLUS_TERM, result_set=RESULT_SET, restriction=CONTENTS[214])
_PROXIMITY: Final = sequence(
    Proximity,
    BOOLEAN[1],
    INTEGER[2],
    BOOLEAN[3],
    INTEGER[4],
    explicit(5, choice(known=INTEGER[1], private=INTEGER[2])),
)
_OPERATOR: Final = explicit(46, choice(AND=NULL[0], OR=NULL[1], AND_NOT=NULL[2], PROXIMITY=_PROXIMITY[3]))
_OID_TAG, _OPERAND_TAG, _OPERATION_TAG = 0x06, 0xA0, 0xA1


def read_query(contents: bytes) -> rpn.Query:
    """The query that these contents of an `RPNQuery` say.

    Raises FormatError for what is no query, and Refused for what is one and goes beyond the limits RPN_DEPTH (6),
    RPN_OPERANDS (6), RPN_ATTRIBUTES (123) and Z3950_TERM_BYTES (11), or holds a term (229) or operand (245) of a kind
    that nobody can search for.
    """
    try:
        try:
            return _read_query(contents)
        except ber.Indefinite:
            whole = ber.definite(ber.element(b"\x30", contents))
            return _read_query(whole[header(whole, 0)[1] :])
    except IndexError as error:
        raise ber.truncated(len(contents)) from error
    except LimitError as error:
        raise Refused(Bib1.MALFORMED_QUERY, str(error.problem.values["limit"])) from error


def _read_query(data: bytes) -> rpn.Query:
    key, start, end = header(data, 0)
    if key != _OID_TAG:
        raise FormatError(messages.TAG, offset=0)
    attribute_set = ber.oid(data[start:end])
    structure, at = _structure(data, end, 1, [RPN_OPERANDS])
    if at != len(data):
        raise FormatError(messages.LENGTH, offset=at, reason="trailing octets")
    return rpn.Query(attribute_set, structure)


def _structure(data: bytes, at: int, depth: int, left: list[int]) -> tuple[rpn.Structure, int]:
    """The `RPNStructure` at `at` and where it ends; `left` counts the operands that may still come."""
    if depth > RPN_DEPTH:
        raise Refused(Bib1.TOO_MANY_OPERATORS, f"RPN_DEPTH {RPN_DEPTH}")
    key, start, end = header(data, at)
    if key == _OPERAND_TAG:
        if not left[0]:
            raise Refused(Bib1.TOO_MANY_OPERATORS, f"RPN_OPERANDS {RPN_OPERANDS}")
        left[0] -= 1
        return _operand(element_at(_OPERAND, data, start, end)), end
    if key != _OPERATION_TAG:
        raise FormatError(messages.TAG, offset=at)
    first, start = _structure(data, start, depth + 1, left)
    second, start = _structure(data, start, depth + 1, left)
    name, value = element_at(_OPERATOR, data, start, end)
    proximity = None
    if name == "PROXIMITY":
        unit, number = value.unit
        proximity = rpn.Proximity(
            value.exclusion, value.distance, value.ordered, value.relation, number, unit == "private"
        )
    return rpn.Operation(rpn.Operator[name], first, second, proximity), end


def _operand(found: Choice) -> rpn.Operand | rpn.ResultSet:
    kind, value = found
    if kind == "result_set":
        return rpn.ResultSet(value)
    if kind == "restriction":
        raise Refused(Bib1.RESTRICTION)
    return operand(value)


def operand(value: AttributesPlusTerm) -> rpn.Operand:
    """The operand of a query, or the starting point of a scan. Raises Refused like `read_query`."""
    if len(value.attributes) > RPN_ATTRIBUTES:
        raise Refused(Bib1.ATTRIBUTE_COMBINATION, f"RPN_ATTRIBUTES {RPN_ATTRIBUTES}")
    kind, term = value.term
    if kind not in ("general", "string", "numeric"):
        raise Refused(Bib1.TERM_TYPE, kind)
    if kind != "numeric" and len(term) > Z3950_TERM_BYTES:
        raise Refused(Bib1.TERM_TOO_LONG, f"Z3950_TERM_BYTES {Z3950_TERM_BYTES}")
    return rpn.Operand(attributes(value.attributes), term)


def attributes(found: tuple[Attribute, ...]) -> tuple[rpn.Attribute, ...]:
    """Attributes as the query has them; of a complex value its first string or number."""
    return tuple([rpn.Attribute(one.type, _simple(one.value), one.set) for one in found])


def _simple(value: Choice) -> int | str:
    kind, found = value
    simple: int | str = found if kind == "numeric" else next((item for _, item in found.list), 0)
    return simple


def write_query(query: rpn.Query) -> bytes:
    """The contents of `RPNQuery`."""
    return OID.write(query.attribute_set) + _written(query.structure)


def _written(structure: rpn.Structure) -> bytes:
    if isinstance(structure, rpn.Operation):
        proximity: Any = True
        if structure.proximity is not None:
            asked = structure.proximity
            unit = ("private" if asked.private_unit else "known", asked.unit)
            proximity = Proximity(asked.exclusion, asked.distance, asked.ordered, asked.relation, unit)
        operator = _OPERATOR.write((structure.operator.name, proximity))
        return ber.element(b"\xa1", _written(structure.left) + _written(structure.right) + operator)
    if isinstance(structure, rpn.ResultSet):
        return ber.element(b"\xa0", RESULT_SET.write(structure.name))
    return ber.element(b"\xa0", ATTRIBUTES_PLUS_TERM.write(written_operand(structure)))


def written_operand(asked: rpn.Operand) -> AttributesPlusTerm:
    """The operand as it goes into an APDU."""
    found = tuple(
        Attribute(
            one.set,
            one.type,
            ("numeric", one.value) if isinstance(one.value, int) else ("complex", Complex((("string", one.value),))),
        )
        for one in asked.attributes
    )
    return AttributesPlusTerm(found, ("numeric" if isinstance(asked.term, int) else "general", asked.term))
