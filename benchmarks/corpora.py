"""Documents with questions whose answers are known, in the form in which peerqa asks and scores them.

Two sets are part of the repository: the first review (corpus/, evaluation/questions.jsonl) and twelve articles with 840
questions (evaluation/articles/). The others are open data sets in a folder DATA, which `python benchmarks/fetch.py`
fills. A gold sentence is the sentence of our own splitting that shares most words with the one that the data set names.
"""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data_sets import ROOT as ROOT
from data_sets import find
from peerqa.evaluation.questions import FAR, NEAR, GoldQuestion, read_questions
from peerqa.library.review import Review, read_review
from peerqa.reading.files import read_document
from peerqa.reading.paragraphs import document_of_paragraphs, document_of_sentences

if TYPE_CHECKING:
    from peerqa.answering.assistant import Assistant
    from peerqa.models.cross_encoder import CrossEncoder
    from peerqa.models.encoder import Encoder
    from peerqa.retrieval.parameters import Parameters

ARTICLES = ROOT / "evaluation" / "articles"


@dataclass(frozen=True)
class Corpus:
    """One document with its questions; `source` is the data set that it is of."""

    source: str
    name: str
    review: Review
    questions: tuple[GoldQuestion, ...]

    def assistant(
        self, encoder: Encoder, cross_encoder: CrossEncoder | None = None, parameters: Parameters | None = None
    ) -> Assistant:
        """An assistant over this document alone. parameters: None for those that ship with the package."""
        from peerqa.answering.assistant import Assistant

        return Assistant.of([self.review], encoder, cross_encoder=cross_encoder, parameters=parameters)


def first_review() -> Corpus:
    """The review of the repository, with its questions."""
    path = ROOT / "corpus" / "peer-support-in-mental-health.md"
    questions = read_questions(ROOT / "evaluation" / "questions.jsonl")
    return Corpus("review", path.stem, read_review(read_document(path)), tuple(questions))


def articles(folder: Path = ARTICLES) -> Iterator[Corpus]:
    """Twelve articles with questions as students and practitioners type them, or another folder of that form."""
    asked: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for path in sorted(folder.glob("*questions.jsonl")):
        for row in _rows(path):
            asked[row["doc"]].append(row)
    for path in sorted(path for path in folder.glob("*.json") if path.stem in asked):
        article = json.loads(path.read_text("utf-8"))
        paragraphs = [(item["section"], " ".join(item["sentences"])) for item in article["paragraphs"]]
        review = review_of_paragraphs(article["doc"], article["title"], paragraphs)
        given = [item["sentences"] for item in article["paragraphs"]]

        def words(pairs: Sequence[Sequence[int]], review: Review = review, given: Any = given) -> tuple[str, ...]:
            return tuple(
                _nearest_sentence(review, " ".join(given[number]), given[number][sentence])
                for number, sentence in pairs
            )

        questions = tuple(
            GoldQuestion(
                f"{article['doc']}-{number}",
                row["question"],
                row["kind"],
                tuple(row["history"]),
                words(row["gold"]),
                words(row["also"]),
            )
            for number, row in enumerate(asked[article["doc"]])
        )
        yield Corpus("articles", article["doc"], review, questions)


def squad2(data: Path, most: int = 60) -> Iterator[Corpus]:
    """Eight articles of SQuAD 2.0, at most so many answerable and unanswerable questions of each."""
    for article in json.loads(find(data, "squad2/articles-1-8.json").read_text("utf-8"))["data"]:
        review = review_of_paragraphs(
            article["title"], article["title"].replace("_", " "), [("", p["context"]) for p in article["paragraphs"]]
        )
        good: list[GoldQuestion] = []
        bad: list[GoldQuestion] = []
        for paragraph in article["paragraphs"]:
            for row in paragraph["qas"]:
                essential: tuple[str, ...] = ()
                if not row["is_impossible"]:
                    essential = (_sentence_at(review, paragraph["context"], row["answers"][0]["answer_start"]),)
                kind = NEAR if row["is_impossible"] else "fact"
                (bad if row["is_impossible"] else good).append(
                    GoldQuestion(row["id"], row["question"], kind, (), essential, ())
                )
        yield Corpus("squad2", article["title"], review, (*_some(good, most), *_some(bad, most)))


def covid_qa(data: Path) -> Iterator[Corpus]:
    """Articles of COVID-QA with question and answer spans; all questions are answered."""
    for row in _rows(find(data, "covid-qa/dev.jsonl")):
        paragraphs, starts = _paragraphs_of(row["context"])
        review = review_of_paragraphs(str(row["document_id"]), paragraphs[0], [("", text) for text in paragraphs])
        questions = []
        for question in row["qas"]:
            at = question["answers"][0]["start"]
            number = max(index for index, start in enumerate(starts) if start <= at)
            essential = _sentence_at(review, paragraphs[number], at - starts[number])
            questions.append(GoldQuestion(str(question["id"]), question["question"], "fact", (), (essential,), ()))
        yield Corpus("covid-qa", str(row["document_id"]), review, tuple(questions))


def openstax(data: Path, most: int = 40) -> Iterator[Corpus]:
    """Chapters of a textbook: review questions, glossary (what is defined so?), personal questions (not answered)."""
    folder = find(data, "openstax-psychology")
    paragraphs: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in _rows(folder / "paragraphs.jsonl"):
        paragraphs[row["chapter"]].append(row)
    asked: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in _rows(folder / "questions.jsonl"):
        asked[row["chapter"]].append(row)
    for chapter, rows in sorted(paragraphs.items()):
        review = review_of_paragraphs(
            f"chapter-{chapter}", f"Chapter {chapter}", [(row["section_title"], row["text"]) for row in rows]
        )
        place = {row["pid"]: row["text"] for row in rows}
        questions: dict[str, list[GoldQuestion]] = defaultdict(list)
        for row in asked[chapter]:
            if row["kind"] == "personal-application":
                questions[NEAR].append(GoldQuestion(row["id"], row["question"], NEAR, (), (), ()))
            elif row["answer_verbatim_in"]:
                also = tuple(
                    _sentence_with(review, place[pid], row["answer"])
                    for pid in row["answer_verbatim_in"]
                    if pid in place
                )
                question = row["question"].replace("________", "what")
                questions[row["kind"]].append(GoldQuestion(row["id"], question, row["kind"], (), (), also))
        chosen = [question for items in questions.values() for question in _some(items, most)]
        yield Corpus("openstax-psychology", f"chapter-{chapter}", review, tuple(chosen))


def off_topic(corpora: Sequence[Corpus], each: int, seed: int = 0) -> dict[str, list[GoldQuestion]]:
    """For each corpus, questions that were put to corpora of other subjects."""
    chance = random.Random(seed)
    foreign: dict[str, list[GoldQuestion]] = {}
    for corpus in corpora:
        others = [
            q
            for other in corpora
            if other.name != corpus.name
            for q in other.questions
            if q.answerable and not q.history
        ]
        foreign[corpus.name] = [
            GoldQuestion(f"far-{q.id}", q.question, FAR, (), (), ())
            for q in chance.sample(others, min(each, len(others)))
        ]
    return foreign


# ---- between data set and document ----------------------------------------------------------------------------------


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def _some(questions: Sequence[GoldQuestion], most: int) -> list[GoldQuestion]:
    return random.Random(0).sample(list(questions), min(most, len(questions)))


def review_of_paragraphs(name: str, title: str, paragraphs: Iterable[tuple[str, str]]) -> Review:
    """A review of (heading, paragraph) pairs."""
    return read_review(document_of_paragraphs(name, title, paragraphs))


def review_of_sentences(name: str, heading: str, sentences: Sequence[str]) -> Review:
    """A review of one paragraph under a heading, its sentences as given."""
    return read_review(document_of_sentences(name, heading, sentences))


def _sentences(review: Review, paragraph: str) -> list[tuple[int, str]]:
    """(start within the paragraph, text) of the sentences of a paragraph, which is given by its words.

    By its words and not its number, since a line such as "doi: ..." at the top is metadata and no paragraph.
    """
    text, words = review.document.text, " ".join(paragraph.split())
    found = next((item for item in review.document.paragraphs if text[item.start : item.end] == words), None)
    if found is None:
        return [(0, words)]
    return [(sentence.start - found.start, text[sentence.start : sentence.end]) for sentence in found.sentences]


def _nearest_sentence(review: Review, paragraph: str, wanted: str) -> str:
    words = set(wanted.split())
    tidy = " ".join(wanted.split())
    return max(
        (text for _, text in _sentences(review, paragraph)),
        key=lambda text: (text == tidy, len(words & set(text.split()))),
    )


def _sentence_at(review: Review, paragraph: str, offset: int) -> str:
    sentences = _sentences(review, paragraph)
    return [text for start, text in sentences if start <= max(offset, sentences[0][0])][-1]


def _sentence_with(review: Review, paragraph: str, answer: str) -> str:
    sentences = [text for _, text in _sentences(review, paragraph)]
    return next((text for text in sentences if answer.casefold() in text.casefold()), sentences[0])


def _paragraphs_of(context: str) -> tuple[list[str], list[int]]:
    """The paragraphs of a text and where each begins; long ones without breaks are left to the passages."""
    paragraphs: list[str] = []
    starts: list[int] = []
    position = 0
    for part in context.split("\n\n"):
        if part.strip():
            paragraphs.append(" ".join(part.split()))
            starts.append(position + len(part) - len(part.lstrip()))
        position += len(part) + 2
    return paragraphs, starts
