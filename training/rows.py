"""Rows to train on, from the open data sets: question, passage, and which of its sentences answer.

    python training/rows.py DATA OUT [--validation 0.02]

DATA is the folder that holds `reader-train` and `covid-qa` (README.md names each data set with its licence). Writes
OUT/train.jsonl, OUT/validation.jsonl and OUT/manifest.json (SHA-256 and number of rows of each file). Left out of both:
the articles of SQuAD 2.0 (evaluation/held-out.json) and of COVID-QA on which the benchmarks measure.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections import Counter
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from peerqa.cli.scripts import Parser, run
from peerqa.models.packaged import sha256_of

SOURCES = {
    "squad1-nqg": 0.5,
    "squad1-nqg-dev13": 0.7,
    "squad2-half": 1.0,
    "fairytaleqa": 0.6,
    "qamr": 0.6,
    "onestopqa": 1.0,
    "covid-qa": 1.0,
    "evidence-inference": 1.0,
    "qed": 1.0,
    "quotesum": 1.0,
    "hotpotqa-small": 1.0,
    "selqa-dev": 1.0,
}
"""Data sets, and the share of their questions that is used: the largest would crowd out the rest."""

HELD_OUT = Path(__file__).resolve().parent.parent / "evaluation" / "held-out.json"


def held_out_squad2() -> tuple[str, ...]:
    """Titles of the articles of SQuAD 2.0 on which the benchmarks measure."""
    return tuple(json.loads(HELD_OUT.read_text("utf-8"))["squad2"])


def held_out_covid_qa(data: Path) -> set[str]:
    """Ids of the questions on every second article of COVID-QA, on which the benchmarks measure."""
    articles = [json.loads(line) for line in (data / "covid-qa" / "dev.jsonl").read_text("utf-8").splitlines()]
    return {str(question["id"]) for article in articles[::2] for question in article["qas"]}


def read(data: Path, source: str, squad2: Collection[str], covid_qa: Collection[str]) -> Iterator[dict[str, Any]]:
    """The rows of a data set, without those held out: titles of SQuAD 2.0, ids of questions of COVID-QA."""
    with (data / "reader-train" / f"{source}.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if row["source"].startswith("squad2") and row["title"] in squad2:
                continue
            if source == "covid-qa" and str(row["qid"]) in covid_qa:
                continue
            row["file"] = source
            yield row


def _share(name: str) -> float:
    """A number in 0..1 that depends on the name alone."""
    return int(hashlib.sha256(name.encode()).hexdigest()[:8], 16) / 0xFFFFFFFF


def main() -> None:
    parser = Parser(__doc__)
    parser.add_argument("data", type=Path, metavar="DATA", help="folder of the open data sets")
    parser.add_argument("out", type=Path, metavar="OUT", help="folder to write into; it is made")
    parser.add_argument("--validation", type=float, default=0.02, help="share of the questions (default: 0.02)")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    squad2, covid_qa = held_out_squad2(), held_out_covid_qa(options.data)
    counts: dict[str, Counter[str]] = {}
    parts = {name: (options.out / f"{name}.jsonl").open("w", encoding="utf-8") for name in ("train", "validation")}
    for source in SOURCES:
        counts[source] = Counter()
        for row in read(options.data, source, squad2, covid_qa):
            # Chosen by question, so that the windows of one question stay together.
            if _share(f"used {source} {row['qid']}") >= SOURCES[source]:
                continue
            part = "validation" if _share(f"{source} {row['qid']}") < options.validation else "train"
            parts[part].write(json.dumps(row, ensure_ascii=False) + "\n")
            counts[source][part] += 1
        print(source, dict(counts[source]), file=sys.stderr)
    for part in parts.values():
        part.close()
    manifest = {
        "sources": {
            source: {
                "sha256": sha256_of(options.data / "reader-train" / f"{source}.jsonl"),
                **counts[source],
            }
            for source in SOURCES
        },
        "left_out": {"squad2": squad2, "covid-qa": sorted(covid_qa)},
    }
    (options.out / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    run(main)
