"""A backend for the tests of time: a slow start, a health answer that changes, and requests that last. Laid into the sample application,
whose gateway forwards to it: with UPSTREAM_URL in the environment, `streams:app` is that gateway.

START_SECONDS in the environment is how long the start takes.
"""

import asyncio
import os
import time
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, WebSocket, WebSocketDisconnect
from fastapi.responses import StreamingResponse

STARTED = time.monotonic()


@asynccontextmanager
async def lifespan(_: FastAPI):
    await asyncio.sleep(float(os.environ.get("START_SECONDS", "0")))
    yield


def backend() -> FastAPI:
    app = FastAPI(lifespan=lifespan)

    @app.get("/health")
    async def health() -> dict:
        return {"seconds": time.monotonic() - STARTED, "status": "ok", "pid": os.getpid()}

    @app.websocket("/ws")
    async def echo(socket: WebSocket) -> None:
        await socket.accept()
        try:
            while True:
                await socket.send_text(f"echo {await socket.receive_text()}")
        except WebSocketDisconnect:
            return

    @app.get("/sse")
    async def events(pause: float) -> StreamingResponse:
        async def two():
            yield "data: first\n\n"
            await asyncio.sleep(pause)
            yield "data: last\n\n"

        return StreamingResponse(two(), media_type="text/event-stream")

    @app.post("/upload")
    async def upload(request: Request) -> dict:
        size = 0
        async for chunk in request.stream():
            size += len(chunk)
        return {"bytes": size}

    @app.get("/slow")
    async def slow(seconds: float) -> dict:
        await asyncio.sleep(seconds)
        return {"slept": seconds, "pid": os.getpid()}

    return app


def application() -> FastAPI:
    if os.environ.get("UPSTREAM_URL"):
        from ml_gateway.app import app as gateway

        return gateway
    return backend()


app = application()
