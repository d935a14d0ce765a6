#!/usr/bin/python3 -I
"""Proves a name to an ACME authority by a TXT record in Route 53 (DNS-01), with the credentials of this host's role.

dns_challenge.py present   makes the record that certbot asks for, and waits until all name servers of Route 53 have it
dns_challenge.py remove    takes it away again
dns_challenge.py try       makes one and takes it away: may this host?

certbot runs the first two, at each renewal as well, and sets CERTBOT_DOMAIN and CERTBOT_VALIDATION. Reads /etc/ddos/acme-dns.conf: the zone and the
name. The role may change this one record and no other (infra/hosts/permissions.ts). On failure the last line of standard error says why.
Needs Python 3.10 and botocore 1.23.
"""

import contextlib
import fcntl
import os
import sys
import time

CONF = "/etc/ddos/acme-dns.conf"
# certbot holds it while it works: a trial would take the record away that an authority is about to ask for.
LOCK = "/etc/letsencrypt/.certbot.lock"
LOCK_SECONDS = 120
# Route 53 says when all of its name servers have a change; mostly within 60 seconds (Route 53 API reference, GetChange).
SYNC_SECONDS = 180
SYNC_PAUSE = 4
# A role that was given the right a moment ago is not known everywhere; Route 53 takes one change of a zone after the other.
PAUSES = (2, 5, 10, 20, 30)
# No later try changes these.
FINAL = ("NoSuchHostedZone", "InvalidChangeBatch", "InvalidInput")
TTL = 10


class Failure(Exception):
    """Ends the program with its text."""


def settings():
    with open(CONF, encoding="utf-8") as file:
        return dict(line.rstrip("\n").split("=", 1) for line in file if "=" in line)


def client():
    import botocore.session
    from botocore.config import Config

    os.environ.setdefault("AWS_CA_BUNDLE", "/etc/ssl/certs/ca-certificates.crt")
    os.environ.setdefault("AWS_METADATA_SERVICE_NUM_ATTEMPTS", "5")
    # The instance metadata, which have the credentials, are this host's own: no proxy of /etc/environment has them.
    given = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    os.environ["no_proxy"] = ",".join(filter(None, [given, "169.254.169.254", "[fd00:ec2::254]"]))
    # One service for all regions, whose requests are signed for this one.
    config = Config(region_name="us-east-1", connect_timeout=10, read_timeout=30, retries={"max_attempts": 3, "mode": "standard"})
    return botocore.session.get_session().create_client("route53", config=config)


def in_words(code, said, conf):
    """What Route 53 answered, and what to do about it."""
    zone, name = conf["zone"], f"_acme-challenge.{conf['name']}"
    if code in ("AccessDenied", "AccessDeniedException"):
        return f"this host's role may not change {name} in the hosted zone {zone} (AccessDenied): is the zone one of this account, and does no permissions boundary deny it?"
    if code == "NoSuchHostedZone":
        return f"there is no hosted zone {zone} in this account (NoSuchHostedZone): correct ml-gateway:dns.zone"
    if code == "InvalidChangeBatch" and "not permitted in zone" in said:
        return f"the hosted zone {zone} is not one of {conf['name']} (InvalidChangeBatch: {said}): correct ml-gateway:dns.zone"
    if code == "InvalidChangeBatch" and "CNAME" in said:
        return f"{name} is a CNAME in the hosted zone {zone}, beside which there can be no TXT record (InvalidChangeBatch): remove it, or prove the name by ml-gateway:tls.acme.challenge http"
    return f"Route 53 answered {code}: {said}"


def patiently(job, conf):
    """job(), tried again while that may help. @raises Failure"""
    import botocore.exceptions
    import urllib3.exceptions

    for pause in (*PAUSES, None):
        try:
            return job()
        except botocore.exceptions.ClientError as error:
            told = error.response.get("Error", {})
            code, said = str(told.get("Code", "unknown")), " ".join(str(told.get("Message", "")).split())[:300]
            reason, again = in_words(code, said, conf), code not in FINAL
        except (botocore.exceptions.BotoCoreError, urllib3.exceptions.HTTPError, OSError) as error:
            reason, again = f"Route 53 was not reached ({type(error).__name__}: {' '.join(str(error).split())[:200]})", True
        if pause is None or not again:
            raise Failure(reason)
        print(f"{reason}; again in {pause} s", file=sys.stderr, flush=True)
        time.sleep(pause)


def change(route53, conf, action, value):
    """@returns the id of the change"""
    record = {"Name": f"_acme-challenge.{conf['name']}.", "Type": "TXT", "TTL": TTL, "ResourceRecords": [{"Value": f'"{value}"'}]}
    batch = {"Comment": "ACME", "Changes": [{"Action": action, "ResourceRecordSet": record}]}
    reply = patiently(lambda: route53.change_resource_record_sets(HostedZoneId=conf["zone"], ChangeBatch=batch), conf)
    return reply["ChangeInfo"]["Id"]


def present(route53, conf, value):
    made = change(route53, conf, "UPSERT", value)
    end = time.monotonic() + SYNC_SECONDS
    while patiently(lambda: route53.get_change(Id=made), conf)["ChangeInfo"]["Status"] != "INSYNC":
        if time.monotonic() > end:
            raise Failure(f"Route 53 had not brought the record to all of its name servers after {SYNC_SECONDS} seconds; run again")
        time.sleep(SYNC_PAUSE)


def remove(route53, conf, value):
    try:
        change(route53, conf, "DELETE", value)
    except Failure as failure:
        # Somebody else's record by now, or none: there is nothing to take away.
        if "not found" not in str(failure) and "do not match" not in str(failure):
            raise


@contextlib.contextmanager
def while_certbot_rests():
    """As certbot itself takes its lock: the file is removed by whoever releases it, so that one that was opened before may be another one."""
    end = time.monotonic() + LOCK_SECONDS
    while True:
        with open(LOCK, "w", encoding="utf-8") as lock:
            try:
                fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if os.path.exists(LOCK) and os.path.samestat(os.stat(LOCK), os.fstat(lock.fileno())):
                    try:
                        yield
                    finally:
                        os.unlink(LOCK)
                    return
            except BlockingIOError:
                pass
        if time.monotonic() > end:
            raise Failure(f"certbot has been at work on this host for {LOCK_SECONDS} seconds (ps -C certbot): let it end, then run again")
        time.sleep(1)


def attempt(route53, conf):
    with while_certbot_rests():
        change(route53, conf, "UPSERT", "trial")
        remove(route53, conf, "trial")


def main():
    (action,) = sys.argv[1:]
    conf = settings()
    route53 = client()
    if action == "try":
        attempt(route53, conf)
        return
    if os.environ["CERTBOT_DOMAIN"] != conf["name"]:
        raise Failure(f"certbot asks for {os.environ['CERTBOT_DOMAIN']}, and this host proves {conf['name']} alone")
    {"present": present, "remove": remove}[action](route53, conf, os.environ["CERTBOT_VALIDATION"])


if __name__ == "__main__":
    try:
        main()
    except (Failure, ImportError, OSError) as failure:
        print(failure, file=sys.stderr)
        sys.exit(1)
