"""Tokens let in who holds them, and nobody else."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from accounts import tokens
from catalogue.store import Store
from catalogue.tables import token
from foundation.errors import RefusedError
from tests.catalogue.conftest import Time


def test_a_token_lets_in_for_its_library(store: Store) -> None:
    made, secret = tokens.add(store, "bk01", "máy biên mục")
    found = tokens.admitted(store, secret)
    assert found is not None
    assert (found.number, found.library, found.scopes) == (made.number, "bk01", ("push",))


def test_the_store_never_holds_the_secret(store: Store) -> None:
    _, secret = tokens.add(store, "bk01", "máy")
    with store.read() as connection:
        kept = repr(connection.execute(select(token)).all())
    assert secret.split("_", 2)[2] not in kept


@pytest.mark.parametrize("spoil", [
    lambda secret: secret[:-2] + ("AA" if not secret.endswith("AA") else "BB"),
    lambda secret: secret.replace("lt_1_", "lt_2_"),
    lambda secret: "lt_999_" + secret.split("_", 2)[2],
    lambda secret: secret + " ",
    lambda secret: "",
    lambda secret: "lt_1_" + "é" * 43,
    lambda secret: secret.replace("lt_1_", "lt_٣_"),
    lambda secret: "lt_" + "9" * 30 + "_" + secret.split("_", 2)[2],
])  # fmt: skip
def test_anything_else_does_not(store: Store, spoil: object) -> None:
    _, secret = tokens.add(store, "bk01", "máy")
    tokens.add(store, "bk02", "máy")
    assert tokens.admitted(store, spoil(secret)) is None  # type: ignore[operator]


def test_one_that_is_revoked_lets_in_no_more(store: Store) -> None:
    _, secret = tokens.add(store, "bk01", "máy")
    tokens.revoke(store, "bk01", "máy")
    assert tokens.admitted(store, secret) is None
    _, again = tokens.add(store, "bk01", "máy")
    assert tokens.admitted(store, again) is not None


def test_one_that_is_too_old_lets_in_no_more(store: Store, time: Time) -> None:
    _, secret = tokens.add(store, "bk01", "máy", days=1)
    assert tokens.admitted(store, secret) is not None
    time.now += 86_400
    assert tokens.admitted(store, secret) is None


def test_its_last_use_is_kept(store: Store, time: Time) -> None:
    _, secret = tokens.add(store, "bk01", "máy")
    tokens.admitted(store, secret)
    assert tokens.every(store, "bk01")[0].used == time.now


@pytest.mark.parametrize("call", [
    lambda store: tokens.add(store, "bk01", "máy"),
    lambda store: tokens.add(store, "bk01", " "),
    lambda store: tokens.add(store, "bk01", "a\nb"),
    lambda store: tokens.add(store, "bk01", "khác", ["root"]),
    lambda store: tokens.add(store, "không", "máy"),
    lambda store: tokens.revoke(store, "bk02", "máy"),
    lambda store: tokens.every(store, "không"),
])  # fmt: skip
def test_what_cannot_be_is_refused(store: Store, call: object) -> None:
    tokens.add(store, "bk01", "máy")
    with pytest.raises(RefusedError):
        call(store)  # type: ignore[operator]
