"""What a person says of a source, typed and checked; kept as JSON beside it. Each kind of source has its class."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Final, Self

from foundation import addresses, sftp
from foundation.errors import InputError
from foundation.messages import HOST_KEY_UNACCEPTED
from foundation.network import Budget, Line
from foundation.vault import Vault
from harvesting import messages, schedule
from oaipmh.quirks import STANDARD, Quirks, changed, quirks

_MAIL: Final = re.compile(r"[\w.+-]{1,64}@[\w-]+(\.[\w-]+){0,8}", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class SourceSettings:
    """What all of them have."""

    brake: int = 10
    """Per cent of the source's records: a run that would delete more waits for a person."""
    brake_records: int = 20
    """Deletions that are always let through, so that a small source is not stopped by a handful."""
    schedule: str = ""
    """When to harvest, in words or as cron (`harvesting.schedule`); empty: only by hand."""
    hours: str = ""
    """Hours in which it may be called, such as 22:00-05:00; a run rests outside of them. Empty: at any time."""
    notify: tuple[str, ...] = ()
    """E-mail addresses and webhooks told of trouble with this source."""

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """Settings from what is stored or typed. Raises InputError naming what is wrong."""
        known = {entry.name: str(entry.type) for entry in fields(cls)}
        made: dict[str, Any] = {}
        for name, value in values.items():
            if name not in known:
                raise InputError(messages.SETTING_UNKNOWN, name=name, known=", ".join(known))
            made[name] = _typed(name, known[name], value)
        found = cls(**made)
        found.judge()
        return found

    def judge(self) -> None:
        """Raises InputError for a value that has the right type and means nothing."""
        if self.schedule:
            schedule.parse(self.schedule)
        schedule.hours(self.hours)
        for address in self.notify:
            recipient(address)

    def brakes(self, gone: int, every: int) -> bool:
        """Whether a run that would delete `gone` of the source's `every` records waits for a person."""
        return gone > self.brake_records and gone * 100 > every * self.brake

    def stored(self) -> dict[str, Any]:
        """As it is kept: what differs from the default."""
        kept: dict[str, Any] = {}
        for entry in fields(self):
            value = getattr(self, entry.name)
            if value != entry.default:
                kept[entry.name] = _plain(value)
        return kept


@dataclass(frozen=True, kw_only=True)
class CalledSettings(SourceSettings):
    """Of one that is called over a network."""

    url: str = ""
    allow: tuple[str, ...] = ()
    """Addresses or networks of the library's own that may be called although they are private."""
    user: str = ""
    password: str = ""
    """Encrypted (`foundation.vault`)."""
    pause: float = 0.0
    """Seconds between two requests."""

    def judge(self) -> None:
        super().judge()
        if not self.url:
            raise InputError(messages.SETTING_WRONG, name="url", value="")
        self.judge_url()
        addresses.networks(self.allow)

    def judge_url(self) -> None:
        """Raises InputError for an address that this kind of source cannot call."""
        addresses.url(self.url)

    def line(self, vault: Vault, owner: str, agent: str, budget: Budget | None = None) -> Line:
        """How its server is called. Raises StoreError when the password cannot be decrypted."""
        return Line(
            allowed=addresses.networks(self.allow),
            user=self.user,
            password=vault.unlock(self.password, owner) if self.password else "",
            agent=agent,
            pause=self.pause,
            budget=budget or Budget(),
        )


@dataclass(frozen=True, kw_only=True)
class WebSettings(CalledSettings):
    """Of one that is called over HTTP."""

    ca_file: str = ""
    """Certificates to trust beside those of the machine."""

    def line(self, vault: Vault, owner: str, agent: str, budget: Budget | None = None) -> Line:
        return replace(super().line(vault, owner, agent, budget), ca_file=self.ca_file or None)


@dataclass(frozen=True, kw_only=True)
class OaiSettings(WebSettings):
    """Of an OAI-PMH repository; `url` is its base address, as its people give it."""

    prefix: str = "marcxml"
    """metadataPrefix; other names of MARCXML and then oai_dc are tried when the repository has none of this name."""
    sets: tuple[str, ...] = ()
    """setSpecs to harvest, each with a position of its own; empty: everything."""
    quirks: Quirks = STANDARD
    sweep: bool = True
    """Whether a full run deletes what the repository no longer lists."""
    full_days: int = 30
    """Days after which everything is compared again, for deletions that were never announced."""
    archive: bool = False
    """Keep the pages as they came, compressed, beside the store."""


@dataclass(frozen=True, kw_only=True)
class FileSettings(SourceSettings):
    """What files of any place have."""

    encoding: str = "auto"
    """Encoding of the files, where it is known."""
    complete: bool = False
    """Each file is everything there is: what it no longer holds is deleted."""


@dataclass(frozen=True, kw_only=True)
class AddressSettings(FileSettings, WebSettings):
    """A file at an address."""


@dataclass(frozen=True, kw_only=True)
class SftpSettings(FileSettings, CalledSettings):
    """A file or a folder of another server, over SFTP; `url` is sftp://host[:port]/path.

    `password` is a password, or a private key.
    """

    host_key: str = ""
    """The server's key as somebody accepted it: `ssh-ed25519 SHA256:…`."""
    settle: float = 2.0
    """Seconds between two looks at a file that is new."""

    def judge(self) -> None:
        super().judge()
        if not self.host_key:
            raise InputError(HOST_KEY_UNACCEPTED, host=sftp.address(self.url).host, url=self.url)
        if not self.user:
            raise InputError(messages.SETTING_WRONG, name="user", value="")

    def judge_url(self) -> None:
        sftp.address(self.url)

    def stored(self) -> dict[str, Any]:
        return super().stored() | {"host_key": sftp.pinned(self.host_key)}


@dataclass(frozen=True, kw_only=True)
class FolderSettings(FileSettings):
    """A folder of this machine that is watched."""

    folder: str = ""
    """Absolute path."""
    settle: float = 2.0
    """Seconds between two looks at a file that is new."""

    def judge(self) -> None:
        super().judge()
        if not Path(self.folder).is_absolute():
            raise InputError(messages.SETTING_WRONG, name="folder", value=self.folder)


@dataclass(frozen=True, kw_only=True)
class WalkSettings(WebSettings):
    """What is walked record by record."""

    sweep: bool = True
    """Whether a walk through everything deletes what it has not met."""
    full_days: int = 30
    """Days after which everything is walked again, for deletions that were never told."""


@dataclass(frozen=True, kw_only=True)
class SruSettings(WalkSettings):
    """An SRU server; `url` is its base address, database and all."""

    query: str = "cql.allRecords=1"
    """CQL: what of it is taken."""
    schema: str = "marcxml"
    """recordSchema."""
    version: str = "1.1"
    """1.1, 1.2 or 2.0."""
    since_index: str = ""
    """Index by which it is asked for what changed since a day; empty: it has none, and each run walks everything."""
    page: int = 50
    """Records of one answer."""

    def judge(self) -> None:
        super().judge()
        if self.version not in ("1.1", "1.2", "2.0"):
            raise InputError(messages.SETTING_WRONG, name="version", value=self.version)
        if not self.query or not 0 < self.page <= 1000:
            raise InputError(messages.SETTING_WRONG, name="page" if self.query else "query", value=self.page)
        if self.since_index and not re.fullmatch(r"[\w.-]{1,100}", self.since_index, re.ASCII):
            raise InputError(messages.SETTING_WRONG, name="since_index", value=self.since_index)


@dataclass(frozen=True, kw_only=True)
class SyncSettings(WalkSettings):
    """A ResourceSync source; `url` is any of its documents, or its site."""


def recipient(text: str) -> str:
    """An e-mail address or the address of a webhook. Raises InputError for anything else."""
    if not _MAIL.fullmatch(text):
        if not text.startswith(("http://", "https://")):
            raise InputError(messages.RECIPIENT, seen=text)
        addresses.url(text)
    return text


def _typed(name: str, kind: str, value: Any) -> Any:
    fits = {
        "str": isinstance(value, str),
        "bool": isinstance(value, bool),
        "int": type(value) is int and value >= 0,
        "float": isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 3600,
        "tuple[str, ...]": isinstance(value, list | tuple) and all(isinstance(one, str) for one in value),
        "Quirks": isinstance(value, dict | Quirks),
    }[kind]
    if not fits:
        raise InputError(messages.SETTING_WRONG, name=name, value=value)
    if kind == "Quirks":
        return quirks(value) if isinstance(value, dict) else value
    return tuple(value) if kind.startswith("tuple") else float(value) if kind == "float" else value


def _plain(value: Any) -> Any:
    """A value of a setting as JSON has it."""
    if isinstance(value, Quirks):
        return changed(value)
    return list(value) if isinstance(value, tuple) else value
