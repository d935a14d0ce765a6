"""What an application certainly fetches from the network when it is imported or starts: told from syntax trees. Standard library only."""

import re
from itertools import chain

from syntax_names import origin

# Whole names of what fetches whenever it is called, and what it keeps on the disk, where it does.
_FETCHES = {
    "nltk.download": "NLTK_DATA",
    "huggingface_hub.hf_hub_download": "HF_HOME",
    "huggingface_hub.snapshot_download": "HF_HOME",
    "torch.hub.load": "TORCH_HOME",
    "torch.hub.load_state_dict_from_url": "TORCH_HOME",
    "whisper.load_model": "XDG_CACHE_HOME",
    "gdown.download": None,
    "wget.download": None,
    "urllib.request.urlopen": None,
    "urllib.request.urlretrieve": None,
    **{f"{module}.{verb}": None for module in ("requests", "httpx") for verb in ("get", "post", "head", "put")},
}
_HUB = re.compile(r"^(transformers|diffusers|sentence_transformers|tokenizers|peft|optimum)\.")
# What a hub knows, and no path.
_HUB_NAME = re.compile(r"^[A-Za-z0-9][\w.-]*(/[\w.-]+)?$")


def _fetches(values, path, call, names):
    """(name of what is called, what it fetches, variable of its cache); None of what may do something else."""
    tree = values.folder.parsed(path)
    name = origin(tree, call.func)
    first = call.args[0] if call.args else None
    text = values.text(path, first, names) if first is not None else None
    keywords = {one.arg: one.value for one in call.keywords}
    if name in _FETCHES:
        own = {"local_dir", "cache_dir", "download_dir", "model_dir"} & set(keywords)
        offline = getattr(keywords.get("local_files_only"), "value", False) is True or getattr(keywords.get("source"), "value", "") == "local"
        offline = offline or name == "whisper.load_model" and ("/" in (text or "") or "download_root" in keywords)
        return None if offline else (name, text, None if own else _FETCHES[name])
    if name == "transformers.pipeline" and "local_files_only" not in keywords:
        model = keywords.get("model", call.args[1] if len(call.args) > 1 else None)
        named = values.text(path, model, names) if model is not None else f"the usual model of {text}" if text is not None else None
        known = named is not None and (model is None or _HUB_NAME.match(named) and not values.folder.has_path(named))
        return (name, named, "HF_HOME") if known else None
    hub = _HUB.match(name) and (name.endswith(".from_pretrained") or name.endswith((".SentenceTransformer", ".CrossEncoder")))
    if not hub or text is None or not _HUB_NAME.match(text) or values.folder.has_path(text) or "local_files_only" in keywords:
        return None
    return name, text, None if {"cache_dir", "cache_folder"} & set(keywords) else "HF_HOME"


def fetched(values, runs):
    """{path, line, call, what, cache, at} of each. @param runs: calls of each module that certainly run (syntax_followed.py)"""
    seen = set()
    for at, file, call, names in chain.from_iterable(runs.values()):
        found = None if id(call) in seen else _fetches(values, file, call, names)
        if found is not None:
            seen.add(id(call))
            yield {"path": file, "line": call.lineno, "call": found[0], "what": found[1], "cache": found[2], "at": at}
