"""What the screens of figures share: which libraries somebody may look at, and the forms that programs take."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import Response, abort, request

from accounts.rights import Act
from catalogue.libraries import Library, all_libraries
from catalogue.store import Store
from portal import workshop
from reports import tables
from reports.tables import Row

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Scope:
    """What is looked at."""

    libraries: tuple[Library, ...]
    """Those that can be chosen."""
    chosen: Library | None
    owners: tuple[str, ...] | None
    """Codes of the libraries that are looked at; None: all there are."""


def scope(store: Store, act: Act) -> Scope:
    """What the one who asks may look at, narrowed to the library in the address. Ends the request with 403 for a
    library of others."""
    mine = tuple(workshop.libraries(act))
    wanted = request.args.get("library", "")
    if wanted:
        workshop.require(act, wanted)
        chosen = next((one for one in mine if one.code == wanted), None)
        if chosen is None:
            abort(404)
        return Scope(mine, chosen, (wanted,))
    everything = len(mine) == len(all_libraries(store))
    return Scope(mine, None, None if everything else tuple(one.code for one in mine))


def for_program(form: str, name: str, rows: Sequence[Row], values: Any) -> Response | None:
    """The figures as `json` or `csv`; None for another form."""
    if form == "json":
        return Response(tables.as_json(values), mimetype="application/json")
    if form == "csv":
        return file(tables.as_csv(rows), "text/csv; charset=utf-8", f"{name}.csv")
    return None


def file(data: bytes, content_type: str, name: str) -> Response:
    """A file to be kept."""
    answer = Response(data, content_type=content_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def named(owners: Collection[str] | None, chosen: Library | None) -> str:
    """The part of a file's name that says whose figures these are."""
    return chosen.code if chosen else "all" if owners is None else "mine"
