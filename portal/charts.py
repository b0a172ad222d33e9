"""Charts as SVG, made on the server: no script, no style inside, a table with the same numbers beside each of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from markupsafe import Markup, escape

from portal.wording import number

_WIDTH, _HEIGHT = 400, 190
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 4, 10, 20
_STEPS: Final = (1, 2, 2.5, 5, 10)


class Series(NamedTuple):
    """One row of values; None where nothing is known."""

    name: str
    values: Sequence[int | None]
    place: int
    """Which of the colours of the style sheet (`s0` …) it has."""


def columns(labels: Sequence[str], series: Sequence[Series], title: str) -> Markup:
    """Stacked columns, one for each label."""
    sums = [sum(one.values[place] or 0 for one in series) for place in range(len(labels))]
    top = _top(max(sums, default=0))
    parts = [_frame(labels, top)]
    wide = (_WIDTH - _LEFT - _RIGHT) / max(len(labels), 1)
    for place in range(len(labels)):
        foot = 0.0
        for one in series:
            value = one.values[place] or 0
            if not value:
                continue
            high = value / top * (_HEIGHT - _TOP - _BOTTOM)
            x, y = _LEFT + place * wide + wide * 0.15, _HEIGHT - _BOTTOM - foot - high
            said = escape(f"{labels[place]}: {one.name} {number(value)}")
            box = f'x="{x:.1f}" y="{y:.1f}" width="{wide * 0.7:.1f}" height="{high:.1f}"'
            parts.append(f'<rect class="s{one.place}" {box}><title>{said}</title></rect>')
            foot += high
    return _svg(parts, title)


def line(labels: Sequence[str], series: Sequence[Series], title: str) -> Markup:
    """Lines over the labels; where a value is not known a line is interrupted."""
    known = [value for one in series for value in one.values if value is not None]
    top = _top(max(known, default=0))
    parts = [_frame(labels, top)]
    wide = (_WIDTH - _LEFT - _RIGHT) / max(len(labels), 1)
    for one in series:
        drawn, begun = [], False
        for place, value in enumerate(one.values):
            if value is None:
                begun = False
                continue
            x = _LEFT + (place + 0.5) * wide
            y = _HEIGHT - _BOTTOM - value / top * (_HEIGHT - _TOP - _BOTTOM)
            drawn.append(f"{'L' if begun else 'M'}{x:.1f} {y:.1f}")
            begun = True
            said = escape(f"{labels[place]}: {one.name} {number(value)}")
            dot = f'<circle class="s{one.place}" cx="{x:.1f}" cy="{y:.1f}" r="3"><title>{said}</title></circle>'
            parts.append(dot)
        if drawn:
            parts.append(f'<path class="l{one.place}" d="{" ".join(drawn)}"/>')
    return _svg(parts, title)


def goal(value: float, low: float, high: float, title: str) -> Markup:
    """A bar as long as what was reached, and the goal, from `low` to `high`, marked on it."""
    most = max(value, high, low) or 1.0
    reached, begin, end = (one / most * _WIDTH for one in (value, low, max(low, high)))
    parts = [
        f'<rect class="ground" x="0" y="6" width="{_WIDTH}" height="16" rx="3"/>',
        f'<rect class="goal" x="{begin:.1f}" y="6" width="{max(end - begin, 1):.1f}" height="16"/>',
        f'<rect class="s0" x="0" y="9" width="{reached:.1f}" height="10" rx="2"/>',
        f'<path class="mark" d="M{begin:.1f} 2V26"/>',
    ]
    return _svg(parts, title, 28)


def _frame(labels: Sequence[str], top: float) -> str:
    """The scale at the left, and the labels below, as many as fit."""
    made = []
    for part in range(5):
        y = _HEIGHT - _BOTTOM - part / 4 * (_HEIGHT - _TOP - _BOTTOM)
        made.append(f'<path class="grid" d="M{_LEFT} {y:.1f}H{_WIDTH - _RIGHT}"/>')
        value = top * part / 4
        if value == int(value):
            made.append(f'<text x="{_LEFT - 4}" y="{y + 3:.1f}" text-anchor="end">{escape(number(int(value)))}</text>')
    wide = (_WIDTH - _LEFT - _RIGHT) / max(len(labels), 1)
    for place, label in enumerate(labels):
        x = _LEFT + (place + 0.5) * wide
        made.append(f'<text x="{x:.1f}" y="{_HEIGHT - 6}" text-anchor="middle">{escape(label)}</text>')
    return "".join(made)


def _top(most: int) -> float:
    """The end of the scale: a round number not below `most`."""
    size = 1.0
    while size * 10 < most:
        size *= 10
    return max(4.0, next(step * size for step in _STEPS if step * size >= most))


def _svg(parts: Sequence[str], title: str, height: int = _HEIGHT) -> Markup:
    head = f'<svg class="chart" viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{escape(title)}">'
    return Markup(head + "".join(parts) + "</svg>")  # noqa: S704 - every word in it was escaped
