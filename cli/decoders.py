"""Every encoding an operator may choose for a file: MARC-8 and those that Vietnamese libraries used before Unicode."""

from __future__ import annotations

from functools import partial

from foundation.errors import Problem
from marc import charset
from marc.decoding import DECODERS, MARC8, UTF8, Decoder
from vietnamese import encodings


def _marc8(data: bytes) -> tuple[str, tuple[Problem, ...]]:
    decoded = charset.decode(data)
    return decoded.text, decoded.problems


def _vietnamese(encoding: str, data: bytes) -> tuple[str, tuple[Problem, ...]]:
    text = encodings.decode(data, encoding)
    return encodings.repair_case(text) if encoding == "tcvn3" else text, ()


def decoders() -> dict[str, Decoder]:
    """Decoders by the name an operator chooses, those that another room has registered first."""
    own: dict[str, Decoder] = {name: partial(_vietnamese, name) for name in encodings.ENCODINGS if name != UTF8}
    return {MARC8: _marc8, **own, **DECODERS}
