"""Signing in by a provider of identities: OpenID Connect Core 1.0, the code flow (3.1) with PKCE (RFC 7636).

The provider says who somebody is; what they may do is said here. So an identity is joined to an account by its owner,
while signed in, and nobody comes to an account by having the same e-mail address.
"""

from __future__ import annotations

import hmac
import json
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from sqlalchemy import Connection, delete, insert, select

from accounts import messages, people
from accounts.people import Person
from catalogue.accounts_tables import identity
from foundation.addresses import networks
from foundation.errors import LienThongError, PeerError, RefusedError
from foundation.network import Budget, Client, Line
from foundation.settings import Settings

ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures by the provider's key alone: `none`, and those made with a shared secret, are refused."""
_CACHE_SECONDS: Final = 3600
_LEEWAY_SECONDS: Final = 120
_BUDGET: Final = Budget(connect_seconds=5, idle_seconds=10, total_seconds=20, plain_bytes=1 << 20, sent_bytes=1 << 20)


@dataclass(frozen=True, slots=True)
class Journey:
    """What the browser keeps while its owner is at the provider: guards against answers that were not asked for."""

    state: str
    nonce: str
    verifier: str


@dataclass(slots=True)
class _Known:
    """What was read of the provider, and when."""

    at: float = 0.0
    metadata: dict[str, Any] = field(default_factory=dict)
    keys: KeySet | None = None


class Provider:
    """The provider of identities that the settings name."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.time) -> None:
        self.name = settings.oidc_name or settings.oidc_issuer
        self.issuer = settings.oidc_issuer
        self._client, self._secret = settings.oidc_client, settings.oidc_secret
        self._line = Line(allowed=networks(settings.oidc_allow), budget=_BUDGET)
        self._clock = clock
        self._known = _Known()
        self._lock = threading.Lock()

    def __bool__(self) -> bool:
        """Whether there is one."""
        return bool(self.issuer and self._client)

    def leave(self, back: str) -> tuple[str, Journey]:
        """Where to send the browser (3.1.2.1), and what it is to keep; `back`: our address to come back to.

        Raises PeerError when the provider does not answer as it should.
        """
        journey = Journey(secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48))
        asked = {
            "response_type": "code", "client_id": self._client, "redirect_uri": back, "scope": "openid profile",
            "state": journey.state, "nonce": journey.nonce, "code_challenge_method": "S256",
            "code_challenge": create_s256_code_challenge(journey.verifier),
        }  # fmt: skip
        there = self._read().metadata["authorization_endpoint"]
        return f"{there}{'&' if '?' in there else '?'}{urlencode(asked)}", journey

    def arrive(self, journey: Journey, state: str, code: str, back: str, issuer: str = "") -> str:
        """Who came back (`sub`), proved by the provider's signature.

        `issuer`: the parameter `iss` of the answer (RFC 9207), where there is one. Raises RefusedError for an answer
        that was not asked for or proves nothing, PeerError when the provider does not answer as it should.
        """
        if not state or not hmac.compare_digest(state.encode(), journey.state.encode()) or not code:
            raise RefusedError(messages.IDENTITY_WRONG, reason="state")
        if issuer and issuer != self.issuer:
            raise RefusedError(messages.IDENTITY_WRONG, reason="iss")
        known = self._read()
        form = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": back, "client_id": self._client,
            "client_secret": self._secret, "code_verifier": journey.verifier,
        }  # fmt: skip
        answer = self._ask(known.metadata["token_endpoint"], urlencode(form).encode())
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise PeerError(messages.IDENTITY_PEER, issuer=self.issuer, reason="id_token")
        try:
            return self._subject(token, journey.nonce, known)
        except InvalidKeyIdError:  # the provider may have new keys since we read them
            known = self._read(anew=True)
        try:
            return self._subject(token, journey.nonce, known)
        except InvalidKeyIdError as error:
            raise RefusedError(messages.IDENTITY_WRONG, reason="kid") from error

    def _subject(self, token: str, nonce: str, known: _Known) -> str:
        """The subject of a token that is proved by 3.1.3.7. Raises InvalidKeyIdError when its key is not known."""
        assert known.keys is not None
        try:
            decoded = jwt.decode(token, known.keys, algorithms=list(ALGORITHMS))
            wanted = {
                "iss": {"essential": True, "value": self.issuer},
                "aud": {"essential": True, "value": self._client},
                "nonce": {"essential": True, "value": nonce},
            }
            claims = CodeIDToken(
                decoded.claims, decoded.header, wanted, {"nonce": nonce, "client_id": self._client}
            )  # fmt: skip
            claims.validate(int(self._clock()), _LEEWAY_SECONDS)
        except InvalidKeyIdError:
            raise
        except (JoseError, ValueError) as error:
            raise RefusedError(messages.IDENTITY_WRONG, reason=getattr(error, "error", "id_token")) from error
        subject = decoded.claims["sub"]
        if not isinstance(subject, str) or not 0 < len(subject) <= 255:
            raise RefusedError(messages.IDENTITY_WRONG, reason="sub")
        return subject

    def _read(self, *, anew: bool = False) -> _Known:
        """The provider's description of itself (Discovery 1.0, 4) and its keys."""
        with self._lock:
            if self._known.metadata and not anew and self._clock() - self._known.at < _CACHE_SECONDS:
                return self._known
            metadata = self._ask(f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
            needed = ("authorization_endpoint", "token_endpoint", "jwks_uri")
            if metadata.get("issuer") != self.issuer or not all(isinstance(metadata.get(one), str) for one in needed):
                raise PeerError(messages.IDENTITY_PEER, issuer=self.issuer, reason="openid-configuration")
            try:
                keys = KeySet.import_key_set(self._ask(metadata["jwks_uri"]))  # type: ignore[arg-type]
            except (JoseError, ValueError, KeyError, TypeError) as error:
                raise PeerError(messages.IDENTITY_PEER, issuer=self.issuer, reason="jwks_uri") from error
            self._known = _Known(self._clock(), metadata, keys)
            return self._known

    def _ask(self, address: str, form: bytes | None = None) -> dict[str, Any]:
        headers = {"Accept": "application/json"}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            with Client(self._line) as client, client.request(
                address, method="GET" if form is None else "POST", body=form, headers=headers
            ) as answer:  # fmt: skip
                body, status = answer.body(), answer.status
            found = json.loads(body)
        except (LienThongError, ValueError) as error:
            raise PeerError(messages.IDENTITY_PEER, issuer=self.issuer, reason=str(error)[:200]) from error
        if status != 200 or not isinstance(found, dict):
            raise PeerError(messages.IDENTITY_PEER, issuer=self.issuer, reason=str(status))
        return found


# --- who is who here ------------------------------------------------------------------------------------------


def join(connection: Connection, now: int, number: int, issuer: str, subject: str) -> None:
    """From now on this identity lets in the person `number`. Raises RefusedError for one that is another's."""
    found = _owner(connection, issuer, subject)
    if found == number:
        return
    if found is not None:
        raise RefusedError(messages.IDENTITY_TAKEN)
    connection.execute(
        insert(identity).values(person_id=number, issuer=issuer, subject=subject, created=now)
    )  # fmt: skip


def part(connection: Connection, number: int) -> None:
    """No identity lets in the person `number` any more."""
    connection.execute(delete(identity).where(identity.c.person_id == number))


def joined(connection: Connection, number: int) -> bool:
    """Whether an identity lets in the person `number`."""
    return connection.execute(select(identity.c.id).where(identity.c.person_id == number)).first() is not None


def owner(connection: Connection, issuer: str, subject: str) -> Person | None:
    """The person whom this identity lets in; None: nobody, or the account is locked."""
    number = _owner(connection, issuer, subject)
    found = None if number is None else people.get(connection, number)
    return None if found is None or found.locked is not None else found


def _owner(connection: Connection, issuer: str, subject: str) -> int | None:
    query = select(identity.c.person_id).where(identity.c.issuer == issuer, identity.c.subject == subject)
    number: int | None = connection.execute(query).scalar()
    return number
