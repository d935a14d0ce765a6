"""Calls of packages that make, write or read the file or folder that they are given: told from syntax trees. Standard library only."""

import ast
import functools
from collections import namedtuple

from syntax_names import nodes, origin

# Which argument names it (position, keywords), what it is without one, and arguments with which the call does something else: {keyword: values, or None for any}.
_Call = namedtuple("_Call", "does position keywords usual unless", defaults=[None, {}])


def _writes(position, *keywords, usual=None, unless=None, does="writes"):
    return _Call(does, position, keywords, usual, unless or {})


def _makes(position, *keywords, usual=None, unless=None):
    return _writes(position, *keywords, usual=usual, unless=unless, does="makes")


def _reads(position, *keywords):
    return _Call("reads", position, keywords)


# fasthtml/core.py, get_key: a key of sessions that is not given is read from this file, which is written where it is not there.
_FASTHTML = _makes(99, "key_fname", usual=".sesskey", unless={"secret_key": None})
# By their whole names, from the packages' own sources. "writes": whether the file is there or not; "makes": where it is not.
_WHOLE = {
    **dict.fromkeys([f"fasthtml.{name}" for name in ("common.fast_app", "common.FastHTML", "fastapp.fast_app", "core.FastHTML", "fast_app", "FastHTML")], _FASTHTML),
    "tinydb.TinyDB": _writes(0, "path", unless={"storage": None, "access_mode": ("r", "rb")}),
    "shelve.open": _writes(0, "filename", unless={"flag": ("r",)}),
    "duckdb.connect": _writes(0, "database", unless={"read_only": (True,)}),
    "qdrant_client.QdrantClient": _writes(9, "path"),
    "qdrant_client.AsyncQdrantClient": _writes(9, "path"),
    "chromadb.PersistentClient": _makes(0, "path", usual="./chroma"),
    "langchain_chroma.Chroma": _makes(9, "persist_directory"),
    "langchain_community.vectorstores.Chroma": _makes(9, "persist_directory"),
    "lancedb.connect": _makes(0, "uri"),
    "diskcache.Cache": _writes(0, "directory"),
    "diskcache.FanoutCache": _writes(0, "directory"),
    "sqlitedict.SqliteDict": _makes(0, "filename"),
    "joblib.Memory": _makes(0, "location"),
    "torch.utils.tensorboard.SummaryWriter": _makes(0, "log_dir", usual="runs"),
    "urllib.request.urlretrieve": _writes(1, "filename"),
    "gdown.download": _writes(1, "output"),
    "wget.download": _writes(1, "out"),
    "huggingface_hub.hf_hub_download": _makes(9, "local_dir", "cache_dir"),
    "huggingface_hub.snapshot_download": _makes(9, "local_dir", "cache_dir"),
    "shutil.copy": _writes(1, "dst"),
    "shutil.copy2": _writes(1, "dst"),
    "shutil.copyfile": _writes(1, "dst"),
    "shutil.copytree": _writes(1, "dst"),
    "shutil.move": _writes(1, "dst"),
    "shutil.unpack_archive": _writes(1, "extract_dir"),
    "tempfile.NamedTemporaryFile": _writes(9, "dir"),
    "tempfile.TemporaryDirectory": _writes(2, "dir"),
    "tempfile.mkdtemp": _writes(2, "dir"),
    "joblib.dump": _writes(1, "filename"),
    "torch.save": _writes(1, "f"),
    "numpy.save": _writes(0, "file"),
    "numpy.savez": _writes(0, "file"),
    "numpy.savetxt": _writes(0, "fname"),
    "matplotlib.pyplot.savefig": _writes(0, "fname"),
    "joblib.load": _reads(0, "filename"),
    "numpy.load": _reads(0, "file"),
    "torch.load": _reads(0, "f"),
    "torch.jit.load": _reads(0, "f"),
    "onnx.load": _reads(0, "f"),
    "skops.io.load": _reads(0, "file"),
    "safetensors.torch.load_file": _reads(0, "filename"),
    "safetensors.numpy.load_file": _reads(0, "filename"),
    "safetensors.safe_open": _reads(0, "filename"),
    "faiss.read_index": _reads(0, "fname"),
    "llama_cpp.Llama": _reads(0, "model_path"),
    "lightgbm.Booster": _reads(1, "model_file"),
    "xgboost.Booster": _reads(2, "model_file"),
    "tensorflow.saved_model.load": _reads(0, "export_dir"),
    "tokenizers.Tokenizer.from_file": _reads(0, "path"),
    "sentencepiece.SentencePieceProcessor": _reads(0, "model_file"),
    "omegaconf.OmegaConf.load": _reads(0, "file_"),
    "toml.load": _reads(0, "f"),
    "polars.read_csv": _reads(0, "source"),
    "polars.read_parquet": _reads(0, "source"),
    "geopandas.read_file": _reads(0, "filename"),
}
# Of objects of these packages, where the module imports one of them.
_METHODS = {
    "extractall": (_writes(0, "path"), ("zipfile", "tarfile")),
    "download_file": (_writes(2, "Filename"), ("boto3",)),
    "download_to_filename": (_writes(0, "filename"), ("google",)),
    "fget_object": (_writes(2, "file_path"), ("minio",)),
    "to_csv": (_writes(0, "path_or_buf"), ("pandas",)),
    "to_parquet": (_writes(0, "path"), ("pandas",)),
    "to_pickle": (_writes(0, "path"), ("pandas",)),
    "savefig": (_writes(0, "fname"), ("matplotlib",)),
    "save_pretrained": (_writes(0, "save_directory"), ("transformers", "peft", "diffusers")),
}
# A path that certainly is none of a hub.
_HUBS = ("from_pretrained", "SentenceTransformer", "CrossEncoder", "YOLO")


def store_of(tree, call, is_own):
    """What is known of a call; None of any other. @param is_own: whether its object is, or may be, one of the application's own classes"""
    whole = origin(tree, call.func)
    if whole in ("fast_app", "FastHTML") and _takes_all_of_fasthtml(tree):
        whole = f"fasthtml.common.{whole}"
    known = _WHOLE.get(whole)
    if known is None and isinstance(call.func, ast.Attribute) and call.func.attr in _METHODS:
        method, packages = _METHODS[call.func.attr]
        known = method if _packages(tree) & set(packages) and not is_own(call.func.value) else None
    given = {one.arg: getattr(one.value, "value", None) for one in call.keywords}
    if known is None and whole.endswith(".from_pretrained") and "cache_dir" in given:
        known = _makes(9, "cache_dir")
    other = known is not None and any(name in given and (values is None or given[name] in values) for name, values in known.unless.items())
    return None if other or None in given else known


@functools.lru_cache(maxsize=None)  # asked for every call
def _packages(tree):
    found = [one for one in nodes(tree) if isinstance(one, (ast.Import, ast.ImportFrom))]
    return {name.partition(".")[0] for one in found for name in ([alias.name for alias in one.names] if isinstance(one, ast.Import) else [one.module or ""])}


@functools.lru_cache(maxsize=None)  # asked for every call
def _takes_all_of_fasthtml(tree):
    """As its documentation begins; nothing of the module's own may have the name."""
    return any(isinstance(one, ast.ImportFrom) and one.module == "fasthtml.common" and any(alias.name == "*" for alias in one.names) for one in tree.body) and not any(
        isinstance(one, (ast.FunctionDef, ast.ClassDef)) and one.name in ("fast_app", "FastHTML") for one in tree.body
    )


def is_plain_path(whole, text):
    """Whether what a hub's class is given is a path: such as ./model, ../model, a/b/c."""
    return whole.rpartition(".")[2] in _HUBS and text is not None and not text.startswith("/") and (text.startswith(("./", "../")) or text.count("/") > 1) and "://" not in text
