"""What a person says of a source that is not an OAI-PMH repository, typed and checked; kept as JSON beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Self

from foundation import addresses
from foundation.errors import InputError
from foundation.network import Budget, Line
from foundation.vault import Vault
from harvesting import messages


@dataclass(frozen=True, kw_only=True)
class SourceSettings:
    """What all of them have."""

    brake: int = 10
    """Per cent of the source's records: a run that would delete more waits for a person."""
    brake_records: int = 20
    """Deletions that are always let through."""
    schedule: str = ""
    """When to look, in words or as cron; empty: only by hand."""
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
        """Raises InputError when these values do not go together."""

    def stored(self) -> dict[str, Any]:
        """As it is kept: what differs from the default."""
        kept = {entry.name: getattr(self, entry.name) for entry in fields(self)}
        usual = {entry.name: entry.default for entry in fields(self)}
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in kept.items()
            if value != usual[name]
        }


@dataclass(frozen=True, kw_only=True)
class CalledSettings(SourceSettings):
    """Of one that is called over a network."""

    url: str = ""
    allow: tuple[str, ...] = ()
    """Addresses or networks of the library's own that may be called although they are private."""
    ca_file: str = ""
    """Certificates to trust beside those of the machine."""
    user: str = ""
    password: str = ""
    """Encrypted (`foundation.vault`)."""
    pause: float = 0.0
    """Seconds between two requests."""

    def judge(self) -> None:
        addresses.url(self.url)
        addresses.networks(self.allow)

    def line(self, vault: Vault, owner: str, agent: str, budget: Budget | None = None) -> Line:
        """How its server is called. Raises StoreError when the password cannot be decrypted."""
        return Line(
            allowed=addresses.networks(self.allow),
            ca_file=self.ca_file or None,
            user=self.user,
            password=vault.unlock(self.password, owner) if self.password else "",
            agent=agent,
            pause=self.pause,
            budget=budget or Budget(),
        )


@dataclass(frozen=True, kw_only=True)
class FileSettings(SourceSettings):
    """What files of any place have."""

    encoding: str = "auto"
    """Encoding of the files, where it is known."""
    complete: bool = False
    """Each file is everything there is: what it no longer holds is deleted."""


@dataclass(frozen=True, kw_only=True)
class AddressSettings(FileSettings, CalledSettings):
    """A file at an address."""


@dataclass(frozen=True, kw_only=True)
class FolderSettings(FileSettings):
    """A folder of this machine that is watched."""

    folder: str = ""
    """Absolute path."""
    settle: float = 2.0
    """Seconds between two looks at a file that is new."""

    def judge(self) -> None:
        if not Path(self.folder).is_absolute():
            raise InputError(messages.SETTING_WRONG, name="folder", value=self.folder)


def _typed(name: str, kind: str, value: Any) -> Any:
    fits = {
        "str": isinstance(value, str),
        "bool": isinstance(value, bool),
        "int": type(value) is int and value >= 0,
        "float": isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 3600,
        "tuple[str, ...]": isinstance(value, list | tuple) and all(isinstance(one, str) for one in value),
    }[kind]
    if not fits:
        raise InputError(messages.SETTING_WRONG, name=name, value=value)
    return tuple(value) if kind.startswith("tuple") else float(value) if kind == "float" else value
