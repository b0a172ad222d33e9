"""What makes one record better than another, for every engine alike, besides its own measure of words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import combinations, islice
from typing import NamedTuple

from search.analysis import EDGE, asked, has_mask, masked
from search.plan import All, Plan, Some, Word, Words, anywhere, bounded, plan
from search.query import And, Field, Match, Near, Not, Or, Query, Term

_RANKED = frozenset((Field.ANY, Field.TITLE, Field.TITLE_PROPER))
_TERMS = 4
_WORDS = 10
_CHARACTERS = 400
"""Of a term that is looked at: more than ten words of any language have."""
IN_TITLE, WHOLE_TITLE, SAME_MARKS = 60.0, 30.0, 30.0
"""The engines' own measure of a query of few words stays below 60."""


def ranking(query: Query) -> list[tuple[Plan, float]]:
    """Plans, and what a record gains that they find."""
    found: list[tuple[Plan, float]] = []
    for term in islice(_terms(query), _TERMS):
        if len(term.text) <= _CHARACTERS:
            found += _gains(term)
    return found


@lru_cache(maxsize=4096)
def _gains(term: Term) -> tuple[tuple[Plan, float], ...]:
    words = asked(masked(term.text))
    if not words or len(words) > _WORDS or any(map(has_mask, words)):
        return ()
    found: list[tuple[Plan, float]] = []
    if term.field is Field.ANY:
        found.append((All(tuple(Word("t", word) for word in words)), IN_TITLE))
    if len(words) > 1 or term.field is not Field.ANY:
        found.append((Words("t", tuple(bounded(words, True))), WHOLE_TITLE))
    if not term.text.isascii():
        field = Field.ANY if term.field is Field.ANY else Field.TITLE_PROPER
        exact = asked(masked(term.text), exact=True)
        found.append((All(tuple(anywhere(field, word, True) for word in exact)), SAME_MARKS))
    return tuple(found)


def implied(query: Query) -> bool:
    """Whether everything that gains is found by the query anyway: where a word may stand anywhere, it may be that of a
    title or one with the same marks. Then what is found and what gains can be joined as equals, which is quicker than
    looking for what gains among what is found; not so where several words have to be found together."""
    match query:
        case Term(field=field, match=Match.ALL, text=text):
            return field in _RANKED and " " not in text
        case Or(parts):
            return all(map(implied, parts))
        case _:
            return False


def _terms(query: Query) -> Iterator[Term]:
    """The terms a record is wanted for, and for nothing but their being there."""
    ahead: list[Query] = [query]
    while ahead:
        match ahead.pop(0):
            case Term() as term if _ranked(term):
                yield term
            case And(parts) | Or(parts):
                ahead.extend(parts)
            case Not(kept, _):
                ahead.append(kept)
            case Near(left, right):
                ahead.extend((left, right))
            case _:
                pass


def _ranked(term: Term) -> bool:
    return term.field in _RANKED and term.match is not Match.SOME and not term.exact


class Step(NamedTuple):
    """Some of the records that a query finds, better than all that no step finds."""

    found: Plan
    measured: Word | None
    """What they are measured by, if not by all of `found`: how their titles begin, so the shortest come first."""


@lru_cache(maxsize=4096)
def steps(query: Query) -> tuple[Step, ...]:
    """What a long answer begins with, each step with all that the one before it has, and the first the best.

    The titles that begin with the first word that is asked for, so that of these the title that is nothing but what is
    asked for comes first; then all that have the words in the title; with the same marks, if any are asked for. Of
    alternatives those that have two of them. Nobody reads ten thousand records to the end, so they need not all be
    weighed against one another: these are looked up, and the others weighed when they are not enough. None where no
    word is asked for that a title could have, nor where several things are asked for together: few records have them
    all in the title, and what is found has to be gone through for them in any case.
    """
    terms = list(islice(_terms(query), _TERMS + 1))
    if not isinstance(query, Term | Near | Or) or not 0 < len(terms) <= _TERMS or not all(map(_plain, terms)):
        return ()
    if isinstance(query, Or):
        parts = [_titled(part) for part in query.parts if next(_terms(part), None)]
        together = [All(pair) for pair in combinations(parts, 2)] or parts
        return (Step(Some(tuple(together)), None),)
    inside = _titled(query)
    word = Word("t", asked(masked(terms[0].text))[0])
    begun = Word("t", EDGE + word.token)
    return Step(begun if inside == word else All((begun, inside)), begun), Step(inside, None)


def _titled(query: Query) -> Plan:
    """The plan of `query` with its words in titles proper: a part of what it finds."""
    match query:
        case Term() if _ranked(query):
            return plan(_in_title(query))
        case And(parts) if parts:
            return All(tuple(map(_titled, parts)))
        case Or(parts) if wanted := [part for part in parts if next(_terms(part), None)]:
            return All(tuple(map(_titled, wanted)))
        case Not(kept, taken):
            return All((_titled(kept),), (plan(taken),))
        case Near(left, right) if _ranked(left) and _ranked(right):
            one, other = _in_title(left), _in_title(right)
            exact = one.exact or other.exact
            return plan(replace(query, left=replace(one, exact=exact), right=replace(other, exact=exact)))
        case _:
            return plan(query)


def _in_title(term: Term) -> Term:
    return replace(term, field=Field.TITLE_PROPER, exact=not term.text.isascii())


def _plain(term: Term) -> bool:
    """Whether its words are few, and none of them has masks."""
    words = asked(masked(term.text)) if len(term.text) <= _CHARACTERS else []
    return 0 < len(words) <= _WORDS and not any(map(has_mask, words))
