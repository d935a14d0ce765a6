"""Tries templates/watch on logs and clients of its own. argv: the folder of the programs, and an empty one. Prints what each case came to, as JSON."""

import datetime
import gzip
import json
import os
import shutil
import stat
import sys
from types import SimpleNamespace

PROGRAMS, FOLDER = sys.argv[1:]
sys.path.insert(0, PROGRAMS)
import watch_files  # noqa: E402
import watch_logs  # noqa: E402
import watch_metrics  # noqa: E402

NOW = 1_800_000_000_000
CASES = {}


def case(job):
    CASES[job.__name__] = job
    return job


def written(name, text, mode="a"):
    path = os.path.join(FOLDER, name)
    with open(path, mode, encoding="utf-8") as file:
        file.write(text)
    return path


class Reader:
    """Reads a log again and again, as the program does."""

    def __init__(self, path):
        self.path, self.mark, self.first = path, None, True

    def read(self):
        lines, self.mark, more, passed = watch_files.read_on(self.path, self.mark, self.first)
        self.first = False
        return {"lines": lines, "more": more, "passed": passed} if more or passed else lines


@case
def first_look_takes_nothing_then_what_is_new():
    log = Reader(written("a.log", "old\n"))
    said = [log.read()]
    written("a.log", "one\ntwo\nhal")
    said.append(log.read())
    written("a.log", "f\n")
    return [*said, log.read(), log.read()]


@case
def rotated_by_copy():
    log = Reader(written("b.log", "begins here\n"))
    log.read()
    written("b.log", "not seen before the rotation\n")
    shutil.copy(log.path, f"{log.path}.1")
    written("b.log", "after, and longer than the log was when it was looked at last\n", "w")
    return [log.read(), log.read()]


@case
def rotated_and_packed():
    log = Reader(written("c.log", "begins here\n"))
    log.read()
    written("c.log", "packed\n")
    with open(log.path, "rb") as plain, gzip.open(f"{log.path}.1.gz", "wb") as packed:
        packed.write(plain.read())
    written("c.log", "new\n", "w")
    return log.read()


@case
def rotated_twice_the_copy_is_another():
    log = Reader(written("d.log", "begins here\n"))
    log.read()
    written("d.log.1", "some other log\n")
    written("d.log", "new\n", "w")
    return log.read()


@case
def no_log_then_one():
    log = Reader(os.path.join(FOLDER, "e.log"))
    before = log.read()
    written("e.log", "first line\n")
    return [before, log.read()]


@case
def link_and_pipe_are_refused():
    os.symlink("/etc/passwd", os.path.join(FOLDER, "f.log"))
    os.mkfifo(os.path.join(FOLDER, "g.log"))
    said = []
    for name in ("f.log", "g.log"):
        try:
            said.append(watch_files.read_on(os.path.join(FOLDER, name), None, False)[0])
        except OSError:
            said.append("refused")
    return said


@case
def a_hole_is_passed_over():
    log = Reader(written("h.log", "old\n"))
    log.read()
    os.truncate(log.path, 500 << 30)
    written("h.log", "behind the hole\n")
    looks = [log.read() for _ in range(20)]
    lines = [line for look in looks for line in (look if isinstance(look, list) else look["lines"])]
    return {"passed": looks[0]["passed"] > 400 << 30, "lines": lines}


@case
def a_line_without_an_end_is_taken_in_pieces():
    log = Reader(written("i.log", ""))
    log.read()
    written("i.log", "x" * ((4 << 20) + 5))
    first = log.read()
    return [len(first["lines"][0]), first["more"], log.read()]


def answer(at="10:00:05", request="POST /predict HTTP/1.1", status=200, head="0.0123", client="198.51.100.7"):
    return f'{client} [2026-11-28T{at}+00:00] "{request}" {status} 12 rt=0.5 uh={head} rel=7-a ut={head} up=127.0.0.1:8000 id=a "curl"'


@case
def answers_by_the_minute():
    lines = [
        answer(),
        answer(status=503),
        answer(head="0.0124"),
        answer("10:01:00", head="0.1, 0.2"),
        answer(status=429, head="-"),
        # None of these counts.
        answer(client="127.0.0.1"),
        answer(status=499),
        answer(request="GET /health HTTP/1.1"),
        "no line of nginx",
    ]
    return [{**one, "Timestamp": one["Timestamp"].isoformat()} for one in watch_metrics.answers(lines, "/health")]


@case
def many_values_are_split():
    lines = [answer(head=f"{n / 1000:.3f}") for n in range(1, 5000)]
    found = [one for one in watch_metrics.answers(lines, "/health") if one["MetricName"] == "Latency"]
    return {"largest": max(len(one["Values"]) for one in found), "all": sum(sum(one["Counts"]) for one in found)}


@case
def memory():
    return watch_metrics.memory_percent("MemTotal:       1000 kB\nMemFree:         100 kB\nMemAvailable:    250 kB\n")


@case
def certificate():
    now = datetime.datetime(2026, 11, 28, tzinfo=datetime.timezone.utc)
    return watch_metrics.days_left("notAfter=Dec  8 12:00:00 2026 GMT\n", now)


class Bucket:
    class Failed(Exception):
        response = {"ResponseMetadata": {"HTTPStatusCode": 404}}

    exceptions = SimpleNamespace(ClientError=Failed)

    def __init__(self, at):
        self.at, self.asked = at, 0

    def head_object(self, **about):
        self.asked += 1
        if self.at is None:
            raise self.Failed
        return {"LastModified": self.at}


@case
def backup():
    begin = datetime.datetime(2026, 11, 28, tzinfo=datetime.timezone.utc)
    hour = datetime.timedelta(hours=1)
    conf, state, bucket = {"bucket": "b", "backup": "k"}, {}, Bucket(None)
    said = [watch_metrics.backup_hours(conf, state, lambda: bucket, begin + n * hour) for n in range(3)]
    bucket.at = begin + 2 * hour
    said += [watch_metrics.backup_hours(conf, state, lambda: bucket, begin + 3 * hour + datetime.timedelta(minutes=n)) for n in (0, 1)]
    return [[round(one, 3) for one in said], bucket.asked]


class Logs:
    """As CloudWatch: a stream has to be there, and the limits of PutLogEvents hold."""

    class Absent(Exception):
        pass

    exceptions = SimpleNamespace(ResourceNotFoundException=Absent)

    def __init__(self, streams=()):
        self.streams, self.taken = set(streams), []

    def create_log_stream(self, logGroupName, logStreamName):
        self.streams.add((logGroupName, logStreamName))

    def put_log_events(self, logGroupName, logStreamName, logEvents):
        if (logGroupName, logStreamName) not in self.streams:
            raise self.Absent
        times = [one["timestamp"] for one in logEvents]
        assert times == sorted(times), "not in order"
        assert times[-1] - times[0] < 24 * 3600 * 1000, "more than a day"
        assert sum(len(one["message"].encode()) + 26 for one in logEvents) <= 1048576, "too large"
        assert len(logEvents) <= 10000 and all(one["message"] for one in logEvents)
        self.taken.append(logEvents)
        return {}


@case
def events_within_the_limits():
    client = Logs()
    hours = 3600 * 1000
    events = [{"timestamp": NOW - n * hours, "message": "ä" * 20000} for n in range(200)]
    events += [{"timestamp": NOW, "message": "x"}] * 12000 + [{"timestamp": NOW - 400 * hours, "message": "long ago"}]
    refused = watch_logs.send(client, "g", "s", events, NOW)
    sent = [one for batch in client.taken for one in batch]
    longest = max(len(one["message"].encode()) for one in sent)
    return {"refused": refused, "sent": len(sent), "longest": longest, "ago": [NOW - one["timestamp"] for one in sent if one["message"] == "long ago"]}


@case
def what_was_not_taken_is_said():
    client = SimpleNamespace(exceptions=Logs.exceptions, put_log_events=lambda **_: {"rejectedLogEventsInfo": {"tooOldLogEventEndIndex": 2}})
    return watch_logs.send(client, "g", "s", [{"timestamp": NOW, "message": "x"}] * 5, NOW)


@case
def times_of_lines():
    lines = [answer(), "2026/11/28 10:00:00 [error] 1#1: it broke", "whatever", "2026/13/99 10:00:00 [x"]
    return watch_logs.events_of(lines, NOW)


@case
def an_entry_of_the_journal():
    line = {"__REALTIME_TIMESTAMP": "1800000000000001", "__CURSOR": "c", "_PID": "7", "SYSLOG_IDENTIFIER": "nginx", "PRIORITY": "3", "MESSAGE": [104, 105, 255]}
    return watch_logs.entry(json.dumps(line))


FAKE = """#!/bin/sh
echo "$@" >>"$0.asked"
case "$*" in
  *--lines=1*) echo '{"__REALTIME_TIMESTAMP": "1", "__CURSOR": "end"}' ;;
  *after-cursor=end*) echo '{"__REALTIME_TIMESTAMP": "5000", "__CURSOR": "next", "_PID": "1", "MESSAGE": "m"}' ;;
  *after-cursor=gone*) echo "no such cursor" >&2; exit 1 ;;
esac
"""


@case
def the_journal_is_read_on():
    program = written("journalctl", FAKE)
    os.chmod(program, stat.S_IRWXU)
    os.environ["PATH"] = f"{FOLDER}:{os.environ['PATH']}"
    first = watch_logs.journal(["a.service"], None)
    second = watch_logs.journal(["a.service"], first[1])
    third = watch_logs.journal(["a.service"], second[1])
    try:
        watch_logs.journal([], "gone")
        failed = None
    except OSError as error:
        failed = str(error)
    with open(f"{program}.asked", encoding="utf-8") as asked:
        return [first, second, third, failed, "--unit=a.service" in asked.read()]


os.environ["TZ"] = "UTC"
print(json.dumps({name: job() for name, job in CASES.items()}))
