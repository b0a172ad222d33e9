"""The language of saved queries: which records are in a set, as a cataloguer writes it, and the answer for one record.

    language=tyz or 650a~"dân tộc Tày"
    material=book and year=1945..1975 and not library=bk02
    (6xx~"hát then" or 245~"hát then") and 856u exists

    query := all ("or" all)*        all := one ("and" one)*        one := "not" one | "(" query ")" | test
    test  := NAME OPERATOR VALUE | NAME "exists"

In Vietnamese the words are hoặc, và, không, có. A pure function of text, and of one record's facts; both are bounded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from catalogue import set_messages as messages
from catalogue.set_facts import FIELDS, VALUES, Facts, year_of
from foundation.errors import FormatError, LimitError
from foundation.limits import SET_QUERY_CHARACTERS, SET_QUERY_DEPTH, SET_QUERY_TESTS
from vietnamese.text import fold, word_key

_WORDS: Final = {
    "and": "and", "và": "and", "or": "or", "hoặc": "or", "not": "not", "không": "not", "exists": "exists",
    "có": "exists",
}  # fmt: skip
_TOKEN: Final = re.compile(
    r"\s*(?:(?P<mark>[()])|(?P<operator>!=|!~|~=|<=|>=|[=~<>])|[\"“”](?P<quoted>(?:[^\"“”\\]|\\.)*)[\"“”]"
    r"|(?P<word>[^\s()=~<>!\"“”]+))"
)
_TAG: Final = re.compile(
    r"(?P<tag>[0-9][0-9xX]{2}|ldr|LDR)(?P<codes>[a-z0-9]*)(?:/(?P<first>\d\d)(?:-(?P<last>\d\d))?)?"
)
_SPAN: Final = re.compile(r"(\d{1,4})?\.\.(\d{1,4})?|(\d{1,4})")
_PIECE: Final = re.compile(r"\w+")
_ORDERS: Final = frozenset(("<", "<=", ">", ">="))

Check = Callable[[Facts], bool]


@dataclass(frozen=True, slots=True)
class Query:
    """A query that was understood."""

    text: str
    check: Check

    def __call__(self, facts: Facts) -> bool:
        """Whether a record with these facts is in the set."""
        return self.check(facts)


def parse(text: str) -> Query:
    """The query that `text` writes.

    Raises FormatError naming the place and what was expected there, LimitError when it is too long, too deep or has
    too many tests.
    """
    if len(text) > SET_QUERY_CHARACTERS:
        raise _limit("SET_QUERY_CHARACTERS", len(text), SET_QUERY_CHARACTERS)
    return Query(text, _Parser(list(_tokens(text))).query())


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    """mark, operator, quoted, word or end."""
    text: str
    at: int


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    while at < len(text.rstrip()):
        found = _TOKEN.match(text, at)
        if found is None or found.lastgroup is None:
            raise FormatError(messages.QUERY_CHARACTER, seen=text[at:].strip()[:10], position=at + 1)
        value = found[found.lastgroup]
        if found.lastgroup == "quoted":
            value = re.sub(r"\\(.)", r"\1", value)
        yield _Token(found.lastgroup, value, found.start(found.lastgroup))
        at = found.end()
    yield _Token("end", "", len(text))


class _Parser:
    """Recursive descent over the tokens of one query."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._tests = 0
        self._depth = 0

    def query(self) -> Check:
        found = self._either()
        if self._next.kind != "end":
            raise self._expected("and, or")
        return found

    @property
    def _next(self) -> _Token:
        return self._tokens[self._at]

    def _keyword(self, *wanted: str) -> bool:
        """Step over the next token when it is one of these words."""
        token = self._next
        found = token.kind == "word" and _WORDS.get(token.text.lower()) in wanted
        self._at += found
        return found

    def _either(self) -> Check:
        parts = [self._every()]
        while self._keyword("or"):
            parts.append(self._every())
        return parts[0] if len(parts) == 1 else lambda facts: any(part(facts) for part in parts)

    def _every(self) -> Check:
        parts = [self._one()]
        while self._keyword("and"):
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else lambda facts: all(part(facts) for part in parts)

    def _one(self) -> Check:
        self._depth += 1
        if self._depth > SET_QUERY_DEPTH:
            raise _limit("SET_QUERY_DEPTH", self._depth, SET_QUERY_DEPTH)
        try:
            if self._keyword("not"):
                inner = self._one()
                return lambda facts: not inner(facts)
            if self._next.text == "(" and self._next.kind == "mark":
                self._at += 1
                found = self._either()
                if (self._next.kind, self._next.text) != ("mark", ")"):
                    raise self._expected(")")
                self._at += 1
                return found
            return self._test()
        finally:
            self._depth -= 1

    def _test(self) -> Check:
        self._tests += 1
        if self._tests > SET_QUERY_TESTS:
            raise _limit("SET_QUERY_TESTS", self._tests, SET_QUERY_TESTS)
        token = self._next
        if token.kind != "word" or token.text.lower() in _WORDS:
            raise self._expected("language, material, year, 650a …")
        name = token.text
        read = _reader(name)
        if read is None:
            raise FormatError(
                messages.QUERY_NAME, seen=name[:40], position=token.at + 1, known=", ".join([*VALUES, *FIELDS, "year"])
            )
        self._at += 1
        if self._keyword("exists"):
            return lambda facts: any(read(facts))
        sign = self._next
        if sign.kind != "operator":
            raise self._expected("= ~ ~= != !~ < <= > >= exists")
        self._at += 1
        value = self._next
        if value.kind not in ("word", "quoted"):
            raise self._expected('"…"')
        self._at += 1
        return _comparison(name.lower(), read, sign, value)

    def _expected(self, wanted: str) -> FormatError:
        token = self._next
        seen = token.text[:40] if token.kind != "end" else "∎"
        return FormatError(messages.QUERY_EXPECTED, seen=seen, position=token.at + 1, wanted=wanted)


def _reader(name: str) -> Callable[[Facts], list[str]] | None:
    """What gives the values that a name stands for; None for a name that is none."""
    low = name.lower()
    if low == "year":
        return lambda facts: [str(year) for year in facts.years if year]
    if low in VALUES:
        return lambda facts: facts.values(low)
    if low in FIELDS:
        return lambda facts: facts.fields(low)
    found = _TAG.fullmatch(name)
    if found is None:
        return None
    tag, codes = found["tag"].lower(), found["codes"]
    if found["first"] is not None:
        first = int(found["first"])
        last = int(found["last"] or first)
        return None if codes or last < first else lambda facts: facts.positions(tag, first, last)
    return lambda facts: facts.subfields(tag, codes)


def _comparison(name: str, read: Callable[[Facts], list[str]], sign: _Token, value: _Token) -> Check:
    operator = sign.text
    if name == "year":
        return _years(operator, sign, value)
    if operator in _ORDERS:
        raise FormatError(messages.QUERY_ORDER, seen=operator, position=sign.at + 1)
    if operator.startswith("!"):
        inner = _comparison(name, read, _Token(sign.kind, operator[1:], sign.at), value)
        return lambda facts: not inner(facts)
    if operator == "=":
        wanted = _whole(value.text) if "/" not in name else value.text
        if name in VALUES:
            return lambda facts: facts.has(name, wanted)
        if "/" in name:
            return lambda facts: wanted in read(facts)
        return lambda facts: any(_whole(one) == wanted for one in read(facts))
    key = fold if operator == "~" else word_key
    phrase = _phrase(key, value)
    return lambda facts: any(phrase in _spaced(key(one)) for one in read(facts))


def _years(operator: str, sign: _Token, value: _Token) -> Check:
    """`year`: a span of the record and one of the query that have a year in common."""
    found = _SPAN.fullmatch(value.text)
    if found is None or operator in ("~", "~=", "!~") or not any(found.groups()):
        raise FormatError(messages.QUERY_YEAR, seen=value.text[:40], position=value.at + 1)
    low, high = year_of(found[1] or found[3], 0), year_of(found[2] or found[3], 9999)
    if operator in _ORDERS:
        if found[3] is None:
            raise FormatError(messages.QUERY_YEAR, seen=value.text[:40], position=value.at + 1)
        low, high = {"<": (0, low - 1), "<=": (0, low), ">": (high + 1, 9999), ">=": (high, 9999)}[operator]
    if operator == "!=":
        return lambda facts: not facts.within(low, high)
    return lambda facts: facts.within(low, high)


def _whole(value: str) -> str:
    """A value as `=` compares it: any case, either place of a tone, one space, no punctuation at its end."""
    return " ".join(word_key(value).split()).strip(" .,;:/")


def _phrase(key: Callable[[str], str], value: _Token) -> str:
    """What must be found in the spaced words of a value; a `*` at the end leaves the last word open."""
    open_end = value.text.endswith("*")
    words = _spaced(key(value.text))
    if not words.strip():
        raise FormatError(messages.QUERY_EMPTY, position=value.at + 1)
    # Hán and Nôm are written without spaces: every place is the beginning of a word.
    if any(ord(sign) >= 0x2E80 for sign in words):
        return words.strip()
    return words.rstrip() if open_end else words


def _spaced(text: str) -> str:
    return f" {' '.join(_PIECE.findall(text))} "


def _limit(name: str, seen: int, allowed: int) -> LimitError:
    return LimitError(messages.QUERY_LIMIT, limit=name, seen=seen, allowed=allowed)
