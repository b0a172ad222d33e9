"""Records that come out of broken and odd files: python -m benchmarks.nasty [--refused]

The files are those of data/marc/nasty beside the repository. A record counts when it is given as a record: by us
whole and sound (`marc.repair.check`), by pymarc not None, by yaz-marcdump as a MARCXML record, right or wrong. CDS/ISIS
exports are read here with the encoding and mapping that a person would choose. With --refused, what we refuse and why.
"""

from __future__ import annotations

import contextlib
import io
import pathlib
import shutil
import subprocess
import sys
from collections import Counter

import pymarc

from foundation.errors import LienThongError
from marc import cdsisis, charset, isis_suggestion, readers, repair
from marc.reading import Reading

NASTY = pathlib.Path(__file__).resolve().parents[1].parent / "shared" / "data" / "marc" / "nasty"
DECODERS = {"marc-8": charset.decode, "cp1251": lambda data: (data.decode("cp1251"), ())}
CHOSEN = {"pymarc__1251.dat": "cp1251", "isis2json__LILACS1.iso": "cp1252", "isis2json__lilacs30.iso": "cp1252"}
"""What an operator chooses where nothing in the file says its encoding."""


def ours(path: pathlib.Path, encoding: str) -> list[Reading]:
    with path.open("rb") as stream:
        tags = None
        if path.name.startswith("isis2json"):
            known = cdsisis.readings(stream, encoding="cp850")
            tags = isis_suggestion.suggest(reading.record for reading in known if reading.record)
            stream.seek(0)
            encoding = CHOSEN.get(path.name, "cp850")
        try:
            return list(readers.read(stream, path.name, encoding=encoding, decoders=DECODERS, tags=tags))
        except LienThongError as error:
            return [Reading(1, 0, b"", None, (error.problem,))]


def pymarc_count(path: pathlib.Path) -> int:
    found = 0
    with contextlib.suppress(Exception), contextlib.redirect_stderr(io.StringIO()), path.open("rb") as stream:
        if path.suffix == ".xml":
            return len(pymarc.parse_xml_to_array(stream))
        for record in pymarc.MARCReader(stream, permissive=True):
            found += record is not None
    return found


def yaz_count(path: pathlib.Path) -> int:
    form = ["-i", "marcxml"] if path.suffix == ".xml" else []
    command = ["yaz-marcdump", *form, "-o", "marcxml", str(path)]
    output = subprocess.run(command, capture_output=True, check=False, timeout=60).stdout
    return output.count(b"<record")


def main() -> None:
    if not NASTY.exists() or shutil.which("yaz-marcdump") is None:
        print("nasty_files_read_as_completely_as_by_yaz: not measured, data/marc/nasty or yaz-marcdump is missing")
        return
    total: Counter[str] = Counter()
    behind = 0
    print(f"{'file':52} {'ours':>5} {'chosen':>6} {'pymarc':>6} {'yaz':>5}")
    for path in sorted(NASTY.iterdir()):
        readings = ours(path, "auto")
        counts = {
            "ours": sum(reading.record is not None and not repair.check(reading.record) for reading in readings),
            "pymarc": pymarc_count(path),
            "yaz": yaz_count(path),
        }
        chosen = ours(path, CHOSEN[path.name]) if path.name in CHOSEN else readings
        counts["chosen"] = sum(reading.record is not None for reading in chosen)
        total.update(counts)
        behind += counts["chosen"] < counts["yaz"]
        mark = " <" if counts["chosen"] < counts["yaz"] else ""
        row = f"{counts['ours']:5} {counts['chosen']:6} {counts['pymarc']:6} {counts['yaz']:5}{mark}"
        print(f"{path.name:52} {row}")
        if "--refused" in sys.argv:
            for reading in chosen:
                if reading.record is None:
                    print(f"    {reading.problems[-1].text('en')[:160]}")
    print(f"{'total':52} {total['ours']:5} {total['chosen']:6} {total['pymarc']:6} {total['yaz']:5}")
    judged = "ok" if total["chosen"] >= total["yaz"] else "short"
    print(f"nasty_records: {total['chosen']} (target {total['yaz']}) {judged}")
    print(f"nasty_files_behind_yaz: {behind} (target 0) {'ok' if behind == 0 else 'short'}")


if __name__ == "__main__":
    main()
