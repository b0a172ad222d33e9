"""Who may ask how much, and how many lists are worked on at once: what keeps one harvester from starving the others.

Pure bookkeeping: addresses and clocks in, seconds to wait out. A refusal is HTTP 503 with Retry-After (3.1.2.2), which
every harvester knows, rather than 429, which many do not.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from math import ceil

from foundation.errors import InputError
from foundation.limits import OAI_CLIENTS
from foundation.settings import WRONG, Settings

Network = IPv4Network | IPv6Network
_MINUTE = 60.0
_FORWARDERS = 20
"""Entries of X-Forwarded-For that are looked at, from the end: no honest request came through more proxies."""


def network(text: str, name: str) -> Network:
    """An address or network as an operator writes it. Raises InputError naming the setting `name`."""
    try:
        return ip_network(text, strict=False)
    except ValueError as error:
        wanted = "203.0.113.0/24, 2001:db8::/48, …"
        raise InputError(WRONG, name=name, seen=text, origin="lienthong.toml", wanted=wanted) from error


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """An address as it stands in REMOTE_ADDR or X-Forwarded-For, perhaps in brackets or with a port."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ip_address(text)
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found


@dataclass(frozen=True, slots=True)
class Client:
    """Whose budget a request is paid from."""

    name: str
    """Of the partner, else the address (of IPv6 the /64 that one customer has)."""
    is_partner: bool = False


class Clients:
    """Tells clients apart. Only what a proxy of ours says of them is believed beside the address itself."""

    def __init__(self, proxies: Iterable[str], partners: Iterable[str]) -> None:
        """`proxies`: networks. `partners`: NAME=NETWORK. Raises InputError for one that is neither."""
        self._proxies = [network(text, "trusted_proxies") for text in proxies]
        self._partners: list[tuple[str, Network]] = []
        for entry in partners:
            name, sign, text = entry.partition("=")
            if not (name and sign):
                raise InputError(
                    WRONG, name="partners", seen=entry, origin="lienthong.toml", wanted="NAME=203.0.113.0/24"
                )
            self._partners.append((name, network(text, "partners")))

    def of(self, remote: str, forwarded: str) -> Client:
        """The client of a request with this REMOTE_ADDR and X-Forwarded-For."""
        address = _address(remote)
        # From the right: each proxy of ours added the address that it was asked from; before those, anyone may lie.
        chain = forwarded.rsplit(",", _FORWARDERS)[-_FORWARDERS:] if forwarded else []
        while address is not None and chain and any(address in known for known in self._proxies):
            said = _address(chain.pop())
            if said is None:
                break
            address = said
        if address is None:
            return Client("")
        for name, known in self._partners:
            if address in known:
                return Client(name, is_partner=True)
        if isinstance(address, IPv6Address):
            return Client(str(ip_network((address, 64), strict=False)))
        return Client(str(address))


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a client may have in a minute; 0: as much as it likes."""

    requests: int
    bytes: int


@dataclass(slots=True)
class _Account:
    at: float
    requests: float
    bytes: float


class Budgets:
    """Token buckets of requests and bytes: a minute's worth may be spent at once, then it flows back evenly.

    An answer is paid for when its size is known, so an account may be overdrawn once. Safe for threads.
    """

    def __init__(self, client: Allowance, partner: Allowance, clock: Callable[[], float] = time.monotonic) -> None:
        self._allowances = {False: client, True: partner}
        self._clock = clock
        self._accounts: OrderedDict[Client, _Account] = OrderedDict()
        self._lock = threading.Lock()

    def ask(self, client: Client) -> int:
        """Pay for one request; 0, or the seconds after which it should come again (it is not paid for then)."""
        allowed = self._allowances[client.is_partner]
        with self._lock:
            account = self._account(client, allowed)
            wait = max(
                (1 - account.requests) * _MINUTE / allowed.requests if allowed.requests else 0.0,
                -account.bytes * _MINUTE / allowed.bytes if allowed.bytes else 0.0,
            )
            if wait > 0:
                return ceil(wait)
            account.requests -= 1
            return 0

    def pay(self, client: Client, size: int) -> None:
        """Take `size` bytes from the account."""
        allowed = self._allowances[client.is_partner]
        with self._lock:
            self._account(client, allowed).bytes -= size

    def _account(self, client: Client, allowed: Allowance) -> _Account:
        now = self._clock()
        account = self._accounts.get(client)
        if account is None:
            account = self._accounts[client] = _Account(now, allowed.requests, allowed.bytes)
            if len(self._accounts) > OAI_CLIENTS:
                self._accounts.popitem(last=False)
        self._accounts.move_to_end(client)
        passed = max(0.0, now - account.at) / _MINUTE
        account.at = now
        account.requests = min(allowed.requests, account.requests + passed * allowed.requests)
        account.bytes = min(allowed.bytes, account.bytes + passed * allowed.bytes)
        return account


@dataclass(eq=False, slots=True)
class _Turn:
    client: Client
    come: threading.Event = field(default_factory=threading.Event)


class Gate:
    """`places` lists are worked on at once; the others wait in the order they came, no client with more than half of
    the queue, and nobody longer than `seconds`. Safe for threads.
    """

    def __init__(self, places: int, queue: int, seconds: float) -> None:
        self._free = places
        self._queue = queue
        self._seconds = seconds
        self._waiting: deque[_Turn] = deque()
        self._lock = threading.Lock()

    def enter(self, client: Client) -> bool:
        """Wait for a place; False when there is none for this client in time. Whoever got one must `leave`."""
        with self._lock:
            if self._free and not self._waiting:
                self._free -= 1
                return True
            mine = sum(turn.client == client for turn in self._waiting)
            if len(self._waiting) >= self._queue or (mine + 1) * 2 > self._queue + 1:
                return False
            turn = _Turn(client)
            self._waiting.append(turn)
        if turn.come.wait(self._seconds):
            return True
        with self._lock:
            if turn.come.is_set():  # it came between the wait and the lock
                return True
            self._waiting.remove(turn)
            return False

    def leave(self) -> None:
        """Give the place to whoever has waited longest."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().come.set()
            else:
                self._free += 1


class Flow:
    """The three together, for one server process."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        self.clients = Clients(settings.trusted_proxies, settings.partners)
        self.budgets = Budgets(
            Allowance(settings.client_requests, settings.client_bytes),
            Allowance(settings.partner_requests, settings.partner_bytes),
            clock,
        )
        # One thread is left for everything that is not a list, so that Identify and the pages never wait for one.
        self.gate = Gate(max(1, settings.threads - 1), settings.list_queue, settings.list_seconds)
