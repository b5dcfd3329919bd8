"""Rows of speed.py over a library of real articles: building, opening, searching, adding and removing, disk.

Uses the shell and `Assistant` alone, so that it holds whatever the index is made of.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from data_sets import ROOT
from library_articles import unpack
from peerqa import Assistant
from peerqa.cli.scripts import ScriptError
from peerqa.library.review import read_review
from peerqa.models.encoder import PackagedEncoder
from peerqa.reading.files import read_document
from speed_measuring import Row, Spread, at_least, at_most, environment, megabytes_of, milliseconds, peerqa_command
from speed_start import opened

SAMPLE = 20
"""Articles whose passages the encoder alone encodes, for comparison."""


def rows(data: Path, folder: Path, size: int, questions: Sequence[str], turns: int) -> Iterator[Row]:
    """The rows over `size` articles. folder: an empty one, for corpus and index."""
    corpus, index = folder / "corpus", folder / "index"
    articles = unpack(data, corpus, most=size + 1)
    spare = articles.pop().rename(folder / articles[-1].with_suffix(".spare.xml").name)
    folders = ("--corpus", str(corpus), "--index", str(index))
    title = f"library of {len(articles):,} articles"
    seconds, memory = run_measured(peerqa_command("build", *folders))
    encoder = PackagedEncoder()
    assistant = Assistant.open(corpus, index, encoder=encoder)
    passages = sum(document.passages for document in assistant.documents)
    bare = bare_rate(articles[:SAMPLE], encoder)
    rate = passages / seconds
    yield Row(
        f"building a {title}",
        {"passages": passages, "s": seconds, "passages/s": rate, "bare encoding, passages/s": bare, "peak MB": memory},
        {"÷ bare encoding": at_least(rate / bare, 0.8), "peak MB": at_most(memory, 2048)},
    )
    found = opened(corpus, index, turns)
    yield Row(
        f"opening a {title}",
        found,
        {"seconds": at_most(found["s"], 0.5), "resident MB": at_most(found["resident MB"], 500)},
    )
    yield from searching(assistant, title, questions, [one.name for one in assistant.documents[:10]])
    disk = 1024 * megabytes_of(index) / passages
    yield Row(f"disk of a {title}", {"kB a passage": disk}, {"kB a passage": at_most(disk, 25)})
    yield from changing(corpus, index, spare)


def run_measured(command: Sequence[str]) -> tuple[float, float]:
    """Seconds, and megabytes at the peak of the largest of its processes. Raises ScriptError where it fails."""
    begun = time.perf_counter()
    process = subprocess.Popen(command, env=environment(), cwd=ROOT, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise ScriptError(f"{' '.join(command[:4])} … ended with status {process.returncode}")
    return time.perf_counter() - begun, used.ru_maxrss / 1024


def bare_rate(articles: Sequence[Path], encoder: PackagedEncoder) -> float:
    """Passages a second that the encoder alone encodes, token by token."""
    texts = [text.text for path in articles for text in read_review(read_document(path)).embedded_texts]
    encoder.encode_tokens(texts[:32])
    return len(texts) / (milliseconds(lambda: encoder.encode_tokens(texts)) / 1000)


def searching(assistant: Assistant, title: str, questions: Sequence[str], ten: Sequence[str]) -> Iterator[Row]:
    """A question to all articles, and to ten of them, in turn."""
    for question in questions[:10]:
        assistant.ask(question)
        assistant.ask(question, documents=ten)
    everywhere, limited = [], []
    for question in questions:
        everywhere.append(milliseconds(lambda question=question: assistant.ask(question)))  # type: ignore[misc]
        limited.append(milliseconds(lambda question=question: assistant.ask(question, documents=ten)))  # type: ignore[misc]
    whole, part = Spread.of(everywhere), Spread.of(limited)
    yield Row(
        f"a question to a {title}, without cross-encoder",
        {"p50 ms": whole.median, "p95 ms": whole.p95},
        {"p50 ms": at_most(whole.median, 25), "p95 ms": at_most(whole.p95, 50)},
    )
    yield Row(
        "the same question to ten of its articles",
        {"p50 ms": part.median, "p95 ms": part.p95},
        {"÷ to all": at_most(part.median / whole.median, 1)},
    )


def changing(corpus: Path, index: Path, spare: Path) -> Iterator[Row]:
    """One article added to the library and removed again, against building it alone."""
    folders = ("--corpus", str(corpus), "--index", str(index))
    alone = spare.parent / "alone"
    (alone / "corpus").mkdir(parents=True)
    shutil.copy(spare, alone / "corpus")
    own = ("--corpus", str(alone / "corpus"), "--index", str(alone / "index"))
    built, _ = run_measured(peerqa_command("build", *own))
    added, _ = run_measured(peerqa_command("add", str(spare), *folders))
    (corpus / spare.name).unlink()
    removed, _ = run_measured(peerqa_command("build", *folders))
    for what, seconds in (("added to", added), ("removed from", removed)):
        yield Row(
            f"one article {what} the library",
            {"s": seconds, "built alone s": built},
            {"÷ built alone": at_most(seconds / built, 1.5)},
        )
