"""What a person is asked, in which order, and what becomes of each answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from catalogue import libraries
from catalogue.libraries import Library
from catalogue.store import Store
from foundation.errors import LimitError, RefusedError
from foundation.settings import Settings
from marc.record import Record
from tests.catalogue.conftest import Time
from tests.postgresql_stores import database
from tests.union.records import BOOK, record
from tests.union.store_world import clusters, contribute, delete, follow
from union import chronicle, deciding, kinship, questions, reading, sureness, trials
from union import rules as union_rules
from union.deciding import Voice
from union.decisions import Verdict
from union.doubts import APART, DISPUTE, DOUBT, THIN
from union.questions import Chosen, Question

OTHER_HOUSE = {"t260": "$aH. :$bKim Đồng,$c2010", "t300": "$a220 tr."}
LAN, MAI, TINH = Voice("lan", "bk01"), Voice("mai", "bk02"), Voice("ngoc", "bk00")


def book(control: str, **changes: str) -> Record:
    fields: dict[str, str | list[str]] = {f"t{tag}": text for tag, text in BOOK.items()}
    return record(control=control, **fields | changes)


@pytest.fixture
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """SQLite, and PostgreSQL for the tests that name it: what is asked of both is written in `test_store`."""
    if getattr(request, "param", "sqlite") == "sqlite":
        yield Settings(home=tmp_path / "home")
        return
    with database(request.getfixturevalue("postgresql_url")) as url:
        yield Settings(home=tmp_path / "home", database=url)


both = pytest.mark.parametrize("settings", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def two(store: Store) -> Store:
    """Two records that may be one edition, of two libraries below a province."""
    libraries.add(store, Library("bk00", "Thư viện tỉnh", kind="provincial"))
    contribute(store, "bk01", book("1"))
    contribute(store, "bk02", book("1", **OTHER_HOUSE))
    follow(store)
    return store


def asked(store: Store, **chosen: object) -> list[Question]:
    return questions.page(store, Chosen(**chosen))  # type: ignore[arg-type]


def test_a_doubtful_pair_is_asked_with_its_records_and_libraries(two: Store) -> None:
    (one,) = asked(two)
    assert (one.reason, one.libraries, one.records, one.kind) == (DOUBT, ("bk01", "bk02"), 2, "vietnamese")
    assert {one.a.name, one.b.name} == {"bk01/1", "bk02/1"}
    assert one.score == pytest.approx(-0.43, abs=0.3)
    assert one.gain == pytest.approx(2 * one.probability, abs=0.01)


@pytest.mark.parametrize(("chosen", "found"), [
    ({"libraries": ("bk01",)}, 1), ({"libraries": ("bk00",)}, 0), ({"mine": ("bk02",)}, 1),
    ({"libraries": ("bk01",), "mine": ("bk00",)}, 0), ({"libraries": ("nobody",)}, 0),
    ({"kind": "vietnamese"}, 1), ({"kind": "map"}, 0), ({"reason": THIN}, 0), ({"reason": DOUBT}, 1),
    ({"low": 1.0}, 0), ({"high": 1.0}, 1),
])  # fmt: skip
def test_the_queue_is_narrowed(two: Store, chosen: dict[str, object], found: int) -> None:
    assert len(asked(two, **chosen)) == found


@both
def test_pages_go_on_behind_each_other_and_give_each_question_once(store: Store) -> None:
    titles = ["Truyện cổ Tày", "Dân ca Nùng", "Hát then Bắc Kạn", "Sách thuốc nam", "Lịch sử hồ Ba Bể"]
    years = [2001, 2004, 2007, 2010, 2013]

    def drawn(house: str, pages: str) -> list[Record]:
        return [
            book(str(year), t245=f"$a{title} /$cNông Văn An", t260=f"$aH. :$b{house},$c{year}", t300=f"$a{pages} tr.")
            for title, year in zip(titles, years, strict=True)
        ]

    ours, theirs = drawn("Văn hoá dân tộc", "215"), drawn("Kim Đồng", "220")
    contribute(store, "bk01", *ours)
    contribute(store, "bk02", *theirs)
    follow(store)
    whole = [(one.low, one.high) for one in questions.page(store, Chosen(), "", 100)]
    assert len(whole) == 5
    seen, cursor = [], ""
    while found := questions.page(store, Chosen(), cursor, 2):
        seen += [(one.low, one.high) for one in found]
        cursor = found[-1].cursor
    assert seen == whole


@pytest.mark.parametrize("verdict", [Verdict.SAME, Verdict.DIFFERENT, Verdict.SAME_WORK])
def test_an_answer_ends_the_question_and_taking_it_back_asks_again(two: Store, verdict: Verdict) -> None:
    act = deciding.pair(two, "bk01/1", "bk02/1", verdict, LAN, "xem sách")
    assert asked(two) == [], "at once, before anything is matched"
    follow(two)
    assert asked(two) == []
    assert len(clusters(two)) == (1 if verdict is Verdict.SAME else 2)
    assert deciding.withdraw(two, act.number, "lan") == act.decisions
    follow(two)
    assert len(asked(two)) == 1
    assert len(clusters(two)) == 2


@both
def test_put_off_comes_back_when_its_time_has_come(two: Store, time: Time) -> None:
    (one,) = asked(two)
    deciding.later(two, one.low, one.high, 30, LAN)
    assert asked(two) == []
    assert questions.counts(two, Chosen())["later"] == 1
    assert [(until - time.now, by) for _, until, by in questions.put_off(two)] == [(30 * 86_400, "lan")]
    time.pass_(30 * 86_400)
    assert len(asked(two)) == 1


@both
def test_two_libraries_that_contradict_each_other_leave_it_to_the_province(two: Store) -> None:
    deciding.pair(two, "bk01/1", "bk02/1", Verdict.SAME, LAN)
    act = deciding.pair(two, "bk01/1", "bk02/1", Verdict.DIFFERENT, MAI)
    assert act.disputed
    follow(two)
    assert [one.reason for one in asked(two)] == [DISPUTE]
    deciding.pair(two, "bk01/1", "bk02/1", Verdict.SAME, TINH)
    follow(two)
    assert asked(two) == []
    assert len(clusters(two)) == 1
    assert deciding.pair(two, "bk01/1", "bk02/1", Verdict.DIFFERENT, MAI).outvoted


def test_same_of_two_clusters_brings_all_their_members_together(two: Store) -> None:
    contribute(two, "bk00", book("7"), book("8", t300="$a216 tr."))
    contribute(two, "bk02", book("2", t260="$aH. :$bKim Đồng,$c2014", t300="$a220 tr."))
    follow(two)
    deciding.pair(two, "bk02/1", "bk02/2", Verdict.SAME, MAI)
    follow(two)
    before = clusters(two)
    assert sorted(map(len, before)) == [2, 3]
    act = deciding.pair(two, "bk01/1", "bk02/1", Verdict.SAME, TINH)
    follow(two)
    assert [len(one) for one in clusters(two)] == [5]
    deciding.withdraw(two, act.number)
    follow(two)
    assert clusters(two) == before


def test_a_split_is_one_act_and_is_undone_whole(store: Store) -> None:
    contribute(store, "bk01", book("1"), book("2"))
    contribute(store, "bk02", book("1"), book("2"))
    follow(store)
    number = reading.find(store, "bk01/1").number
    act = deciding.split(store, number, ["bk01/1", "bk02/2"], LAN, "khác người dịch")
    assert act.decisions == 4
    follow(store)
    assert sorted(map(len, clusters(store))) == [2, 2]
    assert set(reading.find(store, "bk01/1").members) == {"bk01/1", "bk02/2"}
    assert asked(store) == [], "what a person has parted is not asked about"
    deciding.withdraw(store, act.number)
    follow(store)
    assert [len(one) for one in clusters(store)] == [4]


@pytest.mark.parametrize("leaving", [[], ["bk01/1", "bk02/1"]])
def test_a_split_leaves_something_on_both_sides(store: Store, leaving: list[str]) -> None:
    contribute(store, "bk01", book("1"))
    contribute(store, "bk02", book("1"))
    follow(store)
    with pytest.raises(RefusedError, match="ít nhất một"):
        deciding.split(store, reading.find(store, "bk01/1").number, leaving, LAN)


def test_a_decision_about_too_many_pairs_names_the_limit(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deciding, "UNION_ACT_PAIRS", 3)
    contribute(store, "bk01", book("1"), book("2"))
    contribute(store, "bk02", book("1"), book("2"))
    follow(store)
    with pytest.raises(LimitError, match="UNION_ACT_PAIRS"):
        deciding.split(store, reading.find(store, "bk01/1").number, ["bk01/1", "bk01/2"], LAN)


def test_a_frozen_cluster_is_asked_about_no_more(two: Store) -> None:
    act = deciding.freeze(two, reading.find(two, "bk01/1").number, LAN)
    follow(two)
    assert asked(two) == []
    deciding.withdraw(two, act.number)
    follow(two)
    assert len(asked(two)) == 1


def test_who_is_alike_and_yet_kept_apart_is_asked_about(store: Store) -> None:
    """A record without its language between an edition in Vietnamese and one in Tày can join one alone."""
    contribute(store, "bk01", book("1", t041="$avie"), book("2", t041="$atyz"))
    contribute(store, "bk02", book("1"))
    follow(store)
    found = asked(store)
    assert len(clusters(store)) == 2
    assert [(question.reason, question.gain <= 0.5 * question.records) for question in found] == [(APART, True)]


def test_what_is_gone_is_not_asked_about(two: Store) -> None:
    delete(two, "bk02", "1")
    follow(two)
    assert asked(two) == []


def test_a_history_tells_who_why_and_what_followed(two: Store, time: Time) -> None:
    time.pass_()
    act = deciding.pair(two, "bk01/1", "bk02/1", Verdict.SAME, LAN, "cùng một bản in")
    follow(two)
    found = chronicle.of(two, reading.find(two, "bk01/1").number)
    assert [one.what for one in found[-2:]] == ["join", "new"], "the oldest last"
    (said,) = [one for one in found if one.act]
    assert (said.what, said.by, said.library, said.why) == ("same", "lan", "bk01", "cùng một bản in")
    assert set(said.records) == {"bk01/1", "bk02/1"}
    assert "merge" in {one.what for one in found}
    deciding.withdraw(two, act.number, "ngoc")
    assert [one.withdrawn_by for one in chronicle.acts(two)] == ["ngoc"]


@both
def test_sureness_counts_what_stands_and_how_people_agree(two: Store) -> None:
    contribute(two, "bk00", book("3"), book("4", t300="$a216 tr."))
    deciding.pair(two, "bk01/1", "bk02/1", Verdict.SAME, TINH)
    follow(two)
    found = sureness.sureness(two)
    assert (found.alone, found.several, found.gathered) == (0, 1, 4)
    assert found.libraries == {3: 1}
    assert (found.judged, found.agreed) == (1, 0), "the rules alone would not have"
    assert sum(found.pairs.values()) == 6, "of four descriptions"


@both
def test_editions_of_a_work_are_found_from_each_of_them(store: Store) -> None:
    kieu = {"t100": "$aNguyễn Du", "t245": "$aTruyện Kiều", "t041": "$avie"}
    contribute(store, "bk01", book("1", **kieu), book("2", **kieu, t260="$aH. :$bTrẻ,$c1999"))
    contribute(store, "bk02", book("3", **kieu | {"t245": "$aThe tale of Kieu", "t041": "$aeng"}, t240="$aTruyện Kiều"))
    contribute(store, "bk02", book("4"))
    follow(store)
    found = kinship.siblings(store, reading.find(store, "bk01/1").number)
    assert sorted(one.said.title for one in found) == ["The tale of Kieu", "Truyện Kiều"]
    assert kinship.siblings(store, reading.find(store, "bk02/4").number) == []
    deciding.pair(store, "bk02/4", "bk01/2", Verdict.SAME_WORK, LAN)
    follow(store)
    assert len(kinship.siblings(store, reading.find(store, "bk02/4").number)) == 3
    delete(store, "bk02", "3")
    follow(store)
    assert len(kinship.siblings(store, reading.find(store, "bk02/4").number)) == 2


# --- rules that are tried ---------------------------------------------------------------------------------------------


def changed(change: Callable[[dict[str, object]], None]) -> str:
    document = union_rules.shipped_document()
    change(document)
    return json.dumps(document)


@both
def test_a_trial_tells_what_it_would_do_and_changes_nothing_until_it_is_approved(two: Store) -> None:
    number = trials.submit(two, changed(lambda found: found.update(thresholds={"link": -1.5, "join": -1.5})), "ngoc")
    assert trials.get(two, number).state == trials.WAITING
    assert trials.work(two)
    found = trials.get(two, number)
    assert (found.state, found.done, found.total) == (trials.READY, 2, 2)
    assert (found.result["before"], found.result["after"], found.result["joined"]) == (2, 1, 1)
    assert found.result["joins"] == [["bk01/1", "bk02/1"]]
    assert len(clusters(two)) == 2
    trials.approve(two, number)
    assert trials.work(two)
    assert trials.get(two, number).state == trials.PUBLISHED
    assert len(clusters(two)) == 1
    assert [one.reason for one in asked(two)] == [THIN], "by the new thresholds"


def test_one_trial_at_a_time_and_a_dropped_one_is_over(two: Store) -> None:
    number = trials.submit(two, "", "ngoc")
    with pytest.raises(RefusedError, match=str(number)):
        trials.submit(two, "", "ngoc")
    trials.drop(two, number)
    assert not trials.work(two)
    with pytest.raises(RefusedError):
        trials.approve(two, number)
    assert trials.submit(two, "", "ngoc") == number + 1


def test_a_trial_whose_process_died_is_begun_again(two: Store, time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    number = trials.submit(two, "", "ngoc")

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(trials.rebuilding, "preview", killed)
        with pytest.raises(KeyboardInterrupt):
            trials.work(two)
    assert not trials.work(two), "it may still be alive"
    time.pass_(121)
    assert trials.work(two)
    assert trials.get(two, number).state == trials.READY


def test_a_trial_that_is_dropped_while_it_runs_stops(two: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    number = trials.submit(two, "", "ngoc")
    monkeypatch.setattr(trials, "_alive", lambda store, found, *_: (trials.drop(store, number), alive(store, found)))
    assert trials.work(two)
    assert (trials.get(two, number).state, trials.get(two, number).result) == (trials.DROPPED, {})


def alive(store: Store, found: trials.Trial) -> None:
    if trials.get(store, found.number).state != found.state:
        raise trials._DroppedError
