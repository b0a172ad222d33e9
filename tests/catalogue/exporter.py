"""An export as a process of its own, slow enough to be killed in the middle.

python -m tests.catalogue.exporter URL HOME FORM TARGET PAGE
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from pathlib import Path

from catalogue.export_files import export
from catalogue.export_forms import FORMS, Exported, Written
from catalogue.exporting import settle
from catalogue.store import Store
from foundation.settings import Settings
from marc.record import Record


def main(url: str, home: str, name: str, target: str, page: str) -> None:
    store = Store.open(Settings(home=Path(home), database=url))
    form = FORMS[name]

    def slowly(one: Exported, record: Record) -> Written:
        time.sleep(0.002)
        return form.write(one, record)

    def tell(done: int) -> None:
        sys.stdout.write(f"{done}\n")
        sys.stdout.flush()

    export(
        store,
        replace(form, write=slowly),
        settle(store, library_code="bk01"),
        Path(target),
        page=int(page),
        progress=tell,
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
