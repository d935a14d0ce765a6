"""Logging to standard output, which systemd appends to logs/app.log."""

import logging
import sys
import time
from urllib.parse import urlsplit

from ml_gateway.settings import Settings


class _Formatter(logging.Formatter):
    """One line a record (UTC), with secret values masked wherever they turn up, tracebacks included."""

    converter = time.gmtime

    def __init__(self, secrets: list[str]) -> None:
        super().__init__("%(asctime)s.%(msecs)03dZ %(levelname)s %(name)s %(message)s", datefmt="%Y-%m-%dT%H:%M:%S")
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        for secret in self._secrets:
            text = text.replace(secret, "[secret]")
        return text


def _secrets(settings: Settings) -> list[str]:
    candidates = [settings.secret_key, settings.database_url]
    if settings.database_url is not None:
        try:
            candidates.append(urlsplit(settings.database_url).password)
        except ValueError:
            pass  # not a URL: the whole value is masked as it is
    # a value of one or two letters would mask half of every line and is no secret
    return sorted((value for value in candidates if value is not None and len(value) > 3), key=len, reverse=True)


def configure_logging(settings: Settings) -> None:
    """Sends everything at LOG_LEVEL and above to standard output."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(_Formatter(_secrets(settings)))
    logging.basicConfig(level=settings.log_level, handlers=[handler], force=True)
    # httpx reports every request it sends; nginx's access log has that already
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)


def get_logger(name: str) -> logging.Logger:
    """The logger of a module."""
    return logging.getLogger(name)
