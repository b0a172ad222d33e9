"""What is said about records and repositories: licences, provenance, friends, branding."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from lxml import etree

from catalogue import publishing
from catalogue.provenance import Provenance
from catalogue.snapshot import Feed
from catalogue.store import Store
from foundation.errors import InputError, LimitError
from foundation.limits import PROVENANCE_STEPS
from foundation.settings import Settings
from oaipmh import repositories
from oaipmh.provider import Provider
from oaipmh.segments import Filler, wording
from tests.catalogue.conftest import Time, readings, record, stage
from tests.catalogue.follow import put_united as put
from tests.oaipmh.world import KEY, OAI, check, responded

RIGHTS = OAI[:-1] + "rights/}"
PROVENANCE = OAI[:-1] + "provenance}"
DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"
MARC = "http://www.loc.gov/MARC21/slim"
CC0 = "https://creativecommons.org/publicdomain/zero/1.0/"
BY = "https://creativecommons.org/licenses/by/4.0/"

LICENSED = Settings(licence=CC0, library_licences=(f"bk02={BY}",))


def came(depth: int, namespace: str = MARC) -> Provenance | None:
    """A record that `depth` repositories had before us."""
    found: Provenance | None = None
    for step in range(depth):
        stamp = f"2026-0{step + 1}-01"
        base = f"https://kho{step}.example.vn/oai?a=1&b=2"
        found = Provenance(
            base, f"oai:kho{step}.example.vn:x", stamp, namespace, f"{stamp}T10:00:00Z", step == 1, found
        )
    return found


def harvest(store: Store, local_id: str, origin: Provenance | None, title: str = "Hồ Ba Bể") -> None:
    """What a harvester does: stage readings that carry their provenance, and publish them."""
    text = origin.pack() if origin else ""
    found = [reading._replace(provenance=text) for reading in readings(record(local_id, title))]
    publishing.publish(store, stage(store, found))


def provider(store: Store, settings: Settings | None = None, library: str = "bk01") -> Provider:
    settings = settings or Settings()
    whole = repositories.whole_repository(settings)
    if not library:
        return Provider(whole, Feed(store), [KEY], settings)
    own = replace(whole, base_url=f"{whole.base_url}/{library}", has_sets=False, home=f"library:{library}")
    return Provider(own, Feed(store, own.home), [KEY], settings)


def ask(asked: Provider, query: str) -> Any:
    answer = responded(asked, query)
    check(answer)
    return etree.fromstring(answer)


def chain(root: Any) -> list[dict[str, str]]:
    """The originDescriptions of the only record, the outermost first."""
    found = []
    step = root.find(f".//{OAI}about/{PROVENANCE}provenance/{PROVENANCE}originDescription")
    while step is not None:
        values = {etree.QName(child).localname: child.text or "" for child in step if len(child) == 0}
        found.append(dict(step.attrib) | values)
        step = step.find(f"{PROVENANCE}originDescription")
    return found


@pytest.mark.parametrize("depth", range(4))
def test_a_harvested_record_tells_the_whole_way_it_came(depth: int, store: Store) -> None:
    origin = came(depth)
    harvest(store, "A1", origin)
    told = chain(ask(provider(store), "verb=ListRecords&metadataPrefix=marcxml"))
    assert told == [
        {
            "harvestDate": step.harvested,
            "altered": str(step.altered).lower(),
            "baseURL": step.base_url,
            "identifier": step.identifier,
            "datestamp": step.datestamp,
            "metadataNamespace": step.namespace,
        }
        for step in (origin.chain if origin else ())
    ]


def test_a_record_given_on_in_another_format_was_altered(store: Store) -> None:
    harvest(store, "A1", came(1, MARC))
    flags = {}
    for prefix in ("marcxml", "oai_dc"):
        [step] = chain(ask(provider(store), f"verb=ListRecords&metadataPrefix={prefix}"))
        flags[prefix] = step["altered"]
    assert flags == {"marcxml": "false", "oai_dc": "true"}


def test_get_record_tells_what_the_list_tells(store: Store) -> None:
    harvest(store, "A1", came(2))
    listed = ask(provider(store, LICENSED), "verb=ListRecords&metadataPrefix=marcxml")
    name = listed.findtext(f".//{OAI}identifier")
    got = ask(provider(store, LICENSED), f"verb=GetRecord&metadataPrefix=marcxml&identifier={name}")
    records = [etree.tostring(root.find(f".//{OAI}record"), with_tail=False) for root in (listed, got)]
    assert records[0] == records[1]


def test_a_deleted_record_has_nothing_about_it(store: Store, time: Time) -> None:
    harvest(store, "A1", came(2))
    time.pass_()
    put(store, record("A1", leader="00000dam a2200000 a 4500"))
    root = ask(provider(store, LICENSED), "verb=ListRecords&metadataPrefix=marcxml")
    assert root.find(f".//{OAI}header").get("status") == "deleted"
    assert root.find(f".//{OAI}about") is None


@pytest.mark.parametrize("is_segmented", [False, True])
def test_another_provenance_is_shown_and_moves_no_datestamp(is_segmented: bool, store: Store, time: Time) -> None:
    """The same record in other bytes, harvested later: what is compressed beforehand must not tell the old story."""
    for number in range(120):
        harvest(store, f"A{number}", came(1))
    filler = Filler(store, repositories.whole_repository(Settings()))
    asked = provider(store, Settings(page_records=300))

    def shown() -> list[tuple[str, list[str]]]:
        if is_segmented:
            assert filler.fill()
        root = ask(asked, "verb=ListRecords&metadataPrefix=marcxml")
        dates = [step.get("harvestDate") for step in root.iter(f"{PROVENANCE}originDescription")]
        return [(found.text, dates) for found in root.iter(f"{OAI}datestamp")]

    before = shown()
    time.pass_(60)
    later = came(1)
    assert later is not None
    [reading] = readings(record("A7", "Hồ Ba Bể"))
    other = reading._replace(original=reading.original + b" ", provenance=later._replace(harvested="2026-09-09").pack())
    publishing.publish(store, stage(store, [other]))
    after = shown()
    assert [stamp for stamp, _ in after] == [stamp for stamp, _ in before]
    assert after[0][1].count("2026-09-09") == 1
    assert len(after[0][1]) == 120


def test_a_chain_has_an_end() -> None:
    too_long = came(1)
    for _ in range(PROVENANCE_STEPS):
        assert too_long is not None
        too_long = too_long._replace(before=too_long)
    assert too_long is not None
    with pytest.raises(LimitError, match="PROVENANCE_STEPS"):
        too_long.pack()


def test_what_is_packed_comes_out_again() -> None:
    origin = came(3)
    assert origin is not None
    assert Provenance.unpack(origin.pack()) == origin


# --- licences ---


def licences(root: Any) -> list[str]:
    return [found.get("ref") for found in root.iterfind(f".//{OAI}about/{RIGHTS}rights/{RIGHTS}rightsReference")]


@pytest.fixture
def two(store: Store) -> Store:
    put(store, record("A1"), library="bk01")
    put(store, record("B1"), library="bk02")
    return store


@pytest.mark.parametrize(
    ("chosen", "library", "expected"),
    [
        (Settings(), "", []),
        (LICENSED, "", [CC0, BY]),
        (LICENSED, "bk01", [CC0]),
        (LICENSED, "bk02", [BY]),
        (Settings(library_licences=(f"bk02={BY}",)), "", [BY]),
        (Settings(library_licences=(f"bk02={BY}",)), "bk01", []),
    ],
)
def test_each_record_has_the_licence_of_its_library(
    chosen: Settings, library: str, expected: list[str], two: Store
) -> None:
    asked = provider(two, chosen, library)
    assert licences(ask(asked, "verb=ListRecords&metadataPrefix=oai_dc")) == expected
    manifest = ask(asked, "verb=Identify").findall(f".//{RIGHTS}rightsManifest//{RIGHTS}rightsReference")
    assert {found.get("ref") for found in manifest} == set(expected)


def test_segments_have_the_licence_of_their_repository(store: Store) -> None:
    for library in ("bk01", "bk02"):
        put(store, *(record(f"{library}-{number}") for number in range(150)), library=library)
    assert Filler(store, repositories.whole_repository(LICENSED)).fill()
    chosen = replace(LICENSED, page_records=400)
    for library, expected in (("bk01", {CC0}), ("bk02", {BY}), ("", {CC0, BY})):
        found = licences(ask(provider(store, chosen, library), "verb=ListRecords&metadataPrefix=oai_dc"))
        assert set(found) == expected
        assert len(found) == (150 if library else 300)


def test_another_licence_is_another_wording() -> None:
    kinds = [wording(repositories.whole_repository(each)) for each in (Settings(), LICENSED, Settings(licence=CC0))]
    assert len(set(kinds)) == 3


def test_a_set_tells_the_licence_it_has_of_its_own(two: Store) -> None:
    root = ask(provider(two, LICENSED, ""), "verb=ListSets")
    told = {
        found.findtext(f"{OAI}setSpec"): [entry.get("ref") for entry in found.iter(f"{RIGHTS}rightsReference")]
        for found in root.iter(f"{OAI}set")
    }
    assert told["library:bk02"] == [BY]
    assert [spec for spec, licences in told.items() if licences] == ["library:bk02"]


@pytest.mark.parametrize("entry", ["bk01", "=https://x", "bk01="])
def test_a_licence_without_library_or_address_is_refused(entry: str) -> None:
    with pytest.raises(InputError, match="library_licences"):
        repositories.licences(Settings(library_licences=(entry,)))


# --- the repository itself ---


def test_identify_says_what_the_operator_set(two: Store) -> None:
    chosen = replace(
        LICENSED,
        friends=("https://a.example.vn/oai", "https://b.example.vn/oai?x=1&y=2"),
        icon_url="https://a.example.vn/88x31.png",
        base_url="https://thuvien.example.vn",
    )
    root = ask(provider(two, chosen, ""), "verb=Identify")
    told = [etree.QName(found[0]).localname for found in root.iter(f"{OAI}description")]
    assert told == ["oai-identifier", "rightsManifest", "friends", "branding"]
    assert [found.text for found in root.iterfind(".//{*}friends/{*}baseURL")] == list(chosen.friends)
    assert root.findtext(".//{*}collectionIcon/{*}link") == "https://thuvien.example.vn/"


def test_identify_says_nothing_that_nobody_set(two: Store) -> None:
    root = ask(provider(two, library=""), "verb=Identify")
    assert [etree.QName(found[0]).localname for found in root.iter(f"{OAI}description")] == ["oai-identifier"]
