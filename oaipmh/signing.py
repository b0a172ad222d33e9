"""The key that signs what partners keep: Ed25519 (RFC 8032), made once and kept in the store with its other secrets.

A partner has to be able to check without being able to sign, so it is a public key and not a shared secret.
"""

from __future__ import annotations

import hashlib
from base64 import b64decode, b64encode
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from catalogue.store import Store
from foundation.errors import FormatError
from oaipmh.messages import KEY_UNREADABLE

NAME: Final = "feed-signing"


class Signer:
    """Signs with the newest key of a store."""

    def __init__(self, store: Store) -> None:
        self._keys = [Ed25519PrivateKey.from_private_bytes(seed) for seed in store.keys(NAME)]

    def sign(self, text: bytes) -> str:
        """The signature of `text` in base64."""
        return b64encode(self._keys[0].sign(text)).decode()

    @property
    def public_pem(self) -> bytes:
        """The public keys in PEM (RFC 7468, 13), newest first: what was signed before a change of keys stays good."""
        spki = PublicFormat.SubjectPublicKeyInfo
        return b"".join(key.public_key().public_bytes(Encoding.PEM, spki) for key in self._keys)

    @property
    def fingerprint(self) -> str:
        return fingerprint(self._keys[0].public_key())


def public_keys(pem: bytes) -> list[Ed25519PublicKey]:
    """The public keys in a PEM file. Raises FormatError when there is none that is Ed25519."""
    end = b"-----END PUBLIC KEY-----"
    found = []
    for part in pem[:65536].split(end)[:-1]:
        try:
            key = load_pem_public_key(part[part.find(b"-----BEGIN") :] + end + b"\n")
        except ValueError as error:
            raise FormatError(KEY_UNREADABLE) from error
        if isinstance(key, Ed25519PublicKey):
            found.append(key)
    if not found:
        raise FormatError(KEY_UNREADABLE)
    return found


def signed_by(keys: list[Ed25519PublicKey], signature: str, text: bytes) -> Ed25519PublicKey | None:
    """The key of `keys` that made `signature` (base64) of `text`; None: none of them did."""
    try:
        raw = b64decode(signature, validate=True)
    except ValueError:
        return None
    for key in keys:
        try:
            key.verify(raw, text)
        except InvalidSignature:
            continue
        return key
    return None


def fingerprint(key: Ed25519PublicKey) -> str:
    """SHA-256 of the 32 bytes of a public key, in hexadecimal: what two people compare by telephone."""
    return hashlib.sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()
