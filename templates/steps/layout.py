"""How an application's tree is laid out: where its modules are, and which of its files say what Python packages it needs.

  layout.py TREE MODULE FOLDER

Standard library and the vendored part of the system's own pip only, isolated (-I -S). Reads text; nothing of the tree is executed. Writes
into FOLDER, which the step keeps beside TREE as `layout`:

  install     arguments of the installer, one a line; it runs in TREE, because paths in a requirements file are relative to that
  requirements.txt   what a pyproject.toml comes to, where there is one instead of a requirements.txt
  decides     the text whose digest identifies the environment: every file that decides what is in it, and nothing else
  pythonpath  `.`, or `src` where the modules are below that
  says        one line for the operator

Exit status 1: refused, with the reason on stdout. The program says the same at preview of what it can read (infra/app).
"""

import hashlib
import os
import re
import sys

OWN_FOLDER = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, OWN_FOLDER)

from requirement_lines import Lines, option_problem  # noqa: E402

# Options of a requirements file that name a file of their own, and those that name a place where packages are looked for.
INCLUDES = ("-r", "--requirement")
CONSTRAINTS = ("-c", "--constraint")
PLACES = ("-i", "--index-url", "--extra-index-url", "-f", "--find-links")
EDITABLE = ("-e", "--editable")
ARCHIVE = re.compile(r"\.(whl|tar\.gz|tgz|tar\.bz2|zip)$")

# Of PEP 508 and PEP 440: a name with extras and comparisons, or a name with an address.
NAMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\s*(?:\[[^]]*\])?\s*\(?([^)]*)\)?$")
DIRECT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\s*(?:\[[^]]*\])?\s*@\s*\S+$")
SPECIFIER = re.compile(r"((~=|===?|!=|<=?|>=?)\s*[\w.*+!-]+\s*(,\s*|$))*$", re.ASCII)


class Refused(Exception):
    pass


def inside(tree, path, named_by):
    """The path relative to the tree. A link may point anywhere in the tree, and not out of it."""
    whole = os.path.realpath(os.path.join(tree, path))
    if whole != tree and not whole.startswith(tree + os.sep):
        raise Refused(f"{named_by} names {path}, which is outside of the application's folder: copy it into the folder")
    return os.path.relpath(whole, tree)


def read(tree, path, named_by):
    found = inside(tree, path, named_by)
    try:
        with open(os.path.join(tree, found), encoding="utf-8") as file:
            return found, file.read()
    except OSError:
        raise Refused(f"{named_by} names {path}, which the application does not have: add the file, or remove the line")
    except UnicodeDecodeError:
        raise Refused(f"{path} is not UTF-8 text: write it anew, as a plain list of packages")


def logical_lines(text):
    """Lines as pip reads them: a backslash at the end goes on, a comment starts at the line's begin or after a blank."""
    joined = re.sub(r"\\\r?\n", " ", text)
    for line in joined.splitlines():
        line = re.sub(r"(^|\s)#.*$", "", line).strip()
        if line != "":
            yield line


def option_of(line):
    """(name, value) of an option line; ("", line) of a requirement."""
    match = re.match(r"(--[a-z-]+)(?:[\s=]+(.*))?$", line) or re.match(r"(-[a-zA-Z])\s*(.*)$", line)
    if match is None:
        return "", line
    return match.group(1), (match.group(2) or "").strip()


def local_path(requirement):
    """The path of a requirement that is a file or folder and no name on an index; None otherwise."""
    target = re.sub(r"\s+(--|;).*$", "", requirement)
    named = re.match(r"[A-Za-z0-9._-]+(\[[^]]*\])?\s*@\s*(\S+)$", target)
    if named is not None:
        target = named.group(2)
    if target.startswith("file:"):
        return re.sub(r"^file:(//(localhost)?)?", "", target)
    if re.match(r"[a-z+]+://", target) or re.match(r"[a-z]+\+", target):
        return None
    target = re.sub(r"\[[^]]*\]$", "", target)
    return target if target.startswith(".") or "/" in target or ARCHIVE.search(target) else None


def is_requirement(line):
    """Whether pip reads a package and its version, a file or an address; pip itself would say so only in the middle of an installation."""
    main = re.split(r"\s*;\s*", re.sub(r"\s+--.*$", "", line), maxsplit=1)[0]
    if DIRECT.match(main) or re.match(r"[a-z+]+://", main) or re.search(r"^\.|/", main) or ARCHIVE.search(re.sub(r"\[[^]]*\]$", "", main)):
        return True
    named = NAMED.match(main)
    return named is not None and SPECIFIER.match(named.group(1).strip()) is not None


class Requirements:
    """The files that a requirements file leads to, in the order in which they are met."""

    def __init__(self, tree):
        self.tree = tree
        self.files = []
        # Those that are being read: one that comes again leads to itself.
        self.open = []
        self.packages = 0
        self.lines = Lines()

    def follow(self, path, named_by, constraints=False):
        found, text = read(self.tree, path, named_by)
        if found in self.open:
            raise Refused(f"{named_by} includes {'itself' if found == named_by else found}, which leads to it again, and pip would go round in a circle: remove the line")
        if found in self.files:
            return
        self.files.append(found)
        self.open.append(found)
        for line in logical_lines(text):
            self.line(found, *option_of(line), constraints)
        self.open.pop()

    def line(self, file, option, value, constraints):
        if option in INCLUDES + CONSTRAINTS:
            # An included file is relative to the one that names it, as pip has it.
            self.follow(os.path.normpath(os.path.join(os.path.dirname(file), value)), file, constraints or option in CONSTRAINTS)
        elif option in EDITABLE:
            raise Refused(f"{file} has «{option} {value}»: an editable install points back to a folder, and each release has its own. Remove the line: the application's folder (and src/) is on the import path")
        elif option in PLACES:
            self.place(file, option, value)
        elif option == "--trusted-host":
            raise Refused(f"{file} has «{option} {value}», which switches the check of certificates off: use an index with https, and remove the line")
        elif option == "":
            self.packages += 0 if constraints else 1
            self.requirement(file, value)
            problem = None if constraints else self.lines.problem(value)
            if problem is not None:
                raise Refused(f"{file} has «{value}», which {problem}")
        else:
            problem = option_problem(option, f"{option} {value}".strip())
            if problem is not None:
                raise Refused(f"{file} has {problem}")

    def place(self, file, option, value):
        if re.match(r"https://[^/@\s]+(/|$)", value):
            return
        if option in ("-f", "--find-links") and "://" not in value:
            folder = inside(self.tree, value, file)
            wheels = sorted(os.listdir(os.path.join(self.tree, folder))) if os.path.isdir(os.path.join(self.tree, folder)) else []
            if not any(ARCHIVE.search(name) for name in wheels):
                raise Refused(f"{file} names the folder {value}, in which the application has no wheel: add the wheels, or remove the line")
            self.files.extend(os.path.join(folder, name) for name in wheels if ARCHIVE.search(name))
            return
        raise Refused(f"{file} has «{option}» with something that is no https:// address without credentials: packages would come unprotected, or a password would lie in the code")

    def requirement(self, file, value):
        if not is_requirement(value):
            raise Refused(f"{file} has «{value}», which pip does not read as a package and its version: write one for example as fastapi==0.115.0")
        path = local_path(value)
        if path is None:
            return
        found = inside(self.tree, path, file)
        whole = os.path.join(self.tree, found)
        if os.path.isdir(whole):
            raise Refused(f"{file} has «{path}», a folder to be built: build a wheel of it (pip wheel --no-deps {path}), put that into the application and name it; for the application itself, remove the line")
        if not os.path.isfile(whole):
            raise Refused(f"{file} names {path}, which the application does not have: add the file, or remove the line")
        self.files.append(found)


def sha256(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def from_requirements(tree):
    found = Requirements(tree)
    found.follow("requirements.txt", "the application")
    if found.packages == 0:
        raise Refused("requirements.txt names no package: at least uvicorn and python-dotenv are needed to run the application")
    with open(os.path.join(tree, "requirements.txt"), encoding="utf-8") as file:
        decides = file.read()
    # The first file as it is, so that an application with this one file keeps its environment.
    others = sorted(set(found.files) - {"requirements.txt"})
    decides += "".join(f"\n# {path} {sha256(os.path.join(tree, path))}\n" for path in others)
    return ["--requirement", "requirements.txt"], decides, " and ".join(["requirements.txt", *others])


def from_pyproject(tree, folder):
    # Run as a script, this file is called __main__; the other one knows it by its name.
    sys.modules["layout"] = sys.modules[__name__]
    import pyproject

    text, arguments, says = pyproject.requirements(tree)
    with open(os.path.join(folder, "requirements.txt"), "w", encoding="utf-8") as file:
        file.write(text)
    # The project's name, version and scripts stand in its file as well, and decide nothing.
    return ["--requirement", "../layout/requirements.txt", *arguments], text, says


def module_path(tree, module):
    """`.` or `src`: the folder that the module is imported from."""
    name = module.split(":")[0].replace(".", "/")
    for folder in (".", "src"):
        for path in (f"{name}.py", f"{name}/__init__.py"):
            if os.path.isfile(os.path.join(tree, folder, path)):
                return folder
    raise Refused(f"the application has no {name}.py, neither at its top nor below src/, which ml-gateway:app.module ({module}) names; it has: {top_of(tree)}")


def top_of(tree):
    return " ".join(sorted(os.listdir(tree))[:12])


def check_links(tree):
    for folder, folders, files in os.walk(tree):
        for name in folders + files:
            path = os.path.join(folder, name)
            if os.path.islink(path):
                shown = os.path.relpath(path, tree)
                target = os.readlink(path)
                if os.path.isabs(target):
                    raise Refused(f"{shown} is a symbolic link to {target}: write the target relative to the link")
                inside(tree, shown, f"the symbolic link {shown}")


def layout(tree, module, folder):
    check_links(tree)
    pythonpath = module_path(tree, module)
    if os.path.isfile(os.path.join(tree, "requirements.txt")):
        arguments, decides, says = from_requirements(tree)
    elif os.path.isfile(os.path.join(tree, "pyproject.toml")):
        arguments, decides, says = from_pyproject(tree, folder)
    else:
        raise Refused(f"the application has neither requirements.txt nor pyproject.toml at its top; it has: {top_of(tree)}")
    return {"install": "\n".join(arguments), "decides": decides, "pythonpath": pythonpath, "says": says}


def main(tree, module, folder):
    try:
        found = layout(os.path.realpath(tree), module, folder)
    except Refused as reason:
        print(reason)
        return 1
    for name, text in found.items():
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
