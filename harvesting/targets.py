"""The targets that are configured: catalogues of other libraries to search and copy from, with their passwords."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Any, NamedTuple

from catalogue import targets
from catalogue.store import Store
from catalogue.targets import Target
from foundation.errors import RefusedError
from foundation.vault import Vault
from z3950_bridge import origin_messages
from z3950_bridge.peer import Peer, peer


class Known(NamedTuple):
    """A public target as its own pages describe it."""

    peer: Peer
    source: str
    """The page that says so."""


@lru_cache(maxsize=1)
def known() -> dict[str, Known]:
    """The targets that come with the program, by name. Nobody promises that they answer."""
    table: dict[str, dict[str, Any]] = tomllib.loads(
        files("harvesting").joinpath("known_targets.toml").read_text(encoding="utf-8")
    )
    found = {}
    for name, values in table.items():
        source, kind = values.pop("source"), values.pop("kind")
        found[name] = Known(peer(name, kind, values), source)
    return found


class Targets:
    """The store's targets as peers that can be asked."""

    def __init__(self, store: Store, vault: Vault) -> None:
        self._store, self._vault = store, vault

    def add(self, made: Peer, *, enabled: bool) -> None:
        """Keeps a target, its password encrypted. Raises RefusedError for a name that is taken."""
        targets.add(self._store, made.name, made.protocol, self._stored(made), enabled=enabled)

    def change(self, made: Peer) -> None:
        """Gives a target other settings. Raises RefusedError when there is none of this name."""
        targets.change(self._store, made.name, settings=self._stored(made))

    def every(self) -> list[tuple[Target, Peer]]:
        """All targets; their passwords stay locked."""
        return [(one, peer(one.name, one.kind, one.settings)) for one in targets.every(self._store)]

    def get(self, name: str) -> Peer:
        """A target to ask, enabled or not. Raises RefusedError when there is none, StoreError when its password cannot
        be decrypted."""
        return self._open(targets.get(self._store, name))

    def enabled(self, *names: str) -> list[Peer]:
        """Enabled targets: those named, or all. Raises RefusedError for a name that is not among them."""
        found = {one.name: one for one in targets.every(self._store) if one.enabled}
        for name in names:
            if name not in found:
                raise RefusedError(origin_messages.NO_TARGET, name=name, known=", ".join(found) or "–")
        return [self._open(found[name]) for name in names or found]

    def gateway(self) -> list[Peer]:
        """Those that our own clients may search through the gateway."""
        return [one for one in self.enabled() if one.open_to_all]

    def enable(self, name: str, enabled: bool) -> None:
        """Lets a target be asked, or not. One of those that come with the program is kept from now on."""
        existing = {one.name for one in targets.every(self._store)}
        if enabled and name not in existing and name in known():
            self.add(known()[name].peer, enabled=True)
            return
        targets.change(self._store, name, enabled=enabled)

    def remove(self, name: str) -> None:
        """Forgets a target. Raises RefusedError when there is none."""
        targets.remove(self._store, name)

    def _stored(self, made: Peer) -> dict[str, Any]:
        kept = made.stored()
        if made.password:
            kept["password"] = self._vault.lock(made.password, _owner(made.name))
        return kept

    def _open(self, one: Target) -> Peer:
        found = peer(one.name, one.kind, one.settings)
        return found.with_password(self._vault.unlock(found.password, _owner(one.name))) if found.password else found


def _owner(name: str) -> str:
    return f"target/{name}"
