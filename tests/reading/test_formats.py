"""Every format that is read gives the same review; what is damaged or hostile costs one line."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from peerqa.citing.reference_parsing import parse_references
from peerqa.citing.resolving import find_citations
from peerqa.errors import CorpusError
from peerqa.reading.converters import subprocess as foreign
from peerqa.reading.files import read_document, read_folder

EXAMPLES = Path(__file__).parents[2] / "examples"
FORMATS = ("md", "txt", "html", "wiki", "docx", "odt", "epub", "tex", "xml", "pdf")
KEYS = {
    "berg-2015", "okafor-2018", "van-der-linden-2021a", "van-der-linden-2021b", "world-feet-association-2020",
}  # fmt: skip

pytest.importorskip("pypandoc", reason="needs the extra “formats”")


@pytest.mark.parametrize("form", FORMATS)
def test_each_format_gives_the_same_review(form: str) -> None:
    document = read_document(EXAMPLES / f"walking.{form}")
    references = parse_references(document)
    citations = find_citations(document, references)
    assert {reference.key for reference in references} == KEYS
    assert [citation.references[:1] for citation in citations] == [
        (key,)
        for key in (
            "berg-2015",
            "okafor-2018",
            "world-feet-association-2020",
            "okafor-2018",
            "berg-2015",
            "world-feet-association-2020",
            "okafor-2018",
            "van-der-linden-2021a",
            "van-der-linden-2021b",
        )
    ]
    headings = [section.heading for section in document.sections if section.paragraphs and section.heading]
    assert headings[-3:] == ["Introduction", "What keeps people from walking", "What helps"]
    assert "doubles the walks of people over seventy" in " ".join(document.text.split())


def test_a_pdf_keeps_its_pages() -> None:
    document = read_document(EXAMPLES / "walking.pdf")
    assert document.pages[0] == 0
    assert all(document.page(paragraph.start) for paragraph in document.paragraphs)


LINKED = """<?xml version="1.0"?><article><front><article-meta><title-group><article-title>On walks</article-title>
</title-group></article-meta></front><body><sec><title>Findings</title><p>Walks are long
(<xref ref-type="bibr" rid="r1">Berg</xref>), as others [<xref ref-type="bibr" rid="r2">2</xref>] say.</p></sec></body>
<back><ref-list><ref id="r1"><element-citation><person-group person-group-type="author"><name><surname>Berg</surname>
<given-names>A</given-names></name></person-group><article-title>Trips</article-title><source>Streets</source>
<year>2015</year></element-citation></ref><ref id="r2">
<mixed-citation>Hill P. Noise of cars. Air. 2018.</mixed-citation></ref>
</ref-list></back></article>"""


def test_links_of_the_source_are_used(tmp_path: Path) -> None:
    path = tmp_path / "linked.xml"
    path.write_text(LINKED)
    document = read_document(path)
    citations = find_citations(document, parse_references(document))
    assert [(citation.mention, citation.references) for citation in citations] == [
        ("Berg", ("berg-2015",)),
        ("2", ("hill-2018",)),
    ]
    assert document.title == "On walks"


def _bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"0" * (300 * 1024 * 1024))


def _laughs() -> str:
    entities = "".join(f'<!ENTITY {chr(98 + i)} "{(f"&{chr(97 + i)};") * 10}">' for i in range(12))
    return f'<!DOCTYPE x [<!ENTITY a "ha">{entities}]><article><body><p>&m;</p></body></article>'


HOSTILE = {
    "laughs.xml": _laughs(),
    "outside.xml": '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><article><body><p>&x;</p></body></article>',
    "deep.xml": "<article><body>" + "<sec>" * 50_000 + "<p>a</p>" + "</sec>" * 50_000 + "</body></article>",
    "other.xml": "<note>words</note>",
    "broken.docx": "not an archive",
    "broken.epub": "PK\x03\x04broken",
    "broken.pdf": "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 1 0 R>>endobj\ntrailer<</Root 1 0 R>>",
    "loop.tex": r"\documentclass{article}\def\a{\a\a}\begin{document}Hello \a\end{document}",
}


@pytest.mark.parametrize("name", [*HOSTILE, "bomb.docx"])
def test_a_hostile_file_costs_one_line(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    if name == "bomb.docx":
        _bomb(path)
    else:
        path.write_text(HOSTILE[name])
    with pytest.raises(CorpusError) as caught:
        read_document(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)


def test_nothing_outside_the_file_is_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET WORDS")
    (tmp_path / "a.tex").write_text(
        rf"\documentclass{{article}}\begin{{document}}Hello \input{{{secret}}} world.\end{{document}}"
    )
    (tmp_path / "b.html").write_text(
        f'<p>Hello world.</p><iframe src="{secret}"></iframe><object data="{secret}"></object>'
    )
    for name in ("a.tex", "b.html"):
        assert "SECRET" not in read_document(tmp_path / name).text


def test_a_converter_that_takes_too_long_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(foreign, "SECONDS", 0.01)
    path = tmp_path / "slow.html"
    path.write_text("<p>Some words here.</p>")
    with pytest.raises(CorpusError, match="took more than"):
        read_document(path)


def test_the_others_are_read_where_one_is_bad(tmp_path: Path) -> None:
    (tmp_path / "bad.docx").write_text("not an archive")
    (tmp_path / "good.html").write_text("<h1>Walks</h1><p>Some words here, and more of them.</p>")
    documents, errors = read_folder(tmp_path)
    assert [document.name for document in documents] == ["good.html"]
    assert len(errors) == 1
    assert "bad.docx" in str(errors[0])
