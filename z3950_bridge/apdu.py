"""Any APDU from and to its bytes (Z39.50-2003, ASN.1 `PDU`). The values are those of the `apdu_…` modules."""

from __future__ import annotations

from typing import Any, Final

from z3950_bridge import apdu_lists, apdu_search, apdu_session
from z3950_bridge.asn1 import Type, Writer, decode

_TABLE: Final = {**apdu_session.TABLE, **apdu_search.TABLE, **apdu_lists.TABLE}
_FORMS: Final = {key: reader for number, kind in _TABLE.items() for key, reader in kind[number].forms.items()}
_WRITERS: Final[dict[type, Writer]] = {kind.value: kind[number].write for number, kind in _TABLE.items()}
PDU: Final = Type(_FORMS, lambda value: _WRITERS[type(value)](value))


def read(data: bytes) -> Any:
    """The APDU that `data`, one whole PDU, is. Raises FormatError or LimitError, and nothing else."""
    return decode(PDU, data)


def write(value: Any) -> bytes:
    """The PDU of an APDU."""
    return PDU.write(value)
