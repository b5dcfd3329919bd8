"""Several reviews: answers that draw on them, the library page, limits, and what they share."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import bibtexparser
import pytest
from fastapi.testclient import TestClient

from fake_assistant import FakeAssistant
from page_turns import next_turn
from peerqa.answering.answer import Answer
from peerqa.answering.assistant import Assistant
from peerqa.cli.rendering import Style, answer_as_text
from peerqa.errors import CorpusError
from peerqa.library.listing import FORMATS, Filters
from peerqa.library.review import Review, read_review
from peerqa.reading.files import SUFFIXES
from peerqa.reading.markdown import read_markdown
from peerqa.web.app import create_app
from peerqa.web.views.answer_card import render_answer
from peerqa.web.views.library import render_library
from several_reviews import QUESTION, several
from stub_encoder import StubEncoder
from thresholds import ANSWER_ALL

HERE = "http://127.0.0.1"


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return several(tmp_path_factory.mktemp("several"))


@pytest.fixture(scope="module")
def client(assistant: Assistant) -> Iterator[TestClient]:
    with TestClient(create_app(assistant), base_url=HERE, follow_redirects=False) as opened:
        yield opened


# ---- answers


def test_a_passage_that_two_reviews_have_is_shown_once(assistant: Assistant) -> None:
    answer = assistant.ask(QUESTION)
    best = answer.passages[0]
    assert {best.document, *(one.document for one in best.also_in)} == {"hours.md", "trust.md"}
    assert not {one.id for one in best.also_in} & {passage.id for passage in answer.passages}
    (repeat,) = best.also_in
    assert repeat.id.startswith(repeat.document)
    alone = assistant.ask(QUESTION, documents=[repeat.document]).passages[0]
    assert (alone.id, alone.also_in) == (repeat.id, ())
    assert f"also in: {repeat.document}" in answer_as_text(answer, Style())


def test_a_work_of_two_lists_is_one_and_keeps_both_spellings(assistant: Assistant) -> None:
    answer = assistant.ask(QUESTION)
    works = {work.key: work for work in answer.references}
    assert {"moll-2009", "cole-2014-trust"} <= set(works)
    moll = works["moll-2009"]
    assert [entry.document for entry in moll.entries] == ["hours.md", "trust.md"]
    assert len({entry.text for entry in moll.entries}) == 2
    listed = moll.to_dict()["entries"]
    assert [entry["document"] for entry in listed] == ["hours.md", "trust.md"]
    assert works["cole-2014-trust"].own_key == "cole-2014"
    for passage in answer.passages:
        for citation in passage.citations:
            assert set(citation.references) <= set(works)
    html = render_answer(answer, turn=1, titles={one.name: one.title for one in assistant.documents})
    assert html.count("Also in the list of one other review") == 1
    assert "Trust among &#60;Peers&#62;" in html


def test_exports_name_a_shared_work_once_and_others_by_keys_of_their_own(client: TestClient) -> None:
    works = ["hours.md:moll-2009", "trust.md:moll-2009", "hours.md:cole-2014", "trust.md:cole-2014", "x:moll-2009"]
    bib = client.get("/export/references.bib", params={"work": works}).text
    keys = [entry.key for entry in bibtexparser.parse_string(bib).entries]
    assert sorted(keys) == ["cole-2014", "cole-2014-trust", "moll-2009"]


def test_answers_can_be_limited(assistant: Assistant, client: TestClient) -> None:
    whole = assistant.ask(QUESTION)
    assert len({passage.document for passage in whole.passages}) > 1
    limited = assistant.ask(QUESTION, documents=["walking", "trust.md"])
    assert {passage.document for passage in limited.passages} <= {"walking.txt", "trust.md"}
    assert assistant.limited_to(["walking"]).ask(QUESTION) == assistant.limited_to(["walking.txt"]).ask(QUESTION)
    assert assistant.limited_to([one.name for one in assistant.documents]).ask(QUESTION) == whole
    assert limited == assistant.limited_to(["trust", "walking"]).ask(QUESTION)
    answered = client.post("/api/ask", json={"question": "many hours a day", "documents": ["walking.txt"]}).json()
    assert {passage["document"] for passage in answered["passages"]} == {"walking.txt"}
    with pytest.raises(CorpusError, match=r"no review is called cheese; there are hours\.md"):
        assistant.ask("hours", documents=["cheese"])
    refused = client.post("/api/ask", json={"question": "hours", "documents": ["<cheese>"]})
    assert refused.status_code == 422
    assert "cheese" not in refused.text


def test_answers_can_be_limited_by_tag(assistant: Assistant, client: TestClient) -> None:
    assert answering(assistant.ask(QUESTION, tags=["trust"])) == {"trust.md"}
    assert answering(assistant.ask(QUESTION, tags=["peers"])) == {"hours.md", "trust.md"}
    assert answering(assistant.ask(QUESTION, tags=["hours", "trust"])) == {"hours.md", "trust.md"}
    assert answering(assistant.ask(QUESTION, documents=["hours", "walking"], tags=["peers"])) == {"hours.md"}
    assert answering(assistant.ask(QUESTION, documents=["walking"], tags=["peers"])) == set()
    assert assistant.ask(QUESTION, tags=["trust"]) == assistant.limited_to(["trust"]).ask(QUESTION)
    assert assistant.limited_to(tags=["trust"]).ask(QUESTION) == assistant.ask(QUESTION, tags=["trust"])
    with pytest.raises(CorpusError, match=r"no review has the tag cheese; there are hours, peers, trust"):
        assistant.ask(QUESTION, tags=["peers", "cheese"])


def test_a_program_limits_answers_by_tag(client: TestClient) -> None:
    asked = {"question": QUESTION, "tags": ["trust"]}
    answered = client.post("/api/ask", json=asked).json()
    assert {passage["document"] for passage in answered["passages"]} == {"trust.md"}
    narrowed = client.post("/api/ask", json={**asked, "section": "Trust"}).json()
    assert {(one["document"], one["section"]) for one in narrowed["passages"]} == {("trust.md", "Trust")}
    refused = client.post("/api/ask", json={**asked, "tags": ["<cheese>"]})
    assert refused.status_code == 422
    assert refused.json() == {"detail": "tags: no review has this one; there are: hours; peers; trust"}
    assert client.post("/api/ask", json={**asked, "tags": ["x" * 501]}).status_code == 422


def answering(answer: Answer) -> set[str]:
    """The reviews with a passage in an answer, or with one that repeats it."""
    return {name for one in answer.passages for name in (one.document, *(same.document for same in one.also_in))}


def test_to_limit_an_answer_nothing_is_read_or_embedded_again(tmp_path: Path) -> None:
    several(tmp_path)
    encoder = StubEncoder()
    whole = Assistant.open(tmp_path / "corpus", tmp_path / "index", encoder=encoder, parameters=ANSWER_ALL)
    for path in (tmp_path / "corpus").iterdir():
        path.unlink()
    for names in (["hours"], ["trust"], ["walking"], ["hours", "trust"], ["trust", "walking"]):
        limited = whole.limited_to(names)
        assert encoder.encoded == []
        assert limited.library is whole.library
        answer = limited.ask(QUESTION)
        assert {passage.document.partition(".")[0] for passage in answer.passages} <= set(names)
        # The question, and those that may be offered next: no passage.
        assert encoder.encoded[0] == QUESTION
        assert all(text.endswith("?") for text in encoder.encoded)
        encoder.encoded.clear()


def test_the_page_says_what_was_asked_and_what_there_is_not(assistant: Assistant) -> None:
    turn = next_turn(assistant, "many hours", (), 100, documents=("trust.md",))
    assert "Asked of: Trust among &#60;Peers&#62;" in turn.html.replace("&#58;", ":")
    nothing = next_turn(assistant, "many hours", (), 100, documents=("cheese",))
    assert "There is no review of that name" in nothing.html
    assert not nothing.answered


# ---- the library


def titles(html: str) -> list[str]:
    return re.findall(r'<h2 id="title-\d+"><a [^>]*>([^<]*)</a>', html)


def test_the_library_lists_the_reviews_with_their_counts(assistant: Assistant, client: TestClient) -> None:
    html = client.get("/library").text
    assert titles(html) == ["Hours of Peer Workers", "Trust among &#60;Peers&#62;", "Walking and Mood"]
    hours = html[html.index("Hours of Peer") : html.index("Trust among")]
    assert re.findall(r"<dd>(\d+)</dd>", hours) == ["2", str(assistant.reviews[0].words), "2", "3", "0"]
    trust = html[html.index("Trust among") : html.index("Walking and")]
    assert re.findall(r"<dd>(\d+)</dd>", trust)[-1] == "1"
    assert re.findall(r"<span>([^<]*)</span>", hours) == ["A. Writer", "2021", "Markdown"]
    for link in ('href="/about/hours.md"', 'href="/read/hours.md"', 'href="/?document=hours.md"'):
        assert link in unescape(html)
    assert client.get("/about").text == html
    assert 'href="/library"' in unescape(client.get("/about/hours.md").text)
    assert "Bibliothèque" in client.get("/library?lang=fr").text


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("text=trust", ["Trust"]),
        ("text=BOUND hours", ["Hours"]),
        ("text=writer", ["Hours"]),
        ("text=cheese", []),
        ("tag=peers", ["Hours", "Trust"]),
        ("tag=peers&year=2021", ["Hours"]),
        ("format=Text", ["Walking"]),
        ("tag=%3Cb%3E", []),
        ("text=%3Cscript%3E", []),
    ],
)
def test_the_library_is_narrowed_by_the_address_alone(client: TestClient, query: str, expected: list[str]) -> None:
    page = client.get(f"/library?{query}")
    assert page.status_code == 200
    assert [title.split()[0] for title in titles(page.text)] == expected
    assert f"{len(expected)} of 3 reviews" in page.text
    assert "<script>" not in page.text
    assert "<b>" not in page.text


def test_what_is_too_long_is_refused(client: TestClient) -> None:
    assert client.get("/library", params={"text": "x" * 201}).status_code == 422


def test_every_format_has_a_name(assistant: Assistant) -> None:
    assert set(SUFFIXES) == set(FORMATS)
    assert "No review fits" in render_library(assistant.library, Filters(text="nowhere"))


# ---- a long list


COUNT = 120


def listed_review(number: int) -> Review:
    tag = "even" if number % 2 == 0 else "odd"
    text = f"---\ntitle: Review {number:03}\ntags: [{tag}, 'a&b']\n---\n\nPeers met {number} people.\n"
    return read_review(read_markdown(f"review-{number}.md", text, f"{number:064x}"))


@pytest.fixture(scope="module")
def long_list() -> TestClient:
    assistant = FakeAssistant([listed_review(number) for number in range(COUNT)])
    return TestClient(create_app(assistant), base_url=HERE, follow_redirects=False)


def pages_of(client: TestClient, first: str) -> list[str]:
    """The pages of a list, as its links lead from one to the next; each but the first leads back too."""
    pages = [unescape(client.get(first).text)]
    asked = dict(parse_qsl(urlsplit(first).query))
    while later := re.search(r'value="(\d+)" formaction="/library">(?:Next page|Page suivante)', pages[-1]):
        assert all(f'<input type="hidden" name="{name}" value="{value}">' in pages[-1] for name, value in asked.items())
        pages.append(unescape(client.get("/library", params={**asked, "page": later[1]}).text))
        earlier = re.search(r'value="(\d+)" formaction="/library">(?:Page before|Page précédente)', pages[-1])
        assert earlier is not None
        assert titles(unescape(client.get("/library", params={**asked, "page": earlier[1]}).text)) == titles(pages[-2])
    return pages


def test_what_is_ticked_stays_ticked_from_page_to_page(long_list: TestClient) -> None:
    ticked = {"document": ["review-3.md", "review-119.md"]}
    first = unescape(long_list.get("/library", params=ticked).text)
    assert 'value="review-3.md" checked' in first
    assert first.count('<input type="hidden" name="document" value="review-119.md">') == 2  # filters, and the list
    assert "1 is ticked on another page" in first
    last = unescape(long_list.get("/library", params={**ticked, "page": "3"}).text)
    assert 'value="review-119.md" checked' in last


def test_a_long_list_has_pages_that_together_name_each_review_once(long_list: TestClient) -> None:
    pages = pages_of(long_list, "/library")
    assert len(pages) == 3
    assert [title for page in pages for title in titles(page)] == [f"Review {number:03}" for number in range(COUNT)]
    for number, page in enumerate(pages, 1):
        assert f"<span>Page {number} of 3</span>" in page
        assert f"{COUNT} of {COUNT} reviews" in page
    assert "Page before" not in pages[0]


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("tag=even", range(0, COUNT, 2)),
        ("tag=odd&format=Markdown", range(1, COUNT, 2)),
        ("tag=a%26b&text=review+0", range(100)),
        ("tag=even&lang=fr", range(0, COUNT, 2)),
    ],
)
def test_the_pages_of_a_list_stay_narrowed(long_list: TestClient, query: str, numbers: range) -> None:
    pages = pages_of(long_list, f"/library?{query}")
    assert len(pages) == 2
    assert [title for page in pages for title in titles(page)] == [f"Review {number:03}" for number in numbers]
    assert all(("Page suivante" in page or "Page précédente" in page) == ("lang=fr" in query) for page in pages)


def test_a_page_that_there_is_not(long_list: TestClient) -> None:
    last = long_list.get("/library?page=3").text
    assert long_list.get("/library?page=99").text == last
    assert long_list.get("/library?tag=even&page=99").text == long_list.get("/library?tag=even&page=2").text
    for number in ("0", "-1", "x", "1000001"):
        assert long_list.get(f"/library?page={number}").status_code == 422
    assert 'class="pager"' not in long_list.get("/library?text=007").text


# ---- the header


def test_the_header_offers_the_reviews_and_the_library(client: TestClient, little: Assistant) -> None:
    html = unescape(client.get("/?document=trust.md&colour=plum").text)
    header = html[html.index('<header id="masthead"') : html.index("</header>")]
    assert header.count('type="checkbox"') == 3
    assert header.count(" checked") == 1
    assert 'name="colour" value="plum"' in header
    assert 'href="/library"' in header
    assert "all 3 reviews" in client.get("/").text
    framed = client.get("/?document=trust.md&embed=1").text
    assert 'class="asking"' in framed
    assert 'class="chooser"' not in framed
    assert 'name="document" value="trust.md"' in client.get("/embed").text
    alone = unescape(TestClient(create_app(little), base_url=HERE).get("/").text)
    assert "chooser" not in alone
    assert "/library" not in alone
