"""ISO 5426: every octet as a program that nobody here wrote reads it."""

from __future__ import annotations

import subprocess
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from marc import iso5426
from marc.decoders import DECODERS


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"abc", "abc"),
        (b"Balzac, Honor\xc2e de", "Balzac, Honoré de"),
        (b"\xf1\xe1\xfb", "æÆß"),
        (b"Nguy\xc3\xc4en", "Nguyễn"),
        (b"\x88Le \x89livre", "Le livre"),
        (b"a\xc2", "á"),
        (b"", ""),
    ],
)
def test_text(data: bytes, text: str) -> None:
    assert iso5426.decode(data) == (text, ())


def test_an_octet_that_is_free_is_refused() -> None:
    with pytest.raises(UnicodeDecodeError):
        iso5426.decode(b"ab\xff")


def test_an_operator_can_choose_it() -> None:
    assert DECODERS["iso-5426"](b"\xc2e") == ("é", ())


@pytest.mark.peer
def test_yaz_iconv_reads_every_octet_alike(require_peer: Callable[[str, str], Path]) -> None:
    program = require_peer("yaz", "yaz-iconv")
    for octet in range(0xA1, 0x100):
        data = bytes((octet, ord("a")))
        try:
            ours = iso5426.decode(data)[0]
        except UnicodeDecodeError:
            continue
        done = subprocess.run([program, "-f", "iso5426", "-t", "utf-8"], input=data, capture_output=True, check=False)
        assert unicodedata.normalize("NFC", done.stdout.decode()) == ours, hex(octet)
