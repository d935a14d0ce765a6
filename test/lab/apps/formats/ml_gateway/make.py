"""Trains small models and writes them in every form: python -m ml_gateway.make FOLDER. Prints what they predict, as JSON."""

import json
import pickle
import sys
from pathlib import Path

import lightgbm
import numpy as np
import xgboost

from ml_gateway.app import predictions


def field(number, value):
    """One field of protobuf: a whole number, or bytes with their length."""
    if isinstance(value, int):
        return bytes([number << 3]) + number_bytes(value)
    return bytes([number << 3 | 2]) + number_bytes(len(value)) + value


def number_bytes(value):
    out = b""
    while value > 127:
        out, value = out + bytes([value & 127 | 128]), value >> 7
    return out + bytes([value])


def onnx(weights):
    """y = x * w, as ONNX: ModelProto of one MatMul. Made by hand, since the package onnx is needed for nothing else."""

    def value(name, *sides):
        shape = b"".join(field(1, field(1, side)) for side in sides)
        return field(1, name) + field(2, field(1, field(1, 1) + field(2, shape)))

    tensor = field(1, 2) + field(1, 1) + field(2, 1) + field(8, b"w") + field(9, np.array(weights, dtype="<f4").tobytes())
    node = field(1, b"x") + field(1, b"w") + field(2, b"y") + field(4, b"MatMul")
    graph = field(1, node) + field(2, b"g") + field(5, tensor) + field(11, value(b"x", 1, 2)) + field(12, value(b"y", 1, 1))
    return field(1, 8) + field(2, b"lab") + field(7, graph) + field(8, field(2, 13))


def main(folder):
    random = np.random.RandomState(0)
    rows = random.rand(200, 2).astype(np.float32)
    labels = (rows[:, 0] > rows[:, 1]).astype(int)
    trees = xgboost.train({"objective": "binary:logistic", "max_depth": 2, "nthread": 1}, xgboost.DMatrix(rows, labels), 5)
    leaves = lightgbm.train({"objective": "binary", "verbose": -1, "num_threads": 1, "min_data_in_leaf": 5}, lightgbm.Dataset(rows, labels), 5)
    folder.mkdir()
    trees.save_model(folder / "trees.json")
    trees.save_model(folder / "trees.ubj")
    leaves.save_model(folder / "leaves.txt")
    (folder / "product.onnx").write_bytes(onnx([2.0, -1.0]))
    (folder / "trees.sav").write_bytes(pickle.dumps(trees))
    (folder / "leaves.p").write_bytes(pickle.dumps(leaves))
    print(json.dumps(predictions(folder)))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
