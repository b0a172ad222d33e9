"""Sort keys of many texts at once, the same as `vietnamese.collation.sort_key` makes of each by itself.

A level of a key is the weights of its letters behind one another, so that of all texts is one look-up of all letters in
a table. It has two bytes for each: the few letters with longer weights are left to `sort_key`, with all of their text.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vietnamese.collation import LOWEST, SEPARATOR, sort_key, weighed

_END: Final = 0x3000
_NO_BYTE: Final = b"\xff"
"""Fills up a weight of one byte or none, and is taken out again."""
_PART: Final = "\x00"
_WEIGHT: Final = 2


def sort_keys(texts: Sequence[str]) -> list[bytes]:
    """The key of each of these texts."""
    codes = np.frombuffer(_PART.join([*texts, ""]).encode("utf-32-le", "surrogatepass"), np.uint32)
    odd, levels = _weights()
    found = [
        level.take(codes, mode="clip").tobytes().translate(None, _NO_BYTE).split(SEPARATOR)[: len(texts)]
        for level in levels
    ]
    if len(found[0]) < len(texts) or (codes == 0).sum() != len(texts):
        return list(map(sort_key, texts))  # a control character, which no record has
    keys = [
        letters + SEPARATOR + marks.rstrip(LOWEST) + SEPARATOR + case.rstrip(LOWEST)
        for letters, marks, case in zip(*found, strict=True)
    ]
    if (strange := np.flatnonzero(odd.take(codes, mode="clip"))).size:
        ends = np.flatnonzero(codes == 0)
        for number in set(ends.searchsorted(strange).tolist()):
            keys[number] = sort_key(texts[number])
    return keys


@cache
def _weights() -> tuple[NDArray[np.bool_], list[NDArray[np.uint16]]]:
    """Which letters are left to `sort_key`, and the weights of all others level by level."""
    odd = np.ones(_END, np.bool_)
    levels = [bytearray(_NO_BYTE * _WEIGHT * _END) for _ in range(3)]
    for code in range(1, _END - 1):
        if unicodedata.category(chr(code))[0] == "M":
            continue  # may make another letter of the one before it
        weights = weighed(chr(code))
        if all(len(weight) <= _WEIGHT and not {0, 0xFF} & {*weight} for weight in weights):
            odd[code] = False
            for level, weight in zip(levels, weights, strict=True):
                level[_WEIGHT * code : _WEIGHT * code + len(weight)] = weight
    odd[0] = False
    for level in levels:
        level[0] = SEPARATOR[0]
    return odd, [np.frombuffer(bytes(level), np.uint16) for level in levels]
