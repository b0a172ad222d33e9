"""Which pairs of sketches may be worth comparing: the others no veto lets through, or nothing could lift to the floor.

Every veto and every comparison is asked here of thousands of pairs at once, as far as sketches can answer it, and where
they cannot, the answer is the one that helps a pair most. So what is dropped is what `Scorer.candidate` would drop; a
test compares them. It costs a twentieth of reading two descriptions and comparing them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from union import seeing
from union.comparison import AUTHORS, TITLES, printing, work
from union.rules import BIAS, KINDS, Rules, shipped
from union.scoring import ONE_PROPER
from union.seeing import BY, LOOKS, PAGES, PUBLISHERS, YEARS, Mask, Pairs, Places, Rows, table_of
from union.sketches import MUTE, VIETNAMESE
from union.vetoes import APART, DATED, FEW, HELD, UNDIVIDED, VETOES

_AT_ONCE: Final = 16_384
"""Pairs in one stroke, about 10 MB of numbers."""
_MARGIN: Final = 0.01
"""Scores are rounded; a bound so little below the floor is let through."""
_SERIAL: Final = KINDS.index("serial")
_UNDIVIDED: Final = np.array([kind in UNDIVIDED for kind in KINDS])
_LONG: Final = 100
"""Pages of a book above which a number mistyped in its title is believed to be a slip (`union.vetoes.numbers`)."""


class Screen:
    """The rules made ready for sketches."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._force = {name: np.array([name in rules.vetoes[kind] for kind in KINDS]) for name in VETOES}
        self._bias = np.array([rules.tables[kind].get(BIAS, {}).get(BIAS, 0.0) for kind in KINDS])
        self._weights = {
            name: np.array(
                [[max(self._weight(kind, name, level) for level in some) for some in states] for kind in KINDS]
            )
            for name, (_, states) in LOOKS.items()
        }
        self._printed = np.array([
            [[[self._printing(kind, when, long, some) for some in PUBLISHERS] for long in PAGES] for when in YEARS]
            for kind in KINDS
        ])  # fmt: skip
        self._made = np.array([
            [[max(by[name] for name in some) for some in BY] for by in self._work(kind)] for kind in KINDS
        ])  # fmt: skip

    def hopeful(self, sketches: Sequence[bytes], left: Sequence[int], right: Sequence[int], floor: float) -> list[bool]:
        """For each pair of places in `sketches`, whether it may be a candidate that reaches `floor`."""
        columns = table_of(sketches)
        found: list[bool] = []
        for start in range(0, len(left), _AT_ONCE):
            part = slice(start, start + _AT_ONCE)
            found += self._hopeful(columns, np.array(left[part]), np.array(right[part]), floor).tolist()
        return found

    def _hopeful(self, columns: Mapping[str, Rows], left: Places, right: Places, floor: float) -> Mask:
        here = np.arange(len(left))
        for forbidden in (_plainly, _by_titles):
            here = here[~forbidden(Pairs(columns, left[here], right[here]), self._force)]
        mask = np.zeros(len(left), bool)
        mask[here[self._bound(Pairs(columns, left[here], right[here])) >= floor - _MARGIN]] = True
        return mask

    def _bound(self, pairs: Pairs) -> NDArray[np.float64]:
        """No pair has a score above this."""
        kind = pairs.table
        found: NDArray[np.float64] = self._bias[kind]
        for name, (look, _) in LOOKS.items():
            found = found + self._weights[name][kind, look(pairs)]
        found += self._printed[kind, pairs.year, pairs.pages, seeing.publisher(pairs)]
        found += self._made[kind, pairs.maybe("title").astype(np.intp), seeing.author(pairs)]
        return found

    def _weight(self, kind: str, name: str, level: str) -> float:
        return self._rules.tables[kind].get(name, {}).get(level, 0.0)

    def _printing(self, kind: str, when: str, long: str, publishers: Sequence[str]) -> float:
        """The most that year, pages and publisher can add, each alone and all together."""
        most = max(
            self._weight(kind, "publisher", by) + self._weight(kind, "printing", printing(when, long, by))
            for by in publishers
        )
        return most + self._weight(kind, "year", when) + self._weight(kind, "pages", long)

    def _work(self, kind: str) -> Iterator[dict[str, float]]:
        """For two titles proper, then for one: the most that each author and any title can add, alone and together."""
        for equal in (False, True):
            titles = [level for level in TITLES if equal or not level.startswith(ONE_PROPER)]
            yield {
                by: self._weight(kind, "author", by)
                + max(self._weight(kind, "title", one) + self._weight(kind, "work", work(one, by)) for one in titles)
                for by in AUTHORS
            }


def screen(rules: Rules) -> Screen:
    """The screen of some rules; of those that came with the program there is one."""
    return _shipped() if rules is shipped() else Screen(rules)


@cache
def _shipped() -> Screen:
    return Screen(shipped())


# --- what surely forbids a pair (`union.vetoes`), where the table of its kind has the veto in force -------------------


def _plainly(pairs: Pairs, force: Mapping[str, Mask]) -> Mask:
    """Those that numbers and codes forbid."""
    kind = pairs.table
    here = pairs.any_flagged(VIETNAMESE)
    (a, b), (first, second) = pairs.sides("kind"), pairs.first_years
    volumes, others = pairs.sides("volumes")
    pages, long = pairs.sides("pages")
    sets = (volumes > 1) | (others > 1)
    dead = pairs.any_flagged(MUTE)
    dead |= force["volume"][kind] & pairs.both("volume") & ~pairs.maybe("volume")
    dead |= force["carrier"][kind] & ~pairs.maybe("carrier") & ~seeing.filmed(pairs)
    alien = pairs.either("host") | pairs.either("issn_set") | ~(_UNDIVIDED[a] & _UNDIVIDED[b])
    dead |= force["kind"][kind] & (a != b) & alien
    dated = (a != _SERIAL) & (b != _SERIAL) & ~sets & (np.minimum(first, second) >= DATED)
    dead |= force["year"][kind] & dated & (first != second) & (pairs.gap > APART)
    one_long = ((pages == long) & (pages > 0)) | ((volumes > 1) & (others > 1))
    dead |= force["language"][kind] & pairs.languages_differ & (here | ~one_long)
    newest = np.maximum(first, second)
    old = ~here & (newest > 0) & (newest < DATED)
    dead |= force["edition"][kind] & pairs.both("ordinal") & ~pairs.maybe("ordinal") & ~old
    slip = ~here & (pages == long) & (pages > _LONG) & (first == second)
    dead |= force["numbers"][kind] & pairs.numbers_differ & ~slip
    dead |= force["issn"][kind] & pairs.both("issn_set") & pairs.apart("issn_set")
    return dead


def _by_titles(pairs: Pairs, force: Mapping[str, Mask]) -> Mask:
    """Those of which the titles have nothing to do with each other, without a number in common."""
    (ours, theirs), (m, n) = pairs.sides("stems"), pairs.sides("telling")
    told, other = pairs.sides("told")
    # Of words that share a bit none need to be shared: only so many are surely not among the others.
    spare, more = m - _bits(ours), n - _bits(theirs)
    least = np.minimum(m, n)
    strange = _bits(ours & theirs) + np.minimum(spare, more) <= HELD * least
    strange &= (_bits(ours & other) + spare <= HELD * m) & (_bits(theirs & told) + more <= HELD * n)
    for numbers in ("isbn_set", "issn_set", "identifier_set"):
        strange &= pairs.apart(numbers)
    strange &= (least >= FEW) & ~pairs.maybe("start") & ~pairs.maybe("title")
    forbidden: Mask = force["titles"][pairs.table] & strange
    return forbidden


def _bits(words: Rows) -> Places:
    """How many bits are set in each row."""
    return np.bitwise_count(words).sum(axis=1, dtype=np.intp)  # type: ignore[no-any-return]
