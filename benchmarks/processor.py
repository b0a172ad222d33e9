"""What the processes of a server have used of the processor's time (Linux)."""

from __future__ import annotations

import os
from pathlib import Path


def seconds(home: str) -> float:
    """Seconds of CPU time that the processes of the server at `home` have used so far; those that ended are not
    counted."""
    mark, spent = f"LIENTHONG_HOME={home}".encode(), 0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (process / "environ").read_bytes().split(b"\0"):
                spent += sum(map(int, (process / "stat").read_text().rpartition(")")[2].split()[11:13]))
        except OSError:  # gone meanwhile, or another's
            continue
    return spent / os.sysconf("SC_CLK_TCK")
