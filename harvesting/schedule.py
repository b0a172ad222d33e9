"""When a source is harvested: words or cron to a schedule, and a schedule to the next moment. Pure.

    hằng đêm · mỗi ngày 02:30 · thứ hai hằng tuần 01:00 · ngày 1 hằng tháng 3 giờ sáng · mỗi 6 giờ
    every night · daily 02:00 · weekly mon 03:00 · monthly 1 02:00 · every 4 hours
    30 2 * * 1-5                                             cron, five fields, as crontab(5) has them

Words are read with or without their marks. Moments are seconds since 1970; days and hours are those of a time zone.
Sources with the same words do not all begin in the same second: each has an offset of its own, always the same.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from foundation.errors import InputError
from harvesting import messages
from vietnamese.text import fold

_CHARACTERS: Final = 200
_DAY: Final = 24 * 60
_ALWAYS: Final = frozenset(range(7))
_DAYS: Final = frozenset(range(1, 32))
_MONTHS: Final = frozenset(range(1, 13))
_SPREAD: Final = 600
"""Seconds over which sources that name the same time begin."""
_NIGHT: Final = (60, 4 * 3600)
"""Minute at which "every night" begins, and the seconds over which sources begin then."""
_HORIZON: Final = 3_000
"""Days that are looked ahead: 29 February comes once in eight years at worst (2096 to 2104)."""
_SHORTEST: Final = 600


@dataclass(frozen=True, slots=True)
class Schedule:
    """Times of the day on certain days; or, with `every`, again and again."""

    times: tuple[int, ...] = ()
    """Minutes of the day, rising."""
    weekdays: frozenset[int] = _ALWAYS
    """0: Monday."""
    days: frozenset[int] = _DAYS
    """Of the month."""
    months: frozenset[int] = _MONTHS
    either: bool = False
    """A day that fits `days` or `weekdays` is enough (crontab(5), where both are restricted)."""
    every: int = 0
    """Seconds."""
    spread: int = _SPREAD

    def falls_on(self, day: date) -> bool:
        """Whether it has a time on this day."""
        in_month, in_week = day.day in self.days, day.weekday() in self.weekdays
        return day.month in self.months and ((in_month or in_week) if self.either else (in_month and in_week))


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours of the day in which a source may be called: (first minute, minute after the last), also over midnight."""

    spans: tuple[tuple[int, int], ...] = ()

    def opens(self, moment: int, zone: ZoneInfo) -> int:
        """The first moment from `moment` on that lies in them: `moment` itself if it does."""
        local = _local(moment, zone)
        minute = local.hour * 60 + local.minute
        if not self.spans or any(
            first <= minute < last if first < last else minute >= first or minute < last for first, last in self.spans
        ):
            return moment
        starts = [
            _moment(local.date() + timedelta(days=days), first, zone) for days in (0, 1) for first, _ in self.spans
        ]
        return min(start for start in starts if start > moment)


def parse(text: str) -> Schedule:
    """The schedule that `text` says. Raises InputError for what is none, or never comes."""
    words = " ".join(fold(text[: _CHARACTERS + 1]).replace(",", " , ").split())
    found = _cron(text.lower().split()) if _is_cron(text) else _spoken(words)
    if len(text) > _CHARACTERS or found is None or next(_moments(found, 0, ZoneInfo("UTC")), None) is None:
        raise InputError(messages.SCHEDULE, text=text[:_CHARACTERS])
    return found


def hours(text: str) -> Hours:
    """Hours as `22:00-05:00`, several with commas; empty: always. Raises InputError."""
    spans = []
    for part in filter(None, (part.strip() for part in text[: _CHARACTERS + 1].split(","))):
        found = re.fullmatch(r"(\d{1,2})(?:[:h](\d{2})?)?\s*[-–]\s*(\d{1,2})(?:[:h](\d{2})?)?", part, re.ASCII)
        first, last = (0, 0) if found is None else (_minute(found[1], found[2]), _minute(found[3], found[4]))
        if first == last or not (0 <= first < _DAY and 0 < last <= _DAY):
            raise InputError(messages.HOURS, text=text[:_CHARACTERS])
        spans.append((first, last))
    if len(text) > _CHARACTERS:
        raise InputError(messages.HOURS, text=text[:_CHARACTERS])
    return Hours(tuple(spans))


def zone(name: str) -> ZoneInfo:
    """The time zone `name` (Asia/Ho_Chi_Minh). Raises InputError when there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise InputError(messages.ZONE, name=name) from error


def next_after(schedule: Schedule, moment: int, here: ZoneInfo, key: str = "", allowed: Hours = Hours()) -> int:
    """The first moment behind `moment` at which a source called `key` is due."""
    offset = _offset(key, schedule.spread)
    if schedule.every:
        due = (moment - offset) // schedule.every * schedule.every + schedule.every + offset
    else:
        due = next(_moments(schedule, moment - offset, here)) + offset
    opening = allowed.opens(due, here)
    return opening if opening == due else opening + _offset(key, _SPREAD)


def _offset(key: str, spread: int) -> int:
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=6).digest(), "big") % max(1, spread)


def _moments(schedule: Schedule, behind: int, here: ZoneInfo) -> Iterator[int]:
    if schedule.every:
        yield behind + schedule.every
        return
    # A day earlier, for a zone may set its clock back over midnight.
    day = _local(behind, here).date() - timedelta(days=1)
    for ahead in range(_HORIZON):
        today = day + timedelta(days=ahead)
        if schedule.falls_on(today):
            yield from sorted(found for time in schedule.times if (found := _moment(today, time, here)) > behind)


def _local(moment: int, here: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(moment, UTC).astimezone(here)


def _moment(day: date, minute: int, here: ZoneInfo) -> int:
    return int(datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=here).timestamp())


# --- cron ---------------------------------------------------------------------------------------------------
_MONTH_NAMES: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAY_NAMES: Final = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_NAMES: Final[tuple[dict[str, int], ...]] = (
    {},
    {},
    {},
    {name: number for number, name in enumerate(_MONTH_NAMES, 1)},
    {name: number for number, name in enumerate(_DAY_NAMES)},
)
_RANGES: Final = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))


def _is_cron(text: str) -> bool:
    return len(text.split()) == 5 and re.fullmatch(r"[\d*]", text.strip()[:1], re.ASCII) is not None


def _cron(fields: list[str]) -> Schedule | None:
    sets = [_field(field, *_RANGES[place], _NAMES[place]) for place, field in enumerate(fields)]
    if not all(sets):
        return None
    minutes, hour, days, months, week = (found or frozenset[int]() for found in sets)
    weekdays = frozenset((number - 1) % 7 for number in week)
    times = tuple(sorted(one * 60 + minute for one in hour for minute in minutes))
    gaps = [later - sooner for sooner, later in zip(times, (*times[1:], times[0] + _DAY), strict=True)]
    either = fields[2][0] != "*" and fields[4][0] != "*"
    return Schedule(times, weekdays, days, months, either, spread=min(_SPREAD, min(gaps) * 15))


def _field(text: str, low: int, high: int, names: dict[str, int]) -> frozenset[int] | None:
    """Numbers of one field: `*`, `*/2`, `1-5`, `1-5/2`, `mon`, and lists of these."""
    found: set[int] = set()
    for part in text.split(","):
        written = re.fullmatch(r"(?:\*|(\w{1,3})(?:-(\w{1,3}))?)(?:/(\d{1,2}))?", part, re.ASCII)
        if written is None:
            return None
        ends = [names.get(one or "", int(one) if one and one.isdigit() else -1) for one in written.groups()[:2]]
        first = low if written[1] is None else ends[0]
        last = ends[1] if written[2] else first if written[1] and not written[3] else high
        step = int(written[3] or 1)
        if not (low <= first <= last <= high and step):
            return None
        found.update(range(first, last + 1, step))
    return frozenset(found)


# --- words, without their marks -----------------------------------------------------------------------------
_UNITS: Final = {"gio": 3600, "hour": 3600, "phut": 60, "minute": 60, "ngay": 86_400, "day": 86_400}
_EVERY: Final = re.compile(
    r"(?:moi|cu|every) (\d{1,3}) ?(gio|hour|phut|minute|ngay|day)s?(?: mot lan| once)?", re.ASCII
)
_TIME: Final = re.compile(
    r"\b(?:luc |vao luc |at )?(\d{1,2})"
    r"(?:[:h](\d{2})\b|h\b| ?gio(?: (ruoi)| (\d{1,2})(?: phut)?\b(?! ?[:h]))?|(?= ?[ap]m\b))"
    r"(?: ?(sang|trua|chieu|toi|dem|am|pm)\b)?",
    re.ASCII,
)
_WEEKDAYS: Final = [
    r"thu hai|thu 2|t2|mon(?:day)?s?",
    r"thu ba|thu 3|t3|tue(?:sday)?s?",
    r"thu tu|thu 4|t4|wed(?:nesday)?s?",
    r"thu nam|thu 5|t5|thu(?:rsday)?s?",
    r"thu sau|thu 6|t6|fri(?:day)?s?",
    r"thu bay|thu 7|t7|sat(?:urday)?s?",
    r"chu nhat|cn|sun(?:day)?s?",
]
_WEEK: Final = {
    "ngay lam viec": range(5), "weekdays": range(5), "cuoi tuan": range(5, 7), "weekends": range(5, 7),
}  # fmt: skip
_DAILY: Final = re.compile(r"(?:hang|moi) (?:dem|ngay|toi|sang|chieu)|(?:every )?(?:night|day)|nightly|daily|everyday")
_MONTHLY: Final = re.compile(
    r"(?:(?:hang|moi) thang|monthly|every month)(?: (?:vao )?(?:ngay |on day |day )?(\d{1,2}))?|"
    r"ngay (\d{1,2}) (?:hang|moi) thang",
    re.ASCII,
)
_WEEKLY: Final = re.compile(r"\b(?:(?:hang|moi) tuan|weekly|every week|every|moi|hang|vao|on|va|and)\b|,")


def _spoken(words: str) -> Schedule | None:
    if words in ("moi gio", "hang gio", "hourly", "every hour"):
        words = "every 1 hour"
    if (again := _EVERY.fullmatch(words)) is not None:
        seconds = int(again[1]) * _UNITS[again[2]]
        return Schedule(every=seconds, spread=seconds) if _SHORTEST <= seconds <= 31 * 86_400 else None
    times: set[int] = set()
    for found in _TIME.finditer(words):
        minute = _clock(found)
        if not 0 <= minute < _DAY:
            return None
        times.add(minute)
    rest = " ".join(re.sub(r"\b(?:luc|va|at|and)\b|,", " ", _TIME.sub(" ", words)).split()) if times else words
    when, spread = (tuple(sorted(times)), _SPREAD) if times else ((_NIGHT[0],), _NIGHT[1])
    if _DAILY.fullmatch(rest):
        return Schedule(when, spread=spread)
    if (month := _MONTHLY.fullmatch(rest)) is not None:
        day = int(month[1] or month[2] or 1)
        return Schedule(when, days=frozenset({day}), spread=spread) if 1 <= day <= 28 else None
    weekdays = _week(rest)
    return Schedule(when, frozenset(weekdays), spread=spread) if weekdays else None


def _week(rest: str) -> set[int]:
    """The days of the week that `rest` names; none when it says anything else too."""
    if rest in ("hang tuan", "moi tuan", "weekly", "every week"):
        return {6}
    weekdays: set[int] = set()
    for name, numbers in _WEEK.items():
        if name in rest:
            weekdays.update(numbers)
            rest = rest.replace(name, " ")
    for number, pattern in enumerate(_WEEKDAYS):
        shorter = re.sub(rf"\b(?:{pattern})\b", " ", rest)
        if shorter != rest:
            weekdays.add(number)
            rest = shorter
    return weekdays if not _WEEKLY.sub(" ", rest).strip() else set()


def _clock(found: re.Match[str]) -> int:
    """Minute of the day of a time as people say it; -1 for none."""
    hour, minute = int(found[1]), 30 if found[3] else int(found[2] or found[4] or 0)
    part = found[5] or ""
    if part and not 0 < hour <= 12 and part in ("am", "pm"):
        return -1
    if part in ("chieu", "toi", "pm") and hour < 12:
        hour += 12
    elif (part in ("dem", "am") and hour == 12) or (part == "dem" and 6 <= hour < 12):
        hour = (hour + 12) % 24
    return _minute(str(hour), str(minute))


def _minute(hour: str, minute: str | None) -> int:
    """-1 where there is no such time."""
    found = int(hour) * 60 + int(minute or 0)
    return found if int(minute or 0) < 60 and found <= _DAY else -1
