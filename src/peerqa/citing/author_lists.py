"""The authors of a reference list entry, from the part before its date or from its beginning.

The forms are those of the usual styles: "Smith, J. A., & Lee, B." (APA, Harvard), "Smith JA, Lee B" (Vancouver),
"J. A. Smith and B. Lee" (IEEE), "Smith, John, and Brenda Lee" (Chicago, MLA), and names of organisations.
"""

from __future__ import annotations

import re

from peerqa.text.person_names import INITIALS, PARTICLE, SUFFIX, SURNAME, UPPER, Author, is_organisation

_FAMILY = rf"{SURNAME}(?:[\s]{SURNAME}){{0,2}}"
_INVERTED = re.compile(rf"(?P<family>{_FAMILY}),?\s*(?<=[\s,])(?P<given>{INITIALS}){SUFFIX}")
_VANCOUVER = re.compile(rf"(?P<family>{_FAMILY})\s+(?P<given>[{UPPER}]{{1,3}})(?=[,;.\s&]|$){SUFFIX}")
_BARE_INITIALS = re.compile(
    rf"(?P<family>{_FAMILY}),\s+(?P<given>[{UPPER}](?:[\s\-]?[{UPPER}]){{0,3}})(?=[,;.\s&]|$){SUFFIX}"
)
_GIVEN_FIRST = re.compile(rf"(?P<given>{INITIALS})\s*(?P<family>{_FAMILY}){SUFFIX}")
_FULL_GIVEN = re.compile(
    rf"(?P<family>{_FAMILY}),\s+(?P<given>[{UPPER}][\w'’\-]+(?:\s+[{UPPER}](?:\.|"
    rf"[\w'’\-]+)){{0,2}}){SUFFIX}(?=[,;.&\s]|$)"
)
_SEPARATOR = re.compile(r"\s*(?:[,;]?\s*(?:&|\band\b|\bund\b|\bet\b(?!\s+al))\s*|[,;]\s*|\s*(?:\.\s?){3}\s*|…\s*)+")
_ROLE = re.compile(
    r"\[@[^\[\]]*\]|[(\[]?\b(?:Eds?|Trans|Comps?|Hrsg|Dirs?)\b\.?[)\]]?,?|\bet al\b\.?,?|"
    r"\(?\bin collaboration with\b\)?",
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
        # Chicago style: given names come first from the second author on.
        given_first = re.match(
            rf"((?:[{UPPER}][\w'’.\-]*\s+){{1,3}})((?:{PARTICLE}\s+){{0,3}}[{UPPER}][\w'’\-]+)(?=[,;.&]|\s+and\b|\s*$)",
            text[position:],
        )
        if given_first and not is_organisation(given_first[0]):
            return Author(given_first[2], given_first[1].strip()), _skip_stop(text, position + given_first.end())
    return _organisation(rest), len(text)


def _is_whole_list_of_words(rest: str) -> bool:
    """Whether the words list subjects and not persons: "Health, Work and Ageing ..."; many words and no initial."""
    return len(rest.split()) > 8 and not re.search(rf"\b[{UPPER}]\.", rest)


def _skip_stop(text: str, position: int) -> int:
    return position + 1 if position < len(text) and text[position] == "." else position


def _organisation(name: str) -> Author | None:
    aliases = tuple(match["alias"] for match in _ALIAS.finditer(name))
    bare = re.sub(r"\s+", " ", _ALIAS.sub("", name)).strip(" ,;.:&")
    if not any(character.isalnum() for character in bare):
        return None
    return Author(bare, organisation=True, aliases=aliases)


# ---- from the beginning, as far as names go -------------------------------------------------------------------------

_NAME = rf"(?:[dDlLO]['’])?[{UPPER}][\w'’]*(?:[-‐‑–][\w'’]+)*"
_ONE_INITIAL = rf"[{UPPER}][a-z]?\.(?:[-‐‑–][{UPPER}]\.)?"
_BEHIND_NAME = r"(?=\s*[.,;:(\[“\"«`]|\s+(?:and|&|et|und|y|with)\s|\s*$)"
_SPELT_INVERTED = re.compile(
    rf"(?P<family>{SURNAME}),\s+(?P<given>{_NAME}(?:\s+{_NAME}){{0,2}}?(?:(?:\s+{_ONE_INITIAL})+|{_BEHIND_NAME}))"
    rf"{SUFFIX}"
)
_SPELT_DOUBLE_NAME = re.compile(rf"(?P<family>{SURNAME}\s{SURNAME}),\s+(?P<given>{_NAME}{_BEHIND_NAME})")
_SPELT_GIVEN_FIRST = re.compile(
    rf"(?P<given>{_NAME}(?:\s+{_NAME})?(?:\s+{_ONE_INITIAL}){{1,3}})\s+(?P<family>{SURNAME}){_BEHIND_NAME}"
)
_ANY_NAME = re.compile(
    rf"(?P<given>{_NAME}(?:\s+(?:{_NAME}|{_ONE_INITIAL})){{0,2}})\s+(?P<family>{SURNAME}){_BEHIND_NAME}"
)
_CAPITALS_FIRST = re.compile(
    rf"(?P<family>[{UPPER}][{UPPER}'’\-]{{2,}}(?:\s[{UPPER}'’\-]{{2,}}){{0,2}})\s+"
    rf"(?P<given>[{UPPER}][^\W\d_{UPPER}]+(?:[-\s][{UPPER}][^\W\d_{UPPER}]+)?)(?=\s*[.,;:(]|\s+(?:and|&|et)\s)"
)
_QUOTED_NEXT = re.compile(rf"(?P<given>{_NAME}(?:\s+{_NAME}){{0,2}})\s+(?P<family>{SURNAME})(?=[.,:]?\s+[“\"«`])")
_TITLED_NEXT = re.compile(
    rf"(?P<given>{_NAME}(?:\s+{_ONE_INITIAL})?)\s+(?P<family>(?:{PARTICLE}\s+){{0,2}}{_NAME}(?:\s{_NAME})?)"
    rf"(?=[.,]\s+[{UPPER}“\"«‘]|\s+(?:and|&|et)\s+[{UPPER}])"
)
_LIST_GOES_ON = re.compile(
    rf"(?:{_NAME}(?:\s+(?:{_NAME}|{_ONE_INITIAL})){{1,3}},?\s+){{1,6}}(?:and|&|und|et)\s+{_NAME}\s"
)
_INITIALLED = (_SPELT_GIVEN_FIRST, _INVERTED, _BARE_INITIALS, _GIVEN_FIRST, _VANCOUVER)
_SPELT = (_SPELT_INVERTED, _CAPITALS_FIRST, _QUOTED_NEXT)
_SPELT_FIRST = (_TITLED_NEXT, _SPELT_DOUBLE_NAME)
_JOINED = re.compile(r"\s*[,;]?\s*(?:&|\band\b|\bund\b|\bet\b(?!\s+al)|\by\b|\bwith\b)\s*", re.IGNORECASE)
_LISTED = re.compile(r"\s*[,;]\s*")
_OTHERS = re.compile(r"\s*[,;]?\s*\(?\b(?:et\.?\s+al|and others|u\.\s?a|et coll)\b\.?\)?", re.IGNORECASE)
_ROLE_HERE = re.compile(
    r"\s*[,;]?\s*[(\[]?\b(?:eds?|editors?|trans|translators?|comps?|hrsg|hg|dirs?|coord)\b\.?[)\]]?", re.IGNORECASE
)


def leading_authors(text: str) -> tuple[tuple[Author, ...], int]:
    """(authors, end) of the persons with whose names an entry begins; needed if the date comes late or never."""
    authors: list[Author] = []
    position = 0
    spelt = False
    found = _person_here(text, position, first=True, joined=False, spelt=False)
    while found is not None:
        author, position, is_spelt = found
        authors.append(author)
        spelt = spelt or is_spelt
        others = _OTHERS.match(text, position)
        if others:
            position = others.end()
            break
        separator = _JOINED.match(text, position) or _LISTED.match(text, position)
        if separator is None:
            break
        joined = _JOINED.fullmatch(separator[0]) is not None
        found = _person_here(text, separator.end(), first=False, joined=joined, spelt=spelt)
    role = _ROLE_HERE.match(text, position) if authors else None
    return tuple(authors), role.end() if role else position


def _person_here(text: str, position: int, first: bool, joined: bool, spelt: bool) -> tuple[Author, int, bool] | None:
    """(author, end, whether given names are spelt out) of the person named at `position`; None if none is."""
    patterns = [(pattern, False) for pattern in _INITIALLED if not (spelt and pattern is _VANCOUVER)]
    if first or spelt:
        patterns += [(pattern, True) for pattern in _SPELT]
    if first:
        patterns += [(pattern, True) for pattern in _SPELT_FIRST]
    if joined or (spelt and _LIST_GOES_ON.match(text, position)):
        patterns.append((_ANY_NAME, True))
    for pattern, is_spelt in patterns:
        match = pattern.match(text, position)
        if match and not is_organisation(match[0] if is_spelt else match["family"].title()):
            return Author(match["family"], " ".join(match["given"].split())), match.end(), is_spelt
    return None
