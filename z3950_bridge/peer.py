"""Another library's catalogue that can be searched: where it is, and how it differs from what the standards say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Final

from foundation import addresses
from foundation.errors import InputError
from foundation.limits import PEER_ANSWER_BYTES, PEER_CHUNK, PEER_RECORDS, PEER_SECONDS
from foundation.network import Budget, Line
from marc.decoders import DECODERS, LEGACY, check_name
from search import box
from search.query import Field
from z3950_bridge import charsets, origin_messages, pqf
from z3950_bridge.origin import SYNTAXES, Account
from z3950_bridge.rpn import Attribute, Operand

Z3950, SRU = "z3950", "sru"
SRU_VERSIONS: Final = ("1.1", "1.2", "2.0")
WORDS: Final = ("split", "list", "plain")
QUERY_CHARSETS: Final = (charsets.UTF8, charsets.LATIN1, charsets.MARC8, *LEGACY)
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")
_OID: Final = re.compile(r"[0-2](\.[0-9]{1,10}){2,30}")
_HOST: Final = re.compile(r"[A-Za-z0-9_.:-]{1,255}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """Settings of one target. Everything but the address has a default that suits most."""

    name: str
    protocol: str = Z3950
    """`z3950` or `sru`."""
    title: str = ""
    """What people call it."""
    # Where it is
    host: str = ""
    port: int = 210
    database: str = "Default"
    """Several with `+` between them."""
    tls: bool = False
    url: str = ""
    """Base address of SRU."""
    allow: tuple[str, ...] = ()
    """Addresses or networks of the library's own that may be called although they are private."""
    ca_file: str = ""
    user: str = ""
    password: str = field(default="", repr=False)
    """In the store encrypted (`foundation.vault`); plain only in a Peer that is asked."""
    group: str = ""
    open_authentication: bool = False
    """Z39.50: send `user/password` as one string."""
    # What it may cost
    timeout: int = 20
    """Seconds for a whole search."""
    maximum: int = 100
    """Records that one search takes at the most."""
    chunk: int = 20
    """Records that are asked for at once."""
    # How its records are
    charset: str = "auto"
    """Of its records: `auto`, or a name that `lienthong import --encoding` takes."""
    syntax: str = "usmarc"
    """Z39.50: usmarc, unimarc, xml, opac, sutrs or an OID."""
    elements: str = "F"
    """Z39.50: element set name; empty sends none."""
    schema: str = "marcxml"
    """SRU: recordSchema; empty sends none."""
    # How it is asked
    attributes: Mapping[str, str] = field(default_factory=dict)
    """Z39.50: field → attributes as PQF has them (`1=4 4=1`), where they are not the usual ones."""
    every: str = ""
    """Z39.50: attributes for every term (`2=3 3=3 6=1`)."""
    indexes: Mapping[str, str] = field(default_factory=dict)
    """SRU: field → CQL index, where it is not the usual one."""
    words: str = "split"
    """Several words: `split` into terms joined by AND; `list` them in one term (4=6; CQL all); `plain`, left to the
    target."""
    folded: bool = False
    """Ask without Vietnamese diacritics: the target does not understand them."""
    query_charset: str = charsets.UTF8
    negotiate: bool = False
    """Z39.50: propose the query's letters in Init."""
    sru_version: str = "1.1"
    parameters: Mapping[str, str] = field(default_factory=dict)
    """SRU: more parameters for every request."""
    gateway: str = "auto"
    """Whether our own SRU and Z39.50 clients may search it as `gateway/NAME`: `yes`, `no`; `auto`: unless it is asked
    with a user name, which was given to us and not to everybody."""

    @property
    def account(self) -> Account:
        return Account(self.user, self.password, self.group, self.open_authentication)

    @property
    def open_to_all(self) -> bool:
        """Whether it is a database of the gateway."""
        return self.gateway == "yes" or (self.gateway == "auto" and not self.user)

    @property
    def databases(self) -> tuple[str, ...]:
        return tuple(filter(None, self.database.split("+")))

    @property
    def place(self) -> str:
        """Where it is, in one line."""
        return self.url if self.protocol == SRU else f"{self.host}:{self.port}/{self.database}"

    def line(self) -> Line:
        """How it is called."""
        budget = Budget(
            connect_seconds=min(10, self.timeout),
            idle_seconds=self.timeout,
            total_seconds=self.timeout,
            plain_bytes=PEER_ANSWER_BYTES,
            sent_bytes=PEER_ANSWER_BYTES,
        )
        user, password = (self.user, self.password) if self.protocol == SRU else ("", "")
        allowed = addresses.networks(self.allow)
        return Line(allowed=allowed, ca_file=self.ca_file or None, user=user, password=password, budget=budget)

    def stored(self) -> dict[str, Any]:
        """As it is kept: what differs from the default, without name and protocol."""
        usual = Peer(name=self.name)
        values = {entry.name: getattr(self, entry.name) for entry in fields(self)}
        kept = {name: value for name, value in values.items() if value != getattr(usual, name)}
        kept.pop("name", None)
        kept.pop("protocol", None)
        return {name: list(value) if isinstance(value, tuple) else value for name, value in kept.items()}

    def with_password(self, password: str) -> Peer:
        return replace(self, password=password)


_BOUNDS: Final = {
    "port": (1, 65535),
    "timeout": (1, PEER_SECONDS),
    "maximum": (1, PEER_RECORDS),
    "chunk": (1, PEER_CHUNK),
}
_CHOICES: Final = {
    "words": WORDS,
    "sru_version": SRU_VERSIONS,
    "query_charset": QUERY_CHARSETS,
    "gateway": ("auto", "yes", "no"),
}


def peer(name: str, protocol: str, values: Mapping[str, Any]) -> Peer:
    """A target from what is stored or typed. Raises InputError naming what is wrong and what would be right."""
    known = {entry.name: str(entry.type) for entry in fields(Peer)}
    if not _NAME.fullmatch(name):
        raise _wrong("name", name, "a-z 0-9 . _ - (≤ 40)")
    if protocol not in (Z3950, SRU):
        raise _wrong("protocol", protocol, "z3950, sru")
    made: dict[str, Any] = {}
    for key, value in values.items():
        if key not in known or key in ("name", "protocol"):
            raise InputError(origin_messages.SETTING_UNKNOWN, name=key, known=", ".join(sorted(known)))
        made[key] = _value(key, value, known[key])
    found = Peer(name=name, protocol=protocol, **made)
    _check(found)
    return found


def typed(key: str, text: str) -> Any:
    """The value of a setting typed as text (`port=7090`, `folded=true`, `attributes=title:1=4;author:1=1003`)."""
    kind = next((str(entry.type) for entry in fields(Peer) if entry.name == key), "")
    if kind == "int":
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text
    if kind == "bool":
        return {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}.get(text.lower(), text)
    if kind.startswith("tuple"):
        return tuple(filter(None, map(str.strip, text.split(","))))
    if kind.startswith("Mapping"):
        pairs = [one.partition(":") for one in text.split(";") if one.strip()]
        return {name.strip(): value.strip() for name, _, value in pairs}
    return text


def _value(key: str, value: Any, kind: str) -> Any:
    if kind == "int":
        low, high = _BOUNDS[key]
        if type(value) is not int or not low <= value <= high:
            raise _wrong(key, value, f"{low}–{high}")
        return value
    if kind == "bool":
        if not isinstance(value, bool):
            raise _wrong(key, value, "true, false")
        return value
    if kind.startswith("tuple"):
        if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
            raise _wrong(key, value, '["…", "…"]')
        return tuple(value)
    if kind.startswith("Mapping"):
        if not isinstance(value, Mapping) or not all(isinstance(one, str) for one in (*value, *value.values())):
            raise _wrong(key, value, '{"…": "…"}')
        return dict(value)
    if not isinstance(value, str) or len(value) > 2_000 or not value.isprintable():
        raise _wrong(key, value, '"…"')
    return value


def _check(found: Peer) -> None:
    if found.protocol == SRU:
        if not found.url:
            raise _wrong("url", "", "https://…")
        addresses.url(found.url)
    elif not _HOST.fullmatch(found.host):
        raise _wrong("host", found.host, "catalog.example.org")
    addresses.networks(found.allow)
    check_name(found.charset, DECODERS)
    for key, choices in _CHOICES.items():
        if getattr(found, key) not in choices:
            raise _wrong(key, getattr(found, key), ", ".join(choices))
    if found.syntax.lower() not in SYNTAXES and not _OID.fullmatch(found.syntax):
        raise _wrong("syntax", found.syntax, ", ".join(SYNTAXES))
    for key in ("attributes", "indexes"):
        for name in getattr(found, key):
            if box.named(name) is None:
                raise _wrong(key, name, ", ".join(one.value for one in Field))
    for text in (found.every, *found.attributes.values()):
        attributes(text)


def attributes(text: str) -> tuple[Attribute, ...]:
    """Attributes written as `1=4 2=3`. Raises InputError."""
    words = [word for word in text.replace("@attr", " ").split() if word]
    query = pqf.parse(" ".join(f"@attr {word}" for word in words) + " x")
    if not isinstance(query.structure, Operand):
        raise _wrong("attributes", text, "1=4 4=1")
    return query.structure.attributes


def _wrong(name: str, value: Any, wanted: str) -> InputError:
    return InputError(origin_messages.SETTING_WRONG, name=name, value=value, wanted=wanted)
