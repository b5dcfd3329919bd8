"""Rows to train on, from questions on whole documents, with hard negatives from peerqa's own retrieval.

    python training/questions.py FOLDER OUT.jsonl [--only NAME ...] [--without NAME ...] [--negatives 4]

FOLDER holds documents (NAME.json: {"doc", "title", "paragraphs": [{"p", "section", "sentences"}]}) and questions
(*questions.jsonl: {"doc", "question", "kind", "history", "gold": [[p, s]], "also": [[p, s]]}; both empty where the
document does not answer). Each question is put to its document as a user would put it. Its rows are the passages that
answer and the best ranked of those that do not, as peerqa reads them: without citations, abbreviations written out.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from peerqa.cli.scripts import Parser, run
from peerqa.library.review import Review, read_review
from peerqa.reading.paragraphs import document_of_paragraphs
from question_sets import article_of, questions_by_document

if TYPE_CHECKING:
    from peerqa.models.encoder import Encoder


def review_of(article: dict[str, Any]) -> Review:
    """A document of a question set as a review."""
    paragraphs = [(item["section"], " ".join(item["sentences"])) for item in article["paragraphs"]]
    return read_review(document_of_paragraphs(str(article["doc"]), article["title"], paragraphs))


def rows_of(
    article: dict[str, Any], asked: Sequence[dict[str, Any]], encoder: Encoder, negatives: int
) -> Iterator[dict[str, Any]]:
    """The rows of the questions `asked` about one document; at most `negatives` that do not answer for each."""
    from peerqa.answering.assistant import Assistant

    review = review_of(article)
    texts = dict(zip((passage.id for passage in review.passages), review.embedded_texts, strict=True))
    given = [item["sentences"] for item in article["paragraphs"]]
    assistant = Assistant.of([review], encoder)
    words = {
        passage.id: [" ".join(assistant.sentence(passage, number).split()) for number in range(len(passage.sentences))]
        for passage in review.passages
    }
    for number, row in enumerate(asked):
        right = [given[p][s] for p, s in (*row["gold"], *row["also"])]
        question, result = assistant.search(row["question"], row["history"])
        if question.kind != "question" or result is None:
            continue
        taken = 0
        for hit in result.hits:
            passage = assistant.library.passage(hit.row)
            labels = [int(any(_same(sentence, wanted) for wanted in right)) for sentence in words[passage.id]]
            if not any(labels):
                taken += 1
                if taken > negatives:
                    continue
            text = texts[passage.id]
            yield {
                "source": "questions",
                "question": question.written_out,
                "history": list(question.history),
                "title": passage.heading,
                "sentences": [text.text[start:end] for start, end in text.sentences],
                "labels": labels,
                "retrieved": [round(float(score), 4) for score in hit.sentences],
                "answerable": int(any(labels)),
                "qid": f"{article['doc']}-{number}",
                "kind": row["kind"],
                "doc": article["doc"],
                "fixed": True,
            }


def _same(sentence: str, wanted: str) -> bool:
    """Whether two sentences are the same; another splitter may have cut one of them differently."""
    wanted = " ".join(wanted.split())
    if sentence == wanted:
        return True
    mine, other = set(sentence.casefold().split()), set(wanted.casefold().split())
    return len(mine & other) >= 0.75 * min(len(mine), len(other)) and min(len(mine), len(other)) >= 5


def main() -> None:
    parser = Parser(__doc__)
    parser.add_argument(
        "folder", type=Path, metavar="FOLDER", help="documents and questions, as documents.py writes them"
    )
    parser.add_argument("out", type=Path, metavar="OUT.jsonl", help="file of rows to write")
    parser.add_argument("--only", nargs="*", default=[], metavar="NAME", help="these documents alone")
    parser.add_argument("--without", nargs="*", default=[], metavar="NAME", help="not these documents")
    parser.add_argument(
        "--negatives", type=int, default=4, help="passages of a question that do not answer (default: 4)"
    )
    options = parser.parse_args()
    asked = questions_by_document(options.folder)
    from peerqa.models.encoder import load_encoder

    encoder = load_encoder()
    written = 0
    with options.out.open("w", encoding="utf-8") as out:
        for name, questions in sorted(asked.items()):
            if (options.only and name not in options.only) or name in options.without:
                continue
            for row in rows_of(article_of(options.folder, name), questions, encoder, options.negatives):
                out.write(json.dumps(row, ensure_ascii=False) + "\n")
                written += 1
            print(name, len(questions), written, file=sys.stderr)


if __name__ == "__main__":
    run(main)
