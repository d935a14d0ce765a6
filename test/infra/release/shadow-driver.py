"""Runs templates/steps/shadow.py between two services that answer as a case says, and sends it copies of requests as nginx does. JSON in, JSON out.

A service: path -> {"status", "headers", "body"} or {"does": "hang" | "after" | "drip" | "cut" | "count" | "large"}; "after": when nginx has got all its answers.
"""

import base64
import contextlib
import errno
import importlib.util
import io
import itertools
import json
import os
import socket
import sys
import tempfile
import threading
import time


def load(path):
    sys.path.insert(0, os.path.dirname(path))
    spec = importlib.util.spec_from_file_location("shadow", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Service:
    sent = threading.Event()

    def __init__(self, answers, first=0, gone=False):
        self.answers, self.seen, self.counter = answers, [], itertools.count(first)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        if gone:
            self.listener.close()
            return
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            connection, _ = self.listener.accept()
            threading.Thread(target=self.answer, args=[connection], daemon=True).start()

    def answer(self, connection):
        with contextlib.suppress(OSError), connection, connection.makefile("rb") as stream:
            head = []
            while (line := stream.readline()) not in (b"\r\n", b""):
                head.append(line.decode("latin-1").rstrip("\r\n"))
            size = next((int(line.split(":")[1]) for line in head if line.lower().startswith("content-length:")), 0)
            body = stream.read(size)
            self.seen.append({"head": head, "body": body.decode("latin-1")})
            self.say(connection, head[0].split(" ")[1].split("?")[0])

    def say(self, connection, path):
        wanted = self.answers.get(path, {})
        does = wanted.get("does")
        text = wanted.get("body", "").encode()
        if "base64" in wanted:
            text = base64.b64decode(wanted["base64"])
        if does == "hang":
            time.sleep(60)
        if does == "cut":
            return
        if does == "drip":
            connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
            while True:
                connection.sendall(b"x")
                time.sleep(0.05)
        if does == "count":
            text = json.dumps({"score": wanted.get("score", 1), "at": next(self.counter)}).encode()
        if does == "after":
            self.sent.wait()
        if does == "large":
            text = b"x" * (2 << 20)
        headers = "".join(f"{name}: {value}\r\n" for name, value in wanted.get("headers", {}).items())
        if "transfer-encoding" not in headers:
            headers += f"content-length: {len(text)}\r\n"
        connection.sendall(f"HTTP/1.1 {wanted.get('status', 200)} X\r\n{headers}\r\n".encode() + text)


def send(path, request):
    """@returns what nginx would get"""
    with socket.socket(socket.AF_UNIX) as connection:
        # A socket has its name a moment before somebody listens.
        while connection.connect_ex(path) == errno.ECONNREFUSED:
            time.sleep(0.01)
        body = request.get("body", "").encode() * request.get("repeat", 1)
        headers = "".join(f"{name}: {value}\r\n" for name, value in request.get("headers", {}).items())
        head = f"{request.get('method', 'POST')} {request['target']} HTTP/1.0\r\nHost: a\r\n{headers}Content-Length: {len(body)}\r\n\r\n"
        connection.sendall(head.encode() + body)
        answer = connection.recv(100)
    return answer.decode().split("\r\n")[0]


class Said(io.StringIO):
    def __init__(self):
        super().__init__()
        self.done = threading.Event()

    def flush(self):
        self.done.set()


def main(program):
    case = json.load(sys.stdin)
    shadow = load(program)
    serving, candidate = Service(case["serving"]), Service(case["candidate"], 1000, case["gone"])
    shadow.SERVING, shadow.CANDIDATE = serving.port, candidate.port
    folder = tempfile.mkdtemp()
    path = os.path.join(folder, "socket")
    with open(os.path.join(folder, "settings"), "w", encoding="utf-8") as file:
        file.write("\n".join(case["settings"]) + "\n")
    said, out = Said(), sys.stdout
    sys.stdout = said
    threading.Thread(target=shadow.main, args=["compare", "7-old", "8-new", os.path.join(folder, "settings"), path], daemon=True).start()
    while not os.path.exists(path):
        time.sleep(0.01)
    answers = []
    for request in case["requests"]:
        for _ in range(request.get("times", 1)):
            answers.append(send(path, request))
            time.sleep(0.02)
    Service.sent.set()
    said.done.wait(20)
    sys.stdout = out
    print(json.dumps({"said": said.getvalue(), "nginx": sorted(set(answers)), "serving": serving.seen, "candidate": candidate.seen}))
    out.flush()
    os.unlink(path)
    os._exit(0)


main(sys.argv[1])
