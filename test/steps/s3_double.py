"""The part of S3 that templates/steps/s3.py needs, on loopback, with faults that a test asks for: one bucket, ranges, the MD5 of an upload."""

import base64
import hashlib
import re
import sys
import threading
from contextlib import contextmanager
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

BUCKET = "models"


class Double(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.objects = {}
        self.metadata = {}
        # Method and Range of each request, in order.
        self.seen = []
        # What the next requests meet: ("status", 503, "SlowDown"), ("cut", bytes), ("drop",); in order, each once.
        self.faults = []
        self.headers = {}
        self.date = None
        # As AWS: who may not list the bucket is not told that an object is missing.
        self.may_list = True

    def handle_error(self, request, client_address):
        """A client that goes away is what many tests are about."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Double

    def log_message(self, format, *args):
        pass

    def date_time_string(self, timestamp=None):
        return formatdate(self.server.date, usegmt=True)

    def refuse(self, status, code, message="made by the test"):
        body = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>".encode()
        self.send_response(status)
        for name, value in {"content-type": "application/xml", "content-length": str(len(body)), **self.server.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def fault(self):
        return self.server.faults.pop(0) if self.server.faults else None

    def address(self):
        return self.path.split("?")[0].lstrip("/").split("/", 1)

    def do_GET(self):
        wanted = self.headers.get("range")
        self.server.seen.append(("GET", wanted))
        bucket, key = self.address()
        fault = self.fault()
        if fault is not None and fault[0] == "drop":
            self.close_connection = True
            return
        if fault is not None and fault[0] == "status":
            self.refuse(*fault[1:])
            return
        if bucket != BUCKET:
            self.refuse(404, "NoSuchBucket")
        elif key not in self.server.objects:
            self.refuse_missing()
        else:
            self.send_object(self.server.objects[key], wanted, fault)

    def refuse_missing(self):
        if self.server.may_list:
            self.refuse(404, "NoSuchKey")
        else:
            self.refuse(403, "AccessDenied", "Access Denied")

    def do_HEAD(self):
        self.server.seen.append(("HEAD", None))
        bucket, key = self.address()
        fault = self.fault()
        found = self.server.objects.get(key) if bucket == BUCKET else None
        status = fault[1] if fault is not None else 200 if found is not None else 404 if self.server.may_list else 403
        self.send_response(status)
        self.send_header("content-length", str(len(found)) if status == 200 else "0")
        self.end_headers()

    def send_object(self, whole, wanted, fault):
        start = int(re.fullmatch(r"bytes=(\d+)-", wanted)[1]) if wanted else 0
        if wanted and start >= len(whole):
            self.refuse(416, "InvalidRange")
            return
        body = whole[start:]
        self.send_response(206 if wanted else 200)
        if wanted:
            self.send_header("content-range", f"bytes {start}-{len(whole) - 1}/{len(whole)}")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        if fault is not None and fault[0] == "cut":
            body = body[: fault[1]]
            self.close_connection = True
        self.wfile.write(body)

    def do_PUT(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.seen.append(("PUT", None))
        bucket, key = self.address()
        fault = self.fault()
        if fault is not None:
            self.refuse(*fault[1:])
        elif bucket != BUCKET:
            self.refuse(404, "NoSuchBucket")
        elif self.headers.get("content-md5") != base64.b64encode(hashlib.md5(body).digest()).decode():
            self.refuse(400, "BadDigest")
        else:
            self.server.objects[key] = body
            self.server.metadata[key] = self.headers.get("x-amz-meta-sha256")
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()


@contextmanager
def double():
    server = Double()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
