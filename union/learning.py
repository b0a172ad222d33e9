"""Weights from labelled pairs: logistic regression over named levels, solved by Newton's method. No dependencies.

Each pair is a tuple of levels with the answer of a person. Level i of comparison c has one weight; the sum over the
comparisons and the bias is the log-odds that both records describe one edition. A ridge (L2) keeps a level that was
seen seldom near where it began: at nothing, or at the weights of a table that is believed beforehand, so that a kind
with few labels stays close to what is known of books, and a level no pair shows keeps its weight.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

Levels = tuple[str, ...]
Table = dict[str, dict[str, float]]
_Row = tuple[list[int], float, float]
BIAS = "bias"
_ROUNDS = 15


def fit(
    pairs: Iterable[tuple[Levels, bool]],
    names: Sequence[str],
    believed: Mapping[str, Mapping[str, float]],
    ridge: float = 1.0,
) -> Table:
    """comparison → level → weight, with the bias under `bias`. `names` are the comparisons in the order of the
    levels."""
    counts = Counter(pairs)
    columns: dict[tuple[str, str], int] = {(BIAS, BIAS): 0}
    rows: list[_Row] = []
    for (levels, same), count in sorted(counts.items()):
        at = [0] + [columns.setdefault(pair, len(columns)) for pair in zip(names, levels, strict=True)]
        rows.append((at, float(same), float(count)))
    start = [believed.get(name, {}).get(level, 0.0) for name, level in columns]
    solved = _newton(rows, start, ridge)
    table: Table = {name: dict(levels) for name, levels in believed.items()}
    for (name, level), column in columns.items():
        table.setdefault(name, {})[level] = round(solved[column], 3)
    return table


def _newton(rows: list[_Row], start: list[float], ridge: float) -> list[float]:
    """Newton's method with halved steps: each round lowers the loss, so it ends at the one minimum of a convex
    function."""
    weights, size = list(start), len(start)
    loss = _loss(rows, weights, start, ridge)
    for _ in range(_ROUNDS):
        slope = [-ridge * (weight - first) for weight, first in zip(weights, start, strict=True)]
        slope[0] = 0.0
        curve = [[0.0] * size for _ in range(size)]
        for place in range(1, size):
            curve[place][place] = ridge
        curve[0][0] = 1e-6
        for at, answer, count in rows:
            chance = _chance(sum([weights[place] for place in at]))
            error, spread = count * (answer - chance), count * chance * (1 - chance)
            for place in at:
                slope[place] += error
                line = curve[place]
                for other in at:
                    line[other] += spread
        step = _solved(curve, slope)
        scale = 1.0
        while scale > 1e-4:
            moved = [weight + scale * change for weight, change in zip(weights, step, strict=True)]
            lower = _loss(rows, moved, start, ridge)
            if lower <= loss:
                break
            scale /= 2
        else:
            break
        done = loss - lower < 1e-7 * max(1.0, abs(loss))
        weights, loss = moved, lower
        if done:
            break
    return weights


def _chance(odds: float) -> float:
    return 1 / (1 + math.exp(-max(-35.0, min(35.0, odds))))


def _loss(rows: list[_Row], weights: list[float], start: list[float], ridge: float) -> float:
    total = sum([(weight - first) ** 2 for weight, first in zip(weights[1:], start[1:], strict=True)]) * ridge / 2
    for at, answer, count in rows:
        odds = sum([weights[place] for place in at])
        miss = -odds if answer else odds
        total += count * (miss + math.log1p(math.exp(-miss)) if miss > 0 else math.log1p(math.exp(miss)))
    return total


def _solved(matrix: list[list[float]], right: list[float]) -> list[float]:
    """x of `matrix` x = `right`, the matrix symmetric and positive definite (Cholesky)."""
    size = len(right)
    lower: list[list[float]] = []
    for row in range(size):
        line: list[float] = []
        for column in range(row):
            other = lower[column]
            found = matrix[row][column] - sum([x * y for x, y in zip(line, other, strict=False)])
            line.append(found / other[column])
        rest = matrix[row][row] - sum([x * x for x in line])
        line.append(math.sqrt(max(rest, 1e-12)))
        lower.append(line)
    forward: list[float] = []
    for row in range(size):
        line = lower[row]
        forward.append((right[row] - sum([x * y for x, y in zip(line, forward, strict=False)])) / line[row])
    found_: list[float] = [0.0] * size
    for row in range(size - 1, -1, -1):
        total = forward[row] - sum([lower[later][row] * found_[later] for later in range(row + 1, size)])
        found_[row] = total / lower[row][row]
    return found_
