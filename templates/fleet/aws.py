"""What a host of the fleet asks of AWS, with the credentials of its role.

aws.py bundle FILE       the archive in the release bundle, unpacked by gzip and checked by its SHA-256
aws.py secrets FILE      the values that are secret, in the version that belongs to this release
aws.py complete RESULT   tells the group CONTINUE or ABANDON

Reads /etc/ddos/fleet.conf. On failure the last line of standard error says why, in words, without a value. Needs Python 3.10 and boto3 1.20.
"""

import hashlib
import os
import sys
import time
import urllib.request
import zlib

CONF = "/etc/ddos/fleet.conf"
# Pauses between tries: a role that was made a moment ago is not known everywhere, and S3 may ask to slow down. Three minutes in all.
PAUSES = (2, 5, 10, 20, 30, 30, 40, 40)
# Pauses before a group is believed that it does not wait for this host.
NOT_YET = (5, 10, 20, 40)
# Bears the number of the version of the parameter (infra/fleet/first-boot.ts).
VERSION_TAG = "SecretsVersion"
# No later try changes these.
FINAL = ("NoSuchBucket", "NoSuchKey", "ParameterNotFound", "ParameterVersionNotFound", "InvalidKeyId")


class Failure(Exception):
    """Ends the program with its text."""


def settings():
    with open(CONF, encoding="utf-8") as file:
        return dict(line.rstrip("\n").split("=", 1) for line in file if "=" in line)


def client(conf, service):
    import boto3
    from botocore.config import Config

    os.environ.setdefault("AWS_CA_BUNDLE", "/etc/ssl/certs/ca-certificates.crt")
    os.environ.setdefault("AWS_METADATA_SERVICE_NUM_ATTEMPTS", "5")
    config = Config(region_name=conf["region"], connect_timeout=10, read_timeout=30, retries={"max_attempts": 2, "mode": "standard"})
    return boto3.client(service, endpoint_url=f"https://{service}.{conf['region']}.{conf['suffix']}", config=config)


def patiently(what, job):
    """job(), tried again while that may help. @raises Failure"""
    import botocore.exceptions
    import urllib3.exceptions

    for pause in (*PAUSES, None):
        try:
            return job()
        except botocore.exceptions.ClientError as error:
            said = error.response.get("Error", {})
            code = str(said.get("Code", "unknown"))
            reason = f"{code}: {' '.join(str(said.get('Message', '')).split())[:200]}"
            if code in FINAL:
                raise Failure(f"{what}: AWS answered {reason}") from error
        except (botocore.exceptions.BotoCoreError, urllib3.exceptions.HTTPError, OSError) as error:
            reason = f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
        print(f"{what}: {reason}", file=sys.stderr, flush=True)
        if pause is None:
            raise Failure(f"{what}: still after {sum(PAUSES)} seconds of trying: {reason}")
        time.sleep(pause)


def bundle(conf, path):
    name = f"s3://{conf['bucket']}/{conf['key']}"
    s3 = client(conf, "s3")

    def fetch():
        digest = hashlib.sha256()
        # 31: gzip alone. What is left over or missing at the end is another object than the one that was put.
        packed = zlib.decompressobj(31)
        with open(path, "wb") as file:
            body = s3.get_object(Bucket=conf["bucket"], Key=conf["key"])["Body"]
            while piece := body.read(1 << 16):
                try:
                    archive = packed.decompress(piece)
                except zlib.error as error:
                    return f"of no gzip file ({error})"
                digest.update(archive)
                file.write(archive)
        if not packed.eof or packed.unused_data:
            return "of no whole gzip file"
        return digest.hexdigest()

    found = patiently(f"the bundle {name}", fetch)
    if found != conf["sha256"]:
        # What a broken connection made of it differs the next time; what lies in the bucket does not.
        found = patiently(f"the bundle {name}", fetch)
    if found != conf["sha256"]:
        os.unlink(path)
        raise Failure(f"the bundle {name} is not what this release is made of: sha256 {found}, expected {conf['sha256']}")


def tagged_version():
    """Which version of the parameter belongs to this host: the launch template wrote it as a tag, because it is known only when the parameter is there."""
    place = os.environ.get("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://169.254.169.254").rstrip("/")

    def ask(method, path, headers):
        request = urllib.request.Request(f"{place}/latest/{path}", method=method, headers=headers)
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10) as reply:
            return reply.read().decode("ascii", "replace").strip()

    def look():
        token = ask("PUT", "api/token", {"X-aws-ec2-metadata-token-ttl-seconds": "300"})
        return ask("GET", f"meta-data/tags/instance/{VERSION_TAG}", {"X-aws-ec2-metadata-token": token})

    version = patiently(f"the tag {VERSION_TAG} of this host, from the instance metadata", look)
    if not version.isascii() or not version.isdigit():
        raise Failure(f"the tag {VERSION_TAG} of this host is {version[:40]!r}, not the number of a version")
    return version


def secrets(conf, path):
    name = f"{conf['parameter']}:{conf.get('version') or tagged_version()}"
    ssm = client(conf, "ssm")
    reply = patiently(f"the parameter {name}", lambda: ssm.get_parameter(Name=name, WithDecryption=True))
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(reply["Parameter"]["Value"].rstrip("\n") + "\n")


def complete(conf, result):
    """A host that is not waited for, such as one that restarts while it serves, has nothing to complete: that is well."""
    import botocore.exceptions

    asked = {"AutoScalingGroupName": conf["group"], "LifecycleHookName": conf["hook"], "LifecycleActionResult": result}
    group = client(conf, "autoscaling")

    def tell():
        try:
            group.complete_lifecycle_action(InstanceId=conf["instance"], **asked)
            return True
        except botocore.exceptions.ClientError as error:
            if "No active Lifecycle Action" not in str(error):
                raise
            return False

    # One that comes out of a warm pool may be up before the group begins to wait for it.
    for pause in (*NOT_YET, None):
        if patiently(f"the lifecycle hook {conf['hook']} of {conf['group']}", tell):
            print(f"told the group {conf['group']}: {result}", flush=True)
            return
        if pause is not None:
            time.sleep(pause)
    print(f"the group {conf['group']} does not wait for this host", flush=True)


def main():
    action, argument = sys.argv[1:]
    conf = settings()
    # cloud-init has it from the metadata, in the same boot.
    with open("/var/lib/cloud/data/instance-id", encoding="utf-8") as file:
        conf["instance"] = file.read().strip()
    {"bundle": bundle, "secrets": secrets, "complete": complete}[action](conf, argument)


if __name__ == "__main__":
    try:
        main()
    except (Failure, ImportError, OSError) as failure:
        print(failure, file=sys.stderr)
        sys.exit(1)
