"""A store in SQLite alone, with one library, for what PostgreSQL does not do; its fixtures are imported by name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from catalogue import libraries
from catalogue.libraries import Library
from catalogue.store import Store
from foundation.settings import Settings

__all__ = ["settings", "store"]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    """With the library bk01."""
    with closing(Store.open(settings)) as made:
        libraries.add(made, Library("bk01", "Thư viện huyện Ba Bể"))
        yield made
