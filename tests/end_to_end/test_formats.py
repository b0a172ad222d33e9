"""A running server makes the further formats by itself, and fills sets that were defined while it ran."""

from __future__ import annotations

from pathlib import Path

from marc import iso2709
from tests.end_to_end.conftest import made
from tests.end_to_end.product import Product, get, wait_until


def test_the_server_follows_what_is_published(product: Product, tmp_path: Path) -> None:
    path = tmp_path / "it.mrc"
    path.write_bytes(b"".join(iso2709.write(made(number)) for number in range(120)))
    with product.serving() as address:
        product.run("import", str(path), "--library", "bk01")
        oai = f"{address}/oai?verb=ListIdentifiers&metadataPrefix="

        def headers(asked: str) -> int:
            return get(oai + asked).count(b"<header")

        wait_until(lambda: headers("oai_dc") == 120, 60)
        wait_until(lambda: headers("mods") == 120, 60)
        wait_until(lambda: headers("marc21_withholdings") == 120, 60)
        product.run("set", "add", "moi", "--query", "245 exists", "--name", "Mới")
        assert headers("dim&set=query:moi") == 120
