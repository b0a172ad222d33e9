"""`lienthong import`: files into the store, and back out of it."""

from __future__ import annotations

import io
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Annotated, BinaryIO, cast

import typer
from rich.table import Table

from catalogue import changesets, imports, publishing, undo
from catalogue.imports import Imported, Input
from catalogue.store import Store, iso
from cli.files import UNREADABLE
from cli.terminal import Json, Quiet, answer, bar, opened, out, plain, say
from foundation.errors import InputError, LienThongError, counted
from marc import readers
from union import matching
from vietnamese.numbers import written

STATES = {
    changesets.STAGING: "đang dở",
    changesets.STAGED: "chờ công bố",
    changesets.PUBLISHED: "đã công bố",
    changesets.UNDONE: "đã hoàn tác",
    changesets.DISCARDED: "đã bỏ",
    changesets.ANNOUNCED: "đã báo lại",
}
COUNTS = {
    "read": ("đã đọc", "read"),
    "new": ("mới", "new"),
    "changed": ("thay đổi", "changed"),
    "unchanged": ("không đổi", "unchanged"),
    "deleted": ("xoá", "deleted"),
    "repaired": ("đã sửa lỗi", "repaired"),
    "quarantined": ("cách ly", "quarantined"),
}
EFFECTS = {"new": "mới", "changed": "thay đổi", "deleted": "xoá"}
MATCHES = {
    matching.NEW: ("mới", "new"),
    matching.UPDATE: ("bản mới của biểu ghi đã có", "updates"),
    matching.DUPLICATE: ("trùng ấn bản đã có", "duplicates"),
    matching.DOUBTFUL: ("cần người xem", "doubtful"),
}
UNDO_COUNTS = {
    "created": ("khôi phục", "restored"),
    "changed": ("trả về bản trước", "brought back"),
    "deleted": ("gỡ bỏ", "withdrawn"),
    "kept": ("giữ lại vì đã sửa sau", "kept, changed since"),
}

Files = Annotated[list[str] | None, typer.Argument(help="Tệp; - là đầu vào chuẩn / Files; - is standard input.")]
Library = Annotated[str, typer.Option(help="Mã thư viện / Code of the library.")]
Encoding = Annotated[str, typer.Option(help="Bảng mã; auto: tự nhận biết / Encoding; auto recognises it.")]
Collections = Annotated[
    list[str] | None,
    typer.Option("--collection", help="Xếp vào bộ sưu tập / Put into this collection; may be repeated."),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Xem trước, chưa công bố / Preview, publish nothing.")]
Publish = Annotated[int | None, typer.Option(help="Công bố đợt đã xem trước / Publish a previewed change set.")]
Silent = Annotated[bool, typer.Option("--silent", help="Với --publish: không đổi dấu thời gian / Move no datestamp.")]
Discard = Annotated[int | None, typer.Option(help="Bỏ đợt chưa công bố / Drop an unpublished change set.")]
Undo = Annotated[int | None, typer.Option("--undo", help="Hoàn tác một đợt / Undo a change set.")]
Force = Annotated[bool, typer.Option("--force", help="Với --undo: giữ biểu ghi đã sửa sau / Keep later edits.")]
List = Annotated[bool, typer.Option("--list", help="Các đợt gần đây / The latest change sets.")]


def import_(
    files: Files = None,
    library: Library = "",
    encoding: Encoding = "auto",
    collections: Collections = None,
    dry_run: DryRun = False,
    publish: Publish = None,
    silent: Silent = False,
    discard: Discard = None,
    undo_number: Undo = None,
    force: Force = False,
    list_: List = False,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Nhập biểu ghi, xem trước, hoàn tác / Import records, preview, undo."""
    if silent and publish is None:
        raise typer.BadParameter("--silent: --publish N --silent")
    with opened() as (settings, store):
        if list_:
            _list(store, json)
        elif publish is not None:
            publishing.publish(store, publish, silent)
            _report(store, publish, json)
        elif discard is not None:
            changesets.discard(store, discard)
            _report(store, discard, json)
        elif undo_number is not None:
            _report(store, undo.undo(store, undo_number, force)[0], json)
        elif files and library:
            inputs = [_input(name) for name in files]
            if not (json or quiet):
                _tell_encodings(files, encoding)
            how = partial(
                imports.import_files,
                encoding=encoding,
                preview=dry_run,
                batch=settings.import_batch,
                collections=collections or (),
            )
            done = _import(store, library, inputs, how, quiet)
            if done.resumed_at and not json:
                vi = f"Tiếp tục từ chỗ dừng: {written(done.resumed_at)} biểu ghi đã có sẵn."
                say(
                    vi,
                    f"Continued where it stopped: {counted(done.resumed_at, 'record was', 'records were')} there.",
                )
            matches = Counter(one.outcome for one in matching.staged(store, done.change_set)) if dry_run else None
            _report(store, done.change_set, json, matches)
            if done.counts["quarantined"]:
                raise typer.Exit(3)
        else:
            raise typer.BadParameter("FILE… --library CODE | --list | --publish N | --discard N | --undo N")


def _input(name: str) -> Input:
    if name == "-":
        return Input("-", lambda: sys.stdin.buffer)
    try:
        return imports.of_path(Path(name))
    except OSError as error:
        raise InputError(UNREADABLE, name=name, reason=error.strerror or error) from error


def _tell_encodings(files: list[str], encoding: str) -> None:
    """For each file in an encoding that had to be guessed or chosen: which, how sure, and how its text looks in it."""
    for name in files:
        try:
            with Path(name).open("rb") as stream:
                found = readers.examine(stream, Path(name).name, encoding=encoding).encoding
        except (OSError, LienThongError):
            continue  # standard input, or a form that is no MARC: the import itself says what there is to say
        if found.samples and found.name != "utf-8":
            sure = f"{found.confidence:.0%}"
            say(f"{name}: bảng mã {found.name} ({sure})", f"{name}: encoding {found.name} ({sure})")
            for before, after in found.samples[:3]:
                out.print(f"  {plain(before[:60])} → {plain(after[:60])}")


def _import(store: Store, library: str, inputs: list[Input], how: Callable[..., Imported], quiet: bool) -> Imported:
    sizes = [Path(entry.name).stat().st_size for entry in inputs if Path(entry.name).is_file()]
    with bar(", ".join(entry.name for entry in inputs)[:60], quiet) as progress:
        task = progress.task_ids[0]
        progress.update(task, total=sum(sizes) if len(sizes) == len(inputs) else None)
        read = [0]

        def advance(counts: dict[str, int]) -> None:
            progress.update(task, completed=read[0], note=written(counts["read"]))

        counted = [replace(entry, open=partial(_counted, entry.open, read)) for entry in inputs]
        return how(store, library, counted, progress=advance)


def _counted(opening: Callable[[], BinaryIO], read: list[int]) -> BinaryIO:
    """What `opening` gives, adding the bytes that are read of it to `read[0]`."""
    stream = opening()

    class Counted(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
            data = stream.read(len(buffer))
            buffer[: len(data)] = data
            read[0] += len(data)
            return len(data)

        def close(self) -> None:
            stream.close()
            super().close()

    return cast(BinaryIO, io.BufferedReader(Counted(), buffer_size=1024 * 1024))


def _list(store: Store, json: bool) -> None:
    found = changesets.latest(store)
    if json:
        answer([asdict(entry) for entry in found])
        return
    table = Table("#", "Thư viện/Library", "Trạng thái/State", "Lúc/When (UTC)", "Tệp/Files", "Biểu ghi/Records")
    for entry in found:
        state = f"{STATES[entry.state]}/{entry.state}"
        read = written(entry.counts.get("read", 0))
        table.add_row(str(entry.number), entry.library, state, iso(entry.created), plain(entry.title), read)
    out.print(table)


def _report(store: Store, number: int, json: bool, matches: Counter[str] | None = None) -> None:
    """What a change set is and did: its number first, which is what undoing it needs."""
    with store.read() as connection:
        found = changesets.get(connection, number)
    if json:
        union = {} if matches is None else {"union": {name: matches[name] for name in matching.OUTCOMES}}
        answer(asdict(found) | union)
        return
    names = UNDO_COUNTS if found.kind == "undo" else COUNTS
    shown = [(words, found.counts.get(name, 0)) for name, words in names.items()]
    vi = ", ".join(f"{words[0]} {written(count)}" for words, count in shown if count or words[1] == "read")
    en = ", ".join(f"{words[1]} {count:,}" for words, count in shown if count or words[1] == "read")
    say(
        f"Đợt {number} ({STATES[found.state]}): {vi or 'không có gì thay đổi'}.",
        f"Change set {number} ({found.state}): {en or 'nothing changed'}.",
    )
    if found.silent and found.announced is None:
        say(
            f"Sửa lặng: dấu thời gian không đổi, đơn vị thu thập chưa biết. Báo cho họ: "
            f"lienthong feed announce --change-set {number}",
            f"Silent: no datestamp moved, harvesters do not know. To tell them: "
            f"lienthong feed announce --change-set {number}",
        )
    if found.counts.get("quarantined"):
        say(
            f"Xem biểu ghi bị cách ly: lienthong quarantine list {number}",
            f"To see the quarantined records: lienthong quarantine list {number}",
        )
    if found.state == changesets.STAGED:
        for line in changesets.preview(store, number):
            out.print(f"  {EFFECTS[line['effect']]:10} {plain(line['local_id'])}")
        if matches:
            counts = ", ".join(
                f"{MATCHES[name][0]} {written(matches[name])}" for name in matching.OUTCOMES if matches[name]
            )
            told = ", ".join(f"{MATCHES[name][1]} {matches[name]:,}" for name in matching.OUTCOMES if matches[name])
            say(
                f"So với mục lục liên hợp: {counts}. Xem từng biểu ghi: lienthong union match {number}",
                f"Against the union: {told}. To see each record: lienthong union match {number}",
            )
        say(
            f"Công bố: lienthong import --publish {number}. Bỏ: lienthong import --discard {number}",
            f"To publish: lienthong import --publish {number}. To drop: lienthong import --discard {number}",
        )
