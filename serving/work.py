"""What goes on behind the doors in threads: runs of segments, formats and sets, rules that are tried, the nightly
check of the feed."""

from __future__ import annotations

import logging
import threading
from typing import Final

from catalogue import set_sweep
from catalogue.followers import Follower, Site
from catalogue.store import Store
from foundation.settings import Settings
from oaipmh import repositories, segments
from oaipmh.nightly import Nightly
from union import trials

POLL_SECONDS: Final = 2.0
"""How often it is looked whether formats or sets are behind."""
_log = logging.getLogger("lienthong.server")


def start(store: Store, settings: Settings, stop: threading.Event) -> None:
    """Start all of it, each in a thread, until `stop`."""
    whole = repositories.whole_repository(settings)
    nightly = Nightly(store, repositories.application(store, settings), whole, settings, settings.public_url)
    for name, job in (
        ("segments", lambda: segments.follow(store, whole, stop)),
        ("followers", lambda: follow(store, Site.of(settings), stop)),
        ("nightly", lambda: nightly.follow(stop)),
        ("trials", lambda: trials.follow(store, stop)),
    ):
        threading.Thread(target=job, name=name, daemon=True).start()


def work(store: Store, settings: Settings, stop: threading.Event) -> None:
    """The same as the work of a process (`catalogue.background`)."""
    start(store, settings, stop)
    stop.wait()


def follow(store: Store, here: Site, stop: threading.Event) -> None:
    """Keep sets and formats up with what is published until `stop`, at most half of the time."""
    follower = Follower(store, here, rest=stop.wait)
    while not stop.wait(POLL_SECONDS):
        try:
            set_sweep.run(store, rest=stop.wait)
            follower.follow()
        except Exception as error:
            _log.warning("formats and sets are behind: %r", error)
