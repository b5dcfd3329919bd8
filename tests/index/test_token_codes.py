"""Codes of token vectors: near what went in, kept as bytes, and of one training of one model."""

from __future__ import annotations

import dataclasses
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from peerqa.errors import ModelError
from peerqa.index import token_codes
from peerqa.index.token_codes import (
    LEAST_TO_TRAIN,
    Float16Codec,
    Floats,
    ProductCodec,
    TokenCodec,
    shipped_codec,
    shipped_name,
    train_codec,
)
from peerqa.models import packaged
from peerqa.models.encoder import PackagedEncoder
from stub_encoder import StubEncoder


def some_vectors(count: int, dimension: int = 16) -> Floats:
    """Vectors of length 1 in some clusters, as those of tokens are."""
    chance = np.random.default_rng(0)
    centres = chance.standard_normal((30, dimension))
    vectors = centres[chance.integers(0, 30, count)] + 0.3 * chance.standard_normal((count, dimension))
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


@pytest.fixture(scope="module")
def trained() -> TokenCodec:
    codec = train_codec(some_vectors(LEAST_TO_TRAIN), 4)
    assert codec is not None
    return codec


def hand_made() -> ProductCodec:
    """Two parts of one number each; the centroids of both are -1, -1 + 1/128, ..., 127/128."""
    return ProductCodec(np.tile((np.arange(256, dtype=np.float32) - 128) / 128, (2, 1))[:, :, None])


def test_each_part_becomes_the_nearest_centroid() -> None:
    codec = hand_made()
    codes = codec.encode(np.array([[0.6, 0.8], [-1, 0.001]], dtype=np.float32))
    assert list(codes) == [205, 230, 0, 128]
    decoded = codec.decode(codes)
    np.testing.assert_allclose(decoded[1], [-1, 0])
    np.testing.assert_allclose(decoded[0], np.array([77, 102]) / np.hypot(77, 102), rtol=1e-6)


def test_decoded_vectors_are_near_and_of_length_1(trained: TokenCodec) -> None:
    vectors = some_vectors(500)
    codes = trained.encode(vectors)
    decoded = trained.decode(codes)
    assert len(codes) == 500 * trained.parts == 500 * 4
    assert decoded.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(decoded, axis=1), 1, atol=1e-5)
    assert (decoded * vectors).sum(axis=1).mean() > 0.95


@pytest.mark.parametrize("codec", [hand_made(), Float16Codec(2)], ids=["product", "float16"])
def test_a_codec_comes_back_from_its_bytes(codec: TokenCodec) -> None:
    vectors = some_vectors(50, 2)
    again = TokenCodec.of_bytes(codec.to_bytes())
    assert type(again) is type(codec)
    assert again.parts == codec.parts
    assert again.encode(vectors) == codec.encode(vectors)
    np.testing.assert_array_equal(again.decode(codec.encode(vectors)), codec.decode(codec.encode(vectors)))


def test_a_trained_codec_comes_back_from_its_bytes(trained: TokenCodec) -> None:
    codes = trained.encode(some_vectors(100))
    np.testing.assert_array_equal(TokenCodec.of_bytes(trained.to_bytes()).decode(codes), trained.decode(codes))


def test_float16_keeps_vectors_nearly_whole() -> None:
    codec, vectors = Float16Codec(16), some_vectors(40)
    assert codec.parts == 32
    np.testing.assert_allclose(codec.decode(codec.encode(vectors)), vectors, atol=5e-4)


@pytest.mark.parametrize("codec", [hand_made(), Float16Codec(2)], ids=["product", "float16"])
def test_no_vector_has_no_code(codec: TokenCodec) -> None:
    assert codec.encode(np.zeros((0, 2), dtype=np.float32)) == b""
    assert codec.decode(b"").shape == (0, 2)
    with pytest.raises(ValueError, match="size"):
        codec.decode(b"x" * (codec.parts + 1))


@pytest.mark.parametrize(
    "data",
    [b"", b"float16 ", b"float16 x", b"float16 0", b"\x93NUMPY", b"PK\x03\x04", hand_made().to_bytes()[:-1]],
)
def test_other_bytes_are_no_codec(data: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        TokenCodec.of_bytes(data)


@pytest.mark.parametrize(
    "centroids",
    [np.zeros((2, 255, 3)), np.zeros((2, 256)), np.zeros((2, 256, 3), dtype=np.int64), np.full((1, 256, 1), np.nan)],
)
def test_other_arrays_are_no_centroids(centroids: Floats) -> None:
    with pytest.raises(ValueError, match="centroids"):
        ProductCodec(centroids)


def test_training_wants_enough_vectors_and_whole_parts() -> None:
    assert train_codec(some_vectors(LEAST_TO_TRAIN - 1), 4) is None
    assert train_codec(some_vectors(LEAST_TO_TRAIN), 5) is None


def test_threads_share_a_codec(trained: TokenCodec) -> None:
    codes = trained.encode(some_vectors(300))
    alone = trained.decode(codes)
    with ThreadPoolExecutor(8) as pool:
        for decoded in pool.map(trained.decode, [codes] * 40):
            np.testing.assert_array_equal(decoded, alone)


def test_another_model_has_no_shipped_codec() -> None:
    assert shipped_codec(StubEncoder().identity) is None


@pytest.mark.model
def test_the_shipped_codec_is_of_the_shipped_encoder() -> None:
    encoder = PackagedEncoder()
    codec = shipped_codec(encoder.identity)
    assert codec is not None
    assert codec.parts == token_codes.PARTS
    read = encoder.encode_tokens(["Peer support workers reported fewer hospital days than the comparison group."])[0]
    decoded = codec.decode(codec.encode(read.tokens))
    assert (decoded * read.tokens).sum(axis=1).mean() > 0.8
    assert shipped_codec(dataclasses.replace(encoder.identity, sha256="0" * 64)) is None


@pytest.mark.model
def test_a_changed_file_of_centroids_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    identity = PackagedEncoder().identity
    monkeypatch.setitem(packaged.SHA256, shipped_name(identity), "0" * 64)
    with pytest.raises(ModelError, match="not the file that was published"):
        shipped_codec(identity)
