"""Plans as queries of tantivy, for one commit of the index.

The engine looks every word up in every segment, and joins what it did not find like what it did. Here it is asked first
whether a word is there at all, and remembered: what finds nothing is not asked for, and is left out where it is one of
several.
"""

from __future__ import annotations

from itertools import product
from math import prod
from typing import Any, Final

import tantivy
from tantivy import FieldType, Occur

from search.analysis import BEGUN, EDGE, MANY, has_mask, opening
from search.fields import ALL, MARKED, STARTS
from search.index import Scope
from search.packing import KEYS, common, pattern, place, within
from search.plan import All, Around, Between, Plan, Some, Span, Word, Words

_FEW: Final = 24
"""Phrases that are quicker asked one by one than as a pattern, which is compared with every token of a field."""
_KEPT: Final = 20_000
"""Words that are remembered, of half a kilobyte each."""
_MAKE: Final = tantivy.Query


class Queries:
    """What plans are, as the engine takes it. None: it finds nothing."""

    def __init__(self, searcher: Any, schema: Any, whole: bool) -> None:
        """`whole`: nothing was deleted from what is searched."""
        self._searcher, self._schema, self._whole = searcher, schema, whole
        self._words: dict[tuple[str, str], tuple[Any, int]] = {}

    def query(self, node: Plan) -> Any:
        """The query that finds what the plan finds."""
        if type(node) is Word:  # as most are, and matching patterns takes its time
            return self._word(node)
        if type(node) is Some:
            return either([self.query(part) for part in node.parts])
        match node:
            case All((), ()):
                return _MAKE.boolean_query([(Occur.Must, _MAKE.all_query()), (Occur.MustNot, self.states())])
            case All(parts, taken):
                return self._all(parts, taken)
            case Words(index, slots):
                return self._phrases(index, slots)
            case Around(index, one, other, distance):
                # Slop reaches to both sides of the place a word would have in the phrase: here that of the other one.
                name, begin = place(index)
                pair: list[str | tuple[int, str]] = [(0, begin + one), (0, begin + other)]
                if not (self._has(name, begin + one) and self._has(name, begin + other)):
                    return None
                return _MAKE.phrase_query(self._schema, name, pair, distance)
            case Span(first, last, low, high):
                if first == last:
                    return _MAKE.range_query(self._schema, first, FieldType.Unsigned, low, high)
                begun = _MAKE.range_query(self._schema, first, FieldType.Unsigned, None, high)
                not_ended = _MAKE.range_query(self._schema, last, FieldType.Unsigned, low, None)
                return _MAKE.boolean_query([(Occur.Must, begun), (Occur.Must, not_ended)])
            case Between():
                return _MAKE.term_set_query(self._schema, KEYS, self._between(node))

    def within(self, node: Plan, scope: Scope) -> Any:
        """The query that finds what the plan finds in a part of the catalogue."""
        parts = [node, *(Word(name, key) for name, key in scope.keys)]
        return self.query(All(tuple(parts)) if len(parts) > 1 else node)

    def states(self) -> Any:
        """What finds the documents that are no records: how far the index is, what numbers stand for."""
        return _MAKE.range_query(self._schema, "state", FieldType.Unsigned, 0, None)

    def _all(self, parts: tuple[Plan, ...], taken: tuple[Plan, ...]) -> Any:
        wanted = [self.query(part) for part in parts or (All(),)]
        if None in wanted:
            return None
        without = [query for part in taken if (query := self.query(part)) is not None]
        if len(wanted) == 1 and not without:
            return wanted[0]
        return _MAKE.boolean_query(
            [*((Occur.Must, query) for query in wanted), *((Occur.MustNot, query) for query in without)]
        )

    def most(self, node: Plan, enough: int) -> int:
        """At least as many records as the plan finds, from how many have its words; or `enough` of them."""
        if isinstance(node, Words):
            name, begin = place(node.index)
            return min([self._records(name, begin + token) for _, token in node.slots])
        if isinstance(node, Word):
            name, begin = place(node.index)
            return self._records(name, begin + node.token)
        if isinstance(node, Some):
            found = 0
            for part in node.parts:
                found += self.most(part, enough)
                if found >= enough:
                    break
            return found
        if isinstance(node, Around):
            name, begin = place(node.index)
            return min(self._records(name, begin + node.one), self._records(name, begin + node.other))
        if isinstance(node, All) and node.parts:
            return min([self.most(part, enough) for part in node.parts])
        return int(self._searcher.num_docs)

    def told(self, node: Plan) -> int | None:
        """How many records the plan finds, where the length of one list says it; else None."""
        if not self._whole or not isinstance(node, Word):
            return None
        name, token = _token(node)
        return None if has_mask(token) else self._counted(name, token)[1]

    def _records(self, name: str, token: str) -> int:
        if has_mask(token):
            return int(self._searcher.num_docs)
        return self._counted(name, token)[1]

    def _word(self, node: Word) -> Any:
        name, token = _token(node)
        if not has_mask(token):
            return self._known(name, token)
        if node.index in ("t", STARTS) and len(choices := self._choices(name, token)) <= _FEW:
            return either([self._known(name, choice) for choice in choices])
        return _MAKE.regex_query(self._schema, name, pattern(token))

    def _known(self, name: str, token: str) -> Any:
        """The query for a token as the engine has it; None where no record has it."""
        return self._counted(name, token)[0]

    def _counted(self, name: str, token: str) -> tuple[Any, int]:
        """The query for a token, and how many records have it; those that are deleted may be among them."""
        key = name, token
        try:
            return self._words[key]
        except KeyError:
            pass
        found = None
        if records := int(self._searcher.doc_freq(name, token)):
            option = "basic" if name in (KEYS, MARKED) else "freq" if name == ALL else "position"
            found = _MAKE.term_query(self._schema, name, token, option)
        if len(self._words) >= _KEPT:
            self._words.clear()
        self._words[key] = found, records
        return found, records

    def _has(self, name: str, token: str) -> bool:
        return self._known(name, token) is not None

    def _phrases(self, index: str, slots: tuple[tuple[int, str], ...]) -> Any:
        name, begin = place(index)
        if not any(has_mask(token) for _, token in slots):  # as most have none
            spots: list[str | tuple[int, str]] = [(at, begin + token) for at, token in slots]
            there = all(self._has(name, begin + token) for _, token in slots)
            return _MAKE.phrase_query(self._schema, name, spots) if there else None
        choices = [self._choices(name, begin + token) for _, token in slots]
        if not all(choices):
            return None
        if prod(map(len, choices)) > _FEW:
            spots = [(at, pattern(begin + token)) for at, token in slots]
            return _MAKE.regex_phrase_query(self._schema, name, spots)
        places = [at for at, _ in slots]
        every: list[list[str | tuple[int, str]]] = [[*zip(places, chosen, strict=True)] for chosen in product(*choices)]
        return either([_MAKE.phrase_query(self._schema, name, placed) for placed in every])

    def _choices(self, name: str, token: str) -> list[str]:
        """What a token may stand for: a truncated one for all that begin so, when they are few. Too many to be tried
        one by one when it has masks inside: then the engine goes through all its tokens."""
        if not has_mask(token):
            return [token] if self._has(name, token) else []
        literal = token.rstrip(MANY)
        if has_mask(literal):
            return [""] * (_FEW + 1)
        return [term for term, _ in self._searcher.terms_with_prefix(name, literal, limit=_FEW + 1)]

    def _between(self, node: Between) -> list[str]:
        """The keys between two ends, from the list of all that begin as both ends do."""
        name, begin = place(node.index)
        return within(node, (key for key, _ in self._searcher.terms_with_prefix(name, begin + common(node))))


def by_keys(node: Plan) -> Plan:
    """What finds the same as a plan by the keys of how titles begin, where these say it, and not by places of words."""
    match node:
        case Some(parts):
            return Some(tuple(map(by_keys, parts)))
        case Words("t", ((0, begun), (2, word))) if begun.startswith(EDGE) and not has_mask(begun):
            literal = word.rstrip(MANY)
            return Word(STARTS, opening(begun[1:], word)) if literal.strip(EDGE) and not has_mask(literal) else node
        case _:
            return node


def _token(word: Word) -> tuple[str, str]:
    """The engine's field and its token for a word; with masks only where there is no token for a truncated one."""
    name, begin = place(word.index)
    if has_mask(word.token) and (known := _truncated(word.index, word.token.rstrip(MANY))):
        return known
    return name, begin + word.token


def _truncated(index: str, literal: str) -> tuple[str, str] | None:
    """The token that stands for a truncated word of two letters: many records have it, in many words."""
    if index == ALL and len(literal) == BEGUN and not has_mask(literal):
        return MARKED, EDGE + literal
    if index == "t" and len(literal) == 1 + BEGUN and literal[0] == EDGE and not has_mask(literal):
        return KEYS, place(STARTS)[1] + literal
    return None


def either(queries: list[Any]) -> Any:
    """What one of these queries finds; None where none is left that finds anything."""
    kept = [query for query in queries if query is not None]
    if len(kept) < 2:
        return kept[0] if kept else None
    return _MAKE.boolean_query([(Occur.Should, query) for query in kept])
