"""How quickly records are indexed and found, and how large the index is.

    python -m benchmarks.search [RECORDS]        100,000 generated records; 1,000,000 for the targets' own size

Indexing is what the follower does once the records are read: documents from packed text, and one thread of the engine,
both counted as processor time, of which one core has a second in every second. Beside it stands what the engine alone
needs for the same documents when their strings are ready: no Python before it can be quicker than that.
Every class of query is asked with 50 different terms drawn from the records, each 3 times; exact count and 20 records.
The index is opened anew each time, so that no answer is one that it remembers, but for what every first page shows.
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from fixtures.generator import generate
from marc.record import Record
from search import document
from search.document import Document, Standing
from search.index import Facet
from search.query import And, Everything, Field, Match, Near, Not, Or, Query, Range, SortKey, Term
from search.tantivy_index import TantivyIndex

COMMIT = 100_000
RATE, MEDIAN, WORST, BYTES = 15_000, 5.0, 50.0, 400.0
ROUNDS, TERMS = 3, 50
READY = 20_000


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        index = TantivyIndex(Path(folder), writable=True)
        sample: list[Record] = []
        seconds = busy = 0.0
        records = generate(count, seed=11)
        first = 0
        while batch := list(islice(records, COMMIT)):
            sample += batch[:: max(1, COMMIT // 200)]
            start, spent = time.perf_counter(), time.process_time()
            index.apply(documents(batch, first), (), first)
            seconds += time.perf_counter() - start
            busy += time.process_time() - spent
            first += len(batch)
        size = sum(path.stat().st_size for path in Path(folder).iterdir()) / count
        print(
            f"indexed {count:,} in {seconds:.1f} s, {busy:.1f} s of CPU time: {count / busy:,.0f} records/s of one core"
        )
        print(f"the engine alone, with ready strings: {floor():,.0f} records/s of one core")
        index.close()
        worst = [measure(Path(folder), name, queries, extra) for name, queries, extra in classes(sample)]
    median, tail = max(one for one, _ in worst), max(one for _, one in worst)
    say("search_index_bytes_a_record", size, BYTES, size <= BYTES)
    say("search_slowest_median_milliseconds", median, MEDIAN, median <= MEDIAN)
    say("search_slowest_p99_milliseconds", tail, WORST, tail <= WORST)
    say("search_indexed_records_a_second_of_one_core", count / busy, RATE, count / busy >= RATE)


def say(name: str, value: float, target: float, right: bool) -> None:
    print(f"{name}: {value:,.2f} (target {target:,.0f}) {'ok' if right else 'short'}")


def documents(batch: list[Record], first: int) -> Iterator[Document]:
    days = 1_790_000_000, 1_790_000_000
    return document.documents(
        (record, Standing(number, number, f"x{number}", ("bk00",), *days)) for number, record in enumerate(batch, first)
    )


def floor() -> float:
    """Records that the engine takes in a second of one core when nothing is left to be done but to hand them over."""
    made = list(documents(list(generate(READY, seed=12)), 0))
    with tempfile.TemporaryDirectory() as folder:
        index = TantivyIndex(Path(folder), writable=True)
        start = time.process_time()
        index.apply(made, (), READY)
        spent = time.process_time() - start
        index.close()
    return len(made) / spent


def measure(folder: Path, name: str, queries: list[Query], extra: dict[str, object]) -> tuple[float, float]:
    """Median and 99th percentile in elapsed time; beside them the processor time, which a busy machine changes less."""
    times: list[float] = []
    spent: list[float] = []
    hits = 0
    index = TantivyIndex(folder)
    for query in queries:
        hits += index.search(query, **extra).count  # type: ignore[arg-type]
    for _ in range(ROUNDS):
        index = index if queries == [Everything()] else TantivyIndex(folder)
        for query in queries:
            start, before = time.perf_counter(), time.thread_time()
            index.search(query, **extra)  # type: ignore[arg-type]
            times.append((time.perf_counter() - start) * 1000)
            spent.append((time.thread_time() - before) * 1000)
    (median, tail), (own, own_tail) = map(quantiles, (times, spent))
    print(
        f"{name:24} {hits / len(queries):>10,.0f} hits  p50 {median:7.2f} ms  p99 {tail:7.2f} ms  "
        f"of processor time {own:7.2f} and {own_tail:7.2f} ms"
    )
    return median, tail


def quantiles(times: list[float]) -> tuple[float, float]:
    """Median and 99th percentile."""
    times.sort()
    return statistics.median(times), times[int(len(times) * 0.99)]


def classes(sample: list[Record]) -> Iterator[tuple[str, list[Query], dict[str, object]]]:
    """(name, queries, how they are asked) for every class."""
    chance = random.Random(5)
    titles = [record.fields for record in sample]
    words = [next(f for f in fields if f.tag == "245").get("a").strip(" /:").split() for fields in titles]
    words = [chosen for chosen in words if len(chosen) > 2]
    chance.shuffle(words)
    some = words[:TERMS]
    isbns = [f.get("a") for fields in titles for f in fields if f.tag == "020"][:TERMS]
    word = [Term(Field.ANY, chosen[0]) for chosen in some]
    yield "one word", list(word), {}
    yield "three words", [Term(Field.ANY, " ".join(chosen[:3])) for chosen in some], {}
    yield "phrase", [Term(Field.ANY, " ".join(chosen[:2]), Match.PHRASE) for chosen in some], {}
    yield "title, same marks", [Term(Field.TITLE, " ".join(chosen[:2]), Match.PHRASE, True) for chosen in some], {}
    yield "beginning of a title", [Term(Field.TITLE, " ".join(chosen[:2]) + "*", Match.FIRST) for chosen in some], {}
    yield (
        "and, not",
        [Not(And((one, two)), three) for one, two, three in zip(word, word[1:], word[2:], strict=False)],
        {},
    )
    yield "one of three", [Or((one, two, three)) for one, two, three in zip(word, word[3:], word[5:], strict=False)], {}
    yield "truncated", [Term(Field.ANY, chosen[1][:2] + "*") for chosen in some if len(chosen[1]) > 2], {}
    yield "near", [Near(Term(Field.ANY, a), Term(Field.ANY, b), 5) for a, b, *_ in some], {}
    yield "word and years", [And((one, Range(Field.DATE, "1990", "2005"))) for one in word], {}
    yield "ISBN", [Term(Field.ISBN, isbn) for isbn in isbns], {}
    yield "sorted by title", list(word), {"sort": [SortKey(Field.TITLE)]}
    yield "sorted by year", list(word), {"sort": [SortKey(Field.DATE, True)]}
    facets = [Facet(field) for field in (Field.LANGUAGE, Field.MATERIAL, Field.DATE, Field.SUBJECT)]
    yield "four facets", list(word), {"facets": facets}
    yield "four facets of all", [Everything()], {"facets": facets}
    yield "result 40,000", [Everything()], {"offset": 40_000}


if __name__ == "__main__":
    main()
