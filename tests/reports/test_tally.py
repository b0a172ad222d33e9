"""Uses are counted once, of people only, and never lost but at a kill."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from catalogue import uses
from catalogue.store import Store
from catalogue.uses import DOWNLOAD, REPEAT, ROBOT, SEARCH, VIEW, WEB, Use
from foundation.errors import InputError
from foundation.limits import CLICKS
from reports.tally import Tally
from reports.visitors import Clicks, Robots

PAGE = Use(WEB, VIEW, "bk01")
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
NOVEMBER = 1_795_000_000  # 2026-11-18


class Clock:
    def __init__(self, now: float = 0.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def counted(store: Store) -> dict[tuple[int, Use], int]:
    return {(month, use): count for month, use, count in uses.between(store, 0, 999_999)}


def test_counts_are_added_to_what_other_processes_wrote(store: Store) -> None:
    for _ in range(2):
        tally = Tally(store, now=Clock(NOVEMBER))
        tally.count(PAGE, 3)
        tally.count(Use(WEB, SEARCH))
        assert tally.flush() == 0
    assert counted(store) == {(202611, PAGE): 6, (202611, Use(WEB, SEARCH)): 2}
    assert tally.flush() == 0
    assert counted(store)[202611, PAGE] == 6


def test_two_hosts_count_at_once(store: Store) -> None:
    def work() -> None:
        tally = Tally(store, now=Clock(NOVEMBER))
        for number in range(30):
            tally.count(Use(WEB, VIEW, f"bk0{number % 3}"))
            tally.flush()
        while tally.flush():
            pass

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(counted(store).values()) == [40, 40, 40]


def test_while_another_writes_the_counts_wait_and_nobody_else(store: Store) -> None:
    tally = Tally(store, now=Clock(NOVEMBER))
    tally.count(PAGE)
    if store.sqlite:
        with store.write():
            assert tally.flush() == 1
            tally.count(PAGE)
    assert tally.flush() == 0
    assert counted(store)[202611, PAGE] == 1 + store.sqlite


def test_a_failure_keeps_the_counts(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    tally = Tally(store, now=Clock(NOVEMBER))
    tally.count(PAGE)

    def broken(*_: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(uses, "add", broken)
        with pytest.raises(RuntimeError):
            tally.flush()
    tally.count(PAGE)
    tally.flush()
    assert counted(store) == {(202611, PAGE): 2}


def test_what_is_left_is_written_at_the_end(store: Store) -> None:
    tally, stop = Tally(store, now=Clock(NOVEMBER)), threading.Event()
    tally.count(PAGE)
    stop.set()
    tally.follow(600, stop)
    assert counted(store) == {(202611, PAGE): 1}


def test_months_are_those_of_the_place(store: Store) -> None:
    clock = Clock(1_798_736_400 - 1)  # 2026-12-31 23:59:59 at +07:00
    tally = Tally(store, timezone(timedelta(hours=7)), now=clock)
    tally.count(PAGE)
    clock.now += 1
    tally.count(PAGE)
    tally.flush()
    assert [month for month, _ in counted(store)] == [202612, 202701]


# --- COUNTER, Code of Practice, 7.2 -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pauses", "wanted"),
    [
        ([], 1),
        ([29], 1),
        ([30], 1),
        ([31], 2),
        ([25, 25, 25], 1),  # each click starts the half minute anew
        ([25, 31, 25], 2),
        ([40, 40], 3),
        ([1000], 2),
    ],
)
def test_clicks_within_half_a_minute_are_one(book: Store, pauses: list[int], wanted: int) -> None:
    clock = Clock()
    tally = Tally(book, now=Clock(NOVEMBER), clock=clock)
    tally.visit(PAGE, "x1", "203.0.113.9", FIREFOX)
    for pause in pauses:
        clock.now += pause
        tally.visit(PAGE, "x1", "203.0.113.9", FIREFOX)
    tally.flush()
    found = counted(book)
    assert found[202611, PAGE] == wanted
    assert found.get((202611, Use(WEB, REPEAT)), 0) == len(pauses) + 1 - wanted


@pytest.mark.parametrize(
    "other",
    [
        (PAGE, "x2", "203.0.113.9", FIREFOX),
        (PAGE, "x1", "203.0.113.8", FIREFOX),
        (PAGE, "x1", "203.0.113.9", FIREFOX + "1"),
        (Use(WEB, DOWNLOAD, "bk01", "mrc"), "x1", "203.0.113.9", FIREFOX),
    ],
    ids=["item", "address", "browser", "kind"],
)
def test_what_differs_is_another_use(book: Store, other: tuple[Use, str, str, str]) -> None:
    tally = Tally(book, now=Clock(NOVEMBER), clock=Clock())
    tally.visit(PAGE, "x1", "203.0.113.9", FIREFOX)
    tally.visit(*other)
    tally.flush()
    assert sum(counted(book).values()) == 2
    assert (202611, Use(WEB, REPEAT)) not in counted(book)


def test_the_memory_of_clicks_is_bounded_and_says_nothing_of_people(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reports.visitors.CLICKS", 10)
    clock = Clock()
    clicks = Clicks(clock)
    for number in range(100):
        assert not clicks.again(f"203.0.113.{number}", FIREFOX, "x")
    assert clicks.again("203.0.113.0", FIREFOX, "x")
    held = [value for one in (clicks._lately, clicks._before) for value in one]
    assert len(held) == 10
    assert all(b"203" not in one and len(one) == 12 for one in held)
    assert CLICKS > 10
    clock.now += 61
    clicks.again("203.0.113.0", FIREFOX, "y")
    assert len(clicks._before) == 0


def test_two_processes_hash_differently() -> None:
    first, second = Clicks(Clock()), Clicks(Clock())
    first.again("203.0.113.9", FIREFOX, "x")
    second.again("203.0.113.9", FIREFOX, "x")
    assert first._lately.keys().isdisjoint(second._lately)


@given(some.text(max_size=600), some.text(max_size=50))
def test_any_user_agent_and_address_will_do(agent: str, address: str) -> None:
    assert isinstance(agent in ROBOTS, bool)
    assert isinstance(Clicks(Clock()).again(address, agent, "x"), bool)


# --- COUNTER, Code of Practice, section 7, "Internet Robots and Crawlers" -----------------------------------------

ROBOTS = Robots()
PEOPLE = [
    FIREFOX,
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) coc_coc_browser/120.0.148 "
    "Chrome/114.0.5735.148 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 "
    "Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 14; SM-A057F) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/26.0 "
    "Chrome/122.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36 "
    "Edg/130.0.0.0",
    "Opera/9.80 (Android; Opera Mini/36.2.2254/119.132; U; vi) Presto/2.12.423 Version/12.16",
    "Mozilla/5.0 (Linux; Android 10; CUBOT X30) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Mobile",
]
MACHINES = [
    "",
    "-",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)",
    "Mozilla/5.0 (compatible; coccocbot-web/1.0; +http://help.coccoc.com/searchengine)",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "python-requests/2.32.3",
    "Python-urllib/3.11",
    "curl/8.5.0",
    "Wget/1.21.3",
    "Java/17.0.2",
    "Go-http-client/1.1",
    "libwww-perl/6.68",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/156.0.0.0 Safari/537.36",
    "Mozilla/5.0",
]


@pytest.mark.parametrize("agent", PEOPLE)
def test_readers_are_no_robots(agent: str) -> None:
    assert agent not in ROBOTS


@pytest.mark.parametrize("agent", MACHINES)
def test_robots_are_told(agent: str) -> None:
    assert agent in ROBOTS


def test_robots_are_left_out_and_counted_as_such(book: Store) -> None:
    tally = Tally(book, now=Clock(NOVEMBER), clock=Clock())
    tally.visit(PAGE, "x1", "203.0.113.9", MACHINES[2])
    tally.flush()
    assert counted(book) == {(202611, Use(WEB, ROBOT)): 1}


def test_another_list_of_robots_can_be_named(tmp_path: Path) -> None:
    path = tmp_path / "robots.txt"
    path.write_text("# COUNTER\n\n^Zen$\n", encoding="utf-8")
    found = Robots(str(path))
    assert "zen" in found
    assert "Googlebot" not in found


def _many(path: Path) -> None:
    path.write_text("x\n" * 5_001, encoding="utf-8")


@pytest.mark.parametrize(
    ("write", "code"),
    [
        (lambda path: None, "reports.robots_unreadable"),
        (lambda path: path.write_bytes(b"\xff\xfe\xff"), "reports.robots_unreadable"),
        (lambda path: path.write_text("a\n(\n"), "reports.robots_pattern"),
        (lambda path: path.write_text("# nothing\n"), "reports.robots_count"),
        (_many, "reports.robots_count"),
    ],
)
def test_a_list_of_robots_that_will_not_do_is_refused(
    tmp_path: Path, write: Callable[[Path], object], code: str
) -> None:
    path = tmp_path / "robots.txt"
    write(path)
    with pytest.raises(InputError) as raised:
        Robots(str(path))
    assert raised.value.problem.code == code
