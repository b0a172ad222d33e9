"""The form of a target: one row for each setting, as `portal.source_forms` has it for sources."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from werkzeug.datastructures import MultiDict

from foundation.errors import InputError
from marc.decoders import DECODERS
from marc.decoding import UTF8
from portal.source_forms import Field, Words
from z3950_bridge import origin_messages
from z3950_bridge.peer import QUERY_CHARSETS, SRU, SRU_VERSIONS, WORDS, Z3950, Peer, typed

PROTOCOLS: Final[dict[str, Words]] = {Z3950: ("Z39.50", "Z39.50"), SRU: ("SRU", "SRU")}
_BOTH: Final = frozenset((Z3950, SRU))
_Z: Final = frozenset((Z3950,))
_S: Final = frozenset((SRU,))
_PLACE: Final = ("host", "port", "url", "tls", "user", "group")
"""Where a password is sent, and with which name: one that is kept is for these alone."""
_WORDS: Final = (
    ("tách, nối bằng AND", "split, joined by AND"), ("gửi thành một danh sách", "one list"),
    ("để nguyên", "left as they are"),
)  # fmt: skip


def _named(*values: str) -> tuple[tuple[str, Words], ...]:
    return tuple((one, (one, one)) for one in values)


FIELDS: Final = (
    Field("title", "text", _BOTH, ("Gọi là", "Called"), ("tên mà người biên mục thấy", "what cataloguers see")),
    Field("host", "text", _Z, ("Máy chủ", "Host"), ("như z3950.thuvien.vn", "such as z3950.library.org")),
    Field("port", "number", _Z, ("Cổng", "Port"), default=210),
    Field("database", "text", _Z, ("Cơ sở dữ liệu", "Database"), ("nhiều tên thì nối bằng +", "several with + between"),
          default="Default"),
    Field("tls", "yes", _Z, ("Kết nối mã hoá (TLS)", "Encrypted (TLS)"), default=False),
    Field("url", "text", _S, ("Địa chỉ SRU", "Address of SRU"),
          ("https://… như thư viện cho", "https://… as its people give it")),
    Field("user", "text", _BOTH, ("Tên đăng nhập", "User name"), ("để trống nếu ai cũng tìm được", "empty when open")),
    Field("password", "secret", _BOTH, ("Mật khẩu", "Password"),
          ("được mã hoá khi lưu và không bao giờ hiện lại", "kept encrypted and never shown again")),
    Field("syntax", "choice", _Z, ("Dạng biểu ghi", "Record syntax"), default="usmarc",
          choices=_named("usmarc", "unimarc", "xml", "opac", "sutrs")),
    Field("schema", "text", _S, ("Dạng biểu ghi (recordSchema)", "Form of records (recordSchema)"), default="marcxml"),
    Field("charset", "choice", _BOTH, ("Bảng mã của biểu ghi", "Encoding of its records"), default="auto",
          choices=(("auto", ("tự nhận", "recognised")), *_named(UTF8, *sorted(DECODERS)))),
    Field("folded", "yes", _BOTH, ("Hỏi không dấu: máy chủ ấy không hiểu dấu tiếng Việt",
                                   "Ask without diacritics: it does not understand Vietnamese ones"), default=False),
    Field("timeout", "number", _BOTH, ("Chờ nhiều nhất (giây)", "Seconds to wait at the most"), default=20),
    Field("maximum", "number", _BOTH, ("Số biểu ghi nhiều nhất mỗi lần tìm", "Records of one search at the most"),
          default=100),
    Field("group", "text", _Z, ("Nhóm đăng nhập", "Group"), rare=True),
    Field("open_authentication", "yes", _Z, ("Gửi tên/mật khẩu thành một chuỗi", "Send user/password as one string"),
          rare=True, default=False),
    Field("elements", "text", _Z, ("Tập phần tử", "Element set name"), rare=True, default="F"),
    Field("chunk", "number", _BOTH, ("Số biểu ghi mỗi lần hỏi", "Records asked for at once"), rare=True, default=20),
    Field("words", "choice", _BOTH, ("Nhiều từ thì", "Several words are"), rare=True, default="split",
          choices=tuple(zip(WORDS, _WORDS, strict=True))),
    Field("query_charset", "choice", _BOTH, ("Bảng mã của câu hỏi", "Encoding of the query"), rare=True,
          default=QUERY_CHARSETS[0], choices=_named(*QUERY_CHARSETS)),
    Field("negotiate", "yes", _Z, ("Thoả thuận bảng mã khi mở phiên", "Propose the encoding in Init"), rare=True,
          default=False),
    Field("sru_version", "choice", _S, ("Phiên bản SRU", "SRU version"), rare=True, default="1.1",
          choices=_named(*SRU_VERSIONS)),
    Field("attributes", "pairs", _Z, ("Thuộc tính riêng", "Its own attributes"),
          ("title:1=4; author:1=1003", "title:1=4; author:1=1003"), rare=True, default={}),
    Field("every", "text", _Z, ("Thuộc tính cho mọi từ", "Attributes of every term"), ("2=3 3=3", "2=3 3=3"),
          rare=True),
    Field("indexes", "pairs", _S, ("Chỉ mục riêng", "Its own indexes"), ("any:WOE; title:TIT", "any:WOE; title:TIT"),
          rare=True, default={}),
    Field("parameters", "pairs", _S, ("Tham số thêm", "Further parameters"), ("ten:gia-tri; …", "name:value; …"),
          rare=True, default={}),
    Field("gateway", "choice", _BOTH, ("Người ngoài tìm qua cổng của mình", "Open through our gateway"), rare=True,
          default="auto", choices=(("auto", ("có, trừ khi cần đăng nhập", "yes, unless it needs a name")),
                                   ("yes", ("có", "yes")), ("no", ("không", "no")))),
    Field("allow", "lines", _BOTH, ("Mạng nội bộ được phép gọi", "Private networks that may be called"),
          ("như 10.1.0.0/16, mỗi dòng một mạng; chỉ quản trị hệ thống đặt được",
           "such as 10.1.0.0/16, one a line; for administrators only"), guarded=True, rare=True, default=()),
    Field("ca_file", "text", _BOTH, ("Tệp chứng thư tin thêm (PEM)", "Certificates to trust beside (PEM)"),
          guarded=True, rare=True),
)  # fmt: skip


def of_protocol(protocol: str) -> list[Field]:
    """The rows of one protocol; those of pairs are texts in the form."""
    return [one for one in FIELDS if protocol in one.kinds]


def shown(made: Peer) -> dict[str, str | bool]:
    """Settings as the form shows them; a password is never among them."""
    found: dict[str, str | bool] = {}
    for one in of_protocol(made.protocol):
        value = "" if one.type == "secret" else getattr(made, one.name)
        if isinstance(value, Mapping):
            value = "; ".join(f"{name}:{said}" for name, said in value.items())
        elif isinstance(value, tuple):
            value = "\n".join(value)
        found[one.name] = value if isinstance(value, bool) else str(value)
    return found


def read(protocol: str, form: MultiDict[str, str]) -> dict[str, Any]:
    """Settings as they were typed, without the password; rows that were not in the form are left out.

    Raises InputError for what is no number.
    """
    values: dict[str, Any] = {}
    for one in of_protocol(protocol):
        if one.type == "secret" or (one.name not in form and f"has_{one.name}" not in form):
            continue
        text = form.get(one.name, "").strip()
        if one.type == "yes":
            values[one.name] = one.name in form
        elif one.type == "lines":
            values[one.name] = tuple(filter(None, map(str.strip, text.splitlines())))
        elif not text and one.type != "text":
            values[one.name] = one.default
        else:
            values[one.name] = typed(one.name, text)
            if one.type == "number" and not isinstance(values[one.name], int):
                raise InputError(origin_messages.SETTING_WRONG, name=one.name, value=text[:40], wanted="0–9")
    return values


def guarded(values: Mapping[str, Any], before: Peer | None) -> bool:
    """Whether these values change anything that only who may change the system itself may set.

    So is the address of a target in a private network: the network was opened for that one address.
    """
    usual = before or Peer(name="x")

    def changes(name: str) -> bool:
        value = values.get(name, getattr(usual, name))
        return bool((tuple(value) if isinstance(value, list) else value) != getattr(usual, name))

    own = any(changes(one.name) for one in FIELDS if one.guarded)
    return own or (bool(usual.allow) and any(map(changes, ("host", "port", "url"))))


def moved(after: Peer, before: Peer) -> bool:
    """Whether a password that is kept would be sent elsewhere than it was given for."""
    return any(getattr(after, name) != getattr(before, name) for name in _PLACE)
