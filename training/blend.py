"""The weighted mean of the weights of several runs that started from the same model.

    python training/blend.py OUT RUN=0.7 packaged=0.3
    python training/blend.py OUT RUN RUN

Between a model and what it was fine-tuned from lie models that keep more of what the first one knew (Wortsman et al.
2022, "Robust fine-tuning"); the mean of two runs on other rows is as good as both together at the price of one
(Wortsman et al. 2022, "Model soups"). `packaged` is all-MiniLM-L6-v2 as it was published. Writes OUT/model.safetensors.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from peerqa.models.encoder import PACKAGED_MODEL, find_model


def blend(parts: list[tuple[dict[str, Tensor], float]]) -> dict[str, Tensor]:
    """The mean of the weights that the first part has. Raises SystemExit where another lacks one of them."""
    total = sum(share for _, share in parts)
    blended = {}
    for name, value in parts[0][0].items():
        absent = [weights for weights, _ in parts if name not in weights or weights[name].shape != value.shape]
        if absent:
            raise SystemExit(f"not all of these runs have the weight {name}; blend runs of one script")
        mean = torch.stack([weights[name].double() * (share / total) for weights, share in parts]).sum(0)
        blended[name] = mean.float().contiguous()
    return blended


def read(part: str) -> tuple[dict[str, Tensor], float]:
    """The weights of a run, and its share."""
    run, _, share = part.partition("=")
    folder = find_model(PACKAGED_MODEL) if run == "packaged" else Path(run)
    assert folder is not None
    return load_file(folder / "model.safetensors"), float(share or 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("parts", nargs="+", metavar="RUN[=SHARE]")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    save_file(blend([read(part) for part in options.parts]), options.out / "model.safetensors")
    print(options.out / "model.safetensors")


if __name__ == "__main__":
    main()
