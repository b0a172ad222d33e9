"""What a follower remembers from batch to batch: descriptions, and what it made of pairs that are not linked.

The name of a node is made of its description, and a judgement of two descriptions and the rules, so nothing that is
remembered can grow old; it serves as long as its scorer does. A component of many records that are alike is grouped
anew with each that joins it, and its pairs need not be judged anew for that.
"""

from __future__ import annotations

from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from union.blocks import Node
from union.features import Features
from union.scoring import Scorer

if TYPE_CHECKING:
    from union.screening import Screen

DESCRIPTIONS: Final = 20_000
"""About 3 KB each."""
SKETCHES: Final = 100_000
"""About 400 bytes each with their names."""
PAIRS: Final = 250_000
"""About 200 bytes each."""


class Recall:
    """Bounded: of what is too much the oldest is forgotten."""

    def __init__(self, scorer: Scorer) -> None:
        self.scorer = scorer
        self.features: dict[Node, Features] = {}
        self.sketches: dict[Node, bytes] = {}
        self._pairs: dict[tuple[Node, Node], float | None] = {}

    @cached_property
    def screen(self) -> Screen:
        """What gives hopeless pairs up by their sketches."""
        from union.screening import screen  # noqa: PLC0415 - numpy, which commands that match nothing need not load

        return screen(self.scorer.rules)

    def between(self, a: Node, b: Node, one: Features, other: Features) -> float | None:
        """The score of two nodes, the smaller first, and their features; None when a veto forbids the pair."""
        two = a, b
        try:
            return self._pairs[two]
        except KeyError:
            found = None if self.scorer.forbidden(one, other) else self.scorer.score(one, other)
            self._pairs[two] = found
            return found

    def trim(self) -> None:
        """Forget what is too much; between batches."""
        _shorten(self.features, DESCRIPTIONS)
        _shorten(self.sketches, SKETCHES)
        _shorten(self._pairs, PAIRS)


def _shorten(kept: dict[Any, Any], most: int) -> None:
    for key in list(islice(kept, max(0, len(kept) - most))):
        del kept[key]
