"""Asking one repository: a request out, an answer in, however often that takes.

Everything that time and chance have to do with harvesting is here; what to ask for is `oaipmh.harvester`'s.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from urllib.parse import urlencode, urlsplit

from foundation import collecting, limits
from foundation.errors import FormatError, InputError, LimitError, PeerError, Problem
from foundation.network import Client
from foundation.pace import backoff, retry_after
from harvesting import messages
from oaipmh import answers, harvest_messages, identity
from oaipmh.answers import Answer
from oaipmh.quirks import Quirks

_BUSY = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Statuses after which the same request may be answered (RFC 9110, 15)."""
_TOO_LARGE = 413
_TOO_LONG = 414
_ATTEMPTS = 6
_ODD_ATTEMPTS = 3
_LONG_URL = 2_000


class TooMuchError(PeerError):
    """A list that the repository refuses to give as a whole (HTTP 413)."""


class Peer:
    """One repository at the other end of a `Client`.

    `said` collects what had to be waited for or mended; take it with `heard`. `sleep` and `chance` are for tests.
    """

    def __init__(
        self,
        client: Client,
        url: str,
        quirks: Quirks,
        *,
        sleep: Callable[[float], None] = time.sleep,
        chance: random.Random | None = None,
        keep: Callable[[bytes], None] = lambda page: None,
    ) -> None:
        self._client = client
        self.url = url
        self._quirks = quirks
        self._sleep = sleep
        self._chance = chance or random.Random()  # noqa: S311 - spreads load, guards nothing
        self._keep = keep
        self._said: list[Problem] = []
        self._posting = quirks.post

    def heard(self) -> list[Problem]:
        """What was noticed since the last call."""
        said, self._said = self._said, []
        return said

    def ask(self, arguments: Mapping[str, str], known: Callable[[Answer], bool] | None = None) -> Answer:
        """The answer to a request, after as many attempts as it deserves.

        `known` says of an answer that was only skimmed whether that is enough (`oaipmh.answers.skim`).
        Raises PeerError when the other side cannot or will not answer (TooMuchError: not so much at once), FormatError
        when what it says is not OAI-PMH, LimitError when it costs too much, RefusedError when it leads where we do not
        go.
        """
        attempt = 0
        while True:
            attempt += 1
            last = attempt >= _ATTEMPTS
            try:
                # Damage that comes again and again may be its compression's.
                status, wait, data = self._send(arguments, plainly=attempt > _ODD_ATTEMPTS)
            except PeerError as error:
                if last:
                    raise
                self._said.append(error.problem)
                self._sleep(backoff(attempt, self._chance))
                continue
            if status == _TOO_LONG and not self._posting:
                self._posting = True
                continue
            if status in _BUSY:
                answer = _error_of(data)
                if answer is not None:
                    return answer
                if last or wait == limits.RETRY_SECONDS:
                    raise PeerError(messages.STATUS, status=status, url=self.url, attempts=attempt)
                seconds = wait or backoff(attempt, self._chance)  # of clocks that differ a moment has passed already
                self._said.append(Problem(messages.WAITED, values={"status": status, "seconds": round(seconds)}))
                self._sleep(seconds)
                continue
            try:
                return self._read(status, data, known)
            except FormatError as error:
                if attempt >= _ODD_ATTEMPTS:
                    raise
                # An empty page or a fatal error of PHP may be gone the next time; a login page will not.
                self._said.append(error.problem)
                self._sleep(backoff(attempt, self._chance))

    def rest(self, attempt: int) -> None:
        """Wait before a page that came cut off is asked for again; `attempt`: how often it has come so."""
        self._sleep(backoff(max(1, attempt), self._chance))

    def sets(self) -> list[tuple[str, str]]:
        """(setSpec, name) of every set, in the order told; none where there is no hierarchy. Raises as `ask` does.

        A list that does not end is left where it begins to repeat itself, and that is told by `heard`.
        """
        found: dict[str, str] = {}
        arguments = {"verb": "ListSets"}
        while True:
            answer = self.ask(arguments)
            if answer.errors and not any(code == "noSetHierarchy" for code, _ in answer.errors):
                self._said.append(Problem(harvest_messages.PEER_SAID, values={"said": answer.said}))
            fresh = [(spec, name) for spec, name in identity.sets(answer) if spec not in found]
            found.update(fresh)
            token = answer.token.text.strip() if answer.token is not None else ""
            if not token:
                return list(found.items())
            if not fresh:
                self._said.append(Problem(messages.SETS_LOOP, values={"count": len(found)}))
                return list(found.items())
            arguments = {"verb": "ListSets", "resumptionToken": token}

    @collecting.paused()
    def _read(self, status: int, data: bytes, known: Callable[[Answer], bool] | None) -> Answer:
        self._keep(data)  # also what cannot be read, for whoever looks into why
        skimmed = answers.skim(data) if known is not None else None
        if known is not None and skimmed is not None and known(skimmed):
            return skimmed
        try:
            answer = answers.read(data)
        except LimitError:
            raise
        except InputError as error:
            if status == _TOO_LARGE:
                raise TooMuchError(messages.STATUS, status=status, url=self.url, attempts=1) from error
            if status >= 400:  # the page that comes with a 404 says less than its number
                raise PeerError(messages.STATUS, status=status, url=self.url, attempts=1) from error
            raise
        self._said.extend(answer.problems)
        return answer

    def _send(self, arguments: Mapping[str, str], *, plainly: bool) -> tuple[int, float | None, bytes]:
        text = urlencode(arguments, safe="" if not self._quirks.plain_token else "+/=:!,|*")
        headers = {"Accept": "text/xml, application/xml;q=0.9, */*;q=0.1"}
        if self._quirks.no_gzip or plainly:
            headers["Accept-Encoding"] = "identity"
        if self._posting or len(text) > _LONG_URL:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            asked = self._client.request(self.url, method="POST", body=text.encode("ascii"), headers=headers)
        else:
            # A base address with a query of its own keeps it (index.php?page=oai).
            joint = "&" if urlsplit(self.url).query else "?"
            asked = self._client.request(f"{self.url.rstrip('?&')}{joint}{text}", headers=headers)
        with asked as found:
            return found.status, retry_after(found.headers.get("retry-after"), time.time()), found.body()


def _error_of(data: bytes) -> Answer | None:
    """An OAI-PMH error that came with a status of the 500s; a bare refusal or anything else is none."""
    try:
        answer = answers.read(data)
    except InputError:
        return None
    return answer if answer.errors else None
