"""Suspicious text in a path, query or body."""

import re
from urllib.parse import unquote_plus

PARTS = ("path", "query", "body")


class PatternDetector:
    """Looks for config.json's patterns. Text is compared as sent and decoded once and twice, as attackers encode twice."""

    def __init__(self, patterns: list[dict], scanned_body_bytes: int) -> None:
        self._scanned_body_bytes = scanned_body_bytes
        self._rules = {
            part: [(entry["name"], re.compile(entry["regex"], re.IGNORECASE)) for entry in patterns if part in entry["in"]]
            for part in PARTS
        }

    def find(self, part: str, raw: bytes) -> str | None:
        """The name of the first pattern that `raw` matches, or None. Of a body, only the first bytes are looked at."""
        if not raw:
            return None
        if part == "body":
            raw = raw[: self._scanned_body_bytes]
        # latin-1 takes every byte, so no input escapes by not being UTF-8
        text = raw.decode("latin-1")
        once = unquote_plus(text, encoding="latin-1")
        for candidate in dict.fromkeys((text, once, unquote_plus(once, encoding="latin-1"))):
            for name, pattern in self._rules[part]:
                if pattern.search(candidate):
                    return name
        return None
