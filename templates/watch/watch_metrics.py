"""What is measured on a host, as data of CloudWatch. Standard library only; clients are given."""

import datetime
import os
import re
import socket
import ssl
import subprocess
from collections import Counter

# Of one datum; of one request.
MOST_VALUES = 150
MOST_DATA = 500
# CloudWatch refuses a whole request for one datum that is older, or further ahead.
OLDEST = datetime.timedelta(days=14, hours=-1)
NEWEST = datetime.timedelta(hours=2, minutes=-1)
# No answer takes so long, seconds: what says so is no line of nginx.
LONGEST = 86_400
# A backup comes once a day or so: how often the bucket is asked for the last one, seconds.
ASK_AGAIN = 900

LINE = re.compile(
    r'^(?P<client>\S+) \[(?P<time>[^\]]+)\] "(?P<request>(?:[^"\\]|\\.)*)" (?P<status>\d{3}) \d+ rt=[\d.]+ uh=(?P<head>[-\d., :]+) '
)


def rounded(seconds):
    """To two digits, so that a minute has few values however many requests it has."""
    return float(f"{seconds:.2g}")


class Minute:
    def __init__(self):
        self.errors = Counter()
        self.seconds = Counter()


def minute_of(time, now):
    """None for what CloudWatch would not take, and for what nginx did not write: the application can write to the log as well."""
    try:
        ended = datetime.datetime.fromisoformat(time).astimezone(datetime.timezone.utc)
    except (ValueError, OverflowError):
        return None
    return ended.replace(second=0, microsecond=0) if now - OLDEST < ended < now + NEWEST else None


def seconds_until(head):
    """Until the application's answer began, which is what the watch of a release compares, too; None where nginx answered itself."""
    try:
        parts = [float(part) for part in re.findall(r"[\d.]+", head)]
    except ValueError:
        return None
    return rounded(sum(parts)) if parts and sum(parts) < LONGEST else None


def minutes_of(lines, health, now):
    """Answers by their minute. Not counted: this host's own questions, those for health, and what the client gave up (499)."""
    found = {}
    for line in lines:
        match = LINE.match(line)
        if match is None or match["client"] in ("127.0.0.1", "::1") or match["status"] == "499":
            continue
        words = match["request"].split(" ")
        if len(words) > 1 and words[1] == health:
            continue
        at = minute_of(match["time"], now)
        if at is None:
            continue
        minute = found.setdefault(at, Minute())
        minute.errors[int(match["status"] >= "500")] += 1
        seconds = seconds_until(match["head"])
        if seconds is not None:
            minute.seconds[seconds] += 1
    return found


def pieces(counted):
    pairs = sorted(counted.items())
    for start in range(0, len(pairs), MOST_VALUES):
        part = pairs[start : start + MOST_VALUES]
        yield {"Values": [float(value) for value, _ in part], "Counts": [float(count) for _, count in part]}


def answers(lines, health, now):
    """ServerErrors is 1 for each answer with 5xx and 0 for the others: its average is their share, its number of samples that of requests."""
    for at, minute in sorted(minutes_of(lines, health, now).items()):
        for name, counted, unit in (("ServerErrors", minute.errors, "None"), ("Latency", minute.seconds, "Seconds")):
            for piece in pieces(counted):
                yield {"MetricName": name, "Timestamp": at, "Unit": unit, **piece}


def memory_percent(text):
    size = {name: int(rest.split()[0]) for name, rest in (line.split(":", 1) for line in text.splitlines())}
    return 100 * (1 - size["MemAvailable"] / size["MemTotal"])


def disk_percent(path="/"):
    """As df has it: of what others than root may use."""
    facts = os.statvfs(path)
    used = facts.f_blocks - facts.f_bfree
    return 100 * used / (used + facts.f_bavail)


def release_of(link="/home/ddos/current"):
    """None as well for a link that is no release's: CloudWatch would refuse memory and disk with it."""
    try:
        name = os.path.basename(os.readlink(link))
    except OSError:
        return None
    return name if re.fullmatch(r"[A-Za-z0-9][\w.-]{0,199}", name, re.ASCII) else None


def days_left(text, now):
    """@param text what openssl says: notAfter=Nov 28 08:00:00 2027 GMT"""
    end = datetime.datetime.strptime(text.strip().split("=", 1)[1], "%b %d %H:%M:%S %Y %Z").replace(tzinfo=datetime.timezone.utc)
    return (end - now).total_seconds() / 86400


def presented(name):
    """The certificate that clients get, whoever has issued it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with socket.create_connection(("127.0.0.1", 443), timeout=10) as plain, context.wrap_socket(plain, server_hostname=name) as link:
        return link.getpeercert(binary_form=True)


def certificate_days(name, now):
    said = subprocess.run(["openssl", "x509", "-inform", "DER", "-noout", "-enddate"], input=presented(name), capture_output=True, check=True)
    return days_left(said.stdout.decode(), now)


def last_backup(s3, bucket, key):
    """When the last whole backup was written; None where there is none yet."""
    try:
        return s3.head_object(Bucket=bucket, Key=key)["LastModified"].timestamp()
    except s3.exceptions.ClientError as error:
        if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") == 404:
            return None
        raise


def backup_hours(conf, state, s3, now):
    """Of a host that has none yet: since it is watched, so that one that never comes is noticed as well."""
    kept = state.setdefault("backup", {"since": now.timestamp(), "asked": 0, "at": None})
    if now.timestamp() - kept["asked"] >= ASK_AGAIN:
        kept["at"] = last_backup(s3(), conf["bucket"], conf["backup"])
        kept["asked"] = now.timestamp()
    return (now.timestamp() - (kept["at"] or kept["since"])) / 3600


def state_of_host(now):
    with open("/proc/meminfo", encoding="ascii") as file:
        yield {"MetricName": "Memory", "Timestamp": now, "Unit": "Percent", "Value": memory_percent(file.read())}
    yield {"MetricName": "Disk", "Timestamp": now, "Unit": "Percent", "Value": disk_percent()}
    release = release_of()
    if release is not None:
        yield {"MetricName": "Release", "Timestamp": now, "Unit": "None", "Value": 1.0, "Dimensions": [{"Name": "Release", "Value": release}]}


def send(cloudwatch, conf, data):
    whole = [{**one, "Dimensions": [{"Name": "Host", "Value": conf["host"]}, *one.get("Dimensions", [])]} for one in data]
    for start in range(0, len(whole), MOST_DATA):
        cloudwatch.put_metric_data(Namespace=conf["namespace"], MetricData=whole[start : start + MOST_DATA])
