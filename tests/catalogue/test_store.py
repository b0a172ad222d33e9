"""The database underneath: migrations, locks, compression, transactions."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text, update

from catalogue import alarms, compression, health, libraries, mappings, migrations, tables
from catalogue.libraries import Library
from catalogue.locks import Locks, hold_file
from catalogue.store import CACHE_KIB, ROOMY_KIB, Store, iso
from foundation.errors import RefusedError, StoreError
from foundation.settings import Settings
from tests.catalogue.conftest import NOW, put, record
from tests.catalogue.follow import unite


def test_the_migrations_make_the_schema_that_the_code_knows(store: Store) -> None:
    with store.write() as connection:
        found = compare_metadata(MigrationContext.configure(connection), tables.metadata)
    assert found == []


def test_opening_again_changes_nothing(settings: Settings, store: Store) -> None:
    put(store, record("1"))
    again = Store.open(settings)
    assert [library.records for library in libraries.all_libraries(again)] == [1, 0]
    again.close()


def test_a_store_of_a_newer_release_is_refused_and_left_alone(settings: Settings, store: Store) -> None:
    with store.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="9999"):
        Store.open(settings)


def test_a_store_is_made_from_an_installation_with_a_per_cent_sign_in_its_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = tmp_path / "100%20thư viện"
    shutil.copytree(Path(migrations.__file__).parent, installed)
    monkeypatch.setattr(migrations, "__file__", str(installed / "__init__.py"))
    Store.open(Settings(home=tmp_path / "home")).close()


def test_a_lock_that_cannot_be_made_says_where_and_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "tệp").touch()
    (tmp_path / "locks" / "x.lock").mkdir(parents=True)
    for folder in (tmp_path / "tệp", tmp_path / "locks"):
        with pytest.raises(StoreError, match=folder.name), hold_file(folder, "x", 0):
            pass


def test_a_lock_file_that_is_no_database_is_told_as_ours(tmp_path: Path) -> None:
    (tmp_path / "x.lock").write_bytes(b"something else" * 100)
    with pytest.raises(StoreError), hold_file(tmp_path, "x", 0):
        pass


def test_a_lock_of_a_database_that_has_gone_is_told_as_ours(tmp_path: Path) -> None:
    engine = create_engine("postgresql+psycopg://nobody@127.0.0.1:1/none")
    with pytest.raises(StoreError), Locks(engine, tmp_path).hold("x"):
        pass


def test_a_lock_is_held_by_one_process_and_ends_with_it(store: Store, settings: Settings, root: Path) -> None:
    hold = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from catalogue.store import Store\n"
        "from foundation.settings import Settings\n"
        "store = Store.open(Settings(home=Path(sys.argv[1]), database=sys.argv[2]))\n"
        "with store.locks.hold('thu') as held:\n"
        "    print(held, flush=True)\n"
        "    time.sleep(60)\n"
    )
    command = [sys.executable, "-c", hold, str(settings.home), settings.database_url]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"True\n"
        with store.locks.hold("thu", wait=0) as held:
            assert not held
        with store.locks.hold("khac", wait=0) as held:
            assert held
        other.kill()
        other.wait()
    started = time.monotonic()
    with store.locks.hold("thu", wait=20) as held:
        assert held
    assert time.monotonic() - started < 15


def test_a_failed_transaction_leaves_nothing(store: Store) -> None:
    def fail() -> None:
        with store.write() as connection:
            connection.execute(update(tables.library).values(name_vi="hỏng"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert [library.name_vi for library in libraries.all_libraries(store)] == ["Thư viện Pác Nặm", "Thư viện Ba Bể"]


def test_a_database_that_is_away_is_our_failure_not_the_callers(settings: Settings, store: Store) -> None:
    with store.read() as connection, pytest.raises(StoreError), store.failures():
        connection.execute(text("SELECT * FROM khong_co"))


def test_dictionaries_are_trained_once_there_is_enough_and_old_blobs_stay_readable(store: Store) -> None:
    samples = [f"<record><title>Truyện cổ {n} của người Tày</title></record>".encode() * 8 for n in range(2000)]
    packing = store.compression
    with store.write() as connection:
        before = packing.compress(connection, "thu", samples[0])
        packing.train(connection, "thu", samples[: compression.SAMPLES - 1])
        assert packing.compress(connection, "thu", samples[0])[0] == 0
        packing.train(connection, "thu", samples[:500])
        small = packing.compress(connection, "thu", samples[1])
        packing.train(connection, "thu", samples[:600])
        assert packing.compress(connection, "thu", samples[1])[0] == small[0], "a small gain is no reason"
        packing.train(connection, "thu", samples)
        large = packing.compress(connection, "thu", samples[2])
        assert 0 == before[0] < small[0] < large[0]
        for sample, (number, blob) in zip(samples, (before, small, large), strict=False):
            assert packing.decompress(connection, number, blob) == sample
    with store.read() as connection:
        assert compression.Compression().decompress(connection, *large) == samples[2]


@pytest.mark.parametrize(
    ("code", "kind", "parent"), [("bk 3", "district", ""), ("bk3", "x", ""), ("bk3", "district", "q")]
)
def test_a_library_that_cannot_be_is_refused(store: Store, code: str, kind: str, parent: str) -> None:
    with pytest.raises(RefusedError):
        libraries.add(store, Library(code, "Tên", kind=kind, parent=parent))
    assert len(libraries.all_libraries(store)) == 2


def test_a_code_is_given_once(store: Store) -> None:
    with pytest.raises(RefusedError, match="Pác Nặm"):
        libraries.add(store, Library("bk01", "Khác"))


@pytest.mark.parametrize("contributed", [True, False])
def test_the_doctor_sees_a_record_that_is_not_in_the_feed(store: Store, settings: Settings, contributed: bool) -> None:
    put(store, record("1"), record("2"))
    unite(store)
    assert all(finding.ok for finding in health.examine(store, settings.home))
    with store.write() as connection:
        one = "SELECT min(id) FROM record WHERE source_id <> 0" if contributed else "SELECT max(id) FROM record"
        connection.execute(text(f"DELETE FROM feed WHERE record_id IN ({one})"))
    assert [finding.name for finding in health.examine(store, settings.home) if not finding.ok] == ["feed"]


@pytest.mark.parametrize(("seconds", "said"), [(0, "1970-01-01T00:00:00Z"), (NOW, "2027-01-15T08:00:00Z")])
def test_times_are_written_in_utc(seconds: int, said: str) -> None:
    assert iso(seconds) == said


def test_a_library_keeps_its_own_mappings(store: Store) -> None:
    assert mappings.get(store, "bk01", "isis") is None
    mappings.put(store, "bk01", "isis", {"24": "245"})
    mappings.put(store, "bk01", "isis", {"24": "245", "70": "Tác giả"})
    assert mappings.get(store, "bk01", "isis") == {"24": "245", "70": "Tác giả"}
    assert mappings.get(store, "bk02", "isis") is None
    with pytest.raises(RefusedError, match="bk99"):
        mappings.get(store, "bk99", "isis")


def test_what_is_read_within_a_moment_is_of_one_moment_and_of_this_thread(store: Store) -> None:
    put(store, record("1"))

    def held() -> int:
        with store.read() as connection:
            return int(connection.execute(text("SELECT count(*) FROM record WHERE local_id <> ''")).scalar_one())

    with ThreadPoolExecutor(1) as other:
        with store.moment():
            before = held()
            with store.moment():
                other.submit(put, store, record("2")).result()
                assert held() == before, "another moment within is the same"
            assert held() == before
            assert other.submit(held).result() == before + 1
        assert held() == before + 1


def test_two_who_remember_first_at_the_same_moment_both_come_through(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: alarms.remember(store, "tên", str(number)), range(8)))
    assert alarms.recall(store, "tên") in set("01234567")


def test_long_work_has_room_for_more_pages_until_it_ends(tmp_path: Path) -> None:
    def kept() -> int:
        with store.read() as connection:
            return int(connection.exec_driver_sql("PRAGMA cache_size").scalar_one())

    with closing(Store.open(Settings(home=tmp_path))) as store:
        with store.roomy():
            assert kept() == -ROOMY_KIB
            with store.write() as connection:
                assert connection.exec_driver_sql("PRAGMA cache_size").scalar_one() == -ROOMY_KIB
        assert kept() == -CACHE_KIB


@pytest.mark.parametrize("code", ["CON", "nul", "Aux", "com1", "LPT9"])
def test_a_code_that_windows_takes_for_a_device_is_refused(store: Store, code: str) -> None:
    with pytest.raises(RefusedError, match="Windows"):
        libraries.add(store, Library(code, "Thư viện"))
    libraries.add(store, Library(f"{code}-1", "Thư viện"))
