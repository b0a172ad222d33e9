"""The repositories of this server, from its settings: that of the union, and one for what each library contributed."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Final

from accounts.access import NOBODY, Act, may
from catalogue import libraries
from catalogue.libraries import LIBRARY_SETS, Library
from catalogue.parts import KEPT_SECONDS
from catalogue.renderings import FORMATS
from catalogue.snapshot import Feed
from catalogue.store import Store
from foundation.errors import InputError
from foundation.settings import WRONG, Settings
from oaipmh.flow import Flow
from oaipmh.provider import Provider
from oaipmh.repository import Icon, MetadataFormat, Repository
from oaipmh.wsgi import OaiApplication, Observe

ALIASES: Final = {"marc21": "marcxml", "marc-xml": "marcxml"}
"""Other names that harvesters know MARCXML by: RecordManager asks for marc21, Koha for marc-xml."""


def application(store: Store, settings: Settings, observe: Observe | None = None) -> OaiApplication:
    """OAI-PMH of all repositories. `observe` hears of every answer."""
    return OaiApplication(lookup(store, settings), Flow(settings), observe)


def whole_repository(settings: Settings) -> Repository:
    """The repository of the union."""
    return Repository(
        name=settings.repository_name,
        base_url=f"{settings.public_url}/oai",
        domain=settings.repository_domain,
        admin_emails=(settings.admin_email,),
        formats=tuple(MetadataFormat(entry.name, entry.schema, entry.namespace) for entry in FORMATS),
        aliases=ALIASES,
        licence=settings.licence,
        licences=licences(settings),
        friends=settings.friends,
        icon=Icon(settings.icon_url, settings.icon_link or f"{settings.public_url}/", settings.repository_name)
        if settings.icon_url
        else None,
    )


def licences(settings: Settings) -> dict[str, str]:
    """setSpec of a library → its licence. Raises InputError for one that is not written as CODE=ADDRESS."""
    found = {}
    for entry in settings.library_licences:
        code, sign, address = entry.partition("=")
        if not (code and sign and address):
            raise InputError(WRONG, name="library_licences", seen=entry, origin="lienthong.toml", wanted="CODE=ADDRESS")
        found[f"{LIBRARY_SETS}:{code}"] = address
    return found


def lookup(store: Store, settings: Settings) -> Callable[[str], Provider | None]:
    """The provider of a library code, of what it contributed; of the empty code, that of the union.

    None when there is no such library.
    """
    keys = store.keys("oai-token")
    whole = whole_repository(settings)
    everything = Provider(whole, Feed(store), keys, settings)

    @lru_cache(maxsize=1000)
    def own(library: Library) -> Provider:
        repository = replace(
            whole,
            name=library.name_vi,
            base_url=f"{whole.base_url}/{library.code}",
            admin_emails=(library.email or settings.admin_email,),
            has_sets=False,
            home=library.set_spec,
        )
        return Provider(repository, Feed(store, library.set_spec), keys, settings)

    # A harvest asks for every page again whose repository this is: what a library is called may be two seconds old.
    kept: dict[str, tuple[float, Provider]] = {}

    def provider(code: str) -> Provider | None:
        if not may(NOBODY, Act.READ, code or None):
            return None
        if not code:
            return everything
        until, before = kept.get(code, (0.0, everything))
        if time.monotonic() < until:
            return before
        found = libraries.get(store, code)
        if found is None:
            kept.pop(code, None)
            return None
        kept[code] = time.monotonic() + KEPT_SECONDS, own(found)
        return own(found)

    return provider
