"""The door of `/api/v1`: an address for each row of the table, and what is the same for all of them.

Who asks (a bearer token, RFC 6750), how often they may, whether what they send fits the description, whether they have
the answer already (RFC 9110, 13), whether they have asked for the same before, and how they are told what is wrong
(RFC 9457). What is done is in the rooms below; `portal.rest` has no business of its own.
"""

from __future__ import annotations

import hashlib
import json
import re
from functools import partial
from typing import Any, Final, NoReturn, cast
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, current_app, g, request
from werkzeug.exceptions import HTTPException
from werkzeug.http import quote_etag

from accounts.rights import EVERYBODY, SCOPES, Act
from catalogue import replays
from catalogue.store import Store
from foundation.errors import InputError, LienThongError, LimitError, PeerError, Problem, RefusedError, StoreError
from foundation.limits import API_BODY_BYTES, UPLOAD_BYTES
from foundation.settings import Settings
from portal import problems, workshop
from portal.rest import messages
from portal.rest.operation import BYTES, JSON, PATHS, Answer, Call, Operation, Parameter, Table
from portal.rest.schema import Schema, flaws, meant
from portal.rest.throttle import EXCEEDED, POLICY, Throttle
from portal.workshop import language, who
from search.messages import INDEX_MISSING

PREFIX: Final = "/api/v1"
KEY_CHARACTERS: Final = 100
_KEY: Final = re.compile(rf'"?([!#-~]{{1,{KEY_CHARACTERS}}})"?')
_WHOLE: Final = re.compile(r"[0-9]{1,15}", re.ASCII)
_SEEN: Final = 80
_LATER: Final = frozenset((INDEX_MISSING.code,))
"""What is refused now and will not be in a moment."""
_KEPT_FIELDS: Final = ("Content-Type", "Content-Language", "Location", "Link", "ETag")


def create(table: Table, shapes: dict[str, Schema], store: Store, settings: Settings) -> Blueprint:
    """The blueprint of all rows that have something to do."""
    door = Blueprint("rest", __name__, url_prefix=PREFIX)
    throttle = Throttle()

    @door.before_request
    def count() -> Response | None:
        asker = who() if "Authorization" in request.headers else None
        if asker:
            budget = throttle.count(asker.actor, settings.api_requests)
        else:
            budget = throttle.count(workshop.address(), settings.api_requests_open)
        g.budget = budget
        if not budget.exceeded:
            return _unknown_token()
        values = {"allowed": budget.allowed, "seconds": budget.seconds}
        problem = Problem(messages.TOO_FAST, values=values)
        answer = problems.answer(429, problem, language(), EXCEEDED, violated_policies=[POLICY])
        answer.headers["Retry-After"] = str(budget.seconds)
        return answer

    @door.after_request
    def dress(answer: Response) -> Response:
        answer.headers.extend(g.budget.fields(answer.headers.get("Retry-After", "")) if "budget" in g else {})
        answer.headers.setdefault("Content-Language", language())
        answer.vary.update(["Accept-Language", "Authorization"])
        _challenged(answer)
        if "who" not in g:
            answer.headers["Cache-Control"] = "no-cache"  # keep it, and ask whether it still holds
        return answer

    door.register_error_handler(LienThongError, _told)
    door.register_error_handler(HTTPException, refused)
    door.register_error_handler(404, refused)

    @door.before_app_request
    def admit() -> Response | None:
        """The same for addresses below `/api` that are not of this table, or that there are not."""
        return _unknown_token() if for_programs() and request.blueprint not in (door.name, "push") else None

    for row in table:
        if row.do is None:
            continue
        view = partial(_served, row, shapes, store)
        view.act = row.acts[0]  # type: ignore[attr-defined]
        door.add_url_rule(re.sub(r"\{(\w+)\}", r"<\1>", row.path), row.name, view, methods=[row.method])
    return door


def permit(act: Act, library: str | None = None) -> None:
    """Go on only when the token may; else 403. What everybody may is asked of nobody, so that caches may keep it."""
    if act in EVERYBODY:
        return
    verdict = workshop.allowed(act, library)
    if verdict.reason is not None:
        g.scope = act
        refuse(403 if who() else 401, verdict.reason)


def for_programs() -> bool:
    """Whether the address is one of programs, which are never answered by a page."""
    return request.path == "/api" or request.path.startswith("/api/")


def refuse(status: int, problem: Problem, **headers: str) -> NoReturn:
    """End the request with a problem."""
    answer = problems.answer(status, problem, language())
    answer.headers.extend(headers)
    abort(answer)


def expected(version: int) -> int:
    """`version`, when it is the one that If-Match names (RFC 9110, 13.1.1); else 412, and 428 without (RFC 6585, 3)."""
    if not request.if_match:
        refuse(428, Problem(messages.MATCH_NEEDED))
    if not request.if_match.contains(str(version)):
        refuse(412, Problem(messages.MATCH_FAILED))
    return version


def number(cursor: str, otherwise: int = 0) -> int:
    """The number that a list goes on behind. Raises InputError for what is none."""
    if not cursor:
        return otherwise
    if not _WHOLE.fullmatch(cursor):
        raise InputError(messages.CURSOR, seen=_shown([cursor]))
    return int(cursor)


# --- one request ------------------------------------------------------------------------------------------------------


def _served(row: Operation, shapes: dict[str, Schema], store: Store, **path: str) -> Response:
    g.scope = row.acts[0]
    asked = {name: _part(name, value) for name, value in path.items()}
    for act in row.acts:
        permit(act, asked.get("library"))
    call = Call(asked, _query(row), _body(row, shapes))
    assert row.do is not None
    if row.reads:
        return _conditional(_written(row, row.do(call)))
    key = _key()
    if not key:
        return _written(row, row.do(call))
    return _once(row, call, store, key)


def _once(row: Operation, call: Call, store: Store, key: str) -> Response:
    """Do what comes under a key, if it was not done before."""
    assert row.do is not None
    token, said = who().number, request.get_data() if row.takes == JSON else str(request.content_length).encode()
    digest = hashlib.sha256(b"\0".join((row.method.encode(), request.full_path.encode(), said))).digest()
    before = replays.begin(store, token, key, digest)
    if before.state == "other":
        refuse(422, Problem(messages.KEY_OTHER))
    if before.state == "busy":
        refuse(409, Problem(messages.KEY_BUSY), **{"Retry-After": "5"})
    if before.state == "done":
        if row.secret:
            refuse(409, Problem(messages.KEY_SECRET))
        return Response(before.body, before.status, {**before.headers, "Idempotency-Replayed": "true"})
    try:
        answer = _written(row, row.do(call))
    except BaseException:
        replays.forget(store, token, key)
        raise
    headers = {name: answer.headers[name] for name in _KEPT_FIELDS if name in answer.headers}
    replays.keep(store, token, key, answer.status_code, headers, b"" if row.secret else answer.get_data())
    return answer


def _part(name: str, value: str) -> Any:
    schema = PATHS[name][0]
    found = _read(schema, value)
    if any(flaws(schema, found, {})):
        refuse(404, Problem(messages.NO_ADDRESS))
    return found


def _query(row: Operation) -> dict[str, Any]:
    known = {one.name: one for one in row.parameters if one.where == "query"}
    for name in request.args:
        if name not in known and name != "lang":
            raise InputError(messages.QUERY_UNKNOWN, name=_shown([name]), known=", ".join(known) or "–")
    found: dict[str, Any] = {}
    for name, one in known.items():
        if name in request.args:
            found[name] = _value(one, request.args.getlist(name))
        elif one.required:
            raise InputError(messages.QUERY_MISSING, name=name, wanted=_wanted(one.schema))
        elif "default" in one.schema:
            found[name] = one.schema["default"]
    return found


def _value(one: Parameter, seen: list[str]) -> Any:
    found: Any = [_read(one.schema["items"], text) for text in seen] if one.several else _read(one.schema, seen[0])
    wrong = [(place, wanted) for place, wanted in flaws(one.schema, found, {})]
    if wrong or (len(seen) > 1 and not one.several):
        wanted = wrong[0][1] if wrong else "1 ×"
        raise InputError(messages.QUERY, name=one.name, seen=_shown(seen), wanted=wanted)
    return found


def _shown(seen: list[str]) -> str:
    """What was sent, as it can be shown."""
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in " ".join(seen)[:_SEEN])


def _read(schema: Schema, text: str) -> Any:
    """A value as an address writes it; what cannot be read stays text, and fits no more."""
    if schema["type"] == "integer" and _WHOLE.fullmatch(text):
        return int(text)
    if schema["type"] == "boolean" and text in ("true", "false"):
        return text == "true"
    return text


def _wanted(schema: Schema) -> str:
    return " | ".join(schema.get("enum", ())) or str(schema.get("pattern", schema["type"]))


def _body(row: Operation, shapes: dict[str, Schema]) -> Any:
    if row.takes == BYTES:
        return None
    if row.body is None:
        return None
    length, allowed = request.content_length or 0, API_BODY_BYTES
    if length > allowed:
        raise LimitError(messages.BODY_LARGE, limit="API_BODY_BYTES", seen=length, allowed=allowed)
    if not length and not meant(row.body, shapes).get("required"):
        return {}
    if request.mimetype != JSON:
        refuse(415, Problem(messages.BODY_MEDIA, values={"seen": _shown([request.mimetype]), "wanted": JSON}))
    try:
        said = json.loads(request.get_data().decode("utf-8"), parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise InputError(messages.BODY_JSON) from error
    for place, wanted in flaws(row.body, said, shapes):
        raise InputError(messages.BODY, at=_shown([place]) or "/", wanted=wanted[:300])
    return said


def _no_number(text: str) -> NoReturn:
    raise ValueError(text)  # NaN and Infinity are no JSON (RFC 8259, 6)


def _key() -> str:
    seen = request.headers.get("Idempotency-Key", "").strip()
    found = _KEY.fullmatch(seen)
    if seen and found is None:
        raise InputError(messages.KEY, allowed=KEY_CHARACTERS)
    return found[1] if found else ""


# --- what is answered -------------------------------------------------------------------------------------------------


def _written(row: Operation, found: Answer) -> Response:
    status = found.status if found.status != 200 else row.status
    if row.answer is None:
        answer = Response(status=status)
        del answer.headers["Content-Type"]  # there is no content for it to be the type of (RFC 9110, 8.3)
    elif row.gives != JSON:
        answer = Response(found.value, status, content_type=row.gives)
    else:
        answer = Response(json.dumps(found.value, ensure_ascii=False), status, content_type=JSON)
    if found.name:
        answer.headers["Content-Disposition"] = f'attachment; filename="{found.name}"'
    answer.headers["Content-Language"] = language()
    if found.location:
        answer.headers["Location"] = PREFIX + found.location
    if found.following is not None:
        kept = [(name, value) for name, value in request.args.items(multi=True) if name != found.turning]
        there = request.path + "?" + urlencode([*kept, (found.turning, found.following)])
        answer.headers["Link"] = f'<{there}>; rel="next"'  # RFC 8288
    etag = found.etag
    if row.reads and not etag:
        etag = hashlib.blake2b(answer.get_data(), digest_size=12).hexdigest()
    if etag:
        answer.headers["ETag"] = quote_etag(etag)
    return answer


def _conditional(answer: Response) -> Response:
    """304 when the client has it already (RFC 9110, 13.1.2)."""
    if answer.status_code == 200 and request.if_none_match.contains_weak(answer.get_etag()[0] or ""):
        return Response(status=304, headers=[("ETag", answer.headers["ETag"])])
    return answer


def _challenged(answer: Response) -> None:
    """RFC 6750, 3: a token that is wrong is told so, one that may too little is told the scope."""
    if answer.status_code == 401 and request.headers.get("Authorization"):
        answer.headers["WWW-Authenticate"] = 'Bearer realm="lienthong", error="invalid_token"'
    elif answer.status_code == 403 and who().kind == "token":
        scope = g.get("scope") or workshop.act_of(current_app, request.endpoint or "")
        scopes = f', scope="{scope}"' if str(scope) in SCOPES else ""
        answer.headers["WWW-Authenticate"] = f'Bearer realm="lienthong", error="insufficient_scope"{scopes}'


def _told(error: LienThongError) -> Response:
    answer = problems.answer(_status(error), error.problem, language())
    if answer.status_code == 503:
        answer.headers["Retry-After"] = "30"
    return answer


def _status(error: LienThongError) -> int:
    if isinstance(error, StoreError) or error.problem.code in _LATER:
        return 503
    if isinstance(error, PeerError):
        return 502
    if isinstance(error, LimitError):
        return 413
    if isinstance(error, RefusedError):
        return 404 if error.problem.code.endswith("unknown") else 409
    return 400


def _unknown_token() -> Response | None:
    """RFC 6750, 3.1: a token that is no good is told so, also where none is needed. Other schemes are for others."""
    if request.authorization is None or request.authorization.type != "bearer" or who():
        return None
    answer = problems.answer(401, Problem(messages.NO_TOKEN), language())
    _challenged(answer)
    return answer


def refused(error: HTTPException) -> Response:
    """What Flask itself refuses, and `missing()`, as problems."""
    if error.response is not None:
        return cast(Response, error.response)
    status = error.code or 500
    if status == 404:
        return problems.answer(404, Problem(messages.NO_ADDRESS), language())
    if status == 405:
        answer = problems.answer(405, Problem(messages.NO_METHOD, values={"method": request.method[:20]}), language())
        answer.headers["Allow"] = ", ".join(sorted(getattr(error, "valid_methods", None) or ()))
        return answer
    if status == 413:
        seen = {"limit": "UPLOAD_BYTES", "seen": request.content_length or 0, "allowed": UPLOAD_BYTES}
        return problems.answer(413, Problem(messages.BODY_LARGE, values=seen), language())
    if status >= 500:
        return problems.answer(status, Problem(messages.FAILED), language())
    return problems.answer(status, Problem(messages.NOT_HTTP, values={"status": status}), language())


def missing() -> NoReturn:
    """404: for what is not there and for what is another library's alike."""
    refuse(404, Problem(messages.NO_ADDRESS))
