"""Predictions of the last CACHE_TTL seconds, in SQLite when DATABASE_URL says so, else in memory."""

import hashlib
import hmac
import json
import secrets
import sqlite3
import threading
import time
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from ml_gateway.settings import Settings
from ml_gateway.utils.logger import get_logger

logger = get_logger(__name__)

SCHEMA = "CREATE TABLE IF NOT EXISTS predictions (key TEXT PRIMARY KEY, answer TEXT NOT NULL, expires REAL NOT NULL, mac TEXT NOT NULL)"
# Without it every tidying reads and sorts the whole table.
INDEX = "CREATE INDEX IF NOT EXISTS predictions_by_expiry ON predictions (expires)"
# A worker that waits longer for another's write had better compute the prediction itself.
LOCK_WAIT_SECONDS = 0.2
# At start workers make the table at the same moment; all but one wait.
START_WAIT_SECONDS = 5
TIDY_EVERY = 200  # writes


def sqlite_file(url: str | None, data_dir: Path) -> Path | None:
    """The file of a `sqlite:///relative` (to `data_dir`) or `sqlite:////absolute` URL, None for any other database."""
    if url is None:
        return None
    scheme, _, rest = url.partition("://")
    path = unquote(urlsplit(f"file://{rest}").path)[1:]
    return data_dir / path if scheme.split("+")[0] == "sqlite" and path not in ("", ":memory:") else None


class PredictionCache:
    """Answers by features. Every row carries a MAC under SECRET_KEY: one that this service did not write is not believed.

    A cache that fails costs time, not answers: errors are logged and the prediction is computed.
    """

    def __init__(self, settings: Settings) -> None:
        self._ttl = settings.cache_ttl
        self._limit = settings.config["cache"]["max_entries"]
        self._secret = (settings.secret_key or secrets.token_hex(32)).encode()
        # entries of another model must not be found
        self._scope = f"{settings.model_path.resolve()}:{_stamp(settings.model_path)}"
        self._lock = threading.Lock()
        self._writes = 0
        self._database = self._open(settings)

    def _open(self, settings: Settings) -> sqlite3.Connection | None:
        if self._ttl == 0:
            logger.info("the prediction cache is off (CACHE_TTL=0)")
            return None
        if settings.secret_key is None:
            logger.warning("SECRET_KEY is not set: cached predictions hold for this process only")
        file = sqlite_file(settings.database_url, settings.data_dir)
        if file is None:
            logger.info("DATABASE_URL names no SQLite file: predictions are cached in memory")
        else:
            try:
                database = self._connect(str(file))
                logger.info("predictions are cached in %s for %d s", file.name, self._ttl)
                return database
            except sqlite3.Error as failure:
                logger.error("%s cannot be used (%s): predictions are cached in memory", file, failure)
        return self._connect(":memory:")

    @staticmethod
    def _connect(target: str) -> sqlite3.Connection:
        database = sqlite3.connect(target, timeout=START_WAIT_SECONDS, isolation_level=None, check_same_thread=False)
        try:
            database.execute("PRAGMA synchronous=OFF")  # after a crash an empty cache is as good
            database.execute(SCHEMA)
            database.execute(INDEX)
            database.execute(f"PRAGMA busy_timeout={int(LOCK_WAIT_SECONDS * 1000)}")
        except sqlite3.Error:
            database.close()
            raise
        return database

    def key(self, features: dict[str, float]) -> str:
        """What these features are found by; it does not show them."""
        return self._mac(self._scope, json.dumps(features, sort_keys=True))

    def get(self, key: str) -> dict[str, Any] | None:
        """The answer kept under `key`, when there is one that has not expired."""
        row = self._run("SELECT answer, expires, mac FROM predictions WHERE key = ? AND expires > ?", (key, time.time()))
        if not row:
            return None
        answer, expires, mac = row[0]
        if not hmac.compare_digest(mac, self._mac(key, answer, repr(expires))):
            return None
        return json.loads(answer)

    def put(self, key: str, answer: dict[str, Any]) -> None:
        """Keeps `answer` for CACHE_TTL seconds."""
        text, expires = json.dumps(answer), time.time() + self._ttl
        self._run("INSERT OR REPLACE INTO predictions VALUES (?, ?, ?, ?)", (key, text, expires, self._mac(key, text, repr(expires))))
        self._writes += 1
        if self._writes % TIDY_EVERY == 0:
            self._run("DELETE FROM predictions WHERE expires <= ?", (time.time(),))
            self._run(
                "DELETE FROM predictions WHERE key IN (SELECT key FROM predictions ORDER BY expires DESC LIMIT -1 OFFSET ?)", (self._limit,)
            )

    def close(self) -> None:
        """Closes the database."""
        if self._database is not None:
            self._database.close()

    def _mac(self, *parts: str) -> str:
        return hmac.new(self._secret, json.dumps(parts).encode(), hashlib.sha256).hexdigest()

    def _run(self, statement: str, values: tuple) -> list[tuple]:
        if self._database is None:
            return []
        try:
            with self._lock:
                return self._database.execute(statement, values).fetchall()
        except sqlite3.Error as failure:
            logger.warning("prediction cache: %s", failure)
            return []


def _stamp(path: Path) -> str:
    """Tells one content of a file from another, cheaply; nothing for a missing file."""
    try:
        status = path.stat()
    except OSError:
        return ""
    return f"{status.st_size}:{status.st_mtime_ns}:{status.st_ino}"
