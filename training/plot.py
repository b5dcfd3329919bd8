"""Draw the losses of training runs, side by side.

    python training/plot.py OUT.svg RUN [RUN ...]

Each RUN is a folder with log.jsonl, to which train_cross_encoder.py and train_encoder.py append while they train. Needs
matplotlib.
"""

from __future__ import annotations

import json
from pathlib import Path

from peerqa.cli.scripts import Parser, run

LOSSES = ("sentences", "ranking", "passages", "interaction", "passage", "sentence")


def main() -> None:
    parser = Parser(__doc__)
    parser.add_argument("out", type=Path, metavar="OUT.svg", help="picture to write")
    parser.add_argument("runs", type=Path, nargs="+", metavar="RUN", help="folder of a run")
    options = parser.parse_args()
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, len(options.runs), figsize=(4.5 * len(options.runs), 3.2), squeeze=False)
    for axis, folder in zip(axes[0], options.runs, strict=True):
        entries = [json.loads(line) for line in (folder / "log.jsonl").read_text("utf-8").splitlines()]
        for name in LOSSES:
            points = [(entry["step"], entry[name]) for entry in entries if name in entry]
            if points:
                axis.plot(*zip(*points, strict=True), label=name)
        checked = [(entry["step"], entry["validation"]["auroc"]) for entry in entries if "validation" in entry]
        if checked:
            axis.plot(*zip(*checked, strict=True), "o--", label="AUROC, validation")
        axis.set(title=folder.name, xlabel="step", ylim=(0, None))
        axis.legend(fontsize=7)
    figure.tight_layout()
    figure.savefig(options.out, metadata={"Date": None})
    print(options.out)


if __name__ == "__main__":
    run(main)
