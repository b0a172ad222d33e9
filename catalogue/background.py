"""Work behind the doors: in processes beside those that answer, so that no request shares an interpreter with it.

A process does several works at the same time, each in a thread; when it dies another one takes its place. Each work
finds in the store how far it is, so that nothing is lost with a process.
"""

from __future__ import annotations

import gc
import logging
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterable
from importlib import import_module
from multiprocessing.process import BaseProcess
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
PATIENCE: Final = 5
"""Steps of priority that work behind the doors stands back for who waits for an answer (nice, POSIX.1-2017)."""
_PAUSES: Final = (0.1, 0.5, 2.0)
_log = logging.getLogger("lienthong.background")


def choose_start(*modules: str) -> None:
    """Say how processes are started from now on: as copies of one that has read `modules` and does nothing else.

    Never as a copy of one that works: a lock that another thread holds at that moment (of an import, say) would be held
    for ever. Windows copies nothing; there each process reads what it needs itself.
    """
    copies = "forkserver" in multiprocessing.get_all_start_methods()
    multiprocessing.set_start_method("forkserver" if copies else "spawn", force=True)
    if copies:
        multiprocessing.set_forkserver_preload(list(modules))


class Process(multiprocessing.Process):
    """One that is started all the same when the process it should be a copy of is just dying."""

    def start(self) -> None:
        for pause in _PAUSES:
            try:
                super().start()
            except (EOFError, OSError):
                time.sleep(pause)
            else:
                return
        super().start()


def modules(works: Iterable[str]) -> list[str]:
    """The modules that `works` are in."""
    return [work.partition(":")[0] for work in works]


def keep_running(name: str, *works: str) -> None:
    """Start, in a thread, to run a process called `name` that does `works`, and another one whenever it ends.

    works: "module:function" of each `Work`; only its own process reads the module.
    """
    threading.Thread(target=_keep, args=(name, works), name=name, daemon=True).start()


def _keep(name: str, works: tuple[str, ...]) -> None:
    while True:
        process = Process(target=run, args=(works,), name=name, daemon=True)
        process.start()
        process.join()
        del process  # one that only looked dead, since what tells of deaths has died, sees now that it is left alone
        time.sleep(RETRY_SECONDS)


def run(works: tuple[str, ...]) -> None:
    """The process, with the settings of the environment, as long as the one that started it lives."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the one that started it decides
    if hasattr(os, "nice"):  # Windows has none
        os.nice(PATIENCE)
    settings = load()
    logging.basicConfig(level=getattr(logging, settings.log_level.upper(), logging.INFO))
    stop = threading.Event()
    does = [named(work) for work in works]
    gc.freeze()  # what is never thrown away is never looked through, and stays the memory of all copies
    threads = [threading.Thread(target=_work, args=(work, settings, stop), daemon=True) for work in does]
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


def named(work: str) -> Work:
    """The work "module:function", whose module is read."""
    module, _, function = work.partition(":")
    found: Work = getattr(import_module(module), function)
    return found


def leave_with_parent(seconds: float) -> None:
    """Start to watch, in a thread, the process that started this one: without it, end as if told to, and after so many
    seconds in any case. A server that was killed shall not go on answering in the name of the one after it."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_leave, args=(parent, seconds), name="parent", daemon=True).start()


def _leave(parent: BaseProcess, seconds: float) -> None:
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(seconds)
    os._exit(1)


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
