"""The features that the model was trained on, and how they follow from a client's recent requests."""

from __future__ import annotations

import math
from collections import Counter
from statistics import fmean, pstdev
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # validators.py imports this module
    from ml_gateway.utils.validators import RequestRecord

# Name -> smallest and largest value. The order is that of the model's columns.
FEATURES: dict[str, tuple[float, float]] = {
    "requests_per_second": (0, 10000),
    "unique_path_ratio": (0, 1),
    "error_ratio": (0, 1),
    "mean_body_bytes": (0, 10485760),
    "mean_path_length": (1, 8192),
    "mean_query_parameters": (0, 256),
    "special_character_ratio": (0, 1),
    "path_entropy_bits": (0, 8),
    "post_ratio": (0, 1),
    "user_agent_length": (0, 8192),
    "header_count": (0, 256),
    "interarrival_variation": (0, 100),
}

# Requests that came in the same instant still took some time.
SHORTEST_WINDOW_SECONDS = 0.001


def vector(features: dict[str, float]) -> list[float]:
    """The values in the model's order."""
    return [float(features[name]) for name in FEATURES]


def features_of(requests: list[RequestRecord]) -> dict[str, float]:
    """The features of one client's requests (at least two), within their bounds."""
    times = sorted(request.time for request in requests)
    window = max(SHORTEST_WINDOW_SECONDS, times[-1] - times[0])
    gaps = [later - earlier for earlier, later in zip(times, times[1:])]
    paths = [request.path for request in requests]
    text = "".join(path + request.query for path, request in zip(paths, requests))
    values = {
        "requests_per_second": (len(requests) - 1) / window,
        "unique_path_ratio": len(set(paths)) / len(paths),
        "error_ratio": fmean(request.status >= 400 for request in requests),
        "mean_body_bytes": fmean(request.body_bytes for request in requests),
        "mean_path_length": fmean(len(path) for path in paths),
        "mean_query_parameters": fmean(request.query.count("&") + 1 if request.query else 0 for request in requests),
        "special_character_ratio": sum(not (c.isalnum() or c in "/-_.&=") for c in text) / len(text),
        "path_entropy_bits": _entropy_bits("".join(paths)),
        "post_ratio": fmean(request.method == "POST" for request in requests),
        "user_agent_length": fmean(len(request.user_agent) for request in requests),
        "header_count": fmean(request.headers for request in requests),
        "interarrival_variation": pstdev(gaps) / fmean(gaps) if fmean(gaps) > 0 else 0.0,
    }
    return {name: min(high, max(low, values[name])) for name, (low, high) in FEATURES.items()}


def _entropy_bits(text: str) -> float:
    """Shannon entropy of the characters, in bits a character."""
    total = len(text)
    return -sum(count / total * math.log2(count / total) for count in Counter(text).values())
