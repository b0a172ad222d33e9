"""A source made ready to be harvested: by its kind, with its settings, its line and its secrets.

A kind of source is a row of `OPENERS`: something that opens whatever it takes and gives a `Harvestable`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final, Protocol

from catalogue.runs import Run
from catalogue.sources import Source
from catalogue.store import Store
from foundation.errors import PeerError, RefusedError
from foundation.network import Client
from foundation.settings import Settings
from foundation.vault import Vault
from harvesting import messages
from harvesting import settings as source_settings
from harvesting.course import Course
from harvesting.pages import Pages
from harvesting.peer import Peer
from harvesting.schedule import hours, zone

OAI: Final = "oai"


@dataclass(frozen=True, slots=True)
class Conditions:
    """Under which a run is driven: whom it tells how far it is, and how it waits."""

    progress: Callable[[Run], None] = lambda run: None
    sleep: Callable[[float], None] = time.sleep
    """May raise PeerError to end the waiting; the run then rests."""


USUAL: Final = Conditions()


class Harvestable(Protocol):
    """What drives the runs of one source."""

    def go(self, kind: str = "") -> Run:
        """Begin a run or go on with one, as `harvesting.course.Course.go` does."""


Opener = Callable[[Store, Settings, Source, Conditions], AbstractContextManager[Harvestable]]


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


def opened(
    store: Store, settings: Settings, source: Source, conditions: Conditions
) -> AbstractContextManager[Harvestable]:
    """The source, ready for a run. Raises RefusedError for a kind that nobody here knows, InputError for settings."""
    opener = OPENERS.get(source.kind)
    if opener is None:
        raise RefusedError(messages.KIND_UNKNOWN, name=source.name, kind=source.kind)
    return opener(store, settings, source, conditions)


@contextmanager
def _oai(store: Store, settings: Settings, source: Source, conditions: Conditions) -> Iterator[Harvestable]:
    made = source_settings.settings(source.settings)
    pages = Pages(store, settings.home / "pages" / str(source.number))
    with Client(made.line(vault(settings), source.name, agent(settings))) as client:
        peer = Peer(
            client,
            made.url,
            made.quirks,
            sleep=conditions.sleep,
            keep=pages.keep if made.archive else lambda page: None,
        )
        rest = resting(settings, source)
        yield Course(store, source, made, peer, progress=conditions.progress, rest=rest)


def resting(settings: Settings, source: Source) -> Callable[[], PeerError | None]:
    """Why a run of the source should rest now: its hours are over."""
    text = str(source.settings.get("hours", ""))
    allowed, here = hours(text), zone(settings.timezone)

    def reason() -> PeerError | None:
        now = int(time.time())
        return None if allowed.opens(now, here) == now else PeerError(messages.OUT_OF_HOURS, hours=text)

    return reason


OPENERS: Final[Mapping[str, Opener]] = {OAI: _oai}


def common(source: Source, name: str) -> Any:
    """A setting that sources of every kind may have: `schedule`, `hours`, `notify`."""
    return source.settings.get(name, () if name == "notify" else "")
