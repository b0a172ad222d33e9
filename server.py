"""The only place that wires: settings → store → rooms → one WSGI application → granian."""

from __future__ import annotations

import logging
import multiprocessing
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable
from contextlib import closing
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
from foundation.errors import InputError, LienThongError
from foundation.limits import Z3950_RESULTS_BYTES
from foundation.settings import WRONG, Settings, load
from foundation.vault import Vault
from harvesting.targets import Targets
from oaipmh import partners, segments
from oaipmh.flow import Flow
from oaipmh.nightly import Nightly
from oaipmh.provider import Provider
from oaipmh.repository import Icon, MetadataFormat, Repository
from oaipmh.wsgi import OaiApplication, Observe
from portal import app as portal
from search import follower
from search.finder import Finder
from union import serving as union
from z3950_bridge import listener
from z3950_bridge.gateway import Gateway
from z3950_bridge.gateway_target import GatewayCatalogue
from z3950_bridge.languages import QueryLanguages
from z3950_bridge.records import Kept
from z3950_bridge.result_sets import Budget
from z3950_bridge.searched import SearchedCatalogue
from z3950_bridge.target import Target

ALIASES = {"marc21": "marcxml", "marc-xml": "marcxml"}
"""Other names that harvesters know MARCXML by: RecordManager asks for marc21, Koha for marc-xml."""

POLL_SECONDS = 2.0
"""How often it is looked whether formats or sets are behind."""
_RESTART_SECONDS = 5
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
    watch = partners.Watch(store, settings.partner_days, lambda: int(time.time()))
    made = application(store, settings, watch)
    whole, never = whole_repository(settings), threading.Event()
    nightly = Nightly(store, made, whole, settings, base_url(settings))
    # Daemons: whatever they are doing when the process ends is undone by the database.
    for name, work in (
        ("segments", lambda: segments.follow(store, whole, never)),
        ("followers", lambda: follow(store, site(settings), never)),
        ("partners", lambda: watch.follow(never)),
        ("nightly", lambda: nightly.follow(never)),
    ):
        threading.Thread(target=work, name=name, daemon=True).start()
    return made


def application(store: Store, settings: Settings, observe: Observe | None = None) -> Application:
    """OAI-PMH in front, since it is the hot path and needs nothing of Flask; the pages behind it."""
    oai = OaiApplication(repositories(store, settings), Flow(settings), observe)
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


def run(settings: Settings, ready: Callable[[str], None], z3950: bool = True) -> None:
    """Serve until stopped; `ready` is called with the local address once the server answers there.

    With `z3950` a process beside the web server answers Z39.50.
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
    threading.Thread(target=union.keep_running, name="union", daemon=True).start()
    address = f"http://{host}:{settings.port}/"
    threading.Thread(target=_announce, args=(address, ready), daemon=True).start()
    for _ in range(settings.z3950_workers if z3950 else 0):
        threading.Thread(target=keep_z3950, name="z3950", daemon=True).start()
    server.serve()


def z3950_target(store: Store, settings: Settings) -> Target:
    """What the sessions of one Z39.50 process share."""
    outside = Gateway(
        Targets(store, Vault(settings.home / "vault.key")).gateway, max(1.0, settings.z3950_search_seconds * 0.7)
    )
    return Target(
        GatewayCatalogue(SearchedCatalogue(store, Finder(store, settings)), outside),
        QueryLanguages(),
        Kept(settings.z3950_kept_bytes),
        Budget(Z3950_RESULTS_BYTES),
        base_url(settings) + "/sru",
    )


def run_z3950(settings: Settings, ready: Callable[[str], None]) -> None:
    """Serve Z39.50 until stopped; `ready` is called with the local address. Raises RefusedError for a taken port."""
    for _ in range(settings.z3950_workers - 1 if multiprocessing.parent_process() is None else 0):
        threading.Thread(target=keep_z3950, name="z3950", daemon=True).start()
    configure_logs(settings)
    # A thread that waits for its turn gets it within half a millisecond: searches of Python's and the event loop share.
    sys.setswitchinterval(0.0005)
    with closing(Store.open(settings)) as store:
        listener.run(z3950_target(store, settings), settings, lambda port: ready(f"tcp:{settings.host}:{port}"))


def _z3950_process() -> None:
    """The process beside the web server: it says why it ends, which the web server does not end with."""
    try:
        run_z3950(load(), lambda address: structlog.get_logger().info("z3950.ready", address=address))
    except LienThongError as error:
        structlog.get_logger().error("z3950.ended", reason=str(error))


def keep_z3950() -> None:
    """Run the process that answers Z39.50, and another one when it dies; not when it has said why it ends."""
    while True:
        process = multiprocessing.get_context("spawn").Process(target=_z3950_process, name="z3950", daemon=True)
        process.start()
        process.join()
        if not process.exitcode:
            return
        time.sleep(_RESTART_SECONDS)


def _announce(address: str, ready: Callable[[str], None]) -> None:
    while True:
        try:
            with urllib.request.urlopen(address + "healthz", timeout=5) as answer:  # noqa: S310 - our own address
                if answer.status == 200:
                    ready(address)
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
