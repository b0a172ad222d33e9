"""What was seen in files lately: whoever asks again, on a page or by a program, does not open the workbook again."""

from __future__ import annotations

import json
from collections import OrderedDict
from typing import Any, Final

from catalogue import batch_messages, examination, forms, mappings
from catalogue.examination import Examined
from catalogue.store import Store
from catalogue.uploads import Upload, Uploads
from foundation.errors import RefusedError

_KEPT: Final = 16


class Looked:
    """Files as they were looked at, the latest ones."""

    def __init__(self, store: Store, files: Uploads) -> None:
        self._store, self._files = store, files
        self._kept: OrderedDict[tuple[Any, ...], Examined] = OrderedDict()

    def at(self, found: Upload, encoding: str) -> Examined:
        """What is in the file, read in `encoding`. Raises what `examination.examine` raises, and RefusedError for a
        file that is not on this disk any more."""
        known = [mappings.get(self._store, found.library, kind) for kind in (forms.COLUMNS, forms.ISIS)]
        key = (found.number, found.digest, encoding, json.dumps(known))
        if key not in self._kept:
            try:
                path = self._files.path(found)
                self._kept[key] = examination.examine(self._store, found.library, path, found.name, encoding)
            except OSError as error:
                raise RefusedError(batch_messages.UPLOAD_GONE, name=found.name) from error
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return self._kept[key]
