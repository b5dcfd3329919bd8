"""A mention against the entries of the reference list: which fit, and in what the text departs from them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from rapidfuzz.distance import OSA

from peerqa.citing.author_date import NOT_A_NAME, Mention, Name
from peerqa.citing.reference_parsing import Reference
from peerqa.text.person_names import PARTICLE, SURNAME, abbreviates, fold, initials_of, is_organisation

# The order in which departures are named; the first is the one that matters most to whoever mends the text.
_ORDER = (
    "author-only",
    "ambiguous",
    "misspelt-author",
    "author-order",
    "year-mismatch",
    "abbreviated-author",
    "missing-et-al",
    "superfluous-et-al",
)
_COST = {
    "misspelt-author": 4,
    "author-order": 1,
    "year-mismatch": 8,
    "abbreviated-author": 2,
    "missing-et-al": 1,
    "superfluous-et-al": 2,
}


@dataclass(frozen=True, slots=True)
class Match:
    """An entry that a mention may mean: its place in the list, the departures in short words, and as sentences."""

    index: int
    issues: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()


@dataclass(slots=True)
class _Departures:
    """Departures gathered while a mention is compared with an entry."""

    found: dict[str, str] = field(default_factory=dict)

    def add(self, issue: str, reason: str) -> None:
        self.found.setdefault(issue, reason)

    @property
    def cost(self) -> int:
        return sum(_COST[issue] for issue in self.found)

    def match(self, index: int) -> Match:
        issues = tuple(sorted(self.found, key=_ORDER.index))
        return Match(index, issues, tuple(self.found[issue] for issue in issues))


class MentionMatcher:
    """Knows the names of a reference list, and the abbreviations that the text defines for them."""

    def __init__(self, references: Sequence[Reference], abbreviations: Mapping[str, str]) -> None:
        self._references = references
        self._families = [[_surname(author.family) for author in reference.authors] for reference in references]
        self._by_first: dict[str, list[int]] = defaultdict(list)
        for index, families in enumerate(self._families):
            if families:
                self._by_first[families[0]].append(index)
        self._heads = [_head(reference) for reference in references]
        self._by_head: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for index, head in enumerate(self._heads):
            for opening in {head, head[:3]}:
                self._by_head[opening].append(index)
        self._all_families = {family for families in self._families for family in families}
        self._may_be_listed: dict[str, bool] = {}
        self._initials: dict[str, list[str]] = defaultdict(list)
        for name in self._by_first:
            self._initials[name[:1]].append(name)
        self._abbreviations = {fold(short): long for short, long in abbreviations.items()}
        self._organisations = [
            (index, reference.authors[0].family)
            for index, reference in enumerate(references)
            if reference.authors and reference.authors[0].organisation
        ]
        self._organisation_words = [fold(name).split() for _, name in self._organisations]

    # -- which entries a mention may mean --

    def match(self, mention: Mention) -> tuple[Mention, tuple[Match, ...]] | None:
        """The mention (cut to the words that are the name) and the entries that fit it equally well.

        No entry: the mention is a citation that the list lacks. None: it is no citation at all.
        """
        best: tuple[int, int, Mention, list[Match]] | None = None
        for order, reading in enumerate(self._readings(mention)):
            cost, matches = self._fitting(reading)
            if _parts_a_pair(mention, reading):
                matches = []
            if matches and (best is None or cost < best[0]):
                best = (cost, order, reading, matches)
            if best is not None and best[0] == 0:
                break
        if best is not None:
            return best[2], tuple(best[3])
        return self._unlisted(mention)

    def match_person(self, mention: Mention) -> tuple[Mention, tuple[Match, ...]] | None:
        """As `match`, for authors named without a year: only persons of the list count."""
        for reading in self._readings(mention):
            first = _surname(reading.names[0].text) if reading.names else ""
            if len(first) < 3 or (first in NOT_A_NAME and not reading.et_al):
                continue
            _, matches = self._fitting(reading)
            matches = [match for match in matches if not self._is_organisation(match.index)]
            if matches:
                return reading, tuple(matches)
        return None

    def may_be_listed(self, name: str) -> bool:
        """Whether a surname is that of an author of the list, or differs by a slip from one of a first author."""
        folded = _surname(name)
        if folded not in self._may_be_listed:
            known = folded in self._all_families or any(
                _close(folded, near) for near in self._initials.get(folded[:1], ())
            )
            self._may_be_listed[folded] = known
        return self._may_be_listed[folded]

    def _is_organisation(self, index: int) -> bool:
        return self._references[index].authors[0].organisation

    def _readings(self, mention: Mention) -> Iterator[Mention]:
        """Ways to read the words before a year: all of them, then without words in front that are no name."""
        phrase = mention.phrase
        yield replace(mention, names=(phrase,), et_al=False) if not mention.et_al else mention
        names = list(mention.names)
        while names:
            for first in _tails(names[0]):
                start = first.start
                yield replace(
                    mention,
                    names=(first, *names[1:]),
                    start=start if mention.start == phrase.start else mention.start,
                    phrase=Name(phrase.text[start - phrase.start :], start, phrase.end),
                )
            names.pop(0)
        words = list(re.finditer(r"\S+", phrase.text))
        for word in words[1:]:
            start = phrase.start + word.start()
            short = Name(phrase.text[word.start() :], start, phrase.end)
            begins = start if mention.start == phrase.start else mention.start
            yield replace(mention, names=(short,), phrase=short, et_al=False, start=begins)

    def _fitting(self, mention: Mention) -> tuple[int, list[Match]]:
        """(cost, the entries that fit with the least departure)."""
        fitting: list[tuple[int, Match]] = []
        for index in self._candidates(mention):
            departures = self._compare(mention, index)
            if departures is not None:
                fitting.append((departures.cost, departures.match(index)))
        if not fitting:
            return 0, []
        least = min(cost for cost, _ in fitting)
        best = [match for cost, match in fitting if cost == least]
        return least, self._with_initial(mention, best) or best

    def _with_initial(self, mention: Mention, matches: Sequence[Match]) -> list[Match]:
        """Those of several entries whose first author has the initial that the text gives (APA 7 §8.20: "J. Lee")."""
        initial = re.match(r"[^\W\d_](?=\.)", mention.names[0].text) if len(matches) > 1 else None
        if initial is None:
            return []
        first = fold(initial[0])
        return [match for match in matches if fold(self._references[match.index].authors[0].given).startswith(first)]

    def _candidates(self, mention: Mention) -> list[int]:
        if not mention.names:
            return []
        first = _surname(mention.names[0].text)
        exact = self._by_first.get(first, [])
        if exact:
            return exact
        near = [
            index
            for name in self._initials.get(first[:1], ())
            if _close(first, name) or (" " in name and _is_first_part(first, name))
            for index in self._by_first[name]
        ]
        named = [
            index
            for index, name in self._organisations
            if len(mention.names) == 1 and self._names(mention.names[0].text, name)
        ]
        later = [
            index for index, families in enumerate(self._families) if first in families[1:] and len(mention.names) > 1
        ]
        words = _head_words(mention.phrase.text)
        opened = {*self._by_head.get(words, ()), *self._by_head.get(words[:3], ())} if len(words) > 1 else ()
        given = self._by_first.get(first.split()[0], []) if " " in first else []
        return sorted({*near, *named, *later, *opened, *given})

    def _compare(self, mention: Mention, index: int) -> _Departures | None:
        """In what the mention departs from the entry; None where it cannot mean it."""
        departures = _Departures()
        if not self._compare_authors(mention, index, departures):
            return None
        if not _compare_year(mention, self._references[index], departures):
            return None
        if {"misspelt-author", "year-mismatch"} <= departures.found.keys() and len(mention.names) < 2:
            # Another name and another year: another work.
            return None
        return departures

    def _compare_authors(self, mention: Mention, index: int, departures: _Departures) -> bool:
        reference, families = self._references[index], self._families[index]
        words, head = _head_words(mention.phrase.text), self._heads[index]
        if len(words) > 1 and words == head:
            return True  # word for word, whatever the list's commas make of it
        if not reference.authors:
            return False
        names = _without_given([_surname(name.text) for name in mention.names], families)
        if names[0] != families[0] and _is_given_first(names[0], reference):
            names[0] = families[0]
        alone = len(mention.names) == 1
        organisation = alone and reference.authors[0].organisation
        if organisation and self._compare_organisation(mention, reference.authors[0].family, departures):
            return True
        if alone and len(words) > 2 and words == head[: len(words)] and is_organisation(mention.phrase.text):
            departures.add("abbreviated-author", f"the list names a part of “{mention.phrase.text}” with it")
            return True
        if organisation:
            return False
        if len(names) > len(families):
            return False
        if names != families[: len(names)]:
            if sorted(names) == sorted(families) and len(names) > 1:
                departures.add("author-order", f"the list names the authors as {_listed(reference)}")
            else:
                agreed = sum(name == family for name, family in zip(names, families, strict=False))
                sure = len(names) == len(families) > 2 and 2 * agreed >= len(names) and mention.year == reference.year
                for name, written, family, author in zip(
                    names, mention.names, families, reference.authors, strict=False
                ):
                    if name != family:
                        if not (
                            _close(name, family) or _is_first_part(name, family) or (sure and name[:1] == family[:1])
                        ):
                            return False
                        departures.add(
                            "misspelt-author", f"the text writes “{written.text}”; the list has “{author.family}”"
                        )
        _compare_count(mention, reference, departures)
        return True

    def _compare_organisation(self, mention: Mention, listed: str, departures: _Departures) -> bool:
        written = mention.names[0].text
        if fold(written) == fold(listed):
            return True
        if self._stands_for(written, listed) or (mention.kind != "narrative-split" and _shortens(written, listed)):
            if not self._is_defined(written, listed):
                departures.add("abbreviated-author", f"“{written}” stands for the list's “{listed}”")
            return True
        if _close(fold(written), fold(listed)):
            departures.add("misspelt-author", f"the text writes “{written}”; the list has “{listed}”")
            return True
        return False

    def _stands_for(self, written: str, listed: str) -> bool:
        if self._is_defined(written, listed):
            return True
        whole = re.split(r"[:,]\s", listed)[0]
        return (
            abbreviates(written, whole)
            or abbreviates(written, listed)
            or abbreviates(listed, written)
            or _leaves_one_out(written, listed)
        )

    def _is_defined(self, written: str, listed: str) -> bool:
        """Whether the text itself, or the entry, defines the short form; APA 7 §8.21 then allows it alone."""
        long = self._abbreviations.get(fold(written))
        if long is not None and fold(long).endswith(fold(listed).removeprefix("the ")):
            return True
        return any(
            fold(alias) == fold(written)
            for index, name in self._organisations
            if name == listed
            for alias in self._references[index].authors[0].aliases
        )

    # -- what is no entry's --

    def _unlisted(self, mention: Mention) -> tuple[Mention, tuple[Match, ...]] | None:
        """A citation that the list lacks, if it reads like one; None where it is something else with a year."""
        names = [name for name in mention.names if fold(name.text.split()[0]) not in NOT_A_NAME]
        if not names or mention.embedded:
            return None
        people = len(names) > 1 or mention.et_al
        single = len(names) == 1 and len(names[0].text.split()) <= 3 and not is_organisation(names[0].text)
        if mention.kind == "parenthetical":
            reads_like_one = mention.comma or people
        else:
            reads_like_one = people or (single and len(names[0].text.split()) == 1)
        if not reads_like_one:
            return None
        start = names[0].start if mention.kind != "parenthetical" else mention.phrase.start
        begins = start if mention.start == mention.phrase.start else mention.start
        phrase = Name(mention.phrase.text[start - mention.phrase.start :], start, mention.phrase.end)
        return replace(mention, names=tuple(names), start=begins, phrase=phrase), ()

    def reason_missing(self, mention: Mention) -> str:
        """Why nothing fits, with what the list has under the same name."""
        first = _surname(mention.names[0].text) if mention.names else ""
        listed = [self._references[index].label for index in self._by_first.get(first, [])]
        said = (
            f"the reference list has no entry for “{mention.phrase.text}{', ' + mention.year if mention.year else ''}”"
        )
        return f"{said}; under that name it has {' and '.join(listed)}" if listed else said

    def organisations_in(self, text: str) -> Iterator[Name]:
        """Where the text names an organisation of the list, in full or in a short form; any case for its first word."""
        if not self._organisations:
            return
        words = list(_WORD.finditer(text))
        places: dict[str, list[int]] = defaultdict(list)
        short_forms: list[int] = []
        for position, word in enumerate(words):
            places[fold(word[0])].append(position)
            if word[0].isupper() and len(word[0]) > 1:
                short_forms.append(position)
        for (_, name), listed in zip(self._organisations, self._organisation_words, strict=True):
            for position in sorted({*places.get(listed[0], ()), *short_forms}):
                start, end = words[position].start(), min(position + len(listed) + 1, len(words))
                for last in range(end, position, -1):
                    final = words[last - 1]
                    if not final[0].isupper() and fold(final[0]) not in listed:
                        continue
                    phrase = text[start : final.end()]
                    if fold(phrase) == fold(name) or self._stands_for(phrase, name):
                        yield Name(phrase, start, final.end())
                        break

    def _names(self, written: str, listed: str) -> bool:
        return self._stands_for(written, listed) or _shortens(written, listed) or _close(fold(written), fold(listed))


_WORD = re.compile(r"\w+(?:['’&.\-]+\w+)*")


def _head_words(text: str) -> tuple[str, ...]:
    """The words before a date to compare by: without initials, "Jr" and "2nd"."""
    words = [word for word in re.findall(r"\w+", fold(text)) if len(word) > 1 and not word[0].isdigit()]
    return tuple(word for word in words if word not in ("the", "and", "jr", "sr"))


def _head(reference: Reference) -> tuple[str, ...]:
    """The words of an entry before its date; () where the date stands late."""
    date = re.search(rf"[(\[]?\s*{re.escape(reference.year)}", reference.text) if reference.year else None
    words = _head_words(reference.text[: date.start()]) if date and date.start() < 300 else ()
    return words if len(words) <= 40 else ()


def _is_first_part(name: str, family: str) -> bool:
    """Whether a name is the first of a double surname: "García" of "García Márquez"."""
    first = family.split()[0]
    return first != family and len(first) > 3 and (name == first or _close(name, first))


def _is_given_first(name: str, reference: Reference) -> bool:
    """Whether the list has taken a given name for the family name: "Haluk Söylemez" listed as "Haluk, S."."""
    author = reference.authors[0]
    first, _, last = name.partition(" ")
    return bool(last) and first == _surname(author.family) and fold(author.given)[:1] == last[:1]


def _without_given(names: Sequence[str], families: Sequence[str]) -> list[str]:
    """Names as the list has them, where the text writes given names out: "Christopher Chabris" -> "chabris"."""
    return [
        name.rsplit(" ", 1)[1] if 0 < place < len(families) and " " in name and " " not in families[place] else name
        for place, name in enumerate(names)
    ]


def _leaves_one_out(short: str, full: str) -> bool:
    """Whether a short form of four letters or more lacks the initial of one word: "NICE" of "... Health and ..."."""
    initials, letters = initials_of(full), fold(short)
    return (
        short.isupper()
        and len(letters) >= 4
        and len(initials) == len(letters) + 1
        and initials[0] == letters[0]
        and any(initials[:place] + initials[place + 1 :] == letters for place in range(1, len(initials)))
    )


def _tails(name: Name) -> Iterator[Name]:
    """A name, and the same without its first words: "In Smith", "Smith"."""
    in_particles = False
    for word in re.finditer(r"\S+", name.text):
        if in_particles:
            in_particles = re.fullmatch(PARTICLE, word[0]) is not None
            continue
        in_particles = re.fullmatch(PARTICLE, word[0]) is not None
        yield Name(name.text[word.start() :], name.start + word.start(), name.end)


def _parts_a_pair(mention: Mention, reading: Mention) -> bool:
    """Whether a reading leaves out the first of two names that "&" or "and" joins: that would be another work."""
    left_out = mention.phrase.text[: reading.phrase.start - mention.phrase.start].rstrip()
    joined = re.search(rf"({SURNAME})\s*(?:,\s*)?(?:&|\band)$", left_out)
    return joined is not None and fold(joined[1]) not in NOT_A_NAME


@lru_cache(maxsize=1 << 14)
def _surname(name: str) -> str:
    """A surname to compare by: folded, without initials in front and without particles."""
    folded = fold(re.sub(r"^(?:[^\W\d_]\.[\s-]*)+", "", name))
    bare = re.sub(
        r"^(?:(?:van|von|vom|zu|zum|zur|de|den|der|del|des|della|da|di|do|dos|du|la|le|las|los|ten|ter|al|el|bin|ibn|"
        r"af|av|'t)\s+)+",
        "",
        folded,
    )
    return bare or folded


def _close(name: str, other: str) -> bool:
    """Whether two surnames differ by a slip: one edit (two from eight letters on), swapped letters counted as one."""
    if name == other or min(len(name), len(other)) < 4 or name[0] != other[0]:
        return False
    allowed = 2 if min(len(name), len(other)) >= 8 else 1
    return bool(OSA.distance(name, other, score_cutoff=allowed) <= allowed)


def _shortens(written: str, listed: str) -> bool:
    """Whether the name is the listed one with words left out: "Ministry of Health" for "B.C. Ministry of Health"."""
    short, full = fold(written).split(), fold(listed).split()
    position = iter(full)
    return 2 <= len(short) < len(full) and all(word in position for word in short)


def _listed(reference: Reference) -> str:
    return ", ".join(author.family for author in reference.authors)


def _compare_count(mention: Mention, reference: Reference, departures: _Departures) -> None:
    """ "et al." stands for the authors not named: from three authors on (APA 7 §8.17), and only then."""
    named, listed = len(mention.names), len(reference.authors)
    if mention.et_al and listed <= named:
        departures.add("superfluous-et-al", f"“et al.”, but the list names only {_listed(reference)}")
    elif mention.et_al and listed == 2:
        departures.add("superfluous-et-al", f"the work has two authors, {_listed(reference)}; both are named each time")
    elif not mention.et_al and named < listed:
        departures.add(
            "missing-et-al",
            f"“et al.” is missing: the list names {listed} authors"
            if listed > 2
            else f"the second author is missing: the list names {_listed(reference)}",
        )


def _compare_year(mention: Mention, reference: Reference, departures: _Departures) -> bool:
    written, listed = mention.year, reference.year
    if written is None:
        return True
    if written == listed:
        return True
    if listed is not None and listed[:4].isdigit() and written[:4].isdigit():
        years = re.findall(r"\d{4}", written)
        if listed[:4] in years and (listed == listed[:4] or written == written[:4]):
            if len(written) == 5 and len(listed) == 4:
                departures.add("year-mismatch", f"the text gives {written}; the list has {listed}, without a letter")
            return True
        if re.search(rf"\({listed}[^()]*\b{re.escape(written)}\b[^()]*\)", reference.text):
            return True  # "(1996, 2012)"
    departures.add("year-mismatch", f"the text gives {written}; the list has {listed or 'no year'}")
    return True
