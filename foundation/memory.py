"""What is asked of the allocator, for programs that use and free a few megabytes thousands of times over."""

from __future__ import annotations

from functools import cache
from typing import Final

from foundation.limits import MIB

_LARGEST: Final = 16 * MIB


@cache
def reused() -> None:
    """Let freed memory be used again instead of given back and asked for anew, each page of which costs a fault.

    glibc gives back what is free beyond twice the largest block that was ever freed to the system, 32 MiB at most
    (mallopt(3), M_TRIM_THRESHOLD); so one is freed, whose pages nobody touched. Other allocators take no notice.
    """
    _ = bytes(_LARGEST)
