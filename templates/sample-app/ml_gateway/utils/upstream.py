"""Connections to the upstream."""

from collections import deque
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import anyio
import httpcore

from ml_gateway.utils.logger import get_logger

logger = get_logger(__name__)

Headers = list[tuple[bytes, bytes]]
# A request's body: what is searched, and the rest as it comes, or None where that is all.
Body = tuple[bytes, AsyncIterator[bytes] | None]

# No answer, or none that is one; and none in time.
UpstreamFailure = (httpcore.NetworkError, httpcore.ProtocolError)
UpstreamTimeout = httpcore.TimeoutException


class Answer:
    """The upstream's answer. It holds its connection until it is closed."""

    def __init__(self, upstream: "Upstream", connection: httpcore.AsyncHTTPConnection, response: httpcore.Response) -> None:
        self.status = response.status
        self.headers: Headers = response.headers
        self._upstream, self._connection, self._stream = upstream, connection, response.stream
        self._closed = False

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._stream.__aiter__()

    async def close(self) -> None:
        """Gives the connection back, or closes it where the answer was not read to its end."""
        if not self._closed:
            self._closed = True
            # Also for a client that has gone, whose task may be cancelled already.
            with anyio.CancelScope(shield=True):
                try:
                    await self._stream.aclose()
                finally:
                    await self._upstream.give_back(self._connection)


class Upstream:
    """Connections that are kept, one request at a time on each, and a way around them for the one retry.

    Not httpx's own pool: for every request it goes several times through all of its connections, which at fifty of them costs ten times as
    much as the request.
    """

    def __init__(self, url: str, config: dict, seconds: float) -> None:
        self._url, self._host = httpcore.URL(url), urlsplit(url).netloc.encode()
        self._extensions = {"timeout": {"connect": config["connect_seconds"], "read": seconds, "write": seconds}}
        # The one used last is at the right.
        self._idle: deque[httpcore.AsyncHTTPConnection] = deque()
        self._most_idle, self._idle_seconds = config["idle_connections"], config["idle_seconds"]
        self._places = anyio.Semaphore(config["max_connections"], fast_acquire=True)
        self._wait_seconds = config["pool_seconds"]

    async def close(self) -> None:
        """Closes the connections that are idle."""
        while self._idle:
            await self._idle.pop().aclose()

    async def send(self, method: str, target: bytes, headers: Headers, body: Body) -> Answer:
        """The upstream's answer, its body not yet read.

        Raises UpstreamFailure, UpstreamTimeout, and what reading the rest of the body raises.
        """
        await self._take_place()
        try:
            return await self._send(method, target, headers, body)
        except BaseException:
            self._places.release()
            raise

    async def give_back(self, connection: httpcore.AsyncHTTPConnection) -> None:
        """Keeps a connection after its answer, or closes it, and leaves its place to another request."""
        self._places.release()
        if connection.is_idle() and len(self._idle) < self._most_idle:
            self._idle.append(connection)
        elif not connection.is_closed():
            await connection.aclose()
        if self._idle and self._idle[0].has_expired():
            await self._idle.popleft().aclose()

    async def _take_place(self) -> None:
        try:
            self._places.acquire_nowait()
        except anyio.WouldBlock:
            try:
                with anyio.fail_after(self._wait_seconds):
                    await self._places.acquire()
            except TimeoutError:
                raise httpcore.PoolTimeout("Too many requests wait for the upstream.") from None

    async def _send(self, method: str, target: bytes, headers: Headers, body: Body) -> Answer:
        first, rest = body
        if not any(name == b"host" for name, _ in headers):  # an HTTP/1.0 client needs none, the upstream does
            headers = [(b"host", self._host), *headers]
        if rest is not None:  # can be sent only once, so over a connection that cannot have been closed while idle
            if not any(name == b"content-length" for name, _ in headers):
                headers = [*headers, (b"transfer-encoding", b"chunked")]
            return await self._ask(self._new(), self._request(method, target, headers, _joined(first, rest)))
        request = self._request(method, target, headers, first)
        try:
            return await self._ask(await self._kept() or self._new(), request)
        except UpstreamFailure as failure:
            if not _closed_while_idle(failure):
                raise
            logger.info("The upstream closed an idle connection; sending the request again over a new one.")
        return await self._ask(self._new(), request)

    def _request(self, method: str, target: bytes, headers: Headers, content: bytes | AsyncIterator[bytes]) -> httpcore.Request:
        url = httpcore.URL(scheme=self._url.scheme, host=self._url.host, port=self._url.port, target=target)
        return httpcore.Request(method, url, headers=headers, content=content, extensions=self._extensions)

    async def _ask(self, connection: httpcore.AsyncHTTPConnection, request: httpcore.Request) -> Answer:
        # On a failure it closes itself.
        return Answer(self, connection, await connection.handle_async_request(request))

    def _new(self) -> httpcore.AsyncHTTPConnection:
        return httpcore.AsyncHTTPConnection(self._url.origin, keepalive_expiry=self._idle_seconds)

    async def _kept(self) -> httpcore.AsyncHTTPConnection | None:
        while self._idle:
            connection = self._idle.pop()
            if not connection.has_expired():
                return connection
            await connection.aclose()
        return None


async def _joined(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for chunk in rest:
        yield chunk


def _closed_while_idle(failure: Exception) -> bool:
    """Whether the connection broke before the head of an answer: a reload closes idle connections, which is nobody's failure.

    The request is sent again whatever its method: nothing the backend does changes with being asked twice.
    """
    if isinstance(failure, httpcore.RemoteProtocolError):
        return str(failure).startswith("Server disconnected without sending a response")
    return isinstance(failure, httpcore.NetworkError)
