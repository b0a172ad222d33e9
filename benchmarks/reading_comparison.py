"""What comes out of real files, by four readers of ISO 2709: docs/reading-comparison.md is made of this.

    python -m benchmarks.reading_comparison

The files are those of data/marc beside the repository; where nothing in a file says its encoding, ours gets the one an
operator would choose. Fields are compared as bags for each file: tag, indicators and
subfields in Unicode NFC. Where a truth is known a field is right when the truth holds it too; how it is known stands
with each table. Perl's MARC::Record and MARC::Lint, and yaz-marcdump, are left out where they are not installed.
"""

from __future__ import annotations

import contextlib
import gzip
import io
import shutil
import subprocess
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import cast

import pymarc
from lxml import etree

from benchmarks import nasty
from marc import iso2709, readers
from marc.framing import frames
from marc.rules import checked
from marc.rules.profiles import profile

DATA = Path(__file__).resolve().parents[1].parent / "shared" / "data" / "marc"
LOST = "\ufffd".encode()
"""What the library's own export put for letters it could not write in MARC-8."""
SPACE = "{http://www.loc.gov/MARC21/slim}"
Records = list[list[str]]
"""Packed fields of each record."""

PERL = r"""
use MARC::Batch; binmode STDOUT, ":utf8";
my $b = MARC::Batch->new("USMARC", $ARGV[0]); $b->strict_off; $b->warnings_off;
while (1) { my $r = eval { $b->next }; last unless $r || $@; next unless $r; print "\x1d";
  for my $f ($r->fields) { my $t = $f->tag;
    print "\x1e", $f->is_control_field ? $t . $f->data
      : $t . $f->indicator(1) . $f->indicator(2) . join "", map { "\x1f$_->[0]$_->[1]" } $f->subfields } }
"""
LINT = r"""
use MARC::Batch; use MARC::Lint; my $b = MARC::Batch->new("USMARC", $ARGV[0]); $b->strict_off; $b->warnings_off;
my $l = MARC::Lint->new; my $n = 0;
while (my $r = $b->next) { $l->check_record($r); print "$n\t$_\n" for $l->warnings; $n++ }
"""


def ours(path: Path) -> Records:
    return [one.record.parts() for one in nasty.ours(path, nasty.CHOSEN.get(path.name, "auto")) if one.record]


def by_pymarc(path: Path) -> Records:
    found: Records = []
    with contextlib.suppress(Exception), contextlib.redirect_stderr(io.StringIO()), path.open("rb") as stream:
        for record in pymarc.MARCReader(stream, permissive=True):
            if record is not None:
                found.append([packed(field) for field in record.fields])
    return found


def packed(field: pymarc.Field) -> str:
    if field.is_control_field():
        return f"{field.tag}{field.data}"
    return (
        field.tag + "".join(field.indicators or "  ") + "".join(f"\x1f{code}{text}" for code, text in field.subfields)
    )


def by_yaz(path: Path) -> Records:
    """Its -f is what it takes records for that do not say UTF-8 in leader/09."""
    command = ["yaz-marcdump", "-f", "marc-8", "-t", "utf-8", "-o", "marcxml", str(path)]
    output = subprocess.run(command, capture_output=True, check=False, timeout=60).stdout
    root = etree.fromstring(output, etree.XMLParser(recover=True, huge_tree=True)) if output.strip() else None
    found: Records = []
    for record in [] if root is None else root.iter(SPACE + "record"):
        fields = []
        for field in record:
            tag, text = field.get("tag", ""), field.text or ""
            if field.tag == SPACE + "datafield":
                text = (field.get("ind1") or "") + (field.get("ind2") or "")
                text += "".join(f"\x1f{part.get('code')}{part.text or ''}" for part in field)
            if tag:
                fields.append(tag + text)
        found.append(fields)
    return found


def by_perl(path: Path) -> Records:
    output = subprocess.run(["perl", "-e", PERL, str(path)], capture_output=True, check=False, timeout=60).stdout
    records = output.decode("utf-8", "replace").split("\x1d")[1:]
    return [record.split("\x1e")[1:] for record in records]


def has_perl(module: str) -> bool:
    command = ["perl", f"-M{module}", "-e", "1"]
    return bool(shutil.which("perl")) and not subprocess.run(command, capture_output=True, check=False).returncode


def programs() -> dict[str, Callable[[Path], Records]]:
    found: dict[str, Callable[[Path], Records]] = {"Liên Thông": ours, "pymarc": by_pymarc}
    if shutil.which("yaz-marcdump"):
        found["yaz-marcdump"] = by_yaz
    if has_perl("MARC::Batch"):
        found["MARC::Record"] = by_perl
    return found


def bag(records: Iterable[Iterable[str]]) -> Counter[str]:
    return Counter(unicodedata.normalize("NFC", field) for record in records for field in record)


def row(*cells: object) -> None:
    print("| " + " | ".join(f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in cells) + " |")


def against(truth: Counter[str], path: Path) -> None:
    """Fields of each program that the truth holds, that it does not, and those of the truth that are missing."""
    row("reader", "records", "fields right", "not right", "missing")
    row(*["---"] * 5)
    for name, program in programs().items():
        records = program(path)
        given = bag(records)
        right = (given & truth).total()
        row(name, len(records), right, given.total() - right, truth.total() - right)


def counted(folder: Path) -> None:
    """How many records each program gives, for each folder of files in ISO 2709."""
    named = programs()
    row("files", *named)
    row(*["---"] * (len(named) + 1))
    for group in ("nasty", "diverse", "vietnam"):
        paths = [path for path in sorted((DATA / group).iterdir()) if is_iso2709(path)]
        totals = [sum(len(program(path)) for path in paths) for program in named.values()]
        row(f"{group} ({len(paths)})", *totals)
    path = folder / "gpo.mrc"
    with gzip.open(DATA / "gpo" / "gpo_utf8_dev.mrc.gz") as stream:
        path.write_bytes(b"".join(frame.data for frame in islice(frames(cast(io.BytesIO, stream)), 2_000)))
    row("gpo, the first 2,000", *[len(program(path)) for program in named.values()])


def is_iso2709(path: Path) -> bool:
    with path.open("rb") as stream:
        return path.suffix not in (".xml", ".mrk", ".zip", ".gz", ".txt") and stream.read(5).strip().isdigit()


def twins(folder: Path, count: int) -> tuple[Path, Counter[str]]:
    """MARC-8 records that are not ASCII and lost nothing; their fields as the library gives them in UTF-8."""
    chosen: dict[tuple[str, str], bytes] = {}
    with gzip.open(DATA / "gpo" / "gpo_marc8_dev.mrc.gz") as stream:
        for one in iso2709.readings(cast(io.BytesIO, stream)):
            odd = not one.original.isascii() and LOST not in one.original and one.original[9:10] == b" "
            if one.record and odd:
                chosen[one.record.control("001"), one.record.control("005")] = one.original
    truth: Counter[str] = Counter()
    kept = []
    with gzip.open(DATA / "gpo" / "gpo_utf8_dev.mrc.gz") as stream:
        for one in iso2709.readings(cast(io.BytesIO, stream)):
            if one.record and len(kept) < count:
                found = chosen.pop((one.record.control("001"), one.record.control("005")), None)
                if found:
                    kept.append(found)
                    truth.update(bag([one.record.parts()]))
    path = folder / "marc8.mrc"
    path.write_bytes(b"".join(kept))
    return path, truth


def alarms(folder: Path) -> Iterator[tuple[str, int]]:
    """Of every 48th record of the UTF-8 file, 2,000 in all, how many each checker says something against."""
    with (DATA / "gpo" / "gpo_utf8_dev.mrc.gz").open("rb") as stream:
        sample = list(islice(readers.read(stream, "gpo_utf8_dev.mrc.gz"), 0, 2_000 * 48, 48))
    path = folder / "sample.mrc"
    path.write_bytes(b"".join(one.original for one in sample))
    chosen = profile("default")
    found = [{finding.severity for finding in checked(one, chosen)} for one in sample]
    yield "Liên Thông, errors", sum("E" in severities for severities in found)
    yield "Liên Thông, errors and warnings", sum(bool(severities & {"E", "W"}) for severities in found)
    if has_perl("MARC::Lint"):
        command = ["perl", "-e", LINT, str(path)]
        said = subprocess.run(command, capture_output=True, check=False, timeout=60).stdout.decode("utf-8", "replace")
        lines = [line.partition("\t") for line in said.splitlines() if "\t" in line]
        local = '035: Indicator 1 must be blank but it\'s "9"'
        yield "MARC::Lint", len({number for number, _, _ in lines})
        yield "MARC::Lint, without 035 indicator 9", len({number for number, _, text in lines if text != local})


def main() -> None:
    if not DATA.exists():
        print("reading_comparison: not measured, data/marc is not there")
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print("Records read:\n")
        counted(folder)
        print("\nA broken file against its owner's mended one:\n")
        pride = DATA / "nasty" / "marc4j__pride-and-prejudice-with-many-errors.mrc"
        against(bag(ours(pride.with_name("marc4j__pride-and-prejudice-fixed.mrc"))), pride)
        print("\nMARC-8 against the same records in UTF-8:\n")
        path, truth = twins(folder, 1_000)
        against(truth, path)
        print("\nRecords of 2,000 that a checker says something against:\n")
        row("checker", "records")
        row("---", "---")
        for checker, count in alarms(folder):
            row(checker, count)


if __name__ == "__main__":
    main()
