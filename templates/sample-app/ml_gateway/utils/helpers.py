"""Small things about HTTP."""

import ipaddress
from collections.abc import Iterable

from fastapi.responses import JSONResponse
from starlette.requests import HTTPConnection

# RFC 9110, 7.6.1: these are between two neighbours, never forwarded
HOP_BY_HOP = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    }
)

# Ours to say: what a client sends here must not reach the upstream.
ABOUT_THE_CLIENT = frozenset({b"x-real-ip", b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host", b"forwarded"})


def error(status: int, code: str, message: str, retry_after: int | None = None) -> JSONResponse:
    """An error that both people and programs can read. `retry_after` is in seconds."""
    headers = None if retry_after is None else {"retry-after": str(retry_after)}
    return JSONResponse({"error": code, "message": message}, status_code=status, headers=headers)


def end_to_end(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """The headers (lower-case names) without those that concern one connection only, also those that `Connection` names."""
    headers = list(headers)
    named = {token.strip().lower() for name, value in headers if name == b"connection" for token in value.split(b",")}
    return [(name, value) for name, value in headers if name not in HOP_BY_HOP and name not in named]


def about_the_client(address: str, scheme: str) -> list[tuple[bytes, bytes]]:
    """The headers by which the upstream learns of the client."""
    return [(b"x-real-ip", address.encode()), (b"x-forwarded-for", address.encode()), (b"x-forwarded-proto", scheme.encode())]


def client_address(request: HTTPConnection) -> str:
    """The client's address.

    Behind our nginx the peer is this machine, and X-Real-IP (or X-Forwarded-For) is what nginx wrote over anything the client sent.
    From any other peer these headers are a claim, and the peer's own address counts.
    """
    peer = request.client.host if request.client is not None else ""
    if peer != "" and not _is_loopback(peer):
        return peer
    for header in ("x-real-ip", "x-forwarded-for"):
        value = request.headers.get(header, "").strip()
        if _is_address(value):
            return value
    return peer or "unknown"


def network_of(address: str) -> str:
    """What is counted as one client: an IPv4 address, or the /64 network that a site gets with IPv6."""
    if ":" not in address or not _is_address(address):
        return address
    return str(ipaddress.ip_network((address.split("%")[0], 64), strict=False))


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _is_loopback(text: str) -> bool:
    return _is_address(text) and ipaddress.ip_address(text).is_loopback
