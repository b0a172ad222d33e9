"""The process that answers HTTP: web pages, OAI-PMH and SRU as one WSGI application."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from catalogue.parts import Parts
from catalogue.store import Store
from foundation.settings import Settings, load
from harvesting.schedule import zone
from oaipmh import partners, repositories
from oaipmh.wsgi import Observe
from portal import app as portal
from reports.doors import Doors
from search.finder import Finder
from serving.doors import counted_doors, gateway
from serving.logs import configure_logs
from z3950_bridge import gateway_sru
from z3950_bridge.databases import Databases
from z3950_bridge.sru_catalogue import SruDatabases
from z3950_bridge.sru_wsgi import SruApplication

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def build() -> Application:
    """The whole server as one WSGI application, from the settings of the environment. One for each server process."""
    settings = load()
    configure_logs(settings)
    store = Store.open(settings)
    watch = partners.Watch(store, settings.partner_days, lambda: int(time.time()), zone(settings.timezone))
    made = application(store, settings, watch, counted_doors(store, settings))
    never = threading.Event()
    # Daemons: whatever they are doing when the process ends is undone by the database.
    threading.Thread(target=watch.follow, args=(never,), name="partners", daemon=True).start()
    return made


def application(
    store: Store, settings: Settings, observe: Observe | None = None, doors: Doors | None = None
) -> Application:
    """OAI-PMH and SRU in front, since they need nothing of Flask; the pages behind them. `doors` counts their uses."""
    finder, known = Finder(store, settings), Parts(store)
    oai = repositories.application(store, settings, observe)
    address, name = settings.public_url, settings.repository_name
    own = SruDatabases(store, finder, Databases(known), address, name, settings.admin_email)
    others = gateway_sru.lookup(gateway(store, settings), f"{address}/sru", settings.admin_email)
    sru = SruApplication(lambda code: own(code) or others(code), None if doors is None else doors.sru)
    pages = portal.create(store, settings, address, finder, known, doors)

    def serve_request(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == "/oai" or path.startswith("/oai/"):
            return oai(environ, start_response)
        if path == "/sru" or path.startswith("/sru/"):
            return sru(environ, start_response)
        return pages(environ, start_response)

    return serve_request
