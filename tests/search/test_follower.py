"""The index follows the store, whatever happens to either: nothing published is lost to searchers for long."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time as clock
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from catalogue import changes, headings, undo
from catalogue.contents import Content
from catalogue.store import Store
from foundation.errors import RefusedError, StoreError
from foundation.limits import SEARCH_WORDS
from foundation.settings import Settings
from marc.record import Field as MarcField
from marc.record import Record
from search import follower as following
from search.document import Document
from search.finder import Finder
from search.follower import Follower
from search.generations import Generations
from search.index import Counted, Facet, Scope
from search.query import Everything, Field, Match, SortKey, Term
from search.verification import verify
from tests.catalogue.conftest import LEADER, Time, record
from tests.catalogue.conftest import put as contribute
from tests.catalogue.follow import put_united as put
from tests.catalogue.follow import unite
from tests.end_to_end.product import ROOT, Product, wait_until
from union import running


@pytest.fixture(params=["tantivy", "whoosh"])
def engine(request: pytest.FixtureRequest) -> str:
    if request.param == "whoosh":
        pytest.importorskip("whoosh")
    return str(request.param)


def followed(store: Store, settings: Settings) -> Finder:
    """A finder over the union and indexes that have caught up."""
    unite(store)
    for union in (True, False):
        follower = Follower(store, Generations(settings, union))
        follower.catch_up()
        follower.close()
    return Finder(store, settings)


def titles(finder: Finder, text: str = "*") -> list[str]:
    found = finder.search(Term(Field.TITLE, text), sort=[SortKey(Field.TITLE)])
    return [one.record.fields[-1].get("a") for one in finder.contents(found.records)]


def test_what_is_published_changed_deleted_and_undone_is_found_so(
    store: Store, settings: Settings, time: Time, engine: str
) -> None:
    settings = replace(settings, search_engine=engine)
    put(store, record("1", "Hồ Ba Bể"), record("2", "Lượn cọi"))
    assert titles(followed(store, settings)) == ["Hồ Ba Bể", "Lượn cọi"]
    time.pass_()
    number, _ = put(store, record("2", "Hát then"), record("3", "Núi rừng"))
    assert titles(followed(store, settings)) == ["Hát then", "Hồ Ba Bể", "Núi rừng"]
    put(store, record("1", "Hồ Ba Bể", leader="00000dam a2200000 a 4500"))
    assert titles(followed(store, settings)) == ["Hát then", "Núi rừng"]
    undo.undo(store, number)
    finder = followed(store, settings)
    assert titles(finder) == ["Lượn cọi"]
    assert finder.behind() == 0


def test_a_scope_is_one_library(store: Store, settings: Settings) -> None:
    put(store, record("1"), library="bk01")
    put(store, record("1", "Núi"), record("2", "Rừng"), library="bk02")
    finder = followed(store, settings)
    assert [finder.search(Everything(), scope=Scope(library=code)).count for code in ("", "bk01", "bk02")] == [3, 1, 2]


def test_a_union_record_is_online_when_one_library_has_it_so(store: Store, settings: Settings, engine: str) -> None:
    settings = replace(settings, search_engine=engine)
    book = record("1", "Hồ Ba Bể")
    described = [
        *book.fields,
        MarcField("020", "  ", (("a", "9786049448065"),)),
        MarcField("100", "1 ", (("a", "Nguyễn Văn An"),)),
        MarcField("260", "  ", (("a", "Bắc Kạn :"), ("b", "Sở Văn hóa,"), ("c", "2010"))),
    ]
    address = MarcField("856", "40", (("u", "https://sohoa.example.vn/1"),))
    put(store, Record.build(LEADER, described), library="bk01")
    put(store, Record.build(LEADER, [*described, address]), record("2", "Núi rừng"), library="bk02")
    finder = followed(store, settings)
    online = Term(Field.ACCESS, "online")
    found = [finder.search(query, facets=[Facet(Field.ACCESS)]) for query in (Everything(), online)]
    assert [one.count for one in found] == [2, 1]
    assert all(one.facets == {Field.ACCESS: (Counted("online", 1),)} for one in found)
    assert [finder.search(online, scope=Scope(library=code)).count for code in ("bk01", "bk02")] == [0, 1]


def test_a_query_of_as_many_words_as_may_be_is_answered_without_that_count(store: Store, settings: Settings) -> None:
    put(store, record("1"))
    long = Term(Field.TITLE, " ".join(["ba"] * SEARCH_WORDS))
    found = followed(store, settings).search(long, facets=[Facet(Field.ACCESS), Facet(Field.LIBRARY)])
    assert found.count == 1
    assert found.facets[Field.ACCESS] == ()
    assert found.facets[Field.LIBRARY] != ()


def test_days_of_adding_and_changing(store: Store, settings: Settings, time: Time) -> None:
    put(store, record("1"))
    time.pass_(40 * 86_400)
    put(store, record("1", "Khác"), record("2", "Mới"))
    finder = followed(store, settings)
    assert finder.search(Term(Field.ADDED, "2027-01-15")).count == 1
    assert finder.search(Term(Field.MODIFIED, "2027-02-24")).count == 2


def test_following_again_changes_nothing(store: Store, settings: Settings) -> None:
    put(store, *[record(str(number), f"Sách {number}") for number in range(50)])
    followed(store, settings)
    index = Generations(settings).open(Path(str(Generations(settings).current())), writable=True)
    index.apply((), (), 10)  # as if a commit had been lost
    index.close()
    finder = followed(store, settings)
    assert finder.search(Everything()).count == 50
    assert finder.behind() == 0


def test_without_an_index_the_answer_says_so(store: Store, settings: Settings) -> None:
    with pytest.raises(RefusedError, match="lienthong index rebuild"):
        Finder(store, settings).search(Everything())


def test_an_index_of_another_schema_is_built_anew(store: Store, settings: Settings) -> None:
    put(store, record("1"))
    followed(store, settings)
    root = settings.home / "index"
    folder = Path(str(Generations(settings).current()))
    folder.rename(root / "tantivy-0-old")
    (root / "current").write_text("tantivy-0-old\n")
    assert titles(followed(store, settings)) == ["Hồ Ba Bể 1"]
    assert not (root / "tantivy-0-old").exists()


def test_an_index_ahead_of_a_restored_store_is_built_anew(store: Store, settings: Settings) -> None:
    put(store, record("1"))
    followed(store, settings)
    index = Generations(settings).open(Path(str(Generations(settings).current())), writable=True)
    index.apply((), (), 1000)
    index.close()
    finder = followed(store, settings)
    assert finder.behind() == 0
    assert verify(store, Generations(settings).open(Path(str(Generations(settings).current())))).ok


@pytest.mark.parametrize("harm", ["delete", "truncate", "garbage"])
def test_a_damaged_file_is_noticed_and_the_index_built_anew(store: Store, settings: Settings, harm: str) -> None:
    put(store, *[record(str(number), f"Sách {number}") for number in range(300)])
    followed(store, settings)
    generations = Generations(settings)
    names = sorted(path.name for path in Path(str(generations.current())).iterdir() if path.stat().st_size > 100)
    for name in names:
        if name.startswith("."):
            continue
        path = Path(str(generations.current())) / next(
            one.name for one in Path(str(generations.current())).iterdir() if one.suffix == Path(name).suffix
        )
        data = path.read_bytes()
        path.unlink()
        if harm == "truncate":
            path.write_bytes(data[: len(data) // 2])
        elif harm == "garbage":
            path.write_bytes(data[:50] + bytes(byte ^ 0x55 for byte in data[50:60]) + data[60:])
        if path.name == ".managed.json" or (harm == "garbage" and path.suffix == ".json"):
            continue
        finder = followed(store, settings)
        assert finder.search(Term(Field.TITLE, "sach")).count == 300, path.name
        finder.close()


def test_a_damage_met_while_answering_is_reported_and_mended(store: Store, settings: Settings) -> None:
    put(store, record("1"))
    generations = Generations(settings)
    follower = Follower(store, generations)
    follower.catch_up()
    for path in Path(str(generations.current())).glob("*.term"):
        path.unlink()
    with pytest.raises(StoreError, match="lập lại"):
        Finder(store, settings).search(Everything())
    follower.catch_up()
    assert Finder(store, settings).search(Everything()).count == 1


def test_one_process_writes(settings: Settings) -> None:
    generations = Generations(settings)
    with generations.writing() as first, Generations(settings).writing() as second:
        assert (first, second) == (True, False)


def test_old_answers_go_on_while_the_index_is_built_anew(store: Store, settings: Settings) -> None:
    put(store, *[record(str(number), f"Sách {number}") for number in range(500)])
    finder = followed(store, settings)
    stop, wrong = threading.Event(), []

    def read() -> None:
        while not stop.is_set():
            try:
                count = finder.search(Term(Field.TITLE, "sach"), limit=5).count
                if count != 500:
                    wrong.append(str(count))
            except Exception as error:
                wrong.append(repr(error))

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    follower = Follower(store, Generations(settings))
    for _ in range(4):
        follower.rebuild()
    stop.set()
    for reader in readers:
        reader.join()
    assert wrong == []


def test_a_full_disk_loses_nothing(store: Store, settings: Settings) -> None:
    """A limit on the size of files stands for the end of the disk: it fails in the same place, in the same way."""
    put(store, record("1"))
    followed(store, settings)
    put(store, *[record(f"x{number}", f"Sách {number} về {number * 7919}") for number in range(3000)])
    program = (
        "import resource, signal\n"
        "from foundation.settings import load\nfrom foundation.errors import StoreError\n"
        "from catalogue.store import Store\nfrom search.follower import Follower\n"
        "from search.generations import Generations\n"
        "settings = load()\nstore = Store.open(settings)\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (40000, 40000))\n"
        "try:\n    Follower(store, Generations(settings)).step()\n"
        "except StoreError as error:\n    print(error.problem.code)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=environment(settings),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == "search.index_full", done.stderr
    finder = Finder(store, settings)
    assert finder.search(Everything()).count == 1
    assert followed(store, settings).search(Everything()).count == 3001


def environment(settings: Settings) -> dict[str, str]:
    return os.environ | {"LIENTHONG_HOME": str(settings.home), "LIENTHONG_DATABASE": settings.database}


def test_a_follower_killed_at_any_moment_goes_on_where_its_last_commit_ended(store: Store, settings: Settings) -> None:
    chance = random.Random(7)
    put(store, record("0"))
    program = "from catalogue import background; background.run(('search.follower:follow',))"
    for round_ in range(4):
        process = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, env=environment(settings))
        clock.sleep(chance.uniform(0.6, 1.5))
        for number in range(3):
            put(store, *[record(f"{round_}-{number}-{n}", f"Sách {round_} {number} {n}") for n in range(200)])
            clock.sleep(chance.uniform(0, 0.3))
        process.send_signal(signal.SIGKILL)
        process.wait()
    finder = followed(store, settings)
    assert finder.search(Everything()).count == 1 + 4 * 3 * 200
    index = Generations(settings).open(Path(str(Generations(settings).current())))
    assert verify(store, index).ok


def test_verifying_names_what_differs(store: Store, settings: Settings) -> None:
    put(store, record("1"), record("2", "Hai"), record("3", "Ba"))
    followed(store, settings)
    folder = Path(str(Generations(settings).current()))
    index = Generations(settings).open(folder, writable=True)
    with store.read() as connection:
        from catalogue import contents  # noqa: PLC0415

        numbers = contents.numbers_behind(connection, -1, 3, union=True)
    index.apply((), numbers[:1], 3)
    found = verify(store, index)
    index.close()
    assert (found.ok, found.missing, found.stale, found.extra) == (False, 1, 0, 0)
    assert found.named == ("union/1",)


def test_headings_are_counted_while_the_documents_are_at_hand(
    store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []

    documents = following.documents

    def counted(found: Iterable[Content]) -> Iterator[Document]:
        for one in documents(found):
            made.append(one.number)
            yield one

    followed(store, settings)
    monkeypatch.setattr(following, "documents", counted)
    monkeypatch.setattr(following, "HEADING_CHANGES", 2)  # several transactions for one batch
    put(store, record("1", "Núi"), record("2", "Rừng"), record("3", "Hồ"), record("4", "Hát"))
    finder = followed(store, settings)
    assert len(made) == len(set(made)) == 8  # four union records, and what they were made of
    assert [one.text for one in finder.scan(Field.TITLE).entries] == ["Hát", "Hồ", "Núi", "Rừng"]
    put(store, record("1", "Sông"), record("2", leader="00000dam a2200000 a 4500"))
    finder = followed(store, settings)
    assert [(one.text, one.count) for one in finder.scan(Field.TITLE).entries] == [("Hát", 1), ("Hồ", 1), ("Sông", 1)]


def test_headings_that_were_not_counted_with_the_index_are_counted_behind_it(store: Store, settings: Settings) -> None:
    put(store, record("1", "Núi"), record("2", "Rừng"))
    unite(store)
    Follower(store, Generations(settings)).rebuild()  # which counts nothing
    assert headings.followed(store) < changes.last(store)
    put(store, record("3", "Hồ"))
    finder = followed(store, settings)
    assert [one.text for one in finder.scan(Field.TITLE).entries] == ["Hồ", "Núi", "Rừng"]
    assert headings.followed(store) == changes.last(store)


def test_neither_the_union_nor_the_index_waits_for_its_next_look(
    store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both look once in ten minutes here, so that only the bell can have told them."""
    monkeypatch.setattr(following, "POLL_SECONDS", 600.0)
    monkeypatch.setattr(running, "POLL_SECONDS", 600.0)
    contribute(store, record("1", "Núi rừng"))
    stop, finder = threading.Event(), Finder(store, settings)
    works = [threading.Thread(target=work, args=(store, settings, stop)) for work in (running.work, following.follow)]
    for work in works:
        work.start()
    try:
        wait_until(lambda: Generations(settings).current() is not None and titles(finder) == ["Núi rừng"], 60)
        contribute(store, record("2", "Hồ Ba Bể"))
        wait_until(lambda: titles(finder) == ["Hồ Ba Bể", "Núi rừng"], 60)
    finally:
        stop.set()
        for work in works:
            work.join()


def test_a_union_record_is_found_two_seconds_after_its_record_was_published(tmp_path: Path) -> None:
    """The quickest of three, since tests run beside one another and everybody wants the processor."""
    product = Product(tmp_path / "home")
    product.run("library", "add", "bk01", "--name", "Thư viện")
    with product.serving():
        store, settings = product.store(), Settings(home=product.home)
        finder, seconds = Finder(store, settings), []
        wait_until(lambda: Generations(settings).current() is not None)
        for name in ("Hồ Ba Bể", "Núi rừng", "Hát then"):
            title = MarcField("245", "00", (("a", name),))
            contribute(store, Record.build(LEADER, [MarcField("001", value=name), title]))
            start, asked = clock.monotonic(), Term(Field.TITLE, name, Match.WHOLE)
            wait_until(lambda asked=asked: finder.search(asked).count == 1, 30)
            seconds.append(clock.monotonic() - start)
        assert min(seconds) < 2
        store.close()
