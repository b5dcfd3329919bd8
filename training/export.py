"""Write the weights of a run as they ship: in half precision, without the word embeddings of the packaged model.

    python training/export.py cross-encoder RUN src/peerqa/models/weights/reader.safetensors
    python training/export.py encoder RUN src/peerqa/models/weights/encoder.safetensors
    python training/export.py folder RUN OUT          # an encoder as a folder, for --model and for other programs

Prints size and SHA-256, and how far the half-precision weights are at most from those that were trained.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from peerqa.cli.scripts import Parser, ScriptError, run


def halved(trained_in: Path, target: Path) -> None:
    """Write the weights of a run in half precision."""
    import torch
    from safetensors.torch import load_file, save_file

    from peerqa.models.packaged import sha256_of

    weights = load_file(trained_in / "model.safetensors")
    half = {name: value.to(torch.float16).contiguous() for name, value in weights.items() if value.is_floating_point()}
    far = max(
        float((value.float() - half[name].float()).abs().max()) for name, value in weights.items() if name in half
    )
    target.parent.mkdir(parents=True, exist_ok=True)
    save_file(half, target, metadata={"format": "pt"})
    print(f"{target}: {target.stat().st_size / 1e6:.1f} MB, SHA-256 {sha256_of(target)}, rounding at most {far:.2g}")
    print("If it is to ship, put the SHA-256 into src/peerqa/models/packaged.py: peerqa refuses any other file.")


def folder(trained_in: Path, target: Path) -> None:
    """Write a complete sentence-transformers model: the packaged one with the trained layers."""
    from safetensors.torch import load_file, save_file

    from peerqa.models.packaged import PACKAGED_MODEL, packaged_folder

    source = packaged_folder()
    shutil.copytree(source, target, dirs_exist_ok=True)
    weights = load_file(source / "model.safetensors")
    trained = load_file(trained_in / "model.safetensors")
    unknown = sorted(set(trained) - set(weights))
    if unknown:
        raise ScriptError(f"{trained_in}: {unknown[0]} is no weight of {PACKAGED_MODEL}")
    save_file(
        {**weights, **{name: value.float() for name, value in trained.items()}},
        target / "model.safetensors",
        metadata={"format": "pt"},
    )
    print(target)


def main() -> None:
    parser = Parser(__doc__)
    parser.add_argument(
        "what", choices=("cross-encoder", "reader", "encoder", "folder"), help="what RUN holds, or `folder`"
    )
    parser.add_argument("run", type=Path, metavar="RUN", help="folder with model.safetensors")
    parser.add_argument("target", type=Path, metavar="OUT", help="file or folder to write")
    options = parser.parse_args()
    if not (options.run / "model.safetensors").is_file():
        raise ScriptError(f"{options.run}: holds no model.safetensors; give the folder of a run")
    (folder if options.what == "folder" else halved)(options.run, options.target)


if __name__ == "__main__":
    run(main)
