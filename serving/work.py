"""The process that makes what is published ready to be fetched: runs of segments, formats and sets, rules that are
tried, the nightly check of the feed. Nothing of it runs where pages are answered."""

from __future__ import annotations

import logging
import threading
from typing import Final

from catalogue import set_sweep
from catalogue.followers import Follower, Site
from catalogue.pulse import Pulse
from catalogue.store import Store
from foundation.settings import Settings
from oaipmh import repositories, segments
from oaipmh.nightly import Nightly
from union import trials

POLL_SECONDS: Final = 2.0
"""How often it is looked whether formats or sets are behind."""
_log = logging.getLogger("lienthong.server")


def work(store: Store, settings: Settings, stop: threading.Event) -> None:
    """All of it until `stop`, each in a thread (`catalogue.background`)."""
    whole = repositories.whole_repository(settings)
    nightly = Nightly(store, repositories.application(store, settings), whole, settings, settings.public_url)
    for name, job in (
        ("segments", lambda: segments.follow(store, whole, stop)),
        ("followers", lambda: follow(store, Site.of(settings), stop)),
        ("nightly", lambda: nightly.follow(stop)),
        ("trials", lambda: trials.follow(store, stop)),
    ):
        threading.Thread(target=job, name=name, daemon=True).start()
    stop.wait()


def follow(store: Store, here: Site, stop: threading.Event) -> None:
    """Keep sets and formats up with what is published until `stop`, at most half of the time."""
    follower, pulse = Follower(store, here, rest=stop.wait), Pulse(store)
    while not stop.wait(POLL_SECONDS):
        try:
            if not pulse.still() and set_sweep.run(store, rest=stop.wait) and follower.follow():
                pulse.rest()
        except Exception as error:
            _log.warning("formats and sets are behind: %r", error)
