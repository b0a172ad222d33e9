"""The union kept up with what is published: a process of its own, so that matching slows no request and no harvest."""

from __future__ import annotations

import logging
import multiprocessing
import signal
import threading
import time
from typing import Final

from catalogue.store import Store
from foundation.errors import StoreError
from foundation.settings import load
from union.follower import Follower

_log = logging.getLogger("lienthong.union")

POLL_SECONDS: Final = 0.3
RETRY_SECONDS: Final = 5.0


def follow(store: Store, stop: threading.Event) -> None:
    """Follow until `stop`. While another process of any host does it, wait to take over."""
    follower = Follower(store, rest=lambda seconds: stop.is_set())
    while not stop.wait(POLL_SECONDS):
        try:
            follower.follow()
        except StoreError as error:
            _log.warning("the union waits: %s", error.text("en"))
            stop.wait(RETRY_SECONDS)
        except Exception:
            # What it cannot make of some record it must say; what is published already stays as it is.
            _log.exception("the union is behind")
            stop.wait(RETRY_SECONDS)


def run() -> None:
    """The process that follows, with the settings of the environment, as long as the one that started it lives."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the one that started it decides
    stop = threading.Event()
    parent = multiprocessing.parent_process()

    def watch() -> None:
        while parent is not None and parent.is_alive():
            time.sleep(POLL_SECONDS)
        stop.set()

    threading.Thread(target=watch, name="parent", daemon=True).start()
    store = Store.open(load())
    try:
        follow(store, stop)
    finally:
        store.close()


def keep_running() -> None:
    """Run the following process, and another one whenever it ends."""
    context = multiprocessing.get_context("spawn")
    while True:
        process = context.Process(target=run, name="union", daemon=True)
        process.start()
        process.join()
        time.sleep(RETRY_SECONDS)
