"""What a database or a disk has against us, as our own errors, which say what is safe and what to do."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from catalogue import messages
from foundation.errors import StoreError

_FULL: Final = (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def failures() -> Iterator[None]:
    """Database errors inside become StoreError, and so does a disk that is full, under a lock file or a spool."""
    try:
        yield
    except (DBAPIError, PoolTimeout, sqlite3.Error) as error:
        # Rows that are read from the driver's own cursor fail with the driver's own errors.
        told = error.orig if isinstance(error, DBAPIError) else error
        reason = str(told).strip().split("\n", 1)[0]
        full = "full" in reason or "No space left" in reason
        raise StoreError(messages.STORE_FULL if full else messages.STORE_FAILED, reason=reason) from error
    except OSError as error:
        if error.errno in _FULL:
            raise StoreError(messages.STORE_FULL, reason=error.strerror) from error
        raise
