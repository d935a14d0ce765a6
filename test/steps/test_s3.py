"""templates/steps/s3.py against a double of S3, as a process of its own, as the steps run it. STEPS_PYTHON names the interpreter with boto3."""

import argparse
import hashlib
import os
import random
import resource
import runpy
import socket
import subprocess
import sys
import tempfile
import unittest
import unittest.mock
from pathlib import Path

from s3_double import BUCKET, double

PROGRAM = Path(__file__).resolve().parents[2] / "templates/steps/s3.py"
SIZE = 3 * 1024 * 1024 + 17
CONTENT = random.Random(7).randbytes(SIZE)
SHA = hashlib.sha256(CONTENT).hexdigest()
# No pause between tries: they are part of the program's own timing and not of what is looked at here.
WITHOUT_PAUSES = "import runpy, sys, time; time.sleep = lambda seconds: None; sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')"


def run(url, *words, **more):
    env = {"PATH": os.environ["PATH"], "AWS_ENDPOINT_URL": url, "AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": "/nonexistent"}
    env |= {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent", **more}
    env = {name: value for name, value in env.items() if value is not None}
    argv = [os.environ.get("STEPS_PYTHON", sys.executable), "-c", WITHOUT_PAUSES, PROGRAM, *words]
    return subprocess.run(argv, env=env, text=True, capture_output=True, timeout=120, check=False)


class S3(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = Path(folder.name) / "file"
        entered = double()
        self.s3 = entered.__enter__()
        self.addCleanup(entered.__exit__, None, None, None)
        self.s3.objects["a/model.pkl"] = CONTENT

    def get(self, *words, key="a/model.pkl", bucket=BUCKET, sha=SHA, url=None, **more):
        check = () if sha is None else ("--sha256", sha)
        place = ("--region", "us-east-1", "--bucket", bucket, "--key", key, "--file", str(self.file))
        return run(url or self.s3.url, "get", *place, *check, *words, **more)

    def put(self, bucket=BUCKET):
        return run(self.s3.url, "put", "--region", "us-east-1", "--bucket", bucket, "--key", "b/c", "--file", str(self.file))

    def fails(self, result, *texts):
        reason = result.stderr.strip().splitlines()[-1]
        self.assertEqual(result.returncode, 1, result)
        self.assertNotIn("Traceback", result.stderr)
        for text in texts:
            self.assertIn(text, reason)

    def whole(self, result):
        self.assertEqual(result.returncode, 0, result)
        self.assertEqual(self.file.read_bytes(), CONTENT)

    def test_no_proxy_is_asked_for_the_metadata(self):
        asked = "import runpy, sys, urllib.request as u; runpy.run_path(sys.argv[1])['direct'](); print(*(bool(u.proxy_bypass(name)) for name in sys.argv[2:]))"
        for given in ({}, {"no_proxy": ".internal"}, {"NO_PROXY": ".internal"}):
            env = {"PATH": os.environ["PATH"], "http_proxy": "http://127.0.0.1:9", **given}
            argv = [sys.executable, "-c", asked, PROGRAM, "169.254.169.254", "a.internal", "s3.us-east-1.amazonaws.com"]
            said = subprocess.run(argv, env=env, text=True, capture_output=True, timeout=60, check=True).stdout
            self.assertEqual(said.split(), ["True", str(given != {}), "False"], given)

    # --- downloads

    def list(self, *wanted):
        listed = self.file.with_name("list")
        listed.write_text("".join(f"{sha} {size} {key} {self.file.with_name(name)}\n" for sha, size, key, name in wanted))
        return run(self.s3.url, "list", "--region", "us-east-1", "--bucket", BUCKET, "--file", str(listed))

    def many(self, count):
        wanted = []
        for index in range(count):
            body = random.Random(index).randbytes(10_000 + index)
            self.s3.objects[f"m/{index}"] = body
            wanted.append((hashlib.sha256(body).hexdigest(), len(body), f"m/{index}", f"part {index}"))
        return wanted

    def test_many_in_one_process(self):
        wanted = self.many(20)
        self.file.with_name("part 3").write_bytes(self.s3.objects["m/3"][:4000])
        self.assertEqual(self.list(*wanted).returncode, 0)
        for _, _, key, name in wanted:
            self.assertEqual(self.file.with_name(name).read_bytes(), self.s3.objects[key])
        self.assertEqual(sorted(self.s3.seen, key=str), sorted([("GET", None)] * 19 + [("GET", "bytes=4000-")], key=str))

    def test_of_many_one_that_is_absent_leaves_no_file(self):
        wanted = self.many(3)
        absent = (SHA, SIZE, "absent", "part absent")
        self.assertEqual(self.list(*wanted, absent).returncode, 0)
        self.assertFalse(self.file.with_name("part absent").exists())
        self.assertTrue(self.file.with_name("part 2").exists())

    def test_of_many_one_that_fails_keeps_no_other_from_its_end(self):
        wanted = self.many(6)
        wrong = [("0" * 64, SIZE, "a/model.pkl", "wrong"), ("1" * 64, SIZE, "a/model.pkl", "wrong too")]
        self.fails(self.list(wrong[0], *wanted, wrong[1]), "is not what was published", "0" * 64, "1" * 64)
        for _, _, key, name in wanted:
            self.assertEqual(self.file.with_name(name).read_bytes(), self.s3.objects[key])

    def test_of_many_two_keys_of_one_file_are_one_transfer(self):
        for keys in (("a/model.pkl", "absent"), ("absent", "a/model.pkl")):
            with self.subTest(keys=keys):
                self.s3.seen.clear()
                self.assertEqual(self.list(*((SHA, SIZE, key, "file") for key in keys)).returncode, 0)
                self.assertEqual(self.file.read_bytes(), CONTENT)
                self.file.unlink()

    def test_an_empty_list(self):
        self.assertEqual(self.list().returncode, 0)
        self.assertEqual(self.s3.seen, [])

    def test_whole(self):
        self.whole(self.get("--size", str(SIZE)))
        self.assertEqual(self.s3.seen, [("GET", None)])

    def test_without_size_or_sha(self):
        self.whole(self.get(sha=None))
        self.file.unlink()
        self.whole(self.get())

    def test_an_empty_object(self):
        self.s3.objects["empty"] = b""
        self.assertEqual(self.get(key="empty", sha=hashlib.sha256(b"").hexdigest()).returncode, 0)
        self.assertEqual(self.get(key="empty", sha=None).returncode, 0)
        self.assertEqual(self.file.read_bytes(), b"")

    def test_a_rest_is_continued(self):
        self.file.write_bytes(CONTENT[:1_000_000])
        self.whole(self.get("--size", str(SIZE)))
        self.assertEqual(self.s3.seen, [("GET", "bytes=1000000-")])

    def test_a_file_that_is_whole_asks_for_nothing(self):
        self.file.write_bytes(CONTENT)
        self.whole(self.get())
        self.assertEqual(self.s3.seen, [])

    def test_a_wrong_rest_is_thrown_away(self):
        for left in (b"x" * 1000, b"x" * SIZE, CONTENT + b"more", CONTENT[:-1] + b"x"):
            for size in (("--size", str(SIZE)), ()):
                with self.subTest(left=len(left), size=size):
                    self.file.write_bytes(left)
                    self.whole(self.get(*size))

    def test_cut_off_again_and_again(self):
        # More often than tries that stand still are allowed.
        self.s3.faults = [("cut", 400_000)] * 7
        self.whole(self.get("--size", str(SIZE)))
        self.assertEqual(self.s3.seen[:3], [("GET", None), ("GET", "bytes=400000-"), ("GET", "bytes=800000-")])

    def test_cut_off_without_size(self):
        self.s3.faults = [("cut", 400_000)] * 2
        self.whole(self.get())

    def test_standstill_ends(self):
        self.s3.faults = [("cut", 0)] * 99
        self.fails(self.get("--size", str(SIZE)), "s3://models/a/model.pkl could not be downloaded (0 of 3145745 bytes are here)")
        self.assertEqual(len(self.s3.seen), 4)

    def test_throttling_is_waited_out(self):
        # Three tries of boto3 for each of ours: more of them than a standstill has.
        self.s3.faults = [("status", 503, "SlowDown")] * 30 + [("status", 500, "InternalError")]
        self.whole(self.get("--size", str(SIZE)))

    def test_throttled_for_good(self):
        self.s3.faults = [("status", 503, "SlowDown")] * 999
        self.fails(self.get(), "S3 asks to slow down (503 SlowDown", "still after 5 minutes", "run again when fewer hosts ask")
        # Pauses of 15 to 30 seconds, after shorter ones, of which a slow machine has some more.
        self.assertTrue(3 * 12 <= len(self.s3.seen) <= 3 * 40, len(self.s3.seen))

    def test_other_bytes(self):
        self.fails(self.get(sha="0" * 64), "is not what was published: 3145745 bytes, sha256 " + SHA, "expected 3145745 bytes, sha256 000")
        self.assertFalse(self.file.exists())

    def test_another_size(self):
        self.fails(self.get("--size", "5"), "s3://models/a/model.pkl is not what was published: 3145745 bytes, expected 5")
        self.file.write_bytes(CONTENT[:3])
        self.fails(self.get("--size", "5"), "s3://models/a/model.pkl is not what was published: 3145745 bytes, expected 5")

    def test_absent(self):
        self.assertEqual(self.get(key="none").returncode, 44)
        self.file.write_bytes(b"rest")
        self.assertEqual(self.get(key="none", sha=None).returncode, 44)

    def test_no_bucket(self):
        self.fails(self.get(bucket="nowhere"), "there is no bucket nowhere at http://127.0.0.1")
        self.assertEqual(len(self.s3.seen), 1)

    def test_denied(self):
        self.s3.faults = [("status", 403, "AccessDenied")] * 99
        self.fails(self.get(), "403 AccessDenied", "either it does not exist (", "s3:ListBucket", "or this host's role may not read it")

    def test_denied_in_a_list(self):
        wanted = self.many(2)
        self.s3.faults = [("status", 403, "AccessDenied")] * 999
        self.fails(self.list(*wanted), "403 AccessDenied", "either it does not exist (", "or this host's role may not read it")

    def test_absent_to_a_role_that_may_not_list(self):
        self.s3.may_list = False
        self.fails(self.get(key="none"), "403 AccessDenied", "either it does not exist (which S3 says to a role with s3:ListBucket")

    def test_whether_an_object_is_there(self):
        def has(key, size):
            return run(self.s3.url, "has", "--region", "us-east-1", "--bucket", BUCKET, "--key", key, "--size", str(size))

        self.assertEqual(has("a/model.pkl", SIZE).returncode, 0)
        self.assertEqual(has("a/model.pkl", SIZE + 1).returncode, 44)
        self.assertEqual(has("none", SIZE).returncode, 44)
        self.s3.may_list = False
        self.fails(has("none", SIZE), "this host's role may not read it")

    def test_a_new_role_is_waited_for(self):
        self.s3.faults = [("status", 403, "InvalidAccessKeyId"), ("status", 403, "AccessDenied")]
        self.whole(self.get())

    def test_clock(self):
        self.s3.faults = [("status", 403, "RequestTimeTooSkewed")] * 99
        self.s3.date = 1_000_000_000
        self.fails(self.get(), "this host's clock is wrong (RequestTimeTooSkewed)", "seconds ahead of S3's")

    def test_another_region(self):
        self.s3.headers = {"x-amz-bucket-region": "eu-west-1"}
        self.s3.faults = [("status", 400, "AuthorizationHeaderMalformed")] * 99
        self.fails(self.get(), "the bucket models is not in region us-east-1 but in eu-west-1")

    def test_no_credentials(self):
        self.fails(self.get(AWS_ACCESS_KEY_ID=None, AWS_SECRET_ACCESS_KEY=None), "this host has no credentials: has it a role")
        self.assertEqual(self.s3.seen, [])

    def test_a_name_with_addresses_of_ipv6_alone(self):
        program = runpy.run_path(str(PROGRAM))
        errors = [type("ConnectTimeoutError", (Exception,), {})("timed out"), type("EndpointConnectionError", (Exception,), {})("Network is unreachable")]
        refused = type("EndpointConnectionError", (Exception,), {})("Connection refused")
        args = argparse.Namespace(region="us-east-1", action="get", bucket=BUCKET)
        with unittest.mock.patch.dict(os.environ, {"AWS_ENDPOINT_URL": "http://[2001:db8::1]"}):
            for error in errors:
                said = str(program["in_words"](error, args))
                self.assertIn("the name 2001:db8::1 has addresses of IPv6 alone here, and none of them is reached", said)
            self.assertIn("no connection to S3", str(program["in_words"](refused, args)))
        with unittest.mock.patch.dict(os.environ, {"AWS_ENDPOINT_URL": "http://192.0.2.1"}):
            self.assertIn("did not answer within 10 seconds", str(program["in_words"](errors[0], args)))

    def test_a_name_that_does_not_resolve(self):
        self.fails(self.get(url="http://s3.invalid"), "the name s3.invalid could not be resolved")

    def test_nobody_listens(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.fails(self.get(url=f"http://127.0.0.1:{port}"), f"no connection to S3 at http://127.0.0.1:{port}")

    def test_connections_that_end(self):
        self.s3.faults = [("drop",)] * 99
        self.fails(self.get(), "no connection to S3 at")

    def test_not_tls(self):
        self.fails(self.get(url=self.s3.url.replace("http:", "https:"), AWS_CA_BUNDLE=None), "the certificate of 127.0.0.1 was not accepted")

    def test_no_room(self):
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        self.addCleanup(resource.setrlimit, resource.RLIMIT_FSIZE, limits)
        resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, limits[1]))
        self.fails(self.get(), f"{self.file} could not be written: File too large")
        self.assertEqual(len(self.s3.seen), 1)

    def test_no_folder(self):
        self.file = self.file / "in" / "none"
        self.fails(self.get(), "none: No such file or directory")

    def test_no_boto3(self):
        env = {"PATH": os.environ["PATH"]}
        words = ["get", "--region", "r", "--bucket", "b", "--key", "k", "--file", str(self.file)]
        argv = [sys.executable, "-S", "-I", str(PROGRAM), *words]
        result = subprocess.run(argv, env=env, text=True, capture_output=True, timeout=30, check=False)
        self.fails(result, "this host lacks python3-boto3")

    def test_memory_is_bounded(self):
        size = 96 * 1024 * 1024
        self.s3.objects["large"] = bytes(size)
        peak = "import resource, runpy, sys; sys.argv = sys.argv[1:]\ntry: runpy.run_path(sys.argv[0], run_name='__main__')\nfinally: print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
        env = {"PATH": os.environ["PATH"], "AWS_ENDPOINT_URL": self.s3.url, "AWS_ACCESS_KEY_ID": "t", "AWS_SECRET_ACCESS_KEY": "t"}
        for action in ("get", "put"):
            words = [action, "--region", "us-east-1", "--bucket", BUCKET, "--key", "large", "--file", str(self.file)]
            argv = [os.environ.get("STEPS_PYTHON", sys.executable), "-c", peak, PROGRAM, *words]
            result = subprocess.run(argv, env=env, text=True, capture_output=True, timeout=120, check=True)
            self.assertEqual(self.file.stat().st_size, size)
            self.assertLess(int(result.stdout.split()[-1]), 90 * 1024, f"KiB at the peak of {action}")

    # --- uploads

    def test_upload(self):
        self.file.write_bytes(CONTENT)
        self.s3.faults = [("status", 503, "SlowDown")] * 4
        self.assertEqual(self.put().returncode, 0)
        self.assertEqual(self.s3.objects["b/c"], CONTENT)
        self.assertEqual(self.s3.metadata["b/c"], SHA)

    def test_upload_refused(self):
        self.file.write_bytes(CONTENT)
        self.s3.faults = [("status", 403, "AccessDenied")] * 99
        self.fails(self.put(), "s3://models/b/c could not be uploaded", "this host's role may not write it")
        self.s3.faults = []
        self.fails(self.put(bucket="nowhere"), "there is no bucket nowhere")
        self.file.unlink()
        self.fails(self.put(), "No such file or directory")

    # --- where

    def test_endpoint(self):
        for region, url in {"us-east-1": "https://s3.us-east-1.amazonaws.com", "cn-north-1": "https://s3.cn-north-1.amazonaws.com.cn"}.items():
            self.assertEqual(run(None, "endpoint", "--region", region, AWS_ENDPOINT_URL=None).stdout.strip(), url)
        self.assertEqual(run("http://here", "endpoint", "--region", "x").stdout.strip(), "http://here")
        self.assertEqual(run("http://here", "endpoint", "--region", "x", AWS_ENDPOINT_URL_S3="http://there").stdout.strip(), "http://there")


if __name__ == "__main__":
    unittest.main()
