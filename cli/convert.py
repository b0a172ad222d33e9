"""`lienthong convert`: a file of records in another form, without a store."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import chain, islice
from pathlib import Path
from typing import Annotated, BinaryIO, Final

import typer
from rich.progress import Progress

from catalogue.export_forms import FORMS
from cli.conversion import Converted, Order, chunks, converted
from cli.conversion_processes import UNWRITABLE, Processes
from cli.convert_report import Done, report
from cli.files import UNREADABLE, lists_books, standard_input
from cli.terminal import Json, Quiet, bar
from foundation.errors import InputError, LienThongError, Message, RefusedError
from foundation.limits import ISIS_SAMPLE, MIB
from marc import cdsisis, decoding, isis_master, readers
from marc.decoders import DECODERS
from marc.isis_mapping import Mapping
from marc.isis_suggestion import suggest
from marc.readers import Format, Piece
from marc.reading import Reading
from marc.spreadsheet import rows
from vietnamese.numbers import written

EXISTS = Message(
    "convert.exists",
    "tệp {name} đã có. Hãy chọn tên khác, hoặc thêm --force để ghi đè.",
    "the file {name} exists. Choose another name, or add --force to overwrite it.",
)
ONTO_ITSELF = Message(
    "convert.onto_itself",
    "tệp ra {name} trùng với tệp khác trong cùng lệnh. Hãy chọn tên khác để bản gốc còn nguyên.",
    "the output {name} is another file of the same command. Choose another name, so that the original stays as it is.",
)

ENDINGS: Final = {
    ".mrc": "marc21", ".xml": "marcxml", ".mrk": "mrk", ".jsonl": "jsonl", ".csv": "csv", ".ris": "ris",
    ".bib": "bibtex",
}  # fmt: skip
"""What a name asks for where nothing else is said; any other: MARCXML."""
FORMATS: Final = {form.value: form for form in Format}
_CHUNK: Final = 2 * MIB
"""About what one process takes at a time."""
_LARGE: Final = 16 * MIB
"""From here on a file is worth several processes."""

File = Annotated[str, typer.Argument(help="Tệp biểu ghi; - là đầu vào chuẩn / File of records; - is standard input.")]
Out = Annotated[str, typer.Argument(help="Tệp ra; không có hoặc -: đầu ra chuẩn / Output; none or -: standard output.")]
From = Annotated[str, typer.Option("--from", help=f"Khổ mẫu vào, nếu tự nhận sai / Its form: {', '.join(FORMATS)}.")]
To = Annotated[str, typer.Option("--to", help=f"Khổ mẫu ra; không có: theo tên tệp ra / {' | '.join(FORMS)}.")]
Encoding = Annotated[str, typer.Option(help="Bảng mã; auto: tự nhận biết / Encoding; auto recognises it.")]
Tags = Annotated[Path | None, typer.Option(help="Bảng chuyển nhãn CDS/ISIS (JSON) / Mapping of CDS/ISIS tags (JSON).")]
Rejects = Annotated[Path | None, typer.Option(help="Tệp giữ nguyên các biểu ghi không chuyển được / Keep what fails.")]
Jobs = Annotated[int, typer.Option(min=0, help="Số tiến trình; 0: tự chọn / Processes; 0 chooses.")]
Force = Annotated[bool, typer.Option("--force", help="Ghi đè tệp đã có / Overwrite.")]


def convert(
    file: File,
    out: Out = "-",
    from_: From = "",
    to: To = "",
    encoding: Encoding = decoding.AUTO,
    tags: Tags = None,
    rejects: Rejects = None,
    jobs: Jobs = 0,
    force: Force = False,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Chuyển một tệp biểu ghi sang khổ mẫu khác / Convert a file of records into another form.

    Không cần kho dữ liệu. Kết thúc: 0 xong, 1 không làm được, 3 có biểu ghi để riêng.
    No store is needed. Exit: 0 done, 1 refused, 3 some records could not be converted.
    """
    target = None if out == "-" else Path(out)
    form = to or ENDINGS.get("" if target is None else target.suffix.lower(), "marcxml")
    if form not in FORMS:
        raise typer.BadParameter(" | ".join(FORMS), param_hint="--to")
    if from_ and from_ not in FORMATS:
        raise typer.BadParameter(" | ".join(FORMATS), param_hint="--from")
    _refuse(file, [path for path in (target, rejects) if path], force)
    done = Done(form, target, rejects, Order(form, encoding, rejects is not None))
    with ExitStack() as stack:
        stream, size = _opened(file, stack)
        pieces = _pieces(stream, file, encoding, tags, FORMATS.get(from_))
        first = list(islice(pieces, 1))  # what cannot be read at all is refused before anything is written
        every = chain(first, pieces)
        count = _processes(jobs, size) if target and first and isinstance(first[0], Piece) else 1
        kept = stack.enter_context(_growing(rejects)) if rejects else None
        written = stack.enter_context(_growing(target)) if target else sys.stdout.buffer
        progress = stack.enter_context(bar(file[:60], quiet or target is None))
        progress.update(progress.task_ids[0], total=size)
        for one in _run(every, done.order, written, count):
            done.add(one)
            if kept:
                kept.writelines(one.rejects)
            _advance(progress, done)
    report(done, json and target is not None)
    if done.left:
        raise typer.Exit(3)


def _refuse(file: str, written: list[Path], force: bool) -> None:
    """Never write onto what is being read, nor onto anything else unless that is asked for."""
    named = [Path(file).resolve()] if file != "-" else []
    for path in written:
        if path.resolve() in named:
            raise InputError(ONTO_ITSELF, name=path)
        named.append(path.resolve())
        if path.exists() and not force:
            raise RefusedError(EXISTS, name=path)


def _opened(file: str, stack: ExitStack) -> tuple[BinaryIO, int | None]:
    """The file as a stream, and its size if that is known."""
    if file == "-":
        return standard_input(), None
    path = Path(file)
    try:
        size = path.stat().st_size
        return stack.enter_context(path.open("rb")), size
    except OSError as error:
        raise InputError(UNREADABLE, name=file, reason=error.strerror or error) from error


def _pieces(
    stream: BinaryIO, file: str, encoding: str, tags: Path | None, form: Format | None
) -> Iterator[Piece | Reading]:
    """Everything in a file, whatever it is."""
    name = Path(file).name
    if form is None and lists_books(stream):
        return rows.read(stream, name, encoding=encoding)
    mapping = _tags(file, tags, encoding, form)
    return readers.pieces(stream, name, encoding=encoding, decoders=DECODERS, tags=mapping, form=form)


def _tags(file: str, given: Path | None, encoding: str, form: Format | None) -> Mapping | None:
    """The mapping of CDS/ISIS tags: the one that is given, or what a CDS/ISIS file itself suggests."""
    if given is not None:
        try:
            return Mapping.from_json(given.read_text(encoding="utf-8-sig"))
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(UNREADABLE, name=given, reason=error) from error
    if file == "-":
        return None
    with Path(file).open("rb") as stream:
        head = stream.read(readers.HEAD_BYTES)
        try:
            found = form or readers.recognise(head)
        except LienThongError:
            return None  # an archive, or nothing that is read; reading says which
        if found not in (Format.ISIS, Format.ISIS_MASTER):
            return None
        stream.seek(0)
        raw = isis_master.raw_records(stream) if found is Format.ISIS_MASTER else cdsisis.raw_records(stream)
        known = (one.record for one in cdsisis.decoded(raw, encoding))
        return suggest(record for record in islice(known, ISIS_SAMPLE) if record is not None)


def _processes(asked: int, size: int | None) -> int:
    if asked:
        return asked
    if size is None or size < _LARGE:
        return 1
    # Those this process may use; Windows and macOS do not tell them apart from those of the machine.
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def _growing(path: Path) -> Iterator[BinaryIO]:
    """A file that takes its name when all is written; a failure leaves nothing, and an older file as it was."""
    part = path.with_name(path.name + ".part")
    try:
        with part.open("wb") as out:
            yield out
        part.replace(path)
    except OSError as error:
        raise InputError(UNWRITABLE, name=path, reason=error.strerror or error) from error
    finally:
        part.unlink(missing_ok=True)


def _run(pieces: Iterator[Piece | Reading], order: Order, out: BinaryIO, count: int) -> Iterator[Converted]:
    """What became of each chunk, in order, once it is written."""
    form = FORMS[order.form]
    out.write(form.head)
    if count == 1:
        for chunk in chunks(pieces, _CHUNK):
            done = converted(chunk, order)
            out.writelines(done.data)
            yield done
    else:
        out.flush()
        with Processes(count, order, Path(out.name)) as processes:
            for done, end in processes.run(chunks(pieces, _CHUNK), out.tell()):
                out.seek(end)
                yield done
    out.write(form.foot)
    out.flush()


def _advance(progress: Progress, done: Done) -> None:
    progress.update(progress.task_ids[0], completed=done.read, note=written(done.records))
