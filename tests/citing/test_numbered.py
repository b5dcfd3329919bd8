"""Citations by number: every form of them, and the numbers that are something else."""

from __future__ import annotations

import pytest

from peerqa.citing.reference_parsing import parse_references
from peerqa.citing.resolving import find_citations
from peerqa.library.passages import words_without_citations
from peerqa.reading.markdown import read_markdown
from peerqa.reading.plain_text import read_plain_text
from peerqa.text.document import Document

NAMES = "Adams Baker Cole Diaz Evans Ford Gold Hall Irwin Jones King Lee".split()
ENTRIES = [f"{name} A. The subject of {name.lower()}. J Work. {2000 + i};{i}:1-9." for i, name in enumerate(NAMES, 1)]


def reference_list(mark: str = "{}. ", entries: list[str] = ENTRIES) -> str:
    return "\n".join(mark.format(number) + entry for number, entry in enumerate(entries, 1))


def read(text: str, entries: str | None = None) -> Document:
    entries = reference_list() if entries is None else entries
    return read_plain_text("own.txt", f"Introduction\n\n{text}\n\nReferences\n\n{entries}\n", "")


def numbers(document: Document) -> list[tuple[str, str]]:
    """(words of the text, family name of the entry, "?" where the list has no such number) of numbered citations."""
    references = parse_references(document)
    names = {reference.key: reference.authors[0].family for reference in references}
    return [
        (citation.mention, names[citation.references[0]] if citation.references else "?")
        for citation in find_citations(document, references)
        if citation.kind == "numbered"
    ]


def cited(text: str, entries: str | None = None) -> str:
    return " ".join(name for _, name in numbers(read(text, entries)))


REST = "Work is good [1, 2]. It helps [3-9]. It lasts [10], as [11] and [12] say."

BRACKETS = [
    ("It helps [3, 7-9].", "Cole Gold Hall Irwin"),
    ("It helps [3,7–9].", "Cole Gold Hall Irwin"),
    ("It helps [3], [7]–[9].", "Cole Gold Hall Irwin"),
    ("It helps [3; 7].", "Cole Gold"),
    ("It helps [3 and 7].", "Cole Gold"),
    ("It helps [3][7].", "Cole Gold"),
    ("It helps [see 3, p. 12].", "Cole"),
    ("It helps [refs. 3, 4].", "Cole Diaz"),
    ("It helps more[3].", "Cole"),
    ("Cole et al. [3] found it. In 2010 [4] it was lost.", "Cole Diaz"),
    ("It helps [13].", "?"),
    ("It helps [12, 14].", "Lee ?"),
    # no citations
    ("The mean was 5, 95% CI [3, 7], on a scale from 0 to 1 [0, 1].", ""),
    ("It was so [2019] and once more [1999].", ""),
    ("Let x[3] be the third, where x ∈ [1, 3] and y = [2].", ""),
    ("It helps (95) many (n = 12; 4) people (3).", ""),
    ("It helps [3 days].", ""),
    ("It helps [a] and [b].", ""),
]


@pytest.mark.parametrize(("text", "expected"), BRACKETS, ids=[text for text, _ in BRACKETS])
@pytest.mark.parametrize("mark", ["{}. ", "[{}] ", "({}) ", "{} "])
def test_brackets(text: str, expected: str, mark: str) -> None:
    found = cited(f"{REST}\n\n{text}", reference_list(mark))
    assert found == " ".join([*NAMES, *expected.split()])


FORMS = {
    "unicode": ("It helps.³ Work⁷⁻⁹ lasts,¹⁰ as said¹,²,⁴–⁶ and seen.¹¹,¹² On 5 m² and 10⁻³ mol, R² is 2³.", True),
    "caret": ("It helps.^3^ Work^7-9^ lasts,^10^ as said^1,2,4–6^ and seen.^11,12^ On 5 m^2^, x^2 is 10^3^.", False),
    "tags": (
        "It helps.<sup>3</sup> Work<sup>7-9</sup> lasts,<sup>[10]</sup> as said<sup>1, 2,4–6</sup> and"
        " seen.<sup><a href='#a'>11</a>,<a href='#b'>12</a></sup> On 5 m<sup>2</sup>, *R*<sup>2</sup> is"
        " 10<sup>3</sup>.",
        False,
    ),
    "parentheses": (
        "It helps (3). Work (7–9) lasts (10), as said (1, 2, 4-6) and seen (11,12). The mean was 5 (3), in Table (2)"
        " and f(1): (1) first, (2) second, and (3) third.",
        True,
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_other_forms(form: str) -> None:
    text, plain = FORMS[form]
    expected = "Cole Gold Hall Irwin Jones Adams Baker Diaz Evans Ford King Lee"
    entries = reference_list()
    document = read_markdown("own.md", f"# T\n\n## Introduction\n\n{text}\n\n## References\n\n{entries}\n", "")
    assert " ".join(name for _, name in numbers(document)) == expected
    if plain:
        assert cited(text) == expected


APART = {
    "footnotes beside authors and years": "Adams (2001) did [1]. It helps (Baker, 2002) [2]. It is (Cole, 2003) [3].",
    "one footnote": "It helps [1]. The rest is our own work.",
    "years": "It was so [2001], and later [2005], and [2010].",
    "counted things": "There are four: (1) one, (2) two, (3) three, and (4) four. Nine (5) of ten (6) were so.",
    "powers": "It is 3 m² by 4 cm³, and x² + y² = z².",
    "statistics": "Half (50) of them (95) and most (12, 80) said so (n = 3).",
    "intervals": "It lies in [0, 1] or [0, 5], or [0, 12].",
}


@pytest.mark.parametrize("text", APART.values(), ids=APART.keys())
def test_other_numbers(text: str) -> None:
    assert numbers(read(text)) == []


def test_a_list_without_numbers_is_counted_where_it_is_cited_nearly_whole() -> None:
    assert cited(REST, reference_list("")) == " ".join(NAMES)
    assert cited("It helps [1, 2].", reference_list("")) == ""
    assert cited(REST.replace("[", "(").replace("]", ")"), reference_list("")) == ""


def test_a_list_that_begins_elsewhere() -> None:
    entries = "\n".join(f"{number}. {entry}" for number, entry in enumerate(ENTRIES, 41))
    assert cited("It helps [41, 43–52].", entries) == " ".join([NAMES[0], *NAMES[2:]])


def test_numbers_begin_anew_in_each_chapter() -> None:
    first, second = reference_list(entries=ENTRIES[:4]), reference_list(entries=ENTRIES[4:8])
    text = "# Book\n\n## {}\n\nIt helps [1, 2]. It lasts [3-4].\n\n### References\n\n{}\n\n"
    document = read_markdown("own.md", text.format("One", first) + text.format("Two", second), "")
    assert [name for _, name in numbers(document)] == NAMES[:8]


def test_a_citation_by_number() -> None:
    document = read(f"{REST} See [13].")
    citations = find_citations(document, parse_references(document))
    first, missing = citations[0], citations[-1]
    assert (first.mention, first.status, first.kind, first.year) == ("1", "resolved", "numbered", None)
    assert document.text[slice(*first.sentence)] == "Work is good [1, 2]."
    assert (missing.status, missing.issues) == ("missing", ("no-entry",))
    assert missing.reason == "the reference list has no number 13; it ends with 12"


def test_an_author_with_a_number_is_one_citation() -> None:
    document = read(f"{REST} Cole et al. [3] reported more. Diaz found it [4].")
    kinds = {citation.kind for citation in find_citations(document, parse_references(document))}
    assert kinds == {"numbered"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("It helps [1, 2] and lasts [3–9].", "It helps and lasts."),
        ("It helps¹,² and lasts.³⁻⁹ It is.¹⁰⁻¹²", "It helps and lasts. It is."),
        ("It helps^1,2^ and lasts.^3-12^", "It helps and lasts."),
    ],
)
def test_what_is_embedded_has_no_numbers(text: str, words: str) -> None:
    document = read(f"{text}\n\n{REST if '[' in text else ''}")
    citations = find_citations(document, parse_references(document))
    paragraph = next(document.paragraphs)
    assert words_without_citations(document, paragraph.start, paragraph.end, citations) == words
