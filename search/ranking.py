"""What makes one record better than another, for every engine alike, besides its own measure of words."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

from search.analysis import asked, has_mask, masked
from search.plan import All, Plan, Word, Words, anywhere, bounded
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
            case Term() as term if term.field in _RANKED and term.match is not Match.SOME and not term.exact:
                yield term
            case And(parts) | Or(parts):
                ahead.extend(parts)
            case Not(kept, _):
                ahead.append(kept)
            case Near(left, right):
                ahead.extend((left, right))
            case _:
                pass
