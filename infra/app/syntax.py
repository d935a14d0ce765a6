"""
Whether an application can be parsed as Python, what it imports, and what would end it when it is imported. Reads one JSON object from stdin, runs nothing of it.

  {"module", "attribute", "factory", "interface", "health", "django", "project", "several", "minors": [N] of the hosts' Python 3.N, "files": {path: base64}, "paths"}

Looks at the module, the packages it lies in, and what these import of the folder when they are imported themselves. Standard library only. Prints
{"python": [3, N], "problem": null or {"path", "line", "text", "says"}, "absent": [{"path", "line", "name"}], "others": the same, "wrong": [{"path",
"line", "why", "instead"}], "versions": [{"path", "line", "name", "since" or "until"}], "settings": [{"path", "line", "name", "certain"}], "opens": [{"path",
"line", "file", "does", "at", "variables"}], "fetches": [{"path", "line", "call", "what", "cache", "at"}], "health", "hosts": [{"path", "line", "hosts"}], "redirects", "refusal" and "websocket": null or a place, "shadows": [path],
"connections": [{"path", "line", "service", "address", "variables", "at", "certain"}], "needs": [{"path", "line", "what", "value", "at"}], "uses": [{"path", "line", "name"}]}.
"""

import base64
import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from syntax_certain import Certain  # noqa: E402
from syntax_connections import Connections  # noqa: E402
from syntax_cycles import Cycles  # noqa: E402
from syntax_fetched import fetched  # noqa: E402
from syntax_folder import Folder  # noqa: E402
from syntax_followed import run_by  # noqa: E402
from syntax_frameworks import Django, Guards, own_version, websocket  # noqa: E402
from syntax_imports import places  # noqa: E402
from syntax_interface import interface_problems  # noqa: E402
from syntax_names import entry_problems  # noqa: E402
from syntax_readers import Readers  # noqa: E402
from syntax_refusals import refusal  # noqa: E402
from syntax_report import Report  # noqa: E402
from syntax_routes import mentions, routes_of  # noqa: E402
from syntax_settings import settings_of  # noqa: E402
from syntax_values import Values  # noqa: E402
from syntax_versions import OF_THE_SERVER  # noqa: E402


def settings(values, needed, made):
    """
    Settings that are read, and whether the application itself may give some of these names.
    @param needed: settings that something else than a read asks for, made: (file, name) of classes that are called without anything at the start
    """
    found, handled, given, files = [], set(), set(), False
    for path, tree in values.modules:
        said = settings_of(tree, {name for file, name in made if file == path}, Readers(values, path))
        found += [(path, *read) for read in said.reads]
        needed = [*needed, *({"path": path, "line": line, "name": name, "certain": True} for name, line in said.needed)]
        handled, given, files = handled | said.handled, given | said.given, files or said.own_files
    cautious = [{"path": path, "line": line, "name": name, "certain": certain and not files} for path, name, line, certain in found if name not in handled]
    return cautious + [{**one, "certain": not files} for one in needed if one["name"] not in given], (lambda names: files or not given.isdisjoint(names))


def health(folder, values, request, entry, django, started):
    """What is known of the answer at the path of health."""
    wanted = request["health"].partition("?")[0]
    routes, seen = django.routes(wanted) if django.served else routes_of(folder, values, entry, request["attribute"], wanted, started) if entry is not None else (None, [])
    return {"mentioned": mentions(folder.whole(), wanted), "routes": routes, "seen": seen}


def main():
    request = json.load(sys.stdin)
    files = {path: base64.b64decode(text) for path, text in request["files"].items()}
    folder = Folder(files, request["paths"], request["minors"])
    report = Report(folder)
    values = Values(folder, report.modules)
    report.follow(request["module"])
    entry = folder.file_of(request["module"])
    answer = {"python": list(sys.version_info[:2]), "problem": report.problem, "opens": [], "fetches": [], "settings": [], "health": None, "hosts": [], "redirects": None, "refusal": None, "websocket": None, "connections": [], "needs": []}
    if report.problem is None:
        django = Django(values, report.modules, request["django"], entry, request["attribute"])
        for module in [*django.modules(), *django.urls()]:
            report.named(django.place, module)
        answer["problem"] = report.problem
    runs = {} if report.problem is not None else run_by(values, report.modules, (entry, request["attribute"]) if request["factory"] else None)
    if report.problem is None and entry is not None:
        report.add((entry, *wrong) for wrong in entry_problems(folder.tree(entry), request["attribute"], request["factory"], request["interface"]))
        report.add(interface_problems(values, entry, request["attribute"], request["factory"], request["interface"]))
        report.add(own_version(values, report.modules, request["project"]))
        report.started(values, runs)
        report.shadowed(entry, request["several"])
        answer["opens"] = report.files(values, runs, django)
        answer["fetches"] = list(fetched(values, runs))
        answer["connections"] = Connections(values, runs).found()
    if report.problem is None:
        certain = Certain(values, report.modules, runs, request["factory"])
        circle = Cycles(folder, places).found(request["module"])
        report.add([] if circle is None else [circle])
        answer["needs"] = certain.needs
        read, may_give = settings(values, certain.settings, certain.made)
        answer["settings"] = [*read, *django.needed()]
        answer["opens"] = [one for one in answer["opens"] if not (one.get("variables") and may_give(one["variables"]))]
        answer["health"] = health(folder, values, request, entry, django, report.seen)
        guards = Guards(values, report.modules, entry, request["attribute"])
        answer["hosts"] = [*guards.hosts(), *django.hosts()]
        answer["redirects"], answer["refusal"], answer["websocket"] = guards.redirects(), refusal(report.modules), websocket(report.modules)
    wrong = {one["path"] for one in report.wrong}
    shadows = [path for name in sorted(OF_THE_SERVER) if (path := folder.file_of(name)) is not None and path not in wrong]
    found = {"absent": report.absent, "others": report.others, "wrong": report.wrong, "versions": report.versions, "uses": report.uses, "shadows": shadows}
    print(json.dumps({**answer, **found}))


if __name__ == "__main__":
    main()
