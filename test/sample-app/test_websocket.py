import asyncio
import threading
import unittest
from contextlib import contextmanager

import support
from fastapi.testclient import TestClient
from starlette.websockets import WebSocketDisconnect
from websockets.asyncio.server import serve
from websockets.datastructures import Headers
from websockets.http11 import Response

from ml_gateway.app import create_app


async def echo(socket) -> None:
    """Answers what it is told, and closes as it is told."""
    async for message in socket:
        if message == "restart":
            await socket.close(1012, "restart")
            return
        await socket.send(message)


@contextmanager
def echo_upstream():
    """Gives (url, list of the requests of the handshakes)."""
    seen = []
    ready, stop = threading.Event(), []

    def answer(_, request):
        seen.append(request)
        return Response(403, "Forbidden", Headers(), b"not you") if request.path.startswith("/closed") else None

    def chosen(_, offered):
        return "v1" if "v1" in offered else None

    async def main() -> None:
        ended = asyncio.Event()
        async with serve(echo, "127.0.0.1", 0, process_request=answer, select_subprotocol=chosen) as server:
            stop.extend([server.sockets[0].getsockname()[1], asyncio.get_running_loop(), ended])
            ready.set()
            await ended.wait()

    thread = threading.Thread(target=lambda: asyncio.run(main()), daemon=True)
    thread.start()
    ready.wait(5)
    port, loop, ended = stop
    try:
        yield f"http://127.0.0.1:{port}", seen
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join(5)


def gateway(url: str) -> TestClient:
    return TestClient(create_app(support.settings(UPSTREAM_URL=url)), client=("127.0.0.1", 40000))


class WebSocketTest(unittest.TestCase):
    def test_messages_go_both_ways(self) -> None:
        with echo_upstream() as (url, seen), gateway(url) as client:
            headers = {"x-real-ip": "192.0.2.7", "host": "ml.example.org", "x-forwarded-for": "10.0.0.1"}
            with client.websocket_connect("/a%2Fb?x=%41", headers=headers, subprotocols=["v1"]) as socket:
                socket.send_text("one")
                self.assertEqual(socket.receive_text(), "one")
                socket.send_bytes(b"\x00\xff")
                self.assertEqual(socket.receive_bytes(), b"\x00\xff")
                self.assertEqual(socket.accepted_subprotocol, "v1")
        self.assertEqual(seen[0].path, "/a%2Fb?x=%41")
        for name, value in (("x-real-ip", "192.0.2.7"), ("x-forwarded-for", "192.0.2.7"), ("host", "ml.example.org")):
            self.assertEqual(seen[0].headers.get_all(name), [value], name)

    def test_the_upstreams_reason_to_close_is_told(self) -> None:
        with echo_upstream() as (url, _), gateway(url) as client, client.websocket_connect("/x") as socket:
            socket.send_text("restart")
            with self.assertRaises(WebSocketDisconnect) as closed:
                socket.receive_text()
            self.assertEqual((closed.exception.code, closed.exception.reason), (1012, "restart"))

    def test_attacks_do_not_reach_the_upstream(self) -> None:
        with echo_upstream() as (url, seen), gateway(url) as client, self.assertLogs("ml_gateway", "WARNING"):
            with self.assertRaises(WebSocketDisconnect), client.websocket_connect("/x?q=1%20union%20select%202"):
                pass
            self.assertEqual(seen, [])
            with client.websocket_connect("/x") as socket:
                socket.send_text("<script>")
                with self.assertRaises(WebSocketDisconnect) as closed:
                    socket.receive_text()
                self.assertEqual(closed.exception.code, 1008)

    def test_a_refusal_and_a_missing_upstream_are_answers(self) -> None:
        with echo_upstream() as (url, _), gateway(url) as client:
            with self.assertRaises(WebSocketDisconnect), client.websocket_connect("/closed"):
                pass
        with gateway(f"http://127.0.0.1:{support.free_port()}") as client, self.assertLogs("ml_gateway", "ERROR"):
            with self.assertRaises(WebSocketDisconnect), client.websocket_connect("/x"):
                pass


if __name__ == "__main__":
    unittest.main()
