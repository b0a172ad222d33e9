"""Simple Dublin Core is promised byte for byte: a harvester sees a record change only when the record changed."""

import hashlib
import pathlib

import pytest

from dublin_core.xml import oai_dc
from marc import mrk

PROVINCE = pathlib.Path(__file__).resolve().parents[2] / "fixtures" / "province"

FROZEN = {
    "bk00": "6fa57afc3822898cd155f7ea1fa032be",
    "bk01": "07c53fa3067724b62f2832ef0254024e",
    "bk02": "19007dff74f6667a8d24cfc2cdf41474",
    "bk03": "ab2cadb0e54b273768c7ba44721d497f",
    "bk04": "58fe25c47c242d15908a660fcb2f2a99",
    "bk05": "2ec086b3a5709214bb6a23a87586bd4f",
    "bk06": "882c1920cd8c0954253a40a7fd9eb9bf",
    "bk07": "79578d00b0620e5b4e8b70a1e79c5dfb",
    "bk08": "91cb211ab8f7fd18788886708323b108",
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
