"""Every check of one HTTP request."""

import math
from dataclasses import dataclass

from fastapi import Request
from starlette.requests import HTTPConnection

from ml_gateway.detectors.pattern_detector import PatternDetector
from ml_gateway.detectors.rate_limiter import RateLimiter
from ml_gateway.settings import Settings
from ml_gateway.utils.helpers import network_of

# Bodies of these types are text; a picture that happens to have a pattern in it is no attack.
TEXT_TYPES = ("text/", "application/json", "application/x-www-form-urlencoded", "application/xml", "multipart/form-data")


@dataclass(frozen=True)
class Verdict:
    """Why a request is refused. `rule` is for the log; a client does not learn which pattern it matched."""

    status: int
    code: str
    message: str
    rule: str
    retry_after: int | None = None  # seconds


class HttpDetector:
    """Rate limit and size limits before the body is read, patterns as soon as there is something to look at."""

    def __init__(self, settings: Settings) -> None:
        self._limits = settings.config["limits"]
        self._rates = RateLimiter(settings.rate_per_second, settings.rate_burst, settings.config["rate_limit"]["max_clients"])
        self._patterns = PatternDetector(settings.config["patterns"], self._limits["scanned_body_bytes"])

    def before_body(self, request: HTTPConnection, client: str) -> Verdict | None:
        """The reason to refuse a request of which only the head is known, or None."""
        wait = self._rates.wait(network_of(client))
        if wait > 0:
            return Verdict(429, "rate_limited", "Too many requests from this address.", "rate_limit", math.ceil(wait))
        path, query = request.scope["raw_path"], request.scope["query_string"]
        if len(path) + len(query) > self._limits["max_url_bytes"]:
            return Verdict(414, "url_too_long", "The address is longer than this gateway takes.", "url_length")
        if len(request.headers.raw) > self._limits["max_headers"]:
            return Verdict(431, "too_many_headers", "The request has more headers than this gateway takes.", "header_count")
        return self._suspicion("path", path) or self._suspicion("query", query)

    def after_body(self, request: Request, body: bytes) -> Verdict | None:
        """The reason to refuse a request because of its body, or None."""
        kind = request.headers.get("content-type", "text/plain").lower()
        return self._suspicion("body", body) if kind.startswith(TEXT_TYPES) else None

    def of_message(self, message: str | bytes) -> Verdict | None:
        """The reason to refuse a message of a WebSocket, or None. Binary ones are not text."""
        return self._suspicion("body", message.encode()) if isinstance(message, str) else None

    def _suspicion(self, part: str, raw: bytes) -> Verdict | None:
        name = self._patterns.find(part, raw)
        return None if name is None else Verdict(403, "suspicious_request", "This request looks like an attack.", f"{name} in {part}")
