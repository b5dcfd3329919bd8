"""What looked like a missing entry and is none: typos of text or list that a reader sees through."""

from __future__ import annotations

import pytest

from peerqa.citing.reference_parsing import parse_references
from peerqa.citing.resolving import find_citations
from peerqa.reading.plain_text import read_plain_text

LIST = """
Craik, F. I. M., & Tulving, E. (1975). Depth of processing. Journal, 1(1), 1–2. https://doi.org/10.1000/182-0001-0001-0001-0001-001
Furlow, F. B. (1996, 2012). The smell of love. https://example.org
García Márquez, G. (1985). Love. Press.
Haluk, S., Ahmet, A. S., & Kadir, Y. (2011). A method. Journal, 1(1), 1–2.
Library of Rivers. (2013). Rivers at home. https://example.org
Most, S. B., Simons, D. J., & Chabris, C. F. (2000). Blindness. Journal, 1(1), 1–2.
National Institute for Health and Clinical Excellence (2006). Care after birth, at home and elsewhere. https://example.org
Ray, R. K, Crump, J. L., & Moss, E. S. (2012). A problem. Journal, 1(1), 1–2.
Skinner, B. F. (1938). Behaviour. Press.
Skinner, B. F. (1953). Science. Press.
Stone, D. K. Takata, J. S., & Kay, S. A. (2010). A nucleus. Journal, 1(1), 1–2.
U.S. Department of Walks, National Center for Steps. (2016). Steps. https://example.org
Wickens, C. D., Hutch, S. D., Laux, L., & Sebok, A. (2015). Sleep. Journal, 1(1), 1–2.
""".strip()

ROWS = [
    ("Fergus Craik and Endel Tulving (1975) did it.", ["Craik"]),
    ("Craik and Endel Tulving (1975) did it.", ["Craik"]),
    ("It is so (Furlow, 1996, 2012).", ["Furlow", "Furlow"]),
    ("It is so (García, 1985).", ["García misspelt-author"]),
    ("It is so (Haluk Yilmaz et al., 2011).", ["-"]),
    ("It is so (Haluk Söylemez et al., 2011).", ["Haluk"]),
    ("It is so (Most, Simons, & Chabris, 2000).", ["Most"]),
    ("It is so (Most recently, Furlow, 1996).", ["Furlow"]),
    ("It is so (NICE, 2006).", ["National abbreviated-author"]),
    ("It is so (NACE, 2006).", ["-"]),
    ("It is so (Ray, Crump, & Moss, 2012; Stone, Takata, & Kay, 2010).", ["Ray", "Stone"]),
    ("It is so (Ray & Moss, 2012).", ["-"]),
    ("It is so (U.S. Department of Walks, 2016).", ["U.S. abbreviated-author"]),
    ("It is so (Wickens, Hutch, Lauk, Seebook, 2015).", ["Wickens misspelt-author"]),
    ("It is so (Wickens, Hutch, Lauk, Smith, 2011).", ["-"]),
    # no citations
    ("Pavel Novak (1849–1936) and Ray (1901–1980) were born here.", []),
    ("He wrote of it in The Descent of Mankind (1871), and in The Emotions in Man and Animals (1872).", []),
    ("It was so ruled (Rivers v. Virginia, 2002).", []),
    ("Skinner believed that it is so. Skinner found more.", []),
    ("Skinner (1953) found it. Skinner believed that it is so.", ["Skinner", "Skinner"]),
]


@pytest.mark.parametrize(("text", "expected"), ROWS, ids=[text for text, _ in ROWS])
def test_rows(text: str, expected: list[str]) -> None:
    document = read_plain_text("own.txt", f"Introduction\n\n{text}\n\nReferences\n\n{LIST}\n", "")
    references = parse_references(document)
    names = {reference.key: reference.text.split()[0].strip(",") for reference in references}
    found = find_citations(document, references)
    assert [
        " ".join([*(names[key] for key in citation.references), *citation.issues]) if citation.references else "-"
        for citation in found
    ] == expected
