"""A service without models, with a health answer of its own that is another one each time."""

import os
import time

from fastapi import FastAPI

app = FastAPI()
STARTED = time.monotonic()


@app.get("/livez")
def livez() -> dict[str, object]:
    return {"state": "ready", "seconds": time.monotonic() - STARTED}


@app.post("/count")
def count(words: list[str]) -> dict[str, object]:
    return {"words": len(words), "models": sorted(os.listdir("/home/ddos/models")), "path": os.environ.get("MODEL_PATH")}
