"""What the server does for the feed once a day: manifests and ResourceSync lists, then the check of its own feed."""

from __future__ import annotations

import logging
import threading
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from catalogue import feed_checks, told
from catalogue.store import Store
from foundation import xml
from foundation.settings import Settings
from oaipmh import manifests, own_check
from oaipmh.asking import Application
from oaipmh.repository import Repository

_log = logging.getLogger("lienthong.oaipmh")
POLL_SECONDS: Final = 60.0
FOLDER: Final = "feed"
"""In the home directory: the files that were made of the feed."""


class Nightly:
    """The daily work of one server process; of several processes one does it."""

    def __init__(
        self, store: Store, application: Application, repository: Repository, settings: Settings, site: str
    ) -> None:
        self._store, self._application, self._repository = store, application, repository
        self._settings, self._site = settings, site

    def follow(self, stop: threading.Event) -> None:
        """Look every minute whether it is time, until `stop`."""
        while not stop.wait(POLL_SECONDS):
            try:
                if self.due(datetime.now().astimezone()):
                    self.run(stop)
            except Exception as error:
                _log.error("the daily work on the feed failed: %r", error)

    def due(self, now: datetime) -> bool:
        """Whether it has not been done since the hour came last. A server that slept through it does it later; what
        was published first today waits for tonight."""
        hour, begun = self._settings.feed_hour, told.begun(self._store)
        if hour > 23 or begun is None:
            return False
        came = now.replace(hour=hour, minute=0, second=0, microsecond=0)
        if came > now:
            came -= timedelta(days=1)
        last = feed_checks.latest(self._store, self._repository.base_url, limit=1)
        return (last[0].started if last else begun) < came.timestamp()

    def run(self, stop: threading.Event) -> None:
        """Do it, at most half of the time, so that harvesters hardly notice."""
        worked = time.perf_counter()

        def rest(_: object) -> None:
            nonlocal worked
            stop.wait(time.perf_counter() - worked)
            worked = time.perf_counter()

        folder = Path(self._settings.home) / FOLDER
        manifests.make(self._store, self._repository, folder, self._site, tell=rest, stop=stop.is_set)
        grammar = xml.schema(Path(self._settings.schemas)) if self._settings.schemas else None
        own_check.check_own(
            self._store, self._application, self._repository, grammar=grammar, tell=rest, stop=stop.is_set
        )
