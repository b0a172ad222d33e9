"""What a person does with sources and runs, and how it is shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from catalogue import quarantine as kept
from catalogue import runs, sources
from catalogue.store import Store
from foundation.errors import InputError, RefusedError
from foundation.settings import Settings
from harvesting import desk, quarantine, report, standing
from harvesting.due import due, wait_after
from harvesting.opening import resting, vault
from harvesting.schedule import zone
from harvesting.settings import OaiSettings
from tests.harvesting.conftest import Harvester
from tests.harvesting.repository import NOW, Repository
from tests.harvesting.test_course import fill, held
from tests.wire import answer

HERE = zone("Asia/Ho_Chi_Minh")
BROKEN = '<subfield code="a">Then Tày 1 <b>cổ</subfield>'


def breaking(repository: Repository, name: str = "Then Tày 1") -> None:
    """One record of the lists is no XML any more."""

    def broken(here: Repository, asked: dict[str, str]) -> bytes:
        text = here.document(here.body(asked)).replace(f'<subfield code="a">{name}</subfield>', BROKEN)
        return answer(text.encode(), Content_Type="text/xml")

    repository.trouble = broken


@pytest.mark.parametrize(
    ("name", "value"),
    [("schedule", "thỉnh thoảng"), ("hours", "25-26"), ("notify", ["khong phai"]), ("notify", ["a@b\r\nc"]),
     ("allow", ["mạng"]), ("url", "ftp://x.vn"), ("brake", -1), ("quirks", {"khong_co": True}), ("colour", "red")],
)  # fmt: skip
def test_a_setting_that_is_none_is_refused_and_nothing_is_stored(
    store: Store, settings: Settings, harvester: Harvester, name: str, value: object
) -> None:
    with pytest.raises(InputError):
        desk.add(store, settings, "ba-be", "moi", {"url": "http://x.vn/oai"} | {name: value})
    assert [one.name for one in sources.every(store)] == ["ba-be-oai"]


def test_a_password_is_kept_encrypted_and_survives_other_changes(
    store: Store, settings: Settings, harvester: Harvester
) -> None:
    desk.add(store, settings, "ba-be", "kin", {"url": "http://x.vn/oai", "user": "u"}, "bí mật")
    made = desk.change(store, settings, "kin", {"schedule": "hằng đêm"})
    assert "bí mật" not in str(made.settings)
    assert vault(settings).unlock(OaiSettings.of(made.settings).password, "kin") == "bí mật"
    assert made.settings["user"] == "u"


def test_only_the_address_that_is_asked_for_is_allowed() -> None:
    assert desk.private_addresses("http://127.0.0.1:8080/oai") == ("127.0.0.1",)
    assert desk.private_addresses("http://8.8.8.8/oai") == ()
    with pytest.raises(InputError):
        desk.private_addresses("http://khong-co.invalid/oai")


# --- runs ---------------------------------------------------------------------------------------------------


def cut(harvester: Harvester, repository: Repository) -> runs.Run:
    fill(repository)
    repository.trouble = lambda here, asked: b"" if "resumptionToken" in asked else None
    found = harvester.run()
    repository.trouble = lambda here, asked: None
    assert found.state == runs.CUT
    return found


def test_a_run_nobody_is_at_pauses_at_once_and_goes_on(
    harvester: Harvester, repository: Repository, store: Store
) -> None:
    found = cut(harvester, repository)
    assert desk.pause(store, found.number).state == runs.PAUSED
    assert desk.resumable(store, found.number).number == found.number
    assert harvester.run().state == runs.DONE


def test_a_run_somebody_is_at_is_asked(harvester: Harvester, repository: Repository, store: Store) -> None:
    found = cut(harvester, repository)
    with store.locks.hold(f"source-{found.source}", wait=5) as mine:
        assert mine
        assert desk.pause(store, found.number).wish == runs.PAUSE
        assert desk.stop(store, found.number).wish == runs.STOP
    assert desk.stop(store, found.number).state == runs.STOPPED
    assert held(store) == {}


def test_what_is_over_cannot_be_paused_resumed_or_released(
    harvester: Harvester, repository: Repository, store: Store
) -> None:
    fill(repository)
    done = harvester.run()
    for act in (desk.pause, desk.stop, desk.release, desk.resumable):
        with pytest.raises(RefusedError):
            act(store, done.number)


def test_a_run_is_undone_and_can_be_had_again(harvester: Harvester, repository: Repository, store: Store) -> None:
    fill(repository)
    done = harvester.run()
    desk.undo_run(store, done.number)
    assert held(store) == {}
    assert standing.state_in_words(runs.get(store, done.number)) == ("đã hoàn tác", "taken back")
    harvester.run("full")
    assert len(held(store)) == 8
    with pytest.raises(RefusedError) as caught:
        desk.undo_run(store, done.number)
    assert caught.value.problem.code == "harvesting.undone_already"


def test_a_run_that_brought_nothing_has_nothing_to_undo(
    harvester: Harvester, repository: Repository, store: Store
) -> None:
    fill(repository)
    harvester.run()
    with pytest.raises(RefusedError) as caught:
        desk.undo_run(store, harvester.run().number)
    assert caught.value.problem.code == "harvesting.nothing_to_undo"


def test_what_a_run_is_instead_is_said_in_words(harvester: Harvester, store: Store) -> None:
    harvester.change(allow=())
    failed = harvester.run()
    with pytest.raises(RefusedError) as caught:
        desk.pause(store, failed.number)
    assert caught.value.text("vi") == f"đợt thu thập {failed.number} đã hỏng và kết thúc nên không làm được việc này."
    assert standing.run_standing(failed).advice[0][0].endswith("lienthong harvest change ba-be-oai --allow-private.")


def test_an_address_that_may_not_be_called_fails_the_run_and_says_so(
    harvester: Harvester, store: Store, settings: Settings
) -> None:
    harvester.change(allow=())
    found = desk.run(store, settings, harvester.source)
    assert (found.state, found.said[-1]["code"]) == (runs.FAILED, "network.refused")


def test_outside_of_its_hours_a_run_rests(settings: Settings, harvester: Harvester) -> None:
    assert resting(settings, harvester.source)() is None
    hour = datetime.now(HERE).hour
    harvester.change(hours=f"{(hour + 3) % 24}-{(hour + 4) % 24 or 24}")
    reason = resting(settings, harvester.source)()
    assert reason is not None
    assert reason.problem.code == "harvesting.out_of_hours"


def test_pages_are_kept_where_that_is_asked_for(
    harvester: Harvester, repository: Repository, store: Store, settings: Settings
) -> None:
    fill(repository)
    harvester.change(archive=True)
    desk.run(store, settings, harvester.source)
    assert len([*settings.home.glob("pages/*/*.xml.zst")]) == 4  # Identify and three pages


# --- when it is due -----------------------------------------------------------------------------------------


def test_a_source_is_due_when_its_schedule_says(harvester: Harvester, repository: Repository, store: Store) -> None:
    assert due(harvester.source, None, NOW, HERE) is None
    harvester.change(schedule="mỗi 6 giờ")
    first = due(harvester.source, None, NOW, HERE)
    assert first is not None
    assert NOW < first <= NOW + 21_600
    assert due(harvester.source, None, first, HERE) == first


@pytest.mark.parametrize(
    ("state", "position", "after"),
    [(runs.WAITING, {}, None), (runs.PAUSED, {}, None), (runs.RUNNING, {}, 0), (runs.CUT, {"cuts": 1}, 300),
     (runs.CUT, {"cuts": 3}, 1_200), (runs.CUT, {"cuts": 99}, 21_600), (runs.DONE, {}, None)],
)  # fmt: skip
def test_an_unfinished_run_comes_before_the_schedule(
    harvester: Harvester, state: str, position: dict[str, int], after: int | None
) -> None:
    last = runs.Run(1, 1, "x", "ba-be", 1, "full", state, "", position, {}, [], NOW, NOW)
    assert due(harvester.source, last, NOW, HERE) == (None if after is None else NOW + after)
    asked = replace(harvester.source, wanted="due")
    assert due(asked, last, NOW, HERE) == (None if state in (runs.WAITING, runs.PAUSED) else NOW)
    assert due(replace(asked, wanted=runs.RESUME), last, NOW, HERE) == (None if state == runs.WAITING else NOW)


def test_waits_grow_and_end() -> None:
    waits = [wait_after(cuts) for cuts in range(1, 50)]
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (300, 21_600)


def test_a_run_that_is_cut_without_coming_further_counts_it(harvester: Harvester, repository: Repository) -> None:
    fill(repository)
    repository.trouble = lambda here, asked: b"" if "resumptionToken" in asked else None
    assert [harvester.run().position["cuts"] for _ in range(3)] == [1, 2, 3]


# --- quarantine ---------------------------------------------------------------------------------------------


def test_what_was_refused_is_listed_with_its_identifier_and_read_again_with_a_repair(
    harvester: Harvester, repository: Repository, store: Store
) -> None:
    fill(repository)
    breaking(repository)
    done = harvester.run()
    assert (done.counts["new"], done.counts["quarantined"]) == (7, 1)
    [entry] = quarantine.left(store, done)
    assert entry.name == "oai:x.vn:001"
    [again] = quarantine.look(store, done)
    assert again.outcome == quarantine.PROPOSED
    assert quarantine.retry(store, done.number).counts[quarantine.PROPOSED] == 1
    assert "oai:x.vn:001" not in held(store)
    taken = quarantine.retry(store, done.number, repair=True)
    assert taken.change_set is not None
    assert "oai:x.vn:001" in held(store)
    assert [*quarantine.left(store, done)] == []
    assert [one.settled for one in kept.of(store, done.change_set or 0)] == [taken.change_set]
    assert quarantine.retry(store, done.number, repair=True).change_set is None


def test_what_the_source_has_sent_since_is_not_overwritten(
    harvester: Harvester, repository: Repository, store: Store
) -> None:
    fill(repository)
    breaking(repository)
    done = harvester.run()
    repository.trouble = lambda here, asked: None
    repository.now += 1000
    repository.put("oai:x.vn:001", "Bản mới")
    harvester.run()
    found = quarantine.retry(store, done.number, repair=True)
    assert (found.counts[quarantine.OUTDATED], found.change_set) == (1, None)
    assert held(store)["oai:x.vn:001"] == "Bản mới"


def test_a_letter_to_the_source_names_records_and_reasons_in_its_language(
    harvester: Harvester, repository: Repository, store: Store
) -> None:
    fill(repository)
    breaking(repository)
    done = harvester.run()
    found = report.refusals(quarantine.left(store, done))
    vi, en = (report.source_letter(done, "http://x.vn/oai", found, language) for language in ("vi", "en"))
    for letter in (vi, en):
        assert "oai:x.vn:001" in letter
        assert "http://x.vn/oai" in letter
    assert found[0].vi in vi
    assert found[0].en in en


# --- how it is shown ----------------------------------------------------------------------------------------


def test_a_source_shows_a_light_its_last_run_and_when_it_is_due(
    harvester: Harvester, repository: Repository, store: Store, settings: Settings
) -> None:
    assert standing.all_sources(store, settings)[0].light == standing.NEVER
    fill(repository)
    harvester.change(schedule="hằng đêm")
    harvester.run()
    [found] = standing.all_sources(store, settings)
    assert found.light == standing.GOOD
    assert found.next is not None
    assert found.last is not None
    assert standing.counts_in_words(found.last) == ("nhận 8, mới 8", "received 8, new 8")
    repository.now += 1000
    repository.trouble = lambda here, asked: b""
    harvester.run()
    assert standing.all_sources(store, settings)[0].light == standing.LOOK


def test_a_run_shows_how_much_is_promised_and_what_to_do(
    harvester: Harvester, repository: Repository, store: Store
) -> None:
    found = standing.run_standing(cut(harvester, repository))
    assert (found.received, found.promised) == (3, 8)
    assert f"lienthong harvest resume {found.run.number}" in found.advice[0][0]
