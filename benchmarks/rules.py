"""The rules of cataloguing against a great catalogue: do they cry wolf, and how quick are they?

    python -m benchmarks.rules [FILE] [RECORDS] [EVERY] [PROFILE]

Of the GPO records beside the repository every 48th is checked, 2,000 in all, so that all its years are there. Every
error found in them was looked at by hand (docs/checks.md); a change of the share means that a rule changed.
"""

from __future__ import annotations

import itertools
import sys
import time
from collections import Counter
from pathlib import Path

from marc import readers
from marc.rules import Finding, checked
from marc.rules.profiles import profile

TARGET = 600
GPO = Path(__file__).resolve().parents[1].parent / "shared" / "data" / "marc" / "gpo" / "gpo_utf8_dev.mrc.gz"


def main() -> None:
    arguments = dict(enumerate(sys.argv))
    path = Path(arguments.get(1, str(GPO)))
    count, every = int(arguments.get(2, 2_000)), int(arguments.get(3, 48))
    chosen = profile(arguments.get(4, "default"))
    if not path.exists():
        print(f"rules_records_per_cpu_second: not measured, {path.name} is not there")
        return
    with path.open("rb") as stream:
        sample = list(itertools.islice(readers.read(stream, path.name), 0, count * every, every))
    checked(sample[0], chosen)  # the tables are read at the first record
    start = time.process_time()
    found = [checked(reading, chosen) for reading in sample]
    seconds = time.process_time() - start
    told(found)
    speed = len(sample) / seconds
    print(f"rules_records_per_cpu_second: {speed:.0f} (target {TARGET}) {'ok' if speed >= TARGET else 'short'}")


def told(found: list[list[Finding]]) -> None:
    """The share of records with an error, and the findings by how many records have them."""
    wrong = sum(any(finding.severity == "E" for finding in findings) for findings in found)
    print(f"{len(found)} records, {wrong} with an error: {wrong / len(found):.1%}")
    counts = Counter(key for findings in found for key in {(one.severity, one.rule.code) for one in findings})
    for (severity, code), count in counts.most_common(25):
        print(f"  {count:6} {severity} {code}")


if __name__ == "__main__":
    main()
