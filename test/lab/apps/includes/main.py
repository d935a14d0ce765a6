"""An application at the top of its folder. It says which packages its environment has."""

from importlib.util import find_spec
from pathlib import Path

from fastapi import FastAPI

app = FastAPI()


@app.get("/health")
def health():
    return {"status": "ok"}


@app.get("/about")
def about():
    packages = [name for name in ("lab_extra", "httpx") if find_spec(name) is not None]
    return {"label": (Path(__file__).parent / "label.txt").read_text(), "packages": packages}
