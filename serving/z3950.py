"""The process that answers Z39.50."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from contextlib import closing

import structlog

from catalogue import background
from catalogue.store import Store
from foundation.errors import LienThongError
from foundation.limits import Z3950_RESULTS_BYTES
from foundation.settings import Settings, load
from reports.doors import Doors
from search.finder import Finder
from serving.doors import counted_doors, gateway
from serving.logs import configure_logs
from z3950_bridge import listener
from z3950_bridge.gateway_target import GatewayCatalogue
from z3950_bridge.languages import QueryLanguages
from z3950_bridge.records import Kept
from z3950_bridge.result_sets import Budget
from z3950_bridge.searched import SearchedCatalogue
from z3950_bridge.target import Target


def target(store: Store, settings: Settings, doors: Doors | None = None) -> Target:
    """What the sessions of one Z39.50 process share. `doors` counts what they do."""
    outside = gateway(store, settings)
    made = Target(
        GatewayCatalogue(SearchedCatalogue(store, Finder(store, settings)), outside),
        QueryLanguages(),
        Kept(settings.z3950_kept_bytes),
        Budget(Z3950_RESULTS_BYTES),
        f"{settings.public_url}/sru",
    )
    return made if doors is None else made._replace(observe=doors.z3950)


def run(settings: Settings, ready: Callable[[str], None]) -> None:
    """Serve Z39.50 until stopped; `ready` is called with the local address. Raises RefusedError for a taken port."""
    configure_logs(settings)
    # A thread that waits for its turn gets it within half a millisecond: searches of Python's and the event loop share.
    sys.setswitchinterval(0.0005)
    with closing(Store.open(settings)) as store:
        shared = target(store, settings, counted_doors(store, settings))
        gc.freeze()  # as in `beside`: looking through all of it stops every session for a twentieth of a second
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        listener.run(shared, settings, lambda port: ready(f"tcp:{host}:{port}"))


def beside() -> None:
    """The process beside another one, with the settings of the environment: it says why it ends, which the other does
    not end with."""
    gc.freeze()  # what is never thrown away is never looked through, and stays the memory of all copies
    background.leave_with_parent(background.LEAVE_SECONDS)
    try:
        run(load(), lambda address: structlog.get_logger().info("z3950.ready", address=address))
    except LienThongError as error:
        structlog.get_logger().error("z3950.ended", reason=str(error))
