"""A WSGI application without a framework."""

import json
from pathlib import Path

LABEL = (Path(__file__).parent / "label.txt").read_text()


def application(environ, start_response):
    answers = {"/health": {"status": "ok"}, "/about": {"label": LABEL, "server": environ["wsgi.url_scheme"]}}
    body = answers.get(environ["PATH_INFO"])
    start_response("200 OK" if body else "404 Not Found", [("content-type", "application/json")])
    return [json.dumps(body or {}, separators=(",", ":")).encode()]
