"""Secrets at rest: passwords of sources are kept encrypted, with a key that is not in the store.

AES-256-GCM (NIST SP 800-38D) with a random nonce; the name of what a secret belongs to is bound to it, so that one
source's password cannot be moved to another. A copy of the database alone gives nothing away.
"""

from __future__ import annotations

import os
from base64 import b64decode, b64encode
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from foundation import messages
from foundation.errors import StoreError

_NONCE_BYTES = 12


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
                made = self._path.with_suffix(f".{os.getpid()}")
                with open(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                    file.write(AESGCM.generate_key(256))
                try:
                    os.link(made, self._path)  # of two that come at once, the first one's key stays
                except FileExistsError:
                    pass
                finally:
                    made.unlink()
            return AESGCM(self._path.read_bytes())
        except (OSError, ValueError) as error:
            raise StoreError(messages.KEY_UNREADABLE, path=self._path, reason=error) from error
