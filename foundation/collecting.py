"""Work that makes many values and drops them all at its end, without Python's search for cycles among them."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def paused() -> Iterator[None]:
    """No cycles are looked for while this is entered: for a batch of bounded size, whose values go by their counts.

    The collector goes over every living value again and again while a batch grows, a tenth and more of its time.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
