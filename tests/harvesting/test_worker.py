"""The worker: what is due is harvested, side by side, a dead peer blocks nobody, and a kill costs nothing."""

from __future__ import annotations

import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import update

from catalogue import alarms as kept
from catalogue import libraries, runs, sources
from catalogue.libraries import Library
from catalogue.runs import Run
from catalogue.sources import Source
from catalogue.store import Store
from catalogue.tables import source as source_table
from foundation.settings import Settings
from harvesting import desk, report
from harvesting.worker import Worker
from tests.end_to_end.product import Product, wait_until
from tests.harvesting.post_office import post_office
from tests.harvesting.repository import Repository, serving
from tests.harvesting.test_course import fill, held
from tests.harvesting.test_desk import breaking
from tests.wire import Wire


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", harvest_sources=3)


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    """A store with the machine's own clock: waiting is real here."""
    made = Store.open(settings)
    libraries.add(made, Library("ba-be", "Thư viện huyện Ba Bể", email="ba-be@x.vn"))
    yield made
    made.close()


def source(store: Store, settings: Settings, name: str, url: str, **more: object) -> Source:
    return desk.add(store, settings, "ba-be", name, {"url": f"{url}/oai", "allow": ["127.0.0.0/8", "::1"], **more})


def state(store: Store, made: Source) -> str:
    found = runs.latest(store, made.number, 1)
    return found[0].state if found else ""


def until(worker: Worker, done: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "waited in vain"
        worker.step()
        time.sleep(0.02)


@pytest.fixture
def worker(store: Store, settings: Settings) -> Iterator[Worker]:
    made = Worker(store, settings)
    yield made
    made.close()


def test_what_is_asked_for_is_harvested_and_nothing_else(store: Store, settings: Settings, worker: Worker) -> None:
    repository = Repository()
    fill(repository)
    with serving(repository) as wire:
        asked, other = (source(store, settings, name, wire.url) for name in ("co", "khong"))
        desk.ask(store, "co")
        until(worker, lambda: state(store, asked) == runs.DONE)
        assert (state(store, other), sources.named(store, "co").wanted) == ("", "")
        assert len(held(store)) == 8


def test_a_schedule_that_has_come_is_kept(store: Store, settings: Settings, worker: Worker) -> None:
    repository = Repository()
    fill(repository)
    with serving(repository) as wire:
        made = source(store, settings, "dem", wire.url, schedule="mỗi 6 giờ")
        assert worker.step() == 0
        with store.write() as connection:
            connection.execute(update(source_table).values(created=1_700_000_000))
        until(worker, lambda: state(store, made) == runs.DONE)
        for _ in range(5):
            worker.step()
        assert len(runs.latest(store, made.number)) == 1


def test_a_peer_that_never_answers_blocks_nobody(store: Store, settings: Settings, worker: Worker) -> None:
    hang = threading.Event()

    def silent(connection: socket.socket, head: bytes) -> None:
        hang.wait(20)

    repository = Repository()
    fill(repository)
    dead = Wire(silent)
    with serving(repository) as wire:
        # Another host: one host is called by one connection at a time (`foundation.network`).
        stuck = source(store, settings, "a-chet", dead.url.replace("127.0.0.1", "localhost"))
        good = [source(store, settings, name, wire.url) for name in ("b", "c", "d")]
        for one in (stuck, *good):
            desk.ask(store, one.name)
        until(worker, lambda: all(state(store, one) == runs.DONE for one in good))
        assert state(store, stuck) in ("", runs.RUNNING)
    hang.set()
    dead.close()


@pytest.mark.parametrize(("asked", "order"), [("", "bca"), ("c", "cba")])
def test_who_was_asked_for_comes_first_and_then_who_waits_longest(
    store: Store, settings: Settings, asked: str, order: str
) -> None:
    repository = Repository()
    fill(repository)
    with serving(repository) as wire:
        for name, when in (("a", 300), ("b", 100), ("c", 200)):
            made = source(store, settings, name, wire.url, schedule="mỗi 6 giờ")
            with store.write() as connection:
                mine = source_table.c.id == made.number
                connection.execute(update(source_table).where(mine).values(created=1_700_000_000 + when))
        if asked:
            desk.ask(store, asked)
        worker = Worker(store, replace(settings, harvest_sources=1))
        until(worker, lambda: [run.state for run in runs.latest(store)] == [runs.DONE] * 3)
        worker.close()
    assert "".join(run.name for run in reversed(runs.latest(store))) == order


def test_a_source_that_another_process_is_at_is_left_alone(store: Store, settings: Settings, worker: Worker) -> None:
    repository = Repository()
    with serving(repository) as wire:
        made = source(store, settings, "ban", wire.url)
        desk.ask(store, "ban")
        with store.locks.hold(f"source-{made.number}", wait=5):
            until(worker, lambda: not sources.named(store, "ban").wanted)
            for _ in range(20):
                worker.step()
                time.sleep(0.01)
            assert (state(store, made), repository.asked) == ("", [])


def test_a_run_of_a_dead_process_goes_on(store: Store, settings: Settings, worker: Worker) -> None:
    repository = Repository()
    fill(repository)
    with serving(repository) as wire:
        made = source(store, settings, "dut", wire.url)
        repository.trouble = lambda here, asked: b"" if "resumptionToken" in asked else None
        found = desk.run(store, settings, made, conditions=replace(desk.USUAL, sleep=lambda seconds: None))
        repository.trouble = lambda here, asked: None
        runs.resume(store, found.number)  # as a killed process leaves it: running, and nobody at it
        until(worker, lambda: state(store, made) == runs.DONE)
        assert runs.latest(store, made.number)[0].number == found.number
        assert len(held(store)) == 8


def test_a_library_is_mailed_what_came_and_what_was_refused_once(store: Store, settings: Settings) -> None:
    repository = Repository()
    fill(repository)
    breaking(repository)
    with serving(repository) as wire, post_office() as office:
        mailing = replace(settings, smtp_host="127.0.0.1", smtp_port=office.port, smtp_security="none")
        done: Run = desk.run(store, settings, source(store, settings, "nguon", wire.url))
        begin, end = done.started - 10, int(time.time()) + 1
        office.closed = True
        assert report.mail_all(store, mailing, begin, end) == 0
        office.closed = False
        assert report.mail_all(store, mailing, end, end + 1) == 1
        assert report.mail_all(store, mailing, end, end + 2) == 0
        [letter] = office.to("ba-be@x.vn")
    assert "mới 7, cách ly 1" in letter
    assert "oai:x.vn:001" in letter
    assert "Mend these records" in letter
    assert kept.recall(store, "report ba-be") == str(end + 2)


def test_a_letter_nobody_knows_the_fate_of_is_sent_again_as_the_same(store: Store, settings: Settings) -> None:
    repository = Repository()
    fill(repository)
    with serving(repository) as wire, post_office() as office:
        mailing = replace(settings, smtp_host="127.0.0.1", smtp_port=office.port, smtp_security="none")
        done: Run = desk.run(store, settings, source(store, settings, "nguon", wire.url))
        begin, end = done.started - 10, int(time.time()) + 1
        office.cut = True
        assert report.mail_all(store, mailing, begin, end) == 0
        office.cut = False
        assert report.mail_all(store, mailing, end, end + 1) == 1
        assert report.mail_all(store, mailing, end, end + 2) == 0
    first, again = office.mails
    assert first["Message-ID"] == again["Message-ID"]
    assert first.get_content() == again.get_content()


# --- as a process -------------------------------------------------------------------------------------------


def test_a_worker_that_is_killed_is_followed_by_one_that_goes_on(tmp_path: Path) -> None:
    repository = Repository(page=2)
    fill(repository, 60)

    def slow(here: Repository, asked: dict[str, str]) -> None:
        time.sleep(0.1)

    repository.trouble = slow
    product = Product(tmp_path / "home")
    product.run("library", "add", "ba-be", "--name", "Ba Bể")
    store = product.store()
    settings = Settings(home=product.home)
    with serving(repository) as wire:
        made = source(store, settings, "cham", wire.url)
        desk.ask(store, "cham")
        first = product.start("serve", "--only", "worker")
        wait_until(
            lambda: runs.latest(store, made.number) and runs.latest(store, made.number)[0].counts.get("read", 0) > 4
        )
        first.send_signal(signal.SIGKILL)
        first.communicate()
        before = runs.latest(store, made.number)[0]
        assert before.state == runs.RUNNING
        second = product.start("serve", "--only", "worker")
        try:
            wait_until(lambda: state(store, made) == runs.DONE)
        finally:
            second.terminate()
            second.communicate(timeout=20)
        assert len(runs.latest(store, made.number)) == 1
        assert len(held(store)) == 60
        first_pages = [asked for asked in repository.asked if asked.get("verb") == "ListRecords"]
        assert len(first_pages) <= 30 + 2  # what was kept was not asked for again
    store.close()
