"""Watches a release after the switch: what nginx's log says of it, against what it says of the minutes before.

  bake.py before LOG RELEASE                          prints {"requests", "errors", "median", "window"} of the last five minutes (JSON)
  bake.py watch LOG RELEASE BEFORE SECONDS SHARE TIMES
                                                      BEFORE: a file with that. Exit code 0: not worse, or nothing was learnt; 1: worse. Prints a sentence

RELEASE is the one whose answers count, "any" where the log cannot tell. Not counted: what another release answered, what a client gave up (499),
what nginx answered itself (limits, bad requests), what this host asked itself, and requests that had begun before. SHARE is how much larger the
share of answers with 5xx may be than before (0 to 1), TIMES how many times as long the median answer may take to begin. Standard library only.

The log is nginx's own, copied and truncated by logrotate, and may be gigabytes: at most LARGEST bytes of it are read at once.
"""

import json
import os
import re
import stat
import sys
import time
from collections import Counter
from datetime import datetime
from statistics import median

WINDOW = 300
LARGEST = 4 << 20
# A line and a half: what is compared to know whether the log is still the one that was read.
ANCHOR = 256
# So few are no share, however bad; and a median of so few no measure.
FEWEST_ERRORS = 3
FEWEST_ANSWERS = 20
# Enough to end before the time is over.
CLEARLY = 10
# Seconds: below that nobody notices, and a busy host is slower by as much.
NOTICEABLE = 0.2

LINE = re.compile(
    r'^(?P<client>\S+) \[(?P<time>[^\]]+)\] "(?P<request>(?:[^"\\]|\\.)*)" (?P<status>\d{3}) \d+ rt=(?P<took>[\d.]+)'
    r"(?: uh=(?P<head>[-\d., :]+) rel=(?P<release>.*?))? ut=[-\d., :]+ up=(?P<upstream>.*?) id="
)


class Entry:
    """One answer that counts, or whether it does not."""

    def __init__(self, match):
        self.status = int(match["status"])
        self.ended = datetime.fromisoformat(match["time"]).timestamp()
        self.took = float(match["took"])
        self.began = self.ended - self.took
        self.releases = (match["release"] or "").split(", ")
        self.told = match["release"] is not None
        parts = re.findall(r"[\d.]+", match["head"] or "")
        self.seconds = sum(float(part) for part in parts) if parts else None
        self.upstream = match["upstream"]
        self.local = match["client"] in ("127.0.0.1", "::1")
        words = match["request"].split(" ")
        self.what = f"{words[0]} {words[1].split('?')[0]}"[:80] if len(words) > 1 else "a bad request"

    def counts(self, release):
        if self.local or self.status == 499:
            return False
        if release == "any" or not self.told:
            return self.upstream != "-"
        # Without an answer of the application nothing names its release: it is the one that nginx asked.
        return release in self.releases or (self.releases == ["-"] and self.upstream != "-")


def entries(lines, release):
    for line in lines:
        match = LINE.match(line)
        if match:
            try:
                entry = Entry(match)
            except ValueError:
                continue
            if entry.counts(release):
                yield entry


def open_log(path):
    """Never through a link, and only a plain file: the folder is not root's."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(f"{path} is no plain file")
    return os.fdopen(descriptor, "rb")


def read_at(path, start, length):
    with open_log(path) as file:
        file.seek(max(0, start))
        return file.read(length)


def size_of(path):
    with open_log(path) as file:
        return os.fstat(file.fileno()).st_size


def tail(path, length):
    """The last bytes of the log, and of the one that was rotated before it where that is needed and not compressed yet."""
    size = size_of(path)
    data = read_at(path, size - length, length)
    if size < length and os.path.isfile(f"{path}.1"):
        older = size_of(f"{path}.1")
        data = read_at(f"{path}.1", older - (length - size), length - size) + data
    return data


class Follower:
    """What is written to the log from now on, across rotations."""

    def __init__(self, path):
        self.path = path
        self.place = size_of(path)
        self.anchor = read_at(path, self.place - ANCHOR, min(ANCHOR, self.place))
        self.rest = b""

    def _same(self, path):
        """Whether what was read last still stands there before the place."""
        if not os.path.isfile(path) or size_of(path) < self.place:
            return False
        return read_at(path, self.place - len(self.anchor), len(self.anchor)) == self.anchor

    def _more(self, path):
        size = size_of(path)
        start = max(self.place, size - LARGEST)
        data = read_at(path, start, size - start)
        # What was left out was in the middle of a line.
        self.rest = b"" if start > self.place else self.rest
        self.place = start + len(data)
        return data

    def lines(self):
        data = b""
        if not self._same(self.path):
            if self._same(f"{self.path}.1"):
                data = self._more(f"{self.path}.1")
            else:
                self.rest = b""
            self.place, self.anchor = 0, b""
        data += self._more(self.path)
        self.anchor = (self.anchor + data)[-min(ANCHOR, self.place) :] if self.place else b""
        *whole, self.rest = (self.rest + data).split(b"\n")
        self.rest = self.rest[-LARGEST:]
        return [line.decode("latin-1") for line in whole]


class Count:
    def __init__(self):
        self.requests = 0
        self.errors = 0
        self.seconds = []
        self.failing = Counter()

    def add(self, entry):
        self.requests += 1
        if entry.status >= 500:
            self.errors += 1
            self.failing[f"{entry.what}: {entry.status}"] += 1
        elif entry.seconds is not None:
            self.seconds.append(entry.seconds)

    @property
    def share(self):
        return self.errors / self.requests if self.requests else 0.0

    def median(self):
        return median(self.seconds) if len(self.seconds) >= FEWEST_ANSWERS else None


def before(path, release):
    count = Count()
    now = time.time()
    for entry in entries(tail(path, LARGEST).decode("latin-1").split("\n"), release):
        if now - WINDOW <= entry.ended <= now + 1:
            count.add(entry)
    print(json.dumps({"requests": count.requests, "errors": count.errors, "median": count.median(), "window": WINDOW}))
    return 0


def percent(part, whole):
    return f"{100 * part / whole:.1f} %" if whole else "none"


def milliseconds(seconds):
    return "unknown" if seconds is None else f"{1000 * seconds:.0f} ms"


def more_errors(now, earlier, share, fewest):
    old = earlier["errors"] / earlier["requests"] if earlier["requests"] else 0.0
    return now.errors >= fewest and now.share > old + share


def slower(now, earlier, times):
    new, old = now.median(), earlier["median"]
    return new is not None and old is not None and new > times * old and new - old > NOTICEABLE


def verdict(now, earlier, share, times, fewest):
    """None, or what is worse."""
    if more_errors(now, earlier, share, fewest):
        often = ", ".join(f"{what} ({count} times)" for what, count in now.failing.most_common(2))
        return (
            f"{now.errors} of {now.requests} requests ({percent(now.errors, now.requests)}) were answered with 5xx, {earlier['errors']} of "
            f"{earlier['requests']} ({percent(earlier['errors'], earlier['requests'])}) in the {earlier['window']} s before; "
            f"{100 * share:g} % more are allowed (release.bakeErrorShare). Most often {often}"
        )
    if fewest == FEWEST_ERRORS and slower(now, earlier, times):
        return (
            f"the median answer began after {milliseconds(now.median())} ({len(now.seconds)} answers), after {milliseconds(earlier['median'])} in the "
            f"{earlier['window']} s before; {times:g} times as long is allowed (release.bakeLatency)"
        )
    return None


def watch(path, release, before_file, seconds, share, times):
    with open(before_file, encoding="utf-8") as file:
        earlier = json.load(file)
    if earlier["requests"] * seconds < earlier["window"]:
        print(f"nothing was learnt by watching it: {earlier['requests']} requests came in the {earlier['window']} s before, so none was to be expected in {seconds:g} s")
        return 0
    started, looked = time.time(), time.monotonic()
    switched, end = looked, looked + seconds
    log, now = Follower(path), Count()
    left = seconds
    while left > 0:
        time.sleep(min(1.0, left))
        looking = time.monotonic()
        left = end - looking
        for entry in entries(log.lines(), release):
            # One that may have begun before does not count: by the second in the log, or, as the clock may be set meanwhile, by when it was written.
            if entry.began >= started or looked - entry.took >= switched:
                now.add(entry)
        looked = looking
        worse = verdict(now, earlier, share, times, CLEARLY if left > 0 else FEWEST_ERRORS)
        if worse:
            print(f"in {seconds - max(0.0, left):.0f} s {worse}")
            return 1
    if now.requests == 0:
        print(f"nothing was learnt by watching it for {seconds:g} s: no request came")
        return 0
    print(
        f"watched for {seconds:g} s: {now.errors} of {now.requests} requests were answered with 5xx ({earlier['errors']} of {earlier['requests']} before), "
        f"the median answer began after {milliseconds(now.median())} ({milliseconds(earlier['median'])} before)"
    )
    return 0


def main(mode, path, release, *rest):
    if mode == "before":
        return before(path, release)
    before_file, seconds, share, times = rest
    return watch(path, release, before_file, float(seconds), float(share), float(times))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
