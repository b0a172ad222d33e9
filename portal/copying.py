"""`/workshop/elsewhere`: the catalogues of other libraries searched at once, and what was found taken over.

The list is whole as far as the targets have answered; while some have not, the page says so and loads itself again.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from accounts.rights import Act
from catalogue import drafts, errands, history, lookups, mappings
from catalogue.drafts import Draft
from catalogue.lookups import Hit, Lookup
from catalogue.store import Store
from foundation.errors import LienThongError, RefusedError
from foundation.limits import PEER_RECORDS
from foundation.settings import Settings
from foundation.vault import Vault
from harvesting import copying, elsewhere
from harvesting.copying import Rule
from harvesting.targets import Targets
from marc import entry, worksheet
from marc.record import Record
from portal import editor_view, record_view
from portal.workshop import allowed, language, libraries, missing, noted, require, required, who
from search.finder import Finder
from z3950_bridge.peer_records import Taken

FIELDS: Final = ("", "title", "author", "isbn", "issn", "subject", "date")
_RULE: Final = "copy"
"""The kind of mapping (`catalogue.mappings`) under which a library's last choice is kept."""
_WAIT: Final = "2"
"""Seconds after which a page that is not whole yet loads itself again."""
Answer = str | Response | tuple[str, int]


class Row(NamedTuple):
    """A hit as it is listed."""

    hit: Hit
    title: str
    author: str
    year: str
    mine: bool
    """Whether the record of ours that seems the same is of a library that the one who asks works for."""


def create(store: Store, settings: Settings, finder: Finder) -> Blueprint:
    """The pages."""
    pages = Blueprint("copying", __name__)
    targets = Targets(store, Vault(settings.home / "vault.key"))

    def rendered(template: str, **values: Any) -> str:
        return render_template(template, settings=settings, fields=_fields(), **values)

    @pages.get("/workshop/elsewhere")
    @required(Act.COPY)
    def search() -> str:
        return rendered("copy/search.html", peers=_enabled(targets), words=request.args.get("query", "")[:500],
                        field=request.args.get("field", ""), chosen=(), refused="")  # fmt: skip

    @pages.post("/workshop/elsewhere")
    @required(Act.COPY)
    def begin() -> Answer:
        words, field = request.form.get("query", "").strip()[:500], request.form.get("field", "")
        names = request.form.getlist("target")
        limit = _number(request.form.get("limit", ""), 20)
        try:
            if not words:
                raise RefusedError(copying.NO_WORDS)
            peers = targets.enabled(*dict.fromkeys(names))
            if not peers:
                raise RefusedError(copying.NO_TARGETS)
            asked = copying.asked(words, field)
            number = elsewhere.begin(
                store, who().actor, peers, asked, (words, field), min(max(limit, 1), PEER_RECORDS), finder
            )
        except LienThongError as error:
            return rendered("copy/search.html", peers=_enabled(targets), words=words, field=field, chosen=names,
                            refused=error.text(language())), 409  # fmt: skip
        return redirect(url_for("copying.found", number=number), 303)

    @pages.get("/workshop/elsewhere/<int:number>")
    @required(Act.COPY)
    def found(number: int) -> Response:
        lookup = _mine(store, number)
        hits = lookups.hits(store, number)
        if request.args.get("format") == "json":
            made = make_response(json.dumps(_listed(lookup, hits, _over(store, lookup)), ensure_ascii=False))
            made.content_type = "application/json"
            return made
        over = _over(store, lookup)
        page = rendered("copy/found.html", lookup=lookup, rows=_rows(hits), over=over, language=language(),
                        libraries=libraries(Act.COPY), rule=_kept_rule(store), refused="")  # fmt: skip
        answer = make_response(page)
        if not over:
            answer.headers["Refresh"] = _WAIT
        return answer

    @pages.get("/workshop/elsewhere/<int:number>/<int:wanted>")
    @required(Act.COPY)
    def hit(number: int, wanted: int) -> str:
        lookup = _mine(store, number)
        one = lookups.one(store, number, wanted)
        if one is None:
            missing()
        return rendered("copy/hit.html", lookup=lookup, row=_rows([one])[0], language=language(),
                        marc=record_view.marc(Record(one.text)) if one.text else [],
                        libraries=libraries(Act.COPY), rule=_kept_rule(store))  # fmt: skip

    @pages.post("/workshop/elsewhere/<int:number>/take")
    @required(Act.COPY)
    def take(number: int) -> Answer:
        lookup = _mine(store, number)
        try:
            return _taken(store, number)
        except RefusedError as error:
            page = rendered("copy/found.html", lookup=lookup, rows=_rows(lookups.hits(store, number)), over=True,
                            libraries=libraries(Act.COPY), rule=_kept_rule(store), language=language(),
                            refused=error.text(language()))  # fmt: skip
            return page, 409

    return pages


def _fields() -> list[tuple[str, str]]:
    names = (_("Mọi trường"), _("Nhan đề"), _("Tác giả"), _("ISBN"), _("ISSN"), _("Chủ đề"), _("Năm"))
    return list(zip(FIELDS, names, strict=True))


def _enabled(targets: Targets) -> list[tuple[str, str]]:
    """Names and titles of the targets that can be asked."""
    return [(one.name, made.title or one.name) for one, made in targets.every() if one.enabled]


def _mine(store: Store, number: int) -> Lookup:
    found = lookups.get(store, number, who().actor)
    if found is None:
        missing()
    return found


def _over(store: Store, lookup: Lookup) -> bool:
    """Whether nothing more comes: all have ended, or their time is up (the process that asked may be gone)."""
    with store.read() as connection:
        return lookup.finished is not None or store.now(connection) > lookup.until


def _rows(hits: Sequence[Hit]) -> list[Row]:
    made = []
    for one in hits:
        said = copying.described(Record(one.text)) if one.text is not None else ("", "", "")
        mine = bool(one.held) and bool(allowed(Act.EDIT, one.held["library"]))
        made.append(Row(one, *said, mine))
    return made


def _listed(lookup: Lookup, hits: Sequence[Hit], over: bool) -> dict[str, Any]:
    """The search for programs."""
    rows = [
        {
            "number": row.hit.number, "target": row.hit.peer, "position": row.hit.position, "title": row.title,
            "author": row.author, "year": row.year, "same_as": row.hit.same_as or None, "held": row.hit.held or None,
            "problems": [en for _vi, en in row.hit.problems],
        }
        for row in _rows(hits)
    ]  # fmt: skip
    return {"query": lookup.query, "field": lookup.field, "complete": over, "targets": lookup.targets, "records": rows}


def _kept_rule(store: Store) -> Rule:
    """What the first library of the one who asks took over last; at first, the description alone."""
    for one in libraries(Act.COPY):
        kept = mappings.get(store, one.code, _RULE)
        if isinstance(kept, dict):
            return Rule(**{name: bool(kept.get(name)) for name in Rule._fields})
        break
    return Rule(local=False, holdings=False)


def _taken(store: Store, number: int) -> Answer:
    """Take what was chosen into the editor, into a record of ours, or into a batch. Raises RefusedError."""
    code = request.form.get("code", "")
    require(Act.COPY, code)
    rule = Rule(**{name: request.form.get(name) == "yes" for name in Rule._fields})
    mappings.put(store, code, _RULE, rule._asdict())
    wanted = dict.fromkeys(_number(text, -1) for text in request.form.getlist("hit"))
    chosen = [one for name in wanted if (one := lookups.one(store, number, name)) is not None and one.text is not None]
    if not chosen:
        raise RefusedError(copying.NOTHING_CHOSEN)
    how = request.form.get("do", "")
    if how == "batch":
        taken = [Taken(one.peer, one.position, Record(one.text or ""), one.original) for one in chosen]
        done = copying.save(store, code, taken, preview=True, rule=rule)
        for kind in (errands.CHECK, errands.MATCH):
            errands.put(store, done.change_set, kind)
        noted(Act.COPY, f"{len(taken)} records", done.state, done.change_set, library=code)
        return redirect(url_for("batches.batch", number=done.change_set), 303)
    made = [drafted(store, code, one, rule, into=how == "into") for one in chosen]
    if len(made) == 1:
        return redirect(url_for("editor.draft", number=made[0].number), 303)
    return redirect(url_for("editor.desk"), 303)


def drafted(store: Store, code: str, one: Hit, rule: Rule, *, into: bool) -> Draft:
    """One hit as a draft: a new record, or the record of ours that it describes anew."""
    record = Record(one.text or "")
    if into and one.held:
        found = history.subject(store, one.held["identifier"])
        require(Act.EDIT, found.library)
        if found.record is not None and found.version is not None:
            made = copying.onto(found.record, record, rule)
            return drafts.begin(store, found.library, who().actor, worksheet.text(made), title=editor_view.title(made),
                                kind=entry.kind_of(made), of=(found.number, found.version),
                                origin=one.peer)  # fmt: skip
    made = copying.copy(record, code, one.peer, rule)
    return drafts.begin(store, code, who().actor, worksheet.text(made), title=editor_view.title(made),
                        kind=entry.kind_of(made), origin=one.peer, original=one.original)  # fmt: skip


def _number(text: str, otherwise: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else otherwise
