"""Move stretches of bytes, thousands at a time: numpy has rows of one length, and fields have any."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Flags = NDArray[np.bool_]
Numbers = NDArray[np.intp]

WIDTH = 32
"""Bytes that text is copied by."""


def copy(data: Bytes, begins: Numbers, out: Bytes, targets: Numbers, lengths: Numbers) -> None:
    """Copy stretches of `data`, by `WIDTH` bytes at a time: what is copied too much is overwritten by what follows.

    Stretches are in order, in both; both arrays go on for `WIDTH` bytes behind the last.
    """
    counts = (lengths + (WIDTH - 1)) // WIDTH
    steps = (np.arange(counts.sum()) - np.repeat(counts.cumsum() - counts, counts)) * WIDTH
    found = windows(data, WIDTH)[np.repeat(begins, counts) + steps]
    windows(out, WIDTH)[np.repeat(targets, counts) + steps] = found


def windows(data: Bytes, width: int) -> NDArray[np.void]:
    """So many bytes from each place on, as one value."""
    return np.ndarray((len(data) - width + 1,), np.dtype((np.void, width)), data, strides=(1,))


def put(out: Bytes, at: Numbers, what: bytes | NDArray[np.void]) -> None:
    """Put the same bytes everywhere, or one of as many values of one width at each place."""
    values = np.void(what) if isinstance(what, bytes) else what
    windows(out, values.dtype.itemsize)[at] = values
