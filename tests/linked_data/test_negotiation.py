"""Accept headers as clients send them, and suffixes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linked_data.negotiation import FORMS, RDF_FORMS, negotiate, split_suffix

FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"

ACCEPTS = [
    ("", "html"),
    ("*/*", "html"),
    (FIREFOX, "html"),
    ("text/turtle", "ttl"),
    ("application/ld+json", "jsonld"),
    ("application/rdf+xml", "rdf"),
    ("application/n-triples", "nt"),
    ("application/marcxml+xml", "xml"),
    ("application/xml", "xml"),
    ("application/marc", "mrc"),
    ("application/x-bibtex", "bib"),
    ("text/turtle;q=0.5, application/ld+json", "jsonld"),
    ("text/html;q=0.5, text/turtle;q=0.5", "html"),
    ("text/turtle;q=0.9, text/html;q=0.91", "html"),
    ("text/*;q=0.3, text/html;q=0.1", "ttl"),
    ("*/*;q=0.1, text/turtle;q=0", "html"),
    ("text/html;q=0, */*", "ttl"),
    ("application/*", "html"),
    ("TEXT/TURTLE", "ttl"),
    ("text/turtle ; charset=utf-8 ; q=0.7", "ttl"),
    ('application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted"', "jsonld"),
    ("image/png", None),
    ("text/turtle;q=0", None),
    ("text/turtle;q=2", None),
    ("text/turtle;q=banana", None),
    ("*/turtle, text/turtle", "ttl"),
    (";;;,,,", "html"),
    ("nonsense", "html"),
    ("text/turtle, " * 2000, "ttl"),
]


@pytest.mark.parametrize(("accept", "suffix"), ACCEPTS, ids=[accept[:40] or "none" for accept, _ in ACCEPTS])
def test_a_client_gets_what_it_likes_best(accept: str, suffix: str | None) -> None:
    found = negotiate(accept)
    assert (found.suffix if found else None) == suffix


def test_only_what_is_offered_is_chosen() -> None:
    found = negotiate("text/html, application/n-triples;q=0.1", RDF_FORMS)
    assert found is not None
    assert found.suffix == "nt"


@given(st.text(max_size=200))
def test_any_header_has_an_answer(accept: str) -> None:
    assert negotiate(accept) in (*FORMS, None)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.suffix)
def test_every_form_has_a_suffix(form: object) -> None:
    assert split_suffix(f"abc.{form.suffix}") == ("abc", form)  # type: ignore[attr-defined]


def test_an_unknown_suffix_is_no_form() -> None:
    with pytest.raises(KeyError):
        split_suffix("abc.exe")
