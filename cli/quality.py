"""`lienthong quality`: which rules the published records break, and which records they are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from catalogue import libraries
from catalogue.store import Store
from cli.files import write
from cli.terminal import Json, Quiet, answer, bar, opened, out, plain, say
from foundation.errors import InputError, RefusedError, counted
from reports import follower, messages, quality_workbook, tables
from reports import quality as standing
from reports.quality import KINDS, Quality
from reports.shelf import Listed, Place
from reports.words import SEVERITIES
from vietnamese.numbers import written

app = typer.Typer(help="Chất lượng dữ liệu đã công bố / Quality of what is published.", no_args_is_help=True)

WhichLibrary = Annotated[str, typer.Option("--library", help="Chỉ thư viện này / This library alone.")]
FORMS = (".xlsx", ".csv", ".json")
_PAGE = 1_000


@app.command("show")
def show(library: WhichLibrary = "", json: Json = False) -> None:
    """Các quy tắc bị vi phạm, nhiều nhất trước / The broken rules, the most frequent first."""
    with opened() as (settings, store):
        found = standing.quality(store, settings, _owners(store, library))
    if json:
        answer(tables.quality_as_values(found))
    else:
        _tell(found)


@app.command("records")
def records(
    rule: Annotated[str, typer.Argument(help="Mã quy tắc hoặc đặc điểm / Code of a rule or feature.")],
    library: WhichLibrary = "",
    limit: Annotated[int, typer.Option(help="Nhiều nhất bấy nhiêu biểu ghi / At most so many.", min=1)] = 100,
    json: Json = False,
) -> None:
    """Những biểu ghi vi phạm một quy tắc, hoặc có một đặc điểm / The records that break a rule, or have a feature.

    Đặc điểm / Features: heritage-waiting (chờ số hóa), digitised, minority, old, with-errors …
    """
    with opened() as (settings, store):
        owners = _owners(store, library)
        names, _ = standing.records(store, rule, owners, None, 1)
        address = settings.public_url
        found = [
            {"identifier": one.identifier, "library": one.library, "local_id": one.local_id,
             "url": f"{address}/record/{one.identifier}"}
            for one in _listed(store, rule, owners, limit)
        ]  # fmt: skip
    if json:
        answer({"rule": rule, "vi": names.vi, "en": names.en, "records": found})
        return
    say(f"{rule}: {names.vi}", names.en)
    table = Table(box=None, header_style="bold")
    for heading in ("Thư viện / Library", "Số / Number", "Địa chỉ / Address"):
        table.add_column(heading)
    for one in found:
        table.add_row(plain(one["library"]), plain(one["local_id"]), plain(one["url"]))
    out.print(table)


@app.command("export")
def export(
    file: Annotated[Path, typer.Argument(help="Tệp ra: .xlsx, .csv hoặc .json / The file to write.")],
    library: WhichLibrary = "",
    limit: Annotated[int, typer.Option(help="Số biểu ghi liệt kê / Records that are listed.", min=0)] = 20_000,
) -> None:
    """Ghi sổ Excel (quy tắc, thư viện, tháng, biểu ghi), hoặc CSV, JSON / Write a workbook, or CSV, or JSON."""
    if file.suffix.lower() not in FORMS:
        raise InputError(messages.FORM, name=file, known=", ".join(FORMS))
    with opened() as (settings, store):
        owners = _owners(store, library)
        if file.suffix.lower() == ".xlsx":
            data = quality_workbook.workbook(store, settings, settings.public_url, owners, limit)
        else:
            found = standing.quality(store, settings, owners)
            csv = file.suffix.lower() == ".csv"
            data = tables.as_csv(tables.quality_rows(found)) if csv else tables.as_json(tables.quality_as_values(found))
        write(file, data)
    say(f"Đã ghi {file}.", f"{file} was written.")


@app.command("follow")
def follow(quiet: Quiet = False) -> None:
    """Xét cho xong các biểu ghi còn chờ, không cần máy chủ / Look at what is waiting, without the server."""
    with opened() as (settings, store):
        with bar("Xét biểu ghi / Looking at records", quiet) as progress:
            task = progress.task_ids[0]
            progress.update(task, total=follower.behind(store))
            done = follower.of(store, settings).follow(lambda count: progress.update(task, completed=count))
        if not done:
            raise RefusedError(messages.AT_IT)
        found = standing.quality(store, settings)
    _summary(found)


def _owners(store: Store, library: str) -> list[str] | None:
    """The library asked for; None: all. Raises RefusedError for one that there is not."""
    if not library:
        return None
    with store.read() as connection:
        libraries.identify(connection, library)
    return [library]


def _listed(store: Store, rule: str, owners: list[str] | None, most: int) -> Iterator[Listed]:
    after: Place | None = None
    while most > 0:
        _, some = standing.records(store, rule, owners, after, min(_PAGE, most))
        yield from some
        if not some:
            return
        after, most = some[-1].place, most - len(some)


def _summary(found: Quality) -> None:
    whole = found.whole
    say(
        f"{written(whole.clean)} trên {written(whole.records)} biểu ghi ({whole.share:.1f} %) không vi "
        f"phạm quy tắc nào; "
        f"{written(whole.errors)} có lỗi, {written(whole.remarks)} chỉ có điểm nên xem.",
        f"{whole.clean:,} of {counted(whole.records, 'record')} without a fault; {whole.errors:,} with errors, "
        f"{whole.remarks:,} with remarks alone.",
    )
    if found.behind:
        say(
            f"Còn {written(found.behind)} biểu ghi chưa xét.",
            f"{counted(found.behind, 'record is', 'records are')} still to be looked at.",
        )


def _tell(found: Quality) -> None:
    _summary(found)
    table = Table(box=None, header_style="bold")
    for heading in ("Biểu ghi / Records", "", "Mã / Code", "Nhóm / Kind", "Vấn đề / Problem"):
        table.add_column(heading, justify="right" if heading.startswith("Biểu") else "left")
    for one in found.rules:
        level = SEVERITIES[one.severity].vi
        table.add_row(written(one.records), level, one.code, KINDS[one.kind].vi.partition(":")[0], plain(one.names.vi))
    if found.rules:
        out.print(table)
