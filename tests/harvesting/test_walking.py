"""SRU servers and ResourceSync sources: our own server is the source, over real HTTP."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner
from werkzeug.serving import WSGIRequestHandler, make_server

from catalogue import libraries, runs, sources
from catalogue.libraries import Library
from catalogue.runs import Run
from catalogue.store import Store
from cli.main import app
from cli.search import catch_up
from foundation.errors import InputError, PeerError
from foundation.network import Budget
from foundation.settings import Settings
from harvesting import desk, kinds, sync_documents, sync_walk, trial_files
from harvesting.trial import Wish
from oaipmh import resourcesync
from oaipmh.nightly import FOLDER
from serving import web
from tests.catalogue.conftest import Time, put, record
from tests.catalogue.follow import put_united, unite
from tests.harvesting.test_course import held
from tests.wire import Wire, answer


class Quiet(WSGIRequestHandler):
    def log_request(self, *_: object) -> None: ...


@dataclass
class Pair:
    """A server that gives, and a store that takes."""

    theirs: Store
    their_settings: Settings
    url: str
    ours: Store
    settings: Settings
    time: Time

    def give(self, *titles: tuple[str, str]) -> None:
        """Publish records at the source."""
        self.time.pass_(10)
        put_united(self.theirs, *(record(number, title) for number, title in titles))
        self.time.pass_(1)  # what is of the very second of a list is asked for again

    def follow(self, kind: str) -> None:
        """Let at the source catch up what this kind of harvest reads."""
        if kind == kinds.SRU:
            catch_up(self.theirs, self.their_settings)
            return
        unite(self.theirs)
        folder = self.their_settings.home / FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        resourcesync.make(self.theirs, folder, self.url, lambda done: None, lambda: False)

    def run(self, kind: str = "") -> Run:
        [source] = sources.every(self.ours)
        self.follow(source.kind)
        return desk.run(self.ours, self.settings, source, kind)


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    time = Time()
    their_settings, settings = Settings(home=tmp_path / "theirs"), Settings(home=tmp_path / "ours")
    with closing(Store.open(their_settings, time)) as theirs, closing(Store.open(settings, time)) as ours:
        libraries.add(theirs, Library("bk01", "Thư viện Pác Nặm"))
        libraries.add(ours, Library("ba-be", "Thư viện Ba Bể"))
        applications: list[web.Application] = []

        def serve(environ: Any, start: Any) -> Any:
            return applications[0](environ, start)

        http = make_server("127.0.0.1", 0, serve, True, 1, Quiet)
        url = f"http://127.0.0.1:{http.server_port}"
        served = Settings(home=their_settings.home, base_url=url)
        applications.append(web.application(theirs, served))
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield Pair(theirs, served, url, ours, settings, time)
        http.shutdown()
        thread.join()
        http.server_close()


def source(pair: Pair, kind: str, url: str, **values: object) -> None:
    given_values = {"url": url, "allow": ["127.0.0.0/8"], "brake": 100, **values}
    desk.add(pair.ours, pair.settings, "ba-be", "nguon", given_values, kind=kind)


# --- SRU ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["1.1", "1.2", "2.0"])
def test_an_sru_server_is_walked_page_by_page_and_what_is_gone_is_deleted(pair: Pair, version: str) -> None:
    pair.give(*((f"b{number}", f"Then Tày {number}") for number in range(7)))
    source(pair, kinds.SRU, f"{pair.url}/sru/bk01", version=version, page=3)
    done = pair.run()
    assert done.state == runs.DONE, done.said
    assert (done.state, done.kind, done.counts["new"], done.position["pages"]) == (runs.DONE, "full", 7, 3)
    assert held(pair.ours) == {f"b{number}": f"Then Tày {number}" for number in range(7)}
    gone = record("b3", "Then Tày 3", "00000dam a2200000 a 4500")
    pair.time.pass_(10)
    put(pair.theirs, gone)
    pair.give(("b9", "Sli Nùng"))
    again = pair.run()
    assert (again.counts["new"], again.counts["deleted"], again.counts["unchanged"]) == (1, 1, 6)
    assert set(held(pair.ours)) == {"b0", "b1", "b2", "b4", "b5", "b6", "b9"}


def test_an_sru_server_with_an_index_of_dates_is_asked_for_what_is_new(pair: Pair) -> None:
    pair.give(("b1", "Then"), ("b2", "Sli"))
    pair.time.pass_(3 * 86_400)
    source(pair, kinds.SRU, f"{pair.url}/sru/bk01", since_index="rec.lastModificationDate")
    assert pair.run().kind == "full"
    pair.time.pass_(3 * 86_400)
    pair.give(("b3", "Lượn"))
    done = pair.run()
    assert (done.kind, done.counts["read"], done.counts["new"]) == ("new", 1, 1)
    assert set(held(pair.ours)) == {"b1", "b2", "b3"}


def test_a_query_that_the_server_refuses_fails_the_run_with_its_words(pair: Pair) -> None:
    source(pair, kinds.SRU, f"{pair.url}/sru/bk01", query="x y z ((")
    done = pair.run()
    assert (done.state, done.said[-1]["code"]) == (runs.FAILED, "harvesting.sru_said")
    assert held(pair.ours) == {}


@pytest.mark.parametrize(
    "wrong", [{"version": "3.0"}, {"page": 0}, {"since_index": 'x" or 1'}, {"query": ""}, {"url": "ftp://x"}]
)
def test_settings_of_sru_that_mean_nothing_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(InputError):
        kinds.kind(kinds.SRU).check({"url": "https://x.vn/sru"} | wrong)


def test_a_server_that_gives_less_than_it_promises_proves_nothing(pair: Pair) -> None:
    """Many give no more than the first so many records of any result."""
    pair.give(*((f"b{number}", f"Then {number}") for number in range(4)))
    source(pair, kinds.SRU, f"{pair.url}/sru/bk01", page=2)
    pair.run()
    cut = (
        '<searchRetrieveResponse xmlns="http://www.loc.gov/zing/srw/"><version>1.1</version>'
        "<numberOfRecords>4</numberOfRecords></searchRetrieveResponse>"
    )
    wire = Wire(lambda connection, head: connection.sendall(answer(cut.encode(), Content_Type="text/xml")))
    desk.change(pair.ours, pair.settings, "nguon", {"url": f"{wire.url}/sru"})
    done = pair.run()
    wire.close()
    assert (done.state, done.counts["deleted"]) == (runs.DONE, 0)
    assert len(held(pair.ours)) == 4


SRW = "http://www.loc.gov/zing/srw/"


def sru_page(hits: int, *names: str) -> bytes:
    """An answer of SRU with these records."""
    given = "".join(
        "<record><recordSchema>marcxml</recordSchema><recordPacking>xml</recordPacking><recordData>"
        '<record xmlns="http://www.loc.gov/MARC21/slim"><leader>00000nam a2200000 a 4500</leader>'
        f'<controlfield tag="001">{name}</controlfield>'
        f'<datafield tag="245" ind1="0" ind2="0"><subfield code="a">{name}</subfield></datafield></record>'
        "</recordData></record>"
        for name in names
    )
    inside = f"<version>1.1</version><numberOfRecords>{hits}</numberOfRecords><records>{given}</records>"
    text = f'<searchRetrieveResponse xmlns="{SRW}">{inside}</searchRetrieveResponse>'
    return answer(text.encode(), Content_Type="text/xml")


@pytest.mark.parametrize(
    "second",
    [sru_page(0), sru_page(2, "a", "b"), sru_page(2), sru_page(4, "a", "b")],
    ids=["no hits any more", "fewer hits", "nothing", "the first page again"],
)
def test_a_list_that_shrinks_or_repeats_itself_under_way_proves_nothing(pair: Pair, second: bytes) -> None:
    whole = {"1": sru_page(4, "a", "b"), "3": sru_page(4, "c", "d")}
    with closing(
        Wire(lambda connection, head: connection.sendall(whole[re.findall(rb"startRecord=(\d+)", head)[0].decode()]))
    ) as wire:
        source(pair, kinds.SRU, wire.url, page=2)
        assert desk.run(pair.ours, pair.settings, sources.named(pair.ours, "nguon"), "full").counts["new"] == 4
        whole["3"] = whole["5"] = whole["7"] = second
        done = desk.run(pair.ours, pair.settings, sources.named(pair.ours, "nguon"), "full")
    assert (done.state, done.counts["deleted"]) == (runs.DONE, 0)
    assert "harvesting.incomplete" in [one["code"] for one in done.said]
    assert len(wire.requests) == 4


# --- ResourceSync ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/.well-known/resourcesync", "/resourcesync/capabilitylist.xml", "/"])
def test_a_resource_list_brings_everything_and_change_lists_what_is_new(pair: Pair, path: str) -> None:
    pair.give(*((f"b{number}", f"Then Tày {number}") for number in range(5)))
    source(pair, kinds.SYNC, f"{pair.url}{path}")
    first = pair.run()
    assert (first.state, first.kind, first.counts["new"]) == (runs.DONE, "full", 5)
    assert sorted(held(pair.ours).values()) == [f"Then Tày {number}" for number in range(5)]
    pair.time.pass_(100)
    put(pair.theirs, record("b1", "Then cổ"), record("b2", "", "00000dam a2200000 a 4500"))
    pair.give(("b9", "Sli Nùng"))
    second = pair.run()
    counts = second.counts
    assert (second.kind, counts["new"], counts["changed"], counts["deleted"]) == ("new", 1, 1, 1)
    assert counts["read"] == 3
    assert sorted(held(pair.ours).values()) == ["Sli Nùng", "Then Tày 0", "Then Tày 3", "Then Tày 4", "Then cổ"]


def test_a_full_walk_deletes_what_the_resource_list_no_longer_names(pair: Pair) -> None:
    pair.give(("b1", "Then"), ("b2", "Sli"))
    source(pair, kinds.SYNC, pair.url)
    pair.run()
    pair.time.pass_(100)
    put(pair.theirs, record("b1", "", "00000dam a2200000 a 4500"))
    done = pair.run("full")
    assert (done.kind, done.counts["deleted"], done.counts["unchanged"]) == ("full", 1, 1)
    assert [*held(pair.ours).values()] == ["Sli"]


def test_a_walk_that_was_cut_goes_on_behind_what_it_kept(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    pair.give(*((f"b{number}", f"Then {number}") for number in range(6)))
    source(pair, kinds.SYNC, pair.url)
    monkeypatch.setattr("harvesting.sync_walk._BATCH", 2)
    monkeypatch.setattr("harvesting.walking.backoff", lambda *_: 0.0)
    asked: list[str] = []
    fetch = sync_walk.fetched

    def cut(client: object, url: str, *more: object) -> bytes | None:
        if "/record/" in url:
            asked.append(url)
            if len(asked) == 4:
                raise PeerError(sync_walk.messages.STATUS, status=500, url=url, attempts=1)
        return fetch(client, url, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(sync_walk, "fetched", cut)
    first = pair.run()
    assert (first.state, first.counts["read"]) == (runs.CUT, 2)
    assert held(pair.ours) == {}
    done = pair.run()
    assert (done.number, done.state, done.counts["new"]) == (first.number, runs.DONE, 6)
    assert len(asked) == 8  # four before, and the four behind the two that were kept


@pytest.mark.parametrize("odd", ["không có địa chỉ", "http://10.255.255.1/x", "{url}/large", "{url}/forbidden"])
def test_a_resource_that_cannot_be_had_stops_no_other(pair: Pair, odd: str, monkeypatch: pytest.MonkeyPatch) -> None:
    marc = sru_page(1, "a").partition(b"<recordData>")[2].partition(b"</recordData>")[0]

    def script(connection: socket.socket, head: bytes) -> None:
        path = head.split(b" ")[1]
        if path == b"/list":
            places = "".join(
                f"<url><loc>{one}</loc></url>" for one in (f"{wire.url}/a", odd.format(url=wire.url), f"{wire.url}/b")
            )
            text = (
                '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
                'xmlns:rs="http://www.openarchives.org/rs/terms/"><rs:md capability="resourcelist"/>'
                f"{places}</urlset>"
            )
            connection.sendall(answer(text.encode()))
        elif path == b"/forbidden":
            connection.sendall(answer(b"", "403 Forbidden"))
        else:
            connection.sendall(answer(marc + (b" " * 200_000 if path == b"/large" else b"")))

    monkeypatch.setattr("harvesting.settings.Budget", lambda **values: Budget(**(values | {"plain_bytes": 100_000})))
    with closing(Wire(script)) as wire:
        source(pair, kinds.SYNC, f"{wire.url}/list")
        done = desk.run(pair.ours, pair.settings, sources.named(pair.ours, "nguon"))
    assert (done.state, done.counts["new"], done.counts["quarantined"]) == (runs.DONE, 2, 1)


def test_what_is_no_resourcesync_fails_and_says_so(pair: Pair) -> None:
    wire = Wire(lambda connection, head: connection.sendall(answer(b"<urlset/>", Content_Type="text/xml")))
    source(pair, kinds.SYNC, f"{wire.url}/x.xml")
    done = pair.run()
    wire.close()
    assert (done.state, done.said[-1]["code"]) == (runs.FAILED, "harvesting.not_sync")


@given(st.binary(max_size=600) | st.text(max_size=300).map(str.encode))
def test_any_bytes_are_a_document_or_our_error(data: bytes) -> None:
    wrapped = b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">' + data + b"</urlset>"
    for one in (data, wrapped):
        try:
            sync_documents.read(one)
        except InputError:
            continue


# --- trials and the command line ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "kind", "word"),
    [("/sru/bk01", kinds.SRU, "--sru"), ("/resourcesync/capabilitylist.xml", kinds.SYNC, "--resourcesync")],
)
def test_a_trial_says_what_it_is_and_what_it_found_is_enough_to_harvest_it(
    pair: Pair, path: str, kind: str, word: str
) -> None:
    pair.give(("b1", "Then"), ("b2", "Sli"))
    pair.follow(kind)
    found = trial_files.attempt(pair.ours, pair.settings, Wish(pair.url + path, library="ba-be", allow_private=True))
    assert (found.kind, found.total, len(found.records), found.works) == (kind, 2, 2, True)
    assert found.shown is not None
    assert "Then" in found.shown.marc
    assert word in found.command
    source(pair, kind, found.url, **found.settings)
    assert pair.run().counts["new"] == 2


def test_the_command_line_adds_both_kinds(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIENTHONG_HOME", str(pair.settings.home))
    common = ["--library", "ba-be", "--allow", "127.0.0.0/8"]
    run = CliRunner().invoke
    sru = [
        "harvest",
        "add",
        "a",
        "--url",
        f"{pair.url}/sru/bk01",
        "--sru",
        "--sru-version",
        "2.0",
        "--query",
        "dc.title=then",
    ]
    assert run(app, [*sru, *common]).exit_code == 0
    assert run(app, ["harvest", "add", "b", "--url", pair.url, "--resourcesync", *common]).exit_code == 0
    assert run(app, ["harvest", "add", "c", "--url", pair.url, "--resourcesync", "--sru", *common]).exit_code == 2
    found = {one.name: (one.kind, one.settings.get("version")) for one in sources.every(pair.ours)}
    assert found == {"a": (kinds.SRU, "2.0"), "b": (kinds.SYNC, None)}
