"""`lienthong`: where every command is hung up, and where its errors become sentences and exit codes.

Exit codes: 0 done, 1 refused (nothing changed), 2 usage, 3 done with quarantined records.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from functools import cache
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Annotated, Any, Final

import typer
from typer.core import TyperGroup

from cli import acts, system
from cli.terminal import complain, settle
from foundation.errors import LienThongError

COMMANDS: Final = {
    "library": "library:app",
    "collection": "collection:app",
    "set": "sets:app",
    "feed": "feed:app",
    "mapping": "mapping:app",
    "quarantine": "quarantine:app",
    "sheet": "sheet:app",
    "index": "index:app",
    "harvest": "harvest:app",
    "target": "target:app",
    "token": "token:app",
    "union": "union:app",
    "user": "user:app",
    "import": "imports:import_",
    "batch": "batch:app",
    "check": "check:check",
    "convert": "convert:convert",
    "export": "export:export",
    "search": "search:search",
    "copy": "copy:copy",
    "push": "push:push",
    "serve": "serve:serve",
    "demo": "demo:demo",
    "backup": "backup:backup",
    "restore": "backup:restore",
    "quality": "quality:app",
    "statistics": "statistics:app",
    "doctor": "doctor:doctor",
}
"""Each command, and where in `cli` it is. Only the one that is asked for is imported: all of them together are most of
the product, and `lienthong library list` should not wait for it."""


class Commands(TyperGroup):
    """The commands of the table, imported when they are wanted."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in COMMANDS:
            return None
        return _command(cmd_name)


@cache
def _command(name: str) -> Any:
    module, attribute = COMMANDS[name].split(":")
    found = getattr(import_module(f"cli.{module}"), attribute)
    if isinstance(found, typer.Typer):
        acts.follow(found, (name,))
        command: Any = typer.main.get_group(found)
    else:
        alone = typer.Typer(add_completion=False)
        alone.command(name)(found)
        acts.follow(alone)
        command = typer.main.get_command(alone)
    command.name = name
    return command


app = typer.Typer(
    name="lienthong",
    cls=Commands,
    help="Máy chủ liên thông thư viện / Library interoperability server.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:
    if asked:
        try:
            typer.echo(version("lienthong"))
        except PackageNotFoundError:
            typer.echo("0 (not installed)")
        raise typer.Exit


@app.callback()
def options(
    _: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Phiên bản / The version.")
    ] = False,
) -> None:
    """Máy chủ liên thông thư viện / Library interoperability server."""


def run() -> None:
    """The entry point of the installed command."""
    settle()
    try:
        try:
            app()
        except SystemExit:
            sys.stdout.flush()  # here and not at the very end, where nobody could say what is wrong
            raise
    except LienThongError as error:
        complain(error)
    except BrokenPipeError:
        pass  # whoever read our output has gone (`| head`); there is nobody left to tell
    except OSError as error:
        with suppress(OSError):
            complain(system.told(error))
    _flush()
    sys.exit(1)


def _flush() -> None:
    """Let out what was printed; where that cannot be, it is not tried again at the end of the process."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    run()
