"""Who comes from a provider of identities is who it says, proved by its signature, and asked for by this browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from joserfc.jwk import ECKey

from accounts import oidc, people
from accounts.oidc import Journey, Provider
from catalogue.store import Store
from foundation.errors import PeerError, RefusedError
from foundation.settings import Settings
from tests.accounts.provider import CLIENT, SECRET, SmallProvider, served
from tests.catalogue.conftest import NOW

BACK = "https://lib.example/sign-in/arrive"


@pytest.fixture
def small() -> Iterator[SmallProvider]:
    with served(SmallProvider(NOW)) as provider:
        yield provider


def ours(small: SmallProvider, **more: str) -> Provider:
    values = {"oidc_issuer": small.issuer, "oidc_client": CLIENT, "oidc_secret": SECRET} | more
    return Provider(Settings(**values, oidc_allow=("127.0.0.1",)), lambda: float(NOW))  # type: ignore[arg-type]


def walk(small: SmallProvider, provider: Provider, **changed: str) -> str:
    there, journey = provider.leave(BACK)
    given = small.authorize(there) | changed
    return provider.arrive(journey, given["state"], given["code"], BACK, given["iss"])


def test_the_provider_says_who_it_is(small: SmallProvider) -> None:
    provider = ours(small)
    assert provider
    assert walk(small, provider) == "sub-1"
    assert walk(small, provider) == "sub-1"
    assert small.asked.count("/keys") == 1, "what it says of itself is kept for a while"


LIES: dict[str, Callable[[SmallProvider], object]] = {
    "another issuer": lambda small: small.claims.update(iss="https://evil.example"),
    "for somebody else": lambda small: small.claims.update(aud="another"),
    "of another journey": lambda small: small.claims.update(nonce="another"),
    "without a nonce": lambda small: small.claims.update(nonce=None),
    "expired": lambda small: small.claims.update(exp=NOW - 600),
    "without an end": lambda small: small.claims.update(exp=None),
    "not yet": lambda small: small.claims.update(iat=NOW + 3600),
    "without a subject": lambda small: small.claims.update(sub=None),
    "an endless subject": lambda small: small.claims.update(sub="x" * 256),
    "a subject that is a number": lambda small: small.claims.update(sub=5),
    "several audiences, none authorized": lambda small: small.claims.update(aud=[CLIENT, "other"]),
    "signed by another key": lambda small: setattr(small, "signs", ECKey.generate_key("P-256")),
    "signed by an unknown key": lambda small: small.header.update(kid="2"),
    "signed with our secret": lambda small: small.header.update(alg="HS256"),
    "not signed": lambda small: small.header.update(alg="none"),
}


@pytest.mark.parametrize("lie", LIES)
def test_what_proves_nothing_lets_nobody_in(small: SmallProvider, lie: str) -> None:
    LIES[lie](small)
    with pytest.raises(RefusedError):
        walk(small, ours(small))


@pytest.mark.parametrize(
    "changed", [{"state": "another"}, {"state": ""}, {"code": ""}, {"iss": "https://evil.example"}]
)
def test_an_answer_that_was_not_asked_for_is_refused(small: SmallProvider, changed: dict[str, str]) -> None:
    with pytest.raises(RefusedError):
        walk(small, ours(small), **changed)
    assert "/token" not in small.asked


def test_an_answer_to_a_browser_that_did_not_leave_is_refused(small: SmallProvider) -> None:
    provider = ours(small)
    there, _ = provider.leave(BACK)
    given = small.authorize(there)
    with pytest.raises(RefusedError):
        provider.arrive(Journey("", "", ""), given["state"], given["code"], BACK)


def test_a_code_that_was_stolen_is_worth_nothing_without_the_verifier(small: SmallProvider) -> None:
    provider = ours(small)
    there, journey = provider.leave(BACK)
    given = small.authorize(there)
    with pytest.raises(PeerError):
        provider.arrive(Journey(journey.state, journey.nonce, "another"), given["state"], given["code"], BACK)


def test_new_keys_are_read_when_there_are_some(small: SmallProvider) -> None:
    provider = ours(small)
    walk(small, provider)
    small.key = small.signs = ECKey.generate_key("P-256", parameters={"kid": "2"})
    small.header["kid"] = "2"
    assert walk(small, provider) == "sub-1"


@pytest.mark.parametrize("metadata", [
    {"issuer": "https://evil.example"}, {"jwks_uri": None}, {"token_endpoint": 5}, {"jwks_uri": "http://192.0.2.1/"},
])  # fmt: skip
def test_a_provider_that_is_not_what_it_says_is_told(small: SmallProvider, metadata: dict[str, object]) -> None:
    small.metadata = metadata
    with pytest.raises(PeerError):
        ours(small).leave(BACK)


def test_a_provider_inside_the_network_has_to_be_allowed(small: SmallProvider) -> None:
    provider = Provider(Settings(oidc_issuer=small.issuer, oidc_client=CLIENT))
    with pytest.raises(PeerError):
        provider.leave(BACK)
    assert small.asked == []


def test_without_settings_there_is_none() -> None:
    assert not Provider(Settings())


# --- who is who here ------------------------------------------------------------------------------------------


def test_an_identity_is_one_person_s(store: Store) -> None:
    first, second = (people.add(store, login, "Ai đó").number for login in ("anh", "binh"))
    with store.write() as connection:
        oidc.join(connection, NOW, first, "https://a", "sub-1")
        oidc.join(connection, NOW, first, "https://a", "sub-1")
        with pytest.raises(RefusedError):
            oidc.join(connection, NOW, second, "https://a", "sub-1")
        oidc.join(connection, NOW, second, "https://b", "sub-1")
        found = [oidc.owner(connection, issuer, "sub-1") for issuer in ("https://a", "https://b", "https://c")]
        assert [one.login if one else None for one in found] == ["anh", "binh", None]
        people.lock(connection, NOW, first)
        assert oidc.owner(connection, "https://a", "sub-1") is None
        oidc.part(connection, second)
        assert not oidc.joined(connection, second)
