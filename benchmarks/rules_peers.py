"""Which planted flaws do other programs notice? Each record of the tests with one flaw, given to each program.

    python -m benchmarks.rules_peers

A flaw counts as noticed when the program says something of the record that it does not say of the same record without
the flaw. Needs yaz-marcdump (Debian: yaz), MARC::Lint (libmarc-lint-perl), marcvalidate (libmarc-schema-perl) and
pymarc; a program that is not there is left out.
"""

from __future__ import annotations

import contextlib
import io
import shutil
import subprocess
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pymarc

from foundation.errors import LienThongError
from marc import iso2709
from marc.rules import RULES, checked
from tests.marc.rules.samples import TODAY, record
from tests.marc.rules.test_rules import BROKEN, GOOD_BYTES, READ

LINT = """
use MARC::Batch; use MARC::Lint; my $b = MARC::Batch->new("USMARC", $ARGV[0]); $b->strict_off; $b->warnings_off;
my $l = MARC::Lint->new; while (my $r = $b->next) { $l->check_record($r); print "$_\\n" for $l->warnings, $r->warnings }
print "$_\\n" for $b->warnings;
"""


def run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, check=False, timeout=20)
    return (done.stdout + done.stderr).decode("utf-8", "replace")


def ours(path: Path) -> str:
    readings = iso2709.readings(io.BytesIO(path.read_bytes()))
    return "\n".join(f"{found.rule.code} {found.spot}" for one in readings for found in checked(one, today=TODAY))


def read_by_pymarc(path: Path) -> str:
    said = io.StringIO()
    with warnings.catch_warnings(record=True) as seen, contextlib.redirect_stderr(said), path.open("rb") as stream:
        warnings.simplefilter("always")
        reader = pymarc.MARCReader(stream)
        for found in reader:
            if found is None:
                said.write(f"{reader.current_exception}\n")
    return said.getvalue() + "\n".join(str(one.message) for one in seen)


PROGRAMS: dict[str, Callable[[Path], str]] = {"Liên Thông": ours, "pymarc": read_by_pymarc}
if shutil.which("yaz-marcdump"):
    PROGRAMS["yaz-marcdump"] = lambda path: run("yaz-marcdump", "-n", str(path))
if shutil.which("perl") and "ok" in run("perl", "-MMARC::Lint", "-e", "print 'ok'"):
    PROGRAMS["MARC::Lint"] = lambda path: run("perl", "-e", LINT, str(path))
if shutil.which("marcvalidate"):
    PROGRAMS["marcvalidate"] = lambda path: run("marcvalidate", str(path))


def flaws() -> list[tuple[int, str, bytes]]:
    """Number and code of the rule, and a record that breaks it, as ISO 2709."""
    numbers = {rule.code: rule.number for rule in RULES}
    made = [(numbers[code], code, data) for code, data, _ in READ]
    for code, changes, drop, _ in BROKEN:
        with contextlib.suppress(LienThongError):  # what is too long for ISO 2709 cannot be given to others
            made.append((numbers[code], code, iso2709.write(record(changes, drop))))
    return made


def main() -> None:
    noticed: Counter[tuple[str, str]] = Counter()
    groups: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        good, flawed = Path(folder, "good.mrc"), Path(folder, "flawed.mrc")
        good.write_bytes(GOOD_BYTES)
        usual = {name: set(program(good).splitlines()) for name, program in PROGRAMS.items()}
        for number, _, data in flaws():
            group = "structure" if number <= 20 else "format" if number <= 35 else "content"
            groups[group] += 1
            flawed.write_bytes(data)
            for name, program in PROGRAMS.items():
                said = {line for line in program(flawed).splitlines() if line.strip()}
                noticed[name, group] += bool(said - usual[name])
    for name in PROGRAMS:
        counts = " ".join(f"{group} {noticed[name, group]}/{total}" for group, total in groups.items())
        print(f"{name:14} {counts}  all {sum(noticed[name, group] for group in groups)}/{groups.total()}")


if __name__ == "__main__":
    main()
