"""Reading CQL, against PyPI's cql-parser: the same queries, in turn: python -m benchmarks.cql

The queries are shapes that catalogues are really asked, with Vietnamese words; both make a tree and nothing else. Only
queries that the peer can read are timed. Processor time, the median of the ratios of five rounds.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

from z3950_bridge import cql

TARGET = 4.0
ROOT = Path(__file__).resolve().parents[1]
SHAPES = (
    "{0}",
    '"{0} {1}"',
    "dc.title = {0}",
    'dc.title = "{0} {1}" and dc.creator = "{2}"',
    'title all/relevant "{0} {1}" or (subject any "{2} {1}" not language == vie)',
    'bath.isbn = 9786041{3:06} or bath.issn = "1859-{3:04}"',
    "author = {0} prox/unit=word/distance<=3 author = {1}",
    '>dc="info:srw/context-sets/1/dc-v1.1" dc.date within "1980 1990" and dc.title = "{0}*"',
    'dc.title = "^{0} {1}" sortBy dc.date/sort.descending dc.title',
)
WORDS = ("truyện", "Kiều", "Bắc Kạn", "hồ", "lịch sử", "giáo trình", "toán", "Nguyễn Du", "văn học", "thơ")


def queries(count: int) -> list[str]:
    made = []
    for number in range(count):
        words = [WORDS[(number * step) % len(WORDS)].split()[0] for step in (1, 3, 7)]
        made.append(SHAPES[number % len(SHAPES)].format(*words, number))
    return made


def main() -> None:
    peer = ROOT / ".peers" / "cql_parser" / "bin" / "python"
    if not peer.exists():
        sys.exit("cql-parser is not installed: `make peers`")
    asked = queries(3000)
    with subprocess.Popen(
        [peer, ROOT / "tests" / "peers" / "parse_cql.py"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        ratios = []
        for _ in range(5):
            process.stdin.write(json.dumps(asked) + "\n")
            process.stdin.flush()
            good, theirs = json.loads(process.stdout.readline())
            start = time.process_time()
            for query in good:
                cql.parse(query)
            ours = time.process_time() - start
            ratios.append(theirs / ours)
            print(f"ours {len(good) / ours:,.0f} queries/s, cql-parser {len(good) / theirs:,.0f} queries/s")
    ratio = statistics.median(ratios)
    print(f"cql_times_cql_parser: {ratio:.1f} (target {TARGET}) {'ok' if ratio >= TARGET else 'short'}")


if __name__ == "__main__":
    main()
