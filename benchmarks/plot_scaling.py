"""Draw how a library grows: building, opening, search, memory and disk over the number of its passages.

    python benchmarks/plot_scaling.py OUT.svg FILE [FILE ...]

Each FILE is what `large_library.py --json` wrote for one size. Needs matplotlib.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from peerqa.cli.scripts import Parser, run

PANELS = {
    "building, ms a passage, without embedding": {"ms a passage": ("building", "ms a passage")},
    "opening, s": {"": ("opening", "s")},
    "search, ms": {
        "median": ("search", "p50"),
        "99th percentile": ("search", "p99"),
        "encoder alone": ("search", "encoder alone"),
    },
    "memory, MB": {"opened": ("opening", "resident MB"), "after the questions": ("search", "resident MB")},
    "disk, kB a passage": {"": ("files", "kB a passage")},
}
"""Title of a panel -> its lines: name -> how the row begins, and the figure in it."""


def passages_of(rows: list[dict[str, Any]]) -> int:
    """How many passages the library had."""
    found = next(re.search(r"([\d,]+) passages", row["measure"]) for row in rows if "passages" in row["measure"])
    assert found is not None
    return int(found[1].replace(",", ""))


def main() -> None:
    parser = Parser(__doc__)
    parser.add_argument("out", type=Path, metavar="OUT.svg", help="picture to write")
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE", help="JSON of one size")
    options = parser.parse_args()
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot

    sizes = sorted((json.loads(path.read_text("utf-8")) for path in options.files), key=passages_of)
    figure, axes = pyplot.subplots(1, len(PANELS), figsize=(3.2 * len(PANELS), 3), layout="constrained")
    for axis, (title, lines) in zip(axes, PANELS.items(), strict=True):
        for name, (start, figure_name) in lines.items():
            points = [
                (passages_of(rows), row["figures"][figure_name])
                for rows in sizes
                for row in rows
                if row["measure"].startswith(start) and figure_name in row["figures"]
            ]
            if points:
                axis.plot(*zip(*points, strict=True), "o-", label=name, markersize=4)
        axis.set(title=title, xlabel="passages", xscale="log", ylim=(0, None))
        if len(lines) > 1:
            axis.legend(fontsize=7)
    figure.savefig(options.out, metadata={"Date": None})


if __name__ == "__main__":
    run(main)
