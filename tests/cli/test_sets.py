"""`lienthong set`, `collection` and `feed` as a person runs them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.test_export import ROOT, Shell


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """A store with the records of one library."""
    shell = Shell(tmp_path_factory.mktemp("lienthong") / "home")
    assert shell("library", "add", "bk03", "--name", "Thư viện Ba Bể").returncode == 0
    province = str(ROOT / "fixtures" / "province" / "bk03.mrk")
    assert shell("import", province, "--library", "bk03").returncode == 0
    assert shell("union", "follow").returncode == 0
    return shell


def records(run: Shell, spec: str, folder: Path) -> int:
    done = run("export", "--format", "marcxml", "--set", spec, "--output", str(folder / "x.xml"), "--json")
    assert done.returncode == 0, done.stderr
    return int(json.loads(done.stdout)["records"])


def test_a_saved_query_from_preview_to_removal(run: Shell, tmp_path: Path) -> None:
    seen = json.loads(run("set", "preview", "title~ba", "--json").stdout)
    assert 0 < seen["members"] < seen["looked"]
    made = run(
        "set", "add", "ba", "--query", "title~ba", "--name", "Có chữ Ba", "--name-en", "With Ba", "--about", "Thử"
    )
    assert made.returncode == 0
    assert str(seen["members"]) in made.stdout.decode()
    assert records(run, "query:ba", tmp_path) == seen["members"]
    again = run("set", "add", "ba", "--query", "title~ba", "--name", "Khác")
    assert again.returncode == 1
    assert b"--replace" in again.stderr
    assert run("set", "add", "ba", "--query", "not title~ba", "--name", "Khác", "--replace").returncode == 0
    assert records(run, "query:ba", tmp_path) == seen["looked"] - seen["members"]
    listed = {one["spec"]: one for one in json.loads(run("set", "list", "--json").stdout)}
    assert listed["query:ba"]["defined"]["query"] == "not title~ba"
    assert {"library:bk03", "material", "material:book", "language:vie"} <= set(listed)
    assert run("set", "remove", "ba").returncode == 0
    assert "query:ba" not in {one["spec"] for one in json.loads(run("set", "list", "--json").stdout)}
    assert run("set", "remove", "ba").returncode == 1


def test_a_query_that_is_none_is_told_with_its_place_and_nothing_changes(run: Shell) -> None:
    refused = run("set", "add", "sai", "--query", "language==vie", "--name", "Sai")
    assert refused.returncode == 1
    assert "vị trí 10" in refused.stderr.decode()
    assert "query:sai" not in run("set", "list", "--json").stdout.decode()


def test_an_import_puts_its_records_into_a_collection_and_its_undo_takes_them_out(run: Shell, tmp_path: Path) -> None:
    assert run("collection", "add", "rieng", "--name", "Kho riêng", "--library", "bk03").returncode == 0
    (tmp_path / "mot.mrk").write_text("=LDR  00000nam a2200000 a 4500\n=001  R1\n=245  00$aRiêng\n\n", encoding="utf-8")
    done = run("import", str(tmp_path / "mot.mrk"), "--library", "bk03", "--collection", "rieng", "--json")
    assert done.returncode == 0, done.stderr
    assert records(run, "collection:rieng", tmp_path) == 1
    assert run("import", "--undo", str(json.loads(done.stdout)["number"])).returncode == 0
    assert records(run, "collection:rieng", tmp_path) == 0
    assert json.loads(run("collection", "list", "--json").stdout)[0]["members"] == 0
    wrong = run("import", str(tmp_path / "mot.mrk"), "--library", "bk03", "--collection", "khong-co")
    assert wrong.returncode == 1
    assert b"rieng" in wrong.stderr


def test_formats_are_caught_up_with_and_made_anew(run: Shell) -> None:
    assert json.loads(run("feed", "status", "--json").stdout)["changes"] > 0
    assert run("feed", "catch-up").returncode == 0
    after = json.loads(run("feed", "status", "--json").stdout)
    assert (after["changes"], after["records"], after["set_records"], after["problems"]) == (0, 0, 0, 0)
    assert run("feed", "render", "--format", "mods").returncode == 0
    assert json.loads(run("feed", "problems", "--json").stdout) == []
    assert [one["name"] for one in json.loads(run("feed", "formats", "--json").stdout)][2:] == [
        "mods", "qdc", "edm", "dim", "marc21_withholdings",
    ]  # fmt: skip
    unknown = run("feed", "render", "--format", "bibtex")
    assert unknown.returncode == 1
    assert b"marc21_withholdings" in unknown.stderr


def test_records_are_put_into_a_collection_from_a_search_and_a_list_and_taken_out(run: Shell, tmp_path: Path) -> None:
    assert run("collection", "add", "chon", "--name", "Chọn tay").returncode == 0
    found = int(json.loads(run("search", "ba", "--json").stdout)["count"])
    put = json.loads(run("collection", "put", "chon", "--search", "ba", "--json").stdout)
    assert put["titles"] == found > 1
    assert records(run, "collection:chon", tmp_path) == found
    assert records(run, "library:bk03", tmp_path) > found
    (tmp_path / "ma.txt").write_text("bk03/khong-co\n", encoding="utf-8")
    none = run("collection", "put", "chon", "--file", str(tmp_path / "ma.txt"))
    assert none.returncode == 0
    assert "khong-co" in none.stdout.decode()
    assert json.loads(run("collection", "undo", "chon", str(put["act"]), "--json").stdout)["records"] >= found
    assert records(run, "collection:chon", tmp_path) == 0
    assert run("collection", "undo", "chon", str(put["act"])).returncode == 1
    assert run("collection", "put", "chon").returncode == 1
    assert run("collection", "take", "chon", "--file", str(tmp_path / "khong-co.txt")).returncode == 1
