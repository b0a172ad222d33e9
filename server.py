"""The server: which processes there are and what each does, and the one that starts them, which itself knows no room.

Each process reads the modules of what it does: pages are read by those that serve pages. What all of them need is read
once and copied, where the system can copy processes.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from itertools import chain
from typing import Final

from catalogue import background
from foundation.settings import Settings
from serving.parts import PARTS, WEB, WORKER, Z3950, parts

BEHIND: Final[dict[str, list[tuple[str, str]]]] = {
    "followers": [("search.follower:follow", ""), ("reports.follower:work", WORKER)],
    "union": [("union.running:work", WORKER)],
    "feed": [("serving.work:work", WORKER)],
    # Files that people bring are staged on the host that received them.
    "worker": [("harvesting.worker:work", WORKER), ("harvesting.staging:work", WEB)],
}
"""The processes beside those that answer: what each does (`background.Work`, by its name), and the part of the server
that wants it ("": any)."""
COPIED: Final = {
    WEB: ("serving.http", "serving.doors", "z3950_bridge.sru_catalogue"),
    Z3950: ("serving.z3950",),
    WORKER: ("serving.work", "marc.runs", "marc.marcxml_runs"),  # which others read when they need them
}
"""What is read once for all processes of a part, before them."""
PROGRAM: Final = ("cli.acts", "cli.terminal")
"""What the command line needs; every process reads it before anything else, since it reads the main module again
(`multiprocessing.spawn`)."""
_RESTART_SECONDS = 5
__all__ = ["BEHIND", "COPIED", "PARTS", "PROGRAM", "behind", "run"]


def run(settings: Settings, ready: Callable[[str], None]) -> None:
    """Serve what the settings name until stopped; `ready` is called with the local address once it answers there.

    Beside web pages processes of their own answer Z39.50, match what is published, and harvest what is due.
    Raises InputError for a part that does not exist.
    """
    wanted = parts(settings)
    works = behind(wanted)
    copied = [module for part in wanted for module in COPIED[part]]
    background.choose_start(*PROGRAM, *copied, *background.modules(chain.from_iterable(works.values())))
    for name, done in works.items():
        background.keep_running(name, *done)
    inside = Z3950 in wanted and WEB not in wanted
    for _ in range(settings.z3950_workers - inside if Z3950 in wanted else 0):
        threading.Thread(target=keep_z3950, name="z3950", daemon=True).start()
    if WEB in wanted:
        from serving import http  # noqa: PLC0415 - other processes do without granian

        http.serve(settings, ready)
    elif inside:
        from serving import z3950  # noqa: PLC0415 - other processes do without Z39.50

        z3950.run(settings, ready)
    else:
        stop = threading.Event()
        for asked in (signal.SIGTERM, signal.SIGINT):
            signal.signal(asked, lambda *_: stop.set())
        ready(WORKER)
        while not stop.wait(1.0):  # Windows gives a signal to a thread that wakes up
            pass


def behind(wanted: tuple[str, ...]) -> dict[str, list[str]]:
    """The processes behind the doors of these parts, and the works of each."""
    found = {name: [does for does, part in works if part in ("", *wanted)] for name, works in BEHIND.items()}
    return {name: works for name, works in found.items() if works}


def keep_z3950() -> None:
    """Run the process that answers Z39.50, and another one when it dies; not when it has said why it ends."""
    while True:
        process = background.Process(target=_z3950, name="z3950", daemon=True)
        process.start()
        process.join()
        if not process.exitcode:
            return
        del process  # as in `catalogue.background`
        time.sleep(_RESTART_SECONDS)


def _z3950() -> None:
    from serving import z3950  # noqa: PLC0415 - other processes do without Z39.50

    z3950.beside()
