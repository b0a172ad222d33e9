"""`/api/v1/openapi.json` and `/api/docs`: the description for programs, and the same for people, without a script."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Final

from flask import Blueprint, Response, make_response, render_template

from accounts.rights import EVERYBODY, Act
from catalogue.parts import Parts
from catalogue.store import Store
from catalogue.uploads import Uploads
from foundation.settings import Settings
from foundation.vault import Vault
from harvesting.targets import Targets
from portal.looked import Looked
from portal.rest import (
    administration,
    batch_records,
    batches,
    before,
    corrections,
    door,
    drafts,
    elsewhere,
    figures,
    files,
    gathering,
    harvests,
    libraries,
    partners,
    people,
    quarantine,
    records,
    rules,
    sets,
    targets,
    trail,
    trials,
    union,
)
from portal.rest.openapi import GROUPS, document, parameters, statuses
from portal.rest.operation import Rooms, Table
from portal.rest.schema import Schema
from portal.rest.shapes import SHAPES
from portal.wording import coded
from portal.workshop import language, required
from search.finder import Finder

_ROOMS: Final = (
    libraries, records, files, batches, batch_records, corrections, drafts, harvests, trials, quarantine, union, rules,
    sets, gathering, figures, elsewhere, targets, partners, administration, people, trail,
)  # fmt: skip


def table(store: Store, settings: Settings, base_url: str, finder: Finder, parts: Parts) -> Table:
    """All operations."""
    uploads, kept = Uploads(store, settings.home), Targets(store, Vault(settings.home / "vault.key"))
    rooms, made = Rooms(store, settings, base_url, finder, parts, uploads, kept, Looked(store, uploads)), Table()
    for room in _ROOMS:
        room.add(made, rooms)
    before.add(made)
    return made


def create(
    store: Store, settings: Settings, base_url: str, finder: Finder, parts: Parts
) -> tuple[Blueprint, Blueprint]:  # fmt: skip
    """The blueprints of the operations, and of what is said of them. `base_url` has no slash at its end."""
    rows = table(store, settings, base_url, finder, parts)
    pages = Blueprint("described", __name__, url_prefix="/api")

    @pages.get("/v1/openapi.json")
    @required(Act.READ)
    def openapi() -> Response:
        said = json.dumps(document(rows, SHAPES, base_url, language()), ensure_ascii=False)
        answer = Response(said, content_type="application/json")
        answer.set_etag(hashlib.blake2b(said.encode(), digest_size=12).hexdigest())
        answer.headers["Access-Control-Allow-Origin"] = "*"  # tools in a browser read it; it is public
        return _varying(answer)

    @pages.get("/docs")
    @required(Act.READ)
    def docs() -> Response:
        english = language() == "en"
        by_group = {name: [row for row in rows if row.group == name] for name in GROUPS}
        page = render_template(
            "rest/docs.html", groups=GROUPS, rows=by_group, english=english, settings=settings, base_url=base_url,
            coded=coded, parameters=parameters, statuses=statuses, shapes=SHAPES, written=written,
            open=EVERYBODY,
        )  # fmt: skip
        return _varying(make_response(page))

    return door.create(rows, SHAPES, store, settings), pages


def _varying(answer: Response) -> Response:
    answer.vary.update(["Accept-Language", "Cookie"])
    return answer


def written(schema: Schema | None) -> str:
    """A schema as one reads it: `{name: text, count: number}`."""
    if schema is None:
        return "–"
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "enum" in schema:
        return " | ".join("null" if one is None else str(one) for one in schema["enum"])
    kinds: Any = schema.get("type", "…")
    kinds = [kinds] if isinstance(kinds, str) else kinds
    return " | ".join(_kind(schema, kind) for kind in kinds)


def _kind(schema: Schema, kind: str) -> str:
    if kind == "array":
        return f"[{written(schema.get('items', {}))}]"
    known = schema.get("properties")
    if kind == "object" and known:
        needed = schema.get("required", ())
        return "{" + ", ".join(
            f"{name}{'' if name in needed else '?'}: {written(one)}" for name, one in known.items()
        ) + "}"  # fmt: skip
    if kind == "string" and "maxLength" in schema:
        return f"string ≤ {schema['maxLength']}"
    if kind == "integer" and "maximum" in schema and schema["maximum"] < 10**6:
        return f"{schema.get('minimum', 0)}…{schema['maximum']}"
    return kind
