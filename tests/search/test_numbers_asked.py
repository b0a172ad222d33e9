"""Numbers, types and identifiers are found as people and programs write them, and nothing else is."""

from __future__ import annotations

import pytest

from catalogue.store import Store
from foundation.settings import Settings
from marc.record import Field as MarcField
from marc.record import Record
from search.document import Document, Standing, document
from search.index import Index
from search.query import And, Field, Match, Not, Or, Query, Term
from tests.catalogue.conftest import record
from tests.catalogue.follow import put_united as put
from tests.search.conftest import make
from tests.search.test_follower import followed


def one(number: int, leader: str, **said: str) -> Document:
    base = record(str(number), "Sách")
    fields = [MarcField(f"0{tag[1:]}", "  ", (("a", text),)) for tag, text in said.items()]
    made = Record.build(f"00000n{leader} a2200000   4500", [base.fields[0], *fields, *base.fields[1:]])
    return document(made, Standing(number, 1, f"8fvz{number}", ("bk00",), 0, 0))


@pytest.fixture(params=["tantivy", "whoosh"])
def index(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Index:
    made = make(request.param, tmp_path_factory.mktemp("numbers"))
    made.apply(
        [
            one(0, "am", t20="8"),
            one(1, "am", t20="978-604-2-93134-2 (bìa cứng)", t22="0866-7349"),
            one(2, "em"),
            one(3, "gm"),
            one(4, "jm"),
            one(5, "rm"),
        ],
        (),
        1,
    )
    return made


@pytest.mark.parametrize(
    ("field", "text", "expected"),
    [
        (Field.ISBN, "8fvz0", []),
        (Field.STANDARD_NUMBER, "8fvz0", []),
        (Field.ISBN, "8", [0]),
        (Field.ISBN, "8abc*", []),
        (Field.ISBN, "ISBN 978-604-2-93134-2", [1]),
        (Field.ISBN, "ISBN-13: 9786042931342", [1]),
        (Field.ISBN, "ISBN-10 604-2-93134-1", []),  # a wrong check digit
        (Field.STANDARD_NUMBER, "isbn:9786042931342", [1]),
        (Field.ISBN, "9786042931342 (bc)", [1]),
        (Field.ISBN, "9786042931342 (bc)*", [1]),
        (Field.ISBN, "978-604 (bc)*", [1]),
        (Field.ISBN, "978-604*", [1]),
        (Field.ISBN, "97860429313?2", [1]),
        (Field.ISBN, "*31342", [1]),
        (Field.ISBN, "*", [0, 1]),
        (Field.ISSN, "ISSN 0866-7349", [1]),
        (Field.STANDARD_NUMBER, "ISSN: 08667349", [1]),
        (Field.ANY, "ISBN 978-604-2-93134-2", [1]),
        (Field.MATERIAL, "Text", [0, 1]),
        (Field.MATERIAL, "text", [0, 1]),
        (Field.MATERIAL, "StillImage", [2]),
        (Field.MATERIAL, "still image", [2]),
        (Field.MATERIAL, "Sound", [4]),
        (Field.MATERIAL, "PHYSICALOBJECT", [5]),
        (Field.MATERIAL, "Book", [0, 1]),
        (Field.MATERIAL, "Sách", [0, 1]),
        (Field.MATERIAL, "Bản đồ", [2]),
        (Field.MATERIAL, "ban do", [2]),
        (Field.MATERIAL, "Films and videos", [3]),
        (Field.MATERIAL, "te*", [0, 1]),
        (Field.MATERIAL, "video text", []),
        (Field.IDENTIFIER, "8fvz0", [0]),
    ],
)
def test_what_is_written_in_many_ways_is_found(index: Index, field: Field, text: str, expected: list[int]) -> None:
    assert sorted(index.identifiers(Term(field, text))[1]) == expected


def test_one_of_several_types_may_be_named(index: Index) -> None:
    assert sorted(index.identifiers(Term(Field.MATERIAL, "map Sound", Match.SOME))[1]) == [2, 4]


@pytest.mark.parametrize("engine", ["tantivy", "whoosh"])
def test_a_form_whose_name_has_a_hyphen_is_found(
    engine: str, tmp_path: object, tmp_path_factory: pytest.TempPathFactory
) -> None:
    index = make(engine, tmp_path_factory.mktemp("form"))
    fixed = "260101s2020    vm " + "     d     000 0 vie d"
    made = Record.build("00000nam a2200000   4500", [MarcField("001", value="1"), MarcField("008", value=fixed)])
    index.apply([document(made, Standing(7, 1, "b7", ("bk00",), 0, 0))], (), 1)
    for text in ("large-print", "Large print", "Bản chữ lớn"):
        assert list(index.identifiers(Term(Field.MATERIAL, text))[1]) == [7]


def test_a_record_is_found_by_its_oai_identifier(store: Store, settings: Settings) -> None:
    put(store, record("1", "Lượn cọi"), record("2", "Khác"))
    finder = followed(store, settings)
    chosen = finder.contents(finder.search(Term(Field.TITLE, "lượn cọi")).records)[0].identifier
    whole = f"oai:{settings.repository_domain}:{chosen}"
    asked = Term(Field.IDENTIFIER, whole)
    for query, count in (
        (asked, 1),
        (Term(Field.IDENTIFIER, whole.replace("oai:", "OAI:")), 1),
        (Or((Term(Field.CONTROL_NUMBER, whole), asked)), 1),
        (And((Term(Field.TITLE, "lượn"), asked)), 1),
        (Not(Term(Field.TITLE, "lượn"), asked), 0),
        (Term(Field.IDENTIFIER, f"oai:khac.example.vn:{chosen}"), 0),
        (Term(Field.TITLE, whole), 0),
    ):
        _count(finder, query, count)


def _count(finder: object, query: Query, count: int) -> None:
    assert finder.search(query).count == count, query  # type: ignore[attr-defined]
    assert finder.identifiers(query)[0] == count, query  # type: ignore[attr-defined]
