"""What can be seen to be wrong with a store, by looking. Nothing is changed."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import and_, func, select, text

from catalogue import changesets, clock, jobs
from catalogue.homes import at_home
from catalogue.store import Store, iso
from catalogue.tables import LIVE, STAGED, change_set, feed, record, version
from foundation.errors import counted
from vietnamese.numbers import written

FREE_BYTES = 1024**3
"""Below this much free disk a large import may not fit any more."""

SILENT_SECONDS = 300
"""A job without a sign of life for so long is not running any more."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `ok` False asks somebody to do something; the texts say what."""

    name: str
    ok: bool
    vi: str
    en: str


def examine(store: Store, home: Path) -> list[Finding]:
    """Look at the disk, the database, the feed, unfinished work and the clock. Raises StoreError if it cannot."""
    return [_disk(home), _database(store), _feed(store), _work(store), _unfinished(store), _clock(store)]


def glance(store: Store, home: Path) -> list[Finding]:
    """What of that can be seen at once, however large the store is."""
    return [_disk(home), _work(store), _unfinished(store), _clock(store)]


def _disk(home: Path) -> Finding:
    free = shutil.disk_usage(home).free
    size = free / FREE_BYTES
    ok = free >= FREE_BYTES
    advice = ("", "") if ok else (" Hãy dọn bớt đĩa.", " Free some disk space.")
    return Finding(
        "disk",
        ok,
        f"còn trống {written(size, 1)} GiB ở {home}.{advice[0]}",
        f"{size:.1f} GiB free at {home}.{advice[1]}",
    )


def _database(store: Store) -> Finding:
    """SQLite: every page is whole and every index complete. PostgreSQL checks its own pages."""
    with store.read() as connection:
        if not store.sqlite:
            found = connection.execute(text("SHOW server_version")).scalar_one()
            return Finding("database", True, f"PostgreSQL {found}.", f"PostgreSQL {found}.")
        said = str(connection.execute(text("PRAGMA quick_check(1)")).scalar_one())
        release = str(connection.execute(text("SELECT sqlite_version()")).scalar_one())
    if said == "ok":
        return Finding("database", True, f"SQLite {release}, tệp nguyên vẹn.", f"SQLite {release}, the file is whole.")
    return Finding(
        "database",
        False,
        f"tệp SQLite bị hỏng ({said}). Hãy dừng máy chủ và khôi phục bản sao lưu.",
        f"the SQLite file is damaged ({said}). Stop the server and restore a backup.",
    )


def _feed(store: Store) -> Finding:
    """Every record that is shown, or was, stands in the feed; every version that is shown is there."""
    everywhere = and_(feed.c.record_id == record.c.id, at_home(feed.c.set_id))
    missing_row = select(func.count()).select_from(record.outerjoin(feed, everywhere))
    missing_row = missing_row.where(record.c.status != STAGED, feed.c.record_id.is_(None))
    missing_version = select(func.count()).select_from(record.outerjoin(version, version.c.id == record.c.version_id))
    missing_version = missing_version.where(record.c.status == LIVE, version.c.id.is_(None))
    with store.read() as connection:
        live = connection.execute(select(func.count()).where(record.c.status == LIVE)).scalar_one()
        lost = connection.execute(missing_row).scalar_one() + connection.execute(missing_version).scalar_one()
    if not lost:
        return Finding(
            "feed",
            True,
            f"{written(live)} biểu ghi đang phát, không thiếu.",
            f"{counted(live, 'record')} shown, none missing.",
        )
    return Finding(
        "feed",
        False,
        f"{written(lost)} biểu ghi không có trong nguồn phát. Hãy khôi phục bản sao lưu và báo cho người phát triển.",
        f"{counted(lost, 'record is', 'records are')} missing from the feed. Restore a backup and tell the developers.",
    )


def _work(store: Store) -> Finding:
    """What runs now and how far it is; a job that gave no sign of life for minutes was killed."""
    with store.read() as connection:
        now = store.now(connection)
    running = [job for job in jobs.latest(store) if job.state == jobs.RUNNING and now - job.heartbeat < SILENT_SECONDS]
    if not running:
        return Finding("work", True, "không có việc nào đang chạy.", "nothing is running.")
    vi = ", ".join(f"{job.kind} (đợt {job.change_set}): {written(job.done)} biểu ghi" for job in running)
    en = ", ".join(f"{job.kind} (change set {job.change_set}): {counted(job.done, 'record')}" for job in running)
    return Finding("work", True, f"đang chạy: {vi}.", f"running: {en}.")


def _unfinished(store: Store) -> Finding:
    """Imports that were interrupted keep what they have staged until they are continued or dropped."""
    query = select(change_set.c.id).where(change_set.c.state == changesets.STAGING).order_by(change_set.c.id)
    with store.read() as connection:
        numbers = [str(number) for number in connection.scalars(query)]
    if not numbers:
        return Finding("imports", True, "không có đợt nhập dở dang.", "no unfinished import.")
    listed = ", ".join(numbers)
    return Finding(
        "imports",
        False,
        f"đợt nhập dở dang: {listed}. Chạy lại đúng lệnh nhập để tiếp tục, hoặc lienthong import --discard SỐ.",
        f"unfinished imports: {listed}. Run the same import again to continue, or lienthong import --discard N.",
    )


def _clock(store: Store) -> Finding:
    with store.read() as connection:
        moment, now = clock.read(connection), store.now(connection)
    if moment.leapt(now):
        return Finding(
            "clock",
            False,
            f"đồng hồ chỉ {iso(now)}, quá xa dấu thời gian gần nhất {iso(moment.latest)}. Hãy chỉnh đồng hồ, hoặc xác "
            "nhận bằng lienthong doctor --accept-clock.",
            f"the clock says {iso(now)}, too far ahead of the last stamp {iso(moment.latest)}. Set it right, or "
            f"confirm "
            "it with lienthong doctor --accept-clock.",
        )
    return Finding("clock", True, f"đồng hồ: {iso(now)}.", f"clock: {iso(now)}.")
