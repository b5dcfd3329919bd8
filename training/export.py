"""Trained weights -> what ships: half precision, without the word embeddings, which the packaged model has already.

    python training/export.py reader RUN src/peerqa/models/weights/reader.safetensors
    python training/export.py encoder RUN src/peerqa/models/weights/encoder.safetensors
    python training/export.py folder RUN OUT          # an encoder as a folder that --model and others can open

Prints size and SHA-256, and how far the half-precision weights are from those that were trained.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from peerqa.models.encoder import PACKAGED_MODEL, find_model


def halved(run: Path, target: Path) -> None:
    """Write the weights of a run in half precision."""
    weights = load_file(run / "model.safetensors")
    half = {name: value.to(torch.float16).contiguous() for name, value in weights.items() if value.is_floating_point()}
    far = max(
        float((value.float() - half[name].float()).abs().max()) for name, value in weights.items() if name in half
    )
    target.parent.mkdir(parents=True, exist_ok=True)
    save_file(half, target, metadata={"format": "pt"})
    digest = hashlib.sha256(target.read_bytes()).hexdigest()
    print(f"{target}: {target.stat().st_size / 1e6:.1f} MB, SHA-256 {digest}, rounding at most {far:.2g}")


def folder(run: Path, target: Path) -> None:
    """Write a complete sentence-transformers model: the packaged one with the trained layers in it."""
    source = find_model(PACKAGED_MODEL)
    assert source is not None
    shutil.copytree(source, target, dirs_exist_ok=True)
    weights = load_file(source / "model.safetensors")
    trained = load_file(run / "model.safetensors")
    unknown = sorted(set(trained) - set(weights))
    if unknown:
        raise SystemExit(f"{run}: {unknown[0]} is no weight of {PACKAGED_MODEL}")
    save_file(
        {**weights, **{name: value.float() for name, value in trained.items()}},
        target / "model.safetensors",
        metadata={"format": "pt"},
    )
    print(target)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("reader", "encoder", "folder"))
    parser.add_argument("run", type=Path)
    parser.add_argument("target", type=Path)
    options = parser.parse_args()
    (folder if options.what == "folder" else halved)(options.run, options.target)


if __name__ == "__main__":
    main()
