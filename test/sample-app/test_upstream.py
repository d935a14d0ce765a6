import asyncio
import unittest

import anyio
import support  # noqa: F401 - puts the application on the path

from ml_gateway.utils.upstream import Upstream, UpstreamTimeout

CONFIG = {"connect_seconds": 2, "pool_seconds": 2, "max_connections": 8, "idle_connections": 4, "idle_seconds": 20}
HEADERS = [(b"host", b"x")]


class Server:
    """Answers every request after `seconds`, and counts."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.seconds, self.connections, self.open, self.most = seconds, 0, 0, 0
        self.heads: list[bytes] = []
        self.bodies: list[bytes] = []
        self.answers = asyncio.Event()
        self.answers.set()

    async def __aenter__(self) -> "Server":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections, self.open = self.connections + 1, self.open + 1
        self.most = max(self.most, self.open)
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                self.heads.append(head.lower())
                if b"chunked" in self.heads[-1]:
                    self.bodies.append(await reader.readuntil(b"0\r\n\r\n"))
                await asyncio.sleep(self.seconds)
                await self.answers.wait()
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello")
        except asyncio.IncompleteReadError:
            pass
        finally:
            self.open -= 1
            writer.close()

    async def until_open(self, count: int) -> None:
        with anyio.fail_after(5):
            while self.open != count:
                await asyncio.sleep(0.01)


async def read(upstream: Upstream, body=(b"", None)) -> bytes:
    answer = await upstream.send("GET", b"/x", HEADERS, body)
    try:
        return b"".join([part async for part in answer])
    finally:
        await answer.close()


class UpstreamTest(unittest.IsolatedAsyncioTestCase):
    async def test_connections_are_used_again_and_no_more_are_kept_than_said(self) -> None:
        async with Server(0.02) as server:
            upstream = Upstream(server.url, CONFIG, 5)
            self.assertEqual(await asyncio.gather(*(read(upstream) for _ in range(8))), [b"hello"] * 8)
            self.assertEqual(server.connections, 8)
            for _ in range(10):
                await read(upstream)
            self.assertEqual(server.connections, 8)
            await server.until_open(4)
            await upstream.close()
            await server.until_open(0)

    async def test_no_more_run_at_once_than_said_and_who_waits_too_long_is_told(self) -> None:
        async with Server(0.05) as server:
            upstream = Upstream(server.url, CONFIG, 5)
            self.assertEqual(await asyncio.gather(*(read(upstream) for _ in range(20))), [b"hello"] * 20)
            self.assertEqual(server.most, 8)
            server.answers.clear()
            tasks = [asyncio.create_task(read(upstream)) for _ in range(9)]
            with self.assertRaises(UpstreamTimeout):
                await tasks.pop()
            server.answers.set()
            self.assertEqual(await asyncio.gather(*tasks), [b"hello"] * 8)
            self.assertEqual(await asyncio.gather(*(read(upstream) for _ in range(8))), [b"hello"] * 8)  # no place is lost
            await upstream.close()

    async def test_an_answer_that_is_not_read_costs_its_connection_and_nothing_else(self) -> None:
        async with Server() as server:
            upstream = Upstream(server.url, CONFIG, 5)
            for _ in range(20):
                answer = await upstream.send("GET", b"/x", HEADERS, (b"", None))
                await answer.close()
                await answer.close()
            self.assertEqual(server.connections, 20)
            self.assertEqual(await asyncio.gather(*(read(upstream) for _ in range(8))), [b"hello"] * 8)
            await upstream.close()

    async def test_a_client_that_leaves_gives_its_place_back(self) -> None:
        async with Server() as server:
            upstream = Upstream(server.url, CONFIG, 5)
            server.answers.clear()
            tasks = [asyncio.create_task(read(upstream)) for _ in range(8)]
            while len(server.heads) < 8:
                await asyncio.sleep(0.01)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            server.answers.set()
            self.assertEqual(await asyncio.gather(*(read(upstream) for _ in range(8))), [b"hello"] * 8)
            await upstream.close()

    async def test_an_old_connection_is_not_used(self) -> None:
        async with Server() as server:
            upstream = Upstream(server.url, {**CONFIG, "idle_seconds": 0.05}, 5)
            await read(upstream)
            await asyncio.sleep(0.1)
            await read(upstream)
            self.assertEqual(server.connections, 2)
            await server.until_open(1)
            await upstream.close()

    async def test_what_a_body_or_a_host_of_no_client_needs(self) -> None:
        async def rest():
            yield b"second"

        async with Server() as server:
            upstream = Upstream(server.url, CONFIG, 5)
            await read(upstream, (b"first ", rest()))
            self.assertIn(b"transfer-encoding: chunked", server.heads[0])
            self.assertEqual(server.bodies, [b"6\r\nfirst \r\n6\r\nsecond\r\n0\r\n\r\n"])
            answer = await upstream.send("GET", b"/x", [], (b"", None))
            await answer.close()
            self.assertIn(b"host: " + server.url.removeprefix("http://").encode(), server.heads[1])
            await upstream.close()


if __name__ == "__main__":
    unittest.main()
