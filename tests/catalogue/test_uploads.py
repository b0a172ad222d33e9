"""Files that people bring: no reload, cut or kill loses anything, and no name or size does harm."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from catalogue import changesets, publishing, upload_staging, uploads
from catalogue.store import Store
from catalogue.uploads import Uploads
from foundation import limits
from foundation.errors import InputError, LimitError, RefusedError
from foundation.settings import Settings
from marc import iso2709
from tests.catalogue.conftest import Time, record


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """SQLite alone: what is special to a database is in test_batches.py."""
    return Settings(home=tmp_path / "home")


@pytest.fixture
def files(store: Store, settings: Settings) -> Uploads:
    return Uploads(store, settings.home)


def marc(count: int) -> bytes:
    return b"".join(iso2709.write(record(f"r{number}", f"Sách {number}")) for number in range(count))


def staged(files: Uploads, data: bytes, name: str = "a.mrc", batch: int = 500) -> uploads.Upload:
    found = files.receive("bk01", name, io.BytesIO(data), "lan")
    files.ask(found.number)
    return upload_staging.stage(files, found.number, batch)


def counts(files: Uploads, number: int | None) -> dict[str, int]:
    assert number is not None
    with files.store.read() as connection:
        return changesets.get(connection, number).counts


def test_a_file_comes_in_pieces_and_goes_on_where_the_line_broke(files: Uploads) -> None:
    data = marc(5)
    begun = files.begin("bk01", "a.mrc", len(data), "lan")
    assert files.write(begun.number, 0, io.BytesIO(data[:100])).received == 100
    again = files.begin("bk01", "a.mrc", len(data), "lan")  # the page was loaded again
    assert (again.number, again.received) == (begun.number, 100)
    done = files.write(begun.number, 100, io.BytesIO(data[100:]))
    assert (done.state, files.path(done).read_bytes()) == (uploads.RECEIVED, data)


def test_what_came_before_the_line_broke_is_kept(files: Uploads) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            data = super().read(size)
            if not data:
                raise ConnectionResetError
            return data

    begun = files.begin("bk01", "a.mrc", 10, "lan")
    with pytest.raises(ConnectionResetError):
        files.write(begun.number, 0, Broken(b"12345"))
    assert uploads.get(files.store, begun.number).received == 5


def test_a_piece_from_elsewhere_is_refused(files: Uploads) -> None:
    begun = files.begin("bk01", "a.mrc", 10, "lan")
    with pytest.raises(RefusedError, match="0"):
        files.write(begun.number, 5, io.BytesIO(b"12345"))


def test_more_than_was_announced_is_refused(files: Uploads) -> None:
    begun = files.begin("bk01", "a.mrc", 3, "lan")
    with pytest.raises(InputError):
        files.write(begun.number, 0, io.BytesIO(b"12345"))
    assert uploads.get(files.store, begun.number).state == uploads.RECEIVING


def test_limits_are_named(files: Uploads, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(LimitError, match="UPLOAD_BYTES"):
        files.begin("bk01", "a.mrc", limits.UPLOAD_BYTES + 1)
    with pytest.raises(InputError):
        files.begin("bk01", "a.mrc", 0)
    monkeypatch.setattr(limits, "UPLOADS_OPEN", 1)
    files.begin("bk01", "a.mrc", 5)
    with pytest.raises(RefusedError, match="UPLOADS_OPEN"):
        files.begin("bk01", "b.mrc", 5)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\sách\\a.xlsx", "a.xlsx"),
        ("a\x00\u202e\n.xlsx", "a .xlsx"),
        ("<script>alert(1)</script>", "script>"),
        ("..", "tep"),
        ("Sa\u0301ch.mrc", "Sách.mrc"),
    ],
)
def test_a_name_is_shown_and_never_a_path(files: Uploads, name: str, shown: str) -> None:
    found = files.begin("bk01", name, 5)
    assert found.name == shown
    assert files.path(found).parent.name == uploads.FOLDER
    assert len(found.name) <= 300


def test_a_long_name_keeps_its_end() -> None:
    assert uploads.shown_name("x" * 5000 + ".xlsx").endswith(".xlsx")


def test_asked_twice_is_read_once(files: Uploads) -> None:
    found = files.receive("bk01", "a.mrc", io.BytesIO(marc(3)))
    files.ask(found.number)
    files.ask(found.number)
    done = upload_staging.stage(files, found.number)
    assert upload_staging.stage(files, found.number) == done
    assert files.ask(found.number).state == uploads.STAGED
    assert counts(files, done.change_set)["new"] == 3


def test_a_killed_staging_goes_on_where_it_was(files: Uploads, monkeypatch: pytest.MonkeyPatch) -> None:
    class Killed(BaseException):
        pass

    def killed(*_: object) -> Callable[[dict[str, int]], None]:
        def told(_counts: dict[str, int]) -> None:
            raise Killed

        return told

    found = files.receive("bk01", "a.mrc", io.BytesIO(marc(10)))
    files.ask(found.number)
    with monkeypatch.context() as patch:
        patch.setattr(upload_staging, "_progress", killed)
        with pytest.raises(Killed):
            upload_staging.stage(files, found.number, 4)
    assert uploads.get(files.store, found.number).state == uploads.STAGING
    done = upload_staging.stage(Uploads(files.store, files.path(found).parent.parent), found.number, 4)
    assert (done.state, done.began_at) == (uploads.STAGED, 4)
    assert counts(files, done.change_set)["new"] == counts(files, done.change_set)["read"] == 10


def test_stopped_and_gone_on_with(files: Uploads, monkeypatch: pytest.MonkeyPatch) -> None:
    found = files.receive("bk01", "a.mrc", io.BytesIO(marc(10)))
    files.ask(found.number)
    usual = upload_staging._progress

    def pressed(*args: Any) -> Callable[[dict[str, int]], None]:
        told = usual(*args)

        def stopping(counts: dict[str, int]) -> None:
            files.stop(found.number)
            told(counts)

        return stopping

    monkeypatch.setattr(upload_staging, "_progress", pressed)
    stopped = upload_staging.stage(files, found.number, 4)
    monkeypatch.undo()
    assert stopped.state == uploads.STOPPED
    assert "dừng" in stopped.reason("vi")
    files.ask(found.number)
    done = upload_staging.stage(files, found.number, 4)
    assert (done.change_set, counts(files, done.change_set)["new"]) == (stopped.change_set, 10)


def test_another_encoding_reads_the_file_anew(files: Uploads) -> None:
    first = staged(files, marc(3))
    again = files.choose(first.number, "utf-8")
    assert (again.state, again.change_set, again.encoding) == (uploads.RECEIVED, None, "utf-8")
    with files.store.read() as connection:
        assert changesets.get(connection, first.change_set or 0).state == changesets.DISCARDED
    files.ask(first.number)
    assert counts(files, upload_staging.stage(files, first.number).change_set)["new"] == 3


def test_what_is_no_library_data_says_so_and_leaves_nothing(files: Uploads) -> None:
    found = staged(files, b"%PDF-1.4 this is a book", "a.pdf")
    assert (found.state, found.change_set) == (uploads.REFUSED, None)
    assert "PDF" in found.reason("vi")


def test_a_published_file_is_not_dropped(files: Uploads) -> None:
    found = staged(files, marc(2))
    publishing.publish(files.store, found.change_set or 0)
    with pytest.raises(RefusedError):
        files.drop(found.number)
    with pytest.raises(RefusedError):
        files.choose(found.number)


def test_a_dropped_file_is_gone_with_what_was_staged(files: Uploads) -> None:
    found = staged(files, marc(2))
    files.drop(found.number)
    files.drop(found.number)
    assert not files.path(found).exists()
    with files.store.read() as connection:
        assert changesets.get(connection, found.change_set or 0).state == changesets.DISCARDED


def test_forgotten_files_go_after_two_weeks(files: Uploads, time: Time) -> None:
    left = files.begin("bk01", "a.mrc", 10)
    done = staged(files, marc(2), "b.mrc")
    time.pass_(15 * 86_400)
    files.sweep()
    assert uploads.get(files.store, left.number).state == uploads.DROPPED
    assert files.path(done).exists(), "what waits to be published can still be read anew"


def test_the_same_bytes_are_recognised(files: Uploads) -> None:
    first = staged(files, marc(2))
    second = files.receive("bk01", "khác.mrc", io.BytesIO(marc(2)))
    found = uploads.same_file(files.store, second)
    assert found is not None
    assert found.number == first.number


def test_staging_waits_while_somebody_else_imports(files: Uploads) -> None:
    found = files.receive("bk01", "a.mrc", io.BytesIO(marc(2)))
    files.ask(found.number)
    with files.store.locks.hold("source-1", wait=0) as held:
        assert held
        assert upload_staging.stage(files, found.number).state == uploads.WAITING
    assert upload_staging.stage(files, found.number).state == uploads.STAGED


def test_a_zip_bomb_is_refused_by_its_limit(files: Uploads, tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.mrc", b"\0" * (20 * limits.MIB))
    found = staged(files, path.read_bytes(), "bomb.zip")
    told = found.reason("vi") + str(counts(files, found.change_set) if found.change_set else "")
    assert found.state == uploads.REFUSED or counts(files, found.change_set)["quarantined"] == 1, told


@pytest.mark.parametrize("act", ["stop", "drop"])
def test_what_is_stopped_or_dropped_at_the_moment_its_turn_comes_stays_so(
    files: Uploads, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    found = files.receive("bk01", "a.mrc", io.BytesIO(marc(3)))
    files.ask(found.number)
    usual = upload_staging._begun

    def late(store: Store, number: int, change_set: int) -> None:
        getattr(files, act)(number)
        usual(store, number, change_set)

    monkeypatch.setattr(upload_staging, "_begun", late)
    ended = upload_staging.stage(files, found.number)
    assert ended.state == {"stop": uploads.STOPPED, "drop": uploads.DROPPED}[act]
    assert files.path(found).exists() == (act == "stop")
    with files.store.read() as connection:
        assert set(connection.exec_driver_sql("SELECT state FROM change_set").scalars()) == {changesets.DISCARDED}
    monkeypatch.undo()
    if act == "stop":
        files.ask(found.number)
        assert upload_staging.stage(files, found.number).state == uploads.STAGED


def test_a_file_that_is_dropped_while_it_comes_stays_dropped(files: Uploads) -> None:
    begun = files.begin("bk01", "a.mrc", 4)

    class Stream(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            files.drop(begun.number)
            return super().read(size)

    with pytest.raises(RefusedError):
        files.write(begun.number, 0, Stream(b"1234"))
    assert uploads.get(files.store, begun.number).state == uploads.DROPPED
    assert not files.path(begun).exists()


def test_a_stop_is_obeyed_by_the_process_after_one_that_died(files: Uploads) -> None:
    found = files.receive("bk01", "a.mrc", io.BytesIO(marc(3)))
    files.ask(found.number)
    with files.store.write() as connection:
        uploads.note(connection, found.number, 0, state=uploads.STAGING)
    files.stop(found.number)
    assert upload_staging.stage(files, found.number).state == uploads.STOPPED


def test_a_file_that_is_not_there_is_told(files: Uploads) -> None:
    begun = files.begin("bk01", "a.mrc", 4)
    files.path(begun).unlink()
    assert files.path(files.begin("bk01", "a.mrc", 4)).exists()  # killed before there was a file
    files.path(begun).unlink()
    with pytest.raises(RefusedError, match=r"a\.mrc"):
        files.write(begun.number, 0, io.BytesIO(b"1234"))


def test_the_file_of_a_drop_that_was_killed_is_swept(files: Uploads, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = files.begin("bk01", "a.mrc", 4)
    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", lambda *_, **__: None)
        files.drop(begun.number)
    assert files.path(begun).exists()
    files.sweep()
    assert not files.path(begun).exists()
