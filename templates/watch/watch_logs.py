"""Lines of logs as events of CloudWatch Logs, within the limits of PutLogEvents. Standard library only; the client is given."""

import datetime
import json
import re
import subprocess

# Of PutLogEvents: bytes of a request with 26 for each event, events, and hours between the first and the last.
MOST_BYTES = 1 << 20
OVERHEAD = 26
MOST_EVENTS = 10_000
SPAN = 24 * 3600 * 1000
# Bytes of one event; CloudWatch takes 256 KiB, and such a line is no help to anybody.
LONGEST = 32_000
# What is older is refused, and so is what is more than two hours ahead.
OLDEST = 14 * 24 * 3600 * 1000 - 3600 * 1000
NEWEST = 2 * 3600 * 1000 - 60 * 1000
# Entries of the journal that are taken at once, and characters of them: what a small host has memory for.
ENTRIES = 10_000
CHARACTERS = 2 << 20

ACCESS = re.compile(r"^\S+ \[([^\]]+)\] ")
ERROR = re.compile(r"^(\d{4}/\d\d/\d\d \d\d:\d\d:\d\d) \[")


def time_of(line, now):
    """Milliseconds: as nginx wrote it; for any other line, when it was read."""
    try:
        if match := ACCESS.match(line):
            return int(datetime.datetime.fromisoformat(match[1]).timestamp() * 1000)
        if match := ERROR.match(line):
            return int(datetime.datetime.strptime(match[1], "%Y/%m/%d %H:%M:%S").timestamp() * 1000)
    except (ValueError, OverflowError):
        pass
    return now


def events_of(lines, now):
    return [{"timestamp": time_of(line, now), "message": line} for line in lines]


def shortened(event, now):
    data = event["message"].encode("utf-8", "replace")
    at = event["timestamp"] if now - OLDEST < event["timestamp"] < now + NEWEST else now
    return {"timestamp": at, "message": data[:LONGEST].decode("utf-8", "ignore")}, min(len(data), LONGEST)


def batches(events, now):
    """In the order of time, as CloudWatch demands it."""
    batch, size = [], 0
    for event, length in sorted((shortened(one, now) for one in events), key=lambda pair: pair[0]["timestamp"]):
        full = size + length + OVERHEAD > MOST_BYTES or len(batch) >= MOST_EVENTS
        if batch and (full or event["timestamp"] - batch[0]["timestamp"] >= SPAN):
            yield batch
            batch, size = [], 0
        batch.append(event)
        size += length + OVERHEAD
    if batch:
        yield batch


def send(client, group, stream, events, now):
    """@returns how many events CloudWatch did not take"""
    refused = 0
    for batch in batches(events, now):
        given = {"logGroupName": group, "logStreamName": stream, "logEvents": batch}
        try:
            reply = client.put_log_events(**given)
        except client.exceptions.ResourceNotFoundException:
            # Either the group is not there yet, which this says, or the stream.
            client.create_log_stream(logGroupName=group, logStreamName=stream)
            reply = client.put_log_events(**given)
        about = reply.get("rejectedLogEventsInfo") or {}
        refused += max(about.get("tooOldLogEventEndIndex", 0), about.get("expiredLogEventEndIndex", 0))
        refused += len(batch) - about.get("tooNewLogEventStartIndex", len(batch))
    return refused


def text_of(value):
    """A field of the journal: text; the numbers of its bytes, where it is none; a list of these, where an entry has the field more than once."""
    if not isinstance(value, list):
        return str(value or "")
    if all(isinstance(part, int) for part in value):
        return bytes(value).decode("utf-8", "replace")
    return " ".join(text_of(part) for part in value)


def message_of(said):
    # journalctl leaves out what is longer than 4096 bytes.
    return "(longer than 4096 bytes: journalctl --all shows it on the host)" if said.get("MESSAGE", "") is None else text_of(said.get("MESSAGE"))


def entry(line):
    """An entry of `journalctl --output=json` as an event, with its cursor."""
    said = json.loads(line)
    name = text_of(said.get("SYSLOG_IDENTIFIER") or said.get("_COMM") or "unknown")
    message = f"{name}[{said.get('_PID', '?')}] <{said.get('PRIORITY', '6')}> {message_of(said)}"
    return {"timestamp": int(said["__REALTIME_TIMESTAMP"]) // 1000, "message": message}, said["__CURSOR"]


def journal(units, cursor):
    """Entries of these units behind the cursor, the next cursor, and whether there may be more. Without a cursor nothing but where the journal ends."""
    command = ["journalctl", "--quiet", "--no-pager", "--output=json"]
    command += ["--lines=1"] if cursor is None else [f"--after-cursor={cursor}", *(f"--unit={unit}" for unit in units)]
    found, length = [], 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace") as process:
        for line in process.stdout:
            event, last = entry(line)
            if cursor is not None:
                found.append(event)
                length += len(event["message"])
            if cursor is None or len(found) >= ENTRIES or length >= CHARACTERS:
                process.kill()
                return found, last, cursor is not None
            at = last
        said = process.stderr.read()
    if process.returncode != 0:
        raise OSError(f"journalctl ended with {process.returncode}: {' '.join(said.split())[:200]}")
    return found, at if found else cursor, False
