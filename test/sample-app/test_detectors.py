import json
import unittest

import support  # noqa: F401  (puts the application on the path)
from ml_gateway.detectors.pattern_detector import PatternDetector
from ml_gateway.detectors.rate_limiter import RateLimiter
from ml_gateway.settings import PACKAGE
from ml_gateway.utils.helpers import network_of

CONFIG = json.loads((PACKAGE / "config.json").read_text())


class RateLimiterTest(unittest.TestCase):
    def setUp(self) -> None:
        self.now = 0.0
        self.limiter = RateLimiter(per_second=2, burst=3, max_clients=2, clock=lambda: self.now)

    def test_burst_then_average(self) -> None:
        self.assertEqual([self.limiter.wait("a") for _ in range(3)], [0, 0, 0])
        self.assertEqual(self.limiter.wait("a"), 0.5)
        self.now = 0.5
        self.assertEqual(self.limiter.wait("a"), 0)
        self.assertGreater(self.limiter.wait("a"), 0)

    def test_refused_requests_cost_nothing(self) -> None:
        for _ in range(50):
            self.limiter.wait("a")
        self.now = 0.5
        self.assertEqual(self.limiter.wait("a"), 0)

    def test_a_long_pause_refills_no_more_than_the_burst(self) -> None:
        self.limiter.wait("a")
        self.now = 1000
        self.assertEqual([self.limiter.wait("a") > 0 for _ in range(4)], [False, False, False, True])

    def test_clients_do_not_share(self) -> None:
        for _ in range(4):
            self.limiter.wait("a")
        self.assertEqual(self.limiter.wait("b"), 0)

    def test_memory_is_bounded(self) -> None:
        for client in ("a", "b", "c", "d"):
            self.limiter.wait(client)
        self.assertEqual(list(self.limiter._buckets), ["c", "d"])

    def test_zero_means_no_limit(self) -> None:
        self.assertEqual({RateLimiter(0, 0, 1).wait("a") for _ in range(1000)}, {0})

    def test_one_ipv6_site_is_one_client(self) -> None:
        self.assertEqual(network_of("2001:db8::1"), network_of("2001:db8::ffff"))
        self.assertNotEqual(network_of("2001:db8::1"), network_of("2001:db8:0:1::1"))
        self.assertEqual(network_of("192.0.2.7"), "192.0.2.7")


class PatternDetectorTest(unittest.TestCase):
    detector = PatternDetector(CONFIG["patterns"], 1000)

    def test_attacks_are_found(self) -> None:
        for part, text, name in (
            ("query", b"q=1 UNION  SELECT password", "sql_injection"),
            ("query", b"q=1%20union%20select", "sql_injection"),
            ("query", b"q=1+union+all+select", "sql_injection"),
            ("query", b"q=%2527%2520or%25201%253D1", "sql_injection"),
            ("body", b'{"name": "x\'; DROP TABLE users"}', "sql_injection"),
            ("query", b"q=%3Cscript%3Ealert(1)", "cross_site_scripting"),
            ("body", b"<img src=x onerror=alert(1)>", "cross_site_scripting"),
            ("path", b"/a/../../b", "path_traversal"),
            ("path", b"/a/%2e%2e%2fb", "path_traversal"),
            ("path", b"/a/%252e%252e%252fb", "path_traversal"),
            ("path", b"/a/..", "path_traversal"),
            ("query", b"file=../../secret", "path_traversal"),
            ("query", b"file=/etc/passwd", "path_traversal"),
            ("query", b"host=1;cat /x", "command_injection"),
            ("body", b"$(id)", "command_injection"),
            ("query", b"x=${jndi:ldap://a}", "log4shell"),
            ("path", b"/a%00.png", "null_byte"),
        ):
            with self.subTest(text=text):
                self.assertEqual(self.detector.find(part, text), name)

    def test_ordinary_text_passes(self) -> None:
        for part, text in (
            ("path", b"/reports/2026..2027/file.v1..v2.txt"),
            ("path", b"/select/union"),
            ("query", b"q=the+european+union+selected+a+president&page=2"),
            ("query", b"q=rock+%26+roll;+on+tour"),
            ("query", b"name=O%27Brien&on=1"),
            ("body", json.dumps({"features": support.FLOOD}).encode()),
            ("body", "Grüße; cats and bash parties".encode()),
            ("body", b""),
        ):
            with self.subTest(text=text):
                self.assertIsNone(self.detector.find(part, text))

    def test_only_the_first_bytes_of_a_body_are_scanned(self) -> None:
        self.assertIsNone(self.detector.find("body", b" " * 1000 + b"<script>"))

    def test_a_long_hostile_text_takes_no_time(self) -> None:
        import time

        detector = PatternDetector(CONFIG["patterns"], 65536)
        begin = time.perf_counter()
        for text in (b"union " * 11000, b"'" * 65536, b" " * 65536, b"<" + b" " * 65535, b"../" * 21000 + b"x", b"%25" * 21000):
            detector.find("body", text)
        self.assertLess(time.perf_counter() - begin, 2)


if __name__ == "__main__":
    unittest.main()
