"""The gateway's role: check each request, forward what passes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from ml_gateway.detectors.http_detector import HttpDetector, Verdict
from ml_gateway.settings import Settings
from ml_gateway.utils.helpers import ABOUT_THE_CLIENT, about_the_client, client_address, end_to_end, error
from ml_gateway.utils.logger import get_logger
from ml_gateway.utils.memory import kept_out_of_collections
from ml_gateway.utils.upstream import Answer, Body, Upstream, UpstreamFailure, UpstreamTimeout
from ml_gateway.websocket import add_websockets

logger = get_logger(__name__)

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
# uvicorn sets these on our own answer; the upstream's would be there twice.
ANSWERED_BY_US = frozenset({b"date", b"server", b"x-release"})
# A body up to this size is held until it is answered, so that it can be sent twice; of a larger one only the part that is searched.
HELD_BODY_BYTES = 1024 * 1024


class TooLarge(Exception):
    """The body is larger than this gateway takes."""



class RelayedResponse(StreamingResponse):
    """The upstream's answer, piece by piece as it comes. Its connection goes back to the pool also when the client leaves early."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer, status_code=answer.status)
        self.raw_headers = _response_headers(answer)
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self._answer.close()


def gateway_lifespan(settings: Settings):
    """Opens the upstream's pool for as long as the application runs."""

    @asynccontextmanager
    async def lifespan(app: FastAPI):
        app.state.upstream = Upstream(settings.upstream_url or "", settings.config["upstream"], settings.request_seconds)
        with kept_out_of_collections():
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
    except UpstreamTimeout as failure:
        logger.error("upstream timeout for %s: %s", repr(request.url.path)[:200], type(failure).__name__)
        return error(504, "upstream_timeout", "The backend did not answer in time.")
    except UpstreamFailure as failure:
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


def _response_headers(answer: Answer) -> list[tuple[bytes, bytes]]:
    raw = [(name.lower(), value) for name, value in answer.headers]
    headers = [(name, value) for name, value in end_to_end(raw) if name not in ANSWERED_BY_US]
    if b"content-length" in dict(raw) and b"x-accel-buffering" not in dict(raw):
        # No stream: nginx may take it in whole, so that a client who reads slowly keeps no connection to the upstream.
        headers.append((b"x-accel-buffering", b"yes"))
    return headers + [(b"x-upstream-release", value) for name, value in raw if name == b"x-release"]
