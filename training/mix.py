"""Mix rows to train on, so that style tells little: most passages without an answer belong to questions that have one.

    python training/mix.py OUT.jsonl --rows ours.jsonl more.jsonl --again rows/train.jsonl --most-again 9000

ROWS are what questions.py writes. Of a question that is answered the mix has the passages that answer and the best
ranked of those that do not, just as if the answer had been taken out of the document. Of questions that the document
does not answer it has only those whose wording looks answered to the classifier of style.py, which has seen no question
on their document. Of the rows AGAIN (rows.py) a part is drawn. All rows of a question stay together, which
train_cross_encoder.py needs. Prints how many there are, and how far the wording alone tells them apart. Needs
scikit-learn.
"""

from __future__ import annotations

import json
import random
from itertools import groupby
from pathlib import Path
from typing import Any

from peerqa.cli.scripts import Parser, run
from peerqa.evaluation import metrics
from style import features, held_out_scores

Set = list[dict[str, Any]]


def sets_of(rows: list[dict[str, Any]]) -> list[Set]:
    """The rows of each question, in their order."""
    return [list(items) for _, items in groupby(rows, key=lambda row: (row.get("source"), row["qid"]))]


def is_answered(rows: Set) -> bool:
    """Whether a passage of the set answers."""
    return any(row["answerable"] for row in rows)


def style_of(sets: list[Set], folds: int = 5) -> Any:
    """How much the wording of each question looks answered, to a classifier that has seen none on its document."""
    import numpy as np

    _, matrix = features([rows[0] for rows in sets])
    answered = np.array([is_answered(rows) for rows in sets])
    return held_out_scores(matrix, answered, np.array([rows[0]["doc"] for rows in sets]), folds)


def told_apart(sets: list[Set]) -> float:
    """AUROC of the wording alone."""
    scores = style_of(sets)
    good = [score for score, rows in zip(scores, sets, strict=True) if is_answered(rows)]
    bad = [score for score, rows in zip(scores, sets, strict=True) if not is_answered(rows)]
    return metrics.auroc(good, bad)


def shortened(rows: Set, negatives: int) -> Set:
    """The rows of a set that answer, and the first few of the others."""
    others = [row for row in rows if not row["answerable"]][:negatives]
    return [row for row in rows if row["answerable"] or any(row is other for other in others)]


def main() -> None:
    parser = Parser(__doc__)
    parser.add_argument("out", type=Path, metavar="OUT.jsonl", help="file of rows to write")
    parser.add_argument("--rows", type=Path, nargs="+", required=True, metavar="FILE", help="rows of questions.py")
    parser.add_argument("--again", type=Path, nargs="*", default=[], metavar="FILE", help="rows of rows.py")
    parser.add_argument("--most-again", type=int, default=9000, help="rows of those at most (default: 9000)")
    parser.add_argument("--negatives", type=int, default=3, help="passages that do not answer (default: 3)")
    parser.add_argument("--seed", type=int, default=1, help="seed of order and choice (default: 1)")
    options = parser.parse_args()
    chance = random.Random(options.seed)
    from checkpoints import load_rows  # only here: it loads torch

    sets = [rows for path in options.rows for rows in sets_of(load_rows([path]))]
    scores = style_of(sets)
    kept = [rows for rows, score in zip(sets, scores, strict=True) if is_answered(rows) or score > 0]
    print(
        f"{sum(map(is_answered, sets))} answered questions, {len(sets) - sum(map(is_answered, sets))} not answered: "
        f"AUROC of the wording alone {told_apart(sets):.3f}\n"
        f"{len(kept) - sum(map(is_answered, kept))} of these kept: {told_apart(kept):.3f}"
    )
    chosen = [shortened(rows, options.negatives if is_answered(rows) else 2) for rows in kept]
    again = sets_of(load_rows(options.again))
    chance.shuffle(again)
    count = 0
    for rows in again:
        if count + len(rows) > options.most_again:
            break
        chosen.append(rows)
        count += len(rows)
    chance.shuffle(chosen)
    with options.out.open("w", encoding="utf-8") as out:
        for rows in chosen:
            out.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    total, right = sum(map(len, chosen)), sum(row["answerable"] for rows in chosen for row in rows)
    print(f"{total} rows of {len(chosen)} questions, {count} of them again, {right} answer")


if __name__ == "__main__":
    run(main)
