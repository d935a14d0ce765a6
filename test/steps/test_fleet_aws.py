"""templates/fleet/aws.py: which version of the secrets a host takes, and which bundle it believes."""

import contextlib
import gzip
import hashlib
import importlib.util
import io
import os
import tempfile
import threading
import unittest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from unittest import mock

HERE = os.path.dirname(os.path.abspath(__file__))
SPEC = importlib.util.spec_from_file_location("fleet_aws", os.path.join(HERE, "../../templates/fleet/aws.py"))
fleet_aws = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(fleet_aws)


class Metadata(BaseHTTPRequestHandler):
    """Version 2 alone, with the tags of `server.tags`; refuses the first `server.away` requests."""

    def log_message(self, format, *args):
        pass

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_PUT(self):
        self.server.asked += 1
        if self.server.asked <= self.server.away:
            return self.answer(503, b"")
        known = self.path == "/latest/api/token" and self.headers.get("X-aws-ec2-metadata-token-ttl-seconds")
        return self.answer(200, b"the-token") if known else self.answer(404, b"")

    def do_GET(self):
        if self.headers.get("X-aws-ec2-metadata-token") != "the-token":
            return self.answer(401, b"")
        found = self.server.tags.get(self.path.removeprefix("/latest/meta-data/tags/instance/"))
        return self.answer(404, b"") if found is None else self.answer(200, found.encode())


@contextlib.contextmanager
def metadata(tags, away=0):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Metadata)
    server.tags, server.away, server.asked = tags, away, 0
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    place = f"http://127.0.0.1:{server.server_port}/"
    # A proxy for everything else is none for the metadata.
    around = {"AWS_EC2_METADATA_SERVICE_ENDPOINT": place, "http_proxy": "http://127.0.0.1:9", "no_proxy": ""}
    try:
        with mock.patch.dict(os.environ, around):
            yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextlib.contextmanager
def quick():
    with mock.patch.object(fleet_aws, "PAUSES", (0, 0)), contextlib.redirect_stderr(io.StringIO()) as said:
        yield said


class Tag(unittest.TestCase):
    def test_is_read_with_a_token_past_any_proxy(self):
        with quick(), metadata({"SecretsVersion": "17", "Name": "backend"}):
            self.assertEqual(fleet_aws.tagged_version(), "17")

    def test_is_asked_again_while_the_metadata_are_not_there(self):
        with quick() as said, metadata({"SecretsVersion": "3"}, away=2) as server:
            self.assertEqual(fleet_aws.tagged_version(), "3")
            self.assertEqual(server.asked, 3)
        self.assertIn("the tag SecretsVersion of this host, from the instance metadata: HTTPError", said.getvalue())

    def test_that_is_missing_ends_with_what_was_looked_for(self):
        with quick(), metadata({"Name": "backend"}), self.assertRaisesRegex(fleet_aws.Failure, "the tag SecretsVersion of this host.*404"):
            fleet_aws.tagged_version()

    def test_that_is_no_number_is_not_asked_for(self):
        for value in ("", "latest", "-1", "1 2", "\u0663", "12\n--version-id=1"):
            with self.subTest(value=value), quick(), metadata({"SecretsVersion": value}):
                self.assertRaisesRegex(fleet_aws.Failure, "not the number of a version", fleet_aws.tagged_version)

    def test_names_the_version_of_the_parameter(self):
        asked = []

        class Ssm:
            def get_parameter(self, **given):
                asked.append(given)
                return {"Parameter": {"Value": "env=1\n---\n===\n\n"}}

        with tempfile.TemporaryDirectory() as folder, quick(), metadata({"SecretsVersion": "5"}):
            path = os.path.join(folder, "secrets")
            with mock.patch.object(fleet_aws, "client", lambda conf, service: Ssm()):
                fleet_aws.secrets({"parameter": "/fleet/p/dev/backend"}, path)
                fleet_aws.secrets({"parameter": "/fleet/p/dev/backend", "version": "2"}, path)
            with open(path, encoding="utf-8") as file:
                self.assertEqual(file.read(), "env=1\n---\n===\n")
            self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)
        self.assertEqual([one["Name"] for one in asked], ["/fleet/p/dev/backend:5", "/fleet/p/dev/backend:2"])
        self.assertTrue(all(one["WithDecryption"] for one in asked))


ARCHIVE = os.urandom(200_000)


class Bundle(unittest.TestCase):
    def fetched(self, *objects):
        """What is written for S3's answers, one after the other; the last one stays."""
        left = list(objects)

        class S3:
            def get_object(self, **_given):
                return {"Body": io.BytesIO(left.pop(0) if len(left) > 1 else left[0])}

        conf = {"bucket": "b", "key": "releases/x.tar.gz", "sha256": hashlib.sha256(ARCHIVE).hexdigest()}
        with tempfile.TemporaryDirectory() as folder, quick(), mock.patch.object(fleet_aws, "client", lambda conf, service: S3()):
            path = os.path.join(folder, "bundle")
            try:
                fleet_aws.bundle(conf, path)
            except fleet_aws.Failure:
                self.assertFalse(os.path.exists(path), "what is not believed stays on the disk")
                raise
            with open(path, "rb") as file:
                return file.read()

    def test_is_the_same_however_it_is_packed(self):
        for level in (1, 6, 9):
            self.assertEqual(self.fetched(gzip.compress(ARCHIVE, level)), ARCHIVE)

    def test_is_fetched_again_where_the_way_broke_it(self):
        whole = gzip.compress(ARCHIVE)
        for broken in (whole[:-9], whole[:1000] + b"\0" * 8 + whole[1008:], b""):
            self.assertEqual(self.fetched(broken, whole), ARCHIVE)

    def test_of_others_is_refused(self):
        whole = gzip.compress(ARCHIVE)
        others = {
            "another archive": gzip.compress(b"another"),
            "a second one behind": whole + gzip.compress(b"another"),
            "something behind": whole + b"x",
            "no gzip": ARCHIVE,
        }
        for name, other in others.items():
            with self.subTest(name), self.assertRaisesRegex(fleet_aws.Failure, "is not what this release is made of: sha256 .*expected [0-9a-f]{64}"):
                self.fetched(other)


if __name__ == "__main__":
    unittest.main()
