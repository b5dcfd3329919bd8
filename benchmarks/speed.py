"""Where the time of an answer goes, on the first review: the encoder, the cross-encoder, and all the rest.

    python benchmarks/speed.py [--turns 2] [--most 20]

Asks the questions of evaluation/questions.jsonl in one process, after a first turn that warms up. Prints medians and
95th percentiles in milliseconds; the cross-encoder and the rest as shares of the encoder's forward pass too, since
machines differ; and what the cross-encoder takes for as many passages as it might be given.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from data_sets import ROOT
from peerqa.cli.scripts import Parser, run

if TYPE_CHECKING:
    from peerqa import Assistant
    from peerqa.evaluation.questions import GoldQuestion
    from peerqa.models.cross_encoder import CrossEncoder

PASSAGES = (2, 3, 4, 6, 8)
"""Numbers of passages for which the cross-encoder is timed."""


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


def line(title: str, milliseconds: list[float]) -> str:
    """Median and 95th percentile as a line of the table."""
    import numpy as np

    return f"{title:24} median {np.median(milliseconds):6.1f} ms   p95 {np.quantile(milliseconds, 0.95):6.1f} ms"


def ask_all(assistant: Assistant, questions: list[GoldQuestion], watch: Stopwatch) -> dict[str, list[float]]:
    """Milliseconds of each question, by part: `ask` is the whole, `rest` what no other part took."""
    took: dict[str, list[float]] = {name: [] for name in (*watch.seconds, "rest", "ask")}
    for gold in questions:
        watch.reset()
        begun = time.perf_counter()
        assistant.ask(gold.question, gold.history)
        whole = time.perf_counter() - begun
        parts = {**watch.seconds, "rest": whole - sum(watch.seconds.values()), "ask": whole}
        for name, seconds in parts.items():
            took[name].append(1000 * seconds)
    return took


def reading(
    assistant: Assistant, questions: list[GoldQuestion], cross_encoder: CrossEncoder, count: int
) -> list[float]:
    """Milliseconds that the cross-encoder takes for the first `count` passages of each question."""
    took = []
    for gold in questions:
        ranking = assistant.rank(gold.question, gold.history)
        pairs = [
            (passage.heading, [assistant.sentence(passage, number) for number in range(len(passage.sentences))])
            for passage in ranking.passages[:count]
        ]
        begun = time.perf_counter()
        cross_encoder.score(ranking.question.written_out, ranking.question.history, pairs)
        took.append(1000 * (time.perf_counter() - begun))
    return took


def main() -> None:
    parser = Parser(__doc__)
    parser.add_argument("--turns", type=int, default=2, help="how often all questions are asked (default: 2)")
    parser.add_argument("--most", type=int, default=0, help="questions to ask (default: 0, all)")
    options = parser.parse_args()
    import numpy as np

    from peerqa import Assistant
    from peerqa.evaluation.questions import read_questions
    from peerqa.models.cross_encoder import TrainedCrossEncoder
    from peerqa.models.encoder import load_encoder

    questions = read_questions(ROOT / "evaluation" / "questions.jsonl")[: options.most or None]
    with TemporaryDirectory() as folder:
        started = time.perf_counter()
        encoder, cross_encoder = load_encoder(), TrainedCrossEncoder()
        assistant = Assistant.build(ROOT / "corpus", folder, encoder=encoder, cross_encoder=cross_encoder)
        built = time.perf_counter() - started
        started = time.perf_counter()
        Assistant.open(ROOT / "corpus", folder, encoder=encoder)
        opened = time.perf_counter() - started
    watch = Stopwatch()
    score = cross_encoder.score
    encoder.encode_tokens = watch.timed("encoder", encoder.encode_tokens)  # type: ignore[method-assign]
    cross_encoder.score = watch.timed("cross-encoder", score)  # type: ignore[method-assign]
    ask_all(assistant, questions, watch)
    turns = [ask_all(assistant, questions, watch) for _ in range(max(1, options.turns))]
    took = {name: [value for turn in turns for value in turn[name]] for name in turns[0]}
    for name, title in (
        ("ask", "answer, whole"),
        ("encoder", "encoder"),
        ("cross-encoder",) * 2,
        ("rest", "all the rest"),
    ):
        print(line(title, took[name]))
    for name in ("cross-encoder", "rest"):
        print(f"{name} / encoder, median of ratios: {np.median(np.divide(took[name], took['encoder'])):.2f}")
    cross_encoder.score = score  # type: ignore[method-assign]
    for count in PASSAGES:
        print(line(f"cross-encoder, {count} passages", reading(assistant, questions, cross_encoder, count)))
    print(f"build with loading the models {built:.1f} s; open again without it {1000 * opened:.0f} ms")


if __name__ == "__main__":
    run(main)
