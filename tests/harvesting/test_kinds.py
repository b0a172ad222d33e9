"""Sources of every kind behind one contract."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalogue import libraries, runs
from catalogue.libraries import Library
from catalogue.store import Store
from foundation.errors import InputError
from foundation.vault import Vault
from harvesting import kinds
from harvesting.contract import Means
from tests.harvesting.repository import Repository, serving


@pytest.fixture
def means(tmp_path: Path) -> Means:
    folders = {"folder": tmp_path / "sources", "pages": tmp_path / "pages"}
    return Means(vault=Vault(tmp_path / "vault.key"), agent="LienThong test", **folders)


def test_a_repository_is_harvested_through_the_contract(store: Store, means: Means) -> None:
    repository = Repository()
    repository.put("oai:x:1", "Hồ Ba Bể")
    libraries.add(store, Library("ba-be", "Thư viện Ba Bể"))
    with serving(repository) as wire:
        values = {"url": f"{wire.url}/oai", "allow": ["127.0.0.0/8"], "user": "tv", "password": "bí mật"}
        source = kinds.add(store, means, "ba-be", "oai", kinds.OAI, values)
        assert "bí mật" not in str(source.settings)
        with kinds.opened(store, source, means) as harvestable:
            run = harvestable.go()
        assert (run.state, run.counts["new"]) == (runs.DONE, 1)
        assert b"Authorization: Basic " in repository.heads[0]


@pytest.mark.parametrize("name", sorted(kinds.KINDS))
def test_settings_that_do_not_exist_are_refused_by_every_kind(name: str) -> None:
    with pytest.raises(InputError):
        kinds.kind(name).check({"nonsense": 1})


def test_a_kind_that_does_not_exist_names_those_there_are() -> None:
    with pytest.raises(InputError, match="oai"):
        kinds.kind("gopher")
