"""`lienthong check`: what is wrong with a file of records, and a mended copy of it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from cli.check_fix import Copy
from cli.check_report import Report, Summary
from cli.check_tables import REPORTS
from cli.files import UNREADABLE, lists_books, standard_input
from cli.terminal import Quiet, bar, say
from foundation.errors import InputError, Message
from marc import readers, rules
from marc.reading import Reading
from marc.rules.profiles import PROFILES, profile
from marc.spreadsheet import rows
from vietnamese.numbers import written

ONTO_ITSELF = Message(
    "check.onto_itself",
    "tệp ra {name} trùng với tệp vào. Hãy chọn tên khác để bản gốc còn nguyên.",
    "the output {name} is one of the files to read. Choose another name, so that the original stays as it is.",
)

Files = Annotated[
    list[str], typer.Argument(help="Tệp MARC hoặc bảng tính; - là đầu vào chuẩn / MARC or lists; - is standard input.")
]
ProfileName = Annotated[str, typer.Option("--profile", help=f"Hồ sơ / Profile: {', '.join(PROFILES)}.")]
Fix = Annotated[
    Path | None, typer.Option(help="Ghi bản đã sửa (.mrc, .xml, .mrk) / Write a mended copy (.mrc, .xml, .mrk).")
]
Format = Annotated[str, typer.Option("--format", help=f"Dạng báo cáo / Report: {', '.join(REPORTS)}.")]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="Tệp báo cáo / Where to write the report.")]
Encoding = Annotated[str, typer.Option(help="Bảng mã; auto: tự nhận biết / Encoding; auto recognises it.")]


def check(
    files: Files,
    profile_name: ProfileName = "default",
    fix: Fix = None,
    format_: Format = "text",
    output: Output = None,
    encoding: Encoding = "auto",
    quiet: Quiet = False,
) -> None:
    """Kiểm tra biểu ghi, báo lỗi dễ hiểu, sửa chỗ sửa được / Check records, and mend what can be mended.

    Kết thúc: 0 không có lỗi, 3 có lỗi / Exit: 0 no error, 3 errors were found.
    """
    chosen = profile(profile_name)
    if format_ not in REPORTS:
        raise typer.BadParameter(", ".join(REPORTS), param_hint="--format")
    if format_ == "xlsx" and output is None and sys.stdout.isatty():
        raise typer.BadParameter("--format xlsx --output FILE.xlsx")
    _refuse_same(files, [path for path in (fix, output) if path])
    summary = Summary(chosen)
    with ExitStack() as stack:
        report: Report = stack.enter_context(REPORTS[format_](output, summary))
        copy = stack.enter_context(Copy(fix, chosen)) if fix else None
        progress = stack.enter_context(bar(", ".join(files)[:60], quiet))
        for reading in _readings(files, encoding):
            findings = rules.checked(reading, chosen)
            summary.add(reading, findings)
            report.add(reading, findings)
            if copy:
                copy.add(reading)
            if summary.records % 500 == 0:
                progress.update(progress.task_ids[0], note=written(summary.records))
    if copy and format_ == "text" and not output:
        say(*copy.told(str(fix)))
    if summary.errors:
        raise typer.Exit(3)


def _refuse_same(files: list[str], written: list[Path]) -> None:
    """Never write onto what is being read."""
    for path in written:
        if any(name != "-" and Path(name).resolve() == path.resolve() for name in files):
            raise InputError(ONTO_ITSELF, name=path)


def _readings(files: list[str], encoding: str) -> Iterator[Reading]:
    for name in files:
        with ExitStack() as stack:
            stream = standard_input() if name == "-" else None
            if stream is None:
                try:
                    stream = stack.enter_context(Path(name).open("rb"))
                except OSError as error:
                    raise InputError(UNREADABLE, name=name, reason=error.strerror or error) from error
            if lists_books(stream):
                yield from rows.without_repeats(rows.read(stream, Path(name).name, encoding=encoding))
            else:
                yield from readers.read(stream, Path(name).name, encoding=encoding)
