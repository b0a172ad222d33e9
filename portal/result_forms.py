"""Results for programs and spreadsheets: JSON, Atom with OpenSearch, CSV."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from catalogue.store import iso
from foundation.xml import escape, escape_attribute
from portal.finding import Asked
from portal.listing import Row
from search.index import Counted
from search.query import Field

_HEADINGS: Final = (
    "id",
    "title",
    "authors",
    "imprint",
    "date",
    "kind",
    "languages",
    "isbn",
    "subjects",
    "library",
    "url",
)
_FORMULA: Final = re.compile(r"[=+\-@\t\r]")


def as_json(
    asked: Asked,
    count: int,
    rows: Sequence[Row],
    counted: Mapping[Field, Sequence[Counted]],
    last: int,
    base_url: str,
) -> bytes:
    """The answer with its facets as codes."""
    said: dict[str, Any] = {
        "query": asked.text,
        "filters": [f"{field.value}:{value}" for field, value in asked.filters],
        "from": asked.low,
        "to": asked.high,
        "sort": asked.order,
        "page": asked.page,
        "size": asked.size,
        "count": count,
        "records": [
            {
                "identifier": row.identifier,
                "url": f"{base_url}/record/{row.identifier}",
                "title": row.title,
                "authors": row.names,
                "imprint": row.imprint,
                "date": row.date,
                "kind": row.kind_code,
                "languages": row.languages,
                "isbn": row.isbns,
                "subjects": row.subjects,
                "libraries": list(row.libraries),
                "modified": iso(row.modified),
            }
            for row in rows
        ],
        "facets": {
            field.value: [{"value": one.value, "count": one.count} for one in values]
            for field, values in counted.items()
        },
    }
    if asked.page < last:
        said["next"] = base_url + asked.turned(asked.page + 1).address(format="json")
    return json.dumps(said, ensure_ascii=False).encode()


def as_atom(asked: Asked, count: int, rows: Sequence[Row], last: int, base_url: str, title: str) -> bytes:
    """A feed (RFC 4287) with the elements of OpenSearch 1.1, "Response elements"."""

    def link(rel: str, page: int) -> str:
        address = escape_attribute(base_url + asked.turned(page).address(format="atom"))
        return f'<link rel="{rel}" type="application/atom+xml" href="{address}"/>'

    here = escape_attribute(base_url + asked.address())
    links = [f'<link rel="alternate" type="text/html" href="{here}"/>', link("self", asked.page), link("first", 1)]
    links += [link("previous", asked.page - 1)] if asked.page > 1 else []
    links += [link("next", asked.page + 1)] if asked.page < last else []
    updated = iso(max((row.modified for row in rows), default=0))
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" '
        'xmlns:os="http://a9.com/-/spec/opensearch/1.1/">\n',
        f"<id>{escape(base_url + asked.address(format='atom'))}</id><title>{escape(title)}</title>",
        f"<updated>{updated}</updated><author><name>{escape(title)}</name></author>\n",
        "".join(links),
        f"<os:totalResults>{count}</os:totalResults><os:startIndex>{asked.offset + 1}</os:startIndex>"
        f"<os:itemsPerPage>{asked.size}</os:itemsPerPage>"
        f'<os:Query role="request" searchTerms="{escape_attribute(asked.text)}"/>\n',
    ]
    for row in rows:
        address = escape_attribute(f"{base_url}/record/{row.identifier}")
        names = "".join(f"<author><name>{escape(name)}</name></author>" for name in row.names)
        parts.append(
            f"<entry><id>{address}</id><title>{escape(row.title or row.identifier)}</title>{names}"
            f'<updated>{iso(row.modified)}</updated><link rel="alternate" type="text/html" href="{address}"/>'
            f'<link rel="alternate" type="application/marcxml+xml" href="{address}.xml"/>'
            f"<summary>{escape(row.imprint)}</summary></entry>\n"
        )
    parts.append("</feed>\n")
    return "".join(parts).encode()


def as_csv(rows: Sequence[Row], base_url: str) -> bytes:
    """A table that spreadsheets open: UTF-8 with its mark, and no cell that they would take for a formula."""
    return table(_HEADINGS, (_cells(row, base_url) for row in rows))


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Rows under headings: UTF-8 with its mark, and no cell that spreadsheets would take for a formula."""
    out = io.StringIO(newline="")
    written = csv.writer(out)
    written.writerow(headings)
    for cells in rows:
        written.writerow([f"'{cell}" if _FORMULA.match(cell) else cell for cell in cells])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _cells(row: Row, base_url: str) -> tuple[str, ...]:
    return (
            row.identifier, row.title, "; ".join(row.names), row.imprint, row.date, row.kind, " ".join(row.languages),
            "; ".join(row.isbns), "; ".join(row.subjects), row.library, f"{base_url}/record/{row.identifier}",
        )  # fmt: skip


def description(base_url: str, name: str) -> bytes:
    """The OpenSearch description document (OpenSearch 1.1, draft 6), by which browsers and Zotero search here."""
    short = escape(name[:16].strip())
    template = f"{escape_attribute(base_url)}/search?q={{searchTerms}}&amp;page={{startPage?}}"
    urls = "".join(
        f'<Url type="{kind}" template="{template}{more}"/>'
        for kind, more in (
            ("text/html", ""),
            ("application/atom+xml", "&amp;format=atom"),
            ("application/json", "&amp;format=json"),
        )
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">'
        f"<ShortName>{short}</ShortName><LongName>{escape(name[:48])}</LongName>"
        f"<Description>{escape(name)}</Description>{urls}"
        "<Language>vi</Language><Language>en</Language>"
        "<InputEncoding>UTF-8</InputEncoding><OutputEncoding>UTF-8</OutputEncoding>"
        "</OpenSearchDescription>\n"
    ).encode()
