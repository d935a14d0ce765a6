"""Calls that certainly run when an application starts, and that no host lets through as they stand: told from syntax trees. Standard library only."""

import ast
import re

from syntax_names import keyword, nodes, origin, terminal

# What runs a loop of events to its end, which another loop that is running does not let it do (host-starts.ts says when uvicorn's is).
_LOOPS = ("asyncio.run", "anyio.run", "uvloop.run")
# Clients that raise where they are made without a key: the keywords that give it, and the variable that they read otherwise.
_KEYS = {
    **{f"openai.{name}": (("api_key", "admin_api_key", "workload_identity"), "OPENAI_API_KEY") for name in ("OpenAI", "AsyncOpenAI")},
    **{f"groq.{name}": (("api_key",), "GROQ_API_KEY") for name in ("Groq", "AsyncGroq")},
    **{f"langchain_openai.{name}": (("api_key", "openai_api_key"), "OPENAI_API_KEY") for name in ("ChatOpenAI", "OpenAIEmbeddings")},
    **{f"google.cloud.{name}.Client": (("credentials", "client_options"), "GOOGLE_APPLICATION_CREDENTIALS") for name in ("storage", "bigquery", "firestore")},
}
# What asks AWS for something, with the credentials that the client finds.
_AWS = ("download_file", "download_fileobj", "get_object", "head_object", "list_objects_v2", "list_buckets", "upload_file", "put_object", "get_secret_value", "get_parameter", "invoke_endpoint", "describe_table")
_OWN_CREDENTIALS = ("aws_access_key_id", "profile_name", "config")
# What raises where there is no graphics card, whatever it is given.
_CARDS = ("faiss.StandardGpuResources", "pynvml.nvmlInit", "torch.cuda.set_device", "torch.cuda.current_device", "torch.cuda.get_device_name", "torch.cuda.get_device_properties", "torch.cuda.mem_get_info")
# Models of spaCy are packages of their own.
_SPACY = re.compile(r"^[a-z]{2,3}_[a-z]+_[a-z]+_(sm|md|lg|trf)$")
_COMPILED = ("njit", "jit", "vectorize", "guvectorize")
# Programs that are neither of Ubuntu's images nor of the set-up, and the packages that bring them.
PROGRAMS = {"ffmpeg": "ffmpeg", "ffprobe": "ffmpeg", "tesseract": "tesseract-ocr", "pdftotext": "poppler-utils", "pdftoppm": "poppler-utils", "pdfinfo": "poppler-utils", "convert": "imagemagick", "java": "default-jre-headless", "wkhtmltopdf": "wkhtmltopdf", "libreoffice": "libreoffice-core", "soffice": "libreoffice-core", "dot": "graphviz", "gcc": "gcc", "sox": "sox", "espeak": "espeak"}
_RUNS = ("subprocess.run", "subprocess.check_output", "subprocess.check_call", "subprocess.call", "subprocess.Popen")


class Certain:
    def __init__(self, values, modules, runs, factory):
        """@param runs: calls of each module that certainly run (syntax_followed.py), factory: whether a function makes the application"""
        self.values, self.factory = values, factory
        # {path, line, name, certain}; {path, line, what, value, at}: a program and its package, a graphics card, a loop of events
        self.settings, self.needs = [], []
        # (file, name) of what is called without anything.
        self.made = set()
        patched = any(isinstance(one, (ast.Import, ast.ImportFrom)) and "nest_asyncio" in ast.dump(one) for _, tree in modules for one in nodes(tree))
        seen = set()
        for path, tree in modules:
            for at, file, call, names in runs[path]:
                if id(call) not in seen:
                    seen.add(id(call))
                    self._one(file, call, names, at, patched)
            self._compiled(path, tree)

    def _one(self, path, call, names, at, patched):
        name = origin(self.values.folder.parsed(path), call.func)
        if not call.args and not call.keywords and isinstance(call.func, (ast.Name, ast.Attribute)):
            self.made.add(self.values.object(path, call.func) or (None, None))
        if not patched and (name in _LOOPS or terminal(call.func) == "run_until_complete"):
            loop = name if name in _LOOPS else "run_until_complete"
            # An application that a function makes is made before it starts, and the calls that run say the same of both.
            self._need(path, call, "loop", loop, "import" if self.factory else at)
        if name == "nest_asyncio.apply" and not call.args and not call.keywords:
            self._need(path, call, "nest", name, "import" if self.factory else at)
        self._cuda(path, call, names, at)
        if name in _CARDS:
            self._need(path, call, "card", name, at)
        if name in _KEYS and not any(one.arg is None for one in call.keywords) and not call.args:
            given, variable = _KEYS[name]
            value = keyword(call, *given)
            if value is None or self._is_read_of(value, variable):
                self._setting(path, call, variable)
        if name in _RUNS and call.args and keyword(call, "shell") is None:
            first = call.args[0].elts[0] if isinstance(call.args[0], (ast.List, ast.Tuple)) and call.args[0].elts else call.args[0]
            program = self.values.text(path, first, names)
            if program in PROGRAMS:
                self._need(path, call, program, PROGRAMS[program], at)
        model = self.values.text(path, call.args[0], names) if name == "spacy.load" and call.args else None
        if _SPACY.match(model or ""):
            self._need(path, call, "spacy", model, at)
        if terminal(call.func) in _AWS and isinstance(call.func, ast.Attribute) and self._is_of_aws(path, call.func.value, names):
            self._need(path, call, "aws", terminal(call.func), at)

    def _need(self, path, node, what, value, at):
        self.needs.append({"path": path, "line": node.lineno, "what": what, "value": value, "at": at})

    def _setting(self, path, node, name):
        self.settings.append({"path": path, "line": node.lineno, "name": name, "certain": True})

    def _is_of_aws(self, path, node, names):
        """Whether a client of boto3 was made with nothing that may bring credentials."""
        if isinstance(node, ast.Name) and node.id not in names:
            path, node = self.values.assigned(path, node) or (path, None)
        made = origin(self.values.folder.parsed(path), node.func) if isinstance(node, ast.Call) else ""
        return made == "boto3.client" and keyword(node, *_OWN_CREDENTIALS, "endpoint_url") is None and not any(one.arg is None for one in node.keywords)

    def _is_read_of(self, node, variable):
        """Whether a value is what a variable of the environment has, or None."""
        read = isinstance(node, ast.Call) and terminal(node.func) in ("getenv", "get") and len(node.args) == 1
        return read and getattr(node.args[0], "value", None) == variable

    def _cuda(self, path, call, names, at):
        """A model that is put on a graphics card, whether there is one or not."""
        method = terminal(call.func) if isinstance(call.func, ast.Attribute) else None
        device = call.args[0] if method == "to" and call.args else keyword(call, "device") if method == "to" else None
        certain = method == "cuda" and not call.args and not call.keywords or device is not None and (self.values.text(path, device, names) or "").partition(":")[0] == "cuda"
        if certain and any(isinstance(one, (ast.Import, ast.ImportFrom)) and "torch" in ast.dump(one) for one in self.values.folder.parsed(path).body):
            self._need(path, call, "cuda", "devices", at)

    def _compiled(self, path, tree):
        """numba keeps what it compiles beside the source or in the home folder, and raises where it may write to neither."""
        for node in tree.body:
            for one in getattr(node, "decorator_list", []):
                kept = isinstance(one, ast.Call) and getattr(keyword(one, "cache"), "value", None) is True
                package, _, name = origin(tree, one.func).partition(".") if kept else ("", "", "")
                if package == "numba" and name in _COMPILED:
                    self._setting(path, node, "NUMBA_CACHE_DIR")
