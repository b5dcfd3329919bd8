"""Rows of speed.py about answers over the first review, in one process: one at a time, and many at once.

What is compared is asked in turn, question by question, so that a busy moment of the machine meets all alike.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from data_sets import ROOT
from peerqa.answering.assistant import Assistant
from peerqa.evaluation.questions import GoldQuestion
from peerqa.models.batching import BatchingEncoder
from peerqa.models.cross_encoder import CrossEncoderScores, TrainedCrossEncoder
from peerqa.models.encoder import PackagedEncoder
from peerqa.models.pairs import EncodedPair, encode_pairs
from peerqa.retrieval.parameters import Parameters
from speed_measuring import Row, Spread, at_least, at_most, milliseconds
from speed_torch import TorchCrossEncoder, TorchEncoder, whole_passages

USERS = 64


class Stopwatch:
    """Adds up the seconds that functions take, by name."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def timed(self, name: str, inner: Callable[..., Any]) -> Callable[..., Any]:
        """The same function; its time is added to `seconds[name]`."""
        self.seconds[name] = 0.0

        def call(*arguments: Any, **named: Any) -> Any:
            begun = time.perf_counter()
            result = inner(*arguments, **named)
            self.seconds[name] += time.perf_counter() - begun
            return result

        return call

    def reset(self) -> None:
        """Set all sums to 0."""
        self.seconds = dict.fromkeys(self.seconds, 0.0)


class Recorder:
    """A cross-encoder that keeps what it is given, as tokens."""

    name = "recorder"

    def __init__(self, inner: TrainedCrossEncoder, tokenizer: Any) -> None:
        self._inner, self._tokenizer = inner, tokenizer
        self.pairs: list[EncodedPair] = []

    def score(
        self, question: str, history: Sequence[str], passages: Sequence[tuple[str, Sequence[str]]]
    ) -> list[CrossEncoderScores]:
        self.pairs += encode_pairs(self._tokenizer, question, history, passages)
        return self._inner.score(question, history, passages)


class Engines:
    """The assistants that are compared, over one index."""

    def __init__(self, index: Path) -> None:
        from peerqa.models.packaged import packaged_folder
        from peerqa.models.tokens import load_tokenizer

        self.encoder, self.cross_encoder = PackagedEncoder(), TrainedCrossEncoder()
        self.recorder = Recorder(self.cross_encoder, load_tokenizer(packaged_folder()))
        self._index = index

    def assistant(self, encoder: Any, cross_encoder: Any = None, parameters: Parameters | None = None) -> Assistant:
        return Assistant.open(
            ROOT / "corpus", self._index, encoder=encoder, cross_encoder=cross_encoder, parameters=parameters
        )


def rows(
    index: Path, questions: Sequence[GoldQuestion], peers: Mapping[str, Mapping[str, float]], turns: int
) -> Iterator[Row]:
    """The rows over the first review. index: its index. peers: what each of them needed for a query."""
    engines = Engines(index)
    retrieval = engines.assistant(engines.encoder)
    whole = engines.assistant(engines.encoder, engines.cross_encoder)
    before = engines.assistant(TorchEncoder(engines.encoder), TorchCrossEncoder(), whole_passages())

    def bare(gold: GoldQuestion) -> Any:
        return engines.encoder.encode_tokens([gold.question, *gold.history[-1:]])

    took = in_turn(
        questions,
        turns,
        {
            "bare": bare,
            "retrieval": lambda gold: retrieval.ask(gold.question, gold.history),
            "whole": lambda gold: whole.ask(gold.question, gold.history),
            "before": lambda gold: before.ask(gold.question, gold.history),
        },
    )
    spread = {name: Spread.of(values) for name, values in took.items()}
    yield _retrieval_row(spread, peers)
    with_it, torch = spread["whole"], spread["before"]
    yield Row(
        "`Assistant.ask`, review, with cross-encoder",
        {"median ms": with_it.median, "p95 ms": with_it.p95, "in torch ms": torch.median, "p95 in torch ms": torch.p95},
        {"median ÷ in torch": at_most(with_it.median / torch.median, 0.35)},
    )
    yield many_at_once(engines, questions)


def in_turn(
    questions: Sequence[GoldQuestion], turns: int, ways: Mapping[str, Callable[[GoldQuestion], Any]]
) -> dict[str, list[float]]:
    """Milliseconds of each way for each question, asked in turn; a first turn over some of them warms up."""
    for gold in questions[:10]:
        for ask in ways.values():
            ask(gold)
    took: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(turns):
        for gold in questions:
            for name, ask in ways.items():
                took[name].append(milliseconds(lambda ask=ask, gold=gold: ask(gold)))  # type: ignore[misc]
    return took


def _retrieval_row(spread: Mapping[str, Spread], peers: Mapping[str, Mapping[str, float]]) -> Row:
    own, bare = spread["retrieval"], spread["bare"]
    ratios = {"÷ bare pass": at_most(own.median / bare.median, 1.3)}
    if peers:
        fastest = min(peers, key=lambda name: peers[name]["query ms"])
        query = peers[fastest]["query ms"]
        ratios[f"{fastest} ({query:.1f} ms) ÷ this"] = at_least(query / own.median, 3)
    return Row(
        "`Assistant.ask`, review, without cross-encoder",
        {"median ms": own.median, "p95 ms": own.p95, "bare pass ms": bare.median},
        ratios,
    )


def many_at_once(engines: Engines, questions: Sequence[GoldQuestion]) -> Row:
    """Sixty-four threads that ask one question after another, against the networks alone in full batches."""
    asked = (list(questions) * (2 * USERS // len(questions) + 1))[: 2 * USERS]
    recording = engines.assistant(engines.encoder, engines.recorder)
    for gold in asked:
        recording.ask(gold.question, gold.history)
    texts = [text for gold in asked for text in (gold.question, *gold.history[-1:])]

    def networks() -> None:
        engines.encoder.encode_tokens(texts)
        engines.cross_encoder.score_pairs(engines.recorder.pairs)

    assistant = engines.assistant(BatchingEncoder(engines.encoder), engines.cross_encoder)

    def users() -> None:
        with ThreadPoolExecutor(USERS) as pool:
            list(pool.map(lambda gold: assistant.ask(gold.question, gold.history), asked))

    # In turn, since the machine may be busy with other things for a while.
    bare, answers = zip(*((milliseconds(networks), milliseconds(users)) for _ in range(2)), strict=True)
    each_second = 1000 * len(asked) / min(answers)
    limit = 1000 * len(asked) / min(bare)
    return Row(
        f"{USERS} users at once, with cross-encoder",
        {"questions/s": each_second, "networks alone, questions/s": limit},
        {"÷ networks alone": at_least(each_second / limit, 0.8)},
    )


def parts(index: Path, questions: Sequence[GoldQuestion], turns: int) -> str:
    """Where the milliseconds of an answer go: a table of Markdown."""
    engines, watch = Engines(index), Stopwatch()
    encoder, cross_encoder = engines.encoder, engines.cross_encoder
    encoder.encode_tokens = watch.timed("encoder", encoder.encode_tokens)  # type: ignore[method-assign]
    cross_encoder.score = watch.timed("cross-encoder", cross_encoder.score)  # type: ignore[method-assign]
    assistant = engines.assistant(encoder, cross_encoder)
    took: dict[str, list[float]] = {name: [] for name in (*watch.seconds, "all the rest", "whole answer")}
    for turn in range(turns + 1):
        for gold in questions:
            watch.reset()
            whole = milliseconds(lambda gold=gold: assistant.ask(gold.question, gold.history))  # type: ignore[misc]
            if turn:  # the first one warms up
                each = {name: 1000 * seconds for name, seconds in watch.seconds.items()}
                for name, value in {**each, "all the rest": whole - sum(each.values()), "whole answer": whole}.items():
                    took[name].append(value)
    lines = ["| part of an answer | median ms | p95 ms |", "|---|---|---|"]
    for name, values in took.items():
        found = Spread.of(values)
        lines.append(f"| {name} | {found.median:.1f} | {found.p95:.1f} |")
    return "\n".join(lines)
