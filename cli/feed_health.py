"""`lienthong feed …`: whether the feed can be trusted, who follows it, and telling records anew."""

from __future__ import annotations

import json as json_text
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, BinaryIO

import typer
from rich.table import Table

from catalogue import announcing, partners
from catalogue.announcing import Announcement, Choice
from catalogue.renderings import FOLLOWED, FORMATS
from catalogue.store import iso
from cli.terminal import Json, Quiet, answer, bar, opened, out, plain, say
from foundation import xml
from foundation.addresses import networks
from foundation.errors import InputError, Message, counted
from oaipmh import manifest_check, manifests, own_check, repositories
from oaipmh.asking import Remote
from oaipmh.dates import parse_datestamp
from oaipmh.ledger import Ledger
from oaipmh.nightly import FOLDER
from oaipmh.selfcheck import Check, Report
from oaipmh.signing import Signer, public_keys
from vietnamese.numbers import written

app = typer.Typer(help="Nguồn phát có đáng tin không / Whether the feed can be trusted.", no_args_is_help=True)

UNREADABLE = Message(
    "feed.unreadable",
    "không mở được {name}: {reason}. Hãy xem lại tên tệp và quyền đọc.",
    "{name} cannot be opened: {reason}. Check its name and that you may read it.",
)
NO_DATE = Message(
    "feed.date",
    "{seen!r} không phải ngày giờ. Hãy ghi dạng 2026-11-22 hoặc 2026-11-22T03:00:00Z (giờ UTC).",
    "{seen!r} is no date. Write it as 2026-11-22 or 2026-11-22T03:00:00Z (UTC).",
)

_FOLLOWED = ", ".join(entry.name for entry in FOLLOWED)

Url = Annotated[str, typer.Option("--url", help="Địa chỉ gốc một kho khác / Base URL of another repository.")]
Allow = Annotated[
    list[str] | None,
    typer.Option("--allow", metavar="NETWORK", help="Dải địa chỉ nội bộ được gọi / Own network that may be called."),
]
Formats = Annotated[list[str] | None, typer.Option("--format", help="Chỉ khổ mẫu này / Only this format.")]
Sets = Annotated[list[str] | None, typer.Option("--set", help="Chỉ tập hợp này / Only this set.")]
Schemas = Annotated[str, typer.Option(help="Lược đồ XML để đối chiếu / XML Schema to validate against.")]
Force = Annotated[bool, typer.Option("--force", help="Cả những gì không đổi / Also what did not change.")]


@app.command("check")
def check(
    url: Url = "",
    allow: Allow = None,
    format_: Formats = None,
    set_: Sets = None,
    schemas: Schemas = "",
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Tự thu thập nguồn phát và so với kho / Harvest our own feed and compare it with the store."""
    with opened() as (settings, store), _stoppable() as stop, bar("feed check", quiet) as progress:
        named = schemas or settings.schemas
        grammar = xml.schema(Path(named)) if named else None

        def tell(counts: dict[str, int]) -> None:
            progress.update(progress.task_ids[0], note=written(counts.get("records", 0)))

        report: Report | None
        if url:
            with Remote(url, networks(allow or ())) as ask:
                asked = Check(ask, grammar=grammar, tell=tell, stop=stop, formats=format_ or (), sets=set_ or ())
                report = own_check.check_other(store, url, asked)
        else:
            report = own_check.check_own(
                store,
                repositories.application(store, settings),
                repositories.whole_repository(settings),
                grammar=grammar,
                tell=tell,
                stop=stop,
                formats=format_ or (),
                sets=set_ or (),
            )
    if report is None:
        say("Một lần kiểm tra khác đang chạy; kết quả ở trang /feed.", "A check is running; see the page /feed.")
        raise typer.Exit(1)
    _show_report(report, json)
    if report.findings or report.stopped:
        raise typer.Exit(1)


@app.command("manifest")
def manifest(force: Force = False, json: Json = False, quiet: Quiet = False) -> None:
    """Lập bản kê có chữ ký và danh sách ResourceSync / Make the signed manifests and the ResourceSync lists."""
    with opened() as (settings, store), _stoppable() as stop, bar("feed manifest", quiet) as progress:
        task = progress.task_ids[0]
        done = [0]

        def tell(records: int) -> None:
            done[0] += records
            progress.update(task, note=written(done[0]))

        site = settings.public_url
        repository = repositories.whole_repository(settings)
        made = manifests.make(store, repository, settings.home / FOLDER, site, force=force, tell=tell, stop=stop)
        fingerprint = Signer(store).fingerprint
    if made is None:
        say("Một lần lập bản kê khác đang chạy.", "Manifests are being made already.")
        raise typer.Exit(1)
    if json:
        answer({"made": [asdict(one) for one in made], "fingerprint": fingerprint})
        return
    names = {entry.bit: entry.name for entry in FORMATS}
    for one in made:
        name = names[one.part] if one.kind == "manifest" else "ResourceSync"
        out.print(f"  {name} {plain(one.set_spec or '*')}: {written(one.records)}, {written(one.size)} B")
    say(
        f"Đã lập {len(made)} tệp; phần còn lại không đổi. Dấu vân tay của khoá: {fingerprint}",
        f"Made {counted(len(made), 'file')}; the others have not changed. Fingerprint of the key: {fingerprint}",
    )


@app.command("verify")
def verify(
    manifest_file: Annotated[Path, typer.Argument(metavar="MANIFEST", help="Bản kê đã tải về / The manifest.")],
    against: Annotated[str, typer.Option(help="Danh sách mã đang có, hoặc địa chỉ OAI / Your list, or an OAI URL.")],
    key: Annotated[Path | None, typer.Option(help="Tệp khoá công khai / The public key, PEM.")] = None,
    allow: Allow = None,
    json: Json = False,
) -> None:
    """So những gì đã thu thập với bản kê / Compare what was harvested with a manifest."""
    with Ledger() as says, Ledger() as held:
        keys = public_keys(_read(key)) if key is not None else []
        with _open(manifest_file) as stream:
            found = manifest_check.read(stream, manifest_file.name, says, keys)
        if against.startswith(("http://", "https://")):
            with Remote(against, networks(allow or ())) as ask:
                wrong = manifest_check.harvest(ask, found, held)
            if wrong:
                answer(wrong.as_json())
                raise typer.Exit(1)
        else:
            with _open(Path(against)) as stream:
                manifest_check.read_list(stream, against, held)
        counts: dict[str, int] = {}
        for lack in manifest_check.lacks(says, held):
            counts[lack.kind] = counts.get(lack.kind, 0) + 1
            if json:
                typer.echo(json_text.dumps(lack._asdict(), ensure_ascii=False))
            else:
                request = f"verb=GetRecord&metadataPrefix={found.prefix}&identifier={lack.identifier}"
                again = f"\t{found.repository}?{request}" if lack.kind in ("missing", "older", "other") else ""
                typer.echo(f"{lack.kind}\t{lack.identifier}\t{lack.datestamp}{again}")
    if not json:
        _show_verdict(found, counts)
    if counts:
        raise typer.Exit(1)


@app.command("partners")
def show_partners(
    name: Annotated[str, typer.Argument(help="Tên một đơn vị / The name of one.")] = "",
    add: Annotated[str, typer.Option("--add", help="Đặt tên cho một đơn vị / Give a partner a name.")] = "",
    network: Annotated[str, typer.Option(help="Dải địa chỉ / Network, 203.0.113.0/24.")] = "",
    agent: Annotated[str, typer.Option(help="Tên chương trình / Part of the User-Agent.")] = "",
    mail: Annotated[str, typer.Option(help="Thư trong đầu mục From / The From header.")] = "",
    json: Json = False,
) -> None:
    """Ai thu thập gì, đến đâu, gặp lỗi gì / Who harvests what, how far, and which errors they met."""
    with opened() as (_, store):
        if add:
            partners.name(store, add, network, agent, mail)
            say(f"Đã đặt tên {add}.", f"Named {add}.")
            return
        found = [partners.get(store, name)] if name else partners.all_partners(store)
        lists = {one.name: partners.walks(store, one.number, 50 if name else 1) for one in found}
    if json:
        answer([asdict(one) | {"lists": [asdict(walk) for walk in lists[one.name]]} for one in found])
        return
    table = Table("Đơn vị/Partner", "Lần gần nhất/Last (UTC)", "Danh sách/List", "Đã nhận/Received", "", "Lỗi/Errors")
    for one in found:
        errors = ", ".join(f"{code} {written(count)}" for code, count in one.errors.items())
        for place, walk in enumerate(lists[one.name] or [None]):
            first = (plain(one.name), iso(one.last)) if place == 0 else ("", "")
            table.add_row(*first, *_walk(walk), plain(errors) if place == 0 else "")
    out.print(table)


@app.command("announce")
def announce(
    records: Annotated[list[str] | None, typer.Argument(help="Mã biểu ghi / Identifiers.")] = None,
    set_: Annotated[str, typer.Option("--set", help="Cả một tập hợp / A whole set.")] = "",
    library: Annotated[str, typer.Option(help="Cả một thư viện / A whole library.")] = "",
    changed_since: Annotated[str, typer.Option(help="Đổi từ ngày này / Changed since (UTC).")] = "",
    change_set: Annotated[int | None, typer.Option(help="Một đợt sửa lặng / A silent change set.")] = None,
    format_: Annotated[str, typer.Option("--format", help="Chỉ khổ mẫu này / Only this format.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Làm, không chỉ xem trước / Do it, not only preview.")] = False,
    many: Annotated[bool, typer.Option("--many", help="Đúng là nhiều như vậy / So many are meant.")] = False,
    json: Json = False,
) -> None:
    """Báo lại biểu ghi với dấu thời gian mới / Tell records anew, with a new datestamp. It cannot be undone."""
    since = parse_datestamp(changed_since) if changed_since else None
    if changed_since and since is None:
        raise InputError(NO_DATE, seen=changed_since)
    choice = Choice(
        tuple(records or ()), set_, library, since.first if since is not None else None, change_set, format_
    )
    with opened() as (_, store):
        done = announcing.tell_anew(store, choice, many) if yes else announcing.preview(store, choice)
    if json:
        answer(asdict(done) | {"many": done.many})
        return
    _show_announcement(done)


def _show_announcement(done: Announcement) -> None:
    if done.unknown:
        listed = ", ".join(done.unknown[:10])
        say(f"Không có biểu ghi nào mang mã: {listed}.", f"No record is called: {listed}.")
    if done.stamp is None:
        say(
            f"Sẽ báo lại {written(done.records)} trong {written(done.shown)} biểu ghi. Chưa có gì thay "
            f"đổi. Việc này không hoàn tác "
            f"được. Để làm, chạy lại với --yes{' --many' if done.many else ''}.",
            f"This would announce {done.records:,} of {counted(done.shown, 'record')}. Nothing was changed. It cannot "
            f"be undone. To do it, run again with --yes{' --many' if done.many else ''}.",
        )
        return
    numbers = ", ".join(map(str, done.change_sets)) or "–"
    say(
        f"Đã báo lại {written(done.records)} biểu ghi, dấu thời gian {iso(done.stamp)} (đợt {numbers}).",
        f"Announced {counted(done.records, 'record')} with the datestamp {iso(done.stamp)} (change set {numbers}).",
    )


def _show_report(report: Report, json: bool) -> None:
    found = report.findings.as_json()
    if json:
        answer({"stopped": report.stopped, "counts": report.counts, "findings": found})
        return
    for one in found:
        out.print(f"[red]✗[/red] {one['rule']} ({one['section']}): {plain(one['vi'])} – {written(one['count'])}")
        out.print(f"  [dim]{plain(one['en'])}[/dim]")
        for example in one["examples"][:5]:
            out.print(f"    {plain(example)}")
    counts = report.counts
    done = [counts.get(name, 0) for name in ("records", "lists", "requests")]
    vi, en = " / ".join(map(written, done)), " / ".join(f"{one:,}" for one in done)
    behind, unsorted = counts.get("behind", 0), counts.get("unsorted", 0)
    if behind or unsorted:
        say(
            f"Còn đang làm, không phải lỗi: tạo các khổ mẫu {_FOLLOWED} cho {written(behind)} biểu ghi, xếp bộ cho "
            f"{written(unsorted)} biểu ghi.",
            f"No fault: the formats {_FOLLOWED} are still being made for {counted(behind, 'record')}, and "
            f"{counted(unsorted, 'record')} "
            "are still to be put into sets.",
        )
    if report.stopped:
        say(f"Dừng giữa chừng; đã so {vi}.", f"Stopped half-way; compared {en}.")
    elif not found:
        say(
            f"Nguồn phát không có lỗi (lượt biểu ghi / danh sách / yêu cầu: {vi}).",
            f"The feed is sound (records / lists / requests: {en}).",
        )


def _show_verdict(found: manifest_check.Manifest, counts: dict[str, int]) -> None:
    signed = f"{found.signer[:16]}…" if found.signer else "không kiểm / not checked"
    vi = ", ".join(f"{kind} {written(count)}" for kind, count in sorted(counts.items()))
    en = ", ".join(f"{kind} {count:,}" for kind, count in sorted(counts.items()))
    name = f"{found.prefix} {found.set_spec or '*'}"
    say(
        f"Bản kê {name} đến {found.as_of}, {written(found.records)} biểu ghi; khoá đã ký: {signed}",
        f"Manifest {name} as of {found.as_of}, {counted(found.records, 'record')}.",
    )
    if counts:
        say(
            f"Chưa đủ: {vi}. Xin lại từng biểu ghi theo địa chỉ ở trên; nếu nhiều, hãy nhờ thư viện báo lại "
            "(lienthong feed announce).",
            f"Not complete: {en}. Request the records again at the addresses above; if they are many, ask the "
            "library to announce them.",
        )
    else:
        say("Đủ, không thiếu và không cũ biểu ghi nào.", "Complete: nothing is missing, nothing is old.")


def _walk(walk: partners.Walk | None) -> tuple[str, str, str]:
    if walk is None:
        return "", "", ""
    where = f"/oai/{walk.repository}" if walk.repository else "/oai"
    since = f" from={iso(walk.since)}" if walk.since >= 0 else ""
    state = "xong/complete" if walk.complete else "chưa xong/not complete"
    name = plain(f"{where} {walk.verb} {walk.format} {walk.set_spec}{since}")
    return name, f"{written(walk.delivered)}/{written(walk.total)}", state


@contextmanager
def _stoppable() -> Iterator[Callable[[], bool]]:
    """Ctrl-C ends the work at the next request, with what was found so far."""
    stopped: list[int] = []
    before = signal.signal(signal.SIGINT, lambda *_: stopped.append(1))
    try:
        yield lambda: bool(stopped)
    finally:
        signal.signal(signal.SIGINT, before)


def _open(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise InputError(UNREADABLE, name=path, reason=error.strerror or error) from error


def _read(path: Path) -> bytes:
    with _open(path) as stream:
        return stream.read(65536)
