"""S3 on a host: downloads and uploads one object with python3-boto3, which every Ubuntu release has (24.04 has no package of the aws CLI).

s3.py get --region R --bucket B --key K --file F [--sha256 S] [--size N]
    F is whole when this ends well. What an earlier try left in F is continued, what is wrong is thrown away.
s3.py list --region R --bucket B --file L
    The same for every line "SHA256 SIZE KEY FILE" of L, some at a time; a FILE whose object is not there is removed, which is no failure.
    Lines of the same FILE are keys that it may have: the first that is there counts.
s3.py put --region R --bucket B --key K --file F
    S3 itself compares the MD5 and refuses other bytes; our SHA-256 travels as metadata.
s3.py has --region R --bucket B --key K --size N
    Ends well where there is an object of this size.
s3.py endpoint --region R
    Where S3 is reached.

Standard output tells what is done. On failure the last line of standard error says why, in words. Exit status 44: no such object.
Needs Python 3.10 and boto3 1.20. An object passes through memory in pieces of 1 MiB.
"""

import argparse
import base64
import concurrent.futures
import datetime
import email.utils
import hashlib
import http.client
import os
import random
import re
import socket
import sys
import time
import urllib.parse

ABSENT = 44
PIECE = 1 << 20
# Transfers beside each other: each waits for S3 most of the time, and holds one piece.
AT_ONCE = 4
# A try that moves bytes does not count: only standstill ends a transfer.
STANDSTILLS = 4
# S3 that asks to slow down is asked again for five minutes, each time after a longer pause, of a length that no other host has.
THROTTLED_SECONDS = 300
LONGEST_PAUSE = 30
SUFFIXES = {
    "cn-": "amazonaws.com.cn",
    "eusc-": "amazonaws.eu",
    "us-iso-": "c2s.ic.gov",
    "us-isob-": "sc2s.sgov.gov",
    "eu-isoe-": "cloud.adc-e.uk",
    "us-isof-": "csp.hci.ic.gov",
}


class Failure(Exception):
    """Ends the program with its text; `again`: another try may help; `throttled`: S3 asks for fewer requests."""

    def __init__(self, text, again=True, throttled=False):
        super().__init__(text)
        self.again = again
        self.throttled = throttled


class Absent(Exception):
    """There is no such object."""


class OutOfRange(Exception):
    """The file has more bytes than the object."""


class Patience:
    """Pauses between tries that move nothing."""

    def __init__(self):
        self.moved()

    def moved(self):
        self.tries, self.waited = 0, 0.0

    def borne(self, failure):
        """Waits. @raises Failure when no further try is worth it."""
        self.tries += 1
        if not failure.again:
            raise failure
        if not failure.throttled:
            if self.tries >= STANDSTILLS:
                raise failure
            time.sleep(self.tries * 3)
            return
        if self.waited >= THROTTLED_SECONDS:
            raise Failure(f"{failure}, still after {round(self.waited / 60)} minutes. Nothing is lost: run again when fewer hosts ask at the same time")
        pause = min(LONGEST_PAUSE, 2**self.tries) * random.uniform(0.5, 1)
        self.waited += pause
        time.sleep(pause)


def endpoint(region):
    """The end of AWS's host names is that of infra/partitions.ts; a test compares them."""
    suffix = next((end for start, end in SUFFIXES.items() if region.startswith(start)), "amazonaws.com")
    given = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
    return given or f"https://s3.{region}.{suffix}"


def direct():
    """The instance metadata, which have the credentials of the role, are this host's own: no proxy of /etc/environment has them."""
    given = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    # The name in small letters is the one that counts.
    os.environ["no_proxy"] = ",".join(filter(None, [given, "169.254.169.254", "[fd00:ec2::254]"]))


def connect(region):
    """A client with the standard chain of credentials: environment, files, the instance's role by IMDSv2."""
    for name, value in {
        "AWS_CA_BUNDLE": "/etc/ssl/certs/ca-certificates.crt",
        "AWS_METADATA_SERVICE_NUM_ATTEMPTS": "5",
        # Later versions add a CRC of their own, which would need another form of upload; ours is the SHA-256.
        "AWS_REQUEST_CHECKSUM_CALCULATION": "when_required",
        "AWS_RESPONSE_CHECKSUM_VALIDATION": "when_required",
    }.items():
        os.environ.setdefault(name, value)
    direct()
    try:
        # A client of boto3 is one of botocore; the rest of boto3 (resources, transfers by threads) takes a fifth of a small transfer's time to load.
        import botocore.session
        from botocore.config import Config
    except ImportError as error:
        raise Failure(f"this host lacks python3-boto3 ({error}): the prepare step installs it", again=False) from error
    retries = {"max_attempts": 3, "mode": "standard"}
    config = Config(region_name=region, connect_timeout=10, read_timeout=30, retries=retries)
    return botocore.session.get_session().create_client("s3", endpoint_url=endpoint(region), config=config)


# --- errors in words ----------------------------------------------------------------------------------------------------------------

NO_CREDENTIALS = ("NoCredentialsError", "PartialCredentialsError", "CredentialRetrievalError", "MetadataRetrievalError")
THROTTLED = ("SlowDown", "Throttling", "ThrottlingException", "RequestLimitExceeded", "TooManyRequests", "BandwidthLimitExceeded")
BAD_CREDENTIALS = ("ExpiredToken", "InvalidToken", "InvalidAccessKeyId", "SignatureDoesNotMatch", "TokenRefreshRequired")
ELSEWHERE = ("PermanentRedirect", "TemporaryRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException")


def answered(error, args):
    """What S3 said. @raises Absent, OutOfRange."""
    said = error.response.get("Error", {})
    meta = error.response.get("ResponseMetadata", {})
    code, status, headers = str(said.get("Code", "")), meta.get("HTTPStatusCode", 0), meta.get("HTTPHeaders", {})
    detail = " ".join(str(said.get("Message", "")).split())
    if code == "NoSuchBucket":
        return Failure(f"there is no bucket {args.bucket} at {endpoint(args.region)} (NoSuchBucket)", again=False)
    if code == "NoSuchKey" or status == 404:
        raise Absent
    if code == "InvalidRange" or status == 416:
        raise OutOfRange
    if code in ("RequestTimeTooSkewed", "RequestExpired"):
        return Failure(f"this host's clock is wrong ({code}): {skew(headers)}; see timedatectl", again=False)
    if code in ELSEWHERE or status in (301, 307):
        where = headers.get("x-amz-bucket-region", "another one")
        return Failure(f"the bucket {args.bucket} is not in region {args.region} but in {where} ({code})", again=False)
    if code in BAD_CREDENTIALS:
        return Failure(f"S3 did not accept the credentials of this host's role ({code}: {detail})")
    if status == 403:
        hidden = "either it does not exist (which S3 says to a role with s3:ListBucket on the bucket only), or this host's role may not read it"
        what = "this host's role may not write it" if args.action == "put" else hidden
        return Failure(f"S3 denied access (403 {code}): {what}. Look at the role, the bucket's policy and that of the S3 endpoint")
    if code in THROTTLED or status in (429, 503):
        return Failure(f"S3 asks to slow down ({status} {code}: {detail})", throttled=True)
    return Failure(f"S3 answered {status} {code}: {detail}")


def skew(headers):
    """How far the clock is off, by the date of S3's answer."""
    try:
        there = email.utils.parsedate_to_datetime(headers.get("date", ""))
    except (TypeError, ValueError):
        return "S3 gave no date to compare with"
    seconds = round((datetime.datetime.now(datetime.timezone.utc) - there).total_seconds())
    return f"it is {abs(seconds)} seconds {'ahead of' if seconds > 0 else 'behind'} S3's"


def only_ipv6(host):
    """Whether this host knows no other addresses of a name."""
    try:
        found = {family for family, *_ in socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)}
    except OSError:
        return False
    return found == {socket.AF_INET6}


def in_words(error, args):
    """Any error of boto3 as a Failure. @raises Absent, OutOfRange."""
    # Errors of the connection have this attribute as well, without an answer in it.
    if isinstance(getattr(error, "response", None), dict):
        return answered(error, args)
    kind, text = type(error).__name__, " ".join(str(error).split())
    cause = " ".join(f"{text} {getattr(error, 'kwargs', {}).get('error', '')}".split())
    host = urllib.parse.urlsplit(endpoint(args.region)).hostname
    if kind in NO_CREDENTIALS:
        return Failure("this host has no credentials: has it a role (instance profile), and does the instance metadata service answer?")
    if re.search(r"name resolution|name or service|NameResolution|getaddrinfo|nodename", cause, re.IGNORECASE):
        return Failure(f"the name {host} could not be resolved: does the VPC's name server answer (resolvectl query {host})?")
    if kind == "RuntimeError" and "expired" in cause:
        now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M")
        return Failure(f"this host's clock says {now} UTC, when the credentials of its role have expired: correct the clock (timedatectl)", again=False)
    if kind == "SSLError" and re.search(r"expired|not yet valid", cause, re.IGNORECASE):
        now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M")
        hint = "correct the clock (timedatectl; is chrony or systemd-timesyncd at work?), unless the date is right"
        return Failure(f"this host's clock says {now} UTC, when the certificate of {host} is not valid: {hint}", again=False)
    if kind == "SSLError":
        hint = "is this host's clock right (timedatectl), and its store of certificates whole?"
        return Failure(f"the certificate of {host} was not accepted; {hint} ({cause[-160:]})")
    if kind in ("ConnectTimeoutError", "EndpointConnectionError") and only_ipv6(host) and re.search(r"timed out|timeout|unreachable|no route", cause, re.IGNORECASE):
        hint = "has somebody put a record or a DNS64 before the VPC's name server, or a line into /etc/hosts"
        return Failure(f"the name {host} has addresses of IPv6 alone here, and none of them is reached: {hint} (getent ahosts {host})?")
    if kind == "ConnectTimeoutError":
        return Failure(f"{host} did not answer within 10 seconds: has the subnet a route to it (S3 endpoint or NAT), and do the rules allow 443?")
    if kind == "ReadTimeoutError":
        return Failure(f"S3 at {host} sent nothing for 30 seconds")
    if kind in ("EndpointConnectionError", "ConnectionClosedError"):
        return Failure(f"no connection to S3 at {endpoint(args.region)} ({cause[-160:]})")
    return Failure(f"the transfer broke off ({kind}: {cause[:200]})")


def transfer_errors():
    """What a transfer may meet; an error of the local file is none of them."""
    import botocore.exceptions
    import urllib3.exceptions

    # RuntimeError: credentials that have expired by this host's clock.
    network = (ConnectionError, TimeoutError, http.client.HTTPException, RuntimeError)
    return (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError, urllib3.exceptions.HTTPError, *network)


# --- transfers ----------------------------------------------------------------------------------------------------------------------


def name_of(args):
    return f"s3://{args.bucket}/{args.key}"


def digest_of(path):
    """SHA-256 so far, and the number of bytes."""
    digest, size = hashlib.sha256(), 0
    with open(path, "rb") as file:
        while piece := file.read(PIECE):
            digest.update(piece)
            size += len(piece)
    return digest, size


def write(file, piece, path):
    try:
        file.write(piece)
    except OSError as error:
        raise Failure(f"{path} could not be written: {error.strerror}", again=False) from error


def continued(client, args, digest, have):
    """Appends what follows byte `have`. @returns the object's size and the bytes that are here now; the digest has followed."""
    about = {"Bucket": args.bucket, "Key": args.key, **({"Range": f"bytes={have}-"} if have > 0 else {})}
    failure = None
    total = args.size
    with open(args.file, "ab") as file:
        try:
            reply = client.get_object(**about)
            total = int(reply["ContentRange"].rsplit("/", 1)[1]) if have > 0 else reply["ContentLength"]
            if args.size is not None and total != args.size:
                raise Failure(f"{name_of(args)} is not what was published: {total} bytes, expected {args.size}. Publish it again", again=False)
            body = reply["Body"]
            while piece := body.read(PIECE):
                write(file, piece, args.file)
                digest.update(piece)
                have += len(piece)
        except transfer_errors() as error:
            failure = in_words(error, args)
    return total, have, failure


def get(client, args):
    name = name_of(args)
    with open(args.file, "ab"):
        pass
    digest, have = digest_of(args.file)
    total, patience, resumed = args.size, Patience(), have > 0
    while not whole(args, digest, have, total):
        if total is not None and have >= total:
            if not resumed:
                os.unlink(args.file)
                expected = f"{args.size if args.size is not None else total} bytes, sha256 {args.sha256}"
                found = f"{have} bytes, sha256 {digest.hexdigest()}; expected {expected}"
                raise Failure(f"{name} is not what was published: {found}. Publish it again, or correct the sha256", again=False)
            # The rest of an earlier try, or what a crash made of it: once more, from the first byte.
            print(f"{name}: what an earlier try left is not a part of it; from byte 0 again", flush=True)
            os.truncate(args.file, 0)
            digest, have, total, resumed = hashlib.sha256(), 0, args.size, False
        before, failure = have, None
        try:
            total, have, failure = continued(client, args, digest, have)
        except OutOfRange:
            total = have
            continue
        print(f"{name}: from byte {before}, {have - before} bytes{'' if failure is None else f', then: {failure}'}", flush=True)
        if failure is None:
            continue
        if have > before:
            patience.moved()
            if failure.again:
                continue
        try:
            patience.borne(failure)
        except Failure as last:
            raise Failure(f"{name} could not be downloaded ({have} of {total if total is not None else '?'} bytes are here): {last}") from last


def whole(args, digest, have, total):
    """Nothing is asked of S3 for a file that is whole by its SHA-256."""
    if args.sha256 is None:
        return total is not None and have == total
    return (args.size is None or have == args.size) and digest.hexdigest() == args.sha256


def get_all(client, args):
    """Every transfer comes to its end, though another one has failed: what has moved need not move again. @raises Failure with each reason once"""
    files = {}
    with open(args.file, encoding="utf-8") as lines:
        for line in lines:
            sha, size, key, file = line.rstrip("\n").split(" ", 3)
            one = argparse.Namespace(action="get", region=args.region, bucket=args.bucket, sha256=sha, size=int(size), key=key, file=file)
            files.setdefault(file, []).append(one)
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        reasons = pool.map(lambda keys: get_first(client, keys), files.values())
        failures = dict.fromkeys(reason for reason in reasons if reason is not None)
    if failures:
        raise Failure("; ".join(failures), again=False)


def get_first(client, keys):
    """@returns why it could not be done"""
    for args in keys:
        try:
            get(client, args)
            return None
        except Absent:
            pass
        except Failure as failure:
            return str(failure)
        except OSError as error:
            return f"{error.filename or args.file}: {error.strerror}"
    os.unlink(keys[0].file)
    return None


def put(client, args):
    name = name_of(args)
    sha, md5 = hashlib.sha256(), hashlib.md5(usedforsecurity=False)
    with open(args.file, "rb") as file:
        while piece := file.read(PIECE):
            sha.update(piece)
            md5.update(piece)
        size = file.tell()
        check = base64.b64encode(md5.digest()).decode()
        patience = Patience()
        while True:
            file.seek(0)
            try:
                client.put_object(Bucket=args.bucket, Key=args.key, Body=file, ContentMD5=check, Metadata={"sha256": sha.hexdigest()})
                print(f"{name}: {size} bytes", flush=True)
                return
            except transfer_errors() as error:
                failure = in_words(error, args)
            print(f"{name}: attempt {patience.tries + 1} failed: {failure}", flush=True)
            try:
                patience.borne(failure)
            except Failure as last:
                raise Failure(f"{name} could not be uploaded: {last}") from last


def has(client, args):
    patience = Patience()
    while True:
        try:
            size = client.head_object(Bucket=args.bucket, Key=args.key)["ContentLength"]
        except transfer_errors() as error:
            patience.borne(in_words(error, args))
            continue
        if size != args.size:
            raise Absent
        return


def main():
    parser = argparse.ArgumentParser(prog="s3.py")
    parser.add_argument("action", choices=["get", "list", "put", "has", "endpoint"])
    for name in ("region", "bucket", "key", "file", "sha256"):
        parser.add_argument(f"--{name}", required=name == "region")
    parser.add_argument("--size", type=int)
    args = parser.parse_args()
    if args.action == "endpoint":
        print(endpoint(args.region))
        return 0
    if None in (args.bucket, "" if args.action == "list" else args.key, args.size if args.action == "has" else args.file):
        parser.error("--bucket, --key (not for list) and --file (has: --size) are needed")
    try:
        {"get": get, "list": get_all, "put": put, "has": has}[args.action](connect(args.region), args)
    except Absent:
        print(f"there is no {name_of(args)}", file=sys.stderr)
        return ABSENT
    except Failure as failure:
        print(failure, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{error.filename or args.file}: {error.strerror}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
