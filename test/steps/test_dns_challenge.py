"""templates/steps/dns_challenge.py: which record is made, when it is waited for, and what a person is told."""

import contextlib
import fcntl
import importlib.util
import io
import os
import tempfile
import unittest
from unittest import mock

from botocore.exceptions import ClientError, EndpointConnectionError

HERE = os.path.dirname(os.path.abspath(__file__))
SPEC = importlib.util.spec_from_file_location("dns_challenge", os.path.join(HERE, "../../templates/steps/dns_challenge.py"))
hook = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(hook)

CONF = {"zone": "Z0123456789ABCDEF", "name": "ml.your-company.com"}


class Route53:
    """Keeps one record. `answers`: what comes before a change is taken; `pending`: how often a change is not everywhere yet."""

    def __init__(self, *answers, pending=0):
        self.answers, self.pending, self.value, self.done = list(answers), pending, None, []

    def change_resource_record_sets(self, HostedZoneId, ChangeBatch):
        (change,) = ChangeBatch["Changes"]
        record = change["ResourceRecordSet"]
        self.done.append((HostedZoneId, change["Action"], record["Name"], record["Type"], record["TTL"]))
        if self.answers and (error := self.answers.pop(0)) is not None:
            raise error
        (value,) = [one["Value"] for one in record["ResourceRecords"]]
        if change["Action"] == "DELETE":
            if value != self.value:
                raise refused("InvalidChangeBatch", "[Tried to delete resource record set [name='x', type='TXT'] but it was not found]")
            self.value = None
        else:
            self.value = value
        return {"ChangeInfo": {"Id": "/change/C1", "Status": "PENDING"}}

    def get_change(self, Id):
        assert Id == "/change/C1"
        self.pending -= 1
        return {"ChangeInfo": {"Id": Id, "Status": "PENDING" if self.pending >= 0 else "INSYNC"}}


def refused(code, message=""):
    return ClientError({"Error": {"Code": code, "Message": message}}, "ChangeResourceRecordSets")


@contextlib.contextmanager
def quick():
    """Time passes with the pauses alone."""
    now = [0.0]
    with (
        mock.patch.object(hook.time, "sleep", lambda seconds: now.__setitem__(0, now[0] + seconds)),
        mock.patch.object(hook.time, "monotonic", lambda: now[0]),
        contextlib.redirect_stderr(io.StringIO()) as said,
    ):
        yield said


class Record(unittest.TestCase):
    def test_is_the_one_that_the_authority_looks_for_and_is_waited_for(self):
        route53 = Route53(pending=3)
        with quick():
            hook.present(route53, CONF, "the-proof")
        self.assertEqual(route53.value, '"the-proof"')
        self.assertEqual(route53.done, [("Z0123456789ABCDEF", "UPSERT", "_acme-challenge.ml.your-company.com.", "TXT", 10)])
        self.assertEqual(route53.pending, -1, "the authority is asked before all name servers have the record")

    def test_that_never_comes_everywhere_is_said(self):
        with quick(), self.assertRaisesRegex(hook.Failure, "not brought the record to all of its name servers after 180 seconds"):
            hook.present(Route53(pending=10_000), CONF, "x")

    def test_goes_and_that_of_somebody_else_stays(self):
        route53 = Route53()
        with quick():
            hook.present(route53, CONF, "mine")
            hook.remove(route53, CONF, "mine")
            self.assertIsNone(route53.value)
            hook.present(route53, CONF, "another's")
            hook.remove(route53, CONF, "mine")
        self.assertEqual(route53.value, '"another\'s"')

    def test_is_tried_again_while_that_may_help(self):
        unreached = EndpointConnectionError(endpoint_url="https://x")
        route53 = Route53(refused("PriorRequestNotComplete"), refused("AccessDenied"), unreached, refused("Throttling"))
        with quick() as said:
            hook.present(route53, CONF, "x")
        self.assertEqual((route53.value, len(route53.done)), ('"x"', 5))
        self.assertEqual(said.getvalue().count("; again in "), 4)


class Words(unittest.TestCase):
    def told(self, *answers):
        route53 = Route53(*answers)
        with quick(), self.assertRaises(hook.Failure) as raised:
            hook.present(route53, CONF, "x")
        return str(raised.exception), len(route53.done)

    def test_name_the_key_and_what_is_final_is_asked_once(self):
        cases = (
            (("NoSuchHostedZone", "No hosted zone found with ID: Z"), "no hosted zone Z0123456789ABCDEF in this account .*correct ml-gateway:dns.zone"),
            (
                ("InvalidChangeBatch", "[RRSet with DNS name _acme-challenge.ml.your-company.com. is not permitted in zone other.org.]"),
                "is not one of ml.your-company.com .*correct ml-gateway:dns.zone",
            ),
            (
                ("InvalidChangeBatch", "[RRSet of type TXT with DNS name x is not permitted because a conflicting RRSet of type CNAME exists]"),
                "is a CNAME .*tls.acme.challenge http",
            ),
        )
        for said, expected in cases:
            with self.subTest(said):
                text, asked = self.told(refused(*said))
                self.assertRegex(text, expected)
                self.assertEqual(asked, 1)

    def test_of_a_role_that_may_not_come_when_time_has_not_helped(self):
        text, asked = self.told(*[refused("AccessDenied")] * 9)
        self.assertRegex(text, r"role may not change _acme-challenge\.ml\.your-company\.com in the hosted zone Z0123456789ABCDEF .*permissions boundary")
        self.assertEqual(asked, 6)


class Trial(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.lock = os.path.join(folder.name, "lock")
        patched = mock.patch.object(hook, "LOCK", self.lock)
        patched.start()
        self.addCleanup(patched.stop)

    def test_leaves_nothing(self):
        route53 = Route53()
        with quick():
            hook.attempt(route53, CONF)
        self.assertEqual([action for _, action, *_ in route53.done], ["UPSERT", "DELETE"])
        self.assertIsNone(route53.value)
        self.assertFalse(os.path.exists(self.lock))

    def test_does_not_take_the_record_of_a_renewal_that_is_at_work(self):
        ready, done = os.pipe(), os.pipe()
        child = os.fork()
        if child == 0:
            with open(self.lock, "w", encoding="utf-8") as lock:
                fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                os.write(ready[1], b"x")
                os.read(done[0], 1)
            os._exit(0)
        os.read(ready[0], 1)
        route53 = Route53()
        try:
            with quick(), self.assertRaisesRegex(hook.Failure, "certbot has been at work on this host for 120 seconds"):
                hook.attempt(route53, CONF)
        finally:
            os.write(done[1], b"x")
            os.waitpid(child, 0)
        self.assertEqual(route53.done, [])
        self.assertTrue(os.path.exists(self.lock), "the lock of another one was removed")


class Program(unittest.TestCase):
    def test_proves_its_own_name_alone(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "conf")
            with open(path, "w", encoding="utf-8") as file:
                file.write("zone=Z0123456789ABCDEF\nname=ml.your-company.com\n")
            route53 = Route53()
            around = {"CERTBOT_DOMAIN": "another.your-company.com", "CERTBOT_VALIDATION": "x"}
            with (
                mock.patch.object(hook, "CONF", path),
                mock.patch.object(hook, "client", lambda: route53),
                mock.patch.object(hook.sys, "argv", ["dns_challenge.py", "present"]),
                mock.patch.dict(os.environ, around),
                self.assertRaisesRegex(hook.Failure, "proves ml.your-company.com alone"),
            ):
                hook.main()
            self.assertEqual(route53.done, [])


if __name__ == "__main__":
    unittest.main()
