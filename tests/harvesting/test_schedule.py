"""Schedules: what words mean, what is refused, and that the next moment is the one that plain counting finds."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.errors import InputError
from harvesting import schedule_words
from harvesting.schedule import Hours, Schedule, hours, next_after, parse, zone

HERE = ZoneInfo("Asia/Ho_Chi_Minh")
FRIDAY = int(datetime(2027, 1, 15, 15, 0, tzinfo=HERE).timestamp())
NIGHT = "Sat 16 01:00"
SAID = {
    "hằng đêm": NIGHT,
    "every night": NIGHT,
    "hằng đêm 02:00": "Sat 16 02:00",
    "hằng đêm lúc 2 giờ": "Sat 16 02:00",
    "Mỗi ngày 02:30": "Sat 16 02:30",
    "moi ngay 2h30": "Sat 16 02:30",
    "mỗi ngày lúc 10 giờ tối": "Fri 15 22:00",
    "mỗi ngày 2 giờ 15 phút": "Sat 16 02:15",
    "mỗi ngày 02:00 và 17:00": "Fri 15 17:00",
    "thứ hai hằng tuần 01:00": "Mon 18 01:00",
    "thứ 2, thứ 5 lúc 22h30": "Mon 18 22:30",
    "chủ nhật 2 giờ rưỡi sáng": "Sun 17 02:30",
    "ngày 1 hằng tháng 3 giờ sáng": "Mon 01 03:00",
    "ngày làm việc 03:00": "Mon 18 03:00",
    "daily 02:00": "Sat 16 02:00",
    "daily at 11pm": "Fri 15 23:00",
    "weekly mon 03:00": "Mon 18 03:00",
    "every thursday 03:00": "Thu 21 03:00",
    "monthly 20 02:00": "Wed 20 02:00",
    "30 2 * * *": "Sat 16 02:30",
    "0 */6 * * *": "Fri 15 18:00",
    "0 3 * * mon-wed": "Mon 18 03:00",
    "0 3 17 * mon": "Sun 17 03:00",
}


@pytest.mark.parametrize("text", SAID)
def test_words_mean_a_time(text: str) -> None:
    found = next_after(Schedule(**{**vars_of(parse(text)), "spread": 1}), FRIDAY, HERE)
    assert datetime.fromtimestamp(found, HERE).strftime("%a %d %H:%M") == SAID[text]


def vars_of(schedule: Schedule) -> dict[str, object]:
    return {name: getattr(schedule, name) for name in Schedule.__dataclass_fields__}


@pytest.mark.parametrize(("text", "seconds"), [("mỗi 6 giờ", 21_600), ("every 4 hours", 14_400), ("mỗi giờ", 3_600)])
def test_an_interval_comes_again_and_again(text: str, seconds: int) -> None:
    schedule = parse(text)
    first = next_after(schedule, FRIDAY, HERE, "ba-be")
    assert (schedule.every, next_after(schedule, first, HERE, "ba-be") - first) == (seconds, seconds)


@pytest.mark.parametrize(
    "text",
    ["", "thỉnh thoảng", "25:00 hằng đêm", "every 0 hours", "every 1 minute", "0 0 30 2 *", "60 * * * *", "* * * *",
     "mỗi ngày 02:75", "hằng đêm và gì đó", "monthly 31 02:00", "0 0 * * */0", "1-70 * * * *", "x" * 300],
)  # fmt: skip
def test_what_is_no_schedule_is_refused_with_examples(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse(text)
    assert "hằng đêm" in caught.value.text("vi")


def test_sources_with_the_same_words_begin_at_moments_of_their_own_that_never_change() -> None:
    schedule = parse("hằng đêm 02:00")
    found = {name: next_after(schedule, FRIDAY, HERE, name) for name in ("ba-be", "cho-don", "na-ri", "ngan-son")}
    start = int(datetime(2027, 1, 16, 2, 0, tzinfo=HERE).timestamp())
    assert len(set(found.values())) == 4
    assert all(start <= moment < start + 600 for moment in found.values())
    assert found == {name: next_after(schedule, FRIDAY, HERE, name) for name in found}


def test_outside_of_its_hours_a_source_waits_for_them() -> None:
    allowed = hours("22:00-05:00")
    found = next_after(parse("mỗi 2 giờ"), FRIDAY, HERE, "ba-be", allowed)
    assert datetime.fromtimestamp(found, HERE).hour == 22
    assert allowed.opens(found, HERE) == found


@pytest.mark.parametrize("text", ["22", "22:00", "05:00-05:00", "25:00-26:00", "a-b", "1" * 300, "١-٢"])
def test_hours_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(InputError):
        hours(text)


def test_an_unknown_zone_is_refused() -> None:
    for name in ("Asia/Bac_Kan", "../etc/passwd", "", "Asia"):
        with pytest.raises(InputError):
            zone(name)


def test_a_time_that_a_clock_jumps_over_still_comes() -> None:
    """Berlin sets its clocks from 02:00 to 03:00 on 28 March 2027."""
    berlin = ZoneInfo("Europe/Berlin")
    moment = int(datetime(2027, 3, 27, 12, 0, tzinfo=berlin).timestamp())
    found = next_after(Schedule((150,), spread=1), moment, berlin)
    assert datetime.fromtimestamp(found, UTC).strftime("%d %H:%M") == "28 01:30"


TEXTS = st.one_of(
    st.text(max_size=60),
    st.lists(st.sampled_from([*"0123456789*/-,:", "hằng", "đêm", "mỗi", "thứ", "giờ", "every", "mon"])).map(" ".join),
    st.from_regex(r"[\d*/,\-]{1,5}( [\d*/,\-]{1,5}){4}", fullmatch=True),
)  # fmt: skip


@given(TEXTS, st.integers(0, 4_000_000_000), st.text(max_size=5))
def test_any_text_is_a_schedule_that_comes_or_our_error(text: str, moment: int, key: str) -> None:
    try:
        schedule = parse(text)
    except InputError:
        return
    found = next_after(schedule, moment, HERE, key)
    assert found > moment
    assert next_after(schedule, found, HERE, key) > found


MINUTES = st.sampled_from(["*", "0", "30", "*/15", "5,50", "10-20/5"])
HOURS = st.sampled_from(["*", "0", "23", "*/7", "2-4"])
DAYS = st.sampled_from(["*", "1", "15,31", "*/10"])
MONTHS = st.sampled_from(["*", "1-6", "feb,sep"])
WEEKDAYS = st.sampled_from(["*", "0", "7", "mon-fri", "2,4"])


@given(MINUTES, HOURS, DAYS, MONTHS, WEEKDAYS, st.integers(0, 5_000_000))
def test_cron_is_what_counting_minute_by_minute_finds(
    minute: str, hour: str, day: str, month: str, week: str, ahead: int
) -> None:
    schedule = Schedule(**{**vars_of(parse(f"{minute} {hour} {day} {month} {week}")), "spread": 1})
    moment = 1_800_000_000 + ahead
    found = next_after(schedule, moment, HERE)

    def allowed(field: str, value: int, names: str = "") -> bool:
        for number, name in enumerate(names.split()):
            field = field.replace(name, str(number))
        for part in field.split(","):
            span, _, step = part.partition("/")
            first, _, last = span.partition("-")
            low = 0 if span == "*" else int(first)
            high = 99 if span == "*" else int(last or first)
            start = {"days": 1}.get(names, 0) if span == "*" else low
            if low <= value <= high and (value - start) % int(step or 1) == 0:
                return True
        return False

    def comes(at: datetime) -> bool:
        in_week = allowed(week, (at.weekday() + 1) % 7, "sun mon tue wed thu fri sat")
        in_week = in_week or (at.weekday() == 6 and allowed(week, 7, "sun mon tue wed thu fri sat"))
        in_month = allowed(day, at.day, "days")
        either = day[0] != "*" and week[0] != "*"
        return (
            allowed(minute, at.minute)
            and allowed(hour, at.hour)
            and allowed(month, at.month, "x jan feb mar apr may jun jul aug sep oct nov dec")
            and (in_week or in_month if either else in_week and in_month)
        )

    assert comes(datetime.fromtimestamp(found, HERE))
    assert found % 60 == 0
    between = range(moment - moment % 60 + 60, min(found, moment + 90_000), 60)
    assert not any(comes(datetime.fromtimestamp(at, HERE)) for at in between)


def test_no_hours_are_all_hours() -> None:
    assert Hours().opens(FRIDAY, HERE) == FRIDAY


READ = {
    "hằng đêm": ("hằng đêm", "every night"),
    "every night": ("hằng đêm", "every night"),
    "daily at 2am": ("mỗi ngày lúc 02:00", "every day at 02:00"),
    "mỗi ngày 02:00 và 17:00": ("mỗi ngày lúc 02:00 và 17:00", "every day at 02:00 and 17:00"),
    "t2, t5 22h30": ("thứ hai và thứ năm hằng tuần lúc 22:30", "every Monday and Thursday at 22:30"),
    "thứ hai hằng tuần": ("thứ hai hằng tuần", "every Monday"),
    "ngày làm việc 03:00": ("ngày làm việc lúc 03:00", "weekdays at 03:00"),
    "monthly 20 02:00": ("ngày 20 hằng tháng lúc 02:00", "monthly on day 20 at 02:00"),
    "mỗi giờ": ("mỗi 1 giờ", "every 1 hour"),
    "cứ 90 phút": ("mỗi 90 phút", "every 90 minutes"),
    "30 2 * * *": ("mỗi ngày lúc 02:30", "every day at 02:30"),
}


@pytest.mark.parametrize("text", READ)
def test_a_schedule_is_said_in_both_languages(text: str) -> None:
    assert schedule_words.read(text) == READ[text]


@pytest.mark.parametrize("text", ["0 2 1 1 *", "0 2 1,15 * *", "0 2 1 * mon", "*/10 * * * *", "0 2 31 * *"])
def test_what_only_cron_can_say_is_not_said_in_words(text: str) -> None:
    assert schedule_words.read(text) is None


@given(st.sampled_from(sorted([*SAID, *READ])))
def test_what_is_said_of_a_schedule_can_be_typed_and_means_the_same(text: str) -> None:
    meant = parse(text)
    for said in schedule_words.told(meant) or ():
        again = parse(said)
        assert (again.times, again.weekdays, again.days, again.every) == (
            meant.times, meant.weekdays, meant.days, meant.every,
        )  # fmt: skip
