"""Questions on whole documents -> training rows with hard negatives from peerqa's own retrieval.

    python training/questions.py FOLDER OUT.jsonl [--only NAME ...] [--without NAME ...] [--negatives 4]

FOLDER holds documents (NAME.json: {"doc", "title", "paragraphs": [{"p", "section", "sentences"}]}) and questions
(*questions.jsonl: {"doc", "question", "kind", "history", "gold": [[p, s]], "also": [[p, s]]}; both empty where the
document does not answer). A question is put to its document as a user would put it; its rows are the passages that
answer and the best of those that do not, each as the product reads it (citation marks out, abbreviations written out).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from peerqa.answering.assistant import Assistant
from peerqa.index.building import build_index, embedded_texts
from peerqa.index.store import Store
from peerqa.library.review import Review
from peerqa.models.encoder import SentenceEncoder

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "benchmarks"))
from corpora import review_of_paragraphs


def review_of(article: dict[str, Any]) -> Review:
    """A document given as headings and sentences, as a review."""
    paragraphs = [(item["section"], " ".join(item["sentences"])) for item in article["paragraphs"]]
    return review_of_paragraphs(str(article["doc"]), article["title"], paragraphs)


def rows_of(
    article: dict[str, Any], asked: Sequence[dict[str, Any]], encoder: SentenceEncoder, negatives: int
) -> Iterator[dict[str, Any]]:
    """The rows of all questions put to one document."""
    review = review_of(article)
    texts = dict(zip((passage.id for passage in review.passages), embedded_texts([review]), strict=True))
    given = [item["sentences"] for item in article["paragraphs"]]
    with TemporaryDirectory() as folder:
        assistant = Assistant([review], build_index([review], Store(Path(folder)), encoder), encoder)
    words = {
        passage.id: [" ".join(assistant.sentence(passage, number).split()) for number in range(len(passage.sentences))]
        for passage in review.passages
    }
    for number, row in enumerate(asked):
        right = [given[p][s] for p, s in (*row["gold"], *row["also"])]
        ranking = assistant.rank(row["question"], row["history"])
        if ranking.question.kind != "question":
            continue
        taken = 0
        for passage in ranking.passages:
            labels = [int(any(_same(sentence, wanted) for wanted in right)) for sentence in words[passage.id]]
            if not any(labels):
                taken += 1
                if taken > negatives:
                    continue
            text = texts[passage.id]
            yield {
                "source": "questions",
                "question": ranking.question.written_out,
                "history": list(ranking.question.history),
                "title": passage.heading,
                "sentences": [text.text[start:end] for start, end in text.sentences],
                "labels": labels,
                "answerable": int(any(labels)),
                "qid": f"{article['doc']}-{number}",
                "kind": row["kind"],
                "doc": article["doc"],
                "fixed": True,
            }


def _same(sentence: str, wanted: str) -> bool:
    """Whether two sentences are the same one, though another splitter may have cut it otherwise."""
    wanted = " ".join(wanted.split())
    if sentence == wanted:
        return True
    mine, other = set(sentence.casefold().split()), set(wanted.casefold().split())
    return len(mine & other) >= 0.75 * min(len(mine), len(other)) and min(len(mine), len(other)) >= 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--without", nargs="*", default=[])
    parser.add_argument("--negatives", type=int, default=4, help="passages that do not answer, for each question")
    options = parser.parse_args()
    asked: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for path in sorted(options.folder.glob("*questions.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            row = json.loads(line)
            asked[row["doc"]].append(row)
    encoder = SentenceEncoder()
    written = 0
    with options.out.open("w", encoding="utf-8") as out:
        for name, questions in sorted(asked.items()):
            if (options.only and name not in options.only) or name in options.without:
                continue
            article = json.loads((options.folder / f"{name}.json").read_text("utf-8"))
            for row in rows_of(article, questions, encoder, options.negatives):
                out.write(json.dumps(row, ensure_ascii=False) + "\n")
                written += 1
            print(name, len(questions), written, file=sys.stderr)


if __name__ == "__main__":
    main()
