"""Blend runs that started from the same model: the weighted mean of their weights.

    python training/blend.py OUT RUN=0.7 packaged=0.3
    python training/blend.py OUT RUN RUN

A blend of a fine-tuned model with the one that it started from keeps more of what the first one knew (Wortsman et al.
2022, "Robust fine-tuning"); a blend of two runs on different rows is about as good as an ensemble of both, at the cost
of one (Wortsman et al. 2022, "Model soups"). `packaged` is all-MiniLM-L6-v2 as it was published. A run without
a share has the share 1. Writes OUT/model.safetensors.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from peerqa.cli.scripts import Parser, ScriptError, run

if TYPE_CHECKING:
    from torch import Tensor


def blend(parts: list[tuple[dict[str, Tensor], float]]) -> dict[str, Tensor]:
    """The mean of the weights that the first run has. Raises ScriptError if another run lacks one of them."""
    import torch

    total = sum(share for _, share in parts)
    blended = {}
    for name, value in parts[0][0].items():
        absent = [weights for weights, _ in parts if name not in weights or weights[name].shape != value.shape]
        if absent:
            raise ScriptError(f"not all of these runs have the weight {name}; blend runs of one script")
        mean = torch.stack([weights[name].double() * (share / total) for weights, share in parts]).sum(0)
        blended[name] = mean.float().contiguous()
    return blended


def read(part: str) -> tuple[dict[str, Tensor], float]:
    """(weights, share) of RUN=SHARE."""
    from safetensors.torch import load_file

    from peerqa.models.packaged import packaged_folder

    name, _, share = part.partition("=")
    folder = packaged_folder() if name == "packaged" else Path(name)
    if folder is None or not (folder / "model.safetensors").is_file():
        raise ScriptError(f"{name}: holds no model.safetensors; give the folder of a run, or `packaged`")
    try:
        return load_file(folder / "model.safetensors"), float(share or 1)
    except ValueError:
        raise ScriptError(f"{part}: the share {share!r} is no number; write RUN=0.7") from None


def main() -> None:
    parser = Parser(__doc__)
    parser.add_argument("out", type=Path, metavar="OUT", help="folder to write into; it is made")
    parser.add_argument("parts", nargs="+", metavar="RUN[=SHARE]", help="folder of a run, or `packaged`")
    options = parser.parse_args()
    from safetensors.torch import save_file

    blended = blend([read(part) for part in options.parts])
    options.out.mkdir(parents=True, exist_ok=True)
    save_file(blended, options.out / "model.safetensors")
    print(options.out / "model.safetensors")


if __name__ == "__main__":
    run(main)
