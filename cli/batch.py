"""`lienthong batch`: what an import would do, what is wrong with it, mended alike, sent for approval."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from catalogue import amending, batches, errands, libraries, mending, remarks, upload_staging, uploads
from catalogue.store import iso
from catalogue.uploads import Uploads
from cli import acts
from cli.files import UNREADABLE
from cli.terminal import Json, answer, opened, out, plain, say
from foundation.errors import InputError, Message, RefusedError, counted
from harvesting.staging import Desk
from marc.amendments import KINDS, Amendment
from marc.spreadsheet import errors_workbook
from vietnamese.numbers import written

app = typer.Typer(help="Lô nhập chờ công bố / Batches before they are published.", no_args_is_help=True)

STATES = {
    "staging": "đang dở",
    "staged": "chờ công bố",
    "asked": "chờ duyệt",
    "declined": "bị trả lại",
    "published": "đã công bố",
    "undone": "đã hoàn tác",
    "discarded": "đã bỏ",
}
SEVERITIES = {"R": "bị từ chối", "E": "lỗi", "W": "nên xem"}

Number = Annotated[int, typer.Argument(help="Số lô / Number of the batch.")]
Mended = Annotated[Path, typer.Argument(help="Tệp lỗi đã sửa / The mended workbook.")]
Comment = Annotated[str, typer.Option("--comment", help="Lời nhắn / What to say.")]
Library = Annotated[str, typer.Option(help="Mã thư viện / Code of the library.")]


@app.command("list")
def list_(library: Library = "", json: Json = False) -> None:
    """Các lô gần đây và trạng thái / The latest batches and whose turn it is."""
    with opened() as (_, store):
        codes = [library] if library else [one.code for one in libraries.all_libraries(store)]
        found = batches.latest(store, codes)
    if json:
        answer([asdict(one) | {"state": one.state} for one in found])
        return
    table = Table("#", "Thư viện/Library", "Trạng thái/State", "Lúc/When (UTC)", "Tệp/Files", "Mới/New")
    for one in found:
        state = f"{STATES.get(one.state, one.state)}/{one.state}"
        when, new = iso(one.change_set.created), written(one.change_set.counts.get("new", 0))
        table.add_row(str(one.number), one.library, state, when, plain(one.change_set.title), new)
    out.print(table)


@app.command("show")
def show(number: Number, json: Json = False) -> None:
    """Vấn đề theo loại, so với mục lục liên hợp, những lần sửa / Problems by kind, matches, fixes."""
    with opened() as (_, store):
        found = batches.get(store, number)
        groups, matches = remarks.groups(store, number), remarks.matches(store, number)
        steps = errands.of(store, number, (errands.FIX, errands.EDIT))
        said = batches.opinions(store, number)
    if json:
        answer(
            asdict(found)
            | {"state": found.state, "problems": [asdict(one) for one in groups], "union": matches}
            | {"fixes": [asdict(one) for one in steps], "opinions": [asdict(one) for one in said]}
        )
        return
    say(f"Lô {number}: {STATES.get(found.state, found.state)}.", f"Batch {number}: {found.state}.")
    table = Table("Số/Count", "Mức/Level", "Vấn đề/Problem", "Mã/Code", box=None)
    for one in groups:
        table.add_row(written(one.records), SEVERITIES[one.severity], plain(f"{one.vi}\n{one.en}"), one.code)
    out.print(table)
    if matches:
        told = ", ".join(f"{name} {written(count)}" for name, count in matches.items())
        say(f"So với mục lục liên hợp: {told}.", f"Against the union: {told}.")
    for step in steps:
        out.print(plain(f"#{step.number} {step.kind} {step.state} {written(step.changed)} {step.arguments}"))
    for opinion in said:
        out.print(plain(f"{iso(opinion.made)} {opinion.who} {opinion.kind}: {opinion.comment}"))


@app.command("check")
def check(number: Number) -> None:
    """Kiểm tra theo quy tắc và so với mục lục liên hợp / Check by the rules, compare with the union."""
    with opened() as (settings, store):
        batches.get(store, number)
        for kind in (errands.CHECK, errands.MATCH):
            errands.put(store, number, kind)
        Desk(store, settings).finish(number)
    show(number)


@app.command("fix")
def fix(
    number: Number,
    kind: Annotated[str, typer.Argument(help=", ".join(KINDS))],
    tag: Annotated[str, typer.Option(help="Trường, 008/35-37, hay mã quy tắc / Tag, positions or rule.")],
    subfield: Annotated[str, typer.Option(help="Trường con, hay chỉ thị 1, 2 / Subfield, or indicator.")] = "",
    old: Annotated[str, typer.Option(help="Giá trị cũ / Old value.")] = "",
    new: Annotated[str, typer.Option(help="Giá trị mới / New value.")] = "",
    inside: Annotated[bool, typer.Option("--inside", help="Cả khi chỉ là một phần / Parts of values too.")] = False,
    code: Annotated[str, typer.Option(help="Chỉ những biểu ghi có vấn đề này / Only with this problem.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Sửa thật; không có thì chỉ xem / Do it; else only look.")] = False,
) -> None:
    """Một cách sửa cho mọi biểu ghi giống nhau / One change for all alike."""
    asked = Amendment(kind, tag, subfield, old, new, inside)
    with opened() as (settings, store):
        if not yes:
            trial = amending.trial(store, number, asked, code)
            for one in trial.samples:
                for sign, lines in (("-", one.before), ("+", one.after)):
                    for line in lines:
                        out.print(plain(f"{sign} {line}"))
            say(
                f"Sẽ sửa {written(trial.changed)} trong {written(trial.records)} biểu ghi; thêm --yes để sửa.",
                f"{trial.changed:,} of {counted(trial.records, 'record')} would change; add --yes to do it.",
            )
            return
        step = amending.ask(store, number, asked, code, acts.me().actor)
        Desk(store, settings).finish(number)
        done = errands.get(store, step.number) or step
    say(
        f"Đã sửa {written(done.changed)} biểu ghi. Hoàn tác: lienthong batch unfix {number} {done.number}",
        f"{counted(done.changed, 'record was', 'records were')} changed. To undo: lienthong batch unfix {number} "
        f"{done.number}",
    )


@app.command("unfix")
def unfix(number: Number, step: Annotated[int, typer.Argument(help="Số lần sửa / Number of the fix.")]) -> None:
    """Hoàn tác một lần sửa trong lô / Undo one fix of a batch."""
    with opened() as (settings, store):
        count = amending.undo(store, number, step)
        Desk(store, settings).finish(number)
    say(f"{written(count)} biểu ghi trở lại như trước.", f"{counted(count, 'record is', 'records are')} as before.")


@app.command("errors")
def errors(
    number: Number, output: Annotated[Path, typer.Option("--output", "-o", help="Tệp ra / File to write.")]
) -> None:
    """Tệp lỗi: mọi dòng cần sửa, ô sai tô đỏ / The error workbook: every row to mend, faulty cells in red."""
    with opened() as (_, store):
        batches.get(store, number)
        data = errors_workbook.xlsx(mending.faulty(store, number))
    try:
        output.write_bytes(data)
    except OSError as error:
        raise InputError(UNREADABLE, name=output.name, reason=error.strerror or error) from error
    say(f"Đã ghi {output}.", f"Wrote {output}.")


@app.command("correct")
def correct(
    number: Number, file: Annotated[Path, typer.Argument(help="Tệp lỗi đã sửa / The mended workbook.")]
) -> None:
    """Nhận lại tệp lỗi đã sửa vào đúng lô / Take a mended error workbook back into its batch."""
    with opened() as (settings, store):
        found = batches.get(store, number)
        files = Uploads(store, settings.home)
        try:
            with file.open("rb") as stream:
                made = files.receive(found.library, file.name, stream, acts.me().actor, number)
        except OSError as error:
            raise InputError(UNREADABLE, name=file.name, reason=error.strerror or error) from error
        files.ask(made.number)
        done = upload_staging.stage(files, made.number)
        if done.state != uploads.STAGED:
            files.drop(made.number)
            raise RefusedError(Message("batch.correction", "{vi}", "{en}"), vi=done.reason_vi, en=done.reason_en)
        for kind in (errands.CHECK, errands.MATCH):
            errands.put(store, number, kind)
        Desk(store, settings).finish(number)
    show(number)


@app.command("ask")
def ask(number: Number, comment: Comment = "") -> None:
    """Gửi lô cho người có quyền công bố duyệt / Send a batch to those who may publish it."""
    with opened() as (_, store):
        batches.ask(store, number, acts.me().actor, comment)
    say(f"Lô {number} chờ duyệt.", f"Batch {number} waits for approval.")


@app.command("approve")
def approve(number: Number, comment: Comment = "") -> None:
    """Duyệt và công bố / Approve and publish."""
    with opened() as (settings, store):
        batches.publish(store, number, acts.me().actor, comment)
        Desk(store, settings).finish(number)
        found = batches.get(store, number)
    say(f"Lô {number}: {STATES.get(found.state, found.state)}.", f"Batch {number}: {found.state}.")


@app.command("decline")
def decline(number: Number, comment: Comment = "") -> None:
    """Trả lại để sửa, kèm lời nhắn / Give it back to be mended, with a word why."""
    with opened() as (_, store):
        batches.decline(store, number, acts.me().actor, comment)
    say(f"Đã trả lại lô {number}.", f"Batch {number} was given back.")
