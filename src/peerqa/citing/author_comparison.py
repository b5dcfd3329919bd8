"""Compares the authors that a mention names with those of one entry: may they be the same, and what differs?"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA

from peerqa.citing.author_date import Mention
from peerqa.citing.discrepancies import Comparison, Discrepancy
from peerqa.citing.reference import Reference
from peerqa.text.person_names import abbreviates, initials_of, is_organisation
from peerqa.text.words import fold


@dataclass(frozen=True, slots=True)
class ListedNames:
    """An entry of the list, with its authors' names in the forms that are compared.

    families: the surnames as `surname` gives them. head: the words before the date as `head_words` gives them.
    """

    reference: Reference
    families: tuple[str, ...]
    head: tuple[str, ...]

    @classmethod
    def of(cls, reference: Reference) -> ListedNames:
        return cls(reference, tuple(surname(author.family) for author in reference.authors), _head(reference))


class ShortForms:
    """Knows which names are short forms of which organisations."""

    def __init__(self, references: Sequence[Reference], abbreviations: Mapping[str, str]) -> None:
        """abbreviations: short form -> long form, as the text defines them."""
        self._long_forms = {fold(short): long for short, long in abbreviations.items()}
        self._aliases: dict[str, set[str]] = defaultdict(set)
        for reference in references:
            if reference.authors and reference.authors[0].organisation:
                author = reference.authors[0]
                self._aliases[author.family].update(fold(alias) for alias in author.aliases)

    def is_defined(self, written: str, listed: str) -> bool:
        """Whether the text or the entry defines the short form; APA 7 §8.21 then allows it without the full name."""
        long = self._long_forms.get(fold(written))
        if long is not None and fold(long).endswith(fold(listed).removeprefix("the ")):
            return True
        return fold(written) in self._aliases.get(listed, ())

    def stands_for(self, written: str, listed: str) -> bool:
        """Whether a name is a short form of the listed organisation, defined or not."""
        if self.is_defined(written, listed):
            return True
        whole = re.split(r"[:,]\s", listed)[0]
        return (
            abbreviates(written, whole)
            or abbreviates(written, listed)
            or abbreviates(listed, written)
            or _leaves_one_out(written, listed)
        )

    def may_name(self, written: str, listed: str) -> bool:
        """As `stands_for`; also if the name leaves words out or is misspelt."""
        return (
            self.stands_for(written, listed) or _shortens(written, listed) or nearly_equal(fold(written), fold(listed))
        )


def compare_authors(mention: Mention, entry: ListedNames, short_forms: ShortForms, comparison: Comparison) -> bool:
    """Whether a mention may name the authors of an entry. Adds what differs to the comparison."""
    reference, families, head = entry.reference, entry.families, entry.head
    words = head_words(mention.phrase.text)
    if len(words) > 1 and words == head:
        return True  # the same words, even if the commas of the list made other names of them
    if not reference.authors:
        return False
    names = _without_given([surname(name.text) for name in mention.names], families)
    if names[0] != families[0] and _is_given_first(names[0], reference):
        names[0] = families[0]
    alone = len(mention.names) == 1
    organisation = alone and reference.authors[0].organisation
    if organisation and _compare_organisation(mention, reference.authors[0].family, short_forms, comparison):
        return True
    if alone and len(words) > 2 and words == head[: len(words)] and is_organisation(mention.phrase.text):
        comparison.add(Discrepancy.NO_SUBDIVISION, written=mention.phrase.text)
        return True
    if organisation:
        return False
    if len(names) > len(families):
        return False
    return _compare_persons(mention, names, entry, comparison)


def _compare_persons(mention: Mention, names: Sequence[str], entry: ListedNames, comparison: Comparison) -> bool:
    """Whether the names are those of the first authors of the entry, with typos, or of all authors in another order.

    names: the surnames of the mention, as they are compared.
    """
    reference, families = entry.reference, entry.families
    if sorted(names) == sorted(families) and tuple(names) != families:
        comparison.add(Discrepancy.AUTHOR_ORDER, listed=_listed(reference))
    else:
        pairs = list(zip(names, mention.names, families, reference.authors, strict=False))
        agreed = sum(name == family for name, _, family, _ in pairs)
        sure = len(names) == len(families) > 2 and 2 * agreed >= len(names) and mention.year == reference.year
        for name, written, family, author in pairs:
            if name == family:
                continue
            if not (nearly_equal(name, family) or is_first_part(name, family) or (sure and name[:1] == family[:1])):
                return False
            comparison.add(Discrepancy.MISSPELT_AUTHOR, written=written.text, listed=author.family)
    _compare_count(mention, reference, comparison)
    return True


def _compare_organisation(mention: Mention, listed: str, short_forms: ShortForms, comparison: Comparison) -> bool:
    written = mention.names[0].text
    if fold(written) == fold(listed):
        return True
    if short_forms.stands_for(written, listed) or (mention.kind != "narrative-split" and _shortens(written, listed)):
        if not short_forms.is_defined(written, listed):
            comparison.add(Discrepancy.SHORT_FORM, written=written, listed=listed)
        return True
    if nearly_equal(fold(written), fold(listed)):
        comparison.add(Discrepancy.MISSPELT_AUTHOR, written=written, listed=listed)
        return True
    return False


def _compare_count(mention: Mention, reference: Reference, comparison: Comparison) -> None:
    """Add to the comparison an "et al." that is missing or superfluous: APA 7 §8.17 has it from three authors on."""
    named, listed = len(mention.names), len(reference.authors)
    if mention.et_al and listed <= named:
        comparison.add(Discrepancy.ET_AL_FOR_NOBODY, listed=_listed(reference))
    elif mention.et_al and listed == 2:
        comparison.add(Discrepancy.ET_AL_FOR_SECOND_AUTHOR, listed=_listed(reference))
    elif not mention.et_al and named < listed and listed > 2:
        comparison.add(Discrepancy.MISSING_ET_AL, authors=listed)
    elif not mention.et_al and named < listed:
        comparison.add(Discrepancy.MISSING_SECOND_AUTHOR, listed=_listed(reference))


# ---- names ---------------------------------------------------------------------------------------------------------


def head_words(text: str) -> tuple[str, ...]:
    """The words of the names before a date, folded, without initials, "Jr" and "2nd"."""
    words = [word for word in re.findall(r"\w+", fold(text)) if len(word) > 1 and not word[0].isdigit()]
    return tuple(word for word in words if word not in ("the", "and", "jr", "sr"))


def _head(reference: Reference) -> tuple[str, ...]:
    """The words of an entry before its date; () if the date comes late or is missing."""
    date = re.search(rf"[(\[]?\s*{re.escape(reference.year)}", reference.text) if reference.year else None
    words = head_words(reference.text[: date.start()]) if date and date.start() < 300 else ()
    return words if len(words) <= 40 else ()


def is_first_part(name: str, family: str) -> bool:
    """Whether a name is the first part of a double surname: "García" of "García Márquez"."""
    first = family.split()[0]
    return first != family and len(first) > 3 and (name == first or nearly_equal(name, first))


def _is_given_first(name: str, reference: Reference) -> bool:
    """Whether the list has the given name in place of the surname: "Haluk, S." for "Haluk Söylemez"."""
    author = reference.authors[0]
    first, _, last = name.partition(" ")
    return bool(last) and first == surname(author.family) and fold(author.given)[:1] == last[:1]


def _without_given(names: Sequence[str], families: Sequence[str]) -> list[str]:
    """The names, from the second on without given names that the list does not have there."""
    return [
        name.rsplit(" ", 1)[1] if 0 < place < len(families) and " " in name and " " not in families[place] else name
        for place, name in enumerate(names)
    ]


def _leaves_one_out(short: str, full: str) -> bool:
    """Whether a short form of at least four letters has all initials but one: "NICE" lacks that of "Health"."""
    initials, letters = initials_of(full), fold(short)
    return (
        short.isupper()
        and len(letters) >= 4
        and len(initials) == len(letters) + 1
        and initials[0] == letters[0]
        and any(initials[:place] + initials[place + 1 :] == letters for place in range(1, len(initials)))
    )


@lru_cache(maxsize=1 << 14)
def surname(name: str) -> str:
    """A surname as it is compared: folded, without initials in front and without particles."""
    folded = fold(re.sub(r"^(?:[^\W\d_]\.[\s-]*)+", "", name))
    bare = re.sub(
        r"^(?:(?:van|von|vom|zu|zum|zur|de|den|der|del|des|della|da|di|do|dos|du|la|le|las|los|ten|ter|al|el|bin|ibn|"
        r"af|av|'t)\s+)+",
        "",
        folded,
    )
    return bare or folded


def nearly_equal(name: str, other: str) -> bool:
    """Whether two different surnames are at most one edit apart, two if both have eight letters or more.

    An edit is a letter that is inserted, left out or replaced, or two neighbours that are swapped (Damerau 1964).
    """
    if name == other or min(len(name), len(other)) < 4 or name[0] != other[0]:
        return False
    allowed = 2 if min(len(name), len(other)) >= 8 else 1
    return bool(OSA.distance(name, other, score_cutoff=allowed) <= allowed)


def _shortens(written: str, listed: str) -> bool:
    """Whether a name is the listed one with words left out: "Ministry of Health" for "B.C. Ministry of Health"."""
    short, full = fold(written).split(), fold(listed).split()
    position = iter(full)
    return 2 <= len(short) < len(full) and all(word in position for word in short)


def _listed(reference: Reference) -> tuple[str, ...]:
    return tuple(author.family for author in reference.authors)
