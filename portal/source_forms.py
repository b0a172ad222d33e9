"""The form of a source: one row for each setting, what a person sees of it, and how it is read back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from werkzeug.datastructures import MultiDict

from foundation.errors import InputError
from harvesting import messages
from harvesting.kinds import FILE, FOLDER, OAI, SFTP, SRU, SYNC
from marc.decoders import DECODERS
from marc.decoding import AUTO, UTF8
from oaipmh.quirks import Quirks
from portal.encoding_words import named
from vietnamese.text import fold

Words = tuple[str, str]
WEB: Final = frozenset((OAI, FILE, SRU, SYNC))
CALLED: Final = WEB | {SFTP}
FILES: Final = frozenset((FILE, FOLDER, SFTP))
EVERY: Final = CALLED | FILES
WALKED: Final = frozenset((OAI, SRU, SYNC))

_BY_HAND: Final = ("khi duoc goi", "chi chay khi duoc goi", "when called")
"""How the lists of sources write that there is no schedule."""
SECRETS: Final = ("secret", "key")

KINDS: Final[dict[str, Words]] = {
    OAI: ("kho OAI-PMH", "OAI-PMH repository"),
    FILE: ("tệp ở một địa chỉ", "file at an address"),
    FOLDER: ("thư mục được theo dõi", "watched folder"),
    SRU: ("máy chủ SRU", "SRU server"),
    SYNC: ("nguồn ResourceSync", "ResourceSync source"),
    SFTP: ("tệp hay thư mục qua SFTP", "file or folder over SFTP"),
}


@dataclass(frozen=True, slots=True)
class Field:
    """One setting in the form."""

    name: str
    type: str
    """text, lines (one value a line), number, seconds (with a fraction), yes, choice, secret, key (a long secret)."""
    kinds: frozenset[str]
    label: Words
    help: Words = ("", "")
    guarded: bool = False
    """Only who may change the system itself may set it: it reaches into the machine or its network."""
    rare: bool = False
    """Shown behind a fold."""
    choices: tuple[tuple[str, Words], ...] = ()
    default: Any = ""


_ENCODINGS: Final = (
    (AUTO, ("tự nhận", "recognised")),
    *((name, named(name)) for name in (UTF8, *sorted(DECODERS))),
)

FIELDS: Final = (
    Field(
        "url", "text", CALLED, ("Địa chỉ", "Address"), ("https://… như thư viện cho", "https://… as its people give it")
    ),
    Field(
        "host_key",
        "text",
        frozenset((SFTP,)),
        ("Khoá máy chủ đã nhận", "Accepted host key"),
        (
            "ssh-ed25519 SHA256:…; chỉ đổi khi người phụ trách máy ấy xác nhận",
            "ssh-ed25519 SHA256:…; change it only when those who run the machine confirm it",
        ),
    ),
    Field(
        "folder",
        "text",
        frozenset((FOLDER,)),
        ("Thư mục trên máy chủ", "Folder on the server"),
        ("đường dẫn đầy đủ", "its absolute path"),
        guarded=True,
    ),
    Field(
        "schedule",
        "text",
        EVERY,
        ("Lịch", "Schedule"),
        (
            "bằng lời: hằng đêm 02:00 · mỗi 6 giờ · thứ hai hằng tuần 01:00; để trống: chỉ chạy khi được gọi",
            "in words: every night · every 6 hours · weekly mon 01:00; empty: by hand only",
        ),
    ),
    Field(
        "hours",
        "text",
        EVERY,
        ("Giờ được phép gọi", "Hours it may be called"),
        ("như 22:00-05:00; để trống: giờ nào cũng được", "such as 22:00-05:00; empty: at any time"),
    ),
    Field(
        "prefix",
        "text",
        frozenset((OAI,)),
        ("Dạng biểu ghi (metadataPrefix)", "Form of records (metadataPrefix)"),
        default="marcxml",
    ),
    Field(
        "sets",
        "lines",
        frozenset((OAI,)),
        ("Chỉ những bộ này (setSpec)", "Only these sets (setSpec)"),
        ("mỗi dòng một bộ; để trống: tất cả", "one a line; empty: everything"),
        default=(),
    ),
    Field(
        "complete",
        "yes",
        FILES,
        (
            "Mỗi tệp là toàn bộ: cái gì tệp mới không còn thì xoá",
            "Each file is everything: what it no longer holds is deleted",
        ),
        default=False,
    ),
    Field("encoding", "choice", FILES, ("Bảng mã", "Encoding"), rare=True, default="auto", choices=_ENCODINGS),
    Field(
        "query",
        "text",
        frozenset((SRU,)),
        ("Lấy những gì (CQL)", "What to take (CQL)"),
        ("cql.allRecords=1 là tất cả", "cql.allRecords=1 is everything"),
        default="cql.allRecords=1",
    ),
    Field(
        "since_index",
        "text",
        frozenset((SRU,)),
        ("Chỉ mục ngày sửa", "Index of the day of change"),
        (
            "như rec.lastModificationDate; để trống: đợt nào cũng lấy tất cả",
            "such as rec.lastModificationDate; empty: each run takes everything",
        ),
    ),
    Field("schema", "text", frozenset((SRU,)), ("Dạng biểu ghi (recordSchema)", "Record schema"), default="marcxml"),
    Field(
        "version",
        "choice",
        frozenset((SRU,)),
        ("Phiên bản SRU", "Version of SRU"),
        rare=True,
        default="1.1",
        choices=tuple((one, (one, one)) for one in ("1.1", "1.2", "2.0")),
    ),
    Field("page", "number", frozenset((SRU,)), ("Biểu ghi mỗi trang", "Records of a page"), rare=True, default=50),
    Field(
        "notify",
        "lines",
        EVERY,
        ("Báo khi có chuyện", "Tell of trouble"),
        ("thư điện tử hoặc https://…, mỗi dòng một địa chỉ", "e-mail or https://…, one a line"),
        default=(),
    ),
    Field("user", "text", CALLED, ("Tên đăng nhập của nguồn", "User name at the source"), rare=True),
    Field(
        "password",
        "secret",
        CALLED,
        ("Mật khẩu", "Password"),
        (
            "được mã hoá và không bao giờ hiện lại; để trống: giữ như cũ",
            "kept encrypted and never shown; empty: as it is",
        ),
        rare=True,
    ),
    Field(
        "key",
        "key",
        frozenset((SFTP,)),
        ("Khoá riêng, thay cho mật khẩu", "Private key, in place of a password"),
        (
            "dán cả tệp, loại không đặt mật khẩu; được mã hoá và không bao giờ hiện lại",
            "the whole file, of a key without a passphrase; kept encrypted and never shown",
        ),
        rare=True,
    ),
    Field(
        "brake",
        "number",
        EVERY,
        ("Phanh: xoá quá bấy nhiêu phần trăm thì chờ người xem", "Brake: per cent deleted that wait for a person"),
        rare=True,
        default=10,
    ),
    Field(
        "brake_records",
        "number",
        EVERY,
        ("… trừ khi không quá bấy nhiêu biểu ghi", "… unless no more records than"),
        rare=True,
        default=20,
    ),
    Field(
        "full_days",
        "number",
        WALKED,
        ("So lại toàn bộ sau bấy nhiêu ngày", "Compare everything after days"),
        rare=True,
        default=30,
    ),
    Field(
        "sweep",
        "yes",
        WALKED,
        ("Đợt toàn bộ xoá cái gì nguồn không còn liệt kê", "A full run deletes what is no longer listed"),
        rare=True,
        default=True,
    ),
    Field(
        "archive",
        "yes",
        frozenset((OAI,)),
        ("Giữ lại mọi trang nguồn gửi", "Keep all pages as they came"),
        rare=True,
        default=False,
    ),
    Field(
        "pause",
        "seconds",
        CALLED,
        ("Giây nghỉ giữa hai yêu cầu", "Seconds between two requests"),
        rare=True,
        default=0.0,
    ),
    Field(
        "settle",
        "seconds",
        frozenset((FOLDER, SFTP)),
        ("Giây chờ xem tệp còn đang ghi", "Seconds to see whether a file is at rest"),
        rare=True,
        default=2.0,
    ),
    Field(
        "allow",
        "lines",
        CALLED,
        ("Mạng nội bộ được phép gọi", "Private networks that may be called"),
        (
            "như 10.1.0.0/16, mỗi dòng một mạng; chỉ quản trị hệ thống đặt được",
            "such as 10.1.0.0/16, one a line; for administrators only",
        ),
        guarded=True,
        rare=True,
        default=(),
    ),
    Field(
        "ca_file",
        "text",
        WEB,
        ("Tệp chứng thư tin thêm (PEM)", "Certificates to trust beside (PEM)"),
        guarded=True,
        rare=True,
    ),
    Field(
        "quirks",
        "lines",
        frozenset((OAI,)),
        ("Đặc điểm riêng của nguồn", "Its own ways"),
        (
            "mỗi dòng một điều: window_days=30; lần thử tự đề nghị",
            "one a line: window_days=30; the trial proposes them",
        ),
        rare=True,
        default=(),
    ),
)


def of_kind(kind: str) -> list[Field]:
    """The rows of one kind of source."""
    return [one for one in FIELDS if kind in one.kinds]


def shown(kind: str, settings: Mapping[str, Any]) -> dict[str, str | bool]:
    """Settings as the form shows them; a password is never among them."""
    made: dict[str, str | bool] = {}
    for one in of_kind(kind):
        value = settings.get(one.name, one.default)
        if one.type in SECRETS:
            made[one.name] = ""
        elif one.name == "quirks":
            made[one.name] = "\n".join(f"{name}={str(said).lower()}" for name, said in dict(value).items())
        elif one.type == "lines":
            made[one.name] = "\n".join(value)
        else:
            made[one.name] = value if isinstance(value, bool) else str(value)
    return made


def read(kind: str, form: MultiDict[str, str]) -> dict[str, Any]:
    """Settings as they were typed, without the password; rows that were not in the form are left out.

    Raises InputError for what is no number, or no quirk.
    """
    values: dict[str, Any] = {}
    for one in of_kind(kind):
        if one.type in SECRETS or (one.name not in form and f"has_{one.name}" not in form):
            continue
        text = form.get(one.name, "").strip()
        if one.name == "schedule" and fold(text) in _BY_HAND:
            values[one.name] = ""
        elif one.name == "quirks":
            values[one.name] = dict(quirk(line) for line in _lines(text))
        elif one.type == "yes":
            values[one.name] = one.name in form
        elif one.type == "lines":
            # Checkboxes of a trial come as several values, a text as lines of one.
            values[one.name] = [line for value in form.getlist(one.name) for line in _lines(value)]
        elif one.type in ("number", "seconds"):
            values[one.name] = _number(one, text)
        else:
            values[one.name] = text or one.default
    return values


def typed(kind: str, before: Mapping[str, str | bool], form: MultiDict[str, str]) -> dict[str, str | bool]:
    """The form as it was sent, to be mended: what was typed, and of what was not in the form what was shown before.

    A password has to be typed again.
    """
    made = dict(before)
    for one in of_kind(kind):
        if one.type in SECRETS or (one.name not in form and f"has_{one.name}" not in form):
            continue
        made[one.name] = one.name in form if one.type == "yes" else "\n".join(form.getlist(one.name))
    return made


def secret(form: MultiDict[str, str]) -> str:
    """The password or private key that was typed; empty: neither."""
    return form.get("key", "").strip() or form.get("password", "")


def guarded(kind: str, values: Mapping[str, Any], before: Mapping[str, Any]) -> bool:
    """Whether these values change anything that only who may change the system itself may set."""
    return any(
        _bare(values[one.name]) != _bare(before.get(one.name, one.default))
        for one in of_kind(kind)
        if one.guarded and one.name in values
    )


def quirk(line: str) -> tuple[str, bool | int]:
    """`window_days=30` or `days` as name and value."""
    name, _, value = line.partition("=")
    said = value.strip().lower()
    if said.isascii() and said.isdigit() and len(said) < 8:
        return name.strip(), int(said)
    if said not in ("", "true", "false"):
        known = ", ".join(Quirks.__dataclass_fields__)
        raise InputError(messages.SETTING_WRONG, name=name.strip() or known, value=value)
    return name.strip(), said != "false"


def _bare(value: Any) -> Any:
    return list(value) if isinstance(value, list | tuple) else value


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _number(one: Field, text: str) -> int | float:
    try:
        return int(text) if one.type == "number" else float(text.replace(",", "."))
    except ValueError:
        raise InputError(messages.SETTING_WRONG, name=one.name, value=text[:40]) from None
