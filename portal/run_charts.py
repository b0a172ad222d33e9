"""What the runs of a source came to over time, and how fast one is, as charts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup

from catalogue.runs import Run
from harvesting.standing import counts_in_words, state_in_words
from portal.small_charts import Bar, bars, line
from portal.telling import span, words
from portal.wording import day

PARTS = ("new", "changed", "deleted", "quarantined")


def history(found: Sequence[Run], here: ZoneInfo) -> Markup:
    """A column for each run, the oldest first: what was new, changed, deleted and kept aside."""
    columns = [
        Bar(
            day(datetime.fromtimestamp(one.started, UTC).astimezone(here)),
            tuple((name, one.counts.get(name, 0)) for name in PARTS),
            f"{_('Đợt')} {one.number}: {words(state_in_words(one))}; {words(counts_in_words(one))}",
            url_for("runs.one", number=one.number),
        )
        for one in found
    ]
    return bars(_("Các đợt gần đây: mới, thay đổi, xoá, cách ly"), columns)


def speed(run: Run) -> Markup:
    """Records received over time."""
    points = run.position.get("trace", [])
    usable = [(int(one[0]), int(one[1])) for one in points if isinstance(one, list) and len(one) == 2]
    return line(_("Biểu ghi đã nhận theo thời gian"), [(0, 0), *usable], ("0", span(usable[-1][0]) if usable else ""))


def rate(run: Run) -> float:
    """Records a second, over the newest part of the run."""
    points = run.position.get("trace", [])
    if len(points) < 2:
        return 0.0
    first, last = points[max(0, len(points) - 10)], points[-1]
    return float((last[1] - first[1]) / max(1, last[0] - first[0]))
