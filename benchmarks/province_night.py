"""A night in the province: eight district repositories and two foreign ones are harvested into one union store, while
their records change, their lines break and harvests are killed; in the morning the union is the sum of its sources,
item by item: every record that a source holds is here as it is there, and in exactly one union record, behind `/oai`.

Nobody harvests by hand: `lienthong serve --only worker` does, every minute, as the sources' schedule says, and goes on
with what was cut when it thinks it time. Now and then all its processes are killed at once, and it is started again.

    python -m benchmarks.province_night [MINUTES]       2 unless said

The districts are `lienthong serve` over the demonstration province, behind fronts that give four of them quirks (dates
without time, PHP notices, no namespace, 503 now and then). What they contribute is harvested at `/oai/CODE`, as a
province does that matches by itself; two are harvested at `/oai`, with the merges and splits of their own unions. The
foreign ones (benchmarks/night_partners.py) are PyPI's oaipmh 4 and Catmandu's provider; which of them is not installed
is said and left out. The short form is a test of its own.
"""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from lxml import etree
from sqlalchemy import select

from benchmarks.night_partners import PARTNERS, Partner
from catalogue import libraries, runs, sources
from catalogue.libraries import Library
from catalogue.store import Store
from catalogue.tables import LIVE, UNION, record, rendering, source
from foundation.settings import Settings
from harvesting.course import FULL
from harvesting.settings import OaiSettings
from marc import iso2709
from marc.record import Field, Record
from oaipmh.quirks import Quirks
from tests.end_to_end.harvest_once import harvest
from tests.end_to_end.product import COMMAND, ROOT, Product, free_port, get, united, wait_until
from tests.line import KINDS, Line
from union import reading
from union.follower import Follower

LEADER = "00000nam a2200000 a 4500"
DISTRICTS = tuple(f"bk{number:02}" for number in range(1, 9))
Change = Callable[[bytes], bytes]


def days(page: bytes) -> bytes:
    page = page.replace(b"YYYY-MM-DDThh:mm:ssZ", b"YYYY-MM-DD")
    return re.sub(rb"(<(?:earliestD|d)atestamp>\d{4}-\d\d-\d\d)T[\d:]+Z", rb"\1", page)


def notices(page: bytes) -> bytes:
    return page + b"<br />\n<b>Warning</b>: Cannot modify header information in /var/www/oai.php on line 12"


def nameless(page: bytes) -> bytes:
    return page.replace(b' xmlns="http://www.openarchives.org/OAI/2.0/"', b"", 1)


QUIRKS: dict[str, Change | None] = {"bk02": days, "bk04": notices, "bk06": nameless, "bk08": None}
"""District → what its front does to every page; None: busy now and then."""
UNIONS = frozenset({"bk03", "bk07"})
"""Districts that are harvested at `/oai`: their union records."""
SCHEDULE = "* * * * *"
_BEGUN = re.compile(r"harvest of (\S+) begins")
_ENDED = re.compile(r"harvest of \S+ is (\w+)")


@dataclass
class Night:
    """What happened."""

    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    """Sources whose records in the union are not theirs in the morning, with the difference."""


def night(folder: Path, seconds: float, seed: int = 1, districts: tuple[str, ...] = DISTRICTS) -> Night:
    """One night; `folder` is empty."""
    chance, found, union = random.Random(seed), Night(), folder / "union"
    with ExitStack() as stack:
        foreign = {code: partner for code, partner in PARTNERS.items() if partner.there()}
        found.counts["partners not installed"] = len(PARTNERS) - len(foreign)
        at = {code: f"http://127.0.0.1:{free_port()}" for code in districts}
        ports = {code: stack.enter_context(partner.serving(folder)) for code, partner in foreign.items()}
        lines = registered(stack, union, at, ports, seed)
        homes: dict[str, Product] = {}
        for number, code in enumerate(districts):
            homes[code] = district(folder / code, code)
            size = str([7, 20, 33, 50, 100, 13, 64, 25][number % 8])
            settings = {"page_records": size, "client_requests": "0", "repository_domain": f"{code}.example.vn"}
            stack.enter_context(homes[code].serving(int(at[code].rpartition(":")[2]), **settings))
        everyone = (*districts, *foreign)
        server = stack.enter_context(Server(union, folder / "union.log"))
        end = time.monotonic() + seconds
        while time.monotonic() < end or not server.begun.issuperset(everyone) or not harm(lines):
            code = chance.choice(everyone)
            if code in foreign:
                foreign[code].change(folder, chance)
            else:
                change(homes[code], code, chance, folder)
            found.counts["changes"] += 1
            time.sleep(chance.uniform(0, 3))
            if chance.random() < 0.03:
                found.counts["killed"] += server.kill()
        server.close()
        found.counts.update(server.told())
        for line in lines:
            line.quiet = True
        found.counts.update(harm(lines))
        everything: set[str] = set()
        for code in everyone:
            if code in UNIONS:
                wait_until(lambda code=code: united(at[code]), 300)  # type: ignore[misc]
            wrong, names = morning(union, code, homes.get(code), foreign.get(code), folder)
            found.wrong += wrong
            everything |= {f"{code}/{name}" for name in names}
        for line in lines:
            line.close()
        follow(union)
        found.counts["items"] = len(everything)
        found.wrong += members(union, everything)
        found.wrong += behind_the_door(union)
    return found


def harm(lines: list[Line]) -> Counter[str]:
    """What befell calls on the lines, by its kind."""
    found: Counter[str] = Counter()
    for line in lines:
        met = list(line.met.items())  # in one stroke: calls go on
        found.update({f"line {kind}": count for kind, count in met if kind != "clean"})
    return found


def registered(stack: ExitStack, union: Path, at: dict[str, str], foreign: dict[str, int], seed: int) -> list[Line]:
    """The lines to the sources of a new union. `at`: addresses of districts; `foreign`: ports of partners."""
    store = Store.open(Settings(home=union))
    lines: list[Line] = []
    kinds = KINDS + ("clean",) * 4  # the server waits longer each time, and half of its calls should be answered
    for number, code in enumerate((*at, *foreign)):
        port = foreign.get(code, 0)
        if code in at:
            address = stack.enter_context(front(at[code], QUIRKS[code])) if code in QUIRKS else at[code]
            port = int(address.rpartition(":")[2])
        lines.append(Line(port, seed + number, kinds, most=30_000))
        door = "/oai" if code in UNIONS or code in foreign else f"/oai/{code}"
        made = OaiSettings(
            url=f"http://127.0.0.1:{lines[-1].port}{door}", schedule=SCHEDULE, allow=("127.0.0.0/8",), brake=100,
            quirks=PARTNERS[code].quirks if code in foreign else Quirks(),
            prefix="oai_dc" if code in foreign else "marcxml",
        )  # fmt: skip
        libraries.add(store, Library(code, f"Thư viện {code}"))
        sources.add(store, code, code, "oai", made.stored())
    store.close()
    return lines


class Server:
    """`lienthong serve --only worker` over the union's home, whose harvests nobody but its schedule begins."""

    def __init__(self, home: Path, log: Path) -> None:
        self._product, self._log = Product(home), log
        self._process = self._start()

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def begun(self) -> set[str]:
        """Sources of which a harvest has begun."""
        return set(_BEGUN.findall(self._log.read_text()))

    def told(self) -> Counter[str]:
        """How many harvests it has begun or gone on with, and how it left them."""
        text = self._log.read_text()
        return Counter({"begun by the server": len(_BEGUN.findall(text)), **Counter(_ENDED.findall(text))})

    def kill(self) -> int:
        """Kill it with all that it has started, and start it again; how many harvests were at work."""
        self._end(signal.SIGKILL)
        store = Store.open(Settings(home=self._product.home))
        struck = sum(
            found[0].state == runs.RUNNING
            for one in sources.every(store)
            if (found := runs.latest(store, one.number, 1))
        )
        store.close()
        self._process = self._start()
        return struck

    def close(self) -> None:
        """End it, if it runs, as the system does in the morning."""
        if self._process.returncode is None:
            self._process.terminate()
            self._process.wait(timeout=60)
            self._end(signal.SIGKILL)  # what would not leave in time

    def _start(self) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as log:
            return subprocess.Popen(
                [*COMMAND, "serve", "--only", "worker"], cwd=ROOT, env=self._product.environment,
                stdout=subprocess.DEVNULL, stderr=log, start_new_session=True,
            )  # fmt: skip

    def _end(self, how: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, how)
        self._process.wait(timeout=30)


def follow(union: Path) -> None:
    """Let the union look at all that is published."""
    store = Store.open(Settings(home=union))
    assert Follower(store).follow()
    store.close()


def morning(
    union: Path, code: str, home: Product | None, partner: Partner | None, folder: Path
) -> tuple[list[str], set[str]]:
    """Harvest what is left over a good line; then what the union has of a source against what it holds itself.

    Returns what differs, and the names of all that the source holds.
    """
    for kind in ("", "", FULL if home is None else "new"):
        for _ in range(20):
            if harvest(union, code, kind) == runs.DONE:
                break
        else:
            return [f"{code}: not done"], set()
    ours = shown(union, code)
    if partner is None:
        assert home is not None
        theirs = itself(home, code)
    else:  # another form than it came in: the identifiers
        ours, theirs = dict.fromkeys(ours, ()), dict.fromkeys(partner.holds(folder), ())
    differ = sorted({name for name in {*ours, *theirs} if ours.get(name) != theirs.get(name)})
    return [f"{code}: {len(differ)} differ, {differ[:5]}"] if differ else [], set(theirs)


def members(union: Path, everything: set[str]) -> list[str]:
    """Whether each item (`CODE/LOCAL-ID`) of the sources is in one union record that stands, and nothing else is."""
    store = Store.open(Settings(home=union))
    found = Counter(name for one in reading.everything(store) for name in one.members)
    store.close()
    twice = [name for name, count in found.items() if count > 1]
    told = (("in no union record", everything - found.keys()), ("of no source", found.keys() - everything))
    return [f"union: {len(names)} {what}, {sorted(names)[:5]}" for what, names in (*told, ("twice", twice)) if names]


def behind_the_door(union: Path) -> list[str]:
    """Whether who harvests `/oai` gets just the union records that stand, each with its members' numbers in 035."""
    store = Store.open(Settings(home=union))
    ours = {
        one.identifier: {f"({name.replace('/', ')', 1)}" for name in one.members} for one in reading.everything(store)
    }
    store.close()
    known = {number for numbers in ours.values() for number in numbers}
    theirs: dict[str, set[str]] = {}
    with Product(union).serving(repository_domain="tinh.example.vn", client_requests="0") as address:
        rest = "metadataPrefix=marcxml"
        while rest:
            root = etree.fromstring(get(f"{address}/oai?verb=ListRecords&{rest}"))
            for one in root.iterfind(".//{*}record[{*}metadata]"):
                name = (one.findtext("{*}header/{*}identifier") or "").rpartition(":")[2]
                said = one.iterfind(".//{*}datafield[@tag='035']/{*}subfield[@code='a']")
                theirs[name] = {value.text or "" for value in said} & known
            token = root.findtext(".//{*}resumptionToken")
            rest = f"resumptionToken={token}" if token else ""
    differ = sorted(name for name in {*ours, *theirs} if ours.get(name) != theirs.get(name))
    return [f"/oai: {len(differ)} of {len(ours)} union records differ, {differ[:5]}"] if differ else []


# --- repositories -------------------------------------------------------------------------------------------


def district(home: Path, code: str) -> Product:
    """A district's own server with its catalogue of the demonstration province."""
    made = Product(home)
    made.run("library", "add", code, "--name", f"Thư viện {code}")
    made.run("import", str(ROOT / "fixtures" / "province" / f"{code}.mrk"), "--library", code, check=None)
    return made


def change(home: Product, code: str, chance: random.Random, folder: Path) -> None:
    """Some records are new, some corrected, some gone."""
    made = []
    for _ in range(chance.randrange(1, 12)):
        number = chance.randrange(60)
        leader = LEADER if chance.random() < 0.75 else LEADER.replace("n", "d", 1)
        title = f"{chance.choice(['Then', 'Sli', 'Lượn', 'Hát ru'])} Tày {chance.randrange(1000)}"
        made.append(Record.build(leader, [Field("001", value=f"DEM{number:03}"), Field("245", "10", (("a", title),))]))
    path = folder / f"{code}.mrc"
    path.write_bytes(b"".join({one.control("001"): iso2709.write(one) for one in made}.values()))
    home.run("import", str(path), "--library", code, check=None)


@contextmanager
def front(address: str, change: Change | None) -> Iterator[str]:
    """A server before another one that changes its pages."""
    turn = iter(range(10**9))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            if change is None and next(turn) % 4 == 3:
                status, body = 503, b""
            else:
                try:
                    with urllib.request.urlopen(address + self.path, timeout=30) as answer:
                        status, body = 200, answer.read()
                except urllib.error.HTTPError as error:
                    with error:
                        status, body = error.code, b""
            body = change(body) if change is not None and body else body
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

        def handle(self) -> None:
            with suppress(OSError):  # the line broke; that is what it is there for
                super().handle()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


# --- what they hold -----------------------------------------------------------------------------------------


def shown(home: Path, name: str) -> dict[str, tuple[bytes, ...]]:
    """Local id → hash of both forms of every live record of the source `name`."""
    return _forms(home, record.c.local_id, "", name)


def itself(home: Product, code: str) -> dict[str, tuple[bytes, ...]]:
    """The same of a district's own records, or its union records, under the identifiers that its server gives them."""
    return _forms(home.home, record.c.identifier, f"oai:{code}.example.vn:", "", union=code in UNIONS)


def _forms(home: Path, column: Any, before: str, name: str, *, union: bool = False) -> dict[str, tuple[bytes, ...]]:
    store = Store.open(Settings(home=home))
    joined = record.join(rendering, rendering.c.version_id == record.c.version_id)
    joined = joined.join(source, source.c.id == record.c.source_id)
    query = select(column, rendering.c.hash).select_from(joined).where(record.c.status == LIVE, rendering.c.format < 2)
    query = query.where(source.c.name == name if name else (source.c.id == UNION) == union)
    found: dict[str, list[bytes]] = {}
    with store.read() as connection:
        for one, digest in connection.execute(query.order_by(rendering.c.format)):
            found.setdefault(before + one, []).append(digest)
    store.close()
    return {one: tuple(digests) for one, digests in found.items()}


def main() -> None:
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 2.0
    with tempfile.TemporaryDirectory() as folder:
        found = night(Path(folder), minutes * 60)
    print(", ".join(f"{name}: {count}" for name, count in sorted(found.counts.items())))
    for line in found.wrong:
        print(line)
    print(f"the union equals the sum of its sources, item by item: {'no' if found.wrong else 'yes'}")
    print(f"province_night_sources_that_differ: {len(found.wrong)} (target 0) {'short' if found.wrong else 'ok'}")


if __name__ == "__main__":
    main()
