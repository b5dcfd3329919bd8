"""Models that do not ship: any sentence-transformers model, exported to onnxruntime once. The only importer of
sentence-transformers.

The export lies in the cache folder under the hash of the model's files, and is used only if it gives the vectors of
the original (cosine of at least .9999 on the texts that it is tried with). Where a model cannot be exported, it runs
in sentence-transformers itself.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import secrets
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from peerqa.errors import ModelError, Problem, reason_of
from peerqa.models.encoder import (
    Encoder,
    GraphEncoder,
    ModelIdentity,
    Progress,
    TokenVectors,
    Vectors,
    batches,
    unit,
    whole_words,
)
from peerqa.models.packaged import sha256_of
from peerqa.models.runtime import Graph, padded
from peerqa.models.tokens import load_tokenizer

_TRUSTED_MODULES = "sentence_transformers."
_LEAST_COSINE = 0.9999
_TRIED = (
    "What helps people to stay well?",
    "A review.",
    "The study followed 120 adults for two years; those who met somebody with the same experience felt less alone, "
    "stayed in care longer, and went to hospital less often than those who did not (p < .05).",
)


class ExportedEncoder(GraphEncoder):
    """A model that was exported: its graph, its tokenizer, its identity."""

    def __init__(self, folder: Path) -> None:
        """folder: as `_export` writes it. Raises ModelError where it cannot be read."""
        try:
            described = json.loads((folder / "model.json").read_text("utf-8"))
            identity = ModelIdentity(**described["identity"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ModelError(Problem.EXPORT_NOT_READABLE, path=folder) from error
        super().__init__(identity, load_tokenizer(folder, identity.max_length))
        self._graph = Graph(folder / "model.onnx")

    def _states(self, pieces: Sequence[Sequence[int]]) -> tuple[Vectors, Vectors]:
        mask = padded([[1] * len(ids) for ids in pieces])
        states, vectors = self._graph.run({"input_ids": padded(pieces), "attention_mask": mask})
        return states, vectors


class SentenceTransformersEncoder:
    """A model in sentence-transformers itself, for what cannot be exported."""

    def __init__(self, name: str, model: Any, digest: str) -> None:
        self._model = model
        self.identity = _identity_of(name, model, digest)
        self.vocabulary = whole_words(model.tokenizer.get_vocab())

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """See `Encoder.encode`."""
        vectors = np.zeros((len(texts), self.identity.dimension), dtype=np.float32)
        for rows in batches([len(text) for text in texts], progress):
            batch = self._model.encode([texts[row] for row in rows], normalize_embeddings=True, show_progress_bar=False)
            vectors[rows] = np.asarray(batch, dtype=np.float32)
        return vectors

    def encode_tokens(self, texts: Sequence[str], progress: Progress | None = None) -> list[TokenVectors]:
        """See `Encoder.encode_tokens`."""
        found: dict[int, TokenVectors] = {}
        for rows in batches([len(text) for text in texts], progress):
            batch = [texts[row] for row in rows]
            outputs = self._model.encode(batch, output_value=None, show_progress_bar=False)
            length = self.identity.max_length
            coded = self._model.tokenizer(batch, truncation=True, max_length=length, return_offsets_mapping=True)
            for row, output, ids, offsets in zip(
                rows, outputs, coded["input_ids"], coded["offset_mapping"], strict=True
            ):
                found[row] = TokenVectors(
                    vector=unit(np.asarray(output["sentence_embedding"], dtype=np.float32)),
                    tokens=unit(np.asarray(output["token_embeddings"][: len(ids)], dtype=np.float32)),
                    pieces=np.asarray(ids, dtype=np.int64),
                    offsets=np.asarray(offsets, dtype=np.int64).reshape(-1, 2),
                )
        return [found[row] for row in range(len(texts))]


def exported_encoder(model: str, cache: Path | None) -> Encoder:
    """The model by name or folder, from the cache if it has been exported before. Raises ModelError."""
    folder = find_folder(model)
    digest = _hash_of(folder) if folder else ""
    kept = cache / f"{digest[:32]}-onnx" if cache is not None and digest else None
    if kept is not None and (kept / "model.json").is_file():
        with contextlib.suppress(ModelError):
            return ExportedEncoder(kept)
    loaded = _load(model, folder)
    if kept is not None:
        with contextlib.suppress(_NotExported, OSError):
            _export(model, loaded, digest, kept)
            return ExportedEncoder(kept)
    return SentenceTransformersEncoder(model, loaded, digest)


def find_folder(model: str) -> Path | None:
    """The folder of a model that is on this machine; None for a name that sentence-transformers must look up.

    Raises ModelError for a folder that is missing or is no model.
    """
    folder = Path(os.path.expanduser(model))
    if folder.is_dir():
        _check_folder(folder)
        return folder
    if model.startswith((".", "/", "~")) or "\\" in model:
        raise ModelError(Problem.MODEL_FOLDER_MISSING, path=model)
    return None


def _check_folder(folder: Path) -> None:
    """Raise ModelError if loading the folder could run code of its own: a module of the model's, or pickled weights."""
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
    # A folder needs no hub, and must not wait for one.
    if folder is not None:
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
    logging.getLogger("transformers").setLevel(logging.ERROR)
    try:
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging as transformers_logging
    except ImportError as error:
        raise ModelError(Problem.PACKAGE_NOT_IMPORTED, package="sentence-transformers", reason=error) from error
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


# ---- exporting ------------------------------------------------------------------------------------------------------


class _NotExported(Exception):
    """A model that cannot be exported, or whose export gives other vectors."""


def _export(name: str, model: Any, digest: str, target: Path) -> None:
    """Write the model's graph, tokenizer and identity to the target folder, in one step. Raises _NotExported."""
    backend = getattr(model.tokenizer, "backend_tokenizer", None)
    if backend is None:
        raise _NotExported("its tokenizer is written in Python")
    target.parent.mkdir(parents=True, exist_ok=True)
    making = target.parent / f"{target.name}.{secrets.token_hex(8)}"
    making.mkdir()
    try:
        _write_graph(model, making / "model.onnx")
        backend.save(str(making / "tokenizer.json"))
        identity = _identity_of(name, model, digest)
        described = {"identity": {field: getattr(identity, field) for field in identity.__slots__}}
        (making / "model.json").write_text(json.dumps(described), "utf-8")
        _compare(ExportedEncoder(making), model)
        shutil.rmtree(target, ignore_errors=True)
        os.rename(making, target)
    except ModelError as error:
        raise _NotExported(str(error)) from error
    finally:
        shutil.rmtree(making, ignore_errors=True)


def _write_graph(model: Any, path: Path) -> None:
    import torch

    class Both(torch.nn.Module):
        """The states of the tokens, and the pooled vector."""

        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            found = self.model({"input_ids": input_ids, "attention_mask": attention_mask})
            return found["token_embeddings"], found["sentence_embedding"]

    tokens = model.tokenizer(list(_TRIED), padding=True, truncation=True, return_tensors="pt")
    texts, length = {0: "texts"}, {0: "texts", 1: "tokens"}
    try:
        with torch.inference_mode():
            torch.onnx.export(
                Both().eval(),
                (tokens["input_ids"], tokens["attention_mask"]),
                str(path),
                input_names=["input_ids", "attention_mask"],
                output_names=["states", "vector"],
                dynamic_axes={"input_ids": length, "attention_mask": length, "states": length, "vector": texts},
                opset_version=17,
                dynamo=False,  # the other exporter needs two more packages
            )
    except Exception as error:  # whatever the exporter cannot do
        raise _NotExported(reason_of(error)) from error


def _compare(exported: ExportedEncoder, model: Any) -> None:
    original = model.encode(list(_TRIED), normalize_embeddings=True, show_progress_bar=False)
    least = float((exported.encode(_TRIED) * np.asarray(original, dtype=np.float32)).sum(axis=1).min())
    if least < _LEAST_COSINE:
        raise _NotExported(f"its export gives other vectors (cosine {least:.5f})")


def _identity_of(name: str, model: Any, digest: str) -> ModelIdentity:
    return ModelIdentity(
        name=name,
        sha256=digest,
        dimension=int(model.get_embedding_dimension() or 0),
        max_length=int(model.max_seq_length or 0),
        pooling=_pooling(model),
    )


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
            total.update(sha256_of(path).encode())
    return total.hexdigest()
