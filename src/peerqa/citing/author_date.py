"""The grammar of author-date citations: where a text may cite, before anything is looked up in the reference list.

APA 7 (chapter 8) has four forms: parenthetical "(Moll et al., 2009; see also Cusick, 2021, p. 4)", narrative "Moll et
al. (2009)", split "Moll et al. found ... (2009)", and by author alone once the year is known. The first two are found
by their form. For the last two, in_text.py asks which words of a sentence are authors of the list. All offsets count
within the plain text that is given.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from peerqa.text.dates import YEAR
from peerqa.text.person_names import INITIALS, PARTICLE, SURNAME, UPPER

Kind = Literal["parenthetical", "narrative", "narrative-split", "author-only", "numbered"]


@dataclass(frozen=True, slots=True)
class Name:
    """A name as the text writes it, and its place."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Mention:
    """A place that may cite one work, as it is written.

    phrase: all words of the name before the year; names: the persons in it, or the one organisation.
    year: None if the text gives none there.
    comma: whether a comma stands between name and year, as APA has it.
    secondary: whether the work is cited from another one, which follows ("as cited in", APA 7 §8.6); the list need not
    have it.
    embedded: whether the name ends a longer one, of a book, a case or a place ("Atkins v. Virginia (2002)"); it is a
    citation only if the list has it.
    """

    kind: Kind
    start: int
    end: int
    phrase: Name
    names: tuple[Name, ...]
    et_al: bool
    year: str | None
    comma: bool = False
    secondary: bool = False
    embedded: bool = False


_YEAR = rf"(?:{YEAR}(?:[–—/-](?:{YEAR}|\d\d))?[a-rt-z]?(?!\w))"
_UNDATED = r"(?:n\.\s?d\.?(?:-[a-z])?|in press(?:-[a-z])?|forthcoming|in preparation|submitted|under review)"
_DATE = rf"(?:(?<![\w.]){_YEAR}|(?<![^\W\d_]){_UNDATED})"
DATE = re.compile(_DATE, re.IGNORECASE)
_PAGES = r"(?:\s*[,:]\s*pp?\.?\s*\d+(?:\s*[–-]\s*\d+)?)?"
_MORE_DATES = re.compile(
    rf"(?:{_PAGES}\s*(?:,|;|&|and|,\s*and)\s*(?=\d|{_UNDATED})|\s*(?:,|;|&|and|,\s*and|(?P<to>[–—/-]))\s*)"
    rf"(?P<date>{_DATE}|[a-z](?![\w.]))",
    re.IGNORECASE,
)
_LOCATOR = re.compile(
    r"\s*(?:[,:]\s*)?(?:(?:pp?|paras?|chs?|chap(?:ter)?s?|secs?|sections?|figs?|figures?|tables?|vols?|nos?|pt|part|"
    r"app|appendix|ebook|slide|footnote|l|line|lines|italics|emphasis|quoted|cited|as|translated|trans|original)\b.*|"
    r"\d[\d–\-, ]*)?\s*$",
    re.IGNORECASE | re.DOTALL,
)
_PREFIX = re.compile(
    rf"\s*(?:(?!(?-i:[{UPPER}][a-z]+,\s[{UPPER}][\w’'-]+(?:,|\s(?:&|and|et)\s)))(?:see|also|cf|e\.\s?g|i\.\s?e|eg|ie|"
    r"for|an?|the|recent|review|reviews|overview|example|examples|instance|more|details|as|cited|quoted|reported|"
    r"described|discussed|shown|reviewed|suggested|proposed|noted|by|in|from|adapted|data|based|on|but|and|or|"
    r"compare|particularly|especially|notably|mainly|among|others|both|following|after|per|consistent|similar|to|"
    r"with|according|contra|originally|first|most|recently|further|discussion|summary|summaries|meta-analysis|"
    r"meta-analyses|therein|references|original|source|work|works|study|studies|findings|of|namely|specifically|"
    r"previously|elsewhere|respectively|see,)\b[.,:]*\s*)+",
    re.IGNORECASE,
)
_PART_END = re.compile(
    r";|(?P<source>\b(?:[Aa]s\s+)?(?:[Cc]ited|[Qq]uoted)\s+(?:in|by)\b)"
    r"|(?:(?<=\d\d\d\d)|(?<=\d\d\d\d[a-z]))(?:,\s*(?:(?:and|&)\s+)?|\s+(?:and|&)\s+)"
    rf"(?=(?:{PARTICLE}\s+){{0,3}}[{UPPER}][^;()\[\]\d]{{1,80}}\s{_YEAR})"
)
_PERSON = rf"(?:{INITIALS}\s+)?{SURNAME}(?:\s+(?!(?:et|and)\b){SURNAME}){{0,2}}(?:,?\s+Jr\.?)?"
_ET_AL = (
    r"(?:,?\s+(?:et\.?\s*al\b\.?|(?:and|&)\s+(?:(?:his|her|their)\s+)?(?:colleagues|co-?workers|associates|others)\b))"
)
_JOIN = r"(?:\s*,\s*(?:&|and|und|y)\s+|\s*,\s+|\s+(?:and|und|y)\s+|\s*&\s*)"
# Each person is matched in the first way alone, so that a list of many cannot be tried in all combinations of ways.
_PEOPLE = rf"(?=(?P<first>{_PERSON}))(?P=first)(?:{_JOIN}(?=(?P<further>{_PERSON}))(?P=further)){{0,24}}"
_PEOPLE_AT_END = re.compile(rf"(?P<people>{_PEOPLE})(?P<et_al>{_ET_AL})?(?:,\s*{INITIALS})?\s*$")
_PEOPLE_HERE = re.compile(rf"(?P<people>{_PEOPLE})(?P<et_al>{_ET_AL})?")
_ONE_PERSON = re.compile(_PERSON)
_POSSESSIVE = re.compile(r"(?:['’]s|s['’]|['’])\s*$")
_PHRASE_AT_END = re.compile(
    rf"(?P<phrase>(?<![\w])[\"“‘']?[{UPPER}\d][\w'’.&/\-–]*(?:,?\s+(?:of|for|the|and|on|in|to|de|la|&|"
    rf"[\"“]?[{UPPER}(\d][\w'’.&/\-–)]*[\"”]?)){{0,14}}[\"”’']?)\s*$"
)
_MONTH = re.compile(
    r"^(?:January|February|March|April|May|June|July|August|September|October|November|December|Jan|Feb|Mar|Apr|Jun|"
    r"Jul|Aug|Sept?|Oct|Nov|Dec|Spring|Summer|Autumn|Fall|Winter|Since|From|Until|During|In|Before|After|By|Between|"
    r"Circa)\b\.?",
)
REPORTING_VERB = re.compile(
    r"[\s,]*(?:\([^()]*\)\s*)?(?:(?:also|further|then|later|recently|first|thus|therefore|similarly|both|even|has|"
    r"have|had|did|does|do|explicitly|previously|originally|additionally|again|himself|herself|themselves|"
    r"[a-z]+ly)\s+){0,3}(?![a-z]+ing\b)(?:found|finds?|suggest|defin|argu|stat(?:e|ed|es)\b|report|show|not(?:e|es|"
    r"ed)\b|highlight|identif|acknowledg|conclu|propos|describ|examin|observ|explain|claim|point(?:s|ed)?\b|discuss|"
    r"emphasi|recommend|demonstrat|indicat|review|investigat|conduct|stud(?:y|ies|ied)\b|wr(?:ote|ites?)\b|develop|"
    r"compar|believ|maintain|contend|assert|stress|add(?:s|ed)?\b|warn|view|refer|coin|introduc|call(?:s|ed)?\b|"
    r"outlin|reveal|offer|present|provid|estimat|confirm|document|replicat|analy[sz]|assess|evaluat|explor|interview|"
    r"survey|measur|test(?:s|ed)?\b|us(?:e|es|ed)\b|saw|sees?\b|hypothesi|theori|caution|question|challeng|criticis|"
    r"criticiz|advocat|draws?\b|drew|extend|establish|determin|distinguish|classif|summari|synthesi|caution|mention|"
    r"quot|cit(?:e|es|ed)\b|posit|remark|reason|remind|urg|concur|agree|disagree|support(?:s|ed)\b|made|make|"
    r"consider|address|focus|look|address|tak(?:e|es)\b|took|gave|give)",
)
"""What an author does in a narrative citation: "highlighted" in "Moll et al. highlighted ..."."""


# ---- citations found by their form ----------------------------------------------------------------------------------


def find_written(text: str) -> Iterator[Mention]:
    """Parenthetical and narrative citations with the year beside the name, and years alone in parentheses.

    A year without a name before it is yielded as "narrative-split" with an empty phrase; its author may stand earlier
    in the sentence.
    """
    for start, end, content in _groups(text):
        if DATE.search(content) and not _first_published(text, start, end):
            yield from _in_group(text, start, end, content)


def _first_published(text: str, start: int, end: int) -> bool:
    """Whether brackets hold the year of a first edition, beside that of another: "Freud [1900] 1953"."""
    if text[start] != "[" or not re.fullmatch(r"\s*\d{4}\s*", text[start + 1 : end - 1]):
        return False
    return bool(
        re.match(r"\s?\d{4}", text[end : end + 5]) or re.search(r"\d{4}[a-z]?\s?$", text[max(0, start - 6) : start])
    )


_BRACKET = re.compile(r"[()\[\]]")


def _groups(text: str) -> list[tuple[int, int, str]]:
    """(start, end, content) of each pair of brackets; in the content of outer pairs, inner ones are blank."""
    opened: list[int] = []
    pairs: list[tuple[int, int]] = []
    for bracket in _BRACKET.finditer(text):
        if bracket[0] in "([":
            opened.append(bracket.start())
        elif opened:
            pairs.append((opened.pop(), bracket.end()))
    groups = []
    closed: list[tuple[int, int]] = []
    for start, end in pairs:
        content = text[start + 1 : end - 1]
        while closed and closed[-1][0] > start:
            left, right = closed.pop()
            content = content[: left - start - 1] + " " * (right - left) + content[right - start - 1 :]
        closed.append((start, end))
        groups.append((start, end, content))
    return sorted(groups)


def _in_group(text: str, start: int, end: int, content: str) -> Iterator[Mention]:
    before: Mention | None = None
    parts = list(_parts(content))
    for index, (offset, part, secondary) in enumerate(parts):
        position = start + 1 + offset
        dates = list(_dates(part))
        if not dates or _lifetime(dates[0][0]):
            continue
        head = part[: dates[0][1]]
        bare_head = re.sub(r"^\s*(?:in|c\.|ca\.|circa)?\s*", "", head, flags=re.IGNORECASE)
        mentions: list[Mention] = []
        if bare_head.strip(" ,"):
            mentions.extend(_parenthetical(head, dates, position))
        elif before is not None:
            # "(Cole, 2014; 2016)": another year of the author before.
            mentions.extend(
                replace(before, start=position + left, end=position + right, year=_normal_date(date))
                for date, left, right in dates
            )
        elif _LOCATOR.match(part, dates[-1][2]) and index == 0:
            subject = _subject(text, start, end)
            mentions.extend(_narrative(subject, dates, position, end if len(parts) == 1 else None))
        before = mentions[-1] if mentions else None
        yield from (replace(mention, secondary=secondary) for mention in mentions)


def _lifetime(date: str) -> bool:
    """Whether two years are those of a life or an era: "Pavlov (1849–1936)"."""
    years = re.fullmatch(r"(\d{4})[–—-](\d{4})", date)
    return years is not None and int(years[2]) - int(years[1]) >= 10


_LONGER_NAME = re.compile(rf"(?:\bvs?\.\s|\bat\s|\w\s[{UPPER}]\w+\s(?:of|in|on|for)\s)$")
"""The beginning of the name of a book, a case or a place, before a name that ends it."""


def _parts(content: str) -> Iterator[tuple[int, str, bool]]:
    """(offset, text, whether "as cited in" follows) of each citation in brackets."""
    begin = 0
    for match in _PART_END.finditer(content):
        yield begin, content[begin : match.start()], match["source"] is not None
        begin = match.end()
    yield begin, content[begin:], False


def _dates(part: str) -> Iterator[tuple[str, int, int]]:
    """(year, start, end) of each date of one author: "2010, 2012", "2019a, b"."""
    match = DATE.search(part)
    if match is None:
        return
    year = match[0]
    yield year, match.start(), match.end()
    position = match.end()
    while more := _MORE_DATES.match(part, position):
        date = more["date"]
        if len(date) == 1:
            if more["to"] not in (None, "/") and len(year) == 5:
                # "2019a–c": the years inside the range have the place of its dash.
                for code in range(ord(year[4]) + 1, ord(date)):
                    yield year[:4] + chr(code), *more.span("to")
            date = year[:4] + date
        elif more["to"]:
            return
        year = date
        yield date, more.start("date"), more.end("date")
        position = more.end()


def _normal_date(date: str) -> str:
    folded = re.sub(r"\s+", " ", date.strip().casefold())
    return (
        "n.d." + folded[-2:] if re.match(r"n\.\s?d.*-[a-z]$", folded) else "n.d." if folded.startswith("n.") else folded
    )


def _parenthetical(head: str, dates: list[tuple[str, int, int]], offset: int) -> Iterator[Mention]:
    comma = head.rstrip().endswith(",")
    bare = head.rstrip(" ,\n")
    prefix = _PREFIX.match(bare)
    begin = prefix.end() if prefix else len(bare) - len(bare.lstrip())
    if begin >= len(bare) or _MONTH.match(bare[begin:]):
        return
    named = _named_at_end(bare, begin)
    if named is None:
        return
    phrase, names, et_al = named
    embedded = _LONGER_NAME.search(bare, 0, phrase.start) is not None
    phrase, names = _moved(phrase, offset), tuple(_moved(name, offset) for name in names)
    for index, (date, left, right) in enumerate(dates):
        begins = phrase.start if index == 0 else offset + left
        yield Mention(
            "parenthetical", begins, offset + right, phrase, names, et_al, _normal_date(date), comma, embedded=embedded
        )


def _moved(name: Name, offset: int) -> Name:
    return Name(name.text, name.start + offset, name.end + offset)


def _named_at_end(text: str, begin: int = 0) -> tuple[Name, tuple[Name, ...], bool] | None:
    """(phrase, names, whether "et al." follows) of the persons or the organisation whose name ends the text.

    begin: where the name may begin at the earliest.
    """
    begin = max(begin, len(text) - 400)
    people = _PEOPLE_AT_END.search(text, begin)
    phrase = _PHRASE_AT_END.search(text, begin)
    if people is None and phrase is None:
        return None
    names: tuple[Name, ...] = ()
    et_al = False
    start = len(text)
    if people is not None:
        names = _people(people)
        et_al = people["et_al"] is not None
        start = people.start()
    if phrase is not None and not et_al:
        start = min(start, phrase.start())
    whole = text[start:].rstrip()
    return Name(whole, start, start + len(whole)), names, et_al


def _people(match: re.Match[str]) -> tuple[Name, ...]:
    return tuple(
        Name(one[0], one.start(), one.end())
        for one in _ONE_PERSON.finditer(match.string, match.start("people"), match.end("people"))
    )


def _subject(text: str, start: int, end: int) -> Mention:
    """The author right before a year in parentheses; its phrase is empty if there is none."""
    before = text[:start].rstrip()
    possessive = _POSSESSIVE.search(before, max(0, len(before) - 2))
    stem = before[: possessive.start() + (1 if possessive[0].startswith("s") else 0)] if possessive else before
    named = _named_at_end(stem) if stem and start - len(stem) <= 5 else None
    if named is None:
        empty = Name("", start, start)
        return Mention("narrative-split", start, end, empty, (), False, None)
    phrase, names, et_al = named
    first = names[0].start if names else phrase.start
    embedded = _LONGER_NAME.search(text, max(0, first - 40), first) is not None
    return Mention("narrative", phrase.start, end, phrase, names, et_al, None, embedded=embedded)


def _narrative(subject: Mention, dates: list[tuple[str, int, int]], offset: int, end: int | None) -> Iterator[Mention]:
    for index, (date, left, right) in enumerate(dates):
        whole = subject.phrase.text or (end is not None and len(dates) == 1)
        start = subject.start if whole and index == 0 else offset + left
        finish = offset + right if end is None or len(dates) > 1 else end
        yield replace(subject, start=start, end=finish, year=_normal_date(date))


# ---- names in running text ------------------------------------------------------------------------------------------


def people_at(text: str, position: int) -> tuple[tuple[Name, ...], bool, int] | None:
    """(names, whether "et al." follows, end) of the persons whose names begin at `position`; None if none do."""
    match = _PEOPLE_HERE.match(text, position)
    if match is None:
        return None
    names, end = _people(match), match.end()
    possessive = _POSSESSIVE.search(names[-1].text) if not match["et_al"] else None
    if possessive:
        last = names[-1]
        end = last.start + possessive.start()
        names = (*names[:-1], Name(last.text[: possessive.start()], last.start, end))
    return names, match["et_al"] is not None, end


_CAPITALISED = re.compile(rf"(?<![\w.@/’'\-–]){SURNAME}")


def capitalised_words(text: str, start: int, end: int) -> Iterator[Name]:
    """Each word of `text[start:end]` that could be a surname, with its particles."""
    for match in _CAPITALISED.finditer(text, start, end):
        stem = re.sub(r"['’]s?$", "", match[0])
        yield Name(stem, match.start(), match.start() + len(stem))
