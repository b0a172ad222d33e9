"""`/api/v1/push`: where a library's own program sends its records, over a line that breaks.

    POST   /api/v1/push?name=sach.mrc      a whole file at once
    PUT    /api/v1/push/UPLOAD?name=…      a piece of it, with Content-Range
    GET    /api/v1/push/UPLOAD             how far it is, or what became of it (HEAD: the same without the words)
    DELETE /api/v1/push/UPLOAD             forget it

Who may: a bearer token (RFC 6750) of one library with the scope `push`; uploads are kept and imported under that
library and no other. What is wrong is told as a problem (RFC 9457) in the language that is asked for.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import wraps
from pathlib import Path
from typing import Any, Final

from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException

from accounts import tokens
from accounts.access import may
from accounts.rights import Act
from accounts.tokens import PUSH
from catalogue.store import Store
from foundation import limits
from foundation.codings import CODINGS
from foundation.errors import InputError, LienThongError, LimitError, Problem, RefusedError, StoreError
from foundation.settings import Settings
from harvesting import push_messages
from harvesting.inbox import REFUSED, TAKEN, Inbox, Offer, Standing, too_large
from portal.workshop import required

FOLDER: Final = "push"
_PIECE: Final = 256 * limits.KIB
_RANGE: Final = re.compile(r"bytes ([0-9]{1,15})-([0-9]{1,15})/([0-9]{1,15})")
_STATUSES: Final = {
    push_messages.NO_LENGTH.code: 411,
    push_messages.CODING.code: 415,
    push_messages.MEDIA.code: 415,
    push_messages.UNKNOWN.code: 404,
    push_messages.OFFSET.code: 409,
    push_messages.OTHER.code: 409,
    push_messages.CANCELLED.code: 409,
    push_messages.TOO_MANY.code: 429,
    push_messages.BUSY.code: 503,
}
Answer = Callable[..., Response]


class _RequestError(Exception):
    """A request that is answered by a problem, whatever it was about."""

    def __init__(self, status: int, problem: Problem, **headers: str) -> None:
        self.status, self.problem, self.headers = status, problem, headers


def create(store: Store, settings: Settings) -> Blueprint:
    """The blueprint of the door."""
    door = Blueprint("push", __name__, url_prefix="/api/v1/push")
    inbox = Inbox(store, Path(settings.home) / FOLDER, settings.import_batch)

    def admitted(answer: Answer) -> Answer:
        """`answer`, for whoever shows a token; it is given the code of the token's library."""

        @wraps(answer)
        def asked(**values: str) -> Response:
            try:
                return answer(_library(store), **values)
            except _RequestError as error:
                return _problem(error.status, error.problem, **error.headers)
            except LienThongError as error:
                return _problem(_status(error), error.problem)

        return asked

    @door.post("")
    @required(Act.PUSH)
    @admitted
    def whole(library: str) -> Response:
        offer = _offer(_length())
        named = f"{offer.name}\n{offer.key}" if offer.key else secrets.token_hex(32)
        upload = hashlib.sha256(named.encode()).hexdigest()
        offer.judge()
        return _received(inbox, library, upload, offer, 0, again=True)

    @door.put("/<upload>")
    @required(Act.PUSH)
    @admitted
    def piece(library: str, upload: str) -> Response:
        length = _length()
        start, total = _range(length)
        offer = _offer(total)
        if not offer.key:
            raise InputError(push_messages.KEY_NEEDED)
        return _received(inbox, library, upload, offer, start)

    @door.get("/<upload>")
    @required(Act.PUSH)
    @admitted
    def standing(library: str, upload: str) -> Response:
        return _told(inbox.standing(library, upload))

    @door.delete("/<upload>")
    @required(Act.PUSH)
    @admitted
    def cancel(library: str, upload: str) -> Response:
        inbox.cancel(library, upload)
        return Response(status=204)

    return door


# --- what is asked ------------------------------------------------------------------------------------------


def _library(store: Store) -> str:
    """The code of the library whose token the request shows."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    realm = 'Bearer realm="lienthong"'
    found = tokens.admitted(store, secret.strip()) if scheme.lower() == "bearer" else None
    if found is None:
        # RFC 6750, 3: a request that shows no token at all is told no error code.
        challenge = f'{realm}, error="invalid_token"' if secret else realm
        raise _RequestError(401, Problem(push_messages.NO_TOKEN), WWW_Authenticate=challenge)
    if not may(tokens.who(found), Act.PUSH, found.library):
        challenge = f'{realm}, error="insufficient_scope", scope="{PUSH}"'
        raise _RequestError(403, Problem(push_messages.NO_SCOPE, values={"scope": PUSH}), WWW_Authenticate=challenge)
    return found.library


def _length() -> int:
    if request.content_length is None:
        raise InputError(push_messages.NO_LENGTH)
    if request.content_length > limits.PUSH_BYTES:
        raise too_large(request.content_length)
    if request.mimetype.startswith("multipart/") or request.mimetype == "application/x-www-form-urlencoded":
        raise InputError(push_messages.MEDIA, media=request.mimetype[:60])
    return request.content_length


def _offer(total: int) -> Offer:
    coding = request.headers.get("Content-Encoding", "").strip().lower() or "identity"
    key = request.headers.get("Idempotency-Key", "").strip().strip('"').lower()
    return Offer(request.args.get("name", ""), total, {"x-gzip": "gzip"}.get(coding, coding), key)


def _range(length: int) -> tuple[int, int]:
    """(first byte, bytes in all) of Content-Range (RFC 9110, 14.4 and 14.5); without one the piece is all there is."""
    seen = request.headers.get("Content-Range", "")
    if not seen:
        return 0, length
    form = _RANGE.fullmatch(seen.strip())
    if form is None or int(form[2]) - int(form[1]) + 1 != length or int(form[2]) >= int(form[3]):
        raise InputError(push_messages.RANGE, seen=seen[:80])
    return int(form[1]), int(form[3])


def _pieces() -> Iterator[bytes]:
    """The body as it comes. A line that breaks ends it: what came until then is kept."""
    while True:
        try:
            piece = request.stream.read(_PIECE)
        except (OSError, HTTPException):
            return
        if not piece:
            return
        yield piece


def _received(
    inbox: Inbox, library: str, upload: str, offer: Offer, start: int, *, again: bool = False
) -> Response:  # fmt: skip
    """Keep the body; `again`: one that is sent as a whole takes the place of one that broke off."""
    if again:
        try:
            if inbox.standing(library, upload).state not in (TAKEN, REFUSED):
                inbox.cancel(library, upload)
        except RefusedError:
            pass  # there is none, or it is being taken in
    found = inbox.receive(library, upload, offer, start, b"")
    if found.state != TAKEN:
        for piece in _pieces():
            found = inbox.receive(library, upload, offer, start, piece)
            start += len(piece)
    return _told(inbox.standing(library, upload), asked=True)


# --- what is answered ---------------------------------------------------------------------------------------


def _told(found: Standing, *, asked: bool = False) -> Response:
    """How an upload stands; to whom has just `asked` for it to be taken, a refusal is a problem."""
    headers = {
        "Upload-Offset": str(found.offset if found.offset or found.state not in (TAKEN, REFUSED) else found.total)
    }
    if found.state == REFUSED and asked:
        problem = {"title": found.reason[_language()], "code": found.reason["code"], "upload": found.upload}
        return _json(422, problem | found.reason, headers, "application/problem+json")
    done = found.state in (TAKEN, REFUSED)
    return _json(200 if done else 202, asdict(found), headers if done else headers | {"Retry-After": "5"})


def _problem(status: int, problem: Problem, **headers: str) -> Response:
    """RFC 9457: type, title, status, and the values that the sentence names."""
    values = {name: value for name, value in problem.values.items() if isinstance(value, str | int)}
    told = values | {
        "type": f"urn:lienthong:problem:{problem.code}",
        "title": problem.text(_language()),
        "status": status,
        "code": problem.code,
    }
    more = {name.replace("_", "-"): value for name, value in headers.items()}
    if status == 415 and problem.code == push_messages.CODING.code:
        more["Accept-Encoding"] = ", ".join(CODINGS)  # RFC 9110, 15.5.16
    if status in (429, 503):
        more["Retry-After"] = "30"
    if "offset" in values:
        more["Upload-Offset"] = str(values["offset"])
    return _json(status, told, more, "application/problem+json")


def _json(status: int, value: Any, headers: dict[str, str], media: str = "application/json") -> Response:
    answer = Response(json.dumps(value, ensure_ascii=False), status, headers, content_type=media)
    answer.headers["Content-Language"] = _language()
    answer.headers["Cache-Control"] = "no-store"
    answer.vary.add("Accept-Language")
    return answer


def _language() -> Any:
    return request.accept_languages.best_match(("vi", "en")) or "vi"


def _status(error: LienThongError) -> int:
    if error.problem.code in _STATUSES:
        return _STATUSES[error.problem.code]
    if isinstance(error, StoreError):
        return 503
    if isinstance(error, LimitError):
        return 413
    return 409 if isinstance(error, RefusedError) else 400
