"""A short night in the province; the long one is `python -m benchmarks.province_night MINUTES`."""

from __future__ import annotations

import os
from pathlib import Path

from benchmarks.province_night import DISTRICTS, night


def test_in_the_morning_the_union_is_the_sum_of_its_sources(tmp_path: Path) -> None:
    found = night(tmp_path, 10, seed=3, districts=DISTRICTS[1:4])
    assert found.wrong == []
    assert not (os.environ.get("LIENTHONG_REQUIRE_PEERS") and found.counts["partners not installed"])
    assert found.counts["changes"] > 0
    assert found.counts["begun by the server"] >= 3
    assert sum(count for name, count in found.counts.items() if name.startswith("line ")) > 0
