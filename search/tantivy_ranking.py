"""The best of what a query finds, by tantivy.

The engine weighs every record it finds, and what a record may gain by is looked for in all of them. An answer of few
records is made so, in one search. A long one is counted, which takes a fraction of the time, and its first page comes
from the steps of `ranking.steps`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import tantivy
from tantivy import Occur

from search.index import Scope
from search.plan import All, Plan
from search.query import Query
from search.ranking import Step, implied, ranking, steps
from search.tantivy_queries import Queries

_LONG: Final = 1_000
"""Records that have its words, from which on an answer is counted first."""
_FEW: Final = 100
"""Records that are all weighed."""
_MAKE: Final = tantivy.Query
Hits = list[tuple[Any, Any]]


class Asked(NamedTuple):
    """One query, as people ask it, as it was planned, and as the engine takes it."""

    query: Query
    scope: Scope
    node: Plan
    found: Any


def best(searcher: Any, queries: Queries, asked: Asked, offset: int, limit: int) -> tuple[int, Hits]:
    """How many records are found, and `limit` of them from a place on; each has one place, whatever page."""
    # In a small index looking how many records have the words costs more than it saves.
    if searcher.num_docs < 20 * _LONG or queries.most(asked.node) < _LONG:
        result = searcher.search(_weighed(queries, asked, few=True), limit=limit, offset=offset)
        return result.count, result.hits
    first = steps(asked.query)
    if not first:
        result = searcher.search(_weighed(queries, asked), limit=limit, offset=offset)
        return result.count, result.hits
    count = searcher.search(asked.found, limit=1).count
    if count < _FEW:
        return count, searcher.search(_weighed(queries, asked), limit=limit, offset=offset, count=False).hits
    hits: Hits = []
    for step in _in_turn(queries, asked, first):
        result = searcher.search(step, limit=limit - len(hits), offset=offset)
        hits += result.hits
        if len(hits) == limit:
            break
        offset = max(0, offset - result.count)
    return count, hits


def _in_turn(queries: Queries, asked: Asked, first: tuple[Step, ...]) -> Iterator[Any]:
    """What finds the records of each step that no earlier one has, and at last all others."""
    before = None
    for step in first:
        found = queries.within(step.found, asked.scope)
        if found is None:
            continue
        yield _without(found if step.measured is None else _measured(queries, step, step.measured, asked.scope), before)
        before = found
    yield _without(_weighed(queries, asked), before)


def _measured(queries: Queries, step: Step, by: Plan, scope: Scope) -> Any:
    """What finds the records of a step, with one part of it as their measure."""
    parts = step.found.parts if isinstance(step.found, All) else (step.found,)
    measure = queries.query(by)
    others = tuple(part for part in parts if part != by)
    if not others and not scope.keys:
        return measure
    rest = queries.within(All(others) if others else by, scope)
    return _MAKE.boolean_query([(Occur.Must, measure), (Occur.Must, _MAKE.const_score_query(rest, 0.0))])


def _weighed(queries: Queries, asked: Asked, few: bool = False) -> Any:
    """All that is found, with what each record gains; quicker to make if there are few, else quicker to be searched."""
    gains = [
        (Occur.Should, _MAKE.const_score_query(gained, weight))
        for gain, weight in ranking(asked.query)
        if (gained := queries.query(gain)) is not None
    ]
    if not gains:
        return asked.found
    # What gains is not kept to the part of the catalogue that is searched.
    alike = implied(asked.query) and not asked.scope.keys
    if few or alike:
        return _MAKE.boolean_query([(Occur.Should if alike else Occur.Must, asked.found), *gains])
    weighed = asked.found
    for gain in gains:  # one around the other: so none is looked for but in what is found
        weighed = _MAKE.boolean_query([(Occur.Must, weighed), gain])
    return weighed


def _without(found: Any, before: Any) -> Any:
    return found if before is None else _MAKE.boolean_query([(Occur.Must, found), (Occur.MustNot, before)])
