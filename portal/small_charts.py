"""Small charts as SVG made here: no script, no style, readable aloud and in one colour. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from markupsafe import Markup, escape

_WIDTH: Final = 640
_HEIGHT: Final = 150
_FOOT: Final = 18
_LEFT: Final = 52


class Bar(NamedTuple):
    """One column of a chart: parts on top of one another."""

    label: str
    parts: tuple[tuple[str, int], ...]
    """(class of the style sheet, how many)"""
    told: str
    """What is said of it to whoever points at it, and aloud."""
    link: str = ""


def bars(title: str, found: Sequence[Bar], number: str = "{:,}") -> Markup:
    """Columns from left to right. `number`: how the largest value is written beside the axis."""
    most = max((sum(count for _, count in bar.parts) for bar in found), default=0)
    if not most:
        return Markup()
    step = (_WIDTH - _LEFT) / max(len(found), 8)
    made = [_axis(most, number)]
    for place, bar in enumerate(found):
        left, bottom = _LEFT + place * step, float(_HEIGHT - _FOOT)
        column = []
        for style, count in bar.parts:
            height = count * (_HEIGHT - _FOOT - 8) / most
            if count:
                height = max(height, 1.5)
                bottom -= height
                where = f'x="{left:.1f}" y="{bottom:.1f}" width="{step * 0.8:.1f}" height="{height:.1f}"'
                column.append(f'<rect class="{style}" {where}/>')
        area = f'<rect class="area" x="{left:.1f}" y="0" width="{step:.1f}" height="{_HEIGHT - _FOOT}"/>'
        inside = f"<g><title>{escape(bar.told)}</title>{area}{''.join(column)}</g>"
        made.append(f'<a href="{escape(bar.link)}">{inside}</a>' if bar.link else inside)
    made += _labels([bar.label for bar in found], step)
    return _drawn(title, made)


def line(title: str, points: Sequence[Sequence[int]], ends: tuple[str, str], number: str = "{:,}") -> Markup:
    """A rising line through (moment, value), moments from 0; `ends`: what stands below its first and last point."""
    if len(points) < 2 or points[-1][0] <= 0:
        return Markup()
    last, most = points[-1][0], max(1, *(value for _, value in points))
    places = " ".join(
        f"{_LEFT + at * (_WIDTH - _LEFT - 4) / last:.1f},{(_HEIGHT - _FOOT) - value * (_HEIGHT - _FOOT - 8) / most:.1f}"
        for at, value in points
    )
    made = [_axis(most, number), f'<polyline class="line" points="{places}"/>']
    made.append(f'<text x="{_LEFT}" y="{_HEIGHT - 4}">{escape(ends[0])}</text>')
    made.append(f'<text x="{_WIDTH - 4}" y="{_HEIGHT - 4}" text-anchor="end">{escape(ends[1])}</text>')
    return _drawn(title, made)


def progress(done: int, every: int | None) -> int | None:
    """Per cent; None where it is not known how much there is."""
    return None if not every else min(100, done * 100 // every)


def _axis(most: int, number: str) -> str:
    foot = _HEIGHT - _FOOT
    return (
        f'<line class="axis" x1="{_LEFT}" y1="{foot}" x2="{_WIDTH}" y2="{foot}"/>'
        f'<text x="{_LEFT - 6}" y="14" text-anchor="end">{escape(number.format(most))}</text>'
        f'<text x="{_LEFT - 6}" y="{foot}" text-anchor="end">0</text>'
    )


def _labels(labels: Sequence[str], step: float) -> list[str]:
    """As many of them as have room, the first and the last among them."""
    every = max(1, -(-len(labels) // 8))
    return [
        f'<text x="{_LEFT + place * step:.1f}" y="{_HEIGHT - 4}">{escape(label)}</text>'
        for place, label in enumerate(labels)
        if place % every == 0
    ]


def _drawn(title: str, parts: Sequence[str]) -> Markup:
    head = f'<svg class="chart" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="group" aria-label="{escape(title)}">'
    # Every text in it is escaped above.
    return Markup(head + "".join(parts) + "</svg>")  # noqa: S704
