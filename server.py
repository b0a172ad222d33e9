"""The only place that wires: settings → store → rooms → one WSGI application → granian."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import lru_cache
from typing import Any

import structlog
from granian import Granian
from granian.constants import Interfaces

from catalogue import libraries, set_sweep
from catalogue.followers import Follower, Site
from catalogue.libraries import LIBRARY_SETS, Library
from catalogue.renderings import FORMATS
from catalogue.snapshot import Feed
from catalogue.store import Store
from foundation.errors import InputError
from foundation.settings import WRONG, Settings, load
from harvesting import worker
from oaipmh import segments
from oaipmh.flow import Flow
from oaipmh.provider import Provider
from oaipmh.repository import Icon, MetadataFormat, Repository
from oaipmh.wsgi import OaiApplication
from portal import app as portal
from search import follower

ALIASES = {"marc21": "marcxml", "marc-xml": "marcxml"}
"""Other names that harvesters know MARCXML by: RecordManager asks for marc21, Koha for marc-xml."""

POLL_SECONDS = 2.0
"""How often it is looked whether formats or sets are behind."""
_log = logging.getLogger("lienthong.server")

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def base_url(settings: Settings) -> str:
    """The server's public address, without a slash at its end."""
    return settings.base_url.rstrip("/") or f"http://{settings.host}:{settings.port}"


def build() -> Application:
    """The whole server as one WSGI application, from the settings of the environment. One for each server process."""
    settings = load()
    configure_logs(settings)
    store = Store.open(settings)
    # A daemon: whatever it is doing when the process ends is undone by the database.
    filling = (store, whole_repository(settings), threading.Event())
    threading.Thread(target=segments.follow, args=filling, name="segments", daemon=True).start()
    following = (store, site(settings), threading.Event())
    threading.Thread(target=follow, args=following, name="followers", daemon=True).start()
    return application(store, settings)


def application(store: Store, settings: Settings) -> Application:
    """OAI-PMH in front, since it is the hot path and needs nothing of Flask; the pages behind it."""
    oai = OaiApplication(repositories(store, settings), Flow(settings))
    pages = portal.create(store, settings, base_url(settings))

    def serve_request(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == "/oai" or path.startswith("/oai/"):
            return oai(environ, start_response)
        return pages(environ, start_response)

    return serve_request


def site(settings: Settings) -> Site:
    """What renderings name of this server."""
    return Site(base_url(settings), settings.repository_name)


def follow(store: Store, here: Site, stop: threading.Event) -> None:
    """Keep sets and formats up with what is published until `stop`, at most half of the time."""
    follower = Follower(store, here, rest=stop.wait)
    while not stop.wait(POLL_SECONDS):
        try:
            set_sweep.run(store, rest=stop.wait)
            follower.follow()
        except Exception as error:
            _log.warning("formats and sets are behind: %r", error)


def whole_repository(settings: Settings) -> Repository:
    """The repository of everything."""
    return Repository(
        name=settings.repository_name,
        base_url=base_url(settings) + "/oai",
        domain=settings.repository_domain,
        admin_emails=(settings.admin_email,),
        formats=tuple(MetadataFormat(entry.name, entry.schema, entry.namespace) for entry in FORMATS),
        aliases=ALIASES,
        licence=settings.licence,
        licences=licences(settings),
        friends=settings.friends,
        icon=Icon(settings.icon_url, settings.icon_link or base_url(settings) + "/", settings.repository_name)
        if settings.icon_url
        else None,
    )


def licences(settings: Settings) -> dict[str, str]:
    """setSpec of a library → its licence. Raises InputError for one that is not written as CODE=ADDRESS."""
    found = {}
    for entry in settings.library_licences:
        code, sign, address = entry.partition("=")
        if not (code and sign and address):
            raise InputError(WRONG, name="library_licences", seen=entry, origin="lienthong.toml", wanted="CODE=ADDRESS")
        found[f"{LIBRARY_SETS}:{code}"] = address
    return found


def repositories(store: Store, settings: Settings) -> Callable[[str], Provider | None]:
    """The provider of a library code; of the empty code, that of everything. None when there is no such library."""
    keys = store.keys("oai-token")
    whole = whole_repository(settings)
    everything = Provider(whole, Feed(store), keys, settings)

    @lru_cache(maxsize=1000)
    def own(library: Library) -> Provider:
        repository = replace(
            whole,
            name=library.name_vi,
            base_url=f"{whole.base_url}/{library.code}",
            admin_emails=(library.email or settings.admin_email,),
            has_sets=False,
            home=library.set_spec,
        )
        return Provider(repository, Feed(store, library.set_spec), keys, settings)

    def lookup(code: str) -> Provider | None:
        if not code:
            return everything
        found = libraries.get(store, code)
        return None if found is None else own(found)

    return lookup


def configure_logs(settings: Settings) -> None:
    """One line of JSON for each event, on standard error."""
    level = getattr(logging, settings.log_level.upper(), logging.INFO)
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    renderer = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )
    stream = logging.StreamHandler()
    stream.setFormatter(renderer)
    logging.basicConfig(handlers=[stream], level=level, force=True)


def run(settings: Settings, ready: Callable[[str], None], *, harvests: bool = True) -> None:
    """Serve until stopped; `ready` is called with the local address once the server answers there.

    With `harvests` a process beside the web server harvests what is due.
    """
    # Never by forking: a lock that another thread holds at that moment (of an import, say) would be held for ever in
    # the child. Windows knows no other way either.
    multiprocessing.set_start_method("spawn", force=True)
    # It finds more threads than cores worth a warning; most of ours wait (`oaipmh.flow`).
    logging.getLogger("_granian").addFilter(lambda event: "Python threads" not in event.getMessage())
    server = Granian(
        "server:build",
        factory=True,
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
    )
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::", "") else settings.host  # noqa: S104 - compared, not bound
    # The index is followed in a process of its own: making words of a large import would slow every request.
    threading.Thread(target=follower.keep_running, name="index", daemon=True).start()
    if harvests:
        threading.Thread(target=worker.keep_running, name="worker", daemon=True).start()
    address = f"http://{host}:{settings.port}/"
    threading.Thread(target=_announce, args=(address, ready), daemon=True).start()
    server.serve()


def run_worker(settings: Settings, ready: Callable[[str], None]) -> None:
    """Harvest what is due until stopped, and serve nothing."""
    configure_logs(settings)
    store = Store.open(settings)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    ready("worker")
    worker.work(store, settings, stop)
    os._exit(0)  # a peer that answers slowly is not waited for; its run goes on the next time


def _announce(address: str, ready: Callable[[str], None]) -> None:
    while True:
        try:
            with urllib.request.urlopen(address + "healthz", timeout=5) as answer:  # noqa: S310 - our own address
                if answer.status == 200:
                    ready(address)
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
