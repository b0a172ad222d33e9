"""Reading manifests and lists of identifiers, and what a partner lacks: for those who harvested, not for the server."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final, NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from foundation import archives
from foundation.errors import FormatError, LimitError, Place
from foundation.limits import MANIFEST_LINE_BYTES
from oaipmh import ledger, messages, signing
from oaipmh.asking import Ask
from oaipmh.ledger import Ledger, Line
from oaipmh.manifests import MAGIC
from oaipmh.rules import Findings
from oaipmh.selfcheck import Check

_ENTRY: Final = re.compile(r"([^\t\n]+)\t([^\t\n]*)\t(live|deleted)\t([0-9a-f]{64}|-)")
_FIELDS: Final = ("repository", "set", "metadataPrefix", "asOf", "sequence")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a manifest says of itself, once all of it was read and found whole."""

    repository: str
    set_spec: str
    prefix: str
    as_of: str
    records: int
    signer: str
    """Fingerprint of the key that signed it; empty when no keys were given to check."""


def read(stream: BinaryIO, name: str, into: Ledger, keys: list[Ed25519PublicKey]) -> Manifest:
    """Read a manifest, as it is or in gzip, and put its entries into a ledger.

    `keys`: one of them must have signed it; none: the signature is not looked at. Raises FormatError when it is no
    manifest, cut off, changed, or signed by nobody known; LimitError.
    """
    lines = _lines(stream, name)
    digest = hashlib.sha256()

    def following() -> bytes:
        line = next(lines, b"")
        digest.update(line)
        return line

    if following() != MAGIC:
        raise FormatError(messages.MANIFEST_NONE, Place(file=name))
    head: dict[str, str] = {}
    while (line := following().decode("utf-8", "replace").rstrip("\n")) != "":
        key, colon, value = line.partition(": ")
        if not colon and not line.endswith(":"):
            raise FormatError(messages.MANIFEST_NONE, Place(file=name))
        head[key.rstrip(":")] = value
    if any(field not in head for field in _FIELDS):
        raise FormatError(messages.MANIFEST_NONE, Place(file=name))
    records = 0
    while line := following().decode("utf-8", "replace").rstrip("\n"):
        entry = _ENTRY.fullmatch(line)
        if entry is None:
            raise FormatError(messages.MANIFEST_LINE, Place(file=name), seen=line[:100])
        into.add(entry[1], Line(entry[2], entry[3] == "deleted", entry[4].strip("-")))
        records += 1
    if following() != b"records: %d\n" % records:
        raise FormatError(messages.MANIFEST_CUT, Place(file=name))
    signed = b"sha256: %b\n" % digest.hexdigest().encode()
    if next(lines, b"") != signed:
        raise FormatError(messages.MANIFEST_CUT, Place(file=name))
    signature = next(lines, b"").decode("ascii", "replace").removeprefix("signature: ").strip()
    signer = signing.signed_by(keys, signature, signed) if keys else None
    if keys and signer is None:
        raise FormatError(messages.MANIFEST_UNSIGNED, Place(file=name))
    said = [head[field] for field in _FIELDS[:4]]
    return Manifest(said[0], said[1], said[2], said[3], records, signing.fingerprint(signer) if signer else "")


def read_list(stream: BinaryIO, name: str, into: Ledger) -> int:
    """Read what a partner holds: a manifest, or lines of identifier, datestamp, live or deleted, hash.

    All but the identifier may be missing or `-`. Returns the number of entries. Raises FormatError, LimitError.
    """
    for line in _lines(stream, name):
        fields = line.decode("utf-8", "replace").rstrip("\r\n").split("\t")
        if fields[0].strip() and (len(fields) == 4 or (": " not in fields[0] and line != MAGIC)):
            identifier, datestamp, status, digest = (field.strip() for field in [*fields, "", "", ""][:4])
            into.add(identifier, Line(datestamp.strip("-") and datestamp, status == "deleted", digest.strip("-")))
    return into.count


def harvest(ask: Ask, manifest: Manifest, into: Ledger) -> Findings:
    """What a repository lists under the manifest's set and format; findings when it could not be followed."""
    check = Check(ask, records=False)
    arguments = {"verb": "ListIdentifiers", "metadataPrefix": manifest.prefix}
    check.walk(arguments | ({"set": manifest.set_spec} if manifest.set_spec else {}), into)
    return check.report.findings


class Lack(NamedTuple):
    """One record that the partner does not hold as the manifest says."""

    kind: str
    """missing: ask for it · older: ask for it again · other: same datestamp, other bytes (a silent correction): ask for
    it again · deleted: remove it · extra: the repository has it not, in this set and format."""
    identifier: str
    datestamp: str


def lacks(manifest: Ledger, held: Ledger) -> Iterator[Lack]:
    """What a partner that holds `held` has to do to have what the manifest says, bucket by bucket."""
    for identifier, says, has in ledger.compare(manifest, held):
        if says is None:
            yield Lack("extra", identifier, "")
        elif has is None:
            if not says.deleted:
                yield Lack("missing", identifier, says.datestamp)
        elif says.deleted:
            if not has.deleted:
                yield Lack("deleted", identifier, says.datestamp)
        elif has.deleted or (has.datestamp and has.datestamp < says.datestamp):
            yield Lack("older", identifier, says.datestamp)
        elif has.datestamp and has.datestamp > says.datestamp:
            continue  # it changed after the manifest was made
        else:
            yield Lack("other", identifier, says.datestamp)


def _lines(stream: BinaryIO, name: str) -> Iterator[bytes]:
    """The lines of a file, as it is or in gzip, each with its end."""
    for _, member in archives.members(stream, name):
        while line := member.readline(MANIFEST_LINE_BYTES + 1):
            if len(line) > MANIFEST_LINE_BYTES:
                values = {"limit": "MANIFEST_LINE_BYTES", "seen": len(line), "allowed": MANIFEST_LINE_BYTES}
                raise LimitError(messages.MANIFEST_LIMIT, Place(file=name), **values)
            yield line
