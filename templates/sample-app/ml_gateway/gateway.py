"""The gateway's role: check each request, forward what passes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from ml_gateway.detectors.http_detector import HttpDetector, Verdict
from ml_gateway.settings import Settings
from ml_gateway.utils.helpers import ABOUT_THE_CLIENT, about_the_client, client_address, end_to_end, error
from ml_gateway.utils.logger import get_logger
from ml_gateway.websocket import add_websockets

logger = get_logger(__name__)

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
# uvicorn sets these on our own answer; the upstream's would be there twice.
ANSWERED_BY_US = frozenset({b"date", b"server", b"x-release"})
# A body up to this size is held until it is answered, so that it can be sent twice; of a larger one only the part that is searched.
HELD_BODY_BYTES = 1024 * 1024


class TooLarge(Exception):
    """The body is larger than this gateway takes."""


# A request's body: what is searched, and the rest as it comes, or None where that is all.
Body = tuple[bytes, AsyncIterator[bytes] | None]


class Upstream:
    """Connections to the upstream: a pool, and a way around it for the one retry."""

    def __init__(self, url: str, config: dict, seconds: float) -> None:
        timeout = httpx.Timeout(seconds, connect=config["connect_seconds"], pool=config["pool_seconds"])
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

    async def send(self, method: str, target: bytes, headers: list[tuple[bytes, bytes]], body: Body) -> httpx.Response:
        """The upstream's answer, its body not yet read. Raises httpx.TransportError, and what reading the rest of the body raises."""
        url = self._url.copy_with(raw_path=target)
        first, rest = body
        if rest is not None:  # can be sent only once, so over a connection that cannot have been closed while idle
            return await self._fresh.send(httpx.Request(method, url, headers=headers, content=_joined(first, rest)), stream=True)
        try:
            return await self._pooled.send(httpx.Request(method, url, headers=headers, content=first), stream=True)
        except httpx.TransportError as failure:
            if not _closed_while_idle(failure):
                raise
            logger.info("The upstream closed an idle connection; sending the request again over a new one.")
        return await self._fresh.send(httpx.Request(method, url, headers=headers, content=first), stream=True)


async def _joined(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for chunk in rest:
        yield chunk


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
        app.state.upstream = Upstream(settings.upstream_url or "", settings.config["upstream"], settings.request_seconds)
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
            body = await _read_body(request, settings.max_body_bytes)
            verdict = detector.after_body(request, body[0])
            if verdict is not None:
                return _refusal(verdict, client, request)
            return await _forward(app.state.upstream, request, client, body)
        except ClientDisconnect:
            return error(400, "client_disconnected", "The request's body did not arrive.")
        except TooLarge:
            return error(413, "too_large", "The request's body is larger than this gateway takes.")

    add_websockets(app, settings, detector)


def _refusal(verdict: Verdict, client: str, request: Request) -> JSONResponse:
    logger.warning("refused %s %s from %s: %s", request.method, repr(request.url.path)[:200], client, verdict.rule)
    return error(verdict.status, verdict.code, verdict.message, verdict.retry_after)


async def _read_body(request: Request, limit: int) -> Body:
    """Raises TooLarge as soon as the body is known to be larger than `limit` bytes."""
    announced = request.headers.get("content-length", "0")
    if announced.isdigit() and int(announced) > limit:
        raise TooLarge
    first = bytearray()
    stream = request.stream()
    async for chunk in stream:
        first += chunk
        if len(first) > limit:
            raise TooLarge
        if len(first) > HELD_BODY_BYTES:
            return bytes(first), _up_to(limit - len(first), stream)
    return bytes(first), None


async def _up_to(limit: int, stream: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    async for chunk in stream:
        limit -= len(chunk)
        if limit < 0:
            raise TooLarge
        if chunk:
            yield chunk


async def _forward(upstream: Upstream, request: Request, client: str, body: Body) -> Response:
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


def _request_headers(request: Request, client: str, body: Body) -> list[tuple[bytes, bytes]]:
    dropped = ABOUT_THE_CLIENT | {b"content-length", b"expect"}
    headers = [(name, value) for name, value in end_to_end(request.headers.raw) if name not in dropped]
    headers += about_the_client(client, request.url.scheme)
    first, rest = body
    if rest is None and (first or "content-length" in request.headers):
        headers.append((b"content-length", str(len(first)).encode()))
    elif "content-length" in request.headers:
        headers.append((b"content-length", request.headers["content-length"].encode()))
    return headers


def _response_headers(answer: httpx.Response) -> list[tuple[bytes, bytes]]:
    raw = [(name.lower(), value) for name, value in answer.headers.raw]
    headers = [(name, value) for name, value in end_to_end(raw) if name not in ANSWERED_BY_US]
    if b"content-length" in dict(raw) and b"x-accel-buffering" not in dict(raw):
        # No stream: nginx may take it in whole, so that a client who reads slowly keeps no connection to the upstream.
        headers.append((b"x-accel-buffering", b"yes"))
    return headers + [(b"x-upstream-release", value) for name, value in raw if name == b"x-release"]
