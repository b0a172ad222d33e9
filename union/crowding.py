"""Which pairs become candidates, and which are none any more, when nodes come into the blocks of the store and go.

The rule is that of `union.blocks`: two nodes are compared when some chain of keys they share has a block within the
cap. A block that grows over the cap takes its pairs with it, one that shrinks to it brings them back. Of a crowded
block no more rows are read than prove that it is crowded.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from union.blocks import Node
from union.features import Features
from union.keys import DEPTH, SIGN, TITLE, hashed, keys, refinements, titled
from union.shelf import Prefix, Row, Shelf, signed

Chain = tuple[int, int, int]
_NOBODY: Final[dict[Node, Row]] = {}
Pair = tuple[Node, Node]


class Pairs(NamedTuple):
    """What a change of blocks means for pairs."""

    fresh: dict[Node, set[Node]]
    """Who is born → whom it is a candidate with; of two who are born both know."""
    again: set[Pair]
    """Candidates now of those that were there, the smaller first; some of them may have been before."""
    recheck: list[frozenset[Node]]
    """Nodes of blocks that are crowded now: a link between two of them may have lost its support."""


def chained(features: Features) -> list[Chain]:
    """The chains of a description, as the store keeps them."""
    year, author = map(_hashed, refinements(features)[1:])
    return [(_hashed(key), year, author) for key in keys(features)]


def title_of(features: Features) -> int:
    """The plain number of the chain of a description's title, 0 when it has none."""
    key = titled(features)
    return _hashed(key) if key else 0


def titles_of(features: Features) -> set[int]:
    """The plain numbers of the chains of all its titles."""
    return {_hashed(key) for key in keys(features) if key.startswith(TITLE)}


def chain_of(block: str) -> Chain:
    """The chain of a block of `union.blocks` that is refined to the end."""
    key, year, author = block.split(SIGN)
    return _hashed(key), _hashed(f"{SIGN}{year}"), _hashed(f"{SIGN}{year}{SIGN}{author}")


@lru_cache(maxsize=65_536)
def _hashed(key: str) -> int:
    return signed(hashed(key))


class Crowding:
    """The blocks of the store as they are when `born` have come and `dead` have gone."""

    def __init__(
        self, shelf: Shelf, cap: int, born: Mapping[Node, Iterable[Chain]], dead: Mapping[Node, Iterable[Chain]]
    ) -> None:
        self._shelf = shelf
        self._cap = cap
        self._born = _Comers(born)
        self._dead = _Comers(dead)
        self._size: dict[Prefix, int] = {}
        self.crowded: set[Chain] = set()
        """Whole chains with more than the cap now, of those that `pairs` looked at: all that anything came into or went
        from and that are so."""

    def pairs(self) -> Pairs:
        """What changes, over all blocks that anything comes into or goes from."""
        found = Pairs({node: set() for node in self._born.nodes}, set(), [])
        mine = self._born.keys()
        # A block that something only goes from gives pairs if it was a crowd, and else nobody asks who is in it.
        waiting: set[Prefix] = mine | self._shelf.crowds(self._dead.keys() - mine, self._cap)
        for plain, nodes in self._shelf.small([prefix[0] for prefix in waiting], self._cap).items():
            if self._joined((plain,), nodes, found):
                waiting.remove((plain,))
        while waiting:
            rows = self._shelf.blocks({prefix: self._limit(prefix) for prefix in waiting})
            waiting = set()
            for prefix, some in rows.items():
                if not self._joined(prefix, [row[2] for row in some], found):
                    waiting |= self._look(prefix, some, found)
        for node, others in found.fresh.items():
            others.difference_update(self._dead.nodes)
            others.discard(node)
        return found

    def _joined(self, prefix: Prefix, nodes: list[Node], found: Pairs) -> bool:
        """Make candidates in a block that is small and stays so, as most are; False for any other."""
        born = self._born.at(prefix)
        if len(nodes) + len(born) > self._cap:
            return False
        nodes += born
        for node in born:
            found.fresh[node].update(nodes)
        return True

    def supported(
        self, pairs: Iterable[tuple[Node, Node]], known: Mapping[Node, list[Chain]]
    ) -> set[tuple[Node, Node]]:
        """Those of the pairs that are candidates now."""
        shared = {
            (a, b): [_common(one, other) for one in known[a] for other in known[b] if one[0] == other[0]]
            for a, b in pairs
        }
        found: set[Pair] = set()
        for depth in range(1, DEPTH + 1):
            wanted = {
                prefix[:depth]
                for pair, prefixes in shared.items()
                if pair not in found
                for prefix in prefixes
                if len(prefix) >= depth
            }
            self._measure(wanted)
            for pair, prefixes in shared.items():
                if pair in found:
                    continue
                if any(len(prefix) >= depth and self._size[prefix[:depth]] <= self._cap for prefix in prefixes):
                    found.add(pair)
        return found

    def _limit(self, prefix: Prefix) -> int:
        """So many rows that what is left when the dead have gone still tells a crowd."""
        return self._cap + 1 + len(self._dead.at(prefix))

    def _measure(self, prefixes: set[Prefix]) -> None:
        unknown = {prefix: self._limit(prefix) for prefix in prefixes if prefix not in self._size}
        for prefix, rows in self._shelf.blocks(unknown).items():
            self._size[prefix] = len(self._after(prefix, rows))

    def _after(self, prefix: Prefix, rows: list[Row]) -> dict[Node, Row]:
        gone = self._dead.at(prefix)
        return {row[2]: row for row in rows if row[2] not in gone} | self._born.at(prefix)

    def _look(self, prefix: Prefix, rows: list[Row], found: Pairs) -> set[Prefix]:
        """What one block gives; the blocks below it that have to be looked at."""
        before, after = len(rows), self._after(prefix, rows)
        crowded = (
            before > self._cap
        )  # rows above the cap may be a part of all; then `after` is above it as well, or all
        self._size[prefix] = len(after)
        born = self._born.at(prefix)
        if len(after) <= self._cap:
            self._pair(found, after if crowded else born, after)
            return set()
        if len(prefix) == DEPTH:
            self.crowded.add((prefix[0], prefix[1], prefix[2]))
        if not crowded:
            found.recheck.append(frozenset(row[2] for row in rows if row[2] in after))
            self._descend(prefix, list(after.values()), born, found)
            return set()
        if len(prefix) == DEPTH:
            return set()
        touched = (*born.values(), *self._dead.at(prefix).values())
        return {(*prefix, _below(prefix, row)) for row in touched}

    def _descend(self, prefix: Prefix, rows: list[Row], born: Mapping[Node, Row], found: Pairs) -> None:
        """The refinements of a block that has just become crowded: who in them is new is compared."""
        depth = len(prefix)
        if depth == DEPTH:
            return
        parts: dict[int, list[Row]] = {}
        for row in rows:
            parts.setdefault(_below(prefix, row), []).append(row)
        for value, some in parts.items():
            new = {row[2]: row for row in some if row[2] in born}
            if len(some) <= self._cap:
                self._pair(found, new, [row[2] for row in some])
            else:
                # All pairs of the refinement were candidates by the block above it until now.
                found.recheck.append(frozenset(row[2] for row in some if row[2] not in born))
                if depth + 1 == DEPTH:
                    self.crowded.add((prefix[0], prefix[1], value))
                self._descend((*prefix, value), some, new, found)

    def _pair(self, found: Pairs, some: Iterable[Node], others: Collection[Node]) -> None:
        """Make candidates of the first with the others."""
        there = [node for node in others if node not in self._born.nodes]
        for one in some:
            if one in found.fresh:
                found.fresh[one].update(others)
            else:
                found.again.update([(one, node) if one < node else (node, one) for node in there if node != one])
                # Those who are born have it among theirs, wherever they stand among the others.
                for node in others:
                    if node in found.fresh:
                        found.fresh[node].add(one)


class _Comers:
    """Nodes that come or go, by block. Few blocks are crowded, so what is below a key is looked at when it is asked."""

    def __init__(self, nodes: Mapping[Node, Iterable[Chain]]) -> None:
        self.nodes = nodes.keys()
        self._rows: dict[int, dict[Node, Row]] = {}
        for node, mine in nodes.items():
            for plain, year, author in mine:
                self._rows.setdefault(plain, {})[node] = (year, author, node)

    def keys(self) -> set[Prefix]:
        """The plain keys."""
        return {(plain,) for plain in self._rows}

    def at(self, prefix: Prefix) -> dict[Node, Row]:
        """The rows of one block."""
        found = self._rows.get(prefix[0], _NOBODY)
        if len(prefix) == 1 or not found:
            return found
        return {node: row for node, row in found.items() if row[: len(prefix) - 1] == prefix[1:]}


def _below(prefix: Prefix, row: Row) -> int:
    """What of a row refines its block."""
    found: int = row[0] if len(prefix) == 1 else row[1]
    return found


def _common(one: Chain, other: Chain) -> Prefix:
    depth = 1
    while depth < DEPTH and one[depth] == other[depth]:
        depth += 1
    return one[:depth]
