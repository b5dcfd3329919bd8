"""A question limited to some of several reviews and to a section: the section is looked up in the reviews asked."""

from __future__ import annotations

from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from fake_assistant import library_of
from page_turns import next_turn
from peerqa.answering.answer import Answer
from peerqa.answering.assistant import Assistant
from peerqa.errors import CorpusError, SectionError
from peerqa.feedback.gaps import KeptQuestions
from peerqa.library.review import Review, read_review
from peerqa.library.starter_questions import about
from peerqa.reading.files import read_document
from peerqa.web.app import WebSettings, create_app
from several_reviews import QUESTION, several
from thresholds import ANSWER_NOTHING

HERE = "http://127.0.0.1"
HOURS, TRUST = "hours.md", "trust.md"


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return several(tmp_path_factory.mktemp("several"))


@pytest.fixture(scope="module")
def client(assistant: Assistant) -> Iterator[TestClient]:
    with TestClient(create_app(assistant), base_url=HERE) as opened:
        yield opened


def places(answer: Answer | dict[str, Any]) -> set[tuple[str, str]]:
    told = answer.to_dict() if isinstance(answer, Answer) else answer
    return {(passage["document"], passage["section"]) for passage in told["passages"]}


def test_a_section_of_the_reviews_that_are_asked(assistant: Assistant) -> None:
    narrowed = assistant.within("Trust")
    assert places(narrowed.ask(QUESTION)) == {(TRUST, "Trust")}
    answer = narrowed.ask(QUESTION, documents=[TRUST, HOURS])
    assert (places(answer), answer.section, answer.suggestions) == ({(TRUST, "Trust")}, "Trust", ())
    assert narrowed.ask(QUESTION, documents=[one.name for one in assistant.documents]).section == "Trust"
    with pytest.raises(
        SectionError, match=r"no section is called “Trust”; the sections are: .*Hours; Boundaries"
    ) as no:
        narrowed.ask(QUESTION, documents=[HOURS])
    assert "Trust" not in no.value.headings
    with pytest.raises(CorpusError, match="no review is called cheese"):
        narrowed.ask(QUESTION, documents=["cheese"])


def test_an_assistant_is_not_narrowed_with_those_made_of_it(assistant: Assistant) -> None:
    before = assistant.ask(QUESTION, documents=[HOURS])
    narrowed = assistant.within("Boundaries")
    assert places(narrowed.ask(QUESTION, documents=[HOURS])) == {(HOURS, "Boundaries")}
    assert narrowed.limited_to([HOURS]).ask(QUESTION).section == "Boundaries"
    assert assistant.limited_to([HOURS]).ask(QUESTION).section is None
    assert assistant.ask(QUESTION, documents=[HOURS]) == before
    assert before.section is None


def test_a_ranking_is_of_the_section(assistant: Assistant) -> None:
    assert {one.section for one in assistant.within("Boundaries").rank(QUESTION).passages} == {"Boundaries"}
    assert {one.section for one in assistant.rank(QUESTION).passages} > {"Boundaries"}


def test_a_program_names_both_and_is_told_which_is_wrong(client: TestClient) -> None:
    asked = {"question": QUESTION, "documents": [TRUST], "section": "trust"}
    answer = client.post("/api/ask", json=asked).json()
    assert (places(answer), answer["section"]) == ({(TRUST, "Trust")}, "trust")
    elsewhere = client.post("/api/ask", json={**asked, "section": "Boundaries"})
    assert elsewhere.status_code == 422
    assert elsewhere.json()["detail"].startswith("section: there is none of this name; there are: ")
    assert "Challenges; Trust" in elsewhere.json()["detail"]
    assert "Hours" not in elsewhere.json()["detail"]
    unknown = client.post("/api/ask", json={**asked, "documents": ["<cheese>"]})
    assert unknown.status_code == 422
    assert unknown.json()["detail"].startswith("There is no review of that name")


def test_the_page_takes_both(assistant: Assistant, client: TestClient) -> None:
    turn = next_turn(assistant, QUESTION, (), 100, documents=(TRUST,), section="Trust")
    told = unescape(turn.html)
    assert "Asked of: Trust among <Peers>" in told
    assert "Searched in:" in told
    assert "Boundaries" not in told
    nowhere = next_turn(assistant, QUESTION, (), 100, documents=(TRUST,), section="Boundaries")
    assert "There is no section “Boundaries” in what is asked" in unescape(nowhere.html)
    unknown = next_turn(assistant, QUESTION, (), 100, documents=("cheese",), section="Trust")
    assert "There is no review of that name" in unknown.html
    assert (nowhere.answered, unknown.answered) == (False, False)
    assert 'class="narrowed"' in client.get(f"/?document={HOURS}&section=Boundaries").text
    assert 'class="unknown"' in client.get(f"/?document={TRUST}&section=Boundaries").text


def test_what_a_section_of_some_reviews_does_not_answer_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "kept.sqlite"
    refusing = several(tmp_path, ANSWER_NOTHING)
    client = TestClient(create_app(refusing, settings=WebSettings(keep_questions=file)), base_url=HERE)
    asked = {"question": "Are hours short?", "documents": [TRUST], "section": "Trust"}
    answer = client.post("/api/ask", json=asked).json()
    assert answer["message"] == "The section “Trust” does not answer this."
    assert [question for _, question in KeptQuestions(file).questions()] == ["Are hours short?"]


# ---- several reviews


def review(folder: Path, name: str, *parts: str, given: str = "") -> Review:
    path = folder / f"{name}.md"
    front = f"---\ntitle: {name}\n{given}---\n\n"
    path.write_text(front + "".join(f"## {part}\n\nPeers met.\n\n" for part in parts), "utf-8")
    return read_review(read_document(path))


def test_starters_of_several_reviews_take_turns(tmp_path: Path) -> None:
    first = review(tmp_path, "first", "Introduction", "Rivers", "Lakes", "Ponds", "Limitations")
    second = review(tmp_path, "second", "Introduction", "Hills", "Barriers to Climbing")
    asked = list(library_of([first, second]).starters())
    wanted = ["Rivers", "Barriers to Climbing", "Limitations", "Hills", "Lakes", "Ponds"]
    assert asked == [about(heading) for heading in wanted]  # students, practitioners, instructors, and so on
    assert about("Introduction") in library_of([first]).starters()
    given = [
        review(tmp_path, name, "Introduction", given=f"starters:\n  - {name} one?\n  - {name} two?\n")
        for name in ("x", "y")
    ]
    assert list(library_of(given).starters()) == ["x one?", "y one?", "x two?", "y two?"]


def test_headings_are_those_with_passages(tmp_path: Path) -> None:
    path = tmp_path / "nested.md"
    path.write_text("# Nested\n\n## Above\n\n### Below\n\nPeers met.\n\n## Empty\n\n## Last\n\nThey spoke.\n", "utf-8")
    assert library_of([read_review(read_document(path))]).headings()[-3:] == ("Above", "Below", "Last")


def test_a_language_holds_from_the_library_to_the_chat(client: TestClient) -> None:
    french = {"accept-language": "fr"}
    html = unescape(client.get("/library?lang=en", headers=french).text)
    assert f'href="/?lang=en&document={HOURS}"' in html
    assert html.count('<input type="hidden" name="lang" value="en">') == 2  # the filters, and what is ticked
    assert 'name="lang"' not in client.get("/library").text
    said = unescape(client.get("/library?lang=fr").text)
    assert f'href="/fr/?document={HOURS}"' in said
    assert f'<a href="/about/{HOURS}?lang=fr" lang="en">' in said
