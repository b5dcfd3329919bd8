"""Make pairs that differ in nothing but the answer: a question with its document, and without what answers it.

    python training/pairs.py FOLDER OUT [--only NAME ...] [--without NAME ...]

Written questions that a document does not answer differ in style from those that it does, so a classifier can learn the
style in place of the answer (style.py measures how much). In a pair the question is the same. FOLDER is a question set:
documents, and questions with marked answers (question_sets.py). For each answered question OUT gets two rows, in
OUT/questions.jsonl:

    {"doc": NAME, "question", "kind", "history", "gold", "also", "pair": ID, "out": []}
    {"doc": NAME, "question", "kind": "without", "history", "gold": [], "also": [], "pair": ID, "out": [p, ...]}

and OUT/NAME.json the document. The second row is put to the document without the paragraphs `out`: all that hold an
essential or also-right sentence. A question whose answer is all of the document is left out. An answer that is marked
nowhere may remain in the text; so the sets of `out` are only as complete as the marks are.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from peerqa.cli.scripts import Parser, ScriptError, run
from question_sets import article_of, is_answered, questions_by_document, without_answer


def pairs_of(article: dict[str, Any], asked: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """(row that is answered, row that is not) of each answered question on a document."""
    for number, question in enumerate(asked):
        if not is_answered(question) or not without_answer(article, question)["paragraphs"]:
            continue
        out = sorted({paragraph for paragraph, _ in (*question["gold"], *question["also"])})
        if out[-1] >= len(article["paragraphs"]):
            raise ScriptError(f"{article['doc']}: question {number} names paragraph {out[-1]}, which is not there")
        name = f"{article['doc']}-{number}"
        yield (
            {**question, "pair": name, "out": []},
            {**question, "kind": "without", "gold": [], "also": [], "pair": name, "out": out},
        )


def main() -> None:
    parser = Parser(__doc__)
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="question set to make pairs of")
    parser.add_argument("out", type=Path, metavar="OUT", help="folder to write into; it is made")
    parser.add_argument("--only", nargs="*", default=[], metavar="NAME", help="these documents alone")
    parser.add_argument("--without", nargs="*", default=[], metavar="NAME", help="not these documents")
    options = parser.parse_args()
    made = left = 0
    lines = []
    options.out.mkdir(parents=True, exist_ok=True)
    for name, asked in sorted(questions_by_document(options.folder).items()):
        if (options.only and name not in options.only) or name in options.without:
            continue
        article = article_of(options.folder, name)
        pairs = list(pairs_of(article, asked))
        made += len(pairs)
        left += sum(is_answered(question) for question in asked) - len(pairs)
        lines += [json.dumps(row, ensure_ascii=False) for pair in pairs for row in pair]
        (options.out / f"{name}.json").write_text(json.dumps(article, ensure_ascii=False, indent=1) + "\n", "utf-8")
    (options.out / "questions.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    print(f"{made} pairs in {options.out}; {left} answered questions left out")


if __name__ == "__main__":
    run(main)
