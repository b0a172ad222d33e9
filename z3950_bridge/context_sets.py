"""The context sets that are answered here: names of indexes → fields, with what people read of them in explain.

cql (OASIS searchRetrieve Part 5, "The CQL Context Set"), dc (the fifteen elements), bath (Bath profile for SRU), rec,
bib, and `lt`, every field there is by its own name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from search.query import Field

F = Field


@dataclass(frozen=True, slots=True)
class ContextSet:
    """A set by the name it has here, its registered identifier (others it is known by behind it), and its indexes."""

    name: str
    identifiers: tuple[str, ...]
    indexes: Mapping[str, tuple[Field, ...]]

    def fields(self, index: str) -> tuple[Field, ...] | None:
        """The fields of an index; its name in letters of any case (Part 5, "Case Sensitivity")."""
        return _BY_LETTERS[self.name].get(index.lower())


_ANY = (F.ANY,)
CQL: Final = ContextSet(
    "cql",
    (
        "info:srw/cql-context-set/1/cql-v1.2",
        "info:srw/cql-context-set/1/cql-v1.1",
        "info:srw/context-sets/1/cql-v1.2",
        "info:srw/context-sets/1/cql-v1.1",
        "http://docs.oasis-open.org/ns/search-ws/cql-contextSet",
    ),
    {"serverChoice": _ANY, "anywhere": _ANY, "keywords": _ANY, "allIndexes": _ANY, "anyIndexes": _ANY},
)
"""`allRecords` and `resultSetId` are no fields; they are answered where the query is translated."""

DC: Final = ContextSet(
    "dc",
    (
        "info:srw/cql-context-set/1/dc-v1.1",
        "info:srw/context-sets/1/dc-v1.1",
        "http://purl.org/dc/elements/1.1/",
        "http://purl.org/dc/elements/1.1",
        "http://purl.org/dc/terms/",
        "http://www.loc.gov/zing/cql/dc-indexes/v1.0/",
    ),
    {
        "title": (F.TITLE,),
        "creator": (F.AUTHOR,),
        "author": (F.AUTHOR,),
        "subject": (F.SUBJECT,),
        "description": (F.ABSTRACT, F.NOTE),
        "abstract": (F.ABSTRACT,),
        "publisher": (F.PUBLISHER,),
        "contributor": (F.AUTHOR,),
        "date": (F.DATE,),
        "issued": (F.DATE,),
        "type": (F.MATERIAL, F.GENRE),
        "format": (F.MATERIAL,),
        "identifier": (F.STANDARD_NUMBER, F.CONTROL_NUMBER, F.IDENTIFIER),
        "source": (F.NOTE,),
        "language": (F.LANGUAGE,),
        "relation": (F.SERIES,),
        "isPartOf": (F.SERIES,),
        "coverage": (F.SUBJECT_PLACE,),
        "spatial": (F.SUBJECT_PLACE,),
        "rights": (F.NOTE,),
        "alternative": (F.TITLE,),
        "modified": (F.MODIFIED,),
    },
)
BATH: Final = ContextSet(
    "bath",
    (
        "http://zing.z3950.org/cql/bath/2.0/",
        "info:srw/context-sets/1/bath-v2.0",
        "http://www.loc.gov/zing/cql/bath/2.0/",
    ),
    {
        "any": _ANY,
        "title": (F.TITLE,),
        "author": (F.AUTHOR,),
        "subject": (F.SUBJECT,),
        "keyTitle": (F.KEY_TITLE,),
        "possessingInstitution": (F.LIBRARY,),
        "name": (F.NAME,),
        "personalName": (F.PERSONAL_AUTHOR,),
        "personalAuthor": (F.PERSONAL_AUTHOR,),
        "corporateName": (F.CORPORATE_AUTHOR,),
        "corporateAuthor": (F.CORPORATE_AUTHOR,),
        "conferenceName": (F.CONFERENCE_AUTHOR,),
        "conferenceAuthor": (F.CONFERENCE_AUTHOR,),
        "uniformTitle": (F.UNIFORM_TITLE,),
        "seriesTitle": (F.SERIES,),
        "isbn": (F.ISBN,),
        "issn": (F.ISSN,),
        "lccn": (F.STANDARD_NUMBER,),
        "standardIdentifier": (F.STANDARD_NUMBER,),
        "geographicName": (F.SUBJECT_PLACE,),
        "notes": (F.NOTE,),
        "topicalSubject": (F.SUBJECT,),
        "genreForm": (F.GENRE,),
        "publisher": (F.PUBLISHER,),
    },
)
REC: Final = ContextSet(
    "rec",
    ("info:srw/cql-context-set/2/rec-1.1", "info:srw/cql-context-set/2/rec-1.0", "info:srw/context-sets/2/rec-1.1"),
    {
        "id": (F.CONTROL_NUMBER, F.IDENTIFIER),
        "identifier": (F.CONTROL_NUMBER, F.IDENTIFIER),
        "creationDate": (F.ADDED,),
        "lastModificationDate": (F.MODIFIED,),
        "collectionName": (F.COLLECTION,),
        "creationAgentName": (F.LIBRARY,),
    },
)
BIB: Final = ContextSet(
    "bib",
    (
        "info:srw/cql-context-set/1/bib-v1",
        "info:srw/cql-context-set/1/bib-v1.0",
        "info:srw/context-sets/4/bib-v1.0",
        "http://www.loc.gov/zing/cql/bib/",
    ),
    {
        "title": (F.TITLE,),
        "titleUniform": (F.UNIFORM_TITLE,),
        "titleTranslated": (F.TITLE,),
        "titleAlternative": (F.TITLE,),
        "titleAbbreviated": (F.TITLE,),
        "titleSeries": (F.SERIES,),
        "name": (F.NAME,),
        "namePersonal": (F.PERSONAL_AUTHOR,),
        "nameCorporate": (F.CORPORATE_AUTHOR,),
        "nameConference": (F.CONFERENCE_AUTHOR,),
        "subject": (F.SUBJECT,),
        "subjectPlace": (F.SUBJECT_PLACE,),
        "subjectName": (F.SUBJECT_PERSON,),
        "genre": (F.GENRE,),
        "typeOfResource": (F.MATERIAL,),
        "classification": (F.CLASSIFICATION,),
        "identifier": (F.STANDARD_NUMBER,),
        "originPlace": (F.PLACE,),
        "publisher": (F.PUBLISHER,),
        "dateIssued": (F.DATE,),
        "dateModified": (F.MODIFIED,),
        "language": (F.LANGUAGE,),
        "abstract": (F.ABSTRACT,),
        "note": (F.NOTE,),
    },
)
OWN: Final = ContextSet("lt", ("tag:lienthong.example.vn,2026:cql/1",), {field.value: (field,) for field in Field})
SETS: Final = {found.name: found for found in (CQL, DC, BATH, REC, BIB, OWN)}
_BY_URI: Final = {uri.rstrip("/").lower(): found for found in SETS.values() for uri in found.identifiers}
_BY_LETTERS: Final = {
    found.name: {index.lower(): fields for index, fields in found.indexes.items()} for found in SETS.values()
}

LABELS: Final[Mapping[Field, tuple[str, str]]] = {
    F.ANY: ("Anywhere", "Mọi trường"),
    F.TITLE: ("Title", "Nhan đề"),
    F.TITLE_PROPER: ("Title proper", "Nhan đề chính"),
    F.UNIFORM_TITLE: ("Uniform title", "Nhan đề đồng nhất"),
    F.KEY_TITLE: ("Key title", "Nhan đề khóa"),
    F.SERIES: ("Series", "Tùng thư"),
    F.NAME: ("Name", "Tên"),
    F.AUTHOR: ("Author", "Tác giả"),
    F.PERSONAL_AUTHOR: ("Personal author", "Tác giả cá nhân"),
    F.CORPORATE_AUTHOR: ("Corporate author", "Tác giả tập thể"),
    F.CONFERENCE_AUTHOR: ("Conference", "Hội nghị"),
    F.SUBJECT: ("Subject", "Chủ đề"),
    F.SUBJECT_PERSON: ("Person as subject", "Chủ đề nhân vật"),
    F.SUBJECT_PLACE: ("Place as subject", "Chủ đề địa lý"),
    F.GENRE: ("Genre", "Thể loại"),
    F.PUBLISHER: ("Publisher", "Nhà xuất bản"),
    F.PLACE: ("Place of publication", "Nơi xuất bản"),
    F.NOTE: ("Note", "Phụ chú"),
    F.ABSTRACT: ("Abstract", "Tóm tắt"),
    F.ISBN: ("ISBN", "ISBN"),
    F.ISSN: ("ISSN", "ISSN"),
    F.STANDARD_NUMBER: ("Standard number", "Số chuẩn"),
    F.CONTROL_NUMBER: ("Control number", "Số kiểm soát"),
    F.IDENTIFIER: ("Identifier in this catalogue", "Định danh trong mục lục này"),
    F.CLASSIFICATION: ("Classification", "Ký hiệu phân loại"),
    F.DEWEY: ("Dewey number", "Phân loại Dewey"),
    F.LC_CLASS: ("LC classification", "Phân loại LC"),
    F.CALL_NUMBER: ("Call number", "Ký hiệu xếp giá"),
    F.LANGUAGE: ("Language (MARC code)", "Ngôn ngữ (mã MARC)"),
    F.COUNTRY: ("Country (MARC code)", "Nước (mã MARC)"),
    F.MATERIAL: ("Kind of material", "Loại tài liệu"),
    F.ACCESS: ("Access (online: can be read on the web)", "Truy cập (online: đọc được trực tuyến)"),
    F.LIBRARY: ("Library (code)", "Thư viện (mã)"),
    F.COLLECTION: ("Collection", "Bộ sưu tập"),
    F.DATE: ("Year of publication", "Năm xuất bản"),
    F.ADDED: ("Day added", "Ngày đưa vào mục lục"),
    F.MODIFIED: ("Day changed", "Ngày sửa"),
}
"""What a field is called, in English and in Vietnamese."""

SORTABLE: Final = frozenset((F.TITLE, F.AUTHOR, F.DATE, F.CALL_NUMBER, F.LANGUAGE, F.ADDED, F.MODIFIED))
FACETED: Final = (
    F.AUTHOR, F.SUBJECT, F.DATE, F.LANGUAGE, F.COUNTRY, F.MATERIAL, F.LIBRARY, F.COLLECTION, F.GENRE,
)  # fmt: skip
SCANNED: Final = frozenset((F.AUTHOR, F.TITLE, F.SUBJECT, F.SERIES, F.PUBLISHER, F.CALL_NUMBER, F.PLACE, F.GENRE))
"""Fields whose headings are listed in the order of the dictionary."""


def by_uri(uri: str) -> ContextSet | None:
    """The set an identifier stands for; a slash at its end makes no difference."""
    return _BY_URI.get(uri.rstrip("/").lower())


def unprefixed(index: str) -> tuple[Field, ...] | None:
    """The fields of an index without a prefix, which is the server's to choose: dc, then bath, ours, the rest."""
    for found in (DC, BATH, OWN, CQL, REC, BIB):
        if fields := found.fields(index):
            return fields
    return None
