"""Runs templates/steps/bake.py under a clock of its own: `sleep` moves it and does what a case wants to happen meanwhile. JSON in, JSON out."""

import contextlib
import importlib.util
import io
import json
import os
import shutil
import sys
from types import SimpleNamespace

NOW = 1_800_000_000


def load(path):
    spec = importlib.util.spec_from_file_location("bake", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def act(log, deed):
    if deed == "rotate":
        shutil.copy(log, f"{log}.1")
        os.truncate(log, 0)
    else:
        with open(log, "a", encoding="utf-8") as file:
            file.write(deed)


def run(bake, log, case):
    passed = 0.0
    polls = list(case.get("polls", []))

    def sleep(seconds):
        nonlocal passed
        passed += seconds
        for deed in polls.pop(0) if polls else []:
            act(log, deed)

    bake.time = SimpleNamespace(sleep=sleep, time=lambda: NOW + passed, monotonic=lambda: passed)
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        try:
            code = bake.main(*case["arguments"])
        except OSError as error:
            code = str(error)
    return {"code": code, "said": out.getvalue().strip(), "seconds": passed}


if __name__ == "__main__":
    program, log_file = sys.argv[1:]
    json.dump(run(load(program), log_file, json.load(sys.stdin)), sys.stdout)
