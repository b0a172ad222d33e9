"""What a person pastes as an address, and the one that was meant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvesting.address_forms import MOST, cleaned, forms

MEANT = {
    "http://lib.vn/oai?verb=Identify": "http://lib.vn/oai",
    "  lib.vn/oai/ ": "https://lib.vn/oai",
    "http://lib.vn/oai?verb=ListRecords&metadataPrefix=oai_dc": "http://lib.vn/oai",
    "http://lib.vn/index.php?page=oai&verb=Identify": "http://lib.vn/index.php?page=oai",
    "http://lib.vn": "http://lib.vn/oai",
    "http://lib.vn/oai": "http://lib.vn/oai/request",
    "http://opac.lib.vn/cgi-bin/koha/opac-main.pl": "http://opac.lib.vn/cgi-bin/koha/oai.pl",
    "http://lib.vn/xmlui/handle/123/4": "http://lib.vn/oai/request",
    "http://lib.vn/handle/123456789/7": "http://lib.vn/server/oai/request",
    "http://tap-chi.vn/index.php/vhdt/issue/current": "http://tap-chi.vn/index.php/vhdt/oai",
    "http://tap-chi.vn/ojs/": "http://tap-chi.vn/index.php/index/oai",
    "http://lib.vn/slims/index.php?p=show_detail&id=3": "http://lib.vn/slims/oai.php",
    "http://lib.vn/eprints/cgi/search": "http://lib.vn/eprints/cgi/oai2",
}


@pytest.mark.parametrize("pasted", MEANT)
def test_the_address_that_was_meant_is_tried(pasted: str) -> None:
    assert MEANT[pasted] in forms(pasted)


def test_a_link_on_the_page_comes_before_what_is_usual() -> None:
    page = '<a href="/tim">x</a> <link href="../kho/OAI-xyz?verb=Identify"> <a href="http://khac.vn/oai">'
    found = forms("http://lib.vn/trang/chu", page)
    assert found.index("http://lib.vn/kho/OAI-xyz") < found.index("http://lib.vn/oai")
    assert not any("khac.vn" in one for one in found)


def test_the_repository_of_all_libraries_comes_before_those_of_each() -> None:
    page = "".join(f'<a href="/oai/bk0{number}?verb=Identify">' for number in range(9))
    found = forms("http://lib.vn/", page + '<a href="/oai?verb=ListSets">')
    assert found[:4] == ["http://lib.vn/", "http://lib.vn", "http://lib.vn/oai", "http://lib.vn/oai/bk00"]


def test_the_software_of_the_page_decides_what_is_tried_first() -> None:
    found = forms("http://lib.vn", '<meta name="generator" content="DSpace 7.6">')
    assert found.index("http://lib.vn/server/oai/request") < found.index("http://lib.vn/oai")


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_text_gives_a_few_forms(text: str, page: str) -> None:
    found = forms(text, f'<a href="{page}">')
    assert 1 <= len(found) <= MOST
    assert found[0] == cleaned(text)
