"""Sources that rest, that are removed and come back; what a change set does; what waits for a person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from catalogue import effects, libraries, runs, sources
from catalogue import quarantine as kept
from catalogue.libraries import Library
from catalogue.store import Store
from foundation.errors import RefusedError
from foundation.settings import Settings
from harvesting import alarms, attention, chores, desk, quarantine, standing, system
from harvesting.due import due
from harvesting.schedule import zone
from tests.catalogue.conftest import NOW, Time, readings, record, stage
from tests.harvesting.conftest import Harvester
from tests.harvesting.repository import Repository
from tests.harvesting.test_course import fill, held
from tests.harvesting.test_desk import breaking

HERE = zone("Asia/Ho_Chi_Minh")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


@pytest.fixture
def store(settings: Settings, time: Time) -> Iterator[Store]:
    made = Store.open(settings, time)
    libraries.add(made, Library("bk01", "Thư viện Pác Nặm"))
    yield made
    made.close()


# --- sources --------------------------------------------------------------------------------------------------


def test_a_source_that_rests_is_due_only_when_asked_for(harvester: Harvester, store: Store) -> None:
    harvester.change(schedule="mỗi 6 giờ")
    assert due(sources.named(store, "ba-be-oai"), None, NOW, HERE) is not None
    rested = desk.rest(store, "ba-be-oai")
    assert due(rested, None, NOW, HERE) is None
    assert due(desk.ask(store, "ba-be-oai"), None, NOW, HERE) == NOW
    assert due(desk.wake(store, "ba-be-oai"), None, NOW, HERE) is not None


def test_a_run_rests_with_its_source_and_goes_on_with_it(
    harvester: Harvester, repository: Repository, store: Store
) -> None:
    fill(repository)
    repository.trouble = lambda here, asked: b"" if "resumptionToken" in asked else None
    cut = harvester.run()
    desk.rest(store, "ba-be-oai")
    assert runs.get(store, cut.number).state == runs.PAUSED
    woken = desk.wake(store, "ba-be-oai")
    assert due(woken, runs.get(store, cut.number), NOW, HERE) == NOW


def test_a_removed_source_is_in_no_list_keeps_its_records_and_comes_back(
    harvester: Harvester, repository: Repository, store: Store, settings: Settings
) -> None:
    fill(repository)
    harvester.run()
    desk.remove(store, "ba-be-oai")
    assert standing.all_sources(store, settings) == []
    assert [one.name for one in sources.removed(store)] == ["ba-be-oai"]
    assert len(held(store)) == 8
    for act in (desk.remove, desk.rest, desk.wake, desk.ask):
        with pytest.raises(RefusedError):
            act(store, "ba-be-oai")
    with pytest.raises(RefusedError):  # its name is its own still
        desk.add(store, settings, "ba-be", "ba-be-oai", {"url": "http://x.vn/oai"})
    assert desk.restore(store, "ba-be-oai").state == sources.PAUSED
    desk.wake(store, "ba-be-oai")
    assert harvester.run().counts["new"] == 0
    with pytest.raises(RefusedError):
        desk.restore(store, "ba-be-oai")


def test_alarms_of_a_removed_source_are_over_and_told_to_nobody(
    harvester: Harvester, repository: Repository, store: Store, settings: Settings
) -> None:
    harvester.change(notify=("a@x.vn",))
    repository.trouble = lambda here, asked: b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
    for _ in range(3):
        found = harvester.run()
        if found.state != runs.FAILED:
            desk.stop(store, found.number)
    desk.remove(store, "ba-be-oai")
    told: list[str] = []
    alarms.watch(store, settings, lambda who, one, over: told.append(who))
    assert told == []


# --- what waits -----------------------------------------------------------------------------------------------


def test_what_a_held_run_would_delete_is_named_with_its_titles(
    harvester: Harvester, repository: Repository, store: Store, settings: Settings
) -> None:
    fill(repository)
    harvester.run()
    repository.now += 1000
    for name in [*repository.entries][:6]:
        repository.drop(name)
    waits = harvester.run()
    assert waits.state == runs.WAITING
    assert waits.change_set is not None
    first = effects.page(store, waits.change_set, effects.DELETED, limit=4)
    rest = effects.page(store, waits.change_set, effects.DELETED, first[-1].record, limit=4)
    assert [one.title for one in first + rest] == [f"Then Tày {number}" for number in range(6)]
    assert effects.counted(store, waits.change_set) == {"new": 0, "changed": 0, "deleted": 6}
    [matter] = attention.matters(store, settings)
    assert (matter.kind, matter.number) == (attention.HELD, waits.number)
    assert attention.matters(store, settings, {"bk01"}) == []


def test_a_run_keeps_how_fast_it_was(harvester: Harvester, repository: Repository) -> None:
    fill(repository)
    done = harvester.run()
    assert done.position["pages"] == 3
    assert done.position["trace"][-1][1] == 8


def test_a_trace_stays_short_and_keeps_both_ends() -> None:
    position: dict[str, list[list[int]]] = {}
    for second in range(10_000):
        runs.trace(position, second, second * 7)
    points = position["trace"]
    assert len(points) <= runs.TRACES
    assert (points[0], points[-1]) == ([0, 0], [9_999, 69_993])
    assert points == sorted(points)


def test_batches_that_are_staged_wait_for_a_person(store: Store, settings: Settings) -> None:
    number = stage(store, readings(record("1")))
    [matter] = attention.matters(store, settings, {"bk01"})
    assert (matter.kind, matter.number) == (attention.BATCHES, number)
    [found] = attention.matters(store, settings, {"bk02"}, doubts=3)
    assert (found.kind, found.count) == (attention.DOUBTS, 3)


# --- quarantine -----------------------------------------------------------------------------------------------


def test_what_is_aside_is_grouped_discarded_and_had_back(
    harvester: Harvester, repository: Repository, store: Store
) -> None:
    fill(repository)
    breaking(repository)
    done = harvester.run()
    [group] = kept.groups(store)
    assert (group.run, group.source, group.library, group.count) == (done.number, "ba-be-oai", "ba-be", 1)
    assert kept.groups(store, {"bk01"}) == []
    assert kept.discard(store, group.change_set, group.code) == 1
    assert (kept.groups(store), kept.waiting(store)) == ([], 0)
    assert quarantine.retry(store, done.number, repair=True).change_set is None
    assert [one.count for one in kept.groups(store, discarded=True)] == [1]
    assert kept.take_back(store, group.change_set) == 1
    assert quarantine.retry(store, done.number, repair=True).change_set is not None
    assert kept.groups(store) == kept.groups(store, discarded=True) == []


def test_what_a_folder_left_aside_is_read_again_as_what_it_is(
    store: Store, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "gui"
    folder.mkdir()
    good = readings(record("1"), record("2"))
    data = good[0].original + b"rac rac rac" + good[1].original
    (folder / "sach.mrc").write_bytes(data)
    source = desk.add(store, settings, "bk01", "gui", {"folder": str(folder), "settle": 0.0}, kind="folder")
    done = desk.run(store, settings, source)
    assert (done.counts["new"], done.counts["quarantined"]) == (2, 1)
    [again] = quarantine.look(store, done)
    assert again.outcome == quarantine.UNREADABLE
    [entry] = kept.page(store, done.change_set or 0)
    # What could not be read is read by the readers of the day: here the bytes are what a later reader would take.
    monkeypatch.setattr(kept, "page", _with(good[1].original.replace(b"2\x1e00\x1f", b"7\x1e00\x1f"), entry.number))
    assert quarantine.retry(store, done.number).counts[quarantine.READABLE] == 1


def _with(data: bytes, number: int):  # type: ignore[no-untyped-def]
    page = kept.page

    def changed(*args: object, **more: object) -> list[kept.Quarantined]:
        return [replace(one, data=data) for one in page(*args, **more)]  # type: ignore[arg-type]

    return changed


# --- the server -----------------------------------------------------------------------------------------------


def test_a_backup_is_made_when_it_is_asked_for_and_when_it_is_due(store: Store, settings: Settings, time: Time) -> None:
    worker = chores.Chores(store, settings)

    def step() -> int:
        worker.step()
        worker.join()
        return len([*(settings.home / "backups").glob("*Z")])

    assert step() == 0
    chores.ask(store, chores.BACKUP)
    assert step() == 1
    assert not chores.asked(store, chores.BACKUP)
    assert step() == 1
    time.pass_(86_400)
    assert step() == 2
    chores.ask(store, chores.EXAMINE)
    assert step() == 2
    found = chores.examined(store)
    assert found is not None
    assert {one["name"] for one in found[1]} >= {"database", "feed", "disk"}


def test_the_system_says_what_is_wrong_and_what_to_do(store: Store, settings: Settings, time: Time) -> None:
    def wrong() -> set[str]:
        return {one.name for one in system.examine(store, settings) if not one.ok}

    assert wrong() >= {"worker", "backup", "search"}
    chores.sign(store)
    chores.Chores(store, settings).back_up()
    assert not wrong() & {"worker", "backup"}
    time.pass_(3 * 86_400)
    assert wrong() >= {"worker", "backup"}


def test_settings_are_shown_with_their_origin_and_without_secrets(tmp_path: Path) -> None:
    (tmp_path / "lienthong.toml").write_text('port = 9000\nsmtp_password = "bí mật"\n', encoding="utf-8")
    url = "postgresql+psycopg://u:matkhau@h/n"
    made = Settings(home=tmp_path, port=9000, smtp_password="bí mật", database=url, host="0.0.0.0")
    found = {one.name: one for one in system.settings_in_force(made, {"LIENTHONG_DATABASE": url})}
    origins = [found[name].origin for name in ("port", "database", "host", "page_records")]
    assert origins == ["file", "environment", "command", "default"]
    assert "bí mật" not in str(found)
    assert "matkhau" not in str(found)
