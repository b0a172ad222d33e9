"""The feed's health as an operator and a partner live it: real commands, a real server, a real ResourceSync client."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import delete, text

from catalogue import tables
from marc import iso2709
from tests.end_to_end.conftest import made
from tests.end_to_end.product import Product, free_port, get, wait_until

ROOT = Path(__file__).resolve().parents[2]


def lose(product: Product, count: int) -> None:
    """Take union records out of the feed as no program would."""
    store = product.store()
    with store.write() as connection:
        some = text(f"SELECT id FROM record WHERE source_id = {tables.UNION} ORDER BY id LIMIT {count}")
        numbers = list(connection.scalars(some))
        connection.execute(delete(tables.feed).where(tables.feed.c.record_id.in_(numbers)))
    store.close()


def few(tmp_path: Path, count: int = 40, title: str = "Hồ Ba Bể") -> str:
    path = tmp_path / f"{title}.mrc"
    path.write_bytes(b"".join(iso2709.write(made(number, title)) for number in range(count)))
    return str(path)


def united(product: Product, *files: str) -> None:
    """Import files, and let the union follow."""
    for path in files:
        product.run("import", path, "--library", "bk01")
    product.run("union", "follow")


def identifiers(address: str) -> list[str]:
    return re.findall(
        r"<identifier>([^<]*)", get(f"{address}/oai?verb=ListIdentifiers&metadataPrefix=marcxml").decode()
    )


def test_the_check_tells_a_sound_feed_from_one_that_lost_records(product: Product, tmp_path: Path) -> None:
    united(product, few(tmp_path))
    assert product.json("feed", "check")["findings"] == []
    lose(product, 2)
    found = product.json("feed", "check", check=1)["findings"]
    assert [one["rule"] for one in found] == ["F30"]
    # Two records, in two formats: of everything, of the sets they are in and those above.
    assert found[0]["count"] % (2 * 2) == 0
    assert found[0]["count"] >= 2 * 2 * 4


def test_a_running_repository_can_be_checked_over_http(product: Product, tmp_path: Path) -> None:
    united(product, few(tmp_path))
    with product.serving(page_records="7", page_headers="9") as address:
        found = product.json("feed", "check", "--url", f"{address}/oai", "--allow", "127.0.0.0/8")
        assert found["findings"] == []
        assert found["counts"]["records"] > 40 * 2 * 3
    gone = product.json("feed", "check", "--url", f"{address}/oai", "--allow", "127.0.0.0/8", check=1)
    assert [one["rule"] for one in gone["findings"]] == ["F01"]
    assert "10.0.0.1" in product.run("feed", "check", "--url", "http://10.0.0.1/oai", check=1).stderr


def test_a_partner_proves_to_have_everything(product: Product, tmp_path: Path) -> None:
    united(product, few(tmp_path))
    product.run("feed", "manifest")
    with product.serving() as address:
        (tmp_path / "m.gz").write_bytes(get(f"{address}/feed/manifest/marcxml/all.gz"))
        (tmp_path / "key.pem").write_bytes(get(f"{address}/feed/key.pem"))
        verify = ("feed", "verify", str(tmp_path / "m.gz"), "--key", str(tmp_path / "key.pem"), "--against")
        product.run(*verify, f"{address}/oai", "--allow", "127.0.0.0/8")
        names = re.findall(
            r"<identifier>([^<]*)", get(f"{address}/oai?verb=ListIdentifiers&metadataPrefix=marcxml").decode()
        )
        (tmp_path / "held.txt").write_text("\n".join(names[1:]), encoding="utf-8")
        lacking = product.run(*verify, str(tmp_path / "held.txt"), check=1).stdout
        [line] = [line.split("\t") for line in lacking.splitlines() if line.startswith("missing")]
        assert line[1] == names[0]
        # The address that is printed gives what is missing.
        address_given = line[3].replace("http://127.0.0.1:8080", address)
        assert names[0] in get(address_given).decode()


def test_the_recipe_of_the_documentation_checks_a_manifest(product: Product, tmp_path: Path) -> None:
    """docs/manifests.md promises that twenty lines of Python are enough."""
    page = (ROOT / "docs" / "manifests.md").read_text(encoding="utf-8")
    [recipe] = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    assert recipe.count("\n") <= 25
    united(product, few(tmp_path))
    product.run("feed", "manifest")
    [manifest] = (product.home / "feed").glob("marcxml-all-*.gz")
    with product.serving() as address:
        (tmp_path / "key.pem").write_bytes(get(f"{address}/feed/key.pem"))
        names = re.findall(
            r"<identifier>([^<]*)", get(f"{address}/oai?verb=ListIdentifiers&metadataPrefix=marcxml").decode()
        )
    (tmp_path / "mine.txt").write_text("\n".join([*names[2:], "oai:x:1"]) + "\n", encoding="utf-8")
    (tmp_path / "recipe.py").write_text(recipe, encoding="utf-8")

    def run() -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "recipe.py", str(manifest), "key.pem", "mine.txt"]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    lines = sorted(run().stdout.splitlines())
    assert lines == sorted(["extra oai:x:1", *(f"missing {name}" for name in names[:2])])
    (tmp_path / "key.pem").write_bytes(get_other_key(tmp_path))
    assert run().returncode != 0


def get_other_key(tmp_path: Path) -> bytes:
    from catalogue.store import Store  # noqa: PLC0415
    from foundation.settings import Settings  # noqa: PLC0415
    from oaipmh.signing import Signer  # noqa: PLC0415

    store = Store.open(Settings(home=tmp_path / "other"))
    pem = Signer(store).public_pem
    store.close()
    return pem


def test_killed_while_making_manifests_leaves_those_of_before(product: Product, records: Path, tmp_path: Path) -> None:
    united(product, few(tmp_path))
    product.run("feed", "manifest")
    folder = product.home / "feed"
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    united(product, str(records))
    killed = 0
    for _ in range(2):
        process = product.start("feed", "manifest", "--force", "-q")
        end = time.monotonic() + 30
        while not list(folder.glob("*.part")) and process.poll() is None and time.monotonic() < end:
            time.sleep(0.001)
        killed += process.poll() is None
        process.kill()
        process.communicate()
    assert killed
    store = product.store()
    with store.read() as connection:
        names = list(connection.scalars(tables.manifest.select().with_only_columns(tables.manifest.c.file)))
    store.close()
    assert all((folder / name).exists() for name in names)
    assert all((folder / name).read_bytes() == before[name] for name in names if name in before)
    product.run("feed", "manifest")
    assert not list(folder.glob("*.part"))
    with product.serving() as address:
        (tmp_path / "m.gz").write_bytes(get(f"{address}/feed/manifest/oai_dc/all.gz"))
        product.run("feed", "verify", str(tmp_path / "m.gz"), "--against", f"{address}/oai", "--allow", "127.0.0.0/8")


def test_a_silent_correction_is_announced_later(product: Product, tmp_path: Path) -> None:
    united(product, few(tmp_path))
    number = product.json("import", few(tmp_path, title="Ba Bể"), "--library", "bk01", "--dry-run")["number"]
    said = product.run("import", "--publish", str(number), "--silent").stdout
    assert f"feed announce --change-set {number}" in said
    assert product.json("feed", "check")["findings"] == []
    preview = product.json("feed", "announce", "--change-set", str(number))
    assert (preview["records"], preview["stamp"], preview["many"]) == (40, None, False)
    time.sleep(1.1)
    done = product.json("feed", "announce", "--change-set", str(number), "--yes")
    assert done["records"] == 40
    assert product.json("feed", "check")["findings"] == []
    product.run("feed", "announce", "--change-set", str(number), "--yes", check=1)


def test_the_server_notes_who_harvests(product: Product, tmp_path: Path) -> None:
    united(product, few(tmp_path))
    product.run("feed", "partners", "--add", "NLV", "--network", "127.0.0.0/8")
    with product.serving() as address:
        get(f"{address}/oai?verb=ListRecords&metadataPrefix=marcxml")

        def noted() -> bool:
            [one] = product.json("feed", "partners", "NLV")
            return bool(one["lists"])

        wait_until(noted)
    [one] = product.json("feed", "partners")
    assert (one["name"], one["lists"][0]["delivered"], one["lists"][0]["complete"]) == ("NLV", 40, 1)
    assert "NLV" in product.run("feed", "partners").stdout


@pytest.mark.peer
def test_a_resourcesync_client_mirrors_the_records(
    product: Product, tmp_path: Path, require_peer: Callable[[str, str], Path]
) -> None:
    client = require_peer("resync", "resync-sync")
    port, copy = free_port(), tmp_path / "copy"
    site = f"http://127.0.0.1:{port}"

    def resync(*mode: str) -> str:
        # It logs where it is called, and maps addresses to files.
        command = [client, *mode, "--delete", "--noauth", f"{site}={copy}"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    def copied() -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in (copy / "record").glob("*.xml")}

    def served() -> dict[str, bytes]:
        names = re.findall(r"oai:[^<]*:(\w+)", get(f"{site}/oai?verb=ListIdentifiers&metadataPrefix=marcxml").decode())
        return {f"{name}.xml": get(f"{site}/record/{name}.xml") for name in names}

    united(product, few(tmp_path))
    command = [sys.executable, "-m", "cli.main", "feed", "manifest"]
    environment = product.environment | {"LIENTHONG_BASE_URL": site}
    subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True)
    with product.serving(port):
        resync("--baseline", "--sitemap", f"{site}/resourcesync/resourcelist.xml")
        assert copied() == served()
        assert len(copied()) == 40
        time.sleep(1.1)
        product.run("import", few(tmp_path, 43, "Ba Bể"), "--library", "bk01")
        wait_until(lambda: b"union: 0 changes" in get(f"{site}/readyz"), 60)
        since = ("--from", "2000-01-01T00:00:00Z")
        resync("--incremental", "--changelist-uri", f"{site}/resourcesync/changelist.xml", *since)
        assert copied() == served()
        assert len(copied()) == 43
        said = resync("--parse", "--sitemap", f"{site}/.well-known/resourcesync")
        assert "description" in said
