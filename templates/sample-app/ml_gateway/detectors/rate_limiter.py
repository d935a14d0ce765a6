"""A token bucket for each client."""

import time
from collections import OrderedDict
from collections.abc import Callable


class RateLimiter:
    """Lets each client send `per_second` requests a second on average and `burst` at once.

    Buckets are this process's own, so N workers let through up to N times as much. Memory is bounded: beyond `max_clients`,
    the client that was quiet longest is forgotten.
    """

    def __init__(self, per_second: float, burst: int, max_clients: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_second = per_second
        self._burst = max(1, burst)
        self._max_clients = max_clients
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()  # client -> (tokens, when)

    def wait(self, client: str) -> float:
        """Takes a token: 0 when the request may pass, else the seconds until one may."""
        if self._per_second <= 0:
            return 0.0
        now = self._clock()
        tokens, since = self._buckets.pop(client, (float(self._burst), now))
        tokens = min(float(self._burst), tokens + (now - since) * self._per_second)
        passes = tokens >= 1
        self._buckets[client] = (tokens - 1 if passes else tokens, now)
        if len(self._buckets) > self._max_clients:
            self._buckets.popitem(last=False)
        return 0.0 if passes else (1 - tokens) / self._per_second
