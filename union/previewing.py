"""What the union would make of a whole batch, noted beside its records in the background (`catalogue.remarks`)."""

from __future__ import annotations

from collections.abc import Callable

from catalogue import errands, remarks
from catalogue.errands import Errand
from catalogue.store import Store
from union import matching


def run(store: Store, errand: Errand, going: Callable[[], bool] = lambda: True) -> None:
    """Do an errand of the kind `match` from where it stands, as long as it is `going`. Raises StoreError."""
    last = errand.position
    while some := matching.staged_behind(store, errand.change_set, last):
        last = some[-1][0]
        with store.write() as connection:
            found = [(number, one.outcome, one.like) for number, one in some]
            remarks.note_matches(connection, errand.change_set, found)
            errands.advance(connection, errand.number, store.now(connection), last, len(some))
        if not going():
            return
    errands.end(store, errand.number)
