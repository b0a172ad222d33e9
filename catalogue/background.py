"""Work behind the doors: in processes beside those that answer, so that no request shares an interpreter with it.

A process does several works at the same time, each in a thread; when it dies another one takes its place. Each work
finds in the store how far it is, so that nothing is lost with a process.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from typing import Final

from catalogue.store import Store
from foundation.errors import LienThongError
from foundation.settings import Settings, load

Work = Callable[[Store, Settings, threading.Event], None]
"""Goes on until the event is set. A function of a module: its process finds it by its name."""
POLL_SECONDS: Final = 1.0
RETRY_SECONDS: Final = 5.0
LEAVE_SECONDS: Final = 5.0
"""How long work is waited for at the end; a peer that answers slowly is not."""
_log = logging.getLogger("lienthong.background")


def choose_start(module: str) -> None:
    """Say how processes are started from now on: as copies of one that has read `module` and does nothing else.

    Never as a copy of one that works: a lock that another thread holds at that moment (of an import, say) would be held
    for ever. Windows copies nothing; there each process reads the module itself.
    """
    copies = "forkserver" in multiprocessing.get_all_start_methods()
    multiprocessing.set_start_method("forkserver" if copies else "spawn", force=True)
    if copies:
        multiprocessing.set_forkserver_preload([module])


def keep_running(name: str, *works: Work) -> None:
    """Start, in a thread, to run a process called `name` that does `works`, and another one whenever it ends."""
    threading.Thread(target=_keep, args=(name, works), name=name, daemon=True).start()


def _keep(name: str, works: tuple[Work, ...]) -> None:
    while True:
        process = multiprocessing.Process(target=run, args=(works,), name=name, daemon=True)
        process.start()
        process.join()
        time.sleep(RETRY_SECONDS)


def run(works: tuple[Work, ...]) -> None:
    """The process, with the settings of the environment, as long as the one that started it lives."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the one that started it decides
    settings = load()
    logging.basicConfig(level=getattr(logging, settings.log_level.upper(), logging.INFO))
    stop = threading.Event()
    threads = [threading.Thread(target=_work, args=(work, settings, stop), daemon=True) for work in works]
    for thread in threads:
        thread.start()
    parent = multiprocessing.parent_process()
    while parent is None or parent.is_alive():
        time.sleep(POLL_SECONDS)
    stop.set()
    end = time.monotonic() + LEAVE_SECONDS
    for thread in threads:
        thread.join(max(0.0, end - time.monotonic()))
    os._exit(0)  # what is still at work is undone by the database, and gone on with by the next process


def _work(work: Work, settings: Settings, stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            store = Store.open(settings)
            try:
                work(store, settings, stop)
            finally:
                store.close()
        except LienThongError as error:
            _log.warning("%s waits: %s", work.__module__, error.text("en"))
        except Exception:
            _log.exception("%s failed and begins again", work.__module__)
        stop.wait(RETRY_SECONDS)
