"""Question sets with marked answers: reading them, and taking the answer out of a document.

A set is a folder of documents (NAME.json: {"doc", "title", "paragraphs": [{"p", "section", "sentences"}]}) and of
questions (*questions.jsonl: {"doc", "question", "kind", "history", "gold": [[p, s]], "also": [[p, s]]}). `gold` has the
essential sentences and `also` the also-right ones, each as [paragraph, sentence], counted from 0; both are empty for a
question that the document does not answer. evaluation/articles and what documents.py writes are of this form.
"""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

from peerqa.cli.scripts import ScriptError


def questions_by_document(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """The questions of a set, by the name of their document. Raises ScriptError if there are none or one is broken."""
    asked: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for path in sorted(folder.glob("*questions.jsonl")):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            try:
                row = json.loads(line)
                asked[row["doc"]].append({"history": [], "also": [], **row, "gold": row["gold"]})
            except (ValueError, KeyError, TypeError):
                raise ScriptError(f"{path}, line {number}: no question with `doc` and `gold`") from None
    if not asked:
        raise ScriptError(f"{folder}: holds no file whose name ends in questions.jsonl")
    return dict(asked)


def article_of(folder: Path, name: str) -> dict[str, Any]:
    """A document of a set."""
    path = folder / f"{name}.json"
    if not path.is_file():
        raise ScriptError(f"{path} is missing, though there are questions on it; documents.py writes the documents")
    article: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return article


def is_answered(question: dict[str, Any]) -> bool:
    """Whether a sentence is marked that answers."""
    return bool(question["gold"] or question["also"])


def without_answer(article: dict[str, Any], question: dict[str, Any]) -> dict[str, Any]:
    """The document without each paragraph that holds an essential or also-right sentence of the question."""
    out = {paragraph for paragraph, _ in (*question["gold"], *question["also"])}
    kept = [paragraph for number, paragraph in enumerate(article["paragraphs"]) if number not in out]
    return {**article, "paragraphs": kept}
