"""The description of `/api/v1` in OpenAPI 3.1, made of the table; a pure function of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from accounts.rights import ACTS, EVERYBODY, SCOPES
from foundation.errors import Language
from portal.rest.operation import BYTES, PATHS, Operation, Parameter
from portal.rest.schema import Schema, meant, text

VERSION: Final = "1.1.0"
"""Of the description: the second number grows with what is added, the first with what stops working."""
GROUPS: Final = {
    "libraries": ("Thư viện", "Libraries"),
    "records": ("Biểu ghi", "Records"),
    "batches": ("Tệp và lô nhập", "Files and batches"),
    "drafts": ("Bản nháp", "Drafts"),
    "harvests": ("Thu thập", "Harvests"),
    "union": ("Trùng lặp và mục lục liên hợp", "Duplicates and the union"),
    "sets": ("Bộ sưu tập, bộ của nguồn phát, báo lại", "Collections, sets of the feed, telling anew"),
    "figures": ("Thống kê và chất lượng", "Statistics and quality"),
    "elsewhere": ("Tìm ở nơi khác", "Search elsewhere"),
    "administration": ("Quản trị", "Administration"),
    "push": ("Gửi tệp qua đường mạng yếu", "Sending files over a weak line"),
}
SAID: Final = {
    304: ("Không đổi.", "Not modified."),
    400: ("Yêu cầu không đúng.", "The request is wrong."),
    401: ("Thiếu khoá, hoặc khoá không còn dùng được.", "No token, or one that is good no more."),
    403: ("Khoá không có quyền này.", "The token may not."),
    404: ("Không có, hoặc của thư viện khác.", "Not there, or another library's."),
    409: ("Lúc này không làm được.", "It cannot be done now."),
    410: ("Đã bị xoá.", "It was deleted."),
    411: ("Thiếu Content-Length.", "Content-Length is missing."),
    412: ("Đã thay đổi từ lúc được đọc.", "It has changed since it was read."),
    413: ("Quá dài.", "Too long."),
    415: ("Loại nội dung không nhận.", "A type of body that is not taken."),
    422: ("Không nhận được như vậy.", "It cannot be taken like this."),
    428: ("Thiếu If-Match.", "If-Match is missing."),
    429: ("Quá nhiều yêu cầu.", "Too many requests."),
    502: ("Nơi khác không trả lời.", "The other side failed."),
    503: ("Máy chủ đang bận; hỏi lại sau Retry-After.", "The server is busy; ask again after Retry-After."),
}
LANG: Final = Parameter(
    "lang", {"type": "string"}, "vi hoặc en; thay cho Accept-Language.", "vi or en, in the place of Accept-Language."
)
_KEY: Final = Parameter(
    "Idempotency-Key",
    text(102, 1),
    "Gửi lại với cùng khoá thì chỉ làm một lần (nhớ một ngày).",
    "Sent again with the same key it is done once (remembered for a day).",
    where="header",
)
_MATCH: Final = Parameter("If-Match", text(), "ETag của lần đọc.", "The ETag of the reading.", True, "header")
_NONE: Final = Parameter(
    "If-None-Match", text(), "ETag đã có; 304 nếu chưa đổi.", "ETags one has; 304 when unchanged.", where="header"
)


def document(rows: Iterable[Operation], shapes: dict[str, Schema], base_url: str, language: Language) -> dict[str, Any]:
    """The whole description, its words in one language. `base_url` has no slash at its end."""
    paths: dict[str, dict[str, Any]] = {}
    for row in rows:
        paths.setdefault(row.path, {})[row.method.lower()] = _operation(row, shapes, language)
    english = language == "en"
    scheme = {"type": "http", "scheme": "bearer", "description": _scopes(language)}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Liên Thông",
            "version": VERSION,
            "description": "Everything a screen does, a program can do."
            if english
            else "Việc gì làm được trên màn hình thì chương trình cũng làm được.",
        },
        "servers": [{"url": f"{base_url}/api/v1"}],
        "tags": [{"name": name, "description": words[english]} for name, words in GROUPS.items()],
        "paths": paths,
        "components": {"schemas": shapes, "securitySchemes": {"token": scheme}},
    }


def parameters(row: Operation) -> list[Parameter]:
    """Everything that may be said beside the body, path and all."""
    found = [Parameter(name, *PATHS[name], True, "path") for name in row.parts]
    found += row.parameters
    if row.do is not None:
        found += [LANG]
        found += [_NONE] if row.reads else [_KEY]
        found += [_MATCH] if row.if_match else []
    return found


def statuses(row: Operation) -> dict[int, Schema | None]:
    """Status → what is answered with it."""
    made: dict[int, Schema | None] = {row.status: row.answer, **row.also}
    problem: Schema = {"$ref": "#/components/schemas/Problem"}
    wrong = {400, 404, 409, 413, 503} | ({401, 403} if set(row.acts) - EVERYBODY else set())
    if row.do is not None:
        wrong |= {429}
        wrong |= set() if row.reads else {422}
        wrong |= {415} if row.body is not None else set()
        wrong |= {411, 415} if row.takes == BYTES else set()
        wrong |= {410, 412, 428} if row.if_match else set()
        wrong |= {502} if row.group in ("harvests", "elsewhere") else set()
        if row.reads:
            made[304] = None
    return made | dict.fromkeys(sorted(wrong | set(row.others)), problem)


def _operation(row: Operation, shapes: dict[str, Schema], language: Language) -> dict[str, Any]:
    english = language == "en"
    needed = [str(act) for act in row.acts if act not in EVERYBODY]
    made: dict[str, Any] = {
        "operationId": row.name,
        "tags": [row.group],
        "summary": row.en if english else row.vi,
        "parameters": [_parameter(one, english) for one in parameters(row)],
        "responses": {str(status): _answer(row, status, shape, english) for status, shape in statuses(row).items()},
        # OpenAPI 3.1, 4.8.30: of a scheme that is not OAuth the list names what one must be allowed.
        "security": [{"token": needed}] if needed else [{}, {"token": []}],
    }
    if row.takes == BYTES:
        made["requestBody"] = {"required": True, "content": {BYTES: {}}}
    elif row.body is not None:
        required = bool(meant(row.body, shapes).get("required"))
        made["requestBody"] = {"required": required, "content": {row.takes: {"schema": row.body}}}
    return made


def _parameter(one: Parameter, english: bool) -> dict[str, Any]:
    said = {"name": one.name, "in": one.where, "schema": one.schema, "description": one.en if english else one.vi}
    return said | ({"required": True} if one.required else {})


def _answer(row: Operation, status: int, shape: Schema | None, english: bool) -> dict[str, Any]:
    if status in SAID:
        said: dict[str, Any] = {"description": SAID[status][english]}
        if shape is not None:
            said["content"] = {"application/problem+json": {"schema": shape}}
        return said
    said = {"description": row.en if english else row.vi}
    if shape is not None:
        said["content"] = {row.gives: {"schema": shape}}
    if row.do is not None and row.reads:
        said["headers"] = {"ETag": {"schema": {"type": "string"}}}
        if any(one.name == "after" for one in row.parameters):
            said["headers"]["Link"] = {"schema": {"type": "string"}, "description": 'rel="next"'}
    return said


def _scopes(language: Language) -> str:
    return "\n".join(
        f"- `{scope}`: {ACTS[act].en if language == 'en' else ACTS[act].vi}" for scope, act in SCOPES.items()
    )
