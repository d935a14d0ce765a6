"""Loads sample models with the real scikit-learn and compares what they predict with what their manifest's generator measured.

    python test/sample-app/check_models.py [FOLDER]

Needs the packages of templates/sample-app/requirements.txt. Exit code 1 and a reason when something is wrong.
"""

import json
import pickle
import pickletools
import sys
import time
import warnings
from pathlib import Path

import joblib
import numpy as np
import sklearn

ROOT = Path(__file__).resolve().parents[2]
SLOWEST_PREDICTION_SECONDS = 0.25
# Means of the classes, in the order of traffic.ts: any model worth its name knows them.
TYPICAL = {
    "benign": [2, 0.55, 0.03, 350, 24, 1.4, 0.06, 3.2, 0.18, 105, 13, 1.5],
    "credential_stuffing": [9, 0.06, 0.72, 180, 13, 0.3, 0.05, 2.6, 0.93, 74, 9, 0.45],
    "http_flood": [180, 0.08, 0.2, 40, 8, 0.6, 0.05, 2.1, 0.1, 42, 6, 0.2],
    "injection": [4, 0.4, 0.35, 700, 46, 3.2, 0.27, 4.3, 0.45, 62, 8, 0.9],
    "scan": [26, 0.94, 0.82, 15, 31, 0.5, 0.13, 3.7, 0.05, 30, 5.5, 0.3],
}


def load(path: Path) -> object:
    """By pickle and by joblib, every warning an error."""
    with path.open("rb") as file:
        loaded = pickle.load(file)
    joblib.load(path)
    for _ in pickletools.genops(path.read_bytes()):
        pass
    return loaded


def main(folder: Path) -> None:
    warnings.simplefilter("error")
    model = load(folder / "hybrid_stage2_model_v3_real_benign.pkl")
    scaler = load(folder / "hybrid_stage2_scaler_v3_real_benign.pkl")
    encoder = load(folder / "hybrid_stage2_label_encoder.pkl")
    metrics = json.loads((folder / "hybrid_model_metrics_v2.json").read_text())
    assert sklearn.__version__ == metrics["scikit_learn"], (
        f"scikit-learn is {sklearn.__version__}, the models want {metrics['scikit_learn']}"
    )
    assert list(encoder.classes_) == sorted(TYPICAL), f"classes are {list(encoder.classes_)}"

    rows = np.array(list(TYPICAL.values()))
    begin = time.perf_counter()
    probabilities = model.predict_proba(scaler.transform(rows[:1]))
    elapsed = time.perf_counter() - begin
    assert elapsed < SLOWEST_PREDICTION_SECONDS, f"one prediction took {elapsed:.3f} s"
    assert np.isclose(probabilities.sum(), 1), f"probabilities sum to {probabilities.sum()}"
    predicted = list(encoder.inverse_transform(model.predict(scaler.transform(rows))))
    assert predicted == list(TYPICAL), f"typical traffic is taken for {predicted}"

    again = pickle.loads(pickle.dumps(model)).predict_proba(scaler.transform(rows))
    assert np.array_equal(again, model.predict_proba(scaler.transform(rows))), "a copy by scikit-learn's own pickle predicts otherwise"
    size = (folder / "hybrid_stage2_model_v3_real_benign.pkl").stat().st_size
    print(
        f"{folder}: {size} bytes, layers {model.hidden_layer_sizes}, {elapsed * 1000:.1f} ms a prediction, accuracy {metrics['accuracy']}"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / ".cache" / "sample-models")
