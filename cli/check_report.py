"""What `lienthong check` counts, and the report for people: grouped by problem, the most frequent first."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self, TextIO

from rich.console import Console
from rich.markup import escape

from cli.terminal import out, plain
from foundation.errors import InputError, Language, Message, counted
from marc.marc21_labels import label
from marc.reading import Reading
from marc.rules import Finding, Rule
from marc.rules.profiles import Profile
from marc.rules.rule import LEADER
from vietnamese.numbers import written

SAMPLES = 5
"""Places shown for each problem in the text; the other reports list every one."""

UNWRITABLE = Message(
    "check.unwritable",
    "không ghi được tệp {name}: {reason}. Hãy xem lại thư mục và quyền ghi.",
    "the file {name} cannot be written: {reason}. Check the folder and that you may write there.",
)


class Group:
    """All findings of one rule."""

    def __init__(self, severity: str) -> None:
        self.severity = severity
        self.findings = self.records = 0
        self.samples: list[tuple[Reading, Finding]] = []


class Summary:
    """What was counted so far."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self.records = self.unreadable = self.errors = self.warned = self.fixable = 0
        self.groups: dict[Rule, Group] = {}

    def add(self, reading: Reading, findings: list[Finding]) -> None:
        """Count one record in. `errors` are records with an error, `warned` those with warnings alone."""
        self.records += 1
        self.unreadable += reading.record is None
        wrong = any(finding.severity == "E" for finding in findings)
        self.errors += wrong
        self.warned += bool(findings) and not wrong
        seen: set[Rule] = set()
        for finding in findings:
            group = self.groups.setdefault(finding.rule, Group(finding.severity))
            group.findings += 1
            self.fixable += finding.rule.fixable
            if finding.rule not in seen:
                seen.add(finding.rule)
                group.records += 1
                if len(group.samples) < SAMPLES:
                    group.samples.append((reading._replace(original=b"", problems=()), finding))

    def sorted(self) -> list[tuple[Rule, Group]]:
        """Errors first, then the most frequent first."""
        return sorted(self.groups.items(), key=lambda pair: (pair[1].severity != "E", -pair[1].records, pair[0].number))


class Report(Protocol):
    """Where findings go while the records go by; leaving it writes what is left to say."""

    def add(self, reading: Reading, findings: list[Finding]) -> None:
        """Tell the findings of one record."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None: ...


class Base:
    """The file a report is written to, and the counts it ends with."""

    def __init__(self, path: Path | None, summary: Summary) -> None:
        self.path = path
        self.summary = summary
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self.begin()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with self._stack:
            if kind is None:
                self.end()

    def begin(self) -> None:
        """What stands before the findings."""

    def end(self) -> None:
        """What stands behind them."""

    def add(self, reading: Reading, findings: list[Finding]) -> None:
        """Tell the findings of one record."""

    def stream(self) -> TextIO:
        """The text file of the report."""
        if self.path is None:
            return sys.stdout
        try:
            return self._stack.enter_context(self.path.open("w", encoding="utf-8", newline=""))
        except OSError as error:
            raise InputError(UNWRITABLE, name=self.path, reason=error.strerror or error) from error


class TextReport(Base):
    """Grouped by problem, errors first, the most frequent first, with samples. Vietnamese, then English."""

    def end(self) -> None:
        console = Console(file=self.stream(), soft_wrap=True, highlight=False) if self.path else out
        for line, style in self.lines():
            console.print(line, style=style)

    def lines(self) -> Iterator[tuple[str, str]]:
        """Every line with its style."""
        counts = self.summary
        clean = counts.records - counts.errors - counts.warned
        yield (
            f"Đã kiểm tra {written(counts.records)} biểu ghi theo hồ sơ {counts.profile.name}: "
            f"{written(counts.errors)} có lỗi, "
            f"{written(counts.warned)} có điểm nên xem, {written(clean)} không có gì phải sửa.",
            "bold",
        )
        yield (
            f"{counted(counts.records, 'record')} checked by profile {counts.profile.name}: {counts.errors:,} with "
            f"errors, {counts.warned:,} with remarks, {clean:,} with nothing to mend.",
            "dim",
        )
        yield from self.groups()
        if counts.fixable:
            yield "", ""
            yield (
                f"Tự sửa được {written(counts.fixable)} chỗ (dấu ✓): thêm --fix TỆP_MỚI. Bản gốc không bị đụng đến.",
                "green",
            )
            yield f"{counts.fixable:,} can be mended (✓): add --fix NEW_FILE. The original is not touched.", "dim"

    def groups(self) -> Iterator[tuple[str, str]]:
        """The problems, each with its places."""
        counts = self.summary
        for severity, heading, color in (("E", "LỖI CẦN SỬA / ERRORS", "red"), ("W", "NÊN XEM / REMARKS", "yellow")):
            groups = [(rule, group) for rule, group in counts.sorted() if group.severity == severity]
            if groups:
                yield "", ""
                yield heading, f"bold {color}"
            for rule, group in groups:
                yield from self._group(rule, group, color)

    def _group(self, rule: Rule, group: Group, color: str) -> Iterator[tuple[str, str]]:
        mark = " ✓" if rule.fixable else ""
        yield "", ""
        yield f"[{color}]{group.records:>7,}[/{color}] biểu ghi{mark} {escape(rule.message.vi)}", ""
        yield f"        {escape(rule.message.en)} ({rule.number} {rule.code})", "dim"
        for reading, finding in group.samples:
            yield f"          {plain(self._place(reading, finding, 'vi'))}", ""
        if group.findings > len(group.samples):
            yield f"          … ({written(group.findings)} chỗ / places)", "dim"

    @staticmethod
    def _place(reading: Reading, finding: Finding, language: Language) -> str:
        spot = finding.spot
        number = reading.record.control("001") if reading.record else ""
        where = f"{reading.file}, biểu ghi thứ {reading.number}" + (f" (001 {number})" if number else "")
        if reading.cell is not None:
            where = f"{reading.file}, dòng {reading.line}"
        if spot.tag:
            name = label(spot.tag, spot.subfield, language) or label(spot.tag, language=language)
            where += f", {spot.tag}" + (f" ${spot.subfield}" if spot.subfield else "")
            if spot.position >= 0 and not spot.subfield:
                coded = spot.tag < "010" or spot.tag == LEADER
                where += f"/{spot.position:02d}" if coded else f" chỉ thị {spot.position + 1}"
            where += f" {name}" if name else ""
        evidence = finding.evidence(language)
        return f"{where}: {evidence}" if evidence.strip() else where
