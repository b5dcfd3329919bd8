"""How a library stands up to killed builders, flipped bits and full disks: N tried / N handled / 0 wrong / 0 crashed.

    python benchmarks/index_robustness.py [--kills 500] [--flips 2000] [--full 200] [--seed 0]

Kills: a process that brings the library up to date with one corpus after the other gets SIGKILL at a random moment. It
is handled if the library is whole then, holds nothing but reviews as they were parsed, and answers as one that was
built at once after the next build. Flips: one random bit in a file of the index; half of the files are drawn by size,
half from all alike. It is handled if the index is refused as damaged, or answers with passages and references that the
reviews have, and has lost none of them. Full disks: a process may write no file beyond a random size while it builds.
It is handled if it is refused in one line and nothing is lost. Needs POSIX signals.
"""

from __future__ import annotations

import collections
import hashlib
import multiprocessing
import os
import random
import re
import resource
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from peerqa.answering.answer import Answer, AnswerPassage
from peerqa.answering.assistant import Assistant
from peerqa.cli.scripts import Parser, run
from peerqa.errors import CorpusError, IndexDamaged, IndexMismatch, StoreError
from peerqa.models.encoder import ModelIdentity, TokenVectors, Vectors

if TYPE_CHECKING:
    from peerqa.library.review import Review

STATES = 4
"""Different corpora, so that a mixture would show."""
VERSIONS = 3
QUESTIONS = ["How many hours do peers of kind 1 work?", "What of trust and version 2?", "Peers?"]
REFUSED = 3
"""Exit status of a process that could not write."""


class WordEncoder:
    """An encoder without a model: each word has a vector of its own."""

    identity = ModelIdentity("words", "0" * 64, 48, 256, "mean")
    vocabulary: frozenset[str] = frozenset()

    def encode(self, texts: Sequence[str], progress: Any = None) -> Vectors:
        read = self.encode_tokens(texts)
        return np.stack([one.vector for one in read]) if read else np.zeros((0, 48), dtype=np.float32)

    def encode_tokens(self, texts: Sequence[str], progress: Any = None) -> list[TokenVectors]:
        return [_encoded(text) for text in texts]


def _encoded(text: str) -> TokenVectors:
    words = list(re.finditer(r"\w+", text)) or list(re.finditer(r"^", text))
    tokens = np.stack([_vector(word[0].casefold()) for word in words])
    mean = tokens.mean(axis=0)
    pieces = [int.from_bytes(hashlib.sha256(word[0].encode()).digest()[:3], "big") for word in words]
    spans = np.array([word.span() for word in words], dtype=np.int64)
    vector = np.asarray(mean / np.linalg.norm(mean), dtype=np.float32)
    return TokenVectors(vector, tokens, np.array(pieces, dtype=np.int64), spans)


@cache
def _vector(word: str) -> Vectors:
    seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8], "big")
    vector = np.random.default_rng(seed).standard_normal(48)
    return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)


# ---- corpora --------------------------------------------------------------------------------------------------------


def text_of(number: int, version: int) -> str:
    """A review of several passages; each of them tells which version it is of."""
    parts = [f"# Review {number} in version {version}\n"]
    for place in range(4):
        parts.append(f"## Part {place}\n")
        parts.append(
            f"Peers of kind {place} work {number + place} hours in version {version} (Cole, 2014). They met on day "
            f"{place} (Diaz, 20{10 + number}).\n"
        )
        parts.append(f"Trust of kind {number} grows in part {place}. Nobody is trusted in version {version}.\n")
    parts.append("## References\n\nCole, D. (2014). Hours of many peers. *Journal*, 1(2), 3–4.\n")
    parts.append(f"Diaz, A. (20{10 + number}). Trust of kind {number}. *Work*, 3(4), 5–6.\n")
    return "\n".join(parts)


def corpus_of(state: int) -> dict[str, str]:
    """The texts of a corpus by name; each state adds some reviews, replaces some, and lacks some."""
    return {f"{n}.md": text_of(n, (state + n) % VERSIONS) for n in range(6) if (state + n) % STATES}


def write_corpus(folder: Path, state: int) -> None:
    """Make a folder hold the corpus of a state, and nothing else."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = corpus_of(state)
    for path in folder.iterdir():
        if path.name not in wanted:
            path.unlink()
    for name, text in wanted.items():
        if not (folder / name).is_file() or (folder / name).read_text("utf-8") != text:
            (folder / name).write_text(text, "utf-8")


def build(corpus: Path, index: Path, state: int) -> None:
    """Bring the library of an index up to date with the corpus of a state."""
    from peerqa.index.updating import update
    from peerqa.library.database import Database

    write_corpus(corpus, state)
    update(Database(index), corpus, WordEncoder(), workers=1)


@cache
def parsed() -> dict[str, Review]:
    """All reviews that a library may hold, by the hash of their file and their name."""
    from peerqa.library.review import read_review
    from peerqa.reading.files import read_document

    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for number in range(6):
            for version in range(VERSIONS):
                path = Path(folder, f"{number}.md")
                path.write_text(text_of(number, version), "utf-8")
                review = read_review(read_document(path, Path(folder)))
                found[review.document.sha256] = review
    return found


@cache
def expected(state: int) -> list[Answer]:
    """The answers from a library that was built at once."""
    with tempfile.TemporaryDirectory() as folder:
        build(Path(folder, "corpus"), Path(folder, "index"), state)
        return answers(Path(folder, "corpus"), Path(folder, "index"))


def answers(corpus: Path, index: Path) -> list[Answer]:
    """The answers of an assistant that opens the index, and builds it if the corpus has changed."""
    return answered(Assistant.open(corpus, index, encoder=WordEncoder()))


def answered(assistant: Assistant) -> list[Answer]:
    """The answers to all questions. Repeats of a passage, which are equally near, come in one order."""
    found = [assistant.ask(question) for question in QUESTIONS]
    return [replace(one, passages=tuple(map(_repeats_sorted, one.passages))) for one in found]


def _repeats_sorted(passage: AnswerPassage) -> AnswerPassage:
    return replace(passage, also_in=tuple(sorted(passage.also_in, key=lambda repeat: repeat.id)))


# ---- what is right --------------------------------------------------------------------------------------------------


def is_whole(index: Path) -> bool:
    """Whether a library verifies, and holds nothing but reviews as they were parsed."""
    from peerqa.index.verifying import find_damage
    from peerqa.library.database import Database
    from peerqa.library.stored_library import StoredLibrary

    database = Database(index)
    if not database.exists():
        return True
    held = list(StoredLibrary(database))
    return not find_damage(database) and all(parsed().get(one.document.sha256) == one for one in held)


def is_quoted(answer: Answer, state: int) -> bool:
    """Whether passages and references of an answer are those that the reviews of a state have."""
    texts = corpus_of(state)
    reviews = {name: next(r for r in parsed().values() if r.document.text == text) for name, text in texts.items()}
    entries = {entry.text for review in reviews.values() for entry in review.references}
    known = {passage.id: passage for review in reviews.values() for passage in review.passages}
    return all(reference.text in entries for reference in answer.references) and all(
        one.id in known
        and (one.document, one.section, one.text, one.start, one.end)
        == tuple(getattr(known[one.id], name) for name in ("document", "section", "text", "start", "end"))
        and [cited.mention for cited in one.citations] == [cited.mention for cited in known[one.id].citations]
        for one in answer.passages
    )


# ---- trials ---------------------------------------------------------------------------------------------------------

_PROCESSES = multiprocessing.get_context("forkserver")  # a fork of a clean server that has imported the package
_PROCESSES.set_forkserver_preload(["index_robustness"])


def build_forever(corpus: Path, index: Path, state: int, ready: Any) -> None:
    """Build one state after the other until the process is killed; says when it starts."""
    ready.send(True)
    while True:
        state += 1
        build(corpus, index, state % STATES)


def build_small(corpus: Path, index: Path, state: int, size: int) -> None:
    """Build a state where no file may grow beyond a size; ends with REFUSED if that was too small."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
    try:
        build(corpus, index, state)
    except StoreError as error:
        os._exit(REFUSED if "\n" not in str(error) else 1)
    os._exit(0)


def after_trial(corpus: Path, index: Path, state: int) -> str:
    """What has become of a library after a trial, and after a build that nothing disturbs."""
    try:
        whole = is_whole(index)
        build(corpus, index, state)
        return "whole" if whole and is_whole(index) and answers(corpus, index) == expected(state) else "wrong"
    except Exception as error:
        print(f"crashed: {error!r}")
        return "crashed"


def kills(folder: Path, count: int, chance: random.Random) -> collections.Counter[str]:
    """Outcomes after so many killed builders."""
    corpus, index = folder / "corpus", folder / "index"
    begun = time.perf_counter()
    build(folder / "first", folder / "first-index", 0)
    usual = time.perf_counter() - begun
    outcomes: collections.Counter[str] = collections.Counter()
    for number in range(count):
        if number % 5 == 0:
            shutil.rmtree(index, ignore_errors=True)  # so that first builds are killed too
        receiver, sender = _PROCESSES.Pipe(duplex=False)
        process = _PROCESSES.Process(target=build_forever, args=(corpus, index, number, sender))
        process.start()
        receiver.recv()
        time.sleep(chance.uniform(0, 2 * usual))
        process.kill()
        process.join()
        outcomes["first builds"] += not index.joinpath("library.sqlite").exists()
        outcomes[after_trial(corpus, index, chance.randrange(STATES))] += 1
        receiver.close()
        sender.close()
    return outcomes


def full_disks(folder: Path, count: int, chance: random.Random) -> collections.Counter[str]:
    """Outcomes of so many builds that may write only so much."""
    corpus, index = folder / "corpus", folder / "index"
    build(corpus, index, 0)
    largest = max(path.stat().st_size for path in index.iterdir())
    outcomes: collections.Counter[str] = collections.Counter()
    for number in range(count):
        if number % 5 == 0:
            shutil.rmtree(index)
        size = int(largest * chance.uniform(0, 1.2))
        process = _PROCESSES.Process(target=build_small, args=(corpus, index, number % STATES, size))
        process.start()
        process.join()
        if process.exitcode not in (0, REFUSED):
            print(f"crashed: exit status {process.exitcode}")
            outcomes["crashed"] += 1
            continue
        outcomes["refused"] += process.exitcode == REFUSED
        outcomes[after_trial(corpus, index, chance.randrange(STATES))] += 1
    return outcomes


def tried(corpus: Path, index: Path, state: int) -> str:
    """Outcome of asking an index with a flipped bit, in words."""
    from peerqa.index.verifying import find_damage
    from peerqa.library.database import Database

    try:
        assistant = Assistant.open(corpus, index, encoder=WordEncoder())
        found = answered(assistant)
        names = [one.name for one in assistant.documents]
        if not all(is_quoted(answer, state) for answer in found) or names != sorted(corpus_of(state)):
            return "wrong"
        if found == expected(state):
            return "as before"
        return "other ranking, verified as damaged" if find_damage(Database(index)) else "other ranking"
    except (IndexDamaged, IndexMismatch) as error:
        return "refused" if "\n" not in str(error) else "crashed"
    except (StoreError, CorpusError) as error:
        print(f"another error: {error}")
        return "refused by another error"
    except Exception as error:
        print(f"crashed: {error!r}")
        return "crashed"


def flips(folder: Path, count: int, chance: random.Random) -> collections.Counter[str]:
    """Outcomes with so many bits flipped, one at a time."""
    corpus, whole, index = folder / "corpus", folder / "whole", folder / "index"
    build(corpus, whole, 1)
    with closing(sqlite3.connect(whole / "library.sqlite")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    names = sorted(path.name for path in whole.iterdir() if path.stat().st_size)
    sizes = [(whole / name).stat().st_size for name in names]
    outcomes: collections.Counter[str] = collections.Counter()
    for number in range(count):
        shutil.rmtree(index, ignore_errors=True)
        shutil.copytree(whole, index)
        name = chance.choice(names) if number % 2 else chance.choices(names, sizes)[0]
        with open(index / name, "r+b", buffering=0) as file:
            position = chance.randrange(os.fstat(file.fileno()).st_size)
            byte = os.pread(file.fileno(), 1, position)
            os.pwrite(file.fileno(), bytes([byte[0] ^ 1 << chance.randrange(8)]), position)
        outcomes[tried(corpus, index, 1)] += 1
    return outcomes


def report(name: str, count: int, outcomes: collections.Counter[str]) -> None:
    """Print the line of a trial."""
    wrong, crashed = outcomes["wrong"], outcomes["crashed"]
    details = ", ".join(f"{number} {outcome}" for outcome, number in sorted(outcomes.items()) if number)
    print(f"{name}: {count} tried / {count - wrong - crashed} handled / {wrong} wrong / {crashed} crashed ({details})")


Trial = Callable[[Path, int, random.Random], "collections.Counter[str]"]


def main() -> None:
    parser = Parser(__doc__)
    parser.add_argument("--kills", type=int, default=500, help="processes to kill (default: 500)")
    parser.add_argument("--flips", type=int, default=2000, help="bits to flip (default: 2000)")
    parser.add_argument("--full", type=int, default=200, help="builds on a full disk (default: 200)")
    parser.add_argument("--seed", type=int, default=0, help="seed of the places and moments (default: 0)")
    arguments = parser.parse_args()
    trials: dict[str, tuple[Trial, int]] = {
        "flips": (flips, arguments.flips),
        "kills": (kills, arguments.kills),
        "full disks": (full_disks, arguments.full),
    }
    with tempfile.TemporaryDirectory() as folder:
        for name, (trial, count) in trials.items():
            place = Path(folder, name)
            place.mkdir()
            report(name, count, trial(place, count, random.Random(arguments.seed)))


if __name__ == "__main__":
    run(main)
