import io
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from contextlib import redirect_stdout
from pathlib import Path

import support
from ml_gateway.settings import MODEL_PATH, SettingsError, read_settings
from ml_gateway.utils.logger import configure_logging


class SettingsTest(unittest.TestCase):
    def test_defaults(self) -> None:
        settings = read_settings({})
        self.assertEqual((str(settings.model_path), settings.log_level, settings.cache_ttl), (MODEL_PATH, "INFO", 300))
        self.assertEqual((settings.rate_per_second, settings.rate_burst, settings.upstream_url), (100, 200, None))

    def test_values(self) -> None:
        settings = read_settings(
            {"LOG_LEVEL": "debug", "CACHE_TTL": "60", "RATE_LIMIT_PER_SECOND": "0", "UPSTREAM_URL": "http://backend.internal:9000/"}
        )
        self.assertEqual((settings.log_level, settings.cache_ttl, settings.rate_per_second), ("DEBUG", 60, 0))
        self.assertEqual(settings.upstream_url, "http://backend.internal:9000")

    def test_all_problems_at_once(self) -> None:
        with self.assertRaises(SettingsError) as failure:
            read_settings({"LOG_LEVEL": "loud", "CACHE_TTL": "soon", "RATE_LIMIT_BURST": "-1", "UPSTREAM_URL": "backend:9000"})
        self.assertEqual(
            [line.split()[0] for line in str(failure.exception).splitlines()],
            ["UPSTREAM_URL", "LOG_LEVEL", "CACHE_TTL", "RATE_LIMIT_BURST"],
        )

    def test_bad_upstreams(self) -> None:
        for url in ("ftp://x", "http://", "http://u:hunter2@x", "http://x/path", "http://x?q", "http://x:99999", "x"):
            with self.subTest(url), self.assertRaises(SettingsError) as failure:
                read_settings({"UPSTREAM_URL": url})
            self.assertNotIn("hunter2", str(failure.exception))

    def test_secrets_are_not_shown(self) -> None:
        settings = read_settings({"SECRET_KEY": "hunter2hunter2", "DATABASE_URL": "postgresql://u:hunter2@db/x"})
        self.assertNotIn("hunter2", repr(settings))


class LoggerTest(unittest.TestCase):
    def setUp(self) -> None:
        root = logging.getLogger()
        before = (root.level, list(root.handlers))
        self.addCleanup(lambda: (root.setLevel(before[0]), setattr(root, "handlers", before[1])))

    def test_level_and_masking(self) -> None:
        settings = read_settings({"SECRET_KEY": "kkkkkk", "DATABASE_URL": "postgresql://u:hunter2@db/x", "LOG_LEVEL": "WARNING"})
        output = io.StringIO()
        with redirect_stdout(output):
            configure_logging(settings)
            logging.getLogger("ml_gateway.x").info("not shown")
            try:
                raise ValueError("password hunter2 with kkkkkk")
            except ValueError:
                logging.getLogger("ml_gateway.x").exception("database postgresql://u:hunter2@db/x")
        text = output.getvalue()
        self.assertNotIn("not shown", text)
        self.assertRegex(text, r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z ERROR ml_gateway\.x database \[secret\]\n")
        self.assertIn("password [secret] with [secret]", text)


class EnvFileTest(unittest.TestCase):
    def test_the_env_file_beside_the_package_is_read(self) -> None:
        folder = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, folder)
        shutil.copytree(
            support.ROOT / "templates/sample-app/ml_gateway", folder / "ml_gateway", ignore=shutil.ignore_patterns("__pycache__")
        )
        (folder / ".env").write_text("LOG_LEVEL=ERROR\nCACHE_TTL=7\nSECRET_KEY='a b#c'\n")
        program = "from ml_gateway.settings import read_settings as r; s = r(); print(s.log_level, s.cache_ttl, s.secret_key)"
        environment = {"PYTHONPATH": str(folder), "PATH": os.environ["PATH"], "CACHE_TTL": "9"}
        done = subprocess.run([sys.executable, "-B", "-c", program], env=environment, capture_output=True, text=True)
        self.assertEqual((done.stdout, done.stderr), ("ERROR 9 a b#c\n", ""))


if __name__ == "__main__":
    unittest.main()
