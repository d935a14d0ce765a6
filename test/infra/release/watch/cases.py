"""What the cases share: where they are listed, the folder that is theirs, and a line of the access log."""

import os
import sys

FOLDER = sys.argv[2]
CASES = {}


def case(job):
    CASES[job.__name__] = job
    return job


def written(name, text, mode="a"):
    path = os.path.join(FOLDER, name)
    with open(path, mode, encoding="utf-8") as file:
        file.write(text)
    return path


def answer(at="10:00:05", request="POST /predict HTTP/1.1", status=200, head="0.0123", client="198.51.100.7"):
    return f'{client} [2026-11-28T{at}+00:00] "{request}" {status} 12 rt=0.5 uh={head} rel=7-a ut={head} up=127.0.0.1:8000 id=a "curl"'
