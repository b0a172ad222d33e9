"""PQF, the prefix query format of YAZ ("Prefix Query Format" in its manual): text → type-1 query, and back to text.

    @attr 1=4 @and kiều "nguyễn du"

Attributes before an operator hold for all its operands; of two of one type the last one counts. Terms are UTF-8;
`\\x41` and `\\101` are bytes, `\\t \\n \\r \\f` what they are in C. A term in braces is taken to the closing brace. A
fault names its character; depth, length, operators and attributes are bounded.
"""

from __future__ import annotations

import re
from typing import Any, Final, NoReturn

from foundation.errors import FormatError, LimitError, Message
from foundation.limits import QUERY_ATTRIBUTES, QUERY_CHARACTERS, QUERY_DEPTH, QUERY_OPERATORS
from z3950_bridge import query_messages as messages
from z3950_bridge.rpn import BIB1, Attribute, Operand, Operation, Operator, Proximity, Query, ResultSet, Structure

SETS: Final = {
    "bib-1": BIB1,
    "bib1": BIB1,
    "exp-1": "1.2.840.10003.3.2",
    "gils": "1.2.840.10003.3.5",
    "xd-1": "1.2.840.10003.3.12",
    "bib-2": "1.2.840.10003.3.18",
}
"""Names of attribute sets (Z39.50-2003, OID.6). A set that has no name here is written as its OID."""

_OPERATORS: Final = {
    "@and": Operator.AND,
    "@or": Operator.OR,
    "@not": Operator.AND_NOT,
    "@prox": Operator.PROXIMITY,
}
_WORDS: Final = {operator: word for word, operator in _OPERATORS.items()}
# A string, something in braces, or what goes to the next blank; a backslash takes the character behind it with it.
_TOKEN: Final = re.compile(r'\s*("(?:[^"\\]++|\\.?)*+"?|\{[^}]*+\}?|(?:[^\s\\]++|\\.?)++)', re.DOTALL)
_CLOSED: Final = re.compile(r'"(?:[^"\\]++|\\.)*+"|\{[^}]*+\}|[^"{].*', re.DOTALL)
_ATTRIBUTE: Final = re.compile(r"([0-9]{1,9})=(.+)", re.DOTALL)
_OID: Final = re.compile(r"[0-2](\.[0-9]{1,10}){2,30}")
_NUMBER: Final = re.compile(r"[0-9]{1,9}")
_ESCAPE: Final = re.compile(rb"\\(x[0-9A-Fa-f]{2}|[0-3][0-7]{2}|.)", re.DOTALL)
_LETTERS: Final = {b"t": b"\t", b"n": b"\n", b"r": b"\r", b"f": b"\f"}
_PLAIN: Final = re.compile(r'[^\s"{}\\@][^\s"\\]*')
_RESERVED: Final = frozenset(("@attr", "@attrset", "@set", "@term", *_OPERATORS))
_TERM_TYPES: Final = frozenset(("general", "string", "numeric"))
_Attributes = tuple[Attribute, ...]


def parse(source: str) -> Query:
    """The type-1 query of a PQF text.

    Raises FormatError (messages of `query_messages`, with the position) or LimitError (QUERY_CHARACTERS, QUERY_DEPTH,
    QUERY_OPERATORS, QUERY_ATTRIBUTES).
    """
    if len(source) > QUERY_CHARACTERS:
        raise LimitError(messages.TOO_LONG, limit="QUERY_CHARACTERS", seen=len(source), allowed=QUERY_CHARACTERS)
    return _Parser(source).whole()


def text(query: Query) -> str:
    """The query as PQF; `parse` makes the same query of it, but for the order of attributes that it inherits."""
    start = "" if query.attribute_set == BIB1 else f"@attrset {query.attribute_set} "
    return start + _structure(query.structure)


def _structure(node: Structure) -> str:
    if isinstance(node, ResultSet):
        return f"@set {_term(node.name.encode())}"
    if isinstance(node, Operation):
        near = f" {_proximity(node.proximity)}" if node.proximity else ""
        return f"{_WORDS[node.operator]}{near} {_structure(node.left)} {_structure(node.right)}"
    written = "".join(f"@attr {_attribute(one)} " for one in node.attributes)
    if isinstance(node.term, int):
        return f"{written}@term numeric {node.term}"
    return written + _term(node.term)


def _attribute(one: Attribute) -> str:
    value = str(one.value)
    named = f"{one.set} " if one.set else ""
    if isinstance(one.value, int) or _PLAIN.fullmatch(value):
        return f"{named}{one.type}={value}"
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'{named}"{one.type}={escaped}"'


def _proximity(near: Proximity) -> str:
    exclusion = "void" if near.exclusion is None else int(near.exclusion)
    kind = "private" if near.private_unit else "known"
    return f"{exclusion} {near.distance} {int(near.ordered)} {near.relation} {kind} {near.unit}"


def _term(term: bytes) -> str:
    try:
        plain = term.decode()
    except UnicodeDecodeError:
        plain = ""
    if plain and plain.isprintable():
        escaped = plain.replace("\\", "\\\\").replace('"', '\\"')
        return plain if _PLAIN.fullmatch(plain) else f'"{escaped}"'
    # Bytes that are no text: each by its number.
    return '"' + "".join(f"\\x{byte:02x}" for byte in term) + '"'


def unescape(raw: str) -> bytes:
    """The bytes that a token stands for."""

    def byte(found: re.Match[bytes]) -> bytes:
        code = found[1]
        if len(code) == 3:
            return bytes((int(code[1:], 16) if code[:1] == b"x" else int(code, 8),))
        return _LETTERS.get(code, code)

    return _ESCAPE.sub(byte, raw.encode("utf-8", "surrogatepass"))


class _Parser:
    """One query on its way."""

    __slots__ = ("at", "depth", "numeric", "operators", "source", "tokens")

    def __init__(self, source: str) -> None:
        self.source = source
        self.tokens: list[str] = _TOKEN.findall(source.rstrip())
        self.at = 0
        self.depth = 0
        self.operators = 0
        self.numeric = False

    def whole(self) -> Query:
        attribute_set = BIB1
        if self.peek() == "@attrset":
            self.at += 1
            attribute_set = self.attribute_set(self.take("tên bộ thuộc tính", "the name of an attribute set"))
        structure = self.structure(())
        if self.at < len(self.tokens):
            self.unexpected("hết biểu thức", "the end of the query")
        return Query(attribute_set, structure)

    def structure(self, inherited: _Attributes) -> Structure:
        while True:
            word = self.peek()
            if word == "@attr":
                self.at += 1
                inherited = self.attribute(inherited)
            elif word == "@term":
                self.at += 1
                kind = self.take("general, string hoặc numeric", "general, string or numeric")
                if kind not in _TERM_TYPES:
                    self.at -= 1
                    self.unexpected("general, string hoặc numeric", "general, string or numeric")
                self.numeric = kind == "numeric"
            elif word in _OPERATORS:
                return self.operation(word, inherited)
            elif word == "@set":
                self.at += 1
                name = self.take("tên của tập kết quả", "the name of a result set")
                return ResultSet(unescape(_inner(name)).decode("utf-8", "replace"))
            else:
                return self.term(inherited)

    def operation(self, word: str, inherited: _Attributes) -> Operation:
        self.depth += 1
        self.operators += 1
        if self.depth > QUERY_DEPTH:
            self.fail_limit(messages.TOO_DEEP, "QUERY_DEPTH", self.depth, QUERY_DEPTH)
        if self.operators > QUERY_OPERATORS:
            self.fail_limit(messages.TOO_MANY, "QUERY_OPERATORS", self.operators, QUERY_OPERATORS)
        self.at += 1
        near = self.proximity() if word == "@prox" else None
        left = self.structure(inherited)
        right = self.structure(inherited)
        self.depth -= 1
        return Operation(_OPERATORS[word], left, right, near)

    def term(self, attributes: _Attributes) -> Operand:
        token = self.take("từ cần tìm", "a term")
        if not self.numeric:
            return Operand(attributes, unescape(_inner(token)))
        if not _NUMBER.fullmatch(_inner(token)):
            self.at -= 1
            self.unexpected("một số", "a number")
        return Operand(attributes, int(_inner(token)))

    def attribute(self, inherited: _Attributes) -> _Attributes:
        """`[set] type=value`; a set named once holds for the attributes behind it (as YAZ reads them)."""
        token = _inner(self.take("thuộc tính kiểu=giá trị", "an attribute type=value"))
        named = inherited[-1].set if inherited else None
        found = _ATTRIBUTE.fullmatch(token)
        if found is None and "=" not in token:
            named = self.attribute_set(token)
            token = _inner(self.take("thuộc tính kiểu=giá trị", "an attribute type=value"))
            found = _ATTRIBUTE.fullmatch(token)
        if found is None:
            self.at -= 1
            self.unexpected("thuộc tính kiểu=giá trị", "an attribute type=value")
        written = found[2]
        value = int(written) if _NUMBER.fullmatch(written) else unescape(written).decode("utf-8", "replace")
        kind = int(found[1])
        made = (*(one for one in inherited if one.type != kind), Attribute(kind, value, named))
        if len(made) > QUERY_ATTRIBUTES:
            self.fail_limit(messages.TOO_MANY, "QUERY_ATTRIBUTES", len(made), QUERY_ATTRIBUTES)
        return made

    def attribute_set(self, name: str) -> str:
        found = SETS.get(name.lower()) or (name if _OID.fullmatch(name) else None)
        if found is None:
            self.at -= 1
            self.fail(messages.UNKNOWN_SET, seen=repr(name[:40]))
        return found

    def proximity(self) -> Proximity:
        """exclusion distance ordered relation which-code unit-code."""
        exclusion = self.choice({"0": 0, "1": 1, "void": 2, "v": 2, "n": 2, "null": 2})
        distance = self.number()
        ordered = self.choice({"0": 0, "1": 1})
        relation = self.number()
        kind = self.choice({"known": 1, "k": 1, "1": 1, "private": 2, "p": 2, "2": 2})
        return Proximity(
            None if exclusion == 2 else bool(exclusion), distance, bool(ordered), relation, self.number(), kind == 2
        )

    def choice(self, known: dict[str, int]) -> int:
        wanted = " / ".join(known)
        token = self.take(wanted, wanted)
        if token not in known:
            self.at -= 1
            self.unexpected(wanted, wanted)
        return known[token]

    def number(self) -> int:
        token = self.take("một số", "a number")
        if not _NUMBER.fullmatch(token):
            self.at -= 1
            self.unexpected("một số", "a number")
        return int(token)

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, wanted_vi: str, wanted_en: str) -> str:
        token = self.peek()
        if not token:
            self.unexpected(wanted_vi, wanted_en)
        if not _CLOSED.fullmatch(token):
            self.fail(messages.OPEN_QUOTE)
        if token in _RESERVED:
            self.unexpected(wanted_vi, wanted_en)
        self.at += 1
        return token

    def unexpected(self, wanted_vi: str, wanted_en: str) -> NoReturn:
        seen = repr(self.peek()[:40]) if self.peek() else "∅"
        self.fail(messages.UNEXPECTED, wanted=messages.Wanted(wanted_vi, wanted_en), seen=seen)

    def fail(self, message: Message, **values: Any) -> NoReturn:
        raise FormatError(message, language="PQF", position=self.position(), **values)

    def fail_limit(self, message: Message, limit: str, seen: int, allowed: int) -> NoReturn:
        position = self.position()
        raise LimitError(message, language="PQF", position=position, limit=limit, seen=seen, allowed=allowed)

    def position(self) -> int:
        """Where the token stands in the text, from 1."""
        starts = [found.start(1) for found in _TOKEN.finditer(self.source.rstrip())]
        return (starts[self.at] if self.at < len(starts) else len(self.source)) + 1


def _inner(token: str) -> str:
    return token[1:-1] if token[0] in '"{' else token
