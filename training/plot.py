"""The losses of training runs as a picture.

    python training/plot.py OUT.svg RUN [RUN ...]

Each RUN is a folder with log.jsonl, which read.py and encode.py append to while they train.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as pyplot

LOSSES = ("sentences", "ranking", "passages", "interaction", "passage", "sentence")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("runs", type=Path, nargs="+")
    options = parser.parse_args()
    figure, axes = pyplot.subplots(1, len(options.runs), figsize=(4.5 * len(options.runs), 3.2), squeeze=False)
    for axis, run in zip(axes[0], options.runs, strict=True):
        entries = [json.loads(line) for line in (run / "log.jsonl").read_text("utf-8").splitlines()]
        for name in LOSSES:
            points = [(entry["step"], entry[name]) for entry in entries if name in entry]
            if points:
                axis.plot(*zip(*points, strict=True), label=name)
        checked = [(entry["step"], entry["validation"]["auroc"]) for entry in entries if "validation" in entry]
        if checked:
            axis.plot(*zip(*checked, strict=True), "o--", label="AUROC, validation")
        axis.set(title=run.name, xlabel="step", ylim=(0, None))
        axis.legend(fontsize=7)
    figure.tight_layout()
    figure.savefig(options.out, metadata={"Date": None})
    print(options.out)


if __name__ == "__main__":
    main()
