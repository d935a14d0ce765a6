"""What of a list of packages can be read and will not install on a host, or not as it was meant. infra/app/requirement-lines.ts says the same at preview of
what it can read: both are tried on the same lines (test/infra/app/both-halves.test.ts). Standard library only.
"""

import re
from urllib.parse import unquote

# Of a requirements file, in pip's documentation ("Requirements File Format").
OPTIONS = (
    "-i --index-url --extra-index-url --no-index -c --constraint -r --requirement -e --editable -f --find-links --no-binary --only-binary "
    "--prefer-binary --require-hashes --pre --trusted-host --use-feature"
).split()
# Hex digits of each digest that pip takes.
DIGESTS = {"sha256": 64, "sha384": 96, "sha512": 128}
# Modules of Python itself. A package of the same name on PyPI, where there is one, is old or somebody else's.
OF_PYTHON = (
    "abc argparse asyncio base64 collections concurrent contextlib copy csv ctypes datetime email functools glob hashlib html http io itertools json "
    "logging math multiprocessing os pathlib pickle platform queue random re shutil signal socket sqlite3 ssl string subprocess sys tempfile threading "
    "time tkinter traceback unittest urllib uuid warnings zipfile"
).split()
OF_OTHER_SYSTEMS = "pywin32 pypiwin32 pywinpty windows-curses winrt pyobjc pyobjc-core pyobjc-framework-cocoa".split()

PACKAGE = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^]]*\])?\s*(@?)\s*\(?([^)]*)\)?$")
ADDRESS = re.compile(r"(?:(\w+)\+)?(\w+)://(.+)$")
# name-version(-build)-python-abi-platform.whl, and the systems of platforms that are not the hosts'.
WHEEL_NAME = re.compile(r"[\w.]+-[\w.!+]+(?:-\d\w*)?-[\w.]+-[\w.]+-([\w.]+)\.whl$", re.ASCII)
SYSTEMS = {"win": "Windows", "macosx": "macOS", "ios|android": "a telephone", "musllinux": "Alpine Linux"}
WHEEL = "build a wheel of it (pip wheel --no-deps), put it into the application's folder and name it"


def normalized(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def option_problem(option, text):
    return None if option in OPTIONS else f"«{text}», which is no option of a requirements file: correct or remove the line"


def _of_address(address):
    found = ADDRESS.match(address)
    if found is None:
        return None
    tool, scheme, rest = found.groups()
    if re.search(r"\$\{?\w+\}?", rest):
        return f"names a variable in its address, which no host has: {WHEEL}"
    if scheme == "ssh":
        return f"is fetched by ssh, and the hosts have no key for it: {WHEEL}"
    if re.match(r"[^/]*@", rest):
        return f"holds a user or a password in its address, which would lie in the code: {WHEEL}"
    if scheme in ("http", "git"):
        return f"is fetched by {scheme}://, so the package would come unprotected: write https://, or {WHEEL}"
    if tool is not None and tool != "git":
        return f"is fetched by {tool}, which the hosts do not have: {WHEEL}"
    return None


def _of_name(name, marker):
    if name == "sklearn":
        return "names sklearn, which installs nothing: write scikit-learn"
    if name == "python":
        return "names python, which no package is; the hosts' Python follows from gateway.os and backend.os: remove the line"
    if name == "pkg-resources":
        return "names pkg-resources, which is no package of PyPI (Ubuntu's pip freeze adds it): remove the line"
    if name in OF_PYTHON and not marker:
        return f"names {name}, which is a part of Python and no package to install: remove the line"
    if name in OF_OTHER_SYSTEMS and not marker:
        return f'names {name}, which is for another system and cannot be installed on Linux: remove the line, or write {name}; sys_platform != "linux"'
    return None


def _of_version(name, version):
    # --timeout-graceful-shutdown came with 0.22.
    if name != "uvicorn" or re.match(r"[0-9.]+$", version) is None or _numbers(version) >= [0, 22]:
        return None
    return f"asks for uvicorn {version}, which does not know --timeout-graceful-shutdown, and the service is started with it: write 0.22 or a later version"


def _of_hashes(text):
    for one in re.findall(r"\s--hash[\s=]+(\S+)", text):
        kind, _, digits = one.partition(":")
        if len(digits) != DIGESTS.get(kind) or re.match(r"[0-9a-fA-F]+$", digits) is None:
            return f"has the hash «{one[:80]}», which is none that pip takes: write --hash=sha256: and its 64 hex digits (pip hash FILE prints it)"
    return None


def _of_wheel(address):
    """By its name alone: pip would say so only in the middle of an installation."""
    name = unquote(re.sub(r"[?#].*$", "", address)).rpartition("/")[2]
    if not name.endswith(".whl"):
        return None
    found = WHEEL_NAME.match(name)
    if found is None:
        return f"names a wheel that no host can install: {name} is not called as a wheel has to be (NAME-VERSION-PYTHON-ABI-PLATFORM.whl): give it the name that it was built with"
    for tag, system in SYSTEMS.items():
        if all(re.match(tag, one) for one in found.group(1).split(".")):
            return f"names a wheel that no host can install: {name} is for {system}, and the hosts run Linux: give the wheel for manylinux"
    return None


def _numbers(version):
    parts = [int(part) for part in version.split(".") if part != ""]
    while parts and parts[-1] == 0:
        parts.pop()
    return parts


def _same(one, other):
    """1.0 and 1.0.0 are one version, and 1.0 admits 1.0+cpu."""
    (public, _, local), (other_public, _, other_local) = one.partition("+"), other.partition("+")
    if local and other_local and local != other_local:
        return False
    plain = all(re.match(r"\d+(\.\d+)*$", version) for version in (public, other_public))
    return _numbers(public) == _numbers(other_public) if plain else public == other_public


class Lines:
    """The requirements of an application, one after the other: the same package twice is seen only so."""

    def __init__(self):
        self.exact = {}

    def problem(self, text):
        """Why a host cannot install what the line asks for; None where nothing says so."""
        main, marker, _ = re.sub(r"\s+--.*$", "", text).partition(";")
        main = main.strip()
        found = PACKAGE.match(main)
        if found is None or re.match(r"[a-z+]+://", main):
            return _of_address(main) or (None if marker else _of_wheel(main)) or _of_hashes(text)
        if found.group(2) == "@":
            unreal = "pkg-resources" if normalized(found.group(1)) == "pkg-resources" else ""
            return _of_address(found.group(3)) or (None if marker else _of_wheel(found.group(3))) or _of_name(unreal, False) or _of_hashes(text)
        name = normalized(found.group(1))
        exact = re.match(r"={2,3}([^*,]+)$", re.sub(r"\s", "", found.group(3)))
        version = exact.group(1) if exact else ""
        return _of_name(name, marker != "") or _of_version(name, version) or _of_hashes(text) or (self.twice(name, version) if exact and marker == "" else None)

    def twice(self, name, version):
        first = self.exact.setdefault(name, version)
        return None if _same(first, version) else f"asks for {name}=={version}, and another line for {name}=={first}: keep one of the two"
