"""What a host finds out about model files before any service may load them.

  gate.py REQUEST      lines: models DIRECTORY | venv DIRECTORY | app DIRECTORY | memory BYTES | pin NAME==VERSION | import MODULE |
                       format FORMAT FILE | sha256 DIGEST FILE

Without a venv nothing but the standard library is used, and nothing is loaded: every file is followed by Python's own unpickler with
stand-ins for what it imports. With a venv, whose Python must run this, files that pass are then loaded as a service would. Exit status 1:
refused, with one line a reason on stdout.
"""

import glob
import hashlib
import os
import re
import resource
import sys
from importlib import metadata

if sys.version_info < (3, 10):
    sys.exit(9)
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from gate_content import LAMBDA, PICKLED, compression_of, declared, hdf5_lambda, look  # noqa: E402
from gate_names import Names  # noqa: E402

SECONDS = 100


class Request:
    def __init__(self, text):
        self.values = {}
        self.pins, self.imports, self.formats, self.digests = {}, [], {}, {}
        for line in text.splitlines():
            key, _, value = line.partition(" ")
            if key == "pin":
                name, equals, version = value.partition("==")
                if not equals:
                    raise SystemExit(f"the pin «{value}» is not of the form name==version")
                self.pins[normal(name.strip())] = version.strip()
            elif key == "import":
                self.imports.append(value)
            elif key in ("format", "sha256"):
                what, _, file = value.partition(" ")
                (self.formats if key == "format" else self.digests)[file] = what
            else:
                self.values[key] = value


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def pin_problems(request):
    venv = request.values.get("venv")
    if venv is None:
        return []
    sites = glob.glob(os.path.join(venv, "lib", "python3*", "site-packages"))
    versions = {normal(found.metadata["Name"]): found.version for found in metadata.distributions(path=sites) if found.metadata["Name"]}
    return [
        f"the models need {name}=={version}, but requirements.txt installed {versions.get(name, 'none')}: make both say the same"
        for name, version in sorted(request.pins.items())
        if versions.get(name) != version
    ]


def digest(path):
    found = hashlib.sha256()
    with open(path, "rb") as file:
        while chunk := file.read(1 << 20):
            found.update(chunk)
    return found.hexdigest()


def scanned(request, names, name):
    """(problems, places, notes) of one file, from its bytes alone."""
    path = os.path.join(request.values["models"], name)
    form = declared(name, request.formats.get(name))
    if name in request.digests and digest(path) != request.digests[name]:
        return [f"{name} is not the file of the manifest: its sha256 is another"], None, []
    try:
        places = look(path, names, ask_joblib="venv" in request.values)
    except MemoryError:
        return [f"{name} needs more memory than there is here to be looked at"], None, []
    if places.cannot is not None:
        line = f"{name} {places.cannot}"
        return ([line] if "venv" in request.values else []), None, [f"{line}: the host's gate looks at it"]
    if form in ("keras", "other") and hdf5_lambda(path):
        return [f"{name} {LAMBDA}"], None, []
    if form not in (*PICKLED, "other", "numpy", "torch", "keras") and places.pickled:
        return [f"{name} is listed as {form}, but it holds a pickle: make its format pickle, or find out where it comes from"], None, []
    if form in PICKLED and not (places.complete or places.joblib or places.problems):
        return [f"{name} is no readable pickle: {places.error}"], None, []
    if form in PICKLED or places.pickled:
        return [f"{name} {problem}" for problem in places.problems], places, []
    return [], None, []


def loaded(request, names, name, joblib):
    """Problems of loading one file, in every way that a service may do it; and the versions of scikit-learn that wrote it."""
    from gate_load import Loader, in_child

    path = os.path.join(request.values["models"], name)
    own = [request.values["app"]] if "app" in request.values else []

    def ask(work):
        return in_child(lambda: Loader(names, own), work, SECONDS)

    compression = compression_of(path)
    outcomes = [ask(lambda loader: loader.plain(path, compression))]
    if joblib:
        outcomes.append(ask(lambda loader: loader.joblib(path)))
    versions = {version for outcome in outcomes for version in outcome["versions"]}
    refused = [f"{name} {outcome['refused']}" for outcome in outcomes if "refused" in outcome]
    if refused or any("loaded" in outcome for outcome in outcomes):
        return refused[:1], versions
    if any("memory" in outcome for outcome in outcomes):
        return [f"{name} needs more memory to load than the {int(request.values['memory']) // 1048576} MiB that are free on this host"], versions
    return [f"{name} does not load with the packages of requirements.txt: {outcomes[-1]['failed']}"], versions


def version_problems(request, name, versions):
    pinned = request.pins.get("scikit-learn")
    return [
        f"{name} was made by scikit-learn {version}, but the manifest pins {pinned}: train it again with {pinned}, or change the pin"
        for version in sorted(versions - {pinned})
        if pinned is not None
    ]


def judge(request):
    """(problems, notes)"""
    names = Names(request.imports)
    if "app" in request.values:
        sys.path.append(request.values["app"])
    problems, notes, pickles, imported = pin_problems(request), [], {}, set()
    files = sorted(os.listdir(request.values["models"]))
    if request.digests:
        problems += [f"{name} is not in the manifest" for name in files if name not in request.digests]
    for name in files:
        found, places, remarks = scanned(request, names, name)
        problems, notes = problems + found, notes + remarks
        if places is None:
            continue
        problems += version_problems(request, name, places.versions)
        imported |= places.imported
        if places.complete or places.joblib:
            pickles[name] = places
    if not problems and "venv" in request.values and pickles:
        from gate_load import warm

        joblib = warm(imported)
        for name in pickles:
            found, versions = loaded(request, names, name, joblib)
            problems += found + version_problems(request, name, versions)
    notes.append(f"{len(files)} files, {len(pickles)} of them pickles, import and do nothing that is not allowed; {len(request.pins)} pinned versions")
    return problems, notes


def main(arguments):
    if len(arguments) != 1:
        raise SystemExit(__doc__)
    with open(arguments[0], encoding="utf-8") as file:
        request = Request(file.read())
    if "memory" in request.values:
        limit = int(request.values["memory"])
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    problems, notes = judge(request)
    for line in problems if problems else notes:
        print(line)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
