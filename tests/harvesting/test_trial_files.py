"""A trial of an address behind which a file lies, over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from catalogue import libraries
from catalogue.libraries import Library
from catalogue.store import Store
from foundation.settings import Settings
from harvesting import trial, trial_files, trials
from harvesting.trial import Wish
from marc import iso2709
from tests.catalogue.conftest import record
from tests.end_to_end.product import wait_until
from tests.wire import Wire, answer

BOOKS = b"".join(iso2709.write(record(str(number), f"Thơ Tày {number}")) for number in range(12))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    made = Store.open(settings)
    libraries.add(made, Library("ba-be", "Thư viện Ba Bể"))
    yield made
    made.close()


def tried(store: Store, settings: Settings, data: bytes, **headers: str) -> trial.Trial:
    wire = Wire(lambda connection, head: connection.sendall(answer(data, **headers)))
    try:
        wish = Wish(f"{wire.url}/sach.mrc", library="ba-be", allow_private=True)
        return trial_files.attempt(store, settings, wish)
    finally:
        wire.close()


def codes(found: trial.Trial) -> dict[str, bool]:
    return {str(one.problem.code): one.good for one in found.findings}


def test_a_file_is_known_counted_and_shown_before_and_after(store: Store, settings: Settings) -> None:
    found = tried(store, settings, BOOKS, ETag='"1"')
    assert (found.kind, found.total, len(found.records)) == ("file", 12, 10)
    assert codes(found) == {"trial.file": True, "trial.known_again": True}
    assert found.shown is not None
    assert "␟aThơ Tày 0" in found.shown.source
    assert "=245  00$aThơ Tày 0" in found.shown.marc
    assert "--file" in found.command


def test_what_cannot_be_read_or_is_fetched_whole_each_time_is_said(store: Store, settings: Settings) -> None:
    found = tried(store, settings, BOOKS[:150] + b"rac rac rac" + BOOKS)
    assert codes(found)["trial.unread"] is False
    assert codes(found)["trial.not_known_again"] is False


def test_a_web_page_is_no_file_and_the_search_for_oai_pmh_says_what_it_found(store: Store, settings: Settings) -> None:
    found = tried(store, settings, b"<!doctype html><title>OPAC</title>", Content_Type="text/html")
    assert (found.kind, found.works) == ("oai", False)
    assert "trial.not_found" in codes(found)


@pytest.mark.parametrize("folder", ["/khong/co", "khong-tuyet-doi"])
def test_a_folder_that_is_not_there_is_told(store: Store, folder: str) -> None:
    found = trial_files.attempt_folder(store, folder, "ba-be")
    assert (found.url, codes(found)) == ("", {"trial.no_folder": False})


def test_a_trial_is_its_asker_s_and_a_dead_one_is_known(store: Store, settings: Settings) -> None:
    number = trials.begin(store, settings, "anh", Wish("https://khong-co.invalid", password="kín"))
    kept = trials.get(store, number, "anh")
    assert kept is not None
    assert trials.get(store, number, "binh") is None
    assert trials.password(settings, kept) == "kín"
    assert trials.get(store, "khac", "anh") is None
    assert not trials.silent(store, kept)
    wait_until(lambda: (now := trials.get(store, number, "anh")) is not None and now.over)


SITEMAP = (
    '<{0} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:rs="http://www.openarchives.org/rs/terms/">'
    '<rs:md capability="resourcelist"/></{0}>'
)


@pytest.mark.parametrize("root", ["urlset", "sitemapindex"])
def test_a_resource_list_with_nothing_in_it_is_a_source_without_records(
    store: Store, settings: Settings, root: str
) -> None:
    found = tried(store, settings, SITEMAP.format(root).encode())
    assert (found.kind, found.works, found.total) == ("resourcesync", False, 0)


def test_oai_pmh_in_utf_16_is_no_file(store: Store, settings: Settings) -> None:
    said = (
        '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><Identify><repositoryName>x</repositoryName>'
        "<protocolVersion>2.0</protocolVersion></Identify></OAI-PMH>"
    )
    assert tried(store, settings, said.encode("utf-16")).kind == "oai"


@pytest.mark.parametrize(
    ("status", "code"),
    [("401 Unauthorized", "trial.login"), ("403 Forbidden", "trial.forbidden"), ("500 Dead", "harvesting.status")],
)
def test_a_server_that_lets_nobody_in_is_told_as_that(store: Store, settings: Settings, status: str, code: str) -> None:
    wire = Wire(lambda connection, head: connection.sendall(answer(b"", status)))
    try:
        found = trial_files.attempt(store, settings, Wish(f"{wire.url}/oai", library="ba-be", allow_private=True))
    finally:
        wire.close()
    told = [one.vi for one in found.tried]
    assert all(status[:3] in one and "đã chờ" not in one for one in told)
    assert code == "harvesting.status" or codes(found)[code] is False
