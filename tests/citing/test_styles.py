"""Citation styles, one row a habit of writing: APA 6 and 7, Harvard, Chicago author-date, and what must not fail."""

from __future__ import annotations

import pytest

from peerqa.citing.citation import Citation
from peerqa.citing.reference_parsing import parse_references
from peerqa.citing.resolving import find_citations
from peerqa.reading.plain_text import read_plain_text

LIST = """
Adams, B. (2016). One. Journal, 1(1), 1–2.
al-Hassan, A. (2017). Sand. Journal, 1(1), 1–2.
American Psychological Association. (2014). Guideline. https://apa.org/g
Canadian Mental Health Association [CMHA]. (2018). Care. https://cmha.ca/c
Carter, T., & Moll, S. (2012). Two. Journal, 2(1), 3–4.
de la Cruz, M. (2010). Cross. Journal, 1(1), 1–2.
Diaz, A., Ford, B., & Gold, C. (2013). Three. Journal, 3(1), 5–6.
Evans, A., Hill, B., Irwin, C., King, D., Long, E., & Ray, F. (2015). Six. Journal, 3(1), 5–6.
Freud, S. (1953). Dreams (J. Strachey, Trans.). Hogarth Press. (Original work published 1900)
Hiller-Venegas, S. (2019). Hyphen. Journal, 1(1), 1–2.
Jones, A. (2019a). Alpha. Journal, 1(1), 1–2.
Jones, A. (2019b). Beta. Journal, 1(1), 1–2.
Jones, A. (2019c). Gamma. Journal, 1(1), 1–2.
O'Brien, M. (2011). Irish. Journal, 1(1), 1–2.
Park, H. (n.d.). Undated. https://park.org
Piaget, J. (1966). Child (Rev. ed.). Press.
Quinn, Z. (in press). Later. Journal.
Reed, W. (forthcoming). Soon. Journal.
Smith, J. (2010). Ten. Journal, 1(1), 1–2.
Smith, J. (2012). Twelve. Journal, 1(1), 1–2.
van der Berg, P. (2018). Dutch. Journal, 1(1), 1–2.
World Health Organization (WHO). (2014). Health. https://who.int/h
""".strip()


def cited(text: str) -> tuple[Citation, ...]:
    document = read_plain_text("own.txt", f"Introduction\n\n{text}\n\nReferences\n\n{LIST}\n", "")
    return find_citations(document, parse_references(document))


def short(text: str) -> str:
    """The keys cited, in order, without hyphens' tails: "smith-2010 jones-2019a"; what differs in brackets."""
    shown = []
    for citation in cited(text):
        issues = f"[{' '.join(citation.issues)}]" if citation.issues else ""
        shown.append("/".join(citation.references) + issues)
    return " ".join(shown)


STYLES = [
    # APA 6: all of three to five authors at the first citation; et al. with one name or more
    ("It helps (Diaz, Ford, & Gold, 2013).", "diaz-2013"),
    ("Diaz, Ford, and Gold (2013) found it.", "diaz-2013"),
    ("It helps (Diaz, Ford, et al., 2013).", "diaz-2013"),
    ("It helps (Evans, Hill, Irwin, King, Long & Ray, 2015).", "evans-2015"),
    ("It helps (Evans, Hill, Irwin, et al., 2015).", "evans-2015"),
    ("Evans, Hill et al. (2015) found it.", "evans-2015"),
    ("It helps (Evans et al. 2015).", "evans-2015"),
    ("It helps (Evans and others, 2015; Diaz & colleagues, 2013).", "evans-2015 diaz-2013"),
    # Harvard: no comma, "and", pages behind a colon
    ("It helps (Smith 2010).", "smith-2010"),
    ("It helps (Carter and Moll 2012).", "carter-2012"),
    ("It helps (Smith 2010: 12).", "smith-2010"),
    ("It helps (Smith, 2010:12–14; Adams 2016: 3, 7).", "smith-2010 adams-2016"),
    ("Smith (2010: 12) found it.", "smith-2010"),
    ("It helps (Smith 2010, p.12; Carter and Moll 2012, pp. 3-4).", "smith-2010 carter-2012"),
    ("It helps [Smith 2010; Adams 2016].", "smith-2010 adams-2016"),
    # Chicago author-date: pages behind a comma
    ("It helps (Smith 2010, 12).", "smith-2010"),
    ("It helps (Smith 2010, 12–14; Carter and Moll 2012, 3).", "smith-2010 carter-2012"),
    ("It helps (see Smith 2010, 12; also Adams 2016, chap. 3).", "smith-2010 adams-2016"),
    ("Smith (2010, 12) found it.", "smith-2010"),
    # letters and several works of an author
    ("It helps (Jones, 2019a).", "jones-2019a"),
    ("It helps (Jones, 2019a, 2019b).", "jones-2019a jones-2019b"),
    ("It helps (Jones, 2019a,b).", "jones-2019a jones-2019b"),
    ("It helps (Jones, 2019a, b, c).", "jones-2019a jones-2019b jones-2019c"),
    ("It helps (Jones, 2019a and b).", "jones-2019a jones-2019b"),
    ("It helps (Jones, 2019a–c).", "jones-2019a jones-2019b jones-2019c"),
    ("It helps (Jones 2019a/b).", "jones-2019a jones-2019b"),
    ("Jones (2019a, b) found it.", "jones-2019a jones-2019b"),
    ("Jones (2019a; 2019c) found it.", "jones-2019a jones-2019c"),
    ("It helps (Smith, 2010, 2012).", "smith-2010 smith-2012"),
    ("It helps (Smith, 2010; 2012).", "smith-2010 smith-2012"),
    ("It helps (Smith, 2010, p. 3, 2012, p. 4).", "smith-2010 smith-2012"),
    ("It helps (Smith, 2010 and 2012; Adams, 2016).", "smith-2010 smith-2012 adams-2016"),
    ("Smith (2010, 2012) and Adams (2016) agree.", "smith-2010 smith-2012 adams-2016"),
    ("Smith (2010, p. 3; 2012, p. 4) found it.", "smith-2010 smith-2012"),
    # prefixes and what stands behind
    ("It helps (see also Smith, 2010).", "smith-2010"),
    ("It helps (cf. Smith, 2010; e.g., Adams, 2016; i.e., Diaz et al., 2013).", "smith-2010 adams-2016 diaz-2013"),
    ("It helps (for reviews, see Smith, 2010; Adams, 2016, for an example).", "smith-2010 adams-2016"),
    ("It helps (but see Smith, 2010; contra Adams, 2016).", "smith-2010 adams-2016"),
    ("It helps (reviewed in Smith, 2010).", "smith-2010"),
    ("It helps (adapted from Adams, 2016, with permission).", "adams-2016"),
    ("It helps (Smith, 2010, pp. 3–5, 9).", "smith-2010"),
    ("It helps (Smith, 2010, §3; Adams, 2016, Figure 2).", "smith-2010 adams-2016"),
    ("It helps (Smith, 2010, emphasis in original).", "smith-2010"),
    ("It helps (Rabbitt, 1982, as cited in Smith, 2010).", "smith-2010"),
    ("It helps (Rabbitt 1982, cited in Smith 2010: 12).", "smith-2010"),
    ("Rabbitt (1982, quoted in Smith, 2010, p. 4) found it.", "smith-2010"),
    # names
    ("It helps (van der Berg, 2018; de la Cruz, 2010).", "van-der-berg-2018 de-la-cruz-2010"),
    ("Van der Berg (2018) and De la Cruz (2010) agree.", "van-der-berg-2018 de-la-cruz-2010"),
    ("Hiller-Venegas (2019) and O’Brien (2011) agree.", "hiller-venegas-2019 obrien-2011"),
    ("It helps (O'Brien, 2011; Hiller‐Venegas, 2019).", "obrien-2011 hiller-venegas-2019"),
    ("It helps (al-Hassan, 2017).", "al-hassan-2017"),
    ("Al-Hassan (2017) found it.", "al-hassan-2017"),
    ("As al-Hassan (2017) found, it helps.", "al-hassan-2017"),
    ("J. Smith (2010) found it.", "smith-2010"),
    ("It helps (J. Smith, 2010).", "smith-2010"),
    # organisations
    (
        "It helps (American Psychological Association [APA], 2014). It lasts (APA, 2014).",
        "american-psychological-association-2014 american-psychological-association-2014",
    ),
    (
        "It helps (American Psychological Association (APA), 2014).",
        "american-psychological-association-2014",
    ),
    ("The CMHA (2018) says so (CMHA, 2018).", "canadian-mental-health-association-2018 " * 2),
    ("It helps (WHO, 2014; World Health Organization, 2014).", "world-health-organization-2014 " * 2),
    ("It helps (APA, 2014).", "american-psychological-association-2014[abbreviated-author]"),
    # no year yet, and two years
    ("It helps (Park, n.d.; Quinn, in press; Reed, forthcoming).", "park-nd quinn-in-press reed-forthcoming"),
    ("Park (n.d.), Quinn (in press) and Reed (forthcoming) agree.", "park-nd quinn-in-press reed-forthcoming"),
    ("It helps (Park n.d.; Park, n. d.).", "park-nd park-nd"),
    ("It helps (Freud, 1900/1953).", "freud-1953"),
    ("Freud (1900/1953) found it.", "freud-1953"),
    ("It helps (Freud [1900] 1953).", "freud-1953"),
    ("It helps (Freud, 1953 [1900]).", "freud-1953"),
    ("It helps (Piaget, 1962/1966, p. 3).", "piaget-1966"),
    # running text
    ("Smith's (2010) study found it.", "smith-2010"),
    ("Carter and Moll’s (2012) study and Diaz et al.’s (2013) did.", "carter-2012 diaz-2013"),
    ("Smith (2010) and Jones (2019a) agree.", "smith-2010 jones-2019a"),
    ("Smith (2010), Adams (2016), and Diaz et al. (2013) agree.", "smith-2010 adams-2016 diaz-2013"),
    ("Both Smith (2010) and, later, Adams (2016) agree.", "smith-2010 adams-2016"),
    ("The work of Smith (2010; see also Adams, 2016) says so.", "smith-2010 adams-2016"),
    ("According to Smith (2010), it helps.", "smith-2010"),
    ("It helps (Smith, 2010); (Adams, 2016).", "smith-2010 adams-2016"),
    ("It helps (Adams, 2016 ; Smith, 2010;Diaz et al.,2013).", "adams-2016 smith-2010 diaz-2013"),
    ("It helps (Smith, 2010, Adams, 2016, Diaz et al., 2013).", "smith-2010 adams-2016 diaz-2013"),
    ("It helps (Smith, 2010 & Adams, 2016).", "smith-2010 adams-2016"),
]


@pytest.mark.parametrize(("text", "expected"), STYLES, ids=[text for text, _ in STYLES])
def test_style(text: str, expected: str) -> None:
    assert short(text) == " ".join(expected.split())


@pytest.mark.parametrize(
    "text",
    ["It helps (Smith 12).", "It helps (ibid.).", "It helps (Ibid., p. 4).", "It helps (op. cit., 12).", "Smith (12)."],
)
def test_what_is_not_read_is_left_alone(text: str) -> None:
    assert short(text) == ""


def test_a_letter_alone_is_shown_with_its_year() -> None:
    first, second, third = cited("It helps (Jones, 2019a, b, c).")
    assert [citation.mention for citation in (first, second, third)] == ["Jones, 2019a", "2019b", "2019c"]
    assert [citation.year for citation in (first, second, third)] == ["2019a", "2019b", "2019c"]
