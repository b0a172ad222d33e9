"""What `lienthong convert` says when it is done: counts, repairs as `check` tells them, and each record left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from cli.check_report import Summary, TextReport
from cli.conversion import Converted, Order
from cli.terminal import answer, err, out, plain
from foundation.errors import counted
from marc.reading import Reading
from marc.rules import Finding, readers
from marc.rules.profiles import DEFAULT
from vietnamese.numbers import written

_SHOWN: Final = 20
"""Records left out that are named on the screen."""


@dataclass(slots=True)
class Done:
    """What a conversion has done so far."""

    form: str
    target: Path | None
    rejects: Path | None
    order: Order
    records: int = 0
    read: int = 0
    """Bytes of the file, as far as something was told of them."""
    references: int = 0
    repaired: int = 0
    repairs: int = 0
    left: int = 0
    named: list[Reading] = field(default_factory=list)
    """The first of those left out."""
    codes: Counter[str] = field(default_factory=Counter)
    summary: Summary = field(default_factory=lambda: Summary(DEFAULT))

    def add(self, one: Converted) -> None:
        """Count in what became of a chunk."""
        self.records += one.records
        self.references += one.references
        self.read = max(self.read, one.behind)
        for reading in one.told:
            whole = reading.record is not None
            self.repaired += whole
            self.repairs += len(reading.problems) if whole else 0
            self.left += not whole
            if not whole and len(self.named) < _SHOWN:
                self.named.append(reading)
            self.codes.update(problem.code for problem in reading.problems)
            findings = [
                Finding(rule, DEFAULT.severity.get(rule.code, rule.severity), spot, problem)
                for rule, spot, problem in readers.of_reading(reading.problems, whole)
            ]
            self.summary.add(reading, findings)


def report(done: Done, json: bool) -> None:
    """Tell it, on standard error where standard output is the outcome."""
    if json:
        answer(_said(done))
        return
    console = err if done.target is None else out
    for line, style in _lines(done):
        console.print(line, style=style)


def _lines(done: Done) -> Iterator[tuple[str, str]]:
    where = f" → {plain(str(done.target))}" if done.target else ""
    vi = f"Đã chuyển {written(done.records)} biểu ghi sang {done.form}{where}."
    en = f"{counted(done.records, 'record')} converted to {done.form}{where}."
    if done.repaired:
        vi += f" Sửa {written(done.repairs)} chỗ trong {written(done.repaired)} biểu ghi."
        en += f" {counted(done.repairs, 'repair')} in {counted(done.repaired, 'record')}."
    if done.references:
        vi += f" {written(done.references)} ký tự không có trong MARC-8 được viết thành tham chiếu số (&#xNNNN;)."
        en += f" Written as references (&#xNNNN;): {counted(done.references, 'character')} that MARC-8 does not have."
    yield vi, "bold"
    yield en, "dim"
    yield from TextReport(None, done.summary).groups()
    if done.left:
        yield from _left(done)


def _left(done: Done) -> Iterator[tuple[str, str]]:
    kept = f" → {plain(str(done.rejects))}" if done.rejects else ""
    yield "", ""
    yield f"{written(done.left)} biểu ghi không chuyển được{kept}:", "bold red"
    yield f"{counted(done.left, 'record')} could not be converted{kept}:", "dim"
    for reading in done.named:
        yield f"  {plain(reading.problems[-1].text('vi'))}", ""
        yield f"  {plain(reading.problems[-1].text('en'))}", "dim"
    if done.left > len(done.named):
        yield f"  … {written(done.left - len(done.named))} biểu ghi nữa / more", "dim"
    if not done.rejects:
        yield "Muốn giữ riêng nguyên vẹn các biểu ghi này: chạy lại, thêm --rejects TỆP.", ""
        yield "To keep these records as they came: run again with --rejects FILE.", "dim"


def _said(done: Done) -> dict[str, Any]:
    return {
        "form": done.form,
        "file": str(done.target),
        "records": done.records,
        "repaired_records": done.repaired,
        "repairs": done.repairs,
        "references": done.references,
        "left_out": done.left,
        "rejects": str(done.rejects) if done.rejects else "",
        "problems": dict(done.codes.most_common()),
        "named": [
            {"code": one.problems[-1].code, "vi": one.problems[-1].text("vi"), "en": one.problems[-1].text("en")}
            for one in done.named
        ],
    }
