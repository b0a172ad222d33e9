"""Which addresses this server may call: a URL or host of somebody else's choosing must not lead into our own network.

Checked is the address that is connected to, not the name: `localhost`, `127.1`, `0x7f000001`, `::ffff:10.0.0.1` and a
name whose DNS answer changes its mind all end at an address, and that one is judged here.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from foundation import messages
from foundation.errors import InputError, RefusedError
from foundation.limits import URL_CHARACTERS

Ip = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_HOST = re.compile(r"[a-z0-9_.\-]+|[0-9a-f:.]+")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
LOW_PORTS = frozenset({80, 210, 443})
"""Ports below 1024 that are called: HTTP, Z39.50, HTTPS. Mail, SSH and the like have no business with us."""
SFTP_PORTS = frozenset({22})
"""The same for files over SSH, and nothing else: a web address still cannot lead to port 22."""
WEB = ("http", "https")
SFTP = ("sftp",)
_USUAL = {"http": 80, "https": 443, "sftp": 22}


@dataclass(frozen=True, slots=True)
class Url:
    """An address (http, https, sftp), taken apart and checked."""

    scheme: str
    host: str
    """In ASCII (IDNA), lower case, an IPv6 address without brackets."""
    port: int
    target: str
    """Path and query as they stand in a request line."""

    @property
    def origin(self) -> tuple[str, str, int]:
        return (self.scheme, self.host, self.port)

    @property
    def authority(self) -> str:
        """As the Host header says it (RFC 9110, 7.2)."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if _USUAL[self.scheme] == self.port else f"{host}:{self.port}"

    def __str__(self) -> str:
        return f"{self.scheme}://{self.authority}{self.target}"


def url(text: str, schemes: Sequence[str] = WEB) -> Url:
    """`text` as an address of one of `schemes` that may be called. Raises InputError saying what is wrong with it.

    User names and passwords in it are refused: they would end in logs and provenance.
    """
    if len(text) > URL_CHARACTERS:
        raise InputError(messages.URL_WRONG, url=text[:100] + "…", reason=f"URL_CHARACTERS > {URL_CHARACTERS}")
    if any(ord(character) <= 0x20 or ord(character) == 0x7F for character in text):
        raise InputError(messages.URL_WRONG, url=repr(text), reason="U+0000–U+0020, U+007F")
    try:
        parts = urlsplit(text)
        host = (parts.hostname or "").rstrip(".")
        host = host if ":" in host else host.encode("idna").decode("ascii").lower()
        port = parts.port
    except (ValueError, UnicodeError) as error:
        raise InputError(messages.URL_WRONG, url=text, reason=str(error)) from error
    # After IDNA, for it makes plain letters, dots and blanks of others that look like them.
    if parts.scheme not in schemes or not _HOST.fullmatch(host):
        raise InputError(messages.URL_WRONG, url=text, reason=", ".join(f"{one}://…" for one in schemes))
    if parts.username is not None or parts.password is not None:
        raise InputError(messages.URL_PASSWORD, host=host)
    target = quote(parts.path or "/", safe="/:@!$&'()*+,;=~-._%")
    if parts.query:
        target += "?" + quote(parts.query, safe="/:@!$&'()*+,;=~-._%?[]|{}^`\"<>\\")
    return Url(parts.scheme, host, _USUAL[parts.scheme] if port is None else port, target)


def networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Addresses and networks (`10.1.0.0/16`, `::1`) that an operator allows. Raises InputError for anything else."""
    found: list[Network] = []
    for text in texts:
        try:
            found.append(ipaddress.ip_network(text.strip(), strict=False))
        except ValueError as error:
            raise InputError(messages.NETWORK_WRONG, seen=text) from error
    return tuple(found)


def is_public(address: Ip) -> bool:
    """Whether an address is one of the open internet, also when it carries another one inside (RFC 4291, 2.5.5.2;
    RFC 3056; RFC 4380; RFC 6052)."""
    return all(one.is_global and not one.is_multicast for one in (address, *_inside(address)))


def _inside(address: Ip) -> tuple[ipaddress.IPv4Address, ...]:
    """IPv4 addresses that an IPv6 address leads to."""
    if isinstance(address, ipaddress.IPv4Address):
        return ()
    if address.ipv4_mapped is not None:
        return (address.ipv4_mapped,)
    if address.sixtofour is not None:
        return (address.sixtofour,)
    if address.teredo is not None:
        return address.teredo
    return (ipaddress.IPv4Address(int(address) & 0xFFFFFFFF),) if address in _NAT64 else ()


def permitted(
    host: str, port: int, found: Sequence[str], allowed: Sequence[Network], low: frozenset[int] = LOW_PORTS
) -> list[str]:
    """Those of the addresses `found` for `host` that may be connected to, in their order.

    `low`: the ports below 1024 that may be called.

    Raises RefusedError when there is none: one private address among public ones is left out, not trusted.
    """
    kept = []
    for text in found:
        address = ipaddress.ip_address(text.partition("%")[0])
        inside = (address, *_inside(address))
        known = any(one in network for one in inside for network in allowed if one.version == network.version)
        if known or (is_public(address) and (port in low or port >= 1024)):
            kept.append(text)
    if not kept:
        raise RefusedError(messages.ADDRESS_REFUSED, host=host, port=port, address=", ".join(found) or "–")
    return kept
