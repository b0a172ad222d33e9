"""What can be read on the web: by its electronic locations (856)."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dublin_core.online import on_web, online
from linked_data.graph import web_iri
from marc.record import Field, Record


def record(*fields: Field) -> Record:
    return Record.build("00000nam a2200000 a 4500", fields)


def located(*values: str, indicators: str = "  ", tag: str = "856") -> Field:
    return Field(tag, indicators, tuple((value[0], value[1:]) for value in values))


@pytest.mark.parametrize(
    ("address", "wanted"),
    [
        (located("uhttps://sohoa.example.vn/1.pdf", indicators="40"), True),
        (located("uHTTP://sohoa.example.vn/1", indicators="41"), True),
        (located("uhttps://sohoa.example.vn/1"), True),
        (located("uhttps://sohoa.example.vn/1", indicators="4 "), True),
        (located("uD:\\1.pdf", "u https://sohoa.example.vn/then bản 1.pdf"), True),
        (located("uhttps://sohoa.example.vn/1", indicators="42"), False),
        (located("3Table of contents", "uhttps://loc.example/toc", indicators="41"), False),
        (located("3Mục lục", "uhttps://sohoa.example.vn/1", indicators="40"), False),
        (located("uhttps://sohoa.example.vn/bia.jpg", "zBìa"), False),
        (located("uftp://sohoa.example.vn/1", indicators="40"), False),
        (located("uD:\\\\sohoa\\1.pdf", indicators="40"), False),
        (located("ujavascript:alert(1)", indicators="40"), False),
        (located("uhttps://", indicators="40"), False),
        (located("uhttp://[1", indicators="40"), False),
        (located("uhttps://?q=1", indicators="40"), False),
        (located("uhttps://thư-viện.example:8443?q=1", indicators="40"), True),
        (located("uhttps://[2001:db8::1]/1", indicators="40"), True),
        (located("u", indicators="40"), False),
        (located("zToàn văn", indicators="40"), False),
        (located("6856-01/$1", "uhttps://sohoa.example.vn/1", tag="880"), False),
        (located("ahttps://sohoa.example.vn/1", tag="520"), False),
    ],
)
def test_a_record_is_online_by_an_address_of_the_document_itself(address: Field, wanted: bool) -> None:
    assert online(record(located("aNhan đề", tag="245"), address)) is wanted


def test_the_document_among_other_addresses_is_found() -> None:
    cover = located("3Bìa", "uhttps://sohoa.example.vn/bia.jpg", indicators="40")
    whole = located("3Toàn văn", "uhttps://sohoa.example.vn/1.pdf", indicators="40")
    assert online(record(cover, whole))


@given(st.from_regex(r"\s?[hH]ttps?:/?/?[a-z.:@?#/ %]{0,8}") | st.text(max_size=12))
def test_what_is_an_address_on_the_web_can_be_shown_as_a_link(address: str) -> None:
    if on_web(address):
        assert urlsplit(address.strip()).hostname
        assert web_iri(address) is not None
