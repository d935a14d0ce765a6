"""One request to a release, and how two answers to it differ. Part of shadow.py. Nothing here writes a body anywhere, or any part of one."""

import gzip
import json
import os
import re
import socket
import sys
import threading
import time
import zlib
from http.client import HTTPException, HTTPResponse
from io import BytesIO

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from checks import NOTHING, difference, unsteady  # noqa: E402

LARGEST = 1 << 20
# Of the connection to nginx, and what would make an answer harder to compare.
NOT_PASSED_ON = {
    b"accept-encoding",
    b"connection",
    b"content-length",
    b"expect",
    b"keep-alive",
    b"proxy-authorization",
    b"proxy-connection",
    b"te",
    b"trailer",
    b"transfer-encoding",
    b"upgrade",
}


class Unanswered(Exception):
    """Why there is no answer that could be compared; the text holds nothing of request or answer."""


class Answer:
    def __init__(self, status, location, content, seconds):
        self.status = status
        self.location = location
        self.seconds = seconds
        self.content = content
        try:
            self.json = json.loads(content)
        except (ValueError, RecursionError):
            self.json = NOTHING


def wire(method, target, headers, body):
    """The request as bytes: clients may send what http.client refuses to write, such as a query in UTF-8."""
    lines = [b"%s %s HTTP/1.1" % (method, target)]
    lines += [b"%s: %s" % (name, value) for name, value in headers if name.lower() not in NOT_PASSED_ON]
    lines += [b"Connection: close"]
    if body or method not in (b"GET", b"HEAD"):
        lines.append(b"Content-Length: %d" % len(body))
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def plain(answer, content):
    """Without its compression, which needs not be the same for the same text."""
    if (answer.getheader("Content-Encoding") or "").strip().lower() != "gzip":
        return content
    try:
        with gzip.GzipFile(fileobj=BytesIO(content)) as file:
            text = file.read(LARGEST + 1)
    except (OSError, EOFError, zlib.error):
        return content
    if len(text) > LARGEST:
        raise Unanswered(f"an answer of more than {LARGEST >> 20} MiB")
    return text


def close_hard(connection):
    """From another thread: ends whatever waits for the connection, also one that comes in byte by byte."""
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # it has ended by itself


def ask(port, request, limit):
    """@raises Unanswered when there is no whole answer within the limit (seconds)"""
    began = time.monotonic()
    try:
        connection = socket.create_connection(("127.0.0.1", port), timeout=limit)
    except OSError as error:
        raise Unanswered("no connection" if not isinstance(error, TimeoutError) else f"no answer within {limit:g} s") from None
    watchdog = threading.Timer(limit, close_hard, [connection])
    watchdog.daemon = True
    watchdog.start()
    try:
        connection.sendall(wire(*request))
        answer = HTTPResponse(connection, method=request[0].decode("latin-1"))
        answer.begin()
        content = answer.read(LARGEST + 1)
        seconds = time.monotonic() - began
        if len(content) > LARGEST:
            raise Unanswered(f"an answer of more than {LARGEST >> 20} MiB")
        if seconds >= limit:
            raise Unanswered(f"no whole answer within {limit:g} s")
        return Answer(answer.status, answer.getheader("Location"), plain(answer, content), seconds)
    except (OSError, HTTPException, ValueError):
        late = time.monotonic() - began >= limit * 0.99
        raise Unanswered(f"no whole answer within {limit:g} s" if late else "the connection was cut off") from None
    finally:
        watchdog.cancel()
        connection.close()


def without(value, paths, names, path=()):
    """The JSON value without what is not compared: places that the serving release itself answers differently each time, and keys by name."""
    if isinstance(value, dict):
        return {key: without(inner, paths, names, (*path, key)) for key, inner in value.items() if key not in names and (*path, key) not in paths}
    if isinstance(value, list):
        return [None if (*path, index) in paths else without(inner, paths, names, (*path, index)) for index, inner in enumerate(value)]
    return None if path in paths else value


def word_of(place):
    """A place in an answer, only where it is made of keys as programs have them: keys may be a client's own text."""
    return place if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,39}(\[\d{1,4}\])*(\.[A-Za-z_][A-Za-z0-9_]{0,39}(\[\d{1,4}\])*){0,4}", place) else ""


def disagreement(first, second, tolerance, paths, names):
    """None, or (what differs, its place or ""); of the values nothing."""
    if first.status != second.status:
        return f"HTTP {first.status} against HTTP {second.status}", ""
    if 300 <= first.status < 400 and first.location != second.location:
        return "another Location", ""
    if first.json is NOTHING and second.json is NOTHING:
        return None if first.content == second.content or () in paths else ("other bytes", "")
    if first.json is NOTHING or second.json is NOTHING:
        return "JSON against no JSON" if second.json is NOTHING else "no JSON against JSON", ""
    bounds = {"abs": tolerance, "rel": tolerance}
    try:
        found = difference(without(first.json, paths, names), without(second.json, paths, names), bounds)
    except RecursionError:
        return "JSON that is too deep to compare", ""
    return None if found is None else ("another answer", word_of(found[0]))


def changing(first, again):
    """Places in which two answers of one release to one request differ; None where they cannot be compared at all."""
    if first.status != again.status or first.location != again.location or (first.json is NOTHING) != (again.json is NOTHING):
        return None
    if first.json is NOTHING:
        return {()} if first.content != again.content else set()
    try:
        return {tuple(path) for path in unsteady(first.json, again.json)}
    except RecursionError:
        return None
