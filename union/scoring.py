"""Is it the same edition? The score of a pair, what it is made of, and what forbids it.

The score is a log-odds: the bias of the kind plus one weight for the level of each comparison. 0 is even, 3 is twenty
to one. `explain` gives all of it; `score` and `candidate` are the same number without the words, for millions of pairs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from union.comparison import AUTHORS, COMPARISONS, NAMES, SILENT, TITLES, Comparison, levels, printing, title, work
from union.features import Features
from union.rules import BIAS, Rules
from union.vetoes import DEAR, VETOES, Veto


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why two records are one edition, or are not."""

    kind: str
    """Which table of weights was used."""
    score: float
    levels: tuple[tuple[str, str, float], ...]
    """(comparison, level, weight), in the order of `comparison.NAMES`; what says nothing (`comparison.SILENT`) weighs
    nothing."""
    bias: float
    """Where the sum starts: two candidates of which these comparisons say nothing."""
    vetoes: tuple[str, ...]
    """Those in force that forbid the pair."""
    outcome: str
    """same, review, different or forbidden."""


class Scorer:
    """The rules made ready for many pairs. One serves all threads."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self._tables = _Tables(rules)

    def kind(self, a: Features, b: Features) -> str:
        """The table that compares two records: that of their kind, `electronic` for two online books."""
        if a.kind != b.kind or a.kind == "book":
            if a.carrier == b.carrier == "o":
                return "electronic"
            return "vietnamese" if _here(a) or _here(b) else "book"
        return a.kind

    def forbidden(self, a: Features, b: Features) -> bool:
        """Whether a veto in force forbids the pair."""
        for veto in self._tables[self.kind(a, b)].vetoes:  # noqa: SIM110 - half the time of `any`
            if veto(a, b):
                return True
        return False

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
        if found is not None:
            for veto in table.dear:
                if veto(a, b):
                    return None
        return found

    def likely(self, a: Features, b: Features, floor: float) -> float | None:
        """What `candidate` gives, sooner for a pair that sketches let through (`union.screening`): they know most of
        what is cheap, and most that they do not know is of the dear vetoes."""
        table = self._tables[self.kind(a, b)]
        for some in (table.dear, table.cheap):
            for veto in some:
                if veto(a, b):
                    return None
        return table.score(a, b, floor)

    def explain(self, a: Features, b: Features) -> Explanation:
        """Everything about one pair.

        A fit spreads the start over levels that nearly all pairs have: a book without volumes would be told that this
        speaks for it, and then that it starts far behind. The sum is the same from wherever it is counted.
        """
        kind = self.kind(a, b)
        table = self._tables[kind]
        silent = {name: table.weights[name].get(level, 0.0) for name, level in SILENT.items()}
        start = round(table.bias + sum(silent.values()), 3)
        weighed = tuple(
            (name, level, round(table.weights[name].get(level, 0.0) - silent.get(name, 0.0), 3))
            for name, level in zip(NAMES, levels(a, b), strict=True)
        )
        score = round(start + sum(weight for _, _, weight in weighed), 3)
        vetoes = tuple(name for name in VETOES if name in self.rules.vetoes[kind] and VETOES[name](a, b))
        return Explanation(kind, score, weighed, start, vetoes, self._outcome(score, vetoes))

    def _outcome(self, score: float, vetoes: tuple[str, ...]) -> str:
        thresholds = self.rules.thresholds
        if vetoes:
            return "forbidden"
        return "same" if score >= thresholds.link else "review" if score >= thresholds.review else "different"


def _here(record: Features) -> bool:
    """Whether a record is catalogued as Vietnamese books are: by its letters, its language or its country."""
    return record.vietnamese or "vie" in record.language or record.country == "vm"


class _Tables(dict[str, "_Table"]):
    """The tables of each kind, made when the first pair of it comes: a single change has pairs of one."""

    def __init__(self, rules: Rules) -> None:
        super().__init__()
        self._rules = rules

    def __missing__(self, kind: str) -> _Table:
        made = self[kind] = _Table(self._rules, kind)
        return made


_PRINTED: Final = ("identifier", "isbn", "issn", "host", "year", "pages", "publisher")
"""Compared first: numbers, which few records have and which alone could save a pair that nothing else speaks for, and
what makes a printing."""
_LATE: Final = ("place", "series", "subjects", "marks", "statement", "author", "title")
"""Comparisons that cost more than the others, the title most of all: a pair that is hopeless without is not asked."""
ONE_PROPER: Final = ("equal_long", "equal_short", "equal_plain", "rest")
"""How the levels of titles begin that only one and the same title proper gives."""
_ROUNDED: Final = 0.001
"""Scores are rounded, and what is only added up may be so much below its floor."""


class _Table:
    """One kind's weights, with how much each comparison and all behind it could still add.

    A pair is given up as soon as it cannot reach the floor any more. The order of comparing has no part in the score.
    """

    __slots__ = ("_authors", "_behind", "_printed", "_rest", "_work", "bias", "cheap", "dear", "vetoes", "weights")

    def __init__(self, rules: Rules, kind: str) -> None:
        found = rules.tables[kind]
        self.weights = {name: dict(found.get(name, {})) for name in NAMES}
        self.bias = found.get(BIAS, {}).get(BIAS, 0.0)
        self.vetoes: list[Veto] = [veto for name, veto in VETOES.items() if name in rules.vetoes[kind]]
        dear = [VETOES[name] for name in DEAR]
        self.cheap = [veto for veto in self.vetoes if veto not in dear]
        self.dear = [veto for veto in self.vetoes if veto in dear]
        most = {name: max([0.0, *self.weights[name].values()]) for name in NAMES}
        self._work = self.weights["work"]
        self._authors: dict[tuple[str, bool], float] = {}
        rest = [name for name in COMPARISONS if name not in _PRINTED + _LATE] + list(_LATE[:-1])
        self._rest = self._rows(rest, most, 0.0)
        self._printed = self._rows(_PRINTED, most, most["printing"] + sum(most[name] for name in rest))
        self._behind = {equal: max(self._most(by, equal) for by in AUTHORS) for equal in (True, False)}

    def _rows(
        self, names: Sequence[str], most: Mapping[str, float], behind: float
    ) -> list[tuple[str, Comparison, dict[str, float], float]]:
        """Comparisons with their weights, and what all behind each could add, the title apart."""
        return [
            (name, COMPARISONS[name], self.weights[name], behind + sum(most[after] for after in names[place + 1 :]))
            for place, name in enumerate(names)
        ]

    def score(self, a: Features, b: Features, floor: float) -> float | None:
        total = self.bias
        equal = a.title == b.title
        least = floor - self._behind[equal] - _ROUNDED
        found: dict[str, str] = {}
        for name, compare, weights, still in self._printed:
            level = found[name] = compare(a, b)
            total += weights.get(level, 0.0)
            if total + still < least:
                return None
        together = printing(found["year"], found["pages"], found["publisher"])
        total += self.weights["printing"].get(together, 0.0)
        for name, compare, weights, still in self._rest:
            level = found[name] = compare(a, b)
            total += weights.get(level, 0.0)
            if total + still < least:
                return None
        by = found["author"]
        if total + self._most(by, equal) < floor - _ROUNDED:
            return None
        level = title(a, b)
        total += self.weights["title"].get(level, 0.0) + self._work.get(work(level, by), 0.0)
        total = round(total, 3)
        return total if total >= floor else None

    def _most(self, by: str, equal: bool) -> float:
        """The most that the title, and title and author together, can add when this is what is known of the author."""
        known = self._authors.get((by, equal))
        if known is None:
            levels = [level for level in TITLES if equal or not level.startswith(ONE_PROPER)]
            known = max(
                self.weights["title"].get(level, 0.0) + self._work.get(work(level, by), 0.0) for level in levels
            )
            self._authors[by, equal] = known
        return known
