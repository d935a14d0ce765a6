import dataclasses
import unittest

import support
from fastapi.testclient import TestClient

from ml_gateway.app import create_app

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"


def gateway(url: str, **environment: str) -> TestClient:
    # behind nginx the peer is always this machine
    return TestClient(create_app(support.settings(UPSTREAM_URL=url, **environment)), client=("127.0.0.1", 40000))


class ForwardingTest(unittest.TestCase):
    def test_method_target_and_body_arrive_unchanged(self) -> None:
        with support.recording_upstream() as (url, seen), gateway(url) as client:
            for method, target, body in (
                ("GET", "/", b""),
                ("GET", "/a%2Fb//c?x=%41&x=b+c", b""),
                ("POST", "/predict", b'{"a": 1}'),
                ("PUT", "/p?", b"\x00\xff"),
                ("DELETE", "/p", b""),
                ("OPTIONS", "/p", b""),
            ):
                with self.subTest(method=method, target=target):
                    answer = client.request(method, target, content=body, headers={"content-type": "application/octet-stream"})
                    self.assertEqual(answer.status_code, 201)
                    self.assertEqual(answer.json(), {"from": "upstream"})
                    self.assertEqual((seen[-1]["method"], seen[-1]["target"], seen[-1]["body"]), (method, target.rstrip("?"), body))
            self.assertEqual(client.head("/x").headers["content-length"], "19")

    def test_headers_of_one_connection_are_not_forwarded(self) -> None:
        with support.recording_upstream() as (url, seen), gateway(url) as client:
            headers = {"connection": "close, x-secret-hop", "x-secret-hop": "1", "te": "trailers", "upgrade": "h2c", "accept": "a/b"}
            answer = client.get("/x", headers=headers)
            for name in ("x-secret-hop", "te", "upgrade"):
                self.assertIsNone(seen[0]["headers"][name], name)
            self.assertEqual(seen[0]["headers"]["accept"], "a/b")
            self.assertNotIn("x-private", answer.headers)
            self.assertNotIn("x-release", answer.headers)
            self.assertEqual(answer.headers["x-upstream-release"], "old")
            self.assertEqual(answer.headers.get_list("set-cookie"), ["a=1", "b=2"])

    def test_the_client_cannot_forge_its_address(self) -> None:
        with support.recording_upstream() as (url, seen):
            with gateway(url) as client:
                client.get("/x", headers={"x-real-ip": "192.0.2.7", "x-forwarded-for": "10.9.9.9, 192.0.2.7", "forwarded": "for=1.1.1.1"})
                client.get("/x", headers={"x-real-ip": "<script>", "x-forwarded-for": "192.0.2.8"})
            with TestClient(create_app(support.settings(UPSTREAM_URL=url)), client=("198.51.100.1", 1)) as direct:
                direct.get("/x", headers={"x-real-ip": "192.0.2.7"})
        self.assertEqual([one["headers"].get_all("x-real-ip") for one in seen], [["192.0.2.7"], ["192.0.2.8"], ["198.51.100.1"]])
        self.assertEqual([one["headers"].get_all("x-forwarded-for") for one in seen], [["192.0.2.7"], ["192.0.2.8"], ["198.51.100.1"]])
        self.assertIsNone(seen[0]["headers"]["forwarded"])

    def test_health_is_the_gateways_own(self) -> None:
        with gateway(f"http://127.0.0.1:{support.free_port()}") as client:
            answer = client.get("/health")
            self.assertEqual((answer.status_code, answer.text), (200, '{"status":"ok"}'))


class FailureTest(unittest.TestCase):
    def assert_error(self, answer, status: int, code: str) -> None:
        self.assertEqual((answer.status_code, answer.json()["error"]), (status, code))

    def test_upstream_down(self) -> None:
        with gateway(f"http://127.0.0.1:{support.free_port()}") as client, self.assertLogs("ml_gateway", "ERROR"):
            self.assert_error(client.get("/x"), 502, "upstream_unreachable")

    def test_upstream_silent(self) -> None:
        with support.silent_upstream() as url:
            settings = support.settings(UPSTREAM_URL=url)
            settings = dataclasses.replace(settings, request_seconds=0.2)
            with TestClient(create_app(settings)) as client, self.assertLogs("ml_gateway", "ERROR"):
                self.assert_error(client.get("/x"), 504, "upstream_timeout")

    def test_an_idle_connection_closed_by_a_reload_is_nobodys_failure(self) -> None:
        with support.scripted_upstream([[OK, None], [OK]]) as (url, counts), gateway(url) as client:
            self.assertEqual(client.get("/a").text, "ok")
            answer = client.post("/b", content=b"body", headers={"content-type": "image/png"})
            self.assertEqual((answer.status_code, answer.text), (200, "ok"))
            self.assertEqual(counts, {"connections": 2, "requests": 3})

    def test_there_is_one_retry_only(self) -> None:
        with (
            support.scripted_upstream([[None], [None], [OK]]) as (url, counts),
            gateway(url) as client,
            self.assertLogs("ml_gateway", "ERROR"),
        ):
            self.assert_error(client.get("/x"), 502, "upstream_unreachable")
            self.assertEqual(counts["requests"], 2)

    def test_a_broken_answer_is_not_asked_for_again(self) -> None:
        with (
            support.scripted_upstream([[b"not http\r\n\r\n"], [OK]]) as (url, counts),
            gateway(url) as client,
            self.assertLogs("ml_gateway", "ERROR"),
        ):
            self.assert_error(client.get("/x"), 502, "upstream_unreachable")
            self.assertEqual(counts["requests"], 1)


class DetectionTest(unittest.TestCase):
    def test_rate_limit_counts_clients_apart(self) -> None:
        with support.recording_upstream() as (url, seen), gateway(url, RATE_LIMIT_PER_SECOND="0.01", RATE_LIMIT_BURST="2") as client:
            with self.assertLogs("ml_gateway", "WARNING"):
                answers = [client.get("/x", headers={"x-real-ip": "192.0.2.1"}) for _ in range(3)]
            self.assertEqual([answer.status_code for answer in answers], [201, 201, 429])
            self.assertEqual(answers[2].json()["error"], "rate_limited")
            self.assertGreater(int(answers[2].headers["retry-after"]), 1)
            self.assertEqual(client.get("/x", headers={"x-real-ip": "192.0.2.2"}).status_code, 201)
            self.assertEqual(len(seen), 3)
            # what watches this service must not be turned away by it
            self.assertEqual({client.get("/health").status_code for _ in range(10)}, {200})

    def test_attacks_do_not_reach_the_upstream(self) -> None:
        with support.recording_upstream() as (url, seen), gateway(url) as client:
            for send in (
                lambda: client.get("/x?q=1%20union%20select%202"),
                lambda: client.get("/a/%2e%2e%2fetc"),
                lambda: client.post("/x", content=b"q=<script>", headers={"content-type": "application/x-www-form-urlencoded"}),
                lambda: client.post("/x", content=b"$(id)", headers={}),
            ):
                with self.assertLogs("ml_gateway", "WARNING") as logs:
                    answer = send()
                self.assertEqual((answer.status_code, answer.json()["error"]), (403, "suspicious_request"))
                self.assertRegex(logs.output[0], "injection|traversal|scripting")
            self.assertEqual(seen, [])

    def test_binary_bodies_are_not_searched(self) -> None:
        with support.recording_upstream() as (url, _), gateway(url) as client:
            self.assertEqual(client.post("/x", content=b"<script>", headers={"content-type": "image/png"}).status_code, 201)

    def test_limits(self) -> None:
        with support.recording_upstream() as (url, seen), gateway(url) as client:
            large = b"x" * (1048576 + 1)
            self.assertEqual(client.post("/x", content=large).status_code, 413)
            self.assertEqual(client.post("/x", content=iter([large[:700000], large[700000:]])).status_code, 413)
            self.assertEqual(client.post("/x", content=large[1:]).status_code, 201)
            with self.assertLogs("ml_gateway", "WARNING"):
                self.assertEqual(client.get("/" + "a" * 4096).status_code, 414)
                self.assertEqual(client.get("/x", headers={f"x-{i}": "1" for i in range(65)}).status_code, 431)
            self.assertEqual(len(seen), 1)

    def test_the_body_limit_is_a_setting_and_large_bodies_pass_in_pieces(self) -> None:
        large = bytes(range(256)) * 4096 * 3  # 3 MiB
        with support.recording_upstream() as (url, seen), gateway(url, MAX_BODY_MIB="3") as client:
            headers = {"content-type": "application/octet-stream"}
            self.assertEqual(client.post("/x", content=large, headers=headers).status_code, 201)
            self.assertEqual((seen[0]["headers"]["content-length"], seen[0]["body"] == large), (str(len(large)), True))
            self.assertEqual(client.post("/x", content=large + b"x", headers=headers).status_code, 413)
            pieces = iter([large[:2000000], large[2000000:], b"x"])
            self.assertEqual(client.post("/x", content=pieces, headers=headers).status_code, 413)
            self.assertEqual(len([one for one in seen if one["body"] == large]), 1)

    def test_a_log_line_is_one_line(self) -> None:
        with support.recording_upstream() as (url, _), gateway(url) as client, self.assertLogs("ml_gateway", "WARNING") as logs:
            client.get("/a%0aFORGED/../../etc/passwd/%2e%2e/x?token=hidden")
        self.assertNotIn("\n", logs.output[0])
        self.assertNotIn("hidden", logs.output[0])


if __name__ == "__main__":
    unittest.main()
