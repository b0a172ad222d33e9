"""Manifests say exactly what a harvester is given, are made again only where something changed, cannot be forged."""

from __future__ import annotations

import gzip
import hashlib
import io
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from isal import igzip
from lxml import etree

from catalogue import followers, publishing, set_sweep, sets
from catalogue import manifests as rows
from catalogue.followers import Follower
from catalogue.manifests import DUMPS, MANIFEST, RESOURCES
from catalogue.membership import QUERY
from catalogue.renderings import BY_NAME
from catalogue.sets import DefinedSet
from catalogue.store import Store
from foundation.errors import InputError
from foundation.settings import Settings
from oaipmh import files, manifest_check, manifests, resource_dump, resourcesync
from oaipmh.asking import InProcess
from oaipmh.ledger import BUCKETS, HELD, Ledger, Line, compare
from oaipmh.repositories import application, whole_repository
from oaipmh.signing import Signer, public_keys
from tests.catalogue.conftest import Time, readings, record, stage
from tests.catalogue.follow import everything, unite
from tests.catalogue.follow import put_united as put
from tests.catalogue.sets_world import SITE as SITE_OF

GONE = "00000dam a2200000 a 4500"
SETTINGS = Settings(page_records=4, page_headers=5, base_url="https://thuvien.example.vn")
SITE = "https://thuvien.example.vn"
MODS = BY_NAME["mods"].bit


@pytest.fixture
def filled(store: Store, time: Time) -> Store:
    put(store, *(record(f"n{number}") for number in range(9)))
    time.pass_()
    put(store, record("m1"), library="bk02")
    put(store, record("n3", leader=GONE))
    time.pass_()
    return store


def make(store: Store, folder: Path, **how: bool) -> list[str]:
    """The files that were made, by set and format."""
    made = manifests.make(store, whole_repository(SETTINGS), folder, SITE, **how)
    assert made is not None
    return [f"{one.kind} {one.set_spec} {one.part}" for one in made]


def text(store: Store, folder: Path, spec: str = "", part: int = 1) -> bytes:
    [one] = [one for one in rows.all_made(store, MANIFEST) if (one.set_spec, one.part) == (spec, part)]
    assert hashlib.sha256((folder / one.file).read_bytes()).hexdigest() == one.sha256
    return gzip.decompress((folder / one.file).read_bytes())


def checked(store: Store, data: bytes, into: Ledger) -> manifest_check.Manifest:
    return manifest_check.read(io.BytesIO(data), "m.gz", into, public_keys(Signer(store).public_pem))


def test_a_manifest_lists_what_a_harvester_is_given(filled: Store, tmp_path: Path) -> None:
    make(filled, tmp_path)
    lines = text(filled, tmp_path).decode().splitlines()
    listed = {line for line in lines if line.startswith("oai:")}
    given_ = {
        f"oai:lienthong.example.vn:{one.identifier}\t{resourcesync.format_datestamp(one.datestamp).decode()}\t"
        + ("deleted\t-" if one.deleted else f"live\t{hashlib.sha256(one.metadata or b'').hexdigest()}")
        for one in everything(filled, union=True)["marcxml"]
    }
    assert listed == given_
    assert len(given_) == 10
    assert lines[0] == "lienthong-manifest 1"
    assert "records: 10" in lines


def test_there_is_one_for_each_set_and_format(filled: Store, tmp_path: Path) -> None:
    sets = ("", "library:bk01", "library:bk02", "material:book", "language:und")
    expected = [f"manifest {spec} {part}" for spec in sets for part in range(7)]
    assert sorted(make(filled, tmp_path)) == sorted([*expected, "dump  0", "resources  0"])


def test_a_format_made_later_is_in_its_manifest_when_it_is_made(filled: Store, time: Time, tmp_path: Path) -> None:
    make(filled, tmp_path)
    assert b"records: 0\n" in text(filled, tmp_path, part=MODS)
    Follower(filled, SITE_OF).follow()
    time.pass_()
    assert {one.rsplit(" ", 1)[1] for one in make(filled, tmp_path)} == {"2", "3", "4", "5", "6"}
    with Ledger() as into:
        found = checked(filled, text(filled, tmp_path, part=MODS), into)
    assert (found.prefix, found.records) == ("mods", 9)
    assert make(filled, tmp_path) == []


def test_a_format_that_is_made_anew_for_all_is_in_its_manifest(
    filled: Store, time: Time, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Follower(filled, SITE_OF).follow()
    time.pass_()
    make(filled, tmp_path)
    with filled.write() as connection:
        followers.ask(connection, 1 << MODS)
    old = BY_NAME["mods"].render
    object.__setattr__(BY_NAME["mods"], "render", lambda one, showing: b"<mods/>")
    try:
        Follower(filled, SITE_OF).follow()
    finally:
        object.__setattr__(BY_NAME["mods"], "render", old)
    time.pass_()
    assert sorted(make(filled, tmp_path)) == [
        f"manifest {spec} {MODS}" for spec in ("", "language:und", "library:bk01", "library:bk02", "material:book")
    ]


def test_a_deletion_is_in_the_manifest_of_a_format_that_is_behind(filled: Store, time: Time, tmp_path: Path) -> None:
    Follower(filled, SITE_OF).follow()
    time.pass_()
    make(filled, tmp_path)
    put(filled, record("m1", leader=GONE), library="bk02")
    assert f"manifest library:bk02 {MODS}" in make(filled, tmp_path)
    assert b"\tdeleted\t" in text(filled, tmp_path, "library:bk02", MODS)


def test_a_set_that_is_removed_has_none_any_more(filled: Store, tmp_path: Path) -> None:
    sets.add(filled, DefinedSet(QUERY, "ho", "Hồ", query="245a~hồ"))
    assert set_sweep.run(filled)
    assert "manifest query:ho 1" in make(filled, tmp_path)
    assert text(filled, tmp_path, "query:ho") != b""
    sets.remove(filled, QUERY, "ho")
    assert set_sweep.run(filled)
    make(filled, tmp_path)
    assert "query:ho" not in {one.set_spec for one in rows.all_made(filled, MANIFEST)}
    assert not list(tmp_path.glob("*query*ho*"))


def test_only_what_changed_is_made_again(filled: Store, time: Time, tmp_path: Path) -> None:
    make(filled, tmp_path)
    assert make(filled, tmp_path) == []
    time.pass_()
    put(filled, record("m2"), library="bk02")
    sets = ("", "library:bk02", "material:book", "language:und")
    expected = [f"manifest {spec} {part}" for spec in sets for part in (0, 1)]
    assert sorted(make(filled, tmp_path)) == sorted([*expected, "resources  0"])
    # Seven for each of five sets, one resource list, nothing of before.
    assert len(list(tmp_path.glob("*.gz*"))) == 36


def test_a_silent_change_is_in_the_next_manifest(filled: Store, time: Time, tmp_path: Path) -> None:
    make(filled, tmp_path)
    before = text(filled, tmp_path)
    publishing.publish(filled, stage(filled, readings(record("n1", "khác"))), silent=True)
    unite(filled)
    make(filled, tmp_path)
    with Ledger() as new, Ledger() as old:
        checked(filled, text(filled, tmp_path), new)
        checked(filled, before, old)
        assert [lack.kind for lack in manifest_check.lacks(new, old)] == ["other"]


def test_a_lost_file_is_made_again(filled: Store, tmp_path: Path) -> None:
    make(filled, tmp_path)
    [one] = [one for one in rows.all_made(filled, MANIFEST) if (one.set_spec, one.part) == ("library:bk02", 0)]
    (tmp_path / one.file).unlink()
    assert make(filled, tmp_path) == ["manifest library:bk02 0"]


def test_what_a_killed_run_left_is_swept_away(filled: Store, tmp_path: Path) -> None:
    (tmp_path / "marcxml-all-1.gz.part").write_bytes(b"half")
    (tmp_path / "marcxml-all-1.gz").write_bytes(b"nobody knows it")
    make(filled, tmp_path)
    assert not list(tmp_path.glob("*-1.gz*"))


def test_stopping_leaves_nothing_half_made(filled: Store, tmp_path: Path) -> None:
    manifests.make(filled, whole_repository(SETTINGS), tmp_path, SITE, stop=lambda: True)
    assert list(tmp_path.glob("*.gz*")) == []
    assert rows.all_made(filled, MANIFEST) == []


def test_a_manifest_is_whole_and_signed(filled: Store, tmp_path: Path) -> None:
    make(filled, tmp_path)
    with Ledger() as into:
        found = checked(filled, text(filled, tmp_path, "library:bk01"), into)
    assert (found.repository, found.set_spec, found.prefix) == (f"{SITE}/oai", "library:bk01", "marcxml")
    assert (found.records, into.count) == (9, 9)
    assert found.signer == Signer(filled).fingerprint


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data.replace(b"live", b"live", 1)[: len(data) // 2],
        lambda data: data.replace(b"set: ", b"set: x"),
        lambda data: data.replace(b"\tlive\t", b"\tdeleted\t", 1),
        lambda data: data.replace(b"oai:", b"", 1),
        lambda data: b"".join(line for line in data.splitlines(True) if not line.startswith(b"signature")),
        lambda data: data.replace(b"signature: ", b"signature: AAAA"),
        lambda data: b"<?xml version='1.0'?>" + data,
        lambda data: b"",
    ],
)
def test_whatever_is_done_to_a_manifest_is_seen(filled: Store, tmp_path: Path, damage: object) -> None:
    make(filled, tmp_path)
    with Ledger() as into, pytest.raises(InputError):
        checked(filled, damage(text(filled, tmp_path)), into)  # type: ignore[operator]


def test_another_store_s_key_is_not_accepted(filled: Store, tmp_path: Path) -> None:
    make(filled, tmp_path)
    other = Store.open(Settings(home=tmp_path / "other"))
    keys = public_keys(Signer(other).public_pem)
    other.close()
    with Ledger() as into, pytest.raises(InputError, match="chữ ký"):
        manifest_check.read(io.BytesIO(text(filled, tmp_path)), "m.gz", into, keys)


@given(st.binary(max_size=300), st.booleans())
def test_any_bytes_are_a_manifest_or_our_error(data: bytes, headed: bool) -> None:
    for reading in (data, manifests.MAGIC + data if headed else igzip.compress(data)):
        with Ledger() as into, suppress(InputError):
            manifest_check.read(io.BytesIO(reading), "x", into, [])
        with Ledger() as into, suppress(InputError):
            manifest_check.read_list(io.BytesIO(reading), "x", into)


# --- what a partner lacks ---------------------------------------------------------------------------------------


def test_a_partner_learns_what_they_lack(filled: Store, time: Time, tmp_path: Path) -> None:
    make(filled, tmp_path)
    lines = [line.split("\t") for line in text(filled, tmp_path).decode().splitlines() if line.startswith("oai:")]
    live = [line for line in lines if line[2] == "live"]
    [gone] = [line for line in lines if line[2] == "deleted"]
    held = [list(line) for line in live[1:]]  # the first was lost
    held[0][1] = "2020-01-01T00:00:00Z"
    held[1][3] = "0" * 64
    held += [["oai:lienthong.example.vn:nobody"], [gone[0], "2020-01-01T00:00:00Z"]]
    with Ledger() as says, Ledger() as has:
        checked(filled, text(filled, tmp_path), says)
        manifest_check.read_list(io.BytesIO("".join("\t".join(one) + "\n" for one in held).encode()), "h", has)
        found = {(lack.kind, lack.identifier) for lack in manifest_check.lacks(says, has)}
    assert found == {
        ("missing", live[0][0]),
        ("older", held[0][0]),
        ("other", held[1][0]),
        ("extra", "oai:lienthong.example.vn:nobody"),
        ("deleted", gone[0]),
    }


def test_a_list_of_identifiers_alone_is_enough(filled: Store, tmp_path: Path) -> None:
    make(filled, tmp_path)
    names = [line.split("\t")[0] for line in text(filled, tmp_path).decode().splitlines() if "\tlive\t" in line]
    with Ledger() as says, Ledger() as has:
        checked(filled, text(filled, tmp_path), says)
        manifest_check.read_list(io.BytesIO("\n".join(names[1:]).encode()), "h", has)
        assert [(one.kind, one.identifier) for one in manifest_check.lacks(says, has)] == [("missing", names[0])]


def test_a_repository_can_be_held_against_a_manifest(filled: Store, time: Time, tmp_path: Path) -> None:
    make(filled, tmp_path)
    ask = InProcess(application(filled, SETTINGS), "/oai")
    with Ledger() as says, Ledger() as has:
        found = checked(filled, text(filled, tmp_path, "library:bk01"), says)
        assert not manifest_check.harvest(ask, found, has)
        assert list(manifest_check.lacks(says, has)) == []


def test_ledgers_compare_alike_in_memory_and_on_disk() -> None:
    count = HELD + 500
    with Ledger() as one, Ledger() as other:
        for number in range(count):
            one.add(f"oai:x:{number}", Line("2026-01-01", False))
            if number % 1000:
                other.add(f"oai:x:{number}", Line("2026-01-02" if number == 7 else "2026-01-01", False))
        other.add("oai:x:7", Line("2026-01-02", False))
        found = {difference.identifier for difference in compare(one, other)}
        assert found == {f"oai:x:{number}" for number in range(0, count, 1000)} | {"oai:x:7"}
        assert [name for number in range(BUCKETS) for name in other.bucket(number)[1]] == ["oai:x:7"]
        assert one.latest() == "2026-01-01"


# --- ResourceSync -----------------------------------------------------------------------------------------------


def test_a_long_resource_list_is_cut_into_parts(filled: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resourcesync, "LIST_ENTRIES", 4)
    make(filled, tmp_path)
    made = rows.all_made(filled, RESOURCES)
    assert [one.records for one in made] == [4, 4, 1]
    parts = [b"".join(files.unpacked(tmp_path / one.file)) for one in made]
    assert [part.count(b"<url>") for part in parts] == [4, 4, 1]
    assert resourcesync.resource_index(SITE, made).count(b"<sitemap>") == 3


def test_a_dump_holds_every_item_and_says_so(filled: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource_dump, "PACKAGE_ENTRIES", 4)
    make(filled, tmp_path)
    made = rows.all_made(filled, DUMPS)
    assert [one.records for one in made] == [4, 4, 1]
    packed = {}
    for one in made:
        assert files.measure(tmp_path / one.file) == (one.size, one.sha256)
        with zipfile.ZipFile(tmp_path / one.file) as package:
            assert package.testzip() is None
            listed = etree.fromstring(package.read("manifest.xml"))
            assert resource_dump.manifest(tmp_path / one.file) == package.read("manifest.xml")
            said = [(found.find("{*}loc").text, found.find("{*}md")) for found in listed.iterfind("{*}url")]
            assert len(package.namelist()) == len(said) + 1
            for address, md in said:
                data = package.read(md.get("path").lstrip("/"))
                assert (len(data), f"sha-256:{hashlib.sha256(data).hexdigest()}") == (
                    int(md.get("length")), md.get("hash").split()[1],
                )  # fmt: skip
                packed[address] = data
    shown = {f"{SITE}/record/{one.identifier}.xml": one for one in everything(filled, union=True)["marcxml"]}
    assert packed == {
        address: resourcesync.PROLOG + (one.metadata or b"") for address, one in shown.items() if not one.deleted
    }
    listed = etree.fromstring(resource_dump.document(SITE, made))
    assert [found.text for found in listed.iterfind("{*}url/{*}loc")] == [
        f"{SITE}/resourcesync/resourcedump-{number}.zip" for number in range(3)
    ]


def test_a_dump_is_good_for_a_week(filled: Store, time: Time, tmp_path: Path) -> None:
    make(filled, tmp_path)
    [first] = rows.all_made(filled, DUMPS)
    put(filled, record("n77", "mới"))
    assert "dump  0" not in make(filled, tmp_path)
    time.pass_(7 * 86_400)
    assert "dump  0" in make(filled, tmp_path)
    assert not (tmp_path / first.file).exists()


def test_a_dump_that_was_stopped_is_not_there(filled: Store, tmp_path: Path) -> None:
    with pytest.raises(files.StoppedError):
        resource_dump.make(filled, tmp_path, SITE, lambda records: None, lambda: True)
    assert list(tmp_path.glob("dump*")) == []
    assert rows.all_made(filled, DUMPS) == []


def test_change_lists_close_and_never_change_again(filled: Store, time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resourcesync, "WINDOW", 5)

    def lists() -> list[bytes]:
        windows = range(resourcesync.change_windows(filled))
        return [b"".join(resourcesync.change_list(filled, SITE, number)) for number in windows]

    before = lists()
    # A window is five changes of the store, of which those of union records are told.
    assert all(one.count(b"<url>") <= 5 for one in before)
    assert [b"until=" in one for one in before] == [True] * (len(before) - 1) + [False]
    assert sum(one.count(b'change="created"') for one in before) == 10
    assert sum(one.count(b'change="deleted"') for one in before) == 1
    time.pass_()
    put(filled, record("n1", "khác"))
    again = lists()
    assert again[: len(before) - 1] == before[:-1]
    assert b"".join(again).count(b'change="updated"') == 1
    assert b"".join(resourcesync.change_index(filled, SITE)).count(b"<sitemap>") == len(again)


def test_silent_changes_are_in_no_change_list(filled: Store, time: Time) -> None:
    before = b"".join(resourcesync.change_list(filled, SITE, 0))
    publishing.publish(filled, stage(filled, readings(record("n1", "khác"))), silent=True)
    unite(filled)
    assert b"".join(resourcesync.change_list(filled, SITE, 0)) == before


def test_an_empty_store_has_lists_too(store: Store, tmp_path: Path) -> None:
    make(store, tmp_path)
    [one] = rows.all_made(store, RESOURCES)
    assert b"".join(files.unpacked(tmp_path / one.file)).count(b"<url>") == 0
    assert b"".join(resourcesync.change_list(store, SITE, 0)).count(b"<url>") == 0
