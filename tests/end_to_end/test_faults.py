"""Promise 1: nothing acknowledged is lost, nothing half done is visible, whenever the power goes or the disk fills."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from catalogue import changesets
from catalogue.changesets import ChangeSet
from catalogue.tables import LIVE, UNION, record, rendering
from marc import iso2709
from tests.conftest import missing
from tests.end_to_end.conftest import made
from tests.end_to_end.product import Product, get, wait_until

COUNT = 12_000


def shown(product: Product) -> dict[str, list[bytes]]:
    """Local id → hash of each rendering, of all that libraries contributed: without the random identifiers."""
    store = product.store()
    found: dict[str, list[bytes]] = {}
    with store.read() as connection:
        joined = record.join(rendering, rendering.c.version_id == record.c.version_id)
        query = select(record.c.local_id, rendering.c.hash).select_from(joined)
        query = query.where(record.c.status == LIVE, record.c.source_id != UNION)
        for name, digest in connection.execute(query.order_by(record.c.local_id, rendering.c.format)):
            found.setdefault(name, []).append(digest)
    store.close()
    return found


def change_sets(product: Product) -> list[ChangeSet]:
    store = product.store()
    try:
        return changesets.latest(store)
    finally:
        store.close()


def test_an_import_killed_again_and_again_ends_as_if_it_never_was(product: Product, tmp_path: Path) -> None:
    records = tmp_path / "nhieu.mrc"
    records.write_bytes(b"".join(iso2709.write(made(number)) for number in range(COUNT)))
    whole = Product(tmp_path / "whole")
    whole.run("library", "add", "bk01", "--name", "Thư viện Ba Bể")
    whole.run("import", str(records), "--library", "bk01")
    (product.home / "lienthong.toml").write_text("import_batch = 50\n", encoding="utf-8")
    chance = random.Random(3)
    positions = [0]
    while positions[-1] < COUNT * 0.8:
        process = product.start("import", str(records), "--library", "bk01")
        wait_until(lambda: change_sets(product) and change_sets(product)[0].position > positions[-1])
        time.sleep(chance.uniform(0, 0.6))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        (found,) = change_sets(product)
        positions.append(found.position)
        # All or nothing, at every moment.
        assert len(shown(product)) == (COUNT if found.state == "published" else 0)
    assert len(positions) > 3, "the kills came while it was at work"
    product.run("import", str(records), "--library", "bk01")
    assert shown(product) == shown(whole)
    product.run("doctor")


def test_a_second_import_into_a_library_waits_its_turn_in_words(product: Product, records: Path) -> None:
    process = product.start("import", "-", "--library", "bk01")
    wait_until(lambda: change_sets(product))
    done = product.run("import", str(records), "--library", "bk01", check=1)
    assert "bk01" in done.stderr
    assert "chưa có gì thay đổi" in done.stderr
    _, err = process.communicate(iso2709.write(made(1)), timeout=60)
    assert process.returncode == 0, err.decode()
    product.run("import", str(records), "--library", "bk01")
    assert len(shown(product)) == 3000


def test_two_libraries_are_imported_at_once(product: Product, records: Path) -> None:
    product.run("library", "add", "bk02", "--name", "Thư viện Na Rì")
    running = [product.start("import", str(records), "--library", code) for code in ("bk01", "bk02")]
    for process in running:
        _, err = process.communicate(timeout=120)
        assert process.returncode == 0, err.decode()
    assert [library["records"] for library in product.json("library", "list")] == [3000, 3000]
    assert product.run("doctor").returncode == 0


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 3 MiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = None
    if shutil.which("mount") and os.geteuid() == 0:
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", folder], check=False)
    if mounted is None or mounted.returncode:
        missing("a small disk cannot be mounted here (root is needed)")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def test_a_full_disk_is_said_and_the_same_command_goes_on_when_there_is_room(small_disk: Path, records: Path) -> None:
    product = Product(small_disk / "home")
    product.run("library", "add", "bk01", "--name", "Thư viện Ba Bể")
    ballast = small_disk / "ballast"
    free = shutil.disk_usage(small_disk).free
    ballast.write_bytes(b"\0" * (free - 200 * 1024))
    done = product.run("import", str(records), "--library", "bk01", check=1)
    assert "hết chỗ trên đĩa" in done.stderr
    assert "chạy lại đúng lệnh" in done.stderr
    assert shown(product) == {}
    ballast.unlink()
    product.run("import", str(records), "--library", "bk01")
    assert len(shown(product)) == 3000


def test_a_server_killed_in_the_middle_of_an_import_starts_again_and_serves(product: Product, records: Path) -> None:
    product.run("import", str(records), "--library", "bk01")
    for _ in range(2):
        with product.serving() as address:
            assert get(f"{address}/readyz").startswith(b"ready\n")
            assert get(f"{address}/oai?verb=ListRecords&metadataPrefix=oai_dc").count(b"<record>") == 500


def test_two_servers_share_one_home(product: Product, records: Path) -> None:
    """A second host, or an upgrade that starts before the old one ends: tokens of one are good at the other."""
    product.run("import", str(records), "--library", "bk01")
    with product.serving() as one, product.serving() as other:
        page = get(f"{one}/oai?verb=ListIdentifiers&metadataPrefix=oai_dc")
        token = page.split(b"</resumptionToken>")[0].rsplit(b">", 1)[1].decode()
        assert get(f"{other}/oai?verb=ListIdentifiers&resumptionToken={token}").count(b"<header>") == 1000
