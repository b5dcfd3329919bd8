"""The BERT network that encoder and cross-encoder share: tokens -> their states in the last layer.

Six layers of 384 numbers (MiniLM, Wang et al. 2020). The word embeddings, half of all weights, are those of the
packaged all-MiniLM-L6-v2: of its file, only the rows of the words that occur are read. The layers are our own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from peerqa.errors import ModelError, Problem
from peerqa.models.runtime import Graph, padded

LAYERS = 6
WIDTH = 384
Precision = Literal["float32", "int8"]
Floats = NDArray[np.float32]


class Bert:
    """The states of tokens. Threads may share it."""

    def __init__(
        self,
        layers: Mapping[str, NDArray[Any]],
        words: Floats,
        precision: Precision = "float32",
        side_by_side: bool = False,
    ) -> None:
        """layers: weights by their names in PyTorch, without the word embeddings, at least 16 bits each. words: the
        word embeddings, (vocabulary, WIDTH). precision: of the large products. "int8" is about twice as fast where the
        processor has the instructions (runtime.multiplies_int8). Its logits differed by at most 0.5 where both were
        compared, and no figure of docs/quality.md left its interval. side_by_side: see `one_thread` of Graph. Raises
        ModelError for a weight that is missing or has another shape."""
        self._words = words
        self._masked = precision == "float32"
        name = "bert.onnx" if precision == "float32" else "bert-int8.onnx"
        path = Path(str(resources.files(__package__) / "weights" / name))
        self._graph = Graph(path, _arranged(layers, precision), one_thread=side_by_side)

    def states(self, pieces: Sequence[Sequence[int]], types: Sequence[Sequence[int]] | None = None) -> Floats:
        """(n, t, WIDTH): the states of n texts of at most t tokens; those behind the end of a shorter one mean nothing.

        pieces: the vocabulary's number of each token. types: 0 for a token of the first text of a pair, 1 for one of
        the second; None for texts that are no pairs.
        """
        if self._masked or len({len(row) for row in pieces}) < 2:
            return self._pass(pieces, types)
        # The graph in 8 bits knows no padding.
        states = np.zeros((len(pieces), max(map(len, pieces)), WIDTH), dtype=np.float32)
        for number, row in enumerate(pieces):
            states[number, : len(row)] = self._pass([row], [types[number]] if types else None)[0]
        return states

    def _pass(self, pieces: Sequence[Sequence[int]], types: Sequence[Sequence[int]] | None) -> Floats:
        tokens = padded(pieces)
        shape = tokens.shape
        inputs: dict[str, NDArray[Any]] = {
            "embeddings": np.asarray(self._words[tokens], dtype=np.float32),
            "positions": np.broadcast_to(np.arange(shape[1]), shape),
            "types": padded(types) if types else np.zeros(shape, dtype=np.int64),
        }
        if self._masked:
            lengths = np.array([len(row) for row in pieces])
            inputs["mask"] = (np.arange(shape[1]) < lengths[:, None]).astype(np.int32)
        return self._graph.run(inputs)[0]


_DENSE = {"out": "attention.output.dense", "up": "intermediate.dense", "down": "output.dense"}
_NORMS = {"attention_norm": "attention.output.LayerNorm", "output_norm": "output.LayerNorm"}


def _arranged(layers: Mapping[str, NDArray[Any]], precision: Precision) -> dict[str, NDArray[Any]]:
    """The weights as the graph names them: query, key and value beside each other, matrices as they are multiplied."""

    def weight(name: str, *shape: int) -> Floats:
        if name not in layers or layers[name].shape != shape:
            raise ModelError(Problem.WEIGHTS_INCOMPLETE if name not in layers else Problem.WEIGHTS_DIFFER, name=name)
        return np.asarray(layers[name], dtype=np.float32)

    arranged: dict[str, NDArray[Any]] = {
        "positions.table": weight("embeddings.position_embeddings.weight", 512, WIDTH),
        "types.table": weight("embeddings.token_type_embeddings.weight", 2, WIDTH),
        "norm.scale": weight("embeddings.LayerNorm.weight", WIDTH),
        "norm.shift": weight("embeddings.LayerNorm.bias", WIDTH),
    }

    def product(name: str, matrix: Floats) -> None:
        if precision == "float32":
            arranged[f"{name}.weight"] = matrix
            return
        # Symmetric, a scale for each column.
        scale = np.maximum(np.abs(matrix).max(axis=0), 1e-12) / 127
        arranged[f"{name}.weight"] = np.rint(matrix / scale).astype(np.int8)
        arranged[f"{name}.scale"] = scale.astype(np.float32)

    for number in range(LAYERS):
        here, there = f"layer{number}", f"encoder.layer.{number}"
        parts = [f"{there}.attention.self.{part}" for part in ("query", "key", "value")]
        product(f"{here}.attention", np.concatenate([weight(f"{part}.weight", WIDTH, WIDTH).T for part in parts], 1))
        arranged[f"{here}.attention.bias"] = np.concatenate([weight(f"{part}.bias", WIDTH) for part in parts])
        for name, origin in _DENSE.items():
            wide, deep = (4 * WIDTH if name == side else WIDTH for side in ("up", "down"))
            product(f"{here}.{name}", weight(f"{there}.{origin}.weight", wide, deep).T)
            arranged[f"{here}.{name}.bias"] = weight(f"{there}.{origin}.bias", wide)
        for name, origin in _NORMS.items():
            arranged[f"{here}.{name}.scale"] = weight(f"{there}.{origin}.weight", WIDTH)
            arranged[f"{here}.{name}.shift"] = weight(f"{there}.{origin}.bias", WIDTH)
    return arranged
