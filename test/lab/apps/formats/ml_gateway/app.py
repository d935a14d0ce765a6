"""A bare ASGI application that serves whatever lies in the models folder: XGBoost, LightGBM, ONNX, and pickles of the first two.

GET /health, and GET /predict: file name -> prediction for the row (0.9, 0.1).
"""

import json
import os
import pickle
from pathlib import Path

import numpy as np

ROW = np.array([[0.9, 0.1]], dtype=np.float32)


def predictor(path):
    if path.suffix == ".onnx":
        import onnxruntime

        session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        return lambda row: session.run(None, {session.get_inputs()[0].name: row})[0]
    if path.suffix in (".json", ".ubj"):
        import xgboost

        booster = xgboost.Booster(model_file=str(path))
        return lambda row: booster.predict(xgboost.DMatrix(row))
    if path.suffix == ".txt":
        import lightgbm

        return lightgbm.Booster(model_file=str(path)).predict
    with path.open("rb") as file:
        booster = pickle.load(file)
    if type(booster).__module__.startswith("lightgbm"):
        return booster.predict
    import xgboost

    return lambda row: booster.predict(xgboost.DMatrix(row))


def predictors(folder):
    return {path.name: predictor(path) for path in sorted(folder.iterdir())}


def predictions(folder):
    return {name: round(float(np.ravel(predict(ROW))[0]), 5) for name, predict in predictors(folder).items()}


STATE = {}


async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                STATE.update(predictions(Path(os.environ.get("MODEL_PATH", "/home/ddos/models/any")).parent))
            await send({"type": message["type"] + ".complete"})
            if message["type"] == "lifespan.shutdown":
                return
    body = json.dumps(STATE if scope["path"] == "/predict" else {"status": "ok"}, separators=(",", ":")).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": body})
