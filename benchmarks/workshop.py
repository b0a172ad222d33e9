"""A list of 20,000 books through the import page: how much memory it takes, and how fast it becomes a batch.

The list is typed in a TCVN3 font, as half of the districts' lists are; each fiftieth row lacks its title.
"""

from __future__ import annotations

import io
import resource
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

import xlsxwriter  # type: ignore[import-untyped]

from catalogue import errands, examination, libraries, upload_staging
from catalogue.libraries import Library
from catalogue.store import Store
from catalogue.uploads import Uploads
from foundation.settings import Settings
from harvesting.staging import Desk
from vietnamese import encodings

MEGABYTES = 300
SPEED = 500
"""Rows a second: a list of a district library is read while its librarian looks on."""


def written(path: Path, count: int) -> None:
    book = xlsxwriter.Workbook(path, {"constant_memory": True})
    sheet = book.add_worksheet()
    for number in range(count + 1):
        title = f"Truyện cổ Bắc Kạn, tập {number}" if number % 50 else ""
        row = (title, "Nguyễn Văn Ánh", "Văn hoá dân tộc", str(1990 + number % 30))
        for at, cell in enumerate(row if number else ("Tên sách", "Tác giả", "Nhà XB", "Năm XB")):
            sheet.write_string(number, at, encodings.read_as_cp1252(encodings.encode(cell, "tcvn3")))
    book.close()


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        written(home / "list.xlsx", count)
        settings = Settings(home=home)
        with closing(Store.open(settings)) as store:
            libraries.add(store, Library("bk01", "Thư viện"))
            files = Uploads(store, home)
            found = files.receive("bk01", "list.xlsx", io.BytesIO((home / "list.xlsx").read_bytes()))
            seen = examination.examine(store, "bk01", files.path(found), found.name)
            files.ask(found.number, seen.expected)
            start = time.monotonic()
            number = upload_staging.stage(files, found.number).change_set or 0
            seconds = time.monotonic() - start
            for kind in (errands.CHECK, errands.MATCH):
                errands.put(store, number, kind)
            Desk(store, settings).finish(number)
            whole = time.monotonic() - start
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    speed = count / seconds
    print(f"{count:,} rows in {seconds:.0f} s, {seen.encoding}; checked and compared after {whole:.0f} s")
    print(f"workshop_megabytes: {used} (target {MEGABYTES}) {'ok' if used <= MEGABYTES else 'short'}")
    print(f"workshop_rows_per_second: {speed:.0f} (target {SPEED}) {'ok' if speed >= SPEED else 'short'}")


if __name__ == "__main__":
    main()
