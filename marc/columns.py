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
    """Copy stretches of `data`, by `WIDTH` bytes at a time; `out` goes on for `WIDTH` bytes behind the last.

    Stretches are in order, in both. What is copied too much of a short one is overwritten by what follows; of a long
    one, all but the first bytes come after that, the last so that they end where it ends.
    """
    last = int(begins.searchsorted(len(data) - WIDTH, side="right"))
    if last:
        source, target = windows(data, WIDTH), windows(out, WIDTH)
        target[targets[:last]] = source[begins[:last]]
        rows = np.flatnonzero(lengths[:last] > WIDTH)
        long = lengths[rows]
        counts = (long - 1) // WIDTH
        steps = (np.arange(1, counts.sum() + 1) - np.repeat(counts.cumsum() - counts, counts)) * WIDTH
        np.minimum(steps, np.repeat(long - WIDTH, counts), out=steps)
        target[np.repeat(targets[rows], counts) + steps] = source[np.repeat(begins[rows], counts) + steps]
    for row in range(last, len(begins)):
        begin, to, length = begins[row], targets[row], lengths[row]
        out[to : to + length] = data[begin : begin + length]


def windows(data: Bytes, width: int) -> NDArray[np.void]:
    """So many bytes from each place on, as one value."""
    return np.ndarray((len(data) - width + 1,), np.dtype((np.void, width)), data, strides=(1,))


def put(out: Bytes, at: Numbers, what: bytes | NDArray[np.void]) -> None:
    """Put the same bytes everywhere, or one of as many values of one width at each place."""
    values = np.void(what) if isinstance(what, bytes) else what
    windows(out, values.dtype.itemsize)[at] = values
