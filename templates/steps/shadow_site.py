"""Writes the site that serves with a share of its requests copied. Part of shadow.py.

Every line that is added ends with a mark, so that recover.sh can take the copying away again whatever happened in between (MARK there), and
what is left is the site as it was, byte for byte.
"""

import re

MARK = " # shadow"
# What stands between the parts of the template: for the http level, for the server, for the location that serves.
BETWEEN = "# ---"
FRONT = "    location / {"


def marked(lines):
    return [f"{line}{MARK}" for line in lines if line.strip() and not line.lstrip().startswith("#")]


def passed_headers(lines):
    """What the application gets with a request; the copy has to have the same. Not what belongs to the connection."""
    inside = lines[lines.index(FRONT) + 1 :]
    inside = inside[: inside.index("    }")]
    return [line for line in inside if re.match(r"\s+proxy_set_header (?!Upgrade |Connection )", line)]


def shadowed(site, parts):
    """@raises ValueError when the site is not one of this project"""
    lines = site.split("\n")
    if lines.count(FRONT) != 1:
        raise ValueError("the site that serves has no place for it (location /)")
    http, server, location = (part.split("\n") for part in parts.split(f"{BETWEEN}\n"))
    at = lines.index(FRONT)
    block = [line for one in server for line in (passed_headers(lines) if one.strip() == "# headers" else [one])]
    return "\n".join(marked(http) + lines[:at] + marked(block) + [FRONT] + marked(location) + lines[at + 1 :])
