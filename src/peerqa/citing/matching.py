"""Matches a mention with the entries of the reference list: which fit it, and what differs?"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from peerqa.citing.author_comparison import (
    ListedNames,
    ShortForms,
    compare_authors,
    head_words,
    is_first_part,
    nearly_equal,
    surname,
)
from peerqa.citing.author_date import Mention, Name
from peerqa.citing.discrepancies import Comparison, Discrepancy, issues
from peerqa.citing.reference import Reference
from peerqa.notices import Notice
from peerqa.text.person_names import PARTICLE, SURNAME, is_organisation
from peerqa.text.words import LEGAL_WORDS, NOT_SURNAMES, fold


@dataclass(frozen=True, slots=True)
class Match:
    """An entry that a mention may mean. index: its place in the list. discrepancies: what differs from the text."""

    index: int
    discrepancies: tuple[Notice, ...] = ()

    @property
    def other_year(self) -> bool:
        """Whether the text gives another year than the entry."""
        return "year-mismatch" in issues(self.discrepancies)


class MentionMatcher:
    """Matches mentions with the entries of one reference list."""

    def __init__(self, references: Sequence[Reference], abbreviations: Mapping[str, str]) -> None:
        self._references = references
        self._entries = [ListedNames.of(reference) for reference in references]
        self._by_first: dict[str, list[int]] = defaultdict(list)
        self._by_head: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for index, entry in enumerate(self._entries):
            if entry.families:
                self._by_first[entry.families[0]].append(index)
            for opening in {entry.head, entry.head[:3]}:
                self._by_head[opening].append(index)
        self._all_families = {family for entry in self._entries for family in entry.families}
        self._may_be_listed: dict[str, bool] = {}
        self._initials: dict[str, list[str]] = defaultdict(list)
        for name in self._by_first:
            self._initials[name[:1]].append(name)
        self._short_forms = ShortForms(references, abbreviations)
        self._organisations = [
            (index, reference.authors[0].family)
            for index, reference in enumerate(references)
            if reference.authors and reference.authors[0].organisation
        ]
        self._organisation_words = [fold(name).split() for _, name in self._organisations]

    # -- which entries a mention may mean --

    def match(self, mention: Mention) -> tuple[Mention, tuple[Match, ...]] | None:
        """(the mention, reduced to the words of the name; the entries that fit it equally well).

        No entries: it is a citation that the list lacks. None: it is no citation at all.
        """
        best: tuple[int, int, Mention, list[Match]] | None = None
        for order, variant in enumerate(self._variants(mention)):
            cost, matches = self._fitting(variant)
            if _parts_a_pair(mention, variant):
                matches = []
            if matches and (best is None or cost < best[0]):
                best = (cost, order, variant, matches)
            if best is not None and best[0] == 0:
                break
        if best is not None:
            return best[2], tuple(best[3])
        return self._unlisted(mention)

    def match_person(self, mention: Mention) -> tuple[Mention, tuple[Match, ...]] | None:
        """As `match`, for authors named without a year: only persons of the list are considered."""
        for variant in self._variants(mention):
            first = surname(variant.names[0].text) if variant.names else ""
            if len(first) < 3 or (first in NOT_SURNAMES and not variant.et_al):
                continue
            _, matches = self._fitting(variant)
            matches = [match for match in matches if not self._is_organisation(match.index)]
            if matches:
                return variant, tuple(matches)
        return None

    def may_be_listed(self, name: str) -> bool:
        """Whether a surname is that of an author of the list, or nearly that of a first author."""
        folded = surname(name)
        if folded not in self._may_be_listed:
            known = folded in self._all_families or any(
                nearly_equal(folded, near) for near in self._initials.get(folded[:1], ())
            )
            self._may_be_listed[folded] = known
        return self._may_be_listed[folded]

    def _is_organisation(self, index: int) -> bool:
        return self._references[index].authors[0].organisation

    def _variants(self, mention: Mention) -> Iterator[Mention]:
        """The mention as it is, then without its first word, its first two, and so on, which may be no name."""
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
        """(cost, entries) of the entries that fit with the least cost; (0, []) if none fits."""
        fitting: list[tuple[int, Match]] = []
        for index in self._candidates(mention):
            comparison = self._compare(mention, index)
            if comparison is not None:
                fitting.append((comparison.cost, Match(index, comparison.found)))
        if not fitting:
            return 0, []
        least = min(cost for cost, _ in fitting)
        best = [match for cost, match in fitting if cost == least]
        return least, self._with_initial(mention, best) or best

    def _with_initial(self, mention: Mention, matches: Sequence[Match]) -> list[Match]:
        """Of several entries, those whose first author has the initial in the text (APA 7 §8.20: "J. Lee")."""
        initial = re.match(r"[^\W\d_](?=\.)", mention.names[0].text) if len(matches) > 1 else None
        if initial is None:
            return []
        first = fold(initial[0])
        return [match for match in matches if fold(self._references[match.index].authors[0].given).startswith(first)]

    def _candidates(self, mention: Mention) -> list[int]:
        if not mention.names:
            return []
        first = surname(mention.names[0].text)
        exact = self._by_first.get(first, [])
        if exact:
            return exact
        near = [
            index
            for name in self._initials.get(first[:1], ())
            if nearly_equal(first, name) or (" " in name and is_first_part(first, name))
            for index in self._by_first[name]
        ]
        named = [
            index
            for index, name in self._organisations
            if len(mention.names) == 1 and self._short_forms.may_name(mention.names[0].text, name)
        ]
        later = [
            index for index, entry in enumerate(self._entries) if first in entry.families[1:] and len(mention.names) > 1
        ]
        words = head_words(mention.phrase.text)
        opened = {*self._by_head.get(words, ()), *self._by_head.get(words[:3], ())} if len(words) > 1 else ()
        given = self._by_first.get(first.split()[0], []) if " " in first else []
        return sorted({*near, *named, *later, *opened, *given})

    def _compare(self, mention: Mention, index: int) -> Comparison | None:
        """What differs between the mention and the entry; None if it cannot mean that entry."""
        comparison = Comparison()
        if not compare_authors(mention, self._entries[index], self._short_forms, comparison):
            return None
        _compare_year(mention, self._references[index], comparison)
        if comparison.has(Discrepancy.MISSPELT_AUTHOR, Discrepancy.OTHER_YEAR) and len(mention.names) < 2:
            # Another name and another year: another work.
            return None
        return comparison

    # -- citations that the list lacks --

    def _unlisted(self, mention: Mention) -> tuple[Mention, tuple[Match, ...]] | None:
        """The mention without words in front, if it reads like a citation; None if it is something else with a year."""
        names = [name for name in mention.names if fold(name.text.split()[0]) not in NOT_SURNAMES]
        if not names or mention.embedded or _is_law(mention.phrase.text):
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

    def no_entry(self, mention: Mention) -> Notice:
        """The discrepancy of a mention that no entry fits, with what the list has under the same name."""
        first = surname(mention.names[0].text) if mention.names else ""
        listed = tuple(self._references[index].label for index in self._by_first.get(first, []))
        cited = ", ".join(filter(None, [mention.phrase.text, mention.year]))
        return Notice(Discrepancy.NO_ENTRY, cited=cited, listed=listed)

    def organisations_in(self, text: str) -> Iterator[Name]:
        """The places where the text names an organisation of the list, in full or in a short form."""
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
                    if fold(phrase) == fold(name) or self._short_forms.stands_for(phrase, name):
                        yield Name(phrase, start, final.end())
                        break


_WORD = re.compile(r"\w+(?:['’&.\-]+\w+)*")


def _tails(name: Name) -> Iterator[Name]:
    """The name, then without its first word, without its first two, and so on: "In Smith", "Smith"."""
    in_particles = False
    for word in re.finditer(r"\S+", name.text):
        if in_particles:
            in_particles = re.fullmatch(PARTICLE, word[0]) is not None
            continue
        in_particles = re.fullmatch(PARTICLE, word[0]) is not None
        yield Name(name.text[word.start() :], name.start + word.start(), name.end)


def _is_law(name: str) -> bool:
    """Whether a name of several words is that of a law: "Clean Air Act"."""
    words = fold(name).split()
    return len(words) > 1 and words[-1] in LEGAL_WORDS


def _parts_a_pair(mention: Mention, variant: Mention) -> bool:
    """Whether a variant leaves out the first of two names joined by "&" or "and", which would make it another work."""
    left_out = mention.phrase.text[: variant.phrase.start - mention.phrase.start].rstrip()
    joined = re.search(rf"({SURNAME})\s*(?:,\s*)?(?:&|\band)$", left_out)
    return joined is not None and fold(joined[1]) not in NOT_SURNAMES


def _compare_year(mention: Mention, reference: Reference, comparison: Comparison) -> None:
    """Add to the comparison what differs between the year of a mention and that of an entry."""
    written, listed = mention.year, reference.year
    if written is None or written == listed:
        return
    if listed is not None and listed[:4].isdigit() and written[:4].isdigit():
        years = re.findall(r"\d{4}", written)
        if listed[:4] in years and (listed == listed[:4] or written == written[:4]):
            if len(written) == 5 and len(listed) == 4:
                comparison.add(Discrepancy.NO_LISTED_LETTER, written=written, listed=listed)
            return
        if re.search(rf"\({listed}[^()]*\b{re.escape(written)}\b[^()]*\)", reference.text):
            return  # "(1996, 2012)"
    if listed is None:
        comparison.add(Discrepancy.NO_LISTED_YEAR, written=written)
    else:
        comparison.add(Discrepancy.OTHER_YEAR, written=written, listed=listed)
