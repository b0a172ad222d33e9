"""Time as harvesters see it: no stamp is ever earlier than an answer already given.

A harvester asks for everything since the responseDate of its last answer. It misses a record exactly when a stamp
earlier than that responseDate is committed after it. Clocks cannot prevent this: a publication takes time, and clocks
are set back. So the store keeps one number, the *mark*: the latest moment that any answer has named.

- A reader first raises the mark to its clock, in a small commit of its own, and then answers max(mark, last stamp) as
  its snapshot shows them. When it cannot raise the mark (a publisher is at work, the disk is full), it answers with
  the mark as it is: an earlier responseDate costs the harvester a few records twice, never one record.
- A publisher takes the clock's row (PostgreSQL) or the writer lock (SQLite) for its whole transaction, stamps
  S = max(clock, last stamp, mark), and commits rows and last stamp together. While it works nobody can raise the mark.

So every answer given before the commit is at most S, and every answer given after it is at least S. No clock has to
agree with another one or with itself, and publishers take turns by the same lock, which also numbers the change
sequence without gaps. docs/decisions/005 has the argument in full.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import Connection, select, update

from catalogue import messages
from catalogue.store import PUBLISHED, Store, iso
from catalogue.tables import clock
from foundation.errors import StoreError
from foundation.limits import CLOCK_LEAP_DAYS

DAY = 86_400
_COLUMNS = (clock.c.last_stamp, clock.c.mark, clock.c.seq, clock.c.commits, clock.c.accepted)
_READ = select(*_COLUMNS)


class Moment(NamedTuple):
    """What the store's clock row says. Times are seconds since 1970, UTC."""

    last_stamp: int
    mark: int
    seq: int
    """Last number of the change sequence."""
    commits: int
    """How often the feed was moved: what was read of it is still true while this is what it was."""
    accepted: int
    """Clocks up to here were confirmed by a person."""

    @property
    def latest(self) -> int:
        """What an answer may say: every later stamp is at least this."""
        return max(self.last_stamp, self.mark)

    def leapt(self, now: int) -> bool:
        """Whether `now` is too far ahead to be believed: stamps never go back, so a wrong year would stay for ever."""
        return self.latest > 0 and now - self.latest > CLOCK_LEAP_DAYS * DAY and now > self.accepted


def read(connection: Connection) -> Moment:
    """The clock as this transaction sees it."""
    row: Any = connection.execute(_READ).cursor
    return Moment(*row.fetchone())


def promise(store: Store) -> None:
    """Raise the mark to the clock if that can be done at once; otherwise leave it, which is always safe."""
    if not store.second_passed():
        return

    def raise_mark(connection: Connection) -> None:
        row = connection.execute(select(*_COLUMNS).with_for_update(skip_locked=True)).one_or_none()
        if row is not None:
            moment, now = Moment(*row), store.now(connection)
            if now > moment.latest and not moment.leapt(now):
                connection.execute(update(clock).values(mark=now))

    store.attempt(raise_mark)


def take(store: Store, connection: Connection) -> tuple[int, int]:
    """Be the publisher until the transaction ends; returns (stamp, last number of the change sequence).

    Raises StoreError when the machine's clock has leapt ahead.
    """
    moment = Moment(*connection.execute(select(*_COLUMNS).with_for_update()).one())
    now = store.now(connection)
    if moment.leapt(now):
        raise StoreError(
            messages.CLOCK_LEAP,
            now=iso(now),
            last=iso(moment.latest),
            days=(now - moment.latest) // DAY,
            allowed=CLOCK_LEAP_DAYS,
        )
    return max(now, moment.latest), moment.seq


def settle(connection: Connection, stamp: int, seq: int) -> None:
    """What a publisher leaves behind, in the commit that shows its records. Whoever moves rows of the feed calls it."""
    connection.execute(update(clock).values(last_stamp=stamp, seq=seq, commits=clock.c.commits + 1))
    connection.info[PUBLISHED] = True


def accept(store: Store) -> int:
    """Confirm that the machine's clock is right although it is far ahead; returns what it says."""
    with store.write() as connection:
        now = store.now(connection)
        connection.execute(update(clock).values(accepted=now + DAY))
    return now
