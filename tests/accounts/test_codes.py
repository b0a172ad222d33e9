"""One-time codes, recovery codes, and the picture by which a telephone learns the secret."""

from __future__ import annotations

import hashlib
from base64 import b32encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts import people, qr, totp
from catalogue.store import Store
from foundation.errors import LimitError
from foundation.settings import Settings
from foundation.vault import Vault
from tests.catalogue.conftest import NOW, Time

SECRET = b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(("second", "code"), [  # RFC 6238, Appendix B, the last six of eight digits
    (59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037"),
    (20000000000, "353130"),
])  # fmt: skip
def test_the_values_of_the_standard(second: int, code: str) -> None:
    assert totp.code(SECRET, second // 30) == code
    assert totp.matching_step(SECRET, f"{code[:3]} {code[3:]}", second) == second // 30


@pytest.mark.parametrize(("away", "taken"), [(-61, False), (-30, True), (0, True), (30, True), (61, False)])
def test_a_clock_may_be_wrong_by_a_step(away: int, taken: bool) -> None:
    at = NOW // 30 * 30 + 15
    assert (totp.matching_step(SECRET, totp.code(SECRET, (at + away) // 30), at) is not None) == taken


@given(st.text())
def test_whatever_is_typed_is_answered(text: str) -> None:
    assert totp.matching_step(SECRET, text, NOW) in (None, NOW // 30 - 1, NOW // 30, NOW // 30 + 1)


@pytest.fixture
def person(store: Store, settings: Settings) -> tuple[Store, Vault, int, list[str]]:
    vault = Vault(settings.home / "vault.key")
    number = people.add(store, "anh", "Ngọc Anh").number
    with store.write() as connection:
        codes = totp.turn_on(connection, vault, number, SECRET, NOW // 30 - 5)
    return store, vault, number, codes


def accepted(person: tuple[Store, Vault, int, list[str]], code: str, now: int = NOW) -> bool:
    store, vault, number, _ = person
    with store.write() as connection:
        return totp.accepted(connection, vault, number, code, now)


def test_a_code_is_good_once(person: tuple[Store, Vault, int, list[str]]) -> None:
    code = totp.code(SECRET, NOW // 30)
    assert [accepted(person, code), accepted(person, code)] == [True, False]
    assert not accepted(person, totp.code(SECRET, NOW // 30 - 1)), "an earlier one neither"
    assert accepted(person, totp.code(SECRET, NOW // 30 + 1))


def test_a_recovery_code_is_good_once_however_it_is_typed(person: tuple[Store, Vault, int, list[str]]) -> None:
    first = person[3][0]
    assert len({*person[3]}) == totp.RECOVERY_CODES
    assert accepted(person, first.upper().replace("-", " "))
    assert not accepted(person, first)
    with person[0].read() as connection:
        assert totp.left(connection, person[2]) == totp.RECOVERY_CODES - 1


def test_new_recovery_codes_end_the_old_ones(person: tuple[Store, Vault, int, list[str]]) -> None:
    with person[0].write() as connection:
        totp.renew_recovery(connection, person[2])
    assert not accepted(person, person[3][1])


def test_turned_off_no_code_is_good(person: tuple[Store, Vault, int, list[str]]) -> None:
    with person[0].write() as connection:
        totp.turn_off(connection, person[2])
    assert not accepted(person, totp.code(SECRET, NOW // 30))
    assert not accepted(person, person[3][2])


def test_the_database_holds_neither_secret_nor_codes(
    person: tuple[Store, Vault, int, list[str]], time: Time
) -> None:  # fmt: skip
    from catalogue.accounts_tables import person as table  # noqa: PLC0415
    from catalogue.accounts_tables import recovery_code  # noqa: PLC0415

    with person[0].read() as connection:
        kept = repr(connection.execute(table.select()).all()) + repr(connection.execute(recovery_code.select()).all())
    assert SECRET not in kept
    assert not any(code in kept for code in person[3])


# --- the picture ---------------------------------------------------------------------------------------------

# SHA-256 of the symbol, a row to the line, as another program (qrcode 8) makes it of the same text and mask.
PEER = [
    (1, 0, "c2be843253d3ced8e2318c3a256d44ac"), (1, 5, "db14dd9bcff06bcad2d752fd98052caf"),
    (40, 0, "bdf394b9ece165f98a82fb3f2c4cdea2"), (40, 5, "1e762cc8ed5989de5371753df3768433"),
    (120, 0, "01307900a53cbcb908305fd04b06da85"), (120, 5, "ab393bb5dd1fd4842991c2e63d1de9c5"),
    (200, 0, "e399d6be12eb6e43a9ab0d8fb957736c"), (200, 5, "ff3bfdd20bb753d4932b46b5013f1232"),
    (400, 0, "c5ac0a213fb69846ae8c366c41d2e573"), (400, 5, "e18196b2b683782e07da4cc7a9807cc0"),
    (600, 0, "831952ad40cd38e6a265863c7922c8b0"), (600, 5, "aa901525ffcd8d8b9b2d0fb3adf811d4"),
]  # fmt: skip


@pytest.mark.parametrize(("length", "mask", "digest"), PEER)
def test_the_symbol_is_what_another_program_draws(length: int, mask: int, digest: str) -> None:
    text = ("otpauth://totp/" + "aZ9%-" * 200)[:length]
    drawn = "\n".join("".join("#" if dark else "." for dark in row) for row in qr.modules(text, mask))
    assert hashlib.sha256(drawn.encode()).hexdigest()[:32] == digest


def test_the_picture_has_no_style_and_says_what_it_is() -> None:
    made = qr.svg("otpauth://totp/x", '<"&')
    assert 'aria-label="&lt;&quot;&amp;"' in made
    assert "style" not in made


def test_too_much_text_is_refused() -> None:
    with pytest.raises(LimitError):
        qr.modules("x" * 667)
