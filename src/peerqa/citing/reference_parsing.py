"""A reference list -> Reference entries: authors, year, title, container, DOI, URL, and a stable key.

The grammar is that of APA 7 (chapters 9 and 10), with tolerance for missing commas, initials without full stops, a
year without parentheses, and a comma in place of the full stop behind a title. Entries of other styles are split into
their parts by entry_segmentation.py.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from peerqa.citing.author_lists import leading_authors, parse_authors
from peerqa.citing.entry_segmentation import EntryParts, segment_entry
from peerqa.citing.reference import Reference
from peerqa.citing.reference_keys import plain_key, with_keys
from peerqa.text.dates import YEAR
from peerqa.text.document import Document
from peerqa.text.person_names import UPPER, Author
from peerqa.text.words import SMALL_IN_NAMES


def parse_references(document: Document) -> tuple[Reference, ...]:
    """The entries of a document's reference list, in its order, each with a key of its own."""
    references = []
    for start, end in document.reference_entries:
        text = " ".join(document.plain(start, end).text.split())
        reference = parse_reference(text)
        references.append(replace(reference, start=start, end=end, line=document.line(start)))
    return with_keys(_repeated_authors(references))


# ---- one entry ------------------------------------------------------------------------------------------------------

_MARK = re.compile(
    r"^(?:\d{1,3}\s(?=[^\W\d_][\w'’-]+,?\s[^\W\d_]\.)|\[\d{1,4}\]|\(\d{1,3}\)|\d{1,4}[.)](?=\s)|[-*•–]\s)\s*"
)
_DATE_WORDS = r"n\.\s?d\.?|no date|in press|forthcoming|in preparation|submitted|accepted|in review|under review"
_PARENTHESISED_DATE = re.compile(
    rf"[(\[]\s*(?:c(?:a|irca)?\.?\s*|[A-Z][a-z]{{2,8}}\.?\s+(?:\d{{1,2}},\s+)?)?(?P<date>{YEAR}[a-z]?|"
    rf"(?:{_DATE_WORDS})(?:-[a-z])?)(?P<rest>[^()\[\]]*)[)\]]\s*[.,:]?",
    re.IGNORECASE,
)
_DATE = re.compile(rf"\b(?P<date>{YEAR}[a-z]?|(?:{_DATE_WORDS})(?:-[a-z])?)(?!\w)", re.IGNORECASE)
_PLAIN_WORD = r"[\w&’'\-–/]+"
_PLAIN_ENTRY = re.compile(
    rf"[.,]?\s*\((?P<date>{YEAR}[a-z]?)\)[.,:]?\s+(?P<title>[^\W\d_](?:[^.?!“”\"«»()\[\]]|\([^.?!()]*\)){{8,}})(?:\.\s+"
    rf"(?P<rest>(?!In\b)(?=[{UPPER}])(?:(?:[{UPPER}]\w{{0,9}}\.|{_PLAIN_WORD})\s){{0,9}}{_PLAIN_WORD}\.?,\s"
    r"\d{1,4}(?:\s?\([^()]{1,12}\))?[,:]\s?[\w\s–-]+\.?))\Z"
)
"""The rest of an APA entry of an article behind its authors: date, a title of one sentence, journal with volume."""
_LATE_DATE = re.compile(rf"(?<![\d/.\-–])(?P<date>{YEAR}[a-z]?)(?=\s*(?:[;.,:)\]]|$|[A-Z]))")
_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>“”]+", re.IGNORECASE)
_URL = re.compile(r"\b(?:https?://|www\.)[^\s\"<>“”]+", re.IGNORECASE)
_LINKS = re.compile(
    r"(?:,?\s*\(?(?:DOI|doi)\s*:?\s*)?(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?\b10\.\d{4,9}/\S+|(?:https?://|www\.)\S+"
    rf"|(?:Retrieved|Accessed)(?:\s+on)?\s+(?:[{UPPER}]\w+\s+\d{{1,2}},?|"
    rf"\d{{1,2}}\s+[{UPPER}]\w+)\s+\d{{4}}[.,]?(?:\s+from)?"
    r"|(?:Retrieved|Accessed|Available|Abgerufen)\b[^.]*?(?:from|at|:)\s*(?=https?:|www\.|$)|,?\s*\b(?:DOI|"
    r"doi)\s*:?\s*$",
)


_TAG = re.compile(r"</?(?:i|b|em|strong|italic|bold|sup|sub|u|span|a)\b[^<>]*>", re.IGNORECASE)
_HANDLE = re.compile(r"\[@[^\[\]]*\]")
_LATEX_QUOTE = re.compile(r"``|''")
_TITLE_NEXT = re.compile(r"[\s.,:;]*(?:[“\"‘'«(\[¿¡*_]\s?)?\w[^.]{0,60}?[^\W\d_]{2}")
_SENTENCES = re.compile(r"[a-z]{3,}[.?!]\s+\S+\s+\S+\s+\S")


def parse_reference(text: str) -> Reference:
    """Parse one entry, given as one line without notation. Its key ignores that other entries may have the same."""
    body = _body(text)
    doi, url = _links(body)
    authors, date, title, rest = _parts(bare_entry(text))
    container, volume, issue, pages = _container(rest)
    year = _year(date)
    reference = Reference(
        "", authors, year, title or None, container, doi, url, text, volume=volume, issue=issue, pages=pages
    )
    return replace(reference, key=plain_key(reference))


def _body(text: str) -> str:
    return _LATEX_QUOTE.sub('"', _MARK.sub("", " ".join(_TAG.sub("", text).split())))


def bare_entry(text: str) -> str:
    """An entry without its number, tags and links, as `segment_entry` takes it."""
    return _LINKS.sub(" ", _body(text)).strip()


def _links(body: str) -> tuple[str | None, str | None]:
    match = _DOI.search(body)
    doi = _trim_link(match[0]) if match else None
    for link in _URL.findall(body):
        if "doi.org/10." not in link:
            return doi, _trim_link(link if link.startswith("http") else "https://" + link)
    return doi, None


def _trim_link(link: str) -> str:
    link = link.rstrip(".,;:'\"”’»>")
    while link.endswith((")", "]")) and link.count(link[-1]) > link.count("([)]"[")]".index(link[-1])]):
        link = link[:-1].rstrip(".,;:")
    return link


def _parts(bare: str) -> tuple[tuple[Author, ...], str | None, str, str]:
    """(authors, date, title, what follows the title)."""
    persons, end = leading_authors(bare)
    plain = _PLAIN_ENTRY.match(bare, end) if persons else None
    if plain:
        return persons, plain["date"], _clean_title(plain["title"]), plain["rest"]
    early = _PARENTHESISED_DATE.search(bare)
    if early and _stands_early(bare, early, end if persons else 0):
        parts = segment_entry(bare, end, early.span())
        return parse_authors(bare[: early.start()]), early["date"], _title(bare, parts), bare[parts.rest[0] :]
    parts = segment_entry(bare, end)
    rest = bare[parts.rest[0] :]
    date = _DATE.search(bare, *parts.date) or _late_date(rest) or _late_date(bare)
    # Without an early date, given names may be spelt out; `leading_authors` knows their order.
    if persons and abs(end - parts.authors[1]) < 3 and parts.date[0] == parts.date[1]:
        authors = persons
    else:
        authors = parse_authors(_HANDLE.sub("", bare[slice(*parts.authors)]))
    return authors, date["date"] if date else None, _title(bare, parts), rest


def _title(bare: str, parts: EntryParts) -> str:
    return _clean_title(bare[slice(*parts.title)])


def _late_date(text: str) -> re.Match[str] | None:
    """The date behind a title: the one in parentheses, else the last year."""
    found = list(_LATE_DATE.finditer(text))
    return _PARENTHESISED_DATE.search(text) or (found[-1] if found else None)


def _stands_early(bare: str, date: re.Match[str], persons_end: int) -> bool:
    """Whether a date stands between authors and title, as in APA, Harvard and Chicago author-date style."""
    between = _HANDLE.sub("", bare[persons_end : date.start()])
    if not between.strip(" .,;:&(["):
        return True
    if not _TITLE_NEXT.match(bare, date.end()) or re.search(r"[“”\"«]", between):
        return False
    if persons_end:
        return _only_names(between)
    return len(between.split()) <= 15 and date.start() < 0.8 * len(bare) and not _SENTENCES.search(between)


def _only_names(text: str) -> bool:
    """Whether all words are capitalised, except those that are lower case in names."""
    return ":" not in text and all(
        not word[0].islower() or word in SMALL_IN_NAMES for word in re.findall(r"[^\W\d_]+", text)
    )


def _year(date: str | None) -> str | None:
    if date is None:
        return None
    folded = date.casefold()
    if folded.startswith(("n", "no")):
        return "n.d." + (folded[-2:] if re.search(r"-[a-z]$", folded) else "")
    return folded if not folded[0].isdigit() else date.lower()


# ---- title and container --------------------------------------------------------------------------------------------

_VOLUME = re.compile(
    r"^(?P<container>.*?[^\s,\d(])[,.]?\s+(?:vol(?:ume)?\.?\s*)?(?P<volume>[A-Z]?\d{1,4})\s*"
    r"(?:\(\s*(?:no\.?\s*|issue\s*)?(?P<issue>[\w\s./–\-]{1,24})\)|,\s*(?:no\.?|issue)\s*(?P<number>[\w/–\-]{1,24}))?"
    r"(?=\s*(?:[,.:;)]|$)|"
    r"\s*\()[,.:;\s]*"
    r"(?:\(?(?:pp?\.\s*)?(?P<pages>[A-Za-z]?\d+(?:\s*[-–—]\s*[A-Za-z]?\d+)?))?",
    re.IGNORECASE,
)
_PAGES_ONLY = re.compile(r"^(?P<container>.*?[^\s,\d]),\s+(?:pp?\.\s*)?(?P<pages>[A-Za-z]?\d+\s*[-–—]\s*[A-Za-z]?\d+)")
_IN_BOOK = re.compile(
    r"^In:?\s+(?:(?P<editors>.+?\(\s*(?:Eds?|Hrsg|Comps?)\.?\s*\)|.+?,\s*(?:eds?|"
    r"editors?)\.),?[.:]?\s*)?(?P<book>.+?)\s*"
    r"(?:\((?:[^()]*?\b)?(?:pp?\.|chap(?:ter)?\.?|Vol\.|\d+(?:st|nd|rd|th) ed)[^()]*\)|\.\s|,\s+pp?\.|$)"
)


def _open(text: str) -> bool:
    return text.count("(") > text.count(")") or text.count("[") > text.count("]")


def _clean_title(title: str) -> str:
    title = re.sub(r"\s+", " ", title).strip(" ,;")
    title = re.sub(r"\.$", "", title).strip()
    if len(title) > 2 and title[0] in "“\"‘'" and title[-1] in "”\"’'" and title[1:-1].count(title[0]) == 0:
        title = title[1:-1].rstrip(" .,")
    return title


def _container(text: str) -> tuple[str | None, str | None, str | None, str | None]:
    """(container, volume, issue, pages): a journal, or the book after "In"; a publisher is no container."""
    text = re.sub(r"\s+", " ", text).strip()
    # Vancouver: "J Work. 2016 May;12(3):45-67".
    text = re.sub(rf"[.,]?\s{YEAR}(?:\s[A-Z][a-z]{{2}}(?:\s\d{{1,2}})?)?;\s*", " ", text)
    book = _IN_BOOK.match(text)
    if book:
        pages = re.search(r"pp?\.\s*(\d+\s*[-–—]\s*\d+|\d+)", text)
        return book["book"].strip(" .,") or None, None, None, pages[1] if pages else None
    match = _VOLUME.match(text)
    if match and not _open(match["container"]):
        issue = (match["issue"] or match["number"] or "").strip()
        return match["container"].strip(" ,.") or None, match["volume"], issue or None, match["pages"]
    match = _PAGES_ONLY.match(text)
    if match:
        return match["container"].strip(" ,.") or None, None, None, match["pages"]
    return None, None, None, None


_DASHES = re.compile(r"^[\s\-–—―_]{2,}[.,]?\s*$")


def _repeated_authors(references: Sequence[Reference]) -> list[Reference]:
    """The references with authors in place of a dash, which Chicago style writes for those of the entry above."""
    repeated: list[Reference] = []
    for reference in references:
        dashed = reference.authors and _DASHES.match(reference.authors[0].family)
        starts = re.match(r"^[\-–—―_]{2,}", reference.text)
        if repeated and (dashed or (starts and not reference.authors)):
            reference = replace(reference, authors=repeated[-1].authors)
        repeated.append(reference)
    return repeated
