"""Answers are the review's own words at their own places, with every work that they cite."""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peerqa.answering.answer import Answer
from peerqa.answering.assistant import Assistant
from peerqa.answering.composing import Composer
from peerqa.retrieval.parameters import Parameters, shipped_parameters
from peerqa.retrieval.query import Query
from peerqa.retrieval.retriever import Hit, RetrievalResult
from peerqa.wording.catalogue import using
from peerqa.wording.notices import worded
from stub_encoder import StubEncoder
from thresholds import ANSWER_ALL, with_threshold

SELECTION = shipped_parameters().selection
KEYS = {
    "": "question interpreted_question status confidence passages references evidence message suggestions section "
    "refusal",
    "refusal": "missing nearest sections",
    "nearest": "passage start end text",
    "passages": "id document section paragraph page text start end highlights context items citations also_in",
    "context": "start end text before",
    "items": "start end text passage",
    "highlights": "start end text focus attribution page because",
    "focus": "start end text",
    "because": "question_word text_word weight",
    "citations": "mention start end status reason references",
    "references": "key authors year title container doi url text entries",
    "also_in": "id document",
    "entries": "document key text",
    "evidence": "works years",
}
"""The JSON of an answer, stable since version 0.1."""

WORDS = (
    "peer support PSWs hours pay trust naïve 日本 staff don’t co-workers consumers *really* **often** `x` 🙂".split()
)
MARKS = ["(Cole, 2014)", "(Diaz & Cole, 2011; Cole, 2014)", "(Nobody, 1999)", "(PSW)", "[1]", "(Cole, 2015)", "(2014)"]
LIST = """
## References

Cole, D. (2014). One title. *Journal*, 1(2), 3–4. https://doi.org/10.1000/one

Cole, E. (2014). Another title. *Journal*, 5(6), 7–8.

Diaz, A., & Cole, D. (2011). Third title. https://example.org/third
"""
SENTENCES = st.tuples(
    st.sampled_from(["Cole found", "Many", "Diaz & Cole (2011) say", "The"]),
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=12),
    st.one_of(st.none(), st.sampled_from(MARKS)),
    st.sampled_from([".", "?", ".”"]),
).map(lambda parts: f"{parts[0]} {' '.join(parts[1])}{' ' + parts[2] if parts[2] else ''}{parts[3]}")
PARAGRAPHS = st.lists(SENTENCES, min_size=1, max_size=6).map(" ".join)
SECTIONS = st.tuples(st.sampled_from(["Hours", "Pay & *trust*", "PSWs"]), st.lists(PARAGRAPHS, min_size=1, max_size=4))
REVIEWS = st.tuples(st.lists(SECTIONS, min_size=1, max_size=3), st.booleans()).map(
    lambda made: (
        "# Title\n\n"
        + "\n\n".join(f"## {heading}\n\n" + "\n\n".join(paragraphs) for heading, paragraphs in made[0])
        + ("\n" + LIST if made[1] else "\n")
    )
)
QUESTIONS = st.one_of(
    st.lists(st.sampled_from([*WORDS, "what", "why"]), max_size=8).map(" ".join), st.text(max_size=30)
)


@contextmanager
def assistant_over(*texts: str, parameters: Parameters = ANSWER_ALL) -> Iterator[Assistant]:
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder, "corpus")
        corpus.mkdir()
        for number, text in enumerate(texts):
            (corpus / f"{number}.md").write_text(text, "utf-8")
        yield Assistant.build(corpus, Path(folder, "index"), encoder=StubEncoder(), parameters=parameters)


def check_answer(assistant: Assistant, answer: Answer) -> None:
    """All that holds for any answer."""
    reviews = {review.document.name: review for review in assistant.reviews}
    assert len(answer.passages) <= (
        SELECTION.most_passages if answer.status == "answered" else SELECTION.nearest_passages
    )
    assert len({passage.id for passage in answer.passages}) == len(answer.passages)
    assert 0 <= answer.confidence <= 1
    assert (answer.message is None) == (answer.status == "answered")
    keys = {reference.key for reference in answer.references}
    for passage in answer.passages:
        review = reviews[passage.document]
        text = review.document.text
        assert passage.text == text[passage.start : passage.end]
        sentences = {(s.start, s.end) for paragraph in review.document.paragraphs for s in paragraph.sentences}
        for highlight in passage.highlights:
            assert highlight.text == passage.text[highlight.start : highlight.end]
            assert (highlight.start + passage.start, highlight.end + passage.start) in sentences
            if highlight.focus is not None:
                focus = highlight.focus
                assert highlight.start <= focus.start < focus.end <= highlight.end
                assert focus.text == passage.text[focus.start : focus.end]
        in_text = sorted(passage.highlights, key=lambda highlight: highlight.start)
        assert all(one.end <= other.start for one, other in pairwise(in_text))
        for context in passage.context:
            assert context.text == text[passage.start + context.start : passage.start + context.end]
            assert context.before in {highlight.start for highlight in passage.highlights}
            assert not text[passage.start + context.end : passage.start + context.before].strip()
        for item in passage.items:
            assert item.text == passage.text[item.start : item.end]
            assert any(one.start <= item.start < item.end <= one.end for one in passage.highlights)
        assert bool(passage.highlights) == (answer.status == "answered")
        known = {(c.start, c.end): c for c in review.citations}
        for citation in passage.citations:
            assert 0 <= citation.start < citation.end <= len(passage.text)
            where = (citation.start + passage.start, citation.end + passage.start)
            assert known[where].mention == citation.mention == review.document.plain(*where).text
            assert set(citation.references[:1]) <= keys
        for start, end in passage.markup:
            assert 0 <= start < end <= len(passage.text)
    for reference in answer.references:
        assert any(reference.text == work.text for review in reviews.values() for work in review.references)


def keys_of(value: object, name: str = "") -> None:
    if isinstance(value, dict):
        assert " ".join(value) == KEYS[name]
        for key, inner in value.items():
            keys_of(inner, key)
    elif isinstance(value, list):
        for inner in value:
            keys_of(inner, name)


@settings(max_examples=20, deadline=None)
@given(
    texts=st.lists(REVIEWS, min_size=1, max_size=2),
    asked=st.lists(QUESTIONS, min_size=1, max_size=4),
    limit=st.sampled_from([0, 1]),
)
def test_any_answer_is_the_reviews_own_words(texts: list[str], asked: list[str], limit: float) -> None:
    with assistant_over(*texts, parameters=with_threshold(limit)) as assistant:
        for number, question in enumerate(asked):
            answer = assistant.ask(question, asked[:number])
            check_answer(assistant, answer)
            keys_of(answer.to_dict())
            assert json.loads(json.dumps(answer.to_dict())) == answer.to_dict()


def test_a_thousand_answers_stand_in_the_source() -> None:
    chance = random.Random(1)

    def sentence() -> str:
        mark = chance.choice([*MARKS, "", "", ""])
        return f"Many {' '.join(chance.choices(WORDS, k=7))} {mark}".rstrip() + "."

    text = "# Title\n\n"
    for number in range(12):
        text += f"## Part {number}\n\n" if number % 5 == 0 else ""
        text += " ".join(sentence() for _ in range(chance.randint(1, 10))) + "\n\n"
    with assistant_over(text + LIST) as assistant:
        for _ in range(1000):
            check_answer(assistant, assistant.ask(" ".join(chance.choices(WORDS, k=chance.randint(1, 6)))))


# ---- the little review


def test_an_answer_shows_where_it_stands_and_what_it_cites(little_answering: Assistant) -> None:
    answer = little_answering.ask("Did inadequate hours limit the staff?")
    best = answer.passages[0]
    assert (best.section, best.document, best.paragraph) == ("Challenges", "peers.md", 3)
    assert [citation.status for citation in best.citations][:1] == ["resolved"]
    assert {"Tseris", "Moll"} <= {author for reference in answer.references for author in reference.authors}
    assert answer.years == (2009, 2020)
    assert answer.works == len(answer.references)
    assert answer.to_dict()["evidence"] == {"works": answer.works, "years": [2009, 2020]}


def test_a_sentence_that_cites_is_told_from_the_reviews_own(little_answering: Assistant) -> None:
    cited = little_answering.ask("inadequate hours were a challenge").passages[0].highlights[0]
    own = little_answering.ask("They also felt less alone").passages[0].highlights[-1]
    assert (cited.attribution, own.attribution) == ("cited", "review")


def test_a_reference_links_to_its_doi(little_answering: Assistant) -> None:
    answer = little_answering.ask("What did Moll et al. find on hours?")
    links = [reference.link for reference in answer.references]
    assert "https://doi.org/10.3233/WOR-2009-0893" in links


def test_what_is_not_covered_shows_the_nearest_and_claims_nothing(little_refusing: Assistant) -> None:
    answer = little_refusing.ask("What challenges do PSWs face?")
    assert answer.status == "not_covered"
    assert 0 < len(answer.passages) <= SELECTION.nearest_passages
    assert not any(passage.highlights for passage in answer.passages)
    assert answer.message
    assert answer.refusal is not None
    assert answer.refusal.sections[0] == "Challenges"
    nearest = answer.refusal.nearest
    assert nearest is not None
    assert next(one for one in answer.passages if one.id == nearest.passage).text[nearest.start : nearest.end] == (
        nearest.text
    )


def test_a_word_that_the_review_does_not_have_is_named(little_refusing: Assistant) -> None:
    answer = little_refusing.ask("How many PSWs work in Germany?")
    assert answer.refusal is not None
    assert answer.refusal.missing == ("Germany",)
    assert answer.message == "The review does not answer this. “Germany” does not occur in the review."
    assert little_refusing.ask("Do challenged PSWs hope?").message == "The review does not answer this."


@pytest.mark.parametrize("scores", [(0.9, 0.8, 0.1), (0.0, 0.0), (-0.2, -0.5)])
def test_the_best_passage_is_always_shown_with_its_best_sentence(little: Assistant, scores: tuple[float, ...]) -> None:
    number = min(little.library.passage_numbers(["peers.md"]) or ())
    passage = little.library.passage(number)
    hit = Hit(number, scores[0], (scores * 3)[: len(passage.sentences)])
    question = Query("why?", "why?", (), "question")
    answer = Composer(little.library, ANSWER_ALL).compose("why?", question, RetrievalResult((hit,), {}))
    assert [shown.id for shown in answer.passages] == [passage.id]
    assert answer.passages[0].highlights


def test_a_passage_far_behind_the_best_is_left_out(little: Assistant) -> None:
    rows = sorted(little.library.passage_numbers(["peers.md"]) or ())
    hits = [Hit(row, 1.0, (1.0,) * len(little.library.passage(row).sentences)) for row in rows]
    question = Query("why?", "why?", (), "question")

    def shown(*scores: float) -> int:
        scored = tuple(replace(hit, score=score) for hit, score in zip(hits, scores, strict=False))
        return len(Composer(little.library, ANSWER_ALL).compose("why?", question, RetrievalResult(scored, {})).passages)

    assert shown(1.0, 0.2, 0.1) == 1
    assert shown(1.0, 0.99, 0.2) == 2
    assert 1 < shown(1.0, 1.0, 1.0, 1.0, 1.0) <= SELECTION.most_passages


@pytest.mark.parametrize("text", ["hello", "thanks!", "", "???"])
def test_what_is_no_question_gets_a_friendly_line_and_starters(little: Assistant, text: str) -> None:
    answer = little.ask(text)
    assert answer.status == ("greeting" if text in ("hello", "thanks!") else "unclear")
    assert (answer.passages, answer.references, answer.confidence) == ((), (), 0.0)
    assert answer.message
    assert answer.suggestions == little.starters


def test_suggestions_lead_on_and_never_begin_again(little: Assistant) -> None:
    composer = Composer(little.library, ANSWER_ALL, covers=lambda questions, document: [True] * len(questions))
    numbers = sorted(little.library.passage_numbers(["peers.md"]) or ())
    hits = tuple(
        Hit(numbers[row], 1.0 - row / 10, (1.0,) * len(little.library.passage(numbers[row]).sentences))
        for row in (2, 1, 3, 4)
    )
    question = Query("inadequate hours", "inadequate hours", (), "question")
    suggestions = composer.compose("inadequate hours", question, RetrievalResult(hits, {})).suggestions
    assert suggestions
    assert set(map(str, suggestions)).isdisjoint(map(str, little.starters))


def test_no_question_is_suggested_that_is_not_answered(little: Assistant) -> None:
    tried: list[str] = []

    def covers(questions: Sequence[str], document: str) -> list[bool]:
        tried.extend(questions)
        return [False] * len(questions)

    composer = Composer(little.library, ANSWER_ALL, covers=covers)
    numbers = sorted(little.library.passage_numbers(["peers.md"]) or ())
    best = little.library.passage(numbers[2])
    hits = (Hit(numbers[2], 1.0, (1.0,) * len(best.sentences)), Hit(numbers[1], 0.5, (0.1, 0.1)))
    question = Query("inadequate hours", "inadequate hours", (), "question")
    for _ in range(2):
        assert composer.compose("inadequate hours", question, RetrievalResult(hits, {})).suggestions == ()
    assert tried
    assert len(tried) == len(set(tried))  # each is asked once


def test_works_of_two_reviews_with_the_same_key_can_be_told_apart() -> None:
    one = "# A\n\nPeers work few hours (Cole, 2014).\n\n## References\n\nCole, D. (2014). One title. *Journal*, 1(2).\n"
    other = one.replace("One title", "Quite another title").replace("few hours", "few paid hours")
    with assistant_over(one, other) as assistant:
        answer = assistant.ask("few hours of work")
        assert len(answer.passages) == len(answer.references) == 2
        assert len({reference.key for reference in answer.references}) == 2


def test_every_entry_that_an_ambiguous_citation_may_mean_is_given() -> None:
    with assistant_over(f"# A\n\nPeers work few hours (Cole, 2014).\n{LIST}") as assistant:
        answer = assistant.ask("few hours of work")
        (citation,) = answer.passages[0].citations
        assert citation.status == "ambiguous"
        assert set(citation.references) <= {reference.key for reference in answer.references}


def test_a_follow_up_names_the_question_that_it_goes_on_from(little: Assistant) -> None:
    answer = little.ask("what about their hours?", ["What challenges do PSWs face?"])
    assert answer.interpreted_question == answer.to_dict()["interpreted_question"] == str(answer.interpretation)
    assert answer.interpreted_question.endswith("? (going on from: What challenges do peer support workers face?)")
    with using("fr"):
        assert "(à la suite de" in worded(answer.interpretation)
    assert little.ask("hours").interpretation == "hours"
