"""Names of authors in reference lists and citations: patterns for surnames, initials and particles, and rules for
organisations and their abbreviations.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from peerqa.text.words import SMALL_IN_ORGANISATIONS, fold

UPPER = "".join(chr(code) for code in (*range(0x41, 0x250), *range(0x370, 0x530)) if chr(code).isupper())
"""Capital letters of the Latin, Greek and Cyrillic scripts, for use inside [...]: `re` has no \\p{Lu}."""

PARTICLE = (
    r"(?:[Vv]an|[Vv]on|[Vv]om|[Zz]u[rm]?|[Dd]e[nrlsi]?|[Dd]ella|[Dd]ello|[Dd]egli|[Dd]a[ls]?|[Dd]i|[Dd]o[s]?|[Dd]u|"
    r"[Ll][aeo]s?|[Tt]e[nr]?|[Aa]l|[Ee]l|[Bb]in|[Ii]bn|[Aa]f|[Aa]v|['’]t|[Ss]t\.|[Mm]ac|[Oo]p)"
)
_WORD = rf"(?:[dDlLO]['’])?[{UPPER}][\w'’]*(?:[-‐‑–][\w'’]+)*(?<!['’])"
SURNAME = rf"(?:(?:{PARTICLE}\s+){{0,3}}|(?:al-|el-|Al-|El-))?{_WORD}"
"""A surname: capitalised, with its particles and hyphens ("van der Berg", "Hiller-Venegas", "O'Brien")."""

INITIALS = rf"[{UPPER}][a-z]?\.(?:[\s\-‐‑–]{{0,2}}[{UPPER}][a-z]?\.){{0,4}}"
SUFFIX = r"(?:,?\s+(?:Jr|Sr)\.?|,?\s+(?:II|III|IV)\b\.?)?"

_ORGANISATION_WORDS = re.compile(
    r"\b(?:of|for|the|and|on|association|society|council|committee|commission|ministry|department|government|agency|"
    r"institutes?|institution|universit(?:y|é|ät)|college|cent(?:re|er)s?|organi[sz]ations?|foundation|federation|"
    r"network|group|alliance|board|bureau|office|service|services|administration|authority|program(?:me)?|team|"
    r"consortium|collaboration|initiative|project|nations|health|canada|statistics|national|international|world|"
    r"united|states|association|academy|union|trust|fund|press|inc|ltd|corporation|company|times|news|wikipedia)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Author:
    """An author of a work: a person with a family name and given names or initials, or an organisation.

    An organisation has its whole name as `family`, and the short forms that the list gives ("APA") as `aliases`.
    """

    family: str
    given: str = ""
    organisation: bool = False
    aliases: tuple[str, ...] = ()


def is_organisation(name: str) -> bool:
    """Whether a name is more likely that of an organisation than of a person."""
    words = name.split()
    return bool(_ORGANISATION_WORDS.search(name)) or (
        len(words) == 1 and (words[0].isupper() or _inner_capital(words[0]))
    )


def _inner_capital(word: str) -> bool:
    """Whether a word has a capital inside ("UNICEF", "mHealth"); those of "McNeil" and "O'Brien" do not count."""
    bare = re.sub(r"^(?:Mc|Mac|De|Di|La|Le|Van|O['’]|D['’]|L['’]|Fitz)", "", word)
    return any(character.isupper() for character in re.sub(rf"[-‐‑–'’][{UPPER}]", "", bare[1:]))


def initials_of(name: str) -> str:
    """The initials of an organisation's chief words, lower case: "world health organization" -> "who"."""
    return "".join(word[0] for word in re.split(r"[\s\-/]+", fold(name)) if word and word not in SMALL_IN_ORGANISATIONS)


def abbreviates(short: str, full: str) -> bool:
    """Whether `short` is a short form of the organisation `full`: its initials, or its name with words abbreviated.

    "APA" for "American Psychological Association", "Government of BC" for "Government of British Columbia". At least
    one word of the short form must be made of initials: a name with words left out is no abbreviation.
    """
    if fold(short) == fold(full):
        return False
    short_words, full_words = _chief_words(short), _chief_words(full)
    if not short_words or len(short_words) >= len(full_words):
        return False
    return _aligns(short_words, full_words)


@lru_cache(maxsize=1 << 14)
def _chief_words(name: str) -> tuple[str, ...]:
    bare = re.sub(r"\b((?:[A-Za-z]\.){2,})", lambda match: match[1].replace(".", ""), name)
    return tuple(word for word in re.findall(r"[\w'’]+", bare) if word.casefold() not in SMALL_IN_ORGANISATIONS)


def _aligns(short: tuple[str, ...], full: tuple[str, ...]) -> bool:
    """Each short word equals the next full word, or is upper case and spells the initials of the next two or more."""
    if not short:
        return not full
    if full and fold(short[0]) == fold(full[0]) and _aligns(short[1:], full[1:]):
        return True
    length = len(short[0])
    if short[0].isupper() and 2 <= length <= len(full):
        spelt = "".join(word[0] for word in full[:length]).casefold()
        return spelt == short[0].casefold() and _aligns(short[1:], full[length:])
    return False
