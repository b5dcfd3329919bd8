"""The index: it finds what brute force finds, comes back from disk as it was, and never answers from damaged files."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import random
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from peerqa.errors import IndexBusy, IndexDamaged, IndexMismatch, StoreError
from peerqa.index import vectors as index_module
from peerqa.index.store import Store, encode_json
from peerqa.index.vectors import Identity, Index, Neighbour

IDENTITY = Identity("words", "0" * 64, 8, 256, "mean", "1")
QUERIES = np.random.default_rng(0).standard_normal((5, 8)).astype(np.float32)


def unit(generator: np.random.Generator, count: int, dimension: int = 8) -> NDArray[np.float32]:
    vectors = generator.standard_normal((count, dimension)).astype(np.float32)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


def parts(seed: int, passages: int = 40, sentences: int = 120, dimension: int = 8) -> dict[str, Any]:
    """The arguments of `Index.build`, all drawn from the seed."""
    generator = np.random.default_rng(seed)
    return {
        "identity": dataclasses.replace(IDENTITY, dimension=dimension),
        "corpus_sha256": f"corpus {seed}",
        "items": [{"text": f"passage {row} of {seed}: \u201cé\u2028\u201d", "start": row} for row in range(passages)],
        "passage_vectors": unit(generator, passages, dimension),
        "sentence_vectors": unit(generator, sentences, dimension),
        "sentence_rows": np.sort(generator.integers(0, passages, sentences)),
        "arrays": {"lengths": generator.integers(0, 9, passages).astype(np.int32), "weights": np.float64(seed)},
        "documents": [{"path": "review.md", "size": seed, "sha256": "1" * 64}],
    }


def built(seed: int, **changes: Any) -> Index:
    return Index.build(**{**parts(seed), **changes})


def rows(found: Iterable[Iterable[Neighbour]]) -> list[list[int]]:
    return [[neighbour.row for neighbour in neighbours] for neighbours in found]


def assert_same(found: Index, expected: Index) -> None:
    assert found.identity == expected.identity
    assert found.corpus_sha256 == expected.corpus_sha256
    assert found.items == expected.items
    assert {key: found.manifest[key] for key in expected.manifest} == expected.manifest
    np.testing.assert_array_equal(found.sentence_rows, expected.sentence_rows, strict=True)
    assert found.arrays.keys() == expected.arrays.keys()
    for name in found.arrays:
        np.testing.assert_array_equal(found.arrays[name], expected.arrays[name], strict=True)
    for mine, theirs in zip(found.vectors(), expected.vectors(), strict=True):
        np.testing.assert_array_equal(mine, theirs, strict=True)
    assert found.search_passages(QUERIES, 7) == expected.search_passages(QUERIES, 7)
    assert found.search_sentences(QUERIES, 7) == expected.search_sentences(QUERIES, 7)


@pytest.fixture(scope="module")
def old() -> Index:
    return built(1)


@pytest.fixture(scope="module")
def new() -> Index:
    return built(2)


@pytest.fixture
def folder(tmp_path: Path, old: Index, new: Index) -> Path:
    """An index on disk, with the generation before it."""
    for index in (old, new):
        index.save(tmp_path / "index")
    return tmp_path / "index"


def current(folder: Path) -> Path:
    return folder / str(json.loads((folder / "CURRENT").read_bytes())["generation"])


def previous(folder: Path) -> Path:
    return next(path for path in folder.glob("generation-*") if path != current(folder))


# -- searching ---------------------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    passages=st.integers(1, 50),
    sentences=st.integers(0, 50),
    dimension=st.integers(1, 40),
    asked=st.integers(0, 25),
    k=st.integers(-3, 60),
)
def test_it_finds_what_brute_force_finds(
    seed: int, passages: int, sentences: int, dimension: int, asked: int, k: int
) -> None:
    given_parts = parts(seed, passages, sentences, dimension)
    index = Index.build(**given_parts)
    queries = unit(np.random.default_rng(seed + 1), asked, dimension)
    for search, vectors in (
        (index.search_passages, given_parts["passage_vectors"]),
        (index.search_sentences, given_parts["sentence_vectors"]),
    ):
        found = search(queries, k)
        scores = queries @ vectors.T
        assert len(found) == asked
        for neighbours, expected in zip(found, scores, strict=True):
            assert len(neighbours) == len({n.row for n in neighbours}) == max(0, min(k, len(vectors)))
            np.testing.assert_allclose([n.score for n in neighbours], -np.sort(-expected)[: len(neighbours)], atol=1e-5)
            np.testing.assert_allclose([n.score for n in neighbours], [expected[n.row] for n in neighbours], atol=1e-5)


def test_by_hand() -> None:
    axes = np.eye(3, dtype=np.float32)
    index = Index.build(dataclasses.replace(IDENTITY, dimension=3), "", [{}] * 3, axes, axes[:2], np.array([0, 2]))
    query = np.array([0.6, 0.0, 0.8], dtype=np.float32)
    assert rows(index.search_passages(query, 3)) == [[2, 0, 1]]
    assert index.search_passages(query, 1)[0][0].score == pytest.approx(0.8)
    assert rows(index.search_sentences(np.stack([query, -query]), 99)) == [[0, 1], [1, 0]]


def test_a_query_of_another_model_is_refused(new: Index) -> None:
    for shape in ((7,), (2, 9), (1, 1, 8)):
        with pytest.raises(IndexMismatch, match="ask with the model that made the index, or run `peerqa build`"):
            new.search_passages(np.zeros(shape, dtype=np.float32), 1)
    with pytest.raises(StoreError, match="not finite"):
        new.search_sentences(np.full(8, np.nan, dtype=np.float32), 1)


def test_vectors_and_arrays_cannot_change_the_index(new: Index) -> None:
    before = rows(new.search_passages(QUERIES, 5))
    new.vectors()[0][:] = 0
    assert rows(new.search_passages(QUERIES, 5)) == before
    for array in (new.sentence_rows, *new.arrays.values()):
        assert not array.flags.writeable


def test_its_repr_is_short(new: Index) -> None:
    assert len(repr(new)) < 400


# -- what build refuses ------------------------------------------------------------------------------------------------


def changed(array: NDArray[Any], row: int, value: float) -> NDArray[Any]:
    copy = array.copy()
    copy[row] = value
    return copy


WHOLE = parts(3)
REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no passage": (
        {"items": [], "passage_vectors": WHOLE["passage_vectors"][:0], "sentence_rows": WHOLE["sentence_rows"] * 0},
        "no passage to index",
    ),
    "float64": ({"passage_vectors": WHOLE["passage_vectors"].astype(float)}, r"passage vectors are float64\(40, 8\)"),
    "flat": ({"sentence_vectors": WHOLE["sentence_vectors"].ravel()}, r"sentence vectors are float32\(960,\)"),
    "no dimension": ({"passage_vectors": WHOLE["passage_vectors"][:, :0]}, r"float32\(40, 0\)"),
    "NaN": ({"passage_vectors": changed(WHOLE["passage_vectors"], 7, np.nan)}, "row 7 has length nan, not 1"),
    "infinite": ({"sentence_vectors": changed(WHOLE["sentence_vectors"], 8, np.inf)}, "row 8 has length inf, not 1"),
    "zero": ({"sentence_vectors": changed(WHOLE["sentence_vectors"], 9, 0)}, "sentence vector in row 9 has length 0,"),
    "long": ({"passage_vectors": WHOLE["passage_vectors"] * np.float32(1.01)}, "row 0 has length 1.01, not 1"),
    "dimension": ({"identity": dataclasses.replace(IDENTITY, dimension=9)}, "passages have 8 dimensions, not 9"),
    "other dimension": ({"sentence_vectors": unit(np.random.default_rng(0), 120, 7)}, "sentences have 7 dimensions"),
    "too few": ({"passage_vectors": WHOLE["passage_vectors"][:-1]}, "39 vectors for 40 passages"),
    "rows missing": ({"sentence_rows": WHOLE["sentence_rows"][:-1]}, r"int64\(119,\), not int64\(120,\)"),
    "rows int32": ({"sentence_rows": WHOLE["sentence_rows"].astype(np.int32)}, r"int32\(120,\), not int64"),
    "row too high": ({"sentence_rows": changed(WHOLE["sentence_rows"], 5, 40)}, "outside 0 to 39"),
    "row too low": ({"sentence_rows": changed(WHOLE["sentence_rows"], 5, -1)}, "outside 0 to 39"),
    "objects": ({"arrays": {"a": np.array([{}])}}, "'a': not an array for an index"),
    "array name": ({"arrays": {"../a": np.zeros(1)}}, "'../a': not an array for an index"),
    "reserved": ({"arrays": {"sentence_rows": np.zeros(1)}}, "'sentence_rows' is the name of an array of the index"),
    "item": ({"items": [{"score": float("nan")}] * 40}, "use plain JSON values"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_build_refuses(case: str) -> None:
    changes, message = REFUSED[case]
    with pytest.raises(StoreError, match=message) as caught:
        built(3, **changes)
    assert "\n" not in str(caught.value)


# -- to disk and back --------------------------------------------------------------------------------------------------


def test_round_trip(folder: Path, new: Index) -> None:
    loaded = Index.load(folder, expect=IDENTITY)
    assert loaded.warning is None
    assert_same(loaded, new)
    assert_same(Index.load(Store(folder)), new)
    loaded.save(folder)  # what was loaded can be kept again
    assert_same(Index.load(folder), new)


def test_round_trip_without_sentences_and_with_equal_passages(tmp_path: Path) -> None:
    same = np.tile(unit(np.random.default_rng(0), 1), (5, 1))
    index = Index.build(IDENTITY, "", [{}] * 5, same, same[:0], np.zeros(0, dtype=np.int64))
    index.save(tmp_path / "index")
    assert_same(Index.load(tmp_path / "index"), index)


def test_the_manifest_says_what_is_inside(folder: Path) -> None:
    manifest = Index.load(folder).manifest
    assert manifest["schema"] == 1
    assert set(manifest["files"]) == {path.name for path in current(folder).iterdir()} - {"manifest.json"}
    assert manifest["identity"] == dataclasses.asdict(IDENTITY)
    assert manifest["documents"] == parts(2)["documents"]
    assert {"faiss", "numpy", "python"} <= manifest["versions"].keys()
    for name, count in (("passages", 40), ("sentences", 120)):
        described = manifest[name]
        assert (described["type"], described["metric"], described["count"]) == ("IndexFlatIP", "inner product", count)
        assert len(described["canaries"]) == 3


def test_nothing_on_disk_is_a_pickle(folder: Path) -> None:
    starts = {path.suffix: path.read_bytes()[:6] for path in current(folder).iterdir()}
    assert starts == {".npy": b"\x93NUMPY", ".faiss": b"IxFI\x08\0", ".jsonl": b'{"star', ".json": b'{"arra'}


def test_another_model_is_named_and_refused(folder: Path) -> None:
    expected = dataclasses.replace(IDENTITY, model="other", max_length=512)
    with pytest.raises(
        IndexMismatch, match=r"built with model words, not other, max_length 256, not 512; run `peerqa bu"
    ):
        Index.load(folder, expect=expected)


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no index here; run `peerqa build`"):
        Index.load(tmp_path)


def test_the_second_builder_leaves(folder: Path, old: Index, new: Index) -> None:
    with Store(folder).lock(), pytest.raises(IndexBusy):
        old.save(folder)
    assert_same(Index.load(folder), new)


def test_what_cannot_be_read_back_does_not_go_live(
    folder: Path, old: Index, new: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = built(3).manifest["passages"]["canaries"]
    monkeypatch.setitem(old.manifest["passages"], "canaries", wrong)
    with pytest.raises(IndexDamaged, match="known query"):
        old.save(folder)
    assert_same(Index.load(folder), new)


# -- damage ------------------------------------------------------------------------------------------------------------


def outcome(folder: Path, old: Index, new: Index) -> str:
    """ "refused", or which of the two is served, with a warning and complete. Nothing else is ever raised."""
    try:
        found = Index.load(folder)
    except IndexDamaged as error:
        return "refused" if re.fullmatch(r".+; run `peerqa build`", str(error)) else f"unclear: {error}"
    assert found.warning is not None
    assert_same(found, new if found.corpus_sha256 == new.corpus_sha256 else old)
    return "new" if found.corpus_sha256 == new.corpus_sha256 else "old"


def flipped(path: Path, positions: Iterable[int]) -> Iterator[None]:
    whole = path.read_bytes()
    for position in positions:
        data = bytearray(whole)
        data[position] ^= 1 << position % 8
        path.write_bytes(data)
        yield
    path.write_bytes(whole)


def test_every_flipped_byte_of_the_small_files_is_found(folder: Path, old: Index, new: Index) -> None:
    shutil.rmtree(previous(folder))  # so that a refusal is all there is
    for path in (folder / "CURRENT", *current(folder).iterdir()):
        if path.stat().st_size < 1500:  # the larger ones are sampled below, the manifest is in test_store.py
            expected = {"new"} if path.name == "CURRENT" else {"refused"}
            assert {outcome(folder, old, new) for _ in flipped(path, range(path.stat().st_size))} == expected
    assert_same(Index.load(folder), new)


def test_sampled_flips_of_the_larger_files_are_found(folder: Path, old: Index, new: Index) -> None:
    larger = [path for path in current(folder).iterdir() if path.stat().st_size >= 1500]
    assert {path.name for path in larger} == {"manifest.json", "sentences.faiss", "passages.jsonl"}
    for path in larger:
        positions = random.Random(1).sample(range(path.stat().st_size), 120)
        assert {outcome(folder, old, new) for _ in flipped(path, positions)} == {"old"}


@pytest.mark.parametrize("damage", ["truncate", "zero", "delete", "swap"])
def test_gross_damage_to_any_file_is_found(folder: Path, old: Index, new: Index, damage: str) -> None:
    aside = shutil.copytree(folder, folder.parent / "aside")
    for name in [path.name for path in current(folder).iterdir()]:
        path = current(folder) / name
        if damage == "truncate":
            os.truncate(path, path.stat().st_size - 1)
        elif damage == "zero":
            path.write_bytes(bytes(path.stat().st_size))
        elif damage == "delete":
            path.unlink()
        else:
            shutil.copy(previous(folder) / name, path)
        assert outcome(folder, old, new) == "old"
        shutil.rmtree(folder)
        shutil.copytree(aside, folder)


def test_flipped_bytes_are_found_even_where_the_hashes_fit(folder: Path) -> None:
    """What another writer could leave: FAISS itself must not crash or run out of memory on it."""
    whole = current(folder) / "passages.faiss"
    data = whole.read_bytes()
    for position in range(45):  # the header: type, dimension, count, metric, size
        for mask in (1, 0x80, 0xFF):
            flip = bytearray(data)
            flip[position] ^= mask
            try:
                index_module._deserialize(bytes(flip))
            except RuntimeError:
                continue


def rewritten(folder: Path, change: Callable[[dict[str, Any]], object], files: dict[str, bytes]) -> None:
    """Other files and another manifest, with hashes that fit: what another program might leave behind."""
    path = current(folder)
    manifest = json.loads((path / "manifest.json").read_bytes())
    for name, data in files.items():
        (path / name).write_bytes(data)
        manifest["files"][name] = {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    change(manifest)
    content = json.dumps(manifest).encode()
    digest = hashlib.sha256(content).hexdigest()
    path = path.rename(folder / f"generation-000009-{digest[:16]}")
    (path / "manifest.json").write_bytes(content)
    (folder / "CURRENT").write_bytes(encode_json({"generation": path.name, "manifest_sha256": digest}))


def faiss_bytes(made: Any, vectors: NDArray[np.float32]) -> bytes:
    made.add(vectors)
    return bytes(faiss.serialize_index(made))


VECTORS = WHOLE["passage_vectors"]
FOREIGN: dict[str, tuple[Callable[[dict[str, Any]], object], dict[str, bytes]]] = {
    "no identity": (lambda manifest: manifest.pop("identity"), {}),
    "identity of another shape": (lambda manifest: manifest["identity"].pop("chunking_version"), {}),
    "identity is a list": (lambda manifest: manifest.update(identity=[]), {}),
    "dimension": (lambda manifest: manifest["identity"].update(dimension=9), {}),
    "count": (lambda manifest: manifest["passages"].update(count=41), {}),
    "metric": (lambda manifest: manifest["passages"].update(metric="distance"), {}),
    "canary row": (lambda manifest: manifest["passages"]["canaries"][0].update(row=10**6), {}),
    "canary score": (lambda manifest: manifest["sentences"]["canaries"][0].update(score=0.5), {}),
    "canary shape": (lambda manifest: manifest["sentences"]["canaries"][0].update(query=[0.5]), {}),
    "canary query": (lambda manifest: manifest["sentences"]["canaries"][0].update(query=["a"]), {}),
    "corpus": (lambda manifest: manifest.update(corpus_sha256=None), {}),
    "arrays": (lambda manifest: manifest.update(arrays=["missing"]), {}),
    "array path": (lambda manifest: manifest.update(arrays=["../CURRENT"]), {}),
    "items are no JSON": (lambda manifest: None, {"passages.jsonl": b"{}\n" * 39 + b"{\n"}),
    "items are no objects": (lambda manifest: None, {"passages.jsonl": b"[]\n" * 40}),
    "items are too few": (lambda manifest: None, {"passages.jsonl": b"{}\n" * 39}),
    "not npy": (lambda manifest: None, {"sentence_rows.npy": b"\x80\x04K\x01."}),
    "not FAISS": (lambda manifest: None, {"passages.faiss": b"nothing"}),
    "other vectors": (lambda manifest: None, {"passages.faiss": faiss_bytes(faiss.IndexFlatIP(8), VECTORS)}),
    "by distance": (lambda manifest: None, {"passages.faiss": faiss_bytes(faiss.IndexFlatL2(8), VECTORS)}),
    "approximate": (lambda manifest: None, {"passages.faiss": faiss_bytes(faiss.IndexHNSWFlat(8, 4), VECTORS)}),
    "not unit": (lambda manifest: None, {"passages.faiss": faiss_bytes(faiss.IndexFlatIP(8), VECTORS * 2)}),
}


@pytest.mark.parametrize("case", FOREIGN)
def test_what_fits_its_hashes_is_still_not_believed(folder: Path, old: Index, new: Index, case: str) -> None:
    rewritten(folder, *FOREIGN[case])
    assert outcome(folder, old, new) == "refused"


def test_faiss_limits_are_put_back(folder: Path) -> None:
    before = faiss.get_deserialization_vector_byte_limit()
    faiss.set_deserialization_vector_byte_limit(12_345_678)
    try:
        Index.load(folder)
        assert faiss.get_deserialization_vector_byte_limit() == 12_345_678
    finally:
        faiss.set_deserialization_vector_byte_limit(before)
