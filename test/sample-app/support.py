"""What the tests of the sample application share: settings, the sample models, and upstreams made of plain sockets."""

import os
import socket
import sys
import threading
import warnings
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "templates" / "sample-app"))
sys.dont_write_bytecode = True  # nothing is left in a folder that is about to be deployed
# Starlette would like its test client to have another HTTP library; ours is the one that the application itself is built on.
warnings.filterwarnings("ignore", message="Using `httpx` with `starlette.testclient`")
os.environ["LOG_LEVEL"] = "CRITICAL"  # of the application that importing ml_gateway.app makes; assertLogs sees all the same
MODELS = Path(os.environ.get("SAMPLE_MODELS", ROOT / ".cache" / "sample-models"))

from ml_gateway.settings import Settings, read_settings  # noqa: E402

FLOOD = {
    "requests_per_second": 180,
    "unique_path_ratio": 0.08,
    "error_ratio": 0.2,
    "mean_body_bytes": 40,
    "mean_path_length": 8,
    "mean_query_parameters": 0.6,
    "special_character_ratio": 0.05,
    "path_entropy_bits": 2.1,
    "post_ratio": 0.1,
    "user_agent_length": 42,
    "header_count": 6,
    "interarrival_variation": 0.2,
}


def settings(**environment: str) -> Settings:
    """Settings from these variables alone; the rate limit is off unless given."""
    return read_settings({"RATE_LIMIT_PER_SECOND": "0", **environment})


class Recorder(BaseHTTPRequestHandler):
    """An upstream that notes what it was sent."""

    protocol_version = "HTTP/1.1"
    seen: list[dict] = []

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        self.seen.append({"method": self.command, "target": self.path, "headers": self.headers, "body": body})
        reply = b'{"from":"upstream"}'
        self.send_response(201)
        for name, value in (("x-release", "old"), ("connection", "keep-alive, x-private"), ("x-private", "1"), ("set-cookie", "a=1")):
            self.send_header(name, value)
        self.send_header("set-cookie", "b=2")
        self.send_header("content-length", str(len(reply)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = answer

    def log_message(self, *_: object) -> None:
        """Keeps the test's output clean."""


@contextmanager
def recording_upstream():
    """Gives (url, list of requests seen)."""
    Recorder.seen = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Recorder)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", Recorder.seen
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def scripted_upstream(connections: list[list[bytes | None]]):
    """Gives (url, counts). Connection n follows script n: for each request, the bytes to answer, or None to hang up without a word."""
    listener = socket.create_server(("127.0.0.1", 0))
    counts = {"connections": 0, "requests": 0}

    def serve() -> None:
        for script in connections:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            counts["connections"] += 1
            with connection:
                for reply in script:
                    if not _read_request(connection):
                        break
                    counts["requests"] += 1
                    if reply is None:
                        break
                    connection.sendall(reply)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", counts
    finally:
        with suppress(OSError):  # wakes accept(); an error where the thread has ended already
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(timeout=5)


def _read_request(connection: socket.socket) -> bool:
    """Reads one request with its body; False at the end of the connection."""
    data = b""
    while b"\r\n\r\n" not in data:
        received = connection.recv(65536)
        if not received:
            return False
        data += received
    head, _, body = data.partition(b"\r\n\r\n")
    length = next((int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0)
    while len(body) < length:
        body += connection.recv(65536)
    return True


@contextmanager
def silent_upstream():
    """Gives the url of a server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def free_port() -> int:
    """A port of this machine where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]
