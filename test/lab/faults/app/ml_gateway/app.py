"""A bare ASGI application for the fault tests: starts in a tenth of a second and breaks as config.json says.

config.json: label (comes back in every answer), fault (none | crash | crash-on-8000 | unhealthy | wrong-body | hog | failing | hanging | late), startSeconds.
With UPSTREAM_URL in the environment it forwards everything but /health, as the gateway does; without, it answers itself: /slow after a
second, /slow/N after N seconds.
"""

import asyncio
import hashlib
import json
import os
import pathlib
import sys
import time
from urllib.parse import urlsplit

CONFIG = json.loads(pathlib.Path(__file__).with_name("config.json").read_text())
FAULT = CONFIG.get("fault", "none")
UPSTREAM = os.environ.get("UPSTREAM_URL")
HOGGED = []


def hog(mebibytes):
    for _ in range(mebibytes):
        HOGGED.append(bytearray(os.urandom(1024) * 1024))


time.sleep(CONFIG.get("startSeconds", 0))
if FAULT == "crash" or (FAULT == "crash-on-8000" and "8000" in sys.argv):
    # As a database driver would: with the whole address in its message.
    raise RuntimeError("no connection to " + os.environ.get("DATABASE_URL", "nothing"))
if FAULT == "hog":
    hog(4096)


def models():
    folder = pathlib.Path("/home/ddos/models")
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest()[:12] for path in sorted(folder.iterdir())}


MODELS = models()


def health():
    if FAULT == "unhealthy":
        return 503, b'{"status":"ok"}'
    return 200, b'{"status":"fine"}' if FAULT == "wrong-body" else b'{"status":"ok"}'


def about():
    facts = {"label": CONFIG["label"], "models": MODELS, "ttl": os.environ.get("CACHE_TTL"), "pid": os.getpid()}
    return 200, json.dumps(facts).encode()


async def forward(path):
    target = urlsplit(UPSTREAM)
    reader, writer = await asyncio.open_connection(target.hostname, target.port)
    writer.write(f"GET {path} HTTP/1.0\r\nHost: {target.netloc}\r\n\r\n".encode())
    head = await reader.readuntil(b"\r\n\r\n")
    body = await reader.read()
    writer.close()
    return int(head.split()[1]), body


async def whole(receive):
    body, more = b"", True
    while more:
        part = await receive()
        body, more = body + part.get("body", b""), part.get("more_body", False)
    return body


async def respond(path, receive):
    if path == "/health":
        return health()
    if UPSTREAM:
        try:
            return await asyncio.wait_for(forward(path), 29 if path.startswith("/slow/") else 25)
        except (OSError, asyncio.IncompleteReadError, asyncio.TimeoutError) as error:
            return 502, repr(error).encode()
    if FAULT == "failing":
        return 500, b"failing"
    if FAULT == "hanging":
        await asyncio.sleep(3600)
    if FAULT == "late":
        await asyncio.sleep(0.7)
    if path == "/echo":
        return 200, await whole(receive)
    if path == "/hog":
        hog(4096)
    if path.startswith("/slow"):
        await asyncio.sleep(float(path.removeprefix("/slow").removeprefix("/") or 1))
    return about()


async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    status, body = await respond(scope["path"], receive)
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
