"""A union store on each database, and a repository to harvest into it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from catalogue import libraries, sources
from catalogue.libraries import Library
from catalogue.runs import Run
from catalogue.store import Store
from foundation.network import Budget, Client, Resolver, resolve
from foundation.settings import Settings
from foundation.vault import Vault
from harvesting.course import Course
from harvesting.peer import Peer
from harvesting.settings import OaiSettings
from tests.catalogue.conftest import Time, settings, store, time  # noqa: F401 - fixtures
from tests.harvesting.repository import Repository, serving


class Harvester:
    """One source of one library, harvested as the worker does it, but without waiting."""

    def __init__(self, store: Store, url: str, home: Path) -> None:  # noqa: F811
        self.store = store
        self.vault = Vault(home / "vault.key")
        self.waits: list[float] = []
        self.clients: list[Client] = []
        self.pages: list[bytes] = []
        self.budget = Budget()
        self.resolver: Resolver = resolve
        libraries.add(store, Library("ba-be", "Thư viện huyện Ba Bể"))
        made = OaiSettings(url=f"{url}/oai", allow=("127.0.0.0/8",), brake=50, brake_records=2)
        self.source = sources.add(store, "ba-be", "ba-be-oai", "oai", made.stored())

    def change(self, **values: object) -> None:
        made = replace(OaiSettings.of(self.source.settings), **values)  # type: ignore[arg-type]
        sources.change(self.store, self.source.number, made.stored())
        self.source = sources.named(self.store, "ba-be-oai")

    def course(self, **more: object) -> Course:
        made = OaiSettings.of(self.source.settings)
        line = made.line(self.vault, self.source.name, "LienThong test")
        self.clients.append(Client(replace(line, budget=self.budget), resolver=self.resolver))
        calm = {"sleep": self.waits.append, "chance": random.Random(1), "keep": self.pages.append}
        peer = Peer(self.clients[-1], made.url, made.quirks, **calm)  # type: ignore[arg-type]
        return Course(self.store, self.source, made, peer, **more)  # type: ignore[arg-type]

    def run(self, kind: str = "") -> Run:
        return self.course().go(kind)


@pytest.fixture
def repository() -> Repository:
    return Repository()


@pytest.fixture
def harvester(store: Store, settings: Settings, repository: Repository) -> Iterator[Harvester]:  # noqa: F811
    with serving(repository) as wire:
        made = Harvester(store, wire.url, settings.home)
        yield made
        for client in made.clients:
            client.close()
