"""The only place that wires: settings → store → rooms → web pages and protocols, Z39.50, and the work behind them."""

from __future__ import annotations

import logging
import multiprocessing
import signal
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import replace
from functools import lru_cache
from multiprocessing.util import Finalize
from typing import Any, Final

import structlog
from granian import Granian
from granian.constants import Interfaces

from accounts.access import NOBODY, Act, may
from catalogue import background, libraries, set_sweep
from catalogue.background import Work
from catalogue.followers import Follower, Site
from catalogue.libraries import LIBRARY_SETS, Library
from catalogue.parts import KEPT_SECONDS, Parts
from catalogue.renderings import FORMATS
from catalogue.snapshot import Feed
from catalogue.store import Store
from foundation.errors import InputError, LienThongError
from foundation.limits import Z3950_RESULTS_BYTES
from foundation.settings import WRONG, Settings, load
from foundation.vault import Vault
from harvesting import staging, worker
from harvesting.schedule import zone
from harvesting.targets import Targets
from oaipmh import partners, segments
from oaipmh.flow import Clients, Flow
from oaipmh.nightly import Nightly
from oaipmh.provider import Provider
from oaipmh.repository import Icon, MetadataFormat, Repository
from oaipmh.wsgi import OaiApplication, Observe
from portal import app as portal
from reports import follower as figures
from reports.doors import Doors
from reports.tally import Tally
from reports.visitors import Robots
from search import follower
from search.finder import Finder
from union import running as union
from union import trials
from z3950_bridge import gateway_sru, listener
from z3950_bridge.databases import Databases
from z3950_bridge.gateway import Gateway
from z3950_bridge.gateway_target import GatewayCatalogue
from z3950_bridge.languages import QueryLanguages
from z3950_bridge.records import Kept
from z3950_bridge.result_sets import Budget
from z3950_bridge.searched import SearchedCatalogue
from z3950_bridge.sru_catalogue import SruDatabases
from z3950_bridge.sru_wsgi import SruApplication
from z3950_bridge.target import Target

ALIASES = {"marc21": "marcxml", "marc-xml": "marcxml"}
"""Other names that harvesters know MARCXML by: RecordManager asks for marc21, Koha for marc-xml."""

POLL_SECONDS = 2.0
"""How often it is looked whether formats or sets are behind."""
_RESTART_SECONDS = 5
_log = logging.getLogger("lienthong.server")

WEB, Z3950, WORKER = PARTS = ("web", "z3950", "worker")
"""What a process may serve (`Settings.only`)."""
BEHIND: Final[dict[str, list[tuple[Work, str]]]] = {
    "followers": [(follower.follow, ""), (figures.work, WORKER)],
    "union": [(union.work, WORKER)],
    # Files that people bring are staged on the host that received them.
    "worker": [(worker.work, WORKER), (staging.work, WEB)],
}
"""The processes beside those that answer: what each does, and the part of the server that wants it ("": any)."""

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def base_url(settings: Settings) -> str:
    """The server's public address, without a slash at its end."""
    return settings.public_url


def parts(settings: Settings) -> tuple[str, ...]:
    """What this process serves. Raises InputError for a part that does not exist."""
    for name in settings.only:
        if name not in PARTS:
            raise InputError(WRONG, name="only", seen=name, origin="--only, lienthong.toml", wanted=", ".join(PARTS))
    return settings.only or PARTS


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
    if WORKER in parts(settings):
        work(store, settings, made, never)
    return made


def work(store: Store, settings: Settings, made: Application, stop: threading.Event) -> None:
    """Start what goes on behind the doors, each in a thread, until `stop`: runs of segments, formats and sets, rules
    that are tried, and the nightly check of the feed, which asks the application `made`."""
    whole = whole_repository(settings)
    nightly = Nightly(store, made, whole, settings, base_url(settings))
    for name, job in (
        ("segments", lambda: segments.follow(store, whole, stop)),
        ("followers", lambda: follow(store, site(settings), stop)),
        ("nightly", lambda: nightly.follow(stop)),
        ("trials", lambda: trials.follow(store, stop)),
    ):
        threading.Thread(target=job, name=name, daemon=True).start()


def counted_doors(store: Store, settings: Settings) -> Doors:
    """Doors whose uses are counted, and written now and then by a thread of this process; once more when it ends."""
    tally = Tally(store, zone(settings.timezone), Robots(settings.robots))
    when = max(1, settings.uses_seconds), threading.Event()
    threading.Thread(target=tally.follow, args=when, name="uses", daemon=True).start()
    Finalize(None, tally.flush, exitpriority=100)
    proxies = settings.trusted_proxies
    return Doors(tally, Parts(store), Clients(proxies, ()) if proxies else None)


def application(
    store: Store, settings: Settings, observe: Observe | None = None, doors: Doors | None = None
) -> Application:
    """OAI-PMH and SRU in front, since they need nothing of Flask; the pages behind them. `doors` counts their uses."""
    finder, known = Finder(store, settings), Parts(store)
    oai = OaiApplication(repositories(store, settings), Flow(settings), observe)
    address, name = base_url(settings), settings.repository_name
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
    """The repository of the union."""
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
    """The provider of a library code, of what it contributed; of the empty code, that of the union.

    None when there is no such library.
    """
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

    # A harvest asks for every page again whose repository this is: what a library is called may be two seconds old.
    kept: dict[str, tuple[float, Provider]] = {}

    def lookup(code: str) -> Provider | None:
        if not may(NOBODY, Act.READ, code or None):
            return None
        if not code:
            return everything
        until, provider = kept.get(code, (0.0, everything))
        if time.monotonic() < until:
            return provider
        found = libraries.get(store, code)
        if found is None:
            kept.pop(code, None)
            return None
        kept[code] = time.monotonic() + KEPT_SECONDS, own(found)
        return own(found)

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
    # Never on standard output: its first line says that the server is ready, and scripts read it.
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )


def run(settings: Settings, ready: Callable[[str], None]) -> None:
    """Serve what the settings name until stopped; `ready` is called with the local address once it answers there.

    Beside web pages processes of their own answer Z39.50, match what is published, and harvest what is due.
    Raises InputError for a part that does not exist.
    """
    wanted = parts(settings)
    background.choose_start("server")
    for name, works in BEHIND.items():
        if mine := [does for does, part in works if part in ("", *wanted)]:
            background.keep_running(name, *mine)
    if WEB in wanted:
        run_web(settings, ready)
        return
    with closing(Store.open(settings)) as store:
        stop = threading.Event()
        if WORKER in wanted:
            configure_logs(settings)
            work(store, settings, application(store, settings), stop)
        if Z3950 in wanted:
            run_z3950(settings, ready)
            return
        for asked in (signal.SIGTERM, signal.SIGINT):
            signal.signal(asked, lambda *_: stop.set())
        ready(WORKER)
        while not stop.wait(1.0):  # Windows gives a signal to a thread that wakes up
            pass


def run_web(settings: Settings, ready: Callable[[str], None]) -> None:
    """Serve web pages and the protocols of HTTP, with what goes beside them, until stopped."""
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
        # Without it one client that never reads its answer to the end would keep the server from ending, for ever.
        workers_kill_timeout=max(1, settings.leave_seconds),
    )
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::", "") else settings.host  # noqa: S104 - compared, not bound
    address = f"http://{host}:{settings.port}/"
    threading.Thread(target=_announce, args=(address, ready), daemon=True).start()
    for _ in range(settings.z3950_workers if Z3950 in parts(settings) else 0):
        threading.Thread(target=keep_z3950, name="z3950", daemon=True).start()
    server.serve()


def gateway(store: Store, settings: Settings) -> Gateway:
    """Other catalogues as databases of ours."""
    seconds = max(1.0, settings.z3950_search_seconds * 0.7)
    return Gateway(Targets(store, Vault(settings.home / "vault.key")).gateway, seconds)


def z3950_target(store: Store, settings: Settings, doors: Doors | None = None) -> Target:
    """What the sessions of one Z39.50 process share. `doors` counts what they do."""
    outside = gateway(store, settings)
    made = Target(
        GatewayCatalogue(SearchedCatalogue(store, Finder(store, settings)), outside),
        QueryLanguages(),
        Kept(settings.z3950_kept_bytes),
        Budget(Z3950_RESULTS_BYTES),
        base_url(settings) + "/sru",
    )
    return made if doors is None else made._replace(observe=doors.z3950)


def run_z3950(settings: Settings, ready: Callable[[str], None]) -> None:
    """Serve Z39.50 until stopped; `ready` is called with the local address. Raises RefusedError for a taken port."""
    for _ in range(settings.z3950_workers - 1 if multiprocessing.parent_process() is None else 0):
        threading.Thread(target=keep_z3950, name="z3950", daemon=True).start()
    configure_logs(settings)
    # A thread that waits for its turn gets it within half a millisecond: searches of Python's and the event loop share.
    sys.setswitchinterval(0.0005)
    with closing(Store.open(settings)) as store:
        target = z3950_target(store, settings, counted_doors(store, settings))
        listener.run(target, settings, lambda port: ready(f"tcp:{settings.host}:{port}"))


def _z3950_process() -> None:
    """The process beside the web server: it says why it ends, which the web server does not end with."""
    try:
        run_z3950(load(), lambda address: structlog.get_logger().info("z3950.ready", address=address))
    except LienThongError as error:
        structlog.get_logger().error("z3950.ended", reason=str(error))


def keep_z3950() -> None:
    """Run the process that answers Z39.50, and another one when it dies; not when it has said why it ends."""
    while True:
        process = multiprocessing.Process(target=_z3950_process, name="z3950", daemon=True)
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
