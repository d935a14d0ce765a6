"""WebSockets through the gateway: the handshake is checked like a request, then messages go both ways until one side closes."""

import asyncio
import re
from urllib.parse import urlsplit

from fastapi import FastAPI, WebSocket
from fastapi.responses import Response
from starlette.websockets import WebSocketDisconnect, WebSocketState
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, InvalidURI

from ml_gateway.detectors.http_detector import HttpDetector, Verdict
from ml_gateway.settings import Settings
from ml_gateway.utils.helpers import ABOUT_THE_CLIENT, about_the_client, client_address, end_to_end, error
from ml_gateway.utils.logger import get_logger

logger = get_logger(__name__)

DROPPED = ABOUT_THE_CLIENT | {b"host", b"content-length"}
# uvicorn's own limit of one message.
MAX_MESSAGE_BYTES = 16 * 1024 * 1024
HOST = re.compile(r"[\w.-]+(:\d+)?|\[[0-9a-fA-F:.]+\](:\d+)?")


def add_websockets(app: FastAPI, settings: Settings, detector: HttpDetector) -> None:
    """Adds the way to the upstream for WebSockets of any path."""
    upstream_url = settings.upstream_url or ""

    @app.websocket("/{path:path}")
    async def relay(client: WebSocket) -> None:
        address = client_address(client)
        verdict = detector.before_body(client, address)
        if verdict is not None:
            logger.warning("refused WebSocket %s from %s: %s", repr(client.url.path)[:200], address, verdict.rule)
            await _refuse(client, error(verdict.status, verdict.code, verdict.message, verdict.retry_after))
            return
        try:
            upstream = await _connect(upstream_url, client, address, settings.request_seconds)
        except InvalidStatus as refusal:
            await _refuse(client, Response(bytes(refusal.response.body), refusal.response.status_code))
            return
        except (OSError, TimeoutError, InvalidHandshake, InvalidURI) as failure:
            logger.error("upstream failure for WebSocket %s: %s %s", repr(client.url.path)[:200], type(failure).__name__, failure)
            await _refuse(client, error(502, "upstream_unreachable", "The backend could not be reached."))
            return
        async with upstream:
            await client.accept(subprotocol=upstream.subprotocol)
            await _both_ways(client, upstream, detector)


async def _refuse(client: WebSocket, answer: Response) -> None:
    if "websocket.http.response" in client.scope.get("extensions", {}):
        await client.send_denial_response(answer)
    else:
        await client.close(1008)


async def _connect(url: str, client: WebSocket, address: str, seconds: float) -> ClientConnection:
    """The connection to the upstream, with the client's path, query, Host and headers."""
    base = urlsplit(url)
    port = base.port or (443 if base.scheme == "https" else 80)
    wanted = client.headers.get("host", "")
    host = wanted if HOST.fullmatch(wanted) else base.netloc
    query = client.scope["query_string"]
    target = client.scope["raw_path"] + (b"?" + query if query else b"")
    headers = [(name, value) for name, value in end_to_end(client.headers.raw) if name not in DROPPED and not _of_the_handshake(name)]
    headers += about_the_client(address, _scheme(client))
    return await connect(
        f"{'wss' if base.scheme == 'https' else 'ws'}://{host}{target.decode('latin-1')}",
        host=base.hostname,
        port=port,
        additional_headers=[(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers],
        subprotocols=client.scope.get("subprotocols") or None,
        user_agent_header=None,
        compression=None,
        max_size=MAX_MESSAGE_BYTES,
        open_timeout=seconds,
        proxy=None,  # a proxy of the host's environment is for package downloads
    )


def _of_the_handshake(name: bytes) -> bool:
    """Whether the library writes this header of its own."""
    return name.startswith(b"sec-websocket-")


def _scheme(client: WebSocket) -> str:
    """http or https, as X-Forwarded-Proto names them."""
    return "https" if client.url.scheme in ("wss", "https") else "http"


async def _both_ways(client: WebSocket, upstream: ClientConnection, detector: HttpDetector) -> None:
    ways = [asyncio.create_task(_to_upstream(client, upstream, detector)), asyncio.create_task(_to_client(client, upstream))]
    try:
        done, _ = await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
    for way in done:
        way.result()


async def _to_upstream(client: WebSocket, upstream: ClientConnection, detector: HttpDetector) -> None:
    while True:
        message = await client.receive()
        if message["type"] == "websocket.disconnect":
            await upstream.close(_sendable(message.get("code")), message.get("reason") or "")
            return
        data = message["text"] if message.get("text") is not None else message["bytes"]
        verdict = detector.of_message(data)
        if verdict is not None:
            await _close_for(verdict, client, upstream)
            return
        try:
            await upstream.send(data)
        except ConnectionClosed:
            return  # the other way says so to the client


async def _close_for(verdict: Verdict, client: WebSocket, upstream: ClientConnection) -> None:
    logger.warning("closed WebSocket %s: %s", repr(client.url.path)[:200], verdict.rule)
    await client.close(1008, verdict.message)
    await upstream.close(1008)


async def _to_client(client: WebSocket, upstream: ClientConnection) -> None:
    try:
        while True:
            message = await upstream.recv()
            await (client.send_text(message) if isinstance(message, str) else client.send_bytes(message))
    except ConnectionClosed:
        # 1012 of a backend that is restarted is told to the client, which then connects again.
        if client.client_state is WebSocketState.CONNECTED and client.application_state is WebSocketState.CONNECTED:
            await client.close(_sendable(upstream.close_code), upstream.close_reason or "")
    except WebSocketDisconnect as gone:
        await upstream.close(_sendable(gone.code))


def _sendable(code: int | None) -> int:
    """The code as it may stand in a close frame: 1005 means that there was none, 1006 that the connection broke."""
    if code is None or code == 1005:
        return 1000
    return code if code in range(1000, 1015) and code not in (1004, 1006) or code in range(3000, 5000) else 1014
