"""MARC-8 against pymarc and against real UTF-8 twins: python -m benchmarks.marc8

The records are those of data/marc/gpo beside the repository. Printed are counts, and with --differences the values that
differ from their twin.
"""

from __future__ import annotations

import gzip
import io
import pathlib
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from unicodedata import normalize

from pymarc import MARCReader
from pymarc.marc8 import marc8_to_unicode

from marc import iso2709
from marc.charset import decode, encode

GPO = pathlib.Path(__file__).resolve().parents[1].parent / "shared" / "data" / "marc" / "gpo"
LOST = "\ufffd".encode()
Field = list[tuple[bytes, bytes]]


def records(name: str) -> Iterator[bytes]:
    data = (GPO / name).read_bytes()
    data = gzip.decompress(data) if name.endswith(".gz") else data
    return (record.lstrip(b"\r\n") for record in data.split(b"\x1d") if len(record) > 24)


def control_number(record: bytes) -> bytes:
    return record.split(b"\x1e", 2)[1]


def fields(record: bytes) -> dict[bytes, list[Field]]:
    """Data fields by tag, as pairs of subfield code and value."""
    head, *bodies = record[24:].split(b"\x1e")
    found: dict[bytes, list[Field]] = defaultdict(list)
    for at, body in zip(range(0, len(head), 12), bodies, strict=False):
        if not head[at:].startswith(b"00"):
            found[head[at : at + 3]].append([(piece[:1], piece[1:]) for piece in body.split(b"\x1f")[1:]])
    return found


def is_marc8(value: bytes) -> bool:
    return not value.isascii() or b"\x1b" in value


def twins() -> tuple[list[bytes], list[tuple[bytes, str]]]:
    """MARC-8 records that are not plain ASCII; their values with the value of the same place in the UTF-8 record."""
    marc8 = {control_number(record): record for record in records("gpo_marc8_dev.mrc.gz") if is_marc8(record)}
    pairs = []
    for record in records("gpo_utf8_dev.mrc.gz"):
        ours = fields(marc8.get(control_number(record), b"0" * 24 + b"\x1e"))
        theirs = fields(record) if ours else {}
        for tag, group in ours.items():
            twin = theirs.get(tag, [])
            for field, other in zip(group, twin, strict=False) if len(group) == len(twin) else ():
                if [code for code, _ in field] == [code for code, _ in other]:
                    for (_, value), (_, gold) in zip(field, other, strict=True):
                        if is_marc8(value):
                            pairs.append((value, normalize("NFC", gold.decode("utf-8", "replace"))))
    return list(marc8.values()), pairs


def faster(values: list[bytes], theirs: list[bytes]) -> float:
    """How often `decode` reads `values` while pymarc reads `theirs` once: best of seven alternating passes each."""

    def seconds(work: Callable[[bytes], object], data: list[bytes]) -> float:
        start = time.process_time()
        for value in data:
            work(value)
        return time.process_time() - start

    passes = [(seconds(lambda value: marc8_to_unicode(value, True), theirs), seconds(decode, values)) for _ in range(7)]
    return min(peer for peer, _ in passes) / min(ours for _, ours in passes)


def read_faster(bodies: list[bytes]) -> float:
    """How often whole records are read while pymarc reads them once, best of five alternating passes each."""
    data = b"".join(body + b"\x1d" for body in bodies)

    def theirs() -> None:
        for _ in MARCReader(data, to_unicode=True):
            pass

    def ours() -> None:
        for _ in iso2709.readings(io.BytesIO(data)):
            pass

    passes = [(clocked(theirs), clocked(ours)) for _ in range(5)]
    return min(peer for peer, _ in passes) / min(mine for _, mine in passes)


def clocked(work: Callable[[], None]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def subfields(bodies: list[bytes]) -> list[bytes]:
    return [piece for body in bodies for piece in body.replace(b"\x1e", b"\x1f").split(b"\x1f")]


def reason(value: bytes, gold: str) -> str:
    if "\ufe20" in gold or "\ufe22" in gold:
        return "the twin has the half marks that MARC Proposal 2004-08 replaced"
    if b"\x1b" in value:
        return "the twin has lost the escape character or the letters behind it"
    return "the twin was edited or damaged otherwise"


def report(name: str, value: float, target: float, form: str) -> None:
    print(f"{name}: {value:{form}} (target {target:{form}}) {'ok' if value >= target else 'short'}")


def main() -> None:
    if not GPO.exists():
        print("data/marc/gpo is not beside the repository: nothing measured")
        return
    bodies, pairs = twins()
    whole = [(value, gold) for value, gold in pairs if LOST not in value and "\ufffd" not in gold]
    values = [value for value, _ in pairs]
    peer = [marc8_to_unicode(value, True) == gold for value, gold in whole]
    wrong = [(value, gold) for value, gold in whole if decode(value).text != gold]
    print(f"{len(bodies)} records, {len(pairs)} values with a twin, {len(whole)} of them whole on both sides")
    print(f"pymarc equal to the twin: {sum(peer) / len(whole):.1%}")
    for why, count in Counter(reason(*pair) for pair in wrong).most_common():
        print(f"  differs: {count:4}  {why}")
    if "--differences" in sys.argv:
        for value, gold in wrong:
            print(f"    {value!r}\n      ours {decode(value).text!r}\n      twin {gold!r}")
    report("marc8 values equal to their UTF-8 twin", 1 - len(wrong) / len(whole), 0.906, ".1%")
    back = sum(decode(encode(decode(value).text).data).text == decode(value).text for value in values)
    report("marc8 values that survive encode and decode", back / len(values), 1, ".1%")
    values = [value for value, _ in whole]
    report("marc8 speed against pymarc, non-ASCII values", faster(values, values), 5, ".1f")
    foreign = bodies
    bodies = bodies[:300]
    report("marc8 speed against pymarc, records not in ASCII", faster(bodies, subfields(bodies)), 5, ".1f")
    bodies = [body for body, _ in zip(records("gpo_marc8_dev.mrc.gz"), range(300), strict=False)]
    report("marc8 speed against pymarc, records as they come", faster(bodies, subfields(bodies)), 5, ".1f")
    everything = list(records("gpo_marc8_dev.mrc.gz"))[:3000]
    report("marc8 records read, against pymarc, as they come", read_faster(everything), 5, ".1f")
    report("marc8 records read, against pymarc, not in ASCII", read_faster(foreign), 5, ".1f")


if __name__ == "__main__":
    main()
