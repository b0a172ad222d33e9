"""`lienthong sheet`: lists of books in Excel: the template, what columns mean, faulty rows back to be mended."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from catalogue import forms, mappings, quarantine
from catalogue.quarantine import Quarantined
from cli.files import UNREADABLE
from cli.terminal import opened, out, plain, say
from foundation.errors import InputError, Message, Problem, RefusedError, counted
from marc.reading import Reading
from marc.spreadsheet import errors_workbook, reading
from marc.spreadsheet.headings import TARGETS
from marc.spreadsheet.mapping import learn, propose
from marc.spreadsheet.template import template
from vietnamese.numbers import written

app = typer.Typer(help="Danh mục sách trong Excel / Lists of books in Excel.", no_args_is_help=True)

NO_COLUMN = Message(
    "sheet.no_column",
    "không có cột nào tên {heading!r}. Các cột có trong tệp: {known}.",
    "there is no column {heading!r}. The columns of the file are: {known}.",
)
NO_TARGET = Message(
    "sheet.no_target",
    "không có ý nghĩa cột {target!r}. Hãy chọn một trong: {known}.",
    "a column cannot mean {target!r}. Choose one of: {known}.",
)

File = Annotated[Path, typer.Argument(help="Tệp / File.")]
Library = Annotated[str, typer.Option(help="Mã thư viện / Code of the library.")]
Means = Annotated[list[str] | None, typer.Option("--set", help="CỘT=Ý NGHĨA, lưu lại / HEADING=MEANING, kept.")]
Number = Annotated[int, typer.Argument(help="Số đợt thay đổi / Number of the change set.")]
Output = Annotated[Path, typer.Option("--output", "-o", help="Tệp ra / File to write.")]


@app.command("template")
def make_template(file: File) -> None:
    """Tệp mẫu để điền / A template to fill in."""
    _write(file, template())
    say(f"Đã ghi tệp mẫu {file}.", f"Wrote the template {file}.")


@app.command("columns")
def show_columns(file: File, library: Library, means: Means = None) -> None:
    """Các cột được hiểu thế nào; --set để sửa / What the columns are taken for; --set corrects it."""
    with opened() as (_, store):
        learned = forms.columns(store, library)
        try:
            with file.open("rb") as stream:
                table = reading.tables(stream, file.name)[0]
        except OSError as error:
            raise InputError(UNREADABLE, name=file.name, reason=error.strerror or error) from error
        found = propose(table.headings, table.samples, learned)
        for given in means or []:
            heading, _, target = given.partition("=")
            if heading not in table.headings:
                raise RefusedError(NO_COLUMN, heading=heading, known=", ".join(filter(None, table.headings)))
            if target not in TARGETS:
                raise RefusedError(NO_TARGET, target=target, known=", ".join(sorted(TARGETS)))
            found = found.with_target(heading, target)
        if means:
            mappings.put(store, library, forms.COLUMNS, learn(learned, found).to_json())
    shown = Table("Cột/Heading", "Ý nghĩa/Meaning", "Chắc/Sure", "Ví dụ/Samples")
    for column in found.columns:
        samples = "; ".join(column.samples)[:60]
        shown.add_row(plain(column.heading), _meaning(column.target), f"{column.confidence:.0%}", plain(samples))
    out.print(shown)


def _meaning(name: str) -> str:
    """What a column is, with the name that `--set` takes."""
    target = TARGETS[name]
    return plain(f"{target.vi} / {target.en} ({name})" if target.vi != target.en else f"{target.vi} ({name})")


@app.command("errors")
def export_errors(change_set: Number, output: Output) -> None:
    """Các dòng bị cách ly, ô sai tô đỏ kèm lý do / The quarantined rows, faulty cells in red with the reason."""
    with opened() as (_, store):
        found = [_reading(entry) for entry in quarantine.of(store, change_set)]
    _write(output, errors_workbook.xlsx(found))
    say(f"Đã ghi {written(len(found))} dòng vào {output}.", f"Wrote {counted(len(found), 'row')} to {output}.")


def _reading(entry: Quarantined) -> Reading:
    values = {"vi": entry.reason_vi, "en": entry.reason_en, "heading": entry.heading}
    reason = Problem(Message(entry.code, "{vi}", "{en}"), values=values)
    return Reading(entry.record, entry.offset, entry.data, None, (reason,), entry.line)


def _write(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as error:
        raise InputError(UNREADABLE, name=path.name, reason=error.strerror or error) from error
