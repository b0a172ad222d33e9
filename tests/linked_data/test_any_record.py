"""Whatever a record holds: every form is made, read again, and keeps its values apart."""

from __future__ import annotations

import csv
import io
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import Graph, URIRef

from catalogue.export_forms import COLUMNS, FORMS, Exported
from dublin_core.citation import citation
from foundation.errors import LimitError
from linked_data.graph import graph
from linked_data.serialisation import serialise
from marc.record import Field, Record
from portal import record_view
from tests.linked_data.samples import CONTEXT

TAGS = (
    "020 022 024 035 041 082 100 110 111 130 240 245 246 250 255 260 264 300 440 490 500 502 506 520 534 540 "
    "546 600 610 630 648 650 651 653 655 700 710 711 720 730 740 752 773 776 786 800 830 852 856 880 952"
)
SIGNS = st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff") | st.sampled_from(
    "{}\\$<>\"';,."
)
VALUES = st.text(SIGNS, max_size=25).map(lambda value: unicodedata.normalize("NFC", value))

CODED = st.sampled_from(
    ["245-01/$1", "http://a.example/x", "978-604-70-0347-1", "312 tr. ; 21 cm", "Dân tộc Tày", "2014"]
)
DATA = st.builds(
    Field,
    st.sampled_from(TAGS.split()),
    st.text("0123456789 ", min_size=2, max_size=2),
    st.lists(
        st.tuples(st.sampled_from("abcdefghijklmnopqrstuvwxyz0123456789\"'&<"), VALUES | CODED), min_size=1, max_size=4
    ).map(tuple),
)
CONTROL = st.builds(lambda tag, value: Field(tag, value=value), st.sampled_from(["001", "003", "005", "008"]), VALUES)
LEADERS = st.builds(
    "00000{}{}{} a22000000{} 4500".format, st.sampled_from("acdn"), st.sampled_from("acdefgijkmoprt"),
    st.sampled_from("abcdims"), st.sampled_from(" a"),
)  # fmt: skip
RECORDS = st.builds(Record.build, LEADERS, st.lists(CONTROL | DATA, min_size=1, max_size=8))
EXPORTED = Exported("id1", "bk01", "Thư viện", "Library", "a1", 1_800_000_000, None)


@given(RECORDS)
def test_every_form_of_export_is_made(record: Record) -> None:
    for form in FORMS.values():
        try:
            assert form.write(EXPORTED, record).data
        except LimitError:
            pytest.fail("a small record is within every limit")


@given(RECORDS)
def test_the_graph_is_read_again(record: Record) -> None:
    made = graph(record, CONTEXT)
    for name in ("turtle", "xml", "nt"):
        assert set(Graph().parse(data=serialise(made, name), format=name)) == set(made)


@given(RECORDS)
def test_a_graph_speaks_of_its_own_record_alone(record: Record) -> None:
    ours = (str(CONTEXT.record), str(CONTEXT.library))
    for subject in graph(record, CONTEXT).subjects():
        assert isinstance(subject, URIRef)
        assert str(subject).partition("#")[0] == ours[0] or str(subject) == ours[1]


@given(RECORDS)
def test_a_row_has_a_cell_for_every_column_and_no_formula(record: Record) -> None:
    line = FORMS["csv"].write(EXPORTED, record).data.decode()
    [row] = csv.reader(io.StringIO(line, newline=""))
    assert len(row) == len(COLUMNS)
    assert not [cell for cell in row if cell.startswith(tuple("=+-@\t\r"))]


@given(RECORDS)
def test_only_web_addresses_become_links(record: Record) -> None:
    for link in record_view.web_links(citation(record).links):
        assert link.address.lower().startswith(("http://", "https://"))
        assert not set(link.address) & set(' "<>\\^`{}|')
