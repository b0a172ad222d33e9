"""`lienthong quarantine`: what could not be taken in, and getting it out again to be mended."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from catalogue import quarantine
from cli.terminal import Json, answer, opened, out, plain, say
from foundation.errors import counted
from vietnamese.numbers import written

app = typer.Typer(help="Biểu ghi bị cách ly / Quarantined records.", no_args_is_help=True)

Number = Annotated[int, typer.Argument(help="Số đợt thay đổi / Number of the change set.")]


@app.command("list")
def show(change_set: Number, json: Json = False) -> None:
    """Biểu ghi bị cách ly và lý do / The quarantined records and why."""
    with opened() as (_, store):
        found = quarantine.of(store, change_set)
        if json:
            answer(
                [
                    {
                        "record": entry.record,
                        "offset": entry.offset,
                        "bytes": len(entry.data),
                        "code": entry.code,
                        "vi": entry.reason_vi,
                        "en": entry.reason_en,
                    }
                    for entry in found
                ]
            )
            return
        for entry in found:
            out.print(f"{plain(entry.reason_vi)}\n  [dim]{plain(entry.reason_en)} ({entry.code})[/dim]")


@app.command("export")
def export(
    change_set: Number,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Tệp ra / File to write.")] = None,
) -> None:
    """Xuất nguyên bản các byte bị cách ly để sửa / The bytes as they came, to be mended and imported again."""
    with opened() as (_, store):
        count = 0
        stream = output.open("wb") if output else sys.stdout.buffer
        try:
            for entry in quarantine.of(store, change_set):
                stream.write(entry.data)
                count += 1
        finally:
            if output:
                stream.close()
    if output:
        say(f"Đã ghi {written(count)} biểu ghi vào {output}.", f"Wrote {counted(count, 'record')} to {output}.")
