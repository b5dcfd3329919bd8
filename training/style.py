"""Measure how far the wording of a question alone tells whether its document answers it.

    python training/style.py FOLDER [FOLDER ...] [--folds 5] [--words 8]

Each FOLDER is a question set (question_sets.py). A logistic regression sees the question and nothing else: its words
and pairs of words, its length in words and characters, and whether it is a follow-up. It is measured by
cross-validation; all questions on a document are in one fold. Prints the AUROC (.5: the wording tells nothing; 1: it
tells all) with a 95 % interval over documents, the AUROC of the length alone, and the words that tell most. A set with
a high AUROC teaches a model style in place of answers; pairs.py makes one whose AUROC is .5 by construction. Needs
scikit-learn.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from peerqa.cli.scripts import Parser, ScriptError, run
from peerqa.evaluation import metrics
from question_sets import is_answered, questions_by_document

RESAMPLED = 500
"""Bootstrap samples of documents for the interval."""


def features(questions: Sequence[dict[str, Any]]) -> tuple[Any, Any]:
    """(column names, sparse matrix) of each question; the last three columns are not words."""
    import numpy as np
    from scipy.sparse import csr_matrix, hstack
    from sklearn.feature_extraction.text import TfidfVectorizer

    texts = [question["question"] for question in questions]
    vectorizer = TfidfVectorizer(ngram_range=(1, 2), min_df=3, sublinear_tf=True, token_pattern=r"(?u)\b\w+\b|\?")
    words = vectorizer.fit_transform(texts)
    lengths = np.array([[len(text.split()) / 10, len(text) / 60, float(bool(q["history"]))]
                        for text, q in zip(texts, questions, strict=True)])  # fmt: skip
    names = [*vectorizer.get_feature_names_out(), "(words)", "(characters)", "(follow-up)"]
    return names, hstack([words, csr_matrix(lengths)]).tocsr()


def held_out_scores(matrix: Any, answered: Any, documents: Any, folds: int) -> Any:
    """Score of each question by a classifier that has seen no question on its document."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedGroupKFold

    scores = np.zeros(len(answered))
    splits = StratifiedGroupKFold(folds, shuffle=True, random_state=0)
    for train, test in splits.split(matrix, answered, documents):
        model = LogisticRegression(C=1.0, max_iter=2000, class_weight="balanced").fit(matrix[train], answered[train])
        scores[test] = model.decision_function(matrix[test])
    return scores


def interval(scores: Any, answered: Any, documents: Any) -> tuple[float, float]:
    """95 % interval of the AUROC over bootstrap samples of documents."""
    import numpy as np

    rows = {name: np.flatnonzero(documents == name) for name in sorted(set(documents))}
    chance = random.Random(0)
    found = []
    for _ in range(RESAMPLED):
        chosen = np.concatenate([rows[name] for name in chance.choices(list(rows), k=len(rows))])
        good, bad = scores[chosen][answered[chosen]], scores[chosen][~answered[chosen]]
        if len(good) and len(bad):
            found.append(metrics.auroc(good, bad))
    return float(np.quantile(found, 0.025)), float(np.quantile(found, 0.975))


def measure(folder: Path, folds: int, words: int) -> None:
    """Print the lines of a question set."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    questions = [question for asked in questions_by_document(folder).values() for question in asked]
    answered = np.array([is_answered(question) for question in questions])
    documents = np.array([question["doc"] for question in questions])
    if answered.all() or not answered.any() or len(set(documents)) < folds:
        raise ScriptError(f"{folder}: needs questions of both kinds, on at least {folds} documents")
    names, matrix = features(questions)
    scores = held_out_scores(matrix, answered, documents, folds)
    low, high = interval(scores, answered, documents)
    by_length = held_out_scores(matrix[:, -3:-1], answered, documents, folds)
    print(
        f"{folder}: {len(questions)} questions on {len(set(documents))} documents, {(~answered).sum()} not answered\n"
        f"  AUROC by the question alone {metrics.auroc(scores[answered], scores[~answered]):.3f} "
        f"({low:.3f} to {high:.3f}); by its length alone "
        f"{metrics.auroc(by_length[answered], by_length[~answered]):.3f}"
    )
    weights = LogisticRegression(C=1.0, max_iter=2000, class_weight="balanced").fit(matrix, answered).coef_[0]
    order = np.argsort(weights)
    print(f"  tell that it is not answered: {', '.join(names[column] for column in order[:words])}")
    print(f"  tell that it is answered: {', '.join(names[column] for column in order[::-1][:words])}")


def main() -> None:
    parser = Parser(__doc__)
    parser.add_argument("folders", type=Path, nargs="+", metavar="FOLDER", help="question set")
    parser.add_argument("--folds", type=int, default=5, help="parts of the cross-validation (default: 5)")
    parser.add_argument("--words", type=int, default=8, help="words to print for each side (default: 8)")
    options = parser.parse_args()
    for folder in options.folders:
        measure(folder, options.folds, options.words)


if __name__ == "__main__":
    run(main)
