"""What is kept of a harvested record does not depend on how it was read, nor on who wrote it: parser or not."""

from __future__ import annotations

import itertools
import shutil
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from catalogue import changesets, libraries, sources
from catalogue.ingest import Staging
from catalogue.libraries import Library
from catalogue.store import Store
from catalogue.tables import original, record, rendering, version
from fixtures.generator import generate
from foundation.settings import Settings
from harvesting.taking import reading
from marc import marcxml, marcxml_usual
from marc.marcxml import HEAD
from marc.record import Field, Record
from oaipmh.answers import Harvested

OTHER_START = b'<record xmlns="http://www.loc.gov/MARC21/slim" type="Bibliographic"><leader>'


def prefixed(data: bytes) -> bytes:
    tags = data.replace(b"</", b"</m:").replace(b"<", b"<m:").replace(b"<m:/m:", b"</m:")
    return tags.replace(b"xmlns=", b"xmlns:m=")


def decomposed(data: bytes) -> bytes:
    return unicodedata.normalize("NFD", data.decode()).encode()


SHAPES = [
    lambda data: data,
    prefixed,
    lambda data: data.replace(b"><", b">\r\n\t<"),
    lambda data: data.replace(HEAD.encode(), OTHER_START),
    lambda data: data.replace(b"<leader>00000", b"<leader>01742"),
    lambda data: data.replace(b"</subfield>", b" &quot;x&apos; &amp;amp; &lt;i&gt;</subfield>", 1),
    lambda data: data.replace(b"</subfield>", b" &amp; &lt;i&gt; &amp;lt;</subfield>", 1),
    lambda data: data.replace(b"</subfield>", b" x > y</subfield>", 1),
    lambda data: data.replace(b"</subfield>", "\u00a0\u2003&lt;\u0338</subfield>".encode(), 1),
    lambda data: data.replace(b"</subfield>", "\u0085\u009f</subfield>".encode(), 1),
    decomposed,
    lambda data: data.replace(b"</record>", b'<controlfield tag="005">20200101000000.0</controlfield></record>'),
    lambda data: data.replace(b'ind1=" " ind2=" "', b'ind2=" " ind1=" "'),
    lambda data: data.replace(b"</datafield>", b'<subfield code="9"></subfield></datafield>'),
]
"""What other programs make of a record."""


def records() -> list[Harvested]:
    """Enough of every shape for dictionaries, and some that are odd in another way."""
    odd = Record.build("00000nam a2200000 a 4500", [Field("245", "10", (("a", "Ba Bể"), ("&", "x"), ('"', "y")))])
    written = [marcxml.write(one) for one in generate(130, library="bk00")] + [marcxml.write(odd)]
    shaped = [shape(data) for data, shape in zip(written, itertools.cycle(SHAPES), strict=False)]
    return [Harvested(f"oai:x:{number}", 1, False, (), data) for number, data in enumerate(shaped)]


def kept(store: Store, library: str) -> list[tuple[Any, ...]]:
    """Everything that is kept of the records of one harvest, unpacked."""
    libraries.add(store, Library(library, library))
    source = sources.add(store, library, library, "oai", {}).number
    with store.write() as connection:
        number = changesets.create(connection, store.now(connection), source, "harvest", library)
    staging = Staging(store, number)
    every = [reading(place, one, "http://x/oai", "marcxml", 1) for place, one in enumerate(records(), 1)]
    for batch in (every[:110], every[110:]):  # the first is what dictionaries are made from
        staging.take(batch, lambda connection: None)
    found: list[tuple[Any, ...]] = []
    mine = select(version, record.c.local_id).join(record, record.c.id == version.c.record_id)
    with store.read() as connection:
        for one in connection.execute(mine.where(record.c.source_id == source)).all():
            shown = connection.execute(select(rendering).where(rendering.c.version_id == one.id)).all()
            came = connection.execute(select(original).where(original.c.hash == one.original)).one()
            unpack = store.compression.decompress
            found.append((
                one.local_id, one.content, one.formats, one.problems, one.provenance, one.original,
                unpack(connection, came.dictionary, came.bytes),
                unpack(connection, one.dictionary, one.normalised),
                sorted((row.format, row.hash, unpack(connection, row.dictionary, row.bytes)) for row in shown),
            ))  # fmt: skip
    return sorted(found)


def test_what_is_kept_is_the_same_with_a_parser_and_without(
    empty_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(empty_home, tmp_path / "home")
    store = Store.open(Settings(home=tmp_path / "home"))
    without = kept(store, "bk01")
    monkeypatch.setattr(marcxml_usual, "read", lambda data: None)
    assert kept(store, "bk02") == without
    store.close()


def test_most_of_these_shapes_need_no_parser_and_are_not_written_again() -> None:
    found = [marcxml_usual.read(one.metadata or b"") for one in records()[: len(SHAPES)]]
    assert sum(one is not None for one in found) == 11
    assert sum(one is not None and one.written != b"" for one in found) == 7


def test_a_record_that_is_put_in_the_place_of_another_is_written_anew() -> None:
    found = reading(1, records()[0], "http://x/oai", "marcxml", 1)
    assert found.marcxml == found.original
    assert found.record is not None
    other = Record.build(found.record.leader, [Field("001", value="khác"), *found.record.select("245")])
    assert found._replace(record=other).marcxml == b""
