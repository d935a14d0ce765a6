"""Copies stdin to stdout without the values of a .env file.

  redact.py ENV_FILE

A word (what stands between blanks) that shares six characters or more with a value, in whatever form a library may print it, is replaced as a
whole. So nothing of six or more characters of a value is left, however it was cut, shortened or wrapped on its way; a search for whole values
would miss those. Run it before lines are cut.

Standard library only.
"""

import base64
import html
import json
import re
import sys
from urllib.parse import quote, quote_plus, unquote

LENGTH = 6
# Set by the program from what is plain anyway.
PLAIN_NAMES = {"MODEL_PATH", "UPSTREAM_URL", "LOG_LEVEL", "CACHE_TTL"}
# What anybody knows of a host: masked, no path of a traceback would be left.
PUBLIC = ["/home/ddos/app/ml_gateway/", "/home/ddos/models/", "/home/ddos/data/", "/home/ddos/logs/", "/home/ddos/venv/lib/python3.", "https://", "sqlite:///", "postgresql://"]

ASSIGNMENT = re.compile(r"""^(?:export[ ]+)?([A-Za-z_]\w*)[ ]*=[ ]*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|([^\n]*))""", re.M | re.S)


def values(text):
    """Values of a .env text as they are meant, and as they are written."""
    rest, found = [], []
    end = 0
    for match in ASSIGNMENT.finditer(text):
        rest.append(text[end : match.start()])
        end = match.end()
        if match[1] in PLAIN_NAMES:
            continue
        raw = next(group for group in match.groups()[1:] if group is not None)
        found += [raw, re.sub(r"\\([\\'\"])", r"\1", raw).replace("${:-$}{", "${")]
    # What is no assignment should not be there; it may be a part of a value.
    return found + rest + [text[end:]]


def forms(value):
    """The value in the forms in which programs print texts."""
    data = value.encode("utf-8", "surrogateescape")
    escaped = [json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1], repr(value)[1:-1], repr(data)[2:-1]]
    quoted = [quote(value, safe="", errors="replace"), quote(value, errors="replace"), quote_plus(value, errors="replace"), unquote(value), html.escape(value)]
    yield from [value, *escaped, *quoted, json.dumps(escaped[0])[1:-1], quote(quoted[0], safe=""), data.hex(), *decoded(value)]
    # Three ways in which the bytes can fall into groups of three; the characters at the edges depend on what is beside them.
    for shift in range(3):
        text = base64.b64encode(b"\0" * shift + data).decode().rstrip("=")
        inner = text[[0, 2, 3][shift] : len(text) - 1]
        yield from [inner, inner.replace("+", "-").replace("/", "_"), quote(inner, safe="")]


def decoded(value):
    try:
        return [base64.b64decode(value + "=" * (-len(value) % 4), validate=True).decode("utf-8")]
    except ValueError:
        return []


def pieces(text):
    return {text[at : at + LENGTH] for at in range(len(text) - LENGTH + 1)}


def secret_pieces(env_text):
    found = set()
    for value in values(env_text):
        if len(value.strip()) >= LENGTH:
            for form in forms(value):
                found |= pieces(form.lower())
    for text in PUBLIC:
        found -= pieces(text)
    return {piece for piece in found if piece.strip()}


def redact(text, secrets):
    """The text with each word that shares a piece with a secret as ***."""
    lower = text.lower()
    if len(lower) != len(text):  # a few letters change their length
        lower = "".join(one.lower() if len(one.lower()) == 1 else one for one in text)
    hidden = bytearray(len(text))
    for at in range(len(text) - LENGTH + 1):
        if lower[at : at + LENGTH] in secrets:
            hidden[at : at + LENGTH] = b"\1" * LENGTH
    return re.sub(r"\S+", lambda word: "***" if any(hidden[word.start() : word.end()]) else word[0], text)


def main(env_file):
    try:
        with open(env_file, encoding="utf-8", errors="surrogateescape", newline="") as file:
            secrets = secret_pieces(file.read())
    except FileNotFoundError:
        secrets = set()
    text = sys.stdin.buffer.read().decode("utf-8", "replace")
    sys.stdout.buffer.write(redact(text, secrets).encode("utf-8", "replace"))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
