"""Stores of figures: on both databases, or on SQLite alone where SQL is nothing special."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from catalogue import libraries
from catalogue.libraries import Library
from catalogue.store import Store
from foundation.settings import Settings
from tests.catalogue.conftest import Time, settings, store, time

__all__ = ["settings", "store", "time"]


@pytest.fixture
def book(tmp_path: Path, time: Time) -> Iterator[Store]:
    """A store on SQLite with two libraries, bk01 and bk02."""
    opened = Store.open(Settings(home=tmp_path / "book"), time)
    libraries.add(opened, Library("bk01", "Thư viện Pác Nặm", "Pac Nam Library"))
    libraries.add(opened, Library("bk02", "Thư viện Ba Bể"))
    yield opened
    opened.close()
