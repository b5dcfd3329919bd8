"""What an answer shows on the page, and that no text of others becomes markup."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from fastapi.testclient import TestClient
from markupsafe import Markup

from fake_assistant import BOUNDARIES, PAYLOADS, REFERENCES, FakeAssistant, challenges, library_of, passage, shipped
from page_turns import next_turn
from peerqa.answering.answer import Answer, AnswerCitation, AnswerPassage, AnswerReference, Focus, Highlight
from peerqa.answering.asking import MAX_DOCUMENTS, MAX_SECTION, QuestionLimiter
from peerqa.answering.notices import AnswerNotice
from peerqa.citing.discrepancies import Discrepancy
from peerqa.errors import Problem
from peerqa.library.review import Review
from peerqa.notices import Notice
from peerqa.web.app import create_app
from peerqa.web.chat.gradio_document import masthead
from peerqa.web.chat.turns import MAX_TURNS, Answering, Asked, Turns, messages, read_conversation
from peerqa.web.views.answer_card import render_answer, render_question
from peerqa.web.views.citations import entry_of
from peerqa.web.views.escape import escape, safe_link
from peerqa.web.views.passage_text import runs, visible_text
from peerqa.web.views.templating import environment
from peerqa.wording import strings

# Gradio's queue speaks to pandas in a way that newer versions of pandas complain about.
pytestmark = [
    pytest.mark.filterwarnings("ignore:.*future.no_silent_downcasting.*"),
    pytest.mark.filterwarnings("ignore:The copy keyword is deprecated.*"),
]

# ---- texts of others never become markup


class _Elements(HTMLParser):
    """What a browser would make of the HTML: the elements, their attributes, and the text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, tuple[tuple[str, str | None], ...]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, tuple(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def shape(self) -> list[tuple[str, tuple[str, ...]]]:
        return [(tag, tuple(name for name, _ in attributes)) for tag, attributes in self.elements]


def printed(template: str, macro: str, *values: object) -> str:
    """What a macro of a template prints."""
    return str(getattr(environment.get_template(template).module, macro)(*values))


def passage_text(shown: AnswerPassage) -> str:
    return printed("parts/passage_text.html", "passage_text", runs(shown, "p"))


def entry(reference: AnswerReference) -> str:
    return printed("parts/citations.html", "entry", entry_of(reference, Markup()))


def _poisoned(text: str, status: str = "corrected") -> Answer:
    """An answer in which every text of another's making is `text`."""
    whole = f"Before. {text} After."
    wrong = (Notice(Discrepancy.NEVER_CITED, entry=text),)
    mention = AnswerCitation(text, 8, 8 + len(text), status, wrong, ("key",))
    highlight = Highlight(8, len(whole), whole[8:], "cited")
    one = replace(passage(whole, 1, [highlight], [mention]), section=text, document=text, markup=())
    work = replace(
        REFERENCES["cusick-2021"], key="key", document=text, text=text, doi=None, url=text, title=text, authors=(text,)
    )
    told = Notice(AnswerNotice.NOT_COVERED_IN_SECTION, section=text)
    return Answer(text, text + " ", "answered", 0.9, (one,), (work,), told, (text,))


def _titled(text: str) -> Review:
    """The review that ships, with the text for its title, its author and its date."""
    review = FakeAssistant().reviews[0]
    return replace(review, document=replace(review.document, title=text, author=text, date=text))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_markup_stays_text(payload: str) -> None:
    harmless, hostile = _poisoned("plain words"), _poisoned(payload)
    for status in ("answered", "not_covered", "greeting", "unclear"):
        rendered = [
            render_answer(replace(answer, status=status), turn=1, titles={"a": payload, "b": payload})
            for answer in (harmless, hostile)
        ]
        assert _Elements(rendered[0]).shape() == _Elements(rendered[1]).shape()
        assert "\n" not in rendered[1]
    assert _Elements(render_question(payload)).shape() == [("h2", ("class",))]
    warned = [[Notice(Problem.FORMAT_NOT_READ, path=path)] for path in (payload, "older")]
    title = masthead(library_of([_titled(payload)]), warned[0])
    assert _Elements(title).text.count(_Elements(escape(payload)).text) >= 4  # title, author, date, warning
    assert _Elements(title).shape() == _Elements(masthead(shipped(), warned[1])).shape()
    shown = _Elements(escape(payload))
    assert shown.elements == []
    assert shown.text == payload.replace("\u0000", " ")
    assert not set("<>*_`[]()|$~\\\"'") & set(escape(payload))


def test_a_title_cannot_break_out_of_the_page() -> None:
    assistant = FakeAssistant([_titled("</script><script>alert(1)</script>")])
    assistant.starters = ("</script><img src=x onerror=alert(1)>",)
    page = TestClient(create_app(assistant), base_url="http://127.0.0.1").get("/").text
    assert "<script>alert" not in page
    assert "<img" not in page
    assert "alert(1)</script" not in page


@pytest.mark.parametrize(
    "address",
    [
        None, "", "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/hostname",
        "//evil.example", "http://", "https:///x", "ftp://a.example", " https://a.example", "https://a .example",
        "java\tscript:alert(1)", "https://user@evil.example", "https:\\\\evil.example", "http://[bad",
        "mailto:a@b.example",
    ],
)  # fmt: skip
def test_only_web_links_are_made(address: str | None) -> None:
    assert safe_link(address) is None
    assert "<a" not in entry(replace(REFERENCES["cusick-2021"], doi=None, url=address))


def test_a_doi_is_a_link_where_it_stands_in_the_entry() -> None:
    by_link = _Elements(entry(REFERENCES["moll-2009"]))
    by_doi = _Elements(entry(REFERENCES["tseris-2020"]))
    apart = _Elements(entry(replace(REFERENCES["moll-2009"], text="Moll (2009).")))
    assert dict(by_link.elements[1][1])["href"] == "https://doi.org/10.3233/WOR-2009-0893"
    assert by_link.text == REFERENCES["moll-2009"].text
    assert dict(by_doi.elements[1][1])["href"] == "https://doi.org/10.1080/0312407X.2019.1675734"
    assert by_doi.text == REFERENCES["tseris-2020"].text
    assert apart.text == "Moll (2009). https://doi.org/10.3233/WOR-2009-0893"
    assert safe_link('https://doi.org/10.1002/(SICI)1<3:"x>') == "https://doi.org/10.1002/(SICI)1%3C3:%22x%3E"


# ---- what an answer shows


def test_the_words_are_shown_as_they_stand() -> None:
    for one in challenges():
        shown = _Elements(passage_text(one)).text
        assert shown == one.text.replace("*", "")
    answer = FakeAssistant().ask("challenges")
    quoted = [visible_text(one, found.start, found.end) for one in answer.passages for found in one.highlights]
    assert quoted[0].startswith("These range from lack of clarity of their role, ")
    assert all(words in _Elements(render_answer(answer, turn=1, titles={})).text for words in quoted)


def test_notation_is_left_out_and_offsets_hold() -> None:
    text = "One *two* three\n* four (A, 2001)\n1. five"
    markup = ((4, 5), (8, 9), (16, 18))
    citations = [AnswerCitation("A, 2001", 24, 31, "resolved", (), ("a",))]
    one = replace(passage(text, 1, [Highlight(5, 31, text[5:31], "review")], citations), markup=markup)
    html = passage_text(one)
    assert html == (
        'One <mark class="own" title="the review&#8217;s own words">two three<br><span class="bullet"></span>four &#40;'
        '<a class="cite" href="#p-c0" role="button">A, 2001</a></mark>&#41;<br>1. five'
    ).replace("&#8217;", "’")
    assert visible_text(one, 0, len(text)) == "One two three four (A, 2001) 1. five"


def test_a_citation_with_notation_inside_is_one_link_and_one_across_a_mark_is_two() -> None:
    inside = AnswerCitation("x *y* z", 0, 7, "resolved", (), ())
    one = replace(passage("x *y* z.", 1, (), [inside]), markup=((2, 3), (4, 5)))
    assert passage_text(one) == '<a class="cite" href="#p-c0" role="button">x y z</a>.'
    across = replace(one, markup=(), highlights=(Highlight(0, 4, "x *y", "review"),))
    assert passage_text(across).count("<a ") == 2


def test_a_doubtful_citation_says_why_and_each_link_has_its_target() -> None:
    html = render_answer(FakeAssistant().ask("challenges"), turn=7, titles={})
    parsed = _Elements(html)
    ids = {value for _, attributes in parsed.elements for name, value in attributes if name == "id"}
    links = {value[1:] for _, a in parsed.elements for name, value in a if name == "href" and value and value[0] == "#"}
    assert links <= ids
    assert all(identifier and identifier.startswith("turn7-") for identifier in ids)
    assert "the text writes “Braiser”; the list has “Brasier”" in parsed.text
    assert strings.UNSURE not in parsed.text
    assert strings.UNSURE in _Elements(render_answer(_poisoned("words", "ambiguous"), turn=1, titles={})).text


def test_a_citation_without_an_entry_says_so() -> None:
    answer = FakeAssistant().ask("challenges")
    lost = AnswerCitation("Braiser", 76, 83, "missing", (Notice(Discrepancy.NO_ENTRY, cited="Another", listed=()),), ())
    found = replace(answer, passages=(replace(answer.passages[1], citations=(lost, replace(lost, discrepancies=()))),))
    text = _Elements(render_answer(found, turn=1, titles={})).text
    assert "the reference list has no entry for “Another”" in text
    assert strings.NOT_IN_LIST in text
    assert strings.UNSURE not in text


def test_the_words_that_answer_stand_out_and_the_sentence_stays_as_it_is() -> None:
    text = "Peers work & talk, and a session of an hour costs < one million dollars in all."
    start = text.index("< one million")
    focus = Focus(start, start + len("< one million dollars"), "< one million dollars")
    found = passage(text, 1, [Highlight(0, len(text), text, "review", focus=focus)])
    answer = replace(FakeAssistant().ask("challenges"), passages=(found,))
    html = render_answer(answer, turn=1, titles={})
    assert "<b>&#60; one million dollars</b>" in html
    assert text in _Elements(html).text


def test_nothing_is_claimed_where_the_review_does_not_answer() -> None:
    answer = FakeAssistant().ask("the price?")
    marked = replace(answer, passages=(passage(BOUNDARIES, 19, [Highlight(0, 20, BOUNDARIES[:20], "review")]),))
    for one in (answer, marked):
        html = render_answer(one, turn=1, titles={})
        assert strings.NOT_COVERED in _Elements(html).text
        assert strings.NEAREST in _Elements(html).text
        assert "<mark" not in html
        assert '<details class="nearest">' in html  # folded
        assert 'class="take"' not in html
        assert 'class="references"' not in html


def test_a_reading_is_shown_where_it_differs() -> None:
    assistant = FakeAssistant()
    assert "read-as" in render_answer(assistant.ask("And the boundaries?"), turn=1, titles={})
    assert "read-as" not in render_answer(assistant.ask("Why?"), turn=1, titles={})


# ---- the conversation


def test_a_conversation_remembers_its_questions_and_keeps_its_turns() -> None:
    assistant = FakeAssistant()
    turns: Turns = ()
    for question in ("one", "x" * 1001, "please explode", "two", "three"):
        turns = (*turns, next_turn(assistant, question, turns, 1000))
    assert assistant.asked[-1] == ("three", ("one", "two"))
    assert [turn.number for turn in turns] == [1, 2, 3, 4, 5]
    assert [turn.failed for turn in turns] == [False, False, True, False, False]
    assert len(messages(turns)) == 10
    for number in range(20):
        turns = (*turns, next_turn(assistant, f"more {number}", turns, 1000))
    assert len(assistant.asked[-1][1]) == 10


def conversation(assistant: FakeAssistant, known: Turns, *questions: str) -> Turns:
    answering = Answering(assistant, 1000, QuestionLimiter(1, 0))
    return asyncio.run(answering.conversation([Asked(one) for one in questions], known))


def test_only_what_a_conversation_does_not_have_is_asked() -> None:
    assistant = FakeAssistant()
    two = conversation(assistant, (), "one", "two")
    three = conversation(assistant, two, "one", "two", "three")
    assert three[:2] == two
    assert assistant.asked == [("one", ()), ("two", ("one",)), ("three", ("one", "two"))]
    assert conversation(assistant, three, "one", "two") == two  # one step back
    assert conversation(assistant, three) == ()
    assistant.asked.clear()
    conversation(assistant, three, "one", "other", "three")  # what follows on another question is another answer
    assert assistant.asked == [("other", ("one",)), ("three", ("one", "other"))]
    failed = conversation(assistant, (), "please explode", "one")
    assistant.asked.clear()
    conversation(assistant, failed, "please explode", "one")  # it may go well now
    assert assistant.asked == [("please explode", ()), ("one", ())]


@pytest.mark.parametrize(
    "sent",
    [
        None,
        3,
        "",
        "no JSON",
        "[]",
        "null",
        '{"questions": 3}',
        '{"questions": [3, null, {"question": 5}, {"question": " "}]}',
    ],
)
def test_what_is_no_conversation_is_an_empty_one(sent: object) -> None:
    assert read_conversation(sent, 10) == ()


def test_a_conversation_is_read_within_its_limits() -> None:
    row = {"question": "x" * 99, "section": "s" * 999, "documents": ["a", "a", 3, "", *map(str, range(999))]}
    (asked,) = read_conversation(json.dumps({"questions": [row]}), 10)
    assert asked.question == "x" * 11
    assert len(asked.section) == MAX_SECTION
    assert asked.documents[:2] == ("a", "0")
    assert len(asked.documents) == MAX_DOCUMENTS
    many = json.dumps({"questions": [{"question": str(number)} for number in range(MAX_TURNS + 9)]})
    assert [one.question for one in read_conversation(many, 10)] == [str(number) for number in range(9, MAX_TURNS + 9)]
