"""The words for what is wrong with a citation or an entry of the reference list."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from peerqa.citing.discrepancies import Discrepancy, Preference
from peerqa.wording.catalogue import N_, Words, gettext, ngettext

_LONGEST_TITLE = 60


def _of_authors(message: str) -> Callable[..., str]:
    """The words of a notice that holds the surnames that the list has."""
    return lambda listed: gettext(message).format(listed=", ".join(listed))


def _no_entry(cited: str, listed: Sequence[str]) -> str:
    if not listed:
        return gettext("the reference list has no entry for “{cited}”").format(cited=cited)
    others = gettext(" and ").join(listed)
    return gettext("the reference list has no entry for “{cited}”; under that name it has {others}").format(
        cited=cited, others=others
    )


def _several_entries(entries: Sequence[tuple[str, str]], why: str) -> str:
    listed = "; ".join(f"{label}: {_shortened(title)}" for label, title in entries)
    message = ngettext("{number} entry fits ({listed}); {why}", "{number} entries fit ({listed}); {why}", len(entries))
    return message.format(number=len(entries), listed=listed, why=why)


def _shortened(title: str) -> str:
    if len(title) <= _LONGEST_TITLE:
        return title
    return title[: _LONGEST_TITLE - 3].rsplit(" ", 1)[0] + " …"


def _shared_words(words: Sequence[str]) -> str:
    quoted = ", ".join(gettext("“{word}”").format(word=word) for word in words)
    return gettext("the first shares {words} with this paragraph").format(words=quoted)


WORDS: Words = {
    Discrepancy.NO_YEAR: N_("no year is given here"),
    Discrepancy.SEVERAL_ENTRIES: _several_entries,
    Discrepancy.MISSPELT_AUTHOR: N_("the text writes “{written}”; the list has “{listed}”"),
    Discrepancy.AUTHOR_ORDER: _of_authors(N_("the list names the authors as {listed}")),
    Discrepancy.OTHER_YEAR: N_("the text gives {written}; the list has {listed}"),
    Discrepancy.NO_LISTED_YEAR: N_("the text gives {written}; the list has no year"),
    Discrepancy.NO_LISTED_LETTER: N_("the text gives {written}; the list has {listed}, without a letter"),
    Discrepancy.SHORT_FORM: N_("“{written}” stands for the list's “{listed}”"),
    Discrepancy.NO_SUBDIVISION: N_("the list names a part of “{written}” with it"),
    Discrepancy.MISSING_ET_AL: N_("“et al.” is missing: the list names {authors} authors"),
    Discrepancy.MISSING_SECOND_AUTHOR: _of_authors(N_("the second author is missing: the list names {listed}")),
    Discrepancy.ET_AL_FOR_NOBODY: _of_authors(N_("“et al.”, but the list names only {listed}")),
    Discrepancy.ET_AL_FOR_SECOND_AUTHOR: _of_authors(
        N_("the work has two authors, {listed}; both are named each time")
    ),
    Discrepancy.NO_ENTRY: _no_entry,
    Discrepancy.NO_NUMBER: N_("the reference list has no number {number}; it ends with {highest}"),
    Discrepancy.NEVER_CITED: N_("{entry} is in the list but never cited"),
    Discrepancy.NO_LINK: N_("{entry} has neither DOI nor link"),
    Preference.SHARED_WORDS: _shared_words,
    Preference.OTHERS_CITED: N_("the first, since the others are cited in their full form elsewhere"),
    Preference.NONE: N_("nothing in the text tells them apart"),
}
