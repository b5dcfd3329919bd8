"""Where the time of an answer goes, on the first review: the encoder's forward pass, the reader, and all the rest.

    python benchmarks/speed.py

Prints medians and 95th percentiles over the questions of evaluation/questions.jsonl, in one process after a warm-up,
reader and rest as shares of the forward pass, since machines differ, and the whole by how many passages are read.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from tempfile import TemporaryDirectory

import numpy as np

from corpora import ROOT
from peerqa import Assistant
from peerqa.evaluation.questions import read_questions


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
    rereader = assistant._reranker
    assert rereader is not None
    seconds: dict[str, list[float]] = {"forward": [], "reader": [], "rest": [], "ask": []}
    spent = {"forward": 0.0, "reader": 0.0}

    def timed(name: str, inner: Callable[..., object]) -> Callable[..., object]:
        def run(*arguments: object) -> object:
            begun = time.perf_counter()
            result = inner(*arguments)
            spent[name] += time.perf_counter() - begun
            return result

        return run

    def ask_all(record: bool) -> list[float]:
        """Milliseconds that each question takes."""
        took = []
        for gold in questions:
            spent.update(forward=0.0, cross_encoder=0.0)
            begun = time.perf_counter()
            assistant.ask(gold.question, gold.history)
            whole = time.perf_counter() - begun
            took.append(1000 * whole)
            if record:
                for name, value in (*spent.items(), ("rest", whole - sum(spent.values())), ("ask", whole)):
                    seconds[name].append(1000 * value)
        return took

    encoder.encode_tokens = timed("forward", encoder.encode_tokens)  # type: ignore[method-assign, assignment]
    rereader._reader.read = timed("reader", rereader._reader.read)  # type: ignore[method-assign, assignment]
    for turn in range(3):
        ask_all(record=turn > 0)  # the first turn warms up
    titles = (("ask", "ask, whole"), ("forward", "forward pass"), ("reader", "reader"), ("rest", "all the rest"))
    for name, title in titles:
        print(f"{title:14} median {np.median(seconds[name]):6.1f} ms   p95 {np.quantile(seconds[name], 0.95):6.1f} ms")
    for name in ("reader", "rest"):
        print(f"{name} / forward, median of ratios: {np.median(np.divide(seconds[name], seconds['forward'])):.2f}")
    fusion_weights = rereader.fusion_weights
    for candidates in (0, 2, 3, 4, 6, 8):
        rereader.fusion_weights = replace(fusion_weights, candidates=candidates)
        took = ask_all(record=False)
        print(f"{candidates} passages read: median {np.median(took):6.1f} ms   p95 {np.quantile(took, 0.95):6.1f} ms")
    print(f"build with loading the model {built:.1f} s; open again without it {1000 * opened:.0f} ms")


if __name__ == "__main__":
    main()
