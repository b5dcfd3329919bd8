"""Questions about a review and the works that it cites, told from questions on its subject by how they are put.

"Who wrote this review?" and "what do you cite from 2022?" have no sentence of the review for an answer. A rule takes a
question only as a whole: a word more ("what did Moll et al. find on hours?") makes it a question on the subject.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum


class Asked(Enum):
    """What a question about a review or its works asks for."""

    AUTHOR = "author"
    DATE = "date"
    NUMBER_OF_WORKS = "number-of-works"
    SUBJECT = "subject"
    WORKS_OF_YEARS = "works-of-years"
    WORKS_BY = "works-by"
    WORKS_ABOUT = "works-about"


@dataclass(frozen=True, slots=True)
class BibliographicQuestion:
    """A question about a review or its works.

    years: first and last year, for WORKS_OF_YEARS. words: the name as typed for WORKS_BY, the topic for WORKS_ABOUT.
    """

    asked: Asked
    years: tuple[int, int] = (0, 0)
    words: str = ""


_REVIEW = (
    r"(?:(?:the|this|that|your) (?:literature |lit |whole |entire )*reviews?|(?:this|that) (?:literature |lit )?"
    r"(?:paper|article|text|document|essay|report|chapter|page))"
)
_IT = rf"(?:{_REVIEW}|it|this|that)"
_YOU = rf"(?:you|we|they|{_REVIEW}|the authors?)"
_WORKS = r"(?:works?|sources?|stud(?:y|ies)|papers?|articles?|references?|publications?|citations?|literature|research)"
_YEAR = r"(?:19|20)\d\d"
_NAME = r"[\w'’.,&\- ]+?"
_FIND = (
    r"(?:find|found|say|said|report|reported|show|showed|shown|conclude|concluded|argue|argued|write|written|wrote|"
    r"study|studied|discover|discovered|suggest|suggested|recommend|recommended|claim|claimed|state|stated|think|"
    r"found out|find out)"
)
_BE = r"(?: is|'s|s)"
_RULES: tuple[tuple[Asked, str], ...] = (
    (
        Asked.AUTHOR,
        rf"(?:(?:so )?who (?:wrote|authored|made|compiled|prepared|put together|created) {_IT}"
        rf"|who (?:is|are|was|were) the (?:authors?|writers?)(?: of {_IT})?"
        rf"|who{_BE} {_IT} (?:written |made )?by|who (?:is|was) {_IT} (?:written|made|authored) by"
        rf"|by whom (?:is|was) {_IT} written|(?:the )?(?:authors?|writers?) of {_REVIEW})",
    ),
    (
        Asked.DATE,
        rf"(?:when (?:was|is|were) {_IT} (?:written|published|made|dated|finished|created|posted|from|updated)"
        rf"|when was {_IT} last updated|when did you write {_IT}|how (?:old|recent|new) is {_REVIEW}"
        rf"|(?:what|which) year (?:was|is) {_IT} (?:written|published|made|from)"
        rf"|(?:what{_BE} )?the (?:publication )?(?:date|year) of {_REVIEW})",
    ),
    (
        Asked.NUMBER_OF_WORKS,
        rf"(?:how many|what number of) (?:different )?{_WORKS} (?:(?:does|do|did) {_YOU} (?:cite|reference|list|quote)"
        rf"|(?:are|were) (?:cited|referenced|quoted|listed)(?: (?:in|by) {_IT}| here)?"
        rf"|(?:are|were) (?:there )?in the (?:reference list|bibliography|list of references))",
    ),
    (
        Asked.SUBJECT,
        rf"(?:what{_BE} {_REVIEW} (?:all )?about|what{_BE} (?:the )?(?:topic|subject|theme) of {_REVIEW}"
        rf"|what does {_REVIEW} (?:cover|deal with|talk about|discuss)"
        rf"|(?:can you |could you |please )*(?:summari[sz]e|sum up|describe) {_REVIEW}(?: for me)?(?: please)?"
        rf"|(?:give me |i need |write )?(?:an? |the )?(?:short |brief |quick )?(?:summary|overview|abstract|gist) of "
        rf"{_REVIEW}(?: please)?)",
    ),
    (
        Asked.WORKS_OF_YEARS,
        rf"(?:(?:what|which|(?:what|which) {_WORKS}) (?:do|does|did) {_YOU} (?:cite|use|reference|quote|list)"
        rf"|(?:what|which|(?:what|which) {_WORKS}) (?:is|are|was|were)(?: (?:cited|there|published))*"
        rf"|(?:all |the |any |list |show |show me |list all )*{_WORKS}(?: cited| published)?"
        rf"|anything|something) "
        rf"(?P<when>from|in|of|since|after|before|until|between|newer than|older than|as of) (?:the year )?"
        rf"(?P<first>{_YEAR})(?: (?:and |to |until |through |or )?(?P<last>{_YEAR}|later|newer|earlier|older))?",
    ),
    (
        Asked.WORKS_BY,
        rf"(?:what (?:did|do|does|have|has) (?P<name>{_NAME})(?: \(?(?P<year>{_YEAR})\)?)? {_FIND}"
        rf"|(?:what|(?:what|which) {_WORKS}) (?:do|does) {_YOU} cite (?:from|by|of) (?P<name2>{_NAME})"
        rf"|(?:what|which|(?:what|which) {_WORKS}) (?:is|are|was|were) (?:cited |written |there )?by (?P<name3>{_NAME})"
        rf"|(?:the )?(?:findings?|results?|works?) (?:of|by) (?P<name4>{_NAME}))"
        rf"(?: in {_REVIEW}| \(?(?P<year2>{_YEAR})\)?| in (?P<year3>{_YEAR}))?",
    ),
    (
        Asked.WORKS_ABOUT,
        rf"(?:(?:which|what) {_WORKS} (?:(?:are|is|were) (?:about|on|concerned with)|deals? with|focus(?:es)? on)"
        rf"|(?:what|(?:which|what) {_WORKS}) (?:do|does) {_YOU} cite (?:about|on)"
        rf"|(?:list |show |show me |all |the )+{_WORKS} (?:about|on)|{_WORKS} that (?:is|are) (?:about|on)) "
        rf"(?P<topic>.+)",
    ),
)
_COMPILED = tuple((asked, re.compile(rule, re.IGNORECASE)) for asked, rule in _RULES)


def bibliographic_question(text: str, follows: bool = False) -> BibliographicQuestion | None:
    """What a question asks of the review or its works; None for a question on its subject.

    follows: whether other questions were asked before it, so that "it" may not be the review.
    """
    tidy = " ".join(text.replace("’", "'").split()).rstrip(" ?!.")
    tidy = re.sub(r"^(?:and|so|ok|okay|please|hi|hello)[, ]+", "", tidy, flags=re.IGNORECASE)
    for asked, rule in _COMPILED:
        found = rule.fullmatch(tidy)
        if found is None:
            continue
        if asked in (Asked.AUTHOR, Asked.DATE) and follows and not re.search(_REVIEW, tidy, re.IGNORECASE):
            return None
        if asked is Asked.WORKS_OF_YEARS:
            return BibliographicQuestion(asked, _years(found["when"].lower(), found["first"], found["last"]))
        if asked is Asked.WORKS_BY:
            groups = found.groupdict()
            name = next(groups[key] for key in ("name", "name2", "name3", "name4") if groups[key])
            year = next((int(groups[key]) for key in ("year", "year2", "year3") if groups[key]), 0)
            return BibliographicQuestion(asked, (year, year), name.strip(" ,"))
        return BibliographicQuestion(asked, words=found.groupdict().get("topic") or "")
    return None


def _years(when: str, first: str, last: str | None) -> tuple[int, int]:
    """The first and the last year that are asked for."""
    year = int(first)
    if last and last.isdigit():
        return min(year, int(last)), max(year, int(last))
    if when in ("since", "as of") or last in ("later", "newer"):
        return year, 9999
    if when in ("after", "newer than"):
        return year + 1, 9999
    if when in ("before", "older than"):
        return 0, year - 1
    if when == "until" or last in ("earlier", "older"):
        return 0, year
    return year, year
