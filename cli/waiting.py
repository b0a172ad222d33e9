"""Work that a server may be doing at the same time: done here, or watched being done there, until nothing is left."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from catalogue import jobs
from catalogue.store import Store
from cli.terminal import bar

WAIT_SECONDS: Final = 0.5


def finish(
    store: Store, step: Callable[[], bool], left: Callable[[], int], quiet: bool, title: str, job: int | None = None
) -> None:
    """Run `step` until nothing is `left`; where a server does the work, watch it doing so."""
    with bar(title, quiet) as progress:
        task = progress.task_ids[0]
        total = left()
        progress.update(task, total=total)
        while True:
            done = step()
            rest = left()
            progress.update(task, completed=max(0, total - rest))
            if job is not None:
                with store.write() as connection:
                    jobs.advance(connection, job, max(0, total - rest), store.now(connection))
            if done and not rest:
                return
            time.sleep(0 if done else WAIT_SECONDS)
