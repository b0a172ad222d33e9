"""What the doors share: other catalogues as databases of ours, and the count of what is asked for."""

from __future__ import annotations

import threading
from multiprocessing.util import Finalize

from catalogue.parts import Parts
from catalogue.store import Store
from foundation.settings import Settings
from foundation.vault import Vault
from harvesting.schedule import zone
from harvesting.targets import Targets
from oaipmh.flow import Clients
from reports.doors import Doors
from reports.tally import Tally
from reports.visitors import Robots
from z3950_bridge.gateway import Gateway


def counted_doors(store: Store, settings: Settings) -> Doors:
    """Doors whose uses are counted, and written now and then by a thread of this process; once more when it ends."""
    tally = Tally(store, zone(settings.timezone), Robots(settings.robots))
    when = max(1, settings.uses_seconds), threading.Event()
    threading.Thread(target=tally.follow, args=when, name="uses", daemon=True).start()
    Finalize(None, tally.flush, exitpriority=100)
    proxies = settings.trusted_proxies
    return Doors(tally, Parts(store), Clients(proxies, ()) if proxies else None)


def gateway(store: Store, settings: Settings) -> Gateway:
    """Other catalogues as databases of ours."""
    seconds = max(1.0, settings.z3950_search_seconds * 0.7)
    return Gateway(Targets(store, Vault(settings.home / "vault.key")).gateway, seconds)
