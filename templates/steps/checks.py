"""Asks a service the checks of its models and compares the answers.

  checks.py ask CHECKS ORIGIN ENV_FILE WANTED SECONDS     exit code 0: all fit, 1: some do not (stdout says which, first the sentence)
  checks.py record CHECKS ORIGIN ENV_FILE WANTED SECONDS  prints {"answers": [{"status", "json"?}, ...], "unsteady": [[path, ...], ...]}, or, with
                                                          exit code 1, which row cannot be recorded

CHECKS ("-": stdin): {"file", "rows": [{"name"?, "request": {"method", "path", "headers"?, "json"?}, "expect": {"status", "json"?, "tolerance": {"abs", "rel"}}}]}.
ENV_FILE has the settings that ${NAME} in a header's value stands for. WANTED is a file of key=value lines with healthHeader, what the application
wants of any request; "-" for none of the two. SECONDS is the limit for all rows together. Standard library only.
"""

import json
import math
import re
import sys
import time
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

LARGEST = 1 << 20
SHOWN = 3
# The body of an answer that is no JSON.
NOTHING = object()


class Refused(Exception):
    """The row cannot be asked, or has no answer; the message says why."""


def settings(path):
    """NAME -> value, as python-dotenv reads the file that the set-up writes: one line each, in quotes where needed."""
    if path == "-":
        return {}
    with open(path, encoding="utf-8") as file:
        text = file.read()
    found = {}
    for name, single, double, plain in re.findall(r"""^([A-Za-z_]\w*)=(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|([^\n]*))$""", text, re.M):
        raw = single or double or plain
        found[name] = re.sub(r"\\([\\'\"])", r"\1", raw).replace("${:-$}{", "${")
    return found


def common_headers(path):
    if path == "-":
        return {}
    with open(path, encoding="utf-8") as file:
        lines = [line.rstrip("\n").split("=", 1)[1] for line in file if line.startswith("healthHeader=")]
    return dict(line.split(": ", 1) for line in lines)


def filled(value, env):
    """The value with its settings; one that is not there is an error, because the request would be another one."""

    def of(match):
        if match[1] not in env:
            raise Refused(f"the setting {match[1]}, which a header of it needs, is not in .env")
        return env[match[1]]

    return re.sub(r"\$\{([A-Za-z_]\w*)\}", of, value)


def ask(origin, request, common, env, seconds):
    """Status and parsed body of one answer, on a connection of its own; NOTHING for a body that is no JSON."""
    if seconds <= 0:
        raise Refused("the time for all rows was over")
    place = urlsplit(origin)
    kind = HTTPSConnection if place.scheme == "https" else HTTPConnection
    headers = {name.lower(): value for name, value in common.items()}
    headers.update({name.lower(): filled(value, env) for name, value in request.get("headers", {}).items()})
    body = None
    if "json" in request:
        body = json.dumps(request["json"]).encode()
        headers.setdefault("content-type", "application/json")
    connection = kind(place.hostname, place.port, timeout=seconds)
    try:
        connection.request(request["method"], request["path"], body, headers)
        answer = connection.getresponse()
        text = answer.read(LARGEST + 1)
    except TimeoutError:
        raise Refused(f"no answer within {seconds:.0f} s") from None
    except (OSError, HTTPException, ValueError) as error:
        raise Refused(f"no answer ({type(error).__name__})") from None
    finally:
        connection.close()
    if len(text) > LARGEST:
        raise Refused(f"the answer is larger than {LARGEST} bytes")
    try:
        return answer.status, json.loads(text)
    except (ValueError, RecursionError):
        return answer.status, NOTHING


def shown(value):
    try:
        text = json.dumps(value)
    except RecursionError:
        text = "groups in groups without an end"
    return text if len(text) <= 80 else text[:80] + "..."


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def near(wanted, found, bound):
    try:
        return math.isfinite(found) and abs(found - wanted) <= bound
    except OverflowError:  # a whole number that no float holds
        return found == wanted


def difference(wanted, found, tolerance, path=""):
    """None, or the first difference as (place, expected, got). Further keys of objects do not matter."""
    if is_number(wanted) and is_number(found):
        bound = max(tolerance["abs"], tolerance["rel"] * abs(float(wanted)))
        if near(wanted, found, bound):
            return None
        return path, f"{shown(wanted)} (at most {bound:.3g} off)", shown(found)
    if isinstance(wanted, dict) and isinstance(found, dict):
        for key, value in wanted.items():
            place = f"{path}.{key}" if path else key
            if key not in found:
                return place, shown(value), "nothing"
            first = difference(value, found[key], tolerance, place)
            if first:
                return first
        return None
    if isinstance(wanted, list) and isinstance(found, list):
        if len(wanted) != len(found):
            return path, f"{len(wanted)} entries", f"{len(found)} entries"
        for index, (value, other) in enumerate(zip(wanted, found)):
            first = difference(value, other, tolerance, f"{path}[{index}]")
            if first:
                return first
        return None
    if type(wanted) is type(found) and wanted == found:
        return None
    return path, shown(wanted), shown(found)


def fault(row, asked):
    """None, or what is wrong with the answer to the row."""
    expect = row["expect"]
    try:
        status, body = asked(row["request"])
    except Refused as refused:
        return str(refused)
    if status != expect["status"]:
        return f"expected HTTP {expect['status']}, got HTTP {status}" + ("" if body is NOTHING else f" with {shown(body)}")
    if "json" not in expect:
        return None
    if body is NOTHING:
        return "expected JSON, got none"
    first = difference(expect["json"], body, expect["tolerance"])
    if first is None:
        return None
    place, wanted, found = first
    return f"{place + ': ' if place else ''}expected {wanted}, got {found}"


def title(number, row):
    name = f" ({row['name']})" if "name" in row else ""
    return f"row {number}{name}, {row['request']['method']} {row['request']['path'][:80]}"


def compare(checks, asked):
    rows = checks["rows"]
    wrong = []
    for number, row in enumerate(rows, 1):
        what = fault(row, asked)
        if what:
            wrong.append(f"{title(number, row)}: {what}")
    if not wrong:
        print(f"{len(rows)} of {len(rows)} rows")
        return 0
    more = f"; and {len(wrong) - SHOWN} more" if len(wrong) > SHOWN else ""
    print(f"{len(wrong)} of {len(rows)} rows of {checks['file']} have another answer: {'; '.join(wrong[:SHOWN])}{more}")
    return 1


def unsteady(first, second, path=()):
    """Paths of what two answers to one request do not have in common; numbers may be a billionth off."""
    if is_number(first) and is_number(second):
        return [] if math.isclose(first, second, rel_tol=1e-9, abs_tol=1e-12) else [path]
    if isinstance(first, dict) and isinstance(second, dict):
        found = [(*path, key) for key in first.keys() ^ second.keys()]
        for key in first.keys() & second.keys():
            found += unsteady(first[key], second[key], (*path, key))
        return found
    if isinstance(first, list) and isinstance(second, list) and len(first) == len(second):
        inner = [one for index, (left, right) in enumerate(zip(first, second)) for one in unsteady(left, right, (*path, index))]
        # A list is compared whole, so what cannot be is left out whole.
        return [path] if any(len(one) == len(path) + 1 for one in inner) else inner
    return [] if first == second else [path]


def record(checks, asked):
    answers, changing = [], []
    for number, row in enumerate(checks["rows"], 1):
        try:
            status, body = asked(row["request"])
            again = asked(row["request"])
        except Refused as refused:
            print(f"{title(number, row)}: {refused}")
            return 1
        if again[0] != status:
            print(f"{title(number, row)}: answered HTTP {status} and then HTTP {again[0]}; only a request that is answered the same each time can be a check")
            return 1
        answers.append({"status": status} if body is NOTHING else {"status": status, "json": body})
        changing.append(sorted([list(path) for path in unsteady(body, again[1])], key=str))
    try:
        print(json.dumps({"answers": answers, "unsteady": changing}, allow_nan=False))
    except ValueError:
        print("an answer holds NaN or Infinity, which are no JSON")
        return 1
    return 0


def main(mode, checks_file, origin, env_file, wanted, seconds):
    if checks_file == "-":
        checks = json.load(sys.stdin)
    else:
        with open(checks_file, encoding="utf-8") as file:
            checks = json.load(file)
    needed = any("${" in value for row in checks["rows"] for value in row["request"].get("headers", {}).values())
    env = settings(env_file if needed else "-")
    common = common_headers(wanted)
    end = time.monotonic() + float(seconds)

    def asked(request):
        return ask(origin, request, common, env, end - time.monotonic())

    return record(checks, asked) if mode == "record" else compare(checks, asked)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
