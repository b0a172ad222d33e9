"""Guessing is braked, and nobody locks out anybody for good."""

from __future__ import annotations

import threading

import pytest

from accounts import throttle
from accounts.throttle import Bucket, attempt, forgive, of_password
from catalogue.store import Store
from foundation import limits
from tests.catalogue.conftest import Time


def guess(store: Store, login: str, address: str = "10.0.0.1", *, known_here: bool = False) -> int:
    with store.write() as connection:
        return attempt(connection, store.now(connection), of_password(login, address, known_here=known_here))


def until_braked(store: Store, guesses: range, login: str = "anh", address: str = "10.0.0.{}") -> int:
    return next(number for number in guesses if guess(store, login.format(number), address.format(number)))


def test_some_mistakes_are_free_and_then_each_doubles_the_wait(store: Store, time: Time) -> None:
    assert [guess(store, "anh") for _ in range(limits.SIGN_IN_FREE)] == [0] * limits.SIGN_IN_FREE
    waits = []
    for _ in range(9):
        waits.append(guess(store, "anh"))
        time.pass_(waits[-1])
        assert guess(store, "anh") == 0
    assert waits == [15, 30, 60, 120, 240, 480, 900, 900, 900]


def test_two_who_guess_first_at_the_same_moment_are_both_counted(both: Store) -> None:
    waits: list[int] = []
    with both.write() as connection:
        attempt(connection, both.now(connection), of_password("anh", "10.0.0.1", known_here=False))
        other = threading.Thread(target=lambda: waits.append(guess(both, "anh")))
        other.start()
        other.join(0.3)  # it waits for what is not committed yet
    other.join()
    assert waits == [0]
    with both.read() as connection:
        assert set(connection.exec_driver_sql("SELECT failures FROM throttle").scalars()) == {2}


def test_a_list_of_accounts_from_one_address_is_braked(store: Store) -> None:
    assert until_braked(store, range(100), "nguoi{}", "10.0.0.1") == limits.SIGN_IN_FREE_ADDRESS


def test_one_account_from_many_addresses_is_braked(store: Store) -> None:
    assert until_braked(store, range(100)) == limits.SIGN_IN_FREE_LOGIN


def test_the_owner_comes_in_from_where_they_always_do(store: Store) -> None:
    until_braked(store, range(100))
    assert guess(store, "anh", "192.168.1.5") > 0
    assert guess(store, "anh", "192.168.1.5", known_here=True) == 0


def test_another_account_at_the_same_library_is_not_kept_waiting(store: Store) -> None:
    while not guess(store, "anh"):
        pass
    assert guess(store, "binh") == 0


def test_who_has_an_account_cannot_guess_at_others_for_ever(store: Store) -> None:
    own = of_password("cua-toi", "10.0.0.1", known_here=False)
    for number in range(200):
        if guess(store, f"nguoi{number}"):
            break
        with store.write() as connection:
            if not attempt(connection, store.now(connection), own):
                forgive(connection, own)
    assert number == limits.SIGN_IN_FREE_ADDRESS


def test_a_right_password_forgets_the_mistakes_of_its_account(store: Store) -> None:
    for _ in range(limits.SIGN_IN_FREE - 1):
        guess(store, "anh")
    with store.write() as connection:
        forgive(connection, of_password("anh", "10.0.0.1", known_here=False))
    assert [guess(store, "anh") for _ in range(limits.SIGN_IN_FREE)] == [0] * limits.SIGN_IN_FREE


def test_a_day_later_all_is_forgotten(store: Store, time: Time) -> None:
    while not guess(store, "anh"):
        pass
    time.pass_(86_401)
    assert [guess(store, "anh") for _ in range(limits.SIGN_IN_FREE)] == [0] * limits.SIGN_IN_FREE
    time.pass_(86_401)
    with store.write() as connection:
        throttle.sweep(connection, time.now)
        assert connection.exec_driver_sql("SELECT count(*) FROM throttle").scalar() == 0


def test_guesses_at_the_same_time_are_all_counted(both: Store) -> None:
    bucket = Bucket("pair:x", 5)
    with both.write() as connection:
        attempt(connection, both.now(connection), (bucket,))
    answers: list[int] = []

    def one() -> None:
        with both.write() as connection:
            answers.append(attempt(connection, both.now(connection), (bucket,)))

    guesses = [threading.Thread(target=one) for _ in range(12)]
    for each in guesses:
        each.start()
    for each in guesses:
        each.join()
    assert sum(wait == 0 for wait in answers) == 4


@pytest.mark.parametrize("login", ["x" * 10_000, "\ud800", "Ngọc Anh\n"])
def test_any_login_is_counted(store: Store, login: str) -> None:
    assert guess(store, login) == 0
