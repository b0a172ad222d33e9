"""Simple Dublin Core is promised byte for byte: a harvester sees a record change only when the record changed."""

import hashlib
import pathlib

import pytest

from dublin_core.xml import oai_dc
from marc import mrk

PROVINCE = pathlib.Path(__file__).resolve().parents[2] / "fixtures" / "province"

FROZEN = {
    "bk00": "89ff1dfafb0acff91203c6a39930f5f4",
    "bk01": "b49aa93b270b020e39d6bd39c34698a6",
    "bk02": "1ed233a25ecd07e32a5301c804605aa0",
    "bk03": "fb7e82d1980ece22f931a61fd48dcb4b",
    "bk04": "1025d0de4cbaf952aa19a757d19e0379",
    "bk05": "e67cc09378be6984c0461e62c569aef5",
    "bk06": "ea82cc334460a48d7decd1b3e84de427",
    "bk07": "b88293884acb35485b95b36d76e011cb",
    "bk08": "80971bd28a5e2f58e6e14772b42e8e93",
}
"""BLAKE2b of the oai_dc of every record of a library, a line each. A change here is announced to harvesters."""


@pytest.mark.parametrize("library", FROZEN)
def test_simple_dublin_core_is_what_it_was(library: str) -> None:
    digest = hashlib.blake2b(digest_size=16)
    with (PROVINCE / f"{library}.mrk").open("rb") as stream:
        for reading in mrk.readings(stream):
            assert reading.record is not None
            digest.update(oai_dc(reading.record) + b"\n")
    assert digest.hexdigest() == FROZEN[library]
