"""run.py USAGE PROGRAM [ARGUMENT]...: runs a program to its end and writes into the file USAGE what it used, with the processes that it waited for.

One JSON object: wallMs, cpuMs (all threads; user and system), peakMiB (of the largest process). Ends as the program ended.
"""

import json
import os
import subprocess
import sys
import time

usage, *argv = sys.argv[1:]
begin = time.monotonic()
process = subprocess.Popen(argv)
_, status, used = os.wait4(process.pid, 0)
wall = time.monotonic() - begin
with open(usage, "w", encoding="utf-8") as file:
    unit = 1 if sys.platform == "darwin" else 1024
    json.dump({"wallMs": wall * 1000, "cpuMs": (used.ru_utime + used.ru_stime) * 1000, "peakMiB": used.ru_maxrss * unit / 2**20}, file)
sys.exit(os.waitstatus_to_exitcode(status) % 256)
