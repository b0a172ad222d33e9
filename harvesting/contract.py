"""What every kind of source is to whoever drives it: something that is opened, told to go, and leaves a run behind."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from catalogue.runs import Run
from catalogue.sources import Source
from catalogue.store import Store
from foundation.errors import PeerError
from foundation.vault import Vault

Progress = Callable[[Run], None]
Sleep = Callable[[float], None]


class Harvestable(Protocol):
    """An open source. One at a time for a source, in all processes."""

    def go(self, kind: str = "") -> Run:
        """Begin a run, or go on with one that was interrupted, and bring it as far as it comes.

        `kind`: `full`, `new` or `compare`; empty: what is due. Returns the run in the state it is left in; what is
        wrong with the other side is told in it. Raises RefusedError when another process is at the source or an
        earlier run waits for a person, StoreError when the store fails.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What a source is given to work with."""

    vault: Vault
    """Opens its password, which is locked for the source's name."""
    agent: str
    """User-Agent."""
    folder: Path
    """Where sources may keep what they are in the middle of fetching; each takes a folder of its own in it."""
    pages: Path
    """The same for pages that are to be kept."""
    progress: Progress = lambda run: None
    sleep: Sleep = time.sleep
    """May raise PeerError to end the waiting; the run then rests."""
    rest: Callable[[], PeerError | None] = lambda: None
    """Why the source should rest now, if it should: its hours are over."""


class Kind(Protocol):
    """One kind of source: how its settings are checked, and how it is opened."""

    def check(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Settings as they are kept, from what was typed or stored. Raises InputError naming what is wrong."""

    def open(self, store: Store, source: Source, means: Means) -> AbstractContextManager[Harvestable]:
        """The source, ready to go; whatever it holds open is closed behind the `with`.

        Raises InputError for settings that are none, StoreError when its password cannot be decrypted.
        """
