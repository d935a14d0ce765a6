"""Compares the release that serves with the candidate, on copies of live requests that nginx sends.

  shadow.py site SITE PARTS                        prints the site with the copying in it
  shadow.py compare SERVING CANDIDATE SETTINGS SOCKET
                                                   SETTINGS: a file of lines as the release step's input has them (shadow...). Prints one line when it
                                                   is through: `agree`, `refuse` or `nothing`, and a sentence. Then goes on answering nginx until it is
                                                   stopped

A copy is answered at once, before anything is done with it: nginx reads the next request of a connection only when that has happened. The two
releases are asked one after the other, one request at a time, so that neither gets more than one request at once on top of its own. What comes
too fast for that is dropped. Bodies are in memory only; of an answer nothing is printed but its status, and the place of a difference where it
is made of plain words and was found three times. Standard library only.
"""

import asyncio
import os
import queue
import sys
import threading
import time
from collections import Counter

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from shadow_ask import Unanswered, ask, changing, disagreement  # noqa: E402
from shadow_site import shadowed  # noqa: E402

SERVING, CANDIDATE = 8000, 8001
# What waits to be compared: a few seconds' worth, and so much memory.
WAITING, HELD = 64, 8 << 20
# A candidate that gives no answer so often in a row is given up.
SILENT = 3
# How often a place has to be found before it is named.
NAMED = 3


class Settings:
    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            lines = [line.rstrip("\n").partition("=") for line in file]
        values = {key: value for key, _, value in lines}
        self.names = frozenset(value for key, _, value in lines if key == "shadowIgnore")
        self.requests = ", ".join(value for key, _, value in lines if key == "shadowRequest")
        self.percent = values["shadowPercent"]
        self.seconds = float(values["shadowSeconds"])
        self.fewest, self.most = int(values["shadowMinRequests"]), int(values["shadowMaxRequests"])
        self.tolerance = float(values["shadowTolerance"])
        self.agreement = float(values["shadowMinAgreement"]) if "shadowMinAgreement" in values else None
        self.largest = int(values["shadowBodyBytes"])
        self.limit = float(values["shadowTimeout"])


class Findings:
    def __init__(self):
        self.copied = self.dropped = self.agreed = self.silent = self.in_a_row = 0
        self.unanswered = Counter()
        self.incomparable = Counter()
        self.differences = Counter()
        self.places = Counter()
        self.serving, self.candidate = [], []
        self.paths = set()

    @property
    def compared(self):
        return self.agreed + sum(self.differences.values()) + sum(self.unanswered.values())

    def over(self, settings):
        return self.compared >= settings.most or self.in_a_row >= SILENT


class Comparer(threading.Thread):
    """Takes one request after the other and asks both releases."""

    def __init__(self, settings, work, findings):
        super().__init__(daemon=True)
        self.settings, self.work, self.findings = settings, work, findings
        self.held = 0

    def run(self):
        while True:
            request = self.work.get()
            try:
                if not self.findings.over(self.settings):
                    self.one(request)
            except Exception as error:  # whatever a body may do: its kind alone is said, the text could hold the body
                self.findings.incomparable[f"not comparable ({type(error).__name__})"] += 1
            self.held -= len(request[3])

    def one(self, request):
        found, limit = self.findings, self.settings.limit
        try:
            first = ask(SERVING, request, limit)
        except Unanswered as why:
            found.incomparable[f"from the serving release: {why}"] += 1
            return
        try:
            second = ask(CANDIDATE, request, limit)
        except Unanswered as why:
            found.unanswered[f"from the candidate: {why}"] += 1
            found.in_a_row += 1
            found.silent = max(found.silent, found.in_a_row)
            return
        found.in_a_row = 0
        differs = self.difference(request, first, second)
        if differs == "unsteady":
            found.incomparable["the serving release does not answer alike twice"] += 1
            return
        found.serving.append(first.seconds)
        found.candidate.append(second.seconds)
        if differs is None:
            found.agreed += 1
            return
        what, place = differs
        found.differences[what] += 1
        if place:
            found.places[place] += 1

    def difference(self, request, first, second):
        """What differs still when all is left out that the serving release itself answers differently when it is asked again."""
        found, names, tolerance = self.findings, self.settings.names, self.settings.tolerance
        differs = disagreement(first, second, tolerance, found.paths, names)
        if differs is None:
            return None
        try:
            places = changing(first, ask(SERVING, request, self.settings.limit))
        except Unanswered:
            return "unsteady"
        if places is None or () in places:
            return "unsteady"
        found.paths |= places
        return disagreement(first, second, tolerance, found.paths, names)


class Intake:
    """What nginx sends."""

    def __init__(self, settings, comparer, findings):
        self.settings, self.comparer, self.findings = settings, comparer, findings
        self.open = True

    async def take(self, reader, writer):
        try:
            await asyncio.wait_for(self._take(reader, writer), 2)
        except (OSError, EOFError, ValueError, TimeoutError, asyncio.TimeoutError, asyncio.LimitOverrunError):
            self.findings.dropped += 1
        finally:
            writer.close()

    async def _take(self, reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n"))[:-4].split(b"\r\n")
        method, target, _ = head[0].split(b" ", 2)
        headers = [(name, value.strip()) for name, _, value in (line.partition(b":") for line in head[1:])]
        size = int(next((value for name, value in headers if name.lower() == b"content-length"), b"0"))
        wanted = self.open and self.comparer.held + size <= HELD and not self.comparer.work.full()
        if size > self.settings.largest or not wanted:
            self.findings.dropped += self.open
            writer.write(b"HTTP/1.0 204 No Content\r\n\r\n")
            return
        self.comparer.held += size
        try:
            body = await reader.readexactly(size)
            writer.write(b"HTTP/1.0 204 No Content\r\n\r\n")
        except BaseException:
            self.comparer.held -= size
            raise
        self.findings.copied += 1
        try:
            self.comparer.work.put_nowait((method, target, headers, body))
        except queue.Full:
            self.comparer.held -= size
            self.findings.dropped += 1


def percentile(seconds, share):
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def times(seconds):
    return "unknown" if not seconds else f"{1000 * percentile(seconds, 0.5):.0f}/{1000 * percentile(seconds, 0.95):.0f} ms"


def listed(counter):
    return ", ".join(f"{what} ({count} times)" for what, count in counter.most_common(3))


def remarks(found):
    said = []
    if found.differences:
        said.append(f"differing: {listed(found.differences)}")
    places = Counter({place: count for place, count in found.places.items() if count >= NAMED})
    if places:
        said.append(f"most often at {listed(places)}")
    if found.unanswered:
        said.append(f"unanswered {listed(found.unanswered)}")
    if found.incomparable:
        said.append(f"not counted: {listed(found.incomparable)}")
    if found.paths:
        count = "one place" if len(found.paths) == 1 else f"{len(found.paths)} places"
        said.append(f"left out: {count} that the serving release itself answers differently each time")
    if found.dropped:
        said.append(f"{found.dropped} more copies came faster than one request at a time allows, or were cut off")
    return "".join(f"; {one}" for one in said)


def verdict(found, settings, serving, candidate, seconds):
    """(word, sentence)"""
    limits = f"{settings.requests}, {settings.percent} % of them, bodies of at most {settings.largest >> 10} KiB"
    if found.compared == 0:
        why = "no request came that may be copied" if found.copied + found.dropped == 0 else f"of {found.copied} copied requests none could be compared"
        return "nothing", f"nothing was learnt about {candidate} from copies of live requests: {why} in {seconds:.0f} s ({limits}){remarks(found)}"
    share = found.agreed / found.compared
    numbers = (
        f"{found.agreed} of {found.compared} answers ({100 * share:.1f} %) to copies of live requests agree in {seconds:.0f} s ({limits}); "
        f"p50/p95 of {serving} {times(found.serving)}, of {candidate} {times(found.candidate)}{remarks(found)}"
    )
    if found.silent >= SILENT:
        return "refuse", f"{candidate} gave no answer {found.silent} times in a row where {serving} did: {numbers}"
    if settings.agreement is not None and found.compared < settings.fewest:
        return "agree", f"{numbers}. That is fewer than {settings.fewest} (release.shadow.minRequests), so nothing is judged by it"
    if settings.agreement is not None and share < settings.agreement:
        return "refuse", f"{numbers}. At least {100 * settings.agreement:g} % have to agree (release.shadow.minAgreement)"
    return "agree", numbers


async def compare(serving, candidate, settings, path):
    found = Findings()
    comparer = Comparer(settings, queue.Queue(WAITING), found)
    intake = Intake(settings, comparer, found)
    comparer.start()
    server = await asyncio.start_unix_server(intake.take, path, backlog=64)
    began = time.monotonic()
    while time.monotonic() - began < settings.seconds and not found.over(settings):
        await asyncio.sleep(0.1)
    intake.open = False
    print(*verdict(found, settings, serving, candidate, time.monotonic() - began), flush=True)
    await server.serve_forever()


def main(mode, *rest):
    if mode == "site":
        with open(rest[0], encoding="utf-8") as site, open(rest[1], encoding="utf-8") as parts:
            try:
                sys.stdout.write(shadowed(site.read(), parts.read()))
            except ValueError as why:
                print(why, file=sys.stderr)
                return 1
        return 0
    serving, candidate, settings, path = rest
    asyncio.run(compare(serving, candidate, Settings(settings), path))
    return 0


def silent(kind, error, trace):
    """An error's text could hold a body."""
    print(f"{kind.__name__} in line {trace.tb_lineno if trace else 0}", file=sys.stderr)


if __name__ == "__main__":
    if sys.argv[1] == "compare":
        sys.excepthook = silent
        threading.excepthook = lambda error: silent(error.exc_type, error.exc_value, error.exc_traceback)
    sys.exit(main(*sys.argv[1:]))
