"""What the tests of this room share: a store in SQLite; where SQL is special a test asks for `both`."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from catalogue import libraries
from catalogue.libraries import Library
from catalogue.store import Store
from foundation.settings import Settings
from tests.catalogue.conftest import Time, time
from tests.catalogue.conftest import settings as each_database

__all__ = ["both", "each_database", "settings", "store", "time"]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


def _open(settings: Settings, time: Time) -> Store:
    opened = Store.open(settings, time)
    libraries.add(opened, Library("bk01", "Thư viện Pác Nặm", "Pac Nam Library"))
    libraries.add(opened, Library("bk02", "Thư viện Ba Bể"))
    return opened


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store's file, made once: migrations would take longer than the tests."""
    home = tmp_path_factory.mktemp("prepared")
    _open(Settings(home=home), Time()).close()
    return home / "lienthong.sqlite"


@pytest.fixture
def store(settings: Settings, time: Time, prepared: Path) -> Iterator[Store]:
    """A store with two libraries, bk01 and bk02."""
    settings.home.mkdir()
    shutil.copy(prepared, settings.home)
    with closing(Store.open(settings, time)) as opened:
        yield opened


@pytest.fixture
def both(each_database: Settings, time: Time) -> Iterator[Store]:
    """The same on each database."""
    with closing(_open(each_database, time)) as opened:
        yield opened
