"""The address a person has, and those that may have been meant: most give a web page, or half of an address. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

MOST: Final = 24
"""Addresses that are tried for one that was given."""
_ARGUMENTS: Final = frozenset(
    {"verb", "metadataprefix", "set", "from", "until", "identifier", "resumptiontoken"}
)  # fmt: skip
_KNOWN: Final[dict[str, tuple[str, ...]]] = {
    "koha": ("cgi-bin/koha/oai.pl",),
    "dspace": ("server/oai/request", "oai/request", "dspace-oai/request"),
    "ojs": ("index.php/index/oai",),
    "slims": ("oai.php", "index.php?p=oai"),
    "eprints": ("cgi/oai2",),
    "omeka": ("oai-pmh-repository/request", "oai"),
    "vufind": ("OAI/Server",),
    "invenio": ("oai2d",),
    "dataverse": ("oai",),
    "evergreen": ("opac/extras/oai/biblio",),
    "greenstone": ("greenstone3/oaiserver", "oaiserver"),
}
"""Where the software of libraries has its OAI-PMH address, seen from the top of its web site."""
_SIGNS: Final = {
    "koha": r"cgi-bin/koha|opac-main|content=\"koha",
    "dspace": r"dspace|/xmlui|/jspui|/handle/\d|bitstream",
    "ojs": r"open journal systems|/index\.php/[^/\"']+/(?:issue|article|about)|\bpkp\b",
    "slims": r"slims|senayan|index\.php\?p=(?:show_detail|member|librarian)",
    "eprints": r"eprints|/cgi/(?:search|users)",
    "omeka": r"omeka|/items/(?:show|browse)",
    "vufind": r"vufind",
    "invenio": r"invenio",
    "dataverse": r"dataverse",
    "evergreen": r"/eg/opac",
    "greenstone": r"greenstone",
}
_USUAL: Final = ("oai", "oai/request", "oai2d", "cgi-bin/koha/oai.pl", "server/oai/request", "index.php/index/oai",
                 "oai.php", "cgi/oai2", "oai-pmh", "OAI/Server")  # fmt: skip
_LINK: Final = re.compile(r"""(?:href|action)\s*=\s*["']([^"'\s<>]{1,500})["']""", re.IGNORECASE)


def cleaned(text: str) -> str:
    """What a person pasted as an address: with a scheme, without arguments of the protocol, blanks and fragments."""
    text = text.strip().strip("<>\"'“”").strip()
    if "://" not in text:
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
        kept = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0].lower() not in _ARGUMENTS]
    except ValueError:
        return text
    return urlunsplit((parts.scheme.lower(), parts.netloc, parts.path, urlencode(kept), ""))


def software(address: str, page: str = "") -> list[str]:
    """The programs that an address, and the page found there, look like."""
    shown = f"{address}\n{page[:200_000]}".lower()
    return [name for name, pattern in _SIGNS.items() if re.search(pattern, shown)]


def linked(address: str, page: str) -> list[str]:
    """Addresses on the same host that a page links to and that have OAI in their path or query.

    One that others lie below comes first: it is everything, and they are its parts (`/oai`, `/oai/bk01` …).
    """
    found = []
    host = urlsplit(address).netloc
    for match in _LINK.finditer(page[:500_000]):
        try:
            target = cleaned(urljoin(address, match[1].replace("&amp;", "&")))
            parts = urlsplit(target)
        except ValueError:
            continue
        if parts.netloc == host and re.search(r"\boai", f"{parts.path}?{parts.query}", re.IGNORECASE):
            found.append(target)
    above = {one.rstrip("/").rpartition("/")[0] for one in found}
    return sorted(dict.fromkeys(found), key=lambda one: one.rstrip("/") not in above)[:5]


def forms(text: str, page: str = "") -> list[str]:
    """Addresses to try, the likeliest first, `text` itself (cleaned) at the head. At most MOST.

    `page`: what a browser is shown at that address, if it was fetched.
    """
    return list(dict.fromkeys(_forms(cleaned(text), page)))[:MOST]


def _forms(address: str, page: str) -> Iterator[str]:
    yield address
    try:
        parts = urlsplit(address)
    except ValueError:
        return
    bare = parts.path.rstrip("/")
    if bare != parts.path or not parts.query:
        yield urlunsplit((parts.scheme, parts.netloc, bare, parts.query, ""))
    yield from linked(address, page)
    top = urlunsplit((parts.scheme, parts.netloc, "", "", ""))
    tops = [top, *_prefixes(top, bare)]
    for name in software(address, page):
        if name == "ojs" and (journal := re.match(r"(.*?/index\.php/[^/]+)", bare)):
            yield f"{top}{journal[1]}/oai"
        for ending in _KNOWN[name]:
            for base in reversed(tops):
                yield f"{base}/{ending}"
    if not re.search(r"\.\w{2,4}$", bare) and bare:
        yield f"{top}{bare}/oai"
        yield f"{top}{bare}/request"
        yield f"{top}{bare}/oai/request"
    for ending in _USUAL:
        yield f"{top}/{ending}"


def _prefixes(top: str, path: str) -> list[str]:
    """The folder that a program may be installed in: the first one of the path, unless it belongs to the program."""
    first = path.strip("/").split("/", 1)[0]
    own = ("", "cgi-bin", "cgi", "oai", "handle", "xmlui", "jspui", "index.php", "opac", "items", "server", "home")
    return [] if first in own or "." in first else [f"{top}/{first}"]
