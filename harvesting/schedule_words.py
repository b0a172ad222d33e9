"""Schedules as people say them, in Vietnamese and English. Pure.

Who reads a page in English need not know what a colleague typed in Vietnamese or as five fields of cron; what is said
here can itself be typed and means the same again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from harvesting.schedule import Schedule, parse

_UNITS: Final = ((86_400, "ngày", "day"), (3600, "giờ", "hour"), (60, "phút", "minute"))
_DAYS: Final = (
    ("thứ hai", "Monday"),
    ("thứ ba", "Tuesday"),
    ("thứ tư", "Wednesday"),
    ("thứ năm", "Thursday"),
    ("thứ sáu", "Friday"),
    ("thứ bảy", "Saturday"),
    ("chủ nhật", "Sunday"),
)
_SPANS: Final = {
    frozenset(range(5)): ("ngày làm việc", "weekdays"),
    frozenset(range(5, 7)): ("cuối tuần", "weekends"),
}
_TIMES: Final = 6
"""More of them a day are no sentence."""
_PLAIN: Final = Schedule()


def told(schedule: Schedule) -> tuple[str, str] | None:
    """What it says, in Vietnamese and English; None for what only cron says (some months, or several days of one)."""
    if schedule.every:
        return _again(schedule.every)
    days = _days(schedule)
    if days is None or len(schedule.times) > _TIMES:
        return None
    if schedule.spread == parse("hằng đêm").spread:  # "at night", in which sources begin one after another
        return ("hằng đêm", "every night") if days == ("mỗi ngày", "every day") else days
    clocks = [f"{minute // 60:02}:{minute % 60:02}" for minute in schedule.times]
    return f"{days[0]} lúc {_listed(clocks, 'và')}", f"{days[1]} at {_listed(clocks, 'and')}"


def read(text: str) -> tuple[str, str] | None:
    """The same of what was typed. Raises InputError for what is no schedule."""
    return told(parse(text))


def _again(seconds: int) -> tuple[str, str]:
    length, vi, en = next(unit for unit in _UNITS if seconds % unit[0] == 0)
    count = seconds // length
    return f"mỗi {count} {vi}", f"every {count} {en}{'' if count == 1 else 's'}"


def _days(schedule: Schedule) -> tuple[str, str] | None:
    """Which days it has times on, if that can be said."""
    if schedule.months != _PLAIN.months:
        return None
    if schedule.days != _PLAIN.days:
        day = min(schedule.days)
        alone = len(schedule.days) == 1 and schedule.weekdays == _PLAIN.weekdays and day <= 28
        return (f"ngày {day} hằng tháng", f"monthly on day {day}") if alone else None
    if schedule.weekdays == _PLAIN.weekdays:
        return "mỗi ngày", "every day"
    if schedule.weekdays in _SPANS:
        return _SPANS[schedule.weekdays]
    names = [_DAYS[one] for one in sorted(schedule.weekdays)]
    return f"{_listed([vi for vi, _ in names], 'và')} hằng tuần", f"every {_listed([en for _, en in names], 'and')}"


def _listed(words: Sequence[str], last: str) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"
