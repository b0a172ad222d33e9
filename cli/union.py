"""`lienthong union`: explain a pair, judge the rules on labelled pairs, train them. The store's: `cli.union_store`."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from cli import union_store
from cli.files import UNREADABLE
from cli.terminal import Json, Quiet, answer, bar, opened, out, plain, say
from foundation.errors import InputError, LienThongError, Place, counted
from marc import readers
from marc.record import Record
from union import evaluation, features, messages, reading, training, wording
from union import rules as union_rules
from union.evaluation import Figures, Label
from union.features import Features
from union.rules import Rules
from union.scoring import Scorer
from vietnamese.numbers import written

app = typer.Typer(
    help="Mục lục liên hợp: đối sánh biểu ghi, giải thích, đánh giá, huấn luyện / The union catalogue: matching.",
    no_args_is_help=True,
)
app.add_typer(union_store.app)  # without a name, too

Records = Annotated[Path, typer.Argument(help="Biểu ghi: MARC-in-JSON mỗi dòng một biểu ghi, hoặc zip / Records.")]
Labels = Annotated[Path, typer.Argument(help="CSV id1,id2,nhãn (1 trùng, 0 khác) / CSV of labelled pairs.")]
Weights = Annotated[Path | None, typer.Option("--rules", help="Bảng luật khác bảng đi kèm / Rules other than our own.")]


@app.command("evaluate")
def evaluate(
    records: Records, labels: Labels, rules: Weights = None, json_: Json = False, quiet: Quiet = False
) -> None:
    """Độ chính xác, độ phủ và F1 trên các cặp đã có nhãn, qua toàn bộ bộ máy / Precision, recall and F1."""
    chosen = _rules(rules)
    pairs = _labels(labels)
    started = time.monotonic()
    known = _features(records, {one for pair in pairs for one in pair[:2]}, quiet)
    absent = _absent(known, pairs)
    found = evaluation.evaluate(known, pairs, chosen)
    alone = evaluation.by_pairs(known, pairs, chosen)
    if json_:
        answer(
            _shown(found)
            | {"pairs_alone": _shown(alone), "records": len(known), "unknown_pairs": absent}
            | {"seconds": round(time.monotonic() - started, 1), "rules": chosen.version}
        )
        return
    _tell(found)
    say(
        f"Xét riêng từng cặp: F1 {alone.f1:.4f}. {written(len(known))} biểu ghi, bảng luật {chosen.version}.",
        f"Each pair alone: F1 {alone.f1:.4f}. {counted(len(known), 'record')}, rules {chosen.version}.",
    )


@app.command("train")
def train(
    records: Records,
    labels: Labels,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Ghi bảng luật mới / The new rules.")] = None,
    rules: Weights = None,
    json_: Json = False,
    quiet: Quiet = False,
) -> None:
    """Huấn luyện trọng số từ các cặp đã có nhãn, kiểm tra chéo năm phần / Train weights, five-fold checked."""
    document = _document(rules)
    pairs = _labels(labels)
    known = _features(records, {one for pair in pairs for one in pair[:2]}, quiet)
    _absent(known, pairs)
    trained = training.train(training.compared(known, pairs), document)
    parts: list[Figures] = []
    with bar("huấn luyện / training", quiet) as progress:
        for number, figures in enumerate(training.cross_validated(known, pairs, document), 1):
            parts.append(figures)
            progress.update(progress.task_ids[0], note=f"{number}/{evaluation.FOLDS}")
    whole = evaluation.total(parts)
    trained["trained"]["five_folds"] = _shown(whole)
    if output:
        try:
            output.write_text(
                json.dumps(trained, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8"
            )
        except OSError as error:
            raise InputError(UNREADABLE, name=output, reason=error.strerror or error) from error
    if json_:
        answer(_shown(whole) | {"trained": trained["trained"], "output": str(output or "")})
        return
    _tell(whole)
    if output:
        say(f"Đã ghi bảng luật {trained['version']} vào {output}.", f"Rules {trained['version']} written to {output}.")


@app.command("explain")
def explain(
    a: Annotated[str, typer.Argument(help="MÃ-THƯ-VIỆN/SỐ, TỆP#001, TỆP#3 / CODE/LOCAL-ID, FILE#001, FILE#3.")],
    b: Annotated[str, typer.Argument(help="Biểu ghi thứ hai / The other record.")],
    rules: Weights = None,
    json_: Json = False,
) -> None:
    """Vì sao hai biểu ghi được ghép hay không / Why two records are matched, or are not."""
    kept = None
    if rules is None and not any("#" in name or Path(name).is_file() for name in (a, b)):
        with opened() as (_, store):
            kept = reading.pair(store, a, b)
        left, right, found = kept.a, kept.b, kept.explanation
    else:
        left, right = features.read(_record(a)), features.read(_record(b))
        found = Scorer(_rules(rules)).explain(left, right)
    stands = {"together": kept.together, "decisions": [one.number for one in kept.decisions]} if kept else {}
    if json_:
        answer(
            stands
            | {
                "outcome": found.outcome,
                "score": found.score,
                "kind": found.kind,
                "bias": found.bias,
                "levels": [{"comparison": n, "level": level, "weight": w} for n, level, w in found.levels],
                "vetoes": [
                    {"veto": name, "vi": wording.veto(name, "vi"), "en": wording.veto(name, "en")}
                    for name in found.vetoes
                ],
                "a": left._asdict(),
                "b": right._asdict(),
            }
        )
        return
    table = Table("Tiêu chí / Comparison", "Mức / Level", "Điểm / Weight", box=None)
    for name, level, weight in sorted(found.levels, key=lambda row: -abs(row[2])):
        if weight:
            shown = f"{wording.level(level, 'vi')} / {wording.level(level, 'en')}"
            words = f"{wording.comparison(name, 'vi')} / {wording.comparison(name, 'en')}"
            table.add_row(plain(words), plain(shown), f"{weight:+.2f}")
    table.add_row("Xuất phát / Start", found.kind, f"{found.bias:+.2f}")
    out.print(table)
    for name in found.vetoes:
        say(f"Cấm ghép: {wording.veto(name, 'vi')}.", f"Forbidden: {wording.veto(name, 'en')}.")
    say(
        f"Tổng {found.score:+.2f}: {wording.outcome(found.outcome, 'vi')}",
        f"Sum {found.score:+.2f}: {wording.outcome(found.outcome, 'en')}",
    )
    if kept:
        for one in kept.decisions:
            verdict, gone = one.decision.verdict.value, one.withdrawn is not None
            say(
                f"Quyết định {one.number}: {verdict}{' (đã rút)' if gone else ''}. {one.decision.note}",
                f"Decision {one.number}: {verdict}{' (withdrawn)' if gone else ''}. {one.decision.note}",
            )
        vi = "cùng một biểu ghi chung" if kept.together else "hai biểu ghi chung khác nhau"
        say(f"Trong kho: {vi}.", f"In the store: {'one union record' if kept.together else 'two union records'}.")


def _tell(figures: Figures) -> None:
    say(
        f"Độ chính xác {figures.precision:.4f} · độ phủ {figures.recall:.4f} · F1 {figures.f1:.4f}",
        f"precision {figures.precision:.4f} · recall {figures.recall:.4f} · F1 {figures.f1:.4f}",
    )
    say(
        f"Ghép đúng {written(figures.right)}, ghép nhầm {written(figures.wrong)}, bỏ sót {written(figures.missed)}, "
        f"tách đúng {written(figures.apart)} cặp.",
        f"{counted(figures.right, 'pair')} rightly matched, {figures.wrong:,} wrongly, {figures.missed:,} missed, "
        f"{figures.apart:,} rightly kept apart.",
    )


def _shown(figures: Figures) -> dict[str, Any]:
    rates = {"precision": figures.precision, "recall": figures.recall, "f1": figures.f1}
    return {name: round(value, 4) for name, value in rates.items()} | figures._asdict()


def _absent(known: dict[str, Features], pairs: list[Label]) -> int:
    """How many pairs name a record that is not there, told when any does."""
    absent = [one for pair in pairs for one in pair[:2] if one not in known]
    count = sum(pair.a not in known or pair.b not in known for pair in pairs)
    if absent:
        values = {"count": count, "example": absent[0]}
        typer.echo(messages.LABELS_UNKNOWN.text("vi", **values), err=True)
        typer.echo(messages.LABELS_UNKNOWN.text("en", **values), err=True)
    return count


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(UNREADABLE, name=path, reason=error.strerror or error) from error


def _rules(path: Path | None) -> Rules:
    if path is None:
        return union_rules.shipped()
    try:
        return union_rules.read(_read(path))
    except LienThongError as error:
        raise error.at(file=str(path)) from error


def _document(path: Path | None) -> dict[str, Any]:
    _rules(path)
    document: dict[str, Any] = json.loads(_read(path)) if path else union_rules.shipped_document()
    return document


def _labels(path: Path) -> list[Label]:
    try:
        return evaluation.labels(_read(path).decode("utf-8-sig", "replace").splitlines())
    except LienThongError as error:
        raise error.at(file=str(path)) from error


def _features(path: Path, wanted: set[str], quiet: bool) -> dict[str, Features]:
    """The features of the records that the labels name, by control number."""
    found: dict[str, Features] = {}
    with bar(str(path)[:60], quiet) as progress:
        try:
            with path.open("rb") as stream:
                for number, reading in enumerate(readers.read(stream, path.name), 1):
                    if reading.record is not None:
                        name = reading.record.control("001").strip()
                        if name in wanted and name not in found:
                            found[name] = features.read(reading.record)
                    if number % 1000 == 0:
                        progress.update(progress.task_ids[0], note=written(number))
        except OSError as error:
            raise InputError(UNREADABLE, name=path, reason=error.strerror or error) from error
    if not found:
        raise InputError(messages.NO_RECORDS, file=path)
    return found


def _record(name: str) -> Record:
    """The record that FILE#001 or FILE#3 names; a control number goes before a position."""
    file, _, wanted = name.rpartition("#")
    if not file:
        file, wanted = name, "1"
    by_place: Record | None = None
    try:
        with Path(file).open("rb") as stream:
            for number, reading in enumerate(readers.read(stream, Path(file).name), 1):
                if reading.record is not None and reading.record.control("001").strip() == wanted:
                    return reading.record
                if reading.record is not None and str(number) == wanted:
                    by_place = reading.record
    except OSError as error:
        raise InputError(UNREADABLE, name=file, reason=error.strerror or error) from error
    if by_place is None:
        raise InputError(messages.RECORD_UNKNOWN, Place(file=file), name=name)
    return by_place
