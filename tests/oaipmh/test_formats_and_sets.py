"""The formats and sets of a real store as a harvester meets them: every answer valid, every format in its namespace."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from catalogue import set_sweep, sets
from catalogue.followers import Follower, Site
from catalogue.membership import QUERY
from catalogue.renderings import FORMATS
from catalogue.sets import DefinedSet
from catalogue.snapshot import Feed
from catalogue.store import Store
from foundation.settings import Settings
from marc.record import Field, Record
from oaipmh import repositories
from oaipmh.provider import Provider
from tests.catalogue.follow import put_united as put
from tests.oaipmh.world import KEY, responded

OAI = "{http://www.openarchives.org/OAI/2.0/}"


@pytest.fixture
def provider(store: Store) -> Provider:
    fields = [
        Field("001", value="1"),
        Field("008", value="200101s2010    vm " + "|" * 17 + "vie  "),
        Field("245", "00", (("a", "Hồ Ba Bể & <núi>"),)),
        Field("856", "40", (("u", "http://vidu.vn/a.pdf"),)),
        Field("952", "  ", (("b", "BK"), ("p", "01"))),
    ]
    put(store, Record.build("00000nam a2200000 a 4500", fields))
    sets.add(store, DefinedSet(QUERY, "ho", "Hồ & núi", "Lakes", "title~ho", "Các hồ.", "All lakes."))
    assert set_sweep.run(store)
    assert Follower(store, Site("http://thuvien.vn", "Liên Thông")).follow()
    return Provider(repositories.whole_repository(Settings()), Feed(store), [KEY], Settings())


def ask(provider: Provider, query: str) -> etree._Element:
    return etree.fromstring(responded(provider, query))


@pytest.mark.parametrize("entry", FORMATS, ids=[entry.name for entry in FORMATS])
def test_every_format_is_listed_and_given(provider: Provider, entry: object) -> None:
    assert isinstance(entry, type(FORMATS[0]))
    listed = [one.text for one in ask(provider, "verb=ListMetadataFormats").iter(f"{OAI}metadataPrefix")]
    assert entry.name in listed
    answer = ask(provider, f"verb=ListRecords&metadataPrefix={entry.name}&set=query:ho")
    metadata = answer.find(f".//{OAI}metadata")
    assert metadata is not None
    assert len(metadata) == 1
    namespace = etree.QName(metadata[0]).namespace
    # EDM travels in rdf:RDF; its own namespace is that of what is inside.
    assert entry.namespace in (namespace, *metadata[0].nsmap.values())
    where = metadata[0].get("{http://www.w3.org/2001/XMLSchema-instance}schemaLocation", "")
    assert entry.schema in where.split()


def test_sets_are_described_and_every_header_names_listed_ones(provider: Provider, shared: Path) -> None:
    schema = etree.XMLSchema(etree.parse(shared / "schemas" / "all.xsd"))
    answer = ask(provider, "verb=ListSets")
    schema.assertValid(answer)
    listed = [one.text for one in answer.iter(f"{OAI}setSpec")]
    assert listed == [
        "language", "language:vie", "library", "library:bk01", "library:bk02", "material", "material:book", "query",
        "query:ho",
    ]  # fmt: skip
    said = [one.text for one in answer.iter("{http://purl.org/dc/elements/1.1/}description")]
    assert said == ["Các hồ.", "All lakes."]
    header = ask(provider, "verb=ListIdentifiers&metadataPrefix=mods&set=material")
    assert [one.text for one in header.iter(f"{OAI}setSpec")] == [
        "library:bk01", "material:book", "language:vie", "query:ho",
    ]  # fmt: skip
    empty = ask(provider, "verb=ListIdentifiers&metadataPrefix=mods&set=material:map")
    assert empty.find(f"{OAI}error").get("code") == "noRecordsMatch"  # type: ignore[union-attr]
