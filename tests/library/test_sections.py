"""One section of a review: its passages alone are searched, and a name that no section has is an error."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from fake_assistant import FakeAssistant, library_of
from little_review import REVIEW
from peerqa.answering.assistant import Assistant
from peerqa.errors import CorpusError
from peerqa.library.review import Review, read_review
from peerqa.library.stored_library import StoredLibrary
from peerqa.reading.files import read_document
from peerqa.web.app import WebSettings, create_app

HERE = "http://127.0.0.1"


@pytest.fixture
def nested(tmp_path: Path) -> Review:
    """The little review with a heading below that of the challenges, and one that has nothing below it."""
    text = REVIEW.replace("Keeping boundaries", "### Roles\n\nKeeping boundaries").replace(
        "## Ref", "## Empty\n\n## Ref"
    )
    path = tmp_path / "peers.md"
    path.write_text(text, "utf-8")
    return read_review(read_document(path))


def passages_under(library: StoredLibrary, heading: str) -> list[int]:
    """The places of the passages under a heading, counted through all reviews of the library by name."""
    names = [passage.id for review in library for passage in review.passages]
    inside = library.passage_numbers(section=heading) or ()
    return sorted(names.index(library.passage(number).id) for number in inside)


def test_a_section_has_the_passages_under_it_and_below_it(nested: Review) -> None:
    library = library_of([nested])
    challenges, roles = passages_under(library, " challenges\n"), passages_under(library, "ROLES")
    assert set(roles) < set(challenges)
    assert {nested.passages[place].section for place in challenges} == {"Challenges", "Roles"}
    assert {nested.passages[place].section for place in roles} == {"Roles"}
    for unknown in ("", " ", "Empty", "Role", "Challenges and more"):
        assert passages_under(library, unknown) == []
    assert [name for name in library.headings() if name != "Peers at Work"] == [
        "Introduction", "Challenges", "Roles", "Benefits",
    ]  # fmt: skip
    assert library.headings_below("challenges") == ("Challenges", "Roles")


def test_a_section_of_several_reviews_has_the_passages_of_each(nested: Review) -> None:
    other = read_review(replace(nested.document, name="other.md"))
    library = library_of([nested, other])
    roles = passages_under(library_of([nested]), "Roles")
    assert passages_under(library, "Roles") == [*roles, *(place + len(nested.passages) for place in roles)]
    inside = [library.passage(number) for number in library.passage_numbers(["other.md"], section="roles") or ()]
    assert {(one.document, one.section) for one in inside} == {("other.md", "Roles")}
    assert library.headings() == library.headings(["other.md"]) == library_of([nested]).headings()
    assert library.headings_below("challenges") == ("Challenges", "Roles")


def test_only_the_section_is_searched(little_answering: Assistant, little_refusing: Assistant) -> None:
    question = "Which consumers took their medication?"
    little = little_answering
    assert little.ask(question).passages[0].section == "Benefits"
    for name in ("Challenges", "Benefits", "Introduction"):
        answer = little.within(name.upper()).ask(question)
        assert {passage.section for passage in answer.passages} == {name}
        assert answer.to_dict()["section"] == name.upper()
        assert answer.suggestions == ()
    refused = little_refusing.within("Challenges").ask(question)
    assert refused.message == "The section “Challenges” does not answer this."
    assert {passage.section for passage in refused.passages} == {"Challenges"}
    assert little.ask(question).section is None
    with pytest.raises(CorpusError, match=r"no section is called “Nothing”; the sections are: .*Challenges; Benefits"):
        little.within("Nothing")


def test_a_program_can_ask_in_one_section(little: Assistant, tmp_path: Path) -> None:
    settings = WebSettings(keep_questions=tmp_path / "kept.sqlite")
    client = TestClient(create_app(little, settings=settings), base_url=HERE)
    asked = {"question": "Which consumers took their medication?", "section": "Challenges"}
    answer = client.post("/api/ask", json=asked)
    assert answer.status_code == 200
    assert {passage["section"] for passage in answer.json()["passages"]} == {"Challenges"}
    unknown = client.post("/api/ask", json={**asked, "section": "<b>Nothing</b>"})
    assert unknown.status_code == 422
    assert unknown.json()["detail"].startswith("section: there is none of this name; there are: ")
    assert "Challenges; Benefits" in unknown.json()["detail"]
    assert "<b>" not in unknown.text
    assert client.post("/api/ask", json={**asked, "section": "x" * 501}).status_code == 422


def test_the_page_says_where_it_searches() -> None:
    client = TestClient(create_app(FakeAssistant()), base_url=HERE)
    known = client.get("/?embed=1&section=challenges+to+peer+support").text
    assert 'id="scope" class="narrowed"' in known
    assert "Challenges to Peer Support" in known
    assert "search the whole review" in known
    unknown = client.get('/?section="><script>x</script>').text
    assert 'id="scope" class="unknown"' in unknown
    assert "<script>x" not in unknown
    assert 'id="scope"' not in client.get("/?section=").text
