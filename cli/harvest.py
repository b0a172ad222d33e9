"""`lienthong harvest`: sources of records, and the harvests of them."""

from __future__ import annotations

import csv
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from catalogue import runs, sources
from catalogue.quarantine import Quarantined
from catalogue.runs import Run
from catalogue.store import Store
from cli import harvest_report as show
from cli import harvest_sources
from cli.harvest_progress import attended
from cli.terminal import Json, Quiet, answer, opened, say
from foundation.errors import InputError, RefusedError, counted
from foundation.messages import KEY_WRONG
from harvesting import desk, kinds, quarantine, report, standing, trial, trials
from harvesting import messages as harvest_messages
from oaipmh import harvest_messages as oai_messages
from oaipmh.quirks import Quirks
from vietnamese.numbers import written

app = typer.Typer(help="Thu thập biểu ghi từ nơi khác / Harvest records from others.", no_args_is_help=True)
app.add_typer(harvest_sources.app)  # without a name: its commands stand beside the others

Name = Annotated[str, typer.Argument(help="Tên nguồn / Name of the source.")]
Number = Annotated[int, typer.Argument(metavar="RUN", help="Số đợt thu thập / Number of the run.")]
Sets = Annotated[list[str] | None, typer.Option("--set", help="Chỉ bộ này, lặp lại được / Only this set; repeatable.")]
Prefix = Annotated[str | None, typer.Option(help="metadataPrefix: marcxml, oai_dc …")]
AllowPrivate = Annotated[
    bool, typer.Option("--allow-private", help="Cho gọi địa chỉ nội bộ mà URL dẫn tới / Allow its private address.")
]
Allow = Annotated[
    list[str] | None, typer.Option("--allow", help="Cho gọi mạng nội bộ này / Allow this network: 10.1.0.0/16")
]
Schedule = Annotated[str | None, typer.Option(help='Lịch / Schedule: "hằng đêm 02:00", "every 6 hours", cron.')]
Hours = Annotated[str | None, typer.Option(help="Giờ được gọi / Hours it may be called: 22:00-05:00")]
Quirk = Annotated[
    list[str] | None, typer.Option("--quirk", help="Đặc điểm của nguồn / Its own ways: days=true, lặp lại được.")
]
User = Annotated[str | None, typer.Option(help="Tên đăng nhập của nguồn / User name at the source.")]
PasswordStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Đọc mật khẩu từ đầu vào chuẩn / Read the password from stdin.")
]
KeyFile = Annotated[
    Path | None, typer.Option("--key-file", help="SFTP: tệp khoá riêng, thay mật khẩu / Private key, for a password.")
]
HostKey = Annotated[
    str | None, typer.Option("--host-key", help="SFTP: khoá máy chủ đã nhận / Accepted key: ssh-ed25519 SHA256:…")
]
Notify = Annotated[
    list[str] | None, typer.Option("--notify", help="Báo cho / Tell: thư điện tử hoặc https://…, lặp lại được.")
]
Brake = Annotated[
    int | None, typer.Option(help="Phanh khi xoá quá bấy nhiêu % / Brake: per cent deleted.", min=0, max=100)
]
Pause = Annotated[float | None, typer.Option(help="Giây nghỉ giữa hai yêu cầu / Seconds between requests.", min=0)]
CaFile = Annotated[str | None, typer.Option(help="Chứng thư tin thêm (PEM) / Certificates to trust beside.")]
Archive = Annotated[bool | None, typer.Option("--archive/--no-archive", help="Giữ mọi trang nguồn gửi / Keep pages.")]


def _values(url: str | None, allow_private: bool, allow: list[str] | None, **given: Any) -> dict[str, Any]:
    """Settings as they were typed; what was not typed is not in it."""
    values = {name: value for name, value in given.items() if value is not None}
    if url is not None:
        values["url"] = url
    allowed = list(allow or ())
    if allow_private and url is not None:
        allowed += desk.private_addresses(url)
    if allowed or allow is not None:
        values["allow"] = allowed
    if "quirks" in values:
        values["quirks"] = dict(_quirk(one) for one in values["quirks"])
    return values


def _quirk(text: str) -> tuple[str, bool | int]:
    name, _, value = text.partition("=")
    said = value.strip().lower()
    if said in ("", "true", "yes", "có", "on"):
        return name.strip(), True
    if said in ("false", "no", "không", "off"):
        return name.strip(), False
    if not (said.isascii() and said.isdigit() and len(said) < 8):
        known = ", ".join(Quirks.__dataclass_fields__)
        raise InputError(oai_messages.QUIRK_UNKNOWN, name=name, value=value, known=known)
    return name.strip(), int(said)


def _password(wanted: bool, key: Path | None = None) -> str:
    """What was typed, or the private key in a file."""
    if key is None:
        return sys.stdin.readline().rstrip("\r\n") if wanted else ""
    try:
        return key.read_text(encoding="ascii")
    except (OSError, ValueError) as error:
        raise InputError(KEY_WRONG, reason=f"{key}: {error}") from error


@app.command("add")
def add(
    name: Name,
    library: Annotated[str, typer.Option(help="Mã thư viện có biểu ghi / Code of the library.")],
    url: Annotated[str | None, typer.Option(help="Địa chỉ OAI-PMH, hoặc của tệp / Base address, or of a file.")] = None,
    file: Annotated[bool, typer.Option("--file", help="--url là địa chỉ của một tệp / --url is a file's.")] = False,
    folder: Annotated[str | None, typer.Option(help="Thư mục được theo dõi / A folder to watch.")] = None,
    sru: Annotated[bool, typer.Option("--sru", help="--url là máy chủ SRU / --url is an SRU server.")] = False,
    resourcesync: Annotated[
        bool, typer.Option("--resourcesync", help="--url là nguồn ResourceSync / --url is a ResourceSync source.")
    ] = False,
    sftp: Annotated[
        bool, typer.Option("--sftp", help="--url là tệp hay thư mục qua SFTP / --url is a file or folder over SFTP.")
    ] = False,
    host_key: HostKey = None,
    key_file: KeyFile = None,
    query: Annotated[str | None, typer.Option(help="SRU: lấy những gì, bằng CQL / What to take, in CQL.")] = None,
    schema: Annotated[str | None, typer.Option(help="SRU: recordSchema, marcxml …")] = None,
    sru_version: Annotated[str | None, typer.Option("--sru-version", help="1.1 | 1.2 | 2.0")] = None,
    since_index: Annotated[
        str | None, typer.Option("--since-index", help="SRU: chỉ mục ngày sửa / Index of the day of change.")
    ] = None,
    encoding: Annotated[str | None, typer.Option(help="Bảng mã của các tệp / Encoding of the files.")] = None,
    complete: Annotated[
        bool | None, typer.Option("--complete", help="Mỗi tệp là toàn bộ / Each file is everything there is.")
    ] = None,
    sets: Sets = None,
    prefix: Prefix = None,
    allow_private: AllowPrivate = False,
    allow: Allow = None,
    schedule: Schedule = None,
    hours: Hours = None,
    quirk: Quirk = None,
    user: User = None,
    password_stdin: PasswordStdin = False,
    notify: Notify = None,
    brake: Brake = None,
    pause_seconds: Pause = None,
    ca_file: CaFile = None,
    archive: Archive = None,
    json: Json = False,
) -> None:
    """Thêm nguồn: OAI-PMH, tệp, thư mục, SFTP, SRU, ResourceSync / Add a source of any of these kinds."""
    chosen = [
        kind
        for kind, said in (
            (kinds.FOLDER, folder is not None),
            (kinds.FILE, file),
            (kinds.SRU, sru),
            (kinds.SYNC, resourcesync),
            (kinds.SFTP, sftp or (url or "").lower().startswith("sftp:")),
        )
        if said
    ]
    if (url is None) == (folder is None) or len(chosen) > 1:
        raise typer.BadParameter("--url URL [--file | --sftp | --sru | --resourcesync] | --folder DIR")
    kind = chosen[0] if chosen else kinds.OAI
    with opened() as (settings, store):
        values = _values(
            url, allow_private, allow, sets=sets, prefix=prefix, schedule=schedule, hours=hours, quirks=quirk,
            user=user, notify=notify, brake=brake, pause=pause_seconds, ca_file=ca_file, archive=archive,
            folder=folder, encoding=encoding, complete=complete, query=query, schema=schema, version=sru_version,
            since_index=since_index, host_key=host_key,
        )  # fmt: skip
        made = desk.add(store, settings, library, name, values, _password(password_stdin, key_file), kind)
        found = standing.source_standing(store, settings, made)
        if json:
            answer(show.source_values(found))
            return
        say(f"Đã thêm nguồn {name} của thư viện {library}.", f"Added the source {name} of the library {library}.")
        show.when(found, settings)
        say(f"Thu thập ngay: lienthong harvest run {name}", f"To harvest now: lienthong harvest run {name}")


@app.command("change")
def change(
    name: Name,
    url: Annotated[str | None, typer.Option(help="Địa chỉ OAI-PMH / Base address.")] = None,
    sets: Sets = None,
    prefix: Prefix = None,
    allow_private: AllowPrivate = False,
    allow: Allow = None,
    schedule: Schedule = None,
    hours: Hours = None,
    quirk: Quirk = None,
    user: User = None,
    password_stdin: PasswordStdin = False,
    host_key: HostKey = None,
    key_file: KeyFile = None,
    notify: Notify = None,
    brake: Brake = None,
    pause_seconds: Pause = None,
    ca_file: CaFile = None,
    archive: Archive = None,
    json: Json = False,
) -> None:
    """Đổi thiết đặt của nguồn; "" là bỏ / Change settings of a source; "" takes one away."""
    with opened() as (settings, store):
        before = sources.named(store, name).settings
        values = _values(
            url or (str(before.get("url", "")) if allow_private else None), allow_private, allow,
            sets=_emptied(sets), prefix=prefix, schedule=schedule, hours=hours, quirks=quirk, user=user,
            notify=_emptied(notify), brake=brake, pause=pause_seconds, ca_file=ca_file, archive=archive,
            host_key=host_key,
        )  # fmt: skip
        if "quirks" in values:
            values["quirks"] = dict(before.get("quirks", {})) | values["quirks"]
        made = desk.change(store, settings, name, values, _password(password_stdin, key_file))
        found = standing.source_standing(store, settings, made)
        if json:
            answer(show.source_values(found))
            return
        say(f"Đã đổi nguồn {name}.", f"Changed the source {name}.")
        show.when(found, settings)


def _emptied(given: list[str] | None) -> list[str] | None:
    """`--notify ""` takes all away."""
    return None if given is None else [one for one in given if one]


@app.command("list")
def list_(json: Json = False) -> None:
    """Các nguồn và tình trạng / The sources and how they stand."""
    with opened() as (settings, store):
        found = standing.all_sources(store, settings)
    if json:
        answer([show.source_values(one) for one in found])
        return
    show.source_table(found, settings)


@app.command("try")
def try_(
    url: Annotated[str, typer.Argument(help="Địa chỉ, kể cả trang web / An address, of a web page too.")],
    prefix: Prefix = None,
    library: Annotated[str, typer.Option(help="Mã thư viện, cho lệnh gợi ý / Code, for the proposed command.")] = "",
    allow_private: AllowPrivate = False,
    allow: Allow = None,
    user: User = None,
    password_stdin: PasswordStdin = False,
    host_key: HostKey = None,
    key_file: KeyFile = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Thử một nguồn, không lưu gì / Try a source; nothing is stored."""
    with opened() as (settings, store):
        wish = trial.Wish(
            url,
            prefix or "",
            library,
            tuple(allow or ()),
            allow_private,
            user or "",
            _password(password_stdin, key_file),
            host_key or "",
        )
        found = show.waiting(lambda tell: trials.attempt(store, settings, wish, tell), url, quiet or json)
    if json:
        answer(trial.values(found))
    else:
        show.trial(found)
    if not found.works:
        raise typer.Exit(1)


@app.command("run")
def run(
    name: Name,
    full: Annotated[bool, typer.Option("--full", help="Lấy lại tất cả / Everything again.")] = False,
    compare: Annotated[bool, typer.Option("--compare", help="So sánh danh sách rồi lấy chỗ khác / Compare.")] = False,
    background: Annotated[
        bool, typer.Option("--background", help="Nhờ máy chủ đang chạy làm / Let the running server do it.")
    ] = False,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Thu thập một nguồn ngay bây giờ / Harvest a source now."""
    if full and compare:
        raise typer.BadParameter("hãy chọn một trong hai / choose one of these: --full, --compare")
    kind = "full" if full else "compare" if compare else ""
    with opened() as (settings, store):
        if background:
            desk.ask(store, name, kind or desk.DUE)
            say(f"Máy chủ sẽ thu thập {name} ngay.", f"The server harvests {name} presently.")
            return
        source = sources.named(store, name)
        done = attended(store, settings, source, kind, quiet or json)
        _ended(store, done, json)
        if kind and done.kind != kind and not json:
            say(
                f"Đợt {done.number} còn dở đã được làm trước; hãy chạy lại lệnh này.",
                f"The unfinished run {done.number} came first; run this command again.",
            )


def _ended(store: Store, done: Run, json: bool) -> None:
    """Tell how a run was left, and leave with its exit code."""
    if json:
        answer(show.run_values(standing.run_standing(done)))
    else:
        show.run(standing.run_standing(done))
    published = done.state == runs.DONE or (done.state == runs.FAILED and bool(done.counts.get("read")))
    if not published:
        raise typer.Exit(1)
    if done.counts.get("quarantined") or done.state == runs.FAILED:
        raise typer.Exit(3)


@app.command("status")
def status(
    what: Annotated[str, typer.Argument(metavar="[NAME|RUN]", help="Tên nguồn hay số đợt / Source or run.")] = "",
    json: Json = False,
) -> None:
    """Đã nhận gì, không nhận gì và vì sao / What came, what did not, and why."""
    with opened() as (settings, store):
        if not what:
            found = standing.all_sources(store, settings)
            if json:
                answer([show.source_values(one) for one in found])
            else:
                show.source_table(found, settings)
            return
        if what.isascii() and what.isdigit() and len(what) < 19:
            shown = standing.run_standing(runs.get(store, int(what)))
            if json:
                answer(show.run_values(shown))
            else:
                show.run(shown)
            return
        source = standing.source_standing(store, settings, sources.named(store, what))
        latest = runs.latest(store, source.source.number, 10)
        if json:
            listed = [show.run_values(standing.run_standing(one)) for one in latest]
            answer(show.source_values(source) | {"runs": listed})
        else:
            show.source(source, latest, settings)


@app.command("pause")
def pause(number: Number, json: Json = False) -> None:
    """Cho một đợt tạm dừng / Let a run rest."""
    with opened() as (_, store):
        found = desk.pause(store, number)
    if found.state == runs.PAUSED:
        _say(found, json, f"Đợt {number} đã tạm dừng.", f"Run {number} rests.")
    else:
        _say(found, json, f"Đợt {number} sẽ dừng sau trang này.", f"Run {number} will rest behind this page.")


@app.command("resume")
def resume(
    number: Number,
    background: Annotated[bool, typer.Option("--background", help="Nhờ máy chủ / Let the server do it.")] = False,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Đi tiếp một đợt đã dừng hay bị đứt / Go on with a run that rests or was cut."""
    with opened() as (settings, store):
        if background:
            _say(
                desk.resume(store, number),
                json,
                f"Máy chủ sẽ đi tiếp đợt {number}.",
                f"The server goes on with {number}.",
            )
            return
        source = sources.named(store, desk.resumable(store, number).name)
        _ended(store, attended(store, settings, source, "", quiet or json), json)


@app.command("stop")
def stop(number: Number, json: Json = False) -> None:
    """Bỏ một đợt; những gì nó nhận chưa ai thấy / Drop a run; nobody has seen what it brought."""
    with opened() as (_, store):
        found = desk.stop(store, number)
    _say(found, json, f"Đợt {number} được bỏ.", f"Run {number} is dropped.")


@app.command("release")
def release(number: Number, json: Json = False) -> None:
    """Nhả phanh: công bố đợt đang chờ / Release the brake: publish a run that waits."""
    with opened() as (_, store):
        _ended(store, desk.release(store, number), json)


@app.command("undo")
def undo(
    number: Number,
    force: Annotated[bool, typer.Option("--force", help="Giữ biểu ghi đã sửa sau / Keep later changes.")] = False,
    json: Json = False,
) -> None:
    """Hoàn tác những gì một đợt mang về / Take back what a run brought."""
    with opened() as (_, store):
        made = desk.undo_run(store, number, force)
        found = runs.get(store, number)
    if json:
        answer({"run": number, "change_set": made})
        return
    say(f"Đã hoàn tác đợt {number} (đợt thay đổi {made}).", f"Took back run {number} (change set {made}).")
    say(
        f"Để lấy lại về sau: lienthong harvest run {found.name} --full",
        f"To have them again later: lienthong harvest run {found.name} --full",
    )


@app.command("quarantine")
def quarantine_(
    number: Number,
    export: Annotated[Path | None, typer.Option("--export", help="Ghi nguyên bản vào thư mục / Into a folder.")] = None,
    letter: Annotated[str, typer.Option(help="Thư gửi nguồn / A letter to the source: vi | en.")] = "",
    json: Json = False,
) -> None:
    """Biểu ghi không nhận được và lý do / What could not be taken in, and why."""
    if letter not in ("", "vi", "en"):
        raise typer.BadParameter("vi | en", param_hint="--letter")
    with opened() as (_, store):
        found = runs.get(store, number)
        entries = list(quarantine.left(store, found))
        url = str(sources.named(store, found.name).settings.get("url", found.name))
    if export is not None:
        _export(export, entries)
        say(
            f"Đã ghi {written(len(entries))} phần vào {export}.", f"Wrote {counted(len(entries), 'piece')} to {export}."
        )
    elif letter and entries:
        typer.echo(report.source_letter(found, url, report.refusals(entries), letter), nl=False)
    elif json:
        answer([show.entry_values(entry) for entry in entries])
    else:
        show.quarantine(found, report.refusals(entries))


def _export(folder: Path, entries: list[Quarantined]) -> None:
    """Each piece in a file of its own, and a list of them that a spreadsheet opens."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for entry in entries:
            (folder / f"{entry.number:06}.xml").write_bytes(entry.data)
        with (folder / "danh-sach.csv").open("w", encoding="utf-8-sig", newline="") as stream:
            table = csv.writer(stream)
            table.writerow(["file", "identifier", "code", "vi", "en"])
            for entry in entries:
                table.writerow(
                    [f"{entry.number:06}.xml", _harmless(entry.name), entry.code, entry.reason_vi, entry.reason_en]
                )
    except OSError as error:
        reason = error.strerror or error
        raise RefusedError(harvest_messages.FOLDER_UNWRITABLE, folder=folder, reason=reason) from error


def _harmless(text: str) -> str:
    """What a spreadsheet would take for a formula, as text."""
    return f"'{text}" if text[:1] in "=+-@\t\r" and text else text


@app.command("retry")
def retry(
    number: Number,
    repair: Annotated[bool, typer.Option("--repair", help="Nhận cả bản sửa đề nghị / With proposed repairs.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Chỉ xem / Only look.")] = False,
    json: Json = False,
) -> None:
    """Đọc lại những gì bị cách ly / Read again what was quarantined."""
    with opened() as (_, store):
        if dry_run:
            seen = list(quarantine.look(store, runs.get(store, number)))
            if json:
                answer([show.again_values(one) for one in seen])
            else:
                show.again(seen)
            return
        done = quarantine.retry(store, number, repair)
    if json:
        answer(asdict(done))
    else:
        show.retried(done)
    if done.counts[quarantine.UNREADABLE] or (done.counts[quarantine.PROPOSED] and not repair):
        raise typer.Exit(3)


def _say(found: Run, json: bool, vi: str, en: str) -> None:
    if json:
        answer(show.run_values(standing.run_standing(found)))
    else:
        say(vi, en)
