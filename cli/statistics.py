"""`lienthong statistics`: uses, holdings and harvests of a year, on the terminal and as files for the yearly report."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from catalogue import libraries
from catalogue.store import Store
from cli.files import write
from cli.terminal import Json, answer, opened, out, plain, say
from foundation.errors import InputError, counted
from foundation.settings import Settings
from reports import messages, tables, workbook, yearly
from reports.words import USES
from reports.yearly import BESIDE, KINDS, Year
from vietnamese.numbers import written

app = typer.Typer(help="Thống kê sử dụng và báo cáo năm / Uses, and the yearly report.", no_args_is_help=True)

WhichYear = Annotated[str, typer.Option("--year", help="Năm; bỏ trống: năm nay / The year; empty: this one.")]
WhichLibrary = Annotated[str, typer.Option("--library", help="Chỉ thư viện này / This library alone.")]
FORMS = (".xlsx", ".csv", ".json")


@app.command("show")
def show(year: WhichYear = "", library: WhichLibrary = "", json: Json = False) -> None:
    """Số liệu của một năm / The figures of a year."""
    with opened() as (settings, store):
        found = _found(store, settings, year, library)
        if json:
            answer(tables.year_as_values(found, settings))
            return
        _tell(found, settings)


@app.command("export")
def export(
    file: Annotated[Path, typer.Argument(help="Tệp ra: .xlsx, .csv hoặc .json / The file to write.")],
    year: WhichYear = "",
    library: WhichLibrary = "",
) -> None:
    """Ghi báo cáo năm ra tệp Excel, CSV hoặc JSON / Write the yearly report as Excel, CSV or JSON."""
    if file.suffix.lower() not in FORMS:
        raise InputError(messages.FORM, name=file, known=", ".join(FORMS))
    with opened() as (settings, store):
        found = _found(store, settings, year, library)
        name = found.libraries[0].library.name_vi if library else ""
        if file.suffix.lower() == ".xlsx":
            data = workbook.yearly(store, settings, found, name)
        elif file.suffix.lower() == ".csv":
            data = tables.as_csv(tables.year_rows(found))
        else:
            data = tables.as_json(tables.year_as_values(found, settings))
        write(file, data)
    say(f"Đã ghi báo cáo năm {found.year} vào {file}.", f"The report of {found.year} was written to {file}.")


def _found(store: Store, settings: Settings, year: str, library: str) -> Year:
    """The figures asked for. Raises InputError for a year, RefusedError for a library that there is not."""
    wanted = yearly.year_of(year) if year else yearly.this_year(store, settings)
    if library:
        with store.read() as connection:
            libraries.identify(connection, library)
    return yearly.year(store, settings, wanted, [library] if library else None)


def _tell(found: Year, settings: Settings) -> None:
    low, high = settings.uses_low, settings.uses_high
    target = f"{written(low)} – {written(high)}" if high else written(low)
    wanted = f"{low:,} – {high:,}" if high else f"{low:,}"
    goal = (f"; mục tiêu {target}", f"; the target is {wanted}") if found.whole and low else ("", "")
    say(
        f"Năm {found.year}: {written(found.uses)} lượt sử dụng{goal[0]}.",
        f"Year {found.year}: {counted(found.uses, 'use')}{goal[1]}.",
    )
    if found.forecast is not None:
        say(
            f"Giữ nhịp này, cả năm sẽ có khoảng {written(found.forecast)} lượt.",
            f"Like this it will be {found.forecast:,}.",
        )
    share = found.share
    say(
        f"Tài liệu dân tộc thiểu số và thư tịch cổ: {written(share.documents)}, đã số hóa {written(share.digitised)} "
        f"({share.percent:.1f} %; mục tiêu {settings.digitised_percent} %).",
        f"Documents of ethnic minorities and old ones: {share.documents:,}, digitised {share.digitised:,}.",
    )
    table = Table(box=None, header_style="bold")
    table.add_column("Tháng / Month")
    for key in (*KINDS, *BESIDE):
        table.add_column(plain(USES[key].vi), justify="right")
    for place, month in enumerate(found.months):
        row = [found.counts[key][place] for key in (*KINDS, *BESIDE)]
        if any(row):
            table.add_row(f"{month % 100:02}/{month // 100}", *(written(one) for one in row))
    if table.row_count:
        out.print(table)
    else:
        say("Chưa đếm được lượt nào trong năm này.", "Nothing was counted in this year yet.")
    by_library = Table(box=None, header_style="bold")
    for heading in ("Thư viện / Library", "Biểu ghi / Records", "Lượt / Uses", "Thu thập / Harvests", "Hỏng / Failed"):
        by_library.add_column(heading, justify="left" if heading.startswith("Thư") else "right")
    for one in found.libraries:
        held = "–" if one.records is None else written(one.records)
        counts = [written(number) for number in (one.uses, one.harvests, one.failed)]
        by_library.add_row(plain(f"{one.library.code} {one.library.name_vi}"), held, *counts)
    out.print(by_library)
