"""A reference list -> Reference entries: authors, year, title, container, DOI, URL, and a stable key.

The grammar is that of APA 7 (chapters 9 and 10), read leniently: missing commas, initials without full stops, a year
without parentheses, a comma where the title's full stop should be. Numbered (Vancouver) and author-date entries of
other styles are understood as far as their order of parts tells.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from .document import Document
from .names import INITIALS, PARTICLE, SUFFIX, SURNAME, UPPER, Author, fold, is_organisation


@dataclass(frozen=True, slots=True)
class Reference:
    """An entry of the reference list; what the entry does not say is None.

    key: stable among runs and formats: first author and year, and a word of the title where two works share these.
    year: "2014", "2014a", "n.d." or "in press". text: the entry word for word, without notation, on one line.
    start, end: its place in `Document.text`; line: the first line of it, from 1.
    """

    key: str
    authors: tuple[Author, ...]
    year: str | None
    title: str | None
    container: str | None
    doi: str | None
    url: str | None
    text: str
    volume: str | None = None
    issue: str | None = None
    pages: str | None = None
    start: int = 0
    end: int = 0
    line: int = 0

    @property
    def label(self) -> str:
        """How the work is cited in running text: "Moll et al. (2009)"."""
        names = [author.family for author in self.authors] or [self.title or self.text[:40]]
        cited = f"{names[0]} et al." if len(names) > 2 else " & ".join(names)
        return f"{cited} ({self.year or 'no year'})"


def parse_references(document: Document) -> tuple[Reference, ...]:
    """The reference list of a document, in its order, each entry with a key of its own."""
    references = []
    for start, end in document.reference_entries:
        text = " ".join(document.plain(start, end).text.split())
        reference = parse_reference(text)
        references.append(replace(reference, start=start, end=end, line=document.line(start)))
    return _with_keys(_repeated_authors(references))


# ---- one entry ------------------------------------------------------------------------------------------------------

_MARK = re.compile(r"^(?:\[\d{1,4}\]|\(\d{1,3}\)|\d{1,4}[.)](?=\s)|[-*•–]\s)\s*")
_YEAR = r"(?:1[5-9]|20)\d\d"
_DATE_WORDS = r"n\.\s?d\.?|no date|in press|forthcoming|in preparation|submitted|accepted|in review|under review"
_PARENTHESISED_DATE = re.compile(
    rf"[(\[]\s*(?:c(?:a|irca)?\.?\s*)?(?P<date>{_YEAR}[a-z]?|"
    rf"(?:{_DATE_WORDS})(?:-[a-z])?)(?P<rest>[^()\[\]]*)[)\]]\s*[.,:]?",
    re.IGNORECASE,
)
_BARE_DATE = re.compile(rf"(?<=[.,\s])(?P<date>{_YEAR}[a-z]?|n\.\s?d)(?=[.,:]\s)", re.IGNORECASE)
_LATE_DATE = re.compile(rf"(?<![\d/.\-–])(?P<date>{_YEAR}[a-z]?)(?=\s*(?:[;.,:)\]]|$|[A-Z]))")
_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>“”]+", re.IGNORECASE)
_URL = re.compile(r"\b(?:https?://|www\.)[^\s\"<>“”]+", re.IGNORECASE)
_LINKS = re.compile(
    r"(?:,?\s*\(?(?:DOI|doi)\s*:?\s*)?(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?\b10\.\d{4,9}/\S+|(?:https?://|www\.)\S+"
    rf"|(?:Retrieved|Accessed)(?:\s+on)?\s+(?:[{UPPER}]\w+\s+\d{{1,2}},?|"
    rf"\d{{1,2}}\s+[{UPPER}]\w+)\s+\d{{4}}[.,]?(?:\s+from)?"
    r"|(?:Retrieved|Accessed|Available|Abgerufen)\b[^.]*?(?:from|at|:)\s*(?=https?:|www\.|$)|,?\s*\b(?:DOI|"
    r"doi)\s*:?\s*$",
)


def parse_reference(text: str) -> Reference:
    """Parse one entry, given as one line without notation. The key is that of the entry alone."""
    body = _MARK.sub("", " ".join(text.split()))
    doi, url = _links(body)
    bare = _LINKS.sub(" ", body)
    authors_text, date, rest = _split_date(bare)
    authors, title_text = _authors_and_rest(authors_text, rest, date)
    title, container_text = _split_title(title_text)
    container, volume, issue, pages = _container(container_text)
    year = _year(date)
    reference = Reference(
        "", authors, year, title or None, container, doi, url, text, volume=volume, issue=issue, pages=pages
    )
    return replace(reference, key=_plain_key(reference))


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


def _split_date(bare: str) -> tuple[str, str | None, str]:
    """(authors, date, what follows the date); where the date stands late, the authors are still in what follows."""
    match = _PARENTHESISED_DATE.search(bare)
    if match and match.start() <= max(len(bare) * 0.8, 60):
        return bare[: match.start()], match["date"], bare[match.end() :]
    early = _BARE_DATE.search(bare)
    if early and early.start() < 0.6 * len(bare) and _reads_as_authors(bare[: early.start()]):
        return bare[: early.start()], early["date"], bare[early.end() :].lstrip(" .,:")
    if match:
        return "", match["date"], bare
    late = list(_LATE_DATE.finditer(bare))
    return "", (late[-1]["date"] if late else None), bare


def _reads_as_authors(text: str) -> bool:
    return bool(_PERSON.match(text.strip())) or len(text.split()) <= 8


def _year(date: str | None) -> str | None:
    if date is None:
        return None
    folded = date.casefold()
    if folded.startswith(("n", "no")):
        return "n.d." + (folded[-2:] if re.search(r"-[a-z]$", folded) else "")
    return folded if not folded[0].isdigit() else date.lower()


# ---- authors --------------------------------------------------------------------------------------------------------

_FAMILY = rf"{SURNAME}(?:[\s]{SURNAME}){{0,2}}"
_INVERTED = re.compile(rf"(?P<family>{_FAMILY}),?\s+(?P<given>{INITIALS}){SUFFIX}")
_VANCOUVER = re.compile(rf"(?P<family>{_FAMILY})\s+(?P<given>[{UPPER}]{{1,3}})(?=[,;.\s&]|$){SUFFIX}")
_BARE_INITIALS = re.compile(
    rf"(?P<family>{_FAMILY}),\s+(?P<given>[{UPPER}](?:[\s\-]?[{UPPER}]){{0,3}})(?=[,;.\s&]|$){SUFFIX}"
)
_GIVEN_FIRST = re.compile(rf"(?P<given>{INITIALS})\s*(?P<family>{_FAMILY}){SUFFIX}")
_FULL_GIVEN = re.compile(
    rf"(?P<family>{_FAMILY}),\s+(?P<given>[{UPPER}][\w'’\-]+(?:\s+[{UPPER}](?:\.|"
    rf"[\w'’\-]+)){{0,2}}){SUFFIX}(?=[,;.&\s]|$)"
)
_PERSON = re.compile(
    f"{_INVERTED.pattern}|{_VANCOUVER.pattern}|{_BARE_INITIALS.pattern}".replace("?P<family>", "").replace(
        "?P<given>", ""
    )
)
_SEPARATOR = re.compile(r"\s*(?:[,;]?\s*(?:&|\band\b|\bund\b|\bet\b(?!\s+al))\s*|[,;]\s*|\s*(?:\.\s?){3}\s*|…\s*)+")
_ROLE = re.compile(
    r"\[@[^\[\]]*\]|"
    r"[(\[]?\b(?:Eds?|Trans|Comps?|Hrsg|Dirs?)\b\.?[)\]]?,?|\bet al\b\.?,?|\(?\bin collaboration with\b\)?",
    re.IGNORECASE,
)
_ALIAS = re.compile(rf"[\[(](?P<alias>[{UPPER}][\w&.\-]{{1,11}})[\])]")


def parse_authors(text: str) -> tuple[Author, ...]:
    """The authors in the part of an entry before its date; an organisation is one author."""
    cleaned = _ROLE.sub(" ", text).strip(" ,;:")
    cleaned = re.sub(r"\s+", " ", cleaned)
    authors: list[Author] = []
    position = 0
    while position < len(cleaned):
        separator = _SEPARATOR.match(cleaned, position)
        if separator and separator.end() > position:
            position = separator.end()
            continue
        author, position = _next_author(cleaned, position, bool(authors))
        if author is not None:
            authors.append(author)
    return tuple(authors)


def _next_author(text: str, position: int, later: bool) -> tuple[Author | None, int]:
    for pattern in (_INVERTED, _BARE_INITIALS, _VANCOUVER, _GIVEN_FIRST):
        match = pattern.match(text, position)
        if match and not (pattern is _VANCOUVER and is_organisation(match["family"])):
            return Author(match["family"], " ".join(match["given"].split())), _skip_stop(text, match.end())
    rest = text[position:].strip(" .")
    full = _FULL_GIVEN.match(text, position)
    if full and not is_organisation(full[0]) and not _is_whole_list_of_words(rest):
        return Author(full["family"], full["given"]), _skip_stop(text, full.end())
    if later:
        # Chicago: after the first author, given names come first.
        given_first = re.match(
            rf"((?:[{UPPER}][\w'’.\-]*\s+){{1,3}})((?:{PARTICLE}\s+){{0,3}}[{UPPER}][\w'’\-]+)(?=[,;.&]|\s+and\b|\s*$)",
            text[position:],
        )
        if given_first and not is_organisation(given_first[0]):
            return Author(given_first[2], given_first[1].strip()), _skip_stop(text, position + given_first.end())
    return _organisation(rest), len(text)


def _is_whole_list_of_words(rest: str) -> bool:
    """ "Health, Work and Ageing": many capitalised words and no sign of a person."""
    return len(rest.split()) > 8 and not re.search(rf"\b[{UPPER}]\.", rest)


def _skip_stop(text: str, position: int) -> int:
    return position + 1 if position < len(text) and text[position] == "." else position


def _organisation(name: str) -> Author | None:
    aliases = tuple(match["alias"] for match in _ALIAS.finditer(name))
    bare = re.sub(r"\s+", " ", _ALIAS.sub("", name)).strip(" ,;.:&")
    if not any(character.isalnum() for character in bare):
        return None
    return Author(bare, organisation=True, aliases=aliases)


_VANCOUVER_LIST = re.compile(
    rf"(?P<authors>{_FAMILY}\s+[{UPPER}]{{1,3}}(?:,\s+{_FAMILY}\s+[{UPPER}]{{1,3}})*(?:,\s+et\s+al)?)\.\s+(?P<rest>.+)"
)
_WITH_GIVEN_NAME = re.compile(rf"{_FULL_GIVEN.pattern}(?:,?\s+(?:and|&)\s+[^.]{{3,60}}|,?\s+et\s+al)?")


def _authors_and_rest(authors_text: str, rest: str, date: str | None) -> tuple[tuple[Author, ...], str]:
    if authors_text.strip(" .,"):
        return parse_authors(authors_text), rest.strip(" .,")
    listed = _VANCOUVER_LIST.match(rest.strip())
    if listed:
        return parse_authors(listed["authors"]), listed["rest"]
    # No date behind the authors: they end at the first full stop that is no initial's.
    match = re.match(r"(.+?[^\s.A-Z]|.+?[A-Z]{2,3})\.\s+(.+)", rest.strip())
    named = match and (_PERSON.match(match[1]) or _WITH_GIVEN_NAME.fullmatch(match[1]) or is_organisation(match[1]))
    if match and named and len(match[1]) < 0.7 * len(rest):
        return parse_authors(match[1]), match[2]
    return (), rest.strip(" .,")


# ---- title and container --------------------------------------------------------------------------------------------

_TITLE_END = re.compile(
    r"(?P<stop>[.?!][”\"’']?)\s+(?=[“\"‘'(\[]?[^\W\d_a-z]|[a-z]\w*\s|In:?\s|\d|$)|(?P<quote>[”\"])\s+(?=\S)"
)
_ABBREVIATION = re.compile(
    rf"(?:\b[{UPPER}]|\b(?:vs|St|Dr|Mr|Mrs|No|Vol|Ed|Eds|Inc|Ltd|cf|etc|al|ca|approx|Jr|Sr|U\.S|e\.g|i\.e|Ph\.D))\.$"
)
_SUBTITLE = re.compile(r"(?!In:?\s)[^.?!\d]{8,}[.?!]\s+\S")
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


def _split_title(text: str) -> tuple[str, str]:
    """(title, what follows): the title ends at a full stop that is neither an initial's nor inside parentheses."""
    text = text.strip()
    counted, opened = 0, Counter[str]()
    for match in _TITLE_END.finditer(text):
        end = match.end("stop") if match["stop"] else match.end()
        opened.update(text[counted : match.start() + 1])
        counted = match.start() + 1
        is_open = opened["("] > opened[")"] or opened["["] > opened["]"]
        if match["stop"] and (is_open or _ABBREVIATION.search(text, max(0, counted - 10), counted)):
            continue
        if match["quote"] and text[0] not in '“"':
            continue
        if match["stop"] and match["stop"][0] in "?!" and _SUBTITLE.match(text, match.end()):
            continue
        return _clean_title(text[:end]), text[match.end() :].strip()
    run_on = re.match(r"^(?P<title>.{12,}?),\s+(?P<rest>[^,]*[^\W\d_][^,]*,\s*\d+\s*(?:\(\d+\))?\s*(?:,|$).*)$", text)
    if run_on:
        # "Title, Journal, 73(2), 162-174": a comma where the full stop should be.
        return _clean_title(run_on["title"]), run_on["rest"]
    return _clean_title(text), ""


def _open(text: str) -> bool:
    return text.count("(") > text.count(")") or text.count("[") > text.count("]")


def _clean_title(title: str) -> str:
    title = re.sub(r"\s+", " ", title).strip(" ,;")
    title = re.sub(r"\.$", "", title).strip()
    if len(title) > 2 and title[0] in "“\"‘'" and title[-1] in "”\"’'" and title[1:-1].count(title[0]) == 0:
        title = title[1:-1].rstrip(" .,")
    return title


def _container(text: str) -> tuple[str | None, str | None, str | None, str | None]:
    """(container, volume, issue, pages): a journal with its volume, or the book after "In"; a publisher is none."""
    text = re.sub(r"\s+", " ", text).strip()
    # Vancouver: "J Work. 2016 May;12(3):45-67".
    text = re.sub(rf"[.,]?\s{_YEAR}(?:\s[A-Z][a-z]{{2}}(?:\s\d{{1,2}})?)?;\s*", " ", text)
    book = _IN_BOOK.match(text)
    if book:
        pages = re.search(r"pp?\.\s*(\d+\s*[-–—]\s*\d+|\d+)", text)
        return book["book"].strip(" .,"), None, None, pages[1] if pages else None
    match = _VOLUME.match(text)
    if match and not _open(match["container"]):
        issue = (match["issue"] or match["number"] or "").strip()
        return match["container"].strip(" ,."), match["volume"], issue or None, match["pages"]
    match = _PAGES_ONLY.match(text)
    if match:
        return match["container"].strip(" ,."), None, None, match["pages"]
    return None, None, None, None


# ---- keys -----------------------------------------------------------------------------------------------------------

_PLAIN_TITLE_WORDS = frozenset(
    "a an the of for in on and or to from with by at as is are do does can how what why who which when where its their "
    "assessing analysing analyzing comparing defining describing determining developing evaluating examining exploring "
    "identifying improving introducing investigating measuring promoting reviewing studying toward towards "
    "understanding using new study review".split()
)


def _plain_key(reference: Reference) -> str:
    first = (
        reference.authors[0].family if reference.authors else " ".join((reference.title or reference.text).split()[:4])
    )
    year = (reference.year or "no-year").replace(".", "").replace(" ", "-")
    return f"{_slug(first)}-{year}"


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", fold(text).replace("'", "")).strip("-") or "work"


def _title_words(reference: Reference) -> list[str]:
    words = [_slug(word) for word in re.findall(r"[^\W_]+", reference.title or "")]
    return [word for word in words if word not in _PLAIN_TITLE_WORDS]


def _with_keys(references: Sequence[Reference]) -> tuple[Reference, ...]:
    """Where entries share first author and year, the first word of the title that tells them apart joins the key."""
    groups: dict[str, list[int]] = defaultdict(list)
    for index, reference in enumerate(references):
        groups[_plain_key(reference)].append(index)
    keyed = list(references)
    for key, members in groups.items():
        taken: set[str] = set()
        for index in members:
            others = {word for other in members if other != index for word in _title_words(references[other])}
            own = [word for word in _title_words(references[index]) if word not in others]
            unique = f"{key}-{own[0]}" if len(members) > 1 and own else key
            number = 2
            while unique in taken:
                unique = f"{key}-{number}"
                number += 1
            taken.add(unique)
            keyed[index] = replace(references[index], key=unique)
    return tuple(keyed)


_DASHES = re.compile(r"^[\s\-–—―_]{2,}[.,]?\s*$")


def _repeated_authors(references: Sequence[Reference]) -> list[Reference]:
    """Lists of the Chicago style write a dash for the authors of the entry above."""
    repeated: list[Reference] = []
    for reference in references:
        dashed = reference.authors and _DASHES.match(reference.authors[0].family)
        starts = re.match(r"^[\-–—―_]{2,}", reference.text)
        if repeated and (dashed or (starts and not reference.authors)):
            reference = replace(reference, authors=repeated[-1].authors)
        repeated.append(reference)
    return repeated
