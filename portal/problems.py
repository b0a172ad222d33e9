"""What programs are told when something is wrong: a problem (RFC 9457) in the language they asked for."""

from __future__ import annotations

import json
from typing import Any

from flask import Response

from foundation.errors import Language, Problem

_CHALLENGE = 'Bearer realm="lienthong"'


def answer(status: int, problem: Problem, language: Language, kind: str = "", **more: Any) -> Response:
    """The problem as the body of an answer; with 401, what would let them in (RFC 6750, 3).

    `kind`: its type, where somebody else has defined one (RFC 9457, 3.1.1); `more`: the members that belong to that,
    `_` for the hyphen in their names.
    """
    values = {name: value for name, value in problem.values.items() if isinstance(value, str | int)}
    told = (
        values
        | {
            "type": kind or f"urn:lienthong:problem:{problem.code}",
            "title": problem.text(language),
            "status": status,
            "code": problem.code,
        }
        | {name.replace("_", "-"): value for name, value in more.items()}
    )
    made = Response(json.dumps(told, ensure_ascii=False), status, content_type="application/problem+json")
    made.headers["Content-Language"] = language
    if status == 401:
        made.headers["WWW-Authenticate"] = _CHALLENGE
    return made
