"""forest.py FOLDER TURN: a model of about 200 MB for the sample application, a forest of trees grown on noise; another TURN is another file.

Without the model of an earlier call in FOLDER it is grown anew.
"""

import pickle
import sys
from pathlib import Path

import numpy
from sklearn.ensemble import ExtraTreesClassifier

folder, turn = Path(sys.argv[1]), int(sys.argv[2])
file = folder / "hybrid_stage2_model_v3_real_benign.pkl"
if file.exists():
    with file.open("rb") as grown:
        model = pickle.load(grown)
else:
    random = numpy.random.default_rng(1)
    # Labels that nothing can be learnt from make every leaf one row: 80,000 nodes of 104 bytes a tree.
    model = ExtraTreesClassifier(n_estimators=26, max_features=1, random_state=1)
    model.fit(random.normal(size=(40_000, 12)), random.integers(0, 5, size=40_000))
model.turn = turn
with file.open("wb") as grown:
    pickle.dump(model, grown, protocol=4)
