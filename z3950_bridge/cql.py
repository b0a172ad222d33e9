"""CQL 1.1, 1.2 and 2.0 (OASIS searchRetrieve Part 5, "CQL Query Syntax: ABNF"): text → tree, and the tree → text.

Terms stay as they were written, escapes and all (`\\*`, `\\"`), because masks and anchors are read from them later.
Two things go beyond the ABNF, as the grammars of CQL 1.0 and 1.1 have them: a prefix may be assigned before any
operand, not only before the query, and an index and relation may stand before a parenthesis, whose bare terms then
have them (`title = (cat or dog)`). Reading takes time linear in the length; depth, length and operators are bounded.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple, NoReturn

from foundation.errors import FormatError, LimitError, Message
from foundation.limits import QUERY_CHARACTERS, QUERY_DEPTH, QUERY_OPERATORS
from z3950_bridge import query_messages as messages

SERVER_CHOICE: Final = "cql.serverChoice"
BOOLEANS: Final = frozenset(("and", "or", "not", "prox"))
COMPARISONS: Final = frozenset(("=", "==", "<>", "<=", ">=", "<", ">"))

_LANGUAGE: Final = "CQL"
# A string, a word or a symbol. The quantifiers give nothing back, so that no text costs more than one look at it; a
# string that is never closed takes the rest of the text, and `_CLOSED` tells it from one that ends there.
_TOKEN: Final = re.compile(r'\s*("(?:[^"\\]++|\\.?)*+"?|[^\s()=<>"/]+|<=|>=|<>|==|.)', re.DOTALL)
_CLOSED: Final = re.compile(r'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_NOT_WORDS: Final = frozenset(("", "(", ")", "/", '"', *COMPARISONS))
_NOT_RELATIONS: Final = frozenset((*BOOLEANS, "sortby"))
_PLAIN: Final = re.compile(r'[^\s()=<>"/]+')


class Modifier(NamedTuple):
    """`/name` or `/name comparison value` behind a relation, a boolean or a sort key."""

    name: str
    comparison: str = ""
    value: str = ""

    def __str__(self) -> str:
        return f"/{_written(self.name)}" + (f"{self.comparison}{_written(self.value)}" if self.comparison else "")


class Prefix(NamedTuple):
    """`> name = "uri"`; an empty name stands for the indexes that have no prefix."""

    name: str
    uri: str

    def __str__(self) -> str:
        return f">{_written(self.name)}={_quoted(self.uri)}" if self.name else f">{_quoted(self.uri)}"


@dataclass(frozen=True, slots=True)
class Clause:
    """`index relation term`. A term alone is asked of `cql.serverChoice` by `=` (Part 5, "Search Clause")."""

    index: str
    relation: str
    modifiers: tuple[Modifier, ...]
    term: str
    prefixes: tuple[Prefix, ...] = ()

    def __str__(self) -> str:
        return text(self)


@dataclass(frozen=True, slots=True)
class Boolean:
    """Two operands; `operator` is `and`, `or`, `not` or `prox`, all of one precedence, the left first."""

    operator: str
    modifiers: tuple[Modifier, ...]
    left: Node
    right: Node
    prefixes: tuple[Prefix, ...] = ()

    def __str__(self) -> str:
        return text(self)


Node = Clause | Boolean


@dataclass(frozen=True, slots=True)
class SortKey:
    """One key behind `sortBy`."""

    index: str
    modifiers: tuple[Modifier, ...] = ()

    def __str__(self) -> str:
        return _written(self.index) + "".join(map(str, self.modifiers))


@dataclass(frozen=True, slots=True)
class Query:
    """The whole: a tree and the order it asks for."""

    root: Node
    sort: tuple[SortKey, ...] = ()

    def __str__(self) -> str:
        return text(self.root) + (" sortBy " + " ".join(map(str, self.sort)) if self.sort else "")


def parse(source: str) -> Query:
    """The tree of a query.

    Raises FormatError (messages of `query_messages`, with the position) or LimitError (QUERY_CHARACTERS, QUERY_DEPTH,
    QUERY_OPERATORS).
    """
    if len(source) > QUERY_CHARACTERS:
        raise LimitError(messages.TOO_LONG, limit="QUERY_CHARACTERS", seen=len(source), allowed=QUERY_CHARACTERS)
    return _Parser(source).whole()


def text(node: Node) -> str:
    """The node as CQL; `parse` makes the same node of it."""
    spine: list[str] = []
    # The left side is as deep as there are operators, the right side only as deep as there were parentheses.
    while isinstance(node, Boolean):
        start = "".join(f"{prefix} " for prefix in node.prefixes)
        right = f"({text(node.right)})" if isinstance(node.right, Boolean) or node.right.prefixes else text(node.right)
        tail = f" {node.operator}{''.join(map(str, node.modifiers))} {right}"
        enclosed = bool(node.left.prefixes)
        spine.append(f"){tail}" if enclosed else tail)
        spine.append(f"{start}(" if enclosed else start)
        node = node.left
    inner = "".join(f"{prefix} " for prefix in node.prefixes)
    if node.index != SERVER_CHOICE or node.relation != "=" or node.modifiers:
        inner += f"{_written(node.index)} {node.relation}{''.join(map(str, node.modifiers))} "
    inner += _written(node.term)
    return "".join(spine[1::2]) + inner + "".join(spine[0::2][::-1])


def _written(word: str) -> str:
    """A name or term as it is or, where it has to be, in quotation marks."""
    return word if _PLAIN.fullmatch(word) and word.lower() not in _NOT_RELATIONS else _quoted(word)


def _quoted(word: str) -> str:
    return f'"{word}"'


class _Parser:
    """One query on its way; `tokens` end in an empty one."""

    __slots__ = ("at", "depth", "operators", "source", "tokens")

    def __init__(self, source: str) -> None:
        self.source = source
        self.tokens = _TOKEN.findall(source.rstrip())
        if self.tokens and self.tokens[-1][0] == '"' and not _CLOSED.fullmatch(self.tokens[-1]):
            self.tokens[-1] = '"'
        self.tokens.append("")
        self.at = 0
        self.depth = 0
        self.operators = 0

    def whole(self) -> Query:
        root = self.query(SERVER_CHOICE, "=", ())
        keys: list[SortKey] = []
        if self.tokens[self.at].lower() == "sortby":
            self.at += 1
            while not keys or self.tokens[self.at]:
                index = self.word("tên chỉ mục để sắp xếp", "an index to sort by")
                keys.append(SortKey(index, self.modifiers()))
        if self.tokens[self.at]:
            if self.tokens[self.at] == ")":
                self.fail(messages.PARENTHESIS)
            self.unexpected("toán tử and, or, not, prox hoặc sortBy", "and, or, not, prox or sortBy")
        return Query(root, tuple(keys))

    def query(self, index: str, relation: str, modifiers: tuple[Modifier, ...]) -> Node:
        """Prefixes, then operands with booleans between them."""
        prefixes = self.prefixes()
        left = self.operand(index, relation, modifiers)
        tokens = self.tokens
        while (operator := tokens[self.at].lower()) in BOOLEANS:
            self.operators += 1
            if self.operators > QUERY_OPERATORS:
                self.fail_limit(messages.TOO_MANY, "QUERY_OPERATORS", self.operators, QUERY_OPERATORS)
            self.at += 1
            extra = self.modifiers() if tokens[self.at] == "/" else ()
            left = Boolean(operator, extra, left, self.operand(index, relation, modifiers))
        return replace(left, prefixes=prefixes + left.prefixes) if prefixes else left

    def prefixes(self) -> tuple[Prefix, ...]:
        found: list[Prefix] = []
        while self.tokens[self.at] == ">":
            self.at += 1
            name, uri = "", self.word("tên hoặc URI của bộ ngữ cảnh", "a prefix or the URI of a context set")
            if self.tokens[self.at] == "=":
                self.at += 1
                name, uri = uri, self.word("URI của bộ ngữ cảnh", "the URI of a context set")
            found.append(Prefix(name, uri))
        return tuple(found)

    def operand(self, index: str, relation: str, modifiers: tuple[Modifier, ...]) -> Node:
        """A parenthesis, a clause, or (older grammars) a query behind a prefix of its own."""
        tokens = self.tokens
        first = tokens[self.at]
        if first in {"(", ">"}:
            self.depth += 1
            if self.depth > QUERY_DEPTH:
                self.fail_limit(messages.TOO_DEEP, "QUERY_DEPTH", self.depth, QUERY_DEPTH)
            if first == "(":
                opened = self.at
                self.at += 1
                inner = self.query(index, relation, modifiers)
                if not tokens[self.at]:
                    self.at = opened
                    self.fail(messages.PARENTHESIS)
                if tokens[self.at] != ")":
                    self.unexpected("toán tử hoặc dấu ngoặc đóng", "an operator or a closing parenthesis")
                self.at += 1
            else:
                inner = self.query(index, relation, modifiers)
            self.depth -= 1
            return inner
        word = self.word("từ cần tìm", "an index or a term")
        following = tokens[self.at]
        if following in COMPARISONS:
            self.at += 1
        elif following in _NOT_WORDS or following[0] == '"' or following.lower() in _NOT_RELATIONS:
            return Clause(index, relation, modifiers, word)
        else:
            self.at += 1
        extra = self.modifiers() if tokens[self.at] == "/" else ()
        if tokens[self.at] in {"(", ">"}:
            return self.operand(word, following, extra)
        return Clause(word, following, extra, self.word("từ cần tìm", "a term"))

    def modifiers(self) -> tuple[Modifier, ...]:
        found: list[Modifier] = []
        tokens = self.tokens
        while tokens[self.at] == "/":
            self.at += 1
            name = self.word("tên của bổ nghĩa", "the name of a modifier")
            if (comparison := tokens[self.at]) in COMPARISONS:
                self.at += 1
                found.append(Modifier(name, comparison, self.word("giá trị của bổ nghĩa", "the value of a modifier")))
            else:
                found.append(Modifier(name))
        return tuple(found)

    def word(self, wanted_vi: str, wanted_en: str) -> str:
        """A word or string, the string without its quotation marks; keywords are words where one is wanted."""
        found: str = self.tokens[self.at]
        if found in _NOT_WORDS:
            self.unexpected(wanted_vi, wanted_en)
        self.at += 1
        return found[1:-1] if found[0] == '"' else found

    def unexpected(self, wanted_vi: str, wanted_en: str) -> NoReturn:
        found = self.tokens[self.at]
        if found == '"':
            self.fail(messages.OPEN_QUOTE)
        seen = repr(found[:40]) if found else "∅"
        self.fail(messages.UNEXPECTED, wanted=messages.Wanted(wanted_vi, wanted_en), seen=seen)

    def fail(self, message: Message, **values: Any) -> NoReturn:
        raise FormatError(message, language=_LANGUAGE, position=self.position(), **values)

    def fail_limit(self, message: Message, limit: str, seen: int, allowed: int) -> NoReturn:
        position = self.position()
        raise LimitError(message, language=_LANGUAGE, position=position, limit=limit, seen=seen, allowed=allowed)

    def position(self) -> int:
        """Where the token stands in the text, from 1: found again only when it is needed."""
        starts = [found.start(1) for found in _TOKEN.finditer(self.source.rstrip())]
        return (starts[self.at] if self.at < len(starts) else len(self.source)) + 1
