import gc
import json
import logging
import shutil
import sqlite3
import sys
import tempfile
import time
import unittest
from pathlib import Path

import support
from fastapi.testclient import TestClient

from ml_gateway.app import create_app
from ml_gateway.utils.cache import sqlite_file
from ml_gateway.utils.feature_extractor import FEATURES, features_of
from ml_gateway.utils.validators import RequestRecord

MODEL = "hybrid_stage2_model_v3_real_benign.pkl"
SCALER = "hybrid_stage2_scaler_v3_real_benign.pkl"
ENCODER = "hybrid_stage2_label_encoder.pkl"
METRICS = "hybrid_model_metrics_v2.json"


class BackendTest(unittest.TestCase):
    def setUp(self) -> None:
        if not support.MODELS.is_dir():
            self.fail(f"{support.MODELS} is not there; make the sample models with: npm run models:sample")
        self.folder = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        self.models = self.folder / "models"
        shutil.copytree(support.MODELS, self.models)

    def backend(self, **environment: str) -> TestClient:
        defaults = {"MODEL_PATH": str(self.models / MODEL), "DATA_DIR": str(self.folder), "SECRET_KEY": "first-secret"}
        return TestClient(create_app(support.settings(**{**defaults, **environment})))


class PredictionTest(BackendTest):
    def test_a_flood_is_one(self) -> None:
        with self.backend() as client:
            answer = client.post("/predict", json={"features": support.FLOOD})
            self.assertEqual((answer.status_code, answer.json()["label"]), (200, "http_flood"))
            probabilities = answer.json()["probabilities"]
            self.assertEqual(set(probabilities), {"benign", "credential_stuffing", "http_flood", "injection", "scan"})
            self.assertAlmostEqual(sum(probabilities.values()), 1, places=5)

    def test_no_collection_looks_at_what_stays(self) -> None:
        with self.backend() as client:
            # Modules and models: a full collection looks at them for 80 ms, while no request is answered.
            self.assertGreater(gc.get_freeze_count(), 50_000)
            self.assertLess(len(gc.get_objects()), gc.get_freeze_count())
            self.assertEqual(client.get("/health").status_code, 200)
        self.assertEqual(gc.get_freeze_count(), 0)

    def test_the_readme_shows_what_it_answers(self) -> None:
        request = (support.ROOT / "docs" / "examples" / "predict.json").read_text(encoding="utf-8")
        shown = (support.ROOT / "README.md").read_text(encoding="utf-8").split("```json answer\n")[1].split("```")[0]
        with self.backend() as client:
            answer = client.post("/predict", content=request, headers={"Content-Type": "application/json"})
            self.assertEqual((answer.status_code, answer.json()), (200, json.loads(shown)))

    def test_requests_become_features(self) -> None:
        def record(i: int, path: str, method: str, status: int) -> dict:
            return {
                "time": i * 0.12,
                "method": method,
                "path": path,
                "status": status,
                "body_bytes": 180,
                "user_agent": "x" * 74,
                "headers": 9,
            }

        stuffing = [record(i, "/account/login", "POST", 401 if i % 4 else 200) for i in range(60)]
        with self.backend() as client:
            answer = client.post("/predict", json={"requests": stuffing})
            self.assertEqual((answer.status_code, answer.json()["label"]), (200, "credential_stuffing"))

    def test_bad_requests_are_refused(self) -> None:
        one = {"time": 1, "method": "GET", "path": "/", "status": 200}
        bad = {
            "nothing": {},
            "both": {"features": support.FLOOD, "requests": [one, one]},
            "missing": {"features": {"error_ratio": 1}},
            "misspelt": {"features": {**support.FLOOD, "eror_ratio": 1}},
            "above its bound": {"features": {**support.FLOOD, "error_ratio": 1.01}},
            "below its bound": {"features": {**support.FLOOD, "header_count": -1}},
            "text": {"features": {**support.FLOOD, "error_ratio": "much"}},
            "null": {"features": {**support.FLOOD, "error_ratio": None}},
            "one request": {"requests": [one]},
            "no status": {"requests": [one, {"time": 1, "method": "GET", "path": "/"}]},
            "empty path": {"requests": [one, {**one, "path": ""}]},
        }
        with self.backend() as client:
            for name, body in bad.items():
                with self.subTest(name):
                    answer = client.post("/predict", json=body)
                    self.assertEqual((answer.status_code, answer.json()["error"]), (422, "invalid_request"))
            for text in ("", "{", '{"features": NaN}', json.dumps({"features": support.FLOOD}).replace("180", "Infinity")):
                with self.subTest(text):
                    self.assertEqual(client.post("/predict", content=text, headers={"content-type": "application/json"}).status_code, 422)

    def test_simultaneous_requests_have_features_within_bounds(self) -> None:
        requests = [RequestRecord(time=5, method="GET", path="/", status=200)] * 1000
        features = features_of(requests)
        self.assertEqual(list(features), list(FEATURES))
        for name, (low, high) in FEATURES.items():
            self.assertTrue(low <= features[name] <= high, name)

    def test_the_model_says_what_it_is(self) -> None:
        with self.backend() as client:
            about = client.get("/model").json()
            self.assertEqual(about["features"], list(FEATURES))
            self.assertGreater(about["metrics"]["accuracy"], 0.9)


class HealthTest(BackendTest):
    def health(self) -> tuple[int, str]:
        with self.backend() as client:
            answer = client.get("/health")
            if answer.status_code != 200:
                self.assertEqual(client.post("/predict", json={"features": support.FLOOD}).status_code, 503)
            return answer.status_code, answer.text

    def test_ok_is_exactly_this(self) -> None:
        self.assertEqual(self.health(), (200, '{"status":"ok"}'))

    def test_metrics_are_optional(self) -> None:
        (self.models / METRICS).unlink()
        self.assertEqual(self.health()[0], 200)
        (self.models / METRICS).write_text("{")
        with self.assertLogs("ml_gateway", "WARNING"):
            self.assertEqual(self.health()[0], 200)

    def unhealthy(self, reason: str) -> None:
        with self.assertLogs("ml_gateway", "ERROR"):
            status, text = self.health()
        self.assertEqual((status, json.loads(text)["status"]), (503, "unavailable"))
        self.assertRegex(json.loads(text)["reason"], reason)

    def test_each_required_file_counts(self) -> None:
        for name in (MODEL, SCALER, ENCODER):
            with self.subTest(name):
                (self.models / name).unlink()
                self.unhealthy(f"{name} is missing")
                shutil.copy(support.MODELS / name, self.models / name)

    def test_a_damaged_file_does_not_load(self) -> None:
        for damage in (
            lambda data: data[:-100],
            lambda data: b"",
            lambda data: b"<html>",
            lambda data: data.replace(b"MLPClassifier", b"MLPClassifieR"),
        ):
            (self.models / MODEL).write_bytes(damage((support.MODELS / MODEL).read_bytes()))
            self.unhealthy(f"{MODEL} did not load")

    def test_another_scikit_learn_is_not_trusted(self) -> None:
        data = (support.MODELS / SCALER).read_bytes()
        (self.models / SCALER).write_bytes(data.replace(b"1.7.2", b"1.6.9"))
        self.unhealthy(f"{SCALER} did not load: InconsistentVersionWarning")

    def test_files_that_do_not_belong_together(self) -> None:
        shutil.copy(support.MODELS / ENCODER, self.models / SCALER)
        self.unhealthy("scaler expects")
        shutil.copy(support.MODELS / SCALER, self.models / SCALER)
        shutil.copy(support.MODELS / SCALER, self.models / MODEL)
        self.unhealthy("predict_proba")
        shutil.copy(support.MODELS / MODEL, self.models / MODEL)
        shutil.copy(support.MODELS / SCALER, self.models / ENCODER)
        self.unhealthy("label encoder knows 0 classes")


class CacheTest(BackendTest):
    def ask(self, **environment: str) -> str:
        with self.backend(**environment) as client:
            return client.post("/predict", json={"features": support.FLOOD}).headers["x-cache"]

    def test_sqlite_outlives_the_process_and_belongs_to_a_key_and_a_model(self) -> None:
        url = {"DATABASE_URL": "sqlite:///cache.db"}
        self.assertEqual([self.ask(**url), self.ask(**url)], ["miss", "hit"])
        self.assertTrue((self.folder / "cache.db").is_file())
        self.assertEqual(self.ask(**url, SECRET_KEY="second-secret"), "miss")
        shutil.copy(support.MODELS / MODEL, self.folder / "other.pkl")
        for name in (SCALER, ENCODER):
            shutil.copy(support.MODELS / name, self.folder / name)
        self.assertEqual(self.ask(**url, MODEL_PATH=str(self.folder / "other.pkl")), "miss")

    def test_an_altered_row_is_not_believed(self) -> None:
        url = {"DATABASE_URL": f"sqlite:///{self.folder}/cache.db"}
        self.ask(**url)
        with sqlite3.connect(self.folder / "cache.db") as database:
            self.assertEqual(database.execute('UPDATE predictions SET answer = \'{"label": "benign"}\'').rowcount, 1)
        database.close()
        with self.backend(**url) as client:
            answer = client.post("/predict", json={"features": support.FLOOD})
        self.assertEqual((answer.headers["x-cache"], answer.json()["label"]), ("miss", "http_flood"))

    def test_ttl(self) -> None:
        with self.backend(CACHE_TTL="1", DATABASE_URL="sqlite:///cache.db") as client:
            kinds = [client.post("/predict", json={"features": support.FLOOD}).headers["x-cache"] for _ in range(2)]
            time.sleep(1.05)
            kinds.append(client.post("/predict", json={"features": support.FLOOD}).headers["x-cache"])
        self.assertEqual(kinds, ["miss", "hit", "miss"])

    def test_zero_turns_it_off(self) -> None:
        with self.backend(CACHE_TTL="0") as client:
            self.assertEqual({client.post("/predict", json={"features": support.FLOOD}).headers["x-cache"] for _ in range(3)}, {"miss"})

    def test_another_database_means_memory(self) -> None:
        with self.assertLogs("ml_gateway", "INFO") as logs, self.backend(DATABASE_URL="postgresql://ddos:hunter2@db/x") as client:
            kinds = [client.post("/predict", json={"features": support.FLOOD}).headers["x-cache"] for _ in range(2)]
        self.assertEqual(kinds, ["miss", "hit"])
        self.assertNotIn("hunter2", "".join(logs.output))

    def test_a_file_that_cannot_be_opened_means_memory_and_a_line_in_the_log(self) -> None:
        with self.assertLogs("ml_gateway", "ERROR"):
            self.assertEqual(self.ask(DATABASE_URL="sqlite:////nowhere/cache.db"), "miss")

    def test_old_entries_go(self) -> None:
        with self.backend(DATABASE_URL="sqlite:///cache.db") as client:
            cache = client.app.state.cache
            cache._limit = 50
            for i in range(200):
                cache.put(cache.key({"i": i}), {"i": i})
            self.assertEqual(cache._run("SELECT count(*) FROM predictions", ()), [(50,)])
            self.assertEqual(cache.get(cache.key({"i": 199})), {"i": 199})

    def test_urls(self) -> None:
        data = Path("/data")
        for url, file in (
            (None, None),
            ("sqlite:///x.db", Path("/data/x.db")),
            ("sqlite:////srv/x.db", Path("/srv/x.db")),
            ("sqlite+pysqlite:///x%20y.db?timeout=5", Path("/data/x y.db")),
            ("sqlite://", None),
            ("sqlite:///:memory:", None),
            ("postgresql://u:p@h/x", None),
            ("nonsense", None),
        ):
            with self.subTest(url):
                self.assertEqual(sqlite_file(url, data), file)


class RoleTest(unittest.TestCase):
    def test_a_gateway_needs_no_numpy(self) -> None:
        import subprocess

        program = "import sys, ml_gateway.app; sys.exit(1 if 'numpy' in sys.modules or 'sklearn' in sys.modules else 0)"
        environment = {"UPSTREAM_URL": "http://backend.internal:9000", "PYTHONPATH": str(support.ROOT / "templates/sample-app")}
        done = subprocess.run([sys.executable, "-B", "-c", program], env=environment, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("starts as gateway to http://backend.internal:9000", done.stdout)


if __name__ == "__main__":
    logging.getLogger("ml_gateway").addHandler(logging.NullHandler())
    unittest.main()
