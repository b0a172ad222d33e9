"""Passwords are kept as argon2id and judged by how hard they are to guess."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from argon2 import PasswordHasher, extract_parameters
from sqlalchemy import select, update

from accounts import messages, passwords, people
from catalogue.accounts_tables import person
from catalogue.store import Store
from foundation import limits
from foundation.errors import InputError, RefusedError

GOOD = "một câu dễ nhớ của tôi"


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(1, 64, 1))
    passwords._nobody_s.cache_clear()
    yield
    passwords._nobody_s.cache_clear()


def test_it_is_argon2id_with_what_rfc_9106_recommends() -> None:
    stored = passwords.make(GOOD)
    found = extract_parameters(stored)
    assert (found.type.name, found.memory_cost, found.time_cost, found.parallelism) == ("ID", 65_536, 3, 4)
    assert found.salt_len >= 16
    assert passwords.right(stored, GOOD)
    assert not passwords.right(stored, GOOD + " ")


def test_a_password_that_was_chosen_meanwhile_stays(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    people.add(store, "anh", "Ngọc Anh", password=GOOD)
    chosen, make = passwords.make(GOOD + " khác"), passwords.make

    def late(text: str) -> str:
        with store.write() as connection:
            connection.execute(update(person).values(password=chosen))
        return make(text)

    monkeypatch.setattr(passwords, "old", lambda stored: True)
    monkeypatch.setattr(passwords, "make", late)
    assert people.checked(store, "anh", GOOD) is not None
    with store.read() as connection:
        assert connection.execute(select(person.c.password)).scalar_one() == chosen


def test_of_two_who_take_a_login_at_once_one_is_told_that_it_is_taken(both: Store) -> None:
    def take(number: int) -> str:
        try:
            return people.add(both, "anh", f"Người {number}").name
        except RefusedError as error:
            return error.problem.code

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(take, range(4)))
    assert sorted(one.startswith("Người") for one in found) == [False, False, False, True]
    assert {one for one in found if not one.startswith("Người")} == {messages.LOGIN_TAKEN.code}


@pytest.mark.usefixtures("quick")
def test_any_keyboard_opens_the_account() -> None:
    assert passwords.right(passwords.make(unicodedata.normalize("NFD", GOOD)), unicodedata.normalize("NFC", GOOD))


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("stored", ["", "x", "$argon2id$v=19$m=64,t=1,p=1$", "plain"])
def test_what_is_no_password_is_never_right(stored: str) -> None:
    for given in ("", "x", stored, "nobody has this password", "\ud800", "a" * 5000):
        assert not passwords.right(stored, given)


@pytest.mark.parametrize("password", [
    "", "ngắn quá", "aaaaaaaaaaaaaaa", "abababababab", "123456789012", "password1234", "matkhau12345", "Mật Khẩu 12345",
    "thuvienthuvien", "lienthong2026", "qwertyuiop12", "ngocanhngocanh", "NgocAnh123456", "Ngọc Anh 1234", "x" * 1025,
])  # fmt: skip
def test_what_is_guessed_first_is_refused(password: str) -> None:
    with pytest.raises(InputError):
        passwords.judge(password, "ngocanh", "Ngọc Anh")


@pytest.mark.parametrize("password", [
    GOOD, "xanh lá cây ngoài ngõ", "f7Kq_93nLwXz", "tôi đi chợ Bắc Kạn", "correct horse battery",
])  # fmt: skip
def test_a_sentence_is_taken(password: str) -> None:
    passwords.judge(password, "ngocanh", "Ngọc Anh")


def test_the_same_work_is_done_for_a_login_that_there_is_not(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted, not timed: how often and over what argon2 runs."""
    people.add(store, "anh", "Ngọc Anh", password=GOOD)
    people.add(store, "moi", "Chưa có mật khẩu")
    asked: list[Any] = []

    class Counting:
        def __init__(self, real: PasswordHasher) -> None:
            self.hash, self.check_needs_rehash, self._real = real.hash, real.check_needs_rehash, real

        def verify(self, stored: str, given: bytes) -> bool:
            asked.append(extract_parameters(stored))
            return self._real.verify(stored, given)

    passwords._nobody_s.cache_clear()
    monkeypatch.setattr(passwords, "HASHER", Counting(PasswordHasher(1, 64, 1)))
    with store.write() as connection:
        connection.execute(update(person).where(person.c.login == "anh").values(password=passwords.make(GOOD)))
    for login in ("anh", "moi", "ai-do", "", "x" * 999):
        assert people.checked(store, login, "sai mật khẩu rồi") is None
    assert len(asked) == 5
    passwords._nobody_s.cache_clear()
    assert len({(one.memory_cost, one.time_cost, one.parallelism) for one in asked}) == 1


def test_a_password_kept_in_an_older_way_is_kept_anew(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as before:
        before.setattr(passwords, "HASHER", PasswordHasher(1, 64, 1))
        people.add(store, "anh", "Ngọc Anh", password=GOOD)
    assert people.checked(store, "anh", GOOD) is not None
    with store.read() as connection:
        assert not passwords.old(connection.execute(select(person.c.password)).scalar_one())
    assert people.checked(store, "anh", GOOD) is not None


def test_the_limit_names_itself_in_what_it_allows() -> None:
    with pytest.raises(InputError) as caught:
        passwords.judge("ngắn")
    assert caught.value.problem.values["allowed"] == limits.PASSWORD_CHARACTERS
