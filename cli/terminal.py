"""What all commands share: the open store, output for people and for programs, progress on a terminal only."""

from __future__ import annotations

import codecs
import json
import re
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from typing import TYPE_CHECKING, Annotated, Any, Final, TextIO

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn

from cli import acts
from foundation.errors import LienThongError
from foundation.settings import Settings, load

if TYPE_CHECKING:
    from catalogue.store import Store

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

_BARE: Final = "lienthong.bare"
_SIGNS: Final = str.maketrans("đĐ–—“”‘’•●‖✓✗→−", "dD--\"\"''**|+x>-")

Json = Annotated[bool, typer.Option("--json", help="Kết quả cho chương trình đọc / Output for programs.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Không hiện tiến độ / No progress.")]


def settle() -> None:
    """Let no letter end a command: what the terminal or the file behind `>` cannot hold is written without its marks.

    A terminal of Windows, or one of LANG=C, has a code page, of which hardly any holds Vietnamese.
    """
    codecs.register_error(_BARE, _bare)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper) and not _holds_all(stream):
            stream.reconfigure(errors=_BARE)


def _holds_all(stream: TextIO) -> bool:
    try:
        return codecs.lookup(stream.encoding or "ascii").name.startswith("utf")
    except LookupError:
        return False


def _bare(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    lost = error.object[error.start : error.end].translate(_SIGNS)
    bare = unicodedata.normalize("NFKD", lost).encode("ascii", "ignore").decode()
    return bare or "?", error.end


@contextmanager
def opened(*, outside: bool = False) -> Iterator[tuple[Settings, Store]]:
    """The settings and the store they name. What a command changes there is written into the audit trail, also when it
    ends half way. `outside`: what it does leaves the store as it is, and is written down all the same.
    """
    from catalogue.store import Store  # noqa: PLC0415 - the database, which commands without a store need not load

    settings = load()
    store = Store.open(settings)
    try:
        try:
            yield settings, store
        except BaseException as error:
            done = isinstance(error, typer.Exit) and error.exit_code in (0, 3)  # 3: done, with quarantined records
            if store.written:
                with suppress(LienThongError):  # the first error says what is wrong
                    acts.note(store, "" if done else _reason(error))
            raise
        if store.written or outside:
            acts.note(store)
    finally:
        store.close()


def _reason(error: BaseException) -> str:
    if isinstance(error, LienThongError):
        return error.text("vi")
    return f"exit {error.exit_code}" if isinstance(error, typer.Exit) else type(error).__name__


def complain(error: LienThongError) -> None:
    """An error on standard error, Vietnamese first."""
    err.print(f"[red]✗[/red] {plain(error.text('vi'))}")
    err.print(f"  {plain(error.text('en'))}", style="dim")


def hint(vi: str, en: str) -> None:
    """One sentence on standard error, Vietnamese first: for what scripts need not read."""
    err.print(plain(vi))
    err.print(plain(en), style="dim")


def say(vi: str, en: str) -> None:
    """One sentence on standard output, Vietnamese first."""
    out.print(plain(vi))
    out.print(plain(en), style="dim")


def answer(value: Any) -> None:
    """`value` as one JSON document on standard output, every letter of it, whatever that can hold."""
    typer.echo(json.dumps(value, ensure_ascii=not _holds_all(sys.stdout), indent=2))


@contextmanager
def bar(title: str, quiet: bool) -> Iterator[Progress]:
    """A progress bar on standard error, if that is a terminal and nobody asked for silence."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[note]}", markup=False),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=err, disable=quiet or not err.is_terminal, transient=True) as progress:
        progress.add_task(title, total=None, note="")
        yield progress


def plain(text: str) -> str:
    """`text` with what Rich would take for markup, and with control characters of the input made visible."""
    shown = "".join(char if char.isprintable() or char == "\n" else f"\\x{ord(char):02x}" for char in text)
    return re.sub(r"(\\*)\[", r"\1\1\\[", shown)  # a backslash before it would take the escape's away
