"""The union kept up with what is published, by one process of all hosts."""

from __future__ import annotations

import logging
import threading
from typing import Final

from catalogue.bell import Ear
from catalogue.pulse import Pulse
from catalogue.store import Store
from foundation.errors import StoreError
from foundation.settings import Settings
from union.follower import Follower

_log = logging.getLogger("lienthong.union")

POLL_SECONDS: Final = 0.3
"""How long what another host published may wait; on this one the bell rings."""
RETRY_SECONDS: Final = 5.0


def work(store: Store, settings: Settings, stop: threading.Event) -> None:
    """Follow until `stop`. While another process of any host does it, wait to take over."""
    follower = Follower(store, rest=lambda seconds: stop.is_set())
    ear, pulse = Ear(store.bell), Pulse(store)
    while not ear.wait(stop, POLL_SECONDS):
        try:
            if not pulse.still() and follower.follow():
                pulse.rest()
        except StoreError as error:
            _log.warning("the union waits: %s", error.text("en"))
            stop.wait(RETRY_SECONDS)
        except Exception:
            # What it cannot make of some record it must say; what is published already stays as it is.
            _log.exception("the union is behind")
            stop.wait(RETRY_SECONDS)
