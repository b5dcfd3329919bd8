"""The translations: each message of the code is there in each language, with the same placeholders, and compiled."""

from __future__ import annotations

import importlib.util
import io
import re
from collections.abc import Iterator
from gettext import GNUTranslations
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

import peerqa
from peerqa.wording import catalogue, strings
from peerqa.wording.messages import MESSAGES, PLURALS
from placeholders import placeholders

ROOT = Path(__file__).parents[2]
LOCALES = Path(peerqa.__file__).parent / "wording" / "locales"
TRANSLATED = [code for code in catalogue.LANGUAGES if code != catalogue.DEFAULT]
HOW = "run: python scripts/update_translations.py"


@pytest.fixture(scope="module")
def extracted(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """The messages that the code holds now."""
    template = tmp_path_factory.mktemp("messages") / "peerqa.pot"
    _script().extract(template)
    with template.open("rb") as stream:
        return read_po(stream)


def _script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("update_translations", ROOT / "scripts" / "update_translations.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def translations(code: str) -> Catalog:
    with (LOCALES / code / "LC_MESSAGES" / "peerqa.po").open("rb") as stream:
        return read_po(stream, locale=code)


def _messages(catalog: Catalog) -> dict[object, Message]:
    return {(message.id, message.context): message for message in catalog if message.id}


def _texts(texts: object) -> list[str]:
    return [texts] if isinstance(texts, str) else [str(text) for text in texts or ("",)]  # type: ignore[attr-defined]


def _untranslated(extracted: Catalog, translated: Catalog) -> Iterator[object]:
    known = _messages(translated)
    for key, message in _messages(extracted).items():
        found = known.get(key)
        if found is None or found.fuzzy or not all(_texts(found.string)):
            yield message.id


@pytest.mark.parametrize("code", TRANSLATED)
def test_each_message_of_the_code_is_translated(code: str, extracted: Catalog) -> None:
    assert len(extracted) > 150
    assert list(_untranslated(extracted, translations(code))) == [], HOW


@pytest.mark.parametrize("code", TRANSLATED)
def test_nothing_is_translated_that_the_code_does_not_say(code: str, extracted: Catalog) -> None:
    assert _messages(translations(code)).keys() - _messages(extracted).keys() == set(), HOW
    assert not translations(code).obsolete


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_translation_has_the_placeholders_of_its_message(code: str) -> None:
    for message in _messages(translations(code)).values():
        assert placeholders(*_texts(message.id)) == placeholders(*_texts(message.string)), message.id


def test_no_line_of_french_breaks_before_its_punctuation() -> None:
    said = [text for message in _messages(translations("fr")).values() for text in _texts(message.string)]
    assert [text for text in said if re.search(r" [;:?!»]|« ", text)] == []


@pytest.mark.parametrize("code", TRANSLATED)
def test_what_is_compiled_is_what_is_translated(code: str) -> None:
    fresh = io.BytesIO()
    write_mo(fresh, translations(code))
    fresh.seek(0)
    with (LOCALES / code / "LC_MESSAGES" / "peerqa.mo").open("rb") as stream:
        compiled = vars(GNUTranslations(stream))["_catalog"]
    expected = vars(GNUTranslations(fresh))["_catalog"]
    assert {key: compiled.get(key) for key in expected if key} == {key: expected[key] for key in expected if key}, HOW
    assert compiled.keys() == expected.keys(), HOW


def test_the_test_sees_what_it_looks_for(extracted: Catalog) -> None:
    """A message without French, and one whose French has another placeholder."""
    lacking = translations("fr")
    del lacking["Ask"]
    assert list(_untranslated(extracted, lacking)) == ["Ask"]
    assert placeholders("{number} work", "{number} works") != placeholders("un travail", "{n} travaux")


def test_each_name_has_its_words_in_the_language_in_use() -> None:
    assert strings.ASK == "Ask"
    with catalogue.using("fr"):
        assert strings.ASK == "Demander"
        with catalogue.using("xx"):
            assert strings.ASK == "Ask"
        assert all(getattr(strings, name) for name in [*MESSAGES, *PLURALS])
        assert strings.question_placeholder() == "Interrogez la revue"
        assert catalogue.pgettext("elsewhere", "Ask the review") == "Ask the review"
    assert strings.question_placeholder() == strings.ASK_THE_REVIEW == "Ask the review"


@pytest.mark.parametrize(
    ("code", "number", "words"),
    [
        ("en", 0, "0 works cited"), ("en", 1, "1 work cited"), ("en", 2, "2 works cited"),
        ("fr", 0, "0 travail cité"), ("fr", 1, "1 travail cité"), ("fr", 2, "2 travaux cités"),
    ],
)  # fmt: skip
def test_the_plural_is_that_of_the_language(code: str, number: int, words: str) -> None:
    with catalogue.using(code):
        assert strings.works_cited(number) == words


def test_a_link_carries_the_language_only_where_the_reader_would_get_another() -> None:
    assert (catalogue.language(), catalogue.parameter()) == ("en", None)
    with catalogue.using("fr"):
        assert (catalogue.language(), catalogue.parameter()) == ("fr", "fr")
    with catalogue.using("fr", unasked="fr"):
        assert catalogue.parameter() is None
    with catalogue.using("en", unasked="fr"):
        assert catalogue.parameter() == "en"
