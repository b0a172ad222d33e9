"""Files that commands write whole."""

from __future__ import annotations

from pathlib import Path

from foundation.errors import InputError
from reports import messages


def written(path: Path, data: bytes) -> None:
    """Write a file. Raises InputError when that cannot be done."""
    try:
        path.write_bytes(data)
    except OSError as error:
        raise InputError(messages.UNWRITABLE, name=path, reason=error.strerror or error) from error
