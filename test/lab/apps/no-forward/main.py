"""An application that knows where the backend is, which the preview looks for, and forwards nothing: the same copy on both hosts would answer everything by itself.

It says which host answered by whether there are models; a real one would answer wrongly, or with a default.
"""

import os
from pathlib import Path

from fastapi import FastAPI, Request

app = FastAPI()
UPSTREAM = os.environ.get("UPSTREAM_URL")
MODEL = Path(os.environ.get("MODEL_PATH", "/home/ddos/models/none"))


@app.get("/health")
def health() -> dict[str, str]:
    return {"status": "ok"}


@app.post("/predict")
async def predict(request: Request) -> dict[str, object]:
    client = request.client.host if request.client is not None else None
    return {"model": MODEL.exists(), "upstream": UPSTREAM, "client": client, "bytes": len(await request.body())}
