"""How the index stands up to killed builders and flipped bits: N tried / N handled / 0 wrong / 0 crashed.

    python benchmarks/index_robustness.py [--kills 500] [--flips 2000] [--seed 0]

Kills: a process that builds one generation after the other gets SIGKILL at a random moment. It is handled if the index
opens without a warning and answers as brute force does over the vectors of the build that it claims to be.
Flips: one random bit in a file of the index; half of the files are drawn by size, half from the small ones. It is
handled if the index is refused as damaged, or if a whole generation answers, with a warning. Needs POSIX signals.
"""

from __future__ import annotations

import collections
import multiprocessing
import os
import random
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from peerqa.cli.scripts import Parser, run
from peerqa.errors import IndexDamaged

if TYPE_CHECKING:
    from peerqa.index.vectors import Index

PASSAGES, SENTENCES, DIMENSION = 300, 1500, 48
BUILDS = 8  # different ones, so that a mixture would show


def unit(generator: np.random.Generator, count: int) -> NDArray[np.float32]:
    """Random vectors of length 1, of shape (count, DIMENSION)."""
    vectors = generator.standard_normal((count, DIMENSION)).astype(np.float32)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


QUERIES = unit(np.random.default_rng(2**32), 20)


def parts(build: int) -> dict[str, Any]:
    """The arguments of `Index.build`; every one of them tells which build it is of."""
    generator = np.random.default_rng(build)
    return {
        "corpus_sha256": str(build),
        "items": [{"text": f"passage {row} of build {build}"} for row in range(PASSAGES)],
        "passage_vectors": unit(generator, PASSAGES),
        "sentence_vectors": unit(generator, SENTENCES),
        "sentence_rows": np.sort(generator.integers(0, PASSAGES, SENTENCES)),
        "arrays": {"weights": generator.standard_normal(PASSAGES).astype(np.float32)},
    }


def built(build: int) -> Index:
    """An index in memory of this build."""
    from peerqa.index.vectors import Identity, Index

    return Index.build(Identity("random", "0" * 64, DIMENSION, 256, "mean", "1"), **parts(build))


def is_right(index: Index) -> bool:
    """Whether all of it belongs to the build that it claims to be, by brute force."""
    expected = parts(int(index.corpus_sha256))
    searches = (index.search_passages, "passage_vectors"), (index.search_sentences, "sentence_vectors")
    return (
        list(index.items) == expected["items"]
        and np.array_equal(index.sentence_rows, expected["sentence_rows"])
        and np.array_equal(index.arrays["weights"], expected["arrays"]["weights"])
        and all(
            [found[0].row for found in search(QUERIES, 1)] == (QUERIES @ expected[name].T).argmax(axis=1).tolist()
            for search, name in searches
        )
    )


def build_forever(folder: Path, ready: Connection) -> None:
    """Save one build after the other until the process is killed; says when it starts."""
    indexes = [built(build) for build in range(BUILDS)]
    ready.send(True)
    while True:
        for index in indexes:
            index.save(folder)


def tried(folder: Path, warning_expected: bool) -> str:
    """Outcome of opening the index and searching in it, in words."""
    from peerqa.index.vectors import Index

    try:
        index = Index.load(folder)
        if not is_right(index):
            return "wrong"
    except IndexDamaged:
        return "refused" if warning_expected else "crashed"
    except Exception as error:
        print(f"crashed: {error!r}")
        return "crashed"
    if (index.warning is not None) != warning_expected:
        return "wrong"
    return "older or repaired generation, with a warning" if warning_expected else "whole"


def kills(folder: Path, count: int, chance: random.Random) -> collections.Counter[str]:
    """Outcomes after so many killed builders."""
    processes = multiprocessing.get_context("forkserver")  # a fork of a clean server that has imported the package
    processes.set_forkserver_preload(["peerqa.index.vectors"])
    begun = time.perf_counter()
    built(0).save(folder)
    usual = time.perf_counter() - begun
    outcomes: collections.Counter[str] = collections.Counter()
    for _ in range(count):
        receiver, sender = processes.Pipe(duplex=False)
        process = processes.Process(target=build_forever, args=(folder, sender))
        process.start()
        receiver.recv()
        time.sleep(chance.uniform(0, 3 * usual))
        process.kill()
        process.join()
        outcomes["interrupted"] += any(folder.glob("tmp-*"))
        outcomes[tried(folder, warning_expected=False)] += 1
        process.close()
        receiver.close()
        sender.close()
    return outcomes


def flips(folder: Path, count: int, chance: random.Random) -> collections.Counter[str]:
    """Outcomes with so many bits flipped, one at a time."""
    from peerqa.index.store import Store

    for build in (1, 2):
        built(build).save(folder)
    live = Store(folder).load()[0].path
    paths = [folder / "CURRENT", *sorted(live.iterdir())]
    sizes = [path.stat().st_size for path in paths]
    small = [path for path, size in zip(paths, sizes, strict=True) if size < 20_000]
    outcomes: collections.Counter[str] = collections.Counter()
    for number in range(count):
        path = chance.choice(small) if number % 2 else chance.choices(paths, sizes)[0]
        position = chance.randrange(path.stat().st_size)
        with open(path, "r+b", buffering=0) as file:
            byte = os.pread(file.fileno(), 1, position)
            os.pwrite(file.fileno(), bytes([byte[0] ^ 1 << chance.randrange(8)]), position)
            outcomes[tried(folder, warning_expected=True)] += 1
            os.pwrite(file.fileno(), byte, position)
    return outcomes


def report(name: str, count: int, outcomes: collections.Counter[str]) -> None:
    """Print the line of a trial."""
    wrong, crashed = outcomes["wrong"], outcomes["crashed"]
    details = ", ".join(f"{number} {outcome}" for outcome, number in sorted(outcomes.items()) if number)
    print(f"{name}: {count} tried / {count - wrong - crashed} handled / {wrong} wrong / {crashed} crashed ({details})")


def main() -> None:
    parser = Parser(__doc__)
    parser.add_argument("--kills", type=int, default=500, help="processes to kill (default: 500)")
    parser.add_argument("--flips", type=int, default=2000, help="bits to flip (default: 2000)")
    parser.add_argument("--seed", type=int, default=0, help="seed of the places and moments (default: 0)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        chance = random.Random(arguments.seed)
        report("flips", arguments.flips, flips(Path(folder) / "flips", arguments.flips, chance))
        report("kills", arguments.kills, kills(Path(folder) / "kills", arguments.kills, chance))


if __name__ == "__main__":
    run(main)
