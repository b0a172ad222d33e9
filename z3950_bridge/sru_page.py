"""SRU for people: the same answers as pages. Made here and not by a stylesheet, since browsers are giving up XSLT."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from typing import Final
from urllib.parse import urlencode

from foundation.errors import Language
from foundation.xml import forbidden
from z3950_bridge import sru_schemas
from z3950_bridge.context_sets import LABELS, SETS
from z3950_bridge.sru_diagnostics import Diagnostic
from z3950_bridge.sru_port import Database, Heading
from z3950_bridge.sru_request import Request
from z3950_bridge.sru_writer import Found

_DC: Final = re.compile(r"<dc:(title|creator|publisher|date)[^>]*>([^<]*)</dc:")
_STYLE: Final = (
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "input[type=search]{width:70%;padding:.4rem;font:inherit}button{padding:.4rem 1rem;font:inherit}"
    ".fault{border-left:.3rem solid #b00;padding-left:.8rem}li{margin:.6rem 0}small,td{color:#444}"
    "table{border-collapse:collapse}td,th{text-align:left;padding:.2rem .8rem .2rem 0;vertical-align:top}"
)
_WORDS: Final[dict[Language, dict[str, str]]] = {
    "vi": {
        "search": "Tìm",
        "found": "{total} biểu ghi",
        "none": "Không tìm thấy biểu ghi nào.",
        "xml": "Dạng XML của trang này",
        "next": "Trang sau",
        "previous": "Trang trước",
        "headings": "Đề mục",
        "index": "Chỉ mục",
        "meaning": "Nội dung",
        "hint": 'Viết bằng CQL, ví dụ: dc.title = "truyện kiều" and dc.date > 1990',
        "untitled": "(không có nhan đề)",
        "about": "Địa chỉ này dành cho phần mềm thư viện (SRU 1.1, 1.2, 2.0). Bạn cũng có thể tìm ngay ở đây.",
        "records": "biểu ghi",
    },
    "en": {
        "search": "Search",
        "found": "{total} records",
        "none": "No record was found.",
        "xml": "This page as XML",
        "next": "Next page",
        "previous": "Previous page",
        "headings": "Headings",
        "index": "Index",
        "meaning": "Meaning",
        "hint": 'Write CQL, such as: dc.title = "truyện kiều" and dc.date > 1990',
        "untitled": "(no title)",
        "about": "This address is for library software (SRU 1.1, 1.2, 2.0). You can also search here.",
        "records": "records",
    },
}


def search(
    database: Database, request: Request, found: Found, diagnostics: Sequence[Diagnostic], language: Language
) -> bytes:
    """The records found, with links to their own pages."""
    words = _WORDS[language]
    parts = [_form(request, language), _faults(diagnostics, language)]
    if found.total:
        parts.append(f"<p>{words['found'].format(total=f'{found.total:,}')}</p>")
    elif not any(fault in request.faults for fault in diagnostics):
        parts.append(f"<p>{words['none']}</p>")
    parts.append(f'<ol start="{request.start}">')
    for row in found.rows:
        title, rest = (
            (escape(row.data.message(language)), "") if isinstance(row.data, Diagnostic) else _record(row.data)
        )
        title = title or escape(words["untitled"])
        if database.record_url:
            title = f'<a href="{escape(database.record_url + row.identifier)}">{title}</a>'
        parts.append(f"<li>{title}<br><small>{rest}</small></li>")
    parts.append("</ol><p>")
    if request.start > 1:
        parts.append(
            _link(request, words["previous"], startRecord=str(max(1, request.start - max(request.count, 1)))) + " "
        )
    if found.next:
        parts.append(_link(request, words["next"], startRecord=str(found.next)))
    parts.append("</p>")
    return _page(database, request, "".join(parts), language)


def scan(
    database: Database,
    request: Request,
    headings: Sequence[Heading],
    diagnostics: Sequence[Diagnostic],
    language: Language,
) -> bytes:
    """The headings with their numbers."""
    words = _WORDS[language]
    rows = "".join(f"<tr><td>{_safe(heading.text)}</td><td>{heading.records:,}</td></tr>" for heading in headings)
    table = f"<table><tr><th>{words['headings']}</th><th>{words['records']}</th></tr>{rows}</table>" if rows else ""
    return _page(database, request, _form(request, language) + _faults(diagnostics, language) + table, language)


def explain(database: Database, request: Request, diagnostics: Sequence[Diagnostic], language: Language) -> bytes:
    """A search form and the indexes."""
    words = _WORDS[language]
    rows = []
    for found in SETS.values():
        for name, fields in found.indexes.items():
            if not database.abilities.fields.issuperset(fields):
                continue
            meaning = " / ".join(LABELS[field][language == "vi"] for field in fields)
            rows.append(f"<tr><td><code>{found.name}.{name}</code></td><td>{escape(meaning)}</td></tr>")
    table = f"<table><tr><th>{words['index']}</th><th>{words['meaning']}</th></tr>{''.join(rows)}</table>"
    body = f"<p>{words['about']}</p>{_form(request, language)}{_faults(diagnostics, language)}{table}"
    return _page(database, request, body, language)


def _record(data: bytes) -> tuple[str, str]:
    """Title, and names with the year, of a stored oai_dc rendering, whose texts are escaped already."""
    values: dict[str, list[str]] = {}
    for name, value in _DC.findall(data.decode()):
        values.setdefault(name, []).append(value)
    rest = values.get("creator", [])[:3] + values.get("publisher", [])[:1] + values.get("date", [])[:1]
    return values.get("title", [""])[0], "; ".join(rest)


def _form(request: Request, language: Language) -> str:
    words = _WORDS[language]
    return (
        '<form action="" method="get"><input type="search" name="query" aria-label="CQL" '
        f'value="{_safe(request.get("query"))}"> '
        f"<button>{words['search']}</button><br><small>{escape(words['hint'])}</small></form>"
    )


def _faults(diagnostics: Sequence[Diagnostic], language: Language) -> str:
    parts = []
    for found in diagnostics:
        details = found.detail(language)
        shown = f": {_safe(details)}" if details else ""
        parts.append(f'<p class="fault">{escape(found.message(language))} ({found.number}){shown}</p>')
    return "".join(parts)


def _link(request: Request, text: str, **changed: str) -> str:
    arguments = {name: value for name, value in request.arguments.items() if name != "stylesheet"} | changed
    return f'<a href="?{escape(urlencode(arguments, errors="replace"))}">{escape(text)}</a>'


def _page(database: Database, request: Request, body: str, language: Language) -> bytes:
    words = _WORDS[language]
    title = database.title_vi if language == "vi" else database.title_en
    schemas = " · ".join(
        _link(request, schema.name, recordSchema=schema.name, httpAccept="text/xml") for schema in sru_schemas.SCHEMAS
    )
    own = schemas if request.operation == "searchRetrieve" else _link(request, "XML", httpAccept="text/xml")
    return (
        f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)} – SRU</title><style>{_STYLE}</style>"
        f"</head><body><h1>{escape(title)}</h1>{body}<p><small>{words['xml']}: {own}</small></p></body></html>\n"
    ).encode()


def _safe(text: str) -> str:
    return escape(forbidden.sub("\ufffd", text))
