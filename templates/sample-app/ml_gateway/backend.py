"""The backend's role: load the models at start, answer /predict and /health."""

import json
import pickle
import warnings
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sklearn.exceptions import InconsistentVersionWarning

from ml_gateway.settings import Settings
from ml_gateway.utils.batch import Batches
from ml_gateway.utils.cache import PredictionCache
from ml_gateway.utils.feature_extractor import FEATURES, features_of, vector
from ml_gateway.utils.helpers import error
from ml_gateway.utils.logger import get_logger
from ml_gateway.utils.memory import kept_out_of_collections
from ml_gateway.utils.validators import PredictionRequest

logger = get_logger(__name__)

# Predictions of one call of the model: enough to spread its costs, few enough that none waits long.
MOST_AT_ONCE = 32


class ModelError(RuntimeError):
    """A model is missing, does not load, or does not fit the others; the message names the file."""


class Predictor:
    """Model, scaler and label encoder as one. Raises ModelError when they cannot be used.

    Unpickling runs code of the file: the hash in the manifest and the service's sandbox are what makes that acceptable.
    """

    def __init__(self, model_path: Path, names: dict[str, str]) -> None:
        folder = model_path.parent
        self._model = _load(model_path)
        self._scaler = _load(folder / names["scaler"])
        encoder = _load(folder / names["label_encoder"])
        self.metrics = _read_metrics(folder / names["metrics"])
        self._check(encoder)
        self.labels = [str(label) for label in encoder.inverse_transform(self._model.classes_)]
        self.predict([{name: low for name, (low, _) in FEATURES.items()}])  # the first prediction is slow; let no client wait for it

    def _check(self, encoder: Any) -> None:
        if getattr(self._scaler, "n_features_in_", None) != len(FEATURES):
            raise ModelError(f"The scaler expects {getattr(self._scaler, 'n_features_in_', 'unknown')} features, not {len(FEATURES)}.")
        if not hasattr(self._model, "predict_proba"):
            raise ModelError(f"{type(self._model).__name__} gives no probabilities; a classifier with predict_proba is needed.")
        known, expected = len(getattr(encoder, "classes_", [])), len(self._model.classes_)
        if known < expected:
            raise ModelError(f"The label encoder knows {known} classes, the model {expected}.")

    def predict(self, several: list[dict[str, float]]) -> list[dict[str, Any]]:
        """Of each the most probable label, and the probability (0 to 1, six decimals) of all."""
        rows = self._model.predict_proba(self._scaler.transform([vector(features) for features in several]))
        return [self._answer(row) for row in rows]

    def _answer(self, row: Any) -> dict[str, Any]:
        probabilities = {label: round(float(value), 6) for label, value in zip(self.labels, row)}
        return {"label": max(probabilities, key=lambda label: probabilities[label]), "probabilities": probabilities}


class CachedPredictor:
    """Predictions from the cache, and from the model what is not there."""

    def __init__(self, predictor: Predictor, cache: PredictionCache) -> None:
        self._predictor, self._cache = predictor, cache

    def answer(self, requests: list[PredictionRequest]) -> list[tuple[dict[str, Any], bool]]:
        """Of each the prediction, and whether the cache had it."""
        features = [features_of(one.requests) if one.features is None else one.features.model_dump() for one in requests]
        keys = [self._cache.key(one) for one in features]
        known = {key: self._cache.get(key) for key in keys}
        missing = {key: one for key, one in zip(keys, features) if known[key] is None}
        computed = dict(zip(missing, self._predictor.predict([*missing.values()]))) if missing else {}
        for key, prediction in computed.items():
            self._cache.put(key, prediction)
        return [(computed[key], False) if key in computed else (known[key], True) for key in keys]


def _load(path: Path) -> Any:
    try:
        with path.open("rb") as file, warnings.catch_warnings():
            # scikit-learn only warns about a file of another version; wrong predictions would be the price of going on.
            warnings.simplefilter("error", InconsistentVersionWarning)
            return pickle.load(file)
    except FileNotFoundError:
        raise ModelError(f"{path.name} is missing.") from None
    except Exception as failure:  # a damaged pickle can raise anything
        raise ModelError(f"{path.name} did not load: {type(failure).__name__}.") from failure


def _read_metrics(path: Path) -> Any:
    """The metrics file, which is optional."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as failure:
        logger.warning("%s is not used: %s", path.name, failure)
        return None


def backend_lifespan(settings: Settings):
    """Loads the models and opens the cache. A model that cannot be used leaves the service up, and /health says why."""

    @asynccontextmanager
    async def lifespan(app: FastAPI):
        app.state.predictor, app.state.reason = None, "The models are not loaded yet."
        try:
            app.state.predictor = Predictor(settings.model_path, settings.config["models"])
            logger.info("loaded %s for %d classes", settings.model_path.name, len(app.state.predictor.labels))
        except ModelError as failure:
            app.state.reason = str(failure)
            logger.error("models unusable: %s", failure, exc_info=failure.__cause__)
        app.state.cache = PredictionCache(settings)
        if app.state.predictor is not None:
            app.state.batches = Batches(CachedPredictor(app.state.predictor, app.state.cache).answer, MOST_AT_ONCE)
        with kept_out_of_collections():
            yield
        if app.state.predictor is not None:
            app.state.batches.close()
        app.state.cache.close()

    return lifespan


def add_backend(app: FastAPI) -> None:
    """Adds /health, /model and /predict."""

    @app.api_route("/health", methods=["GET", "HEAD"])
    async def health() -> JSONResponse:
        if app.state.predictor is None:
            return JSONResponse({"status": "unavailable", "reason": app.state.reason}, status_code=503)
        return JSONResponse({"status": "ok"})

    @app.get("/model")
    async def model() -> JSONResponse:
        if app.state.predictor is None:
            return error(503, "no_model", app.state.reason)
        return JSONResponse({"labels": app.state.predictor.labels, "features": list(FEATURES), "metrics": app.state.predictor.metrics})

    @app.post("/predict")
    async def predict(request: PredictionRequest) -> JSONResponse:
        if app.state.predictor is None:
            return error(503, "no_model", app.state.reason)
        prediction, cached = await app.state.batches.do(request)
        return JSONResponse(prediction, headers={"x-cache": "hit" if cached else "miss"})

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, failure: RequestValidationError) -> JSONResponse:
        problems = [f"{'.'.join(str(part) for part in problem['loc'][1:])}: {problem['msg']}" for problem in failure.errors()]
        return JSONResponse({"error": "invalid_request", "message": "; ".join(problems)[:2000]}, status_code=422)
