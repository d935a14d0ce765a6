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
import watch  # noqa: E402
import watch_files  # noqa: E402
import watch_logs  # noqa: E402
import watch_metrics  # noqa: E402

NOW = 1_800_000_000_000
TEN = datetime.datetime(2026, 11, 28, 10, tzinfo=datetime.timezone.utc)
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
    return [log.read(), log.read(), log.read()]


@case
def rotated_and_packed():
    log = Reader(written("c.log", "begins here\n"))
    log.read()
    written("c.log", "packed\n")
    with open(log.path, "rb") as plain, gzip.open(f"{log.path}.1.gz", "wb") as packed:
        packed.write(plain.read())
    written("c.log", "new\n", "w")
    return [log.read(), log.read()]


@case
def rotated_twice_the_copy_is_another():
    log = Reader(written("d.log", "begins here\n"))
    log.read()
    written("d.log.1", "some other log\n")
    written("d.log", "new\n", "w")
    return log.read()


@case
def a_damaged_copy_is_no_copy():
    log = Reader(written("d2.log", "begins here\n"))
    log.read()
    whole = gzip.compress(b"begins here\n" + os.urandom(4000))
    with open(f"{log.path}.1.gz", "wb") as packed:
        packed.write(whole[:200] + b"\xff" * 200 + whole[400:])
    written("d2.log", "new\n", "w")
    return [log.read(), log.read()]


@case
def a_packed_copy_is_not_unpacked_without_end():
    log = Reader(written("d3.log", "begins here\n"))
    log.mark = {**watch_files.mark_at(open(log.path, "rb"), 12), "offset": 500 << 30}
    with gzip.open(f"{log.path}.1.gz", "wb") as packed:
        packed.write(b"begins here\n" + bytes(4 << 20))
    gzip_open, gzip.open = gzip.open, None
    try:
        return log.read()
    finally:
        gzip.open = gzip_open


@case
def a_rotated_rest_of_many_pieces_is_read_whole():
    log = Reader(written("d4.log", "begins here\n"))
    log.read()
    written("d4.log", "".join(f"{n:07}\n" for n in range(25_000)) + "cut")
    shutil.copy(log.path, f"{log.path}.1")
    written("d4.log", " here\nnew\n", "w")
    found, looks, more = [], [], True
    while more:
        look = log.read()
        more = isinstance(look, dict) and look["more"]
        found += look["lines"] if more else look
        looks.append(len(look["lines"] if more else look))
    return {"looks": looks, "in_order": found[:25_000] == [f"{n:07}" for n in range(25_000)], "last": found[25_000:]}


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


@case
def many_short_lines_are_taken_in_pieces():
    log = Reader(written("j.log", ""))
    log.read()
    written("j.log", "ab\n" * 10_001)
    first = log.read()
    return [len(first["lines"]), first["more"], log.read()]


class Turns:
    """The parts of a run that take turns, on a log without end and one of few lines."""

    def __init__(self, seconds):
        self.problems, self.done, watch.ENOUGH = [], [], seconds

    def job(self, name, pieces):
        def one():
            self.done.append(name)
            return len([done for done in self.done if done == name]) < pieces

        return name, one


@case
def a_log_without_end_holds_up_none():
    def fails():
        raise ValueError("broken")

    host = watch.Host({}, FOLDER)
    turns = Turns(0.05)
    host.in_turn([turns.job("endless", 1 << 40), ("broken", fails), turns.job("short", 2)])
    return [turns.done[:5], host.problems]


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
        answer(status=502, head="1.2.3"),
        answer(status=502, head="9" * 400),
        # None of these counts.
        answer(client="127.0.0.1"),
        answer(status=499),
        answer(request="GET /health HTTP/1.1"),
        "no line of nginx",
        # What CloudWatch would refuse, and all else with it.
        answer().replace("2026-11-28", "2026-11-13"),
        answer().replace("2026-11-28", "2026-11-29"),
        answer().replace("2026-11-28", "0001-01-01"),
        answer().replace("2026-11-28T10:00:05+00:00", "0001-01-01T00:00:00+14:00"),
        answer().replace("2026-11-28T10:00:05+00:00", "9999-12-31T23:59:59-14:00"),
        answer().replace("2026-11-28T10:00:05+00:00", "0001-01-01"),
    ]
    return [{**one, "Timestamp": one["Timestamp"].isoformat()} for one in watch_metrics.answers(lines, "/health", TEN)]


@case
def many_values_are_split():
    lines = [answer(head=f"{n / 1000:.3f}") for n in range(1, 5000)]
    found = [one for one in watch_metrics.answers(lines, "/health", TEN) if one["MetricName"] == "Latency"]
    return {"largest": max(len(one["Values"]) for one in found), "all": sum(sum(one["Counts"]) for one in found)}


@case
def memory():
    return watch_metrics.memory_percent("MemTotal:       1000 kB\nMemFree:         100 kB\nMemAvailable:    250 kB\n")


@case
def the_release_that_serves():
    said = []
    for target in ("/home/ddos/releases/7-a.b", "/etc/ü", "x" * 300, "releases/"):
        link = os.path.join(FOLDER, "current")
        os.symlink(target, link)
        said.append(watch_metrics.release_of(link))
        os.unlink(link)
    return said


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
    lines = [answer(), "2026/11/28 10:00:00 [error] 1#1: it broke", "whatever", "2026/13/99 10:00:00 [x", "0001/01/01 00:00:00 [x", "x [9999-12-31T23:59:59] x"]
    return watch_logs.events_of(lines, NOW)


@case
def an_entry_of_the_journal():
    line = {"__REALTIME_TIMESTAMP": "1800000000000001", "__CURSOR": "c", "_PID": "7", "SYSLOG_IDENTIFIER": "nginx", "PRIORITY": "3", "MESSAGE": [104, 105, 255]}
    return watch_logs.entry(json.dumps(line))


@case
def strange_entries_of_the_journal():
    """An application can give a field twice, as text or as bytes; what is long is left out by journalctl."""
    given = (["one", "two"], [[104, 105], [255]], None, 7)
    line = {"__REALTIME_TIMESTAMP": "1800000000000001", "__CURSOR": "c", "_PID": "7", "_COMM": "x"}
    return [watch_logs.entry(json.dumps({**line, "MESSAGE": message}))[0]["message"] for message in given]


FAKE = r"""#!/bin/sh
echo "$@" >>"$0.asked"
case "$*" in
  *--lines=1*) echo '{"__REALTIME_TIMESTAMP": "1", "__CURSOR": "end"}' ;;
  *after-cursor=end*) echo '{"__REALTIME_TIMESTAMP": "5000", "__CURSOR": "next", "_PID": "1", "MESSAGE": "m"}' ;;
  *after-cursor=long*)
    for n in 1 2 3 4; do printf '{"__REALTIME_TIMESTAMP": "5000", "__CURSOR": "%s", "_PID": "1", "MESSAGE": "%01000000d"}\n' $n 0; done ;;
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
    _, at, more = watch_logs.journal([], "long")
    try:
        watch_logs.journal([], "gone")
        failed = None
    except OSError as error:
        failed = str(error)
    with open(f"{program}.asked", encoding="utf-8") as asked:
        return [first, second, third, [at, more], failed, "--unit=a.service" in asked.read()]


os.environ["TZ"] = "UTC"
print(json.dumps({name: job() for name, job in CASES.items()}))
