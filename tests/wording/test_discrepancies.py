"""The words of discrepancies: one sentence for each, in the language in use, and lists of names inside it."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

import pytest

import peerqa
from fake_assistant import FakeAssistant
from peerqa.citing.discrepancies import Discrepancy, Preference
from peerqa.citing.report import check
from peerqa.notices import Notice
from peerqa.wording.catalogue import using
from peerqa.wording.notices import WORDS, reason, worded
from placeholders import placeholders

ENTRIES = (("Lee (2014a)", "Autumn in the city"), ("Lee (2014b)", "Spring"))
TOLD = [
    (
        Notice(Discrepancy.NO_ENTRY, cited="Lee, 1999", listed=()),
        "the reference list has no entry for “Lee, 1999”",
        "la liste de références n’a pas d’entrée pour «\u00a0Lee, 1999\u00a0»",
    ),
    (
        Notice(Discrepancy.NO_ENTRY, cited="Lee, 1999", listed=("Lee (2014a)", "Lee (2014b)")),
        "the reference list has no entry for “Lee, 1999”; under that name it has Lee (2014a) and Lee (2014b)",
        "la liste de références n’a pas d’entrée pour «\u00a0Lee, 1999\u00a0»\u00a0; "
        "sous ce nom, elle a Lee (2014a) et Lee (2014b)",
    ),
    (
        Notice(Discrepancy.AUTHOR_ORDER, listed=("Lee", "Moll")),
        "the list names the authors as Lee, Moll",
        "la liste nomme les auteurs ainsi\u00a0: Lee, Moll",
    ),
    (
        Notice(
            Discrepancy.SEVERAL_ENTRIES,
            entries=ENTRIES,
            why=Notice(Preference.SHARED_WORDS, words=("autumn", "city")),
        ),
        "2 entries fit (Lee (2014a): Autumn in the city; Lee (2014b): Spring); "
        "the first shares “autumn”, “city” with this paragraph",
        "2 entrées conviennent (Lee (2014a): Autumn in the city; Lee (2014b): Spring)\u00a0; "
        "la première partage «\u00a0autumn\u00a0», «\u00a0city\u00a0» avec ce paragraphe",
    ),
]


@pytest.mark.parametrize(("notice", "english", "french"), TOLD)
def test_a_discrepancy_is_worded_in_the_language_in_use(notice: Notice, english: str, french: str) -> None:
    assert worded(notice) == str(notice) == english
    with using("fr"):
        assert worded(notice) == french
        assert str(notice) == english


def _uses(codes: type[Enum]) -> Iterator[tuple[str, str, set[str]]]:
    """(place, name of the code, names of the values) for each notice of one of the codes that the package makes."""
    for path in sorted(Path(peerqa.__file__).parent.rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call) and ast.unparse(call.func).split(".")[-1] in ("Notice", "add") and call.args:
                code = call.args[0]
                if isinstance(code, ast.Attribute) and ast.unparse(code.value) == codes.__name__:
                    yield f"{path.name}:{call.lineno}", code.attr, {str(one.arg) for one in call.keywords}


@pytest.mark.parametrize("codes", [Discrepancy, Preference])
def test_each_discrepancy_is_found_somewhere_with_the_values_that_its_words_name(codes: type[Enum]) -> None:
    uses = list(_uses(codes))
    assert {name for _, name, _ in uses} == {code.name for code in codes}
    for place, name, values in uses:
        words = WORDS[codes[name]]
        named = placeholders(words) if isinstance(words, str) else set(inspect.signature(words).parameters)
        assert values == named, f"{place}: {name}"


def test_a_long_title_is_shortened_between_words() -> None:
    entries = (("Lee (2014a)", "A title that goes on and on until nobody remembers how it began at all"), ENTRIES[1])
    told = str(Notice(Discrepancy.SEVERAL_ENTRIES, entries=entries, why=Notice(Preference.NONE)))
    assert "(Lee (2014a): A title that goes on and on until nobody remembers how …; Lee (2014b): Spring)" in told


def test_a_reason_tells_several_discrepancies_but_not_those_of_the_first_of_several_entries() -> None:
    misspelt = Notice(Discrepancy.MISSPELT_AUTHOR, written="Braiser", listed="Brasier")
    several = Notice(Discrepancy.SEVERAL_ENTRIES, entries=ENTRIES, why=Notice(Preference.NONE))
    undated = Notice(Discrepancy.NO_YEAR)
    assert reason(()) == ""
    assert reason((undated, misspelt)) == "no year is given here; the text writes “Braiser”; the list has “Brasier”"
    assert reason((undated, several, misspelt)) == f"no year is given here; {several}"


ENGLISH_WORDS = {"the", "text", "list", "has", "have", "no", "entry", "is", "are", "with", "and", "names", "this", "in"}


def test_the_findings_of_a_review_have_no_english_words_in_french() -> None:
    review = FakeAssistant().reviews[0]
    findings = check(review.document, review.references, review.citations).findings
    with using("fr"):
        told = [reason(one.discrepancies) for one in findings if one.kind != "ambiguous"]  # those name English titles
    assert len(told) > 5
    assert [one for one in told if set(re.findall(r"[a-z]+", one)) & ENGLISH_WORDS] == []
    assert [one.message for one in findings] == [reason(one.discrepancies) for one in findings]
