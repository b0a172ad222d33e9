"""What a process of the server says on standard error."""

from __future__ import annotations

import logging
from typing import Any

import structlog

from foundation.settings import Settings


def configure_logs(settings: Settings) -> None:
    """One line of JSON for each event, on standard error."""
    level = getattr(logging, settings.log_level.upper(), logging.INFO)
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    renderer = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )
    stream = logging.StreamHandler()
    stream.setFormatter(renderer)
    logging.basicConfig(handlers=[stream], level=level, force=True)
    # Never on standard output: its first line says that the server is ready, and scripts read it.
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
