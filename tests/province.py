"""The demonstration province in a store with its index, for tests of whatever shows it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient

from catalogue import imports, libraries, set_sweep, sets
from catalogue.libraries import Library
from catalogue.sets import DefinedSet
from catalogue.store import Store
from cli.search import catch_up
from fixtures import libraries as rows
from fixtures import province_files
from foundation.settings import Settings
from portal import app

BASE = "https://lib.example"


@dataclass
class Province:
    """All nine libraries, and the collection `dia-chi` of what is about Bắc Kạn."""

    settings: Settings
    store: Store

    def client(self) -> FlaskClient:
        """A browser without cookies."""
        return app.create(self.store, self.settings, BASE).test_client()


@pytest.fixture(scope="session")
def province(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Province]:
    settings = Settings(home=tmp_path_factory.mktemp("province"), repository_name="Mục lục tỉnh")
    with closing(Store.open(settings)) as store:
        load(store, settings)
        yield Province(settings, store)


def load(store: Store, settings: Settings) -> None:
    """Libraries, their records, a collection and the index."""
    for row in rows():
        libraries.add(store, Library(**row._asdict()))
    for code, path in province_files():
        imports.import_files(store, code, [imports.of_path(path)])
    sets.add(store, DefinedSet("collection", "dia-chi", "Địa chí", "Local studies", 'subject~"bắc kạn"'))
    set_sweep.run(store)
    catch_up(store, settings)
