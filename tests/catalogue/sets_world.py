"""A store that anything may happen to, and a model of it so plain that it cannot be wrong."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from sqlalchemy import select

from catalogue import changesets, followers, libraries, publishing, set_sweep, sets, tables
from catalogue.feed import Selection
from catalogue.followers import Follower, Site
from catalogue.ingest import Staging
from catalogue.membership import COLLECTION, QUERY, Membership
from catalogue.renderings import BY_NAME, FORMATS
from catalogue.set_facts import Facts
from catalogue.set_query import parse
from catalogue.sets import DefinedSet
from catalogue.snapshot import Feed
from catalogue.store import Store
from catalogue.undo import undo
from catalogue.union_tables import union_cluster, union_member
from dublin_core.edm import Showing
from dublin_core.kinds import kind
from dublin_core.spoken import spoken
from foundation.errors import RefusedError
from marc.record import Field, Record
from tests.catalogue.conftest import Time, readings
from tests.catalogue.follow import Harvester
from union import follower as union
from union import made
from union.leader import Member
from union.merge import merge
from union.shelf import Shelf
from union.standing import RANKS, Contribution

SITE = Site("http://thuvien.vn", "Liên Thông")
BAD = "hỏng"
QUERIES = ("language=tyz", "245a~bể", "material=map or year>=2000", "not 245a~=mới")
SETS = (
    "", "library", "library:bk01", "library:bk02", "material:book", "material:map", "language:vie", "language:tyz",
    "language", "query", "query:a", "query:a:b", "collection", "collection:c",
)  # fmt: skip
LEADERS = {"book": "00000nam a2200000 a 4500", "map": "00000nem a2200000 a 4500", "gone": "00000dam a2200000 a 4500"}

State = dict[tuple[str, str], tuple[Record, frozenset[str]] | None]


def bound_record(local_id: str, chance: random.Random) -> Record:
    """A record of one of few shapes, so that the same comes again."""
    leader = chance.choice(["book", "book", "map", "gone"])
    language = chance.choice(["vie", "tyz", "   "])
    fields = [
        Field("001", value=local_id),
        Field("008", value=f"200101s{chance.choice(['1990', '2010'])}    vm {'|' * 17}{language}  "),
        Field("245", "00", (("a", chance.choice(["Hồ Ba Bể", "Bản đồ mới", f"Sách {BAD}", "Thơ"])),)),
    ]
    if chance.random() < 0.4:
        fields.append(Field("856", "40", (("u", "http://vidu.vn/a.pdf"),)))
    return Record.build(LEADERS[leader], fields)


@dataclass
class World:
    """The store, the model beside it, and what harvests it."""

    store: Store
    time: Time
    chance: random.Random
    state: State = field(default_factory=dict)
    effects: dict[int, dict[tuple[str, str], tuple[object, object]]] = field(default_factory=dict)
    queries: dict[str, str] = field(default_factory=dict)
    edition: int = 1
    """Of the crosswalks to DIM and oai_dc, which this world corrects now and then."""
    working: bool = False
    """Whether a job of the store is in the middle of a batch."""

    def __post_init__(self) -> None:
        self.follower = Follower(self.store, SITE)
        self.union = union.Follower(self.store, batch=3)
        self.harvesters = [Harvester(self.store, entry.name, spec, union=True) for entry in FORMATS for spec in SETS]
        self.harvesters += [Harvester(self.store, entry.name) for entry in FORMATS]
        self.feeds = [Feed(self.store, spec) for spec in ("", "library:bk01")]

    # --- what can happen ----------------------------------------------------------------------------------
    def step(self) -> None:
        act: Callable[[], None] = self.chance.choice(
            [self.publish, self.publish, self.publish, self.undo, self.define, self.remove, self.correct,
             self.follow, self.follow, self.sweep, self.sweep, self.unite, self.unite]
        )  # fmt: skip
        act()
        self.time.pass_(self.chance.choice([0, 0, 1, 5]))
        self.count()
        for harvester in self.harvesters:
            if self.chance.random() < 0.05:
                harvester.visit()

    def count(self) -> None:
        """A feed that remembers its totals says what one says that counts for the first time."""
        format_name = self.chance.choice(FORMATS).name
        for lasting in self.feeds:
            with lasting.snapshot() as known, Feed(self.store, lasting.set_spec).snapshot() as fresh:
                for spec in SETS if not lasting.set_spec else ("",):
                    assert known.total(Selection(format_name, spec)) == fresh.total(Selection(format_name, spec))

    def interrupt(self) -> None:
        if self.working and self.chance.random() < 0.4:
            self.working = False
            self.publish()

    def publish(self) -> None:
        code = self.chance.choice(["bk01", "bk02"])
        local = self.chance.sample([str(n) for n in range(7)], self.chance.randint(1, 4))
        records = [bound_record(number, self.chance) for number in local]
        collections = ["c"] if "collection:c" in self.queries and self.chance.random() < 0.3 else []
        with self.store.write() as connection:
            source = libraries.uploads(connection, code)
            number = changesets.create(connection, self.store.now(connection), source, "import", "thử")
        named = [sets.collection_number(self.store, slug, code) for slug in collections]
        Staging(self.store, number, 3, named).stage(readings(*records), lambda counts: None)
        if self.chance.random() < 0.2:
            self.define()  # what waits to be published is decided by the definitions of that later moment
        publishing.publish(self.store, number)
        done = {}
        for record in records:
            key = (code, record.control("001"))
            before = self.state.get(key)
            after = None
            if record.leader[5] != "d":
                kept = before[1] if before else frozenset()
                after = (record, kept | frozenset(f"collection:{slug}" for slug in collections))
            if after != before:
                done[key] = (before, after)
                self.state[key] = after
        self.effects[number] = done

    def undo(self) -> None:
        if not self.effects:
            return
        number = self.chance.choice(list(self.effects))
        try:
            undoing, _ = undo(self.store, number)
        except RefusedError:
            return
        back = {}
        for key, (before, after) in self.effects[number].items():
            back[key] = (after, before)
            self.state[key] = before  # type: ignore[assignment]
        self.effects[undoing] = back

    def define(self) -> None:
        spec = self.chance.choice(["query:a", "query:a:b", "collection:c"])
        kind_, _, slug = spec.partition(":")
        query = "" if kind_ == COLLECTION and self.chance.random() < 0.5 else self.chance.choice(QUERIES)
        try:
            sets.add(self.store, DefinedSet(kind_, slug, "Tên", "Name", query), replace=True)
        except RefusedError:
            assert spec == "query:a:b"
            assert "query:a" not in self.queries
            return
        self.queries[spec] = query

    def remove(self) -> None:
        if not self.queries:
            return
        spec = self.chance.choice(list(self.queries))
        kind_, _, slug = spec.partition(":")
        try:
            sets.remove(self.store, kind_, slug)
        except RefusedError:
            assert any(other.startswith(f"{spec}:") for other in self.queries)
            return
        del self.queries[spec]

    def correct(self) -> None:
        self.edition += 1
        with self.store.write() as connection:
            followers.ask(connection, BY_NAME["dim"].mask | BY_NAME["oai_dc"].mask)

    def follow(self) -> None:
        self.follower._begin()
        for _ in range(self.chance.randint(1, 3)):
            self.working = True
            looked = self.follower._sweep() or self.follower._catch_up()
            self.working = False
            if not looked:
                return

    def unite(self) -> None:
        for _ in range(self.chance.randint(1, 3)):
            self.working = True
            looked = self.union.step()
            self.working = False
            if not looked:
                return

    def sweep(self) -> None:
        for _ in range(self.chance.randint(1, 3)):
            self.working = True
            set_sweep._batch(self.store)
            self.working = False

    def finish(self) -> None:
        """Everything that waits is done, and every harvester comes once more."""
        assert self.union.follow()
        assert set_sweep.run(self.store)
        assert self.follower.follow()
        self.time.pass_()
        for harvester in self.harvesters:
            harvester.visit()

    # --- what must be -------------------------------------------------------------------------------------
    def contributed(self, name: str) -> dict[str, bytes]:
        """What the libraries' own repositories have in a format, worked out from the model alone."""
        found = {}
        with self.store.read() as connection:
            columns = (tables.record.c.identifier, tables.record.c.local_id, tables.library.c.code)
            query = select(*columns, tables.library.c.name_vi).join(
                tables.source, tables.source.c.id == tables.record.c.source_id
            )
            query = query.join(tables.library, tables.library.c.id == tables.source.c.library_id)
            rows = connection.execute(query).all()
        for identifier, local_id, code, library in rows:
            held = self.state.get((code, local_id))
            if held is not None and (data := self.rendered(name, held[0], identifier, library)) is not None:
                found[identifier] = data
        return found

    def united(self, spec: str, name: str) -> dict[str, bytes]:
        """What a set of the union has in a format: its clusters as they are, merged of what the model holds."""
        found = {}
        with self.store.read() as connection:
            clusters = connection.execute(
                select(tables.record.c.id, tables.record.c.local_id, tables.library.c.code, tables.library.c.kind)
                .add_columns(union_cluster.c.number, union_cluster.c.identifier)
                .join(tables.source, tables.source.c.id == tables.record.c.source_id)
                .join(tables.library, tables.library.c.id == tables.source.c.library_id)
                .join(union_member, union_member.c.record_id == tables.record.c.id)
                .join(union_cluster, union_cluster.c.number == union_member.c.cluster)
                .order_by(tables.record.c.id)
            ).all()
            absorbed = Shelf(self.store, connection).absorbed({row.number for row in clusters})
        for number, identifier in {(row.number, row.identifier) for row in clusters}:
            members = []
            named: set[str] = set()
            for row in clusters:
                held = self.state.get((row.code, row.local_id)) if row.number == number else None
                if held is not None:
                    member = Member(row.code, row.local_id, held[0])
                    members.append(Contribution(row.id, "", member, RANKS[row.kind]))
                    named |= held[1]
            gone = absorbed.get(number, {})
            policy = made.policy(members, ())
            whole = merge([one.member for one in members], identifier, policy, [gone[one] for one in sorted(gone)])
            codes = tuple(sorted({one.member.library for one in members}))
            if spec in {"", *self.sets(codes, whole.record, frozenset(named))}:
                data = self.rendered(name, whole.record, identifier, "Mục lục liên hợp")
                found |= {identifier: data} if data is not None else {}
        return found

    def rendered(self, name: str, record: Record, identifier: str, library: str) -> bytes | None:
        try:
            return BY_NAME[name].render(record, SITE.showing(identifier, library))
        except ValueError:
            return None

    def sets(self, codes: tuple[str, ...], record: Record, named: frozenset[str]) -> set[str]:
        """Every setSpec a union record belongs to, with those above."""
        mine = {
            *(f"library:{code}" for code in codes),
            f"material:{kind(record)}",
            *(f"language:{one}" for one in spoken(record)),
        }
        facts = Facts(record, codes)
        for spec, query in self.queries.items():
            if (query and parse(query)(facts)) or spec in named:
                mine.add(spec)
        return mine | {spec[:at] for spec in mine for at, sign in enumerate(spec) if sign == ":"}

    def check(self) -> None:
        for harvester in self.harvesters:
            asked = harvester.selection
            union = harvester.union
            expected = self.united(asked.set_spec, asked.format) if union else self.contributed(asked.format)
            assert harvester.copy == expected, (asked, union)
        assert QUERY in SETS


@contextmanager
def crosswalks(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A crosswalk to DIM and one to oai_dc that are corrected now and then, and one to MODS that fails on some."""
    before = {name: BY_NAME[name].render for name in ("dim", "oai_dc", "mods")}

    def dim(record: Record, showing: Showing) -> bytes:
        return b"<dim>%d %b</dim>" % (world.edition // 2, record.control("001").encode())

    def oai_dc(record: Record, showing: Showing) -> bytes:
        shown = record.text[-12:].replace("\x1f", "$").replace("\x1e", "^")  # no rendering may hold controls
        return b"<dc>%d %b</dc>" % (world.edition // 2, shown.encode())

    def mods(record: Record, showing: Showing) -> bytes | None:
        if BAD in record.text:
            raise ValueError(BAD)
        return before["mods"](record, showing)

    try:
        object.__setattr__(BY_NAME["dim"], "render", dim)
        object.__setattr__(BY_NAME["oai_dc"], "render", oai_dc)
        object.__setattr__(BY_NAME["mods"], "render", mods)
        # Between what a job reads and what it writes, others publish.
        train, missing = Follower._train, Membership.missing
        monkeypatch.setattr(Follower, "_train", lambda *given: (world.interrupt(), train(*given))[1])
        monkeypatch.setattr(Membership, "missing", lambda *given: (world.interrupt(), missing(*given))[1])
        monkeypatch.setattr(followers, "BATCH", 3)
        monkeypatch.setattr(followers, "ENOUGH", 3)
        monkeypatch.setattr(set_sweep, "BATCH", 3)
        yield
    finally:
        for name, render in before.items():
            object.__setattr__(BY_NAME[name], "render", render)
