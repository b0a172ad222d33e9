"""`lienthong union`, on the store: union records shown and exported, decisions, rebuilding, other rules tried."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.table import Table

from catalogue.store import Store, iso
from cli.files import UNREADABLE
from cli.terminal import Json, Quiet, answer, bar, complain, hint, opened, out, plain, say
from foundation.errors import InputError, LienThongError, counted
from marc import iso2709, marcjson, marcxml, mrk
from marc.record import Record
from reports.messages import UNWRITABLE
from union import alikes, deciding, matching, questions, reading, rebuilding, standing, sureness, wording
from union import rules as union_rules
from union.decisions import Verdict
from union.follower import Follower
from union.questions import Chosen
from union.reading import UnionRecord
from vietnamese.numbers import written

app = typer.Typer()

FORMATS: Final[dict[str, Callable[[Record], bytes]]] = {
    "mrk": mrk.write,
    "marcxml": marcxml.write,
    "json": marcjson.write,
    "iso2709": iso2709.write,
}
VERDICTS: Final = {"same": Verdict.SAME, "different": Verdict.DIFFERENT, "work": Verdict.SAME_WORK}
ANY: Final = "Số cụm, mã định danh, hoặc MÃ-THƯ-VIỆN/SỐ / Number, identifier or CODE/LOCAL-ID."

Said = Annotated[str, typer.Argument(help=ANY)]
Format = Annotated[str, typer.Option("--format", "-f", help=f"{', '.join(FORMATS)}.")]
Why = Annotated[str, typer.Option("--why", help="Lí do / The reason.")]
By = Annotated[str, typer.Option("--by", help="Người quyết định / Who decides.")]
Code = Annotated[str, typer.Option("--library", help="Mã thư viện nhân danh / In the name of this library.")]


@app.command("show")
def show(said: Said, format_: Format = "", json_: Json = False) -> None:
    """Xem một biểu ghi chung: nội dung, ai góp, chỗ bất đồng, lịch sử / Show a union record."""
    write = _format(format_) if format_ else None
    with opened() as (_, store):
        found = reading.find(store, said)
        if write is not None:
            if found.record is not None:
                typer.echo(write(found.record).decode().rstrip("\n"))
            elif found.leads_to:
                typer.echo(" ".join(found.leads_to), err=True)
            raise typer.Exit(0 if found.record is not None else 1)
        merged = None if found.record is None else reading.explained(store, found)
        happened = reading.history(store, found.number)
    disagreements = [one._asdict() for one in merged.disagreements] if merged else []
    if json_:
        answer(
            _summary(found)
            | {"record": None if found.record is None else mrk.write(found.record).decode()}
            | {"origins": [one._asdict() for one in merged.origins] if merged else []}
            | {"disagreements": disagreements, "history": happened}
        )
        return
    if found.record is None:
        leads = ", ".join(found.leads_to)
        say(
            f"Biểu ghi chung {found.number} ({found.identifier}) không còn. Nay là: {leads or '–'}.",
            f"Union record {found.number} ({found.identifier}) is retired. It leads to: {leads or 'nothing'}.",
        )
    else:
        say(
            f"Biểu ghi chung {found.number} ({found.identifier}), bản {found.version}, {iso(found.datestamp)}",
            f"Union record {found.number} ({found.identifier}), version {found.version}, {iso(found.datestamp)}",
        )
        out.print(plain(mrk.write(found.record).decode().rstrip("\n")))
        say(f"Góp vào: {', '.join(found.members)}", f"Made of: {', '.join(found.members)}")
    for one in disagreements:
        values = "; ".join(f"{record}: {value}" for record, value in one["values"])
        say(f"Bất đồng về {one['what']}: {values}", f"Members disagree on {one['what']}: {values}")
    for event in happened[-20:]:
        line = f"{iso(event['at'])} {event['change']} {event['cluster']} {event['other'] or ''} {event['record']}"
        out.print(plain(line.rstrip()))


@app.command("list")
def list_(
    several: Annotated[
        bool, typer.Option("--several", help="Chỉ cụm nhiều biểu ghi / Of several records only.")
    ] = False,
    retired: Annotated[bool, typer.Option("--retired", help="Cả số đã thôi dùng / Retired ones too.")] = False,
    limit: Annotated[int, typer.Option("--limit", help="Nhiều nhất / At most.")] = 100,
    json_: Json = False,
) -> None:
    """Danh sách biểu ghi chung / The union records."""
    rows: list[dict[str, Any]] = []
    with opened() as (_, store):
        for found in reading.everything(store, retired):
            if len(rows) >= limit:
                break
            if not several or len(found.members) > 1:
                rows.append(_summary(found))
    if json_:
        answer(rows)
        return
    table = Table("#", "Mã/Identifier", "Lúc/When (UTC)", "Nhan đề/Title", "Biểu ghi/Records", box=None)
    for row in rows:
        made = ", ".join(row["members"]) or " → " + ", ".join(row["leads_to"])
        table.add_row(str(row["number"]), row["identifier"], row["datestamp"], plain(row["title"][:60]), plain(made))
    out.print(table)


@app.command("export")
def export(
    format_: Format = "marcxml",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Tệp ghi ra / The file.")] = None,
) -> None:
    """Xuất mọi biểu ghi chung ra một tệp / Export every union record."""
    write = _format(format_)
    before, after = (
        (
            b'<?xml version="1.0" encoding="UTF-8"?>\n<collection xmlns="http://www.loc.gov/MARC21/slim">\n',
            b"</collection>\n",
        )
        if format_ == "marcxml"
        else (b"", b"")
    )
    between = b"" if format_ == "iso2709" else b"\n"
    count = left_out = 0
    with opened() as (_, store):
        try:
            with output.open("wb") if output else nullcontext(sys.stdout.buffer) as stream:
                stream.write(before)
                for found in reading.everything(store):
                    if found.record is None:
                        continue
                    try:
                        stream.write(write(found.record) + between)
                        count += 1
                    except InputError as error:  # too long for the form
                        complain(error.at(control_number=found.identifier))
                        left_out += 1
                stream.write(after)
                stream.flush()
        except OSError as error:
            if output is None:
                raise
            raise InputError(UNWRITABLE, name=output, reason=error.strerror or error) from error
    if output:
        say(
            f"Đã xuất {written(count)} biểu ghi chung vào {output}.",
            f"{counted(count, 'union record')} written to {output}.",
        )
    if left_out:
        hint(
            f"Không xuất được {written(left_out)} biểu ghi; mọi biểu ghi đều vào được --format marcxml.",
            f"{counted(left_out, 'record')} left out; --format marcxml holds every record.",
        )
        raise typer.Exit(3)


@app.command("decide")
def decide(
    a: Annotated[str, typer.Argument(help="MÃ-THƯ-VIỆN/SỐ hoặc mã định danh / CODE/LOCAL-ID or identifier.")],
    b: Annotated[str, typer.Argument(help="Biểu ghi thứ hai / The other record.")],
    verdict: Annotated[str, typer.Argument(help="same, different, work.")],
    why: Why = "",
    by: By = "",
    library: Code = "",
) -> None:
    """Quyết định về hai biểu ghi: cùng ấn bản, khác, chỉ cùng tác phẩm / Decide about two records."""
    if verdict not in VERDICTS:
        raise typer.BadParameter(", ".join(VERDICTS))
    _decided(VERDICTS[verdict], [a, b], why, by, library)


@app.command("pin")
def pin(record: Said, why: Why = "", by: By = "", library: Code = "") -> None:
    """Ghim biểu ghi dẫn đầu cụm của nó / Let a record lead the union record it is in."""
    _decided(Verdict.PIN, [record], why, by, library)


@app.command("freeze")
def freeze(said: Said, why: Why = "", by: By = "", library: Code = "") -> None:
    """Khoá một cụm như nó đang có / Keep a cluster as it is: nothing joins it, nothing leaves it."""
    with opened() as (_, store):
        members = list(reading.find(store, said).members)
    _decided(Verdict.FREEZE, members, why, by, library)


@app.command("undo")
def undo(decision: Annotated[int, typer.Argument(help="Số quyết định / Its number.")], by: By = "") -> None:
    """Rút lại một quyết định / Withdraw a decision."""
    with opened() as (_, store):
        count = deciding.withdraw(store, decision, by)
        _follow(store)
    say(f"Đã rút quyết định {decision} ({count} cặp).", f"Decision {decision} is withdrawn ({counted(count, 'pair')}).")


@app.command("decisions")
def decisions(json_: Json = False) -> None:
    """Mọi quyết định, cả đã rút / Every decision, withdrawn ones too."""
    with opened() as (_, store):
        found = reading.decided(store)
    if json_:
        answer(found)
        return
    table = Table("#", "Quyết định/Verdict", "Biểu ghi/Records", "Ai/Who", "Lúc/When (UTC)", "Vì sao/Why", box=None)
    for one in found:
        verdict = one["verdict"] + (" (đã rút/withdrawn)" if one["withdrawn"] else "")
        about = ", ".join(one["group"] or [one["a"], *([one["b"]] if one["b"] else [])])
        who = " ".join(filter(None, [one["by"], one["library"]]))
        table.add_row(str(one["decision"]), verdict, plain(about), plain(who), iso(one["made"]), plain(one["why"]))
    out.print(table)


@app.command("stats")
def stats(json_: Json = False) -> None:
    """Mục lục liên hợp đang có gì / What the union has."""
    with opened() as (_, store):
        found = rebuilding.counts(store)
        sure = sureness.sureness(store)
        asked = questions.counts(store, Chosen())
    if json_:
        answer(found | {"sureness": sure.document(), "questions": asked})
        return
    records, united, links = found["records"], found["union_records"], found["links"]
    retired, behind, version = found["retired"], found["behind"], found["rules"]
    say(
        f"{written(records)} biểu ghi trong {written(united)} biểu ghi chung; {written(links)} cặp giống nhau; "
        f"{written(retired)} số đã thôi dùng; còn {written(behind)} thay đổi chưa ghép; bảng luật {version}.",
        f"{counted(records, 'record')} in {counted(united, 'union record')}; {counted(links, 'pair')} alike; "
        f"{counted(retired, 'number')} retired; {counted(behind, 'change')} not matched yet; rules {version}.",
    )
    waiting, about = sum(asked.values()) - asked["later"], sum(sure.questions.values())
    pairs, wrong, missed = sure.pairs, round(sure.expected_wrong), round(sure.expected_missed)
    say(
        f"Cặp đã ghép: {written(pairs['sure'])} chắc chắn, {written(pairs['fair'])} khá chắc, "
        f"{written(pairs['thin'])} dính lỏng; ước chừng "
        f"{written(wrong)} cặp nhầm. Chờ người xem: {written(waiting)} câu hỏi về {written(about)} cặp "
        f"(các cặp cùng một nhan đề mà không "
        f"có gì phân biệt là một câu hỏi), {written(asked['later'])} câu đã hẹn lại; ước chừng "
        f"{written(missed)} cặp bỏ sót. "
        f"Luật nói như người ở {written(sure.agreed)} trong {written(sure.judged)} cặp đã quyết định.",
        f"Pairs merged: {pairs['sure']:,} sure, {pairs['fair']:,} fairly sure, {pairs['thin']:,} loose; probably "
        f"{wrong:,} wrong. For a person to see: {counted(waiting, 'question')} about {counted(about, 'pair')} (pairs "
        f"of one title that nothing tells apart are one question), {asked['later']:,} put off; probably "
        f"{counted(missed, 'pair')} missed. The rules agree with people on {sure.agreed:,} of {sure.judged:,} decided "
        "pairs.",
    )


@app.command("queue")
def queue(
    library: Annotated[str, typer.Option("--library", help="Chỉ của thư viện này / Of this library only.")] = "",
    limit: Annotated[int, typer.Option("--limit", help="Nhiều nhất / At most.")] = 25,
    json_: Json = False,
) -> None:
    """Những cặp người nên xem, có ích nhất trước / What a person should look at, most gain first."""
    with opened() as (_, store):
        found = questions.page(store, Chosen(libraries=(library,) if library else ()), "", limit)
        titles = alikes.page(store, (library,) if library else ())
    if json_:
        answer(
            [
                {"reason": one.reason, "a": one.a.name, "b": one.b.name, "score": one.score, "records": one.records}
                | {"probability": round(one.probability, 4), "libraries": list(one.libraries)}
                for one in found
            ]
            + [
                {"reason": "alike", "title": one.title, "records": one.records, "pairs": one.questions}
                | {"compared": one.compared, "libraries": list(one.libraries)}
                for one in titles
            ]
        )
        return
    for title in titles:
        say(
            f"{written(title.records)} biểu ghi cùng nhan đề “{title.title}”, {written(title.questions)} "
            f"cặp không có gì phân biệt. "
            "Hãy bổ sung biểu ghi, hoặc xác nhận tất cả khác nhau ở màn hình Trùng lặp.",
            f"{counted(title.records, 'record has', 'records have')} the title “{title.title}”, "
            f"{counted(title.questions, 'pair')} that nothing tells "
            "apart. Mend the records, or confirm on the screen of duplicates that all are different.",
        )
    for one in found:
        out.print(
            plain(f"{one.probability:4.0%} {one.reason:7} {one.a.name} {one.a.title} | {one.b.name} {one.b.title}")
        )


@app.command("follow")
def follow(quiet: Quiet = False) -> None:
    """Ghép những gì đã công bố mà chưa ghép (máy chủ tự làm) / Match what is published (a server does it itself)."""
    with opened() as (_, store), bar("ghép / matching", quiet) as progress:
        done = Follower(store).follow(lambda n: progress.update(progress.task_ids[0], note=written(n)))
    if not done:
        say("Một tiến trình khác đang ghép.", "Another process is at it.")


@app.command("rebuild")
def rebuild(
    shipped: Annotated[
        bool, typer.Option("--shipped", help="Dùng lại bảng luật đi kèm / By the shipped rules.")
    ] = False,
    json_: Json = False,
    quiet: Quiet = False,
) -> None:
    """Ghép lại tất cả từ biểu ghi và quyết định / Make the union anew from records and decisions."""
    with opened() as (_, store), bar("ghép lại / rebuilding", quiet) as progress:

        def advance(done: int) -> None:
            progress.update(progress.task_ids[0], note=written(done))

        found = rebuilding.publish(store, "", advance) if shipped else rebuilding.now(store, advance)
    _rebuilt(found, json_)


@app.command("preview")
def preview(
    weights: Annotated[Path, typer.Option("--weights", help="Bảng luật thử / The rules to try.")],
    publish: Annotated[bool, typer.Option("--publish", help="Dùng bảng này từ nay / Put them in force.")] = False,
    json_: Json = False,
    quiet: Quiet = False,
) -> None:
    """Bảng luật khác sẽ nhập, tách những gì / What other rules would join and split."""
    try:
        document = weights.read_text(encoding="utf-8")
        rules = union_rules.read(document.encode())
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(UNREADABLE, name=weights, reason=getattr(error, "strerror", None) or error) from error
    except LienThongError as error:
        raise error.at(file=str(weights)) from error
    with opened() as (_, store):
        _follow(store)
        if publish:
            with bar("ghép lại / rebuilding", quiet) as progress:
                done = rebuilding.publish(
                    store, document, lambda n: progress.update(progress.task_ids[0], note=written(n))
                )
            _rebuilt(done, json_)
            return
        found = rebuilding.preview(store, rules)
    if json_:
        answer(found._asdict())
        return
    say(
        f"Bảng luật {found.version}: {written(found.before)} cụm thành {written(found.after)}; "
        f"{written(found.joined)} cụm mới do nhập lại, {written(found.split)} cụm bị tách.",
        f"Rules {found.version}: {counted(found.before, 'cluster becomes', 'clusters become')} {found.after:,}; "
        f"{found.joined:,} would join several, {found.split:,} would fall apart.",
    )
    for sign, samples in (("+", found.joins), ("-", found.splits)):
        for some in samples[:20]:
            out.print(plain(f"{sign} {' | '.join(f'{one} {found.titles[one]}'.rstrip() for one in some)}"))
    say("Dùng bảng này: thêm --publish.", "To put them in force: add --publish.")


@app.command("match")
def match(
    change_set: Annotated[int, typer.Argument(help="Đợt chưa công bố / An unpublished change set.")],
    json_: Json = False,
) -> None:
    """Từng biểu ghi của một đợt chưa công bố so với mục lục liên hợp / A staged batch against the union."""
    with opened() as (_, store):
        found = list(matching.staged(store, change_set))
    if json_:
        answer([_match(one) for one in found])
        return
    for one in found:
        line = f"{one.outcome:10} {one.local_id} {one.like}"
        if one.explanation is not None:
            best = sorted(one.explanation.levels, key=lambda level: -abs(level[2]))[:3]
            words = ", ".join(
                f"{wording.comparison(name, 'vi')}: {wording.level(level, 'vi')}" for name, level, _ in best
            )
            line += f" {one.explanation.score:+.2f} ({words})"
        out.print(plain(line.rstrip()))


def _match(one: matching.Match) -> dict[str, Any]:
    candidates = [each._asdict() | {"explanation": asdict(each.explanation)} for each in one.candidates]
    explanation = asdict(one.explanation) if one.explanation else None
    return one._asdict() | {"explanation": explanation, "candidates": candidates}


def _decided(verdict: Verdict, records: list[str], why: str, by: str, library: str) -> None:
    with opened() as (_, store):
        with store.read() as connection:
            numbers = [standing.named(connection, said) for said in records]
        number = standing.decide(store, verdict, numbers, by, library, why)
        _follow(store)
    say(
        f"Quyết định {number} đã ghi. Rút lại: lienthong union undo {number}",
        f"Decision {number} is kept. To withdraw it: lienthong union undo {number}",
    )


def _follow(store: Store) -> None:
    """Let the union know at once; where a server is at it, that one does."""
    Follower(store).follow()


def _rebuilt(found: rebuilding.Rebuilt, json_: bool) -> None:
    if json_:
        answer(found._asdict())
        return
    say(
        f"{written(found.records)} biểu ghi trong {written(found.clusters)} cụm; "
        f"{written(found.changed)} cụm khác trước.",
        f"{counted(found.records, 'record')} in {counted(found.clusters, 'cluster')}; "
        f"{counted(found.changed, 'cluster is', 'clusters are')} not as before.",
    )


def _format(name: str) -> Callable[[Record], bytes]:
    if name not in FORMATS:
        raise typer.BadParameter(", ".join(FORMATS))
    return FORMATS[name]


def _summary(found: UnionRecord) -> dict[str, Any]:
    title = "" if found.record is None else next((one.get("a") for one in found.record.select("245")), "")
    return {
        "number": found.number,
        "identifier": found.identifier,
        "version": found.version,
        "datestamp": iso(found.datestamp),
        "retired": found.retired,
        "title": title,
        "members": list(found.members),
        "leads_to": list(found.leads_to),
    }
