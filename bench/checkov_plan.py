"""checkov_plan.py FILE: checks a Terraform plan twice within one process, as checkov's own program does once; prints how long each took, milliseconds."""

import json
import sys
import time

from checkov.runner_filter import RunnerFilter
from checkov.terraform.plan_runner import Runner

times = []
for _ in range(2):
    begin = time.monotonic()
    report = Runner().run(root_folder=None, files=[sys.argv[1]], runner_filter=RunnerFilter(framework=["terraform_plan"]))
    times.append((time.monotonic() - begin) * 1000)
if not report.passed_checks:
    sys.exit("checkov checked nothing: it does not know the plan's form")
print(json.dumps(times))
