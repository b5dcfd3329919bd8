"""Citations against a small list: the rules of APA 7, chapter 8, and what is no citation."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peerqa.citing.citation import Citation
from peerqa.citing.reference_parsing import parse_references
from peerqa.citing.resolving import find_citations
from peerqa.reading.markdown import read_markdown
from peerqa.reading.plain_text import read_plain_text
from peerqa.text.document import Document

LIST = """
Adams, B. (2016). One. Journal, 1(1), 1–2.
American Psychological Association [APA]. (2017). Guideline. https://apa.org/g
Carter, T., & Moll, S. (2012). Two. Journal, 2(1), 3–4.
Diaz, A., Ford, B., & Gold, C. (2013). Three. Journal, 3(1), 5–6.
Jones, A. (2019a). Alpha. Journal, 1(1), 1–2.
Jones, A. (2019b). Beta. Journal, 1(1), 1–2.
Lee, J. (2014). Apples in autumn. Journal, 1(1), 1–2.
Lee, K. (2014). Pears. Journal, 1(1), 1–2.
O'Brien, M. (2011). Irish. Journal, 1(1), 1–2.
Park, H. (n.d.). Undated. https://park.org
Quinn, Z. (in press). Later. Journal.
Stone, R. (2001). Old. Journal, 1(1), 1–2.
Stone, R. (2005). Newer. Journal, 1(1), 1–2.
van der Berg, P. (2018). Dutch. Journal, 1(1), 1–2.
World Health Organization. (2014). Health. https://who.int/h
Young-Smith, L. (2020). Hyphen. Journal, 1(1), 1–2.
""".strip()


def read(text: str, entries: str = LIST) -> Document:
    return read_plain_text("own.txt", f"Introduction\n\n{text}\n\nReferences\n\n{entries}\n", "")


def cited(text: str, entries: str = LIST) -> tuple[Citation, ...]:
    document = read(text, entries)
    return find_citations(document, parse_references(document))


def short(citation: Citation) -> str:
    """'mention -> key key' and, in brackets, the issues."""
    issues = f" [{' '.join(citation.issues)}]" if citation.issues else ""
    return f"{citation.mention} -> {' '.join(citation.references)}".rstrip() + issues


APA = [
    # 8.11, 8.12: parenthetical, several works, what stands before and behind
    ("It helps (Adams, 2016).", ["Adams, 2016 -> adams-2016"]),
    ("It helps (Adams, 2016; Diaz et al., 2013).", ["Adams, 2016 -> adams-2016", "Diaz et al., 2013 -> diaz-2013"]),
    ("It helps (e.g., Adams, 2016; see also Stone, 2001).", ["Adams, 2016 -> adams-2016", "Stone, 2001 -> stone-2001"]),
    ("It helps (for a review, see Adams, 2016).", ["Adams, 2016 -> adams-2016"]),
    ("It helps (see Adams, 2016, for a review).", ["Adams, 2016 -> adams-2016"]),
    ("It helps (Adams, 2016, and Stone, 2001).", ["Adams, 2016 -> adams-2016", "Stone, 2001 -> stone-2001"]),
    ("It helps (Adams, 2016; PSWs; Stone, 2001).", ["Adams, 2016 -> adams-2016", "Stone, 2001 -> stone-2001"]),
    # 8.13: parts of a source
    ("It helps (Adams, 2016, p. 4).", ["Adams, 2016 -> adams-2016"]),
    (
        "It helps (Adams, 2016, pp. 4–5; cf. Stone, 2001, para. 3).",
        ["Adams, 2016 -> adams-2016", "Stone, 2001 -> stone-2001"],
    ),
    ("It helps (Adams, 2016, Table 2, emphasis added).", ["Adams, 2016 -> adams-2016"]),
    ("As Adams (2016, p. 4) noted, it helps.", ["Adams (2016, p. 4) -> adams-2016"]),
    # 8.12, 8.19: several years
    ("It helps (Stone, 2001, 2005).", ["Stone, 2001 -> stone-2001", "2005 -> stone-2005"]),
    ("It helps (Stone, 2001; 2005).", ["Stone, 2001 -> stone-2001", "2005 -> stone-2005"]),
    ("Stone (2001, 2005) found it.", ["Stone (2001 -> stone-2001", "2005 -> stone-2005"]),
    ("It helps (Jones, 2019a).", ["Jones, 2019a -> jones-2019a"]),
    ("It helps (Jones, 2019a, 2019b).", ["Jones, 2019a -> jones-2019a", "2019b -> jones-2019b"]),
    ("It helps (Jones, 2019a, b).", ["Jones, 2019a -> jones-2019a", "2019b -> jones-2019b"]),
    ("It helps (Jones, 2019).", ["Jones, 2019 -> jones-2019a jones-2019b [ambiguous]"]),
    # names
    ("It helps (van der Berg, 2018).", ["van der Berg, 2018 -> van-der-berg-2018"]),
    ("Van der Berg (2018) found it.", ["Van der Berg (2018) -> van-der-berg-2018"]),
    ("As van der Berg (2018) found, it helps.", ["van der Berg (2018) -> van-der-berg-2018"]),
    ("It helps (Young-Smith, 2020).", ["Young-Smith, 2020 -> young-smith-2020"]),
    ("It helps (Young–Smith, 2020).", ["Young–Smith, 2020 -> young-smith-2020"]),
    ("O’Brien (2011) found it.", ["O’Brien (2011) -> obrien-2011"]),
    ("It helps (ADAMS, 2016).", ["ADAMS, 2016 -> adams-2016"]),
    # 8.17: one, two, three authors and more
    ("It helps (Carter & Moll, 2012).", ["Carter & Moll, 2012 -> carter-2012"]),
    ("Carter and Moll (2012) found it.", ["Carter and Moll (2012) -> carter-2012"]),
    ("Diaz et al. (2013) found it.", ["Diaz et al. (2013) -> diaz-2013"]),
    ("It helps (Diaz, Ford, & Gold, 2013).", ["Diaz, Ford, & Gold, 2013 -> diaz-2013"]),
    ("Diaz and her colleagues (2013) found it.", ["Diaz and her colleagues (2013) -> diaz-2013"]),
    ("It helps (Diaz et. al, 2013).", ["Diaz et. al, 2013 -> diaz-2013"]),
    ("It helps (Diaz, 2013).", ["Diaz, 2013 -> diaz-2013 [missing-et-al]"]),
    ("It helps (Carter, 2012).", ["Carter, 2012 -> carter-2012 [missing-et-al]"]),
    ("It helps (Carter et al., 2012).", ["Carter et al., 2012 -> carter-2012 [superfluous-et-al]"]),
    ("It helps (Moll & Carter, 2012).", ["Moll & Carter, 2012 -> carter-2012 [author-order]"]),
    # 8.20: authors with the same surname
    ("It helps (Lee, 2014).", ["Lee, 2014 -> lee-2014-apples lee-2014-pears [ambiguous]"]),
    ("K. Lee (2014) and J. Lee (2014) agree.", ["K. Lee (2014) -> lee-2014-pears", "J. Lee (2014) -> lee-2014-apples"]),
    # 8.21: organisations
    (
        "It helps (American Psychological Association [APA], 2017). Staff agree (APA, 2017).",
        [
            "American Psychological Association [APA], 2017 -> american-psychological-association-2017",
            "APA, 2017 -> american-psychological-association-2017",
        ],
    ),
    (
        "It helps (World Health Organization, 2014).",
        ["World Health Organization, 2014 -> world-health-organization-2014"],
    ),
    (
        "The World Health Organization (WHO, 2014) says so; WHO (2014) is plain.",
        ["WHO, 2014 -> world-health-organization-2014", "WHO (2014) -> world-health-organization-2014"],
    ),
    ("It helps (WHO, 2014).", ["WHO, 2014 -> world-health-organization-2014 [abbreviated-author]"]),
    # no date, in press
    ("It helps (Park, n.d.).", ["Park, n.d. -> park-nd"]),
    ("Park (n.d.) found it.", ["Park (n.d.) -> park-nd"]),
    ("It helps (Quinn, in press).", ["Quinn, in press -> quinn-in-press"]),
    ("It helps (Quinn, 2020).", ["Quinn, 2020 -> quinn-in-press [year-mismatch]"]),
    # 8.11: narrative, possessive, split, the year in running text
    ("Adams’s (2016) study found it.", ["Adams’s (2016) -> adams-2016"]),
    ("Diaz et al.’s (2013) study found it.", ["Diaz et al.’s (2013) -> diaz-2013"]),
    ("Diaz et al. found that it helps (2013).", ["Diaz et al. -> diaz-2013"]),
    ("If asked, Carter and Moll suggest that it helps (2012).", ["Carter and Moll -> carter-2012"]),
    ("Adams’s study found it (2016).", ["Adams -> adams-2016"]),
    ("Carter and Moll's study found it (2012).", ["Carter and Moll -> carter-2012"]),
    ("In 2016, Adams found that it helps.", ["Adams -> adams-2016"]),
    ("In 2019, Adams found that it helps.", ["Adams -> adams-2016 [author-only]"]),
    # 8.16: the year may be left out after a narrative citation in the same paragraph, and only then
    ("Adams (2016) found it. Adams also argued for it.", ["Adams (2016) -> adams-2016", "Adams -> adams-2016"]),
    (
        "It helps (Adams, 2016). Adams also argued for it.",
        ["Adams, 2016 -> adams-2016", "Adams -> adams-2016 [author-only]"],
    ),
    ("Adams argued for it.", ["Adams -> adams-2016 [author-only]"]),
    (
        "Adams (2016) found it.\n\nAdams also argued for it.",
        ["Adams (2016) -> adams-2016", "Adams -> adams-2016 [author-only]"],
    ),
    ("Stone (2005) found it. Stone also argued for it.", ["Stone (2005) -> stone-2005", "Stone -> stone-2005"]),
    # 8.6: a work known from another one needs no entry of its own
    ("It helps (Rabbitt, 1982, as cited in Adams, 2016).", ["Adams, 2016 -> adams-2016"]),
    ("Rabbitt (1982, as cited in Diaz et al., 2013) found it.", ["Diaz et al., 2013 -> diaz-2013"]),
    (
        "It helps (Stone, 2001, as cited in Adams, 2016).",
        ["Stone, 2001 -> stone-2001", "Adams, 2016 -> adams-2016"],
    ),
    # typos
    ("It helps (Adans, 2016).", ["Adans, 2016 -> adams-2016 [misspelt-author]"]),
    ("It helps (Diza et al., 2013).", ["Diza et al., 2013 -> diaz-2013 [misspelt-author]"]),
    ("It helps (Adams, 2017).", ["Adams, 2017 -> adams-2016 [year-mismatch]"]),
    ("It helps (Adams, 2016a).", ["Adams, 2016a -> adams-2016 [year-mismatch]"]),
    ("It helps (Adams 2016, Stone 2001).", ["Adams 2016 -> adams-2016", "Stone 2001 -> stone-2001"]),
    # unknown works
    ("It helps (Brown, 2010).", ["Brown, 2010 -> [no-entry]"]),
    ("Brown et al. (2010) found it.", ["Brown et al. (2010) -> [no-entry]"]),
    ("It helps (Bureau of Health, 2014).", ["Bureau of Health, 2014 -> [no-entry]"]),
    ("It helps (Law, 2014).", ["Law, 2014 -> [no-entry]"]),
    ("It helps (Lees, 2014).", ["Lees, 2014 -> [no-entry]"]),
    ("It helps (Adans, 1950).", ["Adans, 1950 -> [no-entry]"]),
    ("It helps (Adams & Stone, 2005).", ["Adams & Stone, 2005 -> [no-entry]"]),
    ("Adams (2016) is old. It helps (Adams, 2021).", ["Adams (2016) -> adams-2016", "Adams, 2021 -> [no-entry]"]),
]


@pytest.mark.parametrize(("text", "expected"), APA, ids=[text for text, _ in APA])
def test_apa(text: str, expected: list[str]) -> None:
    assert [short(citation) for citation in cited(text)] == expected


@pytest.mark.parametrize(
    "text",
    [
        "A worker (PSW) helps.",
        "It began in the 1970s and grew (1970s).",
        "Youth (16-24) and adults (aged 20–65) were asked.",
        "Many were asked (n = 2014; N = 1,990).",
        "They met in spring (May 2014; December, 2014).",
        "It was so at first (Study 1).",
        "In 2019, the government paid.",
        "Table 2 (2014 data) shows this (see Figure 2; see Table 3, 2014).",
        "After the war (1939–1945), the law came (Mental Health Act, 1983).",
        "So the law has it (Clean Air Act, 1970; Rome Treaty, 1957).",
        "The study (conducted in 2014) was small; the pandemic (2020) came later.",
        "She said so (S. Cole, personal communication, May 4, 2014).",
        "The effect was large (Adams’s d = 0.45).",
        "Few were met in March 2014.",
    ],
)
def test_no_citation(text: str) -> None:
    assert cited(text) == ()


def test_reasons_say_what_the_list_has() -> None:
    def reason(text: str) -> str:
        (citation,) = cited(text)
        assert citation.reason is not None
        return citation.reason

    assert reason("It helps (Brown, 2010).") == "the reference list has no entry for “Brown, 2010”"
    assert "under that name it has Adams (2016)" in reason("It helps (Adams & Stone, 2016).")
    assert "“Adans”" in reason("It helps (Adans, 2016).")
    assert "2017" in reason("It helps (Adams, 2017).")
    assert "2 entries fit (Jones (2019a): Alpha; Jones (2019b): Beta)" in reason("It helps (Jones, 2019).")
    assert "shares “autumn”" in reason("It helps in autumn (Lee, 2014).")


def test_places() -> None:
    document = read("It helps (Adams, 2016). Diaz et al. found that it\nhelps (2013). That is all.")
    first, second = find_citations(document, parse_references(document))
    assert document.text[first.start : first.end] == "Adams, 2016"
    assert (first.line, first.year, first.year_span, first.kind) == (3, "2016", None, "parenthetical")
    assert document.text[slice(*first.sentence)] == "It helps (Adams, 2016)."
    assert second.year_span is not None
    assert document.text[slice(*second.year_span)] == "(2013)"
    assert document.text[slice(*second.sentence)] == "Diaz et al. found that it\nhelps (2013)."


def test_a_mention_over_a_line_break_is_one_line() -> None:
    text = f"# T\n\nIt helps (Carter &\nMoll, 2012).\n\n## References\n\n{LIST}\n"
    document = read_markdown("own.md", text, "")
    (citation,) = find_citations(document, parse_references(document))
    assert citation.mention == "Carter & Moll, 2012"


def test_markup_is_no_part_of_a_mention() -> None:
    text = "# T\n\nIt helps ([Adams](https://a.org), *2016*).\n\n## References\n\nAdams, B. (2016). One. *Journal*.\n"
    document = read_markdown("own.md", text, "")
    (citation,) = find_citations(document, parse_references(document))
    assert citation.mention == "Adams, 2016"
    assert citation.references == ("adams-2016",)


def test_without_a_reference_list_every_citation_is_missing() -> None:
    document = read_plain_text("own.txt", "It helps (Adams, 2016; Diaz et al., 2013).", "")
    assert [citation.status for citation in find_citations(document, ())] == ["missing", "missing"]


PIECES = [
    "Adams", "Diaz et al.", "Jones", "Lee", "van der Berg", "World Health Organization", "WHO", "The", "found", "that",
    "(", ")", "[", "]", ",", ";", "&", "and", ".", "’s", " ", "\n", "2016", "2019a", "b", "n.d.", "in press", "p. 4",
    "*", "_", "as cited in", "see", "é", "“", "”", "|", "-",
]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=40), st.sampled_from([" ", ""]), st.booleans())
def test_any_text(pieces: list[str], glue: str, markdown: bool) -> None:
    body = glue.join(pieces)
    parse = read_markdown if markdown else read_plain_text
    document = parse("own.md", f"Introduction\n============\n\n{body}\n\nReferences\n==========\n\n{LIST}\n", "")
    references = parse_references(document)
    keys = {reference.key for reference in references}
    for citation in find_citations(document, references):
        assert 0 <= citation.sentence[0] <= citation.start < citation.sentence[1] <= len(document.text)
        assert citation.start < citation.end <= len(document.text)
        plain = document.plain(citation.start, citation.end).text
        if len(plain) == 1 and citation.year:
            plain = citation.year
        assert citation.mention == (" ".join(plain.split()) if "\n" in plain else plain)
        assert set(citation.references) <= keys
        assert bool(citation.references) == (citation.status != "missing")
        assert (citation.reason is None) == (citation.status == "resolved")
