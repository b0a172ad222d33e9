"""Whole harvests over real HTTP into a real store: what comes, what is deleted, and what happens when it breaks off."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import event, func, select

from catalogue import quarantine, runs, undo
from catalogue.provenance import Provenance
from catalogue.store import Store
from catalogue.tables import LIVE, change_set, record, version
from foundation.errors import LienThongError, RefusedError
from harvesting.course import COMPARE, FULL, release, stop
from marc.record import Record
from oaipmh.quirks import Quirks
from tests.harvesting.conftest import Harvester
from tests.harvesting.repository import NOW, Cut, Repository
from tests.harvesting.rules import rule
from tests.wire import answer


def held(store: Store) -> dict[str, str]:
    """Local id → title of what is shown."""
    query = select(record.c.local_id, version.c.dictionary, version.c.normalised).join(
        version, version.c.id == record.c.version_id
    )
    found = {}
    with store.read() as connection:
        for name, dictionary, packed in connection.execute(query.where(record.c.status == LIVE)).all():
            text = store.compression.decompressor(connection, dictionary)(packed).decode()
            [title] = Record(text).select("245")
            found[name] = title.subfields[0][1]
    return found


def meant(repository: Repository) -> dict[str, str]:
    return {name: one.title for name, one in repository.entries.items() if not one.deleted}


def fill(repository: Repository, count: int = 8) -> None:
    for number in range(count):
        repository.put(f"oai:x.vn:{number:03}", f"Then Tày {number}", NOW - 10_000 + number)


def codes(run: runs.Run) -> list[str]:
    return [entry["code"] for entry in run.said]


@rule(17)
def test_a_first_harvest_brings_everything_and_a_second_only_what_is_new(
    harvester: Harvester, repository: Repository, store: Store
) -> None:
    fill(repository)
    first = harvester.run()
    assert (first.state, first.kind, first.counts["new"]) == (runs.DONE, FULL, 8)
    assert held(store) == meant(repository)
    repository.now += 1000
    repository.put("oai:x.vn:003", "Then cổ")
    repository.put("oai:x.vn:900", "Sli Nùng")
    repository.drop("oai:x.vn:005")
    repository.now += 1000
    asked = len(repository.asked)
    second = harvester.run()
    assert (second.state, second.kind, second.counts["new"], second.counts["changed"]) == (runs.DONE, "new", 1, 1)
    assert repository.asked[asked + 1]["from"] == "2027-01-15T07:59:59Z"
    assert held(store) == meant(repository)


@rule(18)
def test_what_is_unchanged_is_not_read_again(harvester: Harvester, repository: Repository) -> None:
    fill(repository)
    harvester.run()
    again = harvester.run(FULL)
    assert (again.counts["unchanged"], again.counts["new"], again.counts["changed"]) == (8, 0, 0)


@rule(18)
@pytest.mark.parametrize("place", range(8))
def test_one_record_that_changed_under_its_old_datestamp_is_found_among_those_that_did_not(
    harvester: Harvester, repository: Repository, store: Store, place: int
) -> None:
    fill(repository)
    harvester.run()
    name = sorted(repository.entries)[place]
    repository.put(name, "Then cổ", repository.entries[name].stamp)
    again = harvester.run(FULL)
    assert (again.counts["unchanged"], again.counts["changed"], again.counts["deleted"]) == (7, 1, 0)
    assert held(store) == meant(repository)


@rule(18)
def test_each_record_is_itself_whether_its_page_needs_a_parser_or_not(
    harvester: Harvester, repository: Repository, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = repository.document

    def document(body: str) -> str:
        return whole(body if len(repository.asked) % 3 == 0 else f"<!-- {len(repository.asked)} -->{body}")

    monkeypatch.setattr(repository, "document", document)
    fill(repository, 150)
    harvester.run()
    assert held(store) == meant(repository)


@rule(28)
def test_provenance_is_kept_with_the_chain_that_came(
    harvester: Harvester, repository: Repository, store: Store
) -> None:
    about = (
        '<provenance xmlns="http://www.openarchives.org/OAI/2.0/provenance"><originDescription altered="true" '
        'harvestDate="2026-01-02T00:00:00Z"><baseURL>http://far.vn/oai</baseURL><identifier>oai:far.vn:7</identifier>'
        "<datestamp>2026-01-01</datestamp><metadataNamespace>http://x</metadataNamespace></originDescription></provenance>"
    )
    repository.put("oai:x.vn:001", "Then", NOW - 5, about=about)
    harvester.run()
    with store.read() as connection:
        found = Provenance.unpack(connection.execute(select(version.c.provenance)).scalar_one())
    assert (found.identifier, found.namespace) == ("oai:x.vn:001", "http://www.loc.gov/MARC21/slim")
    assert found.datestamp == "2027-01-15T07:59:55Z"
    assert found.before is not None
    assert (found.before.base_url, found.before.identifier, found.before.altered) == (
        "http://far.vn/oai",
        "oai:far.vn:7",
        True,
    )


def test_a_harvest_can_be_undone(harvester: Harvester, repository: Repository, store: Store) -> None:
    fill(repository)
    first = harvester.run()
    assert first.change_set is not None
    undo.undo(store, first.change_set)
    assert held(store) == {}


# --- breaking off -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("at", range(1, 5))
@pytest.mark.parametrize("said", [b"", Cut(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nConte")])
@rule(7, 16)
def test_a_line_that_breaks_at_any_page_costs_nothing(
    harvester: Harvester, repository: Repository, store: Store, at: int, said: bytes
) -> None:
    fill(repository)
    broken = iter(range(1, 100))
    repository.trouble = lambda repository, arguments: said if next(broken) >= at else None
    first = harvester.run()
    assert (first.state, held(store)) == (runs.CUT, {})
    repository.trouble = lambda repository, arguments: None
    pages = len(repository.asked)
    second = harvester.run()
    assert (second.number, second.state) == (first.number, runs.DONE)
    assert held(store) == meant(repository)
    assert len(repository.asked) - pages == 1 + 3 - max(0, at - 2)


@rule(16)
def test_a_process_that_dies_at_a_page_goes_on_behind_it(
    harvester: Harvester, repository: Repository, store: Store
) -> None:
    fill(repository)

    def die(run: runs.Run) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        harvester.course(progress=die).go()
    second = harvester.run()
    assert (second.state, second.counts["read"]) == (runs.DONE, 8)
    assert held(store) == meant(repository)


def test_a_process_that_dies_as_a_run_begins_leaves_no_empty_change_set(
    harvester: Harvester, repository: Repository, store: Store
) -> None:
    fill(repository)

    def die(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if "INSERT INTO run " in statement:
            raise KeyboardInterrupt

    event.listen(store.engine, "before_cursor_execute", die)
    with pytest.raises(KeyboardInterrupt):
        harvester.run()
    event.remove(store.engine, "before_cursor_execute", die)
    assert harvester.run().state == runs.DONE
    with store.read() as connection:
        assert connection.execute(select(func.count()).select_from(change_set)).scalar_one() == 1


def test_a_busy_server_is_waited_for_as_it_asks(harvester: Harvester, repository: Repository, store: Store) -> None:
    fill(repository)
    busy = iter([False, True, True, False, True, False, False, False])
    repository.trouble = lambda repository, arguments: answer(b"", "503 Busy", Retry_After="7") if next(busy) else None
    assert harvester.run().state == runs.DONE
    assert harvester.waits == [7, 7, 7]
    assert held(store) == meant(repository)


def test_an_absurd_wait_ends_the_run_until_the_next(harvester: Harvester, repository: Repository) -> None:
    fill(repository)
    repository.trouble = lambda repository, arguments: answer(b"", "503 Busy", Retry_After="1000000000")
    run = harvester.run()
    assert (run.state, harvester.waits) == (runs.CUT, [])
    assert "503" in run.said[-1]["en"]


@rule(31)
def test_a_person_can_pause_and_go_on_and_stop(harvester: Harvester, repository: Repository, store: Store) -> None:
    fill(repository, 20)
    wished = []

    def ask(what: str) -> object:
        def progress(run: runs.Run) -> None:
            if not wished:
                wished.append(runs.wish(store, run.number, what))

        return progress

    first = harvester.course(progress=ask(runs.PAUSE)).go()
    assert (first.state, held(store)) == (runs.PAUSED, {})
    wished.clear()
    second = harvester.course(progress=ask(runs.STOP)).go()
    assert (second.number, second.state, held(store)) == (first.number, runs.STOPPED, {})
    third = harvester.run()
    assert (third.number > second.number, held(store)) == (True, meant(repository))


@rule(21)
def test_an_error_in_one_set_does_not_cost_the_others(
    harvester: Harvester, repository: Repository, store: Store
) -> None:
    repository.put("oai:x.vn:001", "A", NOW - 5, sets=("a",))
    repository.put("oai:x.vn:002", "B", NOW - 5, sets=("b",))
    harvester.change(sets=("a", "gone", "b"))
    gone = repository.document('<error code="badArgument">no such set</error>').encode()
    repository.trouble = lambda repository, arguments: answer(gone) if arguments.get("set") == "gone" else None
    run = harvester.run()
    assert (run.state, held(store)) == (runs.FAILED, {"oai:x.vn:001": "A", "oai:x.vn:002": "B"})
    assert any("no such set" in entry["en"] for entry in run.said)
    assert run.position["next"].keys() == {"a", "b"}


def test_two_processes_never_harvest_one_source_at_once(harvester: Harvester, repository: Repository) -> None:
    fill(repository)
    refused = []

    def again(run: runs.Run) -> None:
        with pytest.raises(RefusedError) as caught:
            harvester.run()
        refused.append(caught.value.problem.code)

    harvester.course(progress=again).go()
    assert set(refused) == {"harvesting.busy"}


# --- deletions ----------------------------------------------------------------------------------------------


@rule(19)
def test_what_a_whole_list_no_longer_names_is_deleted(
    harvester: Harvester, repository: Repository, store: Store
) -> None:
    repository.deleted_record = "no"
    fill(repository)
    harvester.run()
    for name in ("oai:x.vn:001", "oai:x.vn:004"):
        del repository.entries[name]
    assert harvester.run().counts["deleted"] == 0
    run = harvester.run(FULL)
    assert (run.state, run.counts["deleted"]) == (runs.DONE, 2)
    assert held(store) == meant(repository)


@rule(19)
def test_the_brake_holds_a_run_that_would_delete_much(
    harvester: Harvester, repository: Repository, store: Store
) -> None:
    repository.deleted_record = "no"
    fill(repository)
    harvester.run()
    everything = held(store)
    for number in range(5):
        del repository.entries[f"oai:x.vn:{number:03}"]
    run = harvester.run(FULL)
    assert (run.state, held(store), codes(run)[-1]) == (runs.WAITING, everything, "harvesting.brake")
    with pytest.raises(RefusedError):
        harvester.run()
    assert stop(store, run).state == runs.STOPPED
    assert held(store) == everything
    run = harvester.run(FULL)
    assert release(store, run).state == runs.DONE
    assert held(store) == meant(repository)


@pytest.mark.parametrize("kind", ["empty", "short"])
@rule(14, 20)
def test_an_empty_or_short_list_deletes_nothing(
    harvester: Harvester, repository: Repository, store: Store, kind: str
) -> None:
    repository.deleted_record = "no"
    fill(repository)
    harvester.run()
    everything = held(store)
    if kind == "empty":
        repository.entries.clear()
    else:
        loop = repository.document(
            "<ListRecords>"
            + repository.record("oai:x.vn:000")
            + "<resumptionToken>same</resumptionToken></ListRecords>"
        )
        repository.trouble = lambda repository, arguments: (
            answer(loop.encode()) if arguments["verb"] == "ListRecords" else None
        )
    run = harvester.run(FULL)
    assert held(store) == everything
    assert {"harvesting.nothing", "harvesting.incomplete"} & set(codes(run))


@rule(19)
def test_a_comparison_finds_what_was_dated_back_and_what_vanished(
    harvester: Harvester, repository: Repository, store: Store
) -> None:
    fill(repository)
    harvester.run()
    repository.entries["oai:x.vn:002"].title = "Sửa"
    repository.entries["oai:x.vn:002"].stamp -= 5_000
    repository.put("oai:x.vn:777", "Cũ mà mới", NOW - 90_000)
    del repository.entries["oai:x.vn:006"]
    repository.now += 100
    harvester.run()
    assert held(store) != meant(repository)
    run = harvester.run(COMPARE)
    assert run.state == runs.DONE
    assert held(store) == meant(repository)
    assert sum(asked["verb"] == "GetRecord" for asked in repository.asked) == 2


@rule(19)
def test_a_deletion_that_comes_back_is_shown_again(harvester: Harvester, repository: Repository, store: Store) -> None:
    fill(repository)
    harvester.run()
    repository.drop("oai:x.vn:001")
    repository.now += 10
    harvester.run()
    assert held(store) == meant(repository)
    repository.put("oai:x.vn:001", "Then Tày 1")
    repository.now += 10
    harvester.run()
    assert held(store) == meant(repository)


# --- bad records and other ways -----------------------------------------------------------------------------


@rule(9, 36)
def test_a_bad_record_is_kept_aside_and_the_others_come(
    harvester: Harvester, repository: Repository, store: Store
) -> None:
    fill(repository)
    bad = {"done": False}

    def trouble(repository: Repository, arguments: dict[str, str]) -> bytes | None:
        if arguments["verb"] != "ListRecords" or bad["done"]:
            return None
        bad["done"] = True
        body = repository.body(arguments).replace("Then Tày 1</subfield>", "Then Tày 1</subfeld>")
        return answer(repository.document(body).encode())

    repository.trouble = trouble
    run = harvester.run()
    assert run.state == runs.DONE
    assert len(held(store)) == 7
    assert run.change_set is not None
    (kept,) = quarantine.of(store, run.change_set)
    assert b"Then T\xc3\xa0y 1" in kept.data
    assert "Then Tày 1" not in held(store).values()


def test_a_record_that_changes_while_the_list_is_read_comes_in_its_last_state(
    harvester: Harvester, repository: Repository, store: Store
) -> None:
    fill(repository, 6)
    harvester.change(quirks=Quirks(window_days=100))
    repository.trouble = lambda repository, arguments: repository.put("oai:x.vn:000", "Mới nhất", NOW - 5) or None
    harvester.run()
    assert held(store)["oai:x.vn:000"] == "Mới nhất"


def test_records_one_by_one_where_lists_die(harvester: Harvester, repository: Repository, store: Store) -> None:
    fill(repository)
    harvester.change(quirks=Quirks(one_by_one=True))
    repository.trouble = lambda repository, arguments: (
        answer(b"", "500 Dead") if arguments["verb"] == "ListRecords" else None
    )
    assert harvester.run().state == runs.DONE
    assert held(store) == meant(repository)


@rule(17)
def test_day_granularity_goes_back_a_whole_day(harvester: Harvester, repository: Repository, store: Store) -> None:
    repository.granularity = "YYYY-MM-DD"
    fill(repository)
    harvester.run()
    asked = len(repository.asked)
    harvester.run()
    assert repository.asked[asked + 1]["from"] == "2027-01-14"
    assert held(store) == meant(repository)


@rule(1)
def test_a_change_of_policy_is_told(harvester: Harvester, repository: Repository) -> None:
    fill(repository)
    harvester.run()
    repository.deleted_record = "transient"
    run = harvester.run()
    assert [entry["en"] for entry in run.said] == [
        "the source changed its deletedRecord: it was persistent and is transient now."
    ]


@pytest.mark.parametrize(
    "said",
    [
        answer(b"<html><form><input type=password></form></html>"),
        answer(b"", "404 Not Found"),
        answer(b"{}", "200 OK", Content_Type="application/json"),
        answer(b"<OAI-PMH>" + b"<a>" * 200),
    ],
)
def test_a_source_that_is_none_is_told_in_words(harvester: Harvester, repository: Repository, said: bytes) -> None:
    repository.trouble = lambda repository, arguments: said
    run = harvester.run()
    assert run.state in (runs.FAILED, runs.CUT)
    assert run.said
    assert all(entry["vi"] and entry["en"] for entry in run.said)


def test_state_is_plain_json(harvester: Harvester, repository: Repository) -> None:
    fill(repository)
    run = harvester.run()
    assert json.loads(json.dumps(run.position)) == run.position
    with pytest.raises(LienThongError):
        runs.get(harvester.store, 999)
