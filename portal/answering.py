"""What the pages about duplicates share: in whose name somebody decides, when it holds, and lists as CSV."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any, Final, NoReturn

from flask import Response, abort, render_template, request

from accounts.rights import Act
from catalogue import clock
from catalogue.store import Store
from foundation.errors import LienThongError, LimitError, Problem, RefusedError
from portal import problems
from portal.duplicate_messages import NO_PARTY, NOT_YOURS
from portal.workshop import language, libraries, who
from union import deciding, messages, standing
from union.deciding import Act as Decided
from union.deciding import Voice
from union.follower import Follower
from union.standing import WIDTHS

_FORMULA: Final = re.compile(r"[=+\-@\t\r]")
_MISSING: Final = frozenset(
    (messages.UNION_UNKNOWN.code, messages.CONTRIBUTION_UNKNOWN.code, messages.TRIAL_UNKNOWN.code)
)
_SOON: Final = 500
"""Changes that are matched while a person waits for the page; more are left to the follower."""


def voice(parties: Iterable[str]) -> Voice:
    """In whose name the one who asks decides about records of these libraries: the province's, else that of a library
    whose record takes part. Ends the request with 403 when they may not."""
    mine = libraries(Act.DECIDE)
    wide = [one for one in mine if WIDTHS.get(one.kind, 0)]
    wide.sort(key=lambda one: (one.kind != "provincial", one.code))
    if wide:
        return Voice(who().actor, wide[0].code)
    codes = {one.code for one in mine}
    own = [code for code in parties if code in codes]
    if not own:
        refuse(Problem(NO_PARTY, values={"parties": ", ".join(parties) or "–"}))
    return Voice(who().actor, own[0])


def may_decide(parties: Iterable[str]) -> bool:
    """Whether the one who asks may decide about records of these libraries."""
    mine = libraries(Act.DECIDE)
    return bool({one.code for one in mine} & set(parties)) or any(WIDTHS.get(one.kind, 0) for one in mine)


def scope() -> tuple[str, ...]:
    """The libraries about whose records the one who asks decides; empty: all, for who decides for the province."""
    mine = libraries(Act.DECIDE)
    return () if any(WIDTHS.get(one.kind, 0) for one in mine) else tuple(one.code for one in mine)


def withdraw(store: Store, number: int) -> str:
    """Take an act back, if the one who asks may; the library in whose name it had been made."""
    code = deciding.speaker(store, number)
    mine = libraries(Act.DECIDE)
    if code not in {one.code for one in mine} and not any(WIDTHS.get(one.kind, 0) for one in mine):
        refuse(Problem(NOT_YOURS, values={"number": number, "library": code or "–"}))
    deciding.withdraw(store, number, who().actor)
    at_once(store)
    return code


def standing_of(act: Decided) -> str:
    """How an act stands beside what others said: `disputed`, `outvoted` or nothing."""
    return "disputed" if act.disputed else "outvoted" if act.outvoted else ""


def at_once(store: Store) -> bool:
    """Let the union know what was decided, when that is all there is to know; whether it does now."""
    with store.read() as connection:
        state = standing.read(connection)
        behind = clock.read(connection).seq - (state.position if state else 0)
    return state is not None and state.current and behind <= _SOON and Follower(store).follow()


def refuse(problem: Problem) -> NoReturn:
    """End the request with a page that says why it cannot be done (403); a program is told a problem."""
    if request.path.startswith("/api/"):
        abort(problems.answer(403, problem, language()))
    abort(Response(render_template("account/refused.html", reason=problem.text(language())), 403))


def told(error: LienThongError) -> tuple[str, int]:
    """The page for what a room refused."""
    if error.problem.code in _MISSING:
        status = 404
    else:
        status = 413 if isinstance(error, LimitError) else 409 if isinstance(error, RefusedError) else 400
    return render_template("duplicates/refused.html", reason=error.text(language())), status


def table(name: str, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """A list for a spreadsheet: UTF-8 with a mark, which Excel needs, and no cell that it would take for a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(headings)
    for row in rows:
        cells = ["" if value is None else str(value) for value in row]
        writer.writerow(["'" + cell if _FORMULA.match(cell) and not _number(cell) else cell for cell in cells])
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)


def _number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
