"""Files that commands write whole."""

from __future__ import annotations

import sys
from contextlib import suppress
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO, cast

from foundation import archives
from foundation.errors import FormatError, InputError, Message
from marc import readers
from reports import messages

UNREADABLE = Message(
    "file.unreadable",
    "không mở được tệp {name}: {reason}. Hãy xem lại tên tệp và quyền đọc.",
    "the file {name} cannot be opened: {reason}. Check its name and that you may read it.",
)


def standard_input() -> BinaryIO:
    """Standard input as a stream that can be peeked into."""
    stream = sys.stdin.buffer
    return stream if isinstance(stream, BufferedReader) else BufferedReader(cast(BufferedReader, stream))


def lists_books(stream: BinaryIO) -> bool:
    """Whether a stream that can be peeked into begins as a list of books does: a workbook, or a table as text."""
    buffered = cast(BufferedReader, stream)
    with suppress(FormatError):
        readers.recognise(buffered.peek(readers.HEAD_BYTES)[: readers.HEAD_BYTES])
        return False
    from catalogue import forms  # noqa: PLC0415 - the database, which MARC can do without

    return forms.is_list_of_books(archives.begins(buffered.peek(forms.HEAD_BYTES)[: forms.HEAD_BYTES]))


def write(path: Path, data: bytes) -> None:
    """Write a file. Raises InputError when that cannot be done."""
    try:
        path.write_bytes(data)
    except OSError as error:
        raise InputError(messages.UNWRITABLE, name=path, reason=error.strerror or error) from error
