"""The packages of a pyproject.toml (PEP 621) as the text of a requirements file; with a uv.lock beside it, exactly those of the lock.

The project itself is not installed: it runs from its folder. The lock is evaluated for the interpreter that this runs on.
"""

import glob
import os
import platform
import re
import sys

from layout import Refused, inside
from requirement_lines import Lines

LOCK = "uv.lock"


def vendored():
    """TOML and markers from the system's own pip: Python 3.10 reads no TOML itself."""
    wheels = sorted(glob.glob("/usr/share/python-wheels/pip-*.whl"))
    if not wheels:
        raise Refused("there is no /usr/share/python-wheels/pip-*.whl on this host to read pyproject.toml with; install python3-venv, or write requirements.txt")
    sys.path.insert(0, wheels[-1])
    from pip._vendor.packaging import markers, specifiers

    try:
        import tomllib
    except ModuleNotFoundError:
        from pip._vendor import tomli as tomllib
    return tomllib, markers, specifiers


def load(toml, tree, name):
    try:
        # Some editors begin a file with a mark that TOML does not know.
        with open(os.path.join(tree, name), encoding="utf-8-sig", newline="") as file:
            return toml.loads(file.read())
    except (toml.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Refused(f"{name} is not valid TOML: {error}")


def requirements(tree):
    toml, markers, specifiers = vendored()
    document = load(toml, tree, "pyproject.toml")
    project = document.get("project")
    if project is None:
        raise Refused("pyproject.toml has no [project] table (PEP 621), and there is no requirements.txt: write one, with Poetry by `poetry export -f requirements.txt -o requirements.txt`")
    check_python(project, specifiers)
    if os.path.isfile(os.path.join(tree, LOCK)):
        lines = Lock(load(toml, tree, LOCK), tree, markers).lines()
        return "\n".join(lines) + "\n", ["--no-deps", "--require-hashes"], f"pyproject.toml by {LOCK}"
    if document.get("tool", {}).get("uv", {}).get("sources"):
        raise Refused("pyproject.toml says where packages come from ([tool.uv.sources]), which only a lock makes certain: add uv.lock (`uv lock`)")
    if "dependencies" in project.get("dynamic", []):
        raise Refused("pyproject.toml leaves its dependencies to a build ([project] dynamic): list them in [project] dependencies, or write requirements.txt")
    wanted = project.get("dependencies", [])
    if not isinstance(wanted, list) or not all(isinstance(one, str) for one in wanted):
        raise Refused('pyproject.toml has [project] dependencies that are no list of texts: write for example dependencies = ["uvicorn==0.54.0", "python-dotenv==1.2.4"]')
    if not wanted:
        raise Refused("pyproject.toml has no [project] dependencies: at least uvicorn and python-dotenv are needed to run the application")
    lines = Lines()
    for line in wanted:
        problem = lines.problem(line)
        if problem is not None:
            raise Refused(f"pyproject.toml has «{line}», which {problem}")
    return "\n".join(wanted) + "\n", [], "pyproject.toml"


def check_python(project, specifiers):
    wanted = project.get("requires-python")
    found = platform.python_version()
    try:
        specifiers.SpecifierSet(wanted or "")
    except (specifiers.InvalidSpecifier, AttributeError, TypeError):
        raise Refused(f'pyproject.toml has requires-python {wanted!r}, which is no range of versions: write for example requires-python = ">=3.10"')
    if wanted is not None and found not in specifiers.SpecifierSet(wanted):
        raise Refused(f"pyproject.toml wants Python {wanted}, and this host has {found}: change requires-python, or use an image with such a Python")


class Lock:
    """The packages that a uv.lock gives this interpreter, from the project on."""

    def __init__(self, lock, tree, markers):
        self.tree = tree
        self.markers = markers
        self.packages = {}
        for package in lock.get("package", []):
            self.packages.setdefault(package["name"], []).append(package)
        self.done = {}
        self.indexes = set()

    def lines(self):
        roots = [one for many in self.packages.values() for one in many if one.get("source", {}).get("editable", one.get("source", {}).get("virtual")) == "."]
        if len(roots) != 1:
            raise Refused(f"{LOCK} does not say which package is the application (one with the source «.»): make it anew with `uv lock` in the application's folder")
        self.visit(roots[0], None)
        return [*(f"--extra-index-url {url}" for url in sorted(self.indexes)), *sorted(set(self.done.values()))]

    def visit(self, package, extra):
        wanted = package.get("dependencies", []) if extra is None else package.get("optional-dependencies", {}).get(extra, [])
        for edge in wanted:
            if "marker" in edge and not self.markers.Marker(edge["marker"]).evaluate({"extra": extra or ""}):
                continue
            target = self.target(edge)
            key = (target["name"], target.get("version"))
            for part in [None, *edge.get("extra", [])]:
                if (key, part) not in self.done:
                    self.done[(key, part)] = self.line(target)
                    self.visit(target, part)

    def target(self, edge):
        found = [one for one in self.packages.get(edge["name"], []) if all(one.get(key) == edge[key] for key in ("version", "source") if key in edge)]
        if len(found) != 1:
            raise Refused(f"{LOCK} has {len(found)} packages for {edge['name']}: make it anew with `uv lock`")
        return found[0]

    def index(self, url):
        """Every package has its hash, so it does not matter which of the indexes a file comes from."""
        if re.match(r"https://pypi\.org/simple/?$", url):
            return
        if not re.match(r"https://[^/@]+/", url):
            raise Refused(f"{LOCK} takes packages from {url}, which is no https:// address without credentials")
        self.indexes.add(url)

    def line(self, package):
        name, source = package["name"], package.get("source", {})
        files = [*package.get("wheels", []), *([package["sdist"]] if "sdist" in package else [])]
        hashes = "".join(f" --hash={one}" for one in sorted({file["hash"] for file in files if "hash" in file}))
        if "registry" in source and hashes:
            self.index(source["registry"])
            return f"{name}=={package['version']}{hashes}"
        if "url" in source and hashes and re.match(r"https://[^/@]+/", source["url"]):
            return f"{name} @ {source['url']}{hashes}"
        if "path" in source and hashes:
            return f"./{inside(self.tree, source['path'], LOCK)}{hashes}"
        kind = next(iter(source), "no source")
        raise Refused(f"{LOCK} takes {name} from {kind} «{source.get(kind, '')}», which is built from a folder or a repository: put a wheel of it into the application, or take a release from a package index")
