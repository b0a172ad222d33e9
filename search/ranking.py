"""What makes one record better than another, for every engine alike, besides its own measure of words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import combinations, islice

from foundation.limits import SEARCH_MASK_LETTERS
from search.analysis import EDGE, MANY, asked, has_mask, masked, opening
from search.fields import STARTS
from search.plan import All, Plan, Some, Span, Word, Words, anywhere, bounded, plan
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


@lru_cache(maxsize=4096)
def steps(query: Query) -> tuple[Plan, ...]:
    """What a long answer begins with: parts of what a query finds, each better than the ones behind it, and all of them
    better than what none finds; of each part the shortest titles come first.

    The titles that begin with the first two words that are asked for, where they have to stand beside one another or
    nearly so; those that begin with the first one, so that the title that is nothing but what is asked for comes first;
    then all that have the words in the title; with the same marks, if any are asked for. Of alternatives those that
    have two of them come before those that have one. Of a beginning whose second word is truncated the titles that
    begin so, whatever their marks. What narrows a query narrows each part. Nobody reads ten thousand records to the
    end, so they need not all be weighed against one another: these are looked up, and the others weighed when they are
    not enough. None where no word is asked for that a title could have, nor where words of several terms are asked for
    together: few records have them all in the title, and what is found has to be gone through for them in any case.
    """
    wanted, narrowing = _narrowed(query)
    terms = list(islice(_terms(wanted), _TERMS + 1))
    found: tuple[Plan, ...]
    if isinstance(wanted, Term) and _begins_so(wanted):
        found = (plan(replace(wanted, field=Field.TITLE_PROPER)),)
    elif not isinstance(wanted, Term | Near | Or) or not 0 < len(terms) <= _TERMS or not all(map(_begun_by, terms)):
        return ()
    else:
        found = _of_alternatives(wanted) if isinstance(wanted, Or) else _of_one(wanted, terms)
    return tuple(All((step, *narrowing)) if narrowing else step for step in found)


def _narrowed(query: Query) -> tuple[Query, tuple[Plan, ...]]:
    """What is asked for by its words, and by what it is narrowed besides; but not by one span of years or days, which
    the engine looks at in what it has found (`tantivy_ranking`)."""
    if not isinstance(query, And):
        return query, ()
    wanted = [part for part in query.parts if next(_terms(part), None)]
    others = [plan(part) for part in query.parts if part not in wanted]
    if len(wanted) != 1:
        return query, ()
    parted = [part for part in others if not isinstance(part, Span)]
    return wanted[0], tuple(parted if len(parted) + 1 == len(others) else others)


def _of_alternatives(query: Or) -> tuple[Plan, ...]:
    parts = [part for part in query.parts if next(_terms(part), None)]
    titled = [_titled(part) for part in parts]
    begun = [_begun(part, inside) for part, inside in zip(parts, titled, strict=True)]
    together = [All(pair) for pair in combinations(titled, 2)]
    return (*([Some(tuple(together))] if together else ()), Some(tuple(begun)), Some(tuple(titled)))


def _of_one(query: Term | Near, terms: Sequence[Term]) -> tuple[Plan, ...]:
    inside = _titled(query)
    found = _begun(query, inside), inside
    if isinstance(query, Term) and query.match is Match.ALL:
        return found
    marked = not all(term.text.isascii() for term in terms)
    words = [word for term in terms for word in asked(masked(term.text), marked)]
    if len(words) < 2:
        return found
    beside = Word(STARTS, opening(*words[:2]))
    # Two words that begin a title are all that most phrases ask for.
    enough = len(words) == 2 and (isinstance(query, Near) or query.match is not Match.WHOLE)
    return beside if enough else All((beside, inside)), *found


def _begun(query: Query, inside: Plan) -> Plan:
    """Those of `inside` whose titles begin with the first word that is asked for."""
    begun = Word("t", EDGE + asked(masked(next(_terms(query)).text))[0])
    return begun if inside == Word("t", begun.token[1:]) else All((begun, inside))


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


def _begins_so(term: Term) -> bool:
    """Whether titles are asked for by their first word and what their second one begins with, which a key says."""
    words = asked(masked(term.text)) if _ranked(term) and len(term.text) <= _CHARACTERS else []
    return (
        term.match is Match.FIRST and [*map(has_mask, words)] == [False, True] and not has_mask(words[1].rstrip(MANY))
    )


def _begun_by(term: Term) -> bool:
    """Whether its words are few, and without masks; one word may be truncated. Of several the engine finds the
    truncated ones as slowly as it weighs what it finds."""
    words = asked(masked(term.text)) if len(term.text) <= _CHARACTERS else []
    letters = SEARCH_MASK_LETTERS if len(words) == 1 else None
    return 0 < len(words) <= _WORDS and not any(has_mask(word[:letters]) for word in words)
