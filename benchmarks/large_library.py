"""A library of many real articles, or of a million passages: building, opening, search, adding and removing, disk.

    python benchmarks/large_library.py [DATA] [--articles 120] [--copies 0] [--keep FOLDER] [--json FILE]

The texts are real. Embedding them all would take hours, and how long anything else takes depends little on which
passage is near to which: so the vectors of passages are real ones with noise (`stand_in.py`). --copies adds each
article so many times again, with other noise: 2,378 articles and seven copies are a million passages. Questions are
runs of six words of the texts, encoded by the real model; nothing is reranked. Opening and searching are measured in a
new process, one question after the other. With --keep the library stays in FOLDER, and what stands there already is
only measured.
"""

from __future__ import annotations

import json
import random
import resource
import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from data_sets import add_data
from library_articles import unpack
from peerqa.cli.scripts import Parser, run
from speed_measuring import Row, Spread, as_json, as_markdown, at_most, finished, milliseconds, resident_megabytes

if TYPE_CHECKING:
    from peerqa.answering.assistant import Assistant
    from peerqa.models.encoder import Encoder
    from stand_in import StandIn

POOL = 12
"""Articles that the real model reads, for the vectors."""


def stand_in(encoder: Encoder, files: Sequence[Path]) -> StandIn:
    """An encoder whose vectors are those of some passages and sentences of these files, with noise."""
    from peerqa.library.review import read_review
    from peerqa.reading.files import read_document
    from stand_in import StandIn

    texts = [
        text
        for path in files[:: max(1, len(files) // POOL)]
        for text in read_review(read_document(path)).embedded_texts
    ]
    some = random.Random(0).sample(texts, min(len(texts), 400))
    sentences = [text.text[start:end] or " " for text in some for start, end in text.sentences]
    return StandIn(encoder, encoder.encode(sentences), encoder.encode_tokens([text.text for text in some[:40]]))


def build(corpus: Path, index: Path, encoder: Encoder, copies: int) -> Row:
    """Build the library and add the copies; what the first took."""
    from peerqa.answering.assistant import Assistant
    from peerqa.index.building import Builder
    from peerqa.library.database import Database
    from stand_in import copy_reviews

    begun = time.perf_counter()
    built = Assistant.build(corpus, index, encoder=encoder)
    seconds = time.perf_counter() - begun
    reviews, passages, works = built.library.totals()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if copies:
        database = Database(index)
        copy_reviews(database, corpus, copies)
        Builder(database, encoder, progress).finish()
    return Row(
        f"building a library of {reviews:,} articles, without embedding",
        {
            "passages": passages,
            "works": works,
            "s": seconds,
            "ms a passage": 1000 * seconds / passages,
            "peak MB": memory,
        },
        {"peak MB": at_most(memory, 2048)},
    )


def progress(work: str, done: int, total: int) -> None:
    print(f"\r{work}: {done:,} of {total:,}", end="\n" if done == total else "", file=sys.stderr, flush=True)


def questions_of(assistant: Assistant, count: int, seed: int = 1) -> list[str]:
    """Questions made of the words of a library: six words in a row, as somebody types keywords."""
    chance = random.Random(seed)
    made: list[str] = []
    whole = [name for name in assistant.library.names() if "/" not in name]  # copies cannot be quoted
    numbers = sorted(assistant.library.passage_numbers(whole) or ())
    while len(made) < count:
        words = assistant.library.passage(chance.choice(numbers)).text.split()
        start = chance.randrange(max(1, len(words) - 6))
        made.append(" ".join(words[start : start + 6]))
    return made


def measured(corpus: Path, index: Path, count: int) -> dict[str, float]:
    """What a new process sees of a library."""
    import os

    import peerqa.answering.assistant
    from peerqa.answering.assistant import Assistant
    from peerqa.models.encoder import load_encoder

    encoder = load_encoder()
    encoder.encode_tokens(["a first pass"])
    found = {"s": milliseconds(lambda: Assistant.open(corpus, index, encoder=encoder)) / 1000}
    assistant = peerqa.answering.assistant.Assistant.open(corpus, index, encoder=encoder)
    found["resident MB, opened"] = resident_megabytes(os.getpid())
    questions = questions_of(assistant, count)
    ten = assistant.limited_to(assistant.library.names()[:10])
    times: dict[str, list[float]] = {"all": [], "ten": [], "encoder": []}
    for number, question in enumerate(questions):
        took = {
            "all": milliseconds(lambda question=question: assistant.search(question)),  # type: ignore[misc]
            "ten": milliseconds(lambda question=question: ten.search(question)),  # type: ignore[misc]
            "encoder": milliseconds(lambda question=question: encoder.encode_tokens([question])),  # type: ignore[misc]
        }
        if number >= count // 10:  # the first ones fill caches
            for name, value in took.items():
                times[name].append(value)
    for name, values in times.items():
        spread = Spread.of(values)
        found |= {f"{name} p50": spread.median, f"{name} p95": spread.p95, f"{name} p99": spread.p99}
    found["resident MB, asked"] = resident_megabytes(os.getpid())
    return found


def rows(corpus: Path, index: Path, count: int) -> list[Row]:
    """Opening, searching and disk of a library, as a new process sees them."""
    from peerqa.answering.assistant import Assistant
    from peerqa.library.database import Database
    from peerqa.models.encoder import load_encoder

    command = [sys.executable, __file__, "--measured", str(corpus), str(index), "--questions", str(count)]
    seen: dict[str, float] = json.loads(finished(command)[1].splitlines()[-1])
    reviews, passages, _ = Assistant.open(corpus, index, encoder=load_encoder()).library.totals()
    with Database(index).reading() as connection:
        recall = {row[0]: row[1] for row in connection.execute("SELECT kind, recall FROM vector_files")}
    title = f"library of {reviews:,} reviews, {passages:,} passages"
    disk = sum(path.stat().st_size for path in index.iterdir()) / passages / 1000
    million = passages > 500_000
    p50, tail, tail_goal = (20, "all p99", 60) if million else (25, "all p95", 50)
    return [
        Row(
            f"opening a {title}",
            {"s": seen["s"], "resident MB": seen["resident MB, opened"]},
            {
                "s": at_most(seen["s"], 2 if million else 0.5),
                "MB": at_most(seen["resident MB, opened"], 2048 if million else 500),
            },
        ),
        Row(
            f"search of a {title}, ms",
            {name: seen[f"all {name}"] for name in ("p50", "p95", "p99")}
            | {"encoder alone": seen["encoder p50"], "resident MB": seen["resident MB, asked"]},
            {"p50": at_most(seen["all p50"], p50), tail.removeprefix("all "): at_most(seen[tail], tail_goal)},
        ),
        Row(
            "the same question to ten reviews, ms",
            {name: seen[f"ten {name}"] for name in ("p50", "p95")},
            {"÷ to all": at_most(seen["ten p50"] / seen["all p50"], 1)},
        ),
        Row(
            f"files of a {title}",
            {f"recall@50, {kind}": value for kind, value in recall.items() if value is not None}
            | {"kB a passage": disk},
            {"kB a passage": at_most(disk, 25)},
        ),
    ]


def changed(corpus: Path, index: Path, encoder: Encoder) -> Row:
    """One article more and one less, against building it alone."""
    from peerqa.answering.assistant import Assistant

    article = sorted(corpus.glob("*.*xml"))[0]
    with TemporaryDirectory() as folder:
        alone = Path(folder) / "corpus"
        alone.mkdir()
        shutil.copy(article, alone)
        seconds = {
            "alone": milliseconds(lambda: Assistant.build(alone, Path(folder) / "index", encoder=encoder)) / 1000
        }
    added = corpus / f"one-more{article.suffix}"
    for name, change in (("added", lambda: shutil.copy(article, added)), ("removed", added.unlink)):
        change()
        seconds[name] = milliseconds(lambda: Assistant.build(corpus, index, encoder=encoder, repair=False)) / 1000
    return Row(
        "one review added, and removed, s",
        seconds,
        {f"{name} ÷ alone": at_most(seconds[name] / seconds["alone"], 1.5) for name in ("added", "removed")},
    )


def main() -> None:
    parser = Parser(__doc__)
    add_data(parser)
    parser.add_argument("--articles", type=int, default=120, help="how many (default: 120)")
    parser.add_argument("--copies", type=int, default=0, help="how often each of them is added again (default: 0)")
    parser.add_argument("--questions", type=int, default=100, help="how many are asked (default: 100)")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="where the library is or will be")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows to this file as JSON")
    parser.add_argument(
        "--measured", type=Path, nargs=2, metavar="FOLDER", help="corpus and index: measure these alone"
    )
    options = parser.parse_args()
    if options.measured:
        print(json.dumps(measured(options.measured[0], options.measured[1], options.questions)))
        return
    from peerqa.models.encoder import load_encoder

    with TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        corpus, index = folder / "corpus", folder / "index"
        found = []
        if not (index / "library.sqlite").exists():
            files = unpack(options.data, corpus, most=options.articles)
            found.append(build(corpus, index, stand_in(load_encoder(), files), options.copies))
        found += [*rows(corpus, index, options.questions)]
        found.append(changed(corpus, index, stand_in(load_encoder(), sorted(corpus.glob("*.*xml"))[:POOL])))
    print(as_markdown(found))
    if options.json:
        options.json.write_text(as_json(found), "utf-8")


if __name__ == "__main__":
    run(main)
