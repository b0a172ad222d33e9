"""MARC-8 both ways.

`decode` and `encode` take one value or a whole record body: state returns to ASCII and ANSEL at every subfield
delimiter, field and record terminator. Both are total: what cannot be read or written is kept in another form and told
as a Problem.
"""

from __future__ import annotations

from marc.marc8_reader import Decoded, decode
from marc.marc8_writer import Encoded, encode

__all__ = ["Decoded", "Encoded", "decode", "encode"]
