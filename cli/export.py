"""`lienthong export`: records out, whole or what changed, in any form."""

from __future__ import annotations

import re
import sys
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Final

import typer

from catalogue import export_files, export_forms, export_messages, exporting
from catalogue.export_files import Tally
from catalogue.export_forms import Exported, Form, Written
from catalogue.exporting import Range
from catalogue.store import Store, iso
from cli.terminal import Json, Quiet, answer, bar, err, opened, out, plain
from foundation.errors import InputError, Problem, counted
from foundation.settings import Settings
from marc.record import Record
from union.follower import Follower
from vietnamese.numbers import written

NAMES: Final = (*export_forms.FORMS, "nt")
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\dZ)?")

Format = Annotated[str, typer.Option("--format", "-f", help=" | ".join(NAMES))]
Library = Annotated[str, typer.Option(help="Chỉ của thư viện này / Of this library alone.")]
Set = Annotated[str, typer.Option("--set", help="Chỉ trong tập hợp này / In this set alone.")]
Since = Annotated[str, typer.Option(help="Thay đổi từ: 2026-11-01 hay 2026-11-01T00:00:00Z / Changed since.")]
Until = Annotated[str, typer.Option(help="Thay đổi đến hết / Changed until, inclusive.")]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="Tệp; không có: đầu ra chuẩn / File, else stdout.")]
Resume = Annotated[bool, typer.Option("--resume", help="Xuất tiếp lần dở dang / Continue an interrupted export.")]


def export(
    form: Format,
    library: Library = "",
    set_spec: Set = "",
    since: Since = "",
    until: Until = "",
    output: Output = None,
    resume: Resume = False,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Xuất biểu ghi / Export records."""
    if library and set_spec:
        raise typer.BadParameter("--library | --set")
    if resume and output is None:
        raise typer.BadParameter("--resume: --output FILE")
    first, last = _moment("--since", since), _moment("--until", until, end=True)
    with opened() as (settings, store):
        chosen_form = form_named(form, settings)
        if not library:
            Follower(store).follow()  # unless a server is doing so
        asked = exporting.settle(store, library_code=library, set_spec=set_spec, since=first, until=last)
        if output is None or str(output) == "-":
            tally = export_files.stream(store, chosen_form, asked, sys.stdout.buffer, _complain)
            _report(tally, asked, None, False)
        else:
            chosen = (export_files.unfinished(output, chosen_form, asked) if resume else None) or asked
            tally = _into_file(store, chosen_form, chosen, output, resume, quiet)
            _report(tally, chosen, output, json)
    if tally.left_out:
        raise typer.Exit(3)


def _into_file(store: Store, form: Form, chosen: Range, output: Path, resume: bool, quiet: bool) -> Tally:
    with bar(output.name[:60], quiet) as progress:
        task = progress.task_ids[0]
        if not progress.disable:
            progress.update(task, total=exporting.count(store, chosen))

        def advance(done: int) -> None:
            progress.update(task, completed=done, note=written(done))

        return export_files.export(store, form, chosen, output, resume=resume, progress=advance)


def form_named(name: str, settings: Settings) -> Form:
    """The form called `name`, with RDF among them. Raises InputError naming those there are."""
    if name == "nt":
        return _triples(settings)
    found = export_forms.FORMS.get(name)
    if found is None:
        raise InputError(export_messages.FORMAT_UNKNOWN, seen=name, known=", ".join(NAMES))
    return found


def _triples(settings: Settings) -> Form:
    """N-Triples: the graph of every record, one behind the other."""
    from linked_data.graph import ItemContext, graph  # noqa: PLC0415 - other forms need no graphs
    from linked_data.serialisation import serialise  # noqa: PLC0415

    base_url = settings.public_url

    def write(one: Exported, record: Record) -> Written:
        context = ItemContext(
            identifier=one.identifier,
            base_url=base_url,
            domain=settings.repository_domain,
            library_code=one.library,
            library_vi=one.library_vi,
            library_en=one.library_en,
            local_id=one.local_id,
            datestamp=one.datestamp,
        )
        return Written(serialise(graph(record, context), "nt"))

    return Form("nt", write)


def _moment(option: str, value: str, end: bool = False) -> int | None:
    """A day or a second in UTC; the end of a day for `end`."""
    if not value:
        return None
    try:
        if not _DATE.fullmatch(value):
            raise ValueError(value)
        found = datetime.fromisoformat(value.removesuffix("Z")).replace(tzinfo=UTC)
    except ValueError as error:
        raise typer.BadParameter(f"{option}: 2026-11-01 | 2026-11-01T08:00:00Z") from error
    if end and "T" not in value:
        found += timedelta(days=1, seconds=-1)
    return max(0, int(found.timestamp()))


def _complain(kind: str, one: Exported, problem: Problem | None) -> None:
    """On standard error, since standard output is the dump."""
    if problem is not None:
        err.print(f"{one.identifier}: {plain(problem.text('vi'))}")
        err.print(f"  {plain(problem.text('en'))}", style="dim")


def _report(tally: Tally, chosen: Range, output: Path | None, json: bool) -> None:
    if json and output is not None:
        answer({**asdict(tally), "as_of": iso(chosen.as_of), "file": str(output)})
        return
    console = err if output is None else out
    where = f" → {output}" if output is not None else ""
    done, gone, without = written(tally.records), written(tally.deleted), written(tally.left_out)
    console.print(plain(f"Đã xuất {done} biểu ghi, {gone} biểu ghi đã xoá, bỏ ra ngoài {without}{where}."))
    en = f"Exported {counted(tally.records, 'record')}, {tally.deleted:,} deleted, left out {tally.left_out:,}{where}."
    console.print(plain(en), style="dim")
    if tally.references:
        many, told = tally.references, export_messages.REFERENCES
        console.print(plain(told.text("vi", count=written(many))))
        console.print(plain(told.text("en", count=f"{many:,}")), style="dim")
    console.print(plain(f"Lần sau chỉ xuất thay đổi / Next time, changes only: --since {iso(chosen.as_of)}"))
