"""`lienthong`: where every command is hung up, and where its errors become sentences and exit codes.

Exit codes: 0 done, 1 refused (nothing changed), 2 usage, 3 done with quarantined records.
"""

from __future__ import annotations

import sys
from importlib.metadata import PackageNotFoundError, version
from typing import Annotated

import typer

from cli import (
    acts,
    check,
    collection,
    copy,
    demo,
    doctor,
    export,
    feed,
    feed_health,
    harvest,
    imports,
    index,
    library,
    mapping,
    push,
    quality,
    quarantine,
    search,
    serve,
    sets,
    sheet,
    statistics,
    target,
    token,
    union,
    union_store,
    user,
)
from cli.terminal import complain
from foundation.errors import LienThongError

app = typer.Typer(
    name="lienthong",
    help="Máy chủ liên thông thư viện / Library interoperability server.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(library.app, name="library")
app.add_typer(collection.app, name="collection")
app.add_typer(sets.app, name="set")
app.add_typer(feed.app, name="feed")
feed.app.add_typer(feed_health.app)  # without a name: its commands stand beside the others
app.add_typer(mapping.app, name="mapping")
app.add_typer(quarantine.app, name="quarantine")
app.add_typer(quality.app, name="quality")
app.add_typer(statistics.app, name="statistics")
app.add_typer(sheet.app, name="sheet")
app.add_typer(index.app, name="index")
app.add_typer(harvest.app, name="harvest")
app.add_typer(target.app, name="target")
app.add_typer(token.app, name="token")
app.add_typer(union.app, name="union")
app.add_typer(user.app, name="user")
union.app.add_typer(union_store.app)
app.command("import")(imports.import_)
app.command("check")(check.check)
app.command("export")(export.export)
app.command("search")(search.search)
app.command("copy")(copy.copy)
app.command("push")(push.push)
app.command("serve")(serve.serve)
app.command("demo")(demo.demo)
app.command("doctor")(doctor.doctor)
acts.follow(app)


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
    try:
        app()
    except LienThongError as error:
        complain(error)
        sys.exit(1)
    except BrokenPipeError:
        # Whoever read our output has gone (`| head`); there is nobody left to tell.
        sys.stderr.close()
        sys.exit(1)


if __name__ == "__main__":
    run()
