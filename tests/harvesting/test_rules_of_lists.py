"""The rules of harvesting about lists: windows, clocks, deletions, sets, and lines that are cut."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import func, select

from catalogue import runs
from catalogue.store import Store
from catalogue.tables import change
from harvesting.course import COMPARE, FULL
from oaipmh import identity
from oaipmh.quirks import Quirks
from tests.catalogue.conftest import Time
from tests.harvesting.conftest import Harvester
from tests.harvesting.repository import NOW, Cut, Repository
from tests.harvesting.rules import rule
from tests.harvesting.test_bad_peers import pages
from tests.harvesting.test_course import codes, fill, held, meant
from tests.wire import answer

pytestmark = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
Arguments = dict[str, str]
DAY = 86_400


# --- lists --------------------------------------------------------------------------------------------------


@rule(15)
def test_a_record_before_the_beginning_and_one_in_the_future_are_in_windows_too(
    harvester: Harvester, repository: Repository, store: Store
) -> None:
    fill(repository)
    repository.put("oai:x.vn:800", "Trước cả lúc bắt đầu", 3 * DAY)
    repository.put("oai:x.vn:900", "Ngày mai", NOW + 400 * DAY)
    harvester.change(quirks=Quirks(window_days=700))
    assert harvester.run().state == runs.DONE
    assert held(store) == meant(repository)
    assert ("from" in repository.asked[1], "until" in repository.asked[-1]) == (False, False)


@rule(15)
def test_a_repository_that_takes_no_end_without_a_beginning(
    harvester: Harvester, repository: Repository, store: Store
) -> None:
    fill(repository)
    harvester.change(quirks=Quirks(window_days=700))
    refusal = answer(repository.document('<error code="badArgument">until alone</error>').encode())
    repository.trouble = lambda repository, arguments: (
        refusal if "until" in arguments and "from" not in arguments else None
    )
    assert harvester.run().state == runs.DONE
    assert held(store) == meant(repository)


@rule(16)
@pytest.mark.parametrize("at", range(1, 6))
def test_killed_at_any_page_it_goes_on_behind_it_even_when_the_token_is_lost(
    at: int, harvester: Harvester, repository: Repository, store: Store
) -> None:
    fill(repository, 14)
    left = iter(range(at))

    def die(run: runs.Run) -> None:
        if next(left, None) is None:
            raise KeyboardInterrupt

    try:
        harvester.course(progress=die).go()
    except KeyboardInterrupt:
        gone = answer(repository.document('<error code="badResumptionToken">gone</error>').encode())
        forgotten = iter([gone])
        repository.trouble = lambda repository, arguments: (
            next(forgotten, None) if "resumptionToken" in arguments else None
        )
    assert harvester.run().state == runs.DONE
    assert held(store) == meant(repository)


@rule(17, 35)
@pytest.mark.parametrize("ahead", [-400 * DAY, -3, 5, 400 * DAY])
def test_their_clock_counts(ahead: int, harvester: Harvester, repository: Repository, store: Store, time: Time) -> None:
    repository.now = NOW + ahead
    for number in range(8):
        repository.put(f"oai:x.vn:{number:03}", f"Sli {number}", repository.now - 100 + number)
    first = harvester.run()
    assert ("harvesting.clock" in codes(first)) == (abs(ahead) > DAY)
    # It comes into being while the list is read, in the second of the first answer.
    repository.put("oai:x.vn:100", "Vừa xong", repository.now)
    repository.now += 50
    time.pass_(50)
    run = harvester.run()
    assert (run.kind, held(store)) == ("new", meant(repository))


@rule(35)
def test_a_clock_that_is_put_right_loses_nothing(
    harvester: Harvester, repository: Repository, store: Store, time: Time
) -> None:
    fill(repository)
    repository.now = NOW + 9_000 * DAY
    harvester.run()
    repository.now = NOW + 60
    repository.put("oai:x.vn:100", "Sau khi chỉnh giờ")
    run = harvester.run()
    assert ("harvesting.clock_back" in codes(run), held(store)) == (True, meant(repository))


@rule(18)
def test_what_is_harvested_again_moves_no_datestamp(
    harvester: Harvester, repository: Repository, store: Store, time: Time
) -> None:
    def moves() -> int:
        with store.read() as connection:
            return connection.execute(select(func.count()).select_from(change)).scalar_one()

    fill(repository)
    harvester.run()
    before = moves()
    time.pass_(100)
    repository.now += 100
    for kind in (FULL, COMPARE, "new"):
        harvester.run(kind)
    assert moves() == before == 8


@rule(19)
def test_deletions_before_a_failure_meet_the_brake_too(
    harvester: Harvester, repository: Repository, store: Store
) -> None:
    fill(repository)
    harvester.run()
    everything = held(store)
    repository.now += 10
    for number in range(6):
        repository.drop(f"oai:x.vn:{number:03}")
    error = answer(repository.document('<error code="badVerb">tired</error>').encode())
    repository.trouble = lambda repository, arguments: (
        error if arguments.get("resumptionToken", "").endswith("|6") else None
    )
    repository.put("oai:x.vn:100", "Một", NOW + 5)
    repository.put("oai:x.vn:101", "Hai", NOW + 5)
    run = harvester.run("new")
    assert (run.state, held(store)) == (runs.WAITING, everything)


@rule(20)
def test_nothing_new_is_no_news(harvester: Harvester, repository: Repository, store: Store) -> None:
    fill(repository)
    harvester.run()
    repository.now += 1000
    run = harvester.run()
    assert (run.state, run.kind, run.said, held(store)) == (runs.DONE, "new", [], meant(repository))


# --- sets ---------------------------------------------------------------------------------------------------


def two_sets(repository: Repository, harvester: Harvester) -> None:
    """`a` with three records, `b` with three, one of them in both."""
    repository.deleted_record = "no"
    for number, spec in enumerate(["a", "a", "a b", "b", "b"]):
        repository.put(f"oai:x.vn:{number:03}", f"Lượn {number}", NOW - 50, sets=tuple(spec.split()))
    harvester.change(sets=("a", "b"), brake=100)


@rule(21)
def test_a_set_that_vanishes_takes_nothing_with_it(harvester: Harvester, repository: Repository, store: Store) -> None:
    two_sets(repository, harvester)
    harvester.run()
    everything = held(store)
    assert len(everything) == 5
    for name in ("oai:x.vn:003", "oai:x.vn:004"):
        del repository.entries[name]
    repository.entries["oai:x.vn:002"].sets = ("a",)
    run = harvester.run(FULL)
    assert (run.state, held(store), "harvesting.empty_set" in codes(run)) == (runs.DONE, everything, True)


@rule(21)
@pytest.mark.parametrize("order", [("a", "b"), ("b", "a")])
@pytest.mark.parametrize("kind", ["new", FULL])
def test_what_has_only_left_one_of_its_sets_is_still_there(
    order: tuple[str, str], kind: str, harvester: Harvester, repository: Repository, store: Store
) -> None:
    two_sets(repository, harvester)
    harvester.change(sets=order)
    harvester.run()
    repository.now += 100
    repository.put("oai:x.vn:002", "Lượn sửa", sets=("b",))
    inside = "<identifier>oai:x.vn:002</identifier><datestamp>2027-01-15</datestamp>"
    gone = f'<record><header status="deleted">{inside}</header></record>'

    def left(repository: Repository, arguments: Arguments) -> bytes | None:
        if arguments.get("set") != "a":
            return None
        others = "".join(map(repository.record, ("oai:x.vn:000", "oai:x.vn:001"))) if kind == FULL else ""
        return answer(repository.document(f"<ListRecords>{others}{gone}</ListRecords>").encode())

    repository.trouble = left
    run = harvester.run(kind)
    assert (run.state, held(store)) == (runs.DONE, meant(repository))


@rule(21)
@pytest.mark.parametrize("spec", ["a b", "tiếng Tày", "a%20b", "a/b?c&d", "a:b:c"])
def test_names_of_sets_that_no_set_may_have(
    spec: str, harvester: Harvester, repository: Repository, store: Store
) -> None:
    repository.put("oai:x.vn:001", "Then", NOW - 5, sets=(spec,))
    repository.trouble = pages(lambda page: page.replace(b"&d</setSpec>", b"&amp;d</setSpec>"))
    harvester.change(sets=(spec,))
    assert harvester.run().state == runs.DONE
    assert (held(store), repository.asked[-1]["set"]) == (meant(repository), spec)


@rule(21)
def test_headers_without_sets(harvester: Harvester, repository: Repository, store: Store) -> None:
    two_sets(repository, harvester)
    repository.trouble = pages(
        lambda page: page.replace(b"<setSpec>a</setSpec>", b"").replace(b"<setSpec>b</setSpec>", b"")
    )
    assert harvester.run().state == runs.DONE
    assert held(store) == meant(repository)


@rule(22, 30)
@pytest.mark.parametrize(
    ("bodies", "found", "code"),
    [
        (['<error code="noSetHierarchy">none</error>'], [], ""),
        (["S a T 1", "S b T"], ["a", "b"], ""),
        (["S a", ""], ["a"], ""),
        (["S a T 1", "S b T 1", "S a T 1"], ["a", "b"], "harvesting.sets_loop"),
        (["S a T 1"], ["a"], "harvesting.sets_loop"),
        (['<error code="badVerb">none</error>'], [], "harvest.error"),
    ],
)
def test_lists_of_sets_end(
    bodies: list[str], found: list[str], code: str, harvester: Harvester, repository: Repository
) -> None:
    left = list(bodies)

    def trouble(repository: Repository, arguments: Arguments) -> bytes:
        body = left.pop(0) if len(left) > 1 else left[0]
        if not body.startswith("<"):
            _, spec, *token = body.split(" ")
            body = f"<ListSets><set><setSpec>{spec}</setSpec><setName>{spec}!</setName></set>" + (
                f"<resumptionToken>{''.join(token[1:])}</resumptionToken></ListSets>" if token else "</ListSets>"
            )
        return answer(repository.document(body).encode())

    repository.trouble = trouble
    peer = harvester.course().peer
    assert peer.sets() == [(spec, f"{spec}!") for spec in found]
    assert [problem.code for problem in peer.heard()] == ([code] if code else [])


@rule(30)
def test_what_a_source_says_of_itself_can_be_had_first(harvester: Harvester, repository: Repository) -> None:
    fill(repository)
    peer = harvester.course().peer
    found = identity.identity(peer.ask({"verb": "Identify"}))
    assert (found.name, found.version, found.days) == ("Thử", "2.0", False)
    page = peer.ask({"verb": "ListRecords", "metadataPrefix": "marcxml"})
    assert (len(page.records), page.token is not None) == (3, True)


@rule(31)
def test_progress_knows_how_much_is_to_come(harvester: Harvester, repository: Repository) -> None:
    fill(repository)
    seen = []
    harvester.course(progress=lambda run: seen.append((run.counts["read"], run.position["lists"][""]["total"]))).go()
    assert seen == [(3, 8), (6, 8), (8, 8)]


@rule(15)
@pytest.mark.parametrize("said", ["2027-01-15T10:00:00+07:00", "15/01/2027", ""])
def test_windows_reach_the_end_where_the_time_of_answers_cannot_be_read(
    said: str, harvester: Harvester, repository: Repository, store: Store
) -> None:
    fill(repository)
    repository.put("oai:x.vn:900", "Ngày mai", NOW + 400 * DAY)
    harvester.change(quirks=Quirks(window_days=100))
    repository.trouble = lambda repository, arguments: answer(
        re.sub("<responseDate>[^<]*", f"<responseDate>{said}", repository.document(repository.body(arguments))).encode()
    )
    assert harvester.run(FULL).state == runs.DONE
    assert held(store) == meant(repository)


@rule(21)
def test_a_list_that_failed_is_not_complete_when_a_run_goes_on_that_was_cut_behind_it(
    harvester: Harvester, repository: Repository, store: Store
) -> None:
    for number in range(16):
        repository.put(f"oai:x.vn:{number:03}", f"Then Tày {number}", NOW - 100 + number)
        repository.entries[f"oai:x.vn:{number:03}"].sets = ("a" if number % 2 else "b",)
    harvester.change(sets=("a", "b"), brake=100)
    assert harvester.run(FULL).state == runs.DONE
    refusal = answer(repository.document('<error code="badArgument">no</error>').encode())
    bad = {"b": True}

    def trouble(repository: Repository, arguments: Arguments) -> bytes | None:
        if arguments.get("set") == "b":
            return Cut(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n") if bad["b"] else None
        return refusal if "resumptionToken" in arguments and bad["b"] else None

    repository.trouble = trouble
    assert harvester.run(FULL).state == runs.CUT
    bad["b"] = False
    run = harvester.run()
    assert (run.state, run.counts["deleted"]) == (runs.FAILED, 0)
    assert held(store) == meant(repository)
    assert run.position["next"].keys() == {"b"}, "what did not come would not be asked for again"


# --- one by one ---------------------------------------------------------------------------------------------


@rule(11, 36)
@pytest.mark.parametrize("said", ["idDoesNotExist", "another"])
def test_a_record_that_is_listed_and_not_given_is_put_aside(
    said: str, harvester: Harvester, repository: Repository, store: Store
) -> None:
    fill(repository)
    body = f'<error code="{said}">?</error>' if said != "another" else ""
    body = body or f"<GetRecord>{repository.record('oai:x.vn:001')}</GetRecord>"
    repository.trouble = lambda repository, arguments: (
        answer(repository.document(body).encode()) if arguments.get("identifier") == "oai:x.vn:004" else None
    )
    harvester.change(quirks=Quirks(one_by_one=True))
    run = harvester.run()
    assert (run.state, run.counts["quarantined"]) == (runs.DONE, 1)
    assert held(store) == {name: title for name, title in meant(repository).items() if name[-1] != "4"}


@rule(7)
def test_a_line_cut_in_every_other_answer(harvester: Harvester, repository: Repository, store: Store) -> None:
    fill(repository, 20)
    turn = iter(range(1000))

    def cut(repository: Repository, arguments: Arguments) -> bytes | None:
        number = next(turn)
        if number % 2 == 0:
            return None
        whole = answer(repository.document(repository.body(arguments)).encode())
        return Cut(whole[: number * 37 % len(whole)])

    repository.trouble = cut
    assert harvester.run().state == runs.DONE
    assert held(store) == meant(repository)


@rule(7, 9)
def test_many_pages_that_come_cut_off_do_not_add_up(harvester: Harvester, repository: Repository, store: Store) -> None:
    fill(repository, 30)
    turn = iter(range(1000))

    def cut(repository: Repository, arguments: Arguments) -> bytes | None:
        if arguments["verb"] != "ListRecords" or next(turn) % 2:
            return None
        page = repository.document(repository.body(arguments)).encode()
        return answer(page[: -len(page) // 3])

    repository.trouble = cut
    run = harvester.run()
    assert (run.state, held(store), len(harvester.waits) >= 9) == (runs.DONE, meant(repository), True)
