"""Who harvests what, and how far they came: kept so that somebody can help them when it breaks.

A partner is a client that a person gave a name, or else a network with a program. Addresses are never kept: of an
unknown client the network is (IPv4 /24, IPv6 /48), of a named one what the person wrote.
"""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from catalogue import partners_messages as messages
from catalogue import uses
from catalogue.store import Store
from catalogue.tables import partner, partner_list
from catalogue.uses import Use
from foundation.errors import InputError, RefusedError
from foundation.limits import PARTNERS

OTHERS: Final = "…"
"""The partner that stands for whoever came after PARTNERS unknown ones."""
DAY: Final = 86_400


@dataclass(frozen=True, slots=True)
class Client:
    """How a client shows itself."""

    network: str
    agent: str
    mail: str


@dataclass(slots=True)
class Walk:
    """A list request that a partner follows, as far as it has come. Times are seconds since 1970, UTC."""

    repository: str
    """Code of the library whose repository it is; empty: the whole."""
    verb: str
    format: str
    set_spec: str
    since: int
    """-1: from the beginning."""
    until: int
    """-1: to the end, in one page."""
    started: int
    last: int
    requests: int = 0
    delivered: int = 0
    total: int = 0
    bytes: int = 0
    complete: bool = False
    empty: bool = False
    """Nothing was there to be had; it counts for the list that was harvested before."""

    @property
    def key(self) -> tuple[str, str, str, str, int, int]:
        return self.repository, self.verb, self.format, self.set_spec, self.since, self.until


@dataclass(slots=True)
class Seen:
    """What was seen of one client since the last time."""

    client: Client
    first: int
    last: int
    requests: int = 0
    bytes: int = 0
    errors: dict[str, int] = field(default_factory=dict)
    walks: dict[tuple[str, str, str, str, int, int], Walk] = field(default_factory=dict)
    given: dict[tuple[int, str], int] = field(default_factory=dict)
    """Records that it was given, by month (202611) and code of the library; an empty code: of all together."""


@dataclass(frozen=True, slots=True)
class Partner:
    """One partner."""

    name: str
    named: bool
    network: str
    agent: str
    mail: str
    first: int
    last: int
    requests: int
    bytes: int
    errors: dict[str, int]
    number: int = 0


def name(store: Store, called: str, network: str, agent: str, mail: str) -> None:
    """Give clients a name: those of a network, whose program contains `agent`, that say `mail`; what is empty is not
    asked. Raises InputError for a network that is none, RefusedError when nothing or nothing new is said."""
    if not (network or agent or mail):
        raise RefusedError(messages.NOTHING_SAID)
    try:
        known = str(ipaddress.ip_network(network, strict=False)) if network else ""
    except ValueError as error:
        raise InputError(messages.NO_NETWORK, seen=network) from error
    called = called[:100]
    with store.write() as connection:
        store.turn(connection, "partner")
        if connection.execute(select(partner.c.id).where(partner.c.name == called)).scalar() is not None:
            raise RefusedError(messages.NAMED_ALREADY, name=called)
        now = store.now(connection)
        values = {"name": called, "named": 1, "network": known, "agent": agent[:200], "mail": mail[:200]}
        connection.execute(insert(partner).values(**values, first=now, last=now))


def network(address: str) -> str:
    """The network of a client that is kept instead of its address; empty for what is no address."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    return str(ipaddress.ip_network((parsed, 24 if parsed.version == 4 else 48), strict=False))


def note(store: Store, seen: Sequence[Seen], days: int) -> bool:
    """Write down what was seen, and forget what is older than `days`. False: not possible at once; try again later.

    Nobody is waited for and nobody has to wait: harvests must not depend on their being noted.
    """

    def write(connection: Connection) -> None:
        known = [_partner(row) for row in connection.execute(select(partner).where(partner.c.named == 1))]
        given: dict[tuple[int, Use], int] = {}
        for one in seen:
            number, called = _identify(connection, known, one)
            for walk in one.walks.values():
                _note_walk(connection, number, walk)
            for (month, library), records in one.given.items():
                key = month, Use(uses.OAI, uses.RECORDS, library, called)
                given[key] = given.get(key, 0) + records
        uses.add(connection, given)
        now = max((one.last for one in seen), default=0)
        connection.execute(delete(partner_list).where(partner_list.c.last < now - days * DAY))
        stale = ~select(partner_list.c.id).where(partner_list.c.partner_id == partner.c.id).exists()
        connection.execute(delete(partner).where(partner.c.named == 0, partner.c.last < now - days * DAY, stale))

    with store.locks.hold("partners", wait=0) as held:
        return held and store.attempt(write)


def all_partners(store: Store, limit: int = 200) -> list[Partner]:
    """The partners, those who came last first."""
    with store.read() as connection:
        query = select(partner).order_by(partner.c.named.desc(), partner.c.last.desc()).limit(limit)
        return [_partner(row) for row in connection.execute(query)]


def walks(store: Store, number: int, limit: int = 50) -> list[Walk]:
    """The lists that a partner harvested, the newest first."""
    with store.read() as connection:
        query = select(partner_list).where(partner_list.c.partner_id == number)
        rows = connection.execute(query.order_by(partner_list.c.last.desc()).limit(limit)).all()
    names = [entry for entry in Walk.__dataclass_fields__ if entry != "empty"]
    return [Walk(**{entry: getattr(row, entry) for entry in names}) for row in rows]


def get(store: Store, called: str) -> Partner:
    """The partner called so. Raises RefusedError naming those there are."""
    found = all_partners(store)
    for one in found:
        if one.name == called:
            return one
    raise RefusedError(messages.UNKNOWN, name=called, known=", ".join(one.name for one in found[:20]) or "–")


def _identify(connection: Connection, known: Sequence[Partner], seen: Seen) -> tuple[int, str]:
    """Number and name of the partner a client is, with its counts brought up to date."""
    client = seen.client
    found = next((one for one in known if _is(one, client)), None)
    program = re.split(r"[/ ;(]", client.agent, maxsplit=1)[0][:40]
    called = found.name if found is not None else f"{client.network} {program}".strip() or OTHERS
    row = connection.execute(select(partner).where(partner.c.name == called)).one_or_none()
    if row is None:
        unknown = connection.execute(select(func.count()).where(partner.c.named == 0)).scalar_one()
        if unknown >= PARTNERS:
            called = OTHERS
            row = connection.execute(select(partner).where(partner.c.name == called)).one_or_none()
    if row is None:
        shown = {} if called == OTHERS else {"network": client.network, "agent": client.agent, "mail": client.mail}
        values = {"name": called, "first": seen.first, "last": seen.last, **shown}
        connection.execute(insert(partner).values(values))
        row = connection.execute(select(partner).where(partner.c.name == called)).one()
    errors: dict[str, int] = json.loads(row.errors)
    for code, count in seen.errors.items():
        errors[code] = errors.get(code, 0) + count
    values = {
        "last": max(row.last, seen.last),
        "requests": row.requests + seen.requests,
        "bytes": row.bytes + seen.bytes,
        "errors": json.dumps(errors),
    }
    connection.execute(update(partner).where(partner.c.id == row.id).values(values))
    return int(row.id), called


def _is(one: Partner, client: Client) -> bool:
    """Whether a client is a named partner: of its network (as far as that is kept), its program and its mail."""
    if one.agent and one.agent.lower() not in client.agent.lower():
        return False
    if one.mail and one.mail.lower() != client.mail.lower():
        return False
    if not one.network:
        return True
    if not client.network:
        return False
    mine, theirs = ipaddress.ip_network(one.network), ipaddress.ip_network(client.network)
    return mine.version == theirs.version and mine.overlaps(theirs)


def _note_walk(connection: Connection, number: int, walk: Walk) -> None:
    table = partner_list.c
    mine = [table.partner_id == number, table.repository == walk.repository, table.verb == walk.verb]
    mine += [table.format == walk.format, table.set_spec == walk.set_spec]
    if walk.empty:
        # Whoever looks in every minute and finds nothing new is no list of its own.
        query = select(partner_list).where(*mine).order_by(table.last.desc()).limit(1)
    else:
        query = select(partner_list).where(*mine, table.since == walk.since, table.until == walk.until)
    row: Any = connection.execute(query).one_or_none()
    if row is None:
        values = {entry: getattr(walk, entry) for entry in Walk.__dataclass_fields__ if entry != "empty"}
        connection.execute(insert(partner_list).values(partner_id=number, **values | {"complete": int(walk.complete)}))
        return
    values = {"last": walk.last, "requests": row.requests + walk.requests, "bytes": row.bytes + walk.bytes}
    if not walk.empty:
        values["delivered"] = max(row.delivered, walk.delivered)
        values["total"] = walk.total
        values["complete"] = int(walk.complete or row.complete)
    connection.execute(update(partner_list).where(table.id == row.id).values(values))


def _partner(row: Row[Any]) -> Partner:
    return Partner(
        name=row.name,
        named=bool(row.named),
        network=row.network,
        agent=row.agent,
        mail=row.mail,
        first=row.first,
        last=row.last,
        requests=row.requests,
        bytes=row.bytes,
        errors=json.loads(row.errors),
        number=row.id,
    )
