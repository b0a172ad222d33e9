"""Convert on all cores: each process takes a chunk, writes what became of it where it belongs, and takes the next.

Only numbers come back: a process says how long its part is, is told where it begins, and writes it there itself.
Chunks are settled in the order of the file, so the output is the same byte for byte whoever was quicker, and no more
is in memory than a chunk and its outcome for each process.
"""

from __future__ import annotations

import multiprocessing
import warnings
from collections import deque
from collections.abc import Iterable, Iterator
from io import FileIO
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Self

from cli.conversion import Converted, Order, converted
from foundation.errors import InputError, Message
from marc.readers import Piece
from marc.reading import Reading

ENDED = Message(
    "convert.ended",
    "một tiến trình phụ đã dừng giữa chừng (có thể do máy hết bộ nhớ); tệp ra chưa được ghi. Hãy chạy lại với "
    "--jobs 1.",
    "a process that was helping ended before it was done (perhaps the machine has no memory left); the output was not "
    "written. Run again with --jobs 1.",
)
UNWRITABLE = Message(
    "convert.unwritable",
    "không ghi được tệp {name}: {reason}. Hãy kiểm tra chỗ trống và quyền ghi rồi chạy lại.",
    "the file {name} cannot be written: {reason}. Check the free space and that you may write there, then run again.",
)


class Processes:
    """Several processes that convert into one file."""

    def __init__(self, count: int, order: Order, target: Path) -> None:
        self._target = target
        method = "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"
        context: Any = multiprocessing.get_context(method)
        self._processes: list[BaseProcess] = []
        self._idle: deque[Connection] = deque()
        with warnings.catch_warnings():
            # Python 3.12 warns of threads, of which the only ones here are numpy's, and it minds forks itself
            warnings.simplefilter("ignore", DeprecationWarning)
            pipes = [context.Pipe() for _ in range(count)]
            for mine, its in pipes:
                # what a copy of this process would keep open, so that it ends when this one does
                others = [end for pipe in pipes for end in pipe if end is not its] if method == "fork" else []
                process = context.Process(target=_work, args=(its, order, str(target), others), daemon=True)
                process.start()
                self._processes.append(process)
                self._idle.append(mine)
            for _, its in pipes:
                its.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._processes:
            process.terminate()
            process.join()

    def run(self, chunks: Iterable[list[Piece | Reading]], begin: int) -> Iterator[tuple[Converted, int]]:
        """What became of each chunk, in order, without its data, and where that ends in the file.

        The first begins at `begin`. Raises InputError when the file cannot be written or a process is gone.
        """
        flying: deque[Connection] = deque()
        try:
            for chunk in chunks:
                if not self._idle:
                    done, begin = self._settled(flying, begin)
                    yield done, begin
                one = self._idle.popleft()
                one.send(chunk)
                flying.append(one)
            while flying:
                done, begin = self._settled(flying, begin)
                yield done, begin
        except (EOFError, ConnectionError) as error:
            raise InputError(ENDED) from error

    def _settled(self, flying: deque[Connection], begin: int) -> tuple[Converted, int]:
        """The outcome of the first chunk that is not settled, which may be written now."""
        one = flying.popleft()
        done, size = one.recv()
        one.send(begin)
        if reason := one.recv():
            raise InputError(UNWRITABLE, name=self._target, reason=reason)
        self._idle.append(one)
        return done, begin + size


def _work(connection: Connection, order: Order, target: str, others: list[Connection]) -> None:
    """Convert what comes, until nothing more does."""
    for other in others:
        other.close()
    with FileIO(target, "r+") as out:
        while True:
            try:
                chunk = connection.recv()
            except (EOFError, ConnectionError):
                return
            done = converted(chunk, order)
            data, done.data = done.data, []
            connection.send((done, sum(map(len, data))))
            connection.send(_written(out, data, connection.recv()))


def _written(out: FileIO, pieces: list[bytes | memoryview], place: int) -> str:
    """Write pieces at a place of a file; why that cannot be done, else nothing."""
    try:
        out.seek(place)
        for piece in pieces if len(pieces) < 64 else [b"".join(pieces)]:
            rest = memoryview(piece)
            while rest:
                rest = rest[out.write(rest) :]
    except OSError as error:
        return error.strerror or str(error)
    return ""
