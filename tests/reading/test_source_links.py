"""Links that a source holds itself are used: anchors, \\cite keys, notes of a wiki, keys of pandoc's Markdown."""

from __future__ import annotations

from pathlib import Path

import pytest

from peerqa.citing.reference_parsing import parse_references
from peerqa.citing.resolving import find_citations
from peerqa.library.importing import add_files
from peerqa.reading.converters.latex_and_wiki import labels_of
from peerqa.reading.converters.link_markers import Linking, without_marks
from peerqa.reading.files import read_document
from peerqa.reading.markdown import read_markdown
from peerqa.text.document import Document


def cited(document: Document) -> list[tuple[str, ...]]:
    """(words, key of the entry) of each citation; each must be certain."""
    citations = find_citations(document, parse_references(document))
    assert {citation.status for citation in citations} <= {"resolved"}
    return [(citation.mention, *citation.references) for citation in citations]


def read(folder: Path, name: str, text: str) -> Document:
    pytest.importorskip("pypandoc", reason="needs the extra “formats”")
    (folder / name).write_text(text, "utf-8")
    return read_document(folder / name)


HTML = """<h1>On walks</h1><h2>Findings</h2><p>Walks are long<sup class="reference" id="cite_ref-1"><a
href="#cite_note-1">[1]</a></sup> and slow<sup><a href="#r2">2</a>,<a href="#r3">3</a></sup>, as
<a href="#r3">others</a> say
(see <a href="#findings">above</a>). A field has 5 m<sup>2</sup>.</p><h2 id="findings">References</h2>
<ol class="references"><li id="cite_note-1"><a href="#cite_ref-1">^</a> Berg A. Trips on foot. Streets. 2015;1:2-3.</li>
<li id="r2">Hill P. Noise of cars. Air. 2018;1:2-3.</li></ol><p id="r3">Lowe, C. (2019). More. <i>Air</i>, 3.</p>"""


def test_anchors_of_a_web_page(tmp_path: Path) -> None:
    document = read(tmp_path, "page.html", HTML)
    assert cited(document) == [("[1]", "berg-2015"), ("²", "hill-2018"), ("³", "lowe-2019"), ("others", "lowe-2019")]
    assert "long[1] and slow²,³, as others say (see above). A field has 5 m²." in document.plain(
        0, len(document.text)
    ).text.replace("\n", " ")
    assert [reference.authors[0].family for reference in parse_references(document)] == ["Berg", "Hill", "Lowe"]


WIKI = """== Findings ==
Walks are long.<ref name="b">Berg, A. (2015). ''Trips''. Streets, 1.</ref> They are slow,<ref>{{cite journal |last1=Hill
|first1=Paul |last2=Lowe |first2=C. |year=2018 |title=Noise of cars |journal=Air |volume=3 |doi=10.1000/x}}</ref>
and nice.<ref name="b" />

== References ==
{{reflist}}
"""


def test_notes_of_a_wiki(tmp_path: Path) -> None:
    document = read(tmp_path, "page.wiki", WIKI)
    assert cited(document) == [("1", "berg-2015"), ("2", "hill-2018"), ("1", "berg-2015")]
    berg, hill = parse_references(document)
    assert (hill.title, hill.doi, len(hill.authors)) == ("Noise of cars", "10.1000/x", 2)
    assert berg.title == "Trips"


LATEX = r"""\documentclass{article}\begin{document}\section{Findings}
Walks are long \citep[see][p.~4]{berg,hill}. \citet{berg} found it so, and slow~\cite{hill}.
%s\end{document}"""
BIBLIOGRAPHY = r"""\begin{thebibliography}{9}
\bibitem%s{berg} Berg, A. (2015). Trips. \emph{Streets}, 1, 2--3.
\bibitem%s{hill} Hill, P., Lowe, C., \& Ray, D. (2018). Noise. \newblock \emph{Air}, 2.
\end{thebibliography}"""


@pytest.mark.parametrize("labels", [("", ""), ("[Berg(2015)]", r"[Hill et~al.(2018)Hill, Lowe, and Ray]")])
def test_cite_and_thebibliography(tmp_path: Path, labels: tuple[str, str]) -> None:
    document = read(tmp_path, "paper.tex", LATEX % (BIBLIOGRAPHY % labels))
    words, keys = zip(*cited(document), strict=True)
    assert keys == ("berg-2015", "hill-2018", "berg-2015", "hill-2018")
    assert words == (
        ("Berg, 2015", "Hill et al., 2018", "Berg (2015)", "Hill et al., 2018") if labels[0] else ("1", "2", "1", "2")
    )


def test_a_bibtex_file_beside_it(tmp_path: Path) -> None:
    (tmp_path / "works.bib").write_text(
        "@article{berg, author={Berg, Anna}, title={Trips}, journal={Streets}, year=2015, volume=1}\n"
        "@article{hill, author={Hill, P. and Lowe, C.}, title={Noise}, journal={Air}, year=2018, doi={10.1000/x}}\n"
    )
    (tmp_path / "paper.tex").write_text(LATEX % r"\nocite{*}\bibliography{works}")
    [added] = add_files([tmp_path / "paper.tex"], tmp_path / "corpus")
    assert added.error is None
    document = read(tmp_path / "corpus", "paper.tex", LATEX % r"\bibliography{works}")
    assert [key for _, key in cited(document)] == ["berg-2015", "hill-2018", "berg-2015", "hill-2018"]


def test_a_missing_bibtex_file_is_said(tmp_path: Path) -> None:
    document = read(tmp_path, "paper.tex", LATEX % r"\bibliography{../works}")
    assert "paper.tex: cited keys without an entry: berg, hill; put the .bib file that has them beside it" in [
        str(warning) for warning in document.warnings
    ]


def test_labels() -> None:
    source = (
        r"\begin{thebibliography}{9}\bibitem[M{\"u}ller et~al.(2015a)]{m} A\bibitem[Lo(n.d.)]{l} B\end{thebibliography}"
    )
    assert labels_of(source) == {"m": "Müller et al. (2015a)", "l": "Lo (n.d.)"}
    assert labels_of(source.replace("(n.d.)", "")) == {"m": "1", "l": "2"}


MARKDOWN = """# On walks

## Findings

Walks are long [see @berg2015, p. 4; @doe:99]. @berg2015 [p. 3] said so; mail a@b.org. It is [3](#ref3), and nice
[-@doe:99], as [Hill (2014)](#hill) and {} say.

## References

- [@berg2015] Berg, A. (2015). Trips. *Streets*.
- `doe:99` Doe, J. (1999). Other. *Streets*.
- <a id="ref3"></a>Third, A. (2003). Other. *Streets*.

::: {{#hill .csl-entry}}
Hill, P. (2014). A title. *Streets*.
:::
"""


def test_keys_and_anchors_in_markdown() -> None:
    assert cited(read_markdown("own.md", MARKDOWN.format("others"), "")) == [
        ("@berg2015", "berg-2015"),
        ("@doe:99", "doe-1999"),
        ("@berg2015", "berg-2015"),
        ("3", "third-2003"),
        ("-@doe:99", "doe-1999"),
        ("Hill (2014)", "hill-2014"),
    ]


def test_a_range_of_links_means_what_lies_between(tmp_path: Path) -> None:
    pytest.importorskip("defusedxml", reason="needs the extra “formats”")
    entries = "".join(
        f'<ref id="r{n}"><mixed-citation>{name} A. Work {n}. Air. {2000 + n}.</mixed-citation></ref>'
        for n, name in enumerate(("Adams", "Baker", "Cole", "Diaz", "Evans"), 1)
    )
    link = '<xref ref-type="bibr" rid="r{0}">{0}</xref>'
    body = f"<p>Walks are long<sup>{link.format(2)}–{link.format(5)}</sup>, [{link.format(1)}]–[{link.format(3)}].</p>"
    path = tmp_path / "a.xml"
    path.write_text(
        f"<article><body>{body}</body><back><ref-list>{entries}</ref-list></back></article>", encoding="utf-8"
    )
    document = read_document(path)
    assert "long²⁻⁵, [1]–[3]." in document.text
    keys = ["baker-2002", "cole-2003", "diaz-2004", "evans-2005", "adams-2001", "baker-2002", "cole-2003"]
    assert [key for _, key in cited(document)] == keys


def test_marks_that_do_not_match_do_no_harm() -> None:
    linking = Linking()
    one, two = linking.opening("one"), linking.anchor("one")
    assert without_marks(f"a {one}b\ufdd2 c {two}d") == ("a b c d", [(2, 3, 6)])
    assert without_marks(f"\ufdd2a {one}b {linking.opening('none')}c\ufdd2\ufdd0") == ("a b c", [])
