"""What is measured, and how it is counted."""

import datetime
import os
from types import SimpleNamespace

import watch_metrics
from cases import FOLDER, answer, case

TEN = datetime.datetime(2026, 11, 28, 10, tzinfo=datetime.timezone.utc)


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
