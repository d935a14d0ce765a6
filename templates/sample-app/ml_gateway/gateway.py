"""The gateway's role: check each request, forward what passes."""

from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from ml_gateway.detectors.http_detector import HttpDetector, Verdict
from ml_gateway.settings import Settings
from ml_gateway.utils.helpers import client_address, end_to_end, error
from ml_gateway.utils.logger import get_logger

logger = get_logger(__name__)

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
# uvicorn sets these on our own answer; the upstream's would be there twice.
ANSWERED_BY_US = frozenset({b"date", b"server", b"x-release"})
# Ours to say: what a client sends here must not reach the upstream.
ABOUT_THE_CLIENT = frozenset({b"x-real-ip", b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host", b"forwarded"})


class Upstream:
    """Connections to the upstream: a pool, and a way around it for the one retry."""

    def __init__(self, url: str, config: dict) -> None:
        timeout = httpx.Timeout(config["read_seconds"], connect=config["connect_seconds"], pool=config["pool_seconds"])
        pool = httpx.Limits(
            max_connections=config["max_connections"],
            max_keepalive_connections=config["idle_connections"],
            keepalive_expiry=config["idle_seconds"],
        )
        no_pool = httpx.Limits(max_connections=config["max_connections"], max_keepalive_connections=0)
        # trust_env: a proxy of the host's environment is for package downloads, never for the requests of clients.
        self._url = httpx.URL(url)
        self._pooled = httpx.AsyncClient(timeout=timeout, limits=pool, trust_env=False)
        self._fresh = httpx.AsyncClient(timeout=timeout, limits=no_pool, trust_env=False)

    async def close(self) -> None:
        await self._pooled.aclose()
        await self._fresh.aclose()

    async def send(self, method: str, target: bytes, headers: list[tuple[bytes, bytes]], body: bytes) -> httpx.Response:
        """The upstream's answer, its body not yet read. Raises httpx.TransportError."""
        url = self._url.copy_with(raw_path=target)
        try:
            return await self._pooled.send(httpx.Request(method, url, headers=headers, content=body), stream=True)
        except httpx.TransportError as failure:
            if not _closed_while_idle(failure):
                raise
            logger.info("The upstream closed an idle connection; sending the request again over a new one.")
        return await self._fresh.send(httpx.Request(method, url, headers=headers, content=body), stream=True)


class RelayedResponse(StreamingResponse):
    """The upstream's answer, piece by piece as it comes. Its connection goes back to the pool also when the client leaves early."""

    def __init__(self, answer: httpx.Response) -> None:
        super().__init__(answer.aiter_raw(), status_code=answer.status_code)
        self.raw_headers = _response_headers(answer)
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self._answer.aclose()


def _closed_while_idle(failure: httpx.TransportError) -> bool:
    """Whether the connection broke before the head of an answer: a reload closes idle connections, which is nobody's failure.

    The request is sent again whatever its method: nothing the backend does changes with being asked twice.
    """
    if isinstance(failure, httpx.RemoteProtocolError):
        return str(failure).startswith("Server disconnected without sending a response")
    return isinstance(failure, (httpx.ReadError, httpx.WriteError, httpx.ConnectError))


def gateway_lifespan(settings: Settings):
    """Opens the upstream's pool for as long as the application runs."""

    @asynccontextmanager
    async def lifespan(app: FastAPI):
        app.state.upstream = Upstream(settings.upstream_url or "", settings.config["upstream"])
        yield
        await app.state.upstream.close()

    return lifespan


def add_gateway(app: FastAPI, settings: Settings) -> None:
    """Adds the gateway's own /health and the way to the upstream for everything else."""
    detector = HttpDetector(settings)

    @app.api_route("/health", methods=["GET", "HEAD"])
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.api_route("/{path:path}", methods=METHODS)
    async def forward(request: Request) -> Response:
        client = client_address(request)
        verdict = detector.before_body(request, client)
        if verdict is not None:
            return _refusal(verdict, client, request)
        try:
            body = await _read_body(request, settings.config["limits"]["max_body_bytes"])
        except ClientDisconnect:
            return error(400, "client_disconnected", "The request's body did not arrive.")
        if body is None:
            return error(413, "too_large", "The request's body is larger than this gateway takes.")
        verdict = detector.after_body(request, body)
        if verdict is not None:
            return _refusal(verdict, client, request)
        return await _forward(app.state.upstream, request, client, body)


def _refusal(verdict: Verdict, client: str, request: Request) -> JSONResponse:
    logger.warning("refused %s %s from %s: %s", request.method, repr(request.url.path)[:200], client, verdict.rule)
    return error(verdict.status, verdict.code, verdict.message, verdict.retry_after)


async def _read_body(request: Request, limit: int) -> bytes | None:
    """The whole body, or None as soon as it is known to be larger than `limit` bytes."""
    announced = request.headers.get("content-length", "0")
    if announced.isdigit() and int(announced) > limit:
        return None
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            return None
    return bytes(body)


async def _forward(upstream: Upstream, request: Request, client: str, body: bytes) -> Response:
    query = request.scope["query_string"]
    target = request.scope["raw_path"] + (b"?" + query if query else b"")
    try:
        answer = await upstream.send(request.method, target, _request_headers(request, client, body), body)
    except httpx.TimeoutException as failure:
        logger.error("upstream timeout for %s: %s", repr(request.url.path)[:200], type(failure).__name__)
        return error(504, "upstream_timeout", "The backend did not answer in time.")
    except httpx.TransportError as failure:
        logger.error("upstream failure for %s: %s %s", repr(request.url.path)[:200], type(failure).__name__, failure)
        return error(502, "upstream_unreachable", "The backend could not be reached.")
    return RelayedResponse(answer)


def _request_headers(request: Request, client: str, body: bytes) -> list[tuple[bytes, bytes]]:
    dropped = ABOUT_THE_CLIENT | {b"content-length", b"expect"}
    headers = [(name, value) for name, value in end_to_end(request.headers.raw) if name not in dropped]
    headers += [(b"x-real-ip", client.encode()), (b"x-forwarded-for", client.encode()), (b"x-forwarded-proto", request.url.scheme.encode())]
    if body or "content-length" in request.headers:
        headers.append((b"content-length", str(len(body)).encode()))
    return headers


def _response_headers(answer: httpx.Response) -> list[tuple[bytes, bytes]]:
    raw = [(name.lower(), value) for name, value in answer.headers.raw]
    headers = [(name, value) for name, value in end_to_end(raw) if name not in ANSWERED_BY_US]
    return headers + [(b"x-upstream-release", value) for name, value in raw if name == b"x-release"]
