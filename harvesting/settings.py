"""What a person says of an OAI-PMH source, typed and checked; kept as JSON beside the source."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final

from foundation import addresses
from foundation.errors import InputError
from foundation.network import Budget, Line
from foundation.vault import Vault
from harvesting import messages, schedule
from oaipmh.quirks import Quirks, changed, quirks

_MAIL: Final = re.compile(r"[\w.+-]{1,64}@[\w-]+(\.[\w-]+){0,8}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class OaiSettings:
    """Settings of one OAI-PMH source."""

    url: str
    """Base address of the repository, as its people give it."""
    prefix: str = "marcxml"
    """metadataPrefix; other names of MARCXML and then oai_dc are tried when the repository has none of this name."""
    sets: tuple[str, ...] = ()
    """setSpecs to harvest, each with a position of its own; empty: everything."""
    quirks: Quirks = field(default_factory=Quirks)
    allow: tuple[str, ...] = ()
    """Addresses or networks of the library's own that may be called although they are private."""
    ca_file: str = ""
    """Certificates to trust beside those of the machine."""
    user: str = ""
    password: str = ""
    """Encrypted (`foundation.vault`)."""
    pause: float = 0.0
    """Seconds between two requests."""
    brake: int = 10
    """Per cent of the source's records: a run that would delete more waits for a person."""
    brake_records: int = 20
    """Deletions that are always let through, so that a small source is not stopped by a handful."""
    sweep: bool = True
    """Whether a full run deletes what the repository no longer lists."""
    full_days: int = 30
    """Days after which everything is compared again, for deletions that were never announced."""
    schedule: str = ""
    """When to harvest, in words or as cron (`harvesting.schedule`); empty: only by hand."""
    hours: str = ""
    """Hours in which it may be called, such as 22:00-05:00; a run rests outside of them. Empty: at any time."""
    notify: tuple[str, ...] = ()
    """E-mail addresses and webhooks told of trouble with this source."""
    archive: bool = False
    """Keep the pages as they came, compressed, beside the store."""

    def line(self, vault: Vault, owner: str, agent: str) -> Line:
        """How its server is called. Raises StoreError when the password cannot be decrypted."""
        return Line(
            allowed=addresses.networks(self.allow),
            ca_file=self.ca_file or None,
            user=self.user,
            password=vault.unlock(self.password, owner) if self.password else "",
            agent=agent,
            pause=self.pause,
            budget=Budget(),
        )

    def stored(self) -> dict[str, Any]:
        """As it is kept: what differs from the default."""
        values = {entry.name: getattr(self, entry.name) for entry in fields(self)}
        usual = {entry.name: entry.default for entry in fields(self) if entry.name not in ("url", "quirks")}
        kept = {name: value for name, value in values.items() if name not in usual or value != usual[name]}
        kept["quirks"] = changed(self.quirks)
        return {name: list(value) if isinstance(value, tuple) else value for name, value in kept.items()}


def recipient(text: str) -> str:
    """An e-mail address or the address of a webhook. Raises InputError for anything else."""
    if not _MAIL.fullmatch(text):
        if not text.startswith(("http://", "https://")):
            raise InputError(messages.RECIPIENT, seen=text)
        addresses.url(text)
    return text


def settings(values: Mapping[str, Any]) -> OaiSettings:
    """Settings from what is stored or typed. Raises InputError naming what is wrong."""
    known = {entry.name: entry for entry in fields(OaiSettings)}
    made: dict[str, Any] = {}
    for name, value in values.items():
        if name not in known:
            raise InputError(messages.SETTING_UNKNOWN, name=name, known=", ".join(known))
        if name == "quirks":
            made[name] = quirks(dict(value))
            continue
        kind = str(known[name].type)
        fits = {
            "str": isinstance(value, str),
            "bool": isinstance(value, bool),
            "int": type(value) is int and value >= 0,
            "float": isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 3600,
            "tuple[str, ...]": isinstance(value, list | tuple) and all(isinstance(one, str) for one in value),
        }[kind]
        if not fits:
            raise InputError(messages.SETTING_WRONG, name=name, value=value)
        made[name] = tuple(value) if kind.startswith("tuple") else float(value) if kind == "float" else value
    if "url" not in made:
        raise InputError(messages.SETTING_WRONG, name="url", value="")
    addresses.url(made["url"])
    addresses.networks(made.get("allow", ()))
    if made.get("schedule"):
        schedule.parse(made["schedule"])
    schedule.hours(made.get("hours", ""))
    for address in made.get("notify", ()):
        recipient(address)
    return OaiSettings(**made)
