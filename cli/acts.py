"""Which act each command is (`accounts.rights`), and the note it leaves in the audit trail.

Whoever has a shell and the store is the administrator, so commands refuse nobody; what they changed is written down
under `shell:` and the machine's name for that user.
"""

from __future__ import annotations

import getpass
from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from typing import TYPE_CHECKING, Any, Final

import typer

from accounts.rights import Act

if TYPE_CHECKING:
    from accounts.access import Who
    from catalogue.store import Store

CHANGES: Final = {
    "batch approve": Act.PUBLISH, "batch ask": Act.IMPORT, "batch correct": Act.IMPORT, "batch decline": Act.PUBLISH,
    "batch fix": Act.IMPORT, "batch unfix": Act.IMPORT,
    "backup": Act.SYSTEM, "harvest remove": Act.SOURCES, "harvest rest": Act.SOURCES, "harvest restore": Act.SOURCES,
    "harvest wake": Act.SOURCES, "restore": Act.SYSTEM,
    "collection add": Act.COLLECTIONS, "collection put": Act.COLLECTIONS, "collection remove": Act.COLLECTIONS,
    "collection take": Act.COLLECTIONS, "collection undo": Act.COLLECTIONS, "copy": Act.COPY, "demo": Act.SYSTEM,
    "feed announce": Act.SYSTEM, "feed catch-up": Act.SYSTEM, "feed partners": Act.SYSTEM, "feed render": Act.SYSTEM,
    "harvest add": Act.SOURCES, "harvest change": Act.SOURCES, "harvest pause": Act.RUNS, "harvest release": Act.RUNS,
    "harvest resume": Act.RUNS, "harvest retry": Act.QUARANTINE, "harvest run": Act.RUNS, "harvest stop": Act.RUNS,
    "harvest undo": Act.UNDO, "import": Act.IMPORT, "library add": Act.LIBRARIES, "mapping set": Act.IMPORT,
    "set add": Act.COLLECTIONS, "set remove": Act.COLLECTIONS, "target add": Act.TARGETS, "target disable": Act.TARGETS,
    "target enable": Act.TARGETS, "target remove": Act.TARGETS, "token add": Act.TOKENS, "token revoke": Act.TOKENS,
    "union decide": Act.DECIDE, "union freeze": Act.DECIDE, "union pin": Act.DECIDE, "union rebuild": Act.SYSTEM,
    "union undo": Act.DECIDE, "user add": Act.PEOPLE, "user lock": Act.PEOPLE, "user reset": Act.PEOPLE,
    "user role": Act.PEOPLE, "user invite": Act.PEOPLE,
}  # fmt: skip
"""What changes the store, and is noted."""
LOOKS: Final = {
    "batch check": Act.IMPORT, "batch errors": Act.IMPORT, "batch list": Act.IMPORT, "batch show": Act.IMPORT,
    "check": Act.QUALITY, "collection list": Act.READ, "convert": Act.QUALITY, "doctor": Act.SYSTEM,
    "export": Act.EXPORT,
    "feed check": Act.SYSTEM, "feed formats": Act.READ, "feed manifest": Act.SYSTEM, "feed problems": Act.SYSTEM,
    "feed status": Act.READ, "feed verify": Act.READ, "harvest list": Act.SOURCES, "harvest quarantine": Act.QUARANTINE,
    "harvest status": Act.RUNS, "harvest try": Act.SOURCES, "index rebuild": Act.SYSTEM, "index status": Act.SYSTEM,
    "index verify": Act.SYSTEM, "library list": Act.READ, "mapping show": Act.IMPORT, "mapping suggest": Act.IMPORT,
    "quality export": Act.QUALITY, "quality follow": Act.SYSTEM, "quality records": Act.QUALITY,
    "quality show": Act.QUALITY, "statistics export": Act.STATISTICS, "statistics show": Act.STATISTICS,
    "push": Act.PUSH, "quarantine export": Act.QUARANTINE, "quarantine list": Act.QUARANTINE, "search": Act.READ,
    "serve": Act.SYSTEM, "set list": Act.READ, "set preview": Act.COLLECTIONS, "sheet columns": Act.IMPORT,
    "sheet errors": Act.IMPORT, "sheet template": Act.IMPORT, "target list": Act.COPY, "target try": Act.COPY,
    "token list": Act.TOKENS, "union decisions": Act.DECIDE, "union evaluate": Act.UNION_RULES,
    "union explain": Act.READ, "union export": Act.EXPORT, "union follow": Act.SYSTEM, "union list": Act.READ,
    "union match": Act.MATCH, "union preview": Act.IMPORT, "union queue": Act.DECIDE, "union show": Act.READ,
    "union stats": Act.READ,
    "union train": Act.UNION_RULES, "user audit": Act.AUDIT, "user list": Act.PEOPLE, "user rights": Act.ACCOUNT,
}  # fmt: skip
"""What changes nothing that anybody published, decided or chose."""
COMMANDS: Final = CHANGES | LOOKS
_running: ContextVar[tuple[str, dict[str, Any]]] = ContextVar("running", default=("", {}))
_SECRET: Final = ("password", "secret", "bearer", "credential")


def me() -> Who:
    """Who sits at this shell, by the machine's name for them."""
    from accounts.access import shell  # noqa: PLC0415 - the database, as below

    try:
        return shell(getpass.getuser())
    except (OSError, KeyError, ImportError):  # a container without a table of users
        return shell("?")


def follow(app: typer.Typer, above: tuple[str, ...] = ()) -> None:
    """Let every command of `app` be known by its name and what it was given, while it runs."""
    for one in app.registered_commands:
        if one.callback is not None:
            name = one.name or one.callback.__name__.replace("_", "-")
            one.callback = _followed(one.callback, " ".join((*above, name)))
    for group in app.registered_groups:
        if group.typer_instance is not None:
            follow(group.typer_instance, (*above, group.name) if group.name else above)


def note(store: Store, failed: str = "") -> None:
    """Write down the command that runs, if it is one that changes something. `failed`: why it ended half way."""
    from accounts import audit  # noqa: PLC0415 - the database, which commands without a store need not load

    name, given = _running.get()
    act = CHANGES.get(name)
    if act is None:
        return
    said = {key: value for key, value in given.items() if value not in (None, "", False, (), [])}
    library = said.get("library", "")
    detail = " ".join(f"{key}={_shown(key, value)}" for key, value in said.items())
    if failed:
        detail = f"dở dang / half way: {failed[:500]} | {detail}"
    with store.write() as connection:
        audit.note(
            connection, store.now(connection), me(), act, name, detail=detail,
            library=library if isinstance(library, str) else "",
        )  # fmt: skip


def _followed(command: Callable[..., Any], name: str) -> Callable[..., Any]:
    @wraps(command)
    def run(*values: Any, **given: Any) -> Any:
        before = _running.set((name, given))
        try:
            return command(*values, **given)
        finally:
            _running.reset(before)

    return run


def _shown(key: str, value: Any) -> str:
    if any(word in key for word in _SECRET) and not isinstance(value, bool):
        return "…"
    return " ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
