"""Write the graphs of the network that ship with the package, without weights, for onnxruntime.

    python training/build_graphs.py          writes src/peerqa/models/weights/bert.onnx and bert-int8.onnx

Only a change of the network's structure asks for it; a new training replaces the weights alone. Needs the package onnx;
peerqa itself does not.
"""

from __future__ import annotations

from pathlib import Path

from peerqa.cli.scripts import Parser, run

WEIGHTS = Path(__file__).resolve().parent.parent / "src" / "peerqa" / "models" / "weights"
GRAPHS = {"bert.onnx": False, "bert-int8.onnx": True}
"""The name of each graph, and whether its large products are of 8-bit integers."""


def main() -> None:
    Parser(__doc__).parse_args()
    import onnx

    from bert_graph import graph

    for name, int8 in GRAPHS.items():
        onnx.save(graph(int8), WEIGHTS / name)
        print(f"{WEIGHTS / name}: {(WEIGHTS / name).stat().st_size} bytes")


if __name__ == "__main__":
    run(main)
