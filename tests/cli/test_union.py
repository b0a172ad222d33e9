"""`lienthong union`: figures, training and explanations on files."""

from __future__ import annotations

import json
import zipfile
from itertools import pairwise
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from fixtures import noise
from foundation.errors import FormatError, InputError
from marc import marcjson
from marc.record import Field, Record

RUN = CliRunner()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Labelled pairs of invented records, zipped."""
    folder = tmp_path_factory.mktemp("union")
    known = [(one.control("001"), edition, one) for one, edition in noise.generate(900, seed=21)]
    known.sort(key=lambda row: row[1])
    rows = [(a[0], b[0], int(a[1] == b[1])) for a, b in pairwise(known)]
    lines = b"\n".join(marcjson.write(one) for _, _, one in known)
    with zipfile.ZipFile(folder / "records.json.zip", "w") as archive:
        archive.writestr("records.json", lines)
    (folder / "labels.csv").write_text(
        "id1,id2,label\n" + "".join(f"{a},{b},{s}\n" for a, b, s in rows), encoding="utf-8"
    )
    return folder / "records.json.zip", folder / "labels.csv"


def run(*words: object) -> dict[str, object]:
    result = RUN.invoke(app, ["union", *map(str, words), "--json"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    found: dict[str, object] = json.loads(result.stdout)
    return found


def test_evaluate_prints_precision_recall_and_f1(files: tuple[Path, Path]) -> None:
    found = run("evaluate", *files)
    assert float(str(found["f1"])) > 0.95
    assert found["unknown_pairs"] == 0
    shown = RUN.invoke(app, ["union", "evaluate", *map(str, files)], catch_exceptions=False)
    assert f"F1 {found['f1']:.4f}" in shown.output


def test_the_answer_in_a_record_is_not_seen(files: tuple[Path, Path], tmp_path: Path) -> None:
    plain = run("evaluate", *files)
    with zipfile.ZipFile(files[0]) as archive:
        records = [marcjson.read(line)[0] for line in archive.read("records.json").splitlines()]
    told = tmp_path / "told.json"
    lines = [
        marcjson.write(Record.build(one.leader, [*one.fields, Field("CID", "  ", (("a", "x"),))]))
        for one in records
        if one
    ]
    told.write_bytes(b"\n".join(lines))
    other = run("evaluate", told, files[1])
    assert {name: plain[name] for name in ("right", "wrong", "missed")} == {
        name: other[name] for name in ("right", "wrong", "missed")
    }


def test_train_writes_rules_that_evaluate_reads(files: tuple[Path, Path], tmp_path: Path) -> None:
    out = tmp_path / "rules.json"
    assert float(str(run("train", *files, "--output", out)["f1"])) > 0.9
    assert json.loads(out.read_text(encoding="utf-8"))["trained"]["pairs"]
    assert float(str(run("evaluate", *files, "--rules", out)["f1"])) > 0.95


def test_explain_names_levels_weights_and_vetoes(tmp_path: Path) -> None:
    one, other = [record for record, _ in noise.generate(2_000, seed=4)][:2]
    path = tmp_path / "two.json"
    path.write_bytes(marcjson.write(one) + b"\n" + marcjson.write(other))
    found = run("explain", f"{path}#1", f"{path}#{other.control('001')}")
    weights = sum(float(row["weight"]) for row in found["levels"])  # type: ignore[attr-defined]
    assert float(str(found["score"])) == pytest.approx(weights + float(str(found["bias"])), abs=0.01)
    shown = RUN.invoke(app, ["union", "explain", f"{path}#1", f"{path}#2"], catch_exceptions=False)
    assert "Tổng" in shown.output
    assert "Sum" in shown.output


@pytest.mark.parametrize("words", [("evaluate", "none.json", "none.csv"), ("explain", "none.mrc#1", "none.mrc#2")])
def test_a_missing_file_is_told(words: tuple[str, ...]) -> None:
    with pytest.raises(InputError):
        RUN.invoke(app, ["union", *words], catch_exceptions=False)


def test_nonsense_rules_and_labels_are_refused_with_their_place(files: tuple[Path, Path], tmp_path: Path) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text('{"version": 1, "tables": {"book": {"titel": {}}}}', encoding="utf-8")
    with pytest.raises(FormatError) as caught:
        RUN.invoke(app, ["union", "evaluate", *map(str, files), "--rules", str(bad)], catch_exceptions=False)
    assert "/tables/book/titel" in caught.value.text("vi")
    labels = tmp_path / "labels.csv"
    labels.write_text("a,b,1\nc,d,perhaps\n", encoding="utf-8")
    with pytest.raises(FormatError):
        RUN.invoke(app, ["union", "evaluate", str(files[0]), str(labels)], catch_exceptions=False)


def test_pairs_of_unknown_records_count_as_missed_and_are_told(files: tuple[Path, Path], tmp_path: Path) -> None:
    labels = tmp_path / "labels.csv"
    labels.write_text(files[1].read_text(encoding="utf-8") + "nobody,none,1\n", encoding="utf-8")
    found = run("evaluate", files[0], labels)
    assert found["unknown_pairs"] == 1
