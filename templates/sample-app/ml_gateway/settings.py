"""What the environment says, checked at once: a service with a wrong setting does not start, and says every reason."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from dotenv import load_dotenv

PACKAGE = Path(__file__).resolve().parent
ENV_FILE = PACKAGE.parent / ".env"
MODEL_PATH = "/home/ddos/models/hybrid_stage2_model_v3_real_benign.pkl"
DATA_DIR = "/home/ddos/data"
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


class SettingsError(ValueError):
    """One or more settings are wrong; the message has one line for each and never a value that may be secret."""


@dataclass(frozen=True)
class Settings:
    """Settings of either role. `upstream_url` decides: with it this is a gateway, without it a backend."""

    config: dict[str, Any]
    upstream_url: str | None
    model_path: Path
    log_level: str
    cache_ttl: int  # seconds; 0 turns the prediction cache off
    rate_per_second: float  # requests of one client; 0 turns the limit off
    rate_burst: int  # requests
    max_body_bytes: int
    request_seconds: float  # longest wait for the upstream
    data_dir: Path
    database_url: str | None = field(default=None, repr=False)
    secret_key: str | None = field(default=None, repr=False)


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from `environment`, by default the process's with the .env file beside the package added to it.

    uvicorn's --env-file has read the same file before; what is set already wins.
    """
    if environment is None:
        load_dotenv(ENV_FILE, override=False)
        environment = os.environ
    config = json.loads((PACKAGE / "config.json").read_text(encoding="utf-8"))
    problems: list[str] = []
    limit = config["rate_limit"]
    settings = Settings(
        config=config,
        upstream_url=_upstream(environment.get("UPSTREAM_URL", ""), problems),
        model_path=Path(environment.get("MODEL_PATH", "") or MODEL_PATH),
        log_level=_log_level(environment.get("LOG_LEVEL", ""), problems),
        cache_ttl=int(_number("CACHE_TTL", environment, 300, problems)),
        rate_per_second=_number("RATE_LIMIT_PER_SECOND", environment, limit["per_second"], problems),
        rate_burst=int(_number("RATE_LIMIT_BURST", environment, limit["burst"], problems)),
        max_body_bytes=int(_number("MAX_BODY_MIB", environment, config["limits"]["max_body_mib"], problems) * 1024 * 1024),
        request_seconds=_number("REQUEST_TIMEOUT_SECONDS", environment, config["upstream"]["read_seconds"], problems),
        data_dir=Path(environment.get("DATA_DIR", "") or DATA_DIR),
        database_url=environment.get("DATABASE_URL") or None,
        secret_key=environment.get("SECRET_KEY") or None,
    )
    if problems:
        raise SettingsError("\n".join(problems))
    return settings


def _log_level(value: str, problems: list[str]) -> str:
    level = value.upper() or "INFO"
    if level not in LOG_LEVELS:
        problems.append(f"LOG_LEVEL is {value!r}; set it to one of {', '.join(LOG_LEVELS)}.")
    return level


def _number(name: str, environment: Mapping[str, str], default: float, problems: list[str]) -> float:
    text = environment.get(name, "")
    if text == "":
        return default
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1e9:
        problems.append(f"{name} is {text!r}; set it to a number from 0 to 1000000000.")
        return default
    return value


def _upstream(value: str, problems: list[str]) -> str | None:
    if value == "":
        return None
    try:
        url = urlsplit(value)
        wrong = url.scheme not in ("http", "https") or not url.hostname or url.username is not None or url.port == 0
    except ValueError:
        wrong = True
    if wrong or url.path not in ("", "/") or url.query or url.fragment:
        problems.append("UPSTREAM_URL is not of the form http://host:port; it takes no path, query or credentials.")
    return value.rstrip("/")
