"""Copies stdin to stdout without the values of a .env file.

  redact.py ENV_FILE

Standard library only.
"""

import re
import sys


def secret_texts(text):
    """Values of a .env text as they may show up in a message: as written, unquoted, and the password inside a URL."""
    found = set()
    for line in text.splitlines():
        key, equals, raw = line.partition("=")
        if not equals or key.lstrip().startswith("#"):
            continue
        plain = raw.strip()
        if len(plain) > 1 and plain[0] == plain[-1] and plain[0] in "'\"":
            plain = plain[1:-1]
        candidates = {raw.strip(), plain, plain.replace("\\'", "'").replace('\\"', '"').replace("\\\\", "\\")}
        candidates |= {match[1] for match in re.finditer(r"://[^:/@\s]*:([^@\s]+)@", plain)}
        found |= {candidate for candidate in candidates if len(candidate) >= 6}
    return sorted(found, key=len, reverse=True)


def redact(env_file):
    try:
        with open(env_file, encoding="utf-8", errors="replace") as file:
            secrets = secret_texts(file.read())
    except FileNotFoundError:
        secrets = []
    text = sys.stdin.buffer.read().decode("utf-8", "replace")
    for secret in secrets:
        text = text.replace(secret, "***")
    sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(redact(sys.argv[1]))
