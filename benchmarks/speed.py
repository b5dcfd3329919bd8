"""Where the time of an answer goes, on the first review: the model's forward pass, and all the rest.

    python benchmarks/speed.py

Prints medians and 95th percentiles over the questions of evaluation/questions.jsonl, in one process after a warm-up,
and the rest as a share of the forward pass, since machines differ.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from tempfile import TemporaryDirectory

import numpy as np

from corpora import ROOT
from peerqa import Assistant
from peerqa.evaluation import read_questions


def main() -> None:
    questions = read_questions(ROOT / "evaluation" / "questions.jsonl")
    with TemporaryDirectory() as folder:
        started = time.perf_counter()
        assistant = Assistant.build(ROOT / "corpus", folder)
        built = time.perf_counter() - started
        started = time.perf_counter()
        Assistant.open(ROOT / "corpus", folder, encoder=assistant._retriever._encoder)
        opened = time.perf_counter() - started
    encoder = assistant._retriever._encoder
    seconds: dict[str, list[float]] = {"forward": [], "rest": [], "ask": []}
    forward = [0.0]

    def timed(inner: Callable[..., object]) -> Callable[..., object]:
        def run(*arguments: object) -> object:
            begun = time.perf_counter()
            result = inner(*arguments)
            forward[0] += time.perf_counter() - begun
            return result

        return run

    encoder.encode_tokens = timed(encoder.encode_tokens)  # type: ignore[method-assign, assignment]
    for turn in range(3):
        for gold in questions:
            forward[0] = 0.0
            begun = time.perf_counter()
            assistant.ask(gold.question, gold.history)
            whole = time.perf_counter() - begun
            if turn:  # the first turn warms up
                for name, value in (("forward", forward[0]), ("rest", whole - forward[0]), ("ask", whole)):
                    seconds[name].append(1000 * value)
    for name, title in (("ask", "ask, whole"), ("forward", "forward pass"), ("rest", "all the rest")):
        print(f"{title:14} median {np.median(seconds[name]):6.1f} ms   p95 {np.quantile(seconds[name], 0.95):6.1f} ms")
    print(f"rest / forward, median of ratios: {np.median(np.divide(seconds['rest'], seconds['forward'])):.2f}")
    print(f"build with loading the model {built:.1f} s; open again without it {1000 * opened:.0f} ms")


if __name__ == "__main__":
    main()
