"""What somebody typed into a form that cannot be taken, for the session ended meanwhile: it is given back, to be sent
again after the sign-in.

Only a form of our own page is given back, for what another site sent would get a token of ours with it: browsers say
which it is (Fetch Metadata, `Sec-Fetch-Site`; over a line without TLS, where they do not, Fetch, 3.2, `Origin`).
Passwords are never shown, and a file cannot be given back.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from flask import request

_SECRET: Final = frozenset(("secret", "code", "key"))
AGAIN: Final = "sent_again"
"""The field by which the form of `account/typed.html` is known."""
_CODE: Final = 5
_SHOWN: Final = 200
"""Values that are read again by eye; the others are sent along all the same."""


class Typed(NamedTuple):
    """A form as it was sent."""

    action: str
    fields: tuple[tuple[str, str], ...]

    def told(self) -> list[str]:
        """The values that are more than a code or a number, as they were typed."""
        return [value for _name, value in self.fields if len(value.strip()) > _CODE][:_SHOWN]


def kept() -> Typed | None:
    """What came with this request; None for what is not ours to give back, or nothing."""
    if request.method != "POST" or not _ours():
        return None
    if any(file.filename for file in request.files.values()):
        return None
    fields = tuple((name, value) for name, value in request.form.items(multi=True) if name not in ("csrf_token", AGAIN))
    if not fields or any("password" in name or name in _SECRET for name, _value in fields):
        return None
    return Typed(request.full_path.rstrip("?"), fields)


def again() -> bool:
    """Whether this is a form that was given back, sent from a page of ours. Its token is of the session that ended, so
    the browser's word stands in its place: no page of another site can send these headers otherwise than they are."""
    return AGAIN in request.form and _ours()


def _ours() -> bool:
    """Whether the browser says that a page of this very server sent it."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return request.headers.get("Origin", "").partition("://")[2] == request.host


def live() -> bool:
    """Whether a script asked for a part of a page (htmx), which a whole page does not fit."""
    return "HX-Request" in request.headers
