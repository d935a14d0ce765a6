"""Sends what a host measures, and its logs, to CloudWatch. Run by ddos-watch.timer each minute, as a user of its own.

watch.py CONF STATE

CONF is JSON that the prepare step writes (infra/release/watch.ts), STATE a folder that keeps how far each log was read. What could not be sent is
sent the next time: a log is read on from where CloudWatch has it. Fails with a sentence for the journal; nothing waits for it. Needs Python 3.10 and
botocore 1.23.
"""

import datetime
import glob
import json
import os
import sys
import time
from collections import deque

import watch_files
import watch_logs
import watch_metrics

FOLDER = "/var/log/ddos-service/"
# Where earlier versions of this program had the logs, and marks are still of.
EARLIER = "/home/ddos/logs/"
ACCESS_LOG = f"{FOLDER}access.log"
FILES = {"application": [f"{FOLDER}app.log"], "access": [ACCESS_LOG], "error": [f"{FOLDER}error.log"], "steps": ["/var/log/ddos/*.log"]}
# Seconds after which nothing new of a log is begun, of metrics and of logs, so that a run is over before the next one.
ENOUGH = 20


class Host:
    """One run: what is configured, how far it was, what went wrong."""

    def __init__(self, conf, folder):
        self.conf = conf
        self.file = os.path.join(folder, "state.json")
        self.problems = []
        self.session = None
        try:
            with open(self.file, encoding="utf-8") as file:
                self.state = json.load(file)
        except (FileNotFoundError, ValueError):
            self.state = {}
        self.marks = self.state.setdefault("marks", {})
        for path in [path for path in self.marks if path.startswith(EARLIER)]:
            self.marks.setdefault(FOLDER + path[len(EARLIER) :], self.marks[path])
            del self.marks[path]
        self.first = False

    def begins(self, what):
        """What was in the logs before this was switched on is not news."""
        begun = self.state.setdefault("begun", [])
        self.first = what not in begun
        if self.first:
            begun.append(what)

    def save(self):
        with open(f"{self.file}.new", "w", encoding="utf-8") as file:
            json.dump(self.state, file)
        os.replace(f"{self.file}.new", self.file)

    def client(self, service):
        # A client of boto3 is one of botocore, which is loaded in less time, each minute.
        import botocore.session
        from botocore.config import Config

        os.environ.setdefault("AWS_CA_BUNDLE", "/etc/ssl/certs/ca-certificates.crt")
        os.environ.setdefault("AWS_METADATA_SERVICE_NUM_ATTEMPTS", "5")
        retries = {"max_attempts": 3, "mode": "standard"}
        config = Config(region_name=self.conf["region"], connect_timeout=5, read_timeout=20, retries=retries)
        self.session = self.session or botocore.session.get_session()
        return self.session.create_client(service, config=config)

    def tried(self, what, job):
        """Whatever goes wrong, answers of a proxy that boto3 cannot read among it, is said at the end, and all else is sent."""
        try:
            return job()
        except Exception as error:
            self.problems.append(f"{what}: {type(error).__name__}: {' '.join(str(error).split())[:300]}")
            return False

    def in_turn(self, jobs):
        """Each job, and again while it says that there is more: behind all others, so that a log without end holds up none."""
        waiting = deque(jobs)
        end = time.monotonic() + ENOUGH
        while waiting and time.monotonic() < end:
            what, job = waiting.popleft()
            if self.tried(what, job):
                waiting.append((what, job))

    def piece(self, key, path, take):
        """Gives take() a piece of what is new in a log; what it has taken is not read again. @returns whether there is more"""
        lines, mark, more, passed = watch_files.read_on(path, self.marks.get(key), self.first)
        if passed > 0:
            self.problems.append(f"{path}: {passed} bytes were passed over, because it is that far ahead")
        if lines:
            take(lines)
        if mark is None:
            self.marks.pop(key, None)
        else:
            self.marks[key] = mark
        self.save()
        return more


def metrics(host):
    conf = host.conf
    host.begins("metrics")
    cloudwatch = host.client("cloudwatch")
    now = datetime.datetime.now(datetime.timezone.utc)

    def put(data):
        watch_metrics.send(cloudwatch, conf, list(data))

    def one(name, unit, value):
        put([{"MetricName": name, "Timestamp": now, "Unit": unit, "Value": value}])

    host.tried("memory and disk", lambda: put(watch_metrics.state_of_host(now)))
    requests = lambda: host.piece("metrics", ACCESS_LOG, lambda lines: put(watch_metrics.answers(lines, conf["health"], now)))  # noqa: E731
    host.in_turn([("requests", requests)])
    if "backup" in conf:
        host.tried("backup", lambda: one("BackupAge", "None", watch_metrics.backup_hours(conf, host.state, lambda: host.client("s3"), now)))
    if "certificate" in conf:
        host.tried("certificate", lambda: one("CertificateDays", "None", watch_metrics.certificate_days(conf["certificate"], now)))


def stream_of(host):
    """One stream an instance: cloud-init has its id from the metadata, in the same boot."""
    with open("/var/lib/cloud/data/instance-id", encoding="utf-8") as file:
        return f"{host}-{file.read().strip()}"


def logs(host):
    conf = host.conf
    host.begins("logs")
    client = host.client("logs")
    stream = stream_of(conf["host"])

    def send(kind, events):
        refused = watch_logs.send(client, f"{conf['logs']}/{kind}", stream, events, int(time.time() * 1000))
        if refused > 0:
            host.problems.append(f"{kind}: CloudWatch did not take {refused} events")

    def journal():
        events, cursor, more = watch_logs.journal(conf["units"], host.state.get("cursor"))
        if events:
            send("journal", events)
        if cursor is not None:
            host.state["cursor"] = cursor
        host.save()
        return more

    jobs = [("journal", journal)]
    for kind, patterns in FILES.items():
        for path in sorted(path for pattern in patterns for path in glob.glob(pattern)):
            taken = lambda lines, kind=kind: send(kind, watch_logs.events_of(lines, int(time.time() * 1000)))  # noqa: E731
            jobs.append((path, lambda path=path, taken=taken: host.piece(path, path, taken)))
    host.in_turn(jobs)


def main(conf_file, folder):
    with open(conf_file, encoding="utf-8") as file:
        conf = json.load(file)
    host = Host(conf, folder)
    if conf["metrics"]:
        host.tried("metrics", lambda: metrics(host))
    if "logs" in conf:
        host.tried("logs", lambda: logs(host))
    host.tried("state", host.save)
    for problem in host.problems:
        # The priority, for the journal.
        print(f"<4>{problem}", flush=True)
    if host.problems:
        return 1
    with open(os.path.join(folder, "sent"), "w", encoding="utf-8") as file:
        file.write(f"{int(time.time())}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
