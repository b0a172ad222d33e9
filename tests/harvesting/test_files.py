"""Files as sources: in a folder that is watched, and at an address."""

from __future__ import annotations

import email.utils
import gzip
import os
import re
import socket
import time as clock
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from catalogue import runs, sources
from catalogue.runs import Run
from catalogue.sources import Source
from catalogue.store import Store
from catalogue.tables import LIVE, record
from foundation import limits
from foundation.errors import InputError, PeerError, RefusedError
from foundation.network import Client
from foundation.vault import Vault
from harvesting import course, desk, folder, kinds, listing, messages
from harvesting.address import Address
from harvesting.contract import Means
from harvesting.due import due
from harvesting.settings import AddressSettings
from marc import iso2709
from tests.catalogue.conftest import record as made
from tests.wire import Wire, answer, wire


def file(*numbers: int, title: str = "Hồ Ba Bể") -> bytes:
    return b"".join(iso2709.write(made(f"BK{number:03}", title)) for number in numbers)


class Driven:
    """One source, driven as the worker drives it."""

    def __init__(self, store: Store, means: Means, source: Source) -> None:
        self.store, self.means, self.source = store, means, source

    def go(self, kind: str = "") -> Run:
        with kinds.opened(self.store, self.source, self.means) as harvestable:
            return harvestable.go(kind)

    def live(self) -> list[str]:
        query = select(record.c.local_id).where(record.c.source_id == self.source.number, record.c.status == LIVE)
        with self.store.read() as connection:
            return sorted(connection.scalars(query))


@pytest.fixture
def means(tmp_path: Path) -> Means:
    folders = {"folder": tmp_path / "sources", "pages": tmp_path / "pages"}
    return Means(vault=Vault(tmp_path / "vault.key"), agent="LienThong test", **folders)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    made_here = tmp_path / "chung"
    made_here.mkdir()
    return made_here


@pytest.fixture
def watched(store: Store, means: Means, place: Path) -> Callable[..., Driven]:
    def add(**more: Any) -> Driven:
        values = {"folder": str(place), "settle": 0.01} | more
        return Driven(store, means, kinds.add(store, means, "bk01", "thư mục", kinds.FOLDER, values))

    return add


# --- a folder -----------------------------------------------------------------------------------------------


def test_each_new_file_is_a_run_and_nothing_is_moved(watched: Callable[..., Driven], place: Path) -> None:
    source = watched()
    (place / "a.mrc").write_bytes(file(1, 2))
    (place / "sub").mkdir()
    (place / "sub" / "b.mrc.gz").write_bytes(gzip.compress(file(3)))
    assert source.go().state == runs.DONE
    assert source.live() == ["BK001", "BK002", "BK003"]
    assert len(runs.latest(source.store)) == 2
    assert sorted(path.name for path in place.rglob("*.mrc*")) == ["a.mrc", "b.mrc.gz"]
    assert source.go().change_set is None
    assert list(Path(source.means.folder, str(source.source.number)).iterdir()) == []


def test_a_copied_or_touched_file_is_known_by_its_content(watched: Callable[..., Driven], place: Path) -> None:
    source = watched()
    (place / "a.mrc").write_bytes(file(1))
    source.go()
    os.utime(place / "a.mrc", (1, 1))
    assert source.go().change_set is None


def test_a_file_that_changes_is_taken_again_also_back_to_what_it_was(
    watched: Callable[..., Driven], place: Path
) -> None:
    source = watched()
    for title in ("Một", "Hai và ba", "Một"):
        (place / "a.mrc").write_bytes(file(1, title=title))
        assert source.go().counts["read"] == 1
        assert source.go().change_set is None


def test_a_file_that_is_being_written_is_left_alone(place: Path, tmp_path: Path) -> None:
    (place / "a.mrc").write_bytes(b"1")
    kept: dict[str, Any] = {}

    def grow(seconds: float) -> None:
        with (place / "a.mrc").open("ab") as out:
            out.write(b"more")

    growing = folder.Folder(place, tmp_path / "copies", sleep=grow)
    assert list(growing.files(kept, everything=False)) == []
    still = folder.Folder(place, tmp_path / "copies", sleep=lambda seconds: None)
    assert [one.name for one in still.files(kept, everything=False)] == ["a.mrc"]


def test_names_that_mean_something_else_are_left_alone(place: Path) -> None:
    for name in (".hidden", "~$a.xlsx", "a.mrc.part", "a\nb.mrc", "Thumbs.db", "a\x1b[2J.mrc", "a.mrc~"):
        (place / name).write_bytes(b"x")
    (place / "out.mrc").symlink_to("/etc/hostname")
    (place / "loop").symlink_to(place)
    (place / "a.mrc").write_bytes(b"x")
    assert [entry.name for entry in listing.look(place)] == ["a.mrc"]


def test_a_folder_of_too_many_files_is_told(
    watched: Callable[..., Driven], place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "FOLDER_FILES", 3)
    for number in range(5):
        (place / f"{number}.mrc").write_bytes(b"x")
    run = watched().go()
    assert (run.state, run.said[0]["code"]) == (runs.FAILED, "push.files")


def test_a_folder_that_is_away_is_told_and_costs_nothing(watched: Callable[..., Driven], place: Path) -> None:
    source = watched()
    (place / "a.mrc").write_bytes(file(1))
    source.go()
    away = place.rename(place.with_name("away"))
    assert (source.go().state, source.live()) == (runs.CUT, ["BK001"])
    away.rename(place)
    assert source.go().state == runs.DONE


def test_a_file_that_is_no_library_data_is_told_once_and_the_others_are_taken(
    watched: Callable[..., Driven], place: Path
) -> None:
    source = watched()
    (place / "a.mrc").write_bytes(b"\x7fELF" + bytes(4000))
    (place / "b.mrc").write_bytes(file(1))
    source.go()
    assert {run.state for run in runs.latest(source.store)} == {runs.FAILED, runs.DONE}
    assert source.live() == ["BK001"]
    assert source.go().change_set is None
    assert source.go("full").state in (runs.FAILED, runs.DONE)
    assert len(runs.latest(source.store)) == 5


def test_a_complete_file_deletes_what_it_no_longer_holds(watched: Callable[..., Driven], place: Path) -> None:
    source = watched(complete=True)
    (place / "a.mrc").write_bytes(file(1, 2, 3))
    source.go()
    (place / "a.mrc").write_bytes(file(1, 3, 4))
    assert source.go().counts["deleted"] == 1
    assert source.live() == ["BK001", "BK003", "BK004"]


def test_a_complete_file_with_a_record_that_cannot_be_told_deletes_nothing(
    watched: Callable[..., Driven], place: Path
) -> None:
    source = watched(complete=True)
    (place / "a.mrc").write_bytes(file(1, 2))
    source.go()
    (place / "a.mrc").write_bytes(file(1, 1, title="Hai biểu ghi một số") + file(1, title="Khác"))
    run = source.go()
    assert (run.counts["deleted"], source.live()) == (0, ["BK001", "BK002"])
    assert "harvesting.incomplete" in [one["code"] for one in run.said]


def test_much_deletion_waits_for_a_person(watched: Callable[..., Driven], place: Path) -> None:
    source = watched(complete=True, brake=10, brake_records=1)
    (place / "a.mrc").write_bytes(file(*range(20)))
    source.go()
    (place / "a.mrc").write_bytes(file(0))
    run = source.go()
    assert (run.state, len(source.live())) == (runs.WAITING, 20)
    with pytest.raises(RefusedError):
        source.go()
    course.release(source.store, run)
    assert source.live() == ["BK000"]
    assert source.go().change_set is None


def test_a_visit_that_was_killed_goes_on_with_the_same_bytes(
    watched: Callable[..., Driven], place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = watched(complete=True)
    (place / "a.mrc").write_bytes(file(*range(10)))
    monkeypatch.setattr("harvesting.files._BATCH", 4)

    def killed(run: Run) -> None:
        if run.counts.get("read") == 8:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Driven(source.store, replace(source.means, progress=killed), source.source).go()
    assert source.live() == []
    (place / "a.mrc").write_bytes(file(50))
    run = source.go()
    assert [one.counts["new"] for one in runs.latest(source.store)] == [1, 10]
    assert (run.state, source.live()) == (runs.DONE, ["BK050"])


def test_a_person_s_wish_is_heard_between_batches(watched: Callable[..., Driven], place: Path) -> None:
    source = watched()
    (place / "a.mrc").write_bytes(file(*range(5)))
    heard: list[Run] = []

    def wish(run: Run) -> None:
        if not heard:
            heard.append(runs.wish(source.store, run.number, runs.PAUSE))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("harvesting.files._BATCH", 2)
        driven = Driven(source.store, replace(source.means, progress=wish), source.source)
        assert driven.go().state == runs.PAUSED
        assert source.live() == []
    assert (source.go().state, len(source.live())) == (runs.DONE, 5)


# --- an address ---------------------------------------------------------------------------------------------


class Served:
    """One file over HTTP, with ETag and Range as RFC 9110 has them; `cut`: bytes behind which a body breaks off."""

    def __init__(self, data: bytes) -> None:
        self.data, self.cut, self.ranges, self.validator = data, 0, True, "etag"
        self.modified = email.utils.formatdate(clock.time(), usegmt=True)

    def script(self, connection: socket.socket, head: bytes) -> None:
        tag = f'"{hash(self.data)}"'
        shown = {"ETag": tag} if self.validator == "etag" else {"Last_Modified": self.modified}
        if self.validator == "etag" and f"If-None-Match: {tag}".encode() in head:
            connection.sendall(answer(b"", "304 Not Modified", **shown))
            return
        span = re.search(rb"Range: bytes=(\d+)-", head)
        same = f"If-Range: {tag}".encode() in head or f"If-Range: {self.modified}".encode() in head
        start, status = 0, "200 OK"
        if span and self.ranges and same:
            start, status = int(span[1]), "206 Partial Content"
            shown |= {"Content_Range": f"bytes {start}-{len(self.data) - 1}/{len(self.data)}"}
        said = answer(self.data[start:], status, **shown)
        if self.cut and len(self.data) - start > self.cut:
            connection.sendall(said[: len(said) - (len(self.data) - start) + self.cut])
            connection.shutdown(socket.SHUT_RDWR)
        else:
            connection.sendall(said)


@pytest.fixture
def served() -> Served:
    return Served(file(*range(40)))


@pytest.fixture
def server(served: Served) -> Iterator[Wire]:
    with wire(served.script) as made_here:
        yield made_here


@pytest.fixture
def address(store: Store, means: Means, server: Wire, monkeypatch: pytest.MonkeyPatch) -> Driven:
    monkeypatch.setattr("harvesting.address.backoff", lambda attempt, chance: 0.0)
    values = {"url": f"{server.url}/s%C3%A1ch.mrc", "allow": ["127.0.0.0/8"]}
    return Driven(store, means, kinds.add(store, means, "bk01", "tệp", kinds.FILE, values))


def test_a_file_is_fetched_when_it_has_changed(address: Driven, served: Served, server: Wire) -> None:
    assert address.go().counts["new"] == 40
    assert address.go().change_set is None
    assert b"If-None-Match" in server.requests[1]
    served.data = file(*range(41))
    assert address.go().counts["new"] == 1
    assert address.go("full").counts["unchanged"] == 41


@pytest.mark.parametrize("validator", ["etag", "modified"])
def test_a_fetch_that_is_cut_goes_on_where_it_was(
    address: Driven, served: Served, server: Wire, validator: str
) -> None:
    served.cut, served.validator = 300, validator
    run = address.go()
    while run.state == runs.CUT:
        run = address.go()
    assert run.counts["new"] == 40
    starts = [int(found[1]) for head in server.requests if (found := re.search(rb"bytes=(\d+)-", head))]
    assert starts == sorted(set(starts))
    assert len(starts) >= 4


def test_a_file_that_changes_between_two_cuts_is_fetched_whole(address: Driven, served: Served) -> None:
    served.cut = 2000
    with Client(_line(address)) as client:
        once = Address(client, address.source.settings["url"], kinds.copies(address.means, address.source), _never)
        with pytest.raises(PeerError):
            list(once.files({}, everything=False))
    served.cut, served.data = 0, file(*range(100, 140))
    assert address.go().counts["new"] == 40
    assert address.live()[0] == "BK100"


def test_a_server_that_knows_no_ranges_is_read_whole(address: Driven, served: Served) -> None:
    served.ranges, served.cut = False, len(served.data) - 10
    assert address.go().state == runs.CUT
    served.cut = 0
    assert address.go().counts["new"] == 40


def test_a_visit_that_the_line_ended_goes_on_within_minutes_as_the_same_run(
    address: Driven, served: Served, store: Store
) -> None:
    served.ranges, served.cut = False, len(served.data) - 10
    first, second = address.go("full"), address.go()
    assert [(one.number, one.state, one.kind) for one in (first, second)] == [(first.number, runs.CUT, "full")] * 2
    assert [_rests(store, address, one) for one in (first, second)] == [300, 600]
    assert {one["count"] for one in second.said} == {2}
    served.cut = 0
    third = address.go()
    assert (third.number, third.state, third.kind, third.counts["new"]) == (first.number, runs.DONE, "full", 40)
    assert len(runs.latest(store)) == 1


def test_a_visit_that_came_further_waits_no_longer_than_before(address: Driven, served: Served, store: Store) -> None:
    served.cut = 200
    first, second = address.go(), address.go()
    assert [one.state for one in (first, second)] == [runs.CUT] * 2
    assert [_rests(store, address, one) for one in (first, second)] == [300, 300]


def test_a_visit_that_goes_on_and_finds_nothing_new_is_done(address: Driven, served: Served, store: Store) -> None:
    address.go()
    before, served.data = served.data, file(*range(41))
    served.ranges, served.cut = False, len(served.data) - 10
    assert address.go().state == runs.CUT
    served.data, served.cut = before, 0
    assert address.go().state == runs.DONE
    assert [one.state for one in runs.latest(store)] == [runs.DONE, runs.DONE]


def test_a_visit_that_rests_with_nothing_taken_can_be_stopped(address: Driven, served: Served, store: Store) -> None:
    served.ranges, served.cut = False, len(served.data) - 10
    assert desk.stop(store, address.go().number).state == runs.STOPPED
    assert _rests(store, address, runs.latest(store)[0]) is None


@pytest.mark.parametrize(("said", "state"), [
    (answer(b"", "404 Not Found"), runs.CUT),
    (answer(b"x", "206 Partial Content", Content_Range="bytes 7-7/8"), runs.CUT),
    (answer(b"", "416 Range Not Satisfiable"), runs.CUT),
    (answer(b"<html>", "302 Found", Location="http://127.0.0.2:1/x"), runs.FAILED),
    (answer(b"<html>", "302 Found", Location="file:///etc/passwd"), runs.FAILED),
    (b"garbage\r\n\r\n", runs.CUT),
    (b"", runs.CUT),
    (answer(b"<html><body>Please log in</body></html>"), runs.FAILED),
])  # fmt: skip
def test_an_answer_that_is_no_file_is_told_and_changes_nothing(
    store: Store, means: Means, said: bytes, state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harvesting.address.backoff", lambda attempt, chance: 0.0)

    def script(connection: socket.socket, head: bytes) -> None:
        connection.sendall(said)
        connection.shutdown(socket.SHUT_RDWR)

    with wire(script) as server:
        values = {"url": f"{server.url}/a.mrc", "allow": ["127.0.0.1/32"]}
        source = Driven(store, means, kinds.add(store, means, "bk01", "tệp", kinds.FILE, values))
        run = source.go()
    assert (run.state, source.live()) == (state, [])
    assert run.said


def test_a_private_address_is_not_called_unless_it_is_allowed(store: Store, means: Means, server: Wire) -> None:
    values = {"url": f"{server.url}/a.mrc"}
    run = Driven(store, means, kinds.add(store, means, "bk01", "tệp", kinds.FILE, values)).go()
    assert (run.state, server.connections) == (runs.FAILED, 0)


def test_a_file_too_large_is_left_and_its_part_is_gone(
    address: Driven, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SOURCE_FILE_BYTES", 1000)
    assert address.go().state == runs.FAILED
    assert list(kinds.copies(address.means, address.source).iterdir()) == []


@pytest.mark.parametrize(
    "values", [{"url": "ftp://a/b"}, {}, {"url": "http://a", "brake": -1}, {"url": "http://u:p@a/"}]
)
def test_settings_that_cannot_be_are_refused(values: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        AddressSettings.of(values)


def test_settings_come_back_as_they_were() -> None:
    values = {"url": "http://a/b", "complete": True, "allow": ["10.0.0.0/8"], "pause": 2.0}
    assert AddressSettings.of(AddressSettings.of(values).stored()) == AddressSettings.of(values)


def _rests(store: Store, driven: Driven, run: runs.Run) -> int | None:
    """Seconds from `run` to when a worker visits the source again by itself."""
    moment = due(sources.get(store, driven.source.number), run, run.heartbeat, ZoneInfo("Asia/Ho_Chi_Minh"))
    return None if moment is None else moment - run.heartbeat


def _line(address: Driven) -> Any:
    return AddressSettings.of(address.source.settings).line(address.means.vault, "tệp", "x")


def _never(seconds: float) -> None:
    raise PeerError(messages.STATUS, status=0, url="", attempts=0)
