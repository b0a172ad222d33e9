"""What counting uses costs a page: the server time of a record page with and without it, in turn.

    python -m benchmarks.counting [PAGES]       0 or nothing: 100 in each of nine rounds

Every page comes from another reader, so that each is counted and remembered; the counts are written meanwhile as the
server does it. The target is less than 2 % of the page's time.
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

from flask import Flask
from werkzeug.test import EnvironBuilder, run_wsgi_app

from catalogue import imports, libraries, uses
from catalogue.libraries import Library
from catalogue.parts import Parts
from catalogue.store import Store
from fixtures import province_files
from foundation.settings import Settings
from portal.app import create
from reports.doors import Doors
from reports.tally import Tally

TARGET = 2.0
ROUNDS = 9
AGENT = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0"


def main() -> None:
    pages = (int(sys.argv[1]) if len(sys.argv) > 1 else 0) or 100
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder))
        store = Store.open(settings)
        code, path = province_files()[3]
        libraries.add(store, Library(code, "Thư viện"))
        imports.import_files(store, code, [imports.of_path(path)])
        with store.read() as connection:
            names = [str(row[0]) for row in connection.exec_driver_sql("SELECT identifier FROM record")]
        tally, stop = Tally(store), threading.Event()
        doors = Doors(tally, Parts(store))
        apps = {False: create(store, settings, "http://x"), True: create(store, settings, "http://x", doors=doors)}
        writer = threading.Thread(target=tally.follow, args=(1.0, stop))
        writer.start()
        chance = random.Random(1)
        spent(apps, names, 50, chance)
        rounds = [spent(apps, names, pages, chance) for _ in range(ROUNDS)]
        shares = [100 * (found[True] / found[False] - 1) for found in rounds]
        stop.set()
        writer.join()
        seen = sum(one.times for one in uses.between(store, 0, 999_999))
        assert seen == ROUNDS * pages + 50, seen
        alone = bare(doors)
        page = 1000 * statistics.median(found[False] for found in rounds) / pages
        store.close()
    share = statistics.median(shares)
    print(f"rounds: {' '.join(f'{one:+.1f}' for one in shares)} %")
    exact = alone / (1000 * page) * 100
    print(f"a page takes {page:.2f} ms, counting alone {alone:.1f} µs: {exact:.2f} %")
    print(f"counting: {share:.2f} % of a page (target < {TARGET} %) {'ok' if share < TARGET else 'short'}")


def spent(apps: dict[bool, Flask], names: list[str], pages: int, chance: random.Random) -> dict[bool, float]:
    """Seconds of processor time of this thread for so many record pages with and without counting, page by page."""
    found = dict.fromkeys(apps, 0.0)
    for number in range(pages):
        address = f"203.0.{chance.randrange(256)}.{chance.randrange(256)}"
        builder = EnvironBuilder(f"/record/{chance.choice(names)}.html", headers={"User-Agent": AGENT})
        builder.environ_base = {"REMOTE_ADDR": address}
        for counted in (False, True) if number % 2 else (True, False):
            environ = builder.get_environ()
            start = time.thread_time()
            run_wsgi_app(apps[counted], environ, buffered=True)
            found[counted] += time.thread_time() - start
    return found


def bare(doors: Doors) -> float:
    """Microseconds of one count."""
    environ = {"REMOTE_ADDR": "203.0.113.9", "HTTP_USER_AGENT": AGENT}
    start = time.thread_time()
    for number in range(20_000):
        doors.web(uses.VIEW, "bk03", "", f"x{number}", environ)
    return (time.thread_time() - start) / 20_000 * 1e6


if __name__ == "__main__":
    main()
