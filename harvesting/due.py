"""When a source has to be looked at next. Pure."""

from __future__ import annotations

from typing import Final
from zoneinfo import ZoneInfo

from catalogue import runs
from catalogue.runs import Run
from catalogue.sources import Source
from harvesting import schedule

_FIRST: Final = 300
_LONGEST: Final = 6 * 3600


def wait_after(cuts: int) -> int:
    """Seconds that a run rests when it was cut for the `cuts`-th time without coming any further."""
    return int(min(_LONGEST, _FIRST * 2 ** min(max(0, cuts - 1), 20)))


def due(source: Source, last: Run | None, now: int, here: ZoneInfo) -> int | None:
    """The moment at which the source is due, `now` or earlier when it is; None: not before a person does something.

    `last`: its newest run. Raises InputError for a schedule or hours that cannot be read.
    """
    allowed = schedule.hours(str(source.settings.get("hours", "")))
    if last is not None and last.state == runs.WAITING:
        return None
    if last is not None and last.state == runs.PAUSED:
        return now if runs.RESUME in (last.wish, source.wanted) else None
    if source.wanted:
        return now
    if source.state:  # a person lets it rest
        return None
    if last is not None and last.state == runs.RUNNING:
        # Its process died, or it is at work; whoever holds the source's lock knows.
        return allowed.opens(now, here)
    if last is not None and last.state == runs.CUT:
        return allowed.opens(max(now, last.heartbeat + wait_after(last.position.get("cuts", 1))), here)
    text = str(source.settings.get("schedule", ""))
    if not text:
        return None
    behind = source.created if last is None else last.started
    moment = schedule.next_after(schedule.parse(text), behind, here, source.name, allowed)
    # What was missed while nobody was there is made up for, but within its hours.
    return moment if moment > now else allowed.opens(now, here)
