"""The real records that benchmarks measure with, when they are beside the repository; generated ones when not."""

from __future__ import annotations

import gzip
import shutil
from itertools import islice
from pathlib import Path

from fixtures.generator import generate
from marc import iso2709

GPO = Path(__file__).resolve().parents[1].parent / "shared" / "data" / "marc" / "gpo" / "gpo_utf8_dev.mrc.gz"


def file(folder: Path, count: int = 0) -> Path:
    """A plain ISO 2709 file in `folder`: the first `count` real records (0: all), or as many generated ones."""
    path = folder / "records.mrc"
    with path.open("wb") as out:
        if not GPO.exists():
            for record in generate(count or 100_000):
                out.write(iso2709.write(record))
        else:
            with gzip.open(GPO) as real:
                if count:
                    frames = iso2709.readings(real)  # type: ignore[arg-type]
                    out.writelines(reading.original for reading in islice(frames, count))
                else:
                    shutil.copyfileobj(real, out, 1 << 20)
    return path
