"""What the server's settings give a source to work with: its secrets, its name to others, its hours, its folders."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

from catalogue.sources import Source
from catalogue.store import Store
from foundation.errors import PeerError
from foundation.settings import Settings
from foundation.vault import Vault
from harvesting import kinds, messages
from harvesting.contract import Harvestable, Means, Progress
from harvesting.schedule import hours, zone


@dataclass(frozen=True, slots=True)
class Conditions:
    """Under which a run is driven: whom it tells how far it is, and how it waits."""

    progress: Progress = lambda run: None
    sleep: Callable[[float], None] = time.sleep
    """May raise PeerError to end the waiting; the run then rests."""


USUAL: Final = Conditions()


def vault(settings: Settings) -> Vault:
    """Where the passwords of sources are kept."""
    return Vault(settings.home / "vault.key")


def agent(settings: Settings) -> str:
    """User-Agent of our requests: the product, and whom to write to."""
    try:
        number = version("lienthong")
    except PackageNotFoundError:
        number = "0"
    return f"LienThong/{number} ({settings.admin_email})"


def means(settings: Settings, source: Source | None = None, conditions: Conditions = USUAL) -> Means:
    """What the sources of this server work with; the hours are those of `source`."""
    return Means(
        vault=vault(settings),
        agent=agent(settings),
        folder=settings.home / "sources",
        pages=settings.home / "pages",
        progress=conditions.progress,
        sleep=conditions.sleep,
        rest=resting(settings, source) if source is not None else lambda: None,
    )


def opened(
    store: Store, settings: Settings, source: Source, conditions: Conditions
) -> AbstractContextManager[Harvestable]:
    """The source, ready for a run. Raises InputError for a kind or settings that nobody here knows."""
    return kinds.opened(store, source, means(settings, source, conditions))


def resting(settings: Settings, source: Source) -> Callable[[], PeerError | None]:
    """Why a run of the source should rest now: its hours are over."""
    text = str(source.settings.get("hours", ""))
    allowed, here = hours(text), zone(settings.timezone)

    def reason() -> PeerError | None:
        now = int(time.time())
        return None if allowed.opens(now, here) == now else PeerError(messages.OUT_OF_HOURS, hours=text)

    return reason


def common(source: Source, name: str) -> Any:
    """A setting that sources of every kind may have: `schedule`, `hours`, `notify`."""
    return source.settings.get(name, () if name == "notify" else "")
