"""`lienthong mapping`: what the tags of a library's CDS/ISIS base mean in MARC 21, suggested, corrected and kept."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import Annotated

import typer

from catalogue import forms, libraries, mappings
from cli.files import UNREADABLE
from cli.terminal import opened, say
from foundation.errors import InputError, Message, RefusedError
from foundation.limits import ISIS_SAMPLE
from marc import cdsisis, isis_master
from marc.isis_mapping import Mapping
from marc.isis_suggestion import suggest

app = typer.Typer(help="Ý nghĩa nhãn trường CDS/ISIS / What CDS/ISIS tags mean.", no_args_is_help=True)

NONE = Message(
    "mapping.none",
    "thư viện {library} chưa có bảng chuyển nhãn. Hãy tạo bằng lienthong mapping suggest TỆP --library {library}.",
    "library {library} has no mapping. Make one with lienthong mapping suggest FILE --library {library}.",
)

File = Annotated[Path, typer.Argument(help="Tệp / File.")]
Library = Annotated[str, typer.Option(help="Mã thư viện / Code of the library.")]
Encoding = Annotated[str, typer.Option(help="Bảng mã; auto: tự nhận biết / Encoding; auto recognises it.")]


@app.command("suggest")
def make(file: File, library: Library, encoding: Encoding = "auto") -> None:
    """Đề xuất bảng chuyển nhãn từ một tệp CDS/ISIS và lưu lại / Suggest a mapping from a CDS/ISIS file and keep it."""
    try:
        with file.open("rb") as stream:
            is_master = isis_master.recognise(stream.read(8192))
            stream.seek(0)
            raw = isis_master.raw_records(stream) if is_master else cdsisis.raw_records(stream)
            found = (reading.record for reading in cdsisis.decoded(raw, encoding))
            made = suggest(record for record in islice(found, ISIS_SAMPLE) if record is not None)
    except OSError as error:
        raise InputError(UNREADABLE, name=file.name, reason=error.strerror or error) from error
    with opened() as (_, store):
        mappings.put(store, library, forms.ISIS, made.to_json())
    typer.echo(made.to_json())
    say(
        f"Đã lưu cho thư viện {library}. Muốn sửa: ghi phần JSON ra tệp, sửa, rồi lienthong mapping set TỆP.",
        f"Kept for library {library}. To correct it: put the JSON into a file, edit it, lienthong mapping set FILE.",
    )


@app.command("set")
def keep(file: File, library: Library) -> None:
    """Lưu bảng chuyển nhãn đã sửa / Keep a corrected mapping."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(UNREADABLE, name=file.name, reason=error) from error
    made = Mapping.from_json(text)
    with opened() as (_, store):
        mappings.put(store, library, forms.ISIS, made.to_json())
    say(f"Đã lưu cho thư viện {library}.", f"Kept for library {library}.")


@app.command("show")
def show(library: Library) -> None:
    """Bảng chuyển nhãn của một thư viện / The mapping of a library."""
    with opened() as (_, store):
        with store.read() as connection:
            libraries.identify(connection, library)
        found = forms.isis(store, library)
    if found is None:
        raise RefusedError(NONE, library=library)
    typer.echo(found.to_json())
