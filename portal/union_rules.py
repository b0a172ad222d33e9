"""How sure the union is, and rules that are tried before they hold.

/workshop/sureness        figures, each with the records behind it
/workshop/rules           hand in a table of rules; what became of those handed in before
/workshop/rules/N         what it would join and split; publish or drop
"""

from __future__ import annotations

import threading
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from accounts.rights import Act
from catalogue import clock
from catalogue.store import Store
from foundation.errors import LienThongError
from foundation.limits import UNION_RULES_BYTES
from portal import answering, matching
from portal.waterfall import signed
from portal.workshop import language, noted, required, who
from union import rebuilding, standing, sureness, trials
from union.sureness import Sureness


def create(store: Store) -> Blueprint:
    """The blueprint of the trials."""
    pages = Blueprint("rules", __name__, url_prefix="/workshop")
    pages.register_error_handler(LienThongError, answering.told)

    @pages.get("/rules")
    @required(Act.UNION_RULES)
    def all_trials() -> Any:
        found = trials.latest(store)
        if request.args.get("format") == "json":
            return matching.document([_document(one) for one in found])
        if request.args.get("format") == "csv":
            rows = ((one.number, one.state, one.person, one.note, one.done, one.total) for one in found)
            return answering.table("trials", ("number", "state", "by", "note", "done", "total"), rows)
        with store.read() as connection:
            state = standing.read(connection)
        values = {"found": found, "state": state, "open": trials.OPEN}
        return Response(render_template("duplicates/trials.html", **values), mimetype="text/html")

    @pages.post("/rules")
    @required(Act.UNION_RULES)
    def submit() -> Answer:
        document = request.form.get("document", "")
        file = request.files.get("file")
        if file is not None and file.filename:
            document = file.stream.read(UNION_RULES_BYTES + 1).decode("utf-8", "replace")
        note = request.form.get("note", "").strip()[:2_000]
        if request.form.get("what") == "shipped":
            document = ""
        elif not document.strip():
            document = "{}"
        number = trials.submit(store, document, who().actor, note)
        noted(Act.UNION_RULES, f"trial {number}", note[:200])
        return redirect(url_for("rules.trial", number=number), 303)

    @pages.get("/rules/<int:number>")
    @required(Act.UNION_RULES)
    def trial(number: int) -> Any:
        one = trials.get(store, number)
        if request.args.get("format") == "json":
            return matching.document(_document(one) | {"result": one.result})
        if request.args.get("format") == "csv":
            samples = [("join", *some) for some in one.result.get("joins", [])]
            samples += [("split", *some) for some in one.result.get("splits", [])]
            return answering.table(f"trial-{number}", ("what", "records"), samples)
        values = {"one": one, "signed": signed, "tongue": language(), "open": trials.OPEN}
        answer = Response(render_template("duplicates/trial.html", **values), mimetype="text/html")
        if one.state in (trials.WAITING, trials.RUNNING, trials.APPROVED, trials.PUBLISHING):
            answer.headers["Refresh"] = "3"  # without a script; the page says how far it is
        return answer

    @pages.post("/rules/<int:number>")
    @required(Act.UNION_RULES)
    def decide(number: int) -> Answer:
        if request.form.get("what") == "publish":
            trials.approve(store, number)
            noted(Act.UNION_RULES, f"trial {number} published")
        else:
            trials.drop(store, number)
            noted(Act.UNION_RULES, f"trial {number} dropped")
        return redirect(url_for("rules.trial", number=number), 303)

    return pages


class Figures:
    """How sure the union is, counted again only when it or the decisions have changed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._kept: dict[tuple[int, int], Sureness] = {}
        self._lock = threading.Lock()

    def now(self) -> Sureness:
        """The figures. Raises StoreError."""
        with self._store.read() as connection:
            state = standing.read(connection)
            now = (state.batch if state else 0, clock.read(connection).seq)
        with self._lock:
            if now not in self._kept:
                self._kept.clear()
                self._kept[now] = sureness.sureness(self._store)
            return self._kept[now]


def figures_of(store: Store) -> Blueprint:
    """The blueprint of the figures."""
    pages = Blueprint("sureness", __name__, url_prefix="/workshop")
    pages.register_error_handler(LienThongError, answering.told)
    figures = Figures(store)

    @pages.get("/sureness")
    @required(Act.DECIDE)
    def sure() -> Any:
        found, counts = figures.now(), rebuilding.counts(store)
        form = request.args.get("format", "")
        if form == "json":
            return matching.document(counts | found.document())
        if form == "csv":
            return answering.table("sureness", ("figure", "value"), _flat(counts | found.document()))
        page = render_template("duplicates/sureness.html", found=found, counts=counts, tongue=language())
        return Response(page, mimetype="text/html")

    return pages


def _document(one: trials.Trial) -> dict[str, Any]:
    names = ("number", "state", "note", "person", "created", "finished", "done", "total")
    return {name: getattr(one, name) for name in names}


def _flat(found: dict[str, Any]) -> list[tuple[str, Any]]:
    """Figures within figures by names with a point: `pairs.sure`."""
    rows: list[tuple[str, Any]] = []
    for name, value in found.items():
        inside = value.items() if isinstance(value, dict) else None
        rows += [(name, value)] if inside is None else [(f"{name}.{inner}", one) for inner, one in inside]
    return rows
