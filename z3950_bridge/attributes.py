"""Type-1 queries by the attribute set Bib-1 (Z39.50-2003 ATR.3, Bath Profile) → what the index is asked.

Nothing is ignored: an attribute that is not understood, or not together with the others, is refused with the number of
the Bib-1 diagnostic (ERR.1) and what it was. What a client leaves out is ours to choose (ATR.3: "server's choice"): the
Use is any, words may stand in any order, nothing is cut off.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from foundation.limits import QUERY_MASKS, QUERY_NEAR_WORDS, QUERY_STEM_CHARACTERS, QUERY_TERM_CHARACTERS
from search.query import And, Everything, Field, Match, Near, Not, Or, Range, Term
from search.query import Query as Asked
from z3950_bridge import dates
from z3950_bridge.dates import DATE, DATES, SPAN, day
from z3950_bridge.rpn import BIB1, Operand, Operation, Operator, Proximity, Query, ResultSet, Structure

F = Field
USE: Final[Mapping[int, tuple[Field, ...]]] = {
    1: (F.PERSONAL_AUTHOR,),
    2: (F.CORPORATE_AUTHOR,),
    3: (F.CONFERENCE_AUTHOR,),
    4: (F.TITLE,),
    5: (F.SERIES,),
    6: (F.UNIFORM_TITLE,),
    7: (F.ISBN,),
    8: (F.ISSN,),
    9: (F.STANDARD_NUMBER,),  # LC card number: 010
    10: (F.STANDARD_NUMBER,),  # BNB card number: 015
    11: (F.STANDARD_NUMBER,),  # BGF number
    12: (F.CONTROL_NUMBER, F.IDENTIFIER),  # local number
    13: (F.DEWEY,),
    14: (F.CLASSIFICATION,),  # UDC
    16: (F.LC_CLASS, F.CALL_NUMBER, F.CLASSIFICATION),  # Koha asks Dewey numbers of it, too
    20: (F.CLASSIFICATION, F.CALL_NUMBER),  # local classification
    21: (F.SUBJECT,),
    **dict.fromkeys(range(22, 30), (F.SUBJECT,)),  # subjects of one list of headings: Rameau, MeSH, LC …
    30: (F.DATE,),
    31: (F.DATE,),
    32: (F.ADDED,),  # date of acquisition
    33: (F.KEY_TITLE,),
    **dict.fromkeys(range(34, 45), (F.TITLE,)),  # collective, parallel, cover … expanded title
    45: (F.SUBJECT,),
    46: (F.SUBJECT,),
    47: (F.SUBJECT,),
    48: (F.STANDARD_NUMBER,),  # number, national bibliography
    49: (F.STANDARD_NUMBER,),  # number, legal deposit
    50: (F.STANDARD_NUMBER,),  # number, government publication
    51: (F.STANDARD_NUMBER,),  # number, music publisher
    52: (F.CONTROL_NUMBER, F.STANDARD_NUMBER),  # number, database
    53: (F.CALL_NUMBER,),
    54: (F.LANGUAGE,),
    55: (F.COUNTRY,),  # code, geographic area
    56: (F.LIBRARY,),  # code, institution
    57: (F.AUTHOR, F.TITLE),
    58: (F.SUBJECT_PLACE,),
    59: (F.PLACE,),
    62: (F.ABSTRACT,),
    63: (F.NOTE,),
    1000: (F.AUTHOR, F.TITLE),
    1002: (F.NAME,),
    1003: (F.AUTHOR,),
    1004: (F.PERSONAL_AUTHOR,),
    1005: (F.CORPORATE_AUTHOR,),
    1006: (F.CONFERENCE_AUTHOR,),
    1007: (F.STANDARD_NUMBER,),
    1008: (F.SUBJECT,),
    1009: (F.SUBJECT_PERSON,),
    1011: (F.ADDED,),
    1012: (F.MODIFIED,),
    1016: (F.ANY,),
    1017: (F.ANY,),
    1018: (F.PUBLISHER,),
    1019: (F.LIBRARY,),  # record source
    1020: (F.AUTHOR, F.PUBLISHER),  # editor
    1021: (F.MATERIAL,),  # bibliographic level
    1027: (F.STANDARD_NUMBER,),  # report number
    1028: (F.STANDARD_NUMBER,),  # stock number
    1031: (F.MATERIAL,),
    1032: (F.IDENTIFIER,),  # doc-id
    1033: (F.ANY,),  # host item: 773 has no field of its own, so wherever it stands
    1034: (F.MATERIAL, F.GENRE),  # content type
    1035: (F.ANY,),
    1036: (F.AUTHOR, F.TITLE, F.SUBJECT),
    1044: (F.LIBRARY,),  # possessing institution
    1045: (F.CONTROL_NUMBER,),  # as Koha's responder has it
    1075: (F.GENRE,),
    1079: (F.SUBJECT,),
    1211: (F.CONTROL_NUMBER,),  # OCLC number: 035
}
"""Use attribute → the fields it is asked of; several mean one of them."""

ORDERED: Final = frozenset(
    (F.DATE, F.ADDED, F.MODIFIED, F.DEWEY, F.LC_CLASS, F.CLASSIFICATION, F.CALL_NUMBER, F.CONTROL_NUMBER)
)
"""Fields whose values come before and after one another."""
CODES: Final = frozenset(
    (F.ISBN, F.ISSN, F.STANDARD_NUMBER, F.CONTROL_NUMBER, F.IDENTIFIER, F.LANGUAGE, F.COUNTRY, F.MATERIAL, F.LIBRARY)
)
"""Fields whose values are one word however they are asked for: a phrase of them is the number itself."""

_TYPES: Final = {1: "use", 2: "relation", 3: "position", 4: "structure", 5: "truncation", 6: "completeness"}
_REFUSALS: Final = {1: 114, 2: 117, 3: 119, 4: 118, 5: 120, 6: 122}
_SUPPORTED: Final = {
    2: frozenset((1, 2, 3, 4, 5, 6, 102, 103, 104)),
    3: frozenset((1, 2, 3)),
    4: frozenset((1, 2, 3, 4, 5, 6, 100, 101, 102, 104, 105, 106, 107, 108, 109)),
    5: frozenset((1, 2, 3, 100, 101, 104)),
    6: frozenset((1, 2, 3)),
}
_SIGNED: Final = re.compile(r"[*?\\]")
_MASK: Final = re.compile(r"\\.|[*?\\]", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """Why a query is refused: the number of ERR.1 and its additional information."""

    number: int
    addinfo: str = ""


class _RefusedError(Exception):
    def __init__(self, number: int, addinfo: object = "") -> None:
        self.diagnostic = Diagnostic(number, str(addinfo)[:200])


def translate(query: Query, result_sets: Mapping[str, Asked] | None = None) -> Asked | Diagnostic:
    """What the index is asked for a type-1 query, or why it is not.

    `result_sets`: what the result sets of the session were asked for, by name. Terms are UTF-8, or Latin-1 where they
    cannot be; a session that negotiated another encoding has to recode them before.
    """
    if query.attribute_set != BIB1:
        return Diagnostic(121, query.attribute_set)
    try:
        return _structure(query.structure, result_sets or {})
    except _RefusedError as refusal:
        return refusal.diagnostic


def _structure(node: Structure, sets: Mapping[str, Asked]) -> Asked:
    if isinstance(node, ResultSet):
        if node.name not in sets:
            raise _RefusedError(30, node.name)
        return sets[node.name]
    if isinstance(node, Operand):
        return _operand(node)
    if node.operator is Operator.PROXIMITY:
        return _near(node)
    left, right = _structure(node.left, sets), _structure(node.right, sets)
    if node.operator is Operator.AND_NOT:
        return Not(left, right)
    kind = And if node.operator is Operator.AND else Or
    # A chain is one list, so that it is no deeper for an engine than it looks.
    return kind((*left.parts, right)) if isinstance(left, kind) else kind((left, right))


def _near(node: Operation) -> Asked:
    """Words of one field beside one another (Z39.50-2003, 3.7.2)."""
    near = node.proximity or Proximity(None, 1, False, 2, 2)
    if isinstance(node.left, ResultSet) or isinstance(node.right, ResultSet):
        raise _RefusedError(129)
    if near.exclusion:
        raise _RefusedError(110, "proximity: exclusion")
    # less than, at most, and "equal" where it can only mean beside
    distance = {1: near.distance - 1, 2: near.distance, 3: near.distance}.get(near.relation)
    if distance is None or (near.relation == 3 and near.distance != 1):
        raise _RefusedError(131, near.relation)
    if near.private_unit or near.unit != 2:
        raise _RefusedError(132, near.unit)
    if not 1 <= distance <= QUERY_NEAR_WORDS:
        raise _RefusedError(202, near.distance)
    if isinstance(node.left, Operation) or isinstance(node.right, Operation):
        raise _RefusedError(201, "an operand of a proximity has to be a term")
    left, right = _operand(node.left), _operand(node.right)
    lefts = left.parts if isinstance(left, Or) else (left,)
    rights = right.parts if isinstance(right, Or) else (right,)
    made = [
        Near(one, two, distance, near.ordered)
        for one in lefts
        for two in rights
        if isinstance(one, Term) and isinstance(two, Term) and one.field is two.field and _near_each(one, two)
    ]
    if len(made) != len(lefts) or len(lefts) != len(rights):
        raise _RefusedError(201, "the terms have to be words of one and the same field")
    return made[0] if len(made) == 1 else Or(tuple(made))


def _near_each(*terms: Term) -> bool:
    return all(term.match in (Match.ALL, Match.PHRASE) and not _masks(term.text) for term in terms)


def _operand(operand: Operand) -> Asked:
    values = _values(operand)
    text = _text(operand.term)
    use = values.get(1, 1016)
    fields = USE[use]
    relation = values.get(2, 3)
    if relation == 103:  # always matches: the term says nothing
        if Field.ANY in fields:
            return Everything()
        if not ORDERED.issuperset(fields):
            raise _RefusedError(123, f"use {use}, relation 103")
        return _one_of(tuple(Range(field) for field in fields))
    if not text.strip():
        raise _RefusedError(125, "the term is empty")
    if relation in (1, 2, 4, 5, 104):
        return _one_of(tuple(_compared(field, relation, text.strip(), use) for field in fields))
    made = _one_of(tuple(_term(field, values, text, use) for field in fields))
    return Not(Everything(), made) if relation == 6 else made


def _values(operand: Operand) -> dict[int, int]:
    """Type → value of attributes that are all understood. A name may be given for a Use only."""
    found: dict[int, int] = {}
    for one in operand.attributes:
        if one.set not in (None, BIB1):
            raise _RefusedError(121, one.set)
        if one.type not in _TYPES:
            raise _RefusedError(113, one.type)
        if not isinstance(one.value, int):
            raise _RefusedError(_REFUSALS[one.type], one.value)
        if one.type == 1:
            if one.value not in USE:
                raise _RefusedError(114, one.value)
        elif one.value not in _SUPPORTED[one.type]:
            raise _RefusedError(_REFUSALS[one.type], one.value)
        if found.get(one.type, one.value) != one.value:
            raise _RefusedError(123, f"{_TYPES[one.type]} {found[one.type]} and {one.value}")
        found[one.type] = one.value
    return found


def _text(term: bytes | int) -> str:
    if isinstance(term, int):
        return str(term)
    if len(term) > 4 * QUERY_TERM_CHARACTERS:
        raise _RefusedError(11, len(term))
    try:
        text = term.decode()
    except UnicodeDecodeError:
        text = term.decode("latin-1")
    if len(text) > QUERY_TERM_CHARACTERS:
        raise _RefusedError(11, len(text))
    if "\x00" in text:
        raise _RefusedError(125, "NUL")
    return text


def _compared(field: Field, relation: int, text: str, use: int) -> Asked:
    """Relations 1, 2, 4, 5 (before and after) and 104 (within two values)."""
    if field not in ORDERED:
        raise _RefusedError(123, f"use {use}, relation {relation}")
    ends = text.split() if relation == 104 else [text]
    if relation == 104 and len(ends) == 1 and (span := SPAN.fullmatch(text)):
        ends = [span[1] or "", span[2] or ""]
    if len(ends) > 2 or (relation == 104 and len(ends) != 2):
        if field in DATES or relation == 104:
            raise _RefusedError(126, text)
        ends = [text]
    if field in DATES:
        if not all(DATE.fullmatch(end) or not end for end in ends):
            raise _RefusedError(126, text)
        ends = [day(field, end) for end in ends]
        text = ends[0]
    if relation == 104:
        return Range(field, ends[0] or None, ends[1] or None)
    if relation in (1, 2):
        return Range(field, None, text, high_included=relation == 2)
    return Range(field, text, None, low_included=relation == 4)


def _term(field: Field, values: Mapping[int, int], text: str, use: int) -> Asked:
    structure, truncation = values.get(4, 0), values.get(5, 100)
    if structure in (4, 5, 100) and field not in DATES:
        raise _RefusedError(123, f"use {use}, structure {structure}")
    if field in DATES:
        return _date(field, text.strip(), truncation)
    match = _match(field, values)
    return Term(field, masked(text, truncation, match), match)


def _date(field: Field, text: str, truncation: int) -> Asked:
    found = dates.asked(field, masked(text, truncation, Match.ALL))
    if found is None:
        raise _RefusedError(126, text)
    return found


def _match(field: Field, values: Mapping[int, int]) -> Match:
    structure, position, completeness = values.get(4, 0), values.get(3, 3), values.get(6, 1)
    if field in CODES:
        return Match.ALL
    if completeness in (2, 3) or structure == 3:
        return Match.WHOLE
    if position in (1, 2):
        return Match.FIRST
    return Match.PHRASE if structure in (1, 104, 108) else Match.ALL


def masked(text: str, truncation: int, match: Match) -> str:
    """The term with the masks of CQL, which is how the index is asked (ATR.3, truncation)."""
    if truncation == 100 and not _SIGNED.search(text):
        return " ".join(text.split())
    if truncation in (101, 104):
        # 101: `#` stands for any letters. 104 (Z39.58): `#` for one, `?` with or without a number for any.
        signs = r"#" if truncation == 101 else r"#|\?[0-9]?"
        parts = re.split(f"({signs})", text)
        one = "*" if truncation == 101 else "?"
        made = "".join((one if part == "#" else "*") if at % 2 else _literal(part) for at, part in enumerate(parts))
    else:
        words = [_literal(word) for word in text.split()]
        if truncation in (1, 2, 3) and words:
            each = range(len(words)) if match in (Match.ALL, Match.SOME) else ()
            for at in {*each, *((len(words) - 1,) if truncation & 1 else ())}:
                words[at] += "*" if truncation & 1 else ""
            for at in {*each, *((0,) if truncation & 2 else ())}:
                words[at] = ("*" if truncation & 2 else "") + words[at]
        made = " ".join(words)
    if _masks(made) > QUERY_MASKS:
        raise _RefusedError(7, text)
    for word in made.split():
        if _masks(word) and len(_MASK.sub(lambda sign: sign[0][1:], word)) < QUERY_STEM_CHARACTERS:
            raise _RefusedError(9, text)
    return made


def _literal(text: str) -> str:
    return re.sub(r"([*?\\])", r"\\\1", text)


def _masks(text: str) -> int:
    return sum(sign in ("*", "?") for sign in _MASK.findall(text))


def _one_of(parts: tuple[Asked, ...]) -> Asked:
    return parts[0] if len(parts) == 1 else Or(parts)
