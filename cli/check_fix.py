"""The mended copy that `lienthong check --fix OUT` writes."""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType
from typing import Self

from cli.check_report import UNWRITABLE
from foundation.errors import InputError, LimitError, counted
from marc import iso2709, marcxml, mrk, rules
from marc.reading import Reading
from marc.record import Record
from marc.rules.profiles import Profile
from vietnamese.numbers import written

_COLLECTION = (f'<?xml version="1.0" encoding="UTF-8"?>\n<collection xmlns="{marcxml.NAMESPACE}">\n', "</collection>\n")


class Copy:
    """Writes each record with its safe fixes, in the form that the name asks for: .xml, .mrk, else ISO 2709.

    The file takes its name when all is written; until then, and after a failure, it is `NAME.part`.
    """

    def __init__(self, path: Path, profile: Profile) -> None:
        self._path = path
        self._profile = profile
        self._part = path.with_name(path.name + ".part")
        self._form = path.suffix.lower()
        self.written = self.fixes = self.mended = self.left_out = 0

    def __enter__(self) -> Self:
        try:
            self._stream = self._part.open("wb")
        except OSError as error:
            raise InputError(UNWRITABLE, name=self._part, reason=error.strerror or error) from error
        if self._form == ".xml":
            self._stream.write(_COLLECTION[0].encode())
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if kind is None and self._form == ".xml":
            self._stream.write(_COLLECTION[1].encode())
        self._stream.flush()
        os.fsync(self._stream.fileno())
        self._stream.close()
        if kind is None:
            self._part.replace(self._path)

    def add(self, reading: Reading) -> None:
        """Mend and write one record; one that could not be read, or that ISO 2709 cannot hold, is counted."""
        if reading.record is None:
            self.left_out += 1
            return
        record, applied = rules.mend(reading.record, self._profile)
        try:
            self._stream.write(self._rendered(record))
        except LimitError:
            self.left_out += 1
            return
        self.written += 1
        self.fixes += len(applied) + len(reading.problems)
        self.mended += bool(applied or reading.problems)

    def _rendered(self, record: Record) -> bytes:
        if self._form == ".xml":
            return marcxml.write(record) + b"\n"
        return mrk.write(record) + b"\n" if self._form == ".mrk" else iso2709.write(record)

    def told(self, name: str) -> tuple[str, str]:
        """What was done, in both languages."""
        vi = (
            f"Đã ghi {written(self.written)} biểu ghi vào {name}; sửa {written(self.fixes)} chỗ trong "
            f"{written(self.mended)} biểu ghi."
        )
        mended = f"{counted(self.fixes, 'fix', 'fixes')} in {counted(self.mended, 'record')}"
        en = f"Wrote {counted(self.written, 'record')} to {name}; {mended}."
        if self.left_out:
            vi += (
                f" {written(self.left_out)} biểu ghi không ghi được (không đọc được, hoặc quá dài cho ISO "
                f"2709: dùng .xml)."
            )
            en += f" {self.left_out:,} could not be written (unreadable, or too long for ISO 2709: use .xml)."
        return vi, en
