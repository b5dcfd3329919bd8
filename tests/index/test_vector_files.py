"""Files of vectors: exact ones agree with brute force, large ones nearly, and damage is found before FAISS sees it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from peerqa.errors import IndexDamaged, IndexMismatch, StoreError
from peerqa.index import inverted_file, vector_files
from peerqa.index.inverted_file import Floats, Ids
from peerqa.index.vector_files import EXACT, INVERTED, VectorFile, Vectors, verify, write_vectors

DIMENSION = 32


def some_vectors(count: int, seed: int = 0) -> tuple[Ids, Floats]:
    """(n,) ids, each about three times, and (n, 32) vectors of length 1 in some clusters."""
    chance = np.random.default_rng(seed)
    centres = chance.standard_normal((40, DIMENSION))
    vectors = centres[chance.integers(0, 40, count)] + 0.6 * chance.standard_normal((count, DIMENSION))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    ids = np.sort(chance.integers(0, max(1, count // 3), count)) * 10 + 7
    return ids, vectors.astype(np.float32)


def near(vectors: Floats, count: int) -> Floats:
    """Queries of length 1: some of the vectors, with noise."""
    chance = np.random.default_rng(1)
    noisy = chance.permutation(vectors)[:count] + 0.1 * chance.standard_normal((count, vectors.shape[1]))
    return np.asarray(noisy / np.linalg.norm(noisy, axis=1, keepdims=True), dtype=np.float32)


def batches_of(ids: Ids, vectors: Floats, size: int = 700) -> vector_files.Batches:
    def batches() -> Iterator[tuple[Ids, Floats]]:
        for start in range(0, len(ids), size):
            yield ids[start : start + size], vectors[start : start + size]

    return batches


def written(folder: Path, ids: Ids, vectors: Floats) -> VectorFile:
    return write_vectors(folder, "sentences", DIMENSION, len(ids), batches_of(ids, vectors))


def brute_force(ids: Ids, vectors: Floats, query: Floats, k: int, within: Ids | None = None) -> tuple[Ids, Floats]:
    if within is not None:
        kept = np.isin(ids, within)
        ids, vectors = ids[kept], vectors[kept]
    scores = vectors @ query
    best = np.argsort(-scores, kind="stable")[:k]
    return ids[best], scores[best]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files become inverted ones at a size that a test can write."""
    monkeypatch.setattr(vector_files, "MOST_EXACT", 1000)


def test_an_exact_file_agrees_with_brute_force(tmp_path: Path) -> None:
    ids, vectors = some_vectors(900)
    file = written(tmp_path, ids, vectors)
    opened = Vectors.open(tmp_path, file)
    assert (file.type, file.count, file.recall, opened.count) == (EXACT, 900, None, 900)
    for query in near(vectors, 20):
        expected_ids, expected_scores = brute_force(ids, vectors, query, 25)
        found_ids, found_scores = opened.search(query, 25)
        np.testing.assert_allclose(found_scores, expected_scores, atol=1e-6)
        assert sorted(found_ids) == sorted(expected_ids)


def test_a_file_says_what_it_is(tmp_path: Path) -> None:
    file = written(tmp_path, *some_vectors(30))
    assert file.name == f"sentences-{file.sha256[:16]}.faiss"
    assert [path.name for path in tmp_path.iterdir()] == [file.name]
    assert (tmp_path / file.name).stat().st_size == file.size
    assert verify(tmp_path, file)


def test_an_inverted_file_finds_nearly_all_of_the_nearest(tmp_path: Path, small: None) -> None:
    ids, vectors = some_vectors(6000)
    file = written(tmp_path, ids, vectors)
    opened = Vectors.open(tmp_path, file)
    assert file.type == INVERTED
    assert file.recall is not None
    assert 0.9 < file.recall <= 1
    shares = []
    for query in near(vectors, 40):
        expected_ids, expected_scores = brute_force(ids, vectors, query, 50)
        found_ids, found_scores = opened.search(query, 50)
        assert (np.diff(found_scores) <= 0).all()
        assert abs(found_scores[0] - expected_scores[0]) < 0.05
        shares.append(np.isin(np.unique(expected_ids), found_ids).mean())
    assert np.mean(shares) > 0.95


def test_scores_of_an_inverted_file_are_inner_products(tmp_path: Path, small: None) -> None:
    ids, vectors = some_vectors(2000)
    opened = Vectors.open(tmp_path, written(tmp_path, ids, vectors))
    for row in (0, 777, 1999):
        found_ids, found_scores = opened.search(vectors[row], 1)
        assert found_ids[0] == ids[row]
        assert abs(found_scores[0] - 1) < 0.01


@pytest.mark.parametrize("count", [900, 4000])
@pytest.mark.parametrize("share", [0.002, 0.3])
def test_a_filter_leaves_only_what_it_names(tmp_path: Path, small: None, count: int, share: float) -> None:
    ids, vectors = some_vectors(count)
    opened = Vectors.open(tmp_path, written(tmp_path, ids, vectors))
    every = np.unique(ids)
    within = np.random.default_rng(3).permutation(every)[: max(2, int(share * len(every)))]
    for query in near(vectors, 10):
        expected_ids, expected_scores = brute_force(ids, vectors, query, 10, within)
        found_ids, found_scores = opened.search(query, 10, np.append(within, [5, 10**12]))
        assert set(found_ids) <= set(within.tolist())
        np.testing.assert_allclose(found_scores, expected_scores, atol=0.01)
        assert len(set(found_ids) ^ set(expected_ids)) <= 2  # scores in 8 bits may change places


def test_a_wide_filter_looks_into_more_lists(tmp_path: Path, small: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inverted_file, "_FEW_ROWS", 10)
    ids, vectors = some_vectors(4000)
    opened = Vectors.open(tmp_path, written(tmp_path, ids, vectors))
    within = np.unique(ids)[::7]
    shares = []
    for query in near(vectors, 30):
        expected_ids, _ = brute_force(ids, vectors, query, 20, within)
        found_ids, _ = opened.search(query, 20, within)
        assert set(found_ids) <= set(within.tolist())
        shares.append(np.isin(np.unique(expected_ids), found_ids).mean())
    assert np.mean(shares) > 0.95


@pytest.mark.parametrize("count", [60, 1500])
def test_a_filter_without_a_vector_finds_nothing(tmp_path: Path, small: None, count: int) -> None:
    ids, vectors = some_vectors(count)
    opened = Vectors.open(tmp_path, written(tmp_path, ids, vectors))
    for within in ([], [1, 2, 3]):
        found_ids, found_scores = opened.search(vectors[0], 5, np.array(within, dtype=np.int64))
        assert len(found_ids) == len(found_scores) == 0


@pytest.mark.parametrize("count", [40, 1500])
def test_all_are_found_where_more_are_wanted(tmp_path: Path, small: None, count: int) -> None:
    ids, vectors = some_vectors(count)
    opened = Vectors.open(tmp_path, written(tmp_path, ids, vectors))
    one = ids[count // 2]
    found_ids, _ = opened.search(vectors[0], 10 * count, np.array([one]))
    assert found_ids.tolist() == [one] * int((ids == one).sum())
    if count == 40:
        assert sorted(opened.search(vectors[0], 1000)[0]) == ids.tolist()


def test_a_file_without_vectors_finds_nothing(tmp_path: Path) -> None:
    file = written(tmp_path, *some_vectors(0))
    assert (file.count, file.type) == (0, EXACT)
    assert len(Vectors.open(tmp_path, file).search(np.ones(DIMENSION, np.float32), 5)[0]) == 0


@pytest.mark.parametrize("count", [600, 3000])
def test_threads_share_a_file(tmp_path: Path, small: None, count: int) -> None:
    ids, vectors = some_vectors(count)
    opened = Vectors.open(tmp_path, written(tmp_path, ids, vectors))
    within = np.unique(ids)[::2]
    alone = [opened.search(query, 10, within)[0].tolist() for query in vectors[:60]]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda query: opened.search(query, 10, within)[0].tolist(), vectors[:60]))
    assert together == alone


# ---- what cannot be searched or written -----------------------------------------------------------------------------


def test_a_query_of_another_dimension_is_refused(tmp_path: Path) -> None:
    opened = Vectors.open(tmp_path, written(tmp_path, *some_vectors(20)))
    with pytest.raises(IndexMismatch, match="shape"):
        opened.search(np.ones(3, dtype=np.float32), 5)
    with pytest.raises(StoreError, match="not finite"):
        opened.search(np.full(DIMENSION, np.nan, dtype=np.float32), 5)


def test_other_vectors_than_announced_are_refused(tmp_path: Path, small: None) -> None:
    for count in (30, 1200):
        ids, vectors = some_vectors(count)
        with pytest.raises(StoreError, match=f"{count} vectors for {count + 1} sentences"):
            write_vectors(tmp_path, "sentences", DIMENSION, count + 1, batches_of(ids, vectors))
        with pytest.raises(StoreError, match="32 dimensions, not 33"):
            write_vectors(tmp_path, "sentences", DIMENSION + 1, count, batches_of(ids, vectors))
        with pytest.raises(ValueError, match="ascend"):
            write_vectors(tmp_path, "sentences", DIMENSION, count, batches_of(ids[::-1], vectors))
        vectors[-1, 0] = np.nan
        with pytest.raises(ValueError, match="finite"):
            write_vectors(tmp_path, "sentences", DIMENSION, count, batches_of(ids, vectors))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_bytes(b"")
    with pytest.raises(StoreError, match="cannot be written"):
        written(blocked / "below", *some_vectors(5))


@pytest.mark.parametrize("count", [50, 1500])
def test_an_interrupted_write_leaves_nothing(tmp_path: Path, small: None, count: int) -> None:
    ids, vectors = some_vectors(count)
    kept = written(tmp_path, ids, vectors)

    def stopped(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_vectors(tmp_path, "sentences", DIMENSION, count, batches_of(ids, vectors[::-1].copy()), stopped)
    assert [path.name for path in tmp_path.iterdir()] == [kept.name]


def test_progress_counts_the_vectors(tmp_path: Path, small: None) -> None:
    ids, vectors = some_vectors(1500)
    seen: list[tuple[int, int]] = []
    write_vectors(
        tmp_path, "s", DIMENSION, 1500, batches_of(ids, vectors), lambda done, total: seen.append((done, total))
    )
    assert seen == [(700, 1500), (1400, 1500), (1500, 1500)]


# ---- damage ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [50, 1500])
def test_a_missing_or_shorter_file_is_damaged(tmp_path: Path, small: None, count: int) -> None:
    file = written(tmp_path, *some_vectors(count))
    path = tmp_path / file.name
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(IndexDamaged, match="peerqa build"):
        Vectors.open(tmp_path, file)
    assert not verify(tmp_path, file)
    path.unlink()
    with pytest.raises(IndexDamaged, match="missing"):
        Vectors.open(tmp_path, file)
    assert not verify(tmp_path, file)


@pytest.mark.parametrize("count", [50, 1500])
def test_a_small_file_is_hashed_before_it_is_parsed(tmp_path: Path, small: None, count: int) -> None:
    file = written(tmp_path, *some_vectors(count))
    content = bytearray((tmp_path / file.name).read_bytes())
    for place in (0, len(content) // 2, len(content) - 1):
        changed = content.copy()
        changed[place] ^= 1
        (tmp_path / file.name).write_bytes(changed)
        with pytest.raises(IndexDamaged, match="SHA-256"):
            Vectors.open(tmp_path, file)
        assert not verify(tmp_path, file)


def test_of_a_large_file_all_that_faiss_parses_is_hashed(
    tmp_path: Path, small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vector_files, "_HASHED_WHOLE", 0)
    ids, vectors = some_vectors(1500)
    file = written(tmp_path, ids, vectors)
    path = tmp_path / file.name
    content = bytearray(path.read_bytes())
    _, faiss_size, _, _ = inverted_file._TRAILER.unpack(content[-inverted_file._TRAILER.size :])
    chance = np.random.default_rng(0)
    parsed = [*chance.integers(0, faiss_size, 40), *range(len(content) - inverted_file._TRAILER.size, len(content))]
    for place in parsed:
        changed = content.copy()
        changed[place] ^= 1 << int(chance.integers(8))
        path.write_bytes(changed)
        with pytest.raises(IndexDamaged, match="not that of an index"):
            Vectors.open(tmp_path, file)
    assert 0 < faiss_size < len(content)


def test_damage_in_what_is_not_parsed_moves_neighbours_only(
    tmp_path: Path, small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vector_files, "_HASHED_WHOLE", 0)
    ids, vectors = some_vectors(1500)
    file = written(tmp_path, ids, vectors)
    path = tmp_path / file.name
    content = bytearray(path.read_bytes())
    parsed, trailer = (
        inverted_file._TRAILER.unpack(content[-inverted_file._TRAILER.size :])[1],
        inverted_file._TRAILER.size,
    )
    noise = np.random.default_rng(0).integers(0, 256, len(content) - parsed - trailer, dtype=np.uint8)
    path.write_bytes(content[:parsed] + noise.tobytes() + content[-trailer:])
    opened = Vectors.open(tmp_path, file)
    for within in (None, ids[:50], np.unique(ids)):
        found_ids, found_scores = opened.search(vectors[0], 10, within)
        assert len(found_ids) == len(found_scores) <= 10
    assert not verify(tmp_path, file)


def test_another_file_under_the_name_is_damaged(tmp_path: Path) -> None:
    file = written(tmp_path, *some_vectors(30))
    with pytest.raises(IndexDamaged, match="30 vectors for 31"):
        Vectors.open(tmp_path, dataclasses.replace(file, count=31))
    with pytest.raises(IndexDamaged, match="not that of an index"):
        Vectors.open(tmp_path, dataclasses.replace(file, type=INVERTED))
