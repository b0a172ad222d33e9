"""Every tunable of the server in one typed object.

Read from `lienthong.toml` (in the home directory, or the file `LIENTHONG_CONFIG` names) and from `LIENTHONG_…`
environment variables, which win. A field is its own documentation: `docs/settings.md` is tested against this class.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from foundation.errors import InputError, Message

UNKNOWN = Message(
    "settings.unknown",
    "không có thiết đặt {name!r} ({origin}). Hãy xem danh sách trong docs/settings.md.",
    "there is no setting {name!r} ({origin}). See docs/settings.md for the list.",
)
WRONG = Message(
    "settings.wrong",
    "thiết đặt {name} nhận giá trị {seen!r} ({origin}), nhưng phải là {wanted}.",
    "the setting {name} was given {seen!r} ({origin}), but must be {wanted}.",
)
UNREADABLE = Message(
    "settings.unreadable",
    "không đọc được tệp thiết đặt {path}: {reason}. Hãy sửa tệp rồi chạy lại.",
    "the settings file {path} cannot be read: {reason}. Mend the file and run again.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What an operator may choose."""

    home: Path = Path("var")
    """Where the store, its locks and keys live."""
    database: str = ""
    """SQLAlchemy URL of the store. Empty: SQLite in `home`. PostgreSQL: postgresql+psycopg://user:password@host/name."""
    base_url: str = ""
    """Public address of the server, without a slash at its end. Empty: http://HOST:PORT as served."""
    host: str = "127.0.0.1"
    """Address to listen on."""
    port: int = 8080
    """Port of web pages, OAI-PMH and REST."""
    only: tuple[str, ...] = ()
    """What this process serves, of web, z3950 and worker; empty: all. Parts of one store may run on several hosts."""
    workers: int = 1
    """Server processes. One serves a province; more need more cores."""
    threads: int = 4
    """Requests that one server process works on at the same time."""
    z3950_port: int = 2100
    """Port of Z39.50."""
    z3950_workers: int = 1
    """Z39.50 processes. One serves a province; more need more cores (and no Windows, which cannot share a port)."""
    z3950_sessions: int = 500
    """Z39.50 sessions open at the same time in one process. Whoever comes next is cut off at once."""
    z3950_sessions_per_address: int = 100
    """The same from one address: a whole library may stand behind one."""
    z3950_idle_seconds: int = 600
    """A Z39.50 session without a request for so long is closed."""
    z3950_search_seconds: int = 30
    """A Z39.50 request that takes longer ends its session."""
    z3950_threads: int = 4
    """Z39.50 requests that are worked on at the same time."""
    z3950_kept_bytes: int = 64 * 1024 * 1024
    """Memory for records as they were last sent over Z39.50, so that they need not be rendered again."""
    z3950_tls_certificate: str = ""
    """Certificate chain (PEM) of the Z39.50 port. Empty: no TLS, as almost every client expects."""
    z3950_tls_key: str = ""
    """Private key (PEM) of that certificate. Empty: it is in the same file."""
    repository_name: str = "Liên Thông"
    """`repositoryName` of the union repository's Identify answer."""
    repository_domain: str = "lienthong.example.vn"
    """Domain inside every OAI identifier (oai:DOMAIN:ID). Choose once: changing it changes every identifier."""
    admin_email: str = "thuvien@lienthong.example.vn"
    """Whom a harvest operator may write to; stands in Identify."""
    licence: str = ""
    """Address of the licence under which records (the metadata, not the books) are given; stands in Identify and with
    every record. Empty: nothing is said."""
    library_licences: tuple[str, ...] = ()
    """Licences of single libraries where they differ, each as CODE=ADDRESS."""
    friends: tuple[str, ...] = ()
    """Base URLs of other OAI-PMH repositories that harvesters may like to know, told in Identify."""
    icon_url: str = ""
    """Address of a PNG or GIF picture, 88 × 31 pixels, by which others may show where records come from."""
    icon_link: str = ""
    """Where that picture leads to. Empty: the front page."""
    page_records: int = 500
    """Records of one ListRecords page at the most."""
    page_headers: int = 2000
    """Headers of one ListIdentifiers page at the most."""
    page_bytes: int = 4 * 1024 * 1024
    """Bytes of one page before compression; a page ends early when the next record would go beyond."""
    token_days: int = 30
    """How long a resumption token stays valid."""
    list_queue: int = 32
    """List requests that may wait for their turn in one server process; one more is answered 503 with Retry-After."""
    list_seconds: int = 25
    """How long a list request may wait for its turn before it is answered 503: less than any harvester's patience."""
    leave_seconds: int = 20
    """How long a server that is told to stop waits for answers under way and for clients that do not let go of it."""
    client_requests: int = 1200
    """OAI-PMH requests a minute from one client address (IPv6: one /64) to one server process. 0: no bound."""
    client_bytes: int = 1024 * 1024 * 1024
    """Bytes a minute that one client address is sent over OAI-PMH by one server process. 0: no bound."""
    partners: tuple[str, ...] = ()
    """Networks that have a budget of their own, each as NAME=NETWORK, such as national=203.0.113.0/24."""
    partner_requests: int = 0
    """The same as client_requests for a partner, all its addresses together."""
    partner_bytes: int = 0
    """The same as client_bytes for a partner."""
    api_requests: int = 600
    """Requests a minute with one token to `/api/v1` of one server process. 0: no bound."""
    api_requests_open: int = 120
    """The same from one address without a token."""
    trusted_proxies: tuple[str, ...] = ()
    """Networks of our own proxies: only what comes from them may name the client in X-Forwarded-For."""
    import_batch: int = 1000
    """Records staged in one transaction of an import; also the most an interrupted import has to read again."""
    timezone: str = "Asia/Ho_Chi_Minh"
    """Time zone of schedules and reports."""
    harvest_sources: int = 8
    """Sources that are harvested at the same time; the others wait for one to end."""
    report_schedule: str = "mỗi ngày 06:00"
    """When each library is mailed what came from it and what was refused, in the words of a schedule. Empty: never."""
    notify: tuple[str, ...] = ()
    """E-mail addresses and webhooks that are told of trouble with any source, beside those of the source."""
    notify_allow: tuple[str, ...] = ()
    """Addresses or networks of our own that webhooks may go to."""
    smtp_host: str = ""
    """Mail server that takes our mail. Empty: no mail is sent."""
    smtp_port: int = 587
    """Its port."""
    smtp_security: str = "starttls"
    """starttls; tls (from the first byte, usually port 465); or none, for a relay on this machine."""
    smtp_user: str = ""
    """Name to log in with at the mail server. Empty: no login."""
    smtp_password: str = ""
    """Its password; better in LIENTHONG_SMTP_PASSWORD than in the file."""
    smtp_ca_file: str = ""
    """Certificates (PEM) to trust for the mail server beside those of the machine, such as a house's own authority.
    From Python 3.13 on they and the server's own need key identifiers (RFC 5280, 4.2.1)."""
    smtp_from: str = ""
    """Sender of our mail. Empty: admin_email."""
    feed_hour: int = 3
    """Hour of the day (0 to 23, the machine's own time) at which the server makes the manifests and then harvests its
    own feed to check it; 24: never."""
    schemas: str = ""
    """An XML Schema file that imports those of OAI-PMH and of the formats; the check of the feed validates against it.
    Empty: structure is checked, schemas are not."""
    backup_schedule: str = "mỗi ngày 01:30"
    """When the store is backed up (SQLite only), in the words of a schedule. Empty: never."""
    backup_keep: int = 7
    """Backups that are kept; the oldest is deleted when there is one more."""
    backup_folder: str = ""
    """Where backups are put, better on another disk. Empty: the folder backups in `home`."""
    partner_days: int = 400
    """Days for which is kept who harvested what."""
    partner_page: int = 0
    """1: `/feed/partners` shows the harvests of the partners that were given a name; 0: there is no such page."""
    uses_seconds: int = 15
    """Seconds between two writings of what was counted at the doors: what a kill may lose of it."""
    uses_low: int = 200_000
    """Uses a year that the province is to reach, at the least."""
    uses_high: int = 250_000
    """The same at the most; 0: only the least is shown."""
    robots: str = ""
    """A file of patterns (one regular expression to the line) by which User-Agents of robots are told, such as the
    official list of COUNTER. Empty: the short list that comes with the server."""
    digitised_percent: int = 70
    """Share of old documents and of those of ethnic minorities that is to be digitised, in per cent."""
    heritage_before: int = 1945
    """Documents made before this year are old documents."""
    quality_profile: str = "default"
    """Profile of the checks by which the quality of what is published is counted (docs/checks.md)."""
    session_idle_minutes: int = 240
    """A signed-in person who does nothing for so long has to sign in again."""
    session_hours: int = 12
    """After so long they have to in any case."""
    oidc_issuer: str = ""
    """Address of a provider of identities (OpenID Connect), such as the province's own sign-in. Empty: none."""
    oidc_client: str = ""
    """What it calls this server (`client_id`)."""
    oidc_secret: str = ""
    """Its secret for this server; better in LIENTHONG_OIDC_SECRET than in the file."""
    oidc_name: str = ""
    """What people call it; stands on the button of the sign-in page."""
    oidc_allow: tuple[str, ...] = ()
    """Addresses or networks of our own where the provider of identities may be."""
    search_engine: str = "tantivy"
    """tantivy; or whoosh, in pure Python, for up to some ten thousand records (extra `whoosh`)."""
    log_level: str = "info"
    """debug, info, warning or error."""

    @property
    def public_url(self) -> str:
        """The server's public address, without a slash at its end."""
        return self.base_url.rstrip("/") or self.local_url

    @property
    def local_host(self) -> str:
        """Where this machine reaches what is listened on: not 0.0.0.0 and ::, which are every address and none."""
        return {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(self.host, self.host)  # noqa: S104 - not bound

    @property
    def local_url(self) -> str:
        """The server's address on this machine, without a slash at its end."""
        host = f"[{self.local_host}]" if ":" in self.local_host else self.local_host  # RFC 3986, 3.2.2
        return f"http://{host}:{self.port}"

    @property
    def database_url(self) -> str:
        """The store's URL, SQLite in `home` unless set."""
        return self.database or f"sqlite:///{(self.home / 'lienthong.sqlite').absolute()}"


def load(environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from the file and the environment.

    Raises InputError naming the setting, where it was read, the value seen and the value wanted.
    """
    environment = os.environ if environment is None else environment
    values: dict[str, Any] = {}
    path = file(environment, Path(environment.get("LIENTHONG_HOME") or "var"))
    if environment.get("LIENTHONG_CONFIG") or path.exists():  # one that is named must be there
        try:
            table = tomllib.loads(path.read_text(encoding="utf-8-sig"))  # the editor of Windows writes a mark before it
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise InputError(UNREADABLE, path=path, reason=error) from error
        for name, value in table.items():
            values[name] = _cast(name, value, str(path))
    for variable, value in environment.items():
        if variable.startswith("LIENTHONG_") and not variable.startswith(_NO_SETTINGS):
            name = variable.removeprefix("LIENTHONG_").lower()
            values[name] = _cast(name, value, variable)
    return Settings(**values)


def file(environment: Mapping[str, str], home: Path) -> Path:
    """Where the settings file of a server with this home is, if there is one."""
    named = environment.get("LIENTHONG_CONFIG")
    return Path(named) if named else home / "lienthong.toml"


_NO_SETTINGS = ("LIENTHONG_CONFIG", "LIENTHONG_TEST_", "LIENTHONG_REQUIRE_PEERS")
"""Variables of the environment that are for others: where the settings are, and what tests are told."""
_TYPES = {entry.name: entry.type for entry in fields(Settings)}
_PORT = (0, 65_535)
_NO_BOUND = (0, 2**62)
_ALL = (1, 2**62)
_BOUNDS = {
    "port": _PORT, "z3950_port": _PORT, "smtp_port": (1, 65_535), "z3950_kept_bytes": _NO_BOUND,
    "z3950_workers": _NO_BOUND,
    "list_queue": _NO_BOUND, "list_seconds": _NO_BOUND, "leave_seconds": _NO_BOUND, "client_requests": _NO_BOUND,
    "client_bytes": _NO_BOUND, "partner_requests": _NO_BOUND, "partner_bytes": _NO_BOUND, "api_requests": _NO_BOUND,
    "api_requests_open": _NO_BOUND, "feed_hour": (0, 24), "partner_page": (0, 1), "uses_low": _NO_BOUND,
    "uses_high": _NO_BOUND, "digitised_percent": (0, 100), "heritage_before": (1, 9999),
}  # fmt: skip
"""Numbers that make sense, where not every one from 1 on does."""
_CHOICES = {
    "only": ("web", "z3950", "worker"),
    "smtp_security": ("starttls", "tls", "none"),
    "log_level": ("debug", "info", "warning", "error"),
}


def _cast(name: str, value: Any, origin: str) -> Any:
    """`value` as the type that `name` is declared with."""
    kind = _TYPES.get(name)
    if kind is None:
        raise InputError(UNKNOWN, name=name, origin=origin)
    if kind == "Path" and isinstance(value, str):
        return Path(value)
    if kind == "str" and isinstance(value, str):
        return _chosen(name, (value,), origin)[0]
    if kind == "tuple[str, ...]":
        # Of the environment: words with blanks between them, none of which an address or a network holds.
        words = value.split() if isinstance(value, str) else value
        if isinstance(words, list) and all(isinstance(word, str) for word in words):
            return _chosen(name, words, origin)
        raise InputError(WRONG, name=name, seen=value, origin=origin, wanted='["…", "…"]')
    if kind == "int":
        return _number(name, value, origin)
    raise InputError(WRONG, name=name, seen=value, origin=origin, wanted='"…"')


def _number(name: str, value: Any, origin: str) -> int:
    least, most = _BOUNDS.get(name, _ALL)
    try:
        number = int(value) if isinstance(value, str | int) and not isinstance(value, bool) else None
    except ValueError:
        number = None
    if number is not None and least <= number <= most:
        return number
    wanted = f"{least}, {least + 1}, {least + 2}, …" if most == _ALL[1] else f"{least}…{most}"
    raise InputError(WRONG, name=name, seen=value, origin=origin, wanted=wanted)


def _chosen(name: str, words: Sequence[str], origin: str) -> tuple[str, ...]:
    """`words`, of which each makes sense for the setting."""
    choices = _CHOICES.get(name)
    if name == "base_url" and words[0] and not re.fullmatch(r"https?://[^\s/?#]+(/[^\s?#]*)?", words[0]):
        raise InputError(WRONG, name=name, seen=words[0], origin=origin, wanted="https://…")
    if choices is None:
        return tuple(words)
    lower = tuple(word.lower() for word in words)
    for word in lower:
        if word not in choices:
            raise InputError(WRONG, name=name, seen=word, origin=origin, wanted=" | ".join(choices))
    return lower
