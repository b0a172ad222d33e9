"""The processes that answer HTTP, and granian, which starts them and starts others for those that die."""

from __future__ import annotations

import gc
import logging
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from granian.constants import Interfaces
from granian.server.mp import MPServer, WorkerProcess

from catalogue import background
from foundation.settings import Settings, load

if TYPE_CHECKING:
    from serving.web import Application

COPIES: Final = sys.platform == "linux"
"""Where each process opens the port for itself, so that it may be anybody's child; elsewhere it inherits the socket."""


class Copying(MPServer):
    """Granian, whose processes are copies of the one that has read what they need (`background.choose_start`).

    Its own would each read everything anew.
    """

    def _spawn_worker(self, *given: Any, **named: Any) -> WorkerProcess:
        worker = super()._spawn_worker(*given, **named)
        if COPIES:
            asked = worker.inner
            worker.inner = background.Process(name=asked.name, target=asked._target, args=asked._args)
        return worker


def serve(settings: Settings, ready: Callable[[str], None]) -> None:
    """Answer HTTP until stopped; `ready` is called with the local address once that is so."""
    # It finds more threads than cores worth a warning; most of ours wait (`oaipmh.flow`).
    logging.getLogger("_granian").addFilter(lambda event: "Python threads" not in event.getMessage())
    server = Copying(
        "serving.web:build",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=settings.workers,
        # Lists that wait for their turn hold a thread each (`oaipmh.flow`), and so that nothing else waits behind them.
        blocking_threads=settings.threads + settings.list_queue,
        websockets=False,
        log_enabled=settings.log_level in ("debug", "info"),
        log_dictconfig={"loggers": {"_granian": {"level": "WARNING"}}},
        respawn_failed_workers=True,
        # Without it one client that never reads its answer to the end would keep the server from ending, for ever.
        workers_kill_timeout=max(1, settings.leave_seconds),
    )
    address = f"{settings.local_url}/"
    threading.Thread(target=_announce, args=(address, ready), daemon=True).start()
    server.serve(target_loader=_application, wrap_loader=False)


def _application() -> Application:
    """What a process answers with. Pages are read here, since no other process needs them."""
    from serving import web  # noqa: PLC0415 - other processes do without pages

    # A thread that waits for its turn gets it within half a millisecond: a page gives it away at every question to the
    # database, thirty times, and behind one that computes it would wait five milliseconds each time.
    sys.setswitchinterval(0.0005)
    gc.freeze()  # what is never thrown away is never looked through, and stays the memory of all copies
    background.leave_with_parent(max(1, load().leave_seconds))
    return web.build()


def _announce(address: str, ready: Callable[[str], None]) -> None:
    while True:
        try:
            with urllib.request.urlopen(address + "healthz", timeout=5) as answer:  # noqa: S310 - our own address
                if answer.status == 200:
                    ready(address)
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
