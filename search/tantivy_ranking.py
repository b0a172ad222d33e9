"""The best of what a query finds, by tantivy.

The engine weighs every record it finds, and what a record may gain by is looked for in all of them. An answer of few
records is made so, in one search. A long one is counted, which takes a fraction of the time, and its first page comes
from the steps of `ranking.steps`, the shortest titles of each first.
"""

from __future__ import annotations

from functools import partial
from typing import Any, Final, NamedTuple

import tantivy
from tantivy import Occur, Order

from search.index import Scope
from search.plan import All, Plan, Span
from search.query import Query
from search.ranking import implied, ranking, steps
from search.tantivy_order import LENGTH, Hits, placed
from search.tantivy_queries import Queries, by_keys, either

_LONG: Final = 1_000
"""Records that have its words, from which on an answer is counted first."""
_FEW: Final = 100
"""Records that are all weighed."""
_PAGE: Final = 100
"""Records of one page of people and most protocols."""
_LOOKED_AT: Final = 200
"""Records of a step whose years are looked at one by one."""
_EACH: Final = {"found": {"filter": "*"}}
"""Counts what is found: nothing is weighed for it, and no column read."""
_MAKE: Final = tantivy.Query


class Asked(NamedTuple):
    """One query, as people ask it, as it was planned, and as the engine takes it."""

    query: Query
    scope: Scope
    node: Plan
    found: Any


def best(searcher: Any, queries: Queries, asked: Asked, offset: int, limit: int) -> tuple[int, Hits]:
    """How many records are found, and `limit` of them from a place on; each has one place, whatever page."""
    # In a small index looking how many records have the words costs more than it saves.
    if searcher.num_docs < 20 * _LONG or queries.most(asked.node, _LONG) < _LONG:
        result = searcher.search(_weighed(queries, asked, few=True), limit=limit, offset=offset)
        return result.count, result.hits
    first = steps(asked.query)
    if not first:
        result = searcher.search(_weighed(queries, asked), limit=limit, offset=offset)
        return result.count, result.hits
    count = counted(searcher, queries, asked)
    if count < _FEW:
        return count, searcher.search(_weighed(queries, asked), limit=limit, offset=offset, count=False).hits
    hits: Hits = []
    before = None
    # What a first page has of the steps before is all of them, and left out here sooner than by the engine.
    apart = offset > 0 or limit > _PAGE
    for step in first:
        found = queries.within(by_keys(step), asked.scope)
        if found is None:
            continue
        passed, some = _page(searcher, queries, asked, _without(found, before), offset, limit)
        hits = _joined(hits, some, limit)
        if len(hits) == limit:
            return count, hits
        if apart:
            offset = max(0, offset - passed)
            before = found if before is None else either([before, found])
    rest = _without(_weighed(queries, asked), before)
    return count, _joined(hits, searcher.search(rest, limit=limit, offset=offset, count=False).hits, limit)


def _joined(hits: Hits, more: Hits, limit: int) -> Hits:
    """The first `limit` of both, each record once."""
    met = {placed(address) for _, address in hits}
    return [*hits, *(hit for hit in more if placed(hit[1]) not in met)][:limit]


def counted(searcher: Any, queries: Queries, asked: Asked) -> int:
    """How many records are found. Those of a span of years are counted by their columns in what is found without it,
    which saves going through all years."""
    node, span = _apart(asked.node)
    if span is None:
        return _all(searcher, queries, asked)
    # What begins after the span and what ends before it is not in it, and nothing does both.
    begun = {"range": {"field": span.first, "ranges": [{"to": span.high + 1}]}}
    ended = {"range": {"field": span.last, "ranges": [{"to": span.low}]}}
    told = searcher.aggregate(queries.within(node, asked.scope), {"begun": begun, "ended": ended})
    return _below(told["begun"]) - (_below(told["ended"]) if span.low else 0)


def _all(searcher: Any, queries: Queries, asked: Asked) -> int:
    """How many records are found: as the length of a list says, or by a walk through them."""
    told = None if asked.scope.keys else queries.told(asked.node)
    if told is not None:
        return told
    found = queries.within(by_keys(asked.node), asked.scope)
    return int(searcher.aggregate(found, _EACH)["found"]["doc_count"])


def _below(told: Any) -> int:
    """How many records lie below the one end that a range was asked for with; the engine tells of the others too."""
    return sum(int(bucket["doc_count"]) for bucket in told["buckets"] if "from" not in bucket)


def _apart(node: Plan) -> tuple[Plan, Span | None]:
    """A plan that is narrowed by a span, without it, and the span."""
    if not isinstance(node, All):
        return node, None
    spans = [part for part in node.parts if isinstance(part, Span)]
    others = tuple(part for part in node.parts if not isinstance(part, Span))
    return (All(others, node.taken), spans[0]) if len(spans) == 1 and others else (node, None)


def _page(searcher: Any, queries: Queries, asked: Asked, found: Any, offset: int, limit: int) -> tuple[int, Hits]:
    """How many records of a step lie in the span that is asked for, and some of them, the shortest titles first; no
    number that means anything when there are enough."""
    _, span = _apart(asked.node)
    order = partial(searcher.search, order_by_field=LENGTH, order=Order.Asc)
    if span is None:
        result = order(found, limit=limit, offset=offset, count=offset > 0)
        return result.count or 0, result.hits
    result = order(found, limit=offset + limit + _LOOKED_AT)
    addresses = [address for _, address in result.hits]
    begun, ended = (searcher.fast_field_values(name, addresses) for name in (span.first, span.last))
    inside = [
        hit
        for hit, begin, end in zip(result.hits, begun, ended, strict=True)
        if begin is not None and begin <= span.high and end >= span.low
    ]
    if len(inside) < offset + limit and len(addresses) < result.count:
        result = order(
            _MAKE.boolean_query([(Occur.Must, found), (Occur.Must, queries.query(span))]), limit=limit, offset=offset
        )
        return result.count, result.hits
    return len(inside), inside[offset : offset + limit]


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
