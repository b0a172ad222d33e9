"""Secrets at rest: passwords of sources are kept encrypted, with a key that is not in the store.

AES-256-GCM (NIST SP 800-38D) with a random nonce; the name of what a secret belongs to is bound to it, so that one
source's password cannot be moved to another. A copy of the database alone gives nothing away.
"""

from __future__ import annotations

import os
import secrets
import time
from base64 import b64decode, b64encode
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from foundation import messages
from foundation.errors import StoreError

_NONCE_BYTES = 12
_KEY_BYTES = 32
_TRIES = 20


class Vault:
    """Encrypts and decrypts with the key in a file of the home directory; the file is made when there is none."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def lock(self, secret: str, owner: str) -> str:
        """`secret` as text that can be stored for `owner`. Raises StoreError when the key cannot be kept."""
        nonce = os.urandom(_NONCE_BYTES)
        return b64encode(nonce + self._engine().encrypt(nonce, secret.encode(), owner.encode())).decode("ascii")

    def unlock(self, stored: str, owner: str) -> str:
        """What was locked. Raises StoreError when the key is another one or the text was altered."""
        try:
            data = b64decode(stored, validate=True)
            return self._engine().decrypt(data[:_NONCE_BYTES], data[_NONCE_BYTES:], owner.encode()).decode()
        except (InvalidTag, ValueError) as error:
            raise StoreError(messages.SECRET_LOST, owner=owner, path=self._path) from error

    def _engine(self) -> AESGCM:
        try:
            if not self._path.exists():
                self._path.parent.mkdir(parents=True, exist_ok=True)
                _make(self._path)
            for _ in range(_TRIES):
                key = self._path.read_bytes()
                if len(key) == _KEY_BYTES:
                    break
                time.sleep(0.05)  # it is being written, where a file cannot appear whole
            return AESGCM(key)
        except (OSError, ValueError) as error:
            raise StoreError(messages.KEY_UNREADABLE, path=self._path, reason=error) from error


def _make(path: Path) -> None:
    """A key that is there as a whole or not at all; of two who come at once, the first one's stays for both."""
    made = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    try:
        _write(made)
        os.link(made, path)
    except FileExistsError:
        return
    except OSError:  # a file system without links
        with suppress(FileExistsError):
            _write(path)
    finally:
        made.unlink(missing_ok=True)


def _write(path: Path) -> None:
    """A new key in a file that was not there. Raises FileExistsError when it was."""
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600), "wb") as file:
        file.write(AESGCM.generate_key(_KEY_BYTES * 8))
        file.flush()
        os.fsync(file.fileno())
