"""Events of logs and of the journal, and how they are sent."""

import json
import os
import stat
from types import SimpleNamespace

import watch_logs
from cases import FOLDER, answer, case, written

NOW = 1_800_000_000_000


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
