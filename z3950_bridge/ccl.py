"""CCL (ISO 8777, with the qualifiers and signs of YAZ's reader of it): text → type-1 query.

    ti=truyện kiều and (au="nguyễn du" or su,ti=thơ) not yr>1990

Words one behind the other are a list of words, those in quotation marks a phrase. `?` stands for any letters, `#` for
one; `a % b` are beside one another, `a !3 b` in this order and at most three words apart; `yr=1980-1990` is a span;
`set=1` is a result set. Qualifiers are configured: several with a Use attribute search each, the others add to all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NoReturn

from foundation.errors import FormatError, LimitError, Message
from foundation.limits import QUERY_CHARACTERS, QUERY_DEPTH, QUERY_OPERATORS
from z3950_bridge import query_messages as messages
from z3950_bridge.rpn import BIB1, Attribute, Operand, Operation, Operator, Proximity, Query, ResultSet, Structure

_TOKEN: Final = re.compile(r'\s*("[^"]*+"?|[()=,]|<=|>=|<>|<|>|[%!][0-9]{0,4}|[^\s()=,<>%!"]+)')
_RELATIONS: Final = {"<": 1, "<=": 2, "=": 3, ">=": 4, ">": 5, "<>": 6}
_OPERATORS: Final = {"and": Operator.AND, "or": Operator.OR, "not": Operator.AND_NOT}
_SPAN: Final = re.compile(r"([^\s-]*)-([^\s-]*)")
_WORD: Final = re.compile(r'[^\s()=,<>%!"]+|"[^"]*+"')
_USE, _RELATION, _STRUCTURE, _TRUNCATION = 1, 2, 4, 5


def _use(value: int, *extra: tuple[int, int]) -> tuple[Attribute, ...]:
    return (Attribute(_USE, value), *(Attribute(kind, number) for kind, number in extra))


_YEAR: Final = (_STRUCTURE, 4)
QUALIFIERS: Final[Mapping[str, tuple[Attribute, ...]]] = {
    "": _use(1016),
    "any": _use(1016),
    "ti": _use(4),
    "au": _use(1003),
    "su": _use(21),
    "nb": _use(7),
    "isbn": _use(7),
    "issn": _use(8),
    "pb": _use(1018),
    "py": _use(31, _YEAR),
    "yr": _use(31, _YEAR),
    "date": _use(31, _YEAR),
    "se": _use(5),
    "no": _use(63),
    "ln": _use(54),
    "dd": _use(13),
    "cn": _use(12),
    "id": _use(12),
    "ph": (Attribute(_STRUCTURE, 1),),
    "wrd": (Attribute(_STRUCTURE, 6),),
}
"""Name (small letters) → attributes of Bib-1; the empty name holds for terms without a qualifier."""


@dataclass(frozen=True, slots=True)
class _Scope:
    """What stands before a `=`: Use attributes, of which each makes an operand, and what is added to all."""

    uses: tuple[tuple[Attribute, ...], ...]
    shared: tuple[Attribute, ...]
    relation: int


def parse(source: str, qualifiers: Mapping[str, tuple[Attribute, ...]] = QUALIFIERS) -> Query:
    """The type-1 query of a CCL text.

    Raises FormatError (messages of `query_messages`, with the position) or LimitError (QUERY_CHARACTERS, QUERY_DEPTH,
    QUERY_OPERATORS).
    """
    if len(source) > QUERY_CHARACTERS:
        raise LimitError(messages.TOO_LONG, limit="QUERY_CHARACTERS", seen=len(source), allowed=QUERY_CHARACTERS)
    return Query(BIB1, _Parser(source, qualifiers).whole())


class _Parser:
    """One query on its way; `tokens` end in an empty one."""

    def __init__(self, source: str, qualifiers: Mapping[str, tuple[Attribute, ...]]) -> None:
        self.source = source.rstrip()
        self.tokens: list[str] = [*_TOKEN.findall(self.source), ""]
        self.qualifiers = qualifiers
        self.at = 0
        self.depth = 0
        self.operators = 0

    def whole(self) -> Structure:
        found = self.find(_Scope((self.qualifiers.get("", ()),), (), 3))
        if self.tokens[self.at] == ")":
            self.fail(messages.PARENTHESIS)
        if self.tokens[self.at]:
            self.unexpected("and, or, not", "and, or, not")
        return found

    def find(self, scope: _Scope) -> Structure:
        left = self.elements(scope)
        while operator := _OPERATORS.get(self.tokens[self.at].lower()):
            self.at += 1
            left = self.joined(operator, left, self.elements(scope))
        return left

    def elements(self, scope: _Scope) -> Structure:
        """A parenthesis, a result set, terms, or either behind qualifiers."""
        if self.tokens[self.at] == "(":
            return self.enclosed(scope)
        names = self.names()
        if not names:
            return self.terms(scope)
        if [name.lower() for name, _ in names] == ["set"]:
            self.at += 2
            return ResultSet(self.word().strip('"'))
        scope = self.scope(names)
        return self.enclosed(scope) if self.tokens[self.at] == "(" else self.terms(scope)

    def enclosed(self, scope: _Scope) -> Structure:
        opened = self.at
        self.depth += 1
        if self.depth > QUERY_DEPTH:
            self.fail_limit(messages.TOO_DEEP, "QUERY_DEPTH", self.depth, QUERY_DEPTH)
        self.at += 1
        inner = self.find(scope)
        if not self.tokens[self.at]:
            self.at = opened
            self.fail(messages.PARENTHESIS)
        if self.tokens[self.at] != ")":
            self.unexpected("dấu ngoặc đóng", "a closing parenthesis")
        self.at += 1
        self.depth -= 1
        return inner

    def names(self) -> list[tuple[str, int]]:
        """The qualifiers that begin here with where they stand; none if what begins here is a term."""
        at, found = self.at, []
        while _WORD.fullmatch(self.tokens[at]):
            found.append((self.tokens[at], at))
            at += 1
            if self.tokens[at] in _RELATIONS:
                return found
            if self.tokens[at] != ",":
                return []
            at += 1
        return []

    def scope(self, names: list[tuple[str, int]]) -> _Scope:
        uses: list[tuple[Attribute, ...]] = []
        shared: list[Attribute] = []
        for name, at in names:
            attributes = self.qualifiers.get(name.lower())
            if attributes is None or not name:
                self.at = at
                known = ", ".join(sorted(filter(None, self.qualifiers)))
                self.fail(messages.UNKNOWN_QUALIFIER, seen=repr(name[:40]), known=known)
            if any(one.type == _USE for one in attributes):
                uses.append(attributes)
            else:
                shared += attributes
        self.at = names[-1][1] + 1
        relation = _RELATIONS[self.tokens[self.at]]
        self.at += 1
        return _Scope(tuple(uses) or (self.qualifiers.get("", ()),), tuple(shared), relation)

    def terms(self, scope: _Scope) -> Structure:
        """Terms with signs of proximity between them."""
        left = self.term(scope)
        while (sign := self.tokens[self.at])[:1] in {"%", "!"} and sign:
            self.at += 1
            near = Proximity(False, int(sign[1:] or 1), sign[0] == "!", 2, 2)
            left = self.joined(Operator.PROXIMITY, left, self.term(scope), near)
        return left

    def term(self, scope: _Scope) -> Structure:
        words = [self.word()]
        while _WORD.fullmatch(self.tokens[self.at]) and self.tokens[self.at].lower() not in _OPERATORS:
            if self.names():
                break  # `ti=a b au=c`: the next qualifier has no operator before it, which `whole` refuses
            words.append(self.word())
        made = [self.operand(words, (*use, *scope.shared), scope.relation) for use in scope.uses]
        left = made[0]
        for right in made[1:]:
            left = self.joined(Operator.OR, left, right)
        return left

    def operand(self, words: list[str], attributes: tuple[Attribute, ...], relation: int) -> Structure:
        kinds = {one.type for one in attributes}
        text = " ".join(word.strip('"') for word in words)
        added: list[Attribute] = []
        span = _SPAN.fullmatch(text)
        if span and any(one.type == _STRUCTURE and one.value in (4, 5) for one in attributes) and relation == 3:
            ends = [(4, span[1]), (2, span[2])]
            made = [self.operand([word], attributes, number) for number, word in ends if word]
            if made:
                return made[0] if len(made) == 1 else self.joined(Operator.AND, made[0], made[1])
        if relation != 3:
            added.append(Attribute(_RELATION, relation))
        quoted = any(word[0] == '"' for word in words)
        if _STRUCTURE not in kinds:
            added.append(Attribute(_STRUCTURE, 1 if quoted else 6 if len(words) > 1 else 2))
        if not quoted and _TRUNCATION not in kinds and (truncation := _truncation(text)):
            added.append(Attribute(_TRUNCATION, truncation))
            text = text.strip("?") if truncation < 100 else text
        return Operand((*attributes, *added), text.encode("utf-8", "replace"))

    def joined(self, operator: Operator, left: Structure, right: Structure, near: Proximity | None = None) -> Structure:
        self.operators += 1
        if self.operators > QUERY_OPERATORS:
            self.fail_limit(messages.TOO_MANY, "QUERY_OPERATORS", self.operators, QUERY_OPERATORS)
        return Operation(operator, left, right, near)

    def word(self) -> str:
        token = self.tokens[self.at]
        if token[:1] == '"' and not _WORD.fullmatch(token):
            self.fail(messages.OPEN_QUOTE)
        if not _WORD.fullmatch(token) or token.lower() in _OPERATORS:
            self.unexpected("từ cần tìm", "a term")
        self.at += 1
        return token

    def unexpected(self, wanted_vi: str, wanted_en: str) -> NoReturn:
        seen = repr(self.tokens[self.at][:40]) if self.tokens[self.at] else "∅"
        self.fail(messages.UNEXPECTED, wanted=messages.Wanted(wanted_vi, wanted_en), seen=seen)

    def fail(self, message: Message, **values: Any) -> NoReturn:
        raise FormatError(message, language="CCL", position=self.position(), **values)

    def fail_limit(self, message: Message, limit: str, seen: int, allowed: int) -> NoReturn:
        position = self.position()
        raise LimitError(message, language="CCL", position=position, limit=limit, seen=seen, allowed=allowed)

    def position(self) -> int:
        """Where the token stands in the text, from 1."""
        starts = [found.start(1) for found in _TOKEN.finditer(self.source)]
        return (starts[self.at] if self.at < len(starts) else len(self.source)) + 1


def _truncation(text: str) -> int:
    """The truncation attribute that the signs of a term come to; 0: none, 104: signs within (Z39.58)."""
    inner = text.strip("?")
    if "?" in inner or "#" in inner:
        return 104
    return (1 if text.endswith("?") and inner else 0) + (2 if text.startswith("?") and inner else 0)
