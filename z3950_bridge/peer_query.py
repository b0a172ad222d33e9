"""A query of ours as another catalogue is asked it: type-1 by Bib-1 for Z39.50, CQL for SRU.

What another catalogue does not offer is refused here (NOT_ASKABLE), never left out: an answer to another question
would look like an answer to this one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Final, NoReturn

from foundation.errors import FormatError, InputError, Message
from marc.decoders import LEGACY
from search import box
from search.numbers import compact
from search.query import And, Everything, Field, Match, Near, Not, Or, Query, Range, Term
from vietnamese.encodings import encode
from vietnamese.text import fold
from z3950_bridge import origin_messages, rpn
from z3950_bridge.peer import SRU, Peer, attributes
from z3950_bridge.rpn import BIB1, Operand, Operation, Operator, Proximity, Structure

F = Field
USE: Final[Mapping[Field, int]] = {
    F.ANY: 1016, F.TITLE: 4, F.TITLE_PROPER: 4, F.UNIFORM_TITLE: 6, F.KEY_TITLE: 33, F.SERIES: 5, F.NAME: 1002,
    F.AUTHOR: 1003, F.PERSONAL_AUTHOR: 1, F.CORPORATE_AUTHOR: 2, F.CONFERENCE_AUTHOR: 3, F.SUBJECT: 21,
    F.SUBJECT_PERSON: 1009, F.SUBJECT_PLACE: 58, F.GENRE: 1075, F.PUBLISHER: 1018, F.PLACE: 59, F.NOTE: 63,
    F.ABSTRACT: 62, F.ISBN: 7, F.ISSN: 8, F.STANDARD_NUMBER: 1007, F.CONTROL_NUMBER: 12, F.IDENTIFIER: 12,
    F.CLASSIFICATION: 20, F.DEWEY: 13, F.LC_CLASS: 16, F.CALL_NUMBER: 53, F.LANGUAGE: 54, F.COUNTRY: 55,
    F.MATERIAL: 1031, F.LIBRARY: 1044, F.DATE: 31, F.ADDED: 1011, F.MODIFIED: 1012,
}  # fmt: skip
"""Use attributes (Bib-1), those that Koha sends where it has the field."""
INDEXES: Final[Mapping[Field, str]] = {
    F.ANY: "cql.anywhere", F.TITLE: "dc.title", F.TITLE_PROPER: "dc.title", F.AUTHOR: "dc.creator",
    F.PERSONAL_AUTHOR: "bath.personalName", F.CORPORATE_AUTHOR: "bath.corporateName",
    F.CONFERENCE_AUTHOR: "bath.conferenceName", F.NAME: "bath.name", F.SUBJECT: "dc.subject",
    F.PUBLISHER: "dc.publisher", F.DATE: "dc.date", F.LANGUAGE: "dc.language", F.ISBN: "bath.isbn",
    F.ISSN: "bath.issn", F.STANDARD_NUMBER: "bath.standardIdentifier", F.CONTROL_NUMBER: "rec.id",
    F.IDENTIFIER: "rec.id", F.UNIFORM_TITLE: "bath.uniformTitle", F.KEY_TITLE: "bath.keyTitle", F.NOTE: "bath.notes",
    F.GENRE: "bath.genreForm", F.SUBJECT_PLACE: "bath.geographicName",
}  # fmt: skip
"""Indexes of the context sets cql, dc, bath and rec (SRU Bath profile)."""
_NUMBERS: Final = frozenset((F.ISBN, F.ISSN))
_KEYS: Final = _NUMBERS | {F.STANDARD_NUMBER, F.CONTROL_NUMBER, F.IDENTIFIER, F.LANGUAGE, F.COUNTRY, F.MATERIAL}
_MASK: Final = re.compile(r"\\(.)|([*?])", re.DOTALL)
_LESS, _LESS_EQUAL, _EQUAL, _GREATER_EQUAL, _GREATER = range(1, 6)


def rpn_query(peer: Peer, query: Query) -> rpn.Query:
    """The type-1 query, its terms in UTF-8, or in the Vietnamese encoding of the target. Raises InputError."""
    return rpn.Query(BIB1, _Bib1(peer).structure(query))


def cql_query(peer: Peer, query: Query) -> str:
    """The query in CQL. Raises InputError."""
    return _Cql(peer).text(query)


def askable(peer: Peer) -> frozenset[Field]:
    """The fields that this target can be asked for."""
    own, known = (peer.indexes, INDEXES) if peer.protocol == SRU else (peer.attributes, USE)
    return frozenset(known) | {field for name in own if (field := box.named(name)) is not None}


def facets(peer: Peer, wanted: Sequence[tuple[Field, int]]) -> str:
    """facetLimit (SRU 2.0, Part 3 "Facets") for so many values of each field. Raises InputError."""
    asked = _Cql(peer)
    return ",".join(f"{number}:{asked.index(field)}" for field, number in wanted)


def text(peer: Peer, term: Term) -> str:
    """The words of a term as this target is asked for them."""
    found = fold(term.text) if peer.folded else term.text
    return compact(found).upper() if term.field in _NUMBERS and "*" not in found and "?" not in found else found


class _Bib1:
    """Terms for one target."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer

    def structure(self, query: Query) -> Structure:
        match query:
            case And(parts):
                return _joined(Operator.AND, [self.structure(part) for part in parts])
            case Or(parts):
                return _joined(Operator.OR, [self.structure(part) for part in parts])
            case Not(kept, taken):
                return Operation(Operator.AND_NOT, self.structure(kept), self.structure(taken))
            case Near(left, right, distance, ordered):
                near = Proximity(None, distance, ordered, 2, 2)
                return Operation(Operator.PROXIMITY, self.structure(left), self.structure(right), near)
            case Range():
                return self._range(query)
            case Everything():
                return _refuse(self._peer, "cql.allRecords", origin_messages.NO_FIELD)
            case Term():
                return self._term(query)

    def _range(self, query: Range) -> Structure:
        ends = []
        if query.low is not None:
            ends.append((query.low, _GREATER_EQUAL if query.low_included else _GREATER))
        if query.high is not None:
            ends.append((query.high, _LESS_EQUAL if query.high_included else _LESS))
        found: list[Structure] = [self._operand(query.field, end, f"2={relation}") for end, relation in ends]
        if not found:
            _refuse(self._peer, query.field.value)
        return _joined(Operator.AND, found)

    def _term(self, query: Term) -> Structure:
        if query.exact:  # Bib-1 has no attribute for it
            _refuse(self._peer, "respectAccents", origin_messages.NO_MARKS)
        asked = text(self._peer, query)
        words = [asked] if query.field in _KEYS else asked.split()
        if not words:
            _refuse(self._peer, '""')
        if len(words) > 1 and query.match is Match.SOME:
            return _joined(Operator.OR, [self._operand(query.field, word) for word in words])
        if len(words) == 1 or query.match is not Match.ALL:
            more = {Match.PHRASE: "4=1", Match.FIRST: "3=1 4=1", Match.WHOLE: "3=1 4=1 6=3"}.get(query.match, "")
            return self._operand(query.field, " ".join(words), more)
        if self._peer.words == "split":
            return _joined(Operator.AND, [self._operand(query.field, word) for word in words])
        return self._operand(query.field, asked, "4=6" if self._peer.words == "list" else "")

    def _operand(self, field: Field, term: str, more: str = "") -> Operand:
        """More particular attributes take the place of more general ones of their type."""
        peer = self._peer
        own = _own(peer.attributes, field)
        if own is None and field not in USE:
            _refuse(peer, field.value, origin_messages.NO_FIELD)
        plain, truncated = _unmasked(peer, term)
        found = {one.type: one for one in attributes(peer.every)}
        found |= {one.type: one for one in attributes(own if own is not None else f"1={USE[field]}")}
        found |= {one.type: one for one in attributes(f"{more} {'5=1' if truncated else ''}")}
        return Operand(tuple(found[kind] for kind in sorted(found)), self._bytes(plain))

    def _bytes(self, term: str) -> bytes:
        if self._peer.query_charset not in LEGACY:
            return term.encode("utf-8", "replace")
        try:
            return encode(term, self._peer.query_charset)
        except FormatError:
            _refuse(self._peer, f"{term[:60]} ({self._peer.query_charset})")


class _Cql:
    """The same in CQL 1.1, which every SRU server reads."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer

    def text(self, query: Query) -> str:
        match query:
            case And(parts):
                return self._joined("and", parts)
            case Or(parts):
                return self._joined("or", parts)
            case Not(kept, taken):
                return f"({self.text(kept)}) not ({self.text(taken)})"
            case Near(left, right, distance, ordered):
                order = "ordered" if ordered else "unordered"
                return f"({self.text(left)}) prox/distance<={distance}/unit=word/{order} ({self.text(right)})"
            case Range():
                return self._range(query)
            case Everything():
                return "cql.allRecords = 1"
            case Term():
                return self._term(query)

    def _joined(self, word: str, parts: Sequence[Query]) -> str:
        return f" {word} ".join(f"({self.text(part)})" for part in parts)

    def _range(self, query: Range) -> str:
        index = self.index(query.field)
        ends = []
        if query.low is not None:
            ends.append(f"{index} {'>=' if query.low_included else '>'} {_quoted(query.low)}")
        if query.high is not None:
            ends.append(f"{index} {'<=' if query.high_included else '<'} {_quoted(query.high)}")
        return " and ".join(ends) or _refuse(self._peer, query.field.value)

    def _term(self, query: Term) -> str:
        index, asked = self.index(query.field), text(self._peer, query)
        if query.exact and self._peer.folded:
            _refuse(self._peer, "respectAccents", origin_messages.NO_MARKS)
        exact = "/respectAccents" if query.exact else ""
        words = [asked] if query.field in _KEYS else asked.split()
        if not words:
            _refuse(self._peer, '""')
        if query.match is Match.WHOLE:
            return f"{index} =={exact} {_quoted(' '.join(words))}"
        if query.match is Match.FIRST:
            return f"{index} ={exact} {_quoted('^' + ' '.join(words))}"
        if query.match is Match.PHRASE or len(words) == 1 or (query.match is Match.ALL and self._peer.words == "plain"):
            return f"{index} ={exact} {_quoted(' '.join(words))}"
        if self._peer.words == "list":
            return f"{index} {'any' if query.match is Match.SOME else 'all'}{exact} {_quoted(' '.join(words))}"
        joint = " or " if query.match is Match.SOME else " and "
        return joint.join(f"{index} ={exact} {_quoted(word)}" for word in words)

    def index(self, field: Field) -> str:
        found = _own(self._peer.indexes, field) or INDEXES.get(field)
        return found or _refuse(self._peer, field.value, origin_messages.NO_FIELD)


def _own(chosen: Mapping[str, str], field: Field) -> str | None:
    """What a target's settings say for a field, by whichever name of it."""
    return next((value for name, value in chosen.items() if box.named(name) is field), None)


def _joined(operator: Operator, parts: list[Structure]) -> Structure:
    return reduce(lambda left, right: Operation(operator, left, right), parts)


def _unmasked(peer: Peer, term: str) -> tuple[str, bool]:
    """The plain term, and whether it is truncated on the right. Raises InputError for masks elsewhere."""
    truncated = re.search(r"(?:^|[^\\])(?:\\\\)*\*$", term) is not None
    body = term[:-1] if truncated else term

    def letter(found: re.Match[str]) -> str:
        if found[2]:
            _refuse(peer, term[:60], origin_messages.NO_MASK)
        return found[1]

    return _MASK.sub(letter, body), truncated


def _quoted(term: str) -> str:
    return '"' + re.sub(r'(\\.)|"', lambda found: found[1] or '\\"', term, flags=re.DOTALL) + '"'


def _refuse(peer: Peer, what: str, why: Message = origin_messages.NOT_ASKABLE) -> NoReturn:
    raise InputError(why, name=peer.name, what=what)
