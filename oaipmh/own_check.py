"""The check of this server's own feed: the whole repository and each library's, held against the store, and kept."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Iterator
from typing import Final

from lxml import etree

from catalogue import feed_checks, feed_truth, followers, jobs, libraries, set_sweep
from catalogue.feed_truth import Expected
from catalogue.store import Store
from oaipmh.asking import Application, Ask, InProcess
from oaipmh.repository import Repository
from oaipmh.rules import Findings
from oaipmh.selfcheck import Check, Report, Truth

_log = logging.getLogger("lienthong.oaipmh")
JOB: Final = "feed-check"
LOCK: Final = "feed-check"

Tell = Callable[[dict[str, int]], object]
Stop = Callable[[], bool]


def truth(store: Store, repository: Repository, own_set: str = "") -> Truth:
    """What the store says that the lists of `repository` must show; `own_set`: the set it is, if it is a library's."""

    def expected(spec: str, prefix: str, verify: bool) -> Iterator[Expected]:
        name = repository.format_of(prefix)
        if name is None:
            return
        for one in feed_truth.expected(store, spec, name, verify, own_set):
            yield one._replace(identifier=repository.identifier(one.identifier))

    return expected


def is_sampled(spec: str) -> bool:
    """Whether the records of a set are only sampled: all but everything and the libraries.

    Every record is in several sets in every format; what it holds is read in full where it is harvested most.
    """
    return spec != "" and not spec.startswith(f"{libraries.LIBRARY_SETS}:")


def check_own(
    store: Store,
    application: Application,
    repository: Repository,
    *,
    grammar: etree.XMLSchema | None = None,
    tell: Tell = lambda counts: None,
    stop: Stop = lambda: False,
    sleep: Callable[[float], object] = time.sleep,
    formats: Collection[str] = (),
    sets: Collection[str] = (),
) -> Report | None:
    """Check the feed that `application` serves, and keep the result; None when a check is running already.

    The union and every library's own repository show different records, so each is read in full; but see `is_sampled`,
    unless `sets` names the sets. Formats and sets that are still being made
    are no finding: the report counts how many records that is for. Raises StoreError when the store fails; the result
    then says so.
    """
    with store.locks.hold(LOCK, wait=0) as held:
        if not held:
            return None
        report = Report()

        def run(ask: Ask, lists: Truth) -> None:
            asked = Check(
                ask,
                truth=lists,
                grammar=grammar,
                tell=tell,
                stop=stop,
                sleep=sleep,
                formats=formats,
                sets=sets,
                sampled=(lambda spec: False) if sets else is_sampled,
                aliases=repository.aliases,
            )
            _add(report, asked.run())

        waiting = followers.behind(store)
        report.count("behind", waiting.changes + waiting.records)
        report.count("unsorted", set_sweep.left(store))
        number = feed_checks.begin(store, repository.base_url)
        job = jobs.start(store, JOB)
        try:
            run(InProcess(application, "/oai"), truth(store, repository))
            for library in () if sets else libraries.all_libraries(store):
                if not report.stopped:
                    own = InProcess(application, f"/oai/{library.code}")
                    run(own, truth(store, repository, library.set_spec))
        except BaseException as error:
            feed_checks.end(store, number, feed_checks.FAILED, report.counts, report.findings.as_json())
            jobs.finish(store, job, jobs.FAILED, repr(error))
            raise
        _end(store, number, report)
        jobs.finish(store, job, jobs.DONE, ", ".join(sorted(report.findings.counts)))
        if report.findings:
            _log.error("the feed is not sound: %s", report.findings.counts)
        return report


def check_other(store: Store, base_url: str, check: Check) -> Report:
    """Run the check of another repository and keep the result. Raises what the check raises; the result says so."""
    number = feed_checks.begin(store, base_url)
    try:
        report = check.run()
    except BaseException:
        feed_checks.end(store, number, feed_checks.FAILED, check.report.counts, check.report.findings.as_json())
        raise
    _end(store, number, report)
    return report


def _end(store: Store, number: int, report: Report) -> None:
    state = feed_checks.FAULTY if report.findings else feed_checks.SOUND
    state = feed_checks.STOPPED if report.stopped else state
    feed_checks.end(store, number, state, report.counts, report.findings.as_json())


def _add(report: Report, found: Report) -> None:
    for name, number in found.counts.items():
        report.count(name, number)
    report.stopped = found.stopped
    _merge(report.findings, found.findings)


def _merge(into: Findings, found: Findings) -> None:
    for number, count in found.counts.items():
        into.counts[number] = into.counts.get(number, 0) + count
        into.found.setdefault(number, []).extend(found.found[number])
