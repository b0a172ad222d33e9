"""Files that commands write whole."""

from __future__ import annotations

from pathlib import Path

from foundation.errors import InputError, Message
from reports import messages

UNREADABLE = Message(
    "file.unreadable",
    "không mở được tệp {name}: {reason}. Hãy xem lại tên tệp và quyền đọc.",
    "the file {name} cannot be opened: {reason}. Check its name and that you may read it.",
)


def written(path: Path, data: bytes) -> None:
    """Write a file. Raises InputError when that cannot be done."""
    try:
        path.write_bytes(data)
    except OSError as error:
        raise InputError(messages.UNWRITABLE, name=path, reason=error.strerror or error) from error
