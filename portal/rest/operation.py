"""The table of operations: for each its method and path, what it does, who may, what goes in and what comes out.

    @table.on("GET", "/batches/{number}", "batch", (Act.IMPORT,), "Một lô", "One batch", ref("Batch"))
    def one(call: Call) -> Answer: ...

From a row the door (`portal.rest.door`) makes an address, and `portal.rest.openapi` what is said of it; so neither can
be without the other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from accounts.rights import Act
from catalogue.parts import Parts
from catalogue.store import Store
from catalogue.uploads import Uploads
from foundation.limits import API_PAGE
from foundation.settings import Settings
from harvesting.targets import Targets
from portal.looked import Looked
from portal.rest.schema import Schema, array, maybe, one_of, text, thing, whole
from search.fields import HEADINGS
from search.finder import Finder

READS: Final = ("GET", "HEAD")
JSON: Final = "application/json"
BYTES: Final = "application/octet-stream"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILE: Final[Schema] = {}
"""Of bytes there is no schema (OpenAPI 3.1, 4.8.14): the media type says all."""


@dataclass(frozen=True, slots=True)
class Rooms:
    """The services behind the doors."""

    store: Store
    settings: Settings
    base_url: str
    finder: Finder
    parts: Parts
    files: Uploads
    targets: Targets
    looked: Looked


@dataclass(frozen=True, slots=True)
class Parameter:
    """One part of the query, or of the header."""

    name: str
    schema: Schema
    vi: str
    en: str
    required: bool = False
    where: str = "query"

    @property
    def several(self) -> bool:
        """Whether it may come more than once."""
        return self.schema.get("type") == "array"


@dataclass(frozen=True, slots=True)
class Call:
    """One request, checked against its row."""

    path: Mapping[str, Any]
    query: Mapping[str, Any]
    body: Any = None

    @property
    def number(self) -> int:
        return int(self.path["number"])

    @property
    def library(self) -> str:
        return str(self.path["library"])

    @property
    def limit(self) -> int:
        return int(self.query.get("limit", _PAGE))

    @property
    def after(self) -> str:
        return str(self.query.get("after", ""))


@dataclass(frozen=True, slots=True)
class Answer:
    """What an operation answers, before it is written."""

    value: Any = None
    status: int = 200
    etag: str = ""
    """Of what the answer shows; empty: of its bytes."""
    following: str | None = None
    """Of a page of a list: where the next one begins."""
    turning: str = "after"
    """The parameter that says so."""
    location: str = ""
    """Path of what was made, below `/api/v1`."""
    name: str = ""
    """Of a file: what it is called, in ASCII."""


Do = Callable[[Call], Answer]


@dataclass(frozen=True, slots=True)
class Operation:
    """One row."""

    method: str
    path: str
    """Below `/api/v1`, with `{names}`."""
    name: str
    acts: tuple[Act, ...]
    vi: str
    en: str
    answer: Schema | None
    do: Do | None = None
    """None: the address was there before, and is only described here."""
    status: int = 200
    parameters: tuple[Parameter, ...] = ()
    body: Schema | None = None
    takes: str = JSON
    gives: str = JSON
    group: str = ""
    if_match: bool = False
    secret: bool = False
    """What it answers is shown once and kept nowhere."""
    others: tuple[int, ...] = ()
    """Further statuses of an address that was there before."""
    also: Mapping[int, Schema] = field(default_factory=dict)
    """Further answers that are no problems."""

    @property
    def reads(self) -> bool:
        return self.method in READS

    @property
    def parts(self) -> tuple[str, ...]:
        """Names in the path."""
        return tuple(re.findall(r"\{(\w+)\}", self.path))


_PAGE: Final = 50
LISTS: Final = tuple(field.value for field in HEADINGS)
LIMIT: Final = Parameter("limit", whole(1, API_PAGE, default=_PAGE), "Số mục của một trang.", "Entries of one page.")
AFTER: Final = Parameter(
    "after", text(300), "Chỗ đọc tiếp, lấy từ `next` của trang trước.", "Where to go on: `next` of the page before."
)
PAGED: Final = (LIMIT, AFTER)
LIBRARY: Final = Parameter(
    "library", text(40, 1, "[A-Za-z0-9-]+"), "Chỉ của thư viện có mã này.", "Only of the library with this code."
)
PATHS: Final[Mapping[str, tuple[Schema, str, str]]] = {
    "library": (text(40, 1, "[A-Za-z0-9-]+"), "Mã thư viện.", "Code of a library."),
    "identifier": (text(64, 1, "[A-Za-z0-9]+"), "Định danh của biểu ghi.", "Identifier of a record."),
    "number": (whole(1), "Số.", "Number."),
    "record": (whole(0), "Số của biểu ghi trong lô.", "Number of a record in the batch."),
    "version": (whole(1), "Số phiên bản.", "Number of a version."),
    "step": (whole(1), "Số của lần sửa.", "Number of a fix."),
    "low": (whole(1), "Số của cụm thứ nhất.", "Number of the first cluster."),
    "high": (whole(1), "Số của cụm thứ hai.", "Number of the second cluster."),
    "hit": (whole(0), "Số của kết quả.", "Number of a hit."),
    "code": (text(60, 1), "Mã quy tắc.", "Code of a rule."),
    "name": (text(300, 1), "Số, định danh, hoặc THƯ-VIỆN/SỐ.", "Number, identifier, or LIBRARY/NUMBER."),
    "piece": (whole(1), "Số của mẩu bị từ chối.", "Number of a refused piece."),
    "trial": (text(60, 1, "[A-Za-z0-9_-]+"), "Tên của lần thử.", "Name of a trial."),
    "login": (text(60, 1, "[a-z0-9._@-]+"), "Tên đăng nhập.", "A login."),
    "kind": (one_of("collection", "query"), "Bộ sưu tập, hoặc bộ theo câu chọn.", "A collection, or a saved query."),
    "target": (text(40, 1, "[a-z0-9._-]+"), "Tên ngắn của nguồn sao chép.", "Short name of a target."),
    "slug": (text(100, 1, "[A-Za-z0-9:_-]+"), "Tên ngắn của bộ.", "Short name of the set."),
    "backup": (text(80, 1, "[A-Za-z0-9._-]+"), "Tên bản sao lưu.", "Name of a backup."),
    "list": (one_of(*LISTS), "Danh sách đề mục.", "A list of headings."),
    "upload": (text(64, 32, "[0-9a-f]+"), "Tên lượt gửi.", "Name of an upload."),
}  # fmt: skip
"""What may stand in a path."""


def listed(of: Schema) -> Schema:
    """A page of a list."""
    return thing("*", items=array(of), next=maybe(text()))


def page(found: Sequence[Any], limit: int, row: Callable[[Any], Any], cursor: Callable[[Any], object]) -> Answer:
    """A page of at most `limit` entries of `found`, which holds one more when there is a next page."""
    shown = found[:limit]
    following = str(cursor(shown[-1])) if len(found) > limit else None
    return Answer({"items": [row(one) for one in shown], "next": following}, following=following)


class Table:
    """The rows in the order in which they are said."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str], Operation] = {}
        self.group = ""

    def __iter__(self) -> Iterator[Operation]:
        return iter(self._rows.values())

    def on(
        self, method: str, path: str, name: str, acts: Act | tuple[Act, ...], vi: str, en: str,
        answer: Schema | None, *parameters: Parameter, **more: Any,
    ) -> Callable[[Do], Do]:  # fmt: skip
        """Puts the function below into the table. Raises ValueError when its place is taken."""

        def keep(do: Do) -> Do:
            self.put(method, path, name, acts, vi, en, answer, *parameters, do=do, **more)
            return do

        return keep

    def put(
        self, method: str, path: str, name: str, acts: Act | tuple[Act, ...], vi: str, en: str,
        answer: Schema | None, *parameters: Parameter, **more: Any,
    ) -> None:  # fmt: skip
        """A row; without `do`, of an address that is served elsewhere. Raises ValueError for one there is already."""
        key = method, path
        if key in self._rows or any(one.name == name for one in self):
            raise ValueError(f"{method} {path} ({name}) is there already")
        several = acts if isinstance(acts, tuple) else (acts,)
        row = {"parameters": parameters, "group": self.group, **more}
        if answer is None:
            row.setdefault("status", 204)
        self._rows[key] = Operation(method, path, name, several, vi, en, answer, **row)
