"""The documents with questions that are part of the repository."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from corpora import ARTICLES, articles, first_review, off_topic
from peerqa.cli.scripts import ScriptError
from question_sets import article_of, is_answered, questions_by_document, without_answer


def test_the_articles_are_what_their_manifest_says() -> None:
    manifest = json.loads((ARTICLES / "manifest.json").read_text("utf-8"))
    assert len(manifest) == 12
    listed = (ARTICLES / "README.md").read_text("utf-8")
    for entry in manifest:
        assert hashlib.sha256((ARTICLES / entry["file"]).read_bytes()).hexdigest() == entry["sha256"]
        assert entry["license"].startswith("https://creativecommons.org/licenses/by/")
        assert f"https://doi.org/{entry['doi']}" in listed
        assert all(author in listed for author in entry["authors"])


def test_each_marked_sentence_stands_in_its_article() -> None:
    corpora = list(articles())
    assert len(corpora) == 12
    assert sum(len(corpus.questions) for corpus in corpora) == 840
    assert sum(not question.answerable for corpus in corpora for question in corpus.questions) == 288
    for corpus in corpora:
        for question in corpus.questions:
            for sentence in (*question.essential, *question.also):
                assert sentence in corpus.review.document.text


def test_questions_of_other_subjects_are_not_answered() -> None:
    corpora = [*list(articles())[:2], first_review()]
    foreign = off_topic(corpora, 3)
    assert {name: len(questions) for name, questions in foreign.items()} == {corpus.name: 3 for corpus in corpora}
    assert not any(question.answerable for questions in foreign.values() for question in questions)


def test_the_answer_can_be_taken_out_of_a_document() -> None:
    for name, asked in questions_by_document(ARTICLES).items():
        article = article_of(ARTICLES, name)
        for question in filter(is_answered, asked):
            marked = {article["paragraphs"][p]["sentences"][s] for p, s in (*question["gold"], *question["also"])}
            rest = without_answer(article, question)["paragraphs"]
            assert not marked & {sentence for paragraph in rest for sentence in paragraph["sentences"]}
            paragraphs = {p for p, _ in (*question["gold"], *question["also"])}
            assert len(rest) == len(article["paragraphs"]) - len(paragraphs)


def test_a_broken_question_is_named_by_its_line(tmp_path: Path) -> None:
    (tmp_path / "questions.jsonl").write_text('{"doc": "a", "question": "Why?", "gold": []}\n{"doc": "a"}\n')
    with pytest.raises(ScriptError, match=r"questions\.jsonl, line 2"):
        questions_by_document(tmp_path)
