"""References leave in three formats that read back, and a quote is cited as APA 7 asks."""

from __future__ import annotations

from dataclasses import replace

import bibtexparser
import pytest
import rispy
from fastapi.testclient import TestClient

from fake_assistant import FakeAssistant
from peerqa.citing.export import as_apa, as_bibtex, as_ris, cited_as, secondary_citation
from peerqa.citing.reference import Reference
from peerqa.citing.reference_parsing import parse_reference
from peerqa.text.document import Document
from peerqa.web.app import create_app
from peerqa.web.views.export import export_link

REVIEW = FakeAssistant().reviews[0]
WORKS = {work.key: work for work in REVIEW.references}
MOLL = next(work for key, work in WORKS.items() if key.startswith("moll"))
REPPER = next(work for key, work in WORKS.items() if key.startswith("repper"))


def test_bibtex_reads_back() -> None:
    library = bibtexparser.parse_string(as_bibtex(REVIEW.references))
    assert not library.failed_blocks
    assert [entry.key for entry in library.entries] == list(WORKS)
    moll = library.entries_dict[MOLL.key].fields_dict
    assert moll["doi"].value == "10.3233/WOR-2009-0893"
    assert moll["pages"].value == "449--458"
    assert moll["author"].value.startswith("Moll, S. and Holmes, J.")
    assert library.entries[0].fields_dict["author"].value == "{BCcampus}"


def test_ris_reads_back() -> None:
    text = as_ris(REVIEW.references)
    assert text.startswith("TY  - ")
    entries = rispy.loads(text)
    assert len(entries) == 17
    moll = next(entry for entry in entries if entry["id"] == MOLL.key)
    assert (moll["start_page"], moll["end_page"], moll["year"]) == ("449", "458", "2009")
    assert moll["authors"][0] == "Moll, S."


def test_apa_text_is_the_list_in_the_order_of_the_alphabet() -> None:
    text = as_apa(tuple(reversed(REVIEW.references)))
    assert text.split("\n\n")[0].startswith("BCcampus")
    assert all(work.text in text for work in REVIEW.references)


def test_no_value_becomes_notation() -> None:
    hostile = replace(MOLL, title="100% {of} A & B\nER  - \n@book{x", url="http://a.example/}b")
    assert len(rispy.loads(as_ris([hostile]))) == 1
    library = bibtexparser.parse_string(as_bibtex([hostile]))
    assert not library.failed_blocks
    assert len(library.entries) == 1


@pytest.mark.parametrize(
    ("author", "date", "expected"),
    [
        ("Anonymous", "2022-12-11", "Anonymous, 2022"),
        ("A. Writer", "11 December 2021", "Writer, 2021"),
        ("Writer, A. & Other, B.", "2021", "Writer & Other, 2021"),
        ("A. Writer; B. Other; C. Third", None, "Writer et al., n.d."),
        (None, "2020", "“Peers”, 2020"),
    ],
)
def test_a_review_is_cited(author: str | None, date: str | None, expected: str) -> None:
    assert cited_as(Document("peers.md", "", "Peers", (), author=author, date=date)) == expected


def test_a_reported_work_is_cited_through_the_review() -> None:
    assert secondary_citation([MOLL], "Anonymous, 2022") == "(Moll et al., 2009, as cited in Anonymous, 2022)"
    both = secondary_citation([REPPER, MOLL, MOLL], "Anonymous, 2022", 18)
    assert both == "(Moll et al., 2009; Repper & Carter, 2011, as cited in Anonymous, 2022, para. 18)"
    assert secondary_citation([], "Anonymous, 2022") == "(Anonymous, 2022)"
    nobody: Reference = parse_reference("Guide to peers. (n.d.). https://example.org")
    assert ", as cited in Anonymous, 2022)" in secondary_citation([nobody], "Anonymous, 2022")


def test_references_can_be_downloaded() -> None:
    client = TestClient(create_app(FakeAssistant()), base_url="http://127.0.0.1")
    works = [f"{REVIEW.document.name}:{key}" for key in (MOLL.key, REPPER.key, MOLL.key, "no such key")]
    bib = client.get(export_link(works, "bib", 'peers – What’s "new"\r\nX: y?'))
    assert bib.headers["content-disposition"] == (
        "attachment; filename=\"references.bib\"; filename*=UTF-8''peers%20%E2%80%93%20What%E2%80%99s%20new%20X%20y.bib"
    )
    assert bib.text.count("@article") == 2
    assert client.get(export_link(works, "ris", "x")).text.count("TY  - ") == 2
    assert MOLL.text in client.get(export_link(works, "txt", "x")).text
    assert client.get("/export/references.bib").status_code == 404
    assert client.get("/export/references.doc?work=x").status_code == 422
