"""The one rights check: `may(who, act, library)`. Every door asks it: pages, programs, OAI-PMH, SRU, Z39.50, commands.

`Who` is read anew for every request, with the libraries that each duty reaches; so a role that was given, taken or has
ended counts from the next request on. The check itself is a pure function of `Who` and `accounts.rights`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

from accounts import messages
from accounts.rights import ACTS, EVERYBODY, RIGHTS, SIGNED_IN, WHOLE, Act, Role
from foundation.errors import Message, Problem

__all__ = ["NOBODY", "Act", "Duty", "Role", "Verdict", "Who", "may", "reach", "shell"]

Kind = Literal["nobody", "person", "token", "shell"]


@dataclass(frozen=True, slots=True)
class Duty:
    """One role over one library and those below it."""

    role: Role
    library: str = ""
    """Code; empty: everything."""
    below: frozenset[str] = frozenset()
    """Codes of the libraries that it reaches, its own among them; of no meaning when it is everything."""
    top: bool = False
    """Whether no library is above."""
    acts: frozenset[Act] | None = None
    """Of a token: what of the role it may do. None: all."""
    wide: bool = False
    """Of a token: whether libraries are below its own, which it does not reach and a role would."""
    ends: int | None = None
    """When it ends, in seconds since 1970; None: not by itself."""

    def allows(self, act: Act, library: str | None) -> bool:
        """Whether it allows `act` at a library; with None: anywhere at all."""
        if act not in RIGHTS[self.role] or (self.acts is not None and act not in self.acts):
            return False
        if act in WHOLE:
            return not self.library or self.top
        return library is None or not self.library or library in self.below


@dataclass(frozen=True, slots=True)
class Who:
    """Who asks: a signed-in person, a token of a library, somebody at the server's own shell, or nobody."""

    kind: Kind = "nobody"
    number: int = 0
    """Of the person or of the token."""
    login: str = ""
    name: str = ""
    duties: tuple[Duty, ...] = ()
    session: int = 0
    """Number of the session that a person came in by."""

    def __bool__(self) -> bool:
        return self.kind != "nobody"

    @property
    def actor(self) -> str:
        """As the audit trail calls them: `ngocanh`, `token:12`, `shell:root`; empty for nobody."""
        return {"nobody": "", "person": self.login, "token": f"token:{self.number}", "shell": f"shell:{self.login}"}[
            self.kind
        ]


NOBODY: Final = Who()


def shell(name: str) -> Who:
    """Whoever has a shell and the store: the administrator, under the name of the machine's user."""
    return Who("shell", login=name, name=name, duties=(Duty(Role.ADMINISTRATOR),))


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer; true when it is allowed."""

    reason: Problem | None = None
    """Why not, and what to do about it."""

    def __bool__(self) -> bool:
        return self.reason is None


_YES: Final = Verdict()


def may(who: Who, act: Act, library: str | None = None) -> Verdict:
    """Whether `who` may do `act` at the library with this code; None: whether there is any library where they may.

    A library that does not exist is answered like one of others: the answer says nothing about what there is.
    """
    if act in EVERYBODY or (act in SIGNED_IN and who.kind in ("person", "shell")):
        return _YES
    if any(duty.allows(act, library) for duty in who.duties):
        return _YES
    if not who:
        return Verdict(Problem(messages.NOT_SIGNED_IN))
    values = {"name": who.name or who.login}
    if library is not None and any(duty.allows(act, None) for duty in who.duties):
        return Verdict(Problem(_naming(messages.NOT_THERE, act), values=values | {"library": library}))
    return Verdict(Problem(_naming(messages.NOT_ALLOWED, act), values=values))


def _naming(message: Message, act: Act) -> Message:
    """The message with the name of the act in each language."""
    words = ACTS[act]
    return replace(message, vi=message.vi.replace("{{act}}", words.vi), en=message.en.replace("{{act}}", words.en))


def reach(parents: Mapping[str, str], code: str) -> frozenset[str]:
    """The library `code` and all below it. `parents`: code of a library → code of the one above, or empty."""
    return _closed({code}, parents.items())


def _closed(found: set[str], pairs: Iterable[tuple[str, str]]) -> frozenset[str]:
    """With whatever hangs below, however deep; a circle ends it like a leaf."""
    pairs = list(pairs)
    grown = True
    while grown:
        more = {below for below, above in pairs if above in found} - found
        grown = bool(more)
        found |= more
    return frozenset(found)
