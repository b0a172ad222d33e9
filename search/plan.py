"""Queries in the words of an index: what every engine answers, so that all of them count alike.

`Query` speaks of fields and terms as people and protocols do; a plan speaks of index fields and tokens. All knowledge
of words, numbers, dates and codes goes into the step between the two, and none into an engine, which knows seven nodes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Final

from dublin_core import online
from dublin_core.kinds import NAMES
from foundation.errors import InputError, LimitError
from foundation.limits import (
    SEARCH_DEPTH,
    SEARCH_MASK_LETTERS,
    SEARCH_NEAR_WORDS,
    SEARCH_TERM_CHARACTERS,
    SEARCH_WORDS,
)
from search import messages
from search.analysis import EDGE, MANY, ONE, asked, has_mask, masked
from search.fields import ALL, CODES, KEYS, MARKED, NUMBERS, TEXT, WRITTEN, exact
from search.numbers import asked_isbn, asked_issn, class_keys, compact, control_keys
from search.query import And, Everything, Field, Match, Near, Not, Or, Query, Range, Term
from vietnamese.imprints import written


@dataclass(frozen=True, slots=True)
class Word:
    """Records whose index field holds a token; it may have masks in it (`analysis.MANY`, `ONE`)."""

    index: str
    token: str


@dataclass(frozen=True, slots=True)
class Words:
    """Records whose index field holds tokens at these places relative to one another. The first is at 0."""

    index: str
    slots: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Around:
    """Records whose index field holds two different tokens at most `distance` places apart, whichever comes first."""

    index: str
    one: str
    other: str
    distance: int


@dataclass(frozen=True, slots=True)
class Between:
    """Records with a key between two ends, by code point; None is an open end."""

    index: str
    low: str | None
    high: str | None
    low_included: bool
    high_included: bool


@dataclass(frozen=True, slots=True)
class Span:
    """Records whose span, from the number in `first` to the number in `last`, has a part between `low` and `high`."""

    first: str
    last: str
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class All:
    """Records that every part finds; `taken`: and none of these. No parts: every record."""

    parts: tuple[Plan, ...] = ()
    taken: tuple[Plan, ...] = ()


@dataclass(frozen=True, slots=True)
class Some:
    """Records that at least one part finds. No parts: none."""

    parts: tuple[Plan, ...] = ()


Plan = Word | Words | Around | Between | Span | All | Some

EVERYTHING: Final = All()
NOTHING: Final = Some()
_KINDS: Final = {compact(word): compact(kind) for kind, names in NAMES.items() for word in (kind, *names)}
"""A kind of material by its own word and by its names, as they are shown."""
_ACCESS: Final = {compact(word): code for code, words in online.NAMES.items() for word in words}
_OPEN: Final = 99_999_999
_SHORT: Final = 100
"""Characters of a term whose plan is remembered."""
_DATE: Final = re.compile(r"\s*(\d{4})(?:-?(\d\d)(?:-?(\d\d))?)?(?!\d)")


def plan(query: Query) -> Plan:
    """The plan of `query`.

    Raises InputError for what the field cannot be asked, LimitError (SEARCH_WORDS, SEARCH_DEPTH,
    SEARCH_TERM_CHARACTERS, SEARCH_MASK_LETTERS, SEARCH_NEAR_WORDS).
    """
    return _Planning().plan(query, 0)


class _Planning:
    """One query being planned, with what it has cost so far."""

    def __init__(self) -> None:
        self._words = 0

    def plan(self, query: Query, depth: int) -> Plan:
        if depth > SEARCH_DEPTH:
            raise _limit("SEARCH_DEPTH", depth, SEARCH_DEPTH)
        inner = partial(self.plan, depth=depth + 1)
        match query:
            case Term():
                return self._term(query)
            case And(parts):
                return All(tuple(map(inner, parts))) if parts else EVERYTHING
            case Or(parts):
                return _or(*map(inner, parts))
            case Not(kept, taken):
                return All((inner(kept),), (inner(taken),))
            case Range():
                self._count(1)
                return self._range(query)
            case Near():
                return self._near(query)
            case Everything():
                return EVERYTHING

    def _count(self, words: int) -> None:
        self._words += words
        if self._words > SEARCH_WORDS:
            raise _limit("SEARCH_WORDS", self._words, SEARCH_WORDS)

    # --- words ----------------------------------------------------------------------------------------------
    def _term(self, term: Term) -> Plan:
        found, words = (_lately if len(term.text) <= _SHORT else _planned)(term)
        self._count(words)
        return found

    def term(self, term: Term) -> tuple[Plan, int]:
        """The plan of a term, and how many words it has."""
        return self._fresh(term), self._words

    def _fresh(self, term: Term) -> Plan:
        text = _text(term)
        if term.field in NUMBERS:
            self._count(1)
            return _span(term.field, text, text)
        if term.field in KEYS:
            return self._key(term, text)
        if term.field is Field.PLACE and (ways := _ways(term)):
            return _or(*map(self._worded, ways))
        return self._worded(term)

    def _worded(self, term: Term) -> Plan:
        words = self._asked(term)
        if not words:
            return NOTHING
        if term.match in (Match.ALL, Match.SOME) or words == [MANY]:
            found = tuple(anywhere(term.field, word, term.exact) for word in words)
            whole = _or(*found) if term.match is Match.SOME else All(found) if len(found) > 1 else found[0]
            return _or(whole, self._number(term, words)) if term.field is Field.ANY else whole
        if term.match not in (Match.FIRST, Match.WHOLE):
            if term.field is Field.ANY and not term.exact:
                return _or(_somewhere(enumerate(words)), self._number(term, words))
            return _or(*[_slots(index, enumerate(words)) for index in _indexes(term.field, term.exact)])
        slots = bounded(words, term.match is Match.WHOLE)
        return _or(*[_slots(index, slots) for index in _indexes(term.field, term.exact)])

    def _asked(self, term: Term) -> list[str]:
        words = asked(_text(term), term.exact)
        self._count(len(words))
        if len(words) == 1:  # beside others it is only read where they are
            _check_mask(words[0])
        if len(words) > 1:  # "any letters" as a word of its own says nothing beside others
            words = [word for word in words if word.strip(MANY)] or words[:1]
        return words

    @staticmethod
    def _number(term: Term, words: list[str]) -> Plan:
        """In the one box also a standard number, however it is written."""
        if any(map(has_mask, words)) or not any(char.isdigit() for char in term.text[:40]):
            return NOTHING
        number = compact(asked_issn(term.text))
        bare = compact(term.text).removeprefix("isbn").lstrip(":")
        keys = [key] if len(bare) in (10, 13) and len(key := asked_isbn(term.text)) == 13 else []
        if len(number) == 8 and number[:7].isdecimal():
            keys.append(number)
        return _or(*[Word(ALL, key) for key in keys])

    def _near(self, near: Near) -> Plan:
        left, right = near.left, near.right
        if left.field is not right.field or left.field in KEYS or left.field in NUMBERS:
            raise InputError(messages.NEAR_FIELD, left=left.field.value, right=right.field.value)
        if not 1 <= near.distance <= SEARCH_NEAR_WORDS:
            raise _limit("SEARCH_NEAR_WORDS", near.distance, SEARCH_NEAR_WORDS)
        one, two = self._asked(left), self._asked(right)
        if not one or not two:
            return NOTHING
        exactly = left.exact or right.exact
        indexes = _indexes(left.field, exactly)
        pairs = [(one, two)] if near.ordered else [(one, two), (two, one)]
        found: list[Plan] = []
        single = not near.ordered and len(one) == len(two) == 1 and one != two and not has_mask(one[0] + two[0])
        for index in indexes:
            if single:
                found.append(Around(index, one[0], two[0], near.distance))
                continue
            for before, behind in pairs:
                for distance in range(1, near.distance + 1):
                    start = len(before) - 1 + distance
                    slots = [*enumerate(before), *enumerate(behind, start)]
                    found.append(_slots(index, slots))
        return _or(*found)

    # --- keys -----------------------------------------------------------------------------------------------
    def _key(self, term: Term, text: str) -> Plan:
        pieces = text.split()
        if not pieces:
            return NOTHING
        if term.match is Match.SOME or (term.field in CODES and term.match is Match.ALL):
            self._count(len(pieces))
            found = tuple(self._one_key(term.field, piece) for piece in pieces)
            if term.match is Match.ALL:
                return _or(All(found), self._one_key(term.field, text)) if len(found) > 1 else found[0]
            return _or(*found, self._one_key(term.field, text))
        self._count(1)
        return self._one_key(term.field, text)

    @staticmethod
    def _one_key(field: Field, text: str) -> Plan:
        found: list[Plan] = []
        for index in KEYS[field]:
            key = _key_of(index, text)
            if key:
                found.append(Word(index, key))
        return _or(*found)

    # --- ranges ---------------------------------------------------------------------------------------------
    @staticmethod
    def _range(asked_for: Range) -> Plan:
        field, low, high = asked_for.field, asked_for.low, asked_for.high
        for end in (low, high):
            _check_length(end or "")
        if field in NUMBERS:
            return _span(field, low, high, asked_for.low_included, asked_for.high_included)
        if field not in KEYS:
            raise InputError(messages.RANGE_FIELD, field=field.value)
        return Some(
            tuple(
                Between(
                    index,
                    None if low is None else _key_of(index, low),
                    None if high is None else _key_of(index, high),
                    asked_for.low_included,
                    asked_for.high_included,
                )
                for index in KEYS[field]
            )
        )


def _planned(term: Term) -> tuple[Plan, int]:
    """The plan of a term and its words. It depends on nothing else; and in queries that are all different the terms are
    the same again and again."""
    return _Planning().term(term)


_lately: Final = lru_cache(maxsize=4096)(_planned)


def anywhere(field: Field, word: str, exactly: bool = False) -> Plan:
    """Records that have a token in a field of words. All words together are held exactly only if not ASCII."""
    if not word.strip(MANY):  # any word at all: the field is there
        return EVERYTHING if field is Field.ANY else _or(*[Word(index, EDGE) for index in _indexes(field)])
    if field is Field.ANY and not exactly:
        return Word(ALL, word)
    if field is Field.ANY and not word.isascii() and not has_mask(word):
        return Word(MARKED, word)
    return _or(*[Word(index, word) for index in _indexes(field, exactly)])


def _indexes(field: Field, exactly: bool = False) -> tuple[str, ...]:
    found = WRITTEN if field is Field.ANY else TEXT[field]
    return tuple(map(exact, found)) if exactly else found


def _or(*parts: Plan) -> Plan:
    """`Some` as one list, without parts that find nothing; no list of one."""
    kept: list[Plan] = []
    for part in parts:
        if type(part) is Some:
            kept += part.parts
        else:
            kept.append(part)
    return kept[0] if len(kept) == 1 else Some(tuple(kept))


def bounded(words: list[str], whole: bool) -> list[tuple[int, str]]:
    """The slots of words that begin a value, or are the whole of it."""
    slots = [(0, EDGE + words[0]), *enumerate(words[1:], 2)]
    return [*slots, (len(words) + 1, EDGE)] if whole else slots


def _slots(index: str, slots: Iterable[tuple[int, str]]) -> Plan:
    """A word that may be any is a place left free; only what stands at the ends of it counts."""
    kept = [(place, token) for place, token in slots if token.strip(MANY)]
    if len(kept) < 2:
        return Word(index, kept[0][1]) if kept else NOTHING
    start = kept[0][0]
    return Words(index, tuple((place - start, token) for place, token in kept))


def _somewhere(slots: Iterable[tuple[int, str]]) -> Plan:
    """Tokens at places relative to one another, whatever they are said of: `ALL` holds no places."""
    kept = list(slots)
    found = [_slots(index, kept) for index in WRITTEN]
    if isinstance(found[0], Word):  # one word only, and no place to look at
        return Word(ALL, found[0].token)
    return _or(*found)


def _ways(term: Term) -> list[Term]:
    """A place of publication in all the ways it is written; one letter is the whole of what stands there."""
    if term.exact or term.match in (Match.FIRST, Match.WHOLE):
        return []
    ways = written(term.text)
    return [Term(term.field, way, Match.WHOLE if len(way) < 3 and way[-1] == "." else Match.PHRASE) for way in ways]


def _text(term: Term) -> str:
    _check_length(term.text)
    return masked(term.text)


def _key_of(index: str, text: str) -> str:
    """What `text` is compared as in a field of keys."""
    if index == "isbn":
        return asked_isbn(text)
    if has_mask(text):
        key = compact(text)
        if key.strip(MANY + ONE):
            return key
        return MANY if key else ""
    if index in ("material", "type"):
        key = compact(text)
        own = _KINDS.get(key)
        return own or key if index == "material" else "" if own else key
    if index == "access":
        return _ACCESS.get(compact(text), compact(text))
    # The whole comes first; that a record is also found by a part of its number is the record's affair.
    keys = (control_keys if index == "control" else class_keys)(asked_issn(text) if index == "issn" else text)
    return keys[0] if keys else ""


def _span(
    field: Field, low: str | None, high: str | None, low_included: bool = True, high_included: bool = True
) -> Plan:
    first, last = NUMBERS[field]
    bottom = 0 if low is None else _moment(field, low, up=not low_included) + (not low_included)
    top = _OPEN if high is None else _moment(field, high, up=high_included) - (not high_included)
    return Span(first, last, bottom, top) if bottom <= top else NOTHING


def _moment(field: Field, text: str, up: bool) -> int:
    """A year, month or day as a number of the field: of a longer stretch its first day, or for `up` its last."""
    found = _DATE.match(text)
    if found is None:
        raise InputError(messages.DATE_SYNTAX, field=field.value, seen=text[:40])
    year, month, day = found.groups()
    if field is Field.DATE:
        return int(year)
    return int(year) * 10_000 + int(month or ("99" if up else "0")) * 100 + int(day or ("99" if up else "0"))


def _check_length(text: str) -> None:
    if len(text) > SEARCH_TERM_CHARACTERS:
        raise _limit("SEARCH_TERM_CHARACTERS", len(text), SEARCH_TERM_CHARACTERS)


def _check_mask(word: str) -> None:
    letters = len(word.replace(MANY, "").replace(ONE, ""))
    if MANY in word and 0 < letters < SEARCH_MASK_LETTERS:
        raise LimitError(
            messages.MASK_SHORT,
            limit="SEARCH_MASK_LETTERS",
            seen=word.replace(MANY, "*").replace(ONE, "?"),
            allowed=SEARCH_MASK_LETTERS,
        )


def _limit(name: str, seen: int, allowed: int) -> LimitError:
    return LimitError(messages.LIMIT, limit=name, seen=seen, allowed=allowed)
