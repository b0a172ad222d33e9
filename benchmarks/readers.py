"""What a reader waits for: the first page over a slow line, and the server among fifty readers.

    python -m benchmarks.readers [RECORDS]       100,000 generated records; 20,000 takes a tenth of the time

The slow line is the one that web page tests call 3G: 1.6 Mbit/s down, 768 kbit/s up, 300 ms for each request (Chromium,
DevTools protocol, Network.emulateNetworkConditions), nothing kept from before. A page is usable when its content is
painted and its elements can be used. Readers search, narrow by what stands beside the results, open a record, go home,
and look at each page for two seconds; what counts is the time until the last byte of an answer is there. On a machine
that others use too, that says more of them than of us: the server's CPU time is told as well (Linux), of an answer of
each kind asked alone, one after the other, and by fifty readers who all ask for that kind.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from itertools import chain
from urllib.parse import quote_plus

from benchmarks import processor
from benchmarks.harvest import free_port, running
from tools.browser import Browser, found

LATENCY, DOWN, UP = 300.0, 1.6e6 / 8, 768e3 / 8
KIBIBYTES, USABLE, SERVED = 100.0, 1.0, 50.0
READERS, THINKING, ROUNDS = 50, 2.0, 12
KINDS = ("home", "search", "facets", "record")
ALONE = 60
"""Answers of each kind asked one after the other."""
CPU = 10.0
"""Milliseconds: fifty readers then need a quarter of one core."""
CALM, RESTING, REST = 1_800.0, 20.0, 20.0
"""Seconds to wait for rest, and to look at it; milliseconds of CPU time a second."""
TIMES = """new Promise(told => new PerformanceObserver((_list, watch) => {
    const painted = performance.getEntriesByName("first-contentful-paint")[0];
    if (!painted) return;
    watch.disconnect();
    const first = performance.getEntriesByType("navigation")[0], all = performance.getEntriesByType("resource");
    told([first.transferSize + all.reduce((sum, one) => sum + one.transferSize, 0), 1 + all.length,
          Math.max(first.domInteractive, painted.startTime) / 1000]);
}).observe({type: "paint", buffered: true}))"""


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "LIENTHONG_HOME": home, "LIENTHONG_LOG_LEVEL": "warning"}
        environment["LIENTHONG_Z3950_WORKERS"] = "0"
        command = [sys.executable, "-m", "cli.main"]
        loading = [*command, "demo", "--no-serve", "--quiet", "--records", str(count)]
        subprocess.run(loading, env=environment, check=True, stdout=subprocess.DEVNULL)
        port = free_port()
        with running([*command, "serve", "--port", str(port)], environment, port):
            print(f"{settled(port):,} union records")
            listed = some(port)
            warm(port, listed)
            rest = calm(home)
            short = [*measured(port, home, listed), slow_line(port), rest].count(False)
    sys.exit(1 if short else 0)


def measured(port: int, home: str, listed: list[dict[str, object]]) -> list[bool]:
    """What an answer takes: asked alone, among fifty who each do something else, and among fifty who ask alike."""
    ways = [list(way(random.Random(seed), listed)) for seed in range(READERS)]
    for kind in KINDS:
        asked = [(kind, one) for name, one in chain.from_iterable(ways) if name == kind][:ALONE]
        before = processor.seconds(home)
        times = among_readers(port, [asked], thinking=0)
        tell(kind, "alone", times[kind], processor.seconds(home) - before)
    before = processor.seconds(home)
    times = among_readers(port, ways)
    spent = processor.seconds(home) - before
    for kind in KINDS:
        tell(kind, "among fifty", times[kind])
    every = [took for kind in KINDS for took in times[kind]]
    for kind in KINDS:
        alike = [[(kind, one) for name, one in mine if name == kind] for mine in ways]
        before = processor.seconds(home)
        times = among_readers(port, alike)
        tell(kind, "fifty alike", times[kind], processor.seconds(home) - before)
    return [
        say("readers_p95_milliseconds", at(sorted(every)), SERVED),
        say("readers_cpu_milliseconds_an_answer", spent * 1000 / len(every), CPU),
    ]


def tell(kind: str, how: str, times: list[float], spent: float | None = None) -> None:
    cpu = "" if spent is None else f"  {spent * 1000 / len(times):5.1f} ms of CPU time each"
    times.sort()
    print(f"{kind:8} {how:12} {len(times):4}  p50 {statistics.median(times):6.1f} ms  p95 {at(times):6.1f} ms{cpu}")


def say(name: str, value: float, target: float) -> bool:
    right = value <= target
    print(f"{name}: {value:,.2f} (target {target:,.0f}) {'ok' if right else 'short'}")
    return right


def settled(port: int) -> int:
    """How many records the search has, once it grows no more. Exits when that takes too long."""
    seen, since = -1, time.monotonic()
    for _ in range(3_000):
        now = int(str(asked(port, "/search?format=json").get("count", 0)))
        if now != seen:
            seen, since = now, time.monotonic()
        elif seen and time.monotonic() - since > 3:
            return int(seen)
        time.sleep(0.5)
    sys.exit("the index does not come to rest")


def calm(home: str) -> bool:
    """Wait until what a server does behind its doors after so many new records is done, since readers come on any day;
    then what it does when nothing happens."""
    start = time.monotonic()
    while time.monotonic() - start < CALM:
        before = processor.seconds(home)
        time.sleep(5)
        if processor.seconds(home) - before < 0.5:
            break
    else:
        print("the server does not come to rest: what follows was measured beside its other work")
    print(f"at rest {time.monotonic() - start:.0f} s after the index")
    before, start = processor.seconds(home), time.monotonic()
    time.sleep(RESTING)
    return say("server_at_rest_cpu_milliseconds_a_second", (processor.seconds(home) - before) * 1000 / RESTING, REST)


def asked(port: int, address: str) -> dict[str, object]:
    """What the server says in JSON; nothing while it is not ready."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", address)
        answer = connection.getresponse()
        body = answer.read()
    except ConnectionRefusedError:
        return {}
    finally:
        connection.close()
    said: dict[str, object] = json.loads(body) if answer.status == 200 else {}
    return said


def slow_line(port: int) -> bool:
    """The first page that a reader opens, by a browser."""
    if found() is None:
        sys.exit("chromium is not installed: apt-get install chromium")
    heaviest, slowest = 0.0, list[float]()
    with Browser.started() as browser:
        for address in ("/", "/search?q=truyen", "/browse"):
            waited = []
            for _ in range(3):
                page = browser.page(360)
                page.slow_line(LATENCY, DOWN, UP)
                page.open(f"http://127.0.0.1:{port}{address}")
                size, requests, usable = page.evaluate(TIMES)
                waited.append(usable)
            print(f"{address:20} {size / 1024:6.1f} KiB in {requests} requests, usable after {min(waited):.2f} s")
            heaviest, slowest = max(heaviest, size / 1024), [*slowest, statistics.median(waited)]
    light = say("readers_first_page_kibibytes", heaviest, KIBIBYTES)
    return say("readers_first_page_usable_seconds", max(slowest), USABLE) and light


def some(port: int) -> list[dict[str, object]]:
    """Records that readers ask for."""
    return asked(port, "/search?format=json")["records"] + asked(port, "/search?q=bac+kan&format=json")["records"]  # type: ignore


def warm(port: int, listed: list[dict[str, object]]) -> None:
    """The first answers compile templates and read tables of languages: none of the fifty is the first of the day."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for seed in range(5):
        for _kind, address in way(random.Random(seed), listed):
            connection.request("GET", address, headers={"Accept": "text/html"})
            connection.getresponse().read()
    connection.close()


def among_readers(port: int, ways: list[list[tuple[str, str]]], thinking: float = THINKING) -> dict[str, list[float]]:
    """Kind → milliseconds of its answers. A reader for each of `ways`, each with a connection of its own."""
    times: dict[str, list[float]] = defaultdict(list)
    lock = threading.Lock()

    def read(seed: int) -> None:
        chance = random.Random(seed)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        time.sleep(chance.uniform(0, thinking))
        for kind, address in ways[seed]:
            start = time.perf_counter()
            connection.request("GET", address, headers={"Accept-Encoding": "gzip", "Accept": "text/html"})
            answer = connection.getresponse()
            answer.read()
            took = (time.perf_counter() - start) * 1000
            assert answer.status == 200, (address, answer.status)
            with lock:
                times[kind].append(took)
            if thinking:
                time.sleep(chance.expovariate(1 / thinking))
        connection.close()

    threads = [threading.Thread(target=read, args=(seed,)) for seed in range(len(ways))]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return times


def at(ordered: list[float], part: float = 0.95) -> float:
    return ordered[int(len(ordered) * part)]


def way(chance: random.Random, listed: list[dict[str, object]]) -> Iterator[tuple[str, str]]:
    """What one reader does: (kind, address)."""
    for _ in range(ROUNDS // 4):
        words = str(chance.choice(listed)["title"]).split()
        q = quote_plus(" ".join(chance.sample(words, min(2, len(words)))))
        yield "home", "/"
        yield "search", f"/search?q={q}"
        yield "facets", f"/search?q={q.partition('+')[0]}&f=library:bk00&f=language:vie"
        yield "record", f"/record/{chance.choice(listed)['identifier']}"


if __name__ == "__main__":
    main()
