/** What a module does at its import that ends it or that a host does not allow, told without running it. */
import { readTree } from "../../../infra/app/tree";
import { lacking, unless } from "../../needs";
import { codeOf, removeTrees, treeOf } from "./trees";

afterAll(removeTrees);

const python = unless(lacking("python3"));

/** Problems of a main.py with these lines, beside a few files. */
function problems(lines: string, files: Readonly<Record<string, string>> = {}): readonly string[] {
  const tree = readTree(treeOf({ "main.py": `${lines}\napp = make()\n`, "data/words.txt": "a", "requirements.txt": "", ...files }));
  return codeOf(tree).problems;
}

python.each<[string, string, RegExp]>([
  ["the end of the program", "import sys\nsys.exit(1)", /^main\.py, line 2: ends the program \(exit\) when it is imported/],
  ["the end by its short name", "quit()", /line 1: ends the program \(quit\)/],
  ["an exception", "raise SystemExit('no')", /line 1: raises an exception whenever it is imported/],
  [
    "a command line",
    "import argparse\np = argparse.ArgumentParser()\nargs = p.parse_args()",
    /line 3: reads the command line when it is imported/,
  ],
  ["a command line in one", "from argparse import ArgumentParser\nargs = ArgumentParser().parse_args()", /line 2: reads the command line/],
  [
    "a file that is written",
    "open('a.log', 'w').write('x')",
    /writes a\.log when it is imported, and the service may write nothing there; .* Write below \/home\/ddos\/data/,
  ],
  ["a file in with", "with open('a.log', mode='a') as f:\n    pass", /line 1: writes a\.log/],
  ["a log file", "import logging\nlogging.basicConfig(level=10, filename='a.log')", /line 2: writes a\.log/],
  [
    "a handler of a log file",
    "from logging.handlers import RotatingFileHandler\nh = RotatingFileHandler('/var/log/a.log')",
    /writes \/var\/log\/a\.log/,
  ],
  ["a folder that is not there", "import os\nos.makedirs('uploads', exist_ok=True)", /makes uploads when it is imported/],
  [
    "Flask's folder of an instance",
    "import os\nfrom flask import Flask\nflask = Flask(__name__, instance_relative_config=True)\nos.makedirs(flask.instance_path, exist_ok=True)",
    /line 4: makes instance when it is imported/,
  ],
  [
    "what lies in it",
    "import os, sqlite3\nfrom quart import Quart\nq = Quart(import_name=__name__)\ndb = sqlite3.connect(os.path.join(q.instance_path, 'a.db'))",
    /line 4: makes instance\/a\.db/,
  ],
  ["a folder by pathlib", "from pathlib import Path\nPath('uploads').mkdir(exist_ok=True)", /makes uploads/],
  ["a database beside the code", "import sqlite3\ndb = sqlite3.connect('a.db')", /makes a\.db/],
  [
    "a file that is not there",
    "text = open('words.txt').read()",
    /reads words\.txt when it is imported, which the application does not have/,
  ],
  [
    "a folder of pages that is not there",
    "files = StaticFiles(directory='static')",
    /serves static when it is imported, which the application does not have/,
  ],
])("%s is refused", (_, lines, expected) => {
  expect(problems(lines)).toEqual([expect.stringMatching(expected)]);
});

python.each<[string, string]>([
  ["what only a program of its own does", "import sys\nif __name__ == '__main__':\n    sys.exit(1)"],
  ["what may fail", "try:\n    f = open('a.log', 'w')\nexcept OSError:\n    pass"],
  ["what a function does", "def later():\n    open('a.log', 'w')\n    raise ValueError"],
  ["an exit of its own", "def exit():\n    pass\nexit()"],
  ["arguments of its own", "import argparse\np = argparse.ArgumentParser()\nargs = p.parse_args([])\nknown = p.parse_known_args()"],
  ["a file of the folder", "text = open('data/words.txt').read()\nmore = open('./data/words.txt', encoding='utf-8')"],
  [
    "Flask's folder where it is elsewhere",
    "import os\nf = Flask(__name__, instance_path='/home/ddos/data/instance')\nos.makedirs(f.instance_path)",
  ],
  ["Flask's folder of a name", "import os\nf = Flask('other')\nos.makedirs(f.instance_path)"],
  ["Flask's folder where it may fail", "import os\nf = Flask(__name__)\ntry:\n    os.makedirs(f.instance_path)\nexcept OSError:\n    pass"],
  ["a folder that is there", "import os\nos.makedirs('data', exist_ok=True)\nfiles = StaticFiles(directory='data')"],
  [
    "what it may write",
    "f = open('/home/ddos/data/a.log', 'a')\ng = open('/tmp/a', 'w')\nimport sqlite3\ndb = sqlite3.connect(':memory:')",
  ],
  ["a folder that it goes to", "import os\nos.chdir('/home/ddos/data')\nf = open('a.log', 'w')"],
  ["what is not known", "mode = given()\nf = open('a.log', mode)\ng = open(name)\nfiles = StaticFiles(directory='x', check_dir=False)"],
  ["what a condition decides", "x = open('a.log', 'w') if False else None\ny = lambda: open('b.log', 'w')"],
  ["its settings", "f = open('.env')"],
])("%s is taken", (_, lines) => {
  expect(problems(lines)).toEqual([]);
});

python.each<[string, string, RegExp]>([
  ["aiohttp", "from aiohttp import web\napp = web.Application()", /makes app with aiohttp, which brings a server of its own/],
  ["tornado", "import tornado.web\napp = tornado.web.Application()", /makes app with tornado/],
  ["gradio", "import gradio as gr\napp = gr.Interface(f)", /makes app with gradio, .* gr\.mount_gradio_app\(FastAPI\(\), app, path="\/"\)/],
  ["robyn", "from robyn import Robyn\napp = Robyn(__file__)", /makes app with robyn, which brings a server of its own/],
  ["a server of gRPC", "import grpc\ns = grpc.server(pool())\ns.wait_for_termination()\napp = make()", /runs s\.wait_for_termination\(\)/],
  [
    "a server in a function that is called",
    "import uvicorn\ndef main():\n    uvicorn.Server(uvicorn.Config('x')).run()\nmain()\napp = make()",
    /line 3: runs ….run\(\) when it is imported/,
  ],
  [
    "a page that goes on",
    "import gradio as gr\ndemo = gr.Interface(f)\ndemo.queue().launch()\napp = make()",
    /runs ….launch\(\) when it is imported/,
  ],
  [
    "a command line that a function reads",
    "import argparse\ndef args():\n    p = argparse.ArgumentParser()\n    return p.parse_args()\nA = args()\napp = make()",
    /line 4: reads the command line when it is imported/,
  ],
  ["a terminal that is asked", "key = input('Key: ')\napp = make()", /waits for somebody to type \(input\)/],
  ["a loop without an end", "import time\nwhile True:\n    time.sleep(1)\napp = make()", /goes round in a loop that never ends/],
  [
    "what Python has later, in the lifespan",
    "import asyncio\nfrom contextlib import asynccontextmanager\n@asynccontextmanager\nasync def life(app):\n    async with asyncio.TaskGroup() as g:\n        yield\napp = make(lifespan=life)",
    /line 5: uses asyncio\.TaskGroup, which Python has since 3\.11/,
  ],
  ["gradio in with", "import gradio as gr\nwith gr.Blocks() as app:\n    pass", /makes app with gradio/],
  [
    "gradio that is launched",
    "import gradio as gr\ndemo = gr.Interface(f)\ndemo.launch()\napp = 1 and demo",
    /runs demo\.launch\(\) when it is imported/,
  ],
  [
    "a server without a name",
    "from http.server import HTTPServer\ns = HTTPServer()\ns.serve_forever()\napp = make()",
    /runs s\.serve_forever\(\)/,
  ],
])("%s is no application that uvicorn serves", (_, text, expected) => {
  const tree = readTree(treeOf({ "main.py": `${text}\n`, "requirements.txt": "" }));
  const found = codeOf(tree).problems;
  expect(found).toEqual([expect.stringMatching(expected)]);
});

python.each<[string, string]>([
  ["a class of the same name beside aiohttp's client", "import aiohttp\nfrom blacksheep import Application\napp = Application()"],
  ["an interface of its own", "import gradio\nfrom own import Interface\napp = Interface()\napp.launch()"],
  ["a loop with an end", "while True:\n    if done():\n        break\napp = make()"],
  ["an input of its own", "from own import input\nkey = input()\napp = make()"],
  ["a page that does not wait", "import gradio as gr\ndemo = gr.Interface(f)\ndemo.launch(prevent_thread_lock=True)\napp = make()"],
  ["a runner of its own", "class Runner:\n    def run(self):\n        pass\nr = Runner()\nr.run()\napp = make()"],
  ["gradio that FastAPI mounts", "import gradio as gr\ndemo = gr.Interface(f)\napp = gr.mount_gradio_app(FastAPI(), demo, path='/')"],
])("%s is taken for an application", (_, text) => {
  const tree = readTree(treeOf({ "main.py": `${text}\n`, "requirements.txt": "" }));
  expect(codeOf(tree).problems).toEqual([]);
});
