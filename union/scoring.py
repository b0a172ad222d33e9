"""Is it the same edition? The score of a pair, what it is made of, and what forbids it.

The score is a log-odds: the bias of the kind plus one weight for the level of each comparison. 0 is even, 3 is twenty
to one. `explain` gives all of it; `score` and `candidate` are the same number without the words, for millions of pairs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from union.comparison import COMPARISONS, NAMES, levels, together
from union.features import Features
from union.rules import BIAS, Rules
from union.vetoes import DEAR, VETOES, Veto

_LAST: Final = len(COMPARISONS)


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why two records are one edition, or are not."""

    kind: str
    """Which table of weights was used."""
    score: float
    levels: tuple[tuple[str, str, float], ...]
    """(comparison, level, weight), in the order of `comparison.NAMES`."""
    bias: float
    vetoes: tuple[str, ...]
    """Those in force that forbid the pair."""
    outcome: str
    """same, review, different or forbidden."""


class Scorer:
    """The rules made ready for many pairs. Immutable once made; one serves all threads."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self._tables = {kind: _Table(rules, kind) for kind in rules.tables}

    def kind(self, a: Features, b: Features) -> str:
        """The table that compares two records: that of their kind, `electronic` for two online books."""
        if a.kind != b.kind or a.kind == "book":
            if a.carrier == b.carrier == "o":
                return "electronic"
            return "vietnamese" if _here(a) or _here(b) else "book"
        return a.kind

    def forbidden(self, a: Features, b: Features) -> bool:
        """Whether a veto in force forbids the pair."""
        return any(veto(a, b) for veto in self._tables[self.kind(a, b)].vetoes)

    def score(self, a: Features, b: Features) -> float:
        """The log-odds that two records describe one edition, vetoes apart."""
        found = self._tables[self.kind(a, b)].score(a, b, float("-inf"))
        return 0.0 if found is None else found

    def candidate(self, a: Features, b: Features, floor: float) -> float | None:
        """The score of a pair that no veto forbids and that reaches `floor`; else None, as early as that is known."""
        table = self._tables[self.kind(a, b)]
        for veto in table.cheap:
            if veto(a, b):
                return None
        found = table.score(a, b, floor)
        return None if found is None or any(veto(a, b) for veto in table.dear) else found

    def explain(self, a: Features, b: Features) -> Explanation:
        """Everything about one pair."""
        kind = self.kind(a, b)
        table = self._tables[kind]
        weighed = tuple(
            (name, level, table.weights[name].get(level, 0.0)) for name, level in zip(NAMES, levels(a, b), strict=True)
        )
        score = round(table.bias + sum(weight for _, _, weight in weighed), 3)
        vetoes = tuple(name for name in VETOES if name in self.rules.vetoes[kind] and VETOES[name](a, b))
        return Explanation(kind, score, weighed, table.bias, vetoes, self._outcome(score, vetoes))

    def _outcome(self, score: float, vetoes: tuple[str, ...]) -> str:
        thresholds = self.rules.thresholds
        if vetoes:
            return "forbidden"
        return "same" if score >= thresholds.link else "review" if score >= thresholds.review else "different"


def _here(record: Features) -> bool:
    """Whether a record is catalogued as Vietnamese books are: by its letters, its language or its country."""
    return record.vietnamese or "vie" in record.language or record.country == "vm"


class _Table:
    """One kind's weights, with how much each comparison and all behind it could still add."""

    __slots__ = ("bias", "cheap", "dear", "rest", "rows", "vetoes", "weights")

    def __init__(self, rules: Rules, kind: str) -> None:
        found = rules.tables[kind]
        self.weights = {name: dict(found.get(name, {})) for name in NAMES}
        self.bias = found.get(BIAS, {}).get(BIAS, 0.0)
        self.vetoes: list[Veto] = [veto for name, veto in VETOES.items() if name in rules.vetoes[kind]]
        dear = [VETOES[name] for name in DEAR]
        self.cheap = [veto for veto in self.vetoes if veto not in dear]
        self.dear = [veto for veto in self.vetoes if veto in dear]
        most = [max([0.0, *self.weights[name].values()]) for name in NAMES]
        self.rows = [
            (compare, self.weights[name], sum(most[place + 1 :]))
            for place, (name, compare) in enumerate(COMPARISONS.items())
        ]
        self.rest = [self.weights[name] for name in NAMES[_LAST:]]

    def score(self, a: Features, b: Features, floor: float) -> float | None:
        total = self.bias
        found: list[str] = []
        for compare, weights, still in self.rows:
            level = compare(a, b)
            found.append(level)
            total += weights.get(level, 0.0)
            if total + still < floor:
                return None
        for level, weights in zip(together(found), self.rest, strict=True):
            total += weights.get(level, 0.0)
        total = round(total, 3)
        return total if total >= floor else None
